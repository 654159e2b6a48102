package remedy

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// edit makes one change in a document: in as few lines as it can, in the style of what stands around it, with
// every comment outside the lines that go. base leads to the object in the document, which starts on a line of
// its file. The result is checked: it means what the document meant, but for the one field.
func edit(text []byte, line int, c placedChange) ([]byte, error) {
	s, before, err := openDocument(text, line)
	if err != nil {
		return nil, err
	}
	path, want, ok := c.in(before)
	if !ok {
		return nil, refuse(placeText, c.Path)
	}
	if reflect.DeepEqual(before, want) {
		return text, nil
	}
	f, err := s.find(path, false)
	if err != nil {
		return nil, err
	}
	for _, try := range s.tries(f, c.Change) {
		if means(try, want) {
			return try, nil
		}
	}
	switch {
	case f.alias != nil:
		return nil, refuse(aliasText, f.alias.Value, line+f.alias.Line-1)
	case f.merge != nil:
		return nil, refuse(mergeText, f.rest[0].key, line+f.merge.Line-1)
	}
	return nil, refuse(placeText, c.Path)
}

// placedChange is a change of an object that stands somewhere in a document.
type placedChange struct {
	base []step
	rule.Change
}

// in gives the field of the change in a document, and what the document means with it.
func (c placedChange) in(before any) (path []step, want any, ok bool) {
	below, err := parsePath(c.Path)
	if err != nil {
		return nil, nil, false
	}
	path = slices.Concat(c.base, below)
	switch {
	case c.Remove:
		path = slices.Concat(c.base, pruned(at(before, c.base), below))
		want, ok = removeIn(before, path)
	case c.Append:
		want, ok = appendIn(before, path, plainValue(c.Value))
	default:
		want, ok = setIn(before, path, plainValue(c.Value))
	}
	return path, want, ok
}

// openDocument reads a document as text and as a value.
func openDocument(text []byte, line int) (*source, any, error) {
	s, err := parseSource(text)
	if err != nil {
		return nil, nil, err
	}
	if s.root.Anchor != "" {
		return nil, nil, &Refusal{parseText}
	}
	var t tree.Tree
	if err := tree.Decode(&t, text, line, tree.Limits{}); err != nil {
		return nil, nil, &Refusal{parseText}
	}
	return s, plain(t.Root()), nil
}

// tries lists ways to make a change in a field, the best first.
func (s *source) tries(f *found, c rule.Change) [][]byte {
	items, isList := c.Value.([]any)
	switch {
	case c.Append && isList:
		return s.extend(f, items)
	case !c.Remove:
		return s.set(f, c.Value)
	case len(f.rest) == 0:
		return s.remove(f)
	}
	return nil
}

// editAll makes changes in one document, one after the other. Where one cannot be made by itself, because an
// anchor shares the field, they are made where the anchors stand, if that is all the same to the document.
func editAll(text []byte, line int, changes []placedChange) ([]byte, error) {
	edited := text
	for _, c := range changes {
		next, err := edit(edited, line, c)
		if err != nil {
			if shared, ok := editShared(text, line, changes); ok {
				return shared, nil
			}
			return nil, err
		}
		edited = next
	}
	return edited, nil
}

// editShared makes changes where the anchors stand that share the fields; ok is false where something else
// would change too.
func editShared(text []byte, line int, changes []placedChange) (edited []byte, ok bool) {
	if !bytes.ContainsRune(text, '&') {
		return nil, false
	}
	_, want, err := openDocument(text, line)
	if err != nil {
		return nil, false
	}
	var steps []anchoredChange
	for _, c := range changes {
		path, next, ok := c.in(want)
		if !ok {
			return nil, false
		}
		steps, want = append(steps, anchoredChange{c.Change, path, at(next, path[:len(path)-1]), nil}), next
	}
	for _, c := range steps {
		c.last = at(want, c.path[:len(c.path)-1])
		if text, ok = c.edit(text, line); !ok {
			return nil, false
		}
	}
	return text, means(text, want)
}

// anchoredChange is a change of a field with what the parent of the field is to mean after it, and after the
// last of the changes.
type anchoredChange struct {
	rule.Change
	path       []step
	next, last any
}

// edit makes the change where its anchor stands, unless those before it have done so.
func (c anchoredChange) edit(text []byte, line int) (edited []byte, ok bool) {
	parent := c.path[:len(c.path)-1]
	s, now, err := openDocument(text, line)
	if err != nil || reflect.DeepEqual(at(now, parent), c.last) {
		return text, err == nil
	}
	f, err := s.find(c.path, true)
	if err != nil {
		return nil, false
	}
	for _, try := range s.tries(f, c.Change) {
		if _, after, err := openDocument(try, line); err == nil && reflect.DeepEqual(at(after, parent), c.next) {
			return try, true
		}
	}
	return nil, false
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
	case n.Kind == yaml.AliasNode:
		return s.override(f, rule.Field{Key: f.rest[0].key, Value: inner})
	case n.Kind == yaml.ScalarNode:
		return s.replace(f, rule.Fields{{Key: f.rest[0].key, Value: inner}})
	case n.Kind != yaml.MappingNode:
		return nil
	case inFlow(n):
		return s.insertFlow(n, rule.Field{Key: f.rest[0].key, Value: inner})
	}
	return s.insertBlock(n, rule.Fields{{Key: f.rest[0].key, Value: inner}})
}

// override puts a map in the place of an alias to one: what the anchor holds, but for one member.
func (s *source) override(f *found, field rule.Field) (tries [][]byte) {
	n, key := f.last(), f.keys[len(f.keys)-1]
	from, to := s.offset(n), s.offset(n)+1+len(n.Value)
	if n.Alias == nil || n.Alias.Kind != yaml.MappingNode || to > len(s.text) {
		return nil
	}
	short := "{<<: *" + n.Value + ", " + writeScalar(field.Key, false) + ": " + writeFlow(field.Value, false) + "}"
	if key != nil && !inFlow(f.above(len(f.nodes)-1)) && key.Line == n.Line {
		l := s.layout()
		pad := strings.Repeat(" ", key.Column-1) + l.step
		block := pad + "<<: *" + n.Value + s.eol + l.block(rule.Fields{field}, pad)
		end := s.lineEnd(n.Line)
		head := append(bytes.TrimRight(s.text[:from:from], " "), s.text[to:end]...)
		if end > 0 && s.text[end-1] != '\n' {
			head, block = append(head, s.eol...), strings.TrimSuffix(block, s.eol)
		} else {
			block += s.eol
		}
		tries = append(tries, slices.Concat(head, []byte(block), s.text[end:]))
	}
	return append(tries, s.splice(from, to, short))
}

// layout finds how the document indents.
func (s *source) layout() layout {
	by := indentStep(s.root)
	if by == 0 {
		by = 2
	}
	return layout{eol: s.eol, step: strings.Repeat(" ", by)}
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
	text := s.layout().block(fields, strings.Repeat(" ", col))
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
		return [][]byte{s.splice(s.start(m), end, writeFlow(rule.Fields{field}, asJSON))}
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
		if asJSON {
			l := s.layout()
			if strings.Contains(pad, "\t") {
				l.step = "\t"
			}
			text = writeScalar(field.Key, true) + ": " + l.json(field.Value, pad)
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
	if end, ok := s.end(n); ok {
		return [][]byte{s.splice(s.start(n), end, writeFlow(v, asJSON))}
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
	return [][]byte{s.replaceBlock(n, key, after, v)}
}

// replaceBlock puts a value in the place of what stands below a key, or beside it without an end that can be
// told; after is the offset behind the key's colon.
func (s *source) replaceBlock(n, key *yaml.Node, after int, v any) []byte {
	lineEnd := len(s.text)
	if i := bytes.IndexByte(s.text[after:], '\n'); i >= 0 { // the colon may be on another line than the key
		lineEnd = after + i + 1
	}
	end := max(s.entryEnd(key.Line, key.Column-1, n.Kind == yaml.SequenceNode), lineEnd)
	tail := s.text[after:lineEnd] // the comment behind the key
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		header := bytes.TrimLeft(tail, " \t")
		tail = tail[len(tail)-len(bytes.TrimLeft(header, "|>+-0123456789")):]
	}
	head := s.text[:after]
	fields, isMap := v.(rule.Fields)
	list, isList := v.([]any)
	switch {
	case isMap && len(fields) > 0:
		l := s.layout()
		below := l.block(fields, strings.Repeat(" ", key.Column-1)+l.step) + l.eol
		if lineEnd > 0 && s.text[lineEnd-1] != '\n' {
			below = l.eol + strings.TrimSuffix(below, l.eol)
		}
		return slices.Concat(head, tail, []byte(below), s.text[end:])
	case isList && n.Kind == yaml.SequenceNode && len(list) > 0:
		return slices.Concat(head, tail, []byte(blockList(list, n.Column-1, s.eol)), s.text[end:])
	}
	return slices.Concat(head, []byte(" "+writeFlow(v, false)), tail, s.text[end:])
}

func blockList(list []any, indent int, eol string) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(strings.Repeat(" ", indent) + "- " + writeFlow(x, false) + eol)
	}
	return b.String()
}
