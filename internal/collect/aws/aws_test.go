package aws_test

import (
	"context"
	"maps"
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

// serve answers for an account on loopback, and gives what makes Read ask there. Of the environment nothing else counts.
func serve(t testing.TB, a awsstub.Account) (*awsstub.Server, aws.Options) {
	t.Helper()
	stub := awsstub.New(a)
	server := httptest.NewServer(stub)
	t.Cleanup(server.Close)
	environment(t, map[string]string{"AWS_ACCESS_KEY_ID": "AKIA0000000000000000", "AWS_SECRET_ACCESS_KEY": "secret"})
	return stub, aws.WithoutWaiting(aws.Options{Regions: []string{"eu-west-1"}, Endpoint: server.URL})
}

// environment sets all that the SDK looks at.
func environment(t testing.TB, set map[string]string) {
	t.Helper()
	for _, name := range []string{
		"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ROLE_ARN",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/config")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/credentials")
	for name, value := range set {
		t.Setenv(name, value)
	}
}

func read(t testing.TB, o aws.Options) aws.Result {
	t.Helper()
	res, err := aws.Read(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// uids lists what was read, sorted.
func uids(res aws.Result) []string {
	var all []string
	for _, r := range res.Resources {
		all = append(all, string(r.UID))
	}
	slices.Sort(all)
	return all
}

// notRead lists what the sources say, one line each.
func notRead(res aws.Result) []string {
	var all []string
	for _, s := range res.Sources {
		for _, n := range s.NotAssessed {
			all = append(all, n.What+": "+n.Why)
		}
	}
	return all
}

func statuses(res aws.Result) []string {
	var all []string
	for _, s := range res.Sources {
		all = append(all, s.Name+" "+string(s.Status))
	}
	return all
}

func TestEverythingThatIsDeclaredIsReadOnce(t *testing.T) {
	stub, o := serve(t, awsstub.Account{})
	res := read(t, o)
	if got := notRead(res); len(got) > 0 {
		t.Errorf("not read: %s", strings.Join(got, "\n"))
	}
	if diff := cmp.Diff([]string{"123456789012 complete", "123456789012/eu-west-1 complete"}, statuses(res)); diff != "" {
		t.Errorf("sources: -want +got:\n%s", diff)
	}
	count := map[inventory.Type]int{}
	for _, r := range res.Resources {
		count[r.Type]++
		if !r.HasObject() {
			t.Errorf("%s has no object", r.UID)
		}
	}
	complete := slices.Concat(res.Sources[0].Complete, res.Sources[1].Complete)
	for _, ty := range complete {
		if count[ty] == 0 {
			t.Errorf("the server has a %s, and it was not read", ty)
		}
		delete(count, ty)
	}
	if len(count) > 0 {
		t.Errorf("read, but no step says that it gives them: %v", count)
	}
	var declared []string
	for _, a := range aws.Actions() {
		declared = append(declared, a.Name)
	}
	called := stub.Calls()
	delete(called, "sts:GetCallerIdentity")
	if diff := cmp.Diff(declared, slices.Sorted(maps.Keys(called))); diff != "" {
		t.Errorf("-declared +called:\n%s", diff)
	}
	sum := 0
	for action, n := range res.Requests {
		sum += n
		if action != "sts:GetCallerIdentity" && called[action] != n {
			t.Errorf("%s: counted %d, sent %d", action, n, called[action])
		}
	}
	t.Logf("%d requests, %d resources", sum, len(res.Resources))
}

func TestSourcesNameTheClosedWorldOfAnAccountAndItsRegions(t *testing.T) {
	_, o := serve(t, awsstub.Account{})
	res := read(t, o)
	v := inventory.NewView(res.Sources, res.Resources)
	for _, c := range []struct {
		cluster string
		of      inventory.Type
		want    bool
	}{
		{"123456789012/", resource.IAMRole, true},
		{"123456789012/eu-west-1", resource.ECSService, true},
		{"123456789012/eu-west-1", resource.IAMRole, false},
		{"123456789012/us-east-1", resource.ECSService, false},
	} {
		if got := v.Closed(c.cluster, c.of); got != c.want {
			t.Errorf("%s in %q: closed %v", c.of, c.cluster, got)
		}
	}
}

func TestLongListsComeWholeInPagesAndBatches(t *testing.T) {
	stub, o := serve(t, awsstub.Account{
		ECSClusters: 3, Services: 250, TaskDefinitions: 120, SecurityGroups: 2300, Roles: 2100, EKSClusters: 101, Interfaces: 1001,
	})
	res := read(t, o)
	if got := notRead(res); len(got) > 0 {
		t.Fatalf("not read: %s", strings.Join(got, "\n"))
	}
	count := map[inventory.Type]int{}
	for _, r := range res.Resources {
		count[r.Type]++
	}
	for ty, want := range map[inventory.Type]int{
		resource.ECSService: 250, resource.ECSTask: 250, resource.ECSTaskDefinition: 120, resource.SecurityGroup: 2300, resource.IAMRole: 2100,
		resource.EKSCluster: 101, resource.EKSNodegroup: 101, resource.NetworkInterface: 1001, resource.ECRImage: 120, resource.ECRScanFindings: 120,
		resource.PrefixList: 2, resource.LaunchTemplateVersion: 3,
	} {
		if count[ty] != want {
			t.Errorf("%d of %s, want %d", count[ty], ty, want)
		}
	}
	for action, want := range map[string]int{
		"ecs:ListServices":                   3,             // 84, 83 and 83: a page each
		"ecs:DescribeServices":               9 + 9 + 9,     // of ten each
		"ecs:DescribeTasks":                  3,             // of a hundred each
		"ecs:DescribeTaskDefinition":         120,           // each once, though three services share one
		"ec2:DescribeSecurityGroups":         3,             // of a thousand each
		"iam:GetAccountAuthorizationDetails": 3,             // of a thousand each
		"eks:ListClusters":                   2,             // of a hundred each
		"ecr:DescribeImages":                 2*120/100 + 1, // by digest and by tag, of a hundred each
		"ec2:GetManagedPrefixListEntries":    1,             // of the list that rules name, not of the other one
	} {
		if got := stub.Calls()[action]; got != want {
			t.Errorf("%s was called %d times, want %d", action, got, want)
		}
	}
}

func TestRequestsAreOnTheirWayTogetherWithinALimit(t *testing.T) {
	stub, o := serve(t, awsstub.Account{Services: 64, TaskDefinitions: 64})
	stub.Latency = 20 * time.Millisecond
	read(t, o)
	if most := stub.MostAtOnce(); most < 8 || most > 2*16 { // sixteen of the account, sixteen of its Region
		t.Errorf("%d requests at a time", most)
	}
}

func TestPagesOfOneGiveTheSameAsOnePage(t *testing.T) {
	account := awsstub.Account{
		ECSClusters: 2, Services: 25, TaskDefinitions: 12, SecurityGroups: 23, Roles: 21, EKSClusters: 3, Interfaces: 10,
	}
	_, o := serve(t, account)
	want := read(t, o)
	account.PageSize = 1
	stub, o := serve(t, account)
	got := read(t, o)
	if diff := cmp.Diff(notRead(want), notRead(got)); diff != "" {
		t.Errorf("not read: -whole +in pages:\n%s", diff)
	}
	changes := inventory.Diff(inventory.NewView(nil, want.Resources), inventory.NewView(nil, got.Resources))
	if diff := cmp.Diff(inventory.Changes{}, changes); diff != "" {
		t.Errorf("-whole +in pages:\n%s", diff)
	}
	if n := stub.Calls()["ecs:ListServices"]; n != 25 {
		t.Errorf("ListServices was called %d times for 25 services", n)
	}
}

func TestEntriesOfAPrefixListThatARuleNamesAreRead(t *testing.T) {
	_, o := serve(t, awsstub.Account{})
	for _, r := range read(t, o).Resources {
		if r.Type != resource.PrefixList {
			continue
		}
		want := 0
		if r.Spec.(*resource.PrefixListSpec).ID == "pl-0123456789abcdef0" {
			want = 3
		}
		if got := r.Spec.(*resource.PrefixListSpec).CIDRs; len(got) != want {
			t.Errorf("%s has the entries %v, want %d", r.UID, got, want)
		}
	}
}

func TestPolicyDocumentsAreObjectsAsTheCLIPrintsThem(t *testing.T) {
	_, o := serve(t, awsstub.Account{})
	found := 0
	for _, r := range read(t, o).Resources {
		switch s := r.Spec.(type) {
		case *resource.PrincipalSpec:
			if r.Type != resource.IAMRole {
				continue
			}
			found++
			if !strings.HasPrefix(string(s.Trust.JSON), `{"Version":"2012-10-17"`) || len(s.Inline) != 1 || !strings.Contains(string(s.Inline[0].JSON), "s3:GetObject") {
				t.Errorf("%s: trust %s, inline %v", r.UID, s.Trust.JSON, s.Inline)
			}
		case *resource.ManagedPolicySpec:
			found++
			if !strings.HasPrefix(string(s.Document.JSON), `{"Version"`) {
				t.Errorf("%s: %s", r.UID, s.Document.JSON)
			}
			if strings.HasSuffix(string(r.UID), "ReadOnlyAccess") {
				t.Error("a policy of AWS's own that nobody has was kept")
			}
		}
	}
	if found != 3 {
		t.Errorf("found %d of 3", found)
	}
}

func TestSeveralRegionsAndAllOfThem(t *testing.T) {
	_, o := serve(t, awsstub.Account{})
	for name, c := range map[string]struct {
		regions []string
		want    []string
	}{
		"two":         {[]string{"us-east-1", "eu-west-1"}, []string{"", "/us-east-1", "/eu-west-1"}},
		"one twice":   {[]string{"eu-west-1", "eu-west-1"}, []string{"", "/eu-west-1"}},
		"all":         {[]string{"all"}, []string{"", "/cn-north-1", "/eu-south-1", "/eu-west-1", "/us-east-1", "/us-gov-west-1"}},
		"all and one": {[]string{"all", "eu-west-1"}, []string{"", "/cn-north-1", "/eu-south-1", "/eu-west-1", "/us-east-1", "/us-gov-west-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			o.Regions = c.regions
			res := read(t, o)
			var got []string
			for _, s := range res.Sources {
				got = append(got, strings.TrimPrefix(s.Name, awsstub.AccountID))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if res.Requests["iam:GetAccountAuthorizationDetails"] != 1 {
				t.Error("IAM was read more than once")
			}
		})
	}
}

func TestOtherPartitionsHaveTheirOwnARNs(t *testing.T) {
	for partition, region := range map[string]string{"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"} {
		t.Run(partition, func(t *testing.T) {
			_, o := serve(t, awsstub.Account{Partition: partition})
			o.Regions = []string{region}
			res := read(t, o)
			if got := notRead(res); len(got) > 0 {
				t.Errorf("not read: %s", strings.Join(got, "\n"))
			}
			for _, uid := range uids(res) {
				if !strings.HasPrefix(uid, "arn:"+partition+":") {
					t.Errorf("%s is not of the partition %s", uid, partition)
				}
			}
			if len(res.Resources) < 40 {
				t.Errorf("only %d resources", len(res.Resources))
			}
		})
	}
}

func TestEachRoleIsAnAccount(t *testing.T) {
	stub, o := serve(t, awsstub.Account{})
	o.Roles = []string{"arn:aws:iam::123456789012:role/merlon", "arn:aws:iam::210987654321:role/nobody", "role/merlon"}
	stub.Fail(func(q awsstub.Request) *awsstub.Fault {
		if q.Action == "sts:AssumeRole" && q.Call == 2 {
			return awsstub.Denied("sts:AssumeRole")
		}
		if q.Action != "sts:AssumeRole" && q.AccessKey != "ASIA0000000000000000" {
			t.Errorf("%s was sent with the credentials %s, not those of the role", q.Action, q.AccessKey)
		}
		return nil
	})
	res := read(t, o)
	if diff := cmp.Diff([]string{
		"123456789012 complete", "123456789012/eu-west-1 complete", "arn:aws:iam::210987654321:role/nobody failed", "role/merlon failed",
	}, statuses(res)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got := strings.Join(notRead(res), "\n")
	for _, want := range []string{
		"arn:aws:iam::210987654321:role/nobody: the role cannot be assumed: access denied, because no identity-based policy allows the sts:AssumeRole action",
		"role/merlon: it is not the ARN of a role",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func TestProgressIsTold(t *testing.T) {
	_, o := serve(t, awsstub.Account{})
	ch := make(chan [2]int, 10_000)
	o.Progress = func(requests, resources int) { ch <- [2]int{requests, resources} }
	res := read(t, o)
	close(ch)
	most := [2]int{}
	for p := range ch {
		most[0], most[1] = max(most[0], p[0]), max(most[1], p[1])
	}
	if most[0] < 50 || most[1] == 0 || most[1] > len(res.Resources) {
		t.Errorf("at last %v of %d resources", most, len(res.Resources))
	}
}
