package detections

import (
	"strconv"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// field is one field of the record as evidence.
func field(path, value string) []finding.RecordField {
	return []finding.RecordField{{Path: path, Value: value}}
}

// succeeded holds for a request that did what it asked. An exec that was let in switches protocols: 101 counts.
func succeeded() rule.EventCondition {
	return rule.EventCondition{
		Name: "succeeded",
		Holds: func(a *rule.Action) rule.Truth {
			switch a.Outcome() {
			case event.Succeeded:
				return rule.Is(true)
			case event.OutcomeUnknown:
				return rule.Unknown(lang.Text{
					EN: "the record does not tell whether the request succeeded",
					ES: "el registro no indica si la solicitud tuvo éxito",
					PT: "o registro não indica se a solicitação teve êxito",
				})
			}
			return rule.Is(false)
		},
		Show: func(a *rule.Action) []finding.RecordField {
			return field("$.responseStatus.code", strconv.Itoa(a.Code))
		},
	}
}

// inNamespace holds for a request about an object in one of some namespaces.
func inNamespace(name string, namespaces ...string) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			for _, n := range namespaces {
				if a.Object.Namespace == n {
					return rule.Is(true)
				}
			}
			return rule.Is(false)
		},
		Show: func(a *rule.Action) []finding.RecordField {
			return field("$.objectRef.namespace", a.Object.Namespace)
		},
	}
}

// grantsTo holds for a binding that has a subject of some kind; which says what the record calls it.
func grantsTo(name string, is func(kind, subject, namespace string) bool) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			return a.IfMadeTree(func(n tree.Node) bool { return subjectOf(n, is) >= 0 })
		},
		Show: func(a *rule.Action) []finding.RecordField {
			n, _ := a.Made()
			i := subjectOf(n, is)
			return field(bodyPath(a)+".subjects["+strconv.Itoa(i)+"].name", n.Get("subjects").At(i).Get("name").Text())
		},
	}
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

// bodyPath is the JSONPath of the body in which the object that a request made is seen.
func bodyPath(a *rule.Action) string {
	if a.Answered().Get("kind").Text() == "Status" || !a.Answered().Exists() {
		return "$.requestObject"
	}
	return "$.responseObject"
}

// grantsRole holds for a binding of a role that is one of some kind.
func grantsRole(name string, is func(kind, role string) bool) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			return a.IfMadeTree(func(n tree.Node) bool {
				role := n.Get("roleRef")
				return is(role.Get("kind").Text(), role.Get("name").Text())
			})
		},
		Show: func(a *rule.Action) []finding.RecordField {
			n, _ := a.Made()
			return field(bodyPath(a)+".roleRef.name", n.Get("roleRef", "name").Text())
		},
	}
}

// isAdminRole reports whether a role is one of the built-in ones that give control of the cluster, or of the namespace
// that it is bound in (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles).
func isAdminRole(_, role string) bool { return role == "cluster-admin" || role == "admin" }
