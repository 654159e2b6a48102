package detections

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// Whoever may ask for tokens in kube-system has the account of any controller, and can call himself what the controller
// is called. So the account and the program of a controller let pass only what that controller does, after jobTable,
// from where controllers are.

// manager is the user of kube-controller-manager.
const manager = "system:kube-controller-manager"

// controllers are those of kube-controller-manager, which run as one user or with a service account each, and of the
// cloud-controller-manager (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles), each at its
// own jobs.
func controllers(a *rule.Action) bool {
	name, isOne := controllerOf(a)
	return isOne && isInside(a) && doesJob(a, name)
}

// controllerOf names the controller that a request calls itself: by its account and its program. The accounts have no
// pods, so a token that is bound to one is not a controller's.
func controllerOf(a *rule.Action) (name string, isOne bool) {
	const cloud = "system:cloud-controller-manager"
	if a.User.Name == cloud {
		return cloud, runs(a, "cloud-controller-manager") || runs(a, "aws-cloud-controller-manager")
	}
	if !runs(a, "kube-controller-manager") {
		return "", false
	}
	if a.User.Name == manager {
		return manager, true
	}
	account, isAccount := strings.CutPrefix(a.User.Name, "system:serviceaccount:kube-system:")
	return account, isAccount && controllerJobs(account) != "" && a.User.Extra.Get("authentication.kubernetes.io/pod-name") == ""
}

// isInside reports whether nothing in a record says that the request came from outside: controllers connect from the
// machines of the control plane, by loopback or private addresses.
func isInside(a *rule.Action) bool {
	return !slices.ContainsFunc(a.Addresses(), func(address netip.Addr) bool {
		return !address.IsPrivate() && !address.IsLoopback() && !address.IsLinkLocalUnicast() && !isShared(address)
	})
}

// isShared reports whether an address is of the space that providers share, as pods of EKS have it
// (https://www.rfc-editor.org/rfc/rfc6598).
func isShared(address netip.Addr) bool {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10).Contains(address)
}

// doesJob reports whether a request is the work of a controller.
func doesJob(a *rule.Action, controller string) bool {
	isManager := strings.HasPrefix(controller, "system:")
	switch {
	case a.Object.Resource == "events" && slices.Contains(writes(), a.Verb):
		return true
	case isRead(a):
		return readsForItself(a, controller, isManager)
	case controller != manager:
		return isListed(a, controllerJobs(controller)) && asUsual(a, controller)
	}
	// Without accounts of their own (--use-service-account-credentials=false) all controllers are the manager's user.
	for line := range strings.SplitSeq(jobTable, "\n") {
		if account, jobs, _ := strings.Cut(line, ": "); isListed(a, jobs) && asUsual(a, account) {
			return true
		}
	}
	return false
}

// isRead reports whether a request gives what there is, or tries to.
func isRead(a *rule.Action) bool {
	if a.Object.Subresource != "" && a.Object.Subresource != "status" && a.Object.Subresource != "scale" {
		return false
	}
	return a.Object.Resource == "" || slices.Contains([]string{"get", "list", "watch"}, a.Verb)
}

// readsForItself reports whether a controller reads what it does. The manager watches for all of them, secrets too; by
// themselves they read one object or another, and none of them all secrets: the garbage collector one at a time, the
// controller of namespaces those of a namespace that goes. What they ask for they may read, so a refusal is not theirs.
func readsForItself(a *rule.Action, controller string, isManager bool) bool {
	if isManager {
		return true
	}
	if a.Outcome() == event.Denied {
		return false
	}
	if a.Object.Resource != "secrets" {
		return true
	}
	switch controller {
	case "generic-garbage-collector", "legacy-service-account-token-cleaner":
		return a.Verb == "get" && a.Object.Name != ""
	case "namespace-controller":
		return a.Verb == "list" && a.Object.Namespace != ""
	case "token-cleaner":
		return a.Object.Namespace == "kube-system"
	}
	return false
}

// asUsual reports whether a job of the table was done as a controller does it, where the record shows how.
func asUsual(a *rule.Action, controller string) bool {
	switch controller {
	case "clusterrole-aggregation-controller":
		return joinsRoles(a)
	case "generic-garbage-collector":
		return a.Verb == "delete" || changesMetadataOnly(a)
	case "namespace-controller":
		return a.Object.Namespace != "" || a.Object.Resource == "namespaces"
	case "root-ca-cert-publisher":
		return isNamed(a, isOneOf("kube-root-ca.crt")).State != finding.Absent
	case "service-account-controller":
		return isNamed(a, isOneOf("default")).State != finding.Absent
	case "certificate-controller":
		return approvesKubelet(a)
	case manager:
		return managesAccounts(a)
	}
	// What runs comes from an object above it, which names who acted.
	if _, sight := a.Made(); a.Verb == "create" && (a.Object.Resource == "pods" || a.Object.Resource == "replicasets") && a.Object.Subresource == "" {
		return sight == rule.SeenNothing || a.IsDerived()
	}
	return true
}

// joinsRoles reports whether a change of a role is that of the controller which joins roles by their labels: of one with an
// aggregationRule, admin, edit, view and such. Each rule that it writes stands in another role already; one that gives
// control is held against it all the same, as none of the default ones does
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles).
func joinsRoles(a *rule.Action) bool {
	role, sight := a.Made()
	switch {
	case givesControl(role):
		return false
	case sight == rule.SeenWhole:
		return role.Get("aggregationRule").Exists()
	}
	return !strings.HasPrefix(a.Object.Name, "system:") && a.Object.Name != "cluster-admin"
}

// givesControl reports whether a rule of a role gives every verb on every resource, or what leads to them at once: other
// permissions or other users. No role that Kubernetes joins or EKS installs does; add-ons that measure nodes do have nodes/proxy.
func givesControl(role tree.Node) bool {
	for r := range role.Get("rules").All() {
		g := grantOf(r)
		switch {
		case g.custom:
		case g.may("*") != "" && g.on("*") != "",
			g.rbac && g.may("escalate", "bind", "*") != "" && g.on("roles", "clusterroles", "*") != "",
			g.may("impersonate", "*") != "" && g.on("users", "groups", "*") != "":
			return true
		}
	}
	return false
}

// changesMetadataOnly reports whether a patch changes nothing but owners, finalizers and the like.
func changesMetadataOnly(a *rule.Action) bool {
	sent := a.Sent()
	if a.Verb != "patch" || sent.Kind() != tree.Map {
		return false
	}
	for member := range sent.All() {
		if key := member.Key(); key != "metadata" && key != "apiVersion" && key != "kind" {
			return false
		}
	}
	return true
}

// approvesKubelet reports whether a certificate that is approved, as far as the record shows, is one of those that the
// controller approves (https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#approval).
func approvesKubelet(a *rule.Action) bool {
	request, _ := a.Made()
	signer := request.Get("spec", "signerName")
	return a.Object.Subresource != "approval" || !signer.Exists() || signer.Text() == "kubernetes.io/kube-apiserver-client-kubelet"
}

// managesAccounts reports whether a change of an account, or a request for its token, is about a controller's: the manager
// makes those. Its other jobs have no such bounds.
func managesAccounts(a *rule.Action) bool {
	if a.Object.Resource != "serviceaccounts" {
		return true
	}
	return a.Object.Namespace == "kube-system" && isNamed(a, func(name string) bool { return controllerJobs(name) != "" }).State != finding.Absent
}

// isListed reports whether jobs have a request among them.
func isListed(a *rule.Action, jobs string) bool {
	for job := range strings.SplitSeq(jobs, ", ") {
		at := strings.LastIndexByte(job, ' ') + 1
		if isAbout(a, job[at:]) && isWord(job[:at], a.Verb) {
			return true
		}
	}
	return false
}

func isWord(words, wanted string) bool {
	for word := range strings.FieldsSeq(words) {
		if word == wanted {
			return true
		}
	}
	return false
}

// isAbout reports whether a request is about a resource, RESOURCE[.GROUP][/SUBRESOURCE]; * stands for any, without its
// subresources.
func isAbout(a *rule.Action, resource string) bool {
	resource, sub, _ := strings.Cut(resource, "/")
	if a.Object.Subresource != sub {
		return false
	}
	name, group, _ := strings.Cut(resource, ".")
	return name == "*" || name == a.Object.Resource && group == a.Object.Group
}
