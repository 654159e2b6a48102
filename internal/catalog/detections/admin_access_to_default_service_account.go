package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AdminAccessToDefaultServiceAccount finds bindings of cluster-admin or admin to the default service account of a
// namespace, be it as service account, by its user name or in a group that holds it. What a role of another name allows,
// the record does not show.
var AdminAccessToDefaultServiceAccount = rule.Detection{
	Type:     "Policy:Kubernetes/AdminAccessToDefaultServiceAccount",
	Severity: finding.SeverityHigh,
	References: []rule.Reference{
		guardDuty("policy-kubernetes-adminaccesstodefaultserviceaccount"), attack("T1098.006"),
		threatMatrix("MS-TA9019", "Cluster-admin%20binding"), threatMatrix("MS-TA9016", "container%20service%20account"),
	},
	Title: lang.Text{
		EN: "Admin rights for a default service account",
		ES: "Derechos de admin para una cuenta de servicio default",
		PT: "Direitos de admin para uma conta de serviço default",
	},
	Why: lang.Text{
		EN: "Every pod that names no service account runs as the default one of its namespace. All of them now have admin rights and carry a token for it: one weak application is enough to take over the cluster or the namespace.",
		ES: "Todo pod que no indica una cuenta de servicio se ejecuta con la cuenta default de su espacio de nombres. Todos ellos tienen ahora derechos de admin y llevan un token para usarlos: basta una aplicación débil para apoderarse del clúster o del espacio de nombres.",
		PT: "Todo pod que não indica uma conta de serviço é executado com a conta default do seu namespace. Todos eles têm agora direitos de admin e levam um token para usá-los: basta uma aplicação fraca para assumir o controle do cluster ou do namespace.",
	},
	Fix: remedy(
		lang.Text{
			EN: "Give the workload an account of its own, and end the binding",
			ES: "Dé a la carga de trabajo una cuenta propia y anule la vinculación",
			PT: "Dê à carga de trabalho uma conta própria e desfaça a vinculação",
		},
		run(lang.Text{
			EN: "Create a service account for each workload that needs the API, bind it to a role with no more than it uses, and name it in the pod template. Then take the default service account out of the binding, whose other subjects may need it, and keep its token out of pods: what still uses it stops when its pods start again.",
			ES: "Cree una cuenta de servicio para cada carga de trabajo que necesite la API, vincúlela a un rol con lo estrictamente necesario e indíquela en la plantilla del pod. Después quite la cuenta de servicio default de la vinculación, que otros sujetos quizá necesiten, y no deje que su token llegue a los pods: lo que aún lo use dejará de funcionar cuando sus pods se inicien de nuevo.",
			PT: "Crie uma conta de serviço para cada carga de trabalho que precise da API, vincule-a a um papel com o estritamente necessário e indique-a no modelo do pod. Depois retire a conta de serviço default da vinculação, de que outros sujeitos talvez precisem, e não deixe que seu token chegue aos pods: o que ainda o usa deixa de funcionar quando seus pods iniciarem de novo.",
		},
			"kubectl -n NAMESPACE create serviceaccount NAME",
			"kubectl -n NAMESPACE set serviceaccount deployment/WORKLOAD NAME",
			"kubectl get clusterrolebinding BINDING -o yaml > BINDING.yaml",
			"kubectl edit clusterrolebinding BINDING",
			`kubectl -n NAMESPACE patch serviceaccount default -p '{"automountServiceAccountToken":false}'`,
		),
		askFirst(), revokeUser(), undoChanges(),
	),
	On: bindingChange(),
	Where: []rule.EventCondition{
		tookEffect(),
		grantsTo("grants-to-default-account", isDefaultServiceAccount),
		grantsRole("admin-role", isAdminRole),
	},
	About: []rule.EventField{rule.FieldResource, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "cluster-admin for the default service account",
			Input: bindingChanged("create", binding("ClusterRoleBinding", "cluster-admin", defaultSubject), binding("ClusterRoleBinding", "cluster-admin", defaultSubject)).String(),
			Want:  finding.Present,
			Path:  "$.responseObject.roleRef.name",
		},
		{
			Name:  "a patch of a binding of cluster-admin, as the result shows",
			Input: bindingChanged("patch", `{"subjects":[`+defaultSubject+`]}`, binding("ClusterRoleBinding", "cluster-admin", defaultSubject)).String(),
			Want:  finding.Present,
			Path:  "$.responseObject.subjects[0].name",
		},
		{
			Name: "admin of one namespace, for the account's user name",
			Input: record{
				Verb: "create", Resource: "rolebindings.rbac.authorization.k8s.io", Namespace: "shop", Name: "helper", Code: 201,
				Request: binding("RoleBinding", "admin", devsSubject+`,{"kind":"User","name":"system:serviceaccount:shop:default"}`),
			}.String(),
			Want: finding.Present,
			Path: "$.requestObject.subjects[1].name",
		},
		{
			Name:  "cluster-admin for all service accounts of a namespace",
			Input: bindingChanged("update", binding("ClusterRoleBinding", "cluster-admin", `{"kind":"Group","name":"system:serviceaccounts:shop"}`), "").String(),
			Want:  finding.Present,
		},
		{
			Name:  "an object that is applied on the server",
			Input: bindingChanged("patch", binding("ClusterRoleBinding", "cluster-admin", defaultSubject), "").String(),
			Want:  finding.Present,
			Path:  "$.requestObject.roleRef.name",
		},
		{
			Name:   "an account of a workload's own",
			Input:  bindingChanged("create", binding("ClusterRoleBinding", "cluster-admin", `{"kind":"ServiceAccount","name":"deployer","namespace":"shop"}`), "").String(),
			Want:   finding.Absent,
			Misses: "grants-to-default-account",
		},
		{
			Name:   "a role that only reads",
			Input:  bindingChanged("create", binding("ClusterRoleBinding", "view", defaultSubject), "").String(),
			Want:   finding.Absent,
			Misses: "admin-role",
		},
		{
			Name:   "a binding that was refused",
			Input:  turnedAway(bindingChanged("create", binding("ClusterRoleBinding", "cluster-admin", defaultSubject), "")).String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a JSON patch that adds the account to a binding of a role that is not shown",
			Input: bindingChanged("patch", `[{"op":"add","path":"/subjects/-","value":`+defaultSubject+`}]`, "").String(),
			Want:  finding.Unknown,
		},
		{Name: "a record without bodies", Input: bindingChanged("update", "", "").String(), Want: finding.Unknown},
	},
}

const defaultSubject = `{"kind":"ServiceAccount","name":"default","namespace":"shop"}`
