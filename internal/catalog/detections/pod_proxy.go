package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// PodProxy finds HTTP requests to a pod or service through the API server: kubectl proxy and kubectl get --raw.
var PodProxy = rule.Detection{
	Type:       "Execution:Kubernetes/PodProxy",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	References: []rule.Reference{attack("T1090"), threatMatrix("MS-TA9034", "Cluster%20internal%20networking")},
	Title: lang.Text{
		EN: "Pod or service reached through the API server",
		ES: "Pod o servicio alcanzado mediante el servidor de la API",
		PT: "Pod ou serviço alcançado através do servidor da API",
	},
	Why: lang.Text{
		EN: "The API server passes the request on from its own place in the network: past network policies and the sign-in of a load balancer. Attackers reach dashboards and internal services this way.",
		ES: "El servidor de la API reenvía la solicitud desde su propio lugar en la red: sin pasar por políticas de red ni por el inicio de sesión de un balanceador de carga. Los atacantes llegan así a paneles y servicios internos.",
		PT: "O servidor da API repassa a solicitação do seu próprio lugar na rede: sem passar por políticas de rede nem pelo login de um balanceador de carga. Invasores chegam assim a painéis e serviços internos.",
	},
	Fix: fix(lang.Text{
		EN: "Ask the user whether the request was meant\n\nSee whether they may use the proxies everywhere, and give what is behind them a sign-in of its own.",
		ES: "Pregunte al usuario si la solicitud era intencional\n\nVea si puede usar los proxies en todo el clúster y ponga un inicio de sesión propio a lo que hay detrás.",
		PT: "Pergunte ao usuário se a solicitação era intencional\n\nVeja se ele pode usar os proxies no cluster inteiro e ponha um login próprio no que está atrás deles.",
	}, `
kubectl auth can-i get pods/proxy -A --as USER --as-group GROUP
kubectl auth can-i get services/proxy -A --as USER --as-group GROUP
`, ifStolen(), except()),
	On:    []rule.Selector{{Resources: []string{"pods/proxy", "services/proxy"}}},
	Where: []rule.EventCondition{succeeded()},
	About: []rule.EventField{rule.FieldUser, rule.FieldResource, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a page of a pod",
			Input: record{Resource: "pods/proxy", Namespace: "shop", Name: "web-0:8080", URI: "/api/v1/namespaces/shop/pods/web-0:8080/proxy/actuator/env"}.String(),
			Want:  finding.Present,
			Path:  "$.responseStatus.code",
		},
		{
			Name:  "a form sent to a service",
			Input: record{Verb: "create", Resource: "services/proxy", Namespace: "shop", Name: "web:80", URI: "/api/v1/namespaces/shop/services/web:80/proxy/admin"}.String(),
			Want:  finding.Present,
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Resource: "pods/proxy", Namespace: "shop", Name: "web-0", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
	},
}
