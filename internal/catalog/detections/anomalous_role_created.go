package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AnomalousRoleCreated finds roles with excessive permissions, made by somebody who does not make roles, or not so.
var AnomalousRoleCreated = rule.Detection{
	Type:       "PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated",
	Severity:   finding.SeverityLow,
	References: []rule.Reference{guardDuty("privesc-kubernetes-anomalousbehavior-rolecreated"), attack("T1098.006")},
	Title: lang.Text{
		EN: "Role with much power made in an unusual way",
		ES: "Rol con mucho poder creado de forma inusual",
		PT: "Papel com muito poder criado de forma incomum",
	},
	Why: lang.Text{
		EN: "A role of one's own draws less attention than cluster-admin and can give as much. It is the first half of a way to stay; the second is a binding.",
		ES: "Un rol propio llama menos la atención que cluster-admin y puede dar lo mismo. Es la primera mitad de una forma de quedarse; la segunda es una vinculación.",
		PT: "Um papel próprio chama menos atenção que cluster-admin e pode dar o mesmo. É a primeira metade de um modo de ficar; a segunda é uma vinculação.",
	},
	Fix: anomalyFix(lang.Text{
		EN: "Check the role and its bindings, and delete them if nobody meant them",
		ES: "Revise el rol y sus vinculaciones; elimínelos si no se esperaban",
		PT: "Verifique o papel e suas vinculações; exclua-os se inesperados",
	},
		"kubectl get clusterrole NAME -o yaml > NAME.yaml",
		"kubectl get rolebindings,clusterrolebindings -A -o wide | grep NAME",
		"kubectl delete clusterrole NAME",
	),
	On: []rule.Selector{{
		Verbs:     []string{"create", "update", "patch"},
		Resources: []string{"roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io"},
	}},
	Where:   []rule.EventCondition{tookEffect(), grantsPower()},
	About:   []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Unusual: &rule.Unusual{Deed: []rule.Profile{rule.ProfileAPI}, Sides: howItWasDone()},
	Examples: []rule.EventExample{
		{
			Name:    "a developer's credentials make a role that may do everything, from elsewhere",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "r", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]},{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}`}.byThief().String(),
			Want:    finding.Present,
			Path:    "$.responseObject.rules[1].verbs[0]",
		},
		{
			Name:    "a role that may read every secret",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "r", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["configmaps","secrets"],"verbs":["get"]}]}`}.byThief().String(),
			Want:    finding.Present,
			Path:    "$.responseObject.rules[0].resources[1]",
		},
		{
			Name:    "a JSON patch that gives a role everything, from elsewhere",
			Learned: usualDays(),
			Input:   record{Verb: "patch", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "r", Request: `[{"op":"add","path":"/rules/-","value":{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}}]`}.byThief().String(),
			Want:    finding.Present,
			Path:    "$.requestObject[0].value.verbs[0]",
		},
		{
			Name:    "an administrator who does so every day",
			Learned: usualDays(record{Verb: "create", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "r", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]},{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}`}.atOffice()),
			Input:   record{Verb: "create", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "r", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]},{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}`}.atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "a role that gives little",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "r", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]}`}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "excessive",
		},
		{
			Name:    "a role for one secret by its name",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "r", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["secrets"],"resourceNames":["own"],"verbs":["get"]}]}`}.byThief().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "a request that was not allowed",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "r", Code: 403, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]},{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}`}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "took-effect",
		},
		{
			Name:    "a record without the body",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "r", Code: 201}.byThief().String(),
			Want:    finding.Unknown,
		},
	},
}
