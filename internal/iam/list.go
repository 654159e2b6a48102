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
// no value in the request, or may have none, is left open: that it might make the entire statement invalid is all that is
// documented.
func (l *list) match(text string, known facts) (in truth, variable string) {
	open := ""
	for i := range l.patterns {
		matched, v := l.patterns[i].match(text, known)
		if matched > in {
			in, variable = matched, v
		}
		if in == yes {
			break
		}
		if l.except && l.patterns[i].parts != nil && open == "" {
			_, _, open = l.patterns[i].fill(known)
		}
	}
	if open != "" && in == no {
		in, variable = maybe, open
	}
	if l.except {
		in = in.opposite()
	}
	return in, variable
}

// A span is a list as globs, for one question: those of the list, or all but those.
type span struct {
	globs  []*glob
	except bool
}

// span gives a list as a span: the most that it may be, or else the least that it is for certain. Of a NotResource with a
// variable that is open, nothing is certain.
func (l *list) span(known facts, most bool) span {
	s := span{globs: l.globs, except: l.except}
	if l.globs != nil {
		return s
	}
	for i := range l.patterns {
		g, filled, _ := l.patterns[i].fill(known)
		switch {
		case filled == yes, filled == maybe && most && !l.except:
			s.globs = append(s.globs, &g)
		case l.except && !most:
			return span{}
		}
	}
	return s
}
