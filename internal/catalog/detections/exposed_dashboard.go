package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ExposedDashboard finds Services of type LoadBalancer that lead to the Kubernetes Dashboard. A record of a Service does
// not show the image behind it, as scan sees it (the trait dashboard-exposed): names and labels tell.
var ExposedDashboard = rule.Detection{
	Type:     "Policy:Kubernetes/ExposedDashboard",
	Severity: finding.SeverityMedium,
	References: []rule.Reference{
		guardDuty("policy-kubernetes-exposeddashboard"), attack("T1133"), threatMatrix("MS-TA9005", "Exposed%20sensitive%20interfaces"),
	},
	Title: lang.Text{
		EN: "Kubernetes Dashboard open to the internet",
		ES: "Kubernetes Dashboard abierto a internet",
		PT: "Kubernetes Dashboard aberto à internet",
	},
	Why: lang.Text{
		EN: "A load balancer leads from the internet to the dashboard, which shows and changes the cluster with the rights of whoever signs in, or of its own service account. A stolen token, a skipped sign-in or a weakness of the dashboard is all that an attacker needs.",
		ES: "Un balanceador de carga lleva desde internet hasta el panel, que muestra y cambia el clúster con los derechos de quien inicia sesión, o con los de su propia cuenta de servicio. A un atacante le basta un token robado, un inicio de sesión omitido o una debilidad del panel.",
		PT: "Um balanceador de carga leva da internet até o painel, que mostra e altera o cluster com os direitos de quem faz login, ou com os da sua própria conta de serviço. A um invasor basta um token roubado, um login pulado ou uma fraqueza do painel.",
	},
	Fix: remedy(
		lang.Text{
			EN: "Take the dashboard off the internet",
			ES: "Retire el panel de internet",
			PT: "Retire o painel da internet",
		},
		closeService(),
		lang.Text{
			EN: "Let the dashboard's service account do no more than it must. Then look for requests that it made since the Service was opened; if the change was not meant, treat the credentials of whoever made it as stolen.",
			ES: "No dé a la cuenta de servicio del panel más de lo imprescindible. Después busque las solicitudes que hizo desde que se abrió el Service; si el cambio no era intencionado, considere robadas las credenciales de quien lo hizo.",
			PT: "Não dê à conta de serviço do painel mais do que o indispensável. Depois procure as solicitações que ela fez desde que o Service foi aberto; se a mudança não era intencional, considere roubadas as credenciais de quem a fez.",
		},
		revokeUser(),
	),
	On: serviceChange(),
	Where: []rule.EventCondition{
		tookEffect(),
		loadBalancer(),
		servesApp("kubernetes-dashboard", isKubernetesDashboard),
		notInternal(),
	},
	About: []rule.EventField{rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name: "a load balancer for the dashboard",
			Input: serviceChanged("create", "kubernetes-dashboard", "kubernetes-dashboard", "",
				serviceObject("kubernetes-dashboard", "LoadBalancer", "", `,"selector":{"k8s-app":"kubernetes-dashboard"}`)).String(),
			Want: finding.Present,
			Path: "$.responseObject.spec.type",
		},
		{
			Name:  "a patch that changes the type, with no result in the record",
			Input: serviceChanged("patch", "kubernetes-dashboard", "kubernetes-dashboard", `{"spec":{"type":"LoadBalancer"}}`, "").String(),
			Want:  finding.Present,
			Path:  "$.objectRef.name",
		},
		{
			Name: "a JSON patch of the proxy that dashboard 7 comes with",
			Input: serviceChanged("patch", "dashboard", "kubernetes-dashboard-kong-proxy",
				`[{"op":"replace","path":"/spec/type","value":"LoadBalancer"}]`, "").String(),
			Want: finding.Present,
			Path: "$.requestObject[0].value",
		},
		{
			Name: "another name for the same pods, and a load balancer that faces the internet by its annotation",
			Input: serviceChanged("update", "ops", "admin", serviceObject("admin", "LoadBalancer",
				`,"annotations":{"service.beta.kubernetes.io/aws-load-balancer-scheme":"internet-facing"}`,
				`,"selector":{"app.kubernetes.io/name":"kubernetes-dashboard-web"}`), "").String(),
			Want: finding.Present,
			Path: "$.requestObject.spec.selector['app.kubernetes.io/name']",
		},
		{
			Name: "a Service inside the cluster",
			Input: serviceChanged("create", "kubernetes-dashboard", "kubernetes-dashboard", "",
				serviceObject("kubernetes-dashboard", "ClusterIP", "", "")).String(),
			Want:   finding.Absent,
			Misses: "load-balancer",
		},
		{
			Name: "a port of every node, which the internet need not reach",
			Input: serviceChanged("create", "kubernetes-dashboard", "kubernetes-dashboard", "",
				serviceObject("kubernetes-dashboard", "NodePort", "", "")).String(),
			Want:   finding.Absent,
			Misses: "load-balancer",
		},
		{
			Name: "a load balancer for something else",
			Input: serviceChanged("create", "shop", "web", "",
				serviceObject("web", "LoadBalancer", "", `,"selector":{"app":"web"}`)).String(),
			Want:   finding.Absent,
			Misses: "kubernetes-dashboard",
		},
		{
			Name: "an internal load balancer",
			Input: serviceChanged("create", "kubernetes-dashboard", "kubernetes-dashboard", "", serviceObject("kubernetes-dashboard", "LoadBalancer",
				`,"annotations":{"service.beta.kubernetes.io/aws-load-balancer-scheme":"internal"}`, "")).String(),
			Want:   finding.Absent,
			Misses: "not-internal",
		},
		{
			Name: "a load balancer that lets in one network",
			Input: serviceChanged("create", "kubernetes-dashboard", "kubernetes-dashboard", "",
				serviceObject("kubernetes-dashboard", "LoadBalancer", "", `,"loadBalancerSourceRanges":["198.51.100.0/24"]`)).String(),
			Want:   finding.Absent,
			Misses: "not-internal",
		},
		{
			Name: "a request that was refused",
			Input: turnedAway(serviceChanged("create", "kubernetes-dashboard", "kubernetes-dashboard",
				serviceObject("kubernetes-dashboard", "LoadBalancer", "", ""), "")).String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a patch of a Service whose pods the record does not show",
			Input: serviceChanged("patch", "ops", "admin", `{"spec":{"type":"LoadBalancer"}}`, "").String(),
			Want:  finding.Unknown,
		},
		{
			Name:  "a patch of a label alone",
			Input: serviceChanged("patch", "kubernetes-dashboard", "kubernetes-dashboard", `{"metadata":{"labels":{"team":"ops"}}}`, "").String(),
			Want:  finding.Absent,
		},
		{
			Name:  "a record without bodies",
			Input: serviceChanged("update", "kubernetes-dashboard", "kubernetes-dashboard", "", "").String(),
			Want:  finding.Unknown,
		},
	},
}

// isKubernetesDashboard reports whether a name is that of the Kubernetes Dashboard, of one of the parts that it has since
// version 7 (kubernetes-dashboard-web, -api, -auth, -kong-proxy), or of a release of its chart (NAME-kubernetes-dashboard).
func isKubernetesDashboard(_ *rule.Action, app string) bool {
	return strings.HasPrefix(app, "kubernetes-dashboard") || strings.HasSuffix(app, "-kubernetes-dashboard")
}
