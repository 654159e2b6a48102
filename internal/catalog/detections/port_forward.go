package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// PortForward finds tunnels from outside into a pod. The record does not tell the port: it is in the stream.
var PortForward = rule.Detection{
	Type:       "CommandAndControl:Kubernetes/PortForward",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	Grade:      graveInKubeSystem(finding.SeverityMedium, finding.SeverityLow),
	References: []rule.Reference{attack("T1572"), attack("T1090"), threatMatrix("MS-TA9034", "Cluster%20internal%20networking")},
	Title: lang.Text{
		EN: "Tunnel opened into a pod",
		ES: "Túnel abierto hacia un pod",
		PT: "Túnel aberto até um pod",
	},
	Why: lang.Text{
		EN: "A port-forward leads from the user's machine to any port of the pod, through the API server: past network policies, load balancers and the sign-in in front of the service. Attackers use it to reach databases and dashboards.",
		ES: "Un port-forward lleva desde la máquina del usuario a cualquier puerto del pod, a través del servidor de la API: sin pasar por políticas de red, balanceadores de carga ni el inicio de sesión del servicio. Los atacantes lo usan para llegar a bases de datos y paneles.",
		PT: "Um port-forward leva da máquina do usuário a qualquer porta do pod, através do servidor da API: sem passar por políticas de rede, balanceadores de carga nem pelo login do serviço. Invasores o usam para chegar a bancos de dados e painéis.",
	},
	Fix: fix(lang.Text{
		EN: "Ask the user whether the tunnel was meant\n\nSee whether they may open tunnels everywhere, and take that away if they do not need it. Give what the pod serves a sign-in of its own.",
		ES: "Pregunte al usuario si el túnel era intencional\n\nVea si puede abrir túneles en todo el clúster y quíteselo si no lo necesita. Ponga un inicio de sesión propio a lo que sirve el pod.",
		PT: "Pergunte ao usuário se o túnel era intencional\n\nVeja se ele pode abrir túneis no cluster inteiro e retire isso se ele não precisa. Ponha um login próprio no que o pod serve.",
	}, `
kubectl auth can-i create pods/portforward -A --as USER --as-group GROUP
`, ifStolen()),
	On:    []rule.Selector{{Verbs: []string{"get", "create"}, Resources: []string{"pods/portforward"}}},
	Where: []rule.EventCondition{succeeded()},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl port-forward by WebSocket",
			Input: intoPod("get", "shop", "db-0", "portforward", 101),
			Want:  finding.Present,
			Path:  "$.responseStatus.code",
		},
		{
			Name:     "a pod of kube-system, by SPDY",
			Input:    intoPod("create", "kube-system", "dashboard-0", "portforward", 101),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:   "a request that was not allowed",
			Input:  intoPod("create", "shop", "db-0", "portforward", 403),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
	},
}
