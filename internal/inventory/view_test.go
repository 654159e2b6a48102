package inventory_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

func TestKubernetesUID(t *testing.T) {
	for _, c := range []struct {
		name                                 string
		cluster, group, kind, namespace, obj string
		want                                 inventory.UID
	}{
		{"a namespaced object of the core group", "files", "", "Pod", "shop", "web", "k8s://files/core/Pod/shop/web"},
		{"a cluster-scoped object", "files", "", "Namespace", "", "shop", "k8s://files/core/Namespace/_/shop"},
		{"a role with a colon", "prod", "rbac.authorization.k8s.io", "ClusterRole", "", "system:node", "k8s://prod/rbac.authorization.k8s.io/ClusterRole/_/system:node"},
		{"a user with a slash", "prod", "rbac.authorization.k8s.io", "User", "", "oidc/alice", "k8s://prod/rbac.authorization.k8s.io/User/_/oidc%2Falice"},
		{"a cluster named by an ARN", "arn:aws:eks:eu-west-1:1:cluster/a", "", "Pod", "x", "y", "k8s://arn:aws:eks:eu-west-1:1:cluster%2Fa/core/Pod/x/y"},
		{"a name that is an underscore", "files", "", "Pod", "_", "_", "k8s://files/core/Pod/%5F/%5F"},
		{"a name with a star", "files", "", "Node", "", "*", "k8s://files/core/Node/_/%2A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := inventory.KubernetesUID(c.cluster, c.group, c.kind, c.namespace, c.obj)
			if got != c.want {
				t.Errorf("UID %s, want %s", got, c.want)
			}
			name, ok := got.Kubernetes()
			if want := (inventory.KubernetesName{c.cluster, c.group, c.kind, c.namespace, c.obj}); !ok || name != want {
				t.Errorf("taken apart it is %q, want %q", name, want)
			}
		})
	}
	for _, uid := range []inventory.UID{"internet", "k8s://files", "arn:aws:ecs:eu-west-1:1:service/a/b", "image://nginx", "k8s://a/b/c/d/%zz"} {
		if _, ok := uid.Kubernetes(); ok {
			t.Errorf("%s was taken for a Kubernetes object", uid)
		}
	}
	if got := inventory.ImageUID("ghcr.io/a/b:1@sha256:abc"); got != "image://sha256:abc" {
		t.Errorf("image UID %s", got)
	}
}

const service = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
`

func TestViewRelations(t *testing.T) {
	v := view(t, podYAML("web"), podYAML("api"), service, `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop}
spec:
  rules:
  - host: shop.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
`)
	uid := func(group, kind, name string) inventory.UID {
		return inventory.KubernetesUID("files", group, kind, "shop", name)
	}
	for _, c := range []struct {
		name string
		kind inventory.RelationKind
		from inventory.UID
		want []inventory.UID
	}{
		{"a Service selects by label", inventory.Selects, uid("", "Service", "web"), []inventory.UID{uid("", "Pod", "web")}},
		{"an Ingress routes to a Service", inventory.RoutesTo, uid("networking.k8s.io", "Ingress", "front"), []inventory.UID{uid("", "Service", "web")}},
		{"a pod uses its account", inventory.UsesServiceAccount, uid("", "Pod", "web"), []inventory.UID{uid("", "ServiceAccount", "runner")}},
		{"a pod runs an image", inventory.RunsImage, uid("", "Pod", "web"), []inventory.UID{"image://registry.example/app:1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []inventory.UID
			for l := range v.Out(c.from, c.kind) {
				got = append(got, l.UID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for _, to := range c.want {
				back := slices.ContainsFunc(slices.Collect(v.In(to, c.kind)), func(l inventory.Link) bool { return l.UID == c.from })
				if !back {
					t.Errorf("%s does not know %s", to, c.from)
				}
			}
		})
	}
	if path := slices.Collect(v.Out(uid("networking.k8s.io", "Ingress", "front"), inventory.RoutesTo))[0].Path; path != "$.spec.rules[0].http.paths[0].backend" {
		t.Errorf("the relation stands at %s", path)
	}
}

func TestViewLastDuplicateWins(t *testing.T) {
	first, second := podYAML("web"), strings.Replace(podYAML("web"), "app:1", "app:2", 1)
	v := view(t, first, second)
	if v.Len() != 1 {
		t.Fatalf("%d resources, want 1", v.Len())
	}
	image := v.All()[0].Spec.(*k8s.Workload).Pod.Containers[0].Image
	if image != "registry.example/app:2" {
		t.Errorf("image %s: the earlier declaration won", image)
	}
	want := []inventory.Duplicate{{
		UID: "k8s://files/core/Pod/shop/web", Kept: inventory.Origin{File: "shop.yaml", Line: 101}, Dropped: inventory.Origin{File: "shop.yaml", Line: 1},
	}}
	if diff := cmp.Diff(want, v.Duplicates()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLocateFallsBackToTheNearestFieldAbove(t *testing.T) {
	v := view(t, podYAML("web"))
	for path, line := range map[string]int{
		"$.spec.containers[0].securityContext.privileged":   12,
		"$.spec.containers[0].securityContext.capabilities": 11,
		"$.spec.hostPID":                     4,
		"$.metadata.labels['no/such.label']": 3,
		"$.nothing":                          1,
	} {
		if got := v.Locate("k8s://files/core/Pod/shop/web", path).Line; got != line {
			t.Errorf("%s: line %d, want %d", path, got, line)
		}
	}
}

func TestDiff(t *testing.T) {
	before := view(t, podYAML("web"), podYAML("api"), podYAML("old"))
	after := view(t, podYAML("web"), strings.Replace(podYAML("api"), "true", "false", 1), podYAML("new"))
	uid := func(name string) []inventory.UID {
		return []inventory.UID{inventory.KubernetesUID("files", "", "Pod", "shop", name)}
	}
	want := inventory.Changes{Added: uid("new"), Removed: uid("old"), Changed: uid("api")}
	if diff := cmp.Diff(want, inventory.Diff(before, after)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
