package traits

import (
	"iter"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EKSNodePublicIP finds EKS clusters with a node that has a public address.
//
// Fields:
//
//	the addresses of the cluster's EC2 instances, and the routes of their subnets to an internet gateway
//	of a node group without instances: its launch template, and MapPublicIpOnLaunch of its subnets
//
// Whether a security group lets anybody in is another question.
var EKSNodePublicIP = rule.Rule{
	ID:         "eks-node-public-ip",
	Category:   finding.Reachability,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		attack("T1190"), attack("T1133"), cisEKS("5.4.3"), {Source: "AWS", ID: "EC2.9", URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-9"},
	},
	Title: lang.Text{
		EN: "EKS node with a public IP address",
		ES: "Nodo de EKS con una dirección IP pública",
		PT: "Nó do EKS com um endereço IP público",
	},
	Why: lang.Text{
		EN: "The node can be reached from the internet by its address, so that a security group is all that stands between everybody and its kubelet, its SSH server and every NodePort of the cluster.",
		ES: "Se puede llegar al nodo desde internet por su dirección, de modo que solo un grupo de seguridad separa a todo el mundo de su kubelet, su servidor SSH y todos los NodePort del clúster.",
		PT: "É possível chegar ao nó pela internet por meio do seu endereço, de modo que apenas um grupo de segurança separa todo mundo do kubelet, do servidor SSH e de todos os NodePort do cluster.",
	},
	Fix: eksFix(lang.Text{
		EN: "Run the nodes in private subnets\n\nMake a node group in private subnets whose route table leads out through a NAT gateway or VPC endpoints, move the pods to it, and delete the old one. Load balancers stay in the public subnets. Reach nodes through Session Manager.",
		ES: "Ejecute los nodos en subredes privadas\n\nCree un grupo de nodos en subredes privadas cuya tabla de rutas salga por una puerta de enlace NAT o por puntos de conexión de VPC, traslade a él los pods y elimine el anterior. Los balanceadores de carga se quedan en las subredes públicas. Acceda a los nodos con Session Manager.",
		PT: "Execute os nós em sub-redes privadas\n\nCrie um grupo de nós em sub-redes privadas cuja tabela de rotas saia por um gateway NAT ou por endpoints da VPC, mova os pods para ele e exclua o antigo. Os balanceadores de carga ficam nas sub-redes públicas. Acesse os nós pelo Session Manager.",
	}, []string{
		"aws eks create-nodegroup --cluster-name $CLUSTER --nodegroup-name private --subnets PRIVATE_SUBNETS --node-role ROLE --region $REGION",
		"aws eks delete-nodegroup --cluster-name $CLUSTER --nodegroup-name NODEGROUP --region $REGION",
	}),
	On:    []inventory.Type{aws.EKSCluster},
	Reads: []string{"$.resourcesVpcConfig.subnetIds"},
	Check: rule.Each[publicNode]{
		In: publicNodes,
		Where: []rule.Condition[publicNode]{
			{Name: "public-address", Holds: func(_ *rule.World, n publicNode) rule.Truth { return n.public }},
		},
		Show: func(n publicNode) finding.Evidence { return n.field },
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which private subnets, with a way out through a NAT gateway or VPC endpoints, can hold the nodes? Who reaches the nodes from outside (SSH, NodePort services), and how shall they do it then?",
			ES: "¿Qué subredes privadas, con salida por una puerta de enlace NAT o por puntos de conexión de VPC, pueden alojar los nodos? ¿Quién llega a los nodos desde fuera (SSH, servicios NodePort), y cómo lo hará después?",
			PT: "Quais sub-redes privadas, com saída por um gateway NAT ou por endpoints da VPC, podem abrigar os nós? Quem chega aos nós de fora (SSH, serviços NodePort), e como fará isso depois?",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a node in a public subnet",
			Input: inPublicSubnet("PublicIpAddress: 198.51.101.10", "igw-1"),
			Want:  finding.Present,
			Path:  "$.PublicIpAddress",
		},
		{
			Name:     "a node whose subnet has no route to the internet, in a cluster without others",
			Input:    inPublicSubnet("PublicIpAddress: 198.51.101.10", "nat-1"),
			Want:     finding.Absent,
			Misses:   "public-address",
			Complete: []inventory.Type{aws.Instance, aws.EKSNodegroup, aws.RouteTable},
		},
		{
			Name:  "the same, where there may be others",
			Input: inPublicSubnet("PublicIpAddress: 198.51.101.10", "nat-1"),
			Want:  finding.Unknown,
		},
		{
			Name:  "a cluster whose nodes were not read",
			Input: eksCluster("1.34", ""),
			Want:  finding.Unknown,
		},
	},
}

// publicNode is a node, or node group, with whether it has a public address.
type publicNode struct {
	public rule.Truth
	field  finding.Evidence
}

func publicNodes(w *rule.World, r *inventory.Resource) iter.Seq[publicNode] {
	return func(yield func(publicNode) bool) {
		nodes := w.VPC().Nodes(r)
		for _, n := range nodes.List {
			field := finding.Evidence{Resource: n.Resource.UID, Path: "$"}
			if len(n.Hops) > 0 {
				field = n.Hops[0].Evidence
			}
			if !yield(publicNode{rule.Truth{State: n.State, Why: n.Why}, field}) {
				return
			}
		}
		if nodes.State == finding.Unknown {
			yield(publicNode{public: rule.Unknown(nodes.Why), field: finding.Evidence{Resource: r.UID, Path: "$.name"}})
		}
	}
}

// inPublicSubnet gives the answers for a cluster with a node that has a field more, in a subnet that leads to a gateway.
func inPublicSubnet(field, gateway string) string {
	node := strings.Replace(eksNode("required"), "    State:", "    VpcId: vpc-1\n    SubnetId: subnet-1\n    "+field+"\n    State:", 1)
	return documents(eksCluster("1.34", ""), node, inNetwork(gateway, "10.0.0.0/16", "DISABLED"))
}
