package intel

import (
	"math/bits"
	"slices"
)

// set4 is a set of IPv4 addresses: 4 bytes for each run of neighbours, and an index of 256 KiB or, in a large set, at most
// 2 bytes for each entry.
//
// The upper bits of an address choose a bucket, so that a bucket's runs need only the lower bits of their first and last
// address. Runs are sorted, disjoint and within one bucket; a block wider than that is a run in every bucket that it
// covers. The size of a set is bounded by the address space, not by the list that it was made of.
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
	const perBucket = 4 // two to four runs in a bucket make a search short, where addresses are spread evenly
	low := min(max(32-bits.Len(uint(len(spans)/perBucket)), minLow4), maxLow4)
	s := set4{low: low, index: make([]uint32, 1<<(32-low)+1)}
	spans = mergeWide(spans, 1<<low)
	for _, span := range spans {
		for bucket := span.first() >> low; bucket <= span.last()>>low; bucket++ {
			s.index[bucket]++
		}
	}
	total := uint32(0)
	for bucket, n := range s.index {
		s.index[bucket] = total
		total += n
	}
	s.runs = make([]uint32, total)
	s.fill(spans)
	s.compact()
	return s
}

// mergeWide replaces the spans of more addresses than a bucket has by disjoint ones. Together they are then in about as
// many buckets as there are, however often a list repeats them: without it, a small file of large blocks would take hours.
func mergeWide(spans []span4, bucket uint32) []span4 {
	narrow := spans[:0]
	var wide []span4
	for _, span := range spans {
		if span.last()-span.first() >= bucket {
			wide = append(wide, span)
		} else {
			narrow = append(narrow, span)
		}
	}
	slices.Sort(wide)
	merged := wide[:0]
	for _, span := range wide {
		if n := len(merged); n > 0 && span.first() <= merged[n-1].last() {
			merged[n-1] = newSpan4(merged[n-1].first(), max(merged[n-1].last(), span.last()))
			continue
		}
		merged = append(merged, span)
	}
	return append(narrow, merged...)
}

// fill puts the spans into their buckets, in any order. The index holds where each bucket begins, before and after.
func (s *set4) fill(spans []span4) {
	mask := uint32(1)<<s.low - 1
	next := slices.Clone(s.index)
	for _, span := range spans {
		first, last := span.first(), span.last()
		for bucket := first >> s.low; bucket <= last>>s.low; bucket++ {
			begin, end := uint32(0), mask
			if bucket == first>>s.low {
				begin = first & mask
			}
			if bucket == last>>s.low {
				end = last & mask
			}
			s.runs[next[bucket]] = begin<<16 | end
			next[bucket]++
		}
	}
}

// compact sorts each bucket and joins the runs that meet.
func (s *set4) compact() {
	joined := s.runs[:0]
	for bucket := range len(s.index) - 1 {
		runs := s.runs[s.index[bucket]:s.index[bucket+1]]
		slices.Sort(runs)
		begin := len(joined)
		s.index[bucket] = uint32(begin)
		for _, run := range runs {
			if n := len(joined); n > begin && run>>16 <= joined[n-1]&0xffff+1 {
				joined[n-1] = joined[n-1]&^0xffff | max(joined[n-1]&0xffff, run&0xffff)
				continue
			}
			joined = append(joined, run)
		}
	}
	s.index[len(s.index)-1] = uint32(len(joined))
	s.runs = joined
	if len(joined) < cap(joined)*7/8 {
		s.runs = append(make([]uint32, 0, len(joined)), joined...)
	}
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
