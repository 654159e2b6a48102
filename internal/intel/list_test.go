package intel

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func parse(t testing.TB, name string, kind Kind, text string) *List {
	t.Helper()
	l, report := Parse(name, kind, strings.NewReader(text), time.Time{})
	if report.Refused.Total > 0 {
		t.Fatalf("refused: %v", report.Refused.First)
	}
	return l
}

func names(lists []*List) string {
	var all []string
	for _, l := range lists {
		all = append(all, string(l.Kind)+"/"+l.Name)
	}
	return strings.Join(all, " ")
}

func TestTrustedWinsAndTheOrderIsThatOfKindsAndNames(t *testing.T) {
	lists := []*List{
		parse(t, "b", Custom, "8.8.8.8\n9.9.9.9"), parse(t, "exits", Tor, "9.9.9.9"), parse(t, "feed", Threat, "8.0.0.0/8\n9.9.9.9"),
		parse(t, "office", Trusted, "8.8.8.0/24"), parse(t, "a", Custom, "9.9.9.9"), parse(t, "home", Trusted, "8.8.8.8"),
	}
	for address, want := range map[string]string{
		"8.8.8.8":          "trusted/home trusted/office",
		"8.8.8.9":          "trusted/office",
		"8.8.9.1":          "threat/feed",
		"9.9.9.9":          "threat/feed tor/exits custom/a custom/b",
		"::ffff:9.9.9.9":   "threat/feed tor/exits custom/a custom/b",
		"1.1.1.1":          "",
		"::9.9.9.9":        "",
		"2620:fe::fe%eth0": "",
	} {
		for range 20 {
			rand.Shuffle(len(lists), func(i, j int) { lists[i], lists[j] = lists[j], lists[i] })
			if got := names(NewLists(lists...).Lookup(nil, netip.MustParseAddr(address))); got != want {
				t.Fatalf("%s is in %q, want %q", address, got, want)
			}
		}
	}
	before := []*List{lists[0]}
	if got := NewLists(lists...).Lookup(before, netip.MustParseAddr("8.8.8.9")); len(got) != 2 || got[0] != lists[0] {
		t.Errorf("what was in dst does not stay: %s", names(got))
	}
}

func TestZeroValues(t *testing.T) {
	var l List
	var lists Lists
	for _, a := range []netip.Addr{{}, netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
		if l.Contains(a) || len(lists.Lookup(nil, a)) > 0 || len(NewLists(&l).Lookup(nil, a)) > 0 {
			t.Errorf("something holds %v", a)
		}
	}
	if parse(t, "x", Trusted, "0.0.0.0/1\n::/1").Contains(netip.Addr{}) {
		t.Error("a list holds the zero Addr")
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	lists := NewLists(parse(t, "a", Threat, "8.8.8.8\n2620:fe::/48"), parse(t, "b", Tor, "8.0.0.0/8"))
	addresses := []netip.Addr{netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("2620:fe::fe"), netip.MustParseAddr("1.1.1.1"), netip.MustParseAddr("::ffff:8.8.8.8")}
	found := make([]*List, 0, 2)
	if n := testing.AllocsPerRun(100, func() {
		for _, a := range addresses {
			found = lists.Lookup(found[:0], a)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// randomPrefixes gives blocks of both versions, close together so that they meet, hold each other and end where others
// begin.
func randomPrefixes(r *rand.Rand, n int) []netip.Prefix {
	prefixes := make([]netip.Prefix, n)
	for i := range prefixes {
		if r.IntN(2) == 0 {
			prefixes[i] = netip.PrefixFrom(randomAddr(r, false), 12+r.IntN(21)).Masked()
		} else {
			prefixes[i] = netip.PrefixFrom(randomAddr(r, true), 40+r.IntN(89)).Masked()
		}
	}
	return prefixes
}

// randomAddr gives an address out of few: each of its bytes but the first has one of four values, at the edges.
func randomAddr(r *rand.Rand, is6 bool) netip.Addr {
	edge := func() byte { return [...]byte{0, 1, 254, 255}[r.IntN(4)] }
	if !is6 {
		return netip.AddrFrom4([4]byte{8, edge(), edge(), edge()})
	}
	b := [16]byte{0x26, 0x20}
	for _, i := range []int{5, 7, 8, 14, 15} {
		b[i] = edge()
	}
	return netip.AddrFrom16(b)
}

// TestListsHoldWhatALoopOverPrefixesHolds compares the sets with the plainest of their kind.
func TestListsHoldWhatALoopOverPrefixesHolds(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		prefixes := randomPrefixes(r, 1+r.IntN(40))
		var text strings.Builder
		for _, p := range prefixes {
			fmt.Fprintln(&text, p)
		}
		l := parse(t, "x", Threat, text.String())
		if l.Len() != len(prefixes) {
			t.Fatalf("seed %d: %d of %d entries", seed, l.Len(), len(prefixes))
		}
		ask := func(a netip.Addr) {
			want := slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
			if got := l.Contains(a); got != want {
				t.Fatalf("seed %d: %v is in the list: %v\n%s", seed, a, got, text.String())
			}
		}
		for _, p := range prefixes {
			first, last := p.Addr(), lastOf(p)
			for _, a := range []netip.Addr{first, first.Prev(), last, last.Next()} {
				ask(a)
			}
		}
		for range 200 {
			ask(randomAddr(r, r.IntN(2) == 0))
		}
	}
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(b)*8; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func TestRangesHoldWhatIsBetweenTheirEnds(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 6))
		is6 := seed%2 == 0
		first, last := randomAddr(r, is6), randomAddr(r, is6)
		if last.Less(first) {
			first, last = last, first
		}
		l := parse(t, "x", Threat, fmt.Sprintf("%v-%v", first, last))
		for range 50 {
			a := randomAddr(r, is6)
			if want := !a.Less(first) && !last.Less(a); l.Contains(a) != want {
				t.Fatalf("%v-%v holds %v: %v", first, last, a, !want)
			}
		}
		if !l.Contains(first) || !l.Contains(last) || l.Contains(first.Prev()) || l.Contains(last.Next()) {
			t.Fatalf("%v-%v does not end where it does", first, last)
		}
	}
}

func TestManySpansAreSorted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 11))
	for _, n := range []int{0, 1, 2047, 2048, 50_000} {
		spans := make([]span4, n)
		for i := range spans {
			first := r.Uint32() >> r.IntN(32)
			spans[i] = newSpan4(first, first|r.Uint32()>>r.IntN(32))
		}
		want := slices.Clone(spans)
		byFirst := func(a, b span4) int { return cmp.Compare(a.first(), b.first()) }
		got := sort4(slices.Clone(spans))
		if !slices.IsSortedFunc(got, byFirst) {
			t.Errorf("%d spans are not sorted", n)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("of %d spans some are lost", n)
		}
	}
}

func TestTheOrderOfAListDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	prefixes := randomPrefixes(r, 200)
	var want *List
	for range 10 {
		r.Shuffle(len(prefixes), func(i, j int) { prefixes[i], prefixes[j] = prefixes[j], prefixes[i] })
		var text strings.Builder
		for _, p := range prefixes {
			fmt.Fprintln(&text, p)
		}
		l := parse(t, "x", Threat, text.String())
		if want == nil {
			want = l
		}
		if !slices.Equal(l.v4.runs, want.v4.runs) || !slices.Equal(l.v4.index, want.v4.index) || !slices.Equal(l.v6.addrs, want.v6.addrs) || !slices.Equal(l.v6.length, want.v6.length) {
			t.Fatal("the sets differ")
		}
	}
}

func TestMemoryOfALargeList(t *testing.T) {
	const n = 200_000
	r := rand.New(rand.NewPCG(1, 8))
	for name, c := range map[string]struct {
		most float64 // bytes of an entry
		addr func() netip.Addr
	}{
		"IPv4": {6.1, func() netip.Addr { return public4(r) }},
		"IPv6": {19.1, func() netip.Addr { return public6(r) }},
	} {
		var text strings.Builder
		for range n {
			fmt.Fprintln(&text, c.addr())
		}
		l := parse(t, "x", Threat, text.String())
		if got := float64(l.Bytes()) / n; got > c.most {
			t.Errorf("an %s address takes %.1f bytes, want at most %.1f", name, got, c.most)
		}
	}
}

// public4 gives a random address of which no note is made.
func public4(r *rand.Rand) netip.Addr {
	for {
		n := r.Uint32()
		a := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		if ScopeOf(a) == Public {
			return a
		}
	}
}

func public6(r *rand.Rand) netip.Addr {
	b := [16]byte{0x2a}
	for i := 1; i < len(b); i++ {
		b[i] = byte(r.Uint32())
	}
	return netip.AddrFrom16(b)
}

// FuzzParse holds that no list makes the reader panic, that the report adds up, and that reading is a function of the bytes
// alone, however they come.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"8.8.8.8\n9.9.9.0/24 # x\n2620::/32\n1.1.1.1-1.1.1.9\n[2620::1]:80\n8[.]8[.]8[.]8", "ExitNode 00\nExitAddress 8.8.8.8 2026-11-28 05:01:33\n",
		"Indicator type, Indicator, Description\nIPv4, 9.9.9.9, \"a\nb\"\n", "x;8.8.8.8;\"\n", "\ufeff8.8.8.8#4#2#Host#US##0.0,0.0#3",
		`{"type":"bundle","id":"bundle--1","objects":[{"type":"ipv4-addr","id":"ipv4-addr--1","value":"8.8.8.8"}]}`, `["8.8.8.8"]`, `{"cidr":"8.8.8.0/24"}`,
		indicator("[ipv4-addr:value = '8.8.8.8']", ""), "<STIX_Package><Address_Value>8.8.8.8</Address_Value></STIX_Package>", "::-::5",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, report := Parse("x", Custom, strings.NewReader(string(data)), time.Time{})
		again, same := Parse("x", Custom, iotest.OneByteReader(bytes.NewReader(data)), time.Time{})
		if l.Len() != again.Len() || report.Refused.Total != same.Refused.Total || report.Foreign != same.Foreign || report.Format != same.Format {
			t.Fatalf("%d entries, %v\n%d entries, %v", l.Len(), report, again.Len(), same)
		}
		lines := strings.Count(string(data), "\n") + 1
		for _, p := range slices.Concat(report.Refused.First, report.Noted.First, report.Unreachable.First) {
			if p.Line < 1 || p.Line > lines || p.Why == "" || len(p.Text) > 400 {
				t.Fatalf("problem %+v of %d lines", p, lines)
			}
		}
		if l.Len() == 0 && l.Bytes() > 0 {
			t.Fatal("an empty list takes memory")
		}
		if l.Contains(netip.MustParseAddr("0.0.0.0")) && l.Contains(netip.MustParseAddr("255.255.255.255")) && l.Len() == 1 {
			t.Fatal("one entry holds everything")
		}
	})
}
