package intel

import (
	"math/bits"
	"slices"
)

// set4 is a set of IPv4 addresses: 4 bytes for each run of neighbours, and an index of 256 KiB or, in a large set, at most
// 2 bytes for each run.
//
// The upper bits of an address choose a bucket, so that a bucket's runs need only the lower bits of their first and last
// address. Runs are sorted, disjoint and within one bucket; a block wider than that is a run in every bucket that it
// covers. Blocks that repeat or overlap others take no memory.
type set4 struct {
	low   int      // bits of an address below those that choose its bucket: at most 16
	index []uint32 // where each bucket's runs begin, and, last, where those of the last end; nil for the empty set
	runs  []uint32 // first<<16 | last
}

// The bounds of set4.low. The upper is what a run has room for. Of the others, lookups get no faster below 10.
const (
	maxLow4 = 16
	minLow4 = 10
)

// span4 is a range of IPv4 addresses, first<<32 | last.
type span4 uint64

func newSpan4(first, last uint32) span4 { return span4(first)<<32 | span4(last) }
func (s span4) first() uint32           { return uint32(s >> 32) }
func (s span4) last() uint32            { return uint32(s) }

// newSet4 makes the set of all addresses in the spans, which it may reorder.
func newSet4(spans []span4) set4 {
	if len(spans) == 0 {
		return set4{}
	}
	spans = merge4(spans)
	const perBucket = 4 // two to four runs in a bucket make a search short, where addresses are spread evenly
	low := min(max(32-bits.Len(uint(len(spans)/perBucket)), minLow4), maxLow4)
	total := 0
	for _, span := range spans {
		total += int(span.last()>>low-span.first()>>low) + 1
	}
	s := set4{low: low, index: make([]uint32, 1<<(32-low)+1), runs: make([]uint32, 0, total)}
	mask := uint32(1)<<low - 1
	filled := 0 // entries of the index
	for _, span := range spans {
		first, last := span.first(), span.last()
		for bucket := first >> low; bucket <= last>>low; bucket++ {
			for ; filled <= int(bucket); filled++ {
				s.index[filled] = uint32(len(s.runs))
			}
			begin, end := max(first, bucket<<low)&mask, min(last, bucket<<low|mask)&mask
			s.runs = append(s.runs, begin<<16|end)
		}
	}
	for ; filled < len(s.index); filled++ {
		s.index[filled] = uint32(len(s.runs))
	}
	return s
}

// merge4 sorts spans and joins those that meet.
func merge4(spans []span4) []span4 {
	spans = sort4(spans)
	merged := spans[:1]
	for _, span := range spans[1:] {
		before := &merged[len(merged)-1]
		if uint64(span.first()) > uint64(before.last())+1 {
			merged = append(merged, span)
			continue
		}
		*before = newSpan4(before.first(), max(before.last(), span.last()))
	}
	return merged
}

// sort4 sorts spans by their first address, three times by 11 bits of it: for millions, several times faster than by
// comparing them.
func sort4(spans []span4) []span4 {
	const width = 11
	if len(spans) < 1<<width || slices.IsSorted(spans) {
		slices.Sort(spans)
		return spans
	}
	sorted := make([]span4, len(spans))
	for shift := 32; shift < 64; shift += width {
		var next [1 << width]uint32 // where the next span with these bits goes
		for _, span := range spans {
			next[span>>shift%(1<<width)]++
		}
		at := uint32(0)
		for digit, n := range next {
			next[digit] = at
			at += n
		}
		for _, span := range spans {
			digit := span >> shift % (1 << width)
			sorted[next[digit]] = span
			next[digit]++
		}
		spans, sorted = sorted, spans
	}
	return spans
}

func (s *set4) contains(a uint32) bool {
	if s.index == nil {
		return false
	}
	bucket, low := a>>s.low, a&(1<<s.low-1)
	at, n := s.index[bucket], s.index[bucket+1]-s.index[bucket]
	if n == 0 {
		return false
	}
	for n > 1 { // The last run that begins at low or before it, or the first run.
		half := n / 2
		if s.runs[at+half]>>16 <= low {
			at += half
		}
		n -= half
	}
	run := s.runs[at]
	return run>>16 <= low && low <= run&0xffff
}

func (s *set4) bytes() int { return 4 * (cap(s.index) + cap(s.runs)) }
