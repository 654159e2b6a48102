package correlate

import (
	"cmp"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
)

// exposure writes a case up.
func (c *correlator) exposure(k *caseOf) finding.Exposure {
	scenario := c.scenario(k)
	e := finding.Exposure{
		UID:         finding.ExposureUID(k.resource),
		Types:       []string{"Exposure/Potential Impact/" + scenario.Type},
		Severity:    k.score.Severity,
		Ceiling:     k.ceiling.Severity,
		Likelihood:  k.score.Likelihood,
		Impact:      k.score.Impact,
		Resource:    c.resource(k.resource),
		AttackPaths: c.paths(k),
		Explanation: c.explain(k),
	}
	if e.Resource.Origin.IsZero() && len(k.contributing) > 0 {
		e.Resource.Origin = c.originOf(k.contributing[0])
	}
	e.Title = c.title(k, scenario, e.Resource)
	e.Platform = true
	for _, t := range slices.Concat(k.contributing, k.contextual) {
		e.Platform = e.Platform && t.Platform
		without, left := c.without(k, t.ID)
		e.Traits = append(e.Traits, finding.ExposureTrait{
			ID: t.ID, Category: t.Category, Role: t.Weight.Role, Resource: t.Resource,
			Evidence: t.Evidence, Without: without, Title: c.ruleTitle(t.ID), Origin: t.Origin,
		})
		if t.Weight.Role == finding.Contributing {
			e.Remediations = append(e.Remediations, finding.Remediation{
				ID: t.ID, Title: c.fixTitle(t.ID), ProjectedSeverity: left,
			})
		}
	}
	slices.SortStableFunc(e.Remediations, func(a, b finding.Remediation) int {
		return cmp.Or(cmp.Compare(a.ProjectedSeverity, b.ProjectedSeverity), cmp.Compare(a.ID, b.ID))
	})
	return e
}

func (c *correlator) ruleTitle(id string) lang.Text {
	if r := c.rules[id]; r != nil {
		return r.Title
	}
	return lang.Text{EN: id, ES: id, PT: id}
}

func (c *correlator) fixTitle(id string) lang.Text {
	if r := c.rules[id]; r != nil {
		return r.Fix.FirstLine()
	}
	return lang.Text{EN: id, ES: id, PT: id}
}

// resource describes a primary resource: from what was read, or from its UID where only others named it.
func (c *correlator) resource(uid inventory.UID) finding.ExposedResource {
	if r := c.view.Get(uid); r != nil {
		e := finding.ExposedResource{
			UID: uid, Type: r.Type, Name: r.Name, Namespace: r.Namespace,
			Cluster: r.Cluster, Account: r.Account, Region: r.Region, Origin: r.Origin,
		}
		for hosted := range c.view.Out(uid, inventory.Hosts) {
			e.UIDAlt = hosted.UID
		}
		return e
	}
	n, ok := uid.Kubernetes()
	if !ok {
		if name, isCluster := uid.Cluster(); isCluster {
			return finding.ExposedResource{UID: uid, Type: k8s.Cluster, Name: name, Cluster: name}
		}
		return finding.ExposedResource{UID: uid, Name: string(uid)}
	}
	return finding.ExposedResource{
		UID: uid, Type: inventory.KubernetesType(n.Group, n.Kind), Name: n.Name, Namespace: n.Namespace, Cluster: n.Cluster,
	}
}

// originOf gives the place of the object that a trait's first evidence names: that of a resource which was
// not read itself.
func (c *correlator) originOf(t finding.Trait) inventory.Origin {
	if len(t.Evidence) > 0 {
		if r := c.view.Get(t.Evidence[0].Resource); r != nil {
			return r.Origin
		}
	}
	return inventory.Origin{}
}

// maxPaths is how many attack paths an exposure shows.
const maxPaths = 10

// paths lists the ways in and on: from the internet where it gets here, otherwise from the resource
// itself, to each target, by each edge that ends in it. What is certain comes first.
func (c *correlator) paths(k *caseOf) []finding.AttackPath {
	entry := k.resource
	if k.entry != nil {
		entry = inventory.Internet
	}
	paths := []finding.AttackPath{}
	for _, chain := range c.graph.Targets(k.resource, nil) {
		paths = append(paths, finding.AttackPath{
			Entry: entry, Target: chain[len(chain)-1].To, Edges: slices.Concat(k.entry, chain),
		})
	}
	if len(paths) == 0 && k.entry != nil {
		paths = append(paths, finding.AttackPath{Entry: entry, Target: k.resource, Edges: k.entry})
	}
	slices.SortStableFunc(paths, func(a, b finding.AttackPath) int {
		return cmp.Or(compareBool(a.Possible(), b.Possible()), cmp.Compare(len(a.Edges), len(b.Edges)),
			cmp.Compare(a.Target, b.Target), cmp.Compare(lastKind(a), lastKind(b)), cmp.Compare(lastCause(a), lastCause(b)))
	})
	return paths[:min(len(paths), maxPaths)]
}

func lastKind(p finding.AttackPath) finding.EdgeKind { return p.Edges[len(p.Edges)-1].Kind }

func lastCause(p finding.AttackPath) string { return p.Edges[len(p.Edges)-1].Cause }

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
