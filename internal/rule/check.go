package rule

import (
	"iter"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// Check is a rule's predicate. Its conditions have names, so that an example can say which one it
// misses and a test can take one away.
type Check interface {
	// Match says whether the weakness is there.
	Match(w *World, r *inventory.Resource) finding.Verdict
	// Conditions lists the names of the conditions.
	Conditions() []string
	// Expression gives a condition as its author wrote it; "" for one that is written in Go.
	Expression(condition string) string
	// Without gives the check with one condition taken away.
	Without(condition string) Check
}

// Truth is a three-valued answer. Why says what is not known.
type Truth struct {
	State finding.State
	Why   lang.Text
}

// Is is the truth of a fact that is known.
func Is(holds bool) Truth {
	if holds {
		return Truth{State: finding.Present}
	}
	return Truth{State: finding.Absent}
}

// Unknown is the truth of what cannot be known, and why.
func Unknown(why lang.Text) Truth { return Truth{State: finding.Unknown, Why: why} }

// Each is the form of every check: a resource has candidates (its containers, its volumes, itself), and
// the weakness is present when one of them meets every condition. It is unknown when none does, but one
// might.
type Each[C any] struct {
	// In gives the candidates of a resource.
	In func(w *World, r *inventory.Resource) iter.Seq[C]
	// Where lists the conditions; a candidate is out with the first one that does not hold.
	Where []Condition[C]
	// Show gives the evidence for a candidate that meets them all.
	Show func(c C) finding.Evidence
	// Also, where set, gives further evidence for it: what makes the candidate weigh as it does.
	Also func(c C) []finding.Evidence
	// Grade, where set, gives what the trait counts for with this candidate, in place of what the rule
	// declares. The weights of several candidates are joined.
	Grade func(c C) finding.Weight
}

// Condition is one named part of a check.
type Condition[C any] struct {
	Name string
	// Expression is the condition as its author wrote it, where that was not in Go.
	Expression string

	Holds func(w *World, c C) Truth
}

// If is a condition on the candidate alone that is always known.
func If[C any](name string, holds func(c C) bool) Condition[C] {
	return Condition[C]{Name: name, Holds: func(_ *World, c C) Truth { return Is(holds(c)) }}
}

// Match implements [Check].
func (e Each[C]) Match(w *World, r *inventory.Resource) finding.Verdict {
	var v finding.Verdict
	for c := range e.In(w, r) {
		truth := e.judge(w, c)
		switch {
		case truth.State == finding.Present:
			if v.State != finding.Present {
				v = finding.Verdict{State: finding.Present}
			}
			v.Evidence = append(v.Evidence, e.Show(c))
			if e.Also != nil {
				v.Evidence = append(v.Evidence, e.Also(c)...)
			}
			v.Weight = e.grade(v.Weight, c)
		case truth.State == finding.Unknown && v.State == finding.Absent:
			v = finding.Verdict{State: finding.Unknown, Why: truth.Why}
		}
	}
	return v
}

func (e Each[C]) grade(before *finding.Weight, c C) *finding.Weight {
	if e.Grade == nil {
		return nil
	}
	weight := e.Grade(c)
	if before != nil {
		weight = before.Join(weight)
	}
	return &weight
}

func (e Each[C]) judge(w *World, c C) Truth {
	all := Truth{State: finding.Present}
	for _, condition := range e.Where {
		switch t := condition.Holds(w, c); {
		case t.State == finding.Absent:
			return t
		case t.State == finding.Unknown && all.State == finding.Present:
			all = t
		}
	}
	return all
}

// Conditions implements [Check].
func (e Each[C]) Conditions() []string {
	names := make([]string, len(e.Where))
	for i, c := range e.Where {
		names[i] = c.Name
	}
	return names
}

// Expression implements [Check].
func (e Each[C]) Expression(condition string) string {
	for _, c := range e.Where {
		if c.Name == condition {
			return c.Expression
		}
	}
	return ""
}

// Without implements [Check].
func (e Each[C]) Without(condition string) Check {
	e.Where = slices.DeleteFunc(slices.Clone(e.Where), func(c Condition[C]) bool { return c.Name == condition })
	return e
}
