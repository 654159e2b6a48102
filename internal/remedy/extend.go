package remedy

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/tree"
)

// appendIn gives a copy of a value with items more at the end of a list, which is made where there is none; ok is
// false where something else is there.
func appendIn(v any, path []step, items any) (_ any, ok bool) {
	was, isList := at(v, path).([]any)
	if s, isScalar := at(v, path).(scalar); !isList && at(v, path) != nil && (!isScalar || s.kind != tree.Null) {
		return nil, false
	}
	more, _ := items.([]any)
	return setIn(v, path, append(was[:len(was):len(was)], more...))
}

// extend lists ways to add items to the end of a list, the best first.
func (s *source) extend(f *found, items []any) [][]byte {
	n := f.last()
	switch {
	case len(f.rest) > 0 || n.Kind != yaml.SequenceNode || len(n.Content) == 0:
		return s.set(f, items)
	case inFlow(n):
		return s.extendFlow(n, items)
	}
	line, ok := s.dashOf(n, n.Content[len(n.Content)-1])
	if !ok {
		return nil
	}
	end := s.entryEnd(line, n.Column-1, false)
	text := s.layout().items(items, strings.Repeat(" ", n.Column-1))
	if end > 0 && s.text[end-1] != '\n' {
		return [][]byte{s.splice(end, end, s.eol+text)}
	}
	return [][]byte{s.splice(end, end, text+s.eol)}
}

// extendFlow adds items to a list in flow style: on lines of their own where the others have theirs.
func (s *source) extendFlow(n *yaml.Node, items []any) (tries [][]byte) {
	end, ok := s.endInFlow(n)
	if !ok {
		return nil
	}
	last := n.Content[len(n.Content)-1]
	asJSON, pad := isJSON(s.root), s.before(last)
	var below, beside strings.Builder
	for _, item := range items {
		text := writeFlow(item, asJSON)
		beside.WriteString(", " + text)
		if asJSON && endLine(last) > last.Line {
			l := s.layout()
			if strings.Contains(pad, "\t") {
				l.step = "\t"
			}
			text = l.json(item, pad)
		}
		below.WriteString("," + s.eol + pad + text)
	}
	if strings.Trim(pad, " \t") == "" && last.Line > n.Line {
		tries = append(tries, s.splice(end, end, below.String()))
	}
	return append(tries, s.splice(end, end, beside.String()))
}

// endLine gives the line on which the last of what is below a node starts.
func endLine(n *yaml.Node) int {
	line := n.Line
	for _, c := range n.Content {
		line = max(line, endLine(c))
	}
	return line
}
