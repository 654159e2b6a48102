package detections

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	return rule.EventCondition{Name: "succeeded", Holds: hasSucceeded, Show: showOutcome}
}

func hasSucceeded(a *rule.Action) rule.Truth {
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
}

func showOutcome(a *rule.Action) []finding.RecordField {
	return field("$.responseStatus.code", strconv.Itoa(a.Code))
}

// inNamespace holds for a request about an object in one of some namespaces.
func inNamespace(name string, namespaces ...string) rule.EventCondition {
	return rule.EventCondition{
		Name:  name,
		Holds: func(a *rule.Action) rule.Truth { return rule.Is(slices.Contains(namespaces, a.Object.Namespace)) },
		Show: func(a *rule.Action) []finding.RecordField {
			return field("$.objectRef.namespace", a.Object.Namespace)
		},
	}
}

// hasTrait holds for a request that made or changed an object with a trait, as scan would find it. Which of its evidence
// is shown says only, where it is set.
func hasTrait(name string, trait *rule.Rule, only func(finding.Evidence) bool) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			v := a.HasTrait(trait)
			return rule.Truth{State: v.State, Why: v.Why}
		},
		Show: func(a *rule.Action) []finding.RecordField {
			var fields []finding.RecordField
			for _, e := range a.HasTrait(trait).Evidence {
				if only == nil || only(e) {
					fields = append(fields, inRecord(a, e))
				}
			}
			return fields
		},
	}
}

// inRecord gives the evidence of a trait as a field of the record. Where the object leaves the field to its default, the
// field that would hold it is named, with the default.
func inRecord(a *rule.Action, e finding.Evidence) finding.RecordField {
	n, _ := a.Made()
	value := fmt.Sprint(e.Value)
	if n.Lookup(e.Path).Exists() {
		return finding.RecordField{Path: a.InRecord(e.Path), Value: value}
	}
	parent := tree.Parent(e.Path)
	return finding.RecordField{Path: a.InRecord(parent), Value: strings.TrimPrefix(e.Path[len(parent):], ".") + "=" + value}
}

// workloadChange selects the requests that make or change what runs pods: templates of controllers as much as pods, and a
// container that is added to a pod which runs.
func workloadChange() []rule.Selector {
	return append(workloadSelectors(), rule.Selector{Verbs: []string{"update", "patch"}, Resources: []string{"pods/ephemeralcontainers"}})
}
