package tree

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Item is one value of a JSON stream.
type Item struct {
	Path      string // where it stands in its top-level value: "$", "$.items[17]" or "$[17]"
	FirstLine int    // 1-based line on which Raw starts
	Raw       []byte // the value, valid until the next call of Next
}

// JSONReader reads a stream of JSON values (one, many one after the other, or one per line) and hands out one at a
// time: of a top-level object whose member "items" (ItemsIn) is a list its items, of a top-level list its elements, else
// the value itself. It holds one of them and a buffer, never the stream.
type JSONReader struct {
	in     *lineReader
	dec    *jsontext.Decoder
	state  jsonState
	index  int
	at     int // line of the token that comes next
	sticky error
	name   string // of the member of a top-level object whose elements are handed out
	prefix string // of their paths

	object []byte // the object being read, without its items; its newlines kept, so that lines stay right
	first  int    // line on which it starts
	line   int    // line of object's end
	empty  bool   // object has no member yet
	spare  []byte // memory for the next object
}

// jsonState is where in the stream the reader stands.
type jsonState uint8

const (
	atTop    jsonState = iota // between values
	inObject                  // in a top-level object of which no items were seen
	inList                    // in a top-level list
	inItems                   // in the items of a top-level object
	afterItems
)

// keptObject is the memory that is kept from one top-level object for the next.
const keptObject = 1 << 20

// NewJSONReader returns a reader of r that refuses values larger than lim.Bytes.
func NewJSONReader(r io.Reader, lim Limits) *JSONReader {
	in := &lineReader{r: bufio.NewReader(r), line: 1, limit: int64(lim.orDefaults().Bytes)}
	j := &JSONReader{
		in:  in,
		dec: jsontext.NewDecoder(in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
	}
	j.ItemsIn("items")
	return j
}

// ItemsIn makes another member of a top-level object than "items" the one whose elements are handed out, as "objects" of a
// STIX bundle. It is to be called before Next.
func (j *JSONReader) ItemsIn(member string) { j.name, j.prefix = member, Path("$", member) }

// Next returns the next value. At the end the error is io.EOF; a *SyntaxError, a *LimitError or an error of the
// underlying reader ends the stream, and what was returned before it holds.
func (j *JSONReader) Next() (Item, error) {
	if j.sticky != nil {
		return Item{}, j.sticky
	}
	item, err := j.next()
	if err != nil {
		j.sticky = j.explain(err)
		return Item{}, j.sticky
	}
	return item, nil
}

// List returns, as one JSON object, the members beside "items" that were read so far of the object around the item
// that Next returned last (apiVersion, kind, metadata); nil for a value that is in no such object. It is complete only
// once Next returned something that is not in that object, or io.EOF.
func (j *JSONReader) List() []byte {
	if len(j.object) == 0 {
		return nil
	}
	if j.state == inItems || j.state == afterItems {
		return append(bytes.Clone(j.object), '}')
	}
	return bytes.Clone(j.object)
}

func (j *JSONReader) next() (Item, error) {
	for {
		line, kind := j.peek()
		switch j.state {
		case atTop:
			switch kind {
			case '{', '[':
				if err := j.enter(kind, line); err != nil {
					return Item{}, err
				}
			default:
				raw, err := j.dec.ReadValue()
				if err == nil {
					j.object = nil
				}
				return Item{Path: "$", FirstLine: line, Raw: raw}, err
			}
		case inList, inItems:
			if kind == ']' {
				if err := j.leaveList(); err != nil {
					return Item{}, err
				}
				continue
			}
			return j.element(line)
		default:
			item, done, err := j.member(kind, line)
			if done || err != nil {
				return item, err
			}
		}
	}
}

// peek returns the kind of what comes next and its line.
func (j *JSONReader) peek() (int, jsontext.Kind) {
	kind := j.dec.PeekKind()
	j.in.mark(j.dec.InputOffset())
	pending := j.dec.UnreadBuffer()
	skip := len(pending) - len(bytes.TrimLeft(pending, " \t\r\n,:")) // what separates it from the token before
	j.at = j.in.lineAt(j.dec.InputOffset() + int64(skip))
	return j.at, kind
}

func (j *JSONReader) enter(kind jsontext.Kind, line int) error {
	_, err := j.dec.ReadToken()
	j.index = 0
	j.object = nil
	if cap(j.spare) > keptObject {
		j.spare = nil
	}
	if kind == '[' {
		j.state = inList
		return err
	}
	j.state = inObject
	j.object, j.first, j.line, j.empty = j.spare[:0], line, line, true
	j.object = append(j.object, '{')
	return err
}

func (j *JSONReader) leaveList() error {
	if j.state == inList {
		j.state = atTop
	} else {
		j.state = afterItems
	}
	_, err := j.dec.ReadToken()
	return err
}

func (j *JSONReader) element(line int) (Item, error) {
	path := "$"
	if j.state == inItems {
		path = j.prefix
	}
	path = PathIndex(path, j.index)
	j.index++
	raw, err := j.dec.ReadValue()
	return Item{Path: path, FirstLine: line, Raw: raw}, err
}

// member reads a member of a top-level object, or its end; done is true where that gives an item.
func (j *JSONReader) member(kind jsontext.Kind, line int) (item Item, done bool, err error) {
	if kind == '}' {
		if _, err := j.dec.ReadToken(); err != nil {
			return Item{}, false, err
		}
		whole := j.state == inObject
		j.pad(line)
		j.state = atTop
		j.object = append(j.object, '}')
		item := Item{Path: "$", FirstLine: j.first, Raw: j.object}
		j.spare = j.object
		if whole {
			j.object = nil
		}
		return item, whole, nil
	}
	name, err := j.dec.ReadValue()
	if err != nil {
		return Item{}, false, err
	}
	isItems := len(name) == len(j.name)+2 && string(name[1:len(name)-1]) == j.name
	size := len(j.object)
	at := j.line
	j.appendPart(name, line, ',', j.empty)
	line, kind = j.peek()
	if isItems && kind == '[' {
		j.object, j.line = j.object[:size], at
		j.state = inItems
		_, err := j.dec.ReadToken()
		return Item{}, false, err
	}
	j.empty = false
	value, err := j.dec.ReadValue()
	if err != nil {
		return Item{}, false, err
	}
	j.appendPart(value, line, ':', false)
	if int64(len(j.object)) > j.in.limit {
		return Item{}, false, &LimitError{Line: j.first, What: tooManyBytes, Limit: int(j.in.limit)}
	}
	return Item{}, false, nil
}

// appendPart adds a name or value to the object, after its separator, on the line where it stands.
func (j *JSONReader) appendPart(raw []byte, line int, separator byte, first bool) {
	if !first {
		j.object = append(j.object, separator)
	}
	j.pad(line)
	j.object = append(j.object, raw...)
	j.line = line + bytes.Count(raw, []byte(newline))
}

// pad brings the object's end to a line. What items took is left out, and does not need to be made up for.
func (j *JSONReader) pad(line int) {
	for ; j.line < line && j.state == inObject; j.line++ {
		j.object = append(j.object, '\n')
	}
	j.line = line
}

// explain turns an error of the JSON decoder or of the input into ours.
func (j *JSONReader) explain(err error) error {
	var limit *LimitError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &limit):
		if limit.Line == 0 {
			limit.Line = j.at
		}
		return limit
	case j.in.failed != nil:
		return fmt.Errorf("read JSON at line %d: %w", j.in.lineAt(j.dec.InputOffset()), j.in.failed)
	case errors.Is(err, io.EOF) && j.state == atTop && !errors.Is(err, io.ErrUnexpectedEOF):
		return io.EOF
	case errors.As(err, &syntactic):
		return &SyntaxError{Line: j.in.lineAt(syntactic.ByteOffset), Msg: jsonMessage(syntactic.Err)}
	default:
		var syntax *SyntaxError
		if errors.As(err, &syntax) {
			return syntax
		}
		return &SyntaxError{Line: j.in.lineAt(j.dec.InputOffset()), Msg: jsonMessage(err)}
	}
}
