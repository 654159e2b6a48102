package iam

// Administration is the answer to whether a principal is an administrator.
type Administration struct {
	Standing
	// Basis is what makes it one; it is empty where it is none.
	Basis Basis
}

// Basis is what makes a principal an administrator.
type Basis string

// The bases.
const (
	// EveryAction is that it may do everything.
	EveryAction Basis = "every-action"
	// FullIAM is that it may do everything in IAM, and so give itself the rest. The managed policy IAMFullAccess does
	// this, which AWS names as administrative too.
	FullIAM Basis = "full-iam"
)

// Administrator says whether the principal is an administrator: whether it may do everything on everything, or give
// itself that right.
//
//   - Everything is each action on each resource that has an ARN: "*" on "*", but also "*:*" on "arn:aws:*", and what
//     several statements say together. A permissions boundary must allow it too.
//   - Full control of IAM in its account counts as much, since whoever has it attaches AdministratorAccess to itself. That
//     holds under a permissions boundary as well, as long as the boundary allows it: IAM removes boundaries.
//   - Denied actions do not make it less of an administrator, as long as one of the ways of [Grants] is open to it: what
//     it may not do itself, somebody that it makes may. Except lists what is denied. Where all ways are closed, as by a
//     Deny of iam:*, it is no administrator, whatever else it may do; [Principal.FullServices] says that.
//
// What SCPs take away is not known here.
func (p *Principal) Administrator(c Context) Administration {
	known, e := facts{asked: c, implied: p.implied}, enough
	var best Administration
	for i, at := range p.places() {
		a := p.administratorAt(at, known, &e)
		at.weaken(&a.Standing, p.name)
		if i == 0 || a.Verdict > best.Verdict {
			best = a
		}
	}
	return best
}

// administratorAt answers for one place that the principal may be at.
func (p *Principal) administratorAt(at place, known facts, e *effort) Administration {
	everything := at.everything(e)
	first := p.administers(everything, EveryAction, p.openWay(at, false, e), known)
	if first.Verdict == Allowed {
		return first
	}
	iam := newRegion("iam:*", at.arn("iam", "*").String(), e)
	iam.administrative = true
	second := p.administers(iam, FullIAM, p.openWay(at, p.bounded(everything, known), e), known)
	if second.Verdict > first.Verdict || first.Verdict == Denied && second.Why.Kind == NoWayToAdminister {
		return second
	}
	return first
}

// administers answers for one basis. ways says whether a way is open, which is asked only where something is denied.
func (p *Principal) administers(r region, basis Basis, ways func(facts) Decision, known facts) Administration {
	a := Administration{Standing: p.allowed(r, known), Basis: basis}
	if a.Verdict == Denied {
		a.Basis = ""
		return a
	}
	if a.Except = p.denials(r, known); len(a.Except) == 0 {
		return a
	}
	open := ways(known)
	switch open.Verdict {
	case Denied:
		return Administration{Standing: Standing{Because: a.Except, Why: Reason{Kind: NoWayToAdminister}}}
	case Unknown:
		if a.Verdict == Allowed {
			a.Because, a.Why = open.Because, open.Why
		}
		a.Verdict = Unknown
	case Allowed:
	}
	return a
}

// bounded reports whether a boundary keeps the principal from being allowed everything.
func (p *Principal) bounded(everything region, known facts) bool {
	return len(p.layers) > 1 && cover(p.layers[1:], false, everything, known).truth != yes
}
