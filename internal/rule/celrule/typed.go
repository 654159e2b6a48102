package celrule

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// objectType is a type of typed object: a name, and fields that are read from a Go value without reflection.
type objectType struct {
	name   string
	self   *types.Type
	fields map[string]*types.FieldType
}

func newObjectType(name string) *objectType {
	return &objectType{
		name:   name,
		self:   types.NewObjectType(name, traits.FieldTesterType, traits.IndexerType),
		fields: map[string]*types.FieldType{},
	}
}

// fieldNames lists the fields.
func (t *objectType) fieldNames() []string { return slices.Sorted(maps.Keys(t.fields)) }

// field declares a field that is always there; has() asks whether it is set to anything.
func field[T any](t *objectType, name string, of *types.Type, get func(T) any) {
	t.fields[name] = &types.FieldType{
		Type: of,
		IsSet: func(target any) bool {
			v, ok := target.(T)
			return ok && isSet(get(v))
		},
		GetFrom: func(target any) (any, error) {
			v, ok := target.(T)
			if !ok {
				return nil, fmt.Errorf("%s is no field of %T", name, target)
			}
			value := get(v)
			switch value := value.(type) {
			case error:
				return nil, value
			case string:
				return value, unseen(value)
			}
			return value, nil
		},
	}
}

// optional declares a field that may not be set: it is null then, which is equal to nothing but null.
func optional[T, V any](t *objectType, name string, of *types.Type, get func(T) *V) {
	field(t, name, types.NewNullableType(of), func(target T) any {
		if p := get(target); p != nil {
			return *p
		}
		return nil
	})
}

// isSet reports whether a value is neither null nor that of a field that nobody wrote.
func isSet(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case error:
		return true
	case bool:
		return v
	case string:
		return v != ""
	case int64:
		return v != 0
	case []string:
		return len(v) > 0
	case map[string]string:
		return len(v) > 0
	case traits.Sizer:
		return v.Size() != types.IntZero
	case object:
		for _, f := range v.of.fields {
			if f.IsSet(v.value) {
				return true
			}
		}
		return false
	}
	return true
}

// object is a typed object as a CEL value.
type object struct {
	of    *objectType
	value any
}

// listOf makes a list of typed objects.
func listOf(items []ref.Val) ref.Val { return types.NewRefValList(types.DefaultTypeAdapter, items) }

// Get implements [traits.Indexer].
func (o object) Get(name ref.Val) ref.Val {
	f, ok := o.of.fields[fmt.Sprint(name.Value())]
	if !ok {
		return types.NewErr("no such field: %v", name.Value())
	}
	value, err := f.GetFrom(o.value)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.DefaultTypeAdapter.NativeToValue(value)
}

// IsSet implements [traits.FieldTester].
func (o object) IsSet(name ref.Val) ref.Val {
	f, ok := o.of.fields[fmt.Sprint(name.Value())]
	if !ok {
		return types.NewErr("no such field: %v", name.Value())
	}
	return types.Bool(f.IsSet(o.value))
}

// AggregateSize implements [types.AggregateSizeVisitor]: what the object holds is there anyway.
func (o object) AggregateSize(types.AggregateSizer) uint32 { return 1 }

// Equal implements [ref.Val]: an object is equal to itself.
func (o object) Equal(other ref.Val) ref.Val {
	theirs, ok := other.(object)
	return types.Bool(ok && o.of == theirs.of && reflect.TypeOf(o.value).Comparable() && o.value == theirs.value)
}

// ConvertToNative implements [ref.Val].
func (o object) ConvertToNative(want reflect.Type) (any, error) {
	if reflect.TypeOf(o.value).AssignableTo(want) {
		return o.value, nil
	}
	return nil, fmt.Errorf("a %s is no %v", o.of.name, want)
}

// ConvertToType implements [ref.Val].
func (o object) ConvertToType(want ref.Type) ref.Val {
	if want == types.TypeType {
		return o.of.self
	}
	return types.NewErr("a %s is no %s", o.of.name, want.TypeName())
}

// Type implements [ref.Val].
func (o object) Type() ref.Type { return o.of.self }

// Value implements [ref.Val].
func (o object) Value() any { return o.value }

// provider adds our types to those that CEL has.
type provider struct {
	*types.Registry
	byName map[string]*objectType
}

// FindStructType implements [types.Provider].
func (p provider) FindStructType(name string) (*types.Type, bool) {
	if t, ok := p.byName[name]; ok {
		return types.NewTypeTypeWithParam(t.self), true
	}
	return p.Registry.FindStructType(name)
}

// FindStructFieldNames implements [types.Provider].
func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	if t, ok := p.byName[name]; ok {
		return t.fieldNames(), true
	}
	return p.Registry.FindStructFieldNames(name)
}

// FindStructFieldType implements [types.Provider].
func (p provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if t, ok := p.byName[name]; ok {
		f, found := t.fields[field]
		return f, found
	}
	return p.Registry.FindStructFieldType(name, field)
}

// NewValue implements [types.Provider]. Objects are there to be looked at; an expression makes none.
func (p provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if _, ok := p.byName[name]; ok {
		return types.NewErr("an expression cannot make a %s", name)
	}
	return p.Registry.NewValue(name, fields)
}
