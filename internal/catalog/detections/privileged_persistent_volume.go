package detections

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// PrivilegedPersistentVolume finds volumes that are a folder of a node: a pod that claims one has it, and no rule about
// the pod's own hostPath sees that.
var PrivilegedPersistentVolume = rule.Detection{
	Type:     "Persistence:Kubernetes/PrivilegedPersistentVolume",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		n, _ := a.Made()
		if isNodePlace(n.Get("spec", "hostPath", "path").Text()) {
			return finding.SeverityMedium
		}
		return finding.SeverityLow
	},
	References: []rule.Reference{attack("T1611"), threatMatrix("MS-TA9013", "Writable%20hostPath%20mount")},
	Title: lang.Text{
		EN: "Volume that is a folder of a node created",
		ES: "Volumen creado que es una carpeta de un nodo",
		PT: "Volume criado que é uma pasta de um nó",
	},
	Why: lang.Text{
		EN: "A pod claims the volume by its name and gets the folder of the node, past what Pod Security says of hostPath. With the root of the node or its kubelet's folder that is control of the node.",
		ES: "Un pod reclama el volumen por su nombre y obtiene la carpeta del nodo, sin que Pod Security lo vea como hostPath. Con la raíz del nodo o la carpeta de su kubelet, eso es el control del nodo.",
		PT: "Um pod reivindica o volume pelo nome e obtém a pasta do nó, sem que o Pod Security o veja como hostPath. Com a raiz do nó ou a pasta do seu kubelet, isso é o controle do nó.",
	},
	Fix: fix(lang.Text{
		EN: "Delete the volume, or use one of type local\n\nSee which claims and pods use it first.",
		ES: "Borre el volumen o use uno de tipo local\n\nVea primero qué PersistentVolumeClaim y qué pods lo usan.",
		PT: "Exclua o volume ou use um do tipo local\n\nVeja primeiro quais PersistentVolumeClaim e pods o usam.",
	}, `
kubectl get persistentvolume NAME -o jsonpath='{.spec.claimRef}'
kubectl get persistentvolume NAME -o yaml > NAME.yaml
kubectl delete persistentvolume NAME
`, shutOut(), except()),
	On: []rule.Selector{{Verbs: writes(), Resources: []string{"persistentvolumes"}}},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", controllers),
		made("host-path", func(n tree.Node) string {
			if n.Get("spec", "hostPath", "path").Text() == "" {
				return ""
			}
			return "$.spec.hostPath.path"
		}),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "the root of the node",
			Input: newVolume(record{}, `"hostPath":{"path":"/"}`),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.hostPath.path",
		},
		{
			Name:     "a folder for data",
			Input:    newVolume(record{}, `"hostPath":{"path":"/mnt/data"}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name:   "a volume of a driver",
			Input:  newVolume(record{}, `"csi":{"driver":"ebs.csi.aws.com","volumeHandle":"vol-1"}`),
			Want:   finding.Absent,
			Misses: "host-path",
		},
		{
			Name:   "the controller that binds volumes",
			Input:  newVolume(record{User: "system:serviceaccount:kube-system:persistent-volume-binder", UserAgent: agentControllers, Verb: "update"}, `"hostPath":{"path":"/"}`),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:  "the account of that controller, which makes a volume",
			Input: newVolume(record{User: "system:serviceaccount:kube-system:persistent-volume-binder", UserAgent: agentControllers}, `"hostPath":{"path":"/"}`),
			Want:  finding.Present,
		},
		{
			Name:   "a request that was not allowed",
			Input:  newVolume(record{Code: 403}, `"hostPath":{"path":"/"}`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the volume",
			Input: record{Verb: "create", Resource: "persistentvolumes", Name: "disk", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

// isNodePlace reports whether a path of a node holds what runs it or who may use it: the folders that Falco and Elastic
// call sensitive.
func isNodePlace(path string) bool {
	path = strings.TrimRight(path, "/")
	if path == "" || path == "/var" || path == "/home" || path == "/run" {
		return true
	}
	return slices.ContainsFunc([]string{
		"/boot", "/dev", "/etc", "/proc", "/root", "/sys", "/run/containerd", "/var/run", "/var/lib/kubelet", "/var/lib/docker",
		"/var/lib/containerd", "/var/lib/etcd", "/var/log", "/opt/cni", "/usr/bin", "/usr/local/bin",
	}, func(place string) bool { return path == place || strings.HasPrefix(path, place+"/") })
}

func newVolume(r record, source string) string {
	if r.Verb == "" {
		r.Verb = "create"
	}
	r.Resource, r.Name = "persistentvolumes", "disk"
	r.Request = `{"kind":"PersistentVolume","apiVersion":"v1","metadata":{"name":"disk"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],` + source + `}}`
	return r.String()
}
