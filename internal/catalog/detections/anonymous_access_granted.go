package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AnonymousAccessGranted finds bindings that give rights to requests without credentials: to the user system:anonymous or
// the group system:unauthenticated, which all such requests have.
//
// What Kubernetes binds to that group by itself does not count: the API server's system:public-info-viewer, and in
// kube-public what kubeadm needs to let nodes join (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles,
// https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/#create-the-public-cluster-info-configmap).
// The same binding made by anybody else does: the role behind the name may have been changed before.
var AnonymousAccessGranted = rule.Detection{
	Type:     "Policy:Kubernetes/AnonymousAccessGranted",
	Severity: finding.SeverityHigh,
	References: []rule.Reference{
		guardDuty("policy-kubernetes-anonymousaccessgranted"), attack("T1098.006"), attack("T1078.001"),
		threatMatrix("MS-TA9005", "Exposed%20sensitive%20interfaces"),
	},
	Title: lang.Text{
		EN: "Rights granted to users without credentials",
		ES: "Derechos otorgados a usuarios sin credenciales",
		PT: "Direitos concedidos a usuários sem credenciais",
	},
	Why: lang.Text{
		EN: "Everybody who reaches the API server now has the rights of the role, and nobody has to sign in. Attackers look for such clusters on the internet, and leave such bindings behind as a way back in.",
		ES: "Cualquiera que llegue al servidor de la API tiene ahora los derechos del rol, y nadie tiene que autenticarse. Los atacantes buscan clústeres así en internet y dejan vinculaciones así como vía de regreso.",
		PT: "Qualquer um que alcance o servidor da API tem agora os direitos do papel, e ninguém precisa se autenticar. Invasores procuram clusters assim na internet e deixam vinculações assim como caminho de volta.",
	},
	Fix: remedy(
		lang.Text{
			EN: "Take the subject out of the binding, or delete the binding",
			ES: "Quite el sujeto de la vinculación, o elimine la vinculación",
			PT: "Retire o sujeito da vinculação, ou exclua a vinculação",
		},
		run(lang.Text{
			EN: "See what the role allows, and give the rights to the user, group or service account that needs them instead. Then look at every request that system:anonymous made since, and was allowed.",
			ES: "Vea qué permite el rol y otorgue los derechos al usuario, grupo o cuenta de servicio que los necesita. Después revise cada solicitud que system:anonymous hizo desde entonces y se le permitió.",
			PT: "Veja o que o papel permite e dê os direitos ao usuário, grupo ou conta de serviço que precisa deles. Depois examine cada solicitação que system:anonymous fez desde então e foi permitida.",
		},
			"kubectl describe clusterrole ROLE",
			"kubectl get clusterrolebinding NAME -o yaml > NAME.yaml",
			"kubectl delete clusterrolebinding NAME",
			"kubectl -n NAMESPACE delete rolebinding NAME",
		),
		anonymousUser(),
		lang.Text{
			EN: "If the grant was not meant, treat the credentials of whoever made it as stolen.",
			ES: "Si no era intencionado, considere robadas las credenciales de quien la creó.",
			PT: "Se não era intencional, considere roubadas as credenciais de quem a criou.",
		},
		revokeUser(), undoChanges(),
	),
	On: bindingChange(),
	Where: []rule.EventCondition{
		tookEffect(),
		grantsTo("grants-to-anonymous", isUnauthenticated),
		notByDefault(),
	},
	About: []rule.EventField{rule.FieldResource, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a ClusterRoleBinding for the anonymous user",
			Input: bindingChanged("create", binding("ClusterRoleBinding", "view", anonymousSubject), binding("ClusterRoleBinding", "view", anonymousSubject)).String(),
			Want:  finding.Present,
			Path:  "$.responseObject.subjects[0].name",
		},
		{
			Name: "a RoleBinding for the group of all without credentials, beside others",
			Input: record{
				Verb: "update", Resource: "rolebindings.rbac.authorization.k8s.io", Namespace: "shop", Name: "helper",
				Request: binding("RoleBinding", "edit", devsSubject+","+unauthenticatedSubject),
			}.String(),
			Want: finding.Present,
			Path: "$.requestObject.subjects[1].name",
		},
		{
			Name:  "a patch that sets the subjects",
			Input: bindingChanged("patch", `{"subjects":[`+anonymousSubject+`]}`, "").String(),
			Want:  finding.Present,
			Path:  "$.requestObject.subjects[0].name",
		},
		{
			Name:  "a JSON patch that adds a subject",
			Input: bindingChanged("patch", `[{"op":"add","path":"/subjects/-","value":`+anonymousSubject+`}]`, "").String(),
			Want:  finding.Present,
			Path:  "$.requestObject[0].value.name",
		},
		{
			Name:  "a JSON patch that renames a subject",
			Input: bindingChanged("patch", `[{"op":"replace","path":"/subjects/0/name","value":"system:unauthenticated"}]`, "").String(),
			Want:  finding.Present,
			Path:  "$.requestObject[0].value",
		},
		{
			Name:  "a JSON patch whose first operation would make a list of the object",
			Input: bindingChanged("patch", `[{"op":"add","path":"/0","value":"x"},{"op":"add","path":"/subjects/-","value":`+anonymousSubject+`},{"op":"remove","path":"/0"}]`, "").String(),
			Want:  finding.Present,
			Path:  "$.requestObject[1].value.name",
		},
		{
			Name:  "a JSON patch that counts from the end",
			Input: bindingChanged("patch", `[{"op":"replace","path":"/subjects/-1/name","value":"system:unauthenticated"}]`, "").String(),
			Want:  finding.Present,
			Path:  "$.requestObject[0].value",
		},
		{
			Name:   "a name that is spelled otherwise, and so somebody else's",
			Input:  bindingChanged("create", binding("ClusterRoleBinding", "view", `{"kind":"User","name":"system:Anonymous"}`), "").String(),
			Want:   finding.Absent,
			Misses: "grants-to-anonymous",
		},
		{
			Name:   "a group of people",
			Input:  bindingChanged("create", binding("ClusterRoleBinding", "view", devsSubject), "").String(),
			Want:   finding.Absent,
			Misses: "grants-to-anonymous",
		},
		{
			Name:   "a binding that was refused",
			Input:  turnedAway(bindingChanged("create", binding("ClusterRoleBinding", "view", anonymousSubject), "")).String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name: "a dry run",
			Input: record{
				Verb: "create", URI: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?dryRun=All", Code: 201,
				Resource: "clusterrolebindings.rbac.authorization.k8s.io", Request: binding("ClusterRoleBinding", "view", anonymousSubject),
			}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name: "what the API server binds by default",
			Input: record{
				User: "system:apiserver", Groups: `"system:authenticated","system:masters"`, IP: "::1", UserAgent: "kube-apiserver/v1.35.0",
				Verb: "create", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Name: "system:public-info-viewer", Code: 201,
				Response: binding("ClusterRoleBinding", "system:public-info-viewer", unauthenticatedSubject),
			}.String(),
			Want:   finding.Absent,
			Misses: "not-by-default",
		},
		{
			Name: "what kubeadm binds in kube-public for nodes that join",
			Input: record{
				User: "kubernetes-admin", Verb: "create", Resource: "rolebindings.rbac.authorization.k8s.io", Namespace: "kube-public", Code: 201,
				Name:     "kubeadm:bootstrap-signer-clusterinfo",
				Response: binding("RoleBinding", "kubeadm:bootstrap-signer-clusterinfo", anonymousSubject),
			}.String(),
			Want:   finding.Absent,
			Misses: "not-by-default",
		},
		{
			Name: "the default role, bound by somebody",
			Input: record{
				Verb: "create", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Name: "helper", Code: 201,
				Response: binding("ClusterRoleBinding", "system:public-info-viewer", unauthenticatedSubject),
			}.String(),
			Want: finding.Present,
		},
		{
			Name: "a JSON patch that copies a name from where the record does not show it",
			Input: bindingChanged("patch", `[{"op":"add","path":"/subjects/-","value":{"kind":"User","name":"nobody"}},{"op":"copy","from":"/metadata/labels/a","path":"/subjects/1/name"}]`, "").
				String(),
			Want: finding.Unknown,
		},
		{Name: "a record without bodies", Input: bindingChanged("create", "", "").String(), Want: finding.Unknown},
		{Name: "a patch that leaves the subjects alone", Input: bindingChanged("patch", `{"metadata":{"labels":{"team":"web"}}}`, "").String(), Want: finding.Absent},
	},
}

// Subjects of bindings, for examples.
const (
	anonymousSubject       = `{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:anonymous"}`
	unauthenticatedSubject = `{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:unauthenticated"}`
	devsSubject            = `{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"devs"}`
)

// notByDefault holds for a binding that Kubernetes does not make by itself.
func notByDefault() rule.EventCondition {
	return rule.EventCondition{Name: "not-by-default", Holds: func(a *rule.Action) rule.Truth {
		suspects := map[string]bool{
			"system:public-info-viewer":            a.User.Name == "system:apiserver",
			"kubeadm:bootstrap-signer-clusterinfo": a.Object.Namespace == "kube-public",
		}
		n, _ := a.Made()
		return rule.Is(!suspects[n.Get("roleRef", "name").Text()])
	}}
}
