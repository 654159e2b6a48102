package evaluate

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/inventory/schema"
)

// owners finds the primary resources that a trait of a resource counts for.
type owners struct {
	view *inventory.View
}

func newOwners(v *inventory.View) *owners { return &owners{view: v} }

// of lists the primary resources of a resource, sorted: its own for a workload, the workloads that it
// exposes, serves or empowers for one that is involved, and its cluster where none is known. Of AWS it lists
// the ECS services and EKS clusters that a resource is, serves or empowers; none for one that nothing uses.
func (o *owners) of(r *inventory.Resource) []inventory.UID {
	if w, ok := r.Spec.(*k8s.Workload); ok {
		return []inventory.UID{k8s.Primary(o.view, r, w)}
	}
	var found []inventory.UID
	if aws.IsType(r.Type) {
		found = aws.Primaries(o.view, r)
	} else if found = o.involved(r.UID, r.Type); len(found) == 0 {
		found = []inventory.UID{schema.Cluster(o.view, r.Cluster)}
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
	case k8s.Gateway:
		for route := range o.view.Out(uid, inventory.RoutesTo) {
			found = append(found, o.involved(route.UID, k8s.HTTPRoute)...)
		}
	case k8s.Ingress, k8s.HTTPRoute, k8s.GRPCRoute, k8s.TLSRoute, k8s.TCPRoute, k8s.UDPRoute:
		for service := range o.view.Out(uid, inventory.RoutesTo) {
			found = append(found, o.involved(service.UID, k8s.Service)...)
		}
	case k8s.Service, k8s.NetworkPolicy:
		for selected := range o.view.Out(uid, inventory.Selects) {
			workload(selected.UID)
			if n, ok := selected.UID.Kubernetes(); ok && n.Kind == "Namespace" { // of a policy for all of its pods
				for _, r := range o.view.InNamespace(n.Cluster, n.Name) {
					workload(r.UID)
				}
			}
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

// statement is what an item of evidence says. Two pods of one controller, or a pod and its template, say
// the same with the same field of the pod; any other object speaks for itself.
type statement struct {
	resource    inventory.UID // "" for a workload
	path, value string
}

func stated(e finding.Evidence) statement {
	name, ok := e.Resource.Kubernetes()
	if ok && k8s.IsWorkload(inventory.KubernetesType(name.Group, name.Kind)) {
		return statement{path: inPod(e.Path), value: e.Text()}
	}
	return statement{e.Resource, e.Path, e.Text()}
}

// inPod gives the part of a path below the pod's spec, which is the same in a template and in its pods.
func inPod(path string) string {
	if _, below, ok := strings.Cut(path, ".template.spec."); ok {
		return below
	}
	return strings.TrimPrefix(path, "$.spec.")
}
