package intel

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"net/netip"
	"slices"
)

// set6 is a set of IPv6 addresses: 17 bytes for each block, and an index of at most 2 more. Blocks are sorted and disjoint.
//
// How far the upper half of an address is from the first block's, and that in steps of a power of two, chooses a bucket,
// in which a search is short where addresses are spread evenly.
type set6 struct {
	step   int      // the power
	index  []uint32 // the first block of each bucket, and, last, the number of blocks
	addrs  []addr6  // the first address of each block
	length []uint8  // and the length of its prefix

	shortest int // of the lengths, which saves most look-ups a visit to a third place in memory
}

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
	if a.hi != b.hi {
		return cmp.Compare(a.hi, b.hi)
	}
	return cmp.Compare(a.lo, b.lo)
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

// common gives the number of bits in which two addresses agree before they first differ.
func (a addr6) common(b addr6) int {
	if a.hi != b.hi {
		return bits.LeadingZeros64(a.hi ^ b.hi)
	}
	return 64 + bits.LeadingZeros64(a.lo^b.lo)
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
		if order := a.compare(b.addr6); order != 0 {
			return order
		}
		return cmp.Compare(a.length, b.length)
	})
	kept := blocks[:0]
	for _, b := range blocks {
		if n := len(kept); n > 0 && kept[n-1].common(b.addr6) >= int(kept[n-1].length) { // Of two blocks that meet, one holds the other.
			continue
		}
		kept = append(kept, b)
	}
	s := set6{addrs: make([]addr6, len(kept)), length: make([]uint8, len(kept)), shortest: 128}
	for i, b := range kept {
		s.addrs[i], s.length[i] = b.addr6, b.length
		s.shortest = min(s.shortest, int(b.length))
	}
	s.build()
	return s
}

// build makes the index.
func (s *set6) build() {
	const perBucket = 4
	distance := s.addrs[len(s.addrs)-1].hi - s.addrs[0].hi
	s.step = max(bits.Len64(distance)-bits.Len(uint(len(s.addrs)/perBucket)), 0)
	s.index = make([]uint32, distance>>s.step+2)
	bucket := 0
	for i, a := range s.addrs {
		for ; bucket <= int((a.hi-s.addrs[0].hi)>>s.step); bucket++ {
			s.index[bucket] = uint32(i)
		}
	}
	s.index[bucket] = uint32(len(s.addrs))
}

func (s *set6) contains(a addr6) bool {
	if len(s.addrs) == 0 || !s.addrs[0].atMost(a) {
		return false
	}
	bucket := min((a.hi-s.addrs[0].hi)>>s.step, uint64(len(s.index)-2))
	low, high := s.index[bucket], s.index[bucket+1]
	for low < high {
		middle := (low + high) / 2
		if s.addrs[middle].atMost(a) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	i := low - 1 // the last block that begins at a or before it, in this bucket or an earlier one
	common := s.addrs[i].common(a)
	return common == 128 || common >= s.shortest && common >= int(s.length[i])
}

func (s *set6) bytes() int { return 4*cap(s.index) + 16*cap(s.addrs) + cap(s.length) }
