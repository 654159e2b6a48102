package audit

import (
	"bytes"
	"io"

	"github.com/merlonsec/merlon/internal/tree"
)

// mark is a place in a file, between two records.
type mark struct {
	offset int64 // in bytes, of the text without compression
	line   int   // the line that starts or goes on there, from 1
}

// chunk is a run of whole records, or of parts of one large document.
type chunk struct {
	text string
	// spans are the records in text; nil where each line is one.
	spans []span
	line  int // on which text starts
	// after is where to go on once all of the chunk is done: behind it, or where the document starts that it is a part of.
	after mark
	size  int64 // of the text that it is about
	// notes is what was left out.
	notes []note
	// last marks a chunk whose last record nothing follows, not even the end of its line.
	last bool
}

// span is a record in a chunk.
type span struct{ start, end, line int }

// note is something that could not be read.
type note struct {
	line   int
	why    string
	record bool // it counts as a broken record
}

// liveReader is a stream that may give a little at a time.
type liveReader interface {
	// Ready reports whether a read would give something at once.
	Ready() bool
}

// The sizes that texts are looked at in.
const (
	// headSize is how much of a file tells it from others, compressed or not.
	headSize = 1 << 10
	// shapeSize is how much of a file tells how its records are laid out.
	shapeSize = 64 << 10
)

// cutter cuts the text of one file into chunks. It holds a chunk's size and the record that is not complete yet, at most
// max bytes of it.
type cutter struct {
	in   io.Reader
	size int // what is read at a time
	max  int // of one record
	at   mark
	head []byte // the first headSize bytes of the file, as far as they are known

	buf    []byte // what was read and not handed out: it starts at c.at
	seen   int    // how much of buf was searched for the end of a record
	form   shape
	notes  []note
	values valueState
	inner  *listState // inside a value that is too large to be held
	skip   skipping

	told    int64 // the offset up to which chunks were about the text
	printed int   // how much of head print was made of
	print   string
}

// skipping is what is left out while the cutter looks for the next record.
type skipping uint8

const (
	nothing      skipping = iota
	restOfLine            // up to the end of the line
	restOfValue           // up to a line that starts with a bracket
	atLineOfNext          // the same, at the start of a line
)

func newCutter(in io.Reader, at mark, size, limit int) *cutter {
	return &cutter{in: in, size: max(1, min(size, limit)), max: limit, at: at, told: at.offset, values: valueState{start: -1}}
}

// next gives the next chunk. The error is io.EOF where nothing whole is left, for now; next may be called again when the
// file has grown.
func (c *cutter) next() (*chunk, error) {
	for {
		if ch := c.take(); ch != nil {
			return ch, nil
		}
		before := len(c.buf)
		err := c.fill()
		if err == nil {
			continue
		}
		if len(c.buf) > before {
			if ch := c.take(); ch != nil {
				return ch, nil
			}
		}
		return nil, err
	}
}

// rest gives what is left at the end of a file that will not grow: a record without the end of its line.
func (c *cutter) rest() *chunk {
	if c.form == unclear {
		c.form = shapeOf(c.buf[:min(len(c.buf), shapeSize)], true)
	}
	if ch := c.take(); ch != nil {
		return ch
	}
	text := c.buf
	switch {
	case c.inner != nil:
		c.note(c.inner.line, "the document that starts here is cut off; what was read of it counts", true)
		text = nil
	case c.skip != nothing:
		text = nil
	}
	c.inner, c.skip = nil, nothing
	if len(c.buf) == 0 && len(c.notes) == 0 && c.told == c.at.offset {
		return nil
	}
	ch := &chunk{text: string(text), line: c.at.line, last: true}
	if c.form == values {
		ch.spans = []span{}
		if c.values.start >= 0 {
			ch.spans = append(ch.spans, span{c.values.start, len(text), c.values.line})
		}
	}
	c.drop(len(c.buf))
	return c.finish(ch)
}

// fill reads once more: a chunk's size, or what there is.
func (c *cutter) fill() error {
	want := c.size
	if c.form == unclear {
		want = max(want, min(shapeSize, c.max))
	}
	for read := 0; read < want; {
		n := len(c.buf)
		if cap(c.buf)-n < want-read {
			c.buf = append(make([]byte, 0, 2*n+want), c.buf...)
		}
		got, err := c.in.Read(c.buf[n : n+want-read])
		c.buf = c.buf[:n+got]
		c.keepHead(c.at.offset+int64(n), c.buf[n:])
		read += got
		if err != nil {
			return err
		}
		if live, ok := c.in.(liveReader); ok && got > 0 && !live.Ready() {
			return nil
		}
	}
	return nil
}

// keepHead notes what was read at an offset if it belongs to the head.
func (c *cutter) keepHead(offset int64, text []byte) {
	n := len(c.head)
	if n == headSize || offset > int64(n) || offset+int64(len(text)) <= int64(n) {
		return
	}
	text = text[int64(n)-offset:]
	c.head = append(c.head, text[:min(len(text), headSize-n)]...)
}

// take gives a chunk of what was read, or nil where that holds no whole record.
func (c *cutter) take() *chunk {
	if !c.begin() {
		return nil
	}
	for {
		switch {
		case c.skip != nothing:
			if !c.skipOn() {
				return c.notesOnly()
			}
		case c.inner != nil:
			ch, over := c.takeInner()
			if ch != nil || !over {
				return ch
			}
		case c.form == values:
			ch, again := c.takeValues()
			if ch != nil || !again {
				return ch
			}
		default:
			ch, again := c.takeLines()
			if ch != nil || !again {
				return ch
			}
		}
	}
}

// begin looks at the start of a file; false asks for more of it.
func (c *cutter) begin() bool {
	if c.form != unclear {
		return true
	}
	if c.at.offset == 0 && bytes.HasPrefix(c.buf, []byte("\xef\xbb\xbf")) {
		c.drop(len("\xef\xbb\xbf"))
	}
	c.form = shapeOf(c.buf[:min(len(c.buf), shapeSize)], len(c.buf) >= min(shapeSize, c.max))
	return c.form != unclear
}

// takeLines gives the whole lines of what was read; again says that the state has changed instead.
func (c *cutter) takeLines() (ch *chunk, again bool) {
	first := bytes.IndexByte(c.buf[c.seen:], '\n')
	if first >= 0 {
		first += c.seen
	}
	c.seen = len(c.buf)
	if first > c.max || first < 0 && len(c.buf) > c.max {
		c.seen = 0
		c.tooLong()
		return nil, true
	}
	if first < 0 {
		return c.notesOnly(), false
	}
	end := bytes.LastIndexByte(c.buf, '\n') + 1
	ch = &chunk{text: string(c.buf[:end]), line: c.at.line}
	c.drop(end)
	c.seen = len(c.buf)
	return c.finish(ch), false
}

// tooLong deals with a line that is longer than it may be: of one that holds a list of records these are read, one by
// one.
func (c *cutter) tooLong() {
	if zeros := len(c.buf) - len(bytes.TrimLeft(c.buf, "\x00")); zeros > 0 {
		c.note(c.at.line, nulBytes, false)
		c.drop(zeros)
		return
	}
	text := bytes.TrimLeft(c.buf, " \t\r")
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		c.enter(len(c.buf) - len(text))
		return
	}
	c.note(c.at.line, c.longer("line"), true)
	c.skip = restOfLine
}

const nulBytes = "there is a run of NUL bytes, as a crash of the machine leaves it; it was passed over"

func (c *cutter) longer(what string) string {
	return "the " + what + " that starts here is longer than " + tree.Size(int64(c.max)) + " and was not read"
}

// skipOn leaves out what is skipped; false asks for more.
func (c *cutter) skipOn() bool {
	for {
		if c.skip == atLineOfNext {
			if len(c.buf) == 0 {
				return false
			}
			if c.skip = restOfValue; c.buf[0] == '{' || c.buf[0] == '[' {
				c.skip = nothing
				return true
			}
		}
		end := bytes.IndexByte(c.buf, '\n')
		if end < 0 {
			c.drop(len(c.buf))
			return false
		}
		c.drop(end + 1)
		if c.skip == restOfLine {
			c.skip = nothing
			return true
		}
		c.skip = atLineOfNext
	}
}

func (c *cutter) note(line int, why string, record bool) {
	c.notes = append(c.notes, note{line, why, record})
}

// notesOnly gives a chunk of what has to be said, if anything.
func (c *cutter) notesOnly() *chunk {
	if len(c.notes) == 0 {
		return nil
	}
	return c.finish(&chunk{line: c.at.line, spans: []span{}})
}

// finish gives a chunk its notes and the place behind it.
func (c *cutter) finish(ch *chunk) *chunk {
	ch.notes, c.notes = c.notes, nil
	ch.size, c.told = c.at.offset-c.told, c.at.offset
	ch.after = c.at
	if c.inner != nil {
		ch.after = c.inner.mark
	}
	return ch
}

// drop takes n bytes from the start of what was read.
func (c *cutter) drop(n int) {
	c.at.line += bytes.Count(c.buf[:n], []byte("\n"))
	c.at.offset += int64(n)
	rest := c.buf[n:]
	if cap(c.buf) > c.keep() && len(rest) <= c.size { // what a long record took is given back
		c.buf = append(make([]byte, 0, 2*c.size), rest...)
	} else {
		c.buf = c.buf[:copy(c.buf, rest)]
	}
	c.seen = max(0, c.seen-n)
	c.values.moved(n)
}

// keep is how large the buffer may stay.
func (c *cutter) keep() int { return max(4*c.size, 2*shapeSize) }
