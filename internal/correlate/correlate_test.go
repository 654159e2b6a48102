package correlate_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

const (
	webUID inventory.UID = "k8s://files/apps/Deployment/shop/web"
	apiUID inventory.UID = "k8s://files/apps/Deployment/shop/api"
)

func deployment(name string) string {
	return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ` + name + `, namespace: shop}
spec: {template: {metadata: {labels: {app: ` + name + `}}, spec: {automountServiceAccountToken: false, containers: [{name: app, image: registry.example/app:1}]}}}
---
`
}

// publicService exposes a workload to the internet.
func publicService(name string) string {
	return `apiVersion: v1
kind: Service
metadata: {name: ` + name + `, namespace: shop, annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}}
spec: {type: LoadBalancer, selector: {app: ` + name + `}}
---
`
}

func view(t testing.TB, yaml string) *inventory.View {
	t.Helper()
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(yaml)})
	if err != nil {
		t.Fatal(err)
	}
	return schema.NewView(read.Sources, read.Resources)
}

func rules() []*rule.Rule {
	text := func(s string) lang.Text { return lang.Text{EN: s, ES: s, PT: s} }
	return []*rule.Rule{
		{ID: "privileged-container", Title: text("Privileged container"), Fix: text("Remove privileged\n\nHow to")},
		{ID: "host-pid", Title: text("Host PID"), Fix: text("Remove hostPID")},
		{ID: "runs-as-root", Title: text("Runs as root"), Fix: text("Run as another user")},
	}
}

func privileged(on inventory.UID) finding.Trait {
	return finding.Trait{ID: "privileged-container", State: finding.Present, Resource: on, Weight: finding.Weight{
		Role: finding.Contributing, Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactHigh,
		Opens: []finding.EdgeKind{finding.EdgeEscapePrivileged},
	}}
}

func hostPID(on inventory.UID) finding.Trait {
	return finding.Trait{ID: "host-pid", State: finding.Present, Resource: on, Weight: finding.Weight{
		Role: finding.Contributing, Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactMedium,
		Opens: []finding.EdgeKind{finding.EdgeShareHostPID},
	}}
}

func root(on inventory.UID) finding.Trait {
	return finding.Trait{ID: "runs-as-root", State: finding.Present, Resource: on, Weight: finding.Weight{
		Role: finding.Contributing, Likelihood: finding.LikelihoodLow,
	}}
}

func contextual(t finding.Trait) finding.Trait {
	t.Weight.Role = finding.Contextual
	return t
}

func correlated(t testing.TB, yaml string, traits ...finding.Trait) correlate.Result {
	t.Helper()
	return correlate.Exposures(correlate.Input{World: &rule.World{Inventory: view(t, yaml)}, Traits: traits, Rules: rules()})
}

func TestOneExposureForEachResourceWithAContributingTrait(t *testing.T) {
	got := correlated(t, deployment("web")+deployment("api"), privileged(webUID), hostPID(webUID), contextual(root(apiUID)))
	if len(got.Exposures) != 1 || got.Exposures[0].Resource.UID != webUID {
		t.Fatalf("exposures: %+v", got.Exposures)
	}
	e := got.Exposures[0]
	if e.UID != finding.ExposureUID(webUID) || e.Severity != finding.SeverityHigh || e.Ceiling != finding.SeverityCritical {
		t.Errorf("%s: %v with ceiling %v", e.UID, e.Severity, e.Ceiling)
	}
	if want := "Potential Node Takeover: Deployment shop/web: Host PID, Privileged container"; e.Title.EN != want {
		t.Errorf("title %q, want %q", e.Title.EN, want)
	}
	if diff := cmp.Diff([]string{"Exposure/Potential Impact/Node Takeover"}, e.Types); diff != "" {
		t.Error(diff)
	}
}

func TestAProvenPathFromTheInternetRaisesTheSeverity(t *testing.T) {
	e := correlated(t, deployment("web")+publicService("web"), privileged(webUID)).Exposures[0]
	if e.Severity != finding.SeverityCritical || e.Likelihood != finding.LikelihoodHigh {
		t.Errorf("%v, likelihood %v", e.Severity, e.Likelihood)
	}
	p := e.AttackPaths[0]
	var kinds []string
	for _, edge := range p.Edges {
		kinds = append(kinds, string(edge.Kind))
	}
	if diff := cmp.Diff([]string{"exposes", "selects", "escape-privileged"}, kinds); diff != "" || p.Entry != inventory.Internet {
		t.Errorf("entry %s, path -want +got:\n%s", p.Entry, diff)
	}
	if !strings.HasSuffix(e.Title.PT, "; acessível pela internet") {
		t.Errorf("title %q", e.Title.PT)
	}
}

func TestAPossiblePathRaisesOnlyTheCeiling(t *testing.T) {
	possible := strings.Replace(publicService("web"), "annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}", "annotations: {}", 1)
	e := correlated(t, deployment("web")+possible, privileged(webUID)).Exposures[0]
	if e.Severity != finding.SeverityHigh || e.Ceiling != finding.SeverityCritical || !e.AttackPaths[0].Possible() {
		t.Errorf("%v with ceiling %v, path %+v", e.Severity, e.Ceiling, e.AttackPaths[0])
	}
}

func TestWithoutSaysWhatEachFixDoes(t *testing.T) {
	without := func(e finding.Exposure) map[string]finding.Without {
		all := map[string]finding.Without{}
		for _, x := range e.Traits {
			all[x.ID] = x.Without
		}
		return all
	}
	for _, c := range []struct {
		name   string
		traits []finding.Trait
		want   map[string]finding.Without
	}{
		{"the only trait resolves", []finding.Trait{privileged(webUID)}, map[string]finding.Without{"privileged-container": finding.Resolves}},
		{
			"the heavier one reduces, the lighter one changes nothing",
			[]finding.Trait{privileged(webUID), hostPID(webUID)},
			map[string]finding.Without{"privileged-container": finding.Reduces, "host-pid": finding.Unchanged},
		},
		{
			"what is contextual changes nothing",
			[]finding.Trait{privileged(webUID), contextual(root(webUID))},
			map[string]finding.Without{"privileged-container": finding.Resolves, "runs-as-root": finding.Unchanged},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, without(correlated(t, deployment("web"), c.traits...).Exposures[0])); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTraitsOfTheSameFieldAreFixedTogether(t *testing.T) {
	at := func(t finding.Trait, paths ...string) finding.Trait {
		for _, p := range paths {
			t.Evidence = append(t.Evidence, finding.Evidence{Resource: webUID, Path: p})
		}
		return t
	}
	second := privileged(webUID)
	second.ID = "host-pid"
	for _, c := range []struct {
		name          string
		first, second []string
		want          []finding.Without // of host-pid, and of privileged-container
	}{
		{"the same field", []string{"$.a"}, []string{"$.a"}, []finding.Without{finding.Resolves, finding.Resolves}},
		{"one field more", []string{"$.a", "$.b"}, []string{"$.a"}, []finding.Without{finding.Unchanged, finding.Resolves}},
		{"another field", []string{"$.a"}, []string{"$.b"}, []finding.Without{finding.Unchanged, finding.Unchanged}},
		{"no field known", nil, nil, []finding.Without{finding.Unchanged, finding.Unchanged}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := correlated(t, deployment("web"), at(privileged(webUID), c.first...), at(second, c.second...)).Exposures[0]
			got := []finding.Without{e.Traits[0].Without, e.Traits[1].Without}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The edges of a fixed trait are gone: the impact that they gave falls with them.
func TestWithoutDropsTheEdgesOfTheTrait(t *testing.T) {
	quiet := privileged(webUID)
	quiet.Weight.Impact = finding.ImpactNone
	e := correlated(t, deployment("web"), quiet, root(webUID)).Exposures[0]
	if e.Impact != finding.ImpactHigh {
		t.Fatalf("impact %v: the node that it reaches does not count", e.Impact)
	}
	i := slices.IndexFunc(e.Remediations, func(r finding.Remediation) bool { return r.ID == "privileged-container" })
	if got := e.Remediations[i].ProjectedSeverity; got != finding.SeverityLow {
		t.Errorf("without the trait it is %v, want low", got)
	}
}

func TestIdentityCountsForImpact(t *testing.T) {
	yaml := strings.Replace(deployment("web"), "automountServiceAccountToken: false", "automountServiceAccountToken: true", 1) + `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: default, namespace: shop}]
`
	e := correlated(t, yaml, root(webUID)).Exposures[0]
	if e.Impact != finding.ImpactHigh || e.Severity != finding.SeverityMedium || !strings.HasPrefix(e.Title.EN, "Potential Cluster Takeover") {
		t.Errorf("impact %v, severity %v, title %q", e.Impact, e.Severity, e.Title.EN)
	}
}

func TestFewestFixesTakesTheChangeThatGainsMostFirst(t *testing.T) {
	yaml := deployment("web") + deployment("api") + deployment("db")
	db := inventory.UID("k8s://files/apps/Deployment/shop/db")
	got := correlated(t, yaml, privileged(webUID), hostPID(webUID), privileged(apiUID), hostPID(db), root(db)).FewestFixes
	want := []finding.FixStep{
		{
			ID: "privileged-container", Title: lang.Text{EN: "Remove privileged", ES: "Remove privileged", PT: "Remove privileged"},
			Resources: []inventory.UID{apiUID, webUID}, Resolved: 1, Reduced: 1, Left: map[finding.Severity]int{finding.SeverityMedium: 2},
		},
		{
			ID: "host-pid", Title: lang.Text{EN: "Remove hostPID", ES: "Remove hostPID", PT: "Remove hostPID"},
			Resources: []inventory.UID{db, webUID}, Resolved: 1, Reduced: 1, Left: map[finding.Severity]int{finding.SeverityLow: 1},
		},
		{
			ID: "runs-as-root", Title: lang.Text{EN: "Run as another user", ES: "Run as another user", PT: "Run as another user"},
			Resources: []inventory.UID{db}, Resolved: 1, Left: map[finding.Severity]int{},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTwoFixesThatOnlyHelpTogetherAreBothFound(t *testing.T) {
	second := privileged(webUID)
	second.ID = "host-pid"
	steps := correlated(t, deployment("web"), privileged(webUID), second).FewestFixes
	if len(steps) != 2 || len(steps[1].Left) != 0 {
		t.Errorf("steps: %+v", steps)
	}
}

func TestOrderOfTraitsDoesNotMatter(t *testing.T) {
	yaml := deployment("web") + deployment("api") + publicService("web")
	traits := []finding.Trait{privileged(webUID), hostPID(webUID), root(apiUID), hostPID(apiUID), contextual(root(webUID))}
	want := correlated(t, yaml, traits...)
	slices.Reverse(traits)
	got := correlated(t, yaml, traits...)
	if diff := cmp.Diff(want.Exposures, got.Exposures); diff != "" {
		t.Errorf("-in order +reversed:\n%s", diff)
	}
	if diff := cmp.Diff(want.FewestFixes, got.FewestFixes); diff != "" {
		t.Errorf("-in order +reversed:\n%s", diff)
	}
}

func TestNamesDoNotMatter(t *testing.T) {
	severity := func(name string) finding.Severity {
		uid := inventory.KubernetesUID("files", "apps", "Deployment", "shop", name)
		return correlated(t, deployment(name)+publicService(name), privileged(uid), root(uid)).Exposures[0].Severity
	}
	if a, b := severity("aaa"), severity("zzz"); a != b {
		t.Errorf("%v under one name, %v under another", a, b)
	}
}

func TestAResourceThatOnlyOthersNameIsDescribedByItsUID(t *testing.T) {
	e := correlated(t, deployment("web"), privileged("k8s://files/apps/ReplicaSet/shop/gone")).Exposures[0]
	want := finding.ExposedResource{UID: "k8s://files/apps/ReplicaSet/shop/gone", Type: k8s.ReplicaSet, Name: "gone", Namespace: "shop", Cluster: "files"}
	if diff := cmp.Diff(want, e.Resource); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
