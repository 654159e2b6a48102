package aws_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/aws"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/test/awsstub"
)

// TestActionsOnlyRead makes sure that no action changes anything, or gives what Merlon must never ask for.
func TestActionsOnlyRead(t *testing.T) {
	verbs := []string{"Describe", "List", "Get", "BatchGet"}
	allowed := []string{ // each Get, since there are those that give values
		"ec2:GetManagedPrefixListEntries", "ecr:GetRepositoryPolicy", "guardduty:GetFindings", "iam:GetAccountAuthorizationDetails",
		"iam:GetOpenIDConnectProvider", "inspector2:BatchGetAccountStatus", "inspector2:GetClustersForImage",
	}
	services := []string{"ec2", "ecr", "ecs", "eks", "elasticloadbalancing", "guardduty", "iam", "inspector2", "kms"}
	var names []string
	for _, a := range aws.Actions() {
		names = append(names, a.Name)
		service, operation, _ := strings.Cut(a.Name, ":")
		if !slices.ContainsFunc(verbs, func(v string) bool { return strings.HasPrefix(operation, v) }) || !slices.Contains(services, service) {
			t.Errorf("%s is not an action that only reads", a.Name)
		}
		if strings.Contains(operation, "Get") && !slices.Contains(allowed, a.Name) {
			t.Errorf("%s may give the value of something", a.Name)
		}
		if len(a.Types) == 0 && a.Name != "ec2:DescribeRegions" {
			t.Errorf("nothing is lost without %s", a.Name)
		}
	}
	for _, never := range []string{
		"secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "s3:GetObject", "ec2:DescribeInstanceAttribute",
	} {
		if slices.Contains(names, never) {
			t.Errorf("%s must never be called", never)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("the actions are not sorted, each once")
	}
}

func TestThePolicyAllowsTheActionsAndNothingElse(t *testing.T) {
	document, err := aws.Policy()
	if err != nil {
		t.Fatal(err)
	}
	var policy struct {
		Version   string
		Statement []struct {
			Effect, Resource string
			Action           []string
		}
	}
	if err := json.Unmarshal(document, &policy); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, a := range aws.Actions() {
		want = append(want, a.Name)
	}
	if len(policy.Statement) != 1 || policy.Version != "2012-10-17" || policy.Statement[0].Effect != "Allow" || policy.Statement[0].Resource != "*" {
		t.Fatalf("policy: %s", document)
	}
	if diff := cmp.Diff(want, policy.Statement[0].Action); diff != "" {
		t.Errorf("-actions +policy:\n%s", diff)
	}
	const most = 6144 // characters of a managed policy, without white space (IAM quotas)
	if n := len(strings.Join(strings.Fields(string(document)), "")); n > most {
		t.Errorf("the policy has %d characters of %d", n, most)
	}
}

func TestDoctorFindsWhatIsDenied(t *testing.T) {
	stub, o := serve(t, awsstub.Account{})
	o.Regions = []string{"eu-west-1", "us-east-1", "af-south-1"}
	stub.Deny("ecs:DescribeTasks")
	stub.Fail(func(q awsstub.Request) *awsstub.Fault {
		if q.Action == "eks:DescribeCluster" && q.Region == "us-east-1" {
			return &awsstub.Fault{Status: 403, Code: "AccessDeniedException", Message: "User: x is not authorized to perform: eks:DescribeCluster on resource: * with an explicit deny in a service control policy"}
		}
		return nil
	})
	all, err := aws.Check(context.Background(), o)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v %v", all, err)
	}
	c := all[0]
	if c.Name != awsstub.AccountID || len(c.Problems) != 1 || c.Problems[0].What != "123456789012/af-south-1" {
		t.Errorf("account %q, problems %v", c.Name, c.Problems)
	}
	if diff := cmp.Diff([]string{"eu-west-1", "us-east-1"}, c.Regions); diff != "" {
		t.Errorf("Regions: -want +got:\n%s", diff)
	}
	got := map[string][]aws.Denial{}
	for _, a := range c.Actions {
		if !a.Allowed {
			got[a.Name] = a.Denied
		}
	}
	const why = "access denied, because no identity-based policy allows the ecs:DescribeTasks action"
	want := map[string][]aws.Denial{
		"ecs:DescribeTasks":   {{Region: "eu-west-1", IsDenied: true, Why: why}, {Region: "us-east-1", IsDenied: true, Why: why}},
		"eks:DescribeCluster": {{Region: "us-east-1", IsDenied: true, Why: "access denied, with an explicit deny in a service control policy"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(c.Actions) != len(aws.Actions()) {
		t.Errorf("%d of %d actions", len(c.Actions), len(aws.Actions()))
	}
	for action, n := range stub.Calls() {
		if n > 3 {
			t.Errorf("%s was called %d times", action, n)
		}
	}
}

func TestDoctorAsksForNothingThatIsThere(t *testing.T) {
	_, o := serve(t, awsstub.Account{})
	all, err := aws.Check(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all[0].Actions {
		if !a.Allowed {
			t.Errorf("%s: %v", a.Name, a.Denied)
		}
	}
	i := slices.IndexFunc(all[0].Actions, func(a aws.ActionCheck) bool { return a.Name == "ecs:ListServices" })
	if got := all[0].Actions[i].Types; !slices.Contains(got, resource.ECSTaskDefinition) || !slices.Contains(got, resource.ECRImage) {
		t.Errorf("without ecs:ListServices it says that %v is lost", got)
	}
}

func TestDoctorWithoutCredentials(t *testing.T) {
	_, o := serve(t, awsstub.Account{})
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	all, err := aws.Check(context.Background(), o)
	if err != nil || len(all) != 1 || len(all[0].Actions) != 0 || len(all[0].Problems) != 1 || !strings.HasPrefix(all[0].Problems[0].Why, "there are no AWS credentials") {
		t.Errorf("%+v %v", all, err)
	}
}
