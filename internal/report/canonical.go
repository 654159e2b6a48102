package report

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// canonicalScan is a scan in the form that its JSON has: the frame is all but the two lists that may be long,
// which come element by element. An element is only valid until the next one.
type canonicalScan struct {
	frame     *finding.Scan
	traits    iter.Seq[*finding.TraitRecord]
	exposures iter.Seq[*finding.Exposure]
}

// canonical gives the scan in the one form that its JSON has: every text in one language, no array that
// is null, and sorted where the order says nothing. What is ranked stays as it is: sources as they were
// given, traits of an exposure, attack paths, remediations, steps of the plan. The scan itself is not
// changed.
func canonical(s *finding.Scan, o Options) canonicalScan {
	c := *s
	if c.Schema == "" {
		c.Schema = finding.ScanSchema
	}
	c.ScannedAt = s.ScannedAt.UTC()
	c.Sources = each(s.Sources, func(src *inventory.Source) { src.NotAssessed = list(src.NotAssessed) })
	c.KubernetesVersions = list(s.KubernetesVersions)
	c.Resources.ByType = counts(s.Resources.ByType)
	c.Traits, c.Exposures = []finding.TraitRecord{}, []finding.Exposure{}
	traits := inOrder(s.Traits, func(a, b *finding.TraitRecord) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.ID, b.ID))
	})
	exposures := inOrder(s.Exposures, func(a, b *finding.Exposure) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Resource.UID, b.Resource.UID))
	})
	exposures = slices.DeleteFunc(exposures, func(e *finding.Exposure) bool { return !o.atLeast(e) })
	c.NotAssessed = each(s.NotAssessed, func(n *finding.NotAssessed) {
		n.Why = n.Why.Only(o.Lang)
		n.Resources = sorted(n.Resources)
	})
	slices.SortStableFunc(c.NotAssessed, func(a, b finding.NotAssessed) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Missing, b.Missing), cmp.Compare(a.Why.EN, b.Why.EN))
	})
	c.Suppressed = slices.Clone(s.Suppressed)
	slices.SortStableFunc(c.Suppressed, func(a, b finding.SuppressedTrait) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Trait, b.Trait))
	})
	c.FewestFixes = each(s.FewestFixes, func(f *finding.FixStep) {
		f.Title = f.Title.Only(o.Lang)
		f.Resources = sorted(f.Resources)
		f.Left = counts(f.Left)
	})
	return canonicalScan{
		&c, changing(traits, func(t *finding.TraitRecord) { t.Evidence = list(t.Evidence) }),
		changing(exposures, func(e *finding.Exposure) { canonicalExposure(e, o.Lang) }),
	}
}

// inOrder sorts pointers to the elements of a slice.
func inOrder[T any](all []T, compare func(a, b *T) int) []*T {
	sorted := make([]*T, len(all))
	for i := range all {
		sorted[i] = &all[i]
	}
	slices.SortStableFunc(sorted, compare)
	return sorted
}

// changing gives a copy of each element, changed.
func changing[T any](all []*T, change func(*T)) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for _, element := range all {
			c := *element
			if change(&c); !yield(&c) {
				return
			}
		}
	}
}

func canonicalExposure(e *finding.Exposure, l lang.Lang) {
	e.Title = e.Title.Only(l)
	e.Types = sorted(e.Types)
	e.Explanation = each(e.Explanation, func(t *lang.Text) { *t = t.Only(l) })
	e.Traits = each(e.Traits, func(t *finding.ExposureTrait) {
		t.Title = t.Title.Only(l)
		t.Evidence = list(t.Evidence)
	})
	e.AttackPaths = each(e.AttackPaths, func(p *finding.AttackPath) {
		p.Edges = each(p.Edges, func(edge *finding.Edge) { edge.Why = edge.Why.Only(l) })
	})
	e.Remediations = each(e.Remediations, func(r *finding.Remediation) { r.Title = r.Title.Only(l) })
}

// each copies a slice and changes every element of the copy. The copy is never nil.
func each[T any](all []T, change func(*T)) []T {
	out := list(all)
	for i := range out {
		change(&out[i])
	}
	return out
}

func list[T any](all []T) []T { return append(make([]T, 0, len(all)), all...) }

func sorted[T cmp.Ordered](all []T) []T {
	out := list(all)
	slices.Sort(out)
	return out
}

func counts[K comparable](m map[K]int) map[K]int {
	if m == nil {
		return map[K]int{}
	}
	return maps.Clone(m)
}
