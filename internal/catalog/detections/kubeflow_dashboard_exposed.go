package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// KubeflowDashboardExposed finds Services of type LoadBalancer that lead to Kubeflow's dashboard: to the dashboard itself,
// or to the gateway of Istio through which Kubeflow serves it.
//
// No record says that a cluster runs Kubeflow. Its manifests keep Istio's gateway inside the cluster
// (https://github.com/kubeflow/manifests#connect-to-your-kubeflow-cluster), while Istio's own installation makes it a load
// balancer from the start. So a gateway that is changed into one counts, and one that is made so does not, unless it
// stands in the namespace kubeflow or bears Kubeflow's name.
var KubeflowDashboardExposed = rule.Detection{
	Type:     "Policy:Kubernetes/KubeflowDashboardExposed",
	Severity: finding.SeverityMedium,
	References: []rule.Reference{
		guardDuty("policy-kubernetes-kubeflowdashboardexposed"), attack("T1133"), threatMatrix("MS-TA9005", "Exposed%20sensitive%20interfaces"),
	},
	Title: lang.Text{
		EN: "Kubeflow dashboard open to the internet",
		ES: "Panel de Kubeflow abierto a internet",
		PT: "Painel do Kubeflow aberto à internet",
	},
	Why: lang.Text{
		EN: "A load balancer leads from the internet to Kubeflow's dashboard, or to the gateway of Istio that serves it. Whoever gets past its sign-in runs notebooks and pipelines, which are containers of their choice; attackers use them to mine coins and to steal models and data.",
		ES: "Un balanceador de carga lleva desde internet hasta el panel de Kubeflow, o hasta la puerta de enlace de Istio que lo sirve. Quien supera su inicio de sesión ejecuta notebooks y pipelines, que son contenedores a su elección; los atacantes los usan para minar criptomonedas y robar modelos y datos.",
		PT: "Um balanceador de carga leva da internet até o painel do Kubeflow, ou até o gateway do Istio que o serve. Quem passa pelo login executa notebooks e pipelines, que são contêineres à sua escolha; invasores os usam para minerar criptomoedas e roubar modelos e dados.",
	},
	Fix: remedy(
		lang.Text{
			EN: "Take Kubeflow's dashboard off the internet",
			ES: "Retire de internet el panel de Kubeflow",
			PT: "Retire da internet o painel do Kubeflow",
		},
		closeService(),
		lang.Text{
			EN: "Change the default account that Kubeflow comes with (user@example.com), and look for notebooks, pipelines and pods that nobody knows. If the change was not meant, treat the credentials of whoever made it as stolen.",
			ES: "Cambie la cuenta predeterminada de Kubeflow (user@example.com) y busque notebooks, pipelines y pods que nadie conozca. Si el cambio no era intencionado, considere robadas las credenciales de quien lo hizo.",
			PT: "Troque a conta padrão do Kubeflow (user@example.com) e procure notebooks, pipelines e pods que ninguém conheça. Se a mudança não era intencional, considere roubadas as credenciais de quem a fez.",
		},
		revokeUser(),
	),
	On: serviceChange(),
	Where: []rule.EventCondition{
		tookEffect(),
		loadBalancer(),
		servesApp("kubeflow-dashboard", isKubeflowDashboard),
		notInternal(),
	},
	About: []rule.EventField{rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name: "a patch of the dashboard's Service",
			Input: serviceChanged("patch", "kubeflow", "centraldashboard", `{"spec":{"type":"LoadBalancer"}}`,
				serviceObject("centraldashboard", "LoadBalancer", "", `,"selector":{"app":"centraldashboard"}`)).String(),
			Want: finding.Present,
			Path: "$.responseObject.spec.type",
		},
		{
			Name: "a Service of another name for the dashboard's pods",
			Input: serviceChanged("create", "kubeflow", "open", serviceObject("open", "LoadBalancer", "", `,"selector":{"app":"centraldashboard"}`), "").
				String(),
			Want: finding.Present,
			Path: "$.requestObject.spec.selector.app",
		},
		{
			Name: "Istio's gateway is made a load balancer",
			Input: serviceChanged("patch", "istio-system", "istio-ingressgateway", `{"spec":{"type":"LoadBalancer"}}`,
				serviceObject("istio-ingressgateway", "LoadBalancer", "", `,"selector":{"app":"istio-ingressgateway","istio":"ingressgateway"}`)).String(),
			Want: finding.Present,
			Path: "$.objectRef.name",
		},
		{
			Name: "the same by JSON patch, with no result in the record",
			Input: serviceChanged("patch", "istio-system", "istio-ingressgateway", `[{"op":"replace","path":"/spec/type","value":"LoadBalancer"}]`, "").
				String(),
			Want: finding.Present,
			Path: "$.requestObject[0].value",
		},
		{
			Name: "Istio's gateway as Istio installs it",
			Input: serviceChanged("create", "istio-system", "istio-ingressgateway",
				serviceObject("istio-ingressgateway", "LoadBalancer", "", `,"selector":{"app":"istio-ingressgateway","istio":"ingressgateway"}`), "").String(),
			Want:   finding.Absent,
			Misses: "kubeflow-dashboard",
		},
		{
			Name: "the dashboard inside the cluster",
			Input: serviceChanged("update", "kubeflow", "centraldashboard", "",
				serviceObject("centraldashboard", "ClusterIP", "", "")).String(),
			Want:   finding.Absent,
			Misses: "load-balancer",
		},
		{
			Name: "an internal load balancer",
			Input: serviceChanged("create", "kubeflow", "centraldashboard", "", serviceObject("centraldashboard", "LoadBalancer",
				`,"annotations":{"service.beta.kubernetes.io/aws-load-balancer-internal":"true"}`, "")).String(),
			Want:   finding.Absent,
			Misses: "not-internal",
		},
		{
			Name:   "a request that was refused",
			Input:  turnedAway(serviceChanged("patch", "kubeflow", "centraldashboard", `{"spec":{"type":"LoadBalancer"}}`, "")).String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{Name: "a record without bodies", Input: serviceChanged("patch", "kubeflow", "centraldashboard", "", "").String(), Want: finding.Unknown},
	},
}

// isKubeflowDashboard reports whether a name is that of Kubeflow's dashboard, or of a gateway of Istio that serves it.
func isKubeflowDashboard(a *rule.Action, app string) bool {
	switch {
	case strings.HasPrefix(app, "centraldashboard"):
		return true
	case app != "istio-ingressgateway" && app != "ingressgateway":
		return false
	case strings.HasPrefix(a.Object.Namespace, "kubeflow"):
		return true
	case a.Verb == "patch":
		return setsType(a.Sent())
	}
	return false
}

// setsType reports whether a patch sets the type of a Service, which it does where it changes it.
func setsType(patch tree.Node) bool {
	for operation := range patch.All() {
		if operation.Get("path").Text() == "/spec/type" {
			return true
		}
	}
	return patch.Get("spec", "type").Exists() && !patch.Get("kind").Exists()
}
