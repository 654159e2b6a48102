package traits

import (
	"iter"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// writtenCapabilities are the capabilities of a container as its source wrote them. The standard takes a
// name literally, and so do the runtimes in part: CAP_CHOWN is no capability that it allows, and dropping
// "all" or CAP_ALL does not count as dropping ALL.
type writtenCapabilities struct {
	rule.Container
	added, dropped []string
}

// capabilitiesAsWritten gives the capabilities of each container. The projection has them in one form,
// so where a container names any, the source object is asked.
func capabilitiesAsWritten(w *rule.World, r *inventory.Resource) iter.Seq[writtenCapabilities] {
	return func(yield func(writtenCapabilities) bool) {
		var object *tree.Tree
		for c := range rule.Containers(w, r) {
			written := writtenCapabilities{c, c.Container.Capabilities, c.Dropped}
			if len(written.added)+len(written.dropped) > 0 {
				if object == nil {
					object, _ = w.Inventory.Raw(r.UID)
				}
				if lists := written.lists(object); lists.Exists() {
					written.added, written.dropped = texts(lists.Get("add")), texts(lists.Get("drop"))
				}
			}
			if !yield(written) {
				return
			}
		}
	}
}

// lists finds what holds the two lists in the source object.
func (c writtenCapabilities) lists(object *tree.Tree) tree.Node {
	return object.Root().Lookup(strings.TrimSuffix(c.CapPath, ".add"))
}

func texts(list tree.Node) []string {
	var all []string
	for n := range list.All() {
		all = append(all, n.Text())
	}
	return all
}

// addition is one capability that a container adds, as written.
type addition struct {
	rule.Container
	name  string
	index int
}

func (a addition) evidence() finding.Evidence {
	return finding.Evidence{Resource: a.Resource.UID, Path: tree.PathIndex(a.CapPath, a.index), Value: a.name}
}

func additions(w *rule.World, r *inventory.Resource) iter.Seq[addition] {
	return func(yield func(addition) bool) {
		for c := range capabilitiesAsWritten(w, r) {
			for i, name := range c.added {
				if !yield(addition{c.Container, name, i}) {
					return
				}
			}
		}
	}
}
