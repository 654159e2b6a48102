package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// PermissionEnumeration finds users who ask for the list of all that they may do: kubectl auth can-i --list.
var PermissionEnumeration = rule.Detection{
	Type:       "Discovery:Kubernetes/PermissionEnumeration",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	References: []rule.Reference{attack("T1069"), attack("T1613"), threatMatrix("MS-TA9029", "Access%20the%20K8S%20API%20server")},
	Title: lang.Text{
		EN: "List of own permissions requested",
		ES: "Lista de los propios permisos solicitada",
		PT: "Lista das próprias permissões solicitada",
	},
	Why: lang.Text{
		EN: "It is the first question of most attack tools: what does this credential open? Programs know what they were given, and dashboards ask it to hide what a person may not see.",
		ES: "Es la primera pregunta de la mayoría de las herramientas de ataque: ¿qué abre esta credencial? Los programas saben qué se les dio; los paneles lo preguntan para ocultar lo que una persona no puede ver.",
		PT: "É a primeira pergunta da maioria das ferramentas de ataque: o que esta credencial abre? Programas sabem o que receberam; painéis perguntam para esconder o que uma pessoa não pode ver.",
	},
	Fix: fix(lang.Text{
		EN: "Find out who asked, above all for a service account\n\nLook at what the same user did next. A person who wonders what they may do is no threat; a pod that does is one.",
		ES: "Averigüe quién lo preguntó, sobre todo si es una cuenta de servicio\n\nMire qué hizo después el mismo usuario. Una persona que se pregunta qué puede hacer no es una amenaza; un pod que lo hace, sí.",
		PT: "Descubra quem perguntou, sobretudo se é uma conta de serviço\n\nVeja o que o mesmo usuário fez depois. Uma pessoa que quer saber o que pode fazer não é uma ameaça; um pod que faz isso, sim.",
	}, `
kubectl auth can-i --list --as USER --as-group GROUP
`, ifStolen(), except()),
	On:    []rule.Selector{{Verbs: []string{"create"}, Resources: []string{"selfsubjectrulesreviews.authorization.k8s.io"}}},
	Where: []rule.EventCondition{succeeded(), notBy("not-by-system", apiServer, eksPart)},
	About: []rule.EventField{rule.FieldUser},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl auth can-i --list",
			Input: record{Verb: "create", Resource: "selfsubjectrulesreviews.authorization.k8s.io", Code: 201}.String(),
			Want:  finding.Present,
			Path:  "$.user.username",
		},
		{
			Name: "a part of EKS",
			Input: record{
				User: "eks:k8s-metrics", UserAgent: "eks-k8s-metrics/1.0", Verb: "create", Resource: "selfsubjectrulesreviews.authorization.k8s.io", Code: 201,
			}.String(),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "create", Resource: "selfsubjectrulesreviews.authorization.k8s.io", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
	},
}
