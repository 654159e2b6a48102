//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/rule"
)

// TestEstate scans an account with a known set of traits, live, in one run: no trait more and none less, and the same for those
// that cannot be assessed.
//
// This moto keeps neither enableExecuteCommand nor capacityProviderStrategy of a service, nor accessConfig of an EKS cluster; it
// has no operation eks:DescribeClusterVersions and none for GuardDuty's findings. What depends on these is given beside --aws in
// files with answers of the documented form. Findings of Amazon Inspector and Amazon ECR are planted in moto, whose operations then
// answer with them. Since moto starts no task for a service, what is known of the services is what they are set to.
func TestEstate(t *testing.T) {
	e := newEstate(StartAWS(t).As("AKIA0000000000000000", "secret"))
	given := filepath.Join(e.Dir, "given")
	if err := os.Mkdir(given, 0o700); err != nil {
		t.Fatal(err)
	}
	services, clusters := estateServices(), estateClusters()
	e.fillNetwork()
	e.fillBalancers()
	e.fillRoles()
	e.fillImages()
	for i := range services {
		e.service(&services[i])
	}
	for i := range clusters {
		e.kubernetes(&clusters[i])
	}
	e.writeFiles()

	// A folder stands for the manifests and answers in it; a snapshot is named.
	snapshots, err := filepath.Glob(filepath.Join(given, "*.snapshot"))
	if err != nil {
		t.Fatal(err)
	}
	sources := slices.Concat(snapshots, []string{"--aws", given})
	stdout, told, code := e.Merlon(append([]string{"scan", "-o", "json"}, sources...)...)
	if code != 3 {
		t.Errorf("exit code %d: moto lacks operations, so that the account is read in part\n%s", code, told)
	}
	var s finding.Scan
	if err := json.Unmarshal([]byte(stdout), &s); err != nil {
		t.Fatalf("decode the scan: %v\n%s", err, told)
	}
	if strings.Contains(stdout+told, awsSecret) {
		t.Error("the value of a secret is in what Merlon writes")
	}
	want := expected(services, clusters)
	e.Merlon(append([]string{"collect", "-o", "estate.snapshot"}, sources...)...)
	got := verdicts(&s, e.view(filepath.Join(e.Dir, "estate.snapshot")))
	for _, name := range slices.Sorted(maps.Keys(merged(want, got))) {
		if diff := cmp.Diff(want[name], got[name]); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(counted(want), notAssessed(&s)); diff != "" {
		t.Errorf("resources that could not be assessed, by rule: -want +got:\n%s", diff)
	}
	t.Run("every trait is there and not there", func(t *testing.T) { everyTrait(t, want) })
	t.Run("the takeover of an account", func(t *testing.T) { takeover(t, &s) })
	if len(services) < 40 || len(clusters) < 6 {
		t.Errorf("%d services and %d clusters", len(services), len(clusters))
	}
	t.Logf("%d services, %d clusters", len(services), len(clusters))
}

// merged has the keys of both.
func merged(a, b map[string]verdict) map[string]verdict {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// A verdict lists all traits of one resource.
type verdict struct{ Present, Unknown []string }

func sorted(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

// unlisted is never absent here: moto cannot list the findings of GuardDuty, so that there may be others than those that are
// given as files. The rule's own examples show it absent.
const unlisted = "eks-malicious-file"

// expected gives what the tables say, by the name of the resource.
func expected(services []estateService, clusters []estateCluster) map[string]verdict {
	all := map[string]verdict{}
	for i := range services {
		s := &services[i]
		all["service "+s.name] = verdict{sorted(s.traits), sorted(s.unknown)}
	}
	for i := range clusters {
		c := &clusters[i]
		unknown := c.unknown
		if !slices.Contains(c.traits, unlisted) {
			unknown = append(slices.Clip(unknown), unlisted)
		}
		all["cluster "+c.name] = verdict{sorted(c.traits), sorted(unknown)}
	}
	return all
}

// estateName gives the resource of an ARN the name that the tables give it; "" is none of theirs.
func estateName(uid inventory.UID) string {
	a, ok := uid.ARN()
	kind, rest, _ := strings.Cut(a.Resource, "/")
	switch {
	case ok && a.Service == "ecs" && kind == "service":
		return "service " + rest[strings.LastIndexByte(rest, '/')+1:]
	case ok && a.Service == "eks" && kind == "cluster":
		return "cluster " + rest
	}
	return ""
}

// verdicts gives what was found, in the form of expected, with an entry for every service and cluster that was read: what is
// present from the scan's result, and what is unknown from the rules themselves, as the result names 20 resources of each alone.
func verdicts(s *finding.Scan, v *inventory.View) map[string]verdict {
	all := map[string]verdict{}
	for r := range v.OfType(aws.ECSService, aws.EKSCluster) {
		all[estateName(r.UID)] = verdict{}
	}
	add := func(uid inventory.UID, change func(*verdict)) {
		if name := estateName(uid); name != "" {
			found := all[name]
			change(&found)
			all[name] = found
		}
	}
	for _, trait := range s.Traits {
		add(trait.Resource, func(v *verdict) { v.Present = append(v.Present, trait.ID) })
	}
	for _, trait := range evaluate.Traits(&rule.World{Inventory: v, Now: s.ScannedAt}, catalog.All()).Traits {
		if trait.State == finding.Unknown {
			add(trait.Resource, func(v *verdict) { v.Unknown = append(v.Unknown, trait.ID) })
		}
	}
	for name, v := range all {
		all[name] = verdict{sorted(v.Present), sorted(v.Unknown)}
	}
	return all
}

// counted gives on how many resources each rule is unknown.
func counted(all map[string]verdict) map[string]int {
	n := map[string]int{}
	for _, v := range all {
		for _, id := range v.Unknown {
			n[id]++
		}
	}
	return n
}

// notAssessed gives the same as the result of a scan tells it, of the rules about services and clusters.
func notAssessed(s *finding.Scan) map[string]int {
	n := map[string]int{}
	for i := range s.NotAssessed {
		if x := &s.NotAssessed[i]; isEstateRule(x.Rule) {
			n[x.Rule] += x.Count
		}
	}
	return n
}

// estateRules lists the rules about ECS services and EKS clusters.
func estateRules() []string {
	var all []string
	for _, r := range catalog.All() {
		if isEstateRule(r.ID) {
			all = append(all, r.ID)
		}
	}
	return all
}

func isEstateRule(id string) bool {
	return strings.HasPrefix(id, "ecs-") || strings.HasPrefix(id, "ecr-") || strings.HasPrefix(id, "eks-")
}

// everyTrait wants each trait on one resource of its kind, and one other that has been found to be without it.
func everyTrait(t *testing.T, all map[string]verdict) {
	rules := estateRules()
	if len(rules) != 36 {
		t.Errorf("%d rules about ECS services and EKS clusters", len(rules))
	}
	checked := 0
	for _, id := range rules {
		present, absent := 0, 0
		for name, v := range all {
			isCluster := strings.HasPrefix(name, "cluster ")
			if isCluster != strings.HasPrefix(id, "eks-") {
				continue
			}
			checked++
			switch {
			case slices.Contains(v.Present, id):
				present++
			case !slices.Contains(v.Unknown, id):
				absent++
			}
		}
		if present == 0 || absent == 0 && id != unlisted {
			t.Errorf("%s: present on %d, absent on %d", id, present, absent)
		}
	}
	t.Logf("%d pairs of a trait and a resource", checked)
}

// takeover wants the path from the internet through the shop front and its instance to the account, and no such path to any
// other service.
func takeover(t *testing.T, s *finding.Scan) {
	shop := inventory.UID("arn:aws:ecs:" + awsRegion + ":" + estateAccount + ":cluster/shop")
	role := inventory.UID(estateARN("role/task-shop-office"))
	want := []string{
		"balances-to arn:aws:ecs:" + awsRegion + ":" + estateAccount + ":service/shop/shop-front",
		"escape-runtime-socket " + string(aws.InstancesUID(shop, aws.OnEC2)), "take-task-role " + string(role), "administrator " + string(aws.AccountUID(role)),
	}
	found := map[string]bool{}
	for i := range s.Exposures {
		x := &s.Exposures[i]
		for _, p := range x.AttackPaths {
			if p.Entry != "internet" || p.Target != aws.AccountUID(role) {
				continue
			}
			var got []string
			for _, edge := range p.Edges[1:] { // the first leads to the load balancer
				got = append(got, string(edge.Kind)+" "+string(edge.To))
			}
			if diff := cmp.Diff(want, got); diff != "" || p.Possible() {
				t.Errorf("%s: possible: %v; -want +got:\n%s", x.Resource.UID, p.Possible(), diff)
			}
			found[estateName(x.Resource.UID)] = true
		}
	}
	if diff := cmp.Diff(map[string]bool{"service shop-front": true}, found); diff != "" {
		t.Errorf("services from which the internet takes the account over: -want +got:\n%s", diff)
	}
}
