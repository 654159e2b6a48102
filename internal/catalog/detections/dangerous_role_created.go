package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// DangerousRoleCreated finds roles that were made or changed and give what leads further: everything, other roles, other
// identities, secrets, commands in pods, kubelets. A role that may write anything at all is of the least weight, and so is
// one for everything of custom resources: most operators have one.
var DangerousRoleCreated = rule.Detection{
	Type:     "PrivilegeEscalation:Kubernetes/DangerousRoleCreated",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		n, _ := a.Made()
		d, _ := dangerOf(n, a.Object.Resource == "clusterroles")
		return d.severity
	},
	References: []rule.Reference{
		attack("T1098.006"), {Source: "Kubernetes", ID: "RBAC good practices", URL: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks"},
	},
	Title: lang.Text{
		EN: "Role with dangerous permissions created or changed",
		ES: "Rol con permisos peligrosos creado o modificado",
		PT: "Papel com permissões perigosas criado ou alterado",
	},
	Why: lang.Text{
		EN: "Whoever holds the role gets further with it: a wildcard gives what is invented later too, escalate, bind and impersonate give every other permission, and reading secrets, pods/exec and nodes/proxy those of whatever runs.",
		ES: "Quien tiene el rol llega más lejos con él: un comodín concede también lo que se añada en el futuro; escalate, bind e impersonate conceden cualquier otro permiso; y la lectura de secretos, pods/exec y nodes/proxy, los de todo lo que se ejecuta.",
		PT: "Quem tem o papel vai mais longe com ele: um curinga concede também o que for adicionado no futuro; escalate, bind e impersonate concedem qualquer outra permissão; e a leitura de segredos, pods/exec e nodes/proxy, as de tudo o que é executado.",
	},
	Fix: fix(lang.Text{
		EN: "Name in the role the verbs and resources that are needed\n\nThe evidence names the first one that is too much. See who holds the role before you change it.",
		ES: "Indique en el rol los verbos y recursos que hacen falta\n\nLa evidencia señala el primero que sobra. Vea quién tiene el rol antes de cambiarlo.",
		PT: "Indique no papel os verbos e recursos necessários\n\nA evidência aponta o primeiro que sobra. Veja quem tem o papel antes de alterá-lo.",
	}, `
kubectl get clusterrolebindings,rolebindings -A -o wide | grep NAME
kubectl edit clusterrole NAME
`, shutOut(), except()),
	On: []rule.Selector{{Verbs: writes(), Resources: []string{"clusterroles.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io"}}},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", apiServer, controllers, eksRoles),
		{
			Name: "dangerous-rule",
			Holds: func(a *rule.Action) rule.Truth {
				n, sight := a.Made()
				switch _, found := dangerOf(n, a.Object.Resource == "clusterroles"); {
				case sight == rule.SeenNothing:
					return rule.Unknown(a.Unseen())
				case !found && sight == rule.SeenPart:
					return rule.Unknown(a.Unseen())
				default:
					return rule.Is(found)
				}
			},
			Show: func(a *rule.Action) []finding.RecordField {
				n, _ := a.Made()
				d, _ := dangerOf(n, a.Object.Resource == "clusterroles")
				return showMade(a, n, d.path)
			},
		},
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldResource, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:     "everything",
			Input:    newRole(record{User: admin}, "", `{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
			Path:     "$.requestObject.rules[0].resources[0]",
		},
		{
			Name:     "everybody else's identity",
			Input:    newRole(record{User: admin}, "", `{"apiGroups":[""],"resources":["users","groups"],"verbs":["impersonate"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:     "roles beyond one's own",
			Input:    newRole(record{User: admin}, "", `{"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"],"verbs":["escalate"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:  "every secret of the cluster",
			Input: newRole(record{User: admin}, "", `{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list"]}`),
			Want:  finding.Present,
			Path:  "$.requestObject.rules[0].resources[0]",
		},
		{
			Name:  "commands in pods",
			Input: newRole(record{User: admin}, "", `{"apiGroups":[""],"resources":["pods/exec"],"verbs":["get"]}`),
			Want:  finding.Present,
		},
		{
			Name:  "all verbs on some resource",
			Input: newRole(record{User: admin}, "", `{"apiGroups":[""],"resources":["pods"],"verbs":["*"]}`),
			Want:  finding.Present,
		},
		{
			Name:  "bindings of roles",
			Input: newRole(record{User: admin}, "", `{"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterrolebindings"],"verbs":["create"]}`),
			Want:  finding.Present,
		},
		{
			Name:     "a role that may write",
			Input:    newRole(record{User: admin}, "", `{"apiGroups":["apps"],"resources":["deployments"],"verbs":["get","patch"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name:     "a role of one namespace that may write",
			Input:    newRole(record{User: admin}, "shop", `{"apiGroups":["apps"],"resources":["deployments"],"verbs":["get","patch"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:     "an operator's own custom resources, all of them",
			Input:    newRole(record{User: admin}, "", `{"apiGroups":["cert-manager.io","acme.cert-manager.io"],"resources":["*"],"verbs":["*"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name:     "all verbs on a custom resource",
			Input:    newRole(record{User: admin}, "", `{"apiGroups":["monitoring.coreos.com"],"resources":["alertmanagers"],"verbs":["*"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name:   "custom resources to read",
			Input:  newRole(record{User: admin}, "", `{"apiGroups":["cert-manager.io"],"resources":["*"],"verbs":["get","list"]}`),
			Want:   finding.Absent,
			Misses: "dangerous-rule",
		},
		{
			Name:     "custom resources and those of Kubernetes in one rule",
			Input:    newRole(record{User: admin}, "", `{"apiGroups":["cert-manager.io",""],"resources":["*"],"verbs":["*"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:  "everything of a group of Kubernetes' own",
			Input: newRole(record{User: admin}, "", `{"apiGroups":["admissionregistration.k8s.io"],"resources":["*"],"verbs":["get","list"]}`),
			Want:  finding.Present,
		},
		{
			Name:   "a role that may read pods",
			Input:  newRole(record{User: admin}, "", `{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}`),
			Want:   finding.Absent,
			Misses: "dangerous-rule",
		},
		{
			Name:   "the controller that joins aggregated roles",
			Input:  joinedRole("10.0.3.7", `"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"for":"helpers"}}]},`, `{"apiGroups":[""],"resources":["pods/exec"],"verbs":["create"]}`),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:  "that controller, with a role that joins no others",
			Input: joinedRole("10.0.3.7", "", `{"apiGroups":[""],"resources":["pods/exec"],"verbs":["create"]}`),
			Want:  finding.Present,
		},
		{
			Name:     "that controller, giving everything",
			Input:    joinedRole("10.0.3.7", `"aggregationRule":{},`, `{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:     "that controller, giving permissions beyond one's own",
			Input:    joinedRole("10.0.3.7", `"aggregationRule":{},`, `{"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"],"verbs":["escalate"]}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:  "its account from a public address",
			Input: joinedRole("203.0.113.66", `"aggregationRule":{},`, `{"apiGroups":[""],"resources":["pods/exec"],"verbs":["create"]}`),
			Want:  finding.Present,
		},
		{
			Name:   "a request that was not allowed",
			Input:  newRole(record{Code: 403}, "", `{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the role",
			Input: record{User: admin, Verb: "create", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "helpers", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

// joinedRole is a change of an aggregated role by the controller for it.
func joinedRole(address, more, role string) string {
	const resource, name = "clusterroles.rbac.authorization.k8s.io", "view"
	return record{
		User: "system:serviceaccount:kube-system:clusterrole-aggregation-controller", UserAgent: agentControllers, IP: address,
		Verb: "patch", Resource: resource, Name: name,
		Response: `{"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"` + name + `"},` + more + `"rules":[` + role + `]}`,
	}.String()
}

func newRole(r record, namespace, role string) string {
	kind, resource := "ClusterRole", "clusterroles"
	if namespace != "" {
		kind, resource = "Role", "roles"
	}
	r.Verb, r.Resource, r.Namespace, r.Name = "create", resource+".rbac.authorization.k8s.io", namespace, "helpers"
	if r.Code == 0 {
		r.Code = 201
	}
	r.Request = `{"kind":"` + kind + `","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"helpers"},"rules":[` + role + `]}`
	return r.String()
}
