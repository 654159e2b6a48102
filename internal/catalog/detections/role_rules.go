package detections

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/tree"
)

// danger is what a rule of a role gives that roles seldom should.
type danger struct {
	severity finding.Severity
	// path leads to the verb, resource or path that gives it, in the role.
	path string
}

// dangerOf gives the gravest danger of a role's rules; a zero severity for none. Everywhere says that the role is one of
// the cluster: bound there, it reads the secrets of all namespaces. The grades follow the list of permissions by which
// RBAC is escaped (https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks).
func dangerOf(role tree.Node, everywhere bool) (worst danger, found bool) {
	i := 0
	for r := range role.Get("rules").All() {
		g := grantOf(r)
		if d, ok := g.danger(everywhere); ok && (!found || d.severity > worst.severity) {
			d.path = tree.PathIndex("$.rules", i) + d.path
			worst, found = d, true
		}
		i++
	}
	return worst, found
}

// grant is what a rule of a role gives, or one permission alone: may and on say where it names one of some verbs and one of
// some resources, "" for nowhere. Core and rbac say whether it is about the API groups of these.
type grant struct {
	may, on                func(list ...string) string
	core, rbac             bool
	byName, onAnyResources bool
	// custom says that only custom resources are meant. What those lead to, their operator knows; the permissions by which
	// RBAC is escaped are not among them.
	custom bool
}

func grantOf(r tree.Node) grant {
	verbs, resources, groups := r.Get("verbs"), r.Get("resources"), r.Get("apiGroups")
	return grant{
		may:  func(list ...string) string { return firstOf("verbs", verbs, list...) },
		on:   func(list ...string) string { return firstOf("resources", resources, list...) },
		core: holds(groups, "", "*"), rbac: holds(groups, "rbac.authorization.k8s.io", "*"),
		custom: isOfCustomResources(groups),
		byName: r.Get("resourceNames").Len() > 0, onAnyResources: resources.Len() > 0,
	}
}

// isPowerful reports whether a permission over every object of its kind leads to more: to everything of a kind, to
// credentials, to code in the pods of others, or to permissions of one's own making. To make workloads is in many roles, and
// not among them.
func isPowerful(verb, resource string) bool {
	is := func(what string) func(list ...string) string {
		return func(list ...string) string {
			if slices.Contains(list, what) {
				return what
			}
			return ""
		}
	}
	d, found := (&grant{may: is(verb), on: is(resource), core: true, rbac: true, onAnyResources: true}).danger(true)
	return found && d.severity >= finding.SeverityMedium
}

// danger gives what a grant gives too much of.
func (g *grant) danger(everywhere bool) (danger, bool) {
	may, on, core, rbac := g.may, g.on, g.core, g.rbac
	mayWrite := func() string { return may("create", "update", "patch", "delete", "deletecollection", "*") }
	step := func(cluster, namespace finding.Severity) finding.Severity {
		if everywhere {
			return cluster
		}
		return namespace
	}
	high, medium, low := finding.SeverityHigh, finding.SeverityMedium, finding.SeverityLow
	switch {
	case g.custom && mayWrite() != "":
		return danger{step(low, finding.SeverityInformational), mayWrite()}, true
	case g.custom:
		return danger{}, false
	case may("*") != "" && on("*") != "":
		return danger{step(high, medium), on("*")}, true
	case rbac && may("escalate", "bind", "*") != "" && on("roles", "clusterroles") != "":
		return danger{step(high, medium), may("escalate", "bind", "*")}, true
	case may("impersonate") != "" && on("users", "groups", "serviceaccounts", "userextras", "*") != "", may("*") != "" && on("users", "groups") != "":
		return danger{high, may("impersonate", "*")}, true
	case core && on("nodes/proxy", "nodes/*", "*/proxy") != "":
		return danger{step(high, low), on("nodes/proxy", "nodes/*", "*/proxy")}, true
	case core && on("secrets") != "" && may("get", "list", "watch", "*") != "" && !g.byName:
		return danger{step(medium, low), on("secrets")}, true
	case core && on("secrets") != "" && mayWrite() != "" && !g.byName: // A Secret of the right type is filled with any account's token.
		return danger{step(medium, low), on("secrets")}, true
	case core && on("pods/exec", "pods/attach", "pods/ephemeralcontainers", "pods/*", "*/exec", "*/attach") != "":
		return danger{medium, on("pods/exec", "pods/attach", "pods/ephemeralcontainers", "pods/*", "*/exec", "*/attach")}, true
	case core && on("serviceaccounts/token", "serviceaccounts/*", "*/token") != "" && may("create", "*") != "":
		return danger{step(medium, low), on("serviceaccounts/token", "serviceaccounts/*", "*/token")}, true
	case rbac && mayWrite() != "" && on("roles", "clusterroles", "rolebindings", "clusterrolebindings") != "":
		return danger{step(medium, low), on("roles", "clusterroles", "rolebindings", "clusterrolebindings")}, true
	case mayWrite() != "" && on("certificatesigningrequests/approval", "mutatingwebhookconfigurations", "validatingwebhookconfigurations") != "":
		return danger{medium, on("certificatesigningrequests/approval", "mutatingwebhookconfigurations", "validatingwebhookconfigurations")}, true
	case may("*") != "" && g.onAnyResources:
		return danger{step(medium, low), may("*")}, true
	case on("*") != "":
		return danger{step(medium, low), on("*")}, true
	case mayWrite() != "":
		return danger{step(low, finding.SeverityInformational), mayWrite()}, true
	}
	return danger{}, false
}

// isOfCustomResources reports whether all API groups of a rule are of custom resources: none is Kubernetes' own, and none
// a wildcard. Groups without a dot are Kubernetes' own, and so is whatever ends in k8s.io but x-k8s.io, the one for others
// (https://github.com/kubernetes/enhancements/blob/master/keps/sig-api-machinery/2337-k8s.io-group-protection/README.md).
// OpenShift's groups hold roles and users too, and count as Kubernetes' own.
func isOfCustomResources(groups tree.Node) bool {
	if groups.Len() == 0 {
		return false
	}
	for g := range groups.All() {
		group := g.Text()
		isOwn := strings.HasSuffix(group, ".openshift.io") || strings.HasSuffix(group, ".k8s.io") && !strings.HasSuffix(group, ".x-k8s.io")
		if !strings.Contains(group, ".") || strings.Contains(group, "*") || isOwn {
			return false
		}
	}
	return true
}

// firstOf gives the path in a rule of the first item of a list that is one of some.
func firstOf(name string, list tree.Node, wanted ...string) string {
	i := 0
	for item := range list.All() {
		if slices.Contains(wanted, item.Text()) {
			return tree.PathIndex("."+name, i)
		}
		i++
	}
	return ""
}

func holds(list tree.Node, wanted ...string) bool { return firstOf("", list, wanted...) != "" }
