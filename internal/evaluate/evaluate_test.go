package evaluate_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

func view(t testing.TB, yaml string) *inventory.View {
	t.Helper()
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(yaml)})
	if err != nil {
		t.Fatal(err)
	}
	return inventory.NewView(read.Sources, read.Resources, k8s.Relate)
}

// hostPID is a small rule over pods.
func hostPID() *rule.Rule {
	return &rule.Rule{
		ID: "host-pid", Category: finding.Misconfiguration, Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactMedium,
		On: k8s.Workloads(),
		Check: rule.Each[rule.PodField]{
			In: rule.Pods,
			Where: []rule.Condition[rule.PodField]{
				{Name: "host-pid", Holds: func(_ *rule.World, p rule.PodField) rule.Truth { return rule.Is(p.Pod.HostPID) }},
			},
			Show: func(p rule.PodField) finding.Evidence { return p.Evidence("hostPID", true) },
		},
	}
}

// mystery is a rule that never knows.
func mystery() *rule.Rule {
	r := hostPID()
	r.ID = "mystery"
	r.Check = rule.Each[rule.PodField]{
		In: rule.Pods,
		Where: []rule.Condition[rule.PodField]{
			{Name: "unknowable", Holds: func(*rule.World, rule.PodField) rule.Truth { return rule.Unknown(lang.Text{EN: "nobody knows"}) }},
		},
		Show: func(p rule.PodField) finding.Evidence { return p.Evidence("hostPID", true) },
	}
	return r
}

// involved is a rule over objects that are not primary resources.
func involved(types ...inventory.Type) *rule.Rule {
	r := hostPID()
	r.ID, r.On = "involved", types
	r.Check = rule.Each[*inventory.Resource]{
		In: func(_ *rule.World, r *inventory.Resource) iter.Seq[*inventory.Resource] {
			return slices.Values([]*inventory.Resource{r})
		},
		Show: func(r *inventory.Resource) finding.Evidence { return finding.Evidence{Resource: r.UID, Path: "$.kind"} },
	}
	return r
}

func pod(name, owner string) string {
	controlled := ""
	if owner != "" {
		controlled = ", ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: " + owner + ", controller: true}]"
	}
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: shop, labels: {app: web}%s}\nspec: {hostPID: true, containers: [{name: a, image: b}]}\n---\n", name, controlled)
}

const replicaSet = `apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-1, namespace: shop, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {template: {metadata: {labels: {app: web}}, spec: {hostPID: true, containers: [{name: a, image: b}]}}}
---
`

// summary writes traits as "resource: state from evidence".
func summary(traits []finding.Trait) []string {
	var lines []string
	for _, t := range traits {
		line := fmt.Sprintf("%s %s %s", t.ID, t.State, t.Resource.Short())
		for _, e := range t.Evidence {
			line += " <- " + e.Resource.Short()
		}
		lines = append(lines, line)
	}
	return lines
}

func TestATraitCountsForThePrimaryResourceOnce(t *testing.T) {
	for _, c := range []struct {
		name, yaml string
		want       []string
	}{
		{"a bare pod is its own", pod("p", ""), []string{"host-pid present shop/Pod/p <- shop/Pod/p"}},
		{
			"pods of a ReplicaSet that was not read are one", pod("p", "web-1") + pod("q", "web-1"),
			[]string{"host-pid present shop/ReplicaSet/web-1 <- shop/Pod/p"},
		},
		{
			"a chain of owners ends at the top", replicaSet + pod("p", "web-1"),
			[]string{"host-pid present shop/Deployment/web <- shop/ReplicaSet/web-1"},
		},
		{
			"what the controller says itself comes first", replicaSet + pod("p", "web-1") + strings.Replace(strings.Replace(replicaSet, "ReplicaSet", "Deployment", 1), "web-1, namespace: shop, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]", "web, namespace: shop", 1),
			[]string{"host-pid present shop/Deployment/web <- shop/Deployment/web"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := evaluate.Traits(&rule.World{Inventory: view(t, c.yaml)}, []*rule.Rule{hostPID()})
			if diff := cmp.Diff(c.want, summary(got.Traits)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestATraitOfAnInvolvedObjectCountsForTheWorkloadsBehindIt(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {selector: {app: web}}\n---\n"
	const ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: shop}\nspec: {defaultBackend: {service: {name: s}}}\n---\n"
	const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {a: b}\n---\n"
	const gateway = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: shop}\nspec: {listeners: [{name: a, port: 80, protocol: HTTP}]}\n---\n"
	const route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, namespace: shop}\nspec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: s, port: 80}]}]}\n---\n"
	user := strings.Replace(pod("p", ""), "image: b", "image: b, envFrom: [{configMapRef: {name: c}}]", 1)
	for _, c := range []struct {
		name, yaml string
		on         inventory.Type
		want       []string
	}{
		{"an Ingress", pod("p", "") + service + ingress, k8s.Ingress, []string{"involved present shop/Pod/p <- shop/Ingress/i"}},
		{"a Gateway", pod("p", "") + service + gateway + route, k8s.Gateway, []string{"involved present shop/Pod/p <- shop/Gateway/g"}},
		{"a route", pod("p", "") + service + gateway + route, k8s.HTTPRoute, []string{"involved present shop/Pod/p <- shop/HTTPRoute/r"}},
		{"a Service", pod("p", "") + service, k8s.Service, []string{"involved present shop/Pod/p <- shop/Service/s"}},
		{"a ConfigMap", user + configMap, k8s.ConfigMap, []string{"involved present shop/Pod/p <- shop/ConfigMap/c"}},
		{"nobody behind it: the cluster", ingress, k8s.Ingress, []string{"involved present k8s://files <- shop/Ingress/i"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := evaluate.Traits(&rule.World{Inventory: view(t, c.yaml)}, []*rule.Rule{involved(c.on)})
			if diff := cmp.Diff(c.want, summary(got.Traits)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWhatIsUnknownIsSummedUpByReason(t *testing.T) {
	var yaml strings.Builder
	for i := range 25 {
		yaml.WriteString(pod(fmt.Sprintf("p-%02d", i), ""))
	}
	needy := hostPID()
	needy.ID, needy.Needs = "needy", []rule.Fact{rule.TrustedRegistries}
	got := evaluate.Traits(&rule.World{Inventory: view(t, yaml.String())}, []*rule.Rule{mystery(), needy}).NotAssessed
	if len(got) != 2 {
		t.Fatalf("not assessed: %+v", got)
	}
	if m := got[0]; m.Rule != "mystery" || m.Why.EN != "nobody knows" || m.Count != 25 || len(m.Resources) != 20 {
		t.Errorf("mystery: %q, %d resources, %d listed", m.Why.EN, m.Count, len(m.Resources))
	}
	if n := got[1]; n.Rule != "needy" || n.Missing != "trustedRegistries" || n.Why.PT == "" {
		t.Errorf("needy: %+v", n)
	}
}

func TestAnUnknownKindWithContainersIsNotClean(t *testing.T) {
	const yaml = `apiVersion: acme.example/v1
kind: Runner
metadata: {name: r, namespace: shop}
spec: {pool: {template: {spec: {containers: [{name: a, image: b, securityContext: {privileged: true}}]}}}}
---
apiVersion: acme.example/v1
kind: Setting
metadata: {name: s, namespace: shop}
spec: {containers: 3}
`
	got := evaluate.Traits(&rule.World{Inventory: view(t, yaml)}, []*rule.Rule{hostPID()}).NotAssessed
	want := []inventory.UID{"k8s://files/acme.example/Runner/shop/r"}
	if len(got) != 1 || got[0].Rule != evaluate.EveryRule || !slices.Equal(got[0].Resources, want) {
		t.Errorf("not assessed: %+v", got)
	}
}

func TestAServiceWhoseTaskDefinitionWasNotReadIsNotClean(t *testing.T) {
	const (
		service    = `{services: [{serviceArn: "arn:aws:ecs:eu-west-1:111122223333:service/shop/web", serviceName: web, taskDefinition: "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7"}]}`
		definition = `{taskDefinition: {taskDefinitionArn: "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7", family: web, containerDefinitions: []}}`
	)
	rules := []*rule.Rule{involved(aws.ECSTaskDefinition)}
	rules[0].Check = hostPID().Check // which finds no pod in a task definition
	for name, c := range map[string]struct {
		yaml string
		want int
	}{"not read": {service, 1}, "read": {service + "\n---\n" + definition, 0}} {
		result := evaluate.Traits(&rule.World{Inventory: view(t, c.yaml)}, rules)
		if len(result.Traits) != c.want || len(result.NotAssessed) != c.want {
			t.Errorf("%s: %v, %v", name, result.Traits, result.NotAssessed)
		}
		for _, trait := range result.Traits {
			if trait.State != finding.Unknown || trait.Resource != "arn:aws:ecs:eu-west-1:111122223333:service/shop/web" {
				t.Errorf("%s: %+v", name, trait)
			}
		}
	}
}

func TestTheResultIsTheSameInAnyOrder(t *testing.T) {
	yaml := replicaSet + pod("p", "web-1") + pod("q", "") + pod("r", "gone")
	v := view(t, yaml)
	rules := []*rule.Rule{hostPID(), mystery(), involved(k8s.ReplicaSet)}
	want := evaluate.Traits(&rule.World{Inventory: v}, rules)
	slices.Reverse(rules)
	docs := strings.SplitAfter(yaml, "---\n")
	slices.Reverse(docs)
	got := evaluate.Traits(&rule.World{Inventory: view(t, strings.Join(docs, "\n"))}, rules)
	if diff := cmp.Diff(summary(want.Traits), summary(got.Traits)); diff != "" {
		t.Errorf("-in order +reversed:\n%s", diff)
	}
}

func TestOriginIsTheFieldsLine(t *testing.T) {
	got := evaluate.Traits(&rule.World{Inventory: view(t, "\n\n"+pod("p", ""))}, []*rule.Rule{hostPID()})
	if o := got.Traits[0].Origin; o.Line != 6 {
		t.Errorf("origin %+v, want line 6", o)
	}
}

func BenchmarkTraits(b *testing.B) {
	var yaml strings.Builder
	for i := range 2000 {
		yaml.WriteString(pod(fmt.Sprintf("p-%04d", i), ""))
	}
	w := &rule.World{Inventory: view(b, yaml.String())}
	rules := []*rule.Rule{hostPID(), mystery()}
	for b.Loop() {
		evaluate.Traits(w, rules)
	}
}
