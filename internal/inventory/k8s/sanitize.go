package k8s

import (
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/tree"
)

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Sanitize takes the values of secrets out of an object, in place: what is left may be kept, written to
// a snapshot and shown. Gone are the data of Secrets and ConfigMaps, the values of environment
// variables, managedFields and the last-applied annotation; a credential anywhere else becomes a mark
// that says what kind it was (see package redact).
func Sanitize(object tree.Node) {
	metadata := object.Get("metadata")
	metadata.Get("managedFields").Drop()
	metadata.Get("annotations", lastApplied).Drop()
	switch object.Get("kind").Text() {
	case "Secret", "ConfigMap":
		sanitizeStore(object)
	default:
		sanitize(object)
	}
}

// sanitizeStore hides what a Secret or ConfigMap holds: every field but those that say what it is, since a
// mistyped stringdata holds secrets too. What a ConfigMap's data hold is told by kind.
func sanitizeStore(object tree.Node) {
	for field := range object.All() {
		switch field.Key() {
		case "apiVersion", "kind", "type", "immutable", "metadata":
			sanitize(field)
		case "data":
			if object.Get("kind").Text() == "ConfigMap" {
				sanitizeFiles(field)
				continue
			}
			hide(field)
		default:
			hide(field)
		}
	}
}

// hide replaces every value of a map and keeps its keys; what is not a map, but stands where one
// belongs, is replaced whole.
func hide(m tree.Node) {
	if m.Kind() != tree.Map && m.Kind() != tree.Missing && m.Kind() != tree.Null {
		m.SetText(redact.Plain)
		return
	}
	for child := range m.All() {
		child.SetText(redact.Plain)
	}
}

// sanitizeFiles replaces each entry of a ConfigMap's data: by what it holds where that is a credential.
func sanitizeFiles(data tree.Node) {
	if data.Kind() != tree.Map {
		hide(data)
		return
	}
	for entry := range data.All() {
		text := entry.Text()
		if kind, ok := redact.Pair(entry.Key(), text); ok {
			entry.SetText(redact.Mark(kind))
			continue
		}
		if found := redact.Lines(text); len(found) > 0 {
			entry.SetText(redact.Mark(found[0].Kind))
			continue
		}
		entry.SetText(redact.Plain)
	}
}

// sanitize walks any other object. Lists named env hold variables wherever they stand, so that the pod
// templates of custom resources are covered too.
func sanitize(n tree.Node) {
	switch n.Kind() {
	case tree.Map:
		sanitizeMap(n)
	case tree.List:
		for child := range n.All() {
			sanitize(child)
		}
	case tree.String:
		if masked, kinds := redact.Mask(n.Text()); len(kinds) > 0 {
			n.SetText(masked)
		}
	}
}

func sanitizeMap(n tree.Node) {
	if name, value := n.Get("name"), n.Get("value"); name.Kind() == tree.String && value.Kind() == tree.String {
		if kind, ok := redact.Pair(name.Text(), value.Text()); ok {
			value.SetText(redact.Mark(kind))
		}
	}
	for child := range n.All() {
		switch {
		case child.Key() == "env" && child.Kind() == tree.List:
			sanitizeEnvironment(child)
		case child.Key() == "env" && child.Kind() == tree.Map:
			hide(child)
		case (child.Key() == "args" || child.Key() == "command") && child.Kind() == tree.List:
			sanitizeArguments(child)
		case child.Kind() == tree.String:
			if kind, ok := redact.Pair(child.Key(), child.Text()); ok {
				child.SetText(redact.Mark(kind))
				continue
			}
			sanitize(child)
		default:
			sanitize(child)
		}
	}
}

func sanitizeEnvironment(env tree.Node) {
	for variable := range env.All() {
		if variable.Kind() == tree.String {
			variable.SetText(redact.Plain)
		}
		value := variable.Get("value")
		if value.Exists() && value.Kind() != tree.Null {
			if kind, ok := redact.Pair(variable.Get("name").Text(), value.Text()); ok {
				value.SetText(redact.Mark(kind))
			} else {
				value.SetText(redact.Plain)
			}
		}
		sanitize(variable.Get("valueFrom"))
	}
}

func sanitizeArguments(list tree.Node) {
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
