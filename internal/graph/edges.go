package graph

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/inventory/schema"
)

// openEdges gives the edges that a trait opens: from its resource to the node that the workload runs on, or to
// the container instances of an ECS service.
func (f fleet) openEdges(v *inventory.View, t *finding.Trait, add func(finding.Edge)) {
	if r := v.Get(t.Resource); r != nil && r.Type == aws.ECSService {
		f.openFromService(r, t, add)
		return
	}
	name, ok := t.Resource.Kubernetes()
	if !ok {
		return
	}
	for _, kind := range t.Weight.Opens {
		e := edge(t.Resource, inventory.AnyNodeUID(name.Cluster), kind)
		e.Cause, e.Origin = t.ID, t.Origin
		e.Possible = t.State != finding.Present
		add(e)
	}
}

// relate gives the edges that relations open.
func relate(v *inventory.View, add func(finding.Edge)) {
	relateEntries(v, add)
	for s := range v.OfType(k8s.Service) {
		if e, ok := exposes(s); ok {
			add(e)
		}
		for to := range v.Out(s.UID, inventory.Selects) {
			e := edge(s.UID, primary(v, to.UID), finding.EdgeSelects)
			e.Possible, e.Origin = isIsolated(v, to.UID), s.Origin
			add(e)
		}
	}
	relateEKS(v, add)
	admins := clusterAdmins(v)
	for w := range v.OfType(k8s.Workloads()...) {
		relateIdentity(v, w, admins, add)
	}
}

// relateIdentity gives the edges from a workload to its service account, and on to what that one may do
// as far as a binding to cluster-admin says so. Effective permissions are another package's.
func relateIdentity(v *inventory.View, w *inventory.Resource, admins map[inventory.UID]inventory.Origin, add func(finding.Edge)) {
	pod := w.Spec.(*k8s.Workload).Pod
	account := inventory.KubernetesUID(w.Cluster, "", "ServiceAccount", w.Namespace, pod.ServiceAccount)
	mounted, known := tokenMounted(v, account, &pod)
	if !mounted {
		return
	}
	e := edge(primary(v, w.UID), account, finding.EdgeServiceAccount)
	e.Possible, e.Origin = !known, w.Origin
	add(e)
	for _, holder := range []inventory.UID{
		account,
		inventory.KubernetesUID(w.Cluster, "rbac.authorization.k8s.io", "User", "", "system:serviceaccount:"+w.Namespace+":"+pod.ServiceAccount),
		group(w.Cluster, "system:serviceaccounts:"+w.Namespace),
		group(w.Cluster, "system:serviceaccounts"),
		group(w.Cluster, "system:authenticated"),
	} {
		if binding, isAdmin := admins[holder]; isAdmin {
			e := edge(account, schema.Cluster(v, w.Cluster), finding.EdgeClusterAdmin)
			e.Origin = binding
			add(e)
		}
	}
}

// tokenMounted reports whether the pod holds its service account's token: the pod's own setting counts
// before the account's, and a token is mounted where neither says
// (https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/). It is not known
// where only an account that was not read could say no.
func tokenMounted(v *inventory.View, account inventory.UID, pod *k8s.PodSpec) (mounted, known bool) {
	if pod.TokenVolume {
		return true, true
	}
	if pod.AutomountToken != nil {
		return *pod.AutomountToken, true
	}
	r := v.Get(account)
	if r == nil {
		return true, false
	}
	spec, ok := r.Spec.(*k8s.ServiceAccountSpec)
	if ok && spec.AutomountToken != nil {
		return *spec.AutomountToken, true
	}
	return true, true
}

// clusterAdmins lists the subjects of bindings to the role cluster-admin in the whole cluster, each with the
// place of the first binding.
func clusterAdmins(v *inventory.View) map[inventory.UID]inventory.Origin {
	admins := map[inventory.UID]inventory.Origin{}
	for b := range v.OfType(k8s.ClusterRoleBinding) {
		spec, ok := b.Spec.(*k8s.BindingSpec)
		if !ok || spec.RoleKind != "ClusterRole" || spec.RoleName != "cluster-admin" {
			continue
		}
		for subject := range v.Out(b.UID, inventory.GrantsTo) {
			if _, known := admins[subject.UID]; !known {
				admins[subject.UID] = b.Origin
			}
		}
	}
	return admins
}

// isIsolated reports whether a NetworkPolicy isolates a workload for what comes in. What it still lets
// through is not evaluated here, so that traffic to it is possible, not certain.
func isIsolated(v *inventory.View, uid inventory.UID) bool {
	w := v.Get(uid)
	if w == nil {
		return false
	}
	for _, policy := range k8s.PoliciesOf(v, w) {
		if policy.Ingress {
			return true
		}
	}
	return false
}

func group(cluster, name string) inventory.UID {
	return inventory.KubernetesUID(cluster, "rbac.authorization.k8s.io", "Group", "", name)
}

func primary(v *inventory.View, uid inventory.UID) inventory.UID {
	if r := v.Get(uid); r != nil {
		if w, ok := r.Spec.(*k8s.Workload); ok {
			return k8s.Primary(v, r, w)
		}
	}
	return uid
}

func edge(from, to inventory.UID, kind finding.EdgeKind) finding.Edge {
	m, _ := kind.Meaning()
	return finding.Edge{From: from, To: to, Kind: kind, Why: m.Why}
}
