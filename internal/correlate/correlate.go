// Package correlate turns the traits and the attack graph into exposures: one for each primary resource,
// with its severity, ceiling, attack paths and what each fix would do. It also knows the components of
// a cluster that need what they ask for, and finds the few changes that close most. Everything is computed
// from its arguments, and the same arguments give the same exposures.
package correlate

import (
	"cmp"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/graph"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/rule"
)

// Input is what exposures are made of.
type Input struct {
	// World is what the traits were found in.
	World *rule.World
	// Traits lists what is present and what is unknown.
	Traits []finding.Trait
	// Rules gives the texts of the traits.
	Rules []*rule.Rule
}

// Result is what the traits correlate into.
type Result struct {
	// Traits are those of the input, with the platform's marked.
	Traits []finding.Trait
	// Exposures are sorted by severity, the most urgent first, and by resource.
	Exposures []finding.Exposure
	// FewestFixes lists the changes that close most of the exposures outside the platform, best first.
	FewestFixes []finding.FixStep
}

// Exposures correlates traits. A resource without a contributing trait has no exposure.
func Exposures(in Input) Result {
	traits := slices.Clone(in.Traits)
	markPlatform(in.World.Inventory, traits)
	c := &correlator{
		view:  in.World.Inventory,
		graph: graph.New(in.World, traits),
		rules: map[string]*rule.Rule{},
	}
	for _, r := range in.Rules {
		c.rules[r.ID] = r
	}
	var cases []*caseOf
	for _, group := range byResource(traits) {
		if k := c.open(group); len(k.contributing) > 0 {
			cases = append(cases, k)
		}
	}
	result := Result{Traits: traits, Exposures: make([]finding.Exposure, 0, len(cases))}
	for _, k := range cases {
		result.Exposures = append(result.Exposures, c.exposure(k))
	}
	result.FewestFixes = c.fewestFixes(cases)
	slices.SortStableFunc(result.Exposures, func(a, b finding.Exposure) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Resource.UID, b.Resource.UID))
	})
	return result
}

type correlator struct {
	view  *inventory.View
	graph *graph.Graph
	rules map[string]*rule.Rule
}

// caseOf is one primary resource with its traits.
type caseOf struct {
	resource     inventory.UID
	contributing []finding.Trait
	contextual   []finding.Trait
	unknown      []finding.Weight
	entry        []finding.Edge // from the internet, certain where that is possible
	reachability Reachability
	score        Score
	ceiling      Score
}

// byResource splits traits, which are sorted by resource, into those of each.
func byResource(traits []finding.Trait) [][]finding.Trait {
	sorted := slices.Clone(traits)
	slices.SortStableFunc(sorted, func(a, b finding.Trait) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.ID, b.ID))
	})
	var groups [][]finding.Trait
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j].Resource == sorted[i].Resource {
			j++
		}
		groups = append(groups, sorted[i:j])
		i = j
	}
	return groups
}

// open looks at one resource's traits and scores them.
func (c *correlator) open(traits []finding.Trait) *caseOf {
	k := &caseOf{resource: traits[0].Resource}
	for _, t := range traits {
		switch {
		case t.State == finding.Unknown && t.Weight.Role == finding.Contributing:
			k.unknown = append(k.unknown, t.Weight)
		case t.State != finding.Present:
		case t.Weight.Role == finding.Contributing:
			k.contributing = append(k.contributing, t)
		default:
			k.contextual = append(k.contextual, t)
		}
	}
	if len(k.contributing) == 0 {
		return k
	}
	k.entry = c.graph.Entry(k.resource, graph.Certain)
	if k.entry != nil {
		k.reachability = Reachable
	} else {
		k.entry = c.graph.Entry(k.resource, nil)
	}
	factors := c.factors(k, nil)
	k.score = Rate(factors)
	k.ceiling = Ceiling(factors, k.unknown)
	return k
}

// factors gives what the severity follows from when some traits are fixed and the edges that they open
// are gone.
func (c *correlator) factors(k *caseOf, fixed map[string]bool) Factors {
	f := Factors{Reachability: k.reachability, ImpactAssessed: c.isImpactAssessed(k.resource)}
	for _, t := range k.contributing {
		if !fixed[t.ID] {
			f.Traits = append(f.Traits, t.Weight)
		}
	}
	f.Reach = c.graph.Reach(k.resource, func(e *finding.Edge) bool {
		return e.Possible || e.From == k.resource && fixed[e.Cause]
	})
	return f
}

// isImpactAssessed reports whether all that a resource's identities and position reach was assessed. What a role may
// do below administration, and what a service account may do in a cluster, is not evaluated yet. So it is only where
// there is neither: an ECS service on AWS Fargate, all of whose task definitions were read and have no task role.
func (c *correlator) isImpactAssessed(uid inventory.UID) bool {
	r := c.view.Get(uid)
	if r == nil || r.Type != aws.ECSService {
		return false
	}
	service := r.Spec.(*aws.ServiceSpec)
	definitions := aws.Definitions(c.view, r)
	mayHaveRole := func(d *inventory.Resource) bool {
		spec, ok := d.Spec.(*aws.TaskDefinitionSpec)
		return !ok || spec.TaskRole != "" || spec.Unknown.Touches("$.taskRoleArn")
	}
	elsewhere := func(p aws.Pool) bool { return p != aws.OnFargate }
	onFargate := len(service.Pools) > 0 && !slices.ContainsFunc(service.Pools, elsewhere)
	return onFargate && len(service.Unknown) == 0 && len(definitions) > 0 && len(definitions) == len(service.TaskDefinitions) &&
		!slices.ContainsFunc(definitions, mayHaveRole)
}

// after scores a resource as if some of its traits were fixed.
func (c *correlator) after(k *caseOf, fixed map[string]bool) Score { return Rate(c.factors(k, fixed)) }

// closedBy lists the traits that are gone when one is fixed: itself, and those that rest on no other field
// than it does. Whoever removes a volume for one trait has removed it for the other.
func closedBy(k *caseOf, id string) []string {
	fields := map[field]bool{}
	for _, t := range k.contributing {
		if t.ID == id {
			for _, e := range t.Evidence {
				fields[field{e.Resource, e.Path}] = true
			}
		}
	}
	closed := []string{id}
	for _, t := range k.contributing {
		other := func(e finding.Evidence) bool { return !fields[field{e.Resource, e.Path}] }
		if t.ID != id && len(t.Evidence) > 0 && !slices.ContainsFunc(t.Evidence, other) {
			closed = append(closed, t.ID)
		}
	}
	return closed
}

type field struct {
	resource inventory.UID
	path     string
}

// without says what fixing one trait does.
func (c *correlator) without(k *caseOf, id string) (finding.Without, finding.Severity) {
	left := c.after(k, with(nil, closedBy(k, id))).Severity
	switch {
	case left == finding.SeverityInformational:
		return finding.Resolves, left
	case left < k.score.Severity:
		return finding.Reduces, left
	}
	return finding.Unchanged, left
}
