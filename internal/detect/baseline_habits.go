package detect

import (
	"cmp"
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/rule"
)

// habits is a memory of values: how often each was seen, old observations counting less, since when, and when last. It
// keeps hashes; a profile's total stands beside its values as the value "".
type habits struct {
	slots []habit // open addressing; a power of two, at most seven eighths used
	// sizes is how many values of each profile are held, and lost the day on which one of them was last forgotten.
	sizes, lost [rule.Profiles]uint16
}

// habit is one value.
type habit struct {
	key   uint64 // 0 for a free slot
	last  uint32 // the hour in which it was last seen, since 1970
	first uint16 // the day on which it was first seen, since 1970
	count uint16 // the observations, in 128ths
}

// valuesOfUser is how many values of each profile a user's memory holds: with the totals, seven eighths of 256 slots, which
// are 4 KiB.
func valuesOfUser() *[rule.Profiles]int {
	return &[rule.Profiles]int{
		rule.ProfileAPI: 60, rule.ProfileNamespace: 40, rule.ProfileUserAgent: 12, rule.ProfileNetwork: 28,
		rule.ProfileImage: 32, rule.ProfileRole: 16, rule.ProfilePermission: 24, rule.ProfileNode: 4,
	}
}

// valuesOfCluster is how many values of each profile a cluster's memory holds.
func valuesOfCluster() *[rule.Profiles]int {
	return &[rule.Profiles]int{
		rule.ProfileAPI: 2048, rule.ProfileNamespace: 4096, rule.ProfileUserAgent: 1024, rule.ProfileNetwork: 8192,
		rule.ProfileImage: 8192, rule.ProfileRole: 2048, rule.ProfilePermission: 2048, rule.ProfileNode: 8,
	}
}

// halfLife is the number of days after which an observation counts half.
const halfLife = 14

func hourOf(now int64) uint32 { return uint32(min(max(now, 0)/int64(time.Hour), 65535*24)) }

// keyOf hashes a value; the lowest three bits are the profile.
func keyOf(p rule.Profile, text []byte) uint64 {
	return max(hashText(0, text)&^7, 8) | uint64(p)
}

// totalOf is the key of a profile's total.
func totalOf(p rule.Profile) uint64 { return keyOf(p, nil) }

func profileOf(key uint64) rule.Profile { return rule.Profile(key & 7) }

// find gives what is known of a value; nil for nothing.
func (h *habits) find(key uint64) *habit {
	if len(h.slots) == 0 {
		return nil
	}
	mask := uint64(len(h.slots) - 1)
	for i := key >> 3; ; i++ {
		switch s := &h.slots[i&mask]; s.key {
		case key:
			return s
		case 0:
			return nil
		}
	}
}

// noted is what became of an observation.
type noted uint8

const (
	again   noted = iota // there was one in the same hour
	counted              // of a value that was held
	added
	dropped // there was no room for the value
)

// note takes one observation of a value, the first in its hour. It tells which values of its profile were forgotten for it,
// where there were limit of them; there is no limit for totals.
//
// A profile that is full forgets values that counted on one occasion a day. What else is new on that day is dropped: it
// would only take turns with the like.
func (h *habits) note(key uint64, hour uint32, weight uint16, limit int) (how noted, forgotten []uint64) {
	if s := h.find(key); s != nil {
		if hour <= s.last {
			return again, nil
		}
		s.count = uint16(min(uint32(s.at(hour))+uint32(weight), 1<<16-1))
		s.last = hour
		return counted, nil
	}
	p := profileOf(key)
	if key != totalOf(p) {
		if int(h.sizes[p]) >= limit && h.lost[p] != dayOf(hour) {
			forgotten = h.forget(p, hour, limit)
		}
		if int(h.sizes[p]) >= limit {
			h.lost[p] = dayOf(hour)
			return dropped, forgotten
		}
		h.sizes[p]++
	}
	h.insert(habit{key, hour, dayOf(hour), weight})
	return added, forgotten
}

// take is note for the memory of a user, which takes up only so much in a day.
func (h *habits) take(key uint64, hour uint32, weight uint16, limit int) noted {
	if h.isSated(key, hour, limit) {
		return dropped
	}
	how, _ := h.note(key, hour, weight, limit)
	return how
}

// isSated reports whether a user who is known has taken up as much of a profile today as a day may bring. What else is new
// is no part of their habits: to hold it would fill the memory in a day with what somebody makes up, and to note that it was
// lost would leave nothing to tell from then on.
func (h *habits) isSated(key uint64, hour uint32, limit int) bool {
	p := profileOf(key)
	if int(h.sizes[p]) >= limit || h.find(key) != nil || !h.isKnown(hour) {
		return false
	}
	n := 0
	for i := range h.slots {
		if s := &h.slots[i]; s.key != 0 && profileOf(s.key) == p && s.key != totalOf(p) && s.first == dayOf(hour) {
			n++
		}
	}
	return n >= mostInADay(limit)
}

// mostInADay is how many of the values that a profile may hold a user may take up in a day.
func mostInADay(limit int) int { return max(1, limit/8) }

func dayOf(hour uint32) uint16 { return uint16(hour / 24) }

// at gives the count as it stands at an hour.
func (s *habit) at(hour uint32) uint16 {
	days := uint32(dayOf(hour)) - uint32(dayOf(s.last))
	if hour < s.last || days == 0 {
		return s.count
	}
	// In 65,536ths, what is left of one after 0, 1, … 13 days.
	left := [halfLife]uint32{65536, 62370, 59358, 56490, 53761, 51165, 48693, 46341, 44102, 41972, 39945, 38015, 36179, 34431}
	return uint16(uint64(s.count) * uint64(left[days%halfLife]) >> 16 >> (days / halfLife))
}

func (h *habits) insert(s habit) {
	if 8*h.held() > 7*len(h.slots) {
		h.rebuild(max(8, 2*len(h.slots)), nil)
	}
	mask := uint64(len(h.slots) - 1)
	i := s.key >> 3
	for h.slots[i&mask].key != 0 {
		i++
	}
	h.slots[i&mask] = s
}

// held is how many slots may be used: those of the values, and one total of each profile.
func (h *habits) held() int {
	n := int(rule.Profiles)
	for _, size := range h.sizes {
		n += int(size)
	}
	return n
}

// rebuild makes the table anew, with some number of slots, without the values of some keys.
func (h *habits) rebuild(slots int, without map[uint64]bool) {
	old := h.slots
	h.slots = make([]habit, slots)
	mask := uint64(slots - 1)
	for _, s := range old {
		if s.key == 0 || without[s.key] {
			continue
		}
		i := s.key >> 3
		for h.slots[i&mask].key != 0 {
			i++
		}
		h.slots[i&mask] = s
	}
}

// forget drops an eighth of a profile's values: those with the lowest counts, but none of this hour. A value that still
// counted for something is not new when it comes back, so the memory notes that it lost one.
func (h *habits) forget(p rule.Profile, hour uint32, limit int) []uint64 {
	var weak []habit
	for _, s := range h.slots {
		if s.key != 0 && profileOf(s.key) == p && s.key != totalOf(p) {
			s.count = s.at(hour)
			weak = append(weak, s)
		}
	}
	slices.SortFunc(weak, func(x, y habit) int {
		return cmp.Or(cmp.Compare(x.count, y.count), cmp.Compare(x.last, y.last), cmp.Compare(x.key, y.key))
	})
	weak = weak[:min(len(weak), max(1, limit/8))]
	var keys []uint64
	without := map[uint64]bool{}
	for _, s := range weak {
		if s.last >= hour {
			continue
		}
		keys = append(keys, s.key)
		without[s.key] = true
		if s.count >= full/8 {
			h.lost[p] = dayOf(hour)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	h.sizes[p] -= uint16(len(keys))
	h.rebuild(len(h.slots), without)
	return keys
}

// lastHour is the hour in which anything was last seen.
func (h *habits) lastHour() uint32 {
	if s := h.find(totalOf(rule.ProfileAPI)); s != nil {
		return s.last
	}
	return 0
}
