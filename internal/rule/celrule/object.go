package celrule

import (
	"errors"
	"fmt"
	"hash/maphash"
	"reflect"
	"strconv"
	"sync/atomic"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/tree"
)

// objects holds the source objects that were decoded last, so that all rules look at one copy. The engine
// takes one resource after the other, so few places are enough: a decoded object is dropped when another one
// needs its place. It is safe for concurrent use.
type objects struct {
	seed   maphash.Seed
	places [64]atomic.Pointer[decoded]
}

type decoded struct {
	of   *inventory.Resource
	tree *tree.Tree
	err  error
}

func newObjects() *objects { return &objects{seed: maphash.MakeSeed()} }

// root gives the source object of a resource.
func (o *objects) root(v *inventory.View, r *inventory.Resource) (tree.Node, error) {
	at := &o.places[maphash.Comparable(o.seed, r)%uint64(len(o.places))]
	d := at.Load()
	if d == nil || d.of != r {
		t, err := v.Raw(r.UID)
		d = &decoded{r, t, err}
		at.Store(d)
	}
	if d.err != nil {
		return tree.Node{}, d.err
	}
	return d.tree.Root(), nil
}

// errHidden says that a value is not there because values of secrets never are.
var errHidden = errors.New("the value was taken out, as it may be a secret's")

// valueOf turns a node into a CEL value, one level at a time. A value that was taken out is an error, so that
// what depends on it is unknown.
func valueOf(n tree.Node) ref.Val {
	switch n.Kind() {
	case tree.Map:
		return nodeMap{n}
	case tree.List:
		items := make([]ref.Val, 0, n.Len())
		for child := range n.All() {
			items = append(items, valueOf(child))
		}
		return types.NewRefValList(types.DefaultTypeAdapter, items)
	case tree.Bool:
		b, _ := n.Bool()
		return types.Bool(b)
	case tree.Number:
		if i, ok := n.Int(); ok {
			return types.Int(i)
		}
		f, err := strconv.ParseFloat(n.Text(), 64)
		if err != nil {
			return types.NewErr("%s is not a number that can be compared", n.Text())
		}
		return types.Double(f)
	case tree.String:
		return textOf(n.Text())
	}
	return types.NullValue
}

func textOf(text string) ref.Val {
	if err := unseen(text); err != nil {
		return types.WrapErr(err)
	}
	return types.String(text)
}

// unseen says why an expression may not look at a text; nil where it may.
func unseen(text string) error {
	switch {
	case len(text) > maxText:
		return errTooLarge
	case isHidden(text):
		return errHidden
	}
	return nil
}

// isHidden reports whether a value was taken out of a text, or is what stands for one.
func isHidden(text string) bool {
	_, marked := redact.MarkedIn(text)
	return marked || text == redact.Plain
}

// nodeMap is a map of a source object as a CEL value.
type nodeMap struct{ node tree.Node }

var _ traits.Mapper = nodeMap{}

// Find implements [traits.Mapper].
func (m nodeMap) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return nil, false
	}
	n := m.node.Get(string(name))
	if !n.Exists() {
		return nil, false
	}
	return valueOf(n), true
}

// Get implements [traits.Indexer].
func (m nodeMap) Get(key ref.Val) ref.Val {
	if v, ok := m.Find(key); ok {
		return v
	}
	return types.NewErr("no such key: %v", key.Value())
}

// Contains implements [traits.Container].
func (m nodeMap) Contains(key ref.Val) ref.Val {
	name, ok := key.(types.String)
	return types.Bool(ok && m.node.Get(string(name)).Exists())
}

// Size implements [traits.Sizer].
func (m nodeMap) Size() ref.Val { return types.Int(m.node.Len()) }

// Iterator implements [traits.Iterable]: it gives the keys.
func (m nodeMap) Iterator() traits.Iterator {
	keys := make([]string, 0, m.node.Len())
	for child := range m.node.All() {
		keys = append(keys, child.Key())
	}
	return types.NewStringList(types.DefaultTypeAdapter, keys).Iterator()
}

// AggregateSize implements [types.AggregateSizeVisitor]: what the object holds is there anyway.
func (m nodeMap) AggregateSize(types.AggregateSizer) uint32 { return 1 }

// Equal implements [ref.Val].
func (m nodeMap) Equal(other ref.Val) ref.Val {
	o, ok := other.(traits.Mapper)
	if !ok || o.Size() != m.Size() {
		return types.False
	}
	for child := range m.node.All() {
		theirs, found := o.Find(types.String(child.Key()))
		if !found {
			return types.False
		}
		if equal := types.Equal(valueOf(child), theirs); equal != types.True {
			return equal
		}
	}
	return types.True
}

// ConvertToNative implements [ref.Val].
func (m nodeMap) ConvertToNative(want reflect.Type) (any, error) {
	if reflect.TypeFor[nodeMap]().AssignableTo(want) {
		return m, nil
	}
	return nil, fmt.Errorf("a map of the object is no %v", want)
}

// ConvertToType implements [ref.Val].
func (m nodeMap) ConvertToType(want ref.Type) ref.Val {
	switch want {
	case types.MapType:
		return m
	case types.TypeType:
		return types.MapType
	}
	return types.NewErr("a map of the object is no %s", want.TypeName())
}

// Type implements [ref.Val].
func (m nodeMap) Type() ref.Type { return types.MapType }

// Value implements [ref.Val].
func (m nodeMap) Value() any { return m }
