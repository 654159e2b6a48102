package manifest

import (
	"fmt"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// shape is a field and the kind of value that the Kubernetes API gives it
// (https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/). A field that is not there, or null, fits.
type shape struct {
	field string
	kind  tree.Kind
}

// podShape is that of a PodSpec, containerShape that of its containers, securityShape that of a security context: the
// fields that Merlon reads. They are arrays, so that a call costs no memory.
func podShape() [13]shape {
	return [...]shape{
		{"hostPID", tree.Bool},
		{"hostIPC", tree.Bool},
		{"hostNetwork", tree.Bool},
		{"hostUsers", tree.Bool},
		{"automountServiceAccountToken", tree.Bool},
		{"serviceAccountName", tree.String},
		{"serviceAccount", tree.String},
		{"securityContext", tree.Map},
		{"volumes", tree.List},
		{"tolerations", tree.List},
		{"initContainers", tree.List},
		{"containers", tree.List},
		{"ephemeralContainers", tree.List},
	}
}

func containerShape() [9]shape {
	return [...]shape{
		{"name", tree.String},
		{"image", tree.String},
		{"securityContext", tree.Map},
		{"ports", tree.List},
		{"env", tree.List},
		{"envFrom", tree.List},
		{"command", tree.List},
		{"args", tree.List},
		{"volumeMounts", tree.List},
	}
}

func securityShape() [7]shape {
	return [...]shape{
		{"privileged", tree.Bool},
		{"allowPrivilegeEscalation", tree.Bool},
		{"readOnlyRootFilesystem", tree.Bool},
		{"runAsNonRoot", tree.Bool},
		{"runAsUser", tree.Number},
		{"runAsGroup", tree.Number},
		{"capabilities", tree.Map},
	}
}

// otherShape is that of the kinds without pods.
func otherShape(t inventory.Type) []shape {
	switch t.Kind() {
	case "Role", "ClusterRole":
		return []shape{{"rules", tree.List}}
	case "RoleBinding", "ClusterRoleBinding":
		return []shape{{"roleRef", tree.Map}, {"subjects", tree.List}}
	case "ServiceAccount":
		return []shape{{"automountServiceAccountToken", tree.Bool}}
	case "Service", "Ingress", "NetworkPolicy":
		return []shape{{"spec", tree.Map}}
	}
	return nil
}

// shapeCheck finds the fields of one object that are not of the kind that they must have: Merlon's rules see nothing in
// them, which is not the same as nothing being there.
type shapeCheck struct {
	part *part
	of   *inventory.Resource
}

// object is what messages call the object.
func (c *shapeCheck) object() string { return printable(c.of.Type.Kind() + " " + c.of.Name) }

// checkShape notes fields of the wrong kind.
func (w *worker) checkShape(r *inventory.Resource, object tree.Node) {
	c := shapeCheck{part: w.part, of: r}
	c.fields(object, "", []shape{{"metadata", tree.Map}})
	c.fields(object.Get("metadata"), "metadata", []shape{{"labels", tree.Map}, {"annotations", tree.Map}})
	workload, ok := r.Spec.(*k8s.Workload)
	if !ok {
		c.fields(object, "", otherShape(r.Type))
		return
	}
	path := strings.TrimPrefix(workload.Pod.Path, "$.")
	spec := object.Lookup(workload.Pod.Path)
	if workload.Pod.Partial != "" { // most fields may be missing, and containers stand elsewhere
		c.parts(object, workload)
		return
	}
	if spec.Kind() != tree.Map {
		c.noPod(object, path)
		return
	}
	shapes := podShape()
	c.fields(spec, path, shapes[:])
	c.security(spec.Get("securityContext"), path+".securityContext")
	if containers := spec.Get("containers"); containers.Kind() == tree.Missing || containers.Kind() == tree.Null {
		c.part.problem(spec.Line(), fmt.Sprintf("%s: %s.containers is not there, so there is nothing to assess; Kubernetes would refuse the object", c.object(), path))
	}
	for _, list := range []string{"initContainers", "containers", "ephemeralContainers"} {
		c.containers(spec.Get(list), path+"."+list)
	}
}

// parts checks what the object of a custom kind says of its pods.
func (c *shapeCheck) parts(object tree.Node, w *k8s.Workload) {
	shapes, path := podShape(), strings.TrimPrefix(w.Pod.Path, "$.")
	spec := object.Lookup(w.Pod.Path)
	c.fields(spec, path, shapes[:])
	c.security(spec.Get("securityContext"), path+".securityContext")
	for i := range w.Pod.Containers {
		at := w.Pod.Containers[i].Path
		if n := object.Lookup(at); at != w.Pod.Path && !c.fits(n) {
			own := containerShape()
			c.fields(n, strings.TrimPrefix(at, "$."), own[:])
			c.security(n.Get("securityContext"), strings.TrimPrefix(at, "$.")+".securityContext")
		}
	}
}

// noPod says where the way from an object to the spec of its pod ends.
func (c *shapeCheck) noPod(object tree.Node, path string) {
	n, at := object, ""
	for field := range strings.SplitSeq(path, ".") {
		next := n.Get(field)
		at = strings.TrimPrefix(at+"."+field, ".")
		if next.Kind() != tree.Map {
			if next.Exists() {
				c.wrong(next, at, tree.Map)
				return
			}
			c.part.problem(n.Line(), fmt.Sprintf("%s: %s is not there, so its pods cannot be assessed; Kubernetes would refuse the object", c.object(), at))
			return
		}
		n = next
	}
}

func (c *shapeCheck) containers(list tree.Node, path string) {
	if list.Kind() != tree.List {
		return
	}
	i := 0
	for container := range list.All() {
		if container.Kind() == tree.Map && c.fits(container) {
			i++
			continue
		}
		at := tree.PathIndex(path, i)
		if container.Kind() != tree.Map {
			c.wrong(container, at, tree.Map)
		}
		shapes := containerShape()
		c.fields(container, at, shapes[:])
		c.security(container.Get("securityContext"), at+".securityContext")
		i++
	}
}

// fits reports whether a container has no field of a wrong kind: most have none, and need no path.
func (c *shapeCheck) fits(container tree.Node) bool {
	security := container.Get("securityContext")
	own, ofSecurity := containerShape(), securityShape()
	return allFit(container, own[:]) && allFit(security, ofSecurity[:]) && !capabilitiesWrong(security)
}

func allFit(n tree.Node, shapes []shape) bool {
	for _, s := range shapes {
		if !fits(n.Get(s.field), s.kind) {
			return false
		}
	}
	return true
}

func capabilitiesWrong(security tree.Node) bool {
	capabilities := security.Get("capabilities")
	return !fits(capabilities.Get("add"), tree.List) || !fits(capabilities.Get("drop"), tree.List)
}

func (c *shapeCheck) security(n tree.Node, path string) {
	shapes := securityShape()
	c.fields(n, path, shapes[:])
	c.fields(n.Get("capabilities"), path+".capabilities", []shape{{"add", tree.List}, {"drop", tree.List}})
}

func (c *shapeCheck) fields(n tree.Node, path string, shapes []shape) {
	for _, s := range shapes {
		if field := n.Get(s.field); !fits(field, s.kind) {
			c.wrong(field, strings.TrimPrefix(path+"."+s.field, "."), s.kind)
		}
	}
}

// fits reports whether a field may stand where a kind is wanted. Text is taken from any scalar, as the rules take it.
func fits(n tree.Node, kind tree.Kind) bool {
	got := n.Kind()
	if kind == tree.String && (got == tree.Number || got == tree.Bool) {
		return true
	}
	return got == kind || got == tree.Missing || got == tree.Null
}

func (c *shapeCheck) wrong(n tree.Node, path string, kind tree.Kind) {
	c.part.problem(n.Line(), fmt.Sprintf("%s: %s is a %s and must be a %s, so it was not assessed; Kubernetes would refuse the object",
		c.object(), path, n.Kind(), kind))
}
