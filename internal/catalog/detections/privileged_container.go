package detections

import (
	"github.com/merlonsec/merlon/internal/catalog/traits"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// PrivilegedContainer finds privileged containers of images that no privileged container of the cluster had before, as the
// retired type of GuardDuty did. Images are told apart by their repository: another tag is the same program. It needs no
// time to learn, so at first it tells once of every image.
var PrivilegedContainer = rule.Detection{
	Type:     "PrivilegeEscalation:Kubernetes/PrivilegedContainer",
	Origin:   rule.Retired,
	Severity: finding.SeverityMedium,
	Grade:    func(a *rule.Action) finding.Severity { return unlessAgent(a, finding.SeverityMedium) },
	References: []rule.Reference{
		retired("privilegeescalation-kubernetes-privilegedcontainer"), attack("T1610"), attack("T1611"),
		threatMatrix("MS-TA9018", "Privileged%20container"),
	},
	Title: lang.Text{
		EN: "Privileged container of an image that is new as such",
		ES: "Contenedor privilegiado con una imagen nueva",
		PT: "Contêiner privilegiado com uma imagem nova",
	},
	Why: lang.Text{
		EN: "A privileged container is root on its node: it reads the node's disk and the credentials of every pod there. No privileged container of this cluster used the image before, so it is either a new part of the platform or an attacker's way to the node.",
		ES: "Un contenedor privilegiado es root en su nodo: lee el disco del nodo y las credenciales de cada pod que hay en él. Ningún contenedor privilegiado de este clúster usó antes la imagen, así que es o bien una pieza nueva de la plataforma o bien el camino de un atacante hacia el nodo.",
		PT: "Um contêiner privilegiado é root no seu nó: lê o disco do nó e as credenciais de cada pod que há nele. Nenhum contêiner privilegiado deste cluster usou antes a imagem, portanto ou é uma peça nova da plataforma ou o caminho de um invasor até o nó.",
	},
	Fix: remedy(
		lang.Text{
			EN: "Ask who needs the container; if nobody does, delete it",
			ES: "Pregunte quién necesita el contenedor; si nadie, elimínelo",
			PT: "Pergunte quem precisa do contêiner; se ninguém, exclua-o",
		},
		askFirst(), isolatePod(), isolateNode(), stopImage(), revokeUser(), undoChanges(),
	),
	On: workloadChange(),
	Where: []rule.EventCondition{
		tookEffect(),
		hasTrait("privileged", &traits.PrivilegedContainer, nil),
	},
	About:    []rule.EventField{rule.FieldWorkload},
	First:    &rule.EventValues{Name: "images of privileged containers", Of: privilegedImages},
	Examples: privilegedContainerExamples,
}

// privilegedImages appends the repository of each image that runs privileged.
func privilegedImages(dst []string, a *rule.Action) []string {
	r, _ := a.MadeResource()
	if r == nil {
		return dst
	}
	w, ok := r.Spec.(*k8s.Workload)
	if !ok {
		return dst
	}
	for i := range w.Pod.Containers {
		if c := &w.Pod.Containers[i]; c.Privileged {
			image := rule.ParseImage(c.Image)
			dst = append(dst, image.Registry+"/"+image.Repository)
		}
	}
	return dst
}

var privilegedContainerExamples = []rule.EventExample{
	{
		Name:  "a privileged container in a Deployment",
		Input: createdWorkload("deployments.apps", "tool", deploymentBody("registry.example/tool:1.0", privileged, "")).String(),
		Want:  finding.Present,
		Path:  "$.responseObject.spec.template.spec.containers[0].securityContext.privileged",
	},
	{
		Name: "a privileged init container in a CronJob, at level Request",
		Input: record{
			Verb: "update", Resource: "cronjobs.batch", Namespace: "shop", Name: "report",
			Request: `{"kind":"CronJob","metadata":{"name":"report"},"spec":{"jobTemplate":{"spec":{"template":{"spec":{"initContainers":[{"name":"init","image":"registry.example/tool:1.0","securityContext":{"privileged":true}}]}}}}}}`,
		}.String(),
		Want: finding.Present,
		Path: "$.requestObject.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.privileged",
	},
	{
		Name: "a container that is added to a running pod",
		Input: record{
			Verb: "patch", Resource: "pods/ephemeralcontainers", Namespace: "shop", Name: "web-0",
			Request: `{"spec":{"ephemeralContainers":[{"name":"debugger","image":"registry.example/tool:1.0","securityContext":{"privileged":true}}]}}`,
		}.String(),
		Want: finding.Present,
	},
	{
		Name: "a JSON patch that makes a container privileged, with no result in the record",
		Input: record{
			Verb: "patch", Resource: "daemonsets.apps", Namespace: "shop", Name: "agent",
			Request: `[{"op":"add","path":"/spec/template/spec/containers/0/securityContext","value":{"privileged":true}},{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"registry.example/tool:1.0"}]`,
		}.String(),
		Want: finding.Present,
		Path: "$.requestObject[0].value.privileged",
	},
	{
		Name: "a second image beside one that is known to be privileged",
		Input: createdWorkload("pods", "first", podBody(privilegedContainer("a", "registry.example/agent:1.0"))).String() +
			later(createdWorkload("pods", "second", podBody(privilegedContainer("a", "registry.example/agent:1.0")+","+privilegedContainer("b", "registry.example/tool:1.0")))).String(),
		Want: finding.Present,
	},
	{
		Name:     "the network of EKS",
		Input:    installsNetwork("aws-node", "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni-init:v1.18", "/opt/cni/bin", ""),
		Want:     finding.Present,
		Severity: graded(finding.SeverityInformational),
	},
	{
		Name:  "another image in its name",
		Input: installsNetwork("aws-node", "999999999999.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni-init:v1.18", "/opt/cni/bin", ""),
		Want:  finding.Present,
	},
	{
		Name:  "its image in another name",
		Input: installsNetwork("aws-nodes", "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni-init:v1.18", "/opt/cni/bin", ""),
		Want:  finding.Present,
	},
	{
		Name:   "a container that is not privileged",
		Input:  createdWorkload("deployments.apps", "web", deploymentBody("registry.example/web:1.0", "", "")).String(),
		Want:   finding.Absent,
		Misses: "privileged",
	},
	{
		Name:   "a pod that was not admitted",
		Input:  turnedAway(record{Verb: "create", Resource: "pods", Namespace: "shop", Name: "tool", Request: podBody(privilegedContainer("a", "registry.example/tool:1.0"))}).String(),
		Want:   finding.Absent,
		Misses: "took-effect",
	},
	{
		Name:  "a record without bodies",
		Input: record{Verb: "create", Resource: "deployments.apps", Namespace: "shop", Name: "tool", Code: 201}.String(),
		Want:  finding.Unknown,
	},
	{
		Name: "a patch that changes the image of containers that the record does not show",
		Input: record{
			Verb: "patch", Resource: "deployments.apps", Namespace: "shop", Name: "web",
			Request: `{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"registry.example/web:1.1"}]}}}}`,
		}.String(),
		Want: finding.Unknown,
	},
}

// installsNetwork makes a DaemonSet of kube-system with one privileged container and a path of the node.
func installsNetwork(name, image, hostPath, pod string) string {
	return record{
		Verb: "create", Resource: "daemonsets.apps", Namespace: "kube-system", Name: name, Code: 201,
		Response: `{"kind":"DaemonSet","apiVersion":"apps/v1","metadata":{"name":"` + name + `","namespace":"kube-system"},"spec":{"template":{"spec":{"containers":[` +
			`{"name":"init","image":"` + image + `"` + privileged + hostMount("") + `}]` + hostVolume(hostPath) + pod + `}}}}`,
	}.String()
}
