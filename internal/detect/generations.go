package detect

// generations is a map that forgets: it holds at most twice its limit, and of two keys the one that was used longer ago
// goes first. It keeps two maps; when the younger is full, it becomes the elder, and what the elder still holds is gone.
// What it forgets depends on the keys and their order alone.
type generations[V any] struct {
	limit        int
	young, elder map[string]V
	// turned is when the young generation began, in nanoseconds since 1970.
	turned int64
}

func newGenerations[V any](limit int) *generations[V] {
	return &generations[V]{limit: limit, young: map[string]V{}}
}

// get gives the value of a key, and makes it young again.
func (g *generations[V]) get(key []byte) (v V, ok bool) {
	if v, ok = g.young[string(key)]; ok {
		return v, true
	}
	if v, ok = g.elder[string(key)]; ok {
		delete(g.elder, string(key))
		g.put(string(key), v)
	}
	return v, ok
}

func (g *generations[V]) put(key string, v V) {
	if _, there := g.young[key]; !there && len(g.young) >= g.limit {
		g.turn(g.turned)
	}
	g.young[key] = v
}

// expire turns the generations where the young one began longer ago than a time, so that what was not used for twice
// that time is gone.
func (g *generations[V]) expire(now, after int64) {
	if now-g.turned > after || now < g.turned-after {
		g.turn(now)
	}
}

func (g *generations[V]) turn(now int64) {
	g.elder, g.young, g.turned = g.young, map[string]V{}, now
}

// generationsState is how generations stand in a checkpoint.
type generationsState[V any] struct {
	Young  map[string]V `json:"young,omitempty"`
	Elder  map[string]V `json:"elder,omitempty"`
	Turned int64        `json:"turned,omitempty"`
}

func (g *generations[V]) save() generationsState[V] {
	return generationsState[V]{g.young, g.elder, g.turned}
}

func (g *generations[V]) load(s generationsState[V]) {
	g.young, g.elder, g.turned = s.Young, s.Elder, s.Turned
	if g.young == nil {
		g.young = map[string]V{}
	}
}
