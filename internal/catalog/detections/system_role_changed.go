package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// SystemRoleChanged finds changes to the roles and bindings of Kubernetes' own parts. The API server makes and repairs
// them itself when it starts, and one controller joins aggregated roles.
var SystemRoleChanged = rule.Detection{
	Type:     "PrivilegeEscalation:Kubernetes/SystemRoleChanged",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	References: []rule.Reference{
		attack("T1098.006"), {Source: "Kubernetes", ID: "Default roles", URL: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings"},
	},
	Title: lang.Text{
		EN: "Role of Kubernetes' own changed or deleted",
		ES: "Rol del propio Kubernetes modificado o borrado",
		PT: "Papel do próprio Kubernetes alterado ou excluído",
	},
	Why: lang.Text{
		EN: "The roles that begin with system: belong to nodes, controllers and every signed-in user. One rule added to them gives its power to all of these at once, where nobody looks; one deleted stops a part of the cluster.",
		ES: "Los roles que empiezan por system: pertenecen a nodos, controladores y a todo usuario autenticado. Una regla añadida les da su poder a todos ellos a la vez, donde nadie mira; un rol borrado detiene una parte del clúster.",
		PT: "Os papéis que começam com system: pertencem a nós, controladores e a todo usuário autenticado. Uma regra adicionada dá o seu poder a todos eles de uma vez, onde ninguém olha; um papel excluído faz parar uma parte do cluster.",
	},
	Fix: fix(lang.Text{
		EN: "Let the API server restore its roles\n\nIt adds what is missing when it starts, and removes nothing: take away what was added. ROLE.yaml is the role of a new cluster of the same version, with all its rules: the second command shows what the last one would take away, from the parts of the cluster too if a rule is missing in the file.",
		ES: "Deje que el servidor de la API restaure sus roles\n\nAl iniciarse añade lo que falta, pero no quita nada: elimine lo que se añadió. ROLE.yaml es el rol de un clúster nuevo de la misma versión, con todas sus reglas: el segundo comando muestra lo que quitaría el último, también a las partes del clúster si en el archivo falta una regla.",
		PT: "Deixe o servidor da API restaurar os seus papéis\n\nAo iniciar ele adiciona o que falta, mas não remove nada: retire o que foi adicionado. ROLE.yaml é o papel de um cluster novo da mesma versão, com todas as suas regras: o segundo comando mostra o que o último retiraria, também das partes do cluster se falta uma regra no arquivo.",
	}, `
kubectl get clusterrole NAME -o yaml > NAME.yaml
kubectl auth reconcile -f ROLE.yaml --remove-extra-permissions --dry-run=client -o yaml
kubectl auth reconcile -f ROLE.yaml --remove-extra-permissions
`, shutOut()),
	On: []rule.Selector{{Verbs: []string{"update", "patch", "delete", "deletecollection"}, Resources: []string{
		"clusterroles.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io",
		"roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io",
	}}},
	Where: []rule.EventCondition{
		tookEffect(),
		named("system-name", func(name string) bool { return strings.HasPrefix(name, "system:") || strings.HasPrefix(name, "eks:") }),
		notBy("not-by-system", apiServer, controllers, eksRoles),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldResource, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name: "a rule added",
			Input: record{
				User: admin, Verb: "patch", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "system:kube-dns",
				Request: `[{"op":"add","path":"/rules/-","value":{"apiGroups":[""],"resources":["secrets"],"verbs":["list"]}}]`,
			}.String(),
			Want: finding.Present,
			Path: "$.objectRef.name",
		},
		{
			Name:  "a binding deleted",
			Input: record{User: admin, Verb: "delete", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Name: "system:node-proxier"}.String(),
			Want:  finding.Present,
		},
		{
			Name: "a name that is escaped in the URI",
			Input: record{
				User: admin, Verb: "delete", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "system:kube-dns",
				URI: "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Akube-dns",
			}.String(),
			Want: finding.Present,
		},
		{
			Name:  "a role deleted as a collection",
			Input: record{User: admin, Verb: "deletecollection", Resource: "clusterroles.rbac.authorization.k8s.io", URI: "/apis/rbac.authorization.k8s.io/v1/clusterroles?fieldSelector=metadata.name%3Dsystem:basic-user"}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "all roles deleted",
			Input: record{User: admin, Verb: "deletecollection", Resource: "clusterroles.rbac.authorization.k8s.io", URI: "/apis/rbac.authorization.k8s.io/v1/clusterroles"}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "another role deleted as a collection",
			Input: record{User: admin, Verb: "deletecollection", Resource: "clusterroles.rbac.authorization.k8s.io", URI: "/apis/rbac.authorization.k8s.io/v1/clusterroles?fieldSelector=metadata.name%3Dshop-reader"}.String(),
			Want:  finding.Absent,
		},
		{
			Name:   "a role of the team's own",
			Input:  record{User: admin, Verb: "delete", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "shop-reader"}.String(),
			Want:   finding.Absent,
			Misses: "system-name",
		},
		{
			Name:   "the API server that starts",
			Input:  record{User: "system:apiserver", UserAgent: agentAPIServer, Verb: "update", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "system:kube-dns"}.String(),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "delete", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "system:kube-dns", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}
