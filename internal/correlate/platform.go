package correlate

import (
	"path"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// Component is a part of a cluster itself that needs privileges which would be a weakness anywhere else.
// The table of them is [Components].
type Component struct {
	// Name is how its project calls it.
	Name string
	// Types are those of the workload, or of the custom resource that its workload belongs to.
	Types []inventory.Type
	// Names lists the workload's names; a "*" stands for any run of characters.
	Names []string
	// Namespaces lists those that the source installs it into.
	Namespaces []string
	// Images lists the repositories that its containers may run, registry included, without tag and digest.
	// Docker Hub is written "docker.io/…". A "*" stands for any run of characters but "/", as for the Region
	// in the host name of an Amazon ECR registry.
	Images []string
	// Needs gives the contributing traits that it may have, each with the values of its evidence; any value
	// where there are none. A path of the node that ends in ":ro" may be mounted read-only, one without it
	// writable too.
	Needs map[string][]string
	// Source is the URL of the manifest or documentation that the entry was made from.
	Source string
}

// readOnly marks a path of the node that may be mounted, but not writable.
const readOnly = ":ro"

// hostPathTraits lists the traits whose evidence is a path of the node and the mounts of its volume.
func hostPathTraits() []string {
	return []string{"host-path", "sensitive-host-path", "container-runtime-socket"}
}

// markPlatform sets Platform on every trait of a primary resource that is a platform component: each of
// its workloads is one by type, name, namespace and the repository of every image, and each contributing
// trait that is present is one that the component needs, down to the values of its evidence. One change
// in the spec takes the mark from all of the resource's traits. Unknown traits change nothing.
func markPlatform(v *inventory.View, traits []finding.Trait) {
	members := platformMembers(v, traits)
	ok := map[inventory.UID]bool{}
	for uid, all := range members {
		ok[uid] = !slices.ContainsFunc(all, func(m member) bool { return m.component == nil })
	}
	for i := range traits {
		t := &traits[i]
		counts := t.State == finding.Present && t.Weight.Role == finding.Contributing
		if counts && ok[t.Resource] && !ofSurroundings(t.ID) {
			ok[t.Resource] = isNeeded(t, members[t.Resource])
		}
	}
	for i := range traits {
		traits[i].Platform = ok[traits[i].Resource]
	}
}

// ofSurroundings reports whether a trait is about what is around a workload, and not about its spec.
func ofSurroundings(id string) bool { return strings.HasPrefix(id, "no-default-deny-") }

// member is one workload of a primary resource, and the component that it is; nil where it is none.
type member struct {
	uid       inventory.UID
	workload  *k8s.Workload
	component *Component
}

// platformMembers lists the workloads of each primary resource that has a trait: itself, and the pods and
// controllers below it. Where only the pods of a controller were read, those are all there is to judge by.
func platformMembers(v *inventory.View, traits []finding.Trait) map[inventory.UID][]member {
	wanted := map[inventory.UID]bool{}
	for i := range traits {
		wanted[traits[i].Resource] = true
	}
	components := Components()
	members := map[inventory.UID][]member{}
	for r := range v.OfType(k8s.Workloads()...) {
		w, ok := r.Spec.(*k8s.Workload)
		if !ok {
			continue
		}
		if primary := k8s.Primary(v, r, w); wanted[primary] {
			component := recognise(components, identify(v, primary, r), w)
			members[primary] = append(members[primary], member{uid: r.UID, workload: w, component: component})
		}
	}
	return members
}

// identity is what a component is known by, besides its images.
type identity struct {
	kind            inventory.Type
	namespace, name string
}

// identify gives the identity of a workload: that of its primary resource, which need not have been read.
// A ReplicaSet that was not read stands for the Deployment that made it, whose name it bears before its
// hash.
func identify(v *inventory.View, primary inventory.UID, r *inventory.Resource) identity {
	own := identity{r.Type, r.Namespace, r.Name}
	n, ok := primary.Kubernetes()
	if !ok {
		return own
	}
	id := identity{inventory.KubernetesType(n.Group, n.Kind), n.Namespace, n.Name}
	if id.kind == k8s.ReplicaSet && v.Get(primary) == nil {
		if i := strings.LastIndexByte(n.Name, '-'); i > 0 {
			id.kind, id.name = k8s.Deployment, n.Name[:i]
		}
	}
	return id
}

// recognise finds the component that a workload is; nil where it is none.
func recognise(components []Component, id identity, w *k8s.Workload) *Component {
	for i := range components {
		if components[i].is(id, w) {
			return &components[i]
		}
	}
	return nil
}

// is reports whether a workload is the component, its privileges aside.
func (c *Component) is(id identity, w *k8s.Workload) bool {
	if !slices.Contains(c.Namespaces, id.namespace) || !slices.Contains(c.Types, id.kind) || !matchesAny(c.Names, id.name) {
		return false
	}
	foreign := func(x k8s.Container) bool { return !matchesAny(c.Images, repository(x.Image)) }
	return len(w.Pod.Containers) > 0 && !slices.ContainsFunc(w.Pod.Containers, foreign)
}

// matchesAny reports whether one of the patterns matches; "*" stops at a slash.
func matchesAny(patterns []string, s string) bool {
	return s != "" && slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(pattern, s)
		return err == nil && matched
	})
}

// repository gives the full repository of an image reference, without tag and digest, in the form that
// containerd resolves it to (https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed).
func repository(ref string) string {
	name, _, _ := strings.Cut(ref, "@")
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		name = name[:colon]
	}
	host, rest, hasHost := strings.Cut(name, "/")
	switch {
	case name == "":
		return ""
	case !hasHost:
		return "docker.io/library/" + name
	case host == "index.docker.io":
		return "docker.io/" + rest
	case host != "localhost" && !strings.ContainsAny(host, ".:"):
		return "docker.io/" + name
	}
	return name
}

// isNeeded reports whether the evidence of a trait names only what the components need. Each item counts
// for the workload that it stands in; evidence on anything else, such as a Service, is not a component's.
func isNeeded(t *finding.Trait, members []member) bool {
	ofPaths := slices.Contains(hostPathTraits(), t.ID)
	judged := 0
	for _, e := range t.Evidence {
		i := slices.IndexFunc(members, func(m member) bool { return m.uid == e.Resource })
		if i < 0 {
			return false
		}
		values, needed := members[i].component.Needs[t.ID]
		switch {
		case !needed:
			return false
		case ofPaths && !strings.HasSuffix(e.Path, ".hostPath.path"):
			continue // a mount, which is judged with its volume
		case ofPaths && !allMayMount(members, t.ID, e.Text()):
			return false
		case !ofPaths && len(values) > 0 && !slices.Contains(values, e.Text()):
			return false
		}
		judged++
	}
	return judged > 0
}

// allMayMount reports whether every workload that has a hostPath needs it, in the way that it mounts it.
// Evidence that two pods have in common is kept for the first of them only, so each is looked at.
func allMayMount(members []member, trait, hostPath string) bool {
	clean, found := cleanHostPath(hostPath), false
	for _, m := range members {
		for _, volume := range m.workload.Pod.Volumes {
			if volume.HostPath == "" || cleanHostPath(volume.HostPath) != clean {
				continue
			}
			if found = m.mayMount(trait, volume); !found {
				return false
			}
		}
	}
	return found
}

func (m member) mayMount(trait string, volume k8s.Volume) bool {
	values, needed := m.component.Needs[trait]
	if !needed || len(values) == 0 {
		return needed
	}
	return slices.ContainsFunc(values, func(value string) bool {
		place, onlyRead := strings.CutSuffix(value, readOnly)
		return cleanHostPath(place) == cleanHostPath(volume.HostPath) && (!onlyRead || !m.writes(volume))
	})
}

// writes reports whether a container mounts a volume without readOnly.
func (m member) writes(volume k8s.Volume) bool {
	for _, c := range m.workload.Pod.Containers {
		for _, mount := range c.Mounts {
			if mount.Volume == volume.Name && !mount.ReadOnly {
				return true
			}
		}
	}
	return false
}

// cleanHostPath gives the place on a node that a hostPath names. /var/run is /run, as the one is a link to
// the other (https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s13.html).
func cleanHostPath(written string) string {
	clean := path.Clean("/" + written)
	if clean == "/var/run" || strings.HasPrefix(clean, "/var/run/") {
		return strings.TrimPrefix(clean, "/var")
	}
	return clean
}
