package iam

import (
	"encoding/binary"
	"iter"
	"math/bits"
	"slices"
)

// The algebra of globs: whether what several of them have in common is covered by others together. It is exact. A glob
// is a small automaton, so the question is a walk through what the common part can read next, with the set of places
// that the covering globs may be at meanwhile.
//
// One letter stands for all that no pattern names: whatever a wildcard may read, the covering globs match it at least
// as well as they match that letter, so a text that they miss exists exactly if one of such letters exists. This makes
// the walk short.

// fresh is the letter that no pattern names: a code point that is never assigned to a character.
const fresh rune = 0x10FFFF

// effort is the work that is left for one question, in comparisons of a pattern. Real policies take a few thousand;
// where patterns were made to take more than there are, the answer is left open.
type effort int

// The effort for one question (some 50 ms), and for one value of a condition.
const (
	enough       effort = 1 << 22
	enoughForOne effort = 1 << 14
)

// walkCost is what a place of a walk costs, for each word of the set of places.
const walkCost = 16

// spend takes work away; ok is false when none is left.
func (e *effort) spend(work int) (ok bool) {
	*e -= effort(work)
	return *e >= 0
}

// spent reports whether no work is left.
func (e *effort) spent() bool { return *e < 0 }

// covered says whether each text that all globs of want match is matched by one of by: yes, no, or maybe where to know
// it would cost too much. Without by it says whether want has nothing in common.
func covered(want, by []*glob, e *effort) truth {
	if !e.spend(1 + len(by)) {
		return maybe
	}
	if len(want) == 1 {
		switch g := want[0]; {
		case slices.ContainsFunc(by, func(b *glob) bool { return b.shape == everything || same(b, g) }):
			return yes
		case g.shape == literal:
			return is(slices.ContainsFunc(by, func(b *glob) bool { return b.match(g.plain) }))
		case !hasSample(g, by):
			return no
		}
	}
	w := walk{effort: e, want: want, at: make([]int, len(want)), seen: map[string]bool{}}
	for _, b := range by {
		if !slices.ContainsFunc(want, func(g *glob) bool { return apart(g, b) }) {
			w.by = append(append(w.by, b.seq...), endOfGlob)
			w.starts = append(w.starts, len(w.by)-len(b.seq)-1)
		}
	}
	places := make([]uint64, (len(w.by)+63)/64)
	for _, s := range w.starts {
		w.enter(places, s)
	}
	missed := w.misses(places)
	if e.spent() {
		return maybe
	}
	return is(!missed)
}

// disjoint says whether no text is matched by both.
func disjoint(a, b *glob) bool {
	switch {
	case apart(a, b):
		return true
	case a.shape == everything || b.shape == everything || a.shape == prefix && b.shape == prefix:
		return false
	case a.shape == literal:
		return !b.match(a.plain)
	case b.shape == literal:
		return !a.match(b.plain)
	}
	return !meets(a, b)
}

// meets says whether a text is matched by both: a walk over pairs of places, of which there are few.
func meets(a, b *glob) bool {
	reached := make([]bool, (len(a.seq)+1)*(len(b.seq)+1))
	width := len(b.seq) + 1
	todo := []int{0}
	reach := func(i, j int) {
		if k := i*width + j; !reached[k] {
			reached[k] = true
			todo = append(todo, k)
		}
	}
	for len(todo) > 0 {
		k := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		i, j := k/width, k%width
		switch {
		case i == len(a.seq) && j == len(b.seq):
			return true
		case i < len(a.seq) && a.seq[i] == anyRun:
			reach(i+1, j)
			if j < len(b.seq) {
				reach(i, j+1)
			}
		case j < len(b.seq) && b.seq[j] == anyRun:
			reach(i, j+1)
			if i < len(a.seq) {
				reach(i+1, j)
			}
		case i < len(a.seq) && j < len(b.seq):
			if p, q := a.seq[i], b.seq[j]; p == q || p == anyOne || q == anyOne {
				reach(i+1, j+1)
			}
		}
	}
	return false
}

// same reports whether two globs are written alike.
func same(a, b *glob) bool { return a.shape == b.shape && slices.Equal(a.seq, b.seq) }

// apart reports whether the letters at the beginning of two globs already tell them apart. That is a short look, not
// the whole truth: of two globs that it does not tell apart, nothing is known.
func apart(a, b *glob) bool {
	for i := range min(len(a.seq), len(b.seq)) {
		p, q := a.seq[i], b.seq[i]
		switch {
		case p == anyRun || q == anyRun:
			return false
		case p != q && p != anyOne && q != anyOne:
			return true
		}
	}
	return false
}

// hasSample reports whether the sample of a glob is matched by one of by. Where it is not, by does not cover the glob.
func hasSample(g *glob, by []*glob) bool {
	text := g.sample()
	return slices.ContainsFunc(by, func(b *glob) bool { return b.match(text) })
}

// sample is the text that a glob matches with one fresh letter for each wildcard.
func (g *glob) sample() string {
	letters := make([]rune, len(g.seq))
	for i, r := range g.seq {
		if r < 0 {
			r = fresh
		}
		letters[i] = r
	}
	return string(letters)
}

// endOfGlob ends each covering glob in walk.by: who stands there has matched.
const endOfGlob rune = -3

// A walk looks for a text that want has in common and by misses.
type walk struct {
	want   []*glob
	by     []rune // The covering globs, one after the other, each with its end.
	starts []int
	seen   map[string]bool
	key    []byte
	at     []int // Where each of want is.
	effort *effort
}

// enter puts place p, and what can be reached from it without a letter, into a set.
func (w *walk) enter(places []uint64, p int) {
	places[p/64] |= 1 << (p % 64)
	if w.by[p] == anyRun { // In the normal form no "*" follows another.
		places[(p+1)/64] |= 1 << ((p + 1) % 64)
	}
}

// misses reports whether there is a text from here on that all of want match and by does not. It goes back to w.at.
func (w *walk) misses(places []uint64) bool {
	if !w.effort.spend(walkCost*(1+len(places))) || !w.first(places) {
		return false
	}
	if w.wantEnds() && !w.byEnds(places) {
		return true
	}
	for _, letter := range w.letters() {
		if w.missesAfter(places, letter) {
			return true
		}
	}
	return false
}

// first reports whether the walk has not been here before.
func (w *walk) first(places []uint64) bool {
	w.key = w.key[:0]
	for _, p := range w.at {
		w.key = binary.LittleEndian.AppendUint32(w.key, uint32(p))
	}
	for _, set := range places {
		w.key = binary.LittleEndian.AppendUint64(w.key, set)
	}
	if w.seen[string(w.key)] {
		return false
	}
	w.seen[string(w.key)] = true
	return true
}

// wantEnds reports whether all of want have matched with what was read.
func (w *walk) wantEnds() bool {
	for i, g := range w.want {
		if p := w.at[i]; p < len(g.seq) && (g.seq[p] != anyRun || p+1 < len(g.seq)) {
			return false
		}
	}
	return true
}

// byEnds reports whether one of by has matched with what was read.
func (w *walk) byEnds(places []uint64) bool {
	for p := range w.each(places) {
		if w.by[p] == endOfGlob {
			return true
		}
	}
	return false
}

// letters lists what to read next: the letters that one of want asks for, and the one that stands for all others.
func (w *walk) letters() []rune {
	next := []rune{fresh}
	add := func(g *glob, p int) {
		if p < len(g.seq) && g.seq[p] >= 0 && !slices.Contains(next, g.seq[p]) {
			next = append(next, g.seq[p])
		}
	}
	for i, g := range w.want {
		p := w.at[i]
		add(g, p)
		if p < len(g.seq) && g.seq[p] == anyRun {
			add(g, p+1)
		}
	}
	return next
}

// missesAfter goes on after one letter.
func (w *walk) missesAfter(places []uint64, letter rune) bool {
	after := make([]uint64, len(places))
	for p := range w.each(places) {
		switch r := w.by[p]; r {
		case anyRun:
			w.enter(after, p)
		case anyOne, letter:
			w.enter(after, p+1)
		}
	}
	before := slices.Clone(w.at)
	missed := w.choose(after, letter, before, 0)
	copy(w.at, before)
	return missed
}

// choose moves each of want by the letter, in every way it can: a "*" keeps it, or is over.
func (w *walk) choose(after []uint64, letter rune, from []int, i int) bool {
	if i == len(w.want) {
		return w.misses(after)
	}
	seq, p := w.want[i].seq, from[i]
	if p < len(seq) && seq[p] == anyRun {
		w.at[i] = p
		if w.choose(after, letter, from, i+1) {
			return true
		}
		p++
	}
	if p < len(seq) && (seq[p] == anyOne || seq[p] == letter) {
		w.at[i] = p + 1
		return w.choose(after, letter, from, i+1)
	}
	return false
}

// each yields the places of a set.
func (w *walk) each(places []uint64) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, set := range places {
			for set != 0 {
				p := i*64 + bits.TrailingZeros64(set)
				if !yield(p) {
					return
				}
				set &= set - 1
			}
		}
	}
}
