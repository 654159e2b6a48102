package detections

import (
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// MassDeletion finds users who delete many different objects that hold data or run something, in a short time. Removing
// one chart deletes a handful of these; no peer publishes a threshold.
var MassDeletion = rule.Detection{
	Type:       "Impact:Kubernetes/MassDeletion",
	Origin:     rule.Ours,
	Severity:   finding.SeverityMedium,
	References: []rule.Reference{attack("T1485"), threatMatrix("MS-TA9038", "Data%20destruction")},
	Title: lang.Text{
		EN: "Many objects or whole namespaces deleted",
		ES: "Muchos objetos o espacios de nombres enteros borrados",
		PT: "Muitos objetos ou namespaces inteiros excluídos",
	},
	Why: lang.Text{
		EN: "Deleting namespaces, volumes and workloads one after the other is how an attacker destroys, or hides what was done; it may also be somebody in the wrong cluster.",
		ES: "Borrar espacios de nombres, volúmenes y cargas de trabajo uno tras otro es la forma en que un atacante destruye u oculta lo que hizo; también puede ser alguien en el clúster equivocado.",
		PT: "Excluir namespaces, volumes e cargas de trabalho um após o outro é a forma como um invasor destrói ou esconde o que fez; também pode ser alguém no cluster errado.",
	},
	Fix: fix(lang.Text{
		EN: "Stop the user, then restore from the source and from backups\n\nThe names stand in the audit log. Volumes whose reclaim policy is Retain can still be bound again.",
		ES: "Detenga al usuario y después restaure desde el origen y las copias\n\nLos nombres están en el registro de auditoría. Los volúmenes cuya política de reclamación es Retain aún se pueden volver a vincular.",
		PT: "Detenha o usuário e depois restaure da origem e dos backups\n\nOs nomes estão no registro de auditoria. Volumes cuja política de recuperação é Retain ainda podem ser vinculados de novo.",
	}, `
kubectl get persistentvolumes
kubectl auth can-i delete namespaces -A --as USER --as-group GROUP
`, shutOut()),
	On: []rule.Selector{{Verbs: []string{"delete", "deletecollection"}, Resources: []string{
		"namespaces", "nodes", "persistentvolumes", "persistentvolumeclaims", "deployments.apps", "statefulsets.apps", "daemonsets.apps",
		"customresourcedefinitions.apiextensions.k8s.io",
	}}},
	Where: []rule.EventCondition{tookEffect(), notBy("not-by-system", controllers, eksAddOns, eksNodesGone)},
	About: []rule.EventField{rule.FieldUser},
	Count: &rule.Counting{By: []rule.EventField{rule.FieldUser}, Distinct: &fieldDeed, Least: 20, Within: 5 * time.Minute},
	Examples: []rule.EventExample{
		{
			Name: "twenty Deployments in three minutes",
			Input: repeated(20, func(i int) record {
				return record{Verb: "delete", Resource: "deployments.apps", Namespace: "shop", Name: "web-" + itoa(i)}
			}),
			Want: finding.Present,
			Path: "$.user.username",
		},
		{
			Name: "a chart removed",
			Input: repeated(5, func(i int) record {
				return record{Verb: "delete", Resource: "deployments.apps", Namespace: "shop", Name: "web-" + itoa(i)}
			}),
			Want: finding.Absent,
		},
		{
			Name: "namespaces deleted by a user who is called like a part of EKS",
			Input: repeated(20, func(i int) record {
				return record{User: "eks:operator", UserAgent: "x/1", Verb: "delete", Resource: "namespaces", Namespace: "n-" + itoa(i), Name: "n-" + itoa(i)}
			}),
			Want: finding.Present,
		},
		{
			Name: "a node group removed",
			Input: repeated(20, func(i int) record {
				return record{User: "eks:cloud-controller-manager", UserAgent: "aws-cloud-controller-manager/v1.35.0", Verb: "delete", Resource: "nodes", Name: "n-" + itoa(i)}
			}),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name: "the controller of namespaces, which removes what is in one",
			Input: repeated(20, func(i int) record {
				return record{
					User: "system:serviceaccount:kube-system:namespace-controller", UserAgent: agentControllers, Verb: "deletecollection",
					Resource: "deployments.apps", Namespace: "team-" + itoa(i),
				}
			}),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name: "requests that were not allowed",
			Input: repeated(20, func(i int) record {
				return record{Verb: "delete", Resource: "deployments.apps", Namespace: "shop", Name: "web-" + itoa(i), Code: 403}
			}),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}
