package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// HostNetwork finds pods in the network namespace of their node.
//
// Restricted fields:
//
//	spec.hostNetwork
//
// Allowed values: not set, null, false. Pods for Windows count too: a HostProcess container uses the
// host's network.
var HostNetwork = rule.Rule{
	ID:         "host-network",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		pss("hostNamespaces"), cis("5.2.5"), nsa("Kubernetes Pod security"), attack("T1611"), attack("T1040"),
		ecsControl("ECS.17", "ecs-17"), ecsExposure("host-networking-mode-enabled"),
	},
	Title: lang.Text{
		EN: "Shared host network namespace",
		ES: "Espacio de nombres de red compartido con el host",
		PT: "Namespace de rede compartilhado com o host",
	},
	Why: lang.Text{
		EN: "A pod in the host's network namespace has the interfaces and the localhost of its node. An attacker in it calls services that trust localhost, asks the instance metadata service for the credentials of the node's IAM role, listens to the node's traffic, and is outside most network policies.",
		ES: "Un pod en el espacio de nombres de red del host tiene las interfaces y el localhost de su nodo. Un atacante dentro de él llama a servicios que confían en localhost, pide al servicio de metadatos de la instancia las credenciales del rol de IAM del nodo, escucha el tráfico del nodo y queda fuera de la mayoría de las políticas de red.",
		PT: "Um pod no namespace de rede do host tem as interfaces e o localhost do seu nó. Um invasor dentro dele chama serviços que confiam no localhost, pede ao serviço de metadados da instância as credenciais do perfil do IAM do nó, escuta o tráfego do nó e fica fora da maioria das políticas de rede.",
	},
	Fix: steps(lang.Text{
		EN: "Give the pod a network namespace of its own\n\nRemove hostNetwork from the pod's spec, and publish the ports that others need with a Service. A pod that must keep it, such as a network plugin, runs in a namespace of its own, on an instance whose metadata service asks for a token and answers one hop only.",
		ES: "Dé al pod un espacio de nombres de red propio\n\nQuite hostNetwork de la especificación del pod y publique con un Service los puertos que otros necesitan. Si un pod debe conservarlo, como un plugin de red, ejecútelo en un espacio de nombres propio y en una instancia cuyo servicio de metadatos exige un token y responde a un solo salto.",
		PT: "Dê ao pod um namespace de rede próprio\n\nRemova hostNetwork da especificação do pod e publique com um Service as portas de que outros precisam. Se um pod precisar mantê-lo, como um plugin de rede, execute-o em um namespace próprio e em uma instância cujo serviço de metadados exige um token e responde a um único salto.",
	}, `
spec:
  hostNetwork: false
  dnsPolicy: ClusterFirst
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.PodField]{
		In: rule.Pods,
		Where: []rule.Condition[rule.PodField]{
			rule.If("host-network", func(p rule.PodField) bool { return p.Pod.HostNet }),
		},
		Show: func(p rule.PodField) finding.Evidence { return p.Evidence("hostNetwork", true) },
	},
	Opens: []finding.EdgeKind{finding.EdgeShareHostNetwork},
	Patch: rule.Patch{
		Changes: rule.RemoveFields,
		Ask: lang.Text{
			EN: "Does the program serve on the node's own address, or talk to the node over localhost? Then it needs the node's network, or a Service or a host port in its place. Remove dnsPolicy: ClusterFirstWithHostNet too.",
			ES: "¿El programa atiende en la dirección del propio nodo o habla con el nodo por localhost? Entonces necesita la red del nodo, o un Service o un puerto del host en su lugar. Quite también dnsPolicy: ClusterFirstWithHostNet.",
			PT: "O programa atende no endereço do próprio nó ou fala com o nó por localhost? Então ele precisa da rede do nó, ou de um Service ou de uma porta do host no lugar dela. Remova também dnsPolicy: ClusterFirstWithHostNet.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a DaemonSet whose pods use the node's network",
			Input: daemonSet(`
hostNetwork: true
dnsPolicy: ClusterFirstWithHostNet
containers:
- name: agent
  image: registry.example/agent:3.2
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.hostNetwork",
		},
		{
			Name: "a pod that publishes a port of its own network",
			Input: daemonSet(`
hostNetwork: false
containers:
- name: agent
  image: registry.example/agent:3.2
  ports:
  - containerPort: 9100
    hostPort: 9100
`),
			Want:   finding.Absent,
			Misses: "host-network",
		},
	},
}
