package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ServiceNodePort finds Services that are open on every node's address.
//
// Restricted fields:
//
//	spec.type
//	spec.ports[*].nodePort
//
// Allowed values: any type but NodePort. A Service of type LoadBalancer has such ports too, for its load
// balancer to send to; what leads in there is the load balancer, which another rule is about.
var ServiceNodePort = rule.Rule{
	ID:         "service-node-port",
	Category:   finding.Reachability,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		nsa("Network separation and hardening"), attack("T1190"), attack("T1133"),
		kubernetesDocs("Service type NodePort", "concepts/services-networking/service/#type-nodeport"),
	},
	Title: lang.Text{
		EN: "Service open on every node",
		ES: "Service abierto en todos los nodos",
		PT: "Service aberto em todos os nós",
	},
	Why: lang.Text{
		EN: "Every node of the cluster listens on this port, on all of its addresses, and sends what comes in to the pods. Whoever reaches any one node, from the internet where nodes have public addresses or from the network around them, gets to the pods past the Ingress, its TLS and its sign-in.",
		ES: "Cada nodo del clúster escucha en este puerto, en todas sus direcciones, y envía lo que llega a los pods. Quien alcance un nodo cualquiera, desde internet si los nodos tienen direcciones públicas o desde la red que los rodea, llega a los pods sin pasar por el Ingress, su TLS ni su inicio de sesión.",
		PT: "Cada nó do cluster escuta nesta porta, em todos os seus endereços, e envia o que chega aos pods. Quem alcança um nó qualquer, pela internet se os nós têm endereços públicos ou pela rede em volta deles, chega aos pods sem passar pelo Ingress, seu TLS e seu login.",
	},
	Fix: steps(lang.Text{
		EN: "Publish the Service through an Ingress or Gateway instead\n\nSet the type to ClusterIP and let an Ingress or a Gateway with TLS lead to the Service. Where a NodePort has to stay, let the nodes' firewall or security group admit only the load balancer in front of it.",
		ES: "Publique el Service con un Ingress o Gateway\n\nCambie el tipo a ClusterIP y haga que un Ingress o un Gateway con TLS lleve al Service. Si un NodePort debe quedarse, permita en el firewall o en el grupo de seguridad de los nodos solo al balanceador de carga que está delante.",
		PT: "Publique o Service por um Ingress ou Gateway\n\nMude o tipo para ClusterIP e faça um Ingress ou um Gateway com TLS levar ao Service. Se um NodePort precisa ficar, permita no firewall ou no grupo de segurança dos nós só o balanceador de carga que está na frente.",
	}, `
kubectl -n NAMESPACE patch service NAME -p '{"spec":{"type":"ClusterIP"}}'
`),
	On: []inventory.Type{k8s.Service},
	Check: rule.Each[rule.ServicePort]{
		In: rule.ServicePorts,
		Where: []rule.Condition[rule.ServicePort]{
			rule.If("node-port", func(p rule.ServicePort) bool { return p.Type == "NodePort" }),
		},
		Show: func(p rule.ServicePort) finding.Evidence {
			if p.NodePort == 0 { // the API server picks one
				return p.Evidence("port", p.Port)
			}
			return p.Evidence("nodePort", p.NodePort)
		},
	},
	Patch: rule.Patch{
		Changes: clusterOnly,
		Ask: lang.Text{
			EN: "Who uses the port on the nodes? A ClusterIP Service behind an Ingress serves everybody but clients that know no host names.",
			ES: "¿Quién usa el puerto en los nodos? Un Service ClusterIP detrás de un Ingress sirve a todos menos a los clientes que no conocen nombres de host.",
			PT: "Quem usa a porta nos nós? Um Service ClusterIP atrás de um Ingress atende a todos, menos aos clientes que não conhecem nomes de host.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a port of every node that the Service names",
			Input: object("v1", "Service", `  type: NodePort
  selector: {app: example}
  ports:
  - {port: 80, targetPort: 8080, nodePort: 30080}
`),
			Want: finding.Present,
			Path: "$.spec.ports[0].nodePort",
		},
		{
			Name:  "a port of every node that the API server picks",
			Input: service("", "type: NodePort\n"),
			Want:  finding.Present,
			Path:  "$.spec.ports[0].port",
		},
		{
			Name:   "a Service inside the cluster",
			Input:  service("", "type: ClusterIP\n"),
			Want:   finding.Absent,
			Misses: "node-port",
		},
		{
			Name: "the node port of a load balancer",
			Input: object("v1", "Service", `  type: LoadBalancer
  selector: {app: example}
  ports:
  - {port: 80, targetPort: 8080, nodePort: 30080}
`),
			Want:   finding.Absent,
			Misses: "node-port",
		},
	},
}
