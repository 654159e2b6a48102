package detections

import (
	"github.com/merlonsec/merlon/internal/catalog/traits"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// DangerousCapability finds workloads with capabilities that lead to their nodes, as scan judges them.
var DangerousCapability = rule.Detection{
	Type:     "PrivilegeEscalation:Kubernetes/DangerousCapability",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if setsUpMesh(a) {
			return finding.SeverityInformational
		}
		return unlessAgent(a, finding.SeverityMedium)
	},
	References: []rule.Reference{attack("T1611"), attack("T1610")},
	Title: lang.Text{
		EN: "Workload with a dangerous capability",
		ES: "Carga de trabajo con una capacidad peligrosa",
		PT: "Carga de trabalho com uma capacidade perigosa",
	},
	Why: lang.Text{
		EN: "With a capability such as SYS_ADMIN, SYS_PTRACE or BPF a container gets to its node almost as a privileged one does, and rules about privileged containers do not see it.",
		ES: "Con una capacidad como SYS_ADMIN, SYS_PTRACE o BPF un contenedor llega a su nodo casi como uno privilegiado, y las reglas sobre contenedores privilegiados no lo ven.",
		PT: "Com uma capacidade como SYS_ADMIN, SYS_PTRACE ou BPF um contêiner chega ao seu nó quase como um privilegiado, e as regras sobre contêineres privilegiados não o veem.",
	},
	Fix: fix(lang.Text{
		EN: "Drop the capability, or remove the workload\n\nMost programs work without it: give it back to the one container that needs it.",
		ES: "Quite la capacidad o elimine la carga de trabajo\n\nLa mayoría de los programas funcionan sin ella: devuélvala solo al contenedor que la necesite.",
		PT: "Retire a capacidade ou remova a carga de trabalho\n\nA maioria dos programas funciona sem ela: devolva-a só ao contêiner que precisa dela.",
	}, `
kubectl -n NAMESPACE get KIND NAME -o yaml > NAME.yaml
`, enforceBaseline(), shutOut(), isolateNode(), except()),
	On: workloadChange(),
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", kubelet, addOn, eksAddOns),
		has("dangerous-capability", &traits.DangerousCapability),
	},
	About: []rule.EventField{rule.FieldWorkload},
	Examples: []rule.EventExample{
		{
			Name:  "SYS_ADMIN in a pod",
			Input: deploys(record{}, "Pod", `{"name":"main","image":"registry.example/web:1.0","securityContext":{"capabilities":{"add":["SYS_ADMIN"]}}}`, ""),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.containers[0].securityContext.capabilities.add[0]",
		},
		{
			Name:     "a pod of Istio's mesh",
			Input:    joinsMesh("docker.io/istio/proxyv2:1.27.0", "NET_ADMIN"),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:  "a container that is called so, of another image",
			Input: joinsMesh("docker.io/istioo/proxyv2:1.27.0", "NET_ADMIN"),
			Want:  finding.Present,
		},
		{
			Name:  "a container of that image with more",
			Input: joinsMesh("docker.io/istio/proxyv2:1.27.0", "SYS_ADMIN"),
			Want:  finding.Present,
		},
		{
			Name:   "a port below 1024",
			Input:  deploys(record{}, "Deployment", `{"name":"main","image":"registry.example/web:1.0","securityContext":{"capabilities":{"add":["NET_BIND_SERVICE"]}}}`, ""),
			Want:   finding.Absent,
			Misses: "dangerous-capability",
		},
		{
			Name: "EKS installs an add-on",
			Input: deploys(record{User: "eks:addon-manager", UserAgent: "Go-http-client/2.0", Namespace: "kube-system"}, "DaemonSet",
				`{"name":"main","image":"registry.example/cni:1.0","securityContext":{"capabilities":{"add":["SYS_ADMIN"]}}}`, ""),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  deploys(record{Code: 403}, "Pod", `{"name":"main","image":"registry.example/web:1.0","securityContext":{"capabilities":{"add":["SYS_ADMIN"]}}}`, ""),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the pod",
			Input: record{Verb: "create", Resource: "pods", Namespace: "shop", Name: "web", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

// joinsMesh makes a pod with an init container of Istio's name.
func joinsMesh(image, capability string) string {
	return deploys(record{}, "Pod", plainContainer,
		`,"initContainers":[{"name":"istio-init","image":"`+image+`","securityContext":{"capabilities":{"add":["`+capability+`"]}}}]`)
}
