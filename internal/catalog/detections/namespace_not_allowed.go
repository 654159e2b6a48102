package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// NamespaceNotAllowed finds new namespaces that are not on the list of allowed ones. Without a list it finds nothing.
var NamespaceNotAllowed = rule.Detection{
	Type:       "Policy:Kubernetes/NamespaceNotAllowed",
	Origin:     rule.Ours,
	Severity:   finding.SeverityMedium,
	References: []rule.Reference{attack("T1036.005"), attack("T1610")},
	Title: lang.Text{
		EN: "Namespace that is not on the list created",
		ES: "Espacio de nombres creado que no figura en la lista",
		PT: "Namespace criado que não consta da lista",
	},
	Why: lang.Text{
		EN: "You listed the namespaces of the cluster, and this one is not among them. A new one has no network policies, quotas or Pod Security level yet: a good place to hide.",
		ES: "Usted indicó los espacios de nombres del clúster y este no está entre ellos. Uno nuevo aún no tiene políticas de red, cuotas ni nivel de Pod Security: un buen escondite.",
		PT: "Você indicou os namespaces do cluster e este não está entre eles. Um novo ainda não tem políticas de rede, cotas nem nível de Pod Security: um bom esconderijo.",
	},
	Fix: fix(lang.Text{
		EN: "Add the namespace to the list, or delete it\n\nLook first at what was started in it, and keep that: the last command deletes it all.",
		ES: "Añada el espacio de nombres a la lista o bórrelo\n\nMire primero qué se inició en él y guárdelo: el último comando lo borra todo.",
		PT: "Adicione o namespace à lista ou exclua-o\n\nVeja primeiro o que foi iniciado nele e guarde isso: o último comando exclui tudo.",
	}, `
kubectl -n NAMESPACE get all,configmaps,serviceaccounts,roles,rolebindings -o yaml > NAMESPACE.yaml
kubectl delete namespace NAMESPACE
`, shutOut()),
	On: []rule.Selector{{Verbs: []string{"create"}, Resources: []string{"namespaces"}}},
	Where: []rule.EventCondition{
		tookEffect(),
		{
			Name: "not-on-list",
			Holds: func(a *rule.Action) rule.Truth {
				allowed := a.Around.Namespaces
				if allowed != nil && a.ObjectName() == "" {
					return rule.Unknown(a.Unseen())
				}
				return rule.Is(!allowed.Allows(a.ObjectName()))
			},
			Show: showName,
		},
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a namespace that is not on the list",
			Input: record{User: admin, Verb: "create", Resource: "namespaces", Name: "scratch", Code: 201}.String(),
			Allow: map[string]string{"namespaces": "shop\nteam-*"},
			Want:  finding.Present,
			Path:  "$.objectRef.name",
		},
		{
			Name:   "a namespace that is",
			Input:  record{User: admin, Verb: "create", Resource: "namespaces", Name: "team-blue", Code: 201}.String(),
			Allow:  map[string]string{"namespaces": "shop\nteam-*"},
			Want:   finding.Absent,
			Misses: "not-on-list",
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "create", Resource: "namespaces", Name: "scratch", Code: 403}.String(),
			Allow:  map[string]string{"namespaces": "shop\nteam-*"},
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a new namespace whose name is not recorded",
			Input: record{User: admin, Verb: "create", Resource: "namespaces", Code: 201}.String(),
			Allow: map[string]string{"namespaces": "shop"},
			Want:  finding.Unknown,
		},
		{
			Name:  "no list",
			Input: record{User: admin, Verb: "create", Resource: "namespaces", Name: "scratch", Code: 201}.String(),
			Want:  finding.Absent,
		},
	},
}
