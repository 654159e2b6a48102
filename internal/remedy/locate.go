package remedy

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// piece is one document of a file.
type piece struct {
	start, end int // in the file
	line, last int // on which it starts and ends
}

// maxDocument is how large a document may be to be edited, in bytes.
const maxDocument = 8 << 20

// pieces cuts a file into YAML documents or JSON values.
func pieces(content []byte) []piece {
	if head := bytes.TrimLeft(content, " \t\r\n"); len(head) > 0 && head[0] == '{' {
		if all, err := jsonPieces(content); err == nil && len(all) > 0 {
			return all
		}
	}
	var all []piece
	start, line := 0, 1
	bom := len(content) - len(bytes.TrimPrefix(content, []byte("\ufeff")))
	for first, doc := range tree.SplitYAML(content) {
		for line < first {
			i := bytes.IndexByte(content[start:], '\n')
			if i < 0 {
				return all
			}
			start, line = start+i+1, line+1
		}
		at := max(start, bom)
		if !bytes.HasPrefix(content[at:], doc) {
			return all
		}
		all = append(all, piece{at, at + len(doc), first, first + bytes.Count(doc, []byte("\n"))})
	}
	return all
}

func jsonPieces(content []byte) ([]piece, error) {
	var all []piece
	d := jsontext.NewDecoder(bytes.NewReader(content), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	line, counted := 1, 0
	for {
		raw, err := d.ReadValue()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		end := int(d.InputOffset())
		start := end - len(raw)
		line += bytes.Count(content[counted:start], []byte("\n"))
		counted = start
		all = append(all, piece{start, end, line, line + bytes.Count(raw, []byte("\n"))})
	}
}

// location is where an object stands in a file.
type location struct {
	piece
	base []step // from the root of its document
}

// locate finds an object in the documents of a file: the one that starts on a line and has a name, or the properties of
// a resource of a template.
func locate(content []byte, documents []piece, r *inventory.Resource) (location, bool) {
	var all []location
	from, _ := slices.BinarySearchFunc(documents, r.Origin.Line, func(p piece, line int) int { return cmp.Compare(p.last, line) })
	for _, p := range documents[from:] {
		if p.line > r.Origin.Line {
			break
		}
		if p.end-p.start > maxDocument {
			continue
		}
		var t tree.Tree
		if tree.Decode(&t, content[p.start:p.end], p.line, tree.Limits{}) != nil {
			continue
		}
		if id, isTemplate := logicalID(r.UID); isTemplate {
			if base, ok := inTemplate(t.Root(), id); ok {
				all = append(all, location{p, base})
			}
			continue
		}
		eachObject(t.Root(), nil, func(n tree.Node, base []step) {
			if n.Line() == r.Origin.Line && isObject(n, r) {
				all = append(all, location{p, base})
			}
		})
	}
	if len(all) != 1 {
		return location{}, false
	}
	return all[0], true
}

// eachObject visits the objects of a document: itself, or the items of a list of objects.
func eachObject(n tree.Node, base []step, visit func(n tree.Node, base []step)) {
	const deepest = 16
	if len(base) > deepest {
		return
	}
	switch items := n.Get("items"); {
	case n.Kind() == tree.List:
		i := 0
		for c := range n.All() {
			eachObject(c, append(base[:len(base):len(base)], step{"", i}), visit)
			i++
		}
	case n.Kind() == tree.Map && strings.HasSuffix(n.Get("kind").Text(), "List") && items.Kind() == tree.List:
		eachObject(items, append(base[:len(base):len(base)], step{"items", -1}), visit)
	case n.Kind() == tree.Map:
		visit(n, base)
	}
}

// isObject reports whether a node is a resource, as far as its name tells. The items of a typed list have
// no kind of their own.
func isObject(n tree.Node, r *inventory.Resource) bool {
	if r.Type == aws.ECSTaskDefinition {
		return n.Get("family").Text() == r.Name && n.Get("containerDefinitions").Exists()
	}
	metadata := n.Get("metadata")
	name, generate, namespace := metadata.Get("name").Text(), metadata.Get("generateName").Text(), metadata.Get("namespace").Text()
	kind := n.Get("kind").Text()
	named := name == r.Name || name == "" && generate != "" && strings.HasPrefix(r.Name, generate)
	return named && (kind == "" || kind == r.Type.Kind()) && (namespace == "" || namespace == r.Namespace || r.Namespace == "")
}
