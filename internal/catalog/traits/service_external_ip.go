package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ServiceExternalIP finds Services that claim addresses from outside the cluster.
//
// Restricted fields:
//
//	spec.externalIPs
//
// Allowed values: none. Nodes send on what arrives for such an address, whoever it belongs to. For a Service
// without an address of its own (clusterIP: None) and for one of type ExternalName they do nothing.
var ServiceExternalIP = rule.Rule{
	ID:         "service-external-ip",
	Category:   finding.Reachability,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cis("1.2.3"), attack("T1557"), attack("T1133"),
		{Source: "CVE", ID: "CVE-2020-8554", URL: "https://nvd.nist.gov/vuln/detail/CVE-2020-8554"},
		kubernetesDocs("External IPs", "concepts/services-networking/service/#external-ips"),
		kubernetesDocs("DenyServiceExternalIPs", "reference/access-authn-authz/admission-controllers/#denyserviceexternalips"),
	},
	Title: lang.Text{
		EN: "Service with external IPs",
		ES: "Service con direcciones IP externas",
		PT: "Service com endereços IP externos",
	},
	Why: lang.Text{
		EN: "Nodes send what arrives for this address to the Service's pods, so that the Service is open wherever the address is routed. Nobody checks whose address it is: an attacker who may create a Service names that of somebody else, such as a public DNS server, and receives what the whole cluster sends there (CVE-2020-8554).",
		ES: "Los nodos envían lo que llega para esta dirección a los pods del Service, así que el Service está abierto dondequiera que se enrute la dirección. Nadie comprueba de quién es: un atacante que pueda crear un Service indica la de otro, como un servidor DNS público, y recibe lo que todo el clúster envía allí (CVE-2020-8554).",
		PT: "Os nós enviam o que chega para este endereço aos pods do Service, então o Service está aberto onde quer que o endereço seja roteado. Ninguém verifica de quem ele é: um invasor que possa criar um Service indica o de outro, como um servidor DNS público, e recebe o que o cluster inteiro envia para lá (CVE-2020-8554).",
	},
	Fix: steps(lang.Text{
		EN: "Take the external IPs away and refuse new ones\n\nLet a load balancer, an Ingress or a Gateway lead to the Service. Then turn on the admission plugin DenyServiceExternalIPs, or where you cannot set the API server's flags refuse the field with an admission policy.",
		ES: "Quite las direcciones IP externas y rechace las nuevas\n\nHaga que un balanceador de carga, un Ingress o un Gateway lleve al Service. Después active el plugin de admisión DenyServiceExternalIPs o, si no puede cambiar los parámetros del servidor de la API, rechace el campo con una política de admisión.",
		PT: "Remova os endereços IP externos e recuse novos\n\nFaça um balanceador de carga, um Ingress ou um Gateway levar ao Service. Depois ative o plugin de admissão DenyServiceExternalIPs ou, se não puder mudar os parâmetros do servidor da API, recuse o campo com uma política de admissão.",
	}, `
kubectl -n NAMESPACE patch service NAME --type=json -p '[{"op":"remove","path":"/spec/externalIPs"}]'
kube-apiserver --enable-admission-plugins=DenyServiceExternalIPs
`),
	On: []inventory.Type{k8s.Service},
	Check: rule.Each[rule.ExternalIP]{
		In: rule.ExternalIPs,
		Where: []rule.Condition[rule.ExternalIP]{
			rule.If("proxied", func(ip rule.ExternalIP) bool { return ip.Proxied() }),
		},
		Show: rule.ExternalIP.Evidence,
	},
	Patch: rule.Patch{
		Changes: rule.RemoveFields,
		Ask: lang.Text{
			EN: "Whose address is it, and who sends traffic there? A Service of type LoadBalancer takes its place.",
			ES: "¿De quién es la dirección y quién envía tráfico allí? Un Service de tipo LoadBalancer la sustituye.",
			PT: "De quem é o endereço e quem envia tráfego para lá? Um Service do tipo LoadBalancer toma o seu lugar.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "two external addresses",
			Input: service("", "externalIPs: [198.51.100.7, 10.0.0.7]\n"),
			Want:  finding.Present,
			Path:  "$.spec.externalIPs[1]",
		},
		{
			Name: "a Service without pods that takes the address of somebody else",
			Input: object("v1", "Service", `  externalIPs: [8.8.8.8]
  ports:
  - {port: 53, protocol: UDP}
`),
			Want: finding.Present,
			Path: "$.spec.externalIPs[0]",
		},
		{
			Name:   "a headless Service, for which nodes do nothing",
			Input:  service("", "clusterIP: None\nexternalIPs: [198.51.100.7]\n"),
			Want:   finding.Absent,
			Misses: "proxied",
		},
		{
			Name:  "a Service inside the cluster",
			Input: service("", "type: ClusterIP\n"),
			Want:  finding.Absent,
		},
	},
}
