// Package cidr does algebra on sets of IP addresses, IPv4 and IPv6 side by side. CIDR blocks come in; out come
// their unions, intersections and differences, what they cover and which part of the internet they are, and again
// CIDR blocks. A set is a value that never changes. The package resolves no name and knows no cloud.
package cidr

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
)

// Set is a set of IP addresses. Its zero value is empty.
type Set struct {
	// spans are sorted, disjoint, and never adjacent; those of IPv4 come first, as netip orders addresses.
	spans []span
}

// span is all addresses from lo to hi, both included, of one version.
type span struct{ lo, hi netip.Addr }

// Of makes the set of all addresses in the blocks. Bits after the length of a prefix do not count; one that is
// not valid holds no address.
func Of(blocks ...netip.Prefix) Set {
	spans := make([]span, 0, len(blocks))
	for _, b := range blocks {
		if b = b.Masked(); b.IsValid() {
			spans = append(spans, span{b.Addr(), last(b)})
		}
	}
	return normalise(spans)
}

// Parse makes the set of all addresses in blocks as they are written: "10.0.0.0/8", "2001:db8::/32", or a single
// address. It fails with the first text that is neither.
func Parse(blocks ...string) (Set, error) {
	prefixes := make([]netip.Prefix, len(blocks))
	for i, text := range blocks {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			a, err := netip.ParseAddr(text)
			if err != nil || a.Zone() != "" {
				return Set{}, fmt.Errorf("read CIDR block: %q is none", text)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		prefixes[i] = p
	}
	return Of(prefixes...), nil
}

// last gives the last address of a masked prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(b)*8; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// normalise sorts spans and joins those that meet. It may change the slice.
func normalise(spans []span) Set {
	slices.SortFunc(spans, func(a, b span) int { return a.lo.Compare(b.lo) })
	joined := spans[:0]
	for _, s := range spans {
		if n := len(joined); n > 0 && meets(joined[n-1].hi, s.lo) {
			joined[n-1].hi = later(joined[n-1].hi, s.hi)
			continue
		}
		joined = append(joined, s)
	}
	return Set{joined}
}

// meets reports whether a span that begins at lo overlaps one that ends at hi and begins before it, or comes
// right after it.
func meets(hi, lo netip.Addr) bool {
	if lo.Compare(hi) <= 0 {
		return true
	}
	next := hi.Next() // invalid after the last address of a version
	return next.IsValid() && next == lo
}

func later(a, b netip.Addr) netip.Addr {
	if a.Less(b) {
		return b
	}
	return a
}

// IsEmpty reports whether there is no address in the set.
func (s Set) IsEmpty() bool { return len(s.spans) == 0 }

// Equal reports whether two sets have the same addresses.
func (s Set) Equal(t Set) bool { return slices.Equal(s.spans, t.spans) }

// Contains reports whether an address is in the set.
func (s Set) Contains(a netip.Addr) bool {
	i, _ := slices.BinarySearchFunc(s.spans, a, func(s span, a netip.Addr) int { return s.hi.Compare(a) })
	return i < len(s.spans) && s.spans[i].lo.Compare(a) <= 0
}

// Union gives the addresses that are in one of two sets.
func (s Set) Union(t Set) Set {
	switch {
	case s.IsEmpty():
		return t
	case t.IsEmpty(), s.Covers(t):
		return s
	case t.Covers(s):
		return t
	}
	return normalise(slices.Concat(s.spans, t.spans))
}

// Join gives the addresses that are in one of many sets, for the cost of sorting them once.
func Join(sets []Set) Set {
	n := 0
	for _, s := range sets {
		n += len(s.spans)
	}
	spans := make([]span, 0, n)
	for _, s := range sets {
		spans = append(spans, s.spans...)
	}
	return normalise(spans)
}

// Intersect gives the addresses that are in both sets.
func (s Set) Intersect(t Set) Set {
	switch {
	case s.Covers(t):
		return t
	case t.Covers(s):
		return s
	}
	both := make([]span, 0, max(len(s.spans), len(t.spans)))
	for i, j := 0, 0; i < len(s.spans) && j < len(t.spans); {
		a, b := s.spans[i], t.spans[j]
		lo, hi := later(a.lo, b.lo), a.hi
		if b.hi.Less(hi) {
			hi = b.hi
		}
		if lo.Compare(hi) <= 0 {
			both = append(both, span{lo, hi})
		}
		if a.hi.Less(b.hi) {
			i++
		} else {
			j++
		}
	}
	return Set{both}
}

// Minus gives the addresses of the set that are not in the other one.
func (s Set) Minus(t Set) Set {
	if t.IsEmpty() || s.IsEmpty() {
		return s
	}
	var left []span
	j := 0
	for _, a := range s.spans {
		for j < len(t.spans) && t.spans[j].hi.Less(a.lo) {
			j++
		}
		whole := false
		for k := j; k < len(t.spans) && t.spans[k].lo.Compare(a.hi) <= 0; k++ {
			b := t.spans[k]
			if a.lo.Less(b.lo) {
				left = append(left, span{a.lo, b.lo.Prev()})
			}
			if whole = b.hi.Compare(a.hi) >= 0; whole {
				break
			}
			a.lo = b.hi.Next()
		}
		if !whole {
			left = append(left, a)
		}
	}
	return Set{left}
}

// Covers reports whether every address of the other set is in this one.
func (s Set) Covers(t Set) bool {
	if s.isAll() {
		return true
	}
	i := 0
	for _, b := range t.spans {
		for i < len(s.spans) && s.spans[i].hi.Less(b.lo) {
			i++
		}
		if i == len(s.spans) || b.lo.Less(s.spans[i].lo) || s.spans[i].hi.Less(b.hi) {
			return false
		}
	}
	return true
}

// isAll reports whether every address is in the set.
func (s Set) isAll() bool {
	if len(s.spans) != 2 {
		return false
	}
	four, six := s.spans[0], s.spans[1]
	return four.lo == netip.IPv4Unspecified() && four.hi == lastAddr4 && six.lo == netip.IPv6Unspecified() && six.hi == lastAddr6
}

var lastAddr4, lastAddr6 = last(netip.PrefixFrom(netip.IPv4Unspecified(), 0)), last(netip.PrefixFrom(netip.IPv6Unspecified(), 0))

// Overlaps reports whether one address is in both sets.
func (s Set) Overlaps(t Set) bool {
	for i, j := 0, 0; i < len(s.spans) && j < len(t.spans); {
		a, b := s.spans[i], t.spans[j]
		switch {
		case a.hi.Less(b.lo):
			i++
		case b.hi.Less(a.lo):
			j++
		default:
			return true
		}
	}
	return false
}

// Prefixes gives the fewest blocks that are the set, in ascending order, IPv4 first.
func (s Set) Prefixes() []netip.Prefix {
	var all []netip.Prefix
	for _, x := range s.spans {
		for lo := x.lo; ; {
			p := widest(lo, x.hi)
			all = append(all, p)
			end := last(p)
			if end == x.hi {
				break
			}
			lo = end.Next()
		}
	}
	return all
}

// widest gives the widest block that begins at lo and does not go beyond hi.
func widest(lo, hi netip.Addr) netip.Prefix {
	bits := lo.BitLen()
	for bits > 0 {
		wider := netip.PrefixFrom(lo, bits-1).Masked()
		if wider.Addr() != lo || hi.Less(last(wider)) {
			break
		}
		bits--
	}
	return netip.PrefixFrom(lo, bits)
}

// String writes the blocks with commas between them.
func (s Set) String() string {
	var parts []string
	for _, p := range s.Prefixes() {
		parts = append(parts, p.String())
	}
	return strings.Join(parts, ", ")
}

// size counts addresses; beyond 2⁵³ it is a rounded number, which is enough to compare.
func (s Set) size() float64 {
	total := 0.0
	for _, x := range s.spans {
		total += number(x.hi) - number(x.lo) + 1
	}
	return total
}

// number gives an address as a number. The two halves of an IPv6 address lose the low bits together, so a span
// of few addresses may count as none: shares of the whole internet do not show it.
func number(a netip.Addr) float64 {
	n := 0.0
	for _, b := range a.AsSlice() {
		n = n*256 + float64(b)
	}
	return n
}

// Share gives the part of another set that is in this one, from 0 to 1; 0 where the other set is empty. Count IPv4
// and IPv6 apart: in a mixture the number of IPv6 addresses hides everything else.
func (s Set) Share(of Set) float64 {
	whole := of.size()
	switch {
	case whole == 0:
		return 0
	case s.Covers(of):
		return 1
	}
	return math.Min(1, s.Intersect(of).size()/whole)
}
