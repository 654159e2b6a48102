package k8s

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/tree"
)

// Workload is the projection of every kind that runs pods.
type Workload struct {
	// PodLabels are those of the pods: the template's labels, or a Pod's own.
	PodLabels inventory.Labels
	Pod       PodSpec
	// Controller is what the object's ownerReferences name as its controller; "" where there is none.
	Controller inventory.UID
	// GenerateName and TemplateHash are those of a bare pod that something stamped out.
	GenerateName, TemplateHash string
}

// PodSpec is what rules read of a pod. A pointer is nil where the field is not set.
type PodSpec struct {
	// Path is the JSONPath of the pod's spec in the workload's object.
	Path                      string
	HostPID, HostIPC, HostNet bool
	HostUsers                 *bool
	OS                        string
	ServiceAccount            string
	AutomountToken            *bool
	RunAsUser                 *int64
	RunAsNonRoot              *bool
	Containers                []Container
	Volumes                   []Volume
	TokenVolume               bool
	ToleratesEverything       bool
}

// Container is one container, init container or ephemeral container of a pod.
type Container struct {
	// Path is the container's JSONPath in the workload's object.
	Path         string
	Name, Image  string
	Init         bool
	Ephemeral    bool
	Privileged   bool
	RunAsUser    *int64
	RunAsNonRoot *bool
	Capabilities []string // added ones, upper case, without the prefix CAP_
	CapPath      string   // JSONPath of the list of added capabilities
	Ports        []Port
	Mounts       []Mount
	Credentials  []Credential
}

// Port is a port that a container declares.
type Port struct {
	Name     string
	Number   int32
	Protocol string // TCP where not given
}

// Mount is one volume mounted by a container.
type Mount struct {
	Volume, Path, SubPath string
	ReadOnly              bool
}

// Volume is one volume of a pod.
type Volume struct {
	// Path is the volume's JSONPath in the workload's object.
	Path, Name string
	// HostPath is the path of a hostPath volume on its node; "" for every other kind of volume.
	HostPath string
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
	pod, base := object, "$"
	for _, field := range template {
		pod, base = pod.Get(field), tree.Path(base, field)
	}
	w := &Workload{
		PodLabels:    labels(pod.Get("metadata", "labels")),
		Controller:   controller(r, object),
		GenerateName: object.Get("metadata", "generateName").Text(),
	}
	for _, key := range []string{"pod-template-hash", "controller-revision-hash", "pod-template-generation"} {
		if hash, ok := w.PodLabels.Get(key); ok && w.TemplateHash == "" {
			w.TemplateHash = hash
		}
	}
	w.Pod = projectPodSpec(pod.Get("spec"), tree.Path(base, "spec"))
	r.Spec = w
	relateWorkload(r, w, pod.Get("spec"))
}

func projectPodSpec(spec tree.Node, path string) PodSpec {
	security := spec.Get("securityContext")
	p := PodSpec{
		Path:           path,
		HostPID:        isTrue(spec.Get("hostPID")),
		HostIPC:        isTrue(spec.Get("hostIPC")),
		HostNet:        isTrue(spec.Get("hostNetwork")),
		HostUsers:      optBool(spec.Get("hostUsers")),
		OS:             spec.Get("os", "name").Text(),
		ServiceAccount: firstText(spec.Get("serviceAccountName"), spec.Get("serviceAccount")),
		AutomountToken: optBool(spec.Get("automountServiceAccountToken")),
		RunAsUser:      optInt(security.Get("runAsUser")),
		RunAsNonRoot:   optBool(security.Get("runAsNonRoot")),
	}
	if p.ServiceAccount == "" {
		p.ServiceAccount = "default"
	}
	for _, list := range containerLists() {
		i := 0
		for c := range spec.Get(list.field).All() {
			at := tree.PathIndex(tree.Path(path, list.field), i)
			p.Containers = append(p.Containers, projectContainer(c, at, list))
			i++
		}
	}
	i := 0
	for v := range spec.Get("volumes").All() {
		at := tree.PathIndex(tree.Path(path, "volumes"), i)
		p.Volumes = append(p.Volumes, Volume{Path: at, Name: v.Get("name").Text(), HostPath: v.Get("hostPath", "path").Text()})
		for source := range v.Get("projected", "sources").All() {
			p.TokenVolume = p.TokenVolume || source.Get("serviceAccountToken").Exists()
		}
		i++
	}
	for t := range spec.Get("tolerations").All() {
		everything := t.Get("operator").Text() == "Exists" && t.Get("key").Text() == "" && t.Get("effect").Text() == ""
		p.ToleratesEverything = p.ToleratesEverything || everything
	}
	return p
}

func projectContainer(n tree.Node, path string, list containerList) Container {
	security := n.Get("securityContext")
	c := Container{
		Path: path, Init: list.init, Ephemeral: list.ephemeral,
		Name:         n.Get("name").Text(),
		Image:        n.Get("image").Text(),
		Privileged:   isTrue(security.Get("privileged")),
		RunAsUser:    optInt(security.Get("runAsUser")),
		RunAsNonRoot: optBool(security.Get("runAsNonRoot")),
		CapPath:      path + ".securityContext.capabilities.add",
	}
	for added := range security.Get("capabilities", "add").All() {
		c.Capabilities = append(c.Capabilities, strings.TrimPrefix(strings.ToUpper(added.Text()), "CAP_"))
	}
	for p := range n.Get("ports").All() {
		number, _ := p.Get("containerPort").Int()
		c.Ports = append(c.Ports, Port{
			Name: p.Get("name").Text(), Number: int32(min(max(number, 0), 65535)),
			Protocol: protocol(p.Get("protocol").Text()),
		})
	}
	for m := range n.Get("volumeMounts").All() {
		c.Mounts = append(c.Mounts, Mount{
			Volume: m.Get("name").Text(), Path: m.Get("mountPath").Text(),
			SubPath: m.Get("subPath").Text(), ReadOnly: isTrue(m.Get("readOnly")),
		})
	}
	for _, field := range []string{"env", "args", "command"} {
		c.Credentials = appendCredentials(c.Credentials, n.Get(field), tree.Path(path, field))
	}
	return c
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

func protocol(text string) string {
	if text == "" {
		return "TCP"
	}
	return text
}
