package rule

import (
	"slices"
	"sync"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// clusterVersions holds what the inventory tells of its clusters' versions.
type clusterVersions struct {
	once sync.Once
	all  []finding.ClusterVersion
	of   map[string]Version // those that are not the latest
}

// KubernetesVersion gives the release by whose rules the resources of a cluster are judged: the one that the
// user set, else that of the cluster's API server, else the lowest that a node of it runs, else the latest.
func (w *World) KubernetesVersion(cluster string) Version {
	if set := w.Settings.KubernetesVersion; set != (Version{}) || w.Settings.LatestKubernetes {
		return set
	}
	w.versions.once.Do(w.findVersions)
	return w.versions.of[cluster]
}

// KubernetesVersions says for each cluster of the inventory by the rules of which release it is judged.
func (w *World) KubernetesVersions() []finding.ClusterVersion {
	w.versions.once.Do(w.findVersions)
	return w.versions.all
}

func (w *World) findVersions() {
	known := &w.versions
	known.all, known.of = []finding.ClusterVersion{}, map[string]Version{}
	servers := map[string]Version{}
	for _, s := range w.Inventory.Sources() {
		for cluster, text := range s.KubernetesVersions {
			if v, err := ParseVersion(text); err == nil {
				servers[cluster] = lowest(servers[cluster], v)
			}
		}
	}
	for _, name := range clustersOf(w.Inventory) {
		told := finding.ClusterVersion{Cluster: name, From: finding.VersionFromDefault}
		version := servers[name]
		switch nodes, count := nodeVersion(w.Inventory, name); {
		case w.Settings.KubernetesVersion != Version{} || w.Settings.LatestKubernetes:
			version, told.From = w.Settings.KubernetesVersion, finding.VersionFromSetting
		case version != Version{}:
			told.From = finding.VersionFromServer
		case count > 0:
			version, told.From, told.Nodes = nodes, finding.VersionFromNodes, count
		}
		told.Version = version.String()
		known.all = append(known.all, told)
		if version != (Version{}) {
			known.of[name] = version
		}
	}
}

// clustersOf lists the clusters of which there are resources, by name.
func clustersOf(v *inventory.View) []string {
	var names []string
	for _, r := range v.All() { // by UID, which begins with the cluster's name: they come together
		if r.Cluster != "" && (len(names) == 0 || names[len(names)-1] != r.Cluster) {
			names = append(names, r.Cluster)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nodeVersion gives the lowest version that the nodes of a cluster run, and how many tell theirs.
func nodeVersion(v *inventory.View, cluster string) (low Version, count int) {
	for r := range v.OfType(k8s.Node) {
		spec, ok := r.Spec.(*k8s.NodeSpec)
		if !ok || r.Cluster != cluster || spec.KubeletVersion == "" {
			continue
		}
		if version, err := ParseVersion(spec.KubeletVersion); err == nil && version != (Version{}) {
			low, count = lowest(low, version), count+1
		}
	}
	return low, count
}

// lowest gives the earlier of two versions, of which the first may not be known.
func lowest(a, b Version) Version {
	if a == (Version{}) || !b.AtLeast(a.Major, a.Minor) {
		return b
	}
	return a
}
