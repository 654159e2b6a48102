package detect

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/merlonsec/merlon/internal/rule"
)

// baselinesVersion changes with the form in which baselines are saved, and with what makes a value's hash.
const baselinesVersion = 2

// save writes the baselines as a JSON string of base64: a version, the clusters by name, each with its memory and texts,
// and the users by hash, each with their memory. Numbers are varints but for hashes.
func (b *baselines) save() ([]byte, error) {
	w := []byte{baselinesVersion}
	w = binary.AppendUvarint(w, uint64(len(b.clusters)))
	for _, name := range slices.Sorted(maps.Keys(b.clusters)) {
		c := b.clusters[name]
		w = appendText(w, name)
		w = binary.AppendVarint(w, c.since)
		w = binary.AppendUvarint(w, uint64(c.days.last))
		w = binary.AppendUvarint(w, uint64(c.days.first))
		w = binary.AppendUvarint(w, uint64(c.days.count))
		w = c.append(w)
		w = binary.AppendUvarint(w, uint64(len(c.texts)))
		for _, key := range slices.Sorted(maps.Keys(c.texts)) {
			w = append(w, byte(profileOf(key)))
			w = appendText(w, c.texts[key])
		}
	}
	w = binary.AppendUvarint(w, uint64(len(b.users)))
	for _, key := range slices.Sorted(maps.Keys(b.users)) {
		w = binary.LittleEndian.AppendUint64(w, key)
		w = b.users[key].append(w)
	}
	return json.Marshal(w)
}

func appendText(w []byte, s string) []byte {
	return append(binary.AppendUvarint(w, uint64(len(s))), s...)
}

// append writes a memory: the days on which values were lost, and what is held in the order of its keys.
func (h *habits) append(w []byte) []byte {
	for _, day := range h.lost {
		w = binary.AppendUvarint(w, uint64(day))
	}
	var all []habit
	for _, s := range h.slots {
		if s.key != 0 {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(x, y habit) int {
		if x.key < y.key {
			return -1
		}
		return 1
	})
	w = binary.AppendUvarint(w, uint64(len(all)))
	for _, s := range all {
		w = binary.LittleEndian.AppendUint64(w, s.key)
		w = binary.AppendUvarint(w, uint64(s.last))
		w = binary.AppendUvarint(w, uint64(s.first))
		w = binary.AppendUvarint(w, uint64(s.count))
	}
	return w
}

// errDamaged is what load says of anything that save does not write.
var errDamaged = errors.New("the saved state is damaged")

// load takes over what another saved. It holds what it reads against the limits, and trusts no length.
func (b *baselines) load(saved []byte) error {
	if len(saved) == 0 || string(saved) == "null" {
		return nil
	}
	var bytes []byte
	if err := json.Unmarshal(saved, &bytes); err != nil {
		return errDamaged
	}
	if len(bytes) > 0 && bytes[0] != baselinesVersion {
		return fmt.Errorf("the saved state is of version %d; this Merlon reads version %d", bytes[0], baselinesVersion)
	}
	r := &reader{rest: bytes, ok: true}
	r.take(1)
	loaded := newBaselines(b.period)
	before := ""
	for i := range r.count(clustersLimit, 1) {
		name := string(r.text(nameLimit))
		r.check(i == 0 || name > before)
		before = name
		loaded.clusters[name] = r.cluster()
	}
	var last uint64
	for i := range r.count(usersLimit, 8) {
		key := binary.LittleEndian.Uint64(r.take(8))
		r.check(i == 0 || key > last)
		last = key
		u := r.habits(valuesOfUser())
		loaded.users[key] = &u
	}
	if !r.ok || len(r.rest) > 0 {
		return errDamaged
	}
	*b = *loaded
	return nil
}

// nameLimit is how long the name of a cluster may be, and textLimit that of a value, in bytes.
const (
	nameLimit = 1 << 12
	textLimit = 1 << 8
)

// reader reads what save wrote. When it comes to something else, ok is false from then on, and it gives zeros.
type reader struct {
	rest []byte
	ok   bool
}

func (r *reader) check(holds bool) {
	if !holds {
		r.ok, r.rest = false, nil
	}
}

// take gives the next n bytes; n is small.
func (r *reader) take(n int) []byte {
	if len(r.rest) < n {
		r.check(false)
		return make([]byte, n)
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

// number gives the next number, which is at most limit.
func (r *reader) number(limit uint64) uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > limit {
		r.check(false)
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// count gives the number of things that follow, each of at least size bytes.
func (r *reader) count(limit, size int) int {
	n := int(r.number(uint64(limit)))
	r.check(n <= len(r.rest)/size)
	if !r.ok {
		return 0
	}
	return n
}

func (r *reader) text(limit int) []byte {
	n := r.count(limit, 1)
	return r.take(n)
}

func (r *reader) cluster() *clusterHabits {
	since, n := binary.Varint(r.rest)
	r.check(n > 0)
	r.take(max(n, 0))
	c := &clusterHabits{since: since, texts: map[uint64]string{}}
	c.days.last, c.days.first, c.days.count = uint32(r.number(65535*24)), uint16(r.number(1<<16-1)), uint16(r.number(1<<16-1))
	c.habits = r.habits(valuesOfCluster())
	values := 0
	for _, size := range c.sizes {
		values += int(size)
	}
	for range r.count(values, 2) {
		p := rule.Profile(r.take(1)[0])
		text := r.text(textLimit)
		r.check(p < rule.Profiles && len(text) > 0)
		key := keyOf(p%rule.Profiles, text)
		r.check(c.find(key) != nil)
		c.texts[key] = string(text)
	}
	r.check(len(c.texts) == values)
	return c
}

func (r *reader) habits(limits *[rule.Profiles]int) (h habits) {
	for p := range h.lost {
		h.lost[p] = uint16(r.number(1<<16 - 1))
	}
	most := int(rule.Profiles)
	for _, limit := range limits {
		most += limit
	}
	var before uint64
	for range r.count(most, 11) {
		s := habit{key: binary.LittleEndian.Uint64(r.take(8))}
		s.last, s.first, s.count = uint32(r.number(65535*24)), uint16(r.number(1<<16-1)), uint16(r.number(1<<16-1))
		p := profileOf(s.key)
		r.check(s.key > max(before, 7) && p < rule.Profiles)
		if !r.ok {
			return h
		}
		before = s.key
		if s.key != totalOf(p) {
			h.sizes[p]++
			r.check(int(h.sizes[p]) <= limits[p])
		}
		h.insert(s)
	}
	return h
}
