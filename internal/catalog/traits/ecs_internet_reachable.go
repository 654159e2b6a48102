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

// ECSInternetReachable finds ECS services with a container port that the internet reaches.
//
// Fields: those of package reach/vpc, which follows a client hop by hop, from the internet to the port:
//
//	public address, route to an internet gateway, network ACLs both ways, security groups, port mappings
//	or a public load balancer with its listener, its target group, and the same on to the task
//
// A path that leads to an address of the task itself weighs more than one through a load balancer, which is how a public service
// should be reached: that one is contextual. AWS's own trait is about the former.
var ECSInternetReachable = rule.Rule{
	ID:         "ecs-internet-reachable",
	Category:   finding.Reachability,
	Likelihood: finding.LikelihoodModerate,
	References: []rule.Reference{
		ecsExposure("internet-reachable"), attack("T1190"), attack("T1133"),
	},
	Title: lang.Text{
		EN: "ECS tasks reached from the internet",
		ES: "Tareas de ECS accesibles desde internet",
		PT: "Tarefas do ECS acessíveis pela internet",
	},
	Why: lang.Text{
		EN: "Anybody on the internet connects to a port of the container, past every hop of the network. What the program has to offer an attacker, a weak password or an old library, is found by scanners and used from anywhere.",
		ES: "Cualquiera en internet se conecta a un puerto del contenedor y atraviesa todos los saltos de la red. Lo que el programa ofrezca a un atacante, una contraseña débil o una biblioteca antigua, lo encuentran los escáneres y se aprovecha desde cualquier lugar.",
		PT: "Qualquer um na internet se conecta a uma porta do contêiner e atravessa todos os saltos da rede. O que o programa oferecer a um invasor, uma senha fraca ou uma biblioteca antiga, os scanners encontram e usam de qualquer lugar.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Put the tasks in private subnets, behind a load balancer\n\nGive the service private subnets, whose route table leads out through a NAT gateway, and no public addresses. What the public needs goes through an Application Load Balancer in public subnets, with AWS WAF, and the tasks' security group lets in that of the load balancer alone. What only your own people need gets an internal load balancer.",
		ES: "Coloque las tareas en subredes privadas, detrás de un balanceador\n\nDé al servicio subredes privadas, cuya tabla de rutas salga por una puerta de enlace NAT, y ninguna dirección pública. Lo que el público necesita pasa por un Application Load Balancer en subredes públicas, con AWS WAF, y el grupo de seguridad de las tareas admite solo el del balanceador de carga. Lo que solo necesita su propia gente recibe un balanceador interno.",
		PT: "Coloque as tarefas em sub-redes privadas, atrás de um balanceador\n\nDê ao serviço sub-redes privadas, cuja tabela de rotas saia por um gateway NAT, e nenhum endereço público. O que o público precisa passa por um Application Load Balancer em sub-redes públicas, com o AWS WAF, e o grupo de segurança das tarefas admite apenas o do balanceador de carga. O que só a sua própria equipe precisa recebe um balanceador interno.",
	}, []string{
		"aws ecs update-service --cluster $CLUSTER --service $SERVICE --region $REGION \\",
		"  --network-configuration 'awsvpcConfiguration={subnets=[PRIVATE_SUBNETS],securityGroups=[GROUPS],assignPublicIp=DISABLED}'",
	}),
	On:    []inventory.Type{aws.ECSService},
	Reads: []string{"$.networkConfiguration", "$.loadBalancers"},
	Check: rule.Each[servicePath]{
		In: servicePaths,
		Where: []rule.Condition[servicePath]{
			{Name: "open", Holds: func(_ *rule.World, p servicePath) rule.Truth { return rule.Truth{State: p.State, Why: p.Why} }},
		},
		Show:  servicePath.first,
		Also:  servicePath.others,
		Grade: servicePath.weight,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Is the service meant for the public? If so, it belongs behind a load balancer with AWS WAF, in private subnets: which subnets and security groups are those? If not, what on the path is to go: the public address, the rule of the security group, or the route?",
			ES: "¿El servicio está destinado al público? Si es así, va detrás de un balanceador de carga con AWS WAF, en subredes privadas: ¿qué subredes y grupos de seguridad son? Si no, ¿qué parte de la ruta debe desaparecer: la dirección pública, la regla del grupo de seguridad o la ruta de red?",
			PT: "O serviço é destinado ao público? Se sim, ele fica atrás de um balanceador de carga com o AWS WAF, em sub-redes privadas: quais são as sub-redes e os grupos de segurança? Se não, o que deve sair do caminho: o endereço público, a regra do grupo de segurança ou a rota?",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a task with a public address, in a public subnet, with an open group",
			Input: inNetwork("igw-1", "0.0.0.0/0", "ENABLED"),
			Want:  finding.Present,
			Path:  "$.IpPermissions[0].IpRanges[0].CidrIp",
		},
		{
			Name:   "a subnet without a route to the internet",
			Input:  inNetwork("nat-1", "0.0.0.0/0", "ENABLED"),
			Want:   finding.Absent,
			Misses: "open",
		},
		{
			Name:   "a task without a public address",
			Input:  inNetwork("igw-1", "0.0.0.0/0", "DISABLED"),
			Want:   finding.Absent,
			Misses: "open",
		},
		{
			Name:   "a group that lets only the own network in",
			Input:  inNetwork("igw-1", "10.0.0.0/16", "ENABLED"),
			Want:   finding.Absent,
			Misses: "open",
		},
		{
			Name:  "a service whose network was not read",
			Input: fargateService("ENABLED"),
			Want:  finding.Unknown,
		},
	},
}

// servicePath is one way from the internet to a container port of a service.
type servicePath struct {
	of *inventory.Resource
	vpc.Path
}

func servicePaths(w *rule.World, r *inventory.Resource) iter.Seq[servicePath] {
	return func(yield func(servicePath) bool) {
		for _, p := range w.VPC().Service(r).Paths {
			if !yield(servicePath{r, p}) {
				return
			}
		}
	}
}

// first gives the evidence of the first hop, or names the service where there is none.
func (p servicePath) first() finding.Evidence {
	if len(p.Hops) == 0 {
		return finding.Evidence{Resource: p.of.UID, Path: "$.serviceName", Value: p.of.Name}
	}
	return p.Hops[0].Evidence
}

func (p servicePath) others() []finding.Evidence {
	var all []finding.Evidence
	for _, h := range p.Hops[min(1, len(p.Hops)):] {
		all = append(all, h.Evidence)
	}
	return all
}

// weight is that of a contextual trait for a path through a load balancer.
func (p servicePath) weight() finding.Weight {
	if p.Kind == vpc.Balanced {
		return finding.Weight{Role: finding.Contextual, Likelihood: finding.LikelihoodLow}
	}
	return finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodModerate}
}

// fargateService gives the answers for a service on AWS Fargate, with this assignPublicIp, that listens on port 8080.
func fargateService(publicIP string) string {
	return documents(ecsService(`launchType: FARGATE
networkConfiguration:
  awsvpcConfiguration:
    subnets: [subnet-1]
    securityGroups: [sg-1]
    assignPublicIp: `+publicIP+`
`), taskDefinition(`networkMode: awsvpc
requiresCompatibilities: [FARGATE]
containerDefinitions:
- name: web
  image: registry.example/web:1
  portMappings: [{containerPort: 8080, protocol: tcp}]
`))
}

// inNetwork gives the answers for such a service and its network, whose subnet leads to a gateway, and whose security group
// lets a block in.
func inNetwork(gateway, ingress, publicIP string) string {
	return documents(fargateService(publicIP), `Vpcs:
- {VpcId: vpc-1, OwnerId: "111122223333", CidrBlock: 10.0.0.0/16}
Subnets:
- {SubnetId: subnet-1, VpcId: vpc-1, OwnerId: "111122223333", CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a}
RouteTables:
- RouteTableId: rtb-1
  VpcId: vpc-1
  OwnerId: "111122223333"
  Associations: [{SubnetId: subnet-1}]
  Routes:
  - {DestinationCidrBlock: 10.0.0.0/16, GatewayId: local, State: active}
  - {DestinationCidrBlock: 0.0.0.0/0, GatewayId: `+gateway+`, State: active}
InternetGateways:
- {InternetGatewayId: igw-1, OwnerId: "111122223333", Attachments: [{VpcId: vpc-1, State: available}]}
NetworkAcls:
- NetworkAclId: acl-1
  VpcId: vpc-1
  OwnerId: "111122223333"
  IsDefault: true
  Associations: [{SubnetId: subnet-1}]
  Entries:
  - {RuleNumber: 100, Egress: false, Protocol: "-1", RuleAction: allow, CidrBlock: 0.0.0.0/0}
  - {RuleNumber: 100, Egress: true, Protocol: "-1", RuleAction: allow, CidrBlock: 0.0.0.0/0}
SecurityGroups:
- GroupId: sg-1
  GroupName: web
  VpcId: vpc-1
  OwnerId: "111122223333"
  IpPermissions:
  - {IpProtocol: tcp, FromPort: 8080, ToPort: 8080, IpRanges: [{CidrIp: `+ingress+`}]}
`)
}
