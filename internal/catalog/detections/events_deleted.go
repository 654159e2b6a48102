package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EventsDeleted finds Events of the cluster that were deleted. EKS' audit policy leaves Events of the core group out, so
// there only those deleted in the group events.k8s.io show
// (https://docs.aws.amazon.com/eks/latest/best-practices/auditing-and-logging.html).
var EventsDeleted = rule.Detection{
	Type:     "DefenseEvasion:Kubernetes/EventsDeleted",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if a.Verb == "delete" {
			return finding.SeverityLow
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{attack("T1070"), threatMatrix("MS-TA9022", "Delete%20K8S%20events")},
	Title: lang.Text{
		EN: "Events of the cluster deleted",
		ES: "Eventos del clúster borrados",
		PT: "Eventos do cluster excluídos",
	},
	Why: lang.Text{
		EN: "Events tell which pods were started, killed or refused. They go by themselves after an hour; nobody needs to delete them but whoever wants to leave no traces.",
		ES: "Los eventos cuentan qué pods se iniciaron, murieron o se rechazaron. Desaparecen solos tras una hora; nadie necesita borrarlos salvo quien quiere no dejar rastro.",
		PT: "Os eventos contam quais pods foram iniciados, mortos ou recusados. Somem sozinhos após uma hora; ninguém precisa excluí-los, a não ser quem não quer deixar rastro.",
	},
	Fix: fix(lang.Text{
		EN: "Look for what the deleted events would have told\n\nThe audit log still has the requests of the same user from before: read them.",
		ES: "Busque lo que habrían contado los eventos borrados\n\nEl registro de auditoría aún tiene las solicitudes anteriores del mismo usuario: léalas.",
		PT: "Procure o que os eventos excluídos teriam contado\n\nO registro de auditoria ainda tem as solicitações anteriores do mesmo usuário: leia-as.",
	}, `
kubectl auth can-i delete events -A --as USER --as-group GROUP
`, shutOut()),
	On:    []rule.Selector{{Verbs: []string{"delete", "deletecollection"}, Resources: []string{"events", "events.events.k8s.io"}}},
	Where: []rule.EventCondition{tookEffect(), notBy("not-by-system", controllers)},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace},
	Examples: []rule.EventExample{
		{
			Name:  "all events of a namespace",
			Input: record{Verb: "deletecollection", Resource: "events", Namespace: "shop"}.String(),
			Want:  finding.Present,
			Path:  "$.user.username",
		},
		{
			Name:     "one event, in the new group",
			Input:    record{Verb: "delete", Resource: "events.events.k8s.io", Namespace: "shop", Name: "web-0.18ec38257d3ac1f9"}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name: "a namespace being removed",
			Input: record{
				User: "system:serviceaccount:kube-system:namespace-controller", UserAgent: agentControllers, Verb: "deletecollection", Resource: "events", Namespace: "shop",
			}.String(),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "deletecollection", Resource: "events", Namespace: "shop", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}
