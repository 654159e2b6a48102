package detections

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// A part says whether an action is that of some part of Kubernetes at its own work. A rule that leaves such work out
// names the parts whose work it is, and no others. An identity alone is never enough: stolen credentials of a node or a
// controller, used with kubectl or curl, are not that part at its work, so each part also asks for the program that
// carries the identity. A caller can forge the name of a program, but must then know which one to forge.
type part func(a *rule.Action) bool

// notBy holds for an action that is none of those of some parts.
func notBy(name string, parts ...part) rule.EventCondition {
	return when(name, func(a *rule.Action) bool {
		return !slices.ContainsFunc(parts, func(is part) bool { return is(a) })
	}, func(a *rule.Action) []finding.RecordField {
		if a.User.Name == "" {
			return nil
		}
		return showUser(a)
	})
}

// runs reports whether the request came from a program. A record that was trimmed of what the client said does not speak
// against it; a client that hides its name does.
func runs(a *rule.Action, program string) bool {
	return isTrimmed(a) || strings.HasPrefix(a.UserAgent, program+"/")
}

// isTrimmed reports whether a record holds neither the client's name nor its address. The API server always writes the
// address; public samples leave both out.
func isTrimmed(a *rule.Action) bool { return a.UserAgent == "" && a.SourceIPs.First() == "" }

// kubelet is a node's agent. The node authorizer and the admission plugin NodeRestriction let it touch only what its own
// pods need (https://kubernetes.io/docs/reference/access-authn-authz/node/).
func kubelet(a *rule.Action) bool { return rule.IsNode(a.User.Name) && runs(a, "kubelet") }

// apiServer is the API server calling itself, by loopback: it makes the default roles and the APIServices of custom
// resources (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation). Of roles and bindings it
// writes none but the default ones, which are called system: but for four.
func apiServer(a *rule.Action) bool {
	if a.User.Name != "system:apiserver" || !runs(a, "kube-apiserver") || a.Peer().IsValid() && !a.Peer().IsLoopback() {
		return false
	}
	if a.Object.Group != "rbac.authorization.k8s.io" || isRead(a) {
		return true
	}
	isDefault := func(name string) bool {
		return strings.HasPrefix(name, "system:") || slices.Contains([]string{"cluster-admin", "admin", "edit", "view"}, name)
	}
	return isNamed(a, isDefault).State != finding.Absent
}

// scheduler is kube-scheduler.
func scheduler(a *rule.Action) bool {
	return a.User.Name == "system:kube-scheduler" && runs(a, "kube-scheduler") && isInside(a)
}

// isServiceAccount reports whether a program made the request and not a person.
func isServiceAccount(a *rule.Action) bool {
	_, _, ok := rule.ServiceAccount(a.User.Name)
	return ok
}

// systemNamespaces are those that belong to the cluster itself
// (https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces).
func systemNamespaces() []string { return []string{"kube-system", "kube-public", "kube-node-lease"} }

// byHand reports whether a person's tool made the request: a person's account, or that of a program with a client that
// programs seldom use, or with none that it tells of.
func byHand(a *rule.Action) bool {
	if !isServiceAccount(a) && !rule.IsNode(a.User.Name) {
		return true
	}
	return !isTrimmed(a) && (a.UserAgent == "" || isTool(a.UserAgent) || isBare(a.UserAgent))
}

// addOn is the controller of ReplicaSets, DaemonSets or StatefulSets that makes the pods of a well-known part of the
// cluster anew, in kube-system: on another node, or after one was lost. Who changed the workload itself is not left out.
func addOn(a *rule.Action) bool {
	if a.Object.Namespace != "kube-system" || !controllers(a) || !a.IsDerived() {
		return false
	}
	name, _ := a.WorkloadUID().Kubernetes()
	return slices.Contains(addOns(), name.Name)
}

// addOns are the workloads of kube-system that EKS, kubeadm and their usual add-ons run there
// (https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html,
// https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/create-cluster-kubeadm/).
func addOns() []string {
	return []string{
		"aws-load-balancer-controller", "aws-node", "cilium", "cilium-operator", "calico-node", "calico-kube-controllers",
		"cluster-autoscaler", "coredns", "ebs-csi-controller", "ebs-csi-node", "efs-csi-controller", "efs-csi-node",
		"eks-node-monitoring-agent", "eks-pod-identity-agent", "karpenter", "kube-proxy", "metrics-server", "s3-csi-node",
		"snapshot-controller", "fsx-csi-controller", "fsx-csi-node", "konnectivity-agent", "node-local-dns",
	}
}

// nodeJoins is the controller of DaemonSets that starts a pod of each on a node, whenever one joins.
func nodeJoins(a *rule.Action) bool {
	return a.User.Name == "system:serviceaccount:kube-system:daemon-set-controller" && controllers(a)
}
