package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/merlonsec/merlon/internal/tree"
)

// yaml cuts a YAML stream into documents. A large document that is a list of objects is cut into its items.
func (r *run) yaml(out *batcher, in *bufio.Reader) error {
	documents := tree.NewYAMLReader(in, tree.Limits{Bytes: r.o.Limits.List})
	for {
		line, text, err := documents.Next()
		var over *tree.LimitError
		switch {
		case err == nil:
			if err := r.yamlDocument(out, line, text); err != nil {
				return err
			}
		case errors.As(err, &over):
			r.problem(out.file, over.Line, reason(over))
		case errors.Is(err, io.EOF):
			return out.flush()
		default:
			if err := out.flush(); err != nil {
				return err
			}
			var syntax *tree.SyntaxError
			if errors.As(err, &syntax) {
				line = syntax.Line
			}
			return r.readError(out.file, line, err)
		}
	}
}

// yamlDocument adds one document, or the items of one that is a large list.
func (r *run) yamlDocument(out *batcher, line int, text []byte) error {
	if len(text) > batchBytes {
		if list, ok := cutList(text, line); ok {
			if head, ok := r.itemHead(list.head); ok {
				return r.yamlItems(out, text, list, head)
			}
		}
	}
	if limit := r.o.Limits.Document; len(text) > limit {
		if err := out.flush(); err != nil { // so that the problem comes in its place
			return err
		}
		r.problem(out.file, line, reason(&tree.LimitError{What: "bytes", Limit: limit}))
		return nil
	}
	return out.add(text, line, yamlDocument)
}

func (r *run) yamlItems(out *batcher, text []byte, list blockList, head listHead) error {
	if err := out.setHead(head); err != nil {
		return err
	}
	for _, item := range list.items {
		if limit := r.o.Limits.Document; item.end-item.start > limit {
			if err := out.flush(); err != nil {
				return err
			}
			r.problem(out.file, item.line, reason(&tree.LimitError{What: "bytes", Limit: limit}))
			continue
		}
		if err := out.add(text[item.start:item.end], item.line, yamlItem); err != nil {
			return err
		}
	}
	return out.setHead(listHead{})
}

// itemHead reads what the head of a list says of its items; ok is false where it is not the head of a list.
func (r *run) itemHead(head []byte) (h listHead, ok bool) {
	const few = 64 << 10
	if len(head) > few || tree.DecodeYAML(&r.scratch, head, 1, tree.Limits{}) != nil {
		return listHead{}, false
	}
	return headOf(r.scratch.Root())
}

// blockList is a YAML document whose top level is a map in block style with a member "items" that is a list in block
// style, as kubectl writes it.
type blockList struct {
	head  []byte // the document without its items
	items []document
}

// cutList finds the items of a list without parsing it: at the top level, each line that starts at the left edge is a
// key, or a dash of the list; what is indented belongs to the line above. It gives up (and the document is decoded
// whole) where it sees anything else, and where there is an anchor, which an alias in another item might use. Quotes and
// brackets that go on at the left edge, which YAML forbids and its library lets pass, make an item that is an error.
func cutList(text []byte, line int) (list blockList, ok bool) {
	for _, otherBreak := range []string{"\u0085", "\u2028", "\u2029"} { // new lines for YAML 1.1
		if bytes.Contains(text, []byte(otherBreak)) {
			return blockList{}, false
		}
	}
	c := listCutter{list: blockList{}, dash: -1, start: -1}
	for pos := 0; pos < len(text); line++ {
		end := len(text)
		if i := bytes.IndexByte(text[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		if !c.line(text[pos:end], pos, line) {
			return blockList{}, false
		}
		pos = end
	}
	c.endItem(len(text))
	return c.list, c.seen && len(c.list.items) > 0
}

type listCutter struct {
	list  blockList
	seen  bool // the key "items" was met
	in    bool // within its list
	dash  int  // column of the dashes; -1 before the first
	start int  // of the item at hand; -1 for none
	first int  // its line
}

// line takes one line; ok is false where the document is not a plain list.
func (c *listCutter) line(l []byte, pos, number int) (ok bool) {
	body := bytes.TrimLeft(l, " ")
	indent := len(l) - len(body)
	body = bytes.TrimSuffix(bytes.TrimSuffix(body, []byte("\n")), []byte("\r"))
	if hasAnchor(body) || bytes.IndexByte(body, '\r') >= 0 { // a carriage return alone is a new line too
		return false
	}
	if len(body) == 0 || body[0] == '#' {
		c.rest(l)
		return true
	}
	isDash := body[0] == '-' && (len(body) == 1 || body[1] == ' ')
	if c.in && c.dash < 0 && isDash {
		c.dash = indent
	}
	switch {
	case c.in && isDash && indent == c.dash:
		c.endItem(pos)
		c.start, c.first = pos, number
		return true
	case indent > 0:
		if c.in && (c.dash < 0 || indent <= c.dash) {
			return false
		}
		c.rest(l)
		return true
	case body[0]|0x20 < 'a' || body[0]|0x20 > 'z':
		return false
	}
	c.endItem(pos)
	c.in = false
	if string(bytes.TrimRight(body, " ")) == "items:" {
		again := c.seen
		c.seen, c.in = true, true
		return !again
	}
	c.rest(l)
	return true
}

// rest keeps a line that is not of the items.
func (c *listCutter) rest(l []byte) {
	if !c.in {
		c.list.head = append(c.list.head, l...)
	}
}

func (c *listCutter) endItem(pos int) {
	if c.start >= 0 {
		c.list.items = append(c.list.items, document{start: c.start, end: pos, line: c.first})
	}
	c.start = -1
}

// hasAnchor reports whether a line may define an anchor (&name).
func hasAnchor(l []byte) bool {
	for {
		i := bytes.IndexByte(l, '&')
		if i < 0 {
			return false
		}
		if i+1 < len(l) && l[i+1] > ' ' && l[i+1] != '&' && (i == 0 || i >= 2 && l[i-1] == ' ' && (l[i-2] == ':' || l[i-2] == '-')) {
			return true
		}
		l = l[i+1:]
	}
}
