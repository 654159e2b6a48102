package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// TestItemsOrder checks that within one severity what hands over most comes first, then what more traits make.
func TestItemsOrder(t *testing.T) {
	exposure := func(name string, target inventory.UID, traits int) finding.Exposure {
		uid := inventory.UID("k8s://files/core/Pod/shop/" + name)
		e := finding.Exposure{UID: "exp-" + name, Severity: finding.SeverityHigh, Traits: make([]finding.ExposureTrait, traits)}
		e.Resource.UID, e.Resource.Name = uid, name
		if target != "" {
			e.AttackPaths = []finding.AttackPath{{Entry: uid, Target: target, Edges: []finding.Edge{{From: uid, To: target, Kind: finding.EdgeEscapeSocket}}}}
		}
		return e
	}
	const node, cluster = "k8s://files/core/Node/_/*", "k8s://files"
	all := []finding.Exposure{
		exposure("a", "", 1), exposure("b", "", 2), exposure("c", node, 1), exposure("d", node, 2), exposure("e", cluster, 1),
	}
	all = append(all, exposure("f", "", 1))
	all[5].Severity = finding.SeverityCritical
	var got []string
	for _, it := range items(all) {
		got = append(got, it.Resource.Name)
	}
	if diff := cmp.Diff([]string{"f", "e", "d", "c", "b", "a"}, got); diff != "" {
		t.Error(diff)
	}
}
