package iam

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An operand is one value of a condition, read as its operator reads it.
type operand struct {
	pattern  pattern
	segments []glob // Of an ARN without variables.
	number   float64
	time     time.Time
	network  netip.Prefix
	is       bool
	// broken is set on a value that the operator cannot read: IAM does not say what such a condition means.
	broken bool
}

// A value is what a key has in the request: a text, or one of which only a pattern is known.
type value struct {
	text    string
	pattern *glob
}

// anyText is the pattern of a value of which nothing is known.
var anyText = newGlob([]rune{anyRun}, false)

// newOperand reads a value of a policy.
func newOperand(text string, k kind, reads reading) operand {
	var o operand
	ok := true
	switch k {
	case ofStrings:
		o.pattern = newPattern(text, reads)
	case ofARNs:
		o.pattern = newPattern(text, reads)
		if o.pattern.parts == nil {
			o.segments, ok = segments(&o.pattern.widest)
		}
	case ofNumbers:
		o.number, ok = number(text)
	case ofDates:
		o.time, ok = date(text)
	case ofBools, ofPresence:
		o.is, ok = boolean(text)
	case ofAddresses:
		o.network, ok = network(text)
	case unmodelled:
	}
	o.broken = !ok
	return o
}

// compare says whether a value is like the operand.
func (o *operand) compare(v value, how operator, known facts) truth {
	switch {
	case o.broken:
		return maybe
	case how.kind == ofStrings:
		g, filled, _ := o.pattern.fill(known)
		return filledWith(filled, like(&g, v), how.negated)
	case how.kind == ofARNs:
		return o.compareARN(v, how.negated, known)
	case v.pattern != nil && v.pattern.shape != literal:
		return maybe
	case v.pattern != nil:
		v.text = v.pattern.plain
	}
	return o.compareText(v.text, how)
}

// compareText compares what is neither text nor ARN. A value of the request that is not of the operator's kind is like
// no operand.
func (o *operand) compareText(text string, how operator) truth {
	switch how.kind {
	case ofNumbers:
		n, ok := number(text)
		return is(ok && how.order.holds(compareFloats(n, o.number)))
	case ofDates:
		t, ok := date(text)
		return is(ok && how.order.holds(t.Compare(o.time)))
	case ofBools, ofPresence:
		b, ok := boolean(text)
		return is(ok && b == o.is)
	case ofAddresses:
		a, err := netip.ParseAddr(text)
		return is(err == nil && o.network.Contains(a.Unmap().WithZone("")))
	default:
		return maybe
	}
}

// filledWith weakens the truth of a pattern by what is known of its variables. A pattern that asks for a key which the
// request does not have matches nothing; what a negated operator makes of it is not documented.
func filledWith(filled, matched truth, negated bool) truth {
	switch {
	case filled == yes:
		return matched
	case negated:
		return maybe
	default:
		return min(filled, matched)
	}
}

// like says whether a glob matches a value.
func like(g *glob, v value) truth {
	if v.pattern == nil {
		return is(g.match(v.text))
	}
	if g.fold && !v.pattern.fold {
		folded := newGlob(v.pattern.seq, true)
		v.pattern = &folded
	}
	e := enoughForOne
	if covered([]*glob{v.pattern}, []*glob{g}, &e) == yes {
		return yes
	}
	return min(maybe, is(!disjoint(g, v.pattern)))
}

// compareARN compares each of the six parts of an ARN by itself.
func (o *operand) compareARN(v value, negated bool, known facts) truth {
	want := o.segments
	if want == nil {
		g, filled, _ := o.pattern.fill(known)
		if filled != yes {
			// The value of a variable may be several parts: nothing but the whole can be compared.
			return filledWith(filled, like(&g, v), negated)
		}
		var ok bool
		if want, ok = segments(&g); !ok {
			return maybe
		}
	}
	if v.pattern == nil {
		return compareSegments(want, v.text)
	}
	have, ok := segments(v.pattern)
	if !ok {
		whole := newGlob(join(want), false)
		return min(maybe, like(&whole, v))
	}
	met := yes
	for i := range want {
		met = min(met, like(&want[i], value{pattern: &have[i]}))
	}
	return met
}

// arnParts is the number of parts of an ARN; the last may have colons.
const arnParts = 6

// compareSegments compares an ARN that is known.
func compareSegments(want []glob, text string) truth {
	for i := range want {
		part, rest, found := strings.Cut(text, ":")
		if i == arnParts-1 {
			part, found = text, true
		}
		if !found || !want[i].match(part) {
			return no
		}
		text = rest
	}
	return yes
}

// segments cuts the pattern of an ARN into its parts; ok is false where it has not six of them.
func segments(g *glob) (parts []glob, ok bool) {
	rest := g.seq
	for range arnParts - 1 {
		i := slices.Index(rest, ':')
		if i < 0 {
			return nil, false
		}
		parts = append(parts, newGlob(rest[:i], g.fold))
		rest = rest[i+1:]
	}
	return append(parts, newGlob(rest, g.fold)), true
}

// join is the opposite of segments.
func join(parts []glob) []rune {
	var seq []rune
	for i := range parts {
		if i > 0 {
			seq = append(seq, ':')
		}
		seq = append(seq, parts[i].seq...)
	}
	return seq
}

// number reads an integer or decimal number. Numbers are compared as IEEE 754 doubles, which tell integers up to 2^53
// apart.
func number(text string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// holds says whether the order is that of a comparison's result: negative, zero or positive.
func (o order) holds(result int) bool {
	switch o {
	case less:
		return result < 0
	case lessOrEqual:
		return result <= 0
	case greater:
		return result > 0
	case greaterOrEqual:
		return result >= 0
	default:
		return result == 0
	}
}

// date reads the W3C forms of ISO 8601 (https://www.w3.org/TR/NOTE-datetime), with or without a fraction, or seconds
// since 1970.
func date(text string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) > len("2006") {
		return time.Unix(seconds, 0).UTC(), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// boolean reads true or false; case does not count.
func boolean(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true":
		return true, true
	case "false":
		return false, true
	default:
		return false, false
	}
}

// network reads a CIDR block, or an address, which is a block of one.
func network(text string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}
