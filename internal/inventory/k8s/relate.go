package k8s

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// relateWorkload states what a workload runs, mounts and runs as.
func relateWorkload(r *inventory.Resource, w *Workload, spec tree.Node) {
	type end struct {
		kind inventory.RelationKind
		to   inventory.UID
	}
	seen := map[end]bool{} // a hostile pod has hundreds of thousands of volumes
	relate := func(kind inventory.RelationKind, to inventory.UID, path string) {
		if at := (end{kind, to}); !seen[at] {
			seen[at] = true
			r.Relations = append(r.Relations, inventory.Relation{Kind: kind, To: to, Path: path})
		}
	}
	named := func(kind, name, path string) {
		if name != "" {
			relate(inventory.Mounts, inventory.KubernetesUID(r.Cluster, "", kind, r.Namespace, name), path)
		}
	}
	relate(inventory.UsesServiceAccount,
		inventory.KubernetesUID(r.Cluster, "", "ServiceAccount", r.Namespace, w.Pod.ServiceAccount), w.Pod.Path+".serviceAccountName")
	for _, c := range w.Pod.Containers {
		if c.Image != "" {
			relate(inventory.RunsImage, inventory.ImageUID(c.Image), c.Path+".image")
		}
	}
	i := 0
	for volume := range spec.Get("volumes").All() {
		v := w.Pod.Volumes[i]
		i++
		named("ConfigMap", volume.Get("configMap", "name").Text(), v.Path+".configMap")
		named("Secret", volume.Get("secret", "secretName").Text(), v.Path+".secret")
		named("PersistentVolumeClaim", volume.Get("persistentVolumeClaim", "claimName").Text(), v.Path+".persistentVolumeClaim")
		j := 0
		for s := range volume.Get("projected", "sources").All() {
			at := tree.PathIndex(v.Path+".projected.sources", j)
			named("ConfigMap", s.Get("configMap", "name").Text(), at+".configMap")
			named("Secret", s.Get("secret", "name").Text(), at+".secret")
			j++
		}
	}
	relateEnvironment(w, spec, named)
}

// relateEnvironment states the ConfigMaps and Secrets that fill the containers' environments.
func relateEnvironment(w *Workload, spec tree.Node, named func(kind, name, path string)) {
	k := 0
	for _, list := range containerLists() {
		for c := range spec.Get(list.field).All() {
			path := w.Pod.Containers[k].Path
			i := 0
			for from := range c.Get("envFrom").All() {
				at := tree.PathIndex(path+".envFrom", i)
				named("ConfigMap", from.Get("configMapRef", "name").Text(), at+".configMapRef")
				named("Secret", from.Get("secretRef", "name").Text(), at+".secretRef")
				i++
			}
			i = 0
			for env := range c.Get("env").All() {
				at := tree.PathIndex(path+".env", i)
				named("ConfigMap", env.Get("valueFrom", "configMapKeyRef", "name").Text(), at+".valueFrom.configMapKeyRef")
				named("Secret", env.Get("valueFrom", "secretKeyRef", "name").Text(), at+".valueFrom.secretKeyRef")
				i++
			}
			k++
		}
	}
}

// Relate adds the relations that follow from selectors: a Service selects the workloads whose pods it
// sends traffic to, and a NetworkPolicy the workloads that it isolates. It is an [inventory.Derive].
func Relate(v *inventory.View, add func(from inventory.UID, kind inventory.RelationKind, to inventory.UID)) {
	pods := podIndex{view: v, byLabel: map[labelled][]*inventory.Resource{}}
	for w := range v.OfType(Workloads()...) {
		pods.add(w)
	}
	for s := range v.OfType(Service) {
		spec := s.Spec.(*ServiceSpec)
		if len(spec.Selector) > 0 && spec.Type != "ExternalName" {
			for _, w := range pods.selected(s, Selector{Labels: spec.Selector}) {
				add(s.UID, inventory.Selects, w.UID)
			}
		}
	}
	for p := range v.OfType(NetworkPolicy) {
		for _, w := range pods.selected(p, p.Spec.(*NetworkPolicySpec).Selector) {
			add(p.UID, inventory.Selects, w.UID)
		}
	}
}

// podIndex finds workloads by the labels of their pods.
type podIndex struct {
	view    *inventory.View
	byLabel map[labelled][]*inventory.Resource
}

type labelled struct {
	cluster, namespace string
	label              inventory.Label
}

func (x *podIndex) add(w *inventory.Resource) {
	for _, l := range w.Spec.(*Workload).PodLabels {
		at := labelled{w.Cluster, w.Namespace, l}
		x.byLabel[at] = append(x.byLabel[at], w)
	}
}

// selected lists the workloads in the selector's namespace whose pods it selects: all of them for an empty
// one. It walks the holders of the rarest of the wanted labels.
func (x *podIndex) selected(by *inventory.Resource, want Selector) []*inventory.Resource {
	var candidates []*inventory.Resource
	if len(want.Labels) == 0 {
		candidates = x.view.InNamespace(by.Cluster, by.Namespace)
	}
	for i, l := range want.Labels {
		holders := x.byLabel[labelled{by.Cluster, by.Namespace, l}]
		if i == 0 || len(holders) < len(candidates) {
			candidates = holders
		}
	}
	var found []*inventory.Resource
	for _, r := range candidates {
		if w, ok := r.Spec.(*Workload); ok && want.Matches(w.PodLabels) {
			found = append(found, r)
		}
	}
	return found
}
