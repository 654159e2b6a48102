package iac

import (
	"github.com/merlonsec/merlon/internal/tree"
)

// putDocument writes a policy document: JSON in a text, or a map. A statement with a part that is open is left
// out, and the document noted as open: what the other statements allow holds all the same.
func (s *assembly) putDocument(p place, v value, member string) {
	if v.kind == tree.String {
		parsed, ok := parsed(v)
		if !ok || parsed.kind != tree.Map {
			p.leaveOpen(member)
			s.problem(v.line, p.of.label+": "+member+" is not a policy document in JSON, and was not assessed")
			return
		}
		v = parsed
	}
	if v.kind != tree.Map {
		p.leaveOpen(member)
		return
	}
	whole := value{kind: tree.Map, line: v.line}
	for i, key := range v.keys {
		item, elsewhere := s.named(v.items[i])
		if elsewhere {
			p.leaveOpen(member)
		}
		switch {
		case !item.isOpen():
		case key == "Statement" && !item.open:
			p.leaveOpen(member)
			statements := item.list()
			item = value{kind: tree.List, line: item.line}
			for _, statement := range statements {
				if !statement.isOpen() {
					item.items = append(item.items, statement)
				}
			}
		default:
			p.leaveOpen(member)
			continue
		}
		whole.keys, whole.items = append(whole.keys, key), append(whole.items, item)
	}
	p.into.set(member, nodeOf(whole))
}

// named puts the names of resources in the place of references to them, in a value and all below it. elsewhere is
// set where one of them is of a type that is not read, so that nobody knows what else is called so.
func (s *assembly) named(v value) (_ value, elsewhere bool) {
	if a := s.find(v, nil); v.open && a != nil {
		return textValue(a.ref(), v.line), a.kind.typ == ""
	}
	if len(v.items) > 0 {
		items := make([]value, len(v.items))
		for i, item := range v.items {
			var other bool
			items[i], other = s.named(item)
			elsewhere = elsewhere || other
		}
		v.items = items
	}
	return v, elsewhere
}

// parsed reads the JSON in a text; each part stands on the line of the text.
func parsed(v value) (value, bool) {
	var t tree.Tree
	if tree.DecodeJSON(&t, []byte(v.text), max(v.line, 1), tree.Limits{}) != nil {
		return value{}, false
	}
	return onLine(known(t.Root()), v.line), true
}

// onLine puts a value and all below it on one line.
func onLine(v value, line int) value {
	v.line = line
	for i := range v.items {
		v.items[i] = onLine(v.items[i], line)
	}
	return v
}
