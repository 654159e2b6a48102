package detections

import (
	"github.com/merlonsec/merlon/internal/catalog/traits"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AnomalousSensitiveMount finds workloads that mount a sensitive path of their node, deployed by somebody who does not deploy
// such ones, or not so.
var AnomalousSensitiveMount = rule.Detection{
	Type:       "Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount",
	Severity:   finding.SeverityHigh,
	References: []rule.Reference{guardDuty("privesc-kubernetes-anomalousbehavior-workloaddeployed-containerwithsensitivemount"), attack("T1610"), attack("T1611"), threatMatrix("MS-TA9013", "Writable%20hostPath%20mount")},
	Title: lang.Text{
		EN: "Sensitive host path mounted in an unusual way",
		ES: "Ruta sensible del host montada de forma inusual",
		PT: "Caminho sensível do host montado de forma incomum",
	},
	Why: lang.Text{
		EN: "Through the files of its node a container plants what starts again after it is gone, and takes the credentials of the kubelet and of other pods.",
		ES: "A través de los archivos de su nodo, un contenedor coloca lo que vuelve a arrancar cuando él ya no está y se lleva las credenciales del kubelet y de otros pods.",
		PT: "Por meio dos arquivos do seu nó, um contêiner planta o que volta a iniciar depois que ele se foi e leva as credenciais do kubelet e de outros pods.",
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
	Where: []rule.EventCondition{tookEffect(), showsTrait("sensitive-mount", &traits.SensitiveHostPath), byItsUser()},
	About: []rule.EventField{rule.FieldUser, rule.FieldWorkload},
	Unusual: &rule.Unusual{
		Deed:  []rule.Profile{rule.ProfileAPI, rule.ProfileNode},
		Sides: append([]rule.Profile{rule.ProfileImage}, howItWasDone()...),
	},
	Examples: []rule.EventExample{
		{
			Name:    "a developer's credentials add one by a JSON patch, from elsewhere",
			Learned: usualDays(),
			Input:   patchedDeployment(`[{"op":"add","path":"/spec/template/spec/volumes/-","value":{"name":"node","hostPath":{"path":"/"}}},{"op":"add","path":"/spec/template/spec/containers/-","value":{"name":"x","image":"alpine:3.22","volumeMounts":[{"name":"node","mountPath":"/node"}]}}]`).byThief().String(),
			Want:    finding.Present,
			Path:    "$.requestObject[0].value.hostPath.path",
		},
		{
			Name:    "a developer's credentials deploy one, from elsewhere",
			Learned: usualDays(),
			Input:   deployed("shop", "registry.example.com/shop/web:1.4", `,"volumeMounts":[{"name":"host","mountPath":"/host"}]`, `,"volumes":[{"name":"host","hostPath":{"path":"/etc"}}]`).byThief().String(),
			Want:    finding.Present,
			Path:    "$.responseObject.spec.template.spec.volumes[0].hostPath.path",
		},
		{
			Name:    "a developer who deploys every day, but never a path of the node, and not this image",
			Learned: usualDays(deployed("shop", "registry.example.com/shop/web:1.4", ``, ``).atOffice()),
			Input:   deployed("shop", "alpine:3.22", `,"volumeMounts":[{"name":"host","mountPath":"/host"}]`, `,"volumes":[{"name":"host","hostPath":{"path":"/etc"}}]`).atOffice().String(),
			Want:    finding.Present,
		},
		{
			Name:    "somebody who deploys it every day",
			Learned: usualDays(deployed("shop", "registry.example.com/shop/web:1.4", `,"volumeMounts":[{"name":"host","mountPath":"/host"}]`, `,"volumes":[{"name":"host","hostPath":{"path":"/etc"}}]`).atOffice()),
			Input:   deployed("shop", "registry.example.com/shop/web:1.4", `,"volumeMounts":[{"name":"host","mountPath":"/host"}]`, `,"volumes":[{"name":"host","hostPath":{"path":"/etc"}}]`).atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "a workload without one",
			Learned: usualDays(),
			Input:   deployed("shop", "registry.example.com/shop/web:1.4", ``, ``).byThief().String(),
			Want:    finding.Absent,
			Misses:  "sensitive-mount",
		},
		{
			Name:    "the pods that a controller makes of it",
			Learned: usualDays(record{User: "system:serviceaccount:kube-system:replicaset-controller", UserAgent: "kube-controller-manager/v1.35.0", IP: "10.0.0.5", Verb: "get", Resource: "pods", Namespace: "shop"}),
			Input:   record{User: "system:serviceaccount:kube-system:replicaset-controller", UserAgent: thiefAgent, IP: thiefIP, Verb: "create", Resource: "pods", Namespace: "payments", Code: 201, Response: `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-7b-x","namespace":"payments","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-7b","uid":"1","controller":true}]},"spec":{"volumes":[{"name":"host","hostPath":{"path":"/etc"}}],"containers":[{"name":"main","image":"registry.example.com/x:1","volumeMounts":[{"name":"host","mountPath":"/host"}]}]}}`}.String(),
			Want:    finding.Absent,
			Misses:  "not-derived",
		},
		{
			Name:    "a request that was not allowed",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "deployments.apps", Namespace: "payments", Name: "web", Code: 403, Response: deployment("payments", "registry.example.com/x:1", `,"volumeMounts":[{"name":"host","mountPath":"/host"}]`, `,"volumes":[{"name":"host","hostPath":{"path":"/etc"}}]`)}.byThief().String(),
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
