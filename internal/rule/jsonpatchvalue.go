package rule

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/merlonsec/merlon/internal/tree"
)

// patchedValue is one value of an object that a JSON patch makes. All methods take nil for a value that is not there.
type patchedValue struct {
	shape shape
	// fixed says that the value is a map or a list for sure. Where the patch only reaches into a value, its keys tell, and
	// those of a map may look like indexes.
	fixed bool
	// key and index are where it stands in a map, and in a list.
	key   string
	index int
	// leaf is the value where it is as the patch writes it, and source where in the record a leaf stands.
	leaf   tree.Node
	source source
	// members are those of a map, and front lists them as they came, those that were taken away too.
	members map[string]*patchedValue
	// front lists the elements of a list whose index is known, in its order. Tail lists those that stand at the end of a
	// list of unknown length, and loose those of which only is known that they are somewhere before them.
	front, tail, loose []*patchedValue
}

// shape is what a value is.
type shape uint8

const (
	shapeless shape = iota // nothing is known of it yet
	isLeaf                 // as the patch writes it
	isUnseen               // copied from elsewhere in the object
	isMap
	isList
)

// source is where a leaf stands in the record: at a path, or below another. It is written out only where somebody asks.
type source struct {
	base  string
	up    *source
	key   string
	index int // -1 for a key
}

func (s *source) path() string {
	switch {
	case s.up == nil:
		return s.base
	case s.index < 0:
		return tree.Path(s.up.path(), s.key)
	}
	return tree.PathIndex(s.up.path(), s.index)
}

// indexOf gives the index that a key stands for. The API server takes negative ones too, which count from the end.
func indexOf(key string) (index int, ok bool) {
	index, err := strconv.Atoi(key)
	return index, err == nil
}

// open makes a value one with children, so that an operation may reach into it by a key; it reports whether there can be
// such a child.
func (v *patchedValue) open(key string, w *work) bool {
	w.spend(1)
	_, isIndex := indexOf(key)
	isIndex = isIndex || key == "-"
	switch v.shape {
	case isLeaf:
		v.openLeaf(w)
	case shapeless, isUnseen:
		v.shape = isMap
		if isIndex {
			v.shape = isList
		}
	}
	if v.shape == isList && !isIndex && !v.fixed {
		v.becomeMap(w)
	}
	return v.shape == isMap || v.shape == isList && isIndex
}

// openLeaf makes the parts of a leaf values of their own.
func (v *patchedValue) openLeaf(w *work) {
	leaf, from := v.leaf, v.source
	switch leaf.Kind() {
	case tree.Map:
		v.shape, v.fixed, v.leaf = isMap, true, tree.Node{}
	case tree.List:
		v.shape, v.fixed, v.leaf = isList, true, tree.Node{}
	default:
		return
	}
	i := 0
	for part := range leaf.All() {
		c := &patchedValue{shape: isLeaf, leaf: part, source: source{up: &from, key: part.Key(), index: -1}}
		if v.shape == isMap {
			v.put(part.Key(), c)
		} else {
			c.index, c.source.index = i, i
			v.front = append(v.front, c)
		}
		i++
	}
	w.spend(i)
}

// becomeMap makes a map of what was taken for a list by its first keys.
func (v *patchedValue) becomeMap(w *work) {
	elements := v.elements()
	w.spend(len(elements))
	v.shape, v.front, v.tail, v.loose = isMap, nil, nil, nil
	for _, e := range elements {
		v.put(e.key, e)
	}
}

// put puts a member into a map.
func (v *patchedValue) put(key string, c *patchedValue) {
	if v.members == nil {
		v.members = map[string]*patchedValue{}
	}
	c.key = key
	v.members[key] = c
	v.front = append(v.front, c)
}

// elements lists those of a list, in its order as far as that is known.
func (v *patchedValue) elements() []*patchedValue {
	if len(v.loose)+len(v.tail) == 0 {
		return v.front
	}
	return slices.Concat(v.front, v.loose, v.tail)
}

// seat finds the element of a list with an index: in which of the lists it is, and where.
func (v *patchedValue) seat(index int) (in *[]*patchedValue, at int, there bool) {
	switch {
	case index < 0 && v.fixed:
		index += len(v.front)
	case index < 0:
		at = len(v.tail) + index
		return &v.tail, at, at >= 0
	}
	at, there = slices.BinarySearchFunc(v.front, index, func(c *patchedValue, index int) int { return cmp.Compare(c.index, index) })
	return &v.front, at, there
}

// child gives the value below a key, nil where there is none.
func (v *patchedValue) child(key string, w *work) *patchedValue {
	if v == nil || v.shape == isUnseen || !v.open(key, w) {
		return nil
	}
	if v.shape == isMap {
		return v.members[key]
	}
	if index, ok := indexOf(key); ok {
		if in, at, there := v.seat(index); there {
			return (*in)[at]
		}
	}
	return nil
}

// reach gives the value below a key, and makes one where there is none; nil where there can be none.
func (v *patchedValue) reach(key string, w *work) *patchedValue {
	c := v.child(key, w)
	if c == nil {
		c = &patchedValue{}
		if !v.replace(key, c, w) {
			return nil
		}
	}
	return c
}

// replace puts a value at a key, in the place of what is there. It reports whether it could.
func (v *patchedValue) replace(key string, c *patchedValue, w *work) bool {
	if !v.open(key, w) {
		return false
	}
	if v.shape == isMap {
		if old := v.members[key]; old != nil {
			c.key = key
			*old = *c
			return true
		}
		v.put(key, c)
		return true
	}
	index, ok := indexOf(key)
	if !ok {
		return false
	}
	c.key = key
	switch in, at, there := v.seat(index); {
	case there:
		c.index = (*in)[at].index
		(*in)[at] = c
	case v.fixed:
		return false
	case index < 0:
		v.loose = append(v.loose, c)
	default:
		c.index = index
		w.spend(len(v.front) - at)
		v.front = slices.Insert(v.front, at, c)
	}
	return true
}

// insert puts a value at a key; in a list it moves those on that stand there and behind.
func (v *patchedValue) insert(key string, c *patchedValue, w *work) {
	if !v.open(key, w) {
		return
	}
	if v.shape == isMap {
		v.replace(key, c, w)
		return
	}
	c.key = key
	index, ok := indexOf(key)
	if !ok {
		index = -1 // "-"
	}
	switch {
	case index < 0 && v.fixed:
		index += len(v.front) + 1
	case index < 0:
		if at := len(v.tail) + index + 1; at >= 0 {
			w.spend(len(v.tail) - at)
			v.tail = slices.Insert(v.tail, at, c)
		} else {
			v.loose = append(v.loose, c)
		}
		return
	}
	if index < 0 || v.fixed && index > len(v.front) {
		return
	}
	_, at, _ := v.seat(index)
	c.index = index
	v.front = slices.Insert(v.front, at, c)
	v.shift(at+1, 1, w)
}

// shift moves the indexes of the elements from one on.
func (v *patchedValue) shift(from, by int, w *work) {
	w.spend(len(v.front) - from)
	for _, c := range v.front[from:] {
		c.index += by
	}
}

// remove takes the value at a key away, and gives it. Elements that are only known to be near the end of a list stay unless
// it is they for sure.
func (v *patchedValue) remove(key string, w *work) *patchedValue {
	c := v.child(key, w)
	if v == nil || v.shape != isMap && v.shape != isList {
		return nil
	}
	if v.shape == isMap {
		delete(v.members, key)
		return c
	}
	index, ok := indexOf(key)
	if !ok {
		return nil
	}
	in, at, there := v.seat(index)
	if !there && v.fixed {
		return nil
	}
	if there {
		w.spend(len(*in) - at)
		*in = slices.Delete(*in, at, at+1)
	}
	if in == &v.front {
		v.shift(at, -1, w)
	}
	return c
}

// clone copies a value with all that is below it.
func (v *patchedValue) clone(w *work) *patchedValue {
	if w.spend(1); v == nil || w.isOver() {
		return nil
	}
	c := *v
	c.members, c.front = nil, nil
	if v.shape == isMap {
		for _, member := range v.front {
			if v.members[member.key] == member {
				if copied := member.clone(w); copied != nil {
					c.put(member.key, copied)
				}
			}
		}
		return &c
	}
	c.front, c.tail, c.loose = cloneAll(v.front, w), cloneAll(v.tail, w), cloneAll(v.loose, w)
	return &c
}

func cloneAll(all []*patchedValue, w *work) []*patchedValue {
	var copied []*patchedValue
	for _, v := range all {
		if c := v.clone(w); c != nil {
			copied = append(copied, c)
		}
	}
	return copied
}
