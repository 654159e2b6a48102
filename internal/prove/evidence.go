package prove

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// evidence checks that the evidence names fields that are there, and none of their secrets.
func (p *prover) evidence(e rule.Example, view *inventory.View, v finding.Verdict) {
	if len(v.Evidence) == 0 {
		p.problem(e.Name, "it is present without evidence")
	}
	if e.Path != "" && !slices.ContainsFunc(v.Evidence, func(ev finding.Evidence) bool { return ev.Path == e.Path }) {
		p.problem(e.Name, "no evidence names %s, but %s", e.Path, paths(v.Evidence))
	}
	secrets, err := hiddenValues(e.Input)
	if err != nil {
		p.problem(e.Name, "its input cannot be searched for values: %v", err)
	}
	for _, ev := range v.Evidence {
		p.field(e, view, ev)
		said := fmt.Sprint(ev.Path, " ", ev.Value)
		for _, s := range secrets {
			if strings.Contains(said, s) {
				p.problem(e.Name, "the evidence at %s repeats a value of an environment variable, a ConfigMap or a Secret", ev.Path)
			}
		}
	}
}

// field checks that one item of evidence leads to a place in a source object. A field that nobody wrote down
// may be evidence of its default (nothing, false, or a name): the field above it must be there.
func (p *prover) field(e rule.Example, view *inventory.View, ev finding.Evidence) {
	object, err := view.Raw(ev.Resource)
	if err != nil {
		p.problem(e.Name, "the evidence names a resource without an object: %v", err)
		return
	}
	_, named := ev.Value.(string) // Such as the account "default", which nobody writes down.
	isDefault := ev.Value == nil || ev.Value == false || named
	switch {
	case !exists(object.Root(), ev.Path) && !(ev.Value == nil && tree.Parent(ev.Path) == "$"): // an answer of AWS has fields at its top
		p.problem(e.Name, "the evidence names %s, and neither it nor the field above it is in the object", ev.Path)
		return
	case !object.Root().Lookup(ev.Path).Exists() && !isDefault:
		p.problem(e.Name, "the evidence says %s = %s, and the object has no such field", ev.Path, ev.Text())
	case contradicts(object.Root().Lookup(ev.Path), ev.Value):
		p.problem(e.Name, "the evidence says %s = %v, and the object says %s", ev.Path, ev.Value, object.Root().Lookup(ev.Path).Text())
	}
	if view.Locate(ev.Resource, ev.Path).Line == 0 {
		p.problem(e.Name, "the evidence at %s has no line", ev.Path)
	}
}

// contradicts reports whether a field that has a value is said to have none, or one that is true or false is
// said to be the other. Any other value may be shown in words of the rule's own.
func contradicts(field tree.Node, said any) bool {
	switch said := said.(type) {
	case nil:
		return field.Text() != ""
	case bool:
		return field.Exists() && field.Text() != strconv.FormatBool(said)
	}
	return false
}

// exists reports whether a field, or the one above it, is in the object.
func exists(root tree.Node, path string) bool {
	above := tree.Parent(path)
	return root.Lookup(path).Exists() || above != "$" && root.Lookup(above).Exists()
}

func paths(evidence []finding.Evidence) string {
	var all []string
	for _, ev := range evidence {
		all = append(all, ev.Path)
	}
	return strings.Join(all, ", ")
}
