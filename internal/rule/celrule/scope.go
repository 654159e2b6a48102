package celrule

import (
	"fmt"
	"regexp"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// scope holds the variables of one candidate. It is what an expression sees.
type scope struct {
	check     *check
	world     *rule.World
	resource  *inventory.Resource
	pod       *rule.PodField
	container *k8s.Container
	volume    *rule.Volume
	item      ref.Val
	index     types.Int

	base    string  // the JSONPath of the candidate
	spent   *uint64 // what the verdict cost so far
	unknown *lang.Text
}

var _ cel.Activation = (*scope)(nil)

// Parent implements [cel.Activation].
func (s *scope) Parent() cel.Activation { return nil }

// ResolveName implements [cel.Activation].
func (s *scope) ResolveName(name string) (any, bool) {
	of := s.check.schema
	switch name {
	case "container":
		return object{of.container, s.container}, s.container != nil
	case "volume":
		return object{of.volume, s.volume}, s.volume != nil
	case "pod":
		return object{of.pod, s.pod}, s.pod != nil
	case "item":
		return s.item, s.item != nil
	case "index":
		return s.index, s.item != nil
	case "resource":
		return object{of.resource, &at{s.resource, s.world}}, true
	case "settings":
		return object{of.settings, &at{s.resource, s.world}}, true
	case "object":
		return s.object(), true
	}
	return nil, false
}

func (s *scope) object() ref.Val {
	root, err := s.check.objects.root(s.world.Inventory, s.resource)
	if err != nil {
		return types.WrapErr(err)
	}
	return valueOf(root)
}

// errSpent says that the evaluations for one resource cost too much together.
var errSpent = interpreter.EvalCancelledError{Cause: interpreter.CostLimitExceeded, Message: "cost limit of the verdict exceeded"}

// eval evaluates an expression.
func (s *scope) eval(x *expression) (ref.Val, error) {
	if *s.spent > verdictLimit {
		return types.NullValue, errSpent
	}
	value, details, err := x.program.Eval(s)
	if x.counted && details != nil && details.ActualCost() != nil {
		*s.spent += *details.ActualCost()
	} else {
		*s.spent += x.cost.Least + 1
	}
	if err != nil {
		return types.NullValue, err
	}
	return value, nil
}

// holds decides one condition.
func (s *scope) holds(c *condition) rule.Truth {
	if s.unknown != nil {
		return rule.Unknown(*s.unknown)
	}
	value, err := s.eval(c.expression)
	if err != nil {
		return rule.Unknown(*explain(c.name, err))
	}
	b, ok := value.(types.Bool)
	if !ok {
		return rule.Unknown(*explain(c.name, fmt.Errorf("it gives a %s, not true or false", value.Type().TypeName())))
	}
	return rule.Is(bool(b))
}

// show gives the evidence of a candidate. What an expression of the evidence cannot tell is left out: the
// conditions have decided.
func (s *scope) show() finding.Evidence {
	if s.volume != nil && s.volume.Through != nil {
		return s.volume.Place() // the field is another object's
	}
	e := s.check.evidence
	shown := finding.Evidence{Resource: s.resource.UID, Path: extend(s.base, e.path)}
	if e.dynamic != nil {
		if path, err := s.eval(e.dynamic); err == nil {
			if text, ok := path.(types.String); ok && isPath(string(text)) {
				shown.Path = extend(s.base, string(text))
			}
		}
	}
	if e.value == nil {
		if root, err := s.check.objects.root(s.world.Inventory, s.resource); err == nil {
			shown.Value = native(valueOf(root.Lookup(shown.Path)))
		}
		return shown
	}
	if value, err := s.eval(e.value); err == nil {
		shown.Value = native(value)
	}
	return shown
}

var pathForm = regexp.MustCompile(`^(\$|[A-Za-z_][A-Za-z0-9_-]*)?(\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]+\]|\['([^'\\\x00-\x1f]|\\['\\])*'\])*$`)

// isPath reports whether a text is a JSONPath, or the end of one.
func isPath(text string) bool { return pathForm.MatchString(text) }

// extend appends a relative path to a JSONPath; one from the root stands for itself.
func extend(base, path string) string {
	switch {
	case path == "":
		return base
	case path[0] == '$':
		return path
	case path[0] == '[' || path[0] == '.':
		return base + path
	}
	return base + "." + path
}

// native gives the Go value of a scalar, and nothing of anything else.
func native(v ref.Val) any {
	switch v := v.(type) {
	case types.Bool:
		return bool(v)
	case types.Int:
		return int64(v)
	case types.Double:
		return float64(v)
	case types.String:
		return string(v)
	}
	return nil
}
