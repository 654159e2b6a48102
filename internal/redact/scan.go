package redact

import (
	"strings"
	"sync"
)

// span is one credential in a text. key is where the name stands that the value was
// judged by, key.end 0 where the value's shape was enough.
type span struct {
	start, end int
	kind       Kind
	key        extent
}

type extent struct{ start, end int }

// entry is what may begin at a place that the filter proposes: a shape or a matcher.
type entry struct {
	shape
	rule rule // byShape where the shape is all
}

const (
	filterBits = 13
	filterMul  = 0x9E3779B1 // 2^32 / golden ratio: multiplicative hashing
)

// table is the filter over three folded bytes, and the entries of each bucket.
type table struct {
	filter  [1 << filterBits]uint8
	buckets [][]entry
}

var tables = sync.OnceValue(newTable)

func newTable() *table {
	t := &table{buckets: make([][]entry, 1)}
	for _, s := range shapes() {
		t.add(s.prefix[:3], entry{shape: s})
	}
	for _, m := range matchers() {
		for _, gram := range m.grams {
			t.add(gram, entry{rule: m.rule})
		}
	}
	return t
}

func (t *table) add(gram string, e entry) {
	slot := &t.filter[hash(fold(fold(fold(0, gram[0]), gram[1]), gram[2]))]
	if *slot == 0 {
		*slot = uint8(len(t.buckets))
		t.buckets = append(t.buckets, nil)
	}
	t.buckets[*slot] = append(t.buckets[*slot], e)
}

// fold appends a byte to the last three, upper and lower case made equal.
func fold(h uint32, c byte) uint32 { return (h<<8 | uint32(c|0x20)) & 0xffffff }

func hash(h uint32) uint32 { return h * filterMul >> (32 - filterBits) }

// finder walks a text from one credential to the next.
type finder struct {
	text string
	t    *table
	pos  int // everything before is done

	work       int  // bytes that candidates have looked at
	limit      int  // of work
	shapesOnly bool // names say nothing
}

// A candidate may look ahead by kilobytes and be none, so that hostile text could ask
// for thousands of looks at each byte. Files of configuration need less than one.
const (
	workPerByte = 32
	freeWork    = 1 << 16
)

func find(text string) finder {
	return finder{text: text, t: tables(), limit: freeWork + workPerByte*len(text)}
}

// next returns the next credential, in order and without overlap. Where the candidates
// of a text have cost more than its limit, the rest counts as one of kind [Unread].
func (f *finder) next() (span, bool) {
	text, t := f.text, f.t
	if f.pos == 0 && !f.shapesOnly && len(text) > 3 && text[0] == '-' && text[1] == '-' {
		if s, ok := f.flag(-1); ok {
			return f.took(s)
		}
	}
	var h uint32
	for i := f.pos; i < len(text); i++ {
		c := text[i]
		h = fold(h, c)
		b := t.filter[hash(h)]
		if b == 0 && c-':' > '>'-':' {
			continue
		}
		if b != 0 && i >= f.pos+2 {
			if s, ok := f.bucket(t.buckets[b], i-2); ok {
				return f.took(s)
			}
			if f.work > f.limit {
				return f.took(span{start: i, end: len(text), kind: Unread})
			}
		}
		if (c == '=' || c == ':' || c == '>') && !f.shapesOnly {
			if s, ok := f.assignment(i); ok {
				return f.took(s)
			}
			if f.work > f.limit {
				return f.took(span{start: i, end: len(text), kind: Unread})
			}
		}
	}
	f.pos = len(text)
	return span{}, false
}

func (f *finder) took(s span) (span, bool) {
	f.pos = s.end
	return s, true
}

func (f *finder) bucket(entries []entry, at int) (span, bool) {
	for i := range entries {
		e := &entries[i]
		if e.rule != byShape {
			if s, ok := f.match(e.rule, at); ok {
				return s, true
			}
		} else if end, ok := f.shape(&e.shape, at); ok {
			return span{start: at, end: end, kind: e.kind}, true
		}
	}
	return span{}, false
}

// shape says whether a shape stands at a place in the text, and where it ends.
func (f *finder) shape(s *shape, at int) (end int, ok bool) {
	text, body := f.text, at+len(s.prefix)
	if len(text)-body < s.min || text[at:body] != s.prefix || !s.loose && !bounded(text, at) {
		return 0, false
	}
	f.work += s.min
	// Before the run, so that hostile text cannot make the run long for nothing.
	if head := text[at : body+s.min]; distinct(head[len(s.prefix):], 5) < 5 || isDummy(head) {
		return 0, false
	}
	limit := anyLength
	if s.exact {
		limit = s.min + 1
	}
	end = f.run(body, limit, s.in)
	for end > body && (text[end-1] == '.' || text[end-1] == '/') { // a full stop after the token
		end--
	}
	n := end - body
	if s.exact && n > s.min && strings.HasPrefix(text[body+s.min:], s.prefix) && bounded(text, body+s.min) {
		n, end = s.min, body+s.min // another one follows directly
	}
	if n < s.min || s.exact && n != s.min {
		return 0, false
	}
	return end, true
}

// bounded says whether a word may begin at a place: after no letter, digit or '_',
// or after the escape of another character (\n, %20).
func bounded(text string, at int) bool {
	if at == 0 {
		return true
	}
	c := text[at-1]
	if !isAlnum(c) && c != '_' {
		return true
	}
	return at >= 2 && text[at-2] == '\\' && (c == 'n' || c == 't' || c == 'r') || at >= 3 && text[at-3] == '%'
}
