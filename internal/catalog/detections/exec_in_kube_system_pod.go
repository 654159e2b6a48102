package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ExecInKubeSystemPod finds commands that were run in a pod of kube-system. A client of SPDY creates pods/exec, one of
// WebSocket, as kubectl is since 1.31, gets it.
var ExecInKubeSystemPod = rule.Detection{
	Type:     "Execution:Kubernetes/ExecInKubeSystemPod",
	Severity: finding.SeverityMedium,
	References: []rule.Reference{
		guardDuty("execution-kubernetes-execinkubesystempod"), attack("T1609"), threatMatrix("MS-TA9006", "Exec%20into%20container"),
	},
	Title: lang.Text{
		EN: "Command run in a pod of kube-system",
		ES: "Comando ejecutado en un pod de kube-system",
		PT: "Comando executado em um pod do kube-system",
	},
	Why: lang.Text{
		EN: "The pods of kube-system run the cluster: many may read every secret or have their node's root. Whoever runs a command in one has what that pod has.",
		ES: "Los pods de kube-system hacen funcionar el clúster: muchos pueden leer todos los secretos o son root en su nodo. Quien ejecuta un comando en uno tiene lo mismo que ese pod.",
		PT: "Os pods do kube-system fazem o cluster funcionar: muitos podem ler todos os segredos ou são root no seu nó. Quem executa um comando em um deles tem o mesmo que esse pod.",
	},
	Fix: lang.Text{
		EN: "Find out who ran the command, and whether it was meant\n\nAsk the user, or the owner of the service account. If the command was not expected, treat the credentials as stolen: revoke them, undo what they did, and replace the pod.",
		ES: "Averigüe quién ejecutó el comando y si era lo previsto\n\nPregunte al usuario o al responsable de la cuenta de servicio. Si el comando no era esperado, considere robadas las credenciales: revóquelas, deshaga lo que hicieron y sustituya el pod.",
		PT: "Descubra quem executou o comando e se isso era previsto\n\nPergunte ao usuário ou ao responsável pela conta de serviço. Se o comando não era esperado, considere as credenciais roubadas: revogue-as, desfaça o que fizeram e substitua o pod.",
	},
	On: []rule.Selector{{Verbs: []string{"get", "create"}, Resources: []string{"pods/exec"}}},
	Where: []rule.EventCondition{
		inNamespace("in-kube-system", "kube-system"),
		succeeded(),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl exec by WebSocket, as kubectl does it today",
			Input: exec("get", "kube-system", "kube-proxy-x7b2k", 101),
			Want:  finding.Present,
			Path:  "$.objectRef.namespace",
		},
		{
			Name:  "kubectl exec by SPDY",
			Input: exec("create", "kube-system", "kube-proxy-x7b2k", 101),
			Want:  finding.Present,
		},
		{
			Name:   "a pod of another namespace",
			Input:  exec("get", "shop", "web-0", 101),
			Want:   finding.Absent,
			Misses: "in-kube-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  exec("create", "kube-system", "kube-proxy-x7b2k", 403),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
		{
			Name:  "a record that does not tell the outcome",
			Input: exec("create", "kube-system", "kube-proxy-x7b2k", 0),
			Want:  finding.Unknown,
		},
	},
}
