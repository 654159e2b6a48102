package remedy

import (
	"bytes"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// edit makes one change in a document: in as few lines as it can, in the style of what stands around it, with
// every comment outside the lines that go. base leads to the object in the document. The result is
// checked: it means what the document meant, but for the one field.
func edit(text []byte, base []step, c rule.Change) ([]byte, error) {
	below, err := parsePath(c.Path)
	if err != nil {
		return nil, err
	}
	s, err := parseSource(text)
	if err != nil {
		return nil, err
	}
	var t tree.Tree
	if err := tree.Decode(&t, text, 1, tree.Limits{}); err != nil {
		return nil, errParse
	}
	before := plain(t.Root())
	path := append(append([]step{}, base...), below...)
	if c.Remove {
		path = append(path[:len(base):len(base)], pruned(at(before, base), below)...)
	}
	f, err := s.find(path)
	if err != nil {
		return nil, err
	}
	var want any
	var ok bool
	var tries [][]byte
	if c.Remove {
		if want, ok = removeIn(before, path); ok && len(f.rest) == 0 {
			tries = s.remove(f)
		}
	} else if want, ok = setIn(before, path, plainValue(c.Value)); ok {
		if reflect.DeepEqual(before, want) {
			return text, nil
		}
		tries = s.set(f, c.Value)
	}
	for _, try := range tries {
		if means(try, want) {
			return try, nil
		}
	}
	return nil, refuse(placeText, c.Path)
}

// means reports whether a document has a value, and can be edited again.
func means(text []byte, want any) bool {
	var t tree.Tree
	if tree.Decode(&t, text, 1, tree.Limits{}) != nil {
		return false
	}
	return reflect.DeepEqual(plain(t.Root()), want)
}

// at follows steps into a value; nil where they lead nowhere.
func at(v any, path []step) any {
	for _, st := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[st.key]
		case []any:
			if !st.isIndex() || st.index >= len(x) {
				return nil
			}
			v = x[st.index]
		default:
			return nil
		}
	}
	return v
}

func (s *source) splice(from, to int, with string) []byte {
	return bytes.Join([][]byte{s.text[:from], []byte(with), s.text[to:]}, nil)
}

func inFlow(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 }

// set lists ways to set a field, the best first.
func (s *source) set(f *found, v any) [][]byte {
	n := f.last()
	if len(f.rest) == 0 {
		return s.replace(f, v)
	}
	if f.rest[0].isIndex() {
		return nil
	}
	inner := wrap(f.rest[1:], v)
	switch {
	case n.Kind == yaml.ScalarNode:
		return s.replace(f, rule.Fields{{Key: f.rest[0].key, Value: inner}})
	case n.Kind != yaml.MappingNode:
		return nil
	case inFlow(n):
		return s.insertFlow(n, rule.Field{Key: f.rest[0].key, Value: inner})
	}
	return s.insertBlock(n, rule.Fields{{Key: f.rest[0].key, Value: inner}})
}

// layout finds how the document indents.
func (s *source) layout(asJSON bool) layout {
	l := layout{eol: s.eol, step: indentStep(s.root), asJSON: asJSON}
	if l.step == 0 {
		l.step = 2
	}
	return l
}

// indentStep gives by how much the first nested map is indented; 0 where there is none.
func indentStep(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if v.Kind == yaml.MappingNode && len(v.Content) > 0 && v.Content[0].Line > k.Line {
				if by := v.Content[0].Column - k.Column; by > 0 {
					return by
				}
			}
		}
	}
	for _, c := range n.Content {
		if by := indentStep(c); by > 0 {
			return by
		}
	}
	return 0
}

// insertBlock adds members to a map in block style: after its last member, or before it.
func (s *source) insertBlock(m *yaml.Node, fields rule.Fields) (tries [][]byte) {
	if len(m.Content) == 0 {
		return nil
	}
	col := m.Content[0].Column - 1
	text := s.layout(false).block(fields, col)
	k, v := m.Content[len(m.Content)-2], m.Content[len(m.Content)-1]
	end := s.entryEnd(k.Line, col, v.Kind == yaml.SequenceNode)
	if end > 0 && s.text[end-1] != '\n' {
		tries = append(tries, s.splice(end, end, s.eol+text))
	} else {
		tries = append(tries, s.splice(end, end, text+s.eol))
	}
	if strings.Trim(s.before(k), " ") == "" {
		start := s.lines[k.Line-1]
		tries = append(tries, s.splice(start, start, text+s.eol))
	}
	return tries
}

// insertFlow adds a member to a map in flow style: on a line of its own where the others have theirs.
func (s *source) insertFlow(m *yaml.Node, field rule.Field) [][]byte {
	end, ok := s.end(m)
	if !ok {
		return nil
	}
	if len(m.Content) == 0 {
		asJSON := isJSON(s.root)
		return [][]byte{s.splice(s.offset(m), end, writeFlow(rule.Fields{field}, asJSON))}
	}
	k := m.Content[len(m.Content)-2]
	asJSON := k.Style&yaml.DoubleQuotedStyle != 0
	last, ok := s.endInFlow(m)
	if !ok {
		return nil
	}
	short := writeScalar(field.Key, asJSON) + ": " + writeFlow(field.Value, asJSON)
	tries := [][]byte{s.splice(last, last, ", "+short)}
	if pad := s.before(k); strings.Trim(pad, " \t") == "" && m.Content[0].Line > m.Line {
		text := short
		if asJSON && !strings.Contains(pad, "\t") {
			text = writeScalar(field.Key, true) + ": " + s.layout(true).json(field.Value, len(pad))
		}
		tries = append([][]byte{s.splice(last, last, ","+s.eol+pad+text)}, tries...)
		if next := s.skip(last, false); next < len(s.text) && s.text[next] == ',' { // a comma after the last member
			tries = append([][]byte{s.splice(next+1, next+1, s.eol+pad+text+",")}, tries...)
		}
	}
	return tries
}

// isJSON reports whether a document writes its keys as JSON does.
func isJSON(root *yaml.Node) bool {
	return root.Kind == yaml.MappingNode && inFlow(root) && len(root.Content) > 0 && root.Content[0].Style&yaml.DoubleQuotedStyle != 0
}

// replace lists ways to put a value in the place of another.
func (s *source) replace(f *found, v any) (tries [][]byte) {
	n, key := f.last(), f.keys[len(f.keys)-1]
	asJSON := isJSON(s.root)
	fields, isMap := v.(rule.Fields)
	if end, ok := s.end(n); ok {
		return [][]byte{s.splice(s.offset(n), end, writeFlow(v, asJSON))}
	}
	if key == nil || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return nil
	}
	after, ok := s.end(key)
	if ok {
		after = s.skip(after, false)
	}
	if !ok || after >= len(s.text) || s.text[after] != ':' {
		return nil
	}
	after++
	if len(f.nodes) > 1 && inFlow(f.above(len(f.nodes)-1)) {
		return [][]byte{s.splice(after, after, " "+writeFlow(v, asJSON))}
	}
	col, l := key.Column-1, s.layout(false)
	lineEnd := s.lineEnd(key.Line)
	end := s.entryEnd(key.Line, col, n.Kind == yaml.SequenceNode)
	if isMap {
		below := l.block(fields, col+l.step) + l.eol
		if lineEnd > 0 && s.text[lineEnd-1] != '\n' {
			below = l.eol + l.block(fields, col+l.step)
		}
		return [][]byte{s.splice(lineEnd, end, below)}
	}
	if list, isList := v.([]any); isList && n.Kind == yaml.SequenceNode && len(list) > 0 {
		return [][]byte{s.splice(lineEnd, end, blockList(list, n.Column-1, l.eol))}
	}
	inline := s.splice(after, after, " "+writeFlow(v, false))
	if end > lineEnd {
		inline = bytes.Join([][]byte{s.text[:after], []byte(" " + writeFlow(v, false)), s.text[after:lineEnd], s.text[end:]}, nil)
	}
	return [][]byte{inline}
}

func blockList(list []any, indent int, eol string) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(strings.Repeat(" ", indent) + "- " + writeFlow(x, false) + eol)
	}
	return b.String()
}
