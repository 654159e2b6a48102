package correlate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// maxFixes bounds how many changes a plan has; a whole catalogue has fewer.
const maxFixes = 100

// urgency weighs severities against each other: one exposure counts as much as four of the severity
// below, so that a plan goes for the gravest first and still for many at once.
func urgency(s finding.Severity) float64 {
	return []float64{0, 1, 4, 16, 64}[min(s, finding.SeverityCritical)]
}

// fewestFixes picks, one after the other, the change that makes the exposures outside the platform
// smallest: fixing one trait wherever it is. It is the greedy answer to set cover, which is within a
// factor of ln(n) of the best one.
func (c *correlator) fewestFixes(cases []*caseOf) []finding.FixStep {
	p := &plan{c: c}
	for _, k := range cases {
		platform := !slices.ContainsFunc(k.contributing, func(t finding.Trait) bool { return !t.Platform })
		if !platform {
			p.cases = append(p.cases, &planned{caseOf: k, fixed: map[string]bool{}, now: k.score.Severity, cost: c.cost(k, nil)})
		}
	}
	steps := []finding.FixStep{}
	for len(steps) < maxFixes {
		id := p.best()
		if id == "" {
			break
		}
		steps = append(steps, p.apply(id))
	}
	return steps
}

// plan is a set of exposures, some of whose traits have been fixed.
type plan struct {
	c     *correlator
	cases []*planned
}

type planned struct {
	*caseOf
	fixed map[string]bool
	now   finding.Severity
	cost  float64
}

// cost is how urgent an exposure is with some traits fixed. Each trait that is left counts a little by
// itself, so that of two fixes that only help together neither looks useless.
func (c *correlator) cost(k *caseOf, fixed map[string]bool) float64 {
	const little = 1. / 64
	total := urgency(c.after(k, fixed).Severity)
	for _, t := range k.contributing {
		if !fixed[t.ID] {
			total += little * urgency(finding.Rate(t.Weight.Likelihood, t.Weight.Impact))
		}
	}
	return total
}

// best finds the trait whose fix gains most; the one with fewer resources to change where two gain the
// same. It is empty when nothing is left to fix.
func (p *plan) best() string {
	gain, size := map[string]float64{}, map[string]int{}
	for _, k := range p.cases {
		for _, t := range k.contributing {
			if !k.fixed[t.ID] {
				gain[t.ID] += k.cost - p.c.cost(k.caseOf, with(k.fixed, closedBy(k.caseOf, t.ID)))
				size[t.ID]++
			}
		}
	}
	best := ""
	for _, id := range slices.Sorted(maps.Keys(gain)) {
		better := best == "" || cmp.Or(cmp.Compare(gain[id], gain[best]), cmp.Compare(size[best], size[id])) > 0
		if better && gain[id] > 0 {
			best = id
		}
	}
	return best
}

// apply fixes one trait wherever it is.
func (p *plan) apply(id string) finding.FixStep {
	step := finding.FixStep{ID: id, Title: p.c.fixTitle(id), Resources: []inventory.UID{}, Left: map[finding.Severity]int{}}
	for _, k := range p.cases {
		if slices.ContainsFunc(k.contributing, func(t finding.Trait) bool { return t.ID == id }) {
			step.Resources = append(step.Resources, k.resource)
			k.fixed = with(k.fixed, closedBy(k.caseOf, id))
			left := p.c.after(k.caseOf, k.fixed).Severity
			switch {
			case left == finding.SeverityInformational:
				step.Resolved++
			case left < k.now:
				step.Reduced++
			}
			k.now, k.cost = left, p.c.cost(k.caseOf, k.fixed)
		}
		if k.now > finding.SeverityInformational {
			step.Left[k.now]++
		}
	}
	return step
}

// with adds traits to those that are fixed, in a copy.
func with(fixed map[string]bool, ids []string) map[string]bool {
	all := make(map[string]bool, len(fixed)+len(ids))
	maps.Copy(all, fixed)
	for _, id := range ids {
		all[id] = true
	}
	return all
}
