package remedy

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/lang"
)

// Refusal says why a field is not edited.
type Refusal struct {
	Why lang.Text
}

// Error implements error, in English.
func (r *Refusal) Error() string { return r.Why.EN }

func refuse(text lang.Text, args ...any) *Refusal {
	return &Refusal{lang.Text{EN: fmt.Sprintf(text.EN, args...), ES: fmt.Sprintf(text.ES, args...), PT: fmt.Sprintf(text.PT, args...)}}
}

// found is the way from the root of a document to a field.
type found struct {
	// nodes are those that are there, from the root down; keys[i] is the key node of nodes[i], nil for the
	// root and for the items of lists.
	nodes, keys []*yaml.Node
	// rest are the steps that lead to what is not there.
	rest []step
	// alias is the last node where the rest lies behind it, merge the key "<<" that brings the rest's start.
	alias, merge *yaml.Node
}

func (f *found) last() *yaml.Node { return f.nodes[len(f.nodes)-1] }

// above gives the parent of the i-th node.
func (f *found) above(i int) *yaml.Node { return f.nodes[i-1] }

func (f *found) add(n, key *yaml.Node) { f.nodes, f.keys = append(f.nodes, n), append(f.keys, key) }

// find walks down. What an alias or a merge key repeats serves other fields too: the walk goes on there where
// it is to go through, and ends before it otherwise.
func (s *source) find(path []step, through bool) (*found, error) {
	f := &found{}
	f.add(s.root, nil)
	for i, st := range path {
		if at := f.last(); at.Kind == yaml.AliasNode {
			if !through || at.Alias == nil {
				f.alias, f.rest = at, path[i:]
				return f, nil
			}
			f.add(at.Alias, nil)
		}
		key, child, merge, err := descend(f.last(), st)
		if err != nil {
			return nil, err
		}
		if merge != nil && through {
			from := broughtBy(merge, st.key)
			if from == nil {
				return nil, &Refusal{parseText}
			}
			f.add(from, nil)
			key, child, merge, err = descend(from, st)
			if err != nil {
				return nil, err
			}
		}
		if child == nil {
			f.merge, f.rest = merge, path[i:]
			return f, nil
		}
		f.add(child, key)
	}
	return f, nil
}

// descend takes one step; child is nil where there is nothing, and merge the value of a merge key that brings
// it there.
func descend(at *yaml.Node, st step) (key, child, merge *yaml.Node, err error) {
	switch {
	case at.Kind == yaml.SequenceNode && st.isIndex():
		if st.index < len(at.Content) {
			return nil, at.Content[st.index], nil, nil
		}
		return nil, nil, nil, nil
	case at.Kind != yaml.MappingNode || st.isIndex():
		return nil, nil, nil, nil
	}
	for i := 0; i+1 < len(at.Content); i += 2 {
		k, v := at.Content[i], at.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode:
			return nil, nil, nil, refuse(keyText, k.Line)
		case k.Value == st.key:
			key, child = k, v
		case k.Value == "<<" && bringsKey(v, st.key):
			merge = v
		}
	}
	if child != nil {
		merge = nil
	}
	return key, child, merge, nil
}

// broughtBy gives the map behind a merge key that has a member of its own; nil where only a further merge
// brings it, or several maps do.
func broughtBy(v *yaml.Node, key string) *yaml.Node {
	switch v.Kind {
	case yaml.AliasNode:
		if v.Alias != nil && v.Alias.Kind == yaml.MappingNode {
			return broughtBy(v.Alias, key)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(v.Content); i += 2 {
			if v.Content[i].Value == key {
				return v
			}
		}
	}
	return nil
}

// bringsKey reports whether a merge key brings a member. Chains of merges count as if they did.
func bringsKey(v *yaml.Node, key string) bool {
	switch v.Kind {
	case yaml.AliasNode:
		return v.Alias != nil && bringsKey(v.Alias, key)
	case yaml.SequenceNode:
		for _, c := range v.Content {
			if bringsKey(c, key) {
				return true
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(v.Content); i += 2 {
			if k := v.Content[i]; k.Value == key || k.Value == "<<" {
				return true
			}
		}
	}
	return false
}
