package graph_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/graph"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/rule"
)

func world(t *testing.T, yaml string) *rule.World {
	t.Helper()
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(yaml)})
	if err != nil {
		t.Fatal(err)
	}
	return &rule.World{Inventory: schema.NewView(read.Sources, read.Resources)}
}

const (
	webUID    inventory.UID = "k8s://files/apps/Deployment/shop/web"
	nodeUID   inventory.UID = "k8s://files/core/Node/_/*"
	clusterID inventory.UID = "k8s://files"
)

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: runner
      containers: [{name: app, image: registry.example/app:1}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner, namespace: shop}
---
`

func serviceWith(fields string) string {
	return `apiVersion: v1
kind: Service
` + fields + `
---
`
}

// hops writes a chain as the kinds of its edges; possible ones end in a question mark.
func hops(chain []finding.Edge) []string {
	var kinds []string
	for _, e := range chain {
		kind := string(e.Kind)
		if e.Possible {
			kind += "?"
		}
		kinds = append(kinds, kind)
	}
	return kinds
}

func TestEntryFromTheInternet(t *testing.T) {
	const selector = "spec: {type: LoadBalancer, selector: {app: web}}"
	for _, c := range []struct {
		name, yaml string
		want       []string
	}{
		{"no Service, no way in", web, nil},
		{"a ClusterIP Service is inside", web + serviceWith("metadata: {name: s, namespace: shop}\nspec: {selector: {app: web}}"), nil},
		{"a load balancer may be public", web + serviceWith("metadata: {name: s, namespace: shop}\n"+selector), []string{"exposes?", "selects"}},
		{
			"one that faces the internet is", web + serviceWith("metadata: {name: s, namespace: shop, annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}}\n"+selector),
			[]string{"exposes", "selects"},
		},
		{"an internal one is not", web + serviceWith("metadata: {name: s, namespace: shop, annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internal}}\n"+selector), nil},
		{"an internal one of GKE is not", web + serviceWith("metadata: {name: s, namespace: shop, annotations: {networking.gke.io/load-balancer-type: Internal}}\n"+selector), nil},
		{"a NodePort may be reached", web + serviceWith("metadata: {name: s, namespace: shop}\nspec: {type: NodePort, selector: {app: web}}"), []string{"exposes?", "selects"}},
		{"another namespace is not selected", web + serviceWith("metadata: {name: s, namespace: other}\n"+selector), nil},
		{"a NetworkPolicy leaves it open what gets through", web + serviceWith("metadata: {name: s, namespace: shop, annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}}\n"+selector) +
			"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {podSelector: {}}\n", []string{"exposes", "selects?"}},
		{
			"an Ingress of an internet-facing ALB leads through its Service", web + serviceWith("metadata: {name: s, namespace: shop}\nspec: {selector: {app: web}}") +
				"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: shop, annotations: {alb.ingress.kubernetes.io/scheme: internet-facing}}\nspec: {defaultBackend: {service: {name: s}}}\n",
			[]string{"exposes", "routes-to", "selects"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graph.New(world(t, c.yaml), nil)
			if diff := cmp.Diff(c.want, hops(g.Entry(webUID, nil))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			certain := g.Entry(webUID, graph.Certain)
			if strings.Contains(strings.Join(c.want, " "), "?") && certain != nil {
				t.Errorf("a possible path was taken for certain: %v", hops(certain))
			}
		})
	}
}

func trait(id string, opens ...finding.EdgeKind) finding.Trait {
	return finding.Trait{ID: id, State: finding.Present, Resource: webUID, Weight: finding.Weight{Role: finding.Contributing, Opens: opens}}
}

func TestTargetsAndReach(t *testing.T) {
	const admin = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: runner, namespace: shop}]
`
	for _, c := range []struct {
		name   string
		yaml   string
		traits []finding.Trait
		want   map[string]inventory.UID // the last edge of each chain, and where it ends
		reach  finding.Impact
	}{
		{"nothing", web, nil, map[string]inventory.UID{}, finding.ImpactNone},
		{
			"a privileged container reaches the node", web,
			[]finding.Trait{trait("privileged-container", finding.EdgeEscapePrivileged)},
			map[string]inventory.UID{"escape-privileged": nodeUID},
			finding.ImpactHigh,
		},
		{
			"a shared namespace only touches it", web,
			[]finding.Trait{trait("host-pid", finding.EdgeShareHostPID)},
			map[string]inventory.UID{"share-host-pid": nodeUID},
			finding.ImpactMedium,
		},
		{
			"two ways are two targets", web,
			[]finding.Trait{trait("a", finding.EdgeEscapePrivileged), trait("b", finding.EdgeEscapeHostPath)},
			map[string]inventory.UID{"escape-privileged": nodeUID, "escape-host-path": nodeUID},
			finding.ImpactHigh,
		},
		{"cluster-admin reaches the cluster", web + admin, nil, map[string]inventory.UID{"cluster-admin": clusterID}, finding.ImpactHigh},
		{
			"without a token it does not", strings.Replace(web, "serviceAccountName: runner", "serviceAccountName: runner\n      automountServiceAccountToken: false", 1) + admin, nil,
			map[string]inventory.UID{},
			finding.ImpactNone,
		},
		{
			"an account that mounts none neither", strings.Replace(web, "metadata: {name: runner, namespace: shop}", "automountServiceAccountToken: false\nmetadata: {name: runner, namespace: shop}", 1) + admin, nil,
			map[string]inventory.UID{},
			finding.ImpactNone,
		},
		{
			"a group of every account counts", web + strings.Replace(admin, "kind: ServiceAccount, name: runner, namespace: shop", "kind: Group, name: system:serviceaccounts", 1), nil,
			map[string]inventory.UID{"cluster-admin": clusterID},
			finding.ImpactHigh,
		},
		{"another role is not evaluated here", web + strings.Replace(admin, "name: cluster-admin", "name: view", 1), nil, map[string]inventory.UID{}, finding.ImpactNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graph.New(world(t, c.yaml), c.traits)
			got := map[string]inventory.UID{}
			for _, chain := range g.Targets(webUID, nil) {
				last := chain[len(chain)-1]
				got[string(last.Kind)] = last.To
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("targets: -want +got:\n%s", diff)
			}
			if reach := g.Reach(webUID, nil); reach != c.reach {
				t.Errorf("reach %v, want %v", reach, c.reach)
			}
		})
	}
}

func TestLeavingATraitOutCutsItsEdges(t *testing.T) {
	g := graph.New(world(t, web), []finding.Trait{trait("privileged-container", finding.EdgeEscapePrivileged), trait("host-pid", finding.EdgeShareHostPID)})
	without := func(e *finding.Edge) bool { return e.Cause == "privileged-container" }
	if got := g.Reach(webUID, without); got != finding.ImpactMedium {
		t.Errorf("reach without the privileged container %v, want medium", got)
	}
}

func TestAnUnknownTraitOpensAPossibleEdge(t *testing.T) {
	maybe := trait("privileged-container", finding.EdgeEscapePrivileged)
	maybe.State = finding.Unknown
	g := graph.New(world(t, web), []finding.Trait{maybe})
	if got := hops(g.Targets(webUID, nil)[0]); len(got) != 1 || got[0] != "escape-privileged?" {
		t.Errorf("chain %v", got)
	}
	if got := g.Reach(webUID, graph.Certain); got != finding.ImpactNone {
		t.Errorf("certain reach %v, want none", got)
	}
}

// An edge says where what opens it stands.
func TestEdgesHaveAPlace(t *testing.T) {
	g := graph.New(world(t, web+serviceWith("metadata: {name: s, namespace: shop}\nspec: {selector: {app: web}}")+`apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, namespace: shop}
spec: {defaultBackend: {service: {name: s}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: runner, namespace: shop}]
`), []finding.Trait{{
		ID: "host-path", State: finding.Present, Resource: webUID, Origin: inventory.Origin{File: "web.yaml", Line: 7},
		Weight: finding.Weight{Opens: []finding.EdgeKind{finding.EdgeEscapeHostPath}},
	}})
	got := map[finding.EdgeKind]int{}
	for _, e := range g.Entry(webUID, nil) {
		got[e.Kind] = e.Origin.Line
	}
	for _, chain := range g.Targets(webUID, nil) {
		for _, e := range chain {
			got[e.Kind] = e.Origin.Line
		}
	}
	want := map[finding.EdgeKind]int{
		finding.EdgeExposes: 20, finding.EdgeRoutes: 20, finding.EdgeSelects: 15, finding.EdgeServiceAccount: 1,
		finding.EdgeClusterAdmin: 25, finding.EdgeEscapeHostPath: 7,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines, -want +got:\n%s", diff)
	}
}
