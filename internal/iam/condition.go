package iam

import "strings"

// A condition is one key under one operator of a Condition element. A Condition is met when all of them are.
//
// Source of the semantics: IAM User Guide, "IAM JSON policy elements: Condition operators", "Conditions with multiple
// context keys or values" and "Single-valued vs. multivalued context keys". Where the request does not have the key,
// a positive operator is not met and a negated one is; with IfExists both are; ForAllValues is met and ForAnyValue is
// not, whatever operator follows; Null asks for just that.
//
// Where it is not known whether the request has the key, or with what value, the condition is met if it would be met in
// every case (StringLikeIfExists with "*", for example), not met if it would be in none, and open otherwise.
type condition struct {
	operator string // As written.
	key      string
	how      operator
	values   []operand
	// broken, where set, names a value that the operator cannot read.
	broken Reason
}

// An operator is what the name of an operator says.
type operator struct {
	kind     kind
	order    order
	negated  bool
	ifExists bool
	over     over
}

// kind is how two values are compared.
type kind uint8

const (
	unmodelled kind = iota
	ofStrings
	ofARNs
	ofNumbers
	ofDates
	ofBools
	ofAddresses
	ofPresence // Null
)

// order is the relation that a number or date must have to the one in the policy.
type order uint8

const (
	equal order = iota
	less
	lessOrEqual
	greater
	greaterOrEqual
)

// over is what is asked of a key with any number of values.
type over uint8

const (
	one over = iota
	all
	some
)

// parseOperator reads the name of an operator; its kind is unmodelled where it is not one that is evaluated.
// BinaryEquals is none: no key that is known before a request has binary values. The case of names does not count, as
// IAM takes them.
func parseOperator(name string) (op operator, reads reading) {
	rest := strings.ToLower(name)
	switch before, after, found := strings.Cut(rest, ":"); {
	case !found:
	case before == "forallvalues":
		op.over, rest = all, after
	case before == "foranyvalue":
		op.over, rest = some, after
	default:
		return op, reads
	}
	rest, op.ifExists = strings.CutSuffix(rest, "ifexists")
	if op.kind, reads = stringOperator(rest); op.kind == unmodelled {
		op.kind, op.order = orderedOperator(rest)
	}
	switch rest {
	case "bool":
		op.kind = ofBools
	case "ipaddress", "notipaddress":
		op.kind = ofAddresses
	case "null":
		if !op.ifExists && op.over == one { // Null has neither form.
			op.kind = ofPresence
		}
	}
	op.negated = strings.Contains(rest, "not")
	return op, reads
}

// stringOperator names the operators that compare texts.
func stringOperator(name string) (kind, reading) {
	switch name {
	case "stringequals", "stringnotequals":
		return ofStrings, reading{exact: true}
	case "stringequalsignorecase", "stringnotequalsignorecase":
		return ofStrings, reading{exact: true, fold: true}
	case "stringlike", "stringnotlike":
		return ofStrings, reading{}
	case "arnequals", "arnlike", "arnnotequals", "arnnotlike": // Equals and Like are the same for ARNs.
		return ofARNs, reading{}
	default:
		return unmodelled, reading{}
	}
}

// orderedOperator names the operators that compare numbers or dates.
func orderedOperator(name string) (kind, order) {
	k, relation := ofNumbers, ""
	if rest, ok := strings.CutPrefix(name, "numeric"); ok {
		relation = rest
	} else if rest, ok := strings.CutPrefix(name, "date"); ok {
		k, relation = ofDates, rest
	}
	switch relation {
	case "equals", "notequals":
		return k, equal
	case "lessthan":
		return k, less
	case "lessthanequals":
		return k, lessOrEqual
	case "greaterthan":
		return k, greater
	case "greaterthanequals":
		return k, greaterOrEqual
	default:
		return unmodelled, equal
	}
}

// newCondition compiles one key of an operator.
func newCondition(name, key string, values []string, variables bool) condition {
	op, reads := parseOperator(name)
	reads.variables = variables
	c := condition{operator: name, key: key, how: op, values: make([]operand, len(values))}
	for i, v := range values {
		c.values[i] = newOperand(v, op.kind, reads)
	}
	return c
}

// reason says what an open condition depends on.
func (c *condition) reason() Reason {
	switch {
	case c.how.kind == unmodelled:
		return Reason{Kind: OpenOperator, Detail: c.operator}
	case c.broken.Kind != NoReason:
		return c.broken
	}
	return Reason{Kind: OpenCondition, Detail: c.key}
}

// met says whether the condition is met.
func (c *condition) met(known facts) truth {
	if c.how.kind == unmodelled {
		return maybe
	}
	fact := known.about(c.key)
	switch {
	case fact == nil:
		without, with := c.metWithout(), c.metWith(value{pattern: &anyText}, known)
		if without == with {
			return without
		}
		return maybe
	case fact.absent() || c.how.over != one && empty(fact.Values):
		return c.metWithout()
	case c.how.kind == ofPresence:
		return c.metWith(value{pattern: &anyText}, known)
	case len(fact.Values) == 0:
		like := newGlob(wildcards(fact.Like), false)
		return c.metWith(value{pattern: &like}, known)
	default:
		return c.metWithAll(fact.Values, known)
	}
}

// empty reports whether values are none to a set operator, which passes empty texts over.
func empty(values []string) bool {
	for _, v := range values {
		if v != "" {
			return false
		}
	}
	return len(values) > 0
}

// metWithout says whether a request without the key meets the condition.
func (c *condition) metWithout() truth {
	switch {
	case c.how.kind == ofPresence:
		return c.compare(value{text: "true"}, facts{})
	case c.how.ifExists:
		return yes
	case c.how.over == all:
		return yes
	case c.how.over == some:
		return no
	default:
		return is(c.how.negated)
	}
}

// metWithAll says whether a request meets the condition whose key has these values.
func (c *condition) metWithAll(values []string, known facts) truth {
	switch c.how.over {
	case all:
		met := yes
		for _, v := range values {
			met = min(met, c.metWith(value{text: v}, known))
		}
		return met
	case some:
		met := no
		for _, v := range values {
			met = max(met, c.metWith(value{text: v}, known))
		}
		return met
	default:
		// AWS asks for a set operator where a key has several values, and does not say what happens without one.
		first := c.metWith(value{text: values[0]}, known)
		for _, v := range values[1:] {
			if c.metWith(value{text: v}, known) != first {
				return maybe
			}
		}
		return first
	}
}

// metWith says whether one value of the key meets the condition: it is compared with each value of the policy, one of
// which must match, or with a negated operator none.
func (c *condition) metWith(v value, known facts) truth {
	if c.how.kind == ofPresence {
		v = value{text: "false"}
	}
	met := c.compare(v, known)
	if c.how.negated {
		return met.opposite()
	}
	return met
}

// compare says whether a value is like one of the policy's.
func (c *condition) compare(v value, known facts) truth {
	met := no
	for i := range c.values {
		met = max(met, c.values[i].compare(v, c.how, known))
	}
	return met
}
