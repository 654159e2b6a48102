package iac

import (
	"encoding/binary"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/merlonsec/merlon/internal/tree"
)

// node is a part of an object that is being made.
type node struct {
	kind tree.Kind
	text string // of a scalar: of a number or boolean what JSON writes
	line int
	keys []string
	kids []*node
}

func newMap(line int) *node            { return &node{kind: tree.Map, line: line} }
func newList(line int) *node           { return &node{kind: tree.List, line: line} }
func newText(s string, line int) *node { return &node{kind: tree.String, text: s, line: line} }
func newTrue(yes bool, line int) *node {
	return &node{kind: tree.Bool, text: boolText(yes), line: line}
}
func newNumber(s string, line int) *node { return &node{kind: tree.Number, text: s, line: line} }

func boolText(yes bool) string {
	if yes {
		return "true"
	}
	return "false"
}

// nodeOf copies a known value; an open one is left out.
func nodeOf(v value) *node {
	n := &node{kind: v.kind, text: v.text, line: v.line}
	for i, item := range v.items {
		if item.open {
			continue
		}
		n.kids = append(n.kids, nodeOf(item))
		if v.kind == tree.Map {
			n.keys = append(n.keys, v.keys[i])
		}
	}
	return n
}

// get gives a member, "a.b" in two steps; nil where it is not there.
func (n *node) get(path string) *node {
	for key := range strings.SplitSeq(path, ".") {
		i := n.index(key)
		if i < 0 {
			return nil
		}
		n = n.kids[i]
	}
	return n
}

func (n *node) index(key string) int {
	if n == nil || n.kind != tree.Map {
		return -1
	}
	for i, k := range n.keys {
		if k == key {
			return i
		}
	}
	return -1
}

// text of a member; "" where it is not there, or no scalar.
func (n *node) textOf(path string) string {
	if found := n.get(path); found != nil {
		return found.text
	}
	return ""
}

// set puts a member in its place, "a.b" in a map of its own.
func (n *node) set(path string, to *node) {
	for {
		key, rest, more := strings.Cut(path, ".")
		i := n.index(key)
		if i < 0 {
			i = len(n.kids)
			n.keys, n.kids = append(n.keys, key), append(n.kids, newMap(to.line))
		}
		if !more {
			n.kids[i] = to
			return
		}
		if n.kids[i].kind != tree.Map {
			n.kids[i] = newMap(to.line)
		}
		n, path = n.kids[i], rest
	}
}

// list gives the list that stands at a path, and makes it where there is none.
func (n *node) list(path string, line int) *node {
	if found := n.get(path); found != nil && found.kind == tree.List {
		return found
	}
	made := newList(line)
	n.set(path, made)
	return made
}

// add appends an element.
func (n *node) add(element *node) { n.kids = append(n.kids, element) }

// write appends the node as JSON, and its lines in the form of [tree.Node.AppendLines].
func (n *node) write(w *writer) {
	w.lines = binary.AppendVarint(w.lines, int64(n.line-w.before))
	w.before = n.line
	switch n.kind {
	case tree.Map, tree.List:
		first, last := byte('['), byte(']')
		if n.kind == tree.Map {
			first, last = '{', '}'
		}
		w.text = append(w.text, first)
		for i, kid := range n.kids {
			if i > 0 {
				w.text = append(w.text, ',')
			}
			if n.kind == tree.Map {
				w.text = append(appendString(w.text, n.keys[i]), ':')
			}
			kid.write(w)
		}
		w.text = append(w.text, last)
	case tree.String:
		w.text = appendString(w.text, n.text)
	case tree.Number, tree.Bool:
		w.text = append(w.text, n.text...)
	default:
		w.text = append(w.text, "null"...)
	}
}

// writer holds what a node is written to.
type writer struct {
	text, lines []byte
	before      int
}

func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // its error says that invalid UTF-8 was replaced
	return dst
}
