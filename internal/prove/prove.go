// Package prove runs a rule's examples through the real collector and the real engine, and says what is
// wrong with the rule. A rule comes in; a list of problems goes out, empty for a rule that holds. It is
// the test harness of every rule, ours and a user's: it knows no rule by name, and writes nothing.
package prove

import (
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// Problem is one thing that is wrong with a rule.
type Problem struct {
	// Rule is the rule's ID, and Example the name of the example that shows it; "" for the rule itself.
	Rule, Example string
	// What says what is wrong, in English.
	What string
	// Condition is the one that no example is a near miss of, where that is what is wrong.
	Condition string
}

// String puts the problem on one line.
func (p Problem) String() string {
	if p.Example == "" {
		return p.Rule + ": " + p.What
	}
	return p.Rule + ": example “" + p.Example + "”: " + p.What
}

// Rule checks a rule that Merlon ships: its declaration, in every language, and its examples.
func Rule(r *rule.Rule) []Problem { return append(Declaration(r), Examples(r)...) }

// Examples checks what a rule does. Beyond each verdict and evidence that an example states, every example
// shows that the verdict does not depend on chance, on the order of the documents or on a snapshot in
// between, and that no value of an environment variable gets through. Taken together they show
// one positive, and for each condition one near miss that nothing but this condition makes absent.
func Examples(r *rule.Rule) []Problem {
	p := &prover{rule: r}
	if r.Check == nil {
		p.problem("", "it has no check")
		return p.problems
	}
	if !slices.ContainsFunc(r.Examples, func(e rule.Example) bool { return e.Want == finding.Present }) {
		p.problem("", "it has no example where it is present")
	}
	conditions := r.Check.Conditions()
	for _, name := range conditions {
		if !slices.ContainsFunc(r.Examples, func(e rule.Example) bool { return e.Misses == name }) {
			p.problem("", "condition %q has no near miss", name)
			p.problems[len(p.problems)-1].Condition = name
		}
	}
	for i, e := range r.Examples {
		if slices.ContainsFunc(r.Examples[:i], func(other rule.Example) bool { return other.Name == e.Name }) {
			p.problem(e.Name, "another example has the same name")
		}
		if e.Misses != "" && !slices.Contains(conditions, e.Misses) {
			p.problem(e.Name, "it misses %q, which is no condition of the rule", e.Misses)
			continue
		}
		p.example(e)
	}
	return p.problems
}

// now is the time of every run.
func now() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }
