package tree

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// DecodeJSON reads exactly one JSON value (RFC 8259) into t, which it resets first. firstLine is the 1-based line of the
// source file on which doc starts. Of members with the same name the last wins; invalid UTF-8 is replaced by U+FFFD, as
// encoding/json does. The error is a *SyntaxError or a *LimitError, and leaves t empty.
func DecodeJSON(t *Tree, doc []byte, firstLine int, lim Limits) error {
	t.start(lim.orDefaults())
	err := t.decodeJSON(doc, max(firstLine, 1))
	t.buf = bytes.Buffer{} // let go of doc
	if err != nil {
		t.Reset()
	}
	return err
}

func (t *Tree) decodeJSON(doc []byte, firstLine int) error {
	if len(doc) > t.lim.Bytes {
		return &LimitError{Line: firstLine, What: tooManyBytes, Limit: t.lim.Bytes}
	}
	doc = bytes.TrimPrefix(doc, []byte(utf8BOM))
	if err := checkEncoding(doc, firstLine); err != nil {
		return err
	}
	d := jsonDecode{t: t, doc: doc, line: firstLine, oneLine: bytes.IndexByte(doc, '\n') < 0}
	t.buf = *bytes.NewBuffer(doc)
	if t.json == nil {
		t.json = jsontext.NewDecoder(&t.buf, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	} else {
		t.json.Reset(&t.buf, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	}
	for more := true; more; {
		if err := d.next(); err != nil {
			return d.explain(err, firstLine)
		}
		more = len(t.stack) > 0
	}
	switch _, err := t.json.ReadToken(); {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		d.moveTo(t.json.InputOffset())
		return &SyntaxError{Line: d.line, Msg: "there is more after the end of the JSON value"}
	default:
		return d.explain(err, firstLine)
	}
}

// jsonDecode is one DecodeJSON at work.
type jsonDecode struct {
	t     *Tree
	doc   []byte
	line  int   // at offset seen
	seen  int64 // bytes whose newlines are counted
	key   string
	keyed bool // key was read, its value comes next
	// oneLine says that there are no newlines to count, as in what machines write.
	oneLine bool
}

// moveTo counts the lines up to an offset.
func (d *jsonDecode) moveTo(offset int64) {
	if d.oneLine {
		return
	}
	d.line += bytes.Count(d.doc[d.seen:offset], []byte(newline))
	d.seen = offset
}

// next reads one token: a key, a scalar, or a bracket.
func (d *jsonDecode) next() error {
	switch kind := d.t.json.PeekKind(); kind {
	case '{', '[', '}', ']':
		if _, err := d.t.json.ReadToken(); err != nil {
			return err
		}
		d.moveTo(d.t.json.InputOffset())
		switch kind {
		case '{':
			return d.t.open(d.entry(Map))
		case '[':
			return d.t.open(d.entry(List))
		}
		d.t.close()
		return nil
	default:
		raw, err := d.t.json.ReadValue()
		if err != nil {
			return err
		}
		d.moveTo(d.t.json.InputOffset())
		return d.scalar(kind, raw)
	}
}

// entry starts a node with the key that was read before it.
func (d *jsonDecode) entry(kind Kind) entry {
	e := entry{kind: kind, key: d.key, line: int32(d.line)}
	d.key, d.keyed = "", false
	return e
}

func (d *jsonDecode) scalar(kind jsontext.Kind, raw []byte) error {
	var e entry
	switch kind {
	case '"':
		s := d.unquote(raw)
		if n := len(d.t.stack); n > 0 && !d.keyed && d.t.nodes[d.t.stack[n-1]].kind == Map {
			d.key, d.keyed = s, true
			return nil
		}
		e = d.entry(String)
		e.text = s
	case '0':
		e = d.entry(Number)
		e.text = d.t.intern(raw)
	case 't':
		e = d.entry(Bool)
		e.text = "true"
	case 'f':
		e = d.entry(Bool)
		e.text = "false"
	default:
		e = d.entry(Null)
	}
	_, err := d.t.add(e)
	return err
}

// unquote returns the value of a JSON string.
func (d *jsonDecode) unquote(raw []byte) string {
	inner := raw[1 : len(raw)-1]
	for _, c := range inner {
		if c == '\\' || c >= utf8.RuneSelf {
			d.t.text, _ = jsontext.AppendUnquote(d.t.text[:0], raw) // its error says that invalid UTF-8 was replaced
			return d.t.intern(d.t.text)
		}
	}
	return d.t.intern(inner)
}

// explain turns an error of the JSON decoder into ours.
func (d *jsonDecode) explain(err error, firstLine int) error {
	var limit *LimitError
	if errors.As(err, &limit) {
		return limit
	}
	if errors.Is(err, io.EOF) {
		return &SyntaxError{Line: firstLine, Msg: "there is no JSON value here"}
	}
	var syntactic *jsontext.SyntacticError
	offset := d.t.json.InputOffset()
	if errors.As(err, &syntactic) {
		offset = syntactic.ByteOffset
		err = syntactic.Err
	}
	d.line, d.seen = firstLine, 0
	d.moveTo(min(max(offset, 0), int64(len(d.doc))))
	return &SyntaxError{Line: d.line, Msg: jsonMessage(err)}
}

// jsonMessage says in English what is wrong with the JSON.
func jsonMessage(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "the JSON ends before it is complete"
	}
	return "this is not JSON: " + strings.TrimPrefix(err.Error(), "jsontext: ")
}
