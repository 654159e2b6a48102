package remedy

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// candidate is a patch for one trait that is not proved yet.
type candidate struct {
	rule    *rule.Rule
	primary inventory.UID
	objects []objectChanges
	prepare []string
}

type objectChanges struct {
	uid     inventory.UID
	changes []rule.Change
}

// candidate asks a rule for its patch of a trait; why says why there is none.
func (s *Session) candidate(r *rule.Rule, primary inventory.UID) (c candidate, why *lang.Text) {
	trait := s.now.traits[traitKey{primary, r.ID}]
	switch {
	case trait == nil || trait.State == finding.Absent:
		return c, &goneText
	case trait.State == finding.Unknown:
		return c, &noLongerKnownText
	}
	if r.Patch.Changes == nil {
		return c, &noPatchText
	}
	evidence, controller := s.evidence(r, trait)
	if controller != "" {
		text := refuse(controllerText, controller.Short()).Why
		return c, &text
	}
	said := len(evidence)
	if evidence = s.current(evidence); len(evidence) == 0 && said > 0 {
		return c, &replacedText
	}
	c = candidate{rule: r, primary: primary}
	for _, uid := range orderOf(evidence) {
		on := s.now.view.Get(uid)
		object, err := s.now.view.Raw(uid)
		if on == nil || err != nil {
			continue
		}
		p := rule.Patched{Resource: on, Object: object.Root(), Evidence: of(evidence, uid)}
		if changes := inOrder(r.Patch.Changes(p)); len(changes) > 0 {
			c.objects = append(c.objects, objectChanges{uid, changes})
			if r.Patch.Prepare != nil {
				c.prepare = append(c.prepare, r.Patch.Prepare(p)...)
			}
		}
	}
	if len(c.objects) == 0 {
		return c, &noPatchText
	}
	return c, nil
}

// evidence gathers what the objects behind a trait say each, as a trait keeps only the first of those that
// say the same. What a controller made follows its template, so that nothing is to be changed there; where
// the controller was not read, it is named instead.
func (s *Session) evidence(r *rule.Rule, trait *finding.Trait) (all []finding.Evidence, unread inventory.UID) {
	read := s.now.view.Get(trait.Resource) != nil
	seen := map[inventory.UID]bool{}
	look := func(on *inventory.Resource) {
		if on == nil || seen[on.UID] || !slices.Contains(r.On, on.Type) {
			return
		}
		seen[on.UID] = true
		if w, ok := on.Spec.(*k8s.Workload); ok && w.Controller != "" && on.UID != trait.Resource {
			if !read {
				unread = trait.Resource
			}
			return
		}
		if v := r.Match(s.now.world, on); v.State == finding.Present {
			all = append(all, v.Evidence...)
		}
	}
	for on := range s.now.view.OfType(k8s.Workloads()...) {
		if w, ok := on.Spec.(*k8s.Workload); ok && k8s.Primary(s.now.view, on, w) == trait.Resource {
			look(on)
		}
	}
	if primary := s.now.view.Get(trait.Resource); primary != nil && primary.Type == aws.ECSService {
		for _, definition := range aws.Definitions(s.now.view, primary) {
			look(definition)
		}
	}
	for _, e := range trait.Evidence {
		look(s.now.view.Get(e.Resource))
		on := s.now.view.Get(e.Resource)
		if on != nil && !seen[e.Resource] {
			all = append(all, e) // of an object that the rule looks at from elsewhere, such as a namespace
		}
	}
	return all, unread
}

// orderOf lists the objects of evidence, in order, once each.
func orderOf(evidence []finding.Evidence) []inventory.UID {
	var all []inventory.UID
	for _, e := range evidence {
		if !slices.Contains(all, e.Resource) {
			all = append(all, e.Resource)
		}
	}
	return all
}

func of(evidence []finding.Evidence, uid inventory.UID) []finding.Evidence {
	return slices.DeleteFunc(slices.Clone(evidence), func(e finding.Evidence) bool { return e.Resource != uid })
}

// inOrder puts changes into an order in which none moves the place of another: first what is set, then what
// is taken away, of lists from their end.
func inOrder(changes []rule.Change) []rule.Change {
	var all []rule.Change
	for _, c := range changes {
		if !slices.ContainsFunc(all, func(x rule.Change) bool { return reflect.DeepEqual(x, c) }) {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b rule.Change) int {
		switch {
		case a.Remove != b.Remove && b.Remove:
			return -1
		case a.Remove != b.Remove:
			return 1
		case !a.Remove:
			return 0
		}
		return comparePaths(b.Path, a.Path)
	})
	return all
}

func comparePaths(a, b string) int {
	x, errX := parsePath(a)
	y, errY := parsePath(b)
	if errX != nil || errY != nil {
		return cmp.Compare(a, b)
	}
	return slices.CompareFunc(x, y, func(a, b step) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.index, b.index)) })
}
