package tree

import (
	"bytes"
	"hash/maphash"

	"github.com/go-json-experiment/json/jsontext"
)

// Tree is one document: a flat tape of nodes in document order. The zero Tree is empty and ready. Reset (which every
// decode begins with) keeps the memory, so one Tree per worker reads any number of documents. A Tree is for one
// goroutine at a time; texts taken from it stay valid for ever.
type Tree struct {
	nodes []entry
	gen   uint32 // counts resets: a Node of an earlier document is Missing

	tags map[int32]string // of the nodes that have one of their own (!Ref)

	stack []int32          // open maps and lists, while decoding
	seen  map[string]int32 // members of one wide map, while decoding
	lim   Limits

	seed   maphash.Seed // of recent
	recent []string     // short strings seen lately, by hash: equal strings of many documents share one copy

	json *jsontext.Decoder // reused between DecodeJSON calls
	buf  bytes.Buffer      // what json reads
	text []byte            // scratch for unescaping
}

// entry is one node of the tape.
type entry struct {
	key    string // under which it stands in its parent map
	text   string // of a scalar: its text; of a number: valid JSON
	parent int32  // -1 for the root
	end    int32  // index after the last node below it
	count  int32  // of a map or list: children that are not gone
	line   int32  // 1-based in the source file; 0 unknown
	kind   Kind
	keyed  bool // stands in a map
	gone   bool // dropped, or an earlier member with the same key
}

// The table of recent strings: how many, and the longest that is kept.
const (
	recentStrings = 2048
	recentLength  = 64
)

// Reset empties the tree and keeps its memory. Nodes taken before are Missing after.
func (t *Tree) Reset() {
	const keep = 1 << 16
	if cap(t.nodes) > keep {
		t.nodes = nil
	}
	clear(t.nodes)
	t.nodes = t.nodes[:0]
	t.stack = t.stack[:0]
	if len(t.tags) > 0 {
		t.tags = nil
	}
	if cap(t.text) > keep {
		t.text = nil
	}
	t.gen++
}

// Root returns the document's top node; Missing before a decode and after one that failed.
func (t *Tree) Root() Node {
	if t == nil || len(t.nodes) == 0 {
		return Node{}
	}
	return Node{t: t, gen: t.gen}
}

func (t *Tree) start(lim Limits) {
	t.Reset()
	t.lim = lim
	if t.recent == nil && t.gen > 1 { // A tree for one document has nothing to share.
		t.seed = maphash.MakeSeed()
		t.recent = make([]string, recentStrings)
	}
}

// add appends a node below the innermost open map or list.
func (t *Tree) add(e entry) (int32, error) {
	i := int32(len(t.nodes))
	if int(i) >= t.lim.Nodes {
		return 0, &LimitError{Line: int(e.line), What: tooManyNodes, Limit: t.lim.Nodes}
	}
	e.parent, e.end = -1, i+1
	if n := len(t.stack); n > 0 {
		e.parent = t.stack[n-1]
		p := &t.nodes[e.parent]
		p.count++
		e.keyed = p.kind == Map
	}
	t.nodes = append(t.nodes, e)
	return i, nil
}

// tagNext keeps the tag of the node that is added next, if it is an application's own.
func (t *Tree) tagNext(tag string) {
	if len(tag) < 2 || tag[0] != '!' || tag[1] == '!' || len(t.nodes) >= t.lim.Nodes {
		return
	}
	if t.tags == nil {
		t.tags = map[int32]string{}
	}
	t.tags[int32(len(t.nodes))] = t.share(tag)
}

// open adds a map or list and makes it the parent of what follows.
func (t *Tree) open(e entry) error {
	if len(t.stack) >= t.lim.Depth {
		return &LimitError{Line: int(e.line), What: tooDeep, Limit: t.lim.Depth}
	}
	i, err := t.add(e)
	if err == nil {
		t.stack = append(t.stack, i)
	}
	return err
}

// close ends the innermost map or list. Of members with the same key the last wins.
func (t *Tree) close() {
	i := t.stack[len(t.stack)-1]
	t.stack = t.stack[:len(t.stack)-1]
	e := &t.nodes[i]
	e.end = int32(len(t.nodes))
	if e.kind == Map && e.count > 1 {
		t.dropEarlier(i)
	}
}

// dropEarlier drops the members of map i that a later member with the same key replaces.
func (t *Tree) dropEarlier(i int32) {
	const few = 12
	e := &t.nodes[i]
	if e.count <= few {
		for a := i + 1; a < e.end; a = t.nodes[a].end {
			for b := t.nodes[a].end; b < e.end; b = t.nodes[b].end {
				if t.nodes[a].key == t.nodes[b].key {
					t.drop(a)
					break
				}
			}
		}
		return
	}
	if t.seen == nil || e.count > 4096 {
		t.seen = make(map[string]int32, e.count)
	}
	for a := i + 1; a < e.end; a = t.nodes[a].end {
		if earlier, ok := t.seen[t.nodes[a].key]; ok {
			t.drop(earlier)
		}
		t.seen[t.nodes[a].key] = a
	}
	if e.count > 4096 {
		t.seen = nil
		return
	}
	clear(t.seen)
}

func (t *Tree) drop(i int32) {
	e := &t.nodes[i]
	if e.gone {
		return
	}
	e.gone = true
	if e.parent >= 0 {
		t.nodes[e.parent].count--
	}
}

// intern returns b as a string, shared with equal short strings seen lately.
func (t *Tree) intern(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > recentLength || t.recent == nil {
		return string(b)
	}
	pair := t.pair(maphash.Bytes(t.seed, b))
	switch {
	case pair[0] == string(b):
		return pair[0]
	case pair[1] == string(b):
		return pair[1]
	}
	pair[0], pair[1] = string(b), pair[0]
	return pair[0]
}

// share returns s, or an equal string seen lately in its place, so that s can be freed.
func (t *Tree) share(s string) string {
	if s == "" || len(s) > recentLength || t.recent == nil {
		return s
	}
	pair := t.pair(maphash.String(t.seed, s))
	switch s {
	case pair[0]:
		return pair[0]
	case pair[1]:
		return pair[1]
	}
	pair[0], pair[1] = s, pair[0]
	return s
}

// pair returns the two places where a string of that hash can stand.
func (t *Tree) pair(hash uint64) *[2]string {
	i := hash % (recentStrings / 2) * 2
	return (*[2]string)(t.recent[i : i+2])
}
