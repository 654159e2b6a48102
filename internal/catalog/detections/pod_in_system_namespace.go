package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// PodInSystemNamespace finds workloads started in the namespaces of the cluster itself. Where a controller makes a pod and
// the log does not hold who made what it is of, the pod is told of, at the least weight.
var PodInSystemNamespace = rule.Detection{
	Type:     "Execution:Kubernetes/PodInSystemNamespace",
	Origin:   rule.Ours,
	Severity: finding.SeverityLow,
	Grade: func(a *rule.Action) finding.Severity {
		switch {
		case controllers(a):
			return finding.SeverityInformational
		case a.Object.Resource == "pods" || a.Object.Namespace == "kube-public" || a.Object.Namespace == "kube-node-lease":
			return finding.SeverityMedium
		}
		return finding.SeverityLow
	},
	References: []rule.Reference{attack("T1610"), attack("T1036.005"), threatMatrix("MS-TA9023", "Pod%20or%20container%20name%20similarily")},
	Title: lang.Text{
		EN: "Workload started in a system namespace",
		ES: "Carga de trabajo en un espacio de nombres del sistema",
		PT: "Carga de trabalho iniciada em um namespace do sistema",
	},
	Why: lang.Text{
		EN: "Among the cluster's own pods a strange one is not noticed, and many admission policies leave these namespaces out. Add-ons belong there; a bare pod, or anything in kube-public, hardly ever does.",
		ES: "Entre los pods del propio clúster uno extraño pasa desapercibido, y muchas políticas de admisión excluyen estos espacios de nombres. Los complementos van ahí; un pod suelto, o cualquier cosa en kube-public, casi nunca.",
		PT: "Entre os pods do próprio cluster um estranho passa despercebido, e muitas políticas de admissão excluem estes namespaces. Complementos ficam ali; um pod avulso, ou qualquer coisa em kube-public, quase nunca.",
	},
	Fix: fix(lang.Text{
		EN: "Find out which add-on the workload belongs to\n\nIf it is none, delete it. Install what is not part of the cluster in namespaces of its own.",
		ES: "Averigüe a qué complemento pertenece la carga de trabajo\n\nSi a ninguno, bórrela. Instale en espacios de nombres propios lo que no es parte del clúster.",
		PT: "Descubra a que complemento a carga de trabalho pertence\n\nSe a nenhum, exclua-a. Instale em namespaces próprios o que não é parte do cluster.",
	}, `
kubectl -n NAMESPACE get pods -o wide
kubectl -n NAMESPACE get KIND NAME -o yaml > NAME.yaml
kubectl -n NAMESPACE delete KIND NAME
`, ifStolen(), isolatePod(), except()),
	On: []rule.Selector{{Verbs: []string{"create"}, Resources: workloads()}},
	Where: []rule.EventCondition{
		inNamespace("in-system-namespace", systemNamespaces()...),
		tookEffect(),
		notBy("not-by-system", kubelet, nodeJoins, addOn, eksAddOns),
	},
	About: []rule.EventField{rule.FieldWorkload},
	Examples: []rule.EventExample{
		{
			Name:     "a bare pod",
			Input:    deploys(record{User: admin, Namespace: "kube-system"}, "Pod", plainContainer, ""),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
			Path:     "$.objectRef.namespace",
		},
		{
			Name:  "a Deployment",
			Input: deploys(record{User: admin, Namespace: "kube-system"}, "Deployment", plainContainer, ""),
			Want:  finding.Present,
		},
		{
			Name:     "a pod that a controller made, of a Deployment that the log does not hold",
			Input:    derivedPod(record{Namespace: "kube-system"}, "helper", plainContainer),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:   "a pod elsewhere",
			Input:  deploys(record{User: admin}, "Pod", plainContainer, ""),
			Want:   finding.Absent,
			Misses: "in-system-namespace",
		},
		{
			Name:   "a pod of CoreDNS on another node",
			Input:  derivedPod(record{Namespace: "kube-system"}, "coredns", plainContainer),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  deploys(record{Namespace: "kube-system", Code: 403}, "Pod", plainContainer, ""),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}
