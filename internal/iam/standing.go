package iam

import "iter"

// Standing is the answer to a question about many requests at once: whether the principal has all of something.
type Standing struct {
	// Verdict is Allowed where each layer allows all of it, and it is not denied as a whole.
	Verdict Verdict
	// Because lists the statements that allow it, or that may; of Denied, those that deny it, if any.
	Because []Ref
	// Except lists the statements that deny some of it, or may: an Allowed is all but what they deny.
	Except []Ref
	// Why says what is missing where the verdict is Unknown, and what stands against it where it is Denied.
	Why Reason
}

// newRegion makes the region of an action and a resource pattern, for a question with this much effort.
func newRegion(action, resource string, e *effort) region {
	a, r := actionGlob(action), resourceGlob(resource)
	return region{action: &a, resource: &r, anAction: a.sample(), aResource: r.sample(), effort: e}
}

// covering is how much of a region the statements of one side cover, and by which of them.
type covering struct {
	truth   truth
	because []Ref
	why     Reason
}

// side yields the statements of layers that allow, or that deny, and that may be about all of a region.
func side(layers []layer, deny bool, r region) iter.Seq2[held, *statement] {
	return func(yield func(held, *statement) bool) {
		for _, l := range layers {
			for _, h := range l.held {
				for i := range h.document.statements {
					s := &h.document.statements[i]
					if s.deny != deny || s.extent == neverWhole || s.extent == neverAdministrative && r.administrative {
						continue
					}
					if !yield(h, s) {
						return
					}
				}
			}
		}
	}
}

// cover says how much of a region the statements of layers cover that allow, or that deny.
func cover(layers []layer, deny bool, r region, known facts) covering {
	if !reaches(layers, deny, r, known) {
		return covering{}
	}
	var certain, possible []block
	var sure, open covering
	for h, s := range side(layers, deny, r) {
		holds, why := s.holds(known)
		most := s.block(known, true)
		if holds == no || most.touches(r) == no {
			continue
		}
		possible = append(possible, most)
		if holds == yes {
			least := s.block(known, false)
			if coverRegion(r, []block{least}) == yes {
				return covering{truth: yes, because: []Ref{h.ref(s)}}
			}
			certain, sure.because = append(certain, least), append(sure.because, h.ref(s))
			if why = s.openVariable(known); why.Kind == NoReason {
				continue
			}
		}
		open.because = append(open.because, h.ref(s))
		if open.why.Kind == NoReason {
			open.why = why
		}
	}
	return settle(r, certain, possible, sure, open)
}

// reaches reports whether a statement may be about one sample of the region. Where none is, they do not cover it: a
// short way to say no, which is the usual answer.
func reaches(layers []layer, deny bool, r region, known facts) bool {
	for _, s := range side(layers, deny, r) {
		if !r.effort.spend(1 + len(s.actions.patterns)) {
			return true
		}
		if about, _ := s.actions.match(r.anAction, known); about == no {
			continue
		}
		if on, _ := s.resources.match(r.aResource, known); on != no {
			return true
		}
	}
	return false
}

// settle says what several statements cover together.
func settle(r region, certain, possible []block, sure, open covering) covering {
	surely := coverRegion(r, certain)
	if surely == yes {
		sure.truth = yes
		return sure
	}
	if surely == no && coverRegion(r, possible) == no {
		return covering{}
	}
	open.truth = maybe
	if open.why.Kind == NoReason {
		open.because, open.why = sure.because, Reason{Kind: TooComplex}
	}
	return open
}

// block gives what the statement is about: for certain, or at most.
func (s *statement) block(known facts, most bool) block {
	return block{actions: s.actions.span(known, most), resources: s.resources.span(known, most)}
}

// openVariable is the reason for a statement's resources not being certain; none where they are.
func (s *statement) openVariable(known facts) Reason {
	if s.resources.globs != nil {
		return Reason{}
	}
	for i := range s.resources.patterns {
		if _, filled, variable := s.resources.patterns[i].fill(known); filled == maybe {
			return Reason{Kind: OpenVariable, Detail: variable}
		}
	}
	return Reason{}
}

// standing says whether the principal has all of a region.
func (p *Principal) standing(r region, known facts) Standing {
	allowed := p.allowed(r, known)
	if allowed.Verdict == Denied {
		return allowed
	}
	denied := cover(p.layers, true, r, known)
	switch denied.truth {
	case yes:
		return Standing{Because: denied.because, Why: Reason{Kind: DeniedByStatement}}
	case maybe:
		if allowed.Verdict == Allowed {
			allowed.Because, allowed.Why = denied.because, denied.why
		}
		allowed.Verdict = Unknown
	case no:
	}
	allowed.Except = p.denials(r, known)
	return allowed
}

// allowed says whether each layer allows all of a region, whatever is denied.
func (p *Principal) allowed(r region, known facts) Standing {
	all := Standing{Verdict: Allowed}
	for i := range p.layers {
		c := cover(p.layers[i:i+1], false, r, known)
		switch c.truth {
		case no:
			return Standing{Why: Reason{Kind: p.layers[i].lacks}}
		case maybe:
			if all.Verdict == Allowed {
				all = Standing{Verdict: Unknown, Why: c.why}
			}
			all.Because = append(all.Because, c.because...)
		case yes:
			if all.Verdict == Allowed {
				all.Because = append(all.Because, c.because...)
			}
		}
	}
	return all
}

// denials lists the statements that deny some of a region, or may.
func (p *Principal) denials(r region, known facts) []Ref {
	var refs []Ref
	for h, s := range side(p.layers, true, r) {
		if holds, _ := s.holds(known); holds != no && s.block(known, true).touches(r) != no {
			refs = append(refs, h.ref(s))
		}
	}
	return refs
}
