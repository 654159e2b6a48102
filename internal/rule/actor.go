package rule

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// WorkloadUID names the workload that a request made, changed or reached into: the top controller that the record tells
// of, so that a Deployment, its ReplicaSets and its pods are one. It is "" for a request about no workload.
func (a *Action) WorkloadUID() inventory.UID {
	r, _ := a.MadeResource()
	if r == nil {
		if t, known := k8s.TypeOf(a.Object.Group, a.Object.Resource); known && k8s.IsWorkload(t) {
			return a.UID()
		}
		return ""
	}
	w, ok := r.Spec.(*k8s.Workload)
	if !ok {
		return ""
	}
	if w.Controller == "" {
		return r.UID
	}
	return aboveController(w)
}

// aboveController gives the controller of a pod, or the one above it where the controller's name tells that it was made
// by a Deployment or a CronJob: NAME-HASH with the pod's template hash, NAME-MINUTES since 1970
// (https://kubernetes.io/docs/concepts/workloads/controllers/).
func aboveController(w *k8s.Workload) inventory.UID {
	n, ok := w.Controller.Kubernetes()
	if !ok {
		return w.Controller
	}
	hash, _ := w.PodLabels.Get("pod-template-hash")
	switch base, last, _ := cutLast(n.Name, "-"); {
	case n.Kind == "ReplicaSet" && last != "" && (last == hash || hash != "" && w.TemplateHash == last):
		return inventory.KubernetesUID(n.Cluster, "apps", "Deployment", n.Namespace, base)
	case n.Kind == "Job" && len(last) >= 8 && strings.Trim(last, "0123456789") == "":
		return inventory.KubernetesUID(n.Cluster, "batch", "CronJob", n.Namespace, base)
	}
	return w.Controller
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// IsDerived reports whether a controller of Kubernetes' own made the object because of another one that names it: the
// ReplicaSets and pods of a Deployment. Who made that other one acted.
func (a *Action) IsDerived() bool {
	if !IsController(a.User.Name) {
		return false
	}
	n, _ := a.Made()
	for owner := range n.Get("metadata", "ownerReferences").All() {
		if isController, _ := owner.Get("controller").Bool(); isController {
			return true
		}
	}
	return false
}

// IsController reports whether a user is a controller of Kubernetes' own that makes objects for others. They run with
// service accounts of kube-system, or all as one user
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles).
func IsController(user string) bool {
	if user == "system:kube-controller-manager" {
		return true
	}
	account, ok := strings.CutPrefix(user, "system:serviceaccount:kube-system:")
	if !ok {
		return false
	}
	switch account {
	case "replicaset-controller", "replication-controller", "deployment-controller", "daemon-set-controller",
		"statefulset-controller", "job-controller", "cronjob-controller":
		return true
	}
	return false
}

// IsNode reports whether a user is a node's kubelet.
func IsNode(user string) bool { return strings.HasPrefix(user, "system:node:") }

// ServiceAccount takes the name of a service account's user apart.
func ServiceAccount(user string) (namespace, name string, ok bool) {
	rest, isAccount := strings.CutPrefix(user, "system:serviceaccount:")
	namespace, name, ok = strings.Cut(rest, ":")
	return namespace, name, isAccount && ok
}
