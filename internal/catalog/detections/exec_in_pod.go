package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ExecInPod finds commands that were run in a pod outside kube-system, which [ExecInKubeSystemPod] is about. A client of
// SPDY creates pods/exec, one of WebSocket, as kubectl is since 1.31, gets it.
var ExecInPod = rule.Detection{
	Type:     "Execution:Kubernetes/ExecInPod",
	Origin:   rule.Ours,
	Severity: finding.SeverityLow,
	References: []rule.Reference{
		attack("T1609"), threatMatrix("MS-TA9006", "Exec%20into%20container"), threatMatrix("MS-TA9007", "bash%20or%20cmd%20inside%20container"),
	},
	Title: lang.Text{
		EN: "Command run in a pod",
		ES: "Comando ejecutado en un pod",
		PT: "Comando executado em um pod",
	},
	Why: lang.Text{
		EN: "Whoever runs a command in a container has its secrets, its service account and its place in the network, and leaves no trace in the image or the manifest. Developers do it to find faults; attackers do it with a developer's credentials.",
		ES: "Quien ejecuta un comando en un contenedor tiene sus secretos, su cuenta de servicio y su lugar en la red, y no deja rastro en la imagen ni en el manifiesto. Los desarrolladores lo hacen para buscar fallos; los atacantes, con las credenciales de un desarrollador.",
		PT: "Quem executa um comando em um contêiner tem seus segredos, sua conta de serviço e seu lugar na rede, e não deixa rastro na imagem nem no manifesto. Desenvolvedores fazem isso para achar falhas; invasores, com as credenciais de um desenvolvedor.",
	},
	Fix: fix(lang.Text{
		EN: "Ask the user whether the command was meant\n\nSee whether they may run commands in all pods, and keep that to those who need it: give the others logs, metrics and a namespace for trials.",
		ES: "Pregunte al usuario si el comando era intencional\n\nVea si puede ejecutar comandos en todos los pods y límitelo a quienes lo necesitan: dé a los demás logs, métricas y un espacio de nombres de pruebas.",
		PT: "Pergunte ao usuário se o comando era intencional\n\nVeja se ele pode executar comandos em todos os pods e limite isso a quem precisa: dê aos demais logs, métricas e um namespace de testes.",
	}, `
kubectl auth can-i create pods/exec -A --as USER --as-group GROUP
`, ifStolen(), isolatePod()),
	On: []rule.Selector{{Verbs: []string{"get", "create"}, Resources: []string{"pods/exec"}}},
	Where: []rule.EventCondition{
		outsideNamespace("outside-kube-system", "kube-system"),
		succeeded(),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl exec by WebSocket, as kubectl does it today",
			Input: exec("get", "shop", "web-0", 101),
			Want:  finding.Present,
			Path:  "$.objectRef.namespace",
		},
		{
			Name:  "kubectl exec by SPDY",
			Input: exec("create", "shop", "web-0", 101),
			Want:  finding.Present,
		},
		{
			Name:   "a pod of kube-system, which has a finding type of its own",
			Input:  exec("get", "kube-system", "kube-proxy-x7b2k", 101),
			Want:   finding.Absent,
			Misses: "outside-kube-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  exec("create", "shop", "web-0", 403),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
		{
			Name:  "a record that does not tell the outcome",
			Input: exec("create", "shop", "web-0", 0),
			Want:  finding.Unknown,
		},
	},
}
