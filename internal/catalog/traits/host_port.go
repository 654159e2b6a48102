package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// HostPort finds containers that take a port of their node.
//
// Restricted fields:
//
//	spec.containers[*].ports[*].hostPort
//	spec.initContainers[*].ports[*].hostPort
//	spec.ephemeralContainers[*].ports[*].hostPort
//
// Allowed values: not set, null, 0. It is the control hostPorts of the baseline level, in every version.
//
// A pod in the host's network namespace listens on the node anyway, and the API server then writes each
// container port into hostPort: such a port is contextual, as host-network says the rest.
var HostPort = rule.Rule{
	ID:         "host-port",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("hostPorts"), cis("5.2.13"), nsa("Kubernetes Pod security"),
		kubernetesDocs("Configuration good practices", "concepts/configuration/overview/"),
	},
	Title: lang.Text{
		EN: "Container port opened on the node",
		ES: "Puerto del contenedor abierto en el nodo",
		PT: "Porta do contêiner aberta no nó",
	},
	Why: lang.Text{
		EN: "The container answers on a port of every node that it runs on, past any Service, Ingress or load balancer and what they check. Whoever reaches the node's address reaches the program, and an attacker who may create such a pod takes a port that clients of the node trust.",
		ES: "El contenedor responde en un puerto de cada nodo en el que se ejecuta, al margen de cualquier Service, Ingress o balanceador de carga y de lo que estos comprueban. Quien llega a la dirección del nodo llega al programa, y un atacante que pueda crear un pod así ocupa un puerto en el que confían los clientes del nodo.",
		PT: "O contêiner responde em uma porta de cada nó em que é executado, à margem de qualquer Service, Ingress ou balanceador de carga e do que eles verificam. Quem chega ao endereço do nó chega ao programa, e um invasor que possa criar um pod assim ocupa uma porta em que os clientes do nó confiam.",
	},
	Fix: steps(lang.Text{
		EN: "Publish the port with a Service instead of a hostPort\n\nRemove hostPort and let a Service select the pods. A program that must be reached on each node keeps the port in a namespace of its own, with the node's firewall open for its clients only. Then enforce the baseline level in the other namespaces.",
		ES: "Publique el puerto con un Service en lugar de un hostPort\n\nQuite hostPort y deje que un Service seleccione los pods. Un programa al que haya que llegar en cada nodo conserva el puerto en un espacio de nombres propio, con el firewall del nodo abierto solo para sus clientes. Después, exija el nivel baseline en los demás espacios de nombres.",
		PT: "Publique a porta com um Service em vez de um hostPort\n\nRemova hostPort e deixe que um Service selecione os pods. Um programa que precise ser acessado em cada nó mantém a porta em um namespace próprio, com o firewall do nó aberto apenas para seus clientes. Depois, exija o nível baseline nos demais namespaces.",
	}, `
kind: Service
spec:
  selector: {app: NAME}
  ports:
  - port: 80
    targetPort: 8080
`),
	On: k8s.Workloads(),
	Check: rule.Each[containerPort]{
		In: containerPorts,
		Where: []rule.Condition[containerPort]{
			rule.If("host-port", func(p containerPort) bool { return p.port.HostPort != 0 }),
		},
		Show: func(p containerPort) finding.Evidence {
			return p.Evidence(tree.PathIndex("ports", p.index)+".hostPort", p.port.HostPort)
		},
		Grade: func(p containerPort) finding.Weight {
			if p.Pod.HostNet && p.port.HostPort == p.port.Number {
				return contextual()
			}
			return slight()
		},
	},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "a DaemonSet that takes port 9100 of each node",
			Input: daemonSet(`
containers:
- name: agent
  image: registry.example/agent:3.2
  ports:
  - name: health
    containerPort: 8080
  - name: metrics
    containerPort: 9100
    hostPort: 9100
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].ports[1].hostPort",
		},
		{
			Name: "an init container of a CronJob that takes a port of the node",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: proxy
  image: registry.example/proxy:2
  restartPolicy: Always
  ports:
  - containerPort: 3128
    hostPort: 3128
    protocol: TCP
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].ports[0].hostPort",
		},
		{
			Name: "a container port that stays in the pod's own network",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  ports:
  - containerPort: 8080
`),
			Want:   finding.Absent,
			Misses: "host-port",
		},
	},
}

// containerPort is one port that a container declares.
type containerPort struct {
	rule.Container
	port  k8s.Port
	index int
}

func containerPorts(w *rule.World, r *inventory.Resource) iter.Seq[containerPort] {
	return func(yield func(containerPort) bool) {
		for c := range rule.Containers(w, r) {
			for i, port := range c.Ports {
				if !yield(containerPort{c, port, i}) {
					return
				}
			}
		}
	}
}
