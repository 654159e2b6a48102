package detect

import "github.com/merlonsec/merlon/internal/event"

// stages remembers which requests were looked at, so that a request counts once, whatever stages of it are recorded and
// however often a record is delivered. A request is known by its audit ID together with its time, user and URI: a client
// may choose the audit ID (header Audit-ID), and would hide a second request behind the first. A record that tells neither
// an audit ID nor a time cannot be known again: it counts whenever it comes.
//
// It holds hashes in two generations of open tables; the elder is dropped when the younger is full.
type stages struct {
	young, elder table
	fetched      uint64 // what fetch read: the compiler must not leave it out
}

// stagesLimit is how many requests a generation remembers: two minutes at 4,000 events a second, which is what an API
// server's webhook backend sends at most by default. Both generations take at most 16 MiB.
const stagesLimit = 1 << 19

// seen reports whether a request was looked at before, and remembers that it was now.
func (s *stages) seen(h uint64) bool {
	if s.young.has(h) || s.elder.has(h) {
		return true
	}
	if s.young.count >= stagesLimit {
		s.elder.clear()
		s.elder, s.young = s.young, s.elder
	}
	s.young.add(h)
	return false
}

// fetch reads the places where some hashes would be. The tables are larger than the processor's caches, and to wait for
// memory is most of what an event costs; reads that do not depend on one another wait together.
func (s *stages) fetch(hashes []uint64) {
	for _, h := range hashes {
		s.fetched += s.young.first(h) + s.elder.first(h)
	}
}

// requestHash gives the hash by which the request of an event is known; 0 for one that cannot be known.
func requestHash(e *event.Event) uint64 {
	if e.AuditID == "" && e.Received == 0 {
		return 0
	}
	// Each text is hashed on its own, so that the processor works on several at a time.
	seed := mix(uint64(e.Received), 0)
	h := hashText(seed, e.AuditID)
	h = mix(h, hashText(seed, e.User.Name))
	h = mix(h, hashText(seed, e.Verb))
	h = mix(h, hashText(seed, e.Path()))
	if e.AuditID == "" || e.Received == 0 {
		// The rest is less telling: paths of creations do not name the object, and a script makes many within a second.
		h = mix(h, hashText(seed, e.Object.Name))
		h = mix(h, hashText(seed, e.Request))
		h = mix(h, uint64(e.Code))
	}
	return h | 1
}

// hashText folds a text into a hash, eight bytes at a time. It is the same in every process, for checkpoints.
func hashText[T ~string | []byte](h uint64, s T) uint64 {
	h = mix(h, uint64(len(s)))
	for ; len(s) >= 8; s = s[8:] {
		h = mix(h, uint64(s[0])|uint64(s[1])<<8|uint64(s[2])<<16|uint64(s[3])<<24|uint64(s[4])<<32|uint64(s[5])<<40|uint64(s[6])<<48|uint64(s[7])<<56)
	}
	var rest uint64
	for i := range len(s) {
		rest = rest<<8 | uint64(s[i])
	}
	return mix(h, rest)
}

// mix is a step of the finalizer of MurmurHash3.
func mix(h, v uint64) uint64 {
	h ^= v
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>29
}

// table is a set of hashes other than 0, with open addressing.
type table struct {
	slots []uint64 // a power of two; at most half of them used
	count int
}

// first gives what stands in the first place where a hash can be.
func (t *table) first(h uint64) uint64 {
	if len(t.slots) == 0 {
		return 0
	}
	return t.slots[h>>1&uint64(len(t.slots)-1)]
}

func (t *table) has(h uint64) bool {
	if len(t.slots) == 0 {
		return false
	}
	for i := h >> 1; ; i++ { // The lowest bit is the same in all.
		switch t.slots[i&uint64(len(t.slots)-1)] {
		case h:
			return true
		case 0:
			return false
		}
	}
}

func (t *table) add(h uint64) {
	if 2*t.count >= len(t.slots) {
		t.grow()
	}
	i := h >> 1
	for t.slots[i&uint64(len(t.slots)-1)] != 0 {
		i++
	}
	t.slots[i&uint64(len(t.slots)-1)] = h
	t.count++
}

// clear empties a table and keeps its memory.
func (t *table) clear() {
	clear(t.slots)
	t.count = 0
}

func (t *table) grow() {
	const first = 256
	old := t.slots
	t.slots, t.count = make([]uint64, max(first, 2*len(old))), 0
	for _, h := range old {
		if h != 0 {
			t.add(h)
		}
	}
}

// list gives the hashes, for a checkpoint.
func (t *table) list() []uint64 {
	all := make([]uint64, 0, t.count)
	for _, h := range t.slots {
		if h != 0 {
			all = append(all, h)
		}
	}
	return all
}
