package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/vpc"
	"github.com/merlonsec/merlon/internal/rule"
)

// EKSPublicEndpoint finds EKS clusters whose API server can be reached over the internet.
//
// Fields:
//
//	cluster.resourcesVpcConfig.endpointPublicAccess
//	cluster.resourcesVpcConfig.publicAccessCidrs
//
// With public access off, the API still gives the list of CIDR blocks, which then means nothing. Open to everybody is 0.0.0.0/0,
// ::/0, or blocks that add up to nearly all of either. A list that lets in some makes the trait contextual; AWS's control EKS.1
// does not tell the two apart.
var EKSPublicEndpoint = rule.Rule{
	ID:         "eks-public-endpoint",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		eksControl("EKS.1", "eks-1"), eksExposure("internet-reachable"), cisEKS("5.4.1"), attack("T1133"), threatMatrix("MS-TA9005", "Exposed%20sensitive%20interfaces"),
	},
	Title: lang.Text{
		EN: "EKS API server open to the internet",
		ES: "Servidor de la API de EKS abierto a internet",
		PT: "Servidor da API do EKS aberto à internet",
	},
	Why: lang.Text{
		EN: "Everybody can connect to the API server of the cluster and try: stolen credentials work from anywhere, and so does the next vulnerability of the server itself. Scanners list such endpoints within hours.",
		ES: "Cualquiera puede conectarse al servidor de la API del clúster y probar: las credenciales robadas funcionan desde cualquier lugar, igual que la próxima vulnerabilidad del propio servidor. Los escáneres enumeran estos puntos de conexión en cuestión de horas.",
		PT: "Qualquer um pode se conectar ao servidor da API do cluster e tentar: credenciais roubadas funcionam de qualquer lugar, assim como a próxima vulnerabilidade do próprio servidor. Scanners listam esses endpoints em questão de horas.",
	},
	Fix: eksFix(lang.Text{
		EN: "Close the public endpoint, or limit it to the networks that need it\n\nSwitch private access on first, so that the nodes keep their way to the API server. Then switch public access off and come in through a VPN, AWS Direct Connect or Session Manager; or list the CIDR blocks of your offices and pipelines.",
		ES: "Cierre el punto de conexión público, o limítelo a las redes necesarias\n\nActive antes el acceso privado, para que los nodos conserven su camino hasta el servidor de la API. Después, desactive el acceso público y entre por una VPN, AWS Direct Connect o Session Manager; o indique los bloques CIDR de sus oficinas y pipelines.",
		PT: "Feche o endpoint público, ou limite-o às redes necessárias\n\nAtive antes o acesso privado, para que os nós mantenham o caminho até o servidor da API. Depois, desative o acesso público e entre por uma VPN, pelo AWS Direct Connect ou pelo Session Manager; ou informe os blocos CIDR dos seus escritórios e pipelines.",
	}, []string{
		"aws eks update-cluster-config --name $CLUSTER --region $REGION \\",
		"  --resources-vpc-config endpointPrivateAccess=true,endpointPublicAccess=true,publicAccessCidrs=203.0.113.0/24",
		"aws eks update-cluster-config --name $CLUSTER --region $REGION \\",
		"  --resources-vpc-config endpointPrivateAccess=true,endpointPublicAccess=false",
	}),
	On:    []inventory.Type{aws.EKSCluster},
	Reads: []string{"$.resourcesVpcConfig"},
	Check: rule.Each[apiEndpoint]{
		In: apiEndpoints,
		Where: []rule.Condition[apiEndpoint]{
			{Name: "public", Holds: func(_ *rule.World, e apiEndpoint) rule.Truth { return rule.Truth{State: e.Public, Why: e.Why} }},
		},
		Show:  func(e apiEndpoint) finding.Evidence { return e.Evidence[0] },
		Also:  func(e apiEndpoint) []finding.Evidence { return e.Evidence[1:] },
		Grade: apiEndpoint.weight,
	},
	Patch: rule.Patch{
		Changes: privateEndpoint,
		Ask: lang.Text{
			EN: "Who reaches the API server from outside the VPC (people, pipelines, GitOps)? After the patch they need a VPN, AWS Direct Connect, peering or Session Manager, and the cluster's security group must let them in. If that cannot be, list their CIDR blocks in publicAccessCidrs instead.",
			ES: "¿Quién llega al servidor de la API desde fuera de la VPC (personas, pipelines, GitOps)? Tras el parche, necesitan una VPN, AWS Direct Connect, un emparejamiento o Session Manager, y el grupo de seguridad del clúster debe admitirlos. Si no es posible, indique en su lugar sus bloques CIDR en publicAccessCidrs.",
			PT: "Quem chega ao servidor da API de fora da VPC (pessoas, pipelines, GitOps)? Depois do patch, precisam de uma VPN, do AWS Direct Connect, de um emparelhamento ou do Session Manager, e o grupo de segurança do cluster deve admiti-los. Se não for possível, informe em vez disso os blocos CIDR deles em publicAccessCidrs.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "an endpoint for everybody",
			Input: eksCluster("1.34", `
resourcesVpcConfig:
  endpointPublicAccess: true
  endpointPrivateAccess: true
  publicAccessCidrs: [0.0.0.0/0]
`),
			Want: finding.Present,
			Path: "$.resourcesVpcConfig.endpointPublicAccess",
		},
		{
			Name: "blocks that add up to everybody",
			Input: eksCluster("1.34", `
resourcesVpcConfig:
  endpointPublicAccess: true
  endpointPrivateAccess: true
  publicAccessCidrs: [0.0.0.0/1, 128.0.0.0/1]
`),
			Want: finding.Present,
			Path: "$.resourcesVpcConfig.publicAccessCidrs[1]",
		},
		{
			Name: "an endpoint for one office",
			Input: eksCluster("1.34", `
resourcesVpcConfig:
  endpointPublicAccess: true
  endpointPrivateAccess: true
  publicAccessCidrs: [203.0.114.0/24]
`),
			Want: finding.Present,
			Path: "$.resourcesVpcConfig.publicAccessCidrs[0]",
		},
		{
			Name: "public access that is off, with the blocks that it had",
			Input: eksCluster("1.34", `
resourcesVpcConfig:
  endpointPublicAccess: false
  endpointPrivateAccess: true
  publicAccessCidrs: [0.0.0.0/0]
`),
			Want:   finding.Absent,
			Misses: "public",
		},
		{
			Name:  "a cluster whose endpoint is not said",
			Input: eksCluster("1.34", "status: ACTIVE\n"),
			Want:  finding.Unknown,
		},
	},
}

// apiEndpoint is the API server of a cluster with who can connect to it.
type apiEndpoint struct{ vpc.Endpoint }

func apiEndpoints(w *rule.World, r *inventory.Resource) iter.Seq[apiEndpoint] {
	return func(yield func(apiEndpoint) bool) { yield(apiEndpoint{w.VPC().Endpoint(r)}) }
}

// weight is that of a contextual trait where not everybody can connect.
func (e apiEndpoint) weight() finding.Weight {
	if e.Everybody == finding.Absent {
		return finding.Weight{Role: finding.Contextual, Likelihood: finding.LikelihoodLow}
	}
	return finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodLow}
}
