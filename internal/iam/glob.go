package iam

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The signs of a glob that are no letters. Letters are runes, which are never negative.
const (
	anyRun rune = -1 // "*": any run of letters, an empty one too
	anyOne rune = -2 // "?": any one letter
)

// A glob is a pattern of IAM: letters, "*" and "?". It matches the whole of a text, and "*" matches whatever is between
// two letters: colons and slashes are letters like others.
type glob struct {
	seq []rune
	// fold is set where the case of ASCII letters does not count, as in actions. seq is in lower case then.
	fold bool
	// plain is the text that it matches alone, up to case, where there is only one.
	plain string
	shape shape
}

// shape is what of a glob a match can make short work of.
type shape uint8

const (
	general    shape = iota
	everything       // a single "*"
	literal          // no wildcard
	prefix           // letters, then a "*": plain holds the letters
)

// newGlob brings a sequence of signs into its normal form, in which a run of wildcards is first every "?", then at most
// one "*". Globs of the same language may still differ.
func newGlob(seq []rune, fold bool) glob {
	g := glob{fold: fold, seq: make([]rune, 0, len(seq))}
	star := false
	for _, r := range seq {
		switch {
		case r == anyRun:
			star = true
			continue
		case r != anyOne && star:
			g.seq = append(g.seq, anyRun)
			star = false
		}
		if fold {
			r = lower(r)
		}
		g.seq = append(g.seq, r)
	}
	if star {
		g.seq = append(g.seq, anyRun)
	}
	wild := slices.IndexFunc(g.seq, func(r rune) bool { return r < 0 })
	switch {
	case wild < 0:
		g.shape, g.plain = literal, string(g.seq)
	case wild == len(g.seq)-1 && star:
		g.shape, g.plain = prefix, string(g.seq[:wild])
		if wild == 0 {
			g.shape = everything
		}
	}
	return g
}

// wildcards reads "*" and "?" as wildcards.
func wildcards(text string) []rune {
	seq := []rune(text)
	for i, r := range seq {
		switch r {
		case '*':
			seq[i] = anyRun
		case '?':
			seq[i] = anyOne
		}
	}
	return seq
}

// actionGlob and resourceGlob read the two kinds of pattern: the case of an action does not count, that of a resource
// does.
func actionGlob(text string) glob   { return newGlob(wildcards(text), true) }
func resourceGlob(text string) glob { return newGlob(wildcards(text), false) }

// lower is the lower case of an ASCII letter; other letters stay, since no action has them.
func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + ('a' - 'A')
	}
	return r
}

// match reports whether the glob matches the whole text.
func (g *glob) match(text string) bool {
	switch g.shape {
	case everything:
		return true
	case literal:
		return len(text) == len(g.plain) && g.begins(text)
	case prefix:
		return len(text) >= len(g.plain) && g.begins(text)
	default:
		return g.search(text)
	}
}

// begins reports whether text, which is long enough, begins with plain.
func (g *glob) begins(text string) bool {
	if !g.fold {
		return text[:len(g.plain)] == g.plain
	}
	for i := range len(g.plain) {
		if c := text[i]; c != g.plain[i] && lower(rune(c)) != rune(g.plain[i]) {
			return false
		}
	}
	return true
}

// search matches with the usual two places to go back to: what the last "*" has taken, and what comes after it.
func (g *glob) search(text string) bool {
	at, back, retry := 0, -1, 0
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if g.fold {
			r = lower(r)
		}
		switch {
		case at < len(g.seq) && g.seq[at] == anyRun:
			at++
			back, retry = at, i
		case at < len(g.seq) && (g.seq[at] == r || g.seq[at] == anyOne):
			at++
			i += size
		case back >= 0:
			_, size = utf8.DecodeRuneInString(text[retry:])
			retry += size
			at, i = back, retry
		default:
			return false
		}
	}
	return at == len(g.seq) || at == len(g.seq)-1 && g.seq[at] == anyRun
}

// String writes the glob as a policy would.
func (g *glob) String() string {
	var b strings.Builder
	for _, r := range g.seq {
		switch r {
		case anyRun:
			b.WriteByte('*')
		case anyOne:
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
