package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// APIServiceRegistered finds parts of the API that were handed to a service in the cluster. The API server registers the
// groups of custom resources itself; those have no service.
var APIServiceRegistered = rule.Detection{
	Type:     "Persistence:Kubernetes/APIServiceRegistered",
	Origin:   rule.Ours,
	Severity: finding.SeverityLow,
	Grade: func(a *rule.Action) finding.Severity {
		n, _ := a.Made()
		group := n.Get("spec", "group").Text()
		if n.Get("spec").Exists() && (!strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") && !strings.HasSuffix(group, "metrics.k8s.io")) {
			return finding.SeverityHigh
		}
		return finding.SeverityLow
	},
	References: []rule.Reference{
		attack("T1546"), {Source: "Kubernetes", ID: "Aggregation layer", URL: "https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/"},
	},
	Title: lang.Text{
		EN: "Part of the API handed to a service",
		ES: "Parte de la API delegada en un servicio",
		PT: "Parte da API delegada a um serviço",
	},
	Why: lang.Text{
		EN: "The API server passes every request of this group on to the service, with the caller's name and what was sent, and believes its answers. One that takes over a group of Kubernetes' own reads and changes what others rely on.",
		ES: "El servidor de la API reenvía al servicio todas las solicitudes de este grupo, con el nombre de quien llama y lo que envía, y se fía de sus respuestas. Uno que se apropia de un grupo del propio Kubernetes lee y modifica aquello en lo que otros confían.",
		PT: "O servidor da API repassa ao serviço todas as solicitações deste grupo, com o nome de quem chama e o que envia, e confia nas suas respostas. Um que toma um grupo do próprio Kubernetes lê e altera aquilo em que outros confiam.",
	},
	Fix: fix(lang.Text{
		EN: "Compare the APIService with what was installed on purpose\n\nmetrics-server and adapters for metrics register one. Delete it if nobody knows its service.",
		ES: "Compare el APIService con lo que se instaló a propósito\n\nmetrics-server y los adaptadores de métricas registran uno. Bórrelo si nadie conoce su servicio.",
		PT: "Compare o APIService com o que foi instalado de propósito\n\nmetrics-server e os adaptadores de métricas registram um. Exclua-o se ninguém conhece o seu serviço.",
	}, `
kubectl get apiservices -o wide
kubectl get apiservice NAME -o yaml > NAME.yaml
kubectl delete apiservice NAME
`, ifStolen(), except()),
	On: []rule.Selector{{Verbs: writes(), Resources: []string{"apiservices.apiregistration.k8s.io"}}},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", apiServer, controllers, eksAddOns),
		made("answered-by-service", func(n tree.Node) string {
			if n.Get("spec", "service", "name").Text() == "" {
				return ""
			}
			return "$.spec.service.name"
		}),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a group of metrics",
			Input: apiService(record{User: admin}, "custom.metrics.k8s.io", `{"namespace":"monitoring","name":"adapter"}`),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.service.name",
		},
		{
			Name:     "a group of Kubernetes' own taken over",
			Input:    apiService(record{User: admin}, "apps", `{"namespace":"shop","name":"web"}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:   "the group of a custom resource",
			Input:  apiService(record{User: admin}, "example.com", "null"),
			Want:   finding.Absent,
			Misses: "answered-by-service",
		},
		{
			Name:   "the API server",
			Input:  apiService(record{User: "system:apiserver", UserAgent: agentAPIServer}, "example.com", `{"namespace":"shop","name":"web"}`),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  apiService(record{Code: 403}, "example.com", `{"namespace":"shop","name":"web"}`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the object",
			Input: record{User: admin, Verb: "create", Resource: "apiservices.apiregistration.k8s.io", Name: "v1.example.com", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

func apiService(r record, group, service string) string {
	r.Verb, r.Resource, r.Name = "create", "apiservices.apiregistration.k8s.io", "v1."+group
	r.Request = `{"kind":"APIService","apiVersion":"apiregistration.k8s.io/v1","metadata":{"name":"v1.` + group + `"},"spec":{"group":"` + group + `","version":"v1","service":` + service + `}}`
	return r.String()
}
