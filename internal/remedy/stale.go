package remedy

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/tree"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// differs compares the objects that were assessed with those that their file holds now: nil where they are
// the same.
func (s *Session) differs(name string, resources []*inventory.Resource) *lang.Text {
	fresh := inventory.NewView(nil, resources)
	var missing, changed []string
	for _, r := range s.now.view.All() {
		if r.Origin.File != name {
			continue
		}
		if fresh.Get(r.UID) == nil {
			missing = append(missing, r.UID.Short())
			continue
		}
		was, err := s.now.view.Raw(r.UID)
		is, err2 := fresh.Raw(r.UID)
		if err != nil || err2 != nil {
			continue
		}
		for _, path := range differences("$", plain(was.Root()), plain(is.Root())) {
			changed = append(changed, r.UID.Short()+" "+path)
		}
	}
	var why lang.Text
	switch {
	case len(changed) > 0:
		why = refuse(differsText, name, fewOf(changed)).Why
	case len(missing) > 0:
		why = refuse(missingText, name, fewOf(missing)).Why
	default:
		return nil
	}
	return &why
}

// fewOf names the first few.
func fewOf(names []string) string {
	const few = 3
	if len(names) > few {
		return strings.Join(names[:few], ", ") + " …"
	}
	return strings.Join(names, ", ")
}

// differences lists the paths in which two values differ. It shows no values.
func differences(path string, a, b any) []string {
	if reflect.DeepEqual(a, b) {
		return nil
	}
	var all []string
	am, aIsMap := a.(map[string]any)
	bm, bIsMap := b.(map[string]any)
	if aIsMap && bIsMap {
		both := maps.Clone(am)
		maps.Copy(both, bm)
		for _, key := range sortedKeys(both) {
			x, inA := am[key]
			y, inB := bm[key]
			if inA && inB {
				all = append(all, differences(tree.Path(path, key), x, y)...)
			} else {
				all = append(all, tree.Path(path, key))
			}
		}
		return all
	}
	al, aIsList := a.([]any)
	bl, bIsList := b.([]any)
	if aIsList && bIsList && len(al) == len(bl) {
		for i := range al {
			all = append(all, differences(tree.PathIndex(path, i), al[i], bl[i])...)
		}
		return all
	}
	return []string{path}
}
