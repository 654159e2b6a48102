package detections

import (
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// SecretAccessDenied finds users who try one secret after the other without being allowed to. Falco and Elastic tell of
// every single one, which a wrong namespace is enough for; Panther of 20 in 15 minutes.
var SecretAccessDenied = rule.Detection{
	Type:       "CredentialAccess:Kubernetes/SecretAccessDenied",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	References: []rule.Reference{attack("T1552.007"), threatMatrix("MS-TA9025", "List%20K8S%20secrets")},
	Title: lang.Text{
		EN: "Several secrets asked for without permission",
		ES: "Varios secretos pedidos sin permiso",
		PT: "Vários segredos pedidos sem permissão",
	},
	Why: lang.Text{
		EN: "Whoever has got hold of a credential tries first what it opens, secrets before anything else.",
		ES: "Quien se ha hecho con una credencial prueba primero qué abre, y los secretos antes que nada.",
		PT: "Quem conseguiu uma credencial testa primeiro o que ela abre, e os segredos antes de tudo.",
	},
	Fix: fix(lang.Text{
		EN: "Find out why the user asks for these secrets\n\nA program that was given too little says so in its logs. If it is no program of yours, the credential is stolen.",
		ES: "Averigüe por qué el usuario pide estos secretos\n\nUn programa al que le faltan permisos lo dice en sus logs. Si no es un programa suyo, la credencial es robada.",
		PT: "Descubra por que o usuário pede estes segredos\n\nUm programa ao qual faltam permissões diz isso nos seus logs. Se não é um programa seu, a credencial foi roubada.",
	}, `
kubectl auth can-i --list --as USER --as-group GROUP
`, ifStolen()),
	On: []rule.Selector{{Verbs: []string{"get", "list", "watch"}, Resources: []string{"secrets"}, Facts: rule.WasDenied}},
	Where: []rule.EventCondition{
		denied(),
		notBy("not-by-system", kubelet, apiServer, controllers, scheduler),
	},
	About: []rule.EventField{rule.FieldUser},
	Count: &rule.Counting{
		By: []rule.EventField{rule.FieldUser}, Distinct: &fieldSecret, Least: 3, Within: 15 * time.Minute,
	},
	Examples: []rule.EventExample{
		{
			Name: "the secrets of one namespace after the other",
			Input: repeated(3, func(i int) record {
				return record{Verb: "list", Resource: "secrets", Namespace: "team-" + itoa(i), Code: 403}
			}),
			Want: finding.Present,
			Path: "$.responseStatus.code",
		},
		{
			Name:  "the same secret again and again",
			Input: repeated(5, func(int) record { return record{Resource: "secrets", Namespace: "shop", Name: "db", Code: 403} }),
			Want:  finding.Absent,
		},
		{
			Name: "secrets that are not there",
			Input: repeated(3, func(i int) record {
				return record{Resource: "secrets", Namespace: "shop", Name: "db-" + itoa(i), Code: 404}
			}),
			Want:   finding.Absent,
			Misses: "denied",
		},
		{
			Name: "a kubelet whose pods are gone",
			Input: repeated(3, func(i int) record {
				return record{User: "system:node:ip-10-0-1-2.ec2.internal", UserAgent: agentKubelet, Verb: "watch", Resource: "secrets", Namespace: "shop", Name: "db-" + itoa(i), Code: 403}
			}),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
	},
}

// denied holds for a request that was not authenticated or not authorized.
func denied() rule.EventCondition {
	return when("denied", func(a *rule.Action) bool { return a.Facts&rule.WasDenied != 0 }, func(a *rule.Action) []finding.RecordField {
		if a.Code == 0 {
			return field("$.annotations['authorization.k8s.io/decision']", "forbid")
		}
		return field("$.responseStatus.code", itoa(a.Code))
	})
}
