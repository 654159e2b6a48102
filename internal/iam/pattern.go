package iam

import "strings"

// A pattern is one entry of Action, Resource or a condition, as its document writes it: a glob, perhaps with policy
// variables in it.
type pattern struct {
	// widest is the glob with "*" for each variable: it matches whatever the pattern may match.
	widest glob
	// parts is the pattern cut at its variables; nil where it has none.
	parts []part
}

// A part of a pattern is a piece of its signs, or a variable.
type part struct {
	seq      []rune
	variable string // The condition key that it stands for.
	standIn  string // What stands in for a key that the request does not have.
	optional bool   // standIn is given.
}

// reading is how a text becomes a pattern.
type reading struct {
	fold      bool // The case of letters does not count.
	exact     bool // "*" and "?" are letters.
	variables bool // "${…}" is a variable: from version 2012-10-17 on.
}

// newPattern reads a pattern. "${*}", "${?}" and "${$}" are the signs as letters; "${key, 'text'}" gives a stand-in.
// Source: IAM User Guide, "IAM policy elements: Variables and tags".
func newPattern(text string, how reading) pattern {
	plain := func(s string) []rune {
		if how.exact {
			return []rune(s)
		}
		return wildcards(s)
	}
	if !how.variables || !strings.Contains(text, "${") {
		return pattern{widest: newGlob(plain(text), how.fold)}
	}
	var widest []rune
	var parts []part
	for text != "" {
		before, after, found := strings.Cut(text, "${")
		name, rest, closed := strings.Cut(after, "}")
		if !found || !closed {
			before, rest = text, ""
		}
		if seq := plain(before); len(seq) > 0 {
			widest, parts = append(widest, seq...), append(parts, part{seq: seq})
		}
		text = rest
		switch {
		case !found || !closed:
		case name == "*" || name == "?" || name == "$":
			widest, parts = append(widest, rune(name[0])), append(parts, part{seq: []rune(name)})
		default:
			widest, parts = append(widest, anyRun), append(parts, newVariable(name))
		}
	}
	p := pattern{widest: newGlob(widest, how.fold)}
	for _, each := range parts {
		if each.variable != "" {
			p.parts = parts
		}
	}
	return p
}

// newVariable reads what stands between "${" and "}".
func newVariable(inside string) part {
	name, rest, given := strings.Cut(inside, ",")
	p := part{variable: strings.TrimSpace(name)}
	if rest = strings.TrimSpace(rest); given && len(rest) >= 2 && rest[0] == '\'' && rest[len(rest)-1] == '\'' {
		p.standIn, p.optional = rest[1:len(rest)-1], true
	}
	if p.variable == "" {
		p.variable = inside // "${}" names no key: nothing is known of it.
	}
	return p
}

// fill puts the values of the variables in. It is yes with the glob that results; no where the request does not have
// one of the keys, so that the pattern matches nothing; maybe where a value is not known, with the widest glob. The
// variable is the one that the last two come from.
func (p *pattern) fill(known facts) (g glob, filled truth, variable string) {
	if p.parts == nil {
		return p.widest, yes, ""
	}
	var seq []rune
	for _, each := range p.parts {
		if each.variable == "" {
			seq = append(seq, each.seq...)
			continue
		}
		fact := known.about(each.variable)
		switch {
		case fact == nil, fact.Like != "" && len(fact.Values) == 0, len(fact.Values) > 1:
			return p.widest, maybe, each.variable
		case len(fact.Values) == 1:
			seq = append(seq, []rune(fact.Values[0])...)
		case each.optional:
			seq = append(seq, []rune(each.standIn)...)
		default:
			return p.widest, no, each.variable
		}
	}
	return newGlob(seq, p.widest.fold), yes, ""
}

// match says whether the pattern matches a text. The variable, where set, is why it does not for certain: its value is
// not known (maybe), or the request has none (no).
func (p *pattern) match(text string, known facts) (matched truth, variable string) {
	if !p.widest.match(text) {
		return no, ""
	}
	if p.parts == nil {
		return yes, ""
	}
	g, filled, variable := p.fill(known)
	if filled == yes {
		return is(g.match(text)), ""
	}
	return filled, variable
}
