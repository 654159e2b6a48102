package rule

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// IngressHost is one host that an Ingress serves, as a candidate.
type IngressHost struct {
	Resource *inventory.Resource
	*k8s.IngressSpec
	// Host is "" for a rule, or a default backend, that takes requests for every host.
	Host string
	// Path is the JSONPath of the field that names it.
	Path string
}

// IngressHosts gives the hosts of an Ingress, once each: of its rules, or of its default backend where it
// has no rules.
func IngressHosts(w *World, r *inventory.Resource) iter.Seq[IngressHost] {
	return func(yield func(IngressHost) bool) {
		spec, ok := r.Spec.(*k8s.IngressSpec)
		if !ok {
			return
		}
		if len(spec.Hosts) == 0 {
			yield(IngressHost{r, spec, "", "$.spec.defaultBackend"})
			return
		}
		paths := hostPaths(w.Inventory, r.UID)
		for _, host := range spec.Hosts {
			path, ok := paths[host]
			if !ok {
				path = "$.spec.rules"
			}
			if !yield(IngressHost{r, spec, host, path}) {
				return
			}
		}
	}
}

// hostPaths finds where an Ingress first names each host. The source object tells, as the projection
// keeps the hosts without their places.
func hostPaths(v *inventory.View, uid inventory.UID) map[string]string {
	object, err := v.Raw(uid)
	if err != nil {
		return nil
	}
	paths := map[string]string{}
	i := 0
	for rule := range object.Root().Get("spec", "rules").All() {
		host := rule.Get("host").Text()
		if _, seen := paths[host]; !seen {
			paths[host] = tree.PathIndex("$.spec.rules", i) + ".host"
		}
		i++
	}
	return paths
}

// Evidence names the host.
func (h IngressHost) Evidence() finding.Evidence {
	return finding.Evidence{Resource: h.Resource.UID, Path: h.Path, Value: h.Host}
}
