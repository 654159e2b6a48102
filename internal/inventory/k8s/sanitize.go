package k8s

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/redact/sanitize"
	"github.com/merlonsec/merlon/internal/tree"
)

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Sanitize takes the values of secrets out of an object, in place: what is left may be kept, written to
// a snapshot and shown. Gone are the data of Secrets and ConfigMaps, also of those that stand inside another
// object, the values of environment variables, managedFields and the last-applied annotation; a credential
// anywhere else becomes a mark that says what kind it was (see package redact).
func Sanitize(object tree.Node) {
	sanitize.Unmark(object)
	metadata := object.Get("metadata")
	metadata.Get("managedFields").Drop()
	metadata.Get("annotations", lastApplied).Drop()
	if isStore(object) || strings.EqualFold(object.Get("kind").Text(), "Secret") {
		sanitizeStore(object)
		return
	}
	// The fields of a schema are named like those of objects, and describe them.
	sanitizer{schema: object.Get("kind").Text() == "CustomResourceDefinition"}.node(object)
}

// isStore reports whether a map is a Secret or ConfigMap, and not just a reference to one.
func isStore(n tree.Node) bool {
	kind := n.Get("kind").Text()
	if !strings.EqualFold(kind, "Secret") && !strings.EqualFold(kind, "ConfigMap") {
		return false
	}
	return kind == "ConfigMap" || n.Get("data").Exists() || n.Get("stringData").Exists() || n.Get("binaryData").Exists()
}

// sanitizeStore hides what a Secret or ConfigMap holds: every field but those that say what it is, since a
// mistyped stringdata holds secrets too. What a ConfigMap's data hold is told by kind.
func sanitizeStore(object tree.Node) {
	for field := range object.All() {
		switch field.Key() {
		case "metadata":
			if strings.EqualFold(object.Get("kind").Text(), "Secret") {
				sanitize.Hide(field.Get("annotations")) // Tools keep copies of the whole object there.
			}
			sanitizer{}.node(field)
		case "apiVersion", "kind", "type", "immutable":
			sanitizer{}.node(field)
		case "data":
			if strings.EqualFold(object.Get("kind").Text(), "ConfigMap") {
				sanitizeFiles(field)
				continue
			}
			sanitize.Hide(field)
		default:
			sanitize.Hide(field)
		}
	}
}

// sanitizeFiles replaces each entry of a ConfigMap's data: by what it holds where that is a credential.
func sanitizeFiles(data tree.Node) {
	if data.Kind() != tree.Map {
		sanitize.Hide(data)
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

// sanitizer walks any other object.
type sanitizer struct {
	// schema says that the object describes fields and has none of its own.
	schema bool
}

func (s sanitizer) node(n tree.Node) {
	switch n.Kind() {
	case tree.Map:
		if isStore(n) && !s.schema {
			sanitizeStore(n)
			return
		}
		s.members(n)
	case tree.List:
		for child := range n.All() {
			s.node(child)
		}
	case tree.String:
		sanitize.Text(n)
	}
}

func (s sanitizer) members(n tree.Node) {
	if name, value := n.Get("name"), n.Get("value"); name.Kind() == tree.String && sanitize.IsScalar(value) {
		if kind, ok := redact.Pair(name.Text(), value.Text()); ok {
			value.SetText(redact.Mark(kind))
		}
	}
	for child := range n.All() {
		switch {
		case !s.schema && !sanitize.IsScalar(child) && holdsEnvironment(child.Key()): // A label may be called env too.
			sanitizeEnvironment(child)
		case !s.schema && (child.Key() == "stringData" || child.Key() == "binaryData"):
			sanitize.Hide(child)
		case (child.Key() == "args" || child.Key() == "command") && child.Kind() == tree.List:
			sanitize.Arguments(child)
		case sanitize.IsScalar(child):
			if kind, ok := redact.Pair(child.Key(), child.Text()); ok {
				child.SetText(redact.Mark(kind))
				continue
			}
			s.node(child)
		default:
			if _, holds := redact.Holds(child.Key()); holds && !s.schema {
				s.under(child.Key(), "", child)
			}
			s.node(child)
		}
	}
}

// under marks the credentials below a list or map that is named after them, such as passwords.
func (s sanitizer) under(container, name string, n tree.Node) {
	for child := range n.All() {
		key := name
		if n.Kind() == tree.Map {
			key = child.Key()
		}
		if !sanitize.IsScalar(child) {
			s.under(container, key, child)
		} else if kind, ok := redact.Under(container, key, child.Text()); ok {
			child.SetText(redact.Mark(kind))
		}
	}
}

// holdsEnvironment reports whether a field holds variables by its name, in a pod or in a custom resource
// that makes one.
func holdsEnvironment(field string) bool {
	name := strings.ToLower(strings.ReplaceAll(field, "_", ""))
	return slices.Contains([]string{"env", "envs", "envvars", "extraenv", "extraenvs", "extraenvvars", "environment", "environmentvariables"}, name)
}

// sanitizeEnvironment hides the values of variables, be they a list of names and values, as in a pod, or a
// map.
func sanitizeEnvironment(env tree.Node) {
	switch env.Kind() {
	case tree.List:
		for variable := range env.All() {
			sanitizeVariable(variable)
		}
	case tree.Map, tree.String:
		sanitize.Hide(env)
	}
}

// sanitizeVariable keeps the name of a variable and what its value refers to.
func sanitizeVariable(variable tree.Node) {
	if variable.Kind() != tree.Map {
		variable.SetText(redact.Plain)
		return
	}
	for field := range variable.All() {
		switch field.Key() {
		case "name":
			sanitizer{}.node(field)
		case "value":
			sanitize.Value(variable.Get("name").Text(), field)
		case "valueFrom":
			for source := range field.All() {
				if !strings.HasSuffix(source.Key(), "Ref") {
					source.SetText(redact.Plain)
				}
			}
			if field.Kind() == tree.Map {
				sanitizer{}.node(field)
			} else {
				sanitize.Hide(field)
			}
		default:
			field.SetText(redact.Plain)
		}
	}
}
