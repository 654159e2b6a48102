package iam

import "slices"

// A list is Action or NotAction, Resource or NotResource: its patterns, and whether they say what is meant or what is
// not.
type list struct {
	patterns []pattern
	except   bool
	// globs are the patterns as globs where none of them has a variable, so that no question needs to make them.
	globs []*glob
}

// newList reads the patterns of a list.
func newList(texts []string, except bool, how reading) list {
	l := list{patterns: make([]pattern, len(texts)), except: except}
	for i, t := range texts {
		l.patterns[i] = newPattern(t, how)
	}
	if !slices.ContainsFunc(l.patterns, func(p pattern) bool { return p.parts != nil }) {
		l.globs = make([]*glob, len(l.patterns))
		for i := range l.patterns {
			l.globs[i] = &l.patterns[i].widest
		}
	}
	return l
}

// anything is the list that leaves nothing out. It stands for the resource of a trust policy, which is the role itself,
// and for what a document should say and does not.
func anything() list { return newList(nil, true, reading{}) }

// match says whether a text is in the list, and on which variable that depends. A NotResource with a variable that has
// no value in the request is left open: the documentation does not say what it means.
func (l *list) match(text string, known facts) (in truth, variable string) {
	for i := range l.patterns {
		matched, v := l.patterns[i].match(text, known)
		if matched == no && v != "" && l.except {
			matched = maybe
		}
		if matched > in {
			in, variable = matched, v
		}
		if in == yes {
			break
		}
	}
	if l.except {
		in = in.opposite()
	}
	return in, variable
}

// bounds gives the patterns of the list as globs: with most, all that the patterns may match, otherwise what they match
// for certain. What NotAction means is the opposite: the most of its patterns leaves the least of the list.
func (l *list) bounds(known facts, most bool) []*glob {
	if l.globs != nil || len(l.patterns) == 0 {
		return l.globs
	}
	var globs []*glob
	for i := range l.patterns {
		g, filled, _ := l.patterns[i].fill(known)
		if filled == yes || most && (filled == maybe || l.except) {
			globs = append(globs, &g)
		}
	}
	return globs
}
