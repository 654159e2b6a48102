package finding

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Operator compares a field of a finding with values, as in GuardDuty's filters
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Condition.html).
type Operator string

// The operators.
const (
	Equals    Operator = "equals"
	NotEquals Operator = "notEquals"
	// Matches and NotMatches take wildcards: * stands for any characters, ? for one.
	Matches            Operator = "matches"
	NotMatches         Operator = "notMatches"
	GreaterThan        Operator = "greaterThan"
	GreaterThanOrEqual Operator = "greaterThanOrEqual"
	LessThan           Operator = "lessThan"
	LessThanOrEqual    Operator = "lessThanOrEqual"
)

func operatorNames() []string {
	return []string{
		string(Equals), string(NotEquals), string(Matches), string(NotMatches), string(GreaterThan), string(GreaterThanOrEqual), string(LessThan),
		string(LessThanOrEqual),
	}
}

// isOrder reports whether the operator compares numbers or times.
func (o Operator) isOrder() bool {
	return o == GreaterThan || o == GreaterThanOrEqual || o == LessThan || o == LessThanOrEqual
}

// FieldCriterion is what an exception asks of one field of a finding: every test must be met.
type FieldCriterion struct {
	// Field is the path of the field in GuardDuty's form: see [GuardDutyFields].
	Field string      `json:"field"`
	Tests []FieldTest `json:"tests"`
}

// FieldTest is one operator with its values, of which one must be met. Of a field in a list, one element must meet it;
// for an operator that begins with "not", no element may.
type FieldTest struct {
	Operator Operator `json:"operator"`
	Values   []string `json:"values"`
}

// compiledField is a criterion that can be judged quickly.
type compiledField struct {
	path  fieldPath
	tests []compiledTest
}

type compiledTest struct {
	operator Operator
	values   []string
	patterns []*regexp.Regexp
	limit    float64 // of an operator that compares: a number, or milliseconds since 1970
}

func compileField(c FieldCriterion) (f compiledField, ok bool) {
	f.path, ok = fieldPathOf(c.Field)
	for _, t := range c.Tests {
		to := compiledTest{operator: t.Operator, values: t.Values}
		switch {
		case t.Operator == Matches || t.Operator == NotMatches:
			for _, v := range t.Values {
				to.patterns = append(to.patterns, wildcards(v))
			}
		case t.Operator.isOrder():
			to.limit, ok = limitOf(f.path.kind, t.Values, ok)
		}
		f.tests = append(f.tests, to)
	}
	return f, ok
}

func limitOf(kind fieldKind, values []string, ok bool) (float64, bool) {
	if !ok || len(values) != 1 {
		return 0, false
	}
	if kind == fieldTime {
		moment, ok := parseMoment(values[0])
		return float64(moment.UnixMilli()), ok
	}
	number, err := strconv.ParseFloat(values[0], 64)
	return number, err == nil
}

// wildcards compiles a pattern that a text meets whole: * stands for any characters, ? for one.
func wildcards(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)\A` + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern)) + `\z`)
}

// meets reports whether a finding meets the criterion.
func (f *compiledField) meets(g *GuardDutyFinding) bool {
	values := f.path.values(g)
	for i := range f.tests {
		t := &f.tests[i]
		negated := t.operator == NotEquals || t.operator == NotMatches
		if slices.ContainsFunc(values, t.holds) == negated {
			return false
		}
	}
	return true
}

// holds reports whether one value meets a test; for an operator that begins with "not", what it must not.
func (t *compiledTest) holds(v fieldValue) bool {
	switch t.operator {
	case Equals, NotEquals:
		return slices.ContainsFunc(t.values, v.is)
	case Matches, NotMatches:
		return slices.ContainsFunc(t.patterns, func(p *regexp.Regexp) bool { return p.MatchString(v.text) })
	case GreaterThan:
		return v.number > t.limit
	case GreaterThanOrEqual:
		return v.number >= t.limit
	case LessThan:
		return v.number < t.limit
	case LessThanOrEqual:
		return v.number <= t.limit
	}
	return false
}
