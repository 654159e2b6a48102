package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// sourceKind is the kind of the sources that this package gives.
const sourceKind = "aws"

// source says how completely a site was read.
func (s *site) source() inventory.Source {
	out := inventory.Source{
		Kind: sourceKind, Name: s.name(), Status: inventory.StatusComplete, NotAssessed: []inventory.NotRead{},
		Cluster: s.place.scope.Account + "/" + s.place.scope.Region, Complete: s.complete(),
	}
	out.NotAssessed = append(out.NotAssessed, s.notRead()...)
	slices.SortFunc(s.notes, func(a, b inventory.NotRead) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Why, b.Why))
	})
	out.NotAssessed = append(out.NotAssessed, slices.Compact(s.notes)...)
	switch {
	case len(s.failures) > 0 && len(s.resources) == 0:
		out.Status = inventory.StatusFailed
	case len(s.failures) > 0:
		out.Status = inventory.StatusPartial
	}
	return out
}

// complete lists the types of which everything was read, in the order of the steps.
func (s *site) complete() []inventory.Type {
	lost := map[inventory.Type]bool{}
	for name := range s.missing {
		for _, t := range loses(s.steps, name) {
			lost[t] = true
		}
	}
	types := []inventory.Type{}
	for _, step := range s.steps {
		for _, t := range step.gives {
			if !lost[t] {
				types = append(types, t)
			}
		}
	}
	return types
}

// group is what failed for one reason.
type group struct {
	action string
	why    reason
}

// isOfAll reports whether the reason has nothing to do with what was asked for.
func (k kind) isOfAll() bool {
	return k == credentials || k == regionOff || k == overdue || k == stopped
}

// notRead sums up what failed, by action and reason, in the order of the steps.
func (s *site) notRead() []inventory.NotRead {
	position := map[string]int{}
	for i, step := range s.steps {
		position[step.name] = i
	}
	slices.SortStableFunc(s.failures, func(a, b failure) int {
		return cmp.Or(cmp.Compare(position[a.step], position[b.step]), cmp.Compare(a.action, b.action), cmp.Compare(a.about, b.about))
	})
	var order []group
	members := map[group][]failure{}
	for _, f := range s.failures {
		g := group{f.action, f.why}
		if f.why.kind.isOfAll() { // Services have different codes for it.
			g = group{why: reason{kind: f.why.kind}}
		}
		if len(members[g]) == 0 {
			order = append(order, g)
		}
		members[g] = append(members[g], f)
	}
	var all []inventory.NotRead
	for _, g := range order {
		what := s.name()
		if g.action != "" {
			what = g.action + " in " + s.name()
		}
		all = append(all, inventory.NotRead{What: what, Why: s.sentence(g, members[g])})
	}
	return all
}

// maxNamed is how many things a message names.
const maxNamed = 3

// sentence says why something was not read, about what, and what is not complete without it.
func (s *site) sentence(g group, of []failure) string {
	var about []string
	var lost []string
	for _, f := range of {
		if f.about != "" && !slices.Contains(about, f.about) {
			about = append(about, f.about)
		}
		for _, t := range loses(s.steps, f.step) {
			if !slices.Contains(lost, string(t)) {
				lost = append(lost, string(t))
			}
		}
	}
	text := of[0].why.text
	if len(about) > 0 && !g.why.kind.isOfAll() {
		text += ", for " + strings.Join(about[:min(len(about), maxNamed)], ", ")
		if more := len(about) - maxNamed; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
	}
	switch {
	case g.why.kind == overdue:
		text = "the time given with --timeout was over"
	case g.why.kind == credentials && of[0].why.text == refused: // When it was asked who that is, AWS knew.
		text = "AWS does not accept the credentials here; most likely the Region is not enabled for this account"
	}
	if todo := of[0].why.todo; todo != "" {
		text += "; " + todo
	}
	return text + "; not complete without it: " + strings.Join(lost, ", ")
}
