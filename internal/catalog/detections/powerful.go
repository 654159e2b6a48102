package detections

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// grantsPower holds for a role one of whose rules gives a powerful permission over every object of its kind.
func grantsPower() rule.EventCondition {
	return rule.EventCondition{
		Name: "excessive",
		Holds: func(a *rule.Action) rule.Truth {
			return a.IfMadeTree(func(n tree.Node) bool { return powerIn(n).found })
		},
		Show: func(a *rule.Action) []finding.RecordField {
			n, _ := a.Made()
			p := powerIn(n)
			of := tree.PathIndex("$.rules", p.rule)
			return append(field(a.InRecord(tree.PathIndex(of+".verbs", p.verb)), p.verbName), field(a.InRecord(tree.PathIndex(of+".resources", p.resource)), p.resourceName)...)
		},
	}
}

// power is where a powerful permission stands in a role.
type power struct {
	found                  bool
	rule, verb, resource   int
	verbName, resourceName string
}

// powerIn gives the first powerful permission of a role; over custom resources none is.
func powerIn(role tree.Node) power {
	p := power{}
	for r := range role.Get("rules").All() {
		if r.Get("resourceNames").Len() == 0 && !isOfCustomResources(r.Get("apiGroups")) {
			p.verb = 0
			for verb := range r.Get("verbs").All() {
				p.resource = 0
				for resource := range r.Get("resources").All() {
					p.verbName, p.resourceName = verb.Text(), resource.Text()
					if isPowerful(p.verbName, p.resourceName) {
						p.found = true
						return p
					}
					p.resource++
				}
				p.verb++
			}
		}
		p.rule++
	}
	return power{}
}

// asksForPower holds for a question about a powerful permission, or about all permissions at once.
func asksForPower() rule.EventCondition {
	return rule.EventCondition{
		Name: "powerful",
		Holds: func(a *rule.Action) rule.Truth {
			asked, ok := a.Asked()
			switch {
			case !ok:
				return rule.Unknown(a.Unseen())
			case asked.Path != "":
				return rule.Is(asked.Path == "*" || asked.Path == "/*")
			}
			return rule.Is(asked.List || isPowerful(asked.Verb, askedResource(asked)))
		},
		Show: func(a *rule.Action) []finding.RecordField {
			const attributes = "$.requestObject.spec.resourceAttributes"
			asked, _ := a.Asked()
			switch {
			case asked.List:
				return field("$.objectRef.resource", a.Object.Resource)
			case asked.Path != "":
				return field("$.requestObject.spec.nonResourceAttributes.path", asked.Path)
			}
			return append(field(attributes+".verb", asked.Verb), field(attributes+".resource", asked.Resource)...)
		},
	}
}

func askedResource(asked rule.Asked) string {
	if asked.Subresource == "" {
		return asked.Resource
	}
	return asked.Resource + "/" + asked.Subresource
}

// bindsPower holds for a binding of one of the built-in roles that give control or may write, or of any role in a namespace
// of the system.
func bindsPower() rule.EventCondition {
	return rule.EventCondition{
		Name: "permissive-or-sensitive",
		Holds: func(a *rule.Action) rule.Truth {
			if slices.Contains(systemNamespaces(), a.Object.Namespace) {
				return rule.Is(true)
			}
			n, sight := a.Made()
			role := n.Get("roleRef", "name").Text()
			switch {
			case isPermissiveRole(role):
				return rule.Is(true)
			case sight == rule.SeenWhole && role != "":
				return rule.Is(false)
			}
			return rule.Unknown(a.Unseen())
		},
		Show: func(a *rule.Action) []finding.RecordField {
			n, _ := a.Made()
			if role := n.Get("roleRef", "name").Text(); isPermissiveRole(role) {
				return field(a.InRecord("$.roleRef.name"), role)
			}
			return field("$.objectRef.namespace", a.Object.Namespace)
		},
	}
}

// isPermissiveRole reports whether a role is one of the built-in ones that may change things
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles).
func isPermissiveRole(role string) bool { return isAdminRole("", role) || role == "edit" }
