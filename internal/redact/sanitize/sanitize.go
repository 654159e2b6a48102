// Package sanitize takes values out of decoded objects, in place: it is package redact for trees, and shared by
// all that know where the objects of their source hold values. A node comes in; a mark stands in the place of
// what was a secret, or might be one. It never copies a value, and decides nothing about where values stand.
package sanitize

import (
	"strings"

	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/tree"
)

// Unmark takes marks out that an object came with: they would pass for those of this package.
func Unmark(n tree.Node) {
	switch n.Kind() {
	case tree.Map, tree.List:
		for child := range n.All() {
			Unmark(child)
		}
	case tree.String:
		if text := n.Text(); strings.Contains(text, "[redacted") {
			n.SetText(redact.Unmark(text))
		}
	}
}

// Hide replaces every value of a map and keeps its keys; what is not a map, but stands where one belongs, is
// replaced whole.
func Hide(m tree.Node) {
	if m.Kind() != tree.Map && m.Kind() != tree.Missing && m.Kind() != tree.Null {
		m.SetText(redact.Plain)
		return
	}
	for child := range m.All() {
		child.SetText(redact.Plain)
	}
}

// Value replaces the value of a variable: by what it is where it is a credential.
func Value(name string, value tree.Node) {
	if kind, ok := redact.Pair(name, value.Text()); ok {
		value.SetText(redact.Mark(kind))
	} else if value.Kind() != tree.Null {
		value.SetText(redact.Plain)
	}
}

// Arguments masks the credentials in a list of arguments.
func Arguments(list tree.Node) {
	args := make([]string, 0, list.Len())
	for a := range list.All() {
		args = append(args, a.Text())
	}
	masked, kinds := redact.Args(args)
	i := 0
	for a := range list.All() {
		if kinds[i] != "" {
			a.SetText(masked[i])
		}
		i++
	}
}

// Text masks the credentials in a text.
func Text(n tree.Node) {
	if masked, kinds := redact.Mask(n.Text()); len(kinds) > 0 {
		n.SetText(masked)
	}
}

// IsScalar reports whether a node is a text or a number, which may be a secret.
func IsScalar(n tree.Node) bool { return n.Kind() == tree.String || n.Kind() == tree.Number }
