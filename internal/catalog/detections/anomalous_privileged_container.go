package detections

import (
	"github.com/merlonsec/merlon/internal/catalog/traits"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AnomalousPrivilegedContainer finds workloads with a privileged container, deployed by somebody who does not deploy such ones,
// or not so.
var AnomalousPrivilegedContainer = rule.Detection{
	Type:       "PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer",
	Severity:   finding.SeverityHigh,
	References: []rule.Reference{guardDuty("privesc-kubernetes-anomalousbehavior-workloaddeployed-privcontainer"), attack("T1610"), attack("T1611"), threatMatrix("MS-TA9018", "Privileged%20container")},
	Title: lang.Text{
		EN: "Privileged container deployed in an unusual way",
		ES: "Contenedor privilegiado desplegado de forma inusual",
		PT: "Contêiner privilegiado implantado de forma incomum",
	},
	Why: lang.Text{
		EN: "A privileged container is root on its node, and has the pods and credentials of the node with it. To deploy one is the shortest way from a stolen token to a machine.",
		ES: "Un contenedor privilegiado es root en su nodo y tiene con él los pods y las credenciales del nodo. Desplegar uno es el camino más corto de un token robado a una máquina.",
		PT: "Um contêiner privilegiado é root no seu nó e tem com ele os pods e as credenciais do nó. Implantar um é o caminho mais curto de um token roubado até uma máquina.",
	},
	Fix: anomalyFix(lang.Text{
		EN: "Check the workload, and isolate its nodes if nobody meant it",
		ES: "Revise la carga de trabajo y aísle sus nodos si no era intencional",
		PT: "Verifique a carga de trabalho e isole seus nós se não era intencional",
	},
		"kubectl -n NAMESPACE get KIND NAME -o yaml > NAME.yaml",
		"kubectl -n NAMESPACE get pods -o wide",
		"kubectl cordon NODE",
		"kubectl -n NAMESPACE delete KIND NAME",
	),
	On:    workloadSelectors(),
	Where: []rule.EventCondition{tookEffect(), showsTrait("privileged-container", &traits.PrivilegedContainer), byItsUser()},
	About: []rule.EventField{rule.FieldUser, rule.FieldWorkload},
	Unusual: &rule.Unusual{
		Deed:  []rule.Profile{rule.ProfileAPI, rule.ProfileNode},
		Sides: append([]rule.Profile{rule.ProfileImage}, howItWasDone()...),
	},
	Examples: []rule.EventExample{
		{
			Name:    "a developer's credentials deploy one, from elsewhere",
			Learned: usualDays(),
			Input:   deployed("shop", "registry.example.com/shop/web:1.4", `,"securityContext":{"privileged":true}`, ``).byThief().String(),
			Want:    finding.Present,
			Path:    "$.responseObject.spec.template.spec.containers[0].securityContext.privileged",
		},
		{
			Name:    "a developer's credentials make a container so by a JSON patch, from elsewhere",
			Learned: usualDays(),
			Input:   patchedDeployment(`[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"alpine:3.22"},{"op":"add","path":"/spec/template/spec/containers/0/securityContext","value":{"privileged":true}}]`).byThief().String(),
			Want:    finding.Present,
			Path:    "$.requestObject[1].value.privileged",
		},
		{
			Name:    "a developer who deploys every day, but no such container, and not of this image",
			Learned: usualDays(deployed("shop", "registry.example.com/shop/web:1.4", ``, ``).atOffice()),
			Input:   deployed("shop", "alpine:3.22", `,"securityContext":{"privileged":true}`, ``).atOffice().String(),
			Want:    finding.Present,
		},
		{
			Name:    "somebody who deploys it every day",
			Learned: usualDays(deployed("shop", "registry.example.com/shop/web:1.4", `,"securityContext":{"privileged":true}`, ``).atOffice()),
			Input:   deployed("shop", "registry.example.com/shop/web:1.4", `,"securityContext":{"privileged":true}`, ``).atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "a workload without one",
			Learned: usualDays(),
			Input:   deployed("shop", "registry.example.com/shop/web:1.4", ``, ``).byThief().String(),
			Want:    finding.Absent,
			Misses:  "privileged-container",
		},
		{
			Name:    "the pods that a controller makes of it",
			Learned: usualDays(record{User: "system:serviceaccount:kube-system:replicaset-controller", UserAgent: "kube-controller-manager/v1.35.0", IP: "10.0.0.5", Verb: "get", Resource: "pods", Namespace: "shop"}),
			Input:   record{User: "system:serviceaccount:kube-system:replicaset-controller", UserAgent: thiefAgent, IP: thiefIP, Verb: "create", Resource: "pods", Namespace: "payments", Code: 201, Response: `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-7b-x","namespace":"payments","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-7b","uid":"1","controller":true}]},"spec":{"containers":[{"name":"main","image":"registry.example.com/x:1","securityContext":{"privileged":true}}]}}`}.String(),
			Want:    finding.Absent,
			Misses:  "not-derived",
		},
		{
			Name:    "a request that was not allowed",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "deployments.apps", Namespace: "payments", Name: "web", Code: 403, Response: deployment("payments", "registry.example.com/x:1", `,"securityContext":{"privileged":true}`, ``)}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "took-effect",
		},
		{
			Name:    "a record without the body",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "deployments.apps", Namespace: "payments", Name: "web", Code: 201}.byThief().String(),
			Want:    finding.Unknown,
		},
	},
}
