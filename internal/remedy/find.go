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
	// path are the steps that were taken, rest those that lead to what is not there.
	path, rest []step
}

func (f *found) last() *yaml.Node { return f.nodes[len(f.nodes)-1] }

// above gives the parent of the i-th node.
func (f *found) above(i int) *yaml.Node { return f.nodes[i-1] }

// find walks down. It refuses a field that stands elsewhere: what an alias or a merge key repeats serves
// other fields too.
func (s *source) find(path []step) (*found, error) {
	f := &found{nodes: []*yaml.Node{s.root}, keys: []*yaml.Node{nil}}
	if s.root.Anchor != "" {
		return nil, errParse
	}
	for i, st := range path {
		at := f.last()
		key, child, err := descend(at, st)
		if err != nil {
			return nil, err
		}
		if child == nil {
			f.rest = path[i:]
			return f, nil
		}
		if child.Kind == yaml.AliasNode {
			return nil, refuse(aliasText, child.Value, child.Line)
		}
		f.nodes, f.keys, f.path = append(f.nodes, child), append(f.keys, key), path[:i+1]
	}
	return f, nil
}

// descend takes one step; child is nil where there is nothing.
func descend(at *yaml.Node, st step) (key, child *yaml.Node, err error) {
	switch {
	case at.Kind == yaml.SequenceNode && st.isIndex():
		if st.index < len(at.Content) {
			return nil, at.Content[st.index], nil
		}
		return nil, nil, nil
	case at.Kind != yaml.MappingNode || st.isIndex():
		return nil, nil, nil
	}
	for i := 0; i+1 < len(at.Content); i += 2 {
		k := at.Content[i]
		if k.Kind != yaml.ScalarNode {
			return nil, nil, refuse(keyText, k.Line)
		}
		if k.Value == "<<" && bringsKey(at.Content[i+1], st.key) {
			return nil, nil, refuse(mergeText, st.key, k.Line)
		}
		if k.Value == st.key {
			key, child = k, at.Content[i+1]
		}
	}
	return key, child, nil
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
