package remedy

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/tree"
)

// masked is the text of a file, line by line, with what nobody may see replaced.
type masked struct {
	lines  []string
	hidden []bool // the line holds something that was replaced
}

// mask hides in a file what the collector would not keep: values of environment variables, data of Secrets
// and ConfigMaps, and credentials wherever they stand, in comments too.
func mask(content []byte) masked {
	m := masked{lines: strings.SplitAfter(string(content), "\n")}
	m.hidden = make([]bool, len(m.lines))
	for _, p := range pieces(content) {
		text := content[p.start:p.end]
		s, err := parseSource(text)
		var raw, clean tree.Tree
		if err != nil || tree.Decode(&raw, text, 1, tree.Limits{}) != nil || tree.Decode(&clean, text, 1, tree.Limits{}) != nil {
			m.all(p.line, p.line+strings.Count(string(text), "\n"))
			continue
		}
		eachObject(clean.Root(), nil, func(n tree.Node, _ []step) { k8s.Sanitize(n) })
		before := strings.Count(string(content[:p.start]), "\n")
		s.secrets(s.root, raw.Root(), clean.Root(), func(n *yaml.Node, end int) { m.node(s, n, end, before) })
	}
	for _, f := range redact.Lines(string(content)) {
		if f.Line > 0 && f.Line <= len(m.lines) && !m.hidden[f.Line-1] {
			m.all(f.Line, f.Line)
		}
	}
	for i, line := range m.lines {
		if text, kinds := redact.Mask(line); len(kinds) > 0 {
			m.lines[i], m.hidden[i] = text, true
		}
	}
	return m
}

// all hides whole lines, from and to counted from 1.
func (m *masked) all(from, to int) {
	for i := from - 1; i < to && i < len(m.lines); i++ {
		if strings.TrimSpace(m.lines[i]) == "" {
			continue
		}
		m.lines[i], m.hidden[i] = redact.Plain+lineBreak(m.lines[i]), true
	}
}

func lineBreak(line string) string { return line[len(strings.TrimRight(line, "\r\n")):] }

// node hides the text of one node, which ends on a line of its document; before counts the lines of the
// file above the document.
func (m *masked) node(s *source, n *yaml.Node, end, before int) {
	first := before + n.Line - 1
	if first >= len(m.lines) {
		return
	}
	at := s.offset(n)
	if stop, ok := s.end(n); ok && !m.hidden[first] && stop <= s.lineEnd(n.Line) {
		from := at - s.lines[n.Line-1]
		line := m.lines[first]
		if shift := len(line) - (s.lineEnd(n.Line) - s.lines[n.Line-1]); shift >= 0 && from+shift+stop-at <= len(line) {
			m.lines[first] = line[:from+shift] + redact.Plain + line[from+shift+stop-at:]
			m.hidden[first] = true
			return
		}
	}
	m.all(first+1, before+end)
}

// secrets visits the scalars, with the last line of each, that are other in the clean tree than in the raw
// one, or that it does not have.
func (s *source) secrets(n *yaml.Node, raw, clean tree.Node, visit func(n *yaml.Node, end int)) {
	last := len(s.lines)
	s.walk(n, raw, clean, last, visit)
}

func (s *source) walk(n *yaml.Node, raw, clean tree.Node, last int, visit func(n *yaml.Node, end int)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			end := last
			if i+2 < len(n.Content) {
				end = max(n.Content[i+2].Line-1, k.Line)
			}
			if k.Value == "<<" { // what it brings is judged where it stands
				s.walk(v, tree.Node{}, tree.Node{}, end, visit)
				continue
			}
			s.walk(v, raw.Get(k.Value), clean.Get(k.Value), end, visit)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			end := last
			if i+1 < len(n.Content) {
				end = max(n.Content[i+1].Line-1, c.Line)
			}
			s.walk(c, raw.At(i), clean.At(i), end, visit)
		}
	case yaml.AliasNode: // what it repeats is judged here too, by where it is used
		if n.Alias != nil {
			s.walk(n.Alias, raw, clean, n.Alias.Line+strings.Count(n.Alias.Value, "\n"), visit)
		}
	case yaml.ScalarNode:
		if !clean.Exists() || clean.Text() != raw.Text() {
			visit(n, last)
		}
	}
}
