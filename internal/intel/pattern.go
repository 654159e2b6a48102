package intel

import (
	"errors"
	"fmt"
	"strings"
)

// patternParser reads STIX patterns (STIX 2.1, section 9) for one question: which addresses are enough, each alone, to
// make the pattern true? Of [ipv4-addr:value = '192.0.2.1' OR domain-name:value = 'example.com'] that is 192.0.2.1; of the
// same with AND it is none, since the address alone proves nothing.
type patternParser struct {
	text  string
	at    int
	kind  tokenKind // the token at hand
	token string    // its text; of a string without quotes and escapes
	depth int

	found []string // the addresses so far
	why   string   // the first reason why a part has none
}

// truth is what is known of a part of a pattern.
type truth uint8

const (
	foreign   truth = iota // it is about something else: no address makes it true
	addresses              // the addresses found in it, each alone, make it true
	typeOnly               // it demands of an address only that it is one
)

// maxNesting is how deep the parentheses of a pattern may nest.
const maxNesting = 64

var errPattern = errors.New("this is no STIX pattern")

// parsePattern gives the addresses and CIDR blocks that are enough to make a pattern true. Without any, why says what else
// the pattern asks for; it is "" where the pattern is not about addresses.
func parsePattern(pattern string) (found []string, why string, err error) {
	p := &patternParser{text: pattern}
	p.next()
	if _, err := p.observations(); err != nil {
		return nil, "", err
	}
	if p.kind != tokenEnd {
		return nil, "", p.wrong("the end")
	}
	return p.found, p.why, nil
}

// observations reads observation expressions that AND, OR or FOLLOWEDBY join. AND binds closer than OR, which makes no
// difference here but for which addresses are dropped.
func (p *patternParser) observations() (truth, error) {
	return p.either(func() (truth, error) {
		return p.both([]string{"AND", "FOLLOWEDBY"}, p.observation)
	})
}

// either reads parts that OR joins.
func (p *patternParser) either(part func() (truth, error)) (truth, error) {
	all, err := part()
	for err == nil && p.keyword("OR") {
		var t truth
		t, err = part()
		switch {
		case all == addresses || t == addresses:
			all = addresses
		case all != t:
			all = foreign
		}
	}
	return all, err
}

// both reads parts that are joined by words that demand them all.
func (p *patternParser) both(words []string, part func() (truth, error)) (truth, error) {
	begin := len(p.found)
	all, err := part()
	for err == nil && p.keyword(words...) {
		var t truth
		t, err = part()
		switch {
		case all == typeOnly:
			all = t
		case t != typeOnly:
			if all == addresses || t == addresses {
				p.because("the pattern asks for more than the address (AND)")
			}
			all, p.found = foreign, p.found[:begin]
		}
	}
	return all, err
}

// observation reads what stands in brackets or parentheses, and the qualifiers behind it.
func (p *patternParser) observation() (t truth, err error) {
	begin := len(p.found)
	switch {
	case p.symbol("["):
		t, err = p.comparisons()
		if err == nil && !p.symbol("]") {
			err = p.wrong("]")
		}
	case p.symbol("("):
		t, err = p.nested(p.observations)
	default:
		err = p.wrong("[")
	}
	for err == nil {
		switch {
		case p.keyword("WITHIN"): // how close what AND joins must be
			p.skip(2)
		case p.keyword("REPEATS"), p.keyword("START"):
			if p.skip(3); t == addresses { // 5 TIMES, or t'…' STOP t'…'
				p.because("the pattern asks how often or when the address is seen")
				t, p.found = foreign, p.found[:begin]
			}
		default:
			return t, nil
		}
	}
	return t, err
}

// skip passes over the rest of a qualifier: tokens up to what joins expressions or ends them, at most twice n.
func (p *patternParser) skip(n int) {
	for range 2 * n {
		if p.kind == tokenEnd || p.kind == tokenSymbol || p.kind == tokenWord && isJoint(p.token) {
			return
		}
		p.next()
	}
}

func isJoint(word string) bool {
	switch word {
	case "AND", "OR", "FOLLOWEDBY", "WITHIN", "REPEATS", "START":
		return true
	}
	return false
}

// nested reads what stands in parentheses, the first of which was read.
func (p *patternParser) nested(inside func() (truth, error)) (truth, error) {
	if p.depth++; p.depth > maxNesting {
		return foreign, fmt.Errorf("%w: parentheses nest more than %d deep", errPattern, maxNesting)
	}
	t, err := inside()
	p.depth--
	if err == nil && !p.symbol(")") {
		err = p.wrong(")")
	}
	return t, err
}

func (p *patternParser) comparisons() (truth, error) {
	return p.either(func() (truth, error) {
		return p.both([]string{"AND"}, p.comparison)
	})
}

// comparison reads a path, an operator and a value.
func (p *patternParser) comparison() (truth, error) {
	if p.symbol("(") {
		return p.nested(p.comparisons)
	}
	if p.keyword("EXISTS") {
		p.next()
		return foreign, nil
	}
	if p.kind != tokenWord || !strings.Contains(p.token, ":") {
		return foreign, p.wrong("a path as ipv4-addr:value")
	}
	path := p.token
	p.next()
	not := p.keyword("NOT")
	operator := p.token
	if p.kind != tokenWord && p.kind != tokenSymbol {
		return foreign, p.wrong("an operator")
	}
	p.next()
	values, err := p.values()
	if err != nil {
		return foreign, err
	}
	switch {
	case isTypePath(path) && !not && operator == "=" && len(values) == 1 && (values[0] == "ipv4-addr" || values[0] == "ipv6-addr"):
		return typeOnly, nil
	case !isAddressPath(path):
		return foreign, nil
	case not:
		p.because("the pattern is about every address but this (NOT)")
		return foreign, nil
	}
	switch strings.ToUpper(operator) {
	case "=", "==", "IN", "ISSUBSET":
		p.found = append(p.found, values...)
		return addresses, nil
	}
	p.because("the pattern compares the address with " + printable([]byte(operator)))
	return foreign, nil
}

// values reads the constant after an operator, or a set of them.
func (p *patternParser) values() ([]string, error) {
	if !p.symbol("(") {
		value, err := p.value()
		return []string{value}, err
	}
	var values []string
	for {
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		switch {
		case p.symbol(","):
		case p.symbol(")"):
			return values, nil
		default:
			return nil, p.wrong(")")
		}
	}
}

// value reads a constant: a string, a number, true, or a string with a letter before it, as t'2026-01-01T00:00:00Z'.
func (p *patternParser) value() (string, error) {
	value := p.token
	switch {
	case p.kind == tokenString:
	case p.kind == tokenWord:
		if p.next(); p.kind != tokenString || len(value) != 1 {
			return value, nil
		}
		value = p.token
	default:
		return "", p.wrong("a value")
	}
	p.next()
	return value, nil
}

// isAddressPath reports whether a path leads to the text of an address.
func isAddressPath(path string) bool {
	switch path {
	case "ipv4-addr:value", "ipv6-addr:value",
		"network-traffic:src_ref.value", "network-traffic:dst_ref.value":
		return true
	}
	return false
}

func isTypePath(path string) bool {
	return path == "network-traffic:src_ref.type" || path == "network-traffic:dst_ref.type"
}

func (p *patternParser) because(why string) {
	if p.why == "" {
		p.why = why
	}
}

func (p *patternParser) wrong(expected string) error {
	if p.kind == tokenEnd {
		return fmt.Errorf("%w: it ends where %s belongs", errPattern, expected)
	}
	return fmt.Errorf("%w: %s belongs where %q is", errPattern, expected, printable([]byte(p.token)))
}
