package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// UserNotAllowed finds requests of users that are not on the list of allowed ones. The parts of Kubernetes at their own
// work need not be on it. Without a list it finds nothing.
var UserNotAllowed = rule.Detection{
	Type:       "Policy:Kubernetes/UserNotAllowed",
	Origin:     rule.Ours,
	Severity:   finding.SeverityMedium,
	References: []rule.Reference{attack("T1078")},
	Title: lang.Text{
		EN: "User who is not on the list",
		ES: "Usuario que no figura en la lista",
		PT: "Usuário que não consta da lista",
	},
	Why: lang.Text{
		EN: "You listed the users of the cluster, and this one is not among them: somebody was let in without your knowledge, or a credential was forgotten.",
		ES: "Usted indicó los usuarios del clúster y este no está entre ellos: alguien entró sin que usted lo supiera, o se olvidó una credencial.",
		PT: "Você indicou os usuários do cluster e este não está entre eles: alguém entrou sem o seu conhecimento, ou uma credencial foi esquecida.",
	},
	Fix: fix(lang.Text{
		EN: "Add the user to the list, or shut them out\n\nFind out who let them in: a binding, an access entry, a line in aws-auth.",
		ES: "Añada el usuario a la lista o quítele el acceso\n\nAverigüe cómo entró: una vinculación, una entrada de acceso, una línea en aws-auth.",
		PT: "Adicione o usuário à lista ou retire o seu acesso\n\nDescubra como ele entrou: uma vinculação, uma entrada de acesso, uma linha em aws-auth.",
	}, `
kubectl auth can-i --list --as USER --as-group GROUP
`, revokeUser()),
	On: []rule.Selector{{Facts: rule.UserNotAllowed}},
	Where: []rule.EventCondition{
		when("not-on-list", func(a *rule.Action) bool { return a.Facts&rule.UserNotAllowed != 0 && a.User.Name != "" }, showUser),
		notBy("not-by-system", kubelet, apiServer, controllers, scheduler, eksPart),
	},
	About: []rule.EventField{rule.FieldUser},
	Examples: []rule.EventExample{
		{
			Name:  "a user who is not on the list",
			Input: record{User: "guest@example.com", Verb: "list", Resource: "pods", Namespace: "shop"}.String(),
			Allow: map[string]string{"users": "*@shop.example\nkubernetes-admin"},
			Want:  finding.Present,
			Path:  "$.user.username",
		},
		{
			Name:   "a user who is",
			Input:  record{User: "dev@shop.example", Verb: "list", Resource: "pods", Namespace: "shop"}.String(),
			Allow:  map[string]string{"users": "*@shop.example\nkubernetes-admin"},
			Want:   finding.Absent,
			Misses: "not-on-list",
		},
		{
			Name:   "a kubelet",
			Input:  record{User: "system:node:ip-10-0-1-2.ec2.internal", UserAgent: agentKubelet, Resource: "pods", Namespace: "shop", Name: "web"}.String(),
			Allow:  map[string]string{"users": "*@shop.example"},
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:  "no list",
			Input: record{User: "guest@example.com", Verb: "list", Resource: "pods", Namespace: "shop"}.String(),
			Want:  finding.Absent,
		},
	},
}
