package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// AdminBindingCreated finds bindings of the roles that give control of the cluster or of a namespace, made or changed.
var AdminBindingCreated = rule.Detection{
	Type:     "PrivilegeEscalation:Kubernetes/AdminBindingCreated",
	Origin:   rule.Ours,
	Severity: finding.SeverityHigh,
	Grade: func(a *rule.Action) finding.Severity {
		n, _ := a.Made()
		if bindsKubeadm(a, n) {
			return finding.SeverityInformational
		}
		everywhere := a.Object.Resource == "clusterrolebindings"
		if everywhere && n.Get("roleRef", "name").Text() == "cluster-admin" || a.Object.Namespace == "kube-system" {
			return finding.SeverityHigh
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{attack("T1098.006"), threatMatrix("MS-TA9019", "Cluster-admin%20binding")},
	Title: lang.Text{
		EN: "Administrator role granted",
		ES: "Rol de administrador concedido",
		PT: "Papel de administrador concedido",
	},
	Why: lang.Text{
		EN: "cluster-admin may do everything in the cluster, admin everything in its namespace, secrets included. An attacker who may bind roles gives it to an account that stays.",
		ES: "cluster-admin puede hacerlo todo en el clúster, admin todo en su espacio de nombres, secretos incluidos. Un atacante que puede vincular roles lo concede a una cuenta con la que puede volver.",
		PT: "cluster-admin pode fazer tudo no cluster, admin tudo no seu namespace, inclusive os segredos. Um invasor que pode vincular papéis o concede a uma conta com a qual pode voltar.",
	},
	Fix: fix(lang.Text{
		EN: "Delete the binding unless its subject is known to need it\n\nGive what is needed by a role that names it. Then look at what the subject did since.",
		ES: "Borre la vinculación salvo que su sujeto realmente la necesite\n\nConceda lo necesario con un rol que lo enumere. Después mire qué ha hecho el sujeto desde entonces.",
		PT: "Exclua a vinculação, a menos que seu sujeito precise mesmo dela\n\nConceda o necessário com um papel que o enumere. Depois veja o que o sujeito fez desde então.",
	}, `
kubectl get clusterrolebinding NAME -o yaml > NAME.yaml
kubectl delete clusterrolebinding NAME
`, shutOut(), except()),
	On: []rule.Selector{{Verbs: writes(), Resources: []string{"clusterrolebindings.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"}}},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", apiServer, eksGrants),
		grantsRole("admin-role", func(kind, role string) bool { return kind == "ClusterRole" && isAdminRole(kind, role) }),
		made("has-subjects", func(n tree.Node) string {
			if n.Get("subjects").Len() == 0 {
				return ""
			}
			return "$.subjects[0].name"
		}),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldResource, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "cluster-admin for a service account",
			Input: grantsAdmin(record{User: admin}, "", "cluster-admin", `[{"kind":"ServiceAccount","name":"ci","namespace":"build"}]`),
			Want:  finding.Present,
			Path:  "$.requestObject.roleRef.name",
		},
		{
			Name:     "admin of a namespace",
			Input:    grantsAdmin(record{User: admin}, "shop", "admin", `[{"kind":"User","name":"guest","apiGroup":"rbac.authorization.k8s.io"}]`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:     "kubeadm, for the group of its administrators",
			Input:    grantsAdmin(record{User: "kubernetes-super-admin", UserAgent: "kubeadm/v1.35.0", Name: "kubeadm:cluster-admins"}, "", "cluster-admin", kubeadmGroup),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:  "that group and one more",
			Input: grantsAdmin(record{User: admin, UserAgent: "kubeadm/v1.35.0", Name: "kubeadm:cluster-admins"}, "", "cluster-admin", `[{"kind":"Group","name":"kubeadm:cluster-admins"},{"kind":"User","name":"guest"}]`),
			Want:  finding.Present,
		},
		{
			Name:  "that group by somebody else",
			Input: grantsAdmin(record{Name: "kubeadm:cluster-admins"}, "", "cluster-admin", kubeadmGroup),
			Want:  finding.Present,
		},
		{
			Name:   "a role that may only read",
			Input:  grantsAdmin(record{User: admin}, "", "view", `[{"kind":"User","name":"guest"}]`),
			Want:   finding.Absent,
			Misses: "admin-role",
		},
		{
			Name:   "a binding of nobody",
			Input:  grantsAdmin(record{User: admin}, "", "cluster-admin", `[]`),
			Want:   finding.Absent,
			Misses: "has-subjects",
		},
		{
			Name:   "the API server that starts",
			Input:  grantsAdmin(record{User: "system:apiserver", UserAgent: agentAPIServer, Name: "cluster-admin"}, "", "cluster-admin", `[{"kind":"Group","name":"system:masters"}]`),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "EKS, for a part of its own",
			Input:  grantsAdmin(record{User: "eks:addon-manager", UserAgent: "eks-addon-manager"}, "", "cluster-admin", `[{"kind":"User","name":"eks:addon-manager"}]`),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:  "that part of EKS, for somebody else",
			Input: grantsAdmin(record{User: "eks:addon-manager", UserAgent: "eks-addon-manager"}, "", "cluster-admin", `[{"kind":"User","name":"guest"}]`),
			Want:  finding.Present,
		},
		{
			Name:  "a controller's account that calls itself the controller: none of them binds roles",
			Input: grantsAdmin(record{User: "system:serviceaccount:kube-system:clusterrole-aggregation-controller", UserAgent: agentControllers}, "", "cluster-admin", `[{"kind":"User","name":"guest"}]`),
			Want:  finding.Present,
		},
		{
			Name:  "whoever calls himself the API server, with a binding that is not its own",
			Input: grantsAdmin(record{User: "system:apiserver", UserAgent: agentAPIServer}, "", "cluster-admin", `[{"kind":"User","name":"guest"}]`),
			Want:  finding.Present,
		},
		{
			Name:   "a request that was not allowed",
			Input:  grantsAdmin(record{Code: 403}, "", "cluster-admin", `[{"kind":"User","name":"guest"}]`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:   "a dry run",
			Input:  grantsAdmin(record{User: admin, URI: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?dryRun=All"}, "", "cluster-admin", `[{"kind":"User","name":"guest"}]`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the binding",
			Input: record{User: admin, Verb: "create", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Name: "guests", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

// kubeadmGroup is the one subject of kubeadm's binding.
const kubeadmGroup = `[{"kind":"Group","name":"kubeadm:cluster-admins"}]`

// bindsKubeadm reports whether a binding is the one that kubeadm makes for each new cluster, by the account that it makes
// first (https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/#generate-kubeconfig-files-for-control-plane-components).
func bindsKubeadm(a *rule.Action, binding tree.Node) bool {
	subjects := binding.Get("subjects")
	return (a.User.Name == "kubernetes-super-admin" || a.User.Name == admin) && a.ObjectName() == "kubeadm:cluster-admins" &&
		a.Object.Resource == "clusterrolebindings" && subjects.Len() == 1 &&
		subjects.At(0).Get("kind").Text() == "Group" && subjects.At(0).Get("name").Text() == "kubeadm:cluster-admins"
}

func grantsAdmin(r record, namespace, role, subjects string) string {
	kind, resource := "ClusterRoleBinding", "clusterrolebindings"
	if namespace != "" {
		kind, resource = "RoleBinding", "rolebindings"
	}
	if r.Name == "" {
		r.Name = "guests"
	}
	r.Verb, r.Resource, r.Namespace = "create", resource+".rbac.authorization.k8s.io", namespace
	if r.Code == 0 {
		r.Code = 201
	}
	r.Request = `{"kind":"` + kind + `","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"` + r.Name + `"},` +
		`"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"` + role + `"},"subjects":` + subjects + `}`
	return r.String()
}
