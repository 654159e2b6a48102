package celrule

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// place is a 1-based line and column; columns count characters.
type place struct{ line, column int }

// placeOf is where a node starts. The YAML library counts columns in characters.
func placeOf(n *yaml.Node) place { return place{max(n.Line, 1), max(n.Column, 1)} }

// within finds where the character at an offset (in characters) of a scalar's text stands in the file. YAML
// takes indentation away, folds lines and knows escapes, so both texts are walked side by side: blanks are
// passed over in each, and what is left is the same but for escapes. Where they part, the answer is the start
// of the scalar.
func (s *source) within(n *yaml.Node, offset int) place {
	w := s.walk(n)
	text := []rune(n.Value)
	offset = min(offset, len(text))
	for _, r := range text[:offset] {
		if unicode.IsSpace(r) {
			continue
		}
		w.skipBlanks()
		if !w.take(n.Style, r) {
			return placeOf(n)
		}
	}
	if offset < len(text) && !unicode.IsSpace(text[offset]) {
		w.skipBlanks()
	}
	return w.at
}

// walker reads the source of one scalar.
type walker struct {
	*source
	at   place
	rest string // what follows on the line
}

// walk goes to the first character of a scalar's text: past an anchor and a tag, and the quote or the header
// of a block.
func (s *source) walk(n *yaml.Node) *walker {
	w := &walker{source: s, at: place{n.Line, 1}, rest: s.line(n.Line)}
	w.advance(n.Column - 1)
	for {
		w.skipBlanks()
		if w.rest == "" || w.rest[0] != '&' && w.rest[0] != '!' {
			break
		}
		token, _, _ := strings.Cut(w.rest, " ")
		w.advance(utf8.RuneCountInString(token))
	}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		w.nextLine()
		w.skipBlanks()
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		w.advance(1)
	}
	return w
}

func (w *walker) advance(n int) {
	for range n {
		_, size := utf8.DecodeRuneInString(w.rest)
		w.rest = w.rest[size:]
	}
	w.at.column += n
}

func (w *walker) nextLine() {
	w.at = place{w.at.line + 1, 1}
	w.rest = w.line(w.at.line)
}

// skipBlanks passes over blanks and the ends of lines.
func (w *walker) skipBlanks() {
	for w.at.line <= len(w.lines) {
		trimmed := strings.TrimLeftFunc(w.rest, unicode.IsSpace)
		if trimmed != "" {
			w.advance(utf8.RuneCountInString(w.rest[:len(w.rest)-len(trimmed)]))
			return
		}
		w.nextLine()
	}
}

// take passes over one character of the text; ok is false where another one stands there.
func (w *walker) take(style yaml.Style, want rune) (ok bool) {
	for style&yaml.DoubleQuotedStyle != 0 && strings.HasPrefix(w.rest, `\`) {
		switch {
		case len(w.rest) < 2 || w.rest[1] == '\r': // an escaped end of line
			w.nextLine()
		case strings.IndexByte(" ntvfrN_LP\t", w.rest[1]) >= 0: // a blank
			w.advance(2)
		default:
			length, coded := map[byte]int{'x': 4, 'u': 6, 'U': 10}[w.rest[1]]
			named := coded || strings.IndexByte("abe0", w.rest[1]) >= 0 || want == rune(w.rest[1])
			w.advance(max(length, 2))
			return named
		}
		w.skipBlanks()
	}
	if style&yaml.SingleQuotedStyle != 0 && strings.HasPrefix(w.rest, "''") {
		w.advance(2)
		return want == '\''
	}
	r, _ := utf8.DecodeRuneInString(w.rest)
	w.advance(1)
	return r == want
}
