package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EndpointsChanged finds the addresses behind a Service written by somebody else than the controllers whose work that is.
// Who may write them leads the Service's traffic to any address, which is why Kubernetes took the permission out of its
// roles edit and admin (CVE-2021-25740, https://github.com/kubernetes/kubernetes/issues/103675).
var EndpointsChanged = rule.Detection{
	Type:     "LateralMovement:Kubernetes/EndpointsChanged",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if byHand(a) {
			return finding.SeverityMedium
		}
		return finding.SeverityInformational
	},
	References: []rule.Reference{attack("T1557"), {Source: "Kubernetes", ID: "CVE-2021-25740", URL: "https://github.com/kubernetes/kubernetes/issues/103675"}},
	Title: lang.Text{
		EN: "Addresses behind a Service written by hand",
		ES: "Direcciones detrás de un Service escritas a mano",
		PT: "Endereços atrás de um Service escritos à mão",
	},
	Why: lang.Text{
		EN: "A Service sends its traffic to the addresses in its EndpointSlices. Whoever writes one there gets the requests of its clients, with their passwords and tokens, or reaches a pod past the network policies of its namespace.",
		ES: "Un Service envía su tráfico a las direcciones de sus EndpointSlice. Quien añade una allí recibe las solicitudes de sus clientes, con sus contraseñas y tokens, o llega a un pod sin pasar por las políticas de red de su espacio de nombres.",
		PT: "Um Service envia seu tráfego aos endereços dos seus EndpointSlice. Quem adiciona um ali recebe as solicitações dos seus clientes, com suas senhas e tokens, ou alcança um pod sem passar pelas políticas de rede do seu namespace.",
	},
	Fix: fix(lang.Text{
		EN: "Delete the strange EndpointSlice, and see where it led\n\nThe controller makes the right ones anew. Services without a selector keep theirs: restore those from their source.",
		ES: "Borre el EndpointSlice extraño y vea adónde llevaba\n\nEl controlador crea de nuevo los correctos. Los Service sin selector conservan los suyos: restáurelos desde su origen.",
		PT: "Exclua o EndpointSlice estranho e veja para onde levava\n\nO controlador cria de novo os corretos. Os Service sem seletor mantêm os seus: restaure-os da origem.",
	}, `
kubectl -n NAMESPACE get endpointslices -o wide
kubectl -n NAMESPACE get endpointslice NAME -o yaml > NAME.yaml
kubectl -n NAMESPACE delete endpointslice NAME
kubectl auth can-i update endpointslices.discovery.k8s.io -A --as USER --as-group GROUP
`, shutOut(), except()),
	On:    []rule.Selector{{Verbs: writes(), Resources: []string{"endpoints", "endpointslices.discovery.k8s.io"}}},
	Where: []rule.EventCondition{tookEffect(), notBy("not-by-system", apiServer, scheduler, controllers, eksAddOns)},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a person",
			Input: record{Verb: "create", Resource: "endpointslices.discovery.k8s.io", Namespace: "shop", Name: "web-x", Code: 201}.String(),
			Want:  finding.Present,
			Path:  "$.user.username",
		},
		{
			Name: "an operator, which lists the kubelets for its own Service",
			Input: record{
				User: "system:serviceaccount:monitoring:operator", UserAgent: "PrometheusOperator/0.79", Verb: "update", Resource: "endpoints", Namespace: "kube-system", Name: "kubelet",
			}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name: "the controller of EndpointSlices",
			Input: record{
				User: "system:serviceaccount:kube-system:endpointslice-controller", UserAgent: agentControllers, Verb: "update",
				Resource: "endpointslices.discovery.k8s.io", Namespace: "shop", Name: "web-x",
			}.String(),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "update", Resource: "endpoints", Namespace: "shop", Name: "web", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}
