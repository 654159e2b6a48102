package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AWSAuthChanged finds changes to the ConfigMap that gives IAM principals their names and groups in an EKS cluster. EKS'
// audit policy records the body of a change, and not that of the creation. A body that names system:masters weighs more,
// also where it did before: the record does not hold what was there
// (https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html).
var AWSAuthChanged = rule.Detection{
	Type:     "Persistence:Kubernetes/AWSAuthChanged",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if holdsText(a, "system:masters") {
			return finding.SeverityHigh
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{attack("T1098"), attack("T1098.006"), threatMatrix("MS-TA9001", "Using%20Cloud%20Credentials")},
	Title: lang.Text{
		EN: "IAM principals allowed into the cluster changed",
		ES: "Entidades principales de IAM del clúster modificadas",
		PT: "Entidades principais do IAM do cluster alteradas",
	},
	Why: lang.Text{
		EN: "A line in aws-auth lets a user or an IAM role into the cluster, with any group: with system:masters, past every check. Attackers add a role of their own account to come back with.",
		ES: "Una línea en aws-auth deja entrar en el clúster a un usuario o un rol de IAM con cualquier grupo: con system:masters, sin ninguna comprobación. Los atacantes añaden un rol de su propia cuenta para volver.",
		PT: "Uma linha em aws-auth deixa entrar no cluster um usuário ou perfil do IAM com qualquer grupo: com system:masters, sem nenhuma verificação. Invasores adicionam um perfil da própria conta para voltar.",
	},
	Fix: fix(lang.Text{
		EN: "Compare aws-auth with what it should hold, and remove the rest\n\nKeep the lines of the nodes' roles, or the nodes are lost. Then move to access entries, whose changes CloudTrail records. The last command lets both count, and there is no way back from it; set the mode to API only once every line has its access entry, the nodes' too.",
		ES: "Compare aws-auth con lo que debe contener y quite lo demás\n\nConserve las líneas de los roles de los nodos o perderá los nodos. Después pase a entradas de acceso, cuyos cambios registra CloudTrail. El último comando hace que valgan ambas cosas y no tiene vuelta atrás; ponga el modo API solo cuando cada línea tenga su entrada de acceso, también las de los nodos.",
		PT: "Compare aws-auth com o que deve conter e remova o resto\n\nMantenha as linhas dos perfis dos nós ou perderá os nós. Depois passe para entradas de acesso, cujas mudanças o CloudTrail registra. O último comando faz valerem as duas coisas e não tem volta; mude o modo para API só quando cada linha tiver sua entrada de acesso, também as dos nós.",
	}, `
kubectl -n kube-system get configmap aws-auth -o yaml > aws-auth.yaml
kubectl -n kube-system edit configmap aws-auth
aws eks update-cluster-config --name CLUSTER --access-config authenticationMode=API_AND_CONFIG_MAP
`, shutOut()),
	On: []rule.Selector{{Verbs: []string{"create", "update", "patch", "delete", "deletecollection"}, Resources: []string{"configmaps"}}},
	Where: []rule.EventCondition{
		inNamespace("in-kube-system", "kube-system"),
		tookEffect(),
		named("aws-auth", isOneOf("aws-auth")),
		notBy("not-eks-adding-nodes", func(a *rule.Action) bool { return eksNodes(a) && !holdsText(a, "system:masters") }),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a role let in",
			Input: awsAuth(record{User: admin, Verb: "patch"}, "system:bootstrappers"),
			Want:  finding.Present,
			Path:  "$.objectRef.name",
		},
		{
			Name:     "a role let in as system:masters",
			Input:    awsAuth(record{User: admin, Verb: "patch"}, "system:masters"),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:  "the ConfigMap made, as EKS records it",
			Input: record{User: admin, Verb: "create", Resource: "configmaps", Namespace: "kube-system", Name: "aws-auth", Code: 201}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "the ConfigMap deleted",
			Input: record{User: admin, Verb: "delete", Resource: "configmaps", Namespace: "kube-system", Name: "aws-auth"}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "the ConfigMap deleted as a collection",
			Input: record{User: admin, Verb: "deletecollection", Resource: "configmaps", Namespace: "kube-system", URI: "/api/v1/namespaces/kube-system/configmaps?fieldSelector=metadata.name%3Daws-auth"}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "all ConfigMaps of the namespace deleted",
			Input: record{User: admin, Verb: "deletecollection", Resource: "configmaps", Namespace: "kube-system", URI: "/api/v1/namespaces/kube-system/configmaps"}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "ConfigMaps with a label deleted",
			Input: record{User: admin, Verb: "deletecollection", Resource: "configmaps", Namespace: "kube-system", URI: "/api/v1/namespaces/kube-system/configmaps?labelSelector=app%3Dshop"}.String(),
			Want:  finding.Unknown,
		},
		{
			Name:  "all other ConfigMaps deleted, as the answer shows",
			Input: record{User: admin, Verb: "deletecollection", Resource: "configmaps", Namespace: "kube-system", URI: "/api/v1/namespaces/kube-system/configmaps?fieldSelector=metadata.name%21%3Daws-auth", Response: `{"kind":"ConfigMapList","items":[{"metadata":{"name":"settings"}}]}`}.String(),
			Want:  finding.Absent,
		},
		{
			Name:  "a new ConfigMap whose name is not recorded",
			Input: record{User: admin, Verb: "create", Resource: "configmaps", Namespace: "kube-system", Code: 201}.String(),
			Want:  finding.Unknown,
		},
		{
			Name:   "a ConfigMap of that name elsewhere",
			Input:  record{User: admin, Verb: "update", Resource: "configmaps", Namespace: "shop", Name: "aws-auth"}.String(),
			Want:   finding.Absent,
			Misses: "in-kube-system",
		},
		{
			Name:   "another ConfigMap",
			Input:  record{User: admin, Verb: "update", Resource: "configmaps", Namespace: "kube-system", Name: "settings"}.String(),
			Want:   finding.Absent,
			Misses: "aws-auth",
		},
		{
			Name:   "EKS adds the role of a node group",
			Input:  awsAuth(record{User: "eks:node-manager", UserAgent: "Go-http-client/2.0", Verb: "update"}, "system:bootstrappers"),
			Want:   finding.Absent,
			Misses: "not-eks-adding-nodes",
		},
		{
			Name:   "a request that was not allowed",
			Input:  awsAuth(record{Verb: "patch", Code: 403}, "system:masters"),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}

func awsAuth(r record, group string) string {
	r.Resource, r.Namespace, r.Name = "configmaps", "kube-system", "aws-auth"
	r.Request = `{"data":{"mapRoles":"- rolearn: arn:aws:iam::111122223333:role/example\n  username: example\n  groups: [` + group + `]\n"}}`
	return r.String()
}
