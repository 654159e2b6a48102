package remedy

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// remove lists ways to take a field away, the best first.
func (s *source) remove(f *found) [][]byte {
	if len(f.nodes) < 2 {
		return nil
	}
	n, key, parent := f.last(), f.keys[len(f.keys)-1], f.above(len(f.nodes)-1)
	switch {
	case inFlow(parent):
		return s.removeFlow(parent, n, key)
	case key == nil:
		return s.removeItem(parent, n)
	}
	return s.removeMember(parent, n, key)
}

// removeMember takes a member out of a map in block style.
func (s *source) removeMember(parent, n, key *yaml.Node) (tries [][]byte) {
	col := key.Column - 1
	end := s.entryEnd(key.Line, col, n.Kind == yaml.SequenceNode)
	if len(parent.Content) == 2 { // without it, only the sign of an empty map says that there is one
		return [][]byte{s.splice(s.offset(key), end, "{}"+s.eol)}
	}
	if strings.Trim(s.before(key), " ") == "" {
		return [][]byte{s.splice(s.lines[key.Line-1], end, "")}
	}
	next := following(parent, key) // the first member of an item, on the line of its dash
	if next == nil {
		return nil
	}
	start, after := s.offset(key), s.offset(next)
	if strings.Trim(string(s.text[min(end, after):after]), " \r\n") == "" {
		tries = append(tries, s.splice(start, after, ""))
	}
	bare := len(bytes.TrimRight(s.text[:start], " "))
	return append(tries, s.splice(bare, end, s.eol))
}

// following gives the key after a key in a map; nil after the last.
func following(m, key *yaml.Node) *yaml.Node {
	for i := 0; i+2 < len(m.Content); i += 2 {
		if m.Content[i] == key {
			return m.Content[i+2]
		}
	}
	return nil
}

// removeItem takes an item out of a list in block style.
func (s *source) removeItem(parent, n *yaml.Node) [][]byte {
	line, ok := s.dashOf(parent, n)
	if !ok {
		return nil
	}
	return [][]byte{s.splice(s.lines[line-1], s.entryEnd(line, parent.Column-1, false), "")}
}

// dashOf gives the line of an item's dash: that of the item, or one above it with nothing but comments in
// between. Something else than the dash may stand before it on its line; then the item is not taken out.
func (s *source) dashOf(parent, n *yaml.Node) (line int, ok bool) {
	for line = n.Line; line >= parent.Line; line-- {
		text := s.text[s.lines[line-1]:s.lineEnd(line)]
		body := bytes.TrimLeft(text, " ")
		switch col := len(text) - len(body); {
		case col == parent.Column-1 && len(body) > 0 && body[0] == '-':
			return line, true
		case line < n.Line && len(bytes.TrimSpace(body)) > 0 && body[0] != '#':
			return 0, false
		}
	}
	return 0, false
}

// removeFlow takes an entry out of a map or list in flow style, with one comma.
func (s *source) removeFlow(parent, n, key *yaml.Node) [][]byte {
	width := 1
	if parent.Kind == yaml.MappingNode {
		width = 2
	}
	first := n
	if key != nil {
		first = key
	}
	for i := 0; i < len(parent.Content); i += width {
		if parent.Content[i] != first {
			continue
		}
		if i+width < len(parent.Content) {
			return [][]byte{s.splice(s.offset(first), s.offset(parent.Content[i+width]), "")}
		}
		end, ok := s.endInFlow(parent)
		if i == 0 && ok { // the only entry, with the comma after it
			if end, ok = s.end(parent); ok {
				return [][]byte{s.splice(s.start(parent)+1, end-1, "")}
			}
		}
		if !ok {
			return nil
		}
		shorter := *parent
		shorter.Content = parent.Content[:i]
		if before, ok := s.endInFlow(&shorter); ok {
			return [][]byte{s.splice(before, end, "")}
		}
	}
	return nil
}
