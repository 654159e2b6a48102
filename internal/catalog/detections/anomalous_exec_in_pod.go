package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AnomalousExecInPod finds commands that were run in a pod by somebody who does not do so, or not so.
var AnomalousExecInPod = rule.Detection{
	Type:       "Execution:Kubernetes/AnomalousBehavior.ExecInPod",
	Severity:   finding.SeverityMedium,
	References: []rule.Reference{guardDuty("execution-kubernetes-anomalousbehvaior-execinprod"), attack("T1609"), threatMatrix("MS-TA9006", "Exec%20into%20container")},
	Title: lang.Text{
		EN: "Command run in a pod in an unusual way",
		ES: "Comando ejecutado en un pod de forma inusual",
		PT: "Comando executado em um pod de forma incomum",
	},
	Why: lang.Text{
		EN: "Whoever runs a command in a pod has its files, its secrets and its service account. Attackers do so with credentials of people and pods that never did.",
		ES: "Quien ejecuta un comando en un pod tiene sus archivos, sus secretos y su cuenta de servicio. Los atacantes lo hacen con credenciales de personas y pods que nunca lo hicieron.",
		PT: "Quem executa um comando em um pod tem seus arquivos, seus segredos e sua conta de serviço. Invasores o fazem com credenciais de pessoas e pods que nunca o fizeram.",
	},
	Fix: anomalyFix(lang.Text{
		EN: "Find out who ran the command, and isolate the pod",
		ES: "Averigüe quién ejecutó el comando y aísle el pod",
		PT: "Descubra quem executou o comando e isole o pod",
	},
		"kubectl -n NAMESPACE get pod NAME -o yaml > NAME.yaml",
		"kubectl -n NAMESPACE label pod NAME quarantine=true",
		"kubectl -n NAMESPACE delete pod NAME",
	),
	On:      []rule.Selector{{Verbs: []string{"get", "create"}, Resources: []string{"pods/exec"}}},
	Where:   []rule.EventCondition{succeeded()},
	About:   []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Unusual: &rule.Unusual{Deed: []rule.Profile{rule.ProfileAPI}, Sides: howItWasDone()},
	Examples: []rule.EventExample{
		{
			Name:    "the token of a pod, used with kubectl",
			Learned: usualDays(),
			Input:   record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: 101, URI: "/api/v1/namespaces/shop/pods/web-0/exec?command=sh&stdin=true&stdout=true"}.byAccountStolen().String(),
			Want:    finding.Present,
		},
		{
			Name:    "a developer's credentials, from elsewhere",
			Learned: usualDays(),
			Input:   record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: 101, URI: "/api/v1/namespaces/shop/pods/web-0/exec?command=sh&stdin=true&stdout=true"}.byThief().String(),
			Want:    finding.Present,
		},
		{
			Name:    "a developer who does so every day",
			Learned: usualDays(record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: 101, URI: "/api/v1/namespaces/shop/pods/web-0/exec?command=sh&stdin=true&stdout=true"}.atOffice()),
			Input:   record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: 101, URI: "/api/v1/namespaces/shop/pods/web-0/exec?command=sh&stdin=true&stdout=true"}.atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "for the first time, with all else as usual",
			Learned: usualDays(),
			Input:   record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: 101, URI: "/api/v1/namespaces/shop/pods/web-0/exec?command=sh&stdin=true&stdout=true"}.atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "by SPDY, where WebSocket was usual",
			Learned: usualDays(record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: 101, URI: "/api/v1/namespaces/shop/pods/web-0/exec?command=sh&stdin=true&stdout=true"}.atOffice()),
			Input:   record{Verb: "create", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: 101, IP: thiefIP}.String(),
			Want:    finding.Absent,
		},
		{
			Name:    "a request that was not allowed",
			Learned: usualDays(),
			Input:   record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: 403, URI: "/api/v1/namespaces/shop/pods/web-0/exec?command=sh&stdin=true&stdout=true"}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "succeeded",
		},
		{
			Name:    "a record that does not tell the outcome",
			Learned: usualDays(),
			Input:   record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: -1, URI: "/api/v1/namespaces/shop/pods/web-0/exec?command=sh&stdin=true&stdout=true"}.byThief().String(),
			Want:    finding.Unknown,
		},
	},
}
