package tree

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
)

// SplitYAML yields the documents of a YAML stream, each with the 1-based line on which its bytes start, as YAMLReader
// does. A document is valid until the next is taken.
func SplitYAML(data []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		r := NewYAMLReader(bytes.NewReader(data), Limits{Bytes: math.MaxInt})
		for {
			line, doc, err := r.Next()
			if err != nil { // io.EOF, or a UTF-16 file: DecodeYAML says so
				var syntax *SyntaxError
				if errors.As(err, &syntax) {
					yield(1, data)
				}
				return
			}
			if !yield(line, doc) {
				return
			}
		}
	}
}

// YAMLReader cuts a YAML stream into documents. It holds one document and a buffer, never the stream. Documents end at
// a line that starts with "---" or "..." and a blank or nothing; those of blanks and comments alone are left out. A
// document keeps its %YAML directives, and the "---" line where content follows it on that line.
type YAMLReader struct {
	r      *bufio.Reader
	limit  int
	line   int // of the byte that is read next
	sticky error

	doc     []byte
	first   int  // line on which doc starts
	content bool // doc holds more than blanks and comments
	over    bool // doc is larger than limit; the rest is skipped

	midLine   bool // the next piece continues a line
	comment   bool // of that line, what was read is a comment or blank and a comment
	blank     bool // of that line, what was read is blank
	directive bool // doc starts with directives, and its "---" is still to come
	carry     []byte
	carryLine int
}

// NewYAMLReader returns a reader of r that refuses documents larger than lim.Bytes.
func NewYAMLReader(r io.Reader, lim Limits) *YAMLReader {
	const buffer = 64 << 10
	return &YAMLReader{r: bufio.NewReaderSize(r, buffer), limit: lim.orDefaults().Bytes, line: 1}
}

// Next returns the next document and the 1-based line on which its bytes start; the bytes are valid until the next
// call. At the end the error is io.EOF. After a *LimitError, which names the first line of the document it skipped, the
// documents that follow can still be read; any other error ends the stream.
func (y *YAMLReader) Next() (firstLine int, doc []byte, err error) {
	if y.sticky != nil {
		return 0, nil, y.sticky
	}
	if y.line == 1 && y.first == 0 {
		if err := y.skipBOM(); err != nil {
			y.sticky = err
			return 0, nil, err
		}
	}
	y.begin(y.line)
	if len(y.carry) > 0 {
		y.first = y.carryLine
		y.take(y.carry)
		y.content = true
		y.carry = y.carry[:0]
	}
	for {
		piece, err := y.r.ReadSlice('\n')
		if ended := y.piece(piece, err == nil); ended {
			return y.result()
		}
		switch {
		case err == nil || errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			y.sticky = io.EOF
			if y.content {
				return y.result()
			}
			return 0, nil, io.EOF
		default:
			y.sticky = fmt.Errorf("read YAML at line %d: %w", y.line, err)
			return 0, nil, y.sticky
		}
	}
}

func (y *YAMLReader) skipBOM() error {
	head, _ := y.r.Peek(4) // an error comes again with the first line
	if bytes.HasPrefix(head, []byte(utf8BOM)) {
		_, err := y.r.Discard(len(utf8BOM))
		return err
	}
	return checkEncoding(head, 1)
}

func (y *YAMLReader) begin(line int) {
	const keep = 1 << 20
	if cap(y.doc) > keep {
		y.doc = nil
	}
	y.doc, y.first = y.doc[:0], line
	y.content, y.over, y.directive = false, false, false
}

func (y *YAMLReader) result() (int, []byte, error) {
	if y.over {
		return y.first, nil, &LimitError{Line: y.first, What: tooManyBytes, Limit: y.limit}
	}
	return y.first, y.doc, nil
}

// piece takes a line or a part of a long one, and reports whether the document ended before it.
func (y *YAMLReader) piece(p []byte, wholeLine bool) (ended bool) {
	line := y.line
	if wholeLine {
		y.line++
	}
	start := !y.midLine
	y.midLine = !wholeLine
	if start {
		y.blank, y.comment = true, false
		if marker := markerOf(p); marker != 0 {
			return y.marker(marker, p, line)
		}
		if len(p) > 0 && p[0] == '%' && !y.content {
			y.directive = true
		}
	}
	y.look(p)
	y.take(p)
	return false
}

// look notes whether p holds content.
func (y *YAMLReader) look(p []byte) {
	if y.content || y.comment {
		return
	}
	if rest := bytes.TrimLeft(p, " \t\r\n"); y.blank && len(rest) > 0 {
		y.blank = false
		y.comment = rest[0] == '#'
		y.content = !y.comment
	}
}

// marker handles a line that starts with "---" or "...".
func (y *YAMLReader) marker(marker byte, p []byte, line int) (ended bool) {
	rest := bytes.TrimLeft(p[len("---"):], " \t\r\n")
	bare := len(rest) == 0 || rest[0] == '#'
	y.blank, y.comment = false, bare && len(rest) > 0
	if y.directive && marker == '-' { // the directives' own document
		y.directive = false
		y.take(p)
		return false
	}
	had := y.content
	if !had {
		y.begin(y.line)
	}
	if marker == '-' && !bare {
		if had {
			y.carry, y.carryLine = append(y.carry, p...), line
			return true
		}
		y.first, y.content = line, true
		y.take(p)
	}
	return had
}

func (y *YAMLReader) take(p []byte) {
	if y.over || len(p) > y.limit-len(y.doc) {
		y.over = true
		y.doc = y.doc[:0]
		return
	}
	y.doc = append(y.doc, p...)
}

// markerOf returns '-' or '.' for a line that ends a document, 0 for any other.
func markerOf(p []byte) byte {
	if len(p) < 3 || p[0] != '-' && p[0] != '.' || p[1] != p[0] || p[2] != p[0] {
		return 0
	}
	if len(p) > 3 && p[3] != ' ' && p[3] != '\t' && p[3] != '\r' && p[3] != '\n' {
		return 0
	}
	return p[0]
}
