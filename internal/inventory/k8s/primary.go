package k8s

import "github.com/merlonsec/merlon/internal/inventory"

// maxOwners bounds a chain of ownerReferences, which a broken dump may close to a ring.
const maxOwners = 16

// Primary gives the primary resource of a workload: the top controller that ownerReferences name,
// whether that object was read or not. Bare pods that something stamped out (generateName, no
// controller) are one resource for each namespace, service account and template hash.
func Primary(v *inventory.View, r *inventory.Resource, w *Workload) inventory.UID {
	first := r
	for range maxOwners {
		if w.Controller == "" {
			return stamped(r, w)
		}
		owner := v.Get(w.Controller)
		if owner == nil {
			return w.Controller
		}
		next, ok := owner.Spec.(*Workload)
		if !ok {
			return owner.UID
		}
		r, w = owner, next
	}
	return first.UID
}

// stamped names a pod without controller: by what stamped it out where that is known (generateName,
// template hash and service account), so that a job runner's pods of today and tomorrow are one resource.
func stamped(r *inventory.Resource, w *Workload) inventory.UID {
	if w.GenerateName == "" || r.Type != Pod {
		return r.UID
	}
	name := w.GenerateName + w.TemplateHash + "*" // which no name of a pod has
	if w.Pod.ServiceAccount != "default" {
		name += "@" + w.Pod.ServiceAccount
	}
	return inventory.KubernetesUID(r.Cluster, "", "Pod", r.Namespace, name)
}
