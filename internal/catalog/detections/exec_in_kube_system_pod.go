package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ExecInKubeSystemPod finds commands that were run in a pod of kube-system. A client of SPDY creates pods/exec, one of
// WebSocket, as kubectl is since 1.31, gets it. What is run through the proxy of a node, by the API of its kubelet, counts
// too: no pods/exec is recorded then.
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
	Fix: remedy(
		lang.Text{
			EN: "Find out who ran the command, and whether it was meant",
			ES: "Averigüe quién ejecutó el comando y si era lo previsto",
			PT: "Descubra quem executou o comando e se isso era previsto",
		},
		askFirst(),
		lang.Text{
			EN: "If the command was not expected, treat the credentials as stolen, and the pod as taken over: its token and what it mounts are known.",
			ES: "Si el comando no era esperado, considere robadas las credenciales y comprometido el pod: su token y lo que monta se conocen.",
			PT: "Se o comando não era esperado, considere roubadas as credenciais e comprometido o pod: seu token e o que ele monta são conhecidos.",
		},
		isolatePod(), revokeUser(), undoChanges(),
	),
	On: []rule.Selector{
		{Verbs: []string{"get", "create"}, Resources: []string{"pods/exec"}},
		{Resources: []string{"nodes/proxy"}},
	},
	Where: []rule.EventCondition{
		runsInKubeSystem(),
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
			Name: "a command run through the node's kubelet",
			Input: record{
				Verb: "create", Resource: "nodes/proxy", Name: "node-1",
				URI: "/api/v1/nodes/node-1/proxy/run/kube-system/kube-proxy-x7b2k/kube-proxy?cmd=id",
			}.String(),
			Want: finding.Present,
			Path: "$.requestURI",
		},
		{
			Name: "the same with a namespace that is spelled in escapes",
			Input: record{
				Verb: "get", Resource: "nodes/proxy", Name: "node-1", Code: 101,
				URI: "/api/v1/nodes/node-1/proxy/exec/kube%2Dsystem/kube-proxy-x7b2k/kube-proxy?command=id",
			}.String(),
			Want: finding.Present,
		},
		{
			Name: "the node's list of pods",
			Input: record{
				Verb: "get", Resource: "nodes/proxy", Name: "node-1", URI: "/api/v1/nodes/node-1/proxy/pods",
			}.String(),
			Want:   finding.Absent,
			Misses: "in-kube-system",
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

// runsInKubeSystem holds for a command that is run in a pod of kube-system.
func runsInKubeSystem() rule.EventCondition {
	return rule.EventCondition{
		Name: "in-kube-system",
		Holds: func(a *rule.Action) rule.Truth {
			k, _ := a.Kubelet()
			return rule.Is(a.Object.Namespace == "kube-system" || k.Namespace == "kube-system")
		},
		Show: func(a *rule.Action) []finding.RecordField {
			if a.Object.Namespace == "" {
				return field("$.requestURI", a.RequestURI())
			}
			return field("$.objectRef.namespace", a.Object.Namespace)
		},
	}
}
