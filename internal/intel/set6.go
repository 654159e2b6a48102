package intel

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"net/netip"
	"slices"
)

// set6 is a set of IPv6 addresses: 17 bytes for each block, and one for the index. Blocks are sorted and disjoint.
type set6 struct {
	// levels is a search tree: the first level has the first address of each block, and each other every fanout-th address
	// of the level before, so that most of a search is in memory that is near.
	levels [][]addr6
	length []uint8 // of each block's prefix
}

const fanout6 = 16

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
	addrs, length := make([]addr6, len(kept)), make([]uint8, len(kept))
	for i, b := range kept {
		addrs[i], length[i] = b.addr6, b.length
	}
	s := set6{levels: [][]addr6{addrs}, length: length}
	for len(addrs) > fanout6 {
		above := make([]addr6, 0, (len(addrs)+fanout6-1)/fanout6)
		for i := 0; i < len(addrs); i += fanout6 {
			above = append(above, addrs[i])
		}
		s.levels = append(s.levels, above)
		addrs = above
	}
	return s
}

func (b block6) holds(a addr6) bool {
	return b.atMost(a) && a.atMost(b.last(128-int(b.length)))
}

func (s *set6) contains(a addr6) bool {
	at := 0 // the last address of a level that is not after a
	for level := len(s.levels) - 1; level >= 0; level-- {
		addrs := s.levels[level]
		at *= fanout6
		addrs = addrs[at:min(at+fanout6, len(addrs))]
		n := 0
		for n < len(addrs) && addrs[n].atMost(a) {
			n++
		}
		if n == 0 {
			return false
		}
		at += n - 1
	}
	return len(s.length) > 0 && block6{s.levels[0][at], s.length[at]}.holds(a)
}

func (s *set6) bytes() int {
	n := cap(s.length)
	for _, level := range s.levels {
		n += 16 * cap(level)
	}
	return n
}
