package celrule

import (
	"fmt"
	"iter"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// check is what a rule's expressions were compiled to.
type check struct {
	schema     *schema
	objects    *objects
	each       candidates
	items      *expression // where each is eachItems
	conditions []condition
	evidence   evidence
}

type condition struct {
	name string
	*expression
}

// evidence says where a candidate's evidence is: a path, or an expression that gives one; and its value.
type evidence struct {
	path    string
	dynamic *expression // in place of path
	value   *expression // nil where the value is what stands at the path
}

// build gives the form that the engine runs.
func (c *check) build() rule.Check {
	where := make([]rule.Condition[*scope], len(c.conditions))
	for i, one := range c.conditions {
		where[i] = rule.Condition[*scope]{Name: one.name, Expression: one.text, Holds: func(_ *rule.World, s *scope) rule.Truth {
			truth := s.holds(&one)
			if truth.State == finding.Present && s.volume != nil {
				return s.volume.Surely(true)
			}
			return truth
		}}
	}
	return rule.Each[*scope]{In: c.candidates, Where: where, Show: (*scope).show}
}

// candidates gives the candidates of a resource.
func (c *check) candidates(w *rule.World, r *inventory.Resource) iter.Seq[*scope] {
	return func(yield func(*scope) bool) {
		first := scope{check: c, world: w, resource: r, base: "$", spent: new(uint64)}
		if workload, ok := r.Spec.(*k8s.Workload); ok {
			first.pod = &rule.PodField{Resource: r, Workload: workload}
		}
		switch c.each {
		case eachContainers:
			for container := range rule.Containers(w, r) {
				s := first
				s.container, s.base = container.Container, container.Container.Path
				if !yield(&s) {
					return
				}
			}
		case eachVolumes, eachNodePaths:
			volumes := rule.Volumes
			if c.each == eachNodePaths {
				volumes = rule.NodePaths
			}
			for volume := range volumes(w, r) {
				s := first
				s.volume, s.base = &volume, volume.Volume.Path
				if !yield(&s) {
					return
				}
			}
		case eachItems:
			first.eachItem(yield)
		case eachPod:
			if first.pod != nil {
				first.base = first.pod.Pod.Path
				yield(&first)
			}
		default:
			yield(&first)
		}
	}
}

// maxItems is how many items of an expression are looked at.
const maxItems = 10_000

// eachItem gives the items of the rule's expression. Where that fails, one candidate stands for all, and
// nothing is known of it.
func (s *scope) eachItem(yield func(*scope) bool) {
	value, err := s.eval(s.check.items)
	list, ok := value.(traits.Lister)
	switch {
	case err != nil:
		s.unknown = explain("each", err)
	case !ok:
		s.unknown = explain("each", fmt.Errorf("it gives a %s, not a list", value.Type().TypeName()))
	case list.Size().(types.Int) > maxItems:
		s.unknown = explain("each", interpreter.EvalCancelledError{Cause: interpreter.CostLimitExceeded})
	default:
		for i := range list.Size().(types.Int) {
			one := *s
			one.item, one.index = list.Get(i), i
			if o, typed := one.item.(object); typed {
				if path, hasPath := o.Get(types.String("path")).(types.String); hasPath {
					one.base = string(path)
				}
			}
			if !yield(&one) {
				return
			}
		}
		return
	}
	yield(s)
}
