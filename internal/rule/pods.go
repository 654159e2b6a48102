package rule

import (
	"iter"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// PodField is the pod of a workload as a candidate.
type PodField struct {
	Resource *inventory.Resource
	*k8s.Workload
}

// Container is one container of a workload as a candidate, with its pod.
type Container struct {
	PodField
	*k8s.Container
}

// Volume is one volume of a workload as a candidate, with its pod.
type Volume struct {
	PodField
	*k8s.Volume
	mounts map[string][]Mount // of the pod by volume, where there are many; else nil
	// Through is the PersistentVolume through which it is a path of the node; nil for one that is itself. Unsure
	// says that it may be another.
	Through *inventory.Resource
	Unsure  bool
}

// Mount is one place where a container mounts a volume.
type Mount struct {
	*k8s.Mount
	Container *k8s.Container
	index     int
}

// At is the JSONPath of the mount in the workload's object.
func (m Mount) At() string {
	if m.Mount.At != "" {
		return m.Mount.At
	}
	return tree.PathIndex(m.Container.Path+".volumeMounts", m.index)
}

// Capability is one capability that a container adds, as a candidate.
type Capability struct {
	Container
	// Capability is its name in upper case, without the prefix CAP_.
	Capability string
	index      int
}

// Pods gives the one pod, or pod template, of a workload.
func Pods(_ *World, r *inventory.Resource) iter.Seq[PodField] {
	return func(yield func(PodField) bool) {
		if w, ok := r.Spec.(*k8s.Workload); ok {
			yield(PodField{r, w})
		}
	}
}

// Containers gives every container of a workload: init and ephemeral ones too.
func Containers(_ *World, r *inventory.Resource) iter.Seq[Container] {
	return func(yield func(Container) bool) {
		w, ok := r.Spec.(*k8s.Workload)
		if !ok {
			return
		}
		for i := range w.Pod.Containers {
			if !yield(Container{PodField{r, w}, &w.Pod.Containers[i]}) {
				return
			}
		}
	}
}

// Volumes gives every volume of a workload.
func Volumes(_ *World, r *inventory.Resource) iter.Seq[Volume] {
	return func(yield func(Volume) bool) {
		w, ok := r.Spec.(*k8s.Workload)
		if !ok {
			return
		}
		mounts := indexMounts(&w.Pod)
		for i := range w.Pod.Volumes {
			if !yield(Volume{PodField: PodField{r, w}, Volume: &w.Pod.Volumes[i], mounts: mounts}) {
				return
			}
		}
	}
}

// Capabilities gives every capability that the containers of a workload add, container by container.
func Capabilities(w *World, r *inventory.Resource) iter.Seq[Capability] {
	return func(yield func(Capability) bool) {
		for c := range Containers(w, r) {
			for i, name := range c.Container.Capabilities {
				if !yield(Capability{c, name, i}) {
					return
				}
			}
		}
	}
}

// KubernetesVersion gives the release by whose rules the pod is judged.
func (p PodField) KubernetesVersion(w *World) Version { return w.KubernetesVersion(p.Resource.Cluster) }

// OnLinux reports whether the pod may run on Linux: every pod that does not name Windows. What it names
// binds, as the API server refuses Linux-only fields in a pod for Windows
// (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec, os).
func (p PodField) OnLinux() bool { return p.Pod.OS != "windows" }

// Evidence names a field of the candidate's pod spec ("hostPID").
func (p PodField) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: p.Resource.UID, Path: p.Pod.Path + "." + field, Value: value}
}

// Evidence names a field of the candidate's container ("securityContext.privileged").
func (c Container) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: c.Resource.UID, Path: c.Container.Path + "." + field, Value: value}
}

// Evidence names a field of the candidate's volume ("hostPath.path").
func (v Volume) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: v.Resource.UID, Path: v.Volume.Path + "." + field, Value: value}
}

// Evidence names the capability in its container's list.
func (c Capability) Evidence() finding.Evidence {
	return finding.Evidence{Resource: c.Resource.UID, Path: tree.PathIndex(c.CapPath, c.index), Value: c.Capability}
}

// Evidence names a field of the mount ("readOnly"); on is the resource whose volume it is.
func (m Mount) Evidence(on *inventory.Resource, field string, value any) finding.Evidence {
	return finding.Evidence{Resource: on.UID, Path: m.At() + "." + field, Value: value}
}

// Mounts gives the places where containers mount the volume.
func (v Volume) Mounts() iter.Seq[Mount] {
	if v.mounts != nil {
		return slices.Values(v.mounts[v.Volume.Name])
	}
	return func(yield func(Mount) bool) {
		for m := range allMounts(&v.Pod) {
			if m.Volume == v.Volume.Name && !yield(m) {
				return
			}
		}
	}
}

func allMounts(p *k8s.PodSpec) iter.Seq[Mount] {
	return func(yield func(Mount) bool) {
		for i := range p.Containers {
			c := &p.Containers[i]
			for j := range c.Mounts {
				if !yield(Mount{&c.Mounts[j], c, j}) {
					return
				}
			}
		}
	}
}

// indexMounts gives the mounts of a pod by volume. A pod with few volumes needs no index: nil.
func indexMounts(p *k8s.PodSpec) map[string][]Mount {
	const few = 16
	if len(p.Volumes) <= few {
		return nil
	}
	byVolume := map[string][]Mount{}
	for m := range allMounts(p) {
		byVolume[m.Volume] = append(byVolume[m.Volume], m)
	}
	return byVolume
}

// MayRunAsRoot reports whether a container's user may be root: unless the container or its pod asks for
// another user, the image decides, and most images run as root.
func MayRunAsRoot(p *k8s.PodSpec, c *k8s.Container) bool {
	if user := firstSet(c.RunAsUser, p.RunAsUser); user != nil {
		return *user == 0
	}
	nonRoot := firstSet(c.RunAsNonRoot, p.RunAsNonRoot)
	return nonRoot == nil || !*nonRoot
}

func firstSet[T any](values ...*T) *T {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}
