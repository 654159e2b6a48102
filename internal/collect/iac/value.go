package iac

import (
	"maps"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/tree"
)

// value is a value of infrastructure code with its references followed as far as the document goes.
type value struct {
	kind  tree.Kind // Missing where it is not there, or open
	text  string    // of a scalar
	line  int
	keys  []string // of a map, one for each item
	items []value  // of a map or list

	// open is set where the value is known only later. Then leads are the resources that it names, and whole
	// says that it names nothing else.
	open  bool
	leads []*answer
	whole bool
	// unset is set for an open value that nobody configured: the provider or the API will fill it in.
	unset bool
	// partition is set for an open value that is the partition of the account.
	partition bool
	// hidden is set where the document calls the value sensitive, and it was read all the same.
	hidden bool
}

// known turns a decoded value into one without anything open.
func known(n tree.Node) value {
	v := value{kind: n.Kind(), text: n.Text(), line: n.Line()}
	for child := range n.All() {
		if v.kind == tree.Map {
			v.keys = append(v.keys, child.Key())
		}
		v.items = append(v.items, known(child))
	}
	return v
}

// text makes a known text.
func textValue(s string, line int) value { return value{kind: tree.String, text: s, line: line} }

// opened makes an open value that leads nowhere.
func opened(line int) value { return value{open: true, line: line} }

// isNothing reports whether a value is not there, or null.
func (v value) isNothing() bool { return !v.open && (v.kind == tree.Missing || v.kind == tree.Null) }

// isEmpty reports whether a value says nothing: it is not there, or an empty text, as which Terraform keeps
// what is not set.
func (v value) isEmpty() bool {
	return v.isNothing() || !v.open && v.kind == tree.String && v.text == ""
}

// isScalar reports whether a value is a text, a number or a boolean.
func (v value) isScalar() bool {
	return v.kind == tree.String || v.kind == tree.Number || v.kind == tree.Bool
}

// get walks down maps, "a.b" in two steps. A block, which Terraform writes as a list of one map, counts as the
// map. What is below an open value is open.
func (v value) get(path string) value {
	for path != "" && !v.isNothing() {
		var key string
		key, path, _ = strings.Cut(path, ".")
		v = v.member(key)
	}
	return v
}

func (v value) member(key string) value {
	if v.open {
		return value{open: true, unset: v.unset, line: v.line}
	}
	if v.kind == tree.List {
		if len(v.items) == 0 {
			return value{}
		}
		return v.items[0].member(key)
	}
	if v.kind == tree.Map {
		for i, k := range v.keys {
			if k == key {
				return v.items[i]
			}
		}
	}
	return value{}
}

// list gives the elements of a list; of a map, which is one block, the map itself.
func (v value) list() []value {
	switch v.kind {
	case tree.List:
		return v.items
	case tree.Map:
		return []value{v}
	}
	return nil
}

// isTrue reports whether a value is true. Templates may write booleans as text.
func (v value) isTrue() bool {
	return (v.kind == tree.Bool || v.kind == tree.String) && strings.EqualFold(v.text, "true")
}

// isOpen reports whether a value, or anything in it, is open.
func (v value) isOpen() bool {
	if v.open {
		return true
	}
	for _, item := range v.items {
		if item.isOpen() {
			return true
		}
	}
	return false
}

// mapOf makes a map; what is not there is left out.
func mapOf(line int, of map[string]value) value {
	v := value{kind: tree.Map, line: line}
	for _, key := range slices.Sorted(maps.Keys(of)) {
		if item := of[key]; !item.isNothing() {
			v.keys, v.items = append(v.keys, key), append(v.items, item)
		}
	}
	return v
}

// renamed gives the members of a map, or of each map of a list, other names.
func renamed(v value, names map[string]string) value {
	if v.kind == tree.List {
		items := make([]value, len(v.items))
		for i, item := range v.items {
			items[i] = renamed(item, names)
		}
		v.items = items
		return v
	}
	keys := slices.Clone(v.keys)
	for i, key := range keys {
		if name, ok := names[key]; ok {
			keys[i] = name
		}
	}
	v.keys = keys
	return v
}
