package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
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
		EN: "Whoever may impersonate has every permission of the user, group or service account that they name. As system:masters or as an account of kube-system that is control of the cluster, whatever their own role says.",
		ES: "Quien puede suplantar a otros tiene todos los permisos del usuario, grupo o cuenta de servicio que nombra. Como system:masters o como una cuenta de kube-system, eso equivale a controlar el clúster, diga lo que diga su propio rol.",
		PT: "Quem pode personificar outros tem todas as permissões do usuário, grupo ou conta de serviço que nomeia. Como system:masters ou como uma conta do kube-system, isso equivale a controlar o cluster, diga o que disser o seu próprio papel.",
	},
	Fix: fix(lang.Text{
		EN: "Take the permission to impersonate from who does not need it\n\nThe first command lists the cluster roles that name it; the others tell whether this user has it. Name in the roles whom they may impersonate (resourceNames). The real user is user.username: act on that one.",
		ES: "Quite el permiso de suplantación a quienes no lo necesiten\n\nEl primer comando enumera los roles de clúster que lo mencionan; los demás indican si este usuario lo tiene. Indique en los roles a quién se puede suplantar (resourceNames). El usuario real es user.username: actúe sobre ese.",
		PT: "Retire a permissão de personificação de quem não precisa dela\n\nO primeiro comando lista os papéis do cluster que a mencionam; os outros mostram se este usuário a tem. Indique nos papéis quem pode ser personificado (resourceNames). O usuário real é user.username: aja sobre esse.",
	}, `
kubectl get clusterroles -o json | jq -r '.items[]|select(tojson|test("impersonate")).metadata.name'
kubectl auth can-i impersonate users -A --as USER --as-group GROUP
kubectl auth can-i impersonate groups -A --as USER --as-group GROUP
kubectl auth can-i impersonate serviceaccounts -A --as USER --as-group GROUP
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
			all = append(all, field(tree.PathIndex("$.impersonatedUser.groups", i), group.Text())...)
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
