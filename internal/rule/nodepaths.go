package rule

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
)

// NodePaths gives the volumes of a workload that are paths of the node: itself, or through a claim that a
// PersistentVolume of such a path serves, as far as both were read. A claim that names no volume, and that no
// volume is kept for, may be served by any volume of its class. Folders that a provisioner made for one claim
// alone are left out.
func NodePaths(w *World, r *inventory.Resource) iter.Seq[Volume] {
	return func(yield func(Volume) bool) {
		for v := range Volumes(w, r) {
			if v.HostPath != "" && !yield(v) {
				return
			}
			if v.Claim != "" && !w.throughClaim(v, v.Claim, yield) {
				return
			}
		}
		spec, ok := r.Spec.(*k8s.Workload)
		if !ok {
			return
		}
		for i := range spec.ClaimTemplates {
			template := &spec.ClaimTemplates[i]
			v := Volume{PodField: PodField{r, spec}, Volume: template, mounts: indexMounts(&spec.Pod)}
			for _, name := range w.claimsOf(r, template.Claim) {
				if !w.throughClaim(v, name, yield) {
					return
				}
			}
		}
	}
}

// Place names the field that holds the volume's path on the node.
func (v Volume) Place() finding.Evidence {
	if v.Through == nil {
		return v.Evidence("hostPath.path", v.HostPath)
	}
	return finding.Evidence{Resource: v.Through.UID, Path: v.Through.Spec.(*k8s.PersistentVolumeSpec).Field, Value: v.HostPath}
}

// Surely says of a fact about the volume's path that it holds, or that it is not known whether the path is the
// volume's.
func (v Volume) Surely(holds bool) Truth {
	if !holds || !v.Unsure {
		return Is(holds)
	}
	return Unknown(lang.Text{
		EN: "a persistent volume of the claim's class is a path of the node, and which volume the claim gets is not known",
		ES: "un volumen persistente de la clase de la reclamación es una ruta del nodo, y no se sabe qué volumen recibe la reclamación",
		PT: "um volume persistente da classe da reivindicação é um caminho do nó, e não se sabe qual volume a reivindicação recebe",
	})
}

// claim is one claim of a cluster.
type claim struct{ cluster, namespace, name string }

// class is a storage class of a cluster.
type class struct{ cluster, name string }

// nodeVolumes holds the PersistentVolumes that are paths of a node.
type nodeVolumes struct {
	once  sync.Once
	bound map[claim][]*inventory.Resource
	names map[claim][]string // of the claims that are bound, by namespace: the key has no name
	free  map[class][]*inventory.Resource
}

func (w *World) findNodeVolumes() {
	n := &w.nodes
	n.bound, n.names, n.free = map[claim][]*inventory.Resource{}, map[claim][]string{}, map[class][]*inventory.Resource{}
	byName := map[claim]*inventory.Resource{}
	for r := range w.Inventory.OfType(k8s.PersistentVolume) {
		spec, ok := r.Spec.(*k8s.PersistentVolumeSpec)
		switch {
		case !ok || spec.NodePath == "" || spec.Provisioned:
		case spec.ClaimName != "":
			n.bind(claim{r.Cluster, spec.ClaimNamespace, spec.ClaimName}, r)
		default:
			byName[claim{r.Cluster, "", r.Name}] = r
			n.free[class{r.Cluster, spec.Class}] = append(n.free[class{r.Cluster, spec.Class}], r)
		}
	}
	for r := range w.Inventory.OfType(k8s.PersistentClaim) {
		spec, ok := r.Spec.(*k8s.PersistentClaimSpec)
		if !ok || spec.VolumeName == "" {
			continue
		}
		if volume := byName[claim{r.Cluster, "", spec.VolumeName}]; volume != nil {
			n.bind(claim{r.Cluster, r.Namespace, r.Name}, volume)
		}
	}
}

func (n *nodeVolumes) bind(to claim, volume *inventory.Resource) {
	n.bound[to] = append(n.bound[to], volume)
	in := claim{to.cluster, to.namespace, ""}
	n.names[in] = append(n.names[in], to.name)
}

// throughClaim yields a volume as each path of a node that its claim may stand for.
func (w *World) throughClaim(v Volume, name string, yield func(Volume) bool) bool {
	w.nodes.once.Do(w.findNodeVolumes)
	of := claim{v.Resource.Cluster, v.Resource.Namespace, name}
	volumes, unsure := w.nodes.bound[of], false
	if len(volumes) == 0 {
		volumes, unsure = w.candidates(of), true
	}
	for _, volume := range volumes {
		one := *v.Volume
		one.HostPath = volume.Spec.(*k8s.PersistentVolumeSpec).NodePath
		through := v
		through.Volume, through.Through, through.Unsure = &one, volume, unsure
		if !yield(through) {
			return false
		}
	}
	return true
}

// candidates lists the volumes that a claim may get, as far as its class tells: none for a claim that was not
// read, that names its volume, or that leaves its class to the cluster.
func (w *World) candidates(of claim) []*inventory.Resource {
	r := w.Inventory.Get(inventory.KubernetesUID(of.cluster, "", "PersistentVolumeClaim", of.namespace, of.name))
	if r == nil {
		return nil
	}
	spec, ok := r.Spec.(*k8s.PersistentClaimSpec)
	if !ok || spec.VolumeName != "" || spec.Class == nil {
		return nil
	}
	return w.nodes.free[class{of.cluster, *spec.Class}]
}

// claimsOf lists the claims of a StatefulSet's pods that volumes are kept for, by what stands before their
// number.
func (w *World) claimsOf(r *inventory.Resource, prefix string) []string {
	w.nodes.once.Do(w.findNodeVolumes)
	var all []string
	for _, name := range w.nodes.names[claim{r.Cluster, r.Namespace, ""}] {
		number, ok := strings.CutPrefix(name, prefix)
		if ok && number != "" && strings.Trim(number, "0123456789") == "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
