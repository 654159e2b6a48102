package evaluate

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// inherited names, in the evidence of a verdict, the place where a field stands that a container has from above: a rule
// names it as a field of the container.
func inherited(w *rule.World, on *inventory.Resource, v finding.Verdict) finding.Verdict {
	workload, ok := on.Spec.(*k8s.Workload)
	if !ok || v.State != finding.Present || len(v.Evidence) == 0 || !inherits(workload) {
		return v
	}
	raw, err := w.Inventory.Raw(on.UID)
	if err != nil {
		return v
	}
	moved := make([]finding.Evidence, len(v.Evidence))
	for i, e := range v.Evidence {
		moved[i] = e
		if e.Resource != on.UID || raw.Root().Lookup(e.Path).Exists() {
			continue
		}
		for _, path := range above(workload, e.Path) {
			if raw.Root().Lookup(path).Exists() {
				moved[i].Path = path
				break
			}
		}
	}
	v.Evidence = moved
	return v
}

func inherits(w *k8s.Workload) bool {
	for i := range w.Pod.Containers {
		if len(w.Pod.Containers[i].Above) > 0 {
			return true
		}
	}
	return false
}

// above lists the paths that the field of a container may stand at.
func above(w *k8s.Workload, path string) []string {
	var paths []string
	for i := range w.Pod.Containers {
		c := &w.Pod.Containers[i]
		if field, ok := strings.CutPrefix(path, c.Path+"."); ok {
			for _, at := range c.Above {
				paths = append(paths, at+"."+field)
			}
		}
	}
	return paths
}
