//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/schema"
)

// motoLacks lists the actions that this moto does not know, as far as Merlon comes to ask: it has no cluster's add-ons,
// access entries, associations, identity providers or versions, no finding of GuardDuty and no coverage of Inspector. Package
// awsstub answers those as AWS documents them.
func motoLacks() []string {
	return []string{
		"eks:DescribeClusterVersions", "eks:ListAccessEntries", "eks:ListAddons", "eks:ListIdentityProviderConfigs", "eks:ListPodIdentityAssociations",
		"guardduty:ListFindings", "inspector2:ListCoverage",
	}
}

// view reads a snapshot or a folder.
func (a *AWS) view(path string) *inventory.View {
	a.t.Helper()
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{path}})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, s := range read.Sources {
		if s.Status == inventory.StatusFailed {
			a.t.Fatalf("%s: %v", path, s.NotAssessed)
		}
	}
	return schema.NewView(read.Sources, read.Resources)
}

// TestAWSAccount fills an account once: that takes a minute.
func TestAWSAccount(t *testing.T) {
	account := StartAWS(t).As("AKIA0000000000000000", "secret")
	account.fill()
	t.Run("live and printed answers give the same inventory", func(t *testing.T) { sameLiveAndPrinted(t, account) })
	t.Run("the policy is enough and no more", func(t *testing.T) { policyIsEnough(t, account) })
}

// sameLiveAndPrinted reads one account twice: with Merlon's collector, and from files that the AWS CLI printed.
func sameLiveAndPrinted(t *testing.T, account *AWS) {
	_, told, code := account.Merlon("collect", "--aws", "-o", "live.snapshot")
	if code != 3 {
		t.Errorf("exit code %d: moto lacks operations, so that the account is read in part\n%s", code, told)
	}
	var failed []string
	for line := range strings.Lines(told) {
		if action, _, ok := strings.Cut(strings.TrimPrefix(line, "merlon: "), " in 123456789012"); ok {
			failed = append(failed, action)
		}
	}
	slices.Sort(failed)
	if diff := cmp.Diff(motoLacks(), failed); diff != "" {
		t.Errorf("actions that failed: -those that moto lacks +got:\n%s\n%s", diff, told)
	}

	folder := filepath.Join(account.Dir, "printed")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, answer := range account.printed() {
		text, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, " ", "_")+".json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	live, printed := account.view(filepath.Join(account.Dir, "live.snapshot")), account.view(folder)
	sameInventory(t, live, printed)
	if live.Len() < 70 {
		t.Errorf("only %d resources", live.Len())
	}
	noSecrets(t, account, live)
}

// item is what a resource is, as far as a file can tell: some answers do not say where they are from.
type item struct {
	Type      inventory.Type
	Name      string
	Tags      inventory.Labels
	Spec      any
	Relations []inventory.Relation
	Object    any
}

func sameInventory(t *testing.T, live, printed *inventory.View) {
	t.Helper()
	a, b := items(t, live), items(t, printed)
	options := cmp.Options{cmpopts.EquateEmpty(), cmp.Transformer("anywhere", anywhere)}
	for key, x := range a {
		y, ok := b[key]
		if !ok {
			t.Errorf("%s was read live only", key)
			continue
		}
		if diff := cmp.Diff(x, y, options); diff != "" {
			t.Errorf("%s: -live +printed:\n%s", key, diff)
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			t.Errorf("%s was printed only", key)
		}
	}
}

// anywhere leaves out of an ARN what a file does not tell.
func anywhere(u inventory.UID) string {
	a, ok := u.ARN()
	if !ok {
		return string(u)
	}
	return a.Service + " " + a.Resource
}

func items(t *testing.T, v *inventory.View) map[string]item {
	t.Helper()
	all := map[string]item{}
	for _, r := range v.All() {
		if isOffer(r) {
			continue
		}
		raw, err := v.Raw(r.UID)
		if err != nil {
			t.Fatal(err)
		}
		var object any
		if err := json.Unmarshal(raw.Root().AppendJSON(nil), &object); err != nil {
			t.Fatal(err)
		}
		all[string(r.Type)+" "+r.Name] = item{r.Type, r.Name, r.Labels, r.Spec, r.Relations, plain(object)}
	}
	return all
}

// isOffer reports whether a resource is a policy of AWS's own that nobody has: the collector leaves out the 1,400 of them.
func isOffer(r *inventory.Resource) bool {
	a, _ := r.UID.ARN()
	return r.Type == resource.IAMPolicy && a.Account == "aws" && a.Name() != "AdministratorAccess"
}

// plain writes an object the same whether the CLI printed it or the SDK decoded it: without what is empty, zero or false,
// which the SDK does not tell from what is not there, and with times in one form.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, member := range v {
			if member = plain(member); member != nil && key != "vulnerabilitySourceUpdatedAt" { // For moto that is the time of the request.
				out[key] = member
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		var out []any
		for _, element := range v {
			out = append(out, plain(element))
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return at.UTC().Truncate(time.Second).Format(time.RFC3339)
		}
		if v == "" {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	}
	return v
}

// noSecrets looks for the planted value in all that Merlon writes and prints.
func noSecrets(t *testing.T, account *AWS, live *inventory.View) {
	t.Helper()
	var all strings.Builder
	for _, r := range live.All() {
		raw, err := live.Raw(r.UID)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw.Root().AppendJSON(nil))
	}
	for _, format := range []string{"table", "json", "sarif", "html"} {
		stdout, stderr, _ := account.Merlon("scan", "--aws", "-o", format)
		if len(stdout) < 100 {
			t.Errorf("scan -o %s printed %q; %s", format, stdout, stderr)
		}
		all.WriteString(stdout + stderr)
	}
	if strings.Contains(all.String(), awsSecret) || strings.Contains(all.String(), awsUserData()) {
		t.Error("the value of a secret is in what Merlon writes")
	}
	if !strings.Contains(all.String(), "DB_PASSWORD") {
		t.Error("the name of the variable is not there either")
	}
}

// policyIsEnough lets moto check the rights of a user with the policy that Merlon prints, and of one with that policy less
// two actions. From then on it checks those of everybody.
func policyIsEnough(t *testing.T, root *AWS) {
	policy, _, code := root.Merlon("doctor", "--print-iam")
	if code != 0 {
		t.Fatalf("exit code %d", code)
	}
	auditor := func(name, document string) *AWS {
		root.CLI("iam create-user --user-name", name)
		root.CLI("iam put-user-policy --policy-name merlon --user-name "+name+" --policy-document", document)
		key := root.CLI("iam create-access-key --user-name", name)
		return root.As(field(key, "AccessKey", "AccessKeyId"), field(key, "AccessKey", "SecretAccessKey"))
	}
	whole := auditor("whole", policy)
	without := auditor("without", strings.Replace(strings.Replace(policy, "\"ecs:DescribeServices\",", "", 1), "\"ec2:DescribeSubnets\",", "", 1))
	root.Send("/moto-api/reset-auth", "text/plain", "0")
	// moto computes another signature than the SDK and the CLI for requests with GET, and so refuses all of these.
	unsigned := []string{"eks:ListClusters", "guardduty:ListDetectors"}

	_, told, _ := whole.Merlon("collect", "--aws", "-o", "whole.snapshot")
	if diff := cmp.Diff(unsigned, denials(told)); diff != "" {
		t.Errorf("the policy is not enough: denied: -want +got:\n%s\n%s", diff, told)
	}
	_, told, code = without.Merlon("collect", "--aws", "-o", "without.snapshot")
	want := append([]string{"ec2:DescribeSubnets", "ecs:DescribeServices"}, unsigned...)
	if diff := cmp.Diff(want, denials(told)); diff != "" || code != 3 {
		t.Errorf("exit code %d, denied: -want +got:\n%s\n%s", code, diff, told)
	}
	all, part := whole.view(filepath.Join(root.Dir, "whole.snapshot")), without.view(filepath.Join(root.Dir, "without.snapshot"))
	for _, r := range all.All() {
		lost := r.Type == resource.ECSService || r.Type == resource.Subnet || r.Type == resource.ECSTaskDefinition || r.Type == resource.ECRImage
		if part.Get(r.UID) == nil && !lost {
			t.Errorf("%s is lost too", r.UID)
		}
	}
	stdout, _, code := without.Merlon("doctor", "--aws", "-o", "json")
	var checked struct {
		Accounts []struct {
			Actions []struct {
				Action  string
				Allowed bool
				Refused []struct{ Denied bool }
				Rules   []string
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &checked); err != nil || code != 3 || len(checked.Accounts) != 1 {
		t.Fatalf("doctor: exit code %d: %v\n%s", code, err, stdout)
	}
	var denied []string
	for _, x := range checked.Accounts[0].Actions {
		if service, _, _ := strings.Cut(x.Action, ":"); len(x.Refused) > 0 && x.Refused[0].Denied && service != "eks" && service != "guardduty" {
			denied = append(denied, x.Action)
		}
	}
	if diff := cmp.Diff([]string{"ec2:DescribeSubnets", "ecs:DescribeServices"}, denied); diff != "" {
		t.Errorf("doctor: denied: -want +got:\n%s", diff)
	}
}

// denials lists the actions that Merlon says are denied, sorted.
func denials(told string) []string {
	var all []string
	for line := range strings.Lines(told) {
		action, why, ok := strings.Cut(strings.TrimPrefix(line, "merlon: "), " in 123456789012")
		if ok && strings.Contains(why, "access denied") {
			all = append(all, action)
		}
	}
	slices.Sort(all)
	return all
}

// TestAWSWrongCredentials lets moto refuse a signature.
func TestAWSWrongCredentials(t *testing.T) {
	root := StartAWS(t).As("AKIA0000000000000000", "secret")
	root.Send("/moto-api/reset-auth", "text/plain", "0")
	_, told, code := root.Merlon("scan", "--aws")
	if code != 2 || !strings.Contains(told, "nothing to assess: AWS: AWS does not accept the credentials") {
		t.Errorf("exit code %d: %s", code, told)
	}
}

// TestTheProgramIsNotLargerThanItMustBe finds out when the linker keeps all that the SDK of AWS can do: see requests.go of
// package collect/aws.
func TestTheProgramIsNotLargerThanItMustBe(t *testing.T) {
	info, err := os.Stat(Tool(t, "merlon"))
	if err != nil {
		t.Fatal(err)
	}
	const most = 60 << 20
	if info.Size() > most {
		t.Errorf("bin/merlon has %d MiB, more than %d", info.Size()>>20, most>>20)
	}
}
