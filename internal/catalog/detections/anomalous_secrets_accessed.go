package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AnomalousSecretsAccessed finds secrets that were read by somebody who does not read them, or not so.
var AnomalousSecretsAccessed = rule.Detection{
	Type:       "CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed",
	Severity:   finding.SeverityMedium,
	References: []rule.Reference{guardDuty("credaccess-kubernetes-anomalousbehavior-secretsaccessed"), attack("T1552.007"), threatMatrix("MS-TA9025", "List%20K8S%20secrets")},
	Title: lang.Text{
		EN: "Secrets read in an unusual way",
		ES: "Secretos leídos de forma inusual",
		PT: "Segredos lidos de forma incomum",
	},
	Why: lang.Text{
		EN: "Secrets hold passwords, keys and tokens, also those of other service accounts. Credentials that were stolen are used to read them first, and from where their owner never was.",
		ES: "Los secretos guardan contraseñas, claves y tokens, también los de otras cuentas de servicio. Unas credenciales robadas se usan primero para leerlos, y desde donde su dueño nunca estuvo.",
		PT: "Os segredos guardam senhas, chaves e tokens, também os de outras contas de serviço. Credenciais roubadas são usadas primeiro para lê-los, e de onde seu dono nunca esteve.",
	},
	Fix: anomalyFix(lang.Text{
		EN: "Find out who read the secrets, and replace what they hold",
		ES: "Averigüe quién leyó los secretos y sustituya lo que contienen",
		PT: "Descubra quem leu os segredos e substitua o que contêm",
	},
		"kubectl auth can-i --list --as USER --as-group GROUP -n NAMESPACE",
		"kubectl get rolebindings,clusterrolebindings -A -o wide | grep USER",
		"kubectl -n NAMESPACE edit secret NAME",
	),
	On:      []rule.Selector{{Verbs: []string{"get", "list", "watch"}, Resources: []string{"secrets"}}},
	Where:   []rule.EventCondition{succeeded()},
	About:   []rule.EventField{rule.FieldUser, rule.FieldNamespace},
	Unusual: &rule.Unusual{Deed: []rule.Profile{rule.ProfileAPI}, Sides: howItWasDone()},
	Examples: []rule.EventExample{
		{
			Name:    "a developer's credentials list secrets from elsewhere",
			Learned: usualDays(),
			Input:   record{Verb: "list", Resource: "secrets", Namespace: "shop"}.byThief().String(),
			Want:    finding.Present,
		},
		{
			Name:    "the token of a pod, used with kubectl",
			Learned: usualDays(),
			Input:   record{Verb: "list", Resource: "secrets", Namespace: "shop"}.byAccountStolen().String(),
			Want:    finding.Present,
		},
		{
			Name:    "credentials in other hands do what their owner does, in another namespace",
			Learned: usualDays(record{Verb: "list", Resource: "secrets", Namespace: "shop"}.atOffice()),
			Input:   record{Verb: "list", Resource: "secrets", Namespace: "payments"}.byThief().String(),
			Want:    finding.Present,
		},
		{
			Name:    "a developer who lists these secrets every day",
			Learned: usualDays(record{Verb: "list", Resource: "secrets", Namespace: "shop"}.atOffice()),
			Input:   record{Verb: "list", Resource: "secrets", Namespace: "shop"}.atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "the same, while abroad",
			Learned: usualDays(record{Verb: "list", Resource: "secrets", Namespace: "shop"}.atOffice()),
			Input:   record{Verb: "list", Resource: "secrets", Namespace: "shop", IP: "192.0.2.77"}.String(),
			Want:    finding.Absent,
		},
		{
			Name:    "somebody nobody knows yet does what others do",
			Learned: usualDays(record{Verb: "list", Resource: "secrets", Namespace: "shop"}.atOffice()),
			Input:   record{User: "new@example.com", Verb: "list", Resource: "secrets", Namespace: "shop", IP: officeIP}.String(),
			Want:    finding.Absent,
		},
		{
			Name:  "before the baseline has learned",
			Input: record{Verb: "list", Resource: "secrets", Namespace: "shop"}.byThief().String(),
			Want:  finding.Absent,
		},
		{
			Name:    "a request that was not allowed",
			Learned: usualDays(),
			Input:   record{Verb: "list", Resource: "secrets", Namespace: "shop", Code: 403}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "succeeded",
		},
		{
			Name:    "a record that does not tell the outcome",
			Learned: usualDays(),
			Input:   record{Verb: "list", Resource: "secrets", Namespace: "shop", Code: -1}.byThief().String(),
			Want:    finding.Unknown,
		},
	},
}
