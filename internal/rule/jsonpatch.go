package rule

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/merlonsec/merlon/internal/tree"
)

// jsonPatch is what a JSON patch (RFC 6902) sets, as the part of an object that it gives: of
//
//	[{"op": "add", "path": "/subjects/-", "value": {"kind": "User", "name": "alice"}}]
//
// it makes {"subjects": [{"kind": "User", "name": "alice"}]}. What the patch tests is in it as well, as the object has it or
// the patch fails; what it sets and takes away again is not, and what it copies or moves from where the patch does not set
// anything is null. Elements of lists stand in their order as far as the patch tells it, but not at their index.
type jsonPatch struct {
	tree   tree.Tree
	node   tree.Node
	root   *patchedValue
	work   work
	parsed bool
}

const (
	// mostOperations is how many operations the API server takes in one patch (maxJSONPatchOperations in
	// https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go).
	mostOperations = 10_000
	// mostWork bounds what one patch may cost, as a short one can ask for much: to copy what it copied, to move all
	// elements of a list on. It is a hundred times what a patch of a hundred kilobytes needs that adds and replaces.
	mostWork = 1 << 20
	// bytesPerWork is how many bytes are written for one unit of work.
	bytesPerWork = 16
)

// work counts what was done: values looked at, made and moved.
type work struct{ done int }

func (w *work) spend(n int) { w.done += n }

// isOver reports whether a patch cost more than it may.
func (w *work) isOver() bool { return w.done > mostWork }

// object gives the part of an object that the patch sets; none where that costs too much.
func (p *jsonPatch) object(patch tree.Node) tree.Node {
	if p.parsed {
		return p.node
	}
	*p = jsonPatch{parsed: true, tree: p.tree, root: &patchedValue{shape: isMap, fixed: true}}
	i := 0
	for operation := range patch.All() {
		if i >= mostOperations || p.work.isOver() {
			break
		}
		p.apply(operation, tree.PathIndex("$.requestObject", i))
		i++
	}
	if p.root.shape == isLeaf && p.root.leaf.Kind() != tree.Map {
		return p.node
	}
	text := p.root.appendJSON(nil, &p.work)
	p.tree.Reset()
	if !p.work.isOver() && tree.DecodeJSON(&p.tree, text, 1, tree.Limits{}) == nil {
		p.node = p.tree.Root()
	}
	return p.node
}

// apply carries out one operation, which stands at a place of the record. One that the API server would refuse is left out.
func (p *jsonPatch) apply(operation tree.Node, at string) {
	path, from := operation.Get("path").Text(), operation.Get("from").Text()
	written := &patchedValue{shape: isLeaf, leaf: operation.Get("value"), source: source{base: at + ".value"}}
	switch op := operation.Get("op").Text(); op {
	case "add", "replace", "test":
		if written.leaf.Exists() {
			p.set(op, path, written)
		}
	case "remove":
		p.take(path)
	case "move":
		p.set("add", path, orUnseen(p.take(from), at))
	case "copy":
		p.set("add", path, orUnseen(p.find(from).clone(&p.work), at))
	}
}

// orUnseen gives what an operation copies or moves, or a value in its place that the record does not show.
func orUnseen(v *patchedValue, at string) *patchedValue {
	if v == nil {
		return &patchedValue{shape: isUnseen, source: source{base: at + ".from"}}
	}
	return v
}

// set puts a value at a JSON pointer (RFC 6901), as "add", "replace" or "test" do.
func (p *jsonPatch) set(op, pointer string, v *patchedValue) {
	parents, key, ok := split(pointer)
	if !ok {
		return
	}
	if key == nil {
		if op != "test" {
			p.root = v
		}
		return
	}
	at := p.root
	for _, parent := range parents {
		if at = at.reach(parent, &p.work); at == nil {
			return
		}
	}
	switch op {
	case "add":
		at.insert(*key, v, &p.work)
	case "replace":
		at.replace(*key, v, &p.work)
	case "test":
		if c := at.child(*key, &p.work); c == nil || c.shape != isLeaf && !c.fixed { // else it is known, and the same
			at.replace(*key, v, &p.work)
		}
	}
}

// find gives the value at a JSON pointer; nil where the patch did not set it.
func (p *jsonPatch) find(pointer string) *patchedValue {
	parents, key, ok := split(pointer)
	at := p.root
	for _, parent := range parents {
		at = at.child(parent, &p.work)
	}
	if !ok || key == nil {
		return nil
	}
	return at.child(*key, &p.work)
}

// take takes the value at a JSON pointer away, and gives it; nil where the patch did not set it.
func (p *jsonPatch) take(pointer string) *patchedValue {
	parents, key, ok := split(pointer)
	at := p.root
	for _, parent := range parents {
		at = at.child(parent, &p.work)
	}
	if !ok || key == nil {
		return nil
	}
	return at.remove(*key, &p.work)
}

// split takes a JSON pointer apart: its last key, nil of the whole object, and those before. It is not ok where it leads
// deeper than objects go.
func split(pointer string) (parents []string, key *string, ok bool) {
	if pointer == "" {
		return nil, nil, true
	}
	_, below, isBelow := strings.Cut(pointer, "/") // What stands before the first slash is dropped, as the API server does it.
	if !isBelow {
		return nil, nil, false
	}
	keys := strings.Split(below, "/")
	if len(keys) > tree.DefaultDepth {
		return nil, nil, false
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for i := range keys {
		keys[i] = unescape.Replace(keys[i])
	}
	last := len(keys) - 1
	return keys[:last], &keys[last], true
}

// inRecord gives the JSONPath into the record of a field of the object; of one that several operations set, it is the patch.
func (p *jsonPatch) inRecord(path string) string {
	const patch = "$.requestObject"
	if p.root == nil || p.work.isOver() {
		return patch
	}
	var segments []string
	for rest := path; rest != "$" && rest != ""; rest = tree.Parent(rest) {
		segments = append(segments, rest[len(tree.Parent(rest)):])
	}
	at := p.root
	for at != nil && at.shape != isLeaf && at.shape != isUnseen {
		if len(segments) == 0 {
			return patch
		}
		at = at.step(segments[len(segments)-1])
		segments = segments[:len(segments)-1]
	}
	if at == nil {
		return patch
	}
	place := at.source.path()
	for len(segments) > 0 {
		place += segments[len(segments)-1]
		segments = segments[:len(segments)-1]
	}
	return place
}

// step gives the value at a segment of a JSONPath, which counts the elements that are there.
func (v *patchedValue) step(segment string) *patchedValue {
	if v.shape == isList {
		i, err := strconv.Atoi(strings.Trim(segment, "[]"))
		if elements := v.elements(); err == nil && i >= 0 && i < len(elements) {
			return elements[i]
		}
		return nil
	}
	if key, ok := strings.CutPrefix(segment, "."); ok {
		return v.members[key]
	}
	for key, member := range v.members {
		if tree.Path("$", key) == "$"+segment {
			return member
		}
	}
	return nil
}

// appendJSON writes the value.
func (v *patchedValue) appendJSON(dst []byte, w *work) []byte {
	if w.spend(1); w.isOver() {
		return dst
	}
	switch v.shape {
	case isLeaf, isUnseen:
		before := len(dst)
		dst = v.leaf.AppendJSON(dst)
		w.spend((len(dst) - before) / bytesPerWork)
		return dst
	case isList:
		dst = append(dst, '[')
		for i, element := range v.elements() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = element.appendJSON(dst, w)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	written := 0
	for _, member := range v.front {
		if v.members[member.key] != member {
			continue // It was taken away.
		}
		if written++; written > 1 {
			dst = append(dst, ',')
		}
		dst, _ = jsontext.AppendQuote(dst, member.key) // its error says that invalid UTF-8 was replaced
		dst = member.appendJSON(append(dst, ':'), w)
	}
	return append(dst, '}')
}
