package finding

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/tree"
)

// maxValues is how many values one operator may list, as in GuardDuty's filters.
const maxValues = 50

// fields reads the criteria of an exception for detections: a map of a field of GuardDuty's finding to a map of
// operators to values. A text alone stands for matches, and a list for equals.
func (p *suppressionParser) fields(criteria tree.Node) (all []FieldCriterion) {
	if criteria.Kind() != tree.Map || criteria.Len() == 0 {
		p.fail(criteria, "criteria must be a map of a field of the finding, such as severity or service.count, to what it has to be")
		return nil
	}
	for c := range criteria.All() {
		all = append(all, p.field(c))
	}
	return all
}

func (p *suppressionParser) field(n tree.Node) FieldCriterion {
	of := FieldCriterion{Field: canonicalField(n.Key())}
	kind, known := fieldKindOf(of.Field)
	if !known {
		p.fail(n, "a finding has no field %q%s", of.Field, fieldHint(of.Field))
		for o := range n.All() {
			if n.Kind() == tree.Map {
				p.operator(of.Field, Operator(o.Key()), o)
			}
		}
		return of
	}
	switch n.Kind() {
	case tree.Map:
		if n.Len() == 0 {
			p.fail(n, "%s has no operator; the operators are %s", of.Field, strings.Join(operatorNames(), ", "))
		}
		for o := range n.All() {
			of.Tests = append(of.Tests, p.test(of.Field, kind, Operator(o.Key()), o))
		}
	case tree.List:
		of.Tests = []FieldTest{p.test(of.Field, kind, Equals, n)}
	default:
		of.Tests = []FieldTest{p.test(of.Field, kind, Matches, n)}
	}
	return of
}

func (p *suppressionParser) test(field string, kind fieldKind, o Operator, n tree.Node) FieldTest {
	t := FieldTest{Operator: o}
	if !p.operator(field, o, n) {
		return t
	}
	values := []tree.Node{n}
	if n.Kind() == tree.List {
		values = values[:0]
		for v := range n.All() {
			values = append(values, v)
		}
	}
	switch {
	case len(values) == 0:
		p.fail(n, "%s: %s has no value", field, o)
	case len(values) > maxValues:
		p.fail(n, "%s: %s has %d values; it may have %d", field, o, len(values), maxValues)
	case o.isOrder() && n.Kind() == tree.List:
		p.fail(n, "%s: %s takes one value and no list", field, o)
	}
	for _, v := range values {
		value := strings.TrimSpace(v.Text())
		switch {
		case v.Kind() == tree.Map || v.Kind() == tree.List:
			p.fail(v, "%s: a value of %s must be a text", field, o)
		case value == "" && o != Equals && o != NotEquals:
			p.fail(v, "%s: a value of %s is empty; give it one or remove it", field, o)
		case o.isOrder():
			p.order(field, kind, o, v)
		}
		t.Values = append(t.Values, value)
	}
	return t
}

// operator checks that there is such an operator.
func (p *suppressionParser) operator(field string, o Operator, n tree.Node) bool {
	known := slices.Contains(operatorNames(), string(o))
	if !known {
		p.fail(n, "%s: unknown operator %q%s; the operators are %s", field, o, hint(string(o), operatorNames()), strings.Join(operatorNames(), ", "))
	}
	return known
}

// order checks the value of an operator that compares.
func (p *suppressionParser) order(field string, kind fieldKind, o Operator, v tree.Node) {
	value := strings.TrimSpace(v.Text())
	switch kind {
	case fieldText, fieldBool:
		p.fail(v, "%s is no number, and %s compares numbers; use equals or matches", field, o)
	case fieldNumber:
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			p.fail(v, "%s: %q is no number", field, value)
		}
	case fieldTime:
		if _, ok := parseMoment(value); !ok {
			p.fail(v, "%s: %q is no time; write it like 2027-01-31T08:00:00Z, or in milliseconds since 1970", field, value)
		}
	}
}

// parseMoment reads a time in RFC 3339, or in milliseconds since 1970, as GuardDuty's filters have it.
func parseMoment(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, true
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.UnixMilli(ms).UTC(), true
	}
	return time.Time{}, false
}
