package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AnomalousRoleBindingCreated finds bindings that give much, or give something in a namespace of the system, made by somebody
// who does not make such ones, or not so.
var AnomalousRoleBindingCreated = rule.Detection{
	Type:     "PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated",
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if n, _ := a.Made(); isAdminRole("", n.Get("roleRef", "name").Text()) {
			return finding.SeverityHigh
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{guardDuty("privesc-kubernetes-anomalousbehavior-rolebindingcreated"), attack("T1098.006"), threatMatrix("MS-TA9019", "Cluster-admin%20binding")},
	Title: lang.Text{
		EN: "Role bound in an unusual way",
		ES: "Rol enlazado de forma inusual",
		PT: "Papel associado de forma incomum",
	},
	Why: lang.Text{
		EN: "A binding gives its subjects the permissions of a role. Who has broken in makes one to stay, and to get from a namespace to the whole cluster.",
		ES: "Una vinculación da a sus sujetos los permisos de un rol. Quien ha entrado crea una para quedarse y para pasar de un espacio de nombres a todo el clúster.",
		PT: "Uma vinculação dá aos seus sujeitos as permissões de um papel. Quem invadiu cria uma para ficar e para passar de um namespace ao cluster inteiro.",
	},
	Fix: anomalyFix(lang.Text{
		EN: "Check the binding, and delete it if nobody meant it",
		ES: "Revise la vinculación y elimínela si no era intencional",
		PT: "Verifique a vinculação e exclua-a se não era intencional",
	},
		"kubectl get clusterrolebinding NAME -o yaml > NAME.yaml",
		"kubectl -n NAMESPACE get rolebinding NAME -o yaml > NAME.yaml",
		"kubectl delete clusterrolebinding NAME",
		"kubectl -n NAMESPACE delete rolebinding NAME",
	),
	On: []rule.Selector{{
		Verbs:     []string{"create", "update", "patch"},
		Resources: []string{"rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io"},
	}},
	Where:   []rule.EventCondition{tookEffect(), bindsPower()},
	About:   []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Unusual: &rule.Unusual{Deed: []rule.Profile{rule.ProfileAPI, rule.ProfileRole}, Sides: howItWasDone()},
	Examples: []rule.EventExample{
		{
			Name:     "a developer's credentials bind cluster-admin, from elsewhere",
			Learned:  usualDays(),
			Input:    record{Verb: "create", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Namespace: "", Name: "b", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"mallory","apiGroup":"rbac.authorization.k8s.io"}]}`}.byThief().String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
			Path:     "$.responseObject.roleRef.name",
		},
		{
			Name:     "a JSON patch that shows the role, from elsewhere",
			Learned:  usualDays(),
			Input:    record{Verb: "patch", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Name: "b", Request: `[{"op":"test","path":"/roleRef/name","value":"cluster-admin"},{"op":"add","path":"/subjects/-","value":{"kind":"User","name":"mallory"}}]`}.byThief().String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
			Path:     "$.requestObject[0].value",
		},
		{
			Name:    "the token of a pod binds edit, with kubectl",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "rolebindings.rbac.authorization.k8s.io", Namespace: "shop", Name: "b", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"edit"},"subjects":[{"kind":"User","name":"mallory","apiGroup":"rbac.authorization.k8s.io"}]}`}.byAccountStolen().String(),
			Want:    finding.Present,
		},
		{
			Name:    "any role, in kube-system",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "rolebindings.rbac.authorization.k8s.io", Namespace: "kube-system", Name: "b", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"reader"},"subjects":[{"kind":"User","name":"mallory","apiGroup":"rbac.authorization.k8s.io"}]}`}.byThief().String(),
			Want:    finding.Present,
			Path:    "$.objectRef.namespace",
		},
		{
			Name:    "an administrator who does so every day",
			Learned: usualDays(record{Verb: "create", Resource: "rolebindings.rbac.authorization.k8s.io", Namespace: "shop", Name: "b", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"admin"},"subjects":[{"kind":"User","name":"mallory","apiGroup":"rbac.authorization.k8s.io"}]}`}.atOffice()),
			Input:   record{Verb: "create", Resource: "rolebindings.rbac.authorization.k8s.io", Namespace: "shop", Name: "b", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"admin"},"subjects":[{"kind":"User","name":"mallory","apiGroup":"rbac.authorization.k8s.io"}]}`}.atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "a role that gives little",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "rolebindings.rbac.authorization.k8s.io", Namespace: "shop", Name: "b", Code: 201, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},"subjects":[{"kind":"User","name":"mallory","apiGroup":"rbac.authorization.k8s.io"}]}`}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "permissive-or-sensitive",
		},
		{
			Name:    "a request that was not allowed",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Namespace: "", Name: "b", Code: 403, Response: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"mallory","apiGroup":"rbac.authorization.k8s.io"}]}`}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "took-effect",
		},
		{
			Name:    "a record without the body",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Name: "b", Code: 201}.byThief().String(),
			Want:    finding.Unknown,
		},
	},
}
