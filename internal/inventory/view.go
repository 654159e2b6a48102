package inventory

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/tree"
)

// Link is one end of a relation as an index gives it: the other resource, and the field that states it.
type Link struct {
	Kind RelationKind
	UID  UID
	// Path is the field of the resource that states the relation; "" where it follows from a selector.
	Path string
}

// View is a set of resources that no longer changes, with indexes. It is safe for concurrent use.
type View struct {
	sources    []Source
	resources  []*Resource
	byUID      map[UID]*Resource
	byType     map[Type][]*Resource
	byPlace    map[place][]*Resource
	in         map[UID][]Link
	derived    map[UID][]Link
	duplicates []Duplicate
	closed     map[kindIn]bool
}

// kindIn is a type in one cluster or account.
type kindIn struct {
	cluster string
	of      Type
}

type place struct {
	cluster, namespace string
}

// Derive adds the relations that follow from what several resources say together, such as those of a
// selector. It calls add once for each.
type Derive func(v *View, add func(from UID, kind RelationKind, to UID))

// Duplicate is a resource that was declared twice; the later declaration counts.
type Duplicate struct {
	UID           UID
	Kept, Dropped Origin
}

// NewView indexes resources. Of several with one UID the last one counts, and the others are reported by
// [View.Duplicates]. The slice is not kept; the resources are, and may not change any more.
func NewView(sources []Source, resources []*Resource, derive ...Derive) *View {
	v := &View{
		sources: sources,
		byUID:   make(map[UID]*Resource, len(resources)),
		byType:  map[Type][]*Resource{},
		byPlace: map[place][]*Resource{},
		in:      map[UID][]Link{},
		derived: map[UID][]Link{},
		closed:  map[kindIn]bool{},
	}
	for _, r := range resources {
		if earlier, ok := v.byUID[r.UID]; ok {
			v.duplicates = append(v.duplicates, Duplicate{UID: r.UID, Kept: r.Origin, Dropped: earlier.Origin})
		}
		v.byUID[r.UID] = r
	}
	v.resources = slices.SortedFunc(maps.Values(v.byUID), func(a, b *Resource) int { return cmp.Compare(a.UID, b.UID) })
	for _, r := range v.resources {
		v.byType[r.Type] = append(v.byType[r.Type], r)
		at := place{r.Cluster, r.Namespace}
		v.byPlace[at] = append(v.byPlace[at], r)
		for _, rel := range r.Relations {
			v.in[rel.To] = append(v.in[rel.To], Link{rel.Kind, r.UID, rel.Path})
		}
	}
	for _, s := range sources {
		for _, w := range s.worlds() {
			for _, t := range w.Complete {
				v.closed[kindIn{w.Cluster, t}] = true
			}
		}
	}
	v.sources = tellDuplicates(sources, v.duplicates)
	for _, d := range derive {
		d(v, v.addDerived)
	}
	return v
}

// maxDuplicates is how many replaced declarations are named one by one.
const maxDuplicates = 200

// tellDuplicates adds the declarations that a later one replaced to what the sources say of themselves: each
// to the source that it was read from, as far as its file tells.
func tellDuplicates(sources []Source, duplicates []Duplicate) []Source {
	if len(duplicates) == 0 || len(sources) == 0 {
		return sources
	}
	sources = slices.Clone(sources)
	for i := range sources {
		sources[i].NotAssessed = slices.Clone(sources[i].NotAssessed)
	}
	for i, d := range duplicates {
		from := slices.IndexFunc(sources, func(s Source) bool { return strings.HasPrefix(d.Dropped.File, s.Name) })
		s := &sources[max(from, 0)]
		if i == maxDuplicates {
			s.NotAssessed = append(s.NotAssessed, NotRead{s.Name, fmt.Sprintf("%d more objects are declared again; the last declaration counts", len(duplicates)-i)})
			break
		}
		s.NotAssessed = append(s.NotAssessed, NotRead{d.Dropped.String(), d.UID.Short() + " is declared again at " + d.Kept.String() + "; the last declaration counts"})
	}
	return sources
}

func (v *View) addDerived(from UID, kind RelationKind, to UID) {
	v.derived[from] = append(v.derived[from], Link{Kind: kind, UID: to})
	v.in[to] = append(v.in[to], Link{Kind: kind, UID: from})
}

// Sources lists what was read, and how completely.
func (v *View) Sources() []Source { return v.sources }

// Duplicates lists the declarations that a later one replaced, in the order in which they were read.
func (v *View) Duplicates() []Duplicate { return v.duplicates }

// Len is the number of resources.
func (v *View) Len() int { return len(v.resources) }

// All yields every resource, by UID. The slice may not be changed.
func (v *View) All() []*Resource { return v.resources }

// Get returns one resource; nil where it was not read.
func (v *View) Get(uid UID) *Resource { return v.byUID[uid] }

// OfType yields the resources of the given types: type by type, by UID within each.
func (v *View) OfType(types ...Type) iter.Seq[*Resource] {
	return func(yield func(*Resource) bool) {
		for _, t := range types {
			for _, r := range v.byType[t] {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// CountByType gives the number of resources of each type.
func (v *View) CountByType() map[Type]int {
	counts := make(map[Type]int, len(v.byType))
	for t, rs := range v.byType {
		counts[t] = len(rs)
	}
	return counts
}

// Types yields the types of which there are resources, in no order.
func (v *View) Types() iter.Seq[Type] { return maps.Keys(v.byType) }

// InNamespace lists the resources of one namespace of one cluster, by UID.
func (v *View) InNamespace(cluster, namespace string) []*Resource {
	return v.byPlace[place{cluster, namespace}]
}

// Out yields the resources that one resource stands in a relation to.
func (v *View) Out(uid UID, kind RelationKind) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		if r := v.byUID[uid]; r != nil {
			for _, rel := range r.Relations {
				if rel.Kind == kind && !yield(Link{rel.Kind, rel.To, rel.Path}) {
					return
				}
			}
		}
		filter(v.derived[uid], kind, yield)
	}
}

// In yields the resources that stand in a relation to one resource, which itself need not have been
// read.
func (v *View) In(uid UID, kind RelationKind) iter.Seq[Link] {
	return func(yield func(Link) bool) { filter(v.in[uid], kind, yield) }
}

func filter(links []Link, kind RelationKind, yield func(Link) bool) {
	for _, l := range links {
		if l.Kind == kind && !yield(l) {
			return
		}
	}
}

// Closed reports whether a source listed every object of a type in a cluster, so that one that is not here
// does not exist. Files are an open world: nothing is closed.
func (v *View) Closed(cluster string, t Type) bool { return v.closed[kindIn{cluster, t}] }

// ErrNoObject says that a resource's source object is not held.
var ErrNoObject = errors.New("no source object is held for this resource")

// Raw decodes the sanitised source object of a resource into a tree with its lines.
func (v *View) Raw(uid UID) (*tree.Tree, error) {
	var t tree.Tree
	if err := v.decode(&t, uid); err != nil {
		return nil, err
	}
	return &t, nil
}

func (v *View) decode(t *tree.Tree, uid UID) error {
	r := v.byUID[uid]
	if r == nil || !r.HasObject() {
		return fmt.Errorf("%s: %w", uid, ErrNoObject)
	}
	if err := tree.DecodeJSON(t, r.object, 1, tree.Limits{}); err != nil {
		return fmt.Errorf("%s: decode source object: %w", uid, err)
	}
	if len(r.lines) > 0 {
		if err := t.SetLines(r.lines); err != nil {
			return fmt.Errorf("%s: decode line table: %w", uid, err)
		}
	}
	return nil
}

// Locate gives the file and line of one field of a resource: that of the nearest field above it where
// the field itself is not there, as with a default that nobody wrote down.
func (v *View) Locate(uid UID, path string) Origin { return v.Locator().Locate(uid, path) }

// Locator finds fields of one resource after the other: it decodes each once, as long as they come in a row.
// It is for one goroutine.
type Locator struct {
	view *View
	uid  UID
	tree tree.Tree
	err  error
}

// Locator makes a [Locator].
func (v *View) Locator() *Locator { return &Locator{view: v} }

// Locate does what [View.Locate] does.
func (l *Locator) Locate(uid UID, path string) Origin {
	r := l.view.byUID[uid]
	if r == nil || r.Origin.IsZero() {
		return Origin{}
	}
	at := r.Origin
	if l.uid != uid {
		l.uid, l.err = uid, l.view.decode(&l.tree, uid)
	}
	if l.err != nil {
		return at
	}
	for path != "" {
		if n := l.tree.Root().Lookup(path); n.Exists() && n.Line() > 0 {
			at.Line = n.Line()
			return at
		}
		path = tree.Parent(path)
	}
	return at
}
