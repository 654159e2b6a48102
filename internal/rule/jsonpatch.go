package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/merlonsec/merlon/internal/tree"
)

// jsonPatch is what a JSON patch (RFC 6902) sets, as the part of an object that it gives: of
//
//	[{"op": "add", "path": "/subjects/-", "value": {"kind": "User", "name": "alice"}}]
//
// it makes {"subjects": [{"kind": "User", "name": "alice"}]}. What the patch takes away is not in it, what it copies or
// moves from elsewhere is null, and elements of lists stand in the order in which the patch names them, whatever their index.
type jsonPatch struct {
	tree   tree.Tree
	node   tree.Node
	places []place
	parsed bool
}

// mostOperations is how many operations the API server takes in one patch (maxJSONPatchOperations in
// https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go).
const mostOperations = 10_000

// place is where a value of an object stands in the record.
type place struct{ inObject, inRecord string }

// object gives the part of an object that the patch sets.
func (p *jsonPatch) object(patch tree.Node) tree.Node {
	if p.parsed {
		return p.node
	}
	p.parsed, p.node, p.places = true, tree.Node{}, nil
	root, i := &patchedValue{}, 0
	for operation := range patch.All() {
		at := tree.PathIndex("$.requestObject", i)
		if i++; i > mostOperations {
			break
		}
		switch operation.Get("op").Text() {
		case "add":
			root.set(operation.Get("path").Text(), patchedValue{leaf: operation.Get("value"), inRecord: at + ".value"}, true)
		case "replace":
			root.set(operation.Get("path").Text(), patchedValue{leaf: operation.Get("value"), inRecord: at + ".value"}, false)
		case "copy", "move":
			root.set(operation.Get("path").Text(), patchedValue{isUnseen: true, inRecord: at + ".from"}, true)
		}
	}
	if root.leaf.Exists() && root.leaf.Kind() != tree.Map {
		return p.node
	}
	text := root.appendJSON(nil, "$", &p.places)
	p.tree.Reset()
	if tree.DecodeJSON(&p.tree, text, 1, tree.Limits{}) == nil {
		p.node = p.tree.Root()
	}
	return p.node
}

// patchedValue is one value of the object: a leaf, which is as the patch writes it, or a map or list with some children.
type patchedValue struct {
	key      string
	isList   bool
	children []*patchedValue
	leaf     tree.Node
	isUnseen bool   // a leaf whose value the patch does not write
	inRecord string // of a leaf
}

// set puts a leaf at a JSON pointer (RFC 6901).
func (v *patchedValue) set(pointer string, leaf patchedValue, isAdded bool) {
	at := v
	if pointer != "" {
		segments := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
		if len(segments) > tree.DefaultDepth {
			return
		}
		for i, segment := range segments {
			key := strings.NewReplacer("~1", "/", "~0", "~").Replace(segment)
			at = at.child(key, isAdded && i == len(segments)-1)
		}
	}
	leaf.key = at.key
	*at = leaf
}

// child gives the value below a key; a list gets another element where one is added.
func (v *patchedValue) child(key string, isAdded bool) *patchedValue {
	v.open()
	v.isUnseen = false
	isIndex := key == "-" || key != "" && strings.Trim(key, "0123456789") == ""
	if len(v.children) == 0 && isIndex {
		v.isList = true
	}
	if !(v.isList && isAdded) {
		for _, c := range slices.Backward(v.children) { // The one that was added last pushed the others on.
			if c.key == key {
				return c
			}
		}
	}
	c := &patchedValue{key: key}
	v.children = append(v.children, c)
	return c
}

// open makes a leaf a value with children, so that a later operation may reach into it.
func (v *patchedValue) open() {
	if !v.leaf.Exists() {
		return
	}
	leaf, inRecord := v.leaf, v.inRecord
	v.leaf, v.isList = tree.Node{}, leaf.Kind() == tree.List
	i := 0
	for part := range leaf.All() {
		c := &patchedValue{key: part.Key(), leaf: part}
		if c.inRecord = tree.Path(inRecord, c.key); v.isList {
			c.key, c.inRecord = strconv.Itoa(i), tree.PathIndex(inRecord, i)
		}
		v.children = append(v.children, c)
		i++
	}
}

// appendJSON writes the value, and notes where in the record its leaves stand.
func (v *patchedValue) appendJSON(dst []byte, path string, places *[]place) []byte {
	if v.leaf.Exists() || v.isUnseen {
		*places = append(*places, place{path, v.inRecord})
		return v.leaf.AppendJSON(dst)
	}
	brackets := "{}"
	if v.isList {
		brackets = "[]"
	}
	dst = append(dst, brackets[0])
	for i, c := range v.children {
		if i > 0 {
			dst = append(dst, ',')
		}
		at := tree.PathIndex(path, i)
		if !v.isList {
			at = tree.Path(path, c.key)
			dst, _ = jsontext.AppendQuote(dst, c.key) // its error says that invalid UTF-8 was replaced
			dst = append(dst, ':')
		}
		dst = c.appendJSON(dst, at, places)
	}
	return append(dst, brackets[1])
}
