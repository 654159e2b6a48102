package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// NetworkPolicyDeleted finds network policies that were deleted, those of Kubernetes and of the engines that have kinds of
// their own. Removing a chart deletes its policies too: one by one they weigh less than all at once.
var NetworkPolicyDeleted = rule.Detection{
	Type:     "DefenseEvasion:Kubernetes/NetworkPolicyDeleted",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if a.Verb == "delete" && a.Object.Namespace != "" {
			return finding.SeverityLow
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{attack("T1562.007")},
	Title: lang.Text{
		EN: "Network policy deleted",
		ES: "Política de red borrada",
		PT: "Política de rede excluída",
	},
	Why: lang.Text{
		EN: "Without its policy a pod reaches everything and is reached from everywhere: the way to the next workload, to the metadata service and out of the cluster is open.",
		ES: "Sin su política, un pod llega a todo y es alcanzable desde todas partes: el camino a la siguiente carga de trabajo, al servicio de metadatos y fuera del clúster queda abierto.",
		PT: "Sem a sua política, um pod alcança tudo e é alcançado de toda parte: o caminho até a próxima carga de trabalho, até o serviço de metadados e para fora do cluster fica aberto.",
	},
	Fix: fix(lang.Text{
		EN: "Put the policy back from its source\n\nThen see whether its pods made connections meanwhile that it would have refused.",
		ES: "Restablezca la política desde su origen\n\nDespués vea si sus pods abrieron entretanto conexiones que habría rechazado.",
		PT: "Restabeleça a política a partir da origem\n\nDepois veja se os seus pods abriram nesse tempo conexões que ela teria recusado.",
	}, `
kubectl -n NAMESPACE apply -f POLICY.yaml
kubectl -n NAMESPACE get networkpolicies
`, shutOut(), except()),
	On: []rule.Selector{{Verbs: []string{"delete", "deletecollection"}, Resources: []string{
		"networkpolicies.networking.k8s.io", "adminnetworkpolicies.policy.networking.k8s.io", "baselineadminnetworkpolicies.policy.networking.k8s.io",
		"ciliumnetworkpolicies.cilium.io", "ciliumclusterwidenetworkpolicies.cilium.io",
		"networkpolicies.crd.projectcalico.org", "globalnetworkpolicies.crd.projectcalico.org",
		"networkpolicies.projectcalico.org", "globalnetworkpolicies.projectcalico.org",
	}}},
	Where: []rule.EventCondition{tookEffect(), notBy("not-by-system", controllers)},
	About: []rule.EventField{rule.FieldUser, rule.FieldResource, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:     "one policy of a namespace",
			Input:    record{Verb: "delete", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop", Name: "deny-all"}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
			Path:     "$.user.username",
		},
		{
			Name:  "all policies of a namespace",
			Input: record{Verb: "deletecollection", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop"}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "a policy of the whole cluster",
			Input: record{Verb: "delete", Resource: "ciliumclusterwidenetworkpolicies.cilium.io", Name: "deny-all"}.String(),
			Want:  finding.Present,
		},
		{
			Name: "a dry run in the query alone, which the body overrules",
			Input: record{
				Verb: "delete", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop", Name: "deny-all",
				URI:     "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/deny-all?dryRun=All",
				Request: `{"kind":"DeleteOptions","apiVersion":"networking.k8s.io/v1","propagationPolicy":"Background"}`,
			}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name: "kubectl delete --dry-run=server",
			Input: record{
				Verb: "delete", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop", Name: "deny-all",
				Request: `{"kind":"DeleteOptions","apiVersion":"networking.k8s.io/v1","propagationPolicy":"Background","dryRun":["All"]}`,
			}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name: "a dry run in the query, and no body recorded",
			Input: record{
				Verb: "delete", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop", Name: "deny-all",
				URI: "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/deny-all?dryRun=All",
			}.String(),
			Want: finding.Unknown,
		},
		{
			Name: "a namespace being removed",
			Input: record{
				User: "system:serviceaccount:kube-system:namespace-controller", UserAgent: agentControllers, Verb: "deletecollection",
				Resource: "networkpolicies.networking.k8s.io", Namespace: "shop",
			}.String(),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "delete", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop", Name: "deny-all", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}
