package remedy

import (
	"bytes"
	"cmp"
	"slices"
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
	spans  map[int][]textSpan
}

// textSpan is a part of a line, in bytes.
type textSpan struct{ from, to int }

// mask hides in a file what the collector would not keep: values of environment variables, data of Secrets
// and ConfigMaps, and credentials wherever they stand, in comments too.
//
// Documents of which no line is shown are passed over, and their lines left as they are.
func mask(content []byte, shown lineRanges) masked {
	m := masked{lines: strings.SplitAfter(string(content), "\n"), spans: map[int][]textSpan{}}
	m.hidden = make([]bool, len(m.lines))
	for _, p := range pieces(content) {
		text := content[p.start:p.end]
		if !shown.meet(p.line-1, p.line+bytes.Count(text, []byte("\n"))) {
			continue
		}
		s, err := parseSource(text)
		var raw, clean tree.Tree
		if err != nil || tree.Decode(&raw, text, 1, tree.Limits{}) != nil || tree.Decode(&clean, text, 1, tree.Limits{}) != nil {
			m.all(p.line, p.line+strings.Count(string(text), "\n"))
			continue
		}
		eachObject(clean.Root(), nil, func(n tree.Node, _ []step) { k8s.Sanitize(n) })
		before := bytes.Count(content[:p.start], []byte("\n"))
		lead := p.start - 1 - bytes.LastIndexByte(content[:p.start], '\n')
		s.secrets(s.root, raw.Root(), clean.Root(), func(n *yaml.Node, end int) { m.node(s, n, end, before, lead) })
	}
	m.cut()
	for _, f := range redact.Lines(string(content)) {
		if f.Line > 0 && f.Line <= len(m.lines) && !m.hidden[f.Line-1] {
			m.all(f.Line, f.Line)
		}
	}
	for i, line := range m.lines {
		if !shown.meet(i, i+1) {
			continue
		}
		if text, kinds := redact.Mask(line); len(kinds) > 0 {
			m.lines[i], m.hidden[i] = text, true
		}
	}
	return m
}

// lineRanges are lines of a file that are shown, counted from 0, each range without its end.
type lineRanges [][2]int

// meet reports whether any of the lines from one up to another is shown.
func (r lineRanges) meet(from, to int) bool {
	return slices.ContainsFunc(r, func(one [2]int) bool { return from < one[1] && one[0] < to })
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
// file above the document, and lead the bytes before it on its first one.
func (m *masked) node(s *source, n *yaml.Node, end, before, lead int) {
	first := before + n.Line - 1
	if first >= len(m.lines) {
		return
	}
	at := s.start(n)
	if stop, ok := s.end(n); ok && stop <= s.lineEnd(n.Line) {
		if n.Line > 1 {
			lead = 0
		}
		start := s.lines[n.Line-1]
		m.spans[first] = append(m.spans[first], textSpan{lead + at - start, lead + stop - start})
		return
	}
	m.all(first+1, before+end)
}

// cut puts marks in the place of what was found to hide in parts of lines.
func (m *masked) cut() {
	for i, spans := range m.spans {
		if m.hidden[i] {
			continue // all of it is hidden
		}
		slices.SortFunc(spans, func(a, b textSpan) int { return cmp.Or(b.from-a.from, b.to-a.to) })
		line, last := m.lines[i], len(m.lines[i])
		for _, span := range slices.Compact(spans) {
			if span.to > last { // never where a node ends before the next one starts
				m.all(i+1, i+1)
				break
			}
			line, last = line[:span.from]+redact.Plain+line[span.to:], span.from
			m.lines[i], m.hidden[i] = line, true
		}
	}
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
