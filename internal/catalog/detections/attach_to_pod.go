package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AttachToPod finds terminals that were joined to a running container: kubectl attach, and kubectl run -it.
var AttachToPod = rule.Detection{
	Type:       "Execution:Kubernetes/AttachToPod",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	Grade:      graveInKubeSystem(finding.SeverityMedium, finding.SeverityLow),
	References: []rule.Reference{attack("T1609"), threatMatrix("MS-TA9006", "Exec%20into%20container")},
	Title: lang.Text{
		EN: "Terminal attached to a running container",
		ES: "Terminal conectada a un contenedor en ejecución",
		PT: "Terminal conectado a um contêiner em execução",
	},
	Why: lang.Text{
		EN: "Attaching joins the input and output of the container's main process. Where that process is a shell, it is the same as running commands; where it is not, its output may hold secrets.",
		ES: "Al conectarse se accede a la entrada y la salida del proceso principal del contenedor. Si ese proceso es una shell, equivale a ejecutar comandos; si no lo es, su salida puede contener secretos.",
		PT: "Conectar-se dá acesso à entrada e à saída do processo principal do contêiner. Se esse processo é um shell, equivale a executar comandos; se não é, sua saída pode conter segredos.",
	},
	Fix: fix(lang.Text{
		EN: "Ask the user whether attaching was meant\n\nSee whether they may attach to pods everywhere, and keep that to those who need it.",
		ES: "Pregunte al usuario si la conexión era intencional\n\nVea si puede conectarse a los pods de todo el clúster y límitelo a quienes lo necesitan.",
		PT: "Pergunte ao usuário se a conexão era intencional\n\nVeja se ele pode se conectar aos pods do cluster inteiro e limite isso a quem precisa.",
	}, `
kubectl auth can-i create pods/attach -A --as USER --as-group GROUP
`, ifStolen(), isolatePod()),
	On:    []rule.Selector{{Verbs: []string{"get", "create"}, Resources: []string{"pods/attach"}}},
	Where: []rule.EventCondition{succeeded()},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl attach by WebSocket",
			Input: intoPod("get", "shop", "web-0", "attach?container=main&stdin=true&stdout=true&tty=true", 101),
			Want:  finding.Present,
			Path:  "$.responseStatus.code",
		},
		{
			Name:     "a pod of kube-system, by SPDY",
			Input:    intoPod("create", "kube-system", "kube-proxy-x7b2k", "attach?container=main&stdout=true", 101),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:   "a request that was not allowed",
			Input:  intoPod("get", "shop", "web-0", "attach?container=main&stdout=true", 403),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
	},
}

// graveInKubeSystem grades what is done to the pods that run the cluster differently from what is done to others.
func graveInKubeSystem(there, elsewhere finding.Severity) func(a *rule.Action) finding.Severity {
	return func(a *rule.Action) finding.Severity {
		if a.Object.Namespace == "kube-system" {
			return there
		}
		return elsewhere
	}
}
