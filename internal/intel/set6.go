package intel

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"net/netip"
	"slices"
)

// set6 is a set of IPv6 addresses: 17 bytes for each block, and a quarter of one for the index. Blocks are sorted and
// disjoint.
type set6 struct {
	index  []addr6 // every stride-th address, so that most of a search stays in memory that is near
	addrs  []addr6 // the first address of each block
	length []uint8 // and the length of its prefix
}

const stride6 = 64

// addr6 is an IPv6 address as a number.
type addr6 struct{ hi, lo uint64 }

// block6 is a CIDR block, without bits beyond its length.
type block6 struct {
	addr6
	length uint8
}

func number6(a netip.Addr) addr6 {
	b := a.As16()
	return addr6{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func (a addr6) compare(b addr6) int {
	return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo))
}

// atMost is compare(b) <= 0, which a search asks often.
func (a addr6) atMost(b addr6) bool { return a.hi < b.hi || a.hi == b.hi && a.lo <= b.lo }

// next gives the address after one that is not the last.
func (a addr6) next() addr6 {
	lo, carry := bits.Add64(a.lo, 1, 0)
	return addr6{a.hi + carry, lo}
}

// trailing gives the number of zero bits at the end: 128 for the address ::.
func (a addr6) trailing() int {
	if a.lo == 0 {
		return 64 + bits.TrailingZeros64(a.hi)
	}
	return bits.TrailingZeros64(a.lo)
}

// last gives the address with its last n bits set.
func (a addr6) last(n int) addr6 {
	if n <= 64 {
		return addr6{a.hi, a.lo | (1<<n - 1)}
	}
	return addr6{a.hi | (1<<(n-64) - 1), math.MaxUint64}
}

// appendBlocks appends the fewest blocks that together are the addresses from first to last: one where the range is a
// block, at most 254.
func appendBlocks(dst []block6, first, last addr6) []block6 {
	for {
		free := first.trailing()
		for !first.last(free).atMost(last) {
			free--
		}
		dst = append(dst, block6{first, uint8(128 - free)})
		end := first.last(free)
		if end == last {
			return dst
		}
		first = end.next()
	}
}

// newSet6 makes the set of all addresses in the blocks, which it may reorder.
func newSet6(blocks []block6) set6 {
	if len(blocks) == 0 {
		return set6{}
	}
	slices.SortFunc(blocks, func(a, b block6) int {
		return cmp.Or(a.compare(b.addr6), cmp.Compare(a.length, b.length))
	})
	kept := blocks[:0]
	for _, b := range blocks {
		if n := len(kept); n > 0 && kept[n-1].holds(b.addr6) { // Of two blocks that meet, one holds the other.
			continue
		}
		kept = append(kept, b)
	}
	s := set6{
		index:  make([]addr6, 0, (len(kept)+stride6-1)/stride6),
		addrs:  make([]addr6, len(kept)),
		length: make([]uint8, len(kept)),
	}
	for i, b := range kept {
		s.addrs[i], s.length[i] = b.addr6, b.length
		if i%stride6 == 0 {
			s.index = append(s.index, b.addr6)
		}
	}
	return s
}

func (b block6) holds(a addr6) bool {
	return b.atMost(a) && a.atMost(b.last(128-int(b.length)))
}

func (s *set6) contains(a addr6) bool {
	near := after(s.index, a)
	if near == 0 {
		return false
	}
	begin := (near - 1) * stride6
	i := begin + after(s.addrs[begin:min(begin+stride6, len(s.addrs))], a) - 1
	return block6{s.addrs[i], s.length[i]}.holds(a)
}

// after gives the number of sorted addresses that are not after a.
func after(sorted []addr6, a addr6) int {
	low, high := 0, len(sorted)
	for low < high {
		middle := int(uint(low+high) / 2)
		if sorted[middle].atMost(a) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

func (s *set6) bytes() int { return 16*(cap(s.index)+cap(s.addrs)) + cap(s.length) }
