package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// when is a condition on what every record tells.
func when(name string, holds func(a *rule.Action) bool, show func(a *rule.Action) []finding.RecordField) rule.EventCondition {
	return rule.EventCondition{Name: name, Holds: func(a *rule.Action) rule.Truth { return rule.Is(holds(a)) }, Show: show}
}

// outsideNamespace holds for a request about an object in any namespace but one.
func outsideNamespace(name, namespace string) rule.EventCondition {
	return when(name, func(a *rule.Action) bool { return a.Object.Namespace != namespace }, showNamespace)
}

func showNamespace(a *rule.Action) []finding.RecordField {
	if a.Object.Namespace == "" {
		return nil
	}
	return field("$.objectRef.namespace", a.Object.Namespace)
}

// isOneOf is the test whether a text is one of some.
func isOneOf(texts ...string) func(string) bool {
	return func(text string) bool {
		for _, t := range texts {
			if t == text {
				return true
			}
		}
		return false
	}
}

// made holds for an object that a request made or changed. Where gives the JSONPath in it that shows what was looked for,
// "" where it is not there.
func made(name string, where func(object tree.Node) string) rule.EventCondition {
	return rule.EventCondition{
		Name:  name,
		Holds: func(a *rule.Action) rule.Truth { return a.IfMadeTree(func(n tree.Node) bool { return where(n) != "" }) },
		Show: func(a *rule.Action) []finding.RecordField {
			n, _ := a.Made()
			return showMade(a, n, where(n))
		},
	}
}

// showMade shows a field of the object that a request made, or the nearest one above it that is there.
func showMade(a *rule.Action, n tree.Node, path string) []finding.RecordField {
	if path == "" {
		return nil
	}
	for path != "$" && !n.Lookup(path).Exists() {
		path = tree.Parent(path)
	}
	return field(a.InRecord(path), n.Lookup(path).Text())
}

// has holds for an object with one of some traits, as scan finds them.
func has(name string, traits ...*rule.Rule) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			v := firstTrait(a, traits)
			return rule.Truth{State: v.State, Why: v.Why}
		},
		Show: func(a *rule.Action) []finding.RecordField {
			var all []finding.RecordField
			n, _ := a.Made()
			v := firstTrait(a, traits)
			for _, e := range v.Evidence {
				all = append(all, showMade(a, n, e.Path)...)
			}
			return all
		},
	}
}

// firstTrait gives the first of some traits that an object has; where it has none, what is unknown of it.
func firstTrait(a *rule.Action, traits []*rule.Rule) (v finding.Verdict) {
	for _, t := range traits {
		switch next := a.HasTrait(t); {
		case next.State == finding.Present:
			return next
		case next.State == finding.Unknown && v.State == finding.Absent:
			v = next
		}
	}
	return v
}

// showURI shows the request's URI without what may be secret in it.
func showURI(a *rule.Action) []finding.RecordField { return field("$.requestURI", a.RequestURI()) }

// showVerb shows the verb, for a rule about the deed itself.
func showVerb(a *rule.Action) []finding.RecordField { return field("$.verb", a.Verb) }

// holdsText reports whether the body of a request, or the object that it gave, holds a text anywhere. It looks at the
// bodies as they were recorded: the values of a ConfigMap are taken out of what is shown.
func holdsText(a *rule.Action, text string) bool {
	return strings.Contains(string(a.Request), text) || a.Outcome() == event.Succeeded && strings.Contains(string(a.Response), text)
}

// oldUnseen says that a record shows an object as it is now, and not as it was.
func oldUnseen() lang.Text {
	return lang.Text{
		EN: "the record shows the object as it is now, and not what it was before",
		ES: "el registro muestra el objeto como está ahora, no como estaba antes",
		PT: "o registro mostra o objeto como está agora, e não como estava antes",
	}
}

// workloads are the resources that run pods: templates count as the pods that come of them.
func workloads() []string {
	return []string{
		"pods", "deployments.apps", "daemonsets.apps", "statefulsets.apps", "replicasets.apps", "replicationcontrollers",
		"jobs.batch", "cronjobs.batch",
	}
}

// writes are the verbs that make or change an object.
func writes() []string { return []string{"create", "update", "patch"} }
