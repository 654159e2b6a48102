// Package evaluate runs rules over a world: every rule over every resource of the types it names, in
// parallel. Verdicts come in; traits go out, each on the primary resource that it counts for, together
// with what could not be assessed. It knows no rule by name and changes nothing.
package evaluate

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/rule"
)

// Result is what a set of rules says of a world.
type Result struct {
	// Traits lists what is present and what is unknown, by resource and then by trait.
	Traits []finding.Trait
	// NotAssessed sums up what is unknown, by rule and reason.
	NotAssessed []finding.NotAssessed
}

// Traits evaluates the rules. The order of rules and resources does not matter to the result.
func Traits(w *rule.World, rules []*rule.Rule) Result {
	byType := map[inventory.Type][]*rule.Rule{}
	for _, r := range rules {
		for _, t := range r.On {
			byType[t] = append(byType[t], r)
		}
	}
	owners := newOwners(w.Inventory)
	found := inParallel(w.Inventory.All(), func(part []*inventory.Resource) []finding.Trait {
		var traits []finding.Trait
		for _, on := range part {
			for _, r := range byType[on.Type] {
				traits = appendTraits(traits, w, owners, r, on)
			}
		}
		return traits
	})
	found = append(found, unreadDefinitions(w.Inventory, byType[aws.ECSTaskDefinition])...)
	traits := merge(w.Inventory, found)
	return Result{Traits: traits, NotAssessed: append(unknownPods(w.Inventory), notAssessed(traits)...)}
}

func appendTraits(traits []finding.Trait, w *rule.World, owners *owners, r *rule.Rule, on *inventory.Resource) []finding.Trait {
	v := partial(w, r, on, inherited(w, on, r.Match(w, on)))
	if v.State == finding.Absent {
		return traits
	}
	weight := r.Weight()
	if v.Weight != nil {
		weight = *v.Weight
	}
	for _, primary := range owners.of(on) {
		traits = append(traits, finding.Trait{
			ID: r.ID, Category: r.Category, State: v.State, Resource: primary,
			Evidence: v.Evidence, Weight: weight, Why: v.Why, Missing: v.Missing,
		})
	}
	return traits
}

// inParallel splits the resources into parts, one goroutine for each processor, and joins what they give
// in order.
func inParallel(all []*inventory.Resource, do func([]*inventory.Resource) []finding.Trait) []finding.Trait {
	const smallest = 256
	size := max(smallest, (len(all)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	parts := slices.Collect(slices.Chunk(all, size))
	results := make([][]finding.Trait, len(parts))
	var wait sync.WaitGroup
	for i, part := range parts {
		wait.Go(func() { results[i] = do(part) })
	}
	wait.Wait()
	return slices.Concat(results...)
}

// merge makes one trait of those that several resources give the same primary resource, such as the
// pods of one Deployment. What the primary resource says of itself comes first; of the others, those
// count that say something else. What is present anywhere is present.
func merge(v *inventory.View, found []finding.Trait) []finding.Trait {
	slices.SortStableFunc(found, func(a, b finding.Trait) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.ID, b.ID), cmp.Compare(b.State, a.State),
			cmp.Compare(sourceRank(a), sourceRank(b)), cmp.Compare(firstResource(a), firstResource(b)))
	})
	var merged []finding.Trait
	var said map[statement]bool
	for _, t := range found {
		if n := len(merged); n > 0 && merged[n-1].Resource == t.Resource && merged[n-1].ID == t.ID {
			join(&merged[n-1], t, said)
			continue
		}
		said = map[statement]bool{}
		first := t
		first.Evidence = nil
		join(&first, t, said)
		merged = append(merged, first)
	}
	places := v.Locator()
	for i := range merged {
		t := &merged[i]
		if t.State == finding.Present && len(t.Evidence) > 0 {
			t.Origin = places.Locate(t.Evidence[0].Resource, t.Evidence[0].Path)
		}
	}
	return merged
}

// join adds a trait to one with the same identity and a state at least as high: what it says that was not
// said yet.
func join(into *finding.Trait, t finding.Trait, said map[statement]bool) {
	if t.State != into.State {
		return
	}
	into.Weight = into.Weight.Join(t.Weight)
	for _, e := range t.Evidence {
		if what := stated(e); !said[what] {
			said[what] = true
			into.Evidence = append(into.Evidence, e)
		}
	}
}

// sourceRank puts what a primary resource says of itself before what others say for it.
func sourceRank(t finding.Trait) int {
	if firstResource(t) == t.Resource {
		return 0
	}
	return 1
}

func firstResource(t finding.Trait) inventory.UID {
	if len(t.Evidence) == 0 {
		return ""
	}
	return t.Evidence[0].Resource
}

// maxListed is how many resources a summary of what was not assessed names.
const maxListed = 20

func notAssessed(traits []finding.Trait) []finding.NotAssessed {
	type key struct{ rule, why string }
	byReason := map[key]*finding.NotAssessed{}
	for _, t := range traits {
		if t.State != finding.Unknown {
			continue
		}
		k := key{t.ID, t.Why.EN}
		n := byReason[k]
		if n == nil {
			n = &finding.NotAssessed{Rule: t.ID, Why: t.Why, Missing: t.Missing}
			byReason[k] = n
		}
		n.Count++
		if len(n.Resources) < maxListed {
			n.Resources = append(n.Resources, t.Resource)
		}
	}
	all := make([]finding.NotAssessed, 0, len(byReason))
	for _, n := range byReason {
		all = append(all, *n)
	}
	slices.SortFunc(all, func(a, b finding.NotAssessed) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Why.EN, b.Why.EN))
	})
	return all
}
