// Package graph holds the attack graph: which resource an attacker gets to from which other one. Relations
// between resources and the traits that are present open its edges; out come the paths from an entry
// point to a target, and what is reached when one trait is gone. It judges no rule and gives no severity.
package graph

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
)

// Graph is the attack graph of a view and its traits. It does not change once built, and is safe for
// concurrent use.
type Graph struct {
	out, in  map[inventory.UID][]finding.Edge
	has      map[edgeKey]bool
	meanings map[finding.EdgeKind]finding.EdgeMeaning
}

// New builds the graph of a world and of the traits that are present in it or unknown. Unknown traits open possible
// edges.
func New(w *rule.World, traits []finding.Trait) *Graph {
	g := &Graph{
		out:      map[inventory.UID][]finding.Edge{},
		in:       map[inventory.UID][]finding.Edge{},
		has:      map[edgeKey]bool{},
		meanings: map[finding.EdgeKind]finding.EdgeMeaning{},
	}
	for _, m := range finding.EdgeMeanings() {
		g.meanings[m.Kind] = m
	}
	relate(w.Inventory, g.add)
	fleet := newFleet(w)
	fleet.relateECS(w.Inventory, g.add)
	relateNetwork(w, g.add)
	for i := range traits {
		fleet.openEdges(w.Inventory, &traits[i], g.add)
	}
	g.relateRoles(w)
	g.has = nil
	return g
}

func (g *Graph) add(e finding.Edge) {
	key := edgeKey{e.From, e.To, e.Kind, e.Cause, e.Possible}
	if g.has[key] {
		return
	}
	g.has[key] = true
	g.out[e.From] = append(g.out[e.From], e)
	g.in[e.To] = append(g.in[e.To], e)
}

// edgeKey is what makes an edge another one.
type edgeKey struct {
	from, to inventory.UID
	kind     finding.EdgeKind
	cause    string
	possible bool
}

// Edges lists the edges that leave a resource.
func (g *Graph) Edges(from inventory.UID) []finding.Edge { return g.out[from] }

// Filter says which edges count in a walk: true for an edge to leave out.
type Filter func(e *finding.Edge) bool

// Certain leaves out what is only possible.
func Certain(e *finding.Edge) bool { return e.Possible }

// Entry finds the shortest chain of edges from the internet to a resource; nil where there is none.
func (g *Graph) Entry(to inventory.UID, leaveOut Filter) []finding.Edge {
	type hop struct {
		edge finding.Edge
		next int // index of the hop that follows on the way to the resource, -1 at its end
	}
	seen := map[inventory.UID]bool{to: true}
	var steps []hop
	queue := []struct {
		at   inventory.UID
		from int
	}{{to, -1}}
	for len(queue) > 0 {
		here := queue[0]
		queue = queue[1:]
		for i := range g.in[here.at] {
			e := &g.in[here.at][i]
			if seen[e.From] || leaveOut != nil && leaveOut(e) || !g.controls(e.Kind) {
				continue
			}
			seen[e.From] = true
			steps = append(steps, hop{*e, here.from})
			if e.From == inventory.Internet {
				var chain []finding.Edge
				for s := len(steps) - 1; s >= 0; s = steps[s].next {
					chain = append(chain, steps[s].edge)
				}
				return chain
			}
			queue = append(queue, struct {
				at   inventory.UID
				from int
			}{e.From, len(steps) - 1})
		}
	}
	return nil
}

// Targets finds, for each edge that ends in a target and can be reached from a resource, the shortest
// chain of edges that ends with it: one chain for each thing that would have to be cut.
func (g *Graph) Targets(from inventory.UID, leaveOut Filter) [][]finding.Edge {
	var chains [][]finding.Edge
	g.walk(from, leaveOut, func(steps []step) {
		if g.yields(steps[len(steps)-1].edge.Kind) > finding.ImpactNone {
			chains = append(chains, chain(steps))
		}
	})
	return chains
}

// Reach gives the highest impact of what can be reached from a resource.
func (g *Graph) Reach(from inventory.UID, leaveOut Filter) finding.Impact {
	highest := finding.ImpactNone
	g.walk(from, leaveOut, func(steps []step) {
		highest = max(highest, g.yields(steps[len(steps)-1].edge.Kind))
	})
	return highest
}

// step is one edge of a walk; before is the index of the step that led to its start, -1 at the start of the walk.
type step struct {
	edge   *finding.Edge
	before int
}

// chain gives the edges that lead to the last of the steps, and it.
func chain(steps []step) []finding.Edge {
	var edges []finding.Edge
	for i := len(steps) - 1; i >= 0; i = steps[i].before {
		edges = append(edges, *steps[i].edge)
	}
	slices.Reverse(edges)
	return edges
}

// walk visits every edge that can be reached from a resource, breadth first, with the steps so far, of which the last
// is the edge. They are only valid during the visit.
func (g *Graph) walk(from inventory.UID, leaveOut Filter, visit func(steps []step)) {
	type place struct {
		at inventory.UID
		by int
	}
	seen := map[inventory.UID]bool{from: true}
	var steps []step
	queue := []place{{from, -1}}
	for len(queue) > 0 {
		here := queue[0]
		queue = queue[1:]
		out := g.out[here.at]
		for i := range out {
			e := &out[i]
			if leaveOut != nil && leaveOut(e) {
				continue
			}
			steps = append(steps, step{e, here.by})
			visit(steps)
			if !seen[e.To] && g.controls(e.Kind) {
				seen[e.To] = true
				queue = append(queue, place{e.To, len(steps) - 1})
			}
		}
	}
}

func (g *Graph) controls(k finding.EdgeKind) bool { return g.meanings[k].Controls }

func (g *Graph) yields(k finding.EdgeKind) finding.Impact { return g.meanings[k].Yields }
