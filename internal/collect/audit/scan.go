package audit

import (
	"bytes"
	"unicode"
)

// scanner finds where JSON values begin and end. It looks at brackets, strings and, in objects, at whether a name stands
// where one must: enough to tell a value that goes on in the next line from a broken one. Whether a value is well formed
// is the decoder's to say.
type scanner struct {
	open   []byte // the brackets that are open
	expect expectation
	text   bool // inside a string
	escape bool // behind a backslash
	scalar bool // inside a number, true, false or null outside of any bracket
}

// expectation is what may come next.
type expectation uint8

const (
	expectAny       expectation = iota
	expectNameOrEnd             // behind {
	expectName                  // behind a comma in an object
	expectSeparator             // behind a string or a closing bracket
)

// verdict is what a byte did.
type verdict uint8

const (
	goesOn verdict = iota
	// ended is the last byte of a value outside of any bracket; endedBefore is the first byte behind a number or word,
	// and is not part of it.
	ended
	endedBefore
	// broken is a byte that no JSON value has there.
	broken
)

// maxDepth is how deep values may nest before they count as broken; the API server's own decoder stops at 10,000
// (https://pkg.go.dev/encoding/json).
const maxDepth = 10_000

func (s *scanner) reset() { *s = scanner{open: s.open[:0]} }

func (s *scanner) depth() int { return len(s.open) }

// next takes a byte in. White space outside of a value is for the caller.
func (s *scanner) next(c byte) verdict {
	if s.text {
		return s.inText(c)
	}
	switch c {
	case ' ', '\t', '\r', '\n':
		if s.scalar {
			return endedBefore
		}
		return goesOn
	case '"':
		if s.scalar {
			return endedBefore
		}
		if s.expect == expectSeparator {
			return broken
		}
		s.text, s.expect = true, expectAny
		return goesOn
	}
	if !s.expects(c) {
		return broken
	}
	s.expect = expectAny
	switch c {
	case '{', '[':
		return s.enter(c)
	case '}', ']':
		return s.leave(c)
	case ',', ':':
		if s.scalar {
			return endedBefore
		}
		if len(s.open) == 0 {
			return broken
		}
		if c == ',' && s.open[len(s.open)-1] == '{' {
			s.expect = expectName
		}
		return goesOn
	}
	if c < ' ' {
		return broken
	}
	s.scalar = len(s.open) == 0
	return goesOn
}

// expects reports whether a byte outside of strings may come next.
func (s *scanner) expects(c byte) bool {
	switch s.expect {
	case expectName:
		return false
	case expectNameOrEnd:
		return c == '}'
	case expectSeparator:
		return c == ',' || c == ':' || c == '}' || c == ']'
	default:
		return true
	}
}

func (s *scanner) inText(c byte) verdict {
	switch {
	case s.escape:
		s.escape = false
	case c == '\\':
		s.escape = true
	case c == '"':
		s.text = false
		if len(s.open) == 0 {
			return ended
		}
		s.expect = expectSeparator
	case c < ' ':
		return broken
	}
	return goesOn
}

func (s *scanner) enter(c byte) verdict {
	if s.scalar {
		return endedBefore
	}
	if len(s.open) >= maxDepth {
		return broken
	}
	s.open = append(s.open, c)
	if c == '{' {
		s.expect = expectNameOrEnd
	}
	return goesOn
}

func (s *scanner) leave(c byte) verdict {
	const toOpening = 2 // in ASCII, { and }, [ and ] are two apart
	n := len(s.open)
	if s.scalar || n == 0 || s.open[n-1] != c-toOpening {
		return broken
	}
	s.open = s.open[:n-1]
	if n == 1 {
		return ended
	}
	s.expect = expectSeparator
	return goesOn
}

// shape is how the records of a file are laid out.
type shape uint8

const (
	unclear shape = iota // more must be read to tell
	lines                // one value in each line
	values               // values that go over several lines
)

// shapeOf tells the shape of a text from its start; enough says that no more of it will be read for that. Only a value
// that goes on behind its first line without a mistake makes values: a half line, as a rotated log may start with, is
// followed by what cannot follow there.
func shapeOf(text []byte, enough bool) shape {
	start := bytes.IndexFunc(text, func(c rune) bool { return c != 0 && !unicode.IsSpace(c) })
	switch {
	case start < 0 && enough:
		return lines
	case start < 0:
		return unclear
	case text[start] != '{' && text[start] != '[':
		return lines
	}
	var s scanner
	multiline := false
	for _, c := range text[start:] {
		v := s.next(c)
		switch {
		case v == ended && multiline:
			return values
		case v != goesOn:
			return lines
		}
		multiline = multiline || c == '\n'
	}
	switch {
	case !enough:
		return unclear
	case multiline:
		return values
	}
	return lines
}
