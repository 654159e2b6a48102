package aws_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/aws"
	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/test/awsstub"
)

// on is something that goes wrong with one action.
func on(action string, fault func(q awsstub.Request) *awsstub.Fault) func(awsstub.Request) *awsstub.Fault {
	return func(q awsstub.Request) *awsstub.Fault {
		if q.Action != action {
			return nil
		}
		return fault(q)
	}
}

// incomplete lists the types that are complete in one result and not in another.
func incomplete(whole, part aws.Result) []inventory.Type {
	var all []inventory.Type
	for _, s := range whole.Sources {
		for _, t := range s.Complete {
			if !slices.ContainsFunc(part.Sources, func(p inventory.Source) bool { return slices.Contains(p.Complete, t) }) {
				all = append(all, t)
			}
		}
	}
	return all
}

// TestADeniedActionIsNamedAndNothingElseIsLost takes each right away in turn.
func TestADeniedActionIsNamedAndNothingElseIsLost(t *testing.T) {
	_, o := serve(t, awsstub.Account{})
	whole := read(t, o)
	for _, action := range aws.Actions() {
		t.Run(action.Name, func(t *testing.T) {
			stub, o := serve(t, awsstub.Account{})
			stub.Deny(action.Name)
			part := read(t, o)
			said := notRead(part)
			if action.Name == "ec2:DescribeRegions" {
				if diff := cmp.Diff(uids(whole), uids(part)); diff != "" || len(said) > 0 {
					t.Errorf("a Region that is named needs no list of them: %v\n%s", said, diff)
				}
				return
			}
			want := action.Name + " in 123456789012"
			if len(said) != 1 || !strings.HasPrefix(said[0], want) || !strings.Contains(said[0], "access denied, because no identity-based policy allows the "+action.Name+" action") {
				t.Errorf("it says %q, want one line about %s", said, want)
			}
			lost := incomplete(whole, part)
			slices.Sort(lost)
			types := slices.Clone(action.Types)
			slices.Sort(types)
			if diff := cmp.Diff(types, lost); diff != "" {
				t.Errorf("types that are not complete: -declared +missing:\n%s", diff)
			}
			for _, r := range whole.Resources {
				if !slices.Contains(action.Types, r.Type) && !slices.Contains(uids(part), string(r.UID)) {
					t.Errorf("%s is lost too", r.UID)
				}
			}
			for _, ty := range action.Types {
				if !strings.Contains(strings.Join(said, ""), string(ty)) {
					t.Errorf("it does not say that %s is not complete", ty)
				}
			}
		})
	}
}

func TestADenialThatCannotBeReadIsOne(t *testing.T) {
	stub, o := serve(t, awsstub.Account{})
	stub.Fail(on("ecs:ListTasks", func(awsstub.Request) *awsstub.Fault {
		return &awsstub.Fault{Status: http.StatusForbidden, Raw: "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>", ContentType: "text/xml"}
	}))
	if said := notRead(read(t, o)); len(said) != 1 || !strings.HasPrefix(said[0], "ecs:ListTasks in 123456789012/eu-west-1: access denied, for ") {
		t.Errorf("it says %q", said)
	}
}

func TestThrottledRequestsAreSentAgainUntilTheyPass(t *testing.T) {
	stub, o := serve(t, awsstub.Account{Services: 40})
	for _, action := range []string{"ecs:DescribeServices", "ec2:DescribeSecurityGroups", "iam:GetAccountAuthorizationDetails", "eks:ListClusters"} {
		code := map[string]string{"ecs": "ThrottlingException", "ec2": "RequestLimitExceeded", "iam": "Throttling", "eks": "TooManyRequestsException"}[action[:3]]
		stub.Fail(on(action, func(q awsstub.Request) *awsstub.Fault {
			if q.Call > 2 {
				return nil
			}
			return &awsstub.Fault{Code: code, Message: "Rate exceeded"}
		}))
	}
	res := read(t, o)
	if said := notRead(res); len(said) > 0 {
		t.Errorf("not read: %v", said)
	}
	if n := stub.Calls()["ecs:DescribeServices"]; n != 4+2 {
		t.Errorf("DescribeServices was called %d times", n)
	}
}

func TestWhatIsThrottledToTheEndIsSaid(t *testing.T) {
	stub, o := serve(t, awsstub.Account{})
	stub.Fail(on("ecs:ListTasks", func(awsstub.Request) *awsstub.Fault {
		return &awsstub.Fault{Code: "ThrottlingException", Message: "Rate exceeded"}
	}))
	res := read(t, o)
	said := notRead(res)
	if len(said) != 1 || !strings.HasPrefix(said[0], "ecs:ListTasks in 123456789012/eu-west-1: AWS throttled it again and again") {
		t.Errorf("it says %q", said)
	}
	if n := stub.Calls()["ecs:ListTasks"]; n != aws.Attempts {
		t.Errorf("sent %d times", n)
	}
}

func TestAPageTokenThatExpiresStartsTheListingAgain(t *testing.T) {
	account := awsstub.Account{Services: 9, SecurityGroups: 9, Roles: 9, EKSClusters: 5, PageSize: 2}
	for action, code := range map[string]string{
		"ecs:ListServices": "InvalidParameterException", "ec2:DescribeSecurityGroups": "InvalidNextToken",
		"iam:GetAccountAuthorizationDetails": "ValidationError", "eks:ListClusters": "InvalidParameterException",
	} {
		t.Run(action, func(t *testing.T) {
			_, o := serve(t, account)
			want := read(t, o)
			stub, o := serve(t, account)
			stub.Fail(on(action, func(q awsstub.Request) *awsstub.Fault {
				if q.Call != 2 {
					return nil
				}
				return &awsstub.Fault{Code: code, Message: "the token has expired"}
			}))
			got := read(t, o)
			if said := notRead(got); len(said) > 0 {
				t.Errorf("not read: %v", said)
			}
			if diff := cmp.Diff(uids(want), uids(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("again and again", func(t *testing.T) {
		stub, o := serve(t, account)
		stub.Fail(on("ecs:ListServices", func(q awsstub.Request) *awsstub.Fault {
			if q.Call%2 == 1 {
				return nil
			}
			return &awsstub.Fault{Code: "InvalidParameterException", Message: "the token has expired"}
		}))
		res := read(t, o)
		said := notRead(res)
		if len(said) != 1 || !strings.HasPrefix(said[0], "ecs:ListServices in 123456789012/eu-west-1: AWS answered InvalidParameterException: the token has expired, for arn:aws:ecs:eu-west-1:123456789012:cluster/prod-0") {
			t.Errorf("it says %q", said)
		}
	})
}

func TestPagesThatGoRoundInACircleEnd(t *testing.T) {
	stub, o := serve(t, awsstub.Account{})
	stub.Fail(on("eks:ListClusters", func(awsstub.Request) *awsstub.Fault {
		return &awsstub.Fault{Status: http.StatusOK, Raw: `{"clusters":["shop"],"nextToken":"again"}`, ContentType: "application/json"}
	}))
	res := read(t, o)
	if said := notRead(res); len(said) != 1 || !strings.Contains(said[0], "its pages lead round in a circle") {
		t.Errorf("it says %q", said)
	}
}

func TestWhatIsDeletedWhileTheAccountIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(q awsstub.Request) *awsstub.Fault
		gone  []inventory.Type // of which something is gone
		says  string
	}{
		"an EKS cluster before it is described": {
			func(q awsstub.Request) *awsstub.Fault {
				if strings.HasPrefix(q.Action, "eks:") && q.Action != "eks:ListClusters" && q.Action != "eks:DescribeClusterVersions" {
					return &awsstub.Fault{Status: 404, Code: "ResourceNotFoundException", Message: "No cluster found for name: shop."}
				}
				return nil
			},
			[]inventory.Type{
				resource.EKSCluster, resource.EKSNodegroup, resource.EKSFargateProfile, resource.EKSAddon, resource.EKSAccessEntry,
				resource.EKSAccessPolicies, resource.EKSPodIdentityAssociation, resource.EKSIdentityProviderConfig, resource.LaunchTemplateVersion,
			},
			"cluster shop: it does not exist, or was deleted while Merlon read the account",
		},
		"an ECS cluster before its services are listed": {
			func(q awsstub.Request) *awsstub.Fault {
				if strings.HasPrefix(q.Action, "ecs:List") && q.Action != "ecs:ListClusters" {
					return &awsstub.Fault{Code: "ClusterNotFoundException", Message: "Cluster not found."}
				}
				return nil
			},
			[]inventory.Type{resource.ECSService, resource.ECSTask, resource.ECSContainerInstance, resource.ECSTaskDefinition, resource.ECRScanFindings},
			"arn:aws:ecs:eu-west-1:123456789012:cluster/prod-0: it does not exist",
		},
		"a task definition": {
			on("ecs:DescribeTaskDefinition", func(awsstub.Request) *awsstub.Fault {
				return &awsstub.Fault{Code: "ClientException", Message: "Unable to describe task definition."}
			}),
			[]inventory.Type{resource.ECSTaskDefinition},
			"task-definition/app-0:7: it does not exist",
		},
		"a load balancer": {
			on("elasticloadbalancing:DescribeListeners", func(awsstub.Request) *awsstub.Fault {
				return &awsstub.Fault{Code: "LoadBalancerNotFound", Message: "no"}
			}),
			[]inventory.Type{resource.Listener},
			"loadbalancer/app/shop/50dc6c495c0c9188: it does not exist",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, o := serve(t, awsstub.Account{})
			whole := read(t, o)
			stub, o := serve(t, awsstub.Account{})
			stub.Fail(c.fault)
			res := read(t, o)
			if said := strings.Join(notRead(res), "\n"); !strings.Contains(said, c.says) {
				t.Errorf("%q is not in\n%s", c.says, said)
			}
			if diff := cmp.Diff(statuses(whole), statuses(res)); diff != "" {
				t.Errorf("what does not exist is no failure:\n%s", diff)
			}
			for _, r := range whole.Resources {
				if !slices.Contains(c.gone, r.Type) && !slices.Contains(uids(res), string(r.UID)) {
					t.Errorf("%s is lost too", r.UID)
				}
			}
		})
	}
}

func TestAServiceThatADescriptionLeavesOutIsSaid(t *testing.T) {
	stub, o := serve(t, awsstub.Account{})
	stub.Fail(on("ecs:DescribeServices", func(awsstub.Request) *awsstub.Fault {
		return &awsstub.Fault{Status: http.StatusOK, ContentType: "application/json", Raw: `{"services":[],"failures":[{"arn":"arn:a","reason":"MISSING"},{"arn":"arn:b","reason":"ACCESS_DENIED","detail":"no"}]}`}
	}))
	res := read(t, o)
	want := []string{
		"ecs:DescribeServices in 123456789012/eu-west-1: AWS answered ACCESS_DENIED no, for arn:b; not complete without it: AWS::ECS::Service, AWS::ECS::TaskDefinition, AWS::ECR::Image, AWS::ECR::ImageScanFindings",
		"arn:a: it does not exist, or was deleted while Merlon read the account",
	}
	if diff := cmp.Diff(want, notRead(res)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnImageThatIsGoneHidesNoOther(t *testing.T) {
	stub, o := serve(t, awsstub.Account{Services: 40, TaskDefinitions: 40})
	stub.Fail(on("ecs:DescribeTasks", func(awsstub.Request) *awsstub.Fault {
		return &awsstub.Fault{Status: http.StatusOK, ContentType: "application/json", Raw: `{"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod-0/1",
			"containers":[{"image":"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:old","imageDigest":"sha256:dead"}]}]}`}
	}))
	res := read(t, o)
	count := 0
	for _, r := range res.Resources {
		if r.Type == resource.ECRImage {
			count++
		}
	}
	if count != 40 {
		t.Errorf("%d of 40 images", count)
	}
	if diff := cmp.Diff([]string{"image sha256:dead of repository 123456789012/shop/web in eu-west-1: it does not exist, or was deleted while Merlon read the account"}, notRead(res)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRegionsThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		regions []string
		denied  bool
		fault   func(q awsstub.Request) *awsstub.Fault
		want    []string
		others  bool // what is not of the Region was read
	}{
		"one that is switched off": {
			[]string{"af-south-1", "eu-west-1"}, false, nil, []string{"123456789012/af-south-1: the Region is not enabled for this account"}, true,
		},
		"one that is mistyped": {
			[]string{"eu-wset-1"}, false, nil, []string{"123456789012/eu-wset-1: the account has no such Region; did you mean eu-west-1?"}, false,
		},
		"one that does not exist": {
			[]string{"moon"}, false, nil, []string{"123456789012/moon: the account has no such Region; aws ec2 describe-regions lists those that it has"}, false,
		},
		"one that is switched off, which nobody may say": {
			[]string{"eu-west-1", "af-south-1"}, true, func(q awsstub.Request) *awsstub.Fault {
				if q.Region == "af-south-1" {
					return &awsstub.Fault{Status: 401, Code: map[bool]string{true: "AuthFailure", false: "UnrecognizedClientException"}[strings.HasPrefix(q.Action, "ec2:")], Message: "no"}
				}
				return nil
			}, []string{"123456789012/af-south-1: AWS does not accept the credentials here; most likely the Region is not enabled for this account; not complete without it: AWS::EC2::VPC"}, true,
		},
		"all, which nobody may list": {
			[]string{"all"}, true, nil, []string{"123456789012: ec2:DescribeRegions: access denied, because no identity-based policy allows the ec2:DescribeRegions action; name the Regions to read with --region"}, false,
		},
		"none": {nil, false, nil, []string{"123456789012: no Region is set; name one with --region, or all of them with --region all"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			stub, o := serve(t, awsstub.Account{})
			o.Regions = c.regions
			if c.denied {
				stub.Deny("ec2:DescribeRegions")
			}
			if c.fault != nil {
				stub.Fail(c.fault)
			}
			res := read(t, o)
			said := notRead(res)
			if len(said) != len(c.want) {
				t.Fatalf("it says %q", said)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(said[i], want) {
					t.Errorf("it says %q, want %q", said[i], want)
				}
			}
			if got := len(res.Resources) > 30; got != c.others {
				t.Errorf("%d resources", len(res.Resources))
			}
			if !slices.ContainsFunc(res.Sources, func(s inventory.Source) bool { return s.Status == inventory.StatusFailed }) {
				t.Errorf("no source failed: %v", statuses(res))
			}
		})
	}
}

func TestASwitchedOffHomeRegionIsAskedAboutElsewhere(t *testing.T) {
	stub, o := serve(t, awsstub.Account{})
	t.Setenv("AWS_REGION", "af-south-1")
	stub.Fail(func(q awsstub.Request) *awsstub.Fault {
		if q.Region == "af-south-1" {
			return &awsstub.Fault{Status: 403, Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."}
		}
		return nil
	})
	o.Regions = nil
	res := read(t, o)
	if diff := cmp.Diff([]string{"123456789012/af-south-1: the Region is not enabled for this account"}, notRead(res)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCredentials(t *testing.T) {
	expired := func(q awsstub.Request) *awsstub.Fault {
		code := "ExpiredTokenException"
		if q.Action == "sts:GetCallerIdentity" || strings.HasPrefix(q.Action, "iam:") {
			code = "ExpiredToken"
		}
		if strings.HasPrefix(q.Action, "ec2:") {
			code = "RequestExpired"
		}
		return &awsstub.Fault{Status: 403, Code: code, Message: "The security token included in the request is expired"}
	}
	for name, c := range map[string]struct {
		env   map[string]string
		set   func(o *aws.Options)
		fault func(q awsstub.Request) *awsstub.Fault
		want  string
	}{
		"none": {
			map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
			nil, nil,
			"AWS: there are no AWS credentials; give --profile, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
		},
		"a profile that does not exist": {
			nil, func(o *aws.Options) { o.Profile = "prdo" }, nil,
			`AWS: there is no profile "prdo" in ~/.aws/config or ~/.aws/credentials; aws configure list-profiles lists them`,
		},
		"expired": {nil, nil, expired, "AWS: the credentials have expired; get new ones"},
		"wrong": {
			nil, nil, func(awsstub.Request) *awsstub.Fault {
				return &awsstub.Fault{Status: 403, Code: "SignatureDoesNotMatch", Message: "The request signature we calculated does not match"}
			}, "AWS: AWS does not accept the credentials; check them",
		},
	} {
		t.Run(name, func(t *testing.T) {
			stub, o := serve(t, awsstub.Account{})
			for key, value := range c.env {
				t.Setenv(key, value)
			}
			if c.set != nil {
				c.set(&o)
			}
			if c.fault != nil {
				stub.Fail(c.fault)
			}
			res := read(t, o)
			said := notRead(res)
			if len(said) != 1 || !strings.HasPrefix(said[0], c.want) || res.Sources[0].Status != inventory.StatusFailed {
				t.Errorf("it says %q, want %q", said, c.want)
			}
		})
	}
	t.Run("expired half-way", func(t *testing.T) {
		stub, o := serve(t, awsstub.Account{TaskDefinitions: 300, Services: 300})
		stub.Fail(func(q awsstub.Request) *awsstub.Fault {
			if q.Action == "ecs:DescribeTaskDefinition" && q.Call > 100 {
				return expired(q)
			}
			return nil
		})
		res := read(t, o)
		said := notRead(res)
		if len(said) != 1 || !strings.HasPrefix(said[0], "123456789012/eu-west-1: the credentials have expired; get new ones (aws sso login, or your own way) and run it again; not complete without it: ") ||
			!strings.Contains(said[0], "AWS::ECS::TaskDefinition") {
			t.Errorf("it says %q", said)
		}
		if n := stub.Calls()["ecs:DescribeTaskDefinition"]; n > 100+16 {
			t.Errorf("%d requests though the credentials had expired", n)
		}
		if slices.Contains(res.Sources[1].Complete, resource.ECSTaskDefinition) || !slices.Contains(res.Sources[1].Complete, resource.ECSService) {
			t.Errorf("complete: %v", res.Sources[1].Complete)
		}
	})
}

func TestAnswersThatAreNotOfAWS(t *testing.T) {
	const page = "<!DOCTYPE html>\n<html><body>Sign in: hunter2</body></html>"
	for name, c := range map[string]struct {
		status                 int
		raw, contentType, want string
	}{
		"a web page":            {200, page, "text/html", "it sent a web page"},
		"a web page by no name": {200, "  " + page, "", "it sent a web page"},
		"a web page with 403":   {403, page, "text/html", "it sent a web page"},
		"nothing":               {200, "", "text/xml", "it sent nothing"},
		"other XML":             {200, "<?xml version=\"1.0\"?><ListBucketResult></ListBucketResult>", "text/xml", "it sent something else"},
		"other JSON":            {200, "[1, 2]", "application/json", "it sent something else"},
		"text":                  {200, "ok", "text/plain", "it sent something else"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.contentType)
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.raw)
			}))
			defer server.Close()
			environment(t, map[string]string{"AWS_ACCESS_KEY_ID": "AKIA0000000000000000", "AWS_SECRET_ACCESS_KEY": "secret"})
			res := read(t, aws.WithoutWaiting(aws.Options{Endpoint: server.URL, Regions: []string{"eu-west-1"}}))
			want := "AWS: what answered is not the AWS API: " + c.want + "; check --endpoint-url, AWS_ENDPOINT_URL and the proxy"
			if diff := cmp.Diff([]string{want}, notRead(res)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}

			for _, action := range []string{"ec2:DescribeVpcs", "ecs:ListClusters", "eks:ListClusters", "elasticloadbalancing:DescribeTargetGroups", "iam:ListInstanceProfiles", "guardduty:ListDetectors"} {
				stub, o := serve(t, awsstub.Account{})
				stub.Fail(on(action, func(awsstub.Request) *awsstub.Fault {
					return &awsstub.Fault{Status: c.status, Raw: c.raw, ContentType: c.contentType}
				}))
				said := notRead(read(t, o))
				if len(said) != 1 || !strings.HasPrefix(said[0], action+" in 123456789012") || !strings.Contains(said[0], "what answered is not the AWS API: "+c.want) {
					t.Errorf("%s: it says %q", action, said)
				}
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	environment(t, map[string]string{"AWS_ACCESS_KEY_ID": "AKIA0000000000000000", "AWS_SECRET_ACCESS_KEY": "secret"})
	res := read(t, aws.WithoutWaiting(aws.Options{Endpoint: "http://127.0.0.1:1", Regions: []string{"eu-west-1"}}))
	if said := notRead(res); len(said) != 1 || !strings.Contains(said[0], "the request failed: ") || !strings.Contains(said[0], "refused") {
		t.Errorf("it says %q", said)
	}
}

func TestTheTimeIsOver(t *testing.T) {
	stub, o := serve(t, awsstub.Account{TaskDefinitions: 200, Services: 200})
	stub.Fail(on("ecs:DescribeTaskDefinition", func(q awsstub.Request) *awsstub.Fault {
		if q.Call <= 50 {
			return nil
		}
		return &awsstub.Fault{Delay: 3 * time.Second, Pass: true}
	}))
	o.Timeout = 2 * time.Second
	start := time.Now()
	res := read(t, o)
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("it took %v", took)
	}
	said := notRead(res)
	if len(said) != 1 || !strings.HasPrefix(said[0], "123456789012/eu-west-1: the time given with --timeout was over; not complete without it: AWS::ECS::TaskDefinition, ") {
		t.Errorf("it says %q", said)
	}
	if res.Sources[1].Status != inventory.StatusPartial || !slices.Contains(res.Sources[1].Complete, resource.SecurityGroup) {
		t.Errorf("%s, complete %v", res.Sources[1].Status, res.Sources[1].Complete)
	}
}

func TestInterruptedIsAnError(t *testing.T) {
	stub, o := serve(t, awsstub.Account{})
	ctx, cancel := context.WithCancel(context.Background())
	stub.Fail(on("ecs:ListTasks", func(awsstub.Request) *awsstub.Fault {
		cancel()
		return nil
	}))
	if _, err := aws.Read(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNotSwitchedOnIsSaidAndIsNoFailure(t *testing.T) {
	_, o := serve(t, awsstub.Account{NoInspector: true, NoGuardDuty: true, ConfigMapOnly: true})
	res := read(t, o)
	want := []string{
		"123456789012/eu-west-1: Amazon GuardDuty is not enabled here, so nobody looks for malware",
		"123456789012/eu-west-1: Amazon Inspector does not scan images here, so nobody knows their weaknesses by it; enable it for Amazon ECR, or give the findings of another scanner",
	}
	if diff := cmp.Diff(want, notRead(res)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"123456789012 complete", "123456789012/eu-west-1 complete"}, statuses(res)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for ty, want := range map[inventory.Type]bool{
		resource.InspectorFinding: false, resource.ImageInUse: false, resource.GuardDutyFinding: false, resource.EKSAccessEntry: true, resource.ECRImage: true,
	} {
		if got := slices.Contains(res.Sources[1].Complete, ty); got != want {
			t.Errorf("%s complete: %v", ty, got)
		}
	}
}
