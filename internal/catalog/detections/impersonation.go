package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// Impersonation finds requests that a user made as somebody else: kubectl --as. The record names both only where the
// impersonation itself was allowed (https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/), so what
// became of the request does not matter.
var Impersonation = rule.Detection{
	Type:     "PrivilegeEscalation:Kubernetes/Impersonation",
	Origin:   rule.Ours,
	Severity: finding.SeverityHigh,
	Grade: func(a *rule.Action) finding.Severity {
		switch {
		case impersonatesPower(a):
			return finding.SeverityHigh
		case isServiceAccount(a):
			return finding.SeverityInformational
		}
		return finding.SeverityLow
	},
	References: []rule.Reference{attack("T1078"), attack("T1550")},
	Title: lang.Text{
		EN: "Request made as another user",
		ES: "Solicitud hecha en nombre de otro usuario",
		PT: "Solicitação feita em nome de outro usuário",
	},
	Why: lang.Text{
		EN: "Whoever may impersonate has every permission of the user, group or service account that he names. As system:masters or as an account of kube-system that is control of the cluster, whatever his own role says.",
		ES: "Quien puede suplantar tiene todos los permisos del usuario, grupo o cuenta de servicio que nombra. Como system:masters o como una cuenta de kube-system, eso es el control del clúster, diga lo que diga su propio rol.",
		PT: "Quem pode se passar por outro tem todas as permissões do usuário, grupo ou conta de serviço que nomeia. Como system:masters ou como uma conta do kube-system, isso é o controle do cluster, diga o que disser o seu próprio papel.",
	},
	Fix: fix(lang.Text{
		EN: "Take the permission to impersonate from who does not need it\n\nList who may impersonate users, groups and service accounts, and name in the roles whom they may impersonate (resourceNames). The real user is user.username: act on that one.",
		ES: "Retire el permiso de suplantar a quien no lo necesita\n\nListe quién puede suplantar a usuarios, grupos y cuentas de servicio, y nombre en los roles a quién pueden suplantar (resourceNames). El usuario real es user.username: actúe sobre ese.",
		PT: "Retire a permissão de se passar por outro de quem não precisa\n\nListe quem pode se passar por usuários, grupos e contas de serviço, e nomeie nos papéis por quem podem se passar (resourceNames). O usuário real é user.username: aja sobre esse.",
	}, `
kubectl auth can-i impersonate users -A --as USER
kubectl auth can-i impersonate groups -A --as USER
kubectl auth can-i impersonate serviceaccounts -A --as USER
`, shutOut(), except()),
	On: []rule.Selector{{Facts: rule.Impersonates}},
	Where: []rule.EventCondition{
		when("impersonates", func(a *rule.Action) bool { return a.Impersonated.Name != "" && a.Impersonated.Name != a.User.Name }, showImpersonated),
	},
	About: []rule.EventField{rule.FieldUser, {Name: "impersonatedUser.username", Of: func(a *rule.Action) string { return a.Impersonated.Name }}},
	Examples: []rule.EventExample{
		{
			Name:  "as a member of system:masters",
			Input: record{Verb: "list", Resource: "pods", Namespace: "shop", More: impersonated("eve", `"system:masters","system:authenticated"`)}.String(),
			Want:  finding.Present,
			Path:  "$.impersonatedUser.groups[0]",
		},
		{
			Name: "as a service account of kube-system, to no effect",
			Input: record{
				Verb: "list", Resource: "secrets", Namespace: "shop", Code: 403, More: impersonated("system:serviceaccount:kube-system:default", `"system:serviceaccounts"`),
			}.String(),
			Want: finding.Present,
			Path: "$.impersonatedUser.username",
		},
		{
			Name:     "as a colleague",
			Input:    record{Verb: "list", Resource: "pods", Namespace: "shop", More: impersonated("ops@example.com", `"system:authenticated"`)}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name: "a proxy that signs people in and asks as them",
			Input: record{
				User: "system:serviceaccount:login:proxy", Verb: "list", Resource: "pods", Namespace: "shop", More: impersonated("ops@example.com", `"system:authenticated"`),
			}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:   "a user who names himself",
			Input:  record{Verb: "list", Resource: "pods", Namespace: "shop", More: impersonated("dev@example.com", `"system:authenticated"`)}.String(),
			Want:   finding.Absent,
			Misses: "impersonates",
		},
	},
}

// impersonated is the member of a record that names whom the user impersonates.
func impersonated(user, groups string) string {
	return `"impersonatedUser":{"username":"` + user + `","groups":[` + groups + `]},`
}

func showImpersonated(a *rule.Action) []finding.RecordField {
	all := field("$.impersonatedUser.username", a.Impersonated.Name)
	i := 0
	for group := range a.Impersonated.Groups.All() {
		if isPowerfulGroup(group.Text()) {
			all = append(all, field(pathOf("$.impersonatedUser.groups", i), group.Text())...)
		}
		i++
	}
	return all
}

// impersonatesPower reports whether the user impersonates somebody who controls the cluster or a part of it.
func impersonatesPower(a *rule.Action) bool {
	for group := range a.Impersonated.Groups.All() {
		if isPowerfulGroup(group.Text()) {
			return true
		}
	}
	name := a.Impersonated.Name
	switch name {
	case admin, "kubernetes-super-admin", "admin", "cluster-admin", "system:admin", "system:apiserver", "system:kube-controller-manager", "system:kube-scheduler":
		return true
	}
	return rule.IsNode(name) || strings.HasPrefix(name, "system:serviceaccount:kube-system:") || strings.HasPrefix(name, "eks:")
}

// isPowerfulGroup reports whether a group controls the cluster or its nodes: system:masters is past every authorizer
// (https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege).
func isPowerfulGroup(group string) bool {
	switch group {
	case "system:masters", "system:nodes", "kubeadm:cluster-admins", "system:serviceaccounts:kube-system":
		return true
	}
	return false
}
