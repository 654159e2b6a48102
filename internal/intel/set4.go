package intel

import "slices"

// set4 is a set of IPv4 addresses: 4 bytes for each run of neighbours, and 256 KiB for the index.
//
// The upper half of an address chooses a bucket, so that a bucket's runs need only the lower halves of their first and
// last address. Runs are sorted, disjoint and within one bucket; a block wider than that is a run in every bucket that it
// covers. The size of a set is bounded by the address space, not by the list that it was made of.
type set4 struct {
	index []uint32 // where each bucket's runs begin, and, last, where those of the last end; nil for the empty set
	runs  []uint32 // first<<16 | last
}

const buckets4 = 1 << 16

// span4 is a range of IPv4 addresses, first<<32 | last.
type span4 uint64

func newSpan4(first, last uint32) span4 { return span4(first)<<32 | span4(last) }
func (s span4) first() uint32           { return uint32(s >> 32) }
func (s span4) last() uint32            { return uint32(s) }

// wide reports whether a span is larger than a bucket, so that it may be in more than two of them.
func (s span4) wide() bool { return s.last()-s.first() >= buckets4 }

// newSet4 makes the set of all addresses in the spans, which it may reorder.
func newSet4(spans []span4) set4 {
	if len(spans) == 0 {
		return set4{}
	}
	spans = mergeWide(spans)
	s := set4{index: make([]uint32, buckets4+1)}
	for _, span := range spans {
		for bucket := span.first() >> 16; bucket <= span.last()>>16; bucket++ {
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

// mergeWide replaces the wide spans by disjoint ones. Together they are then in about as many buckets as there are, however
// often a list repeats them: without it, a small file of large blocks would take hours.
func mergeWide(spans []span4) []span4 {
	narrow := spans[:0]
	var wide []span4
	for _, span := range spans {
		if span.wide() {
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
	next := slices.Clone(s.index)
	for _, span := range spans {
		first, last := span.first(), span.last()
		for bucket := first >> 16; bucket <= last>>16; bucket++ {
			run := uint32(0xffff)
			if bucket == first>>16 {
				run |= first << 16
			}
			if bucket == last>>16 {
				run = run&^0xffff | last&0xffff
			}
			s.runs[next[bucket]] = run
			next[bucket]++
		}
	}
}

// compact sorts each bucket and joins the runs that meet.
func (s *set4) compact() {
	joined := s.runs[:0]
	for bucket := range buckets4 {
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
	s.index[buckets4] = uint32(len(joined))
	s.runs = joined
	if len(joined) < cap(joined)*7/8 {
		s.runs = append(make([]uint32, 0, len(joined)), joined...)
	}
}

func (s *set4) contains(a uint32) bool {
	if s.index == nil {
		return false
	}
	bucket, low := a>>16, a&0xffff
	runs := s.runs[s.index[bucket]:s.index[bucket+1]]
	i, _ := slices.BinarySearch(runs, low<<16|0xffff) // the run at i begins after low, or is low to the bucket's end
	if i < len(runs) && runs[i]>>16 == low {
		return true
	}
	return i > 0 && runs[i-1]&0xffff >= low
}

func (s *set4) bytes() int { return 4 * (cap(s.index) + cap(s.runs)) }
