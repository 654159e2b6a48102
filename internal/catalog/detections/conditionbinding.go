package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// bindingChange selects the requests that make or change bindings of roles.
func bindingChange() []rule.Selector {
	return []rule.Selector{{
		Verbs:     []string{"create", "update", "patch"},
		Resources: []string{"clusterrolebindings.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"},
	}}
}

// grantsTo holds for a binding that a subject of some kind gets rights by; is says which is. A patch shows the subjects
// that it sets, and gives rights to no other; so this is known of every body but a JSON patch that copies a subject's name
// from elsewhere. Where a patch renames a subject, its kind and namespace are "".
func grantsTo(name string, is func(kind, subject, namespace string) bool) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			n, sight := a.Made()
			if sight == rule.SeenNothing {
				return rule.Unknown(a.Unseen())
			}
			if subjectOf(n, is) < 0 && sight == rule.SeenPart && copiesSubject(a, n) {
				return rule.Unknown(a.Unseen())
			}
			return rule.Is(subjectOf(n, is) >= 0)
		},
		Show: func(a *rule.Action) []finding.RecordField {
			n, _ := a.Made()
			i := subjectOf(n, is)
			at := tree.PathIndex("$.subjects", i) + ".name"
			return field(a.InRecord(at), n.Lookup(at).Text())
		},
	}
}

// copiesSubject reports whether a JSON patch takes subjects, or the name of one, from elsewhere in the object.
func copiesSubject(a *rule.Action, n tree.Node) bool {
	if a.Sent().Kind() != tree.List {
		return false
	}
	for s := range n.Get("subjects").All() {
		if s.Kind() == tree.Null || s.Get("name").Kind() == tree.Null {
			return true
		}
	}
	return n.Get("subjects").Kind() == tree.Null
}

// subjectOf gives the index of the first subject of a binding of some kind, or -1.
func subjectOf(n tree.Node, is func(kind, subject, namespace string) bool) int {
	i := 0
	for s := range n.Get("subjects").All() {
		if is(s.Get("kind").Text(), s.Get("name").Text(), s.Get("namespace").Text()) {
			return i
		}
		i++
	}
	return -1
}

// isUnauthenticated reports whether a subject is whoever asks without credentials. RBAC compares names as they are
// written: System:Anonymous is somebody else (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests).
func isUnauthenticated(kind, subject, _ string) bool {
	switch subject {
	case "system:anonymous":
		return kind == "User" || kind == ""
	case "system:unauthenticated":
		return kind == "Group" || kind == ""
	}
	return false
}

// isDefaultServiceAccount reports whether a subject is the service account that pods of a namespace have which name none,
// or a group that holds it (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects).
func isDefaultServiceAccount(kind, subject, _ string) bool {
	switch kind {
	case "ServiceAccount", "":
		return subject == "default"
	case "User":
		_, name, ok := rule.ServiceAccount(subject)
		return ok && name == "default"
	case "Group":
		return subject == "system:authenticated" || subject == "system:serviceaccounts" || strings.HasPrefix(subject, "system:serviceaccounts:")
	}
	return false
}

// grantsRole holds for a binding of a role that is one of some kind. A patch need not name the role, which cannot change.
func grantsRole(name string, is func(kind, role string) bool) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			n, sight := a.Made()
			role := n.Get("roleRef")
			if sight == rule.SeenNothing || sight == rule.SeenPart && !role.Exists() {
				return rule.Unknown(a.Unseen())
			}
			return rule.Is(is(role.Get("kind").Text(), role.Get("name").Text()))
		},
		Show: func(a *rule.Action) []finding.RecordField {
			n, _ := a.Made()
			return field(a.InRecord("$.roleRef.name"), n.Get("roleRef", "name").Text())
		},
	}
}

// isAdminRole reports whether a role is one of the built-in ones that give control of the cluster, or of the namespace
// that it is bound in (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles).
func isAdminRole(_, role string) bool { return role == "cluster-admin" || role == "admin" }
