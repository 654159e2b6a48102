package iam

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		name, pattern, text string
		fold, want          bool
	}{
		{"a star spans colons and slashes", "arn:aws:s3:::*", "arn:aws:s3:::b/a:c/d", false, true},
		{"a star in the middle spans parts of an ARN", "arn:aws:*:role/x", "arn:aws:iam::111122223333:role/x", false, true},
		{"a star takes nothing too", "a*b", "ab", false, true},
		{"a question mark takes one letter", "a?c", "abc", false, true},
		{"a question mark takes no less", "a?c", "ac", false, false},
		{"a question mark takes a letter of several bytes", "a?c", "aéc", false, true},
		{"a star goes back", "*ab*abc", "abxabababc", false, true},
		{"a star does not find what is not there", "*ab*abc", "ababab", false, false},
		{"the case of an action does not count", "S3:get*", "s3:GetObject", true, true},
		{"the case of a resource counts", "arn:aws:s3:::Logs", "arn:aws:s3:::logs", false, false},
		{"letters of other scripts have no case here", "É*", "é", true, false},
		{"the whole text must match", "s3:Get", "s3:GetObject", true, false},
		{"an empty pattern matches the empty text", "", "", false, true},
		{"an empty pattern matches nothing else", "", "a", false, false},
		{"runs of wildcards have a normal form", "*?*?", "ab", false, true},
		{"and count their question marks", "*?*?", "a", false, false},
	} {
		g := newGlob(wildcards(c.pattern), c.fold)
		if got := g.match(c.text); got != c.want {
			t.Errorf("%s: %q on %q: %v", c.name, c.pattern, c.text, got)
		}
	}
}

// naive is a matcher that nothing can be wrong with but the regular expressions of the standard library.
func naive(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, r := range pattern {
		switch r {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return regexp.MustCompile(b.String() + `\z`)
}

// naivePatterns keeps what naiveMatch has compiled.
var naivePatterns sync.Map

// naiveMatch matches with [naive], for patterns of which there are few.
func naiveMatch(pattern, text string) bool {
	re, ok := naivePatterns.Load(pattern)
	if !ok {
		re, _ = naivePatterns.LoadOrStore(pattern, naive(pattern))
	}
	return re.(*regexp.Regexp).MatchString(text)
}

func asciiLower(s string) string { return strings.Map(lower, s) }

// FuzzMatch compares the matcher with regular expressions.
func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{
		{"*", ""}, {"s3:Get*", "S3:GETOBJECT"}, {"a*b?c*", "aXbYc"}, {"*é?", "aéb"}, {"??*", "é"}, {"*a*a*a*b", strings.Repeat("a", 40)},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(text) || len(pattern) > 200 || len(text) > 400 {
			t.Skip()
		}
		exact, folded := newGlob(wildcards(pattern), false), newGlob(wildcards(pattern), true)
		if got, want := exact.match(text), naive(pattern).MatchString(text); got != want {
			t.Errorf("%q on %q: %v, a regular expression says %v", pattern, text, got, want)
		}
		if got, want := folded.match(text), naive(asciiLower(pattern)).MatchString(asciiLower(text)); got != want {
			t.Errorf("%q on %q in any case: %v, a regular expression says %v", pattern, text, got, want)
		}
		if sample := exact.sample(); !exact.match(sample) {
			t.Errorf("%q does not match its sample %q", pattern, sample)
		}
		if again := newGlob(wildcards(exact.String()), false); strings.ContainsRune(pattern, fresh) || !same(&again, &exact) {
			t.Errorf("%q is written %q", pattern, exact.String())
		}
	})
}

// universe is a small world of globs and texts. A set of texts is a slice of bits.
type universe struct {
	patterns []string
	globs    []*glob
	texts    []string
	has      [][]bool // By glob, by text.
}

// newUniverse makes all patterns and all texts up to a length. Texts have a letter that no pattern has.
func newUniverse(patternLength, textLength int) *universe {
	u := &universe{patterns: words("ab*?", patternLength), texts: words("abz", textLength)}
	for _, p := range u.patterns {
		g := resourceGlob(p)
		row := make([]bool, len(u.texts))
		for i, text := range u.texts {
			row[i] = g.match(text)
		}
		u.globs, u.has = append(u.globs, &g), append(u.has, row)
	}
	return u
}

// words makes all words over some letters up to a length.
func words(letters string, length int) []string {
	all := []string{""}
	for from, n := 0, 0; n < length; n++ {
		to := len(all)
		for _, w := range all[from:to] {
			for _, l := range letters {
				all = append(all, w+string(l))
			}
		}
		from = to
	}
	return all
}

// holds says whether a text is in a list of globs, or in what it leaves out.
func (u *universe) holds(text int, globs []int, except bool) bool {
	for _, g := range globs {
		if u.has[g][text] {
			return !except
		}
	}
	return except
}

func (u *universe) span(globs []int, except bool) span {
	s := span{except: except}
	for _, g := range globs {
		s.globs = append(s.globs, u.globs[g])
	}
	return s
}

// TestCoversIsExact looks at every pair of patterns of up to three signs, and compares what the algebra says with all
// texts of up to six letters: enough to tell any two of these patterns apart.
func TestCoversIsExact(t *testing.T) {
	u := newUniverse(3, 6)
	for i, a := range u.globs {
		for j, b := range u.globs {
			inside, meets := true, false
			for x := range u.texts {
				inside = inside && (!u.has[i][x] || u.has[j][x])
				meets = meets || u.has[i][x] && u.has[j][x]
			}
			if got := covered([]*glob{a}, []*glob{b}, plenty()); got != is(inside) {
				t.Fatalf("%q covers %q: %v, but by its texts %v", u.patterns[j], u.patterns[i], got, inside)
			}
			if got := disjoint(a, b); got == meets {
				t.Fatalf("%q and %q are disjoint: %v, but by their texts %v", u.patterns[i], u.patterns[j], got, !meets)
			}
		}
	}
}

// TestUnionsAreExact does the same for random unions, with NotAction among them.
func TestUnionsAreExact(t *testing.T) {
	u := newUniverse(4, 6)
	random := rand.New(rand.NewPCG(1, 2))
	some := func(most int) []int {
		list := make([]int, 1+random.IntN(most))
		for i := range list {
			list[i] = random.IntN(len(u.globs))
		}
		return list
	}
	seen := map[truth]int{}
	for range 20_000 {
		want := random.IntN(len(u.globs))
		var spans []span
		var lists [][]int
		var excepts []bool
		for range 1 + random.IntN(3) {
			list, except := some(4), random.IntN(4) == 0
			lists, excepts = append(lists, list), append(excepts, except)
			spans = append(spans, u.span(list, except))
		}
		inside := true
		for x := range u.texts {
			in := false
			for i := range lists {
				in = in || u.holds(x, lists[i], excepts[i])
			}
			inside = inside && (!u.has[want][x] || in)
		}
		got := covers(u.globs[want], spans, plenty())
		if got != is(inside) {
			t.Fatalf("%q in %s: %v, but by its texts %v", u.patterns[want], describe(u, lists, excepts), got, inside)
		}
		seen[got]++
		apart := true
		for x := range u.texts {
			apart = apart && !(u.has[want][x] && u.holds(x, lists[0], excepts[0]))
		}
		if got := spans[0].apartFrom(u.globs[want], plenty()); got != is(apart) {
			t.Fatalf("%q apart from %s: %v, but by its texts %v", u.patterns[want], describe(u, lists[:1], excepts), got, apart)
		}
	}
	if seen[yes] < 1000 || seen[no] < 1000 {
		t.Errorf("the test is one-sided: %v", seen)
	}
}

func describe(u *universe, lists [][]int, excepts []bool) string {
	var b strings.Builder
	for i, list := range lists {
		if excepts[i] {
			b.WriteString("not ")
		}
		for _, g := range list {
			b.WriteString(u.patterns[g] + " ")
		}
		b.WriteString("; ")
	}
	return b.String()
}

// TestRegionsAreExact compares what is said of all requests of a region with each of them.
func TestRegionsAreExact(t *testing.T) {
	u := newUniverse(2, 3)
	random := rand.New(rand.NewPCG(3, 4))
	one := func() []int { return []int{random.IntN(len(u.globs))} }
	seen := map[truth]int{}
	for range 20_000 {
		r := region{action: u.globs[random.IntN(len(u.globs))], resource: u.globs[random.IntN(len(u.globs))], effort: plenty()}
		type pair struct {
			actions, resources []int
			notA, notR         bool
		}
		pairs := make([]pair, 1+random.IntN(5))
		var blocks []block
		for i := range pairs {
			pairs[i] = pair{one(), one(), random.IntN(4) == 0, random.IntN(4) == 0}
			blocks = append(blocks, block{u.span(pairs[i].actions, pairs[i].notA), u.span(pairs[i].resources, pairs[i].notR)})
		}
		inside := true
		for a := range u.texts {
			for x := range u.texts {
				if !r.action.match(u.texts[a]) || !r.resource.match(u.texts[x]) {
					continue
				}
				in := false
				for _, p := range pairs {
					in = in || u.holds(a, p.actions, p.notA) && u.holds(x, p.resources, p.notR)
				}
				inside = inside && in
			}
		}
		got := coverRegion(r, blocks)
		if got != is(inside) {
			t.Fatalf("%s on %s in %+v: %v, but by its requests %v", r.action, r.resource, pairs, got, inside)
		}
		seen[got]++
	}
	if seen[yes] < 1000 || seen[no] < 1000 {
		t.Errorf("the test is one-sided: %v", seen)
	}
}

func plenty() *effort {
	e := enough
	return &e
}

// TestHostilePatternsLeaveTheAnswerOpen asks what takes more work than a question is worth.
func TestHostilePatternsLeaveTheAnswerOpen(t *testing.T) {
	want := resourceGlob("*" + strings.Repeat("?a*", 20))
	var by []*glob
	for i := range 60 {
		g := resourceGlob("*" + strings.Repeat("a"+strings.Repeat("?", i)+"*", 8) + "b*")
		by = append(by, &g)
	}
	last := resourceGlob("*????????????????????*")
	e := enough
	if got := covered([]*glob{&want}, append(by, &last), &e); got == no {
		t.Errorf("the last pattern covers all, and the answer is %v", got)
	}
	for range 2 * maxCrossed {
		by = append(by, &last)
	}
	var blocks []block
	for i := range 2 * maxCrossed {
		a, r := resourceGlob("*a"+strings.Repeat("?", i)), resourceGlob("*b"+strings.Repeat("?", i))
		blocks = append(blocks, block{span{globs: []*glob{&a}}, span{globs: []*glob{&r}}})
	}
	all := resourceGlob("*")
	some := resourceGlob("*a*")
	left, right := resourceGlob("*a*"), resourceGlob("*")
	r := region{action: &some, resource: &all, effort: plenty()}
	if got := coverRegion(r, append(blocks, block{span{globs: []*glob{&left}}, span{globs: []*glob{&right}}})); got != yes {
		t.Errorf("the block that covers the region is not found among many: %v", got)
	}
	if got := coverRegion(r, blocks); got == yes {
		t.Errorf("blocks that do not cover the region do: %v", got)
	}
}
