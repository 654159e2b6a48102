package aws

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
)

// step reads one kind of thing in one place: an account, or one of its Regions. What Merlon asks of AWS, which rights it
// needs for that and what is lost without one of them all follow from the steps.
type step struct {
	// name is what other steps call it.
	name string
	// global is set for what an account has once, not in each Region.
	global bool
	// after lists the steps whose finds it goes on from; they stand before it in the table.
	after []string
	// then lists steps that it waits for too, though it is complete without them: they only add to what it looks at.
	then []string
	// calls lists all that it sends.
	calls []operation
	// gives lists the types that it reads. It gives every resource of them or, where it says so, every one that
	// something else names.
	gives []inventory.Type
	run   func(*job)
}

// steps lists all that Merlon reads of an account, each after those that it needs.
func steps() []step {
	return slices.Concat(identitySteps(), networkSteps(), balancingSteps(), eksSteps(), ecsSteps(), computeSteps(), imageSteps(), threatSteps())
}

// loses lists the types that are not complete without a step: its own, and those of the steps that go on from it.
func loses(all []step, name string) []inventory.Type {
	lost := []string{name}
	var types []inventory.Type
	for _, s := range all {
		if s.name != name && !slices.ContainsFunc(s.after, func(a string) bool { return slices.Contains(lost, a) }) {
			continue
		}
		lost = append(lost, s.name)
		for _, t := range s.gives {
			if !slices.Contains(types, t) {
				types = append(types, t)
			}
		}
	}
	return types
}
