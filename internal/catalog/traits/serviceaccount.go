package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// What the rules about a pod's service account share. The account default is there in every namespace
// without a manifest: Kubernetes makes it, with no setting and no annotation. Where it was not read, it is
// taken to be as it was made. Of any other account that was not read, nothing is known.

// defaultAccount is the name of the service account of pods that name none.
const defaultAccount = "default"

// podAccount is a workload's pod with the service account that it runs as.
type podAccount struct {
	rule.PodField
	uid inventory.UID
	// spec is nil where the account was not read.
	spec *k8s.ServiceAccountSpec
}

func podAccounts(w *rule.World, r *inventory.Resource) iter.Seq[podAccount] {
	return func(yield func(podAccount) bool) {
		for p := range rule.Pods(w, r) {
			a := podAccount{PodField: p, uid: inventory.KubernetesUID(r.Cluster, "", "ServiceAccount", r.Namespace, p.Pod.ServiceAccount)}
			if account := w.Inventory.Get(a.uid); account != nil {
				a.spec, _ = account.Spec.(*k8s.ServiceAccountSpec)
			}
			yield(a)
		}
	}
}

// isKnown reports whether the account's settings are known.
func (a podAccount) isKnown(w *rule.World) bool {
	return a.spec != nil || a.Pod.ServiceAccount == defaultAccount || w.Inventory.Closed(a.Resource.Cluster, k8s.ServiceAccount)
}

// name is the evidence of which account it is.
func (a podAccount) name() finding.Evidence {
	return a.PodField.Evidence("serviceAccountName", a.Pod.ServiceAccount)
}

func accountNotRead() rule.Truth {
	return rule.Unknown(lang.Text{
		EN: "the pod's service account was not read, so its settings are not known",
		ES: "no se leyó la cuenta de servicio del pod, así que no se conocen sus ajustes",
		PT: "a conta de serviço do pod não foi lida, então suas configurações não são conhecidas",
	})
}

// grants lists the subjects of bindings that stand for the account: it by name, as a user, or one of the
// groups that every account of its namespace or of the cluster is in
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects). What the roles
// grant is not looked at, save that those for discovery, which Kubernetes itself binds to everybody, do not
// count.
func (a podAccount) grants(v *inventory.View) []finding.Evidence {
	subject := func(kind, name string) inventory.UID {
		return inventory.KubernetesUID(a.Resource.Cluster, "rbac.authorization.k8s.io", kind, "", name)
	}
	var found []finding.Evidence
	for _, uid := range []inventory.UID{
		a.uid,
		subject("User", "system:serviceaccount:"+a.Resource.Namespace+":"+a.Pod.ServiceAccount),
		subject("Group", "system:serviceaccounts:"+a.Resource.Namespace),
		subject("Group", "system:serviceaccounts"),
		subject("Group", "system:authenticated"),
	} {
		for grant := range v.In(uid, inventory.GrantsTo) {
			binding, ok := v.Get(grant.UID).Spec.(*k8s.BindingSpec)
			if ok && !isDiscovery(binding) {
				found = append(found, finding.Evidence{Resource: grant.UID, Path: grant.Path, Value: binding.RoleKind + "/" + binding.RoleName})
			}
		}
	}
	return found
}

// isDiscovery reports whether a binding is to a role for discovery
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles).
func isDiscovery(b *k8s.BindingSpec) bool {
	switch b.RoleName {
	case "system:basic-user", "system:discovery", "system:public-info-viewer", "system:service-account-issuer-discovery":
		return b.RoleKind == "ClusterRole"
	}
	return false
}
