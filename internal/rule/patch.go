package rule

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/tree"
)

// Patch is how the manifest changes that no longer has the weakness. The zero Patch is that of a rule for
// which nobody wrote one.
type Patch struct {
	// Changes gives the changes of one object; nil where no patch can be written without more knowledge.
	Changes func(p Patched) []Change
	// Weakens says that the trait stays when the patch is applied, and weighs less.
	Weakens bool
	// Ask says what to find out about the application: before the patch is applied where there is one, and
	// in its place where there is none. It is empty for a patch that needs no answer.
	Ask lang.Text
	// Prepare gives the commands to run before the patch is applied. They hold names, never values.
	Prepare func(p Patched) []string
}

// Patched is an object that a patch is about, with the evidence that it gives for the trait.
type Patched struct {
	Resource *inventory.Resource
	// Object is the sanitised source object.
	Object   tree.Node
	Evidence []finding.Evidence
}

// Change is one change of one field of an object.
type Change struct {
	// Path is the field as a JSONPath into the object. Maps above it that are missing are made.
	Path string
	// Value is what the field is set to: nil, bool, int, string, []any or [Fields].
	Value any
	// Remove takes the field away in place of setting it, and with it the maps and lists above that would
	// be left empty, up to the nearest item of a list.
	Remove bool
	// Append adds the items of Value, which is a list, to the end of the list that the field is, in place of setting it.
	Append bool
}

// Fields is a map with its members in the order in which they are written.
type Fields []Field

// Field is one member of a map.
type Field struct {
	Key   string
	Value any
}

// RemoveFields takes away the fields that the evidence names.
func RemoveFields(p Patched) []Change {
	var all []Change
	for _, e := range p.Evidence {
		if p.Object.Lookup(e.Path).Exists() {
			all = append(all, Change{Path: e.Path, Remove: true})
		}
	}
	return all
}

// SetFields sets the fields that the evidence names to a value.
func SetFields(value any) func(Patched) []Change {
	return func(p Patched) []Change {
		var all []Change
		for _, e := range p.Evidence {
			all = append(all, Change{Path: e.Path, Value: value})
		}
		return all
	}
}

// SetInPod sets a field of the pod's spec ("automountServiceAccountToken").
func SetInPod(field string, value any) func(Patched) []Change {
	return func(p Patched) []Change {
		w, ok := p.Resource.Spec.(*k8s.Workload)
		if !ok {
			return nil
		}
		return []Change{{Path: w.Pod.Path + "." + field, Value: value}}
	}
}

// SetInContainers sets a field ("securityContext.allowPrivilegeEscalation") of each container that the
// evidence is about.
func SetInContainers(field string, value any) func(Patched) []Change {
	return func(p Patched) []Change {
		var all []Change
		for _, at := range p.Containers() {
			all = append(all, Change{Path: at + "." + field, Value: value})
		}
		return all
	}
}

// Then does one set of changes after the other.
func Then(steps ...func(Patched) []Change) func(Patched) []Change {
	return func(p Patched) []Change {
		var all []Change
		for _, step := range steps {
			all = append(all, step(p)...)
		}
		return all
	}
}

// Containers lists the JSONPaths of the containers that the evidence is about, once each.
func (p Patched) Containers() []string {
	w, ok := p.Resource.Spec.(*k8s.Workload)
	if !ok {
		return nil
	}
	var found []string
	for i := range w.Pod.Containers {
		at := w.Pod.Containers[i].Path
		for _, e := range p.Evidence {
			if strings.HasPrefix(e.Path, at+".") {
				found = append(found, at)
				break
			}
		}
	}
	return found
}

// InPod reports whether an item of evidence is about the pod itself, and not about one of its containers.
func (p Patched) InPod(e finding.Evidence) bool {
	w, ok := p.Resource.Spec.(*k8s.Workload)
	if !ok || !strings.HasPrefix(e.Path, w.Pod.Path+".") {
		return false
	}
	for i := range w.Pod.Containers {
		if strings.HasPrefix(e.Path, w.Pod.Containers[i].Path+".") {
			return false
		}
	}
	return true
}
