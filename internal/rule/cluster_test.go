package rule_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

func TestVersionsOfClusters(t *testing.T) {
	node := func(cluster, name, version string) *inventory.Resource {
		return &inventory.Resource{
			UID: inventory.KubernetesUID(cluster, "", "Node", "", name), Type: k8s.Node, Name: name, Cluster: cluster,
			Spec: &k8s.NodeSpec{KubeletVersion: version},
		}
	}
	told := func(versions map[string]string) []inventory.Source {
		return []inventory.Source{{KubernetesVersions: versions}, {KubernetesVersions: map[string]string{"b": "1.x"}}}
	}
	nodes := []*inventory.Resource{node("a", "x", "v1.31.2-eks-1"), node("a", "y", "v1.9.0"), node("a", "z", "unknown"), node("b", "x", "v1.35.0")}
	for _, c := range []struct {
		name     string
		sources  []inventory.Source
		nodes    []*inventory.Resource
		settings rule.Settings
		want     []finding.ClusterVersion
	}{
		{
			"the lowest of the nodes", nil, nodes,
			rule.Settings{},
			[]finding.ClusterVersion{{Cluster: "a", Version: "1.9", From: finding.VersionFromNodes, Nodes: 2}, {Cluster: "b", Version: "1.35", From: finding.VersionFromNodes, Nodes: 1}},
		},
		{
			"the API server's before the nodes'", told(map[string]string{"a": "v1.32.1"}), nodes,
			rule.Settings{},
			[]finding.ClusterVersion{{Cluster: "a", Version: "1.32", From: finding.VersionFromServer}, {Cluster: "b", Version: "1.35", From: finding.VersionFromNodes, Nodes: 1}},
		},
		{
			"the lower of two API servers'", append(told(map[string]string{"a": "v1.32.1"}), told(map[string]string{"a": "v1.30.1"})...), nodes[:1],
			rule.Settings{},
			[]finding.ClusterVersion{{Cluster: "a", Version: "1.30", From: finding.VersionFromServer}},
		},
		{
			"the user's before all", told(map[string]string{"a": "v1.32.1"}), nodes[:1],
			rule.Settings{KubernetesVersion: rule.Version{Major: 1, Minor: 20}},
			[]finding.ClusterVersion{{Cluster: "a", Version: "1.20", From: finding.VersionFromSetting}},
		},
		{
			"the latest, because the user says so", told(map[string]string{"a": "v1.32.1"}), nodes[:1],
			rule.Settings{LatestKubernetes: true},
			[]finding.ClusterVersion{{Cluster: "a", Version: "latest", From: finding.VersionFromSetting}},
		},
		{
			"the latest where nobody knows", nil,
			[]*inventory.Resource{node("a", "x", "")},
			rule.Settings{},
			[]finding.ClusterVersion{{Cluster: "a", Version: "latest", From: finding.VersionFromDefault}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &rule.World{Inventory: inventory.NewView(c.sources, c.nodes), Settings: c.settings}
			if d := cmp.Diff(c.want, w.KubernetesVersions()); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			for _, v := range c.want {
				if got := w.KubernetesVersion(v.Cluster).String(); got != v.Version {
					t.Errorf("%s is judged by %s, want %s", v.Cluster, got, v.Version)
				}
			}
		})
	}
}
