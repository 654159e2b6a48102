package detections

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// serviceChange selects the requests that make or change Services.
func serviceChange() []rule.Selector {
	return []rule.Selector{{Verbs: []string{"create", "update", "patch"}, Resources: []string{"services"}}}
}

// loadBalancer holds for a Service of type LoadBalancer. A patch that touches neither what a Service is nor its
// annotations, which decide who reaches it, opens nothing.
func loadBalancer() rule.EventCondition {
	return rule.EventCondition{
		Name: "load-balancer",
		Holds: func(a *rule.Action) rule.Truth {
			n, sight := a.Made()
			if sight == rule.SeenPart && !n.Get("spec").Exists() && !n.Get("metadata", "annotations").Exists() {
				return rule.Is(false)
			}
			if sight == rule.SeenPart && n.Get("spec", "type").Kind() == tree.String {
				return rule.Is(n.Get("spec", "type").Text() == "LoadBalancer")
			}
			return a.IfMadeTree(func(n tree.Node) bool { return n.Get("spec", "type").Text() == "LoadBalancer" })
		},
		Show: func(a *rule.Action) []finding.RecordField { return field(a.InRecord("$.spec.type"), "LoadBalancer") },
	}
}

// notInternal holds for a Service of which nothing says that only networks of the user's own, or some addresses, reach it.
// Where no annotation or class tells, the cluster's controller decides, and most make load balancers for the internet.
func notInternal() rule.EventCondition {
	return rule.EventCondition{
		Name: "not-internal",
		Holds: func(a *rule.Action) rule.Truth {
			r, _ := a.MadeResource()
			if r == nil {
				return rule.Unknown(a.Unseen())
			}
			s, ok := r.Spec.(*k8s.ServiceSpec)
			if !ok {
				return rule.Unknown(a.Unseen())
			}
			faces, _ := s.LoadBalancerPublicity()
			return rule.Is(faces != k8s.NotPublic && !s.Restricted())
		},
		Show: func(a *rule.Action) []finding.RecordField {
			r, _ := a.MadeResource()
			_, basis := r.Spec.(*k8s.ServiceSpec).LoadBalancerPublicity()
			if basis.Path == "" {
				return nil
			}
			return field(a.InRecord(basis.Path), basis.Value)
		},
	}
}

// servesApp holds for a Service of an application, which is told by the Service's name, by what it selects or by its
// labels; is says whether a name is the application's.
func servesApp(name string, is func(a *rule.Action, app string) bool) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			if is(a, a.ObjectName()) {
				return rule.Is(true)
			}
			return a.IfMadeTree(func(n tree.Node) bool { _, _, ok := appLabel(a, n, is); return ok })
		},
		Show: func(a *rule.Action) []finding.RecordField {
			if a.Object.Name != "" && is(a, a.Object.Name) {
				return field("$.objectRef.name", a.Object.Name)
			}
			n, _ := a.Made()
			if path, value, ok := appLabel(a, n, is); ok {
				return field(a.InRecord(path), value)
			}
			return field(a.InRecord("$.metadata.name"), a.ObjectName())
		},
	}
}

// appLabel finds the label of what a Service selects, or of its own, that names an application.
func appLabel(a *rule.Action, n tree.Node, is func(a *rule.Action, app string) bool) (path, value string, ok bool) {
	for _, parent := range []string{"$.spec.selector", "$.metadata.labels"} {
		for label := range n.Lookup(parent).All() {
			if isAppLabel(label.Key()) && is(a, label.Text()) {
				return tree.Path(parent, label.Key()), label.Text(), true
			}
		}
	}
	return "", "", false
}

// isAppLabel reports whether a label names an application or a part of one
// (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/).
func isAppLabel(key string) bool {
	return slices.Contains([]string{"app", "k8s-app", "istio", "component"}, key) || strings.HasPrefix(key, "app.kubernetes.io/")
}
