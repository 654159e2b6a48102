package prove

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
)

// prover collects the problems of one rule.
type prover struct {
	rule     *rule.Rule
	problems []Problem
}

func (p *prover) problem(example, format string, args ...any) {
	p.problems = append(p.problems, Problem{Rule: p.rule.ID, Example: example, What: fmt.Sprintf(format, args...)})
}

// example checks one example in every way.
func (p *prover) example(e rule.Example) {
	view, err := read(e.Input, e.Complete)
	if err != nil {
		p.problem(e.Name, "its input cannot be read: %v", err)
		return
	}
	v := p.verdict(view, p.rule, e)
	if v.State != e.Want {
		p.problem(e.Name, "the verdict is %s, not %s", v.State, e.Want)
	}
	switch v.State {
	case finding.Present:
		p.evidence(e, view, v)
		p.weight(e, v)
	case finding.Unknown:
		if v.Why.EN == "" {
			p.problem(e.Name, "it does not say why the verdict is unknown")
		}
	}
	p.nearMiss(e, view)
	p.stable(e, view, v)
}

// verdict is what the engine says of an example: the worst of its resources, with the evidence of those.
// It is the one place where prove calls the engine.
func (p *prover) verdict(view *inventory.View, r *rule.Rule, e rule.Example) finding.Verdict {
	world := &rule.World{Inventory: view, Settings: e.Settings, Now: now()}
	var worst finding.Verdict
	for _, t := range evaluate.Traits(world, []*rule.Rule{r}).Traits {
		switch {
		case t.State > worst.State:
			worst = finding.Verdict{State: t.State, Evidence: t.Evidence, Why: t.Why, Missing: t.Missing, Weight: &t.Weight}
		case t.State == finding.Present:
			worst.Evidence = append(worst.Evidence, t.Evidence...)
		}
	}
	return worst
}

// nearMiss checks that a near miss is absent for its one condition, and for nothing else.
func (p *prover) nearMiss(e rule.Example, view *inventory.View) {
	if e.Misses == "" {
		return
	}
	if e.Want != finding.Absent {
		p.problem(e.Name, "it misses a condition, but wants the verdict %s", e.Want)
	}
	without := *p.rule
	without.Check = p.rule.Check.Without(e.Misses)
	if v := p.verdict(view, &without, e); v.State != finding.Present {
		p.problem(e.Name, "without condition %q the verdict is %s, so something else is missing too", e.Misses, v.State)
	}
}

// weight checks that a verdict is no heavier than what the rule declares: the declaration is the worst
// case, which is what an unknown verdict is counted as.
func (p *prover) weight(e rule.Example, v finding.Verdict) {
	if v.Weight == nil {
		return
	}
	declared := p.rule.Weight()
	joined := declared.Join(*v.Weight)
	if joined.Role != declared.Role || joined.Likelihood != declared.Likelihood || joined.Impact != declared.Impact ||
		len(joined.Opens) != len(declared.Opens) {
		p.problem(e.Name, "the verdict weighs more than the rule declares")
	}
}

// stable checks that the verdict stays the same: the second time, with the documents the other way round,
// and after a snapshot.
func (p *prover) stable(e rule.Example, view *inventory.View, v finding.Verdict) {
	if again := p.verdict(view, p.rule, e); !reflect.DeepEqual(again, v) {
		p.problem(e.Name, "the second run gives another verdict")
	}
	if turned, err := read(reverse(e.Input), e.Complete); err != nil {
		p.problem(e.Name, "its input cannot be read with the documents the other way round: %v", err)
	} else if other := p.verdict(turned, p.rule, e); !reflect.DeepEqual(other, v) {
		p.problem(e.Name, "the verdict depends on the order of the documents")
	}
	if restored, err := roundTrip(view); err != nil {
		p.problem(e.Name, "it does not survive a snapshot: %v", err)
	} else if other := p.verdict(restored, p.rule, e); !reflect.DeepEqual(other, v) {
		p.problem(e.Name, "the verdict is another one after a snapshot")
	}
}

// reverse turns the order of the documents of a YAML stream round.
func reverse(input string) string {
	var turned []string
	for document := range strings.SplitSeq("\n"+input, "\n---\n") {
		turned = append([]string{strings.TrimPrefix(document, "\n")}, turned...)
	}
	return strings.Join(turned, "\n---\n")
}
