package k8s

import (
	"iter"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// relateWorkload states what a workload runs, mounts and runs as.
func relateWorkload(r *inventory.Resource, w *Workload, spec tree.Node) {
	x := relator{r: r}
	x.serviceAccount(w.Pod.ServiceAccount, w.Pod.Path+".serviceAccountName")
	x.spec(spec, &w.Pod)
}

// relator states the relations of one workload, each once.
type relator struct {
	r    *inventory.Resource
	seen map[end]bool // a hostile pod has hundreds of thousands of volumes
}

// end is the far end of a relation.
type end struct {
	kind inventory.RelationKind
	to   inventory.UID
}

func (x *relator) relate(kind inventory.RelationKind, to inventory.UID, path string) {
	if at := (end{kind, to}); !x.seen[at] {
		if x.seen == nil {
			x.seen = map[end]bool{}
		}
		x.seen[at] = true
		x.r.Relations = append(x.r.Relations, inventory.Relation{Kind: kind, To: to, Path: path})
	}
}

func (x *relator) named(kind, name, path string) {
	if name != "" {
		x.relate(inventory.Mounts, inventory.KubernetesUID(x.r.Cluster, "", kind, x.r.Namespace, name), path)
	}
}

func (x *relator) serviceAccount(name, path string) {
	x.relate(inventory.UsesServiceAccount, inventory.KubernetesUID(x.r.Cluster, "", "ServiceAccount", x.r.Namespace, name), path)
}

// spec states what a pod's spec, of which p is the projection, runs and mounts.
func (x *relator) spec(spec tree.Node, p *PodSpec) {
	for _, c := range p.Containers {
		x.image(&c)
	}
	i := 0
	for volume := range spec.Get("volumes").All() {
		x.volumeRelations(volume, p.Volumes[i].Path)
		i++
	}
	k := 0
	for _, list := range containerLists() {
		for c := range spec.Get(list.field).All() {
			x.environment(c, p.Containers[k].Path)
			k++
		}
	}
}

func (x *relator) image(c *Container) {
	if c.Image != "" {
		x.relate(inventory.RunsImage, inventory.ImageUID(c.Image), c.Path+".image")
	}
}

// volumeRelations states what a volume is made of.
func (x *relator) volumeRelations(volume tree.Node, path string) {
	x.named("ConfigMap", volume.Get("configMap", "name").Text(), path+".configMap")
	x.named("Secret", volume.Get("secret", "secretName").Text(), path+".secret")
	x.named("PersistentVolumeClaim", volume.Get("persistentVolumeClaim", "claimName").Text(), path+".persistentVolumeClaim")
	i := 0
	for s := range volume.Get("projected", "sources").All() {
		at := tree.PathIndex(path+".projected.sources", i)
		x.named("ConfigMap", s.Get("configMap", "name").Text(), at+".configMap")
		x.named("Secret", s.Get("secret", "name").Text(), at+".secret")
		i++
	}
}

// containerRelations states what a container runs, and what fills its environment.
func (x *relator) containerRelations(n tree.Node, c *Container) {
	x.image(c)
	x.environment(n, c.Path)
}

// environment states the ConfigMaps and Secrets that fill a container's environment.
func (x *relator) environment(c tree.Node, path string) {
	i := 0
	for from := range c.Get("envFrom").All() {
		at := tree.PathIndex(path+".envFrom", i)
		x.named("ConfigMap", from.Get("configMapRef", "name").Text(), at+".configMapRef")
		x.named("Secret", from.Get("secretRef", "name").Text(), at+".secretRef")
		i++
	}
	i = 0
	for env := range c.Get("env").All() {
		at := tree.PathIndex(path+".env", i)
		x.named("ConfigMap", env.Get("valueFrom", "configMapKeyRef", "name").Text(), at+".valueFrom.configMapKeyRef")
		x.named("Secret", env.Get("valueFrom", "secretKeyRef", "name").Text(), at+".valueFrom.secretKeyRef")
		i++
	}
}

// Relate adds the relations that follow from selectors: a Service selects the workloads whose pods it
// sends traffic to, and a NetworkPolicy the workloads that it isolates; and that from a Gateway to the routes
// that attach to it. It is an [inventory.Derive].
func Relate(v *inventory.View, add func(from inventory.UID, kind inventory.RelationKind, to inventory.UID)) {
	relateRoutes(v, add)
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
		selector := p.Spec.(*NetworkPolicySpec).Selector
		if selector.IsEmpty() {
			add(p.UID, inventory.Selects, wholeNamespace(p)) // Not each of its pods: that may be a great many.
			continue
		}
		for _, w := range pods.selected(p, selector) {
			add(p.UID, inventory.Selects, w.UID)
		}
	}
}

// PoliciesOf gives the NetworkPolicies that select the pods of a workload, by their labels or with all pods
// of the namespace.
func PoliciesOf(v *inventory.View, w *inventory.Resource) iter.Seq2[*inventory.Resource, *NetworkPolicySpec] {
	return func(yield func(*inventory.Resource, *NetworkPolicySpec) bool) {
		for _, pods := range []inventory.UID{w.UID, wholeNamespace(w)} {
			for by := range v.In(pods, inventory.Selects) {
				r := v.Get(by.UID)
				if policy, ok := r.Spec.(*NetworkPolicySpec); ok && !yield(r, policy) {
					return
				}
			}
		}
	}
}

// wholeNamespace names the namespace of a resource, be it read or not.
func wholeNamespace(r *inventory.Resource) inventory.UID {
	return inventory.KubernetesUID(r.Cluster, "", "Namespace", "", r.Namespace)
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
