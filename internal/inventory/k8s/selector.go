package k8s

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// Selector is a label selector: matchLabels and matchExpressions, all of which must hold. The zero value
// selects everything.
type Selector struct {
	Labels      inventory.Labels
	Expressions []Expression
}

// Expression is one requirement of a selector.
type Expression struct {
	Key string
	// Operator is In, NotIn, Exists or DoesNotExist; any other selects nothing.
	Operator string
	Values   []string
}

// IsEmpty reports whether the selector selects everything.
func (s Selector) IsEmpty() bool { return len(s.Labels) == 0 && len(s.Expressions) == 0 }

// Matches reports whether a set of labels is selected.
func (s Selector) Matches(l inventory.Labels) bool {
	return l.Contains(s.Labels) && !slices.ContainsFunc(s.Expressions, func(e Expression) bool { return !e.matches(l) })
}

func (e Expression) matches(l inventory.Labels) bool {
	value, has := l.Get(e.Key)
	switch e.Operator {
	case "In":
		return has && slices.Contains(e.Values, value)
	case "NotIn":
		return !has || !slices.Contains(e.Values, value)
	case "Exists":
		return has
	case "DoesNotExist":
		return !has
	}
	return false
}

func projectSelector(n tree.Node) Selector {
	s := Selector{Labels: labels(n.Get("matchLabels"))}
	for x := range n.Get("matchExpressions").All() {
		e := Expression{Key: x.Get("key").Text(), Operator: x.Get("operator").Text()}
		for v := range x.Get("values").All() {
			e.Values = append(e.Values, v.Text())
		}
		s.Expressions = append(s.Expressions, e)
	}
	return s
}
