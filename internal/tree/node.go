package tree

import (
	"iter"
	"math"
	"strconv"
)

// Node is a place in a Tree, cheap to copy. The zero Node is Missing, and every method on it is safe; so is every
// method on a node of a Tree that was since reset.
type Node struct {
	t   *Tree
	i   int32
	gen uint32
}

// at returns the node's entry; nil for a missing one.
func (n Node) at() *entry {
	if n.t == nil || n.gen != n.t.gen || int(n.i) >= len(n.t.nodes) {
		return nil
	}
	e := &n.t.nodes[n.i]
	if e.gone {
		return nil
	}
	return e
}

// Exists reports whether the node is there. A null exists.
func (n Node) Exists() bool { return n.at() != nil }

// Kind returns what the node is.
func (n Node) Kind() Kind {
	if e := n.at(); e != nil {
		return e.kind
	}
	return Missing
}

// Line returns the 1-based line of the source file where the node stands (of a map's member: where its key does; of
// what an alias repeats: where the anchor holds it); 0 if unknown.
func (n Node) Line() int {
	if e := n.at(); e != nil {
		return int(e.line)
	}
	return 0
}

// Key returns the key under which the node stands in its parent map; "" in a list and at the root.
func (n Node) Key() string {
	if e := n.at(); e != nil {
		return e.key
	}
	return ""
}

// Tag returns the YAML tag of a node where it is an application's own, such as CloudFormation's "!Ref"; "" for
// every other node. A tag changes nothing about what the node is, and is not written with it.
func (n Node) Tag() string {
	if n.at() == nil {
		return ""
	}
	return n.t.tags[n.i]
}

// Get walks down maps, one key after the other; Missing where one is not there. Get() is the node itself.
func (n Node) Get(keys ...string) Node {
	for _, k := range keys {
		if n = n.member(k); n.t == nil {
			break
		}
	}
	return n
}

func (n Node) member(key string) Node {
	e := n.at()
	if e == nil || e.kind != Map {
		return Node{}
	}
	for c := n.i + 1; c < e.end; {
		ce := &n.t.nodes[c]
		if ce.key == key && !ce.gone {
			return Node{t: n.t, i: c, gen: n.gen}
		}
		c = ce.end
	}
	return Node{}
}

// At returns the i-th child of a list or map, counted from 0, from its end where i is negative; Missing if there is
// none. It walks: use All to visit every child.
func (n Node) At(i int) Node {
	if i < 0 {
		i += n.Len()
	}
	if i < 0 {
		return Node{}
	}
	for c := range n.All() {
		if i == 0 {
			return c
		}
		i--
	}
	return Node{}
}

// Len returns the number of children of a map or list; 0 for anything else.
func (n Node) Len() int {
	if e := n.at(); e != nil && (e.kind == Map || e.kind == List) {
		return int(e.count)
	}
	return 0
}

// All yields the children of a map or list in source order. The child at hand may be dropped or replaced meanwhile.
func (n Node) All() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		e := n.at()
		if e == nil || e.kind != Map && e.kind != List {
			return
		}
		end := e.end
		for c := n.i + 1; c < end; {
			if n.gen != n.t.gen {
				return
			}
			ce := &n.t.nodes[c]
			next := ce.end
			if !ce.gone && !yield(Node{t: n.t, i: c, gen: n.gen}) {
				return
			}
			c = next
		}
	}
}

// Text returns a scalar's text: of a string its value, of a number or boolean what JSON would write; "" for a map, a
// list, a null and a missing node.
func (n Node) Text() string {
	if e := n.at(); e != nil {
		return e.text
	}
	return ""
}

// Bool returns a boolean's value; ok is false for any other kind, the strings "true" and "false" included.
func (n Node) Bool() (value, ok bool) {
	e := n.at()
	if e == nil || e.kind != Bool {
		return false, false
	}
	return e.text == "true", true
}

// Int returns a number's value; ok is false for any other kind, and for a number that is not whole or does not fit.
func (n Node) Int() (int64, bool) {
	e := n.at()
	if e == nil || e.kind != Number {
		return 0, false
	}
	if i, err := strconv.ParseInt(e.text, 10, 64); err == nil {
		return i, true
	}
	const exact = 1 << 53 // above it a float64 does not hold every whole number
	f, err := strconv.ParseFloat(e.text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

// SetText replaces the node, whatever it was and held, by the string s. Key and line stay.
func (n Node) SetText(s string) {
	if e := n.at(); e != nil {
		n.forget()
		e.kind, e.text, e.count = String, s, 0
	}
}

// forget makes everything below the node gone, so that Nodes taken before do not reach it and its texts are freed.
func (n Node) forget() {
	below := n.t.nodes[n.i+1 : n.t.nodes[n.i].end]
	for i := range below {
		below[i].gone, below[i].text = true, ""
	}
}

// Drop removes the node from its parent, with all below it. A dropped root leaves an empty tree.
func (n Node) Drop() {
	if n.at() == nil {
		return
	}
	n.forget()
	n.t.nodes[n.i].text = ""
	n.t.drop(n.i)
}
