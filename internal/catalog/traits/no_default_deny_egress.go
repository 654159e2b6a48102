package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// NoDefaultDenyEgress finds workloads that may connect to anything.
//
// Restricted fields, of the NetworkPolicies of the workload's namespace:
//
//	spec.podSelector
//	spec.policyTypes
//	spec.egress, where there are no policyTypes
//
// Allowed values: at least one policy for egress selects the pods. What was said of ingress
// ([NoDefaultDenyIngress]) holds here too.
var NoDefaultDenyEgress = rule.Rule{
	ID:         "no-default-deny-egress",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cis("5.3.2"), nsa("Network separation and hardening"), attack("T1210"), attack("T1041"),
		threatMatrix("MS-TA9034", "Cluster%20internal%20networking"),
		kubernetesDocs("Default deny all egress traffic", "concepts/services-networking/network-policies/#default-deny-all-egress-traffic"),
	},
	Title: lang.Text{
		EN: "Egress traffic not denied by default",
		ES: "Tráfico de salida no denegado por defecto",
		PT: "Tráfego de saída não negado por padrão",
	},
	Why: lang.Text{
		EN: "No policy limits where these pods may connect to. An attacker who runs code in one of them fetches tools from the internet, sends data out, asks the metadata service of the node for credentials, and moves on laterally to other pods.",
		ES: "Ninguna política limita a dónde pueden conectarse estos pods. Un atacante que ejecuta código en uno de ellos descarga herramientas de internet, envía datos hacia afuera, pide credenciales al servicio de metadatos del nodo y se mueve lateralmente a otros pods.",
		PT: "Nenhuma política limita aonde estes pods podem se conectar. Um invasor que executa código em um deles baixa ferramentas da internet, envia dados para fora, pede credenciais ao serviço de metadados do nó e se move lateralmente para outros pods.",
	},
	Fix: steps(lang.Text{
		EN: "Deny egress traffic in the namespace, then allow what is needed\n\nFirst allow DNS and each connection that has to go on working, then apply a policy that selects all pods. Check that the network plugin enforces policies: some do not. A pod in its node's network is beyond policies: take hostNetwork away, or filter on the node.",
		ES: "Deniegue el tráfico de salida y permita solo lo necesario\n\nPrimero permita DNS y cada conexión que deba seguir funcionando; después aplique en el espacio de nombres una política que seleccione todos los pods. Compruebe que el plugin de red hace cumplir las políticas: algunos no lo hacen. Un pod en la red de su nodo queda fuera del alcance de las políticas: quite hostNetwork o filtre en el nodo.",
		PT: "Negue o tráfego de saída e permita só o necessário\n\nPrimeiro permita o DNS e cada conexão que deva continuar funcionando; depois aplique no namespace uma política que selecione todos os pods. Verifique se o plugin de rede faz cumprir as políticas: alguns não fazem. Um pod na rede do seu nó fica fora do alcance das políticas: remova hostNetwork ou filtre no nó.",
	}, `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny-egress
spec:
  podSelector: {}
  policyTypes: ["Egress"]
  egress:
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]
    ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.PodField]{
		In:    rule.Pods,
		Where: []rule.Condition[rule.PodField]{openIn(func(p *k8s.NetworkPolicySpec) bool { return p.Egress })},
		Show:  openEvidence,
		Grade: openWeight,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "What do these pods have to reach, DNS included? Write a NetworkPolicy that denies all, and one that lets these out.",
			ES: "¿A qué tienen que llegar estos pods, DNS incluido? Escriba una NetworkPolicy que lo niegue todo y otra que los deje salir hacia ahí.",
			PT: "O que estes pods precisam alcançar, DNS incluído? Escreva uma NetworkPolicy que negue tudo e outra que os deixe sair para lá.",
		},
	},
	Examples: isolationExamples("Egress", "Ingress"),
}
