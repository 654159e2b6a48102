package celrule

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/lang"
)

// parser reads one rule and collects what is wrong with it.
type parser struct {
	source   *source
	loader   *Loader
	problems []*Problem
	// strange are the keys of maps that are not known, so that one which is missing is not told twice.
	strange map[*yaml.Node][]string
}

// fail notes a mistake at a node.
func (p *parser) fail(n *yaml.Node, format string, args ...any) {
	p.failAt(placeOf(n), format, args...)
}

func (p *parser) failAt(at place, format string, args ...any) {
	p.problems = append(p.problems, p.source.problem(at, format, args...))
}

// resolve gives the node that an alias stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// get gives the value of a key; nil where the key is not there.
func get(m *yaml.Node, key string) *yaml.Node {
	m = resolve(m)
	if m.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return resolve(m.Content[i+1])
		}
	}
	return nil
}

// isMap fails what is not a map, and each key of a map that is not one of the known ones or comes twice.
func (p *parser) isMap(n *yaml.Node, what string, keys ...string) bool {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		p.fail(n, "%s must be a map with %s", what, strings.Join(keys, ", "))
		return false
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		known := false
		for _, k := range keys {
			known = known || k == key.Value
		}
		switch {
		case !known:
			p.fail(key, "there is no key %q here%s", key.Value, near(key.Value, keys))
			if p.strange == nil {
				p.strange = map[*yaml.Node][]string{}
			}
			p.strange[n] = append(p.strange[n], lang.Nearest(key.Value, keys))
		case seen[key.Value]:
			p.fail(key, "the key %q is there twice", key.Value)
		}
		seen[key.Value] = true
	}
	return true
}

// need gives the value of a key that must be there.
func (p *parser) need(m *yaml.Node, what, key string) *yaml.Node {
	n := get(m, key)
	switch isNull := n != nil && n.Kind == yaml.ScalarNode && n.Tag == "!!null"; {
	case n == nil && !slices.Contains(p.strange[resolve(m)], key):
		p.fail(m, "%s has no %s", what, key)
	case isNull:
		p.fail(n, "%s has no %s: nothing stands behind the key", what, key)
		return nil
	}
	return n
}

// text gives a text without blanks around it; "" where the key is not there.
func (p *parser) text(m *yaml.Node, key string) string {
	n := get(m, key)
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		p.fail(n, "%s must be a text", key)
		return ""
	}
	if n.Tag == "!!null" {
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// list gives the items of a list; none where the key is not there. One item may stand without the list.
func (p *parser) list(m *yaml.Node, key string) []*yaml.Node {
	n := get(m, key)
	switch {
	case n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return nil
	case n.Kind != yaml.SequenceNode:
		return []*yaml.Node{n}
	}
	items := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		items[i] = resolve(item)
	}
	return items
}

// oneOf gives a text that must be one of a few; "" where it is not, or not there.
func (p *parser) oneOf(m *yaml.Node, key string, allowed []string) string {
	word := p.text(m, key)
	if word == "" {
		return ""
	}
	return p.among(get(m, key), key, word, allowed)
}

func (p *parser) among(n *yaml.Node, key, word string, allowed []string) string {
	for _, a := range allowed {
		if a == word {
			return word
		}
	}
	p.fail(n, "%s %q is not one of %s%s", key, word, strings.Join(allowed, ", "), near(word, allowed))
	return ""
}
