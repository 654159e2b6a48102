package detections

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// named holds for an object with some names; of a request that deletes a collection, for one with such an object in it.
// Where an old API server leaves the name of a new object out of the record, and the policy its body, nobody can tell.
func named(name string, is func(object string) bool) rule.EventCondition {
	return rule.EventCondition{
		Name:  name,
		Holds: func(a *rule.Action) rule.Truth { return isNamed(a, is) },
		Show:  showName,
	}
}

func isNamed(a *rule.Action, is func(object string) bool) rule.Truth {
	if a.Verb == "deletecollection" && a.ObjectName() == "" {
		return deletesNamed(a, is)
	}
	if a.ObjectName() == "" && a.Verb == "create" {
		return rule.Unknown(a.Unseen())
	}
	return rule.Is(is(a.ObjectName()))
}

// deletesNamed tells whether a collection that was deleted had an object with some names in it. The answer lists what was
// deleted; without it, the selectors tell. No selector selects all, so also those with such names: whether there were any,
// the record does not hold.
func deletesNamed(a *rule.Action, is func(object string) bool) rule.Truth {
	if items := a.Answered().Get("items"); a.Outcome() == event.Succeeded && items.Kind() == tree.List {
		return rule.Is(slices.ContainsFunc(slices.Collect(items.All()), func(item tree.Node) bool {
			return is(item.Get("metadata", "name").Text())
		}))
	}
	name, isOne, excluded := selectedName(a.Query("fieldSelector"))
	switch {
	case isOne:
		return rule.Is(is(name))
	case a.Path() == "", a.Query("labelSelector") != "", slices.ContainsFunc(excluded, is):
		return rule.Unknown(lang.Text{
			EN: "the record does not tell which objects the selector chose",
			ES: "el registro no indica qué objetos eligió el selector",
			PT: "o registro não indica quais objetos o seletor escolheu",
		})
	}
	return rule.Is(true)
}

// selectedName reads a field selector (https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/):
// the one name that it selects, or the names that it leaves out.
func selectedName(selector string) (name string, isOne bool, excluded []string) {
	for term := range strings.SplitSeq(selector, ",") {
		if other, ok := strings.CutPrefix(term, "metadata.name!="); ok {
			excluded = append(excluded, plainValue(other))
		} else if one, ok := strings.CutPrefix(term, "metadata.name="); ok {
			name, isOne = plainValue(strings.TrimPrefix(one, "=")), true
		}
	}
	return name, isOne, excluded
}

// plainValue takes the backslashes out of a value of a field selector.
func plainValue(value string) string { return strings.ReplaceAll(value, `\`, "") }

// showName shows the name of the object where the reference of the record has it, and what chose the objects of a
// collection.
func showName(a *rule.Action) []finding.RecordField {
	switch {
	case a.Object.Name != "":
		return field("$.objectRef.name", a.Object.Name)
	case a.Verb == "deletecollection" && a.Path() != "":
		return showURI(a)
	}
	return nil
}
