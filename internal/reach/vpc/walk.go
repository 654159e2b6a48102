package vpc

import (
	"slices"
	"sync"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

// clients are those that surely get through, and those that might: sure is a part of maybe.
type clients struct{ sure, maybe cidr.Set }

// certain reports whether everything is known.
func (c clients) certain() bool { return c.sure.Equal(c.maybe) }

// exactly are clients of whom everything is known.
func exactly(s cidr.Set) clients { return clients{s, s} }

// gate is what a hop does.
type gate struct {
	kind HopKind
	clients
	// passes lists the fields that let clients through, each with the clients it lets through.
	passes []pass
	// rest is the field to show where none of them decides.
	rest finding.Evidence
	// why says what is not known; it is set where sure is less than maybe.
	why *lang.Text
}

type pass struct {
	of       cidr.Set
	evidence finding.Evidence
}

// opened is a gate that lets everybody through because of one field.
func (f *facts) opened(kind HopKind, e finding.Evidence) gate {
	return gate{kind: kind, clients: exactly(f.all), rest: e}
}

// shut is a gate that lets nobody through because of one field.
func shut(kind HopKind, e finding.Evidence) gate { return gate{kind: kind, rest: e} }

// doubtful is a gate of which nothing is known.
func (f *facts) doubtful(kind HopKind, e finding.Evidence, why *lang.Text) gate {
	return gate{kind: kind, clients: clients{maybe: f.all}, rest: e, why: why}
}

// decided is the gate of a three-valued answer that is the same for every client.
func (f *facts) decided(kind HopKind, state finding.State, e finding.Evidence, why *lang.Text) gate {
	switch state {
	case finding.Present:
		return f.opened(kind, e)
	case finding.Unknown:
		return f.doubtful(kind, e, why)
	}
	return shut(kind, e)
}

// walk is how far clients have come. It is a value: several walks may go on from one.
type walk struct {
	clients
	state finding.State
	last  *step
	depth int
	// doubt is what was not known of a hop that let some clients through for sure, and others perhaps.
	doubt *lang.Text
	// why is what makes the walk unknown.
	why *lang.Text
}

type step struct {
	before *step
	hop    Hop
}

// start is a walk of everybody on the internet.
func (f *facts) start() walk { return walk{clients: exactly(f.internet), state: finding.Present} }

// through goes on through gates, up to the first that lets nobody through.
func (w walk) through(gates ...gate) walk {
	for i := range gates {
		if w.state == finding.Absent {
			break
		}
		w = w.pass(&gates[i])
	}
	return w
}

func (w walk) pass(g *gate) walk {
	next := clients{sure: w.sure.Intersect(g.sure)}
	if next.maybe = next.sure; w.state != finding.Present || !w.certain() || !g.certain() {
		next.maybe = w.maybe.Intersect(g.maybe)
	}
	hop := Hop{Kind: g.kind, State: finding.Absent, Evidence: g.rest}
	left := next.sure
	if w.sure.IsEmpty() {
		left = w.maybe.Intersect(g.sure)
	}
	switch {
	case !left.IsEmpty():
		hop.State = finding.Present
		if g.why != nil {
			w.doubt = g.why
		}
	case !next.maybe.IsEmpty():
		hop.State, left = finding.Unknown, next.maybe
		if hop.why = g.why; hop.why == nil {
			hop.why = w.doubt
		}
		if w.why == nil {
			w.why = hop.why
		}
	}
	for _, p := range g.passes {
		if p.of.Overlaps(left) {
			hop.Evidence = p.evidence
			break
		}
	}
	w.clients, w.last, w.depth = next, &step{w.last, hop}, w.depth+1
	switch {
	case !next.sure.IsEmpty():
	case !next.maybe.IsEmpty():
		w.state = finding.Unknown
	default:
		w.state = finding.Absent
	}
	return w
}

// or joins two walks that lead to the same end by ways that are both there: the clients of both get through. It
// shows the way that says more: one that is open, or might be, or that lets more clients through; of two closed
// ones that which comes further.
func (w walk) or(other walk) walk {
	if w.depth == 0 {
		return other
	}
	joined := w
	switch {
	case other.depth == 0:
	case other.state != w.state && other.state > w.state, other.state == finding.Absent && w.state == finding.Absent && other.depth > w.depth:
		joined = other
	case other.state == finding.Present && w.state == finding.Present && !w.sure.Covers(other.sure) && other.sure.Covers(w.sure):
		joined = other
	}
	joined.clients = clients{w.sure.Union(other.sure), w.maybe.Union(other.maybe)}
	return joined
}

// oneOfThese joins walks of which one is there, and nobody knows which: the clients that get through by all of
// them surely do. Where there are none, the doubt counts.
func oneOfThese(walks []walk, doubt gate) walk {
	var joined walk
	for i, w := range walks {
		sure := joined.sure.Intersect(w.sure)
		if i == 0 {
			sure = w.sure
		}
		joined = joined.or(w)
		joined.sure = sure
	}
	if joined.state == finding.Present && joined.sure.IsEmpty() {
		joined.sure = joined.maybe
		return joined.through(doubt)
	}
	return joined
}

// hops lists the hops of the walk in their order.
func (w walk) hops() []Hop {
	all := make([]Hop, 0, w.depth)
	for s := w.last; s != nil; s = s.before {
		all = append(all, s.hop)
	}
	slices.Reverse(all)
	return all
}

// path writes the walk down.
func (w walk) path(kind PathKind) Path {
	p := Path{Kind: kind, State: w.state, Clients: w.sure, Hops: w.hops()}
	if w.state == finding.Unknown {
		if p.Clients = w.maybe; w.why != nil {
			p.Why = *w.why
		}
	}
	return p
}

// evidence names a field of a resource.
func evidence(r *inventory.Resource, path string, value any) finding.Evidence {
	return finding.Evidence{Resource: r.UID, Path: path, Value: value}
}

// memo keeps what was worked out once. It is safe for concurrent use; two that ask at the same time may both work
// it out, to the same end.
type memo[K comparable, V any] struct {
	mu   sync.RWMutex
	held map[K]V
}

func (m *memo[K, V]) get(key K, work func() V) V {
	m.mu.RLock()
	v, ok := m.held[key]
	m.mu.RUnlock()
	if ok {
		return v
	}
	v = work()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held == nil {
		m.held = map[K]V{}
	}
	m.held[key] = v
	return v
}
