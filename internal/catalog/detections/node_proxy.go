package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// NodeProxy finds requests to a kubelet through the API server. What they do in a container is in no audit log: the
// kubelet writes none, and admission does not see it
// (https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes).
var NodeProxy = rule.Detection{
	Type:     "PrivilegeEscalation:Kubernetes/NodeProxy",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		k, _ := a.Kubelet()
		switch k.Does {
		case "run", "exec", "attach", "portForward", "cri", "checkpoint":
			return finding.SeverityHigh
		case "metrics", "stats", "healthz":
			return finding.SeverityInformational
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{attack("T1550"), attack("T1609"), threatMatrix("MS-TA9030", "Access%20Kubelet%20API")},
	Title: lang.Text{
		EN: "Kubelet reached through the API server",
		ES: "Kubelet alcanzado a través del servidor de la API",
		PT: "Kubelet alcançado através do servidor da API",
	},
	Why: lang.Text{
		EN: "Through nodes/proxy a user runs commands in every container of the node, without pods/exec and past admission, and reads their logs. Only the request is in the audit log, and not what it did.",
		ES: "A través de nodes/proxy un usuario ejecuta comandos en todos los contenedores del nodo, sin pods/exec y sin pasar por la admisión, y lee sus logs. El registro de auditoría solo tiene la solicitud, no lo que hizo.",
		PT: "Através de nodes/proxy um usuário executa comandos em todos os contêineres do nó, sem pods/exec e sem passar pela admissão, e lê seus logs. O registro de auditoria só tem a solicitação, não o que ela fez.",
	},
	Fix: fix(lang.Text{
		EN: "Take nodes/proxy from every role that does not need it\n\nMonitoring needs nodes/metrics and nodes/stats only. If a command was run, treat the node's pods as compromised.",
		ES: "Quite nodes/proxy de todo rol que no lo necesite\n\nLa monitorización solo necesita nodes/metrics y nodes/stats. Si se ejecutó un comando, considere comprometidos los pods del nodo.",
		PT: "Remova nodes/proxy de todo papel que não precise dele\n\nO monitoramento só precisa de nodes/metrics e nodes/stats. Se um comando foi executado, considere comprometidos os pods do nó.",
	}, `
kubectl auth can-i get nodes/proxy -A --as USER --as-group GROUP
kubectl get pods -A -o wide --field-selector spec.nodeName=NODE
`, shutOut(), except()),
	On:    []rule.Selector{{Resources: []string{"nodes/proxy"}}},
	Where: []rule.EventCondition{when("kubelet-path", asksKubelet, showURI), succeeded()},
	About: []rule.EventField{rule.FieldUser, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "the pods of a node read",
			Input: nodeProxy(record{Verb: "get"}, "pods"),
			Want:  finding.Present,
			Path:  "$.requestURI",
		},
		{
			Name:     "a command run in a container",
			Input:    nodeProxy(record{Verb: "create"}, "run/shop/web-0/main?cmd=id"),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:     "a path that is written in another way",
			Input:    nodeProxy(record{Verb: "create"}, "/%72un/shop/web-0/main?cmd=id"),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:     "metrics collected",
			Input:    nodeProxy(record{User: "system:serviceaccount:monitoring:prometheus", UserAgent: "Prometheus/3.1", Verb: "get"}, "metrics/cadvisor"),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:   "no path of the kubelet",
			Input:  nodeProxy(record{Verb: "get"}, ""),
			Want:   finding.Absent,
			Misses: "kubelet-path",
		},
		{
			Name:   "a request that was not allowed",
			Input:  nodeProxy(record{Verb: "get", Code: 403}, "pods"),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
	},
}

func asksKubelet(a *rule.Action) bool { _, ok := a.Kubelet(); return ok }

func nodeProxy(r record, kubelet string) string {
	r.Resource, r.Name = "nodes/proxy", "ip-10-0-1-2.ec2.internal"
	r.URI = "/api/v1/nodes/" + r.Name + "/proxy/" + kubelet
	return r.String()
}
