package iac

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// kind says how the resources of one type are read: what is not among its fields is not looked at.
type kind struct {
	// source is what the document calls the type: "aws_vpc", "AWS::EC2::VPC".
	source string
	// typ is the type of the resource that it makes.
	typ    inventory.Type
	fields []field
	// finish does what fields cannot say, with the attributes that also names; it may be nil.
	finish func(s *assembly, a *answer, v value)
	also   []string
	// arn is the attribute that holds the ARN, where it is not called so; called those by which others may call the
	// resource.
	arn    string
	called []string
	// small is set where the document writes with a capital what the fields write with a small letter first.
	small bool
	// bare is set for a security group of which the rule that AWS gives to new ones is taken away.
	bare bool
}

// attributes lists the attributes that are read.
func (k kind) attributes() []string {
	return attributesOf(k.fields, slices.Concat([]string{"id", cmp.Or(k.arn, "arn"), "name"}, k.called, k.also))
}

func attributesOf(fields []field, names []string) []string {
	for _, f := range fields {
		for name := range strings.SplitSeq(f.from, "|") {
			name, _, _ = strings.Cut(name, ".")
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// part is a type of resource that only adds to others.
type part struct {
	source string
	// attributes lists those that are read.
	attributes []string
	join       func(s *assembly, p piece)
}

// piece is one resource of such a type.
type piece struct {
	label string
	line  int
	value value
}

// get gives an attribute.
func (p piece) get(path string) value { return p.value.get(path) }

// field is one member of an object, and the attribute that it is made of.
type field struct {
	// to is where it stands in the object, "a.b" in a map of its own.
	to string
	// from is the attribute: "a.b" below a block, "a|b" is b where there is no a.
	from string
	form form
	// types are those that a reference may lead to; none is any.
	types []inventory.Type
	// fields are those of the elements of a list.
	fields []field
	// otherwise is what the API takes where nobody says anything; "" is nothing.
	otherwise string
	// absent is set where the API leaves the member out then.
	absent bool
}

// form is how an attribute becomes a member.
type form uint8

const (
	asText      form = iota
	asFlag           // true or false
	asNumber         // a whole number
	asTexts          // a list of texts
	asTags           // names and texts
	asDocument       // a policy document
	asRef            // the ARN or ID of another resource
	asRefs           // a list of those
	asEach           // a list of maps
	asOwn            // the ARN or ID of the resource itself
	asArguments      // a list of texts that a shell may expand
	asFixed          // what is so by the nature of the resource
)

func text(to, from string) field      { return field{to: to, from: from} }
func flag(to, from string) field      { return field{to: to, from: from, form: asFlag} }
func number(to, from string) field    { return field{to: to, from: from, form: asNumber} }
func texts(to, from string) field     { return field{to: to, from: from, form: asTexts} }
func arguments(to, from string) field { return field{to: to, from: from, form: asArguments} }
func tags(to, from string) field      { return field{to: to, from: from, form: asTags} }
func documentField(to, from string) field {
	return field{to: to, from: from, form: asDocument}
}
func own(to string) field       { return field{to: to, form: asOwn} }
func fixed(to, as string) field { return field{to: to, form: asFixed, otherwise: as} }

func ref(to, from string, types ...inventory.Type) field {
	return field{to: to, from: from, form: asRef, types: types}
}

func refs(to, from string, types ...inventory.Type) field {
	return field{to: to, from: from, form: asRefs, types: types}
}

func each(to, from string, fields ...field) field {
	return field{to: to, from: from, form: asEach, fields: fields}
}

// orAbsent says that the API leaves the field out where nobody says anything.
func (f field) orAbsent() field {
	f.absent = true
	return f
}

// or gives a field the value that the API takes where nobody says anything.
func (f field) or(otherwise string) field {
	f.otherwise = otherwise
	return f
}

// place is where in an object fields are put.
type place struct {
	of   *answer
	into *node
	path string // of into, as a JSONPath
}

// below is the place of an element of a list.
func (p place) below(list string, i int, into *node) place {
	return place{of: p.of, into: into, path: tree.PathIndex(p.path+"."+list, i)}
}

// leaveOpen notes that a member is not known.
func (p place) leaveOpen(member string) {
	if path := p.path + "." + member; p.of.once("open " + path) {
		p.of.open = append(p.of.open, path)
	}
}

// fill puts fields in their place.
func (s *assembly) fill(p place, from value, fields []field) {
	for _, f := range fields {
		v := value{}
		for name := range strings.SplitSeq(f.from, "|") {
			if v = from.get(name); !v.isEmpty() {
				break
			}
		}
		if (v.isEmpty() || v.unset) && f.otherwise != "" {
			v = textValue(f.otherwise, from.line)
		}
		switch {
		case f.form == asOwn:
			p.into.set(f.to, newText(p.of.ref(), p.of.line))
		case f.form == asFixed && (f.otherwise == "true" || f.otherwise == "false"):
			p.into.set(f.to, newTrue(f.otherwise == "true", from.line))
		case f.form == asFixed:
			p.into.set(f.to, newText(f.otherwise, from.line))
		case !v.isEmpty() && !(v.unset && f.absent):
			s.put(p, v, f)
		}
	}
}

// put writes one member, or notes that it is open.
func (s *assembly) put(p place, v value, f field) {
	switch f.form {
	case asRef:
		s.putRef(p, v, f)
		return
	case asRefs:
		s.putRefs(p, v, f)
		return
	}
	if v.open {
		p.leaveOpen(f.to)
		return
	}
	switch f.form {
	case asEach:
		s.putEach(p, v, f)
	case asDocument:
		s.putDocument(p, v, f.to)
	case asTags:
		if t := tagsOf(v); len(t.kids) > 0 {
			p.into.set(f.to, t)
		}
	case asTexts, asArguments:
		s.putTexts(p, v, f)
	default:
		if n, ok := scalarOf(v, f.form); ok && !s.blank(p, v, f) {
			p.into.set(f.to, n)
		} else {
			p.leaveOpen(f.to)
		}
	}
}

// blank reports whether a value has a part that nothing has filled in, and says so.
func (s *assembly) blank(p place, v value, f field) bool {
	if v.kind != tree.String || !aws.IsBlank(v.text) {
		return false
	}
	s.problem(v.line, p.of.label+": "+strings.TrimPrefix(p.path+"."+f.to, "$.")+" holds a ${…} that nothing has filled in, so it was not assessed")
	return true
}

// scalarOf makes a text, number or boolean of a value; ok is false where it is something else.
func scalarOf(v value, f form) (n *node, ok bool) {
	switch {
	case !v.isScalar():
		return nil, false
	case f == asFlag:
		no := strings.EqualFold(v.text, "false")
		return newTrue(v.isTrue(), v.line), v.isTrue() || no
	case f == asNumber && v.kind == tree.Number:
		return newNumber(v.text, v.line), true
	case f == asNumber:
		i, err := strconv.ParseInt(v.text, 10, 64)
		return newNumber(strconv.FormatInt(i, 10), v.line), err == nil
	}
	return newText(v.text, v.line), true
}

func (s *assembly) putTexts(p place, v value, f field) {
	if v.kind != tree.List {
		p.leaveOpen(f.to)
		return
	}
	list := newList(v.line)
	for _, item := range v.items {
		if n, ok := scalarOf(item, asText); ok && (f.form == asArguments || !s.blank(p, item, f)) {
			list.add(n)
		} else {
			p.leaveOpen(f.to)
		}
	}
	p.into.set(f.to, list)
}

func (s *assembly) putEach(p place, v value, f field) {
	list := newList(v.line)
	for _, item := range v.list() {
		if item.open {
			p.leaveOpen(f.to)
			continue
		}
		element := newMap(item.line)
		s.fill(p.below(f.to, len(list.kids), element), item, f.fields)
		list.add(element)
	}
	if v.kind != tree.List && v.kind != tree.Map {
		p.leaveOpen(f.to)
	}
	if len(list.kids) > 0 {
		p.into.set(f.to, list)
	}
}

func (s *assembly) putRef(p place, v value, f field) {
	if name, ok := s.reference(v, f.types); ok {
		p.into.set(f.to, newText(name, v.line))
		return
	}
	p.leaveOpen(f.to)
}

// reference gives the ARN or ID of the resource that a value names; ok is false where that is not known. What
// is not in the document is named as the document does.
func (s *assembly) reference(v value, types []inventory.Type) (name string, ok bool) {
	if a := s.find(v, types); a != nil {
		return a.ref(), true
	}
	return v.text, !v.open && v.text != ""
}

// putRefs writes a list of references.
func (s *assembly) putRefs(p place, v value, f field) {
	names, whole := s.references(v, f.types)
	if !whole {
		p.leaveOpen(f.to)
	}
	list := newList(v.line)
	for _, name := range names {
		list.add(newText(name, v.line))
	}
	if len(list.kids) > 0 || !v.open {
		p.into.set(f.to, list)
	}
}

// references gives the resources that a list names, or the one that a text does. Of an open list the resources
// that its expression names are in it; whole is false where others may be too.
func (s *assembly) references(v value, types []inventory.Type) (names []string, whole bool) {
	switch {
	case v.open:
		return leadNames(v, types)
	case v.kind != tree.List:
		name, ok := s.reference(v, types)
		if ok {
			names = append(names, name)
		}
		return names, ok || v.isNothing() || v.kind == tree.String
	}
	var open []value
	for _, item := range v.items {
		if name, ok := s.reference(item, types); ok {
			names = append(names, name)
		} else if item.open {
			open = append(open, item)
		}
	}
	if len(open) == 0 {
		return names, true
	}
	if len(open[0].leads) != len(open) {
		return names, false
	}
	more, _ := leadNames(open[0], types) // as many are open as the one expression of the list names
	return append(names, more...), len(more) == len(open)
}

func leadNames(v value, types []inventory.Type) (names []string, whole bool) {
	whole = v.whole
	for _, a := range v.leads {
		if a.isOf(types) {
			names = append(names, a.ref())
		} else {
			whole = false
		}
	}
	return names, whole
}

// tagsOf makes a map of tags: they are written as a map, or as a list of keys and values.
func tagsOf(v value) *node {
	n := newMap(v.line)
	known := map[string]bool{}
	add := func(key string, of value) {
		if t, ok := scalarOf(of, asText); ok && key != "" && !known[key] {
			known[key] = true
			n.keys, n.kids = append(n.keys, key), append(n.kids, t)
		}
	}
	for i, item := range v.items {
		if v.kind == tree.Map {
			add(v.keys[i], item)
		} else {
			add(item.get("Key").text, item.get("Value"))
			add(item.get("key").text, item.get("value"))
		}
	}
	return n
}
