package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// NoDefaultDenyIngress finds workloads that every pod of the cluster may connect to.
//
// Restricted fields, of the NetworkPolicies of the workload's namespace:
//
//	spec.podSelector
//	spec.policyTypes
//
// Allowed values: at least one policy for ingress selects the pods. Which one does not matter: a pod that
// any policy for ingress selects refuses what no policy lets through. A policy without policyTypes is one
// for ingress. A policy in another namespace does not count, however empty its selector. Whether the
// cluster's network plugin enforces policies at all does not show in any object.
//
// Of files it is not known whether there are more policies, so that the trait is present for certain in a
// cluster only whose policies were all listed, and for pods that policies do not reach. For those it is
// contextual: what weighs is that they are in the network of their node.
var NoDefaultDenyIngress = rule.Rule{
	ID:         "no-default-deny-ingress",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cis("5.3.2"), nsa("Network separation and hardening"), attack("T1210"),
		threatMatrix("MS-TA9034", "Cluster%20internal%20networking"),
		kubernetesDocs("Default deny all ingress traffic", "concepts/services-networking/network-policies/#default-deny-all-ingress-traffic"),
	},
	Title: lang.Text{
		EN: "Ingress traffic not denied by default",
		ES: "Tráfico de entrada no denegado por defecto",
		PT: "Tráfego de entrada não negado por padrão",
	},
	Why: lang.Text{
		EN: "No policy isolates these pods, so every other pod of the cluster may connect to all of their ports. An attacker with a foothold in any namespace scans them and moves on laterally: to ports that were never meant for others, such as a database, a debug endpoint or an admin page without a password.",
		ES: "Ninguna política aísla estos pods, así que cualquier otro pod del clúster puede conectarse a todos sus puertos. Un atacante que ya está en algún espacio de nombres los escanea y se mueve lateralmente: a puertos que nunca fueron para otros, como una base de datos, un endpoint de depuración o una página de administración sin contraseña.",
		PT: "Nenhuma política isola estes pods, então qualquer outro pod do cluster pode se conectar a todas as suas portas. Um invasor que já está em algum namespace as varre e se move lateralmente: para portas que nunca foram feitas para outros, como um banco de dados, um endpoint de depuração ou uma página de administração sem senha.",
	},
	Fix: steps(lang.Text{
		EN: "Deny ingress traffic in the namespace, then allow what is needed\n\nApply a policy that selects all pods, after one for each connection that has to go on working. Check that the network plugin enforces policies: some do not. A pod in its node's network is beyond policies: take hostNetwork away, or filter on the node.",
		ES: "Deniegue el tráfico de entrada y permita solo lo necesario\n\nAplique en el espacio de nombres una política que seleccione todos los pods, después de una por cada conexión que deba seguir funcionando. Compruebe que el plugin de red hace cumplir las políticas: algunos no lo hacen. Un pod en la red de su nodo queda fuera del alcance de las políticas: quite hostNetwork o filtre en el nodo.",
		PT: "Negue o tráfego de entrada e permita só o necessário\n\nAplique no namespace uma política que selecione todos os pods, depois de uma para cada conexão que deva continuar funcionando. Verifique se o plugin de rede faz cumprir as políticas: alguns não fazem. Um pod na rede do seu nó fica fora do alcance das políticas: remova hostNetwork ou filtre no nó.",
	}, `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny-ingress
spec:
  podSelector: {}
  policyTypes: ["Ingress"]
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.PodField]{
		In:    rule.Pods,
		Where: []rule.Condition[rule.PodField]{openIn(func(p *k8s.NetworkPolicySpec) bool { return p.Ingress })},
		Show:  openEvidence,
		Grade: openWeight,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Who has to reach these pods, on which ports? Write a NetworkPolicy that denies all, and one that lets these in.",
			ES: "¿Quién tiene que llegar a estos pods y por qué puertos? Escriba una NetworkPolicy que lo niegue todo y otra que deje entrar a esos.",
			PT: "Quem precisa alcançar estes pods e por quais portas? Escreva uma NetworkPolicy que negue tudo e outra que deixe esses entrarem.",
		},
	},
	Examples: isolationExamples("Ingress", "Egress"),
}
