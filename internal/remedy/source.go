package remedy

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/tree"
)

// step is one segment of a JSONPath: a key, or an index where key is empty and index is not negative.
type step struct {
	key   string
	index int
}

// isIndex reports whether the step goes into a list.
func (s step) isIndex() bool { return s.index >= 0 }

// parsePath cuts a JSONPath of names, quoted names and indexes into steps.
func parsePath(path string) ([]step, error) {
	rest, ok := strings.CutPrefix(path, "$")
	bad := errors.New("parse path " + strconv.Quote(path))
	if !ok {
		return nil, bad
	}
	var steps []step
	for rest != "" {
		switch {
		case rest[0] == '.':
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			if end == 0 {
				return nil, bad
			}
			steps = append(steps, step{rest[1 : 1+end], -1})
			rest = rest[1+end:]
		case strings.HasPrefix(rest, "['"):
			name, after, ok := quoted(rest[2:])
			if !ok {
				return nil, bad
			}
			steps, rest = append(steps, step{name, -1}), after
		default:
			number, after, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]")
			i, err := strconv.Atoi(number)
			if !ok || err != nil || i < 0 || rest[0] != '[' {
				return nil, bad
			}
			steps, rest = append(steps, step{"", i}), after
		}
	}
	return steps, nil
}

// quoted reads a name up to its quote and bracket. Escapes other than those of a quote and a backslash stand
// for control characters, which no field of Kubernetes has.
func quoted(s string) (name, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\'' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '\\':
			return "", "", false
		case s[i] == '\'':
			return b.String(), strings.TrimPrefix(s[i+1:], "]"), strings.HasPrefix(s[i+1:], "]")
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

// source is one document as text, with the nodes that a YAML parser finds in it and their places. JSON is
// read as YAML in flow style.
type source struct {
	text  []byte
	root  *yaml.Node
	lines []int // offsets of the starts of lines
	eol   string
}

// parseSource reads one document.
func parseSource(text []byte) (*source, error) {
	s := &source{text: text, eol: "\n", lines: []int{0}}
	for _, other := range []string{"\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(text, []byte(other)) {
			return nil, &Refusal{breaksText}
		}
	}
	crlf := bytes.Count(text, []byte("\r\n"))
	if bytes.Count(text, []byte("\r")) != crlf {
		return nil, &Refusal{breaksText}
	}
	if crlf > 0 {
		s.eol = "\r\n"
	}
	for i, c := range text {
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	var t tree.Tree // which refuses what would cost too much
	if err := tree.Decode(&t, text, 1, tree.Limits{}); err != nil {
		return nil, &Refusal{parseText}
	}
	var top yaml.Node
	if err := yaml.Unmarshal(text, &top); err != nil || len(top.Content) != 1 {
		return nil, &Refusal{parseText}
	}
	s.root = top.Content[0]
	return s, nil
}

// offset gives where a node starts. Columns count characters.
func (s *source) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(s.lines) {
		return len(s.text)
	}
	at := s.lines[n.Line-1]
	for range n.Column - 1 {
		if at >= len(s.text) {
			break
		}
		at++
		for at < len(s.text) && s.text[at]&0xC0 == 0x80 {
			at++
		}
	}
	return at
}

// start gives where a node's text starts: after its anchor, where it has one.
func (s *source) start(n *yaml.Node) int {
	at := s.offset(n)
	if n.Anchor == "" || n.Kind == yaml.AliasNode {
		return at
	}
	if rest, ok := bytes.CutPrefix(s.text[at:], []byte("&"+n.Anchor)); ok {
		return len(s.text) - len(bytes.TrimLeft(rest, " \t"))
	}
	return len(s.text)
}

// lineEnd gives the offset just after the line break of a 1-based line.
func (s *source) lineEnd(line int) int {
	if line < len(s.lines) {
		return s.lines[line]
	}
	return len(s.text)
}

// before gives the text of a node's line up to the node.
func (s *source) before(n *yaml.Node) string {
	at := s.offset(n)
	return string(s.text[min(at, s.lines[n.Line-1]):at])
}

// end gives where a scalar or a collection in flow style ends; ok is false where that cannot be told.
func (s *source) end(n *yaml.Node) (end int, ok bool) {
	at := s.start(n)
	if at >= len(s.text) || n.Style&yaml.TaggedStyle != 0 {
		return 0, false
	}
	switch {
	case n.Kind == yaml.AliasNode:
		return at + 1 + len(n.Value), true
	case n.Kind != yaml.ScalarNode:
		return s.endOfFlow(n, at)
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return s.endOfQuoted(at, '"', '\\')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return s.endOfQuoted(at, '\'', '\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || n.Value == "":
		return 0, false
	}
	return at + len(n.Value), bytes.HasPrefix(s.text[at:], []byte(n.Value))
}

func (s *source) endOfQuoted(at int, quote, escape byte) (int, bool) {
	if s.text[at] != quote {
		return 0, false
	}
	for i := at + 1; i < len(s.text); i++ {
		switch {
		case s.text[i] == escape && i+1 < len(s.text) && (escape != quote || s.text[i+1] == quote):
			i++
		case s.text[i] == quote:
			return i + 1, true
		}
	}
	return 0, false
}

func (s *source) endOfFlow(n *yaml.Node, at int) (int, bool) {
	last := at + 1
	if n.Style&yaml.FlowStyle == 0 {
		return 0, false
	}
	if len(n.Content) > 0 {
		end, ok := s.endInFlow(n)
		if !ok {
			return 0, false
		}
		last = end
	}
	closing := byte(']')
	if n.Kind == yaml.MappingNode {
		closing = '}'
	}
	last = s.skip(last, true)
	if last >= len(s.text) || s.text[last] != closing {
		return 0, false
	}
	return last + 1, true
}

// endInFlow gives the end of the last child of a collection in flow style.
func (s *source) endInFlow(n *yaml.Node) (int, bool) {
	child := n.Content[len(n.Content)-1]
	if n.Kind == yaml.MappingNode && isImplicitNull(child) {
		end, ok := s.end(n.Content[len(n.Content)-2])
		if after := s.skip(end, false); ok && after < len(s.text) && s.text[after] == ':' {
			end = after + 1
		}
		return end, ok
	}
	return s.end(child)
}

func isImplicitNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.FlowStyle == 0 && n.Anchor == ""
}

// skip passes over blanks, line breaks and comments, and over commas where they are to be skipped too.
func (s *source) skip(at int, commas bool) int {
	for at < len(s.text) {
		switch c := s.text[at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' && commas:
			at++
		case c == '#' && (at == 0 || bytes.IndexByte([]byte(" \t\n"), s.text[at-1]) >= 0):
			if i := bytes.IndexByte(s.text[at:], '\n'); i >= 0 {
				at += i
				continue
			}
			return len(s.text)
		default:
			return at
		}
	}
	return at
}

// entryEnd gives the offset just after the lines of an entry in block style whose key or dash stands on a
// line, col blanks from the left edge. What is indented further belongs to it, and so do the dashes of a
// list that is the value of a key in the same column. Comments that are not indented further belong to
// what follows.
func (s *source) entryEnd(line, col int, listBelow bool) int {
	last := line
	for next := line + 1; next <= len(s.lines); next++ {
		body := s.text[s.lines[next-1]:s.lineEnd(next)]
		trimmed := bytes.TrimLeft(body, " ")
		indent := len(body) - len(trimmed)
		trimmed = bytes.TrimRight(trimmed, "\r\n")
		switch {
		case len(bytes.TrimSpace(trimmed)) == 0:
			continue
		case indent > col:
			last = next
			continue
		case trimmed[0] == '#':
			continue
		case indent == col && listBelow && trimmed[0] == '-' && (len(trimmed) == 1 || trimmed[1] == ' ' || trimmed[1] == '\t'):
			last = next
			continue
		}
		break
	}
	return s.lineEnd(last)
}
