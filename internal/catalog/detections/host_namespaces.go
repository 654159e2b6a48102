package detections

import (
	"github.com/merlonsec/merlon/internal/catalog/traits"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// HostNamespaces finds workloads that share the processes, the shared memory or the network of their nodes.
var HostNamespaces = rule.Detection{
	Type:     "PrivilegeEscalation:Kubernetes/HostNamespaces",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if a.HasTrait(&traits.HostPID).State == finding.Present || a.HasTrait(&traits.HostIPC).State == finding.Present {
			return unlessAgent(a, finding.SeverityMedium)
		}
		return unlessAgent(a, finding.SeverityLow)
	},
	References: []rule.Reference{attack("T1611"), attack("T1610")},
	Title: lang.Text{
		EN: "Workload in the namespaces of its host",
		ES: "Carga de trabajo en los espacios de nombres del host",
		PT: "Carga de trabalho nos namespaces do host",
	},
	Why: lang.Text{
		EN: "A pod with hostPID sees every process of the node, with their environments and files; with hostIPC their shared memory; with hostNetwork it listens to the node's traffic and asks the metadata service as the node.",
		ES: "Un pod con hostPID ve todos los procesos del nodo, con sus entornos y archivos; con hostIPC, su memoria compartida; con hostNetwork escucha el tráfico del nodo y pregunta al servicio de metadatos como el nodo.",
		PT: "Um pod com hostPID vê todos os processos do nó, com seus ambientes e arquivos; com hostIPC, sua memória compartilhada; com hostNetwork escuta o tráfego do nó e consulta o serviço de metadados como o nó.",
	},
	Fix: fix(lang.Text{
		EN: "Remove hostPID, hostIPC and hostNetwork, or the workload\n\nFew agents need them.",
		ES: "Quite hostPID, hostIPC y hostNetwork, o la carga de trabajo\n\nPocos agentes los necesitan.",
		PT: "Remova hostPID, hostIPC e hostNetwork, ou a carga de trabalho\n\nPoucos agentes precisam deles.",
	}, `
kubectl -n NAMESPACE get KIND NAME -o yaml > NAME.yaml
`, enforceBaseline(), shutOut(), isolateNode(), except()),
	On: workloadSelectors(),
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", kubelet, addOn, eksAddOns),
		has("host-namespace", &traits.HostPID, &traits.HostIPC, &traits.HostNetwork),
	},
	About: []rule.EventField{rule.FieldWorkload},
	Examples: []rule.EventExample{
		{
			Name:  "a pod that sees the node's processes",
			Input: deploys(record{}, "Pod", plainContainer, `,"hostPID":true`),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.hostPID",
		},
		{
			Name:  "a CronJob with the node's shared memory",
			Input: deploys(record{}, "CronJob", plainContainer, `,"hostIPC":true`),
			Want:  finding.Present,
		},
		{
			Name:     "a Deployment in the node's network",
			Input:    deploys(record{}, "Deployment", plainContainer, `,"hostNetwork":true`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name:     "the proxy of Services",
			Input:    installsNetwork("kube-proxy", "registry.k8s.io/kube-proxy:v1.35.0", "/run/xtables.lock", `,"hostNetwork":true`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:     "a pod of an agent that measures the node",
			Input:    measuresNode("system:serviceaccount:kube-system:daemon-set-controller", agentControllers),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:  "a pod that somebody made to look like one",
			Input: measuresNode(admin, ""),
			Want:  finding.Present,
		},
		{
			Name:  "the proxy of Services, with the node's processes",
			Input: installsNetwork("kube-proxy", "registry.k8s.io/kube-proxy:v1.35.0", "/run/xtables.lock", `,"hostNetwork":true,"hostPID":true`),
			Want:  finding.Present,
		},
		{
			Name:   "a pod of its own",
			Input:  deploys(record{}, "Pod", plainContainer, ""),
			Want:   finding.Absent,
			Misses: "host-namespace",
		},
		{
			Name:   "a static pod that the kubelet tells of",
			Input:  deploys(record{User: "system:node:ip-10-0-1-2.ec2.internal", UserAgent: agentKubelet, Namespace: "kube-system"}, "Pod", plainContainer, `,"hostNetwork":true`),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  deploys(record{Code: 403}, "Pod", plainContainer, `,"hostPID":true`),
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

// measuresNode makes a pod of the DaemonSet node-exporter.
func measuresNode(user, agent string) string {
	return record{
		User: user, UserAgent: agent, Verb: "create", Resource: "pods", Namespace: "monitoring", Name: "node-exporter-x7k2p", Code: 201,
		Response: `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"node-exporter-x7k2p","namespace":"monitoring",` +
			`"ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"node-exporter","uid":"1","controller":true}]},` +
			`"spec":{"hostPID":true,"hostNetwork":true,"containers":[{"name":"node-exporter","image":"quay.io/prometheus/node-exporter:v1.9.1"}]}}`,
	}.String()
}
