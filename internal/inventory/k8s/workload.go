package k8s

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/tree"
)

// Workload is the projection of every kind that runs pods.
type Workload struct {
	// PodLabels are those of the pods: the template's labels, or a Pod's own.
	PodLabels inventory.Labels
	// PodAnnotations are those of the pods that stand for a field: the security profiles of old.
	PodAnnotations inventory.Labels
	Pod            PodSpec
	// Controller is what the object's ownerReferences name as its controller; "" where there is none.
	Controller inventory.UID
	// ClaimTemplates are those of a StatefulSet: each of its pods has a claim of its own, as a volume of this name.
	ClaimTemplates []Volume
	// GenerateName and TemplateHash are those of a bare pod that something stamped out.
	GenerateName, TemplateHash string
}

// PodSpec is what rules read of a pod. A pointer is nil where the field is not set.
type PodSpec struct {
	// Path is the JSONPath of the pod's spec in the workload's object.
	Path string
	// Partial says what of the pod the object does not show; "" for every kind of Kubernetes' own.
	Partial                   Partial
	HostPID, HostIPC, HostNet bool
	HostUsers                 *bool
	OS                        string
	ServiceAccount            string
	AutomountToken            *bool
	Security
	// Sysctls lists the names of the kernel parameters that the pod sets, as written.
	Sysctls []string
	// ShareProcesses is shareProcessNamespace.
	ShareProcesses      bool
	Containers          []Container
	Volumes             []Volume
	TokenVolume         bool
	ToleratesEverything bool
}

// Security is what the securityContext of a pod or of a container says. A container's fields count
// before its pod's.
type Security struct {
	RunAsUser         *int64
	RunAsNonRoot      *bool
	Seccomp, AppArmor Profile
	SELinux           SELinux
	// HostProcess is windowsOptions.hostProcess.
	HostProcess *bool
}

// Profile is a seccomp or AppArmor profile: RuntimeDefault, Localhost with its name, Unconfined, or
// "" where none is set.
type Profile struct{ Type, Localhost string }

// SELinux holds seLinuxOptions as written; Set says that there are any.
type SELinux struct {
	Set              bool
	Type, User, Role string
}

// Container is one container, init container or ephemeral container of a pod.
type Container struct {
	// Path is the container's JSONPath in the workload's object.
	Path        string
	Name, Image string
	Init        bool
	Ephemeral   bool
	Privileged  bool
	Security
	// AllowEscalation is allowPrivilegeEscalation, ReadOnlyRoot readOnlyRootFilesystem; ProcMount is ""
	// where it is not set.
	AllowEscalation, ReadOnlyRoot *bool
	ProcMount                     string
	Capabilities                  []string // added ones, upper case, without the prefix CAP_
	Dropped                       []string // dropped ones, in the same form
	CapPath                       string   // JSONPath of the list of added capabilities
	Ports                         []Port
	Mounts                        []Mount
	// Handlers lists the probes and lifecycle handlers that name a host to connect to.
	Handlers    []Handler
	Credentials []Credential
	// Above lists the JSONPaths of what says, for several containers, what this one does not say itself; the nearest
	// first. It is empty for the kinds of Kubernetes' own, whose pods say it.
	Above []string
}

// Handler is a probe or lifecycle handler with a host of its own.
type Handler struct {
	// Path is the JSONPath of the host field.
	Path, Host string
}

// Port is a port that a container declares.
type Port struct {
	Name     string
	Number   int32
	HostPort int32  // 0 for none
	Protocol string // TCP where not given
}

// Mount is one volume mounted by a container.
type Mount struct {
	Volume, Path, SubPath string
	ReadOnly              bool
	// At is the mount's JSONPath where it does not stand in the container's own list, else "".
	At string
}

// Volume is one volume of a pod.
type Volume struct {
	// Path is the volume's JSONPath in the workload's object.
	Path, Name string
	// Kind is the field that says what the volume is ("hostPath", "configMap"); "" where none does.
	Kind string
	// HostPath is the path of a hostPath volume on its node; "" for every other kind of volume.
	HostPath string
	// Claim is the name of a persistentVolumeClaim; of a template that of the claims up to their number.
	Claim string
}

// Credential is a value that was taken out because it is a credential.
type Credential struct {
	// Path is the field that held it.
	Path string
	Kind redact.Kind
}

// ContainerList names one of the three lists of containers of a pod.
type containerList struct {
	field           string
	init, ephemeral bool
}

func containerLists() []containerList {
	return []containerList{
		{field: "initContainers", init: true},
		{field: "containers"},
		{field: "ephemeralContainers", ephemeral: true},
	}
}

// projectWorkload fills in a workload; template leads from the object to the pod's metadata and spec.
func projectWorkload(r *inventory.Resource, object tree.Node, template []string) {
	if kind, ok := customKindOf(r.Type); ok {
		projectCustom(r, object, kind)
		return
	}
	projectTemplate(r, object, template)
}

// projectTemplate fills in a workload whose object holds its pod's metadata and spec in one place.
func projectTemplate(r *inventory.Resource, object tree.Node, template []string) {
	pod, base := object, "$"
	for _, field := range template {
		pod, base = pod.Get(field), tree.Path(base, field)
	}
	w := &Workload{
		PodLabels:      labels(pod.Get("metadata", "labels")),
		PodAnnotations: profiles(pod.Get("metadata", "annotations")),
		Controller:     controller(r, object),
		GenerateName:   object.Get("metadata", "generateName").Text(),
	}
	for _, key := range []string{"pod-template-hash", "controller-revision-hash", "pod-template-generation"} {
		if hash, ok := w.PodLabels.Get(key); ok && w.TemplateHash == "" {
			w.TemplateHash = hash
		}
	}
	w.Pod = projectPodSpec(pod.Get("spec"), tree.Path(base, "spec"))
	if r.Type == StatefulSet {
		w.ClaimTemplates = claimTemplates(r.Name, object.Get("spec", "volumeClaimTemplates"))
	}
	if object.Get(UnknownField).Len() > 0 {
		w.Pod.Partial = PartialPlan
	}
	r.Spec = w
	relateWorkload(r, w, pod.Get("spec"))
}

// appendCredentials finds the marks that redaction left below a node.
func appendCredentials(found []Credential, n tree.Node, path string) []Credential {
	switch n.Kind() {
	case tree.Map:
		for child := range n.All() {
			found = appendCredentials(found, child, tree.Path(path, child.Key()))
		}
	case tree.List:
		i := 0
		for child := range n.All() {
			found = appendCredentials(found, child, tree.PathIndex(path, i))
			i++
		}
	case tree.String:
		if kind, ok := redact.MarkedIn(n.Text()); ok {
			found = append(found, Credential{Path: path, Kind: kind})
		}
	}
	return found
}
