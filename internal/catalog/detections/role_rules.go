package detections

import (
	"slices"

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
		if d, ok := dangerOfRule(r, everywhere); ok && (!found || d.severity > worst.severity) {
			d.path = pathOf("$.rules", i) + d.path
			worst, found = d, true
		}
		i++
	}
	return worst, found
}

func dangerOfRule(r tree.Node, everywhere bool) (danger, bool) {
	verbs, resources, groups := r.Get("verbs"), r.Get("resources"), r.Get("apiGroups")
	may := func(list ...string) string { return firstOf("verbs", verbs, list...) }
	on := func(list ...string) string { return firstOf("resources", resources, list...) }
	mayWrite := func() string { return may("create", "update", "patch", "delete", "deletecollection", "*") }
	core, rbac := holds(groups, "", "*"), holds(groups, "rbac.authorization.k8s.io", "*")
	step := func(cluster, namespace finding.Severity) finding.Severity {
		if everywhere {
			return cluster
		}
		return namespace
	}
	high, medium, low := finding.SeverityHigh, finding.SeverityMedium, finding.SeverityLow
	switch {
	case may("*") != "" && on("*") != "":
		return danger{step(high, medium), on("*")}, true
	case rbac && may("escalate", "bind", "*") != "" && on("roles", "clusterroles") != "":
		return danger{step(high, medium), may("escalate", "bind", "*")}, true
	case may("impersonate") != "" && on("users", "groups", "serviceaccounts", "userextras", "*") != "", may("*") != "" && on("users", "groups") != "":
		return danger{high, may("impersonate", "*")}, true
	case core && on("nodes/proxy", "nodes/*", "*/proxy") != "":
		return danger{step(high, low), on("nodes/proxy", "nodes/*", "*/proxy")}, true
	case core && on("secrets") != "" && may("get", "list", "watch", "*") != "" && r.Get("resourceNames").Len() == 0:
		return danger{step(medium, low), on("secrets")}, true
	case core && on("pods/exec", "pods/attach", "pods/ephemeralcontainers", "pods/*", "*/exec", "*/attach") != "":
		return danger{medium, on("pods/exec", "pods/attach", "pods/ephemeralcontainers", "pods/*", "*/exec", "*/attach")}, true
	case core && on("serviceaccounts/token", "serviceaccounts/*", "*/token") != "" && may("create", "*") != "":
		return danger{step(medium, low), on("serviceaccounts/token", "serviceaccounts/*", "*/token")}, true
	case rbac && mayWrite() != "" && on("roles", "clusterroles", "rolebindings", "clusterrolebindings") != "":
		return danger{step(medium, low), on("roles", "clusterroles", "rolebindings", "clusterrolebindings")}, true
	case mayWrite() != "" && on("certificatesigningrequests/approval", "mutatingwebhookconfigurations", "validatingwebhookconfigurations") != "":
		return danger{medium, on("certificatesigningrequests/approval", "mutatingwebhookconfigurations", "validatingwebhookconfigurations")}, true
	case may("*") != "" && resources.Len() > 0:
		return danger{step(medium, low), may("*")}, true
	case on("*") != "":
		return danger{step(medium, low), on("*")}, true
	case mayWrite() != "":
		return danger{step(low, finding.SeverityInformational), mayWrite()}, true
	}
	return danger{}, false
}

// firstOf gives the path in a rule of the first item of a list that is one of some.
func firstOf(name string, list tree.Node, wanted ...string) string {
	i := 0
	for item := range list.All() {
		if slices.Contains(wanted, item.Text()) {
			return pathOf("."+name, i)
		}
		i++
	}
	return ""
}

func holds(list tree.Node, wanted ...string) bool { return firstOf("", list, wanted...) != "" }
