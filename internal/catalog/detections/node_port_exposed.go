package detections

import (
	"github.com/merlonsec/merlon/internal/catalog/traits"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// NodePortExposed finds Services that were opened on every node's address.
var NodePortExposed = rule.Detection{
	Type:       "InitialAccess:Kubernetes/NodePortExposed",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	References: []rule.Reference{attack("T1133"), threatMatrix("MS-TA9005", "Exposed%20sensitive%20interfaces")},
	Title: lang.Text{
		EN: "Service opened on every node",
		ES: "Service abierto en todos los nodos",
		PT: "Service aberto em todos os nós",
	},
	Why: lang.Text{
		EN: "Every node now listens on this port and leads to the pods, past the Ingress, its TLS and its sign-in. Attackers open one to have a way back in.",
		ES: "Ahora todos los nodos escuchan en este puerto y llevan a los pods, sin pasar por el Ingress, su TLS ni su inicio de sesión. Los atacantes abren uno para poder volver.",
		PT: "Agora todos os nós escutam nesta porta e levam aos pods, sem passar pelo Ingress, seu TLS e seu login. Invasores abrem uma para poder voltar.",
	},
	Fix: fix(lang.Text{
		EN: "Close the port, or lead to the Service through an Ingress\n\nSet the type to ClusterIP, unless a load balancer of yours uses the port. Where the port has to stay, let the nodes' security group admit the load balancer only.",
		ES: "Cierre el puerto o lleve al Service por un Ingress\n\nCambie el tipo a ClusterIP, salvo que un balanceador de carga suyo use el puerto. Si el puerto debe quedarse, haga que el grupo de seguridad de los nodos solo admita al balanceador de carga.",
		PT: "Feche a porta ou leve ao Service por um Ingress\n\nMude o tipo para ClusterIP, a menos que um balanceador de carga seu use a porta. Se a porta precisa ficar, faça o grupo de segurança dos nós admitir só o balanceador de carga.",
	}, `
kubectl -n NAMESPACE patch service NAME -p '{"spec":{"type":"ClusterIP"}}'
`, ifStolen(), except()),
	On:    []rule.Selector{{Verbs: writes(), Resources: []string{"services"}}},
	Where: []rule.EventCondition{tookEffect(), has("node-port", &traits.ServiceNodePort)},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a Service with a port of every node",
			Input: newService(record{}, `{"type":"NodePort","selector":{"app":"web"},"ports":[{"port":80,"nodePort":30080}]}`),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.ports[0].nodePort",
		},
		{
			Name:   "a Service inside the cluster",
			Input:  newService(record{}, `{"type":"ClusterIP","selector":{"app":"web"},"ports":[{"port":80}]}`),
			Want:   finding.Absent,
			Misses: "node-port",
		},
		{
			Name:   "a request that was not allowed",
			Input:  newService(record{Code: 403}, `{"type":"NodePort","ports":[{"port":80}]}`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the object",
			Input: record{Verb: "create", Resource: "services", Namespace: "shop", Name: "web", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

func newService(r record, spec string) string {
	r.Verb, r.Resource, r.Namespace, r.Name = "create", "services", "shop", "web"
	r.Request = `{"kind":"Service","apiVersion":"v1","metadata":{"name":"web","namespace":"shop"},"spec":` + spec + `}`
	return r.String()
}
