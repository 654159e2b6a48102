package evaluate

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// owners finds the primary resources that a trait of a resource counts for.
type owners struct {
	view *inventory.View
}

func newOwners(v *inventory.View) *owners { return &owners{view: v} }

// of lists the primary resources of a resource, sorted: itself for one that is primary, the workloads
// that it exposes, serves or empowers for one that is involved, and its cluster where none is known.
func (o *owners) of(r *inventory.Resource) []inventory.UID {
	if w, ok := r.Spec.(*k8s.Workload); ok {
		return []inventory.UID{k8s.Primary(o.view, r, w)}
	}
	found := o.involved(r.UID, r.Type)
	if len(found) == 0 {
		return []inventory.UID{inventory.ClusterUID(r.Cluster)}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// involved follows the relations that lead from an involved resource to workloads.
func (o *owners) involved(uid inventory.UID, t inventory.Type) []inventory.UID {
	var found []inventory.UID
	workload := func(uid inventory.UID) {
		if r := o.view.Get(uid); r != nil {
			if w, ok := r.Spec.(*k8s.Workload); ok {
				found = append(found, k8s.Primary(o.view, r, w))
			}
		}
	}
	switch t {
	case k8s.Ingress:
		for service := range o.view.Out(uid, inventory.RoutesTo) {
			found = append(found, o.involved(service.UID, k8s.Service)...)
		}
	case k8s.Service, k8s.NetworkPolicy:
		for selected := range o.view.Out(uid, inventory.Selects) {
			workload(selected.UID)
		}
	case k8s.ConfigMap, k8s.Secret:
		for user := range o.view.In(uid, inventory.Mounts) {
			workload(user.UID)
		}
	case k8s.ServiceAccount:
		for user := range o.view.In(uid, inventory.UsesServiceAccount) {
			workload(user.UID)
		}
	}
	return found
}

// saysTheSame reports whether two items of evidence name the same field and value, be it in a controller
// and its pod, or in two pods of one controller.
func saysTheSame(a, b finding.Evidence) bool {
	return a.Text() == b.Text() && (a.Path == b.Path || inPod(a.Path) == inPod(b.Path))
}

// inPod gives the part of a path below the pod's spec, which is the same in a template and in its pods.
func inPod(path string) string {
	if _, below, ok := strings.Cut(path, ".template.spec."); ok {
		return below
	}
	return strings.TrimPrefix(path, "$.spec.")
}
