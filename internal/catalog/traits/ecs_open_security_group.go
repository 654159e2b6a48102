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

// ECSOpenSecurityGroup finds ECS services with a security group that lets everybody in.
//
// Fields, of the security groups of the service, of its deployments and task sets, and of the container instances of tasks that
// have no network of their own:
//
//	IpPermissions
//
// Everybody is 0.0.0.0/0, ::/0, or blocks that add up to nearly all of either. Whether anybody gets through to a container is
// the question of ecs-internet-reachable.
var ECSOpenSecurityGroup = rule.Rule{
	ID:         "ecs-open-security-group",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		ecsExposure("open-security-group"), attack("T1190"), {Source: "AWS", ID: "EC2.18", URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18"},
	},
	Title: lang.Text{
		EN: "ECS service with an open security group",
		ES: "Servicio de ECS con un grupo de seguridad abierto",
		PT: "Serviço do ECS com um grupo de segurança aberto",
	},
	Why: lang.Text{
		EN: "The security group does not filter who connects: with a public address, or a peer network that is taken over, every port that it opens is there for the taking. Scanners try them all, day and night.",
		ES: "El grupo de seguridad no filtra quién se conecta: con una dirección pública, o con una red vecina comprometida, cualquier puerto que abra queda a disposición de cualquiera. Los escáneres los prueban todos, día y noche.",
		PT: "O grupo de segurança não filtra quem se conecta: com um endereço público, ou com uma rede vizinha comprometida, toda porta que ele abre fica à disposição de qualquer um. Scanners testam todas, dia e noite.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Narrow the security group to who needs the service\n\nPut in place of 0.0.0.0/0 the security group of the load balancer, a prefix list, or the CIDR blocks of those who connect, on the ports that the containers listen on and no others. A network ACL of the subnet bounds what a mistake can open; it keeps no state, so it needs a rule for the answers too. To get a shell use Session Manager or ECS Exec, which need no inbound port.",
		ES: "Restrinja el grupo de seguridad a quien necesita el servicio\n\nEn lugar de 0.0.0.0/0, indique el grupo de seguridad del balanceador de carga, una lista de prefijos o los bloques CIDR de quienes se conectan, solo en los puertos en los que escuchan los contenedores. Una ACL de red de la subred limita lo que un error puede abrir; no guarda estado, así que también necesita una regla para las respuestas. Para obtener un shell, use Session Manager o ECS Exec, que no requieren puertos de entrada.",
		PT: "Restrinja o grupo de segurança a quem precisa do serviço\n\nNo lugar de 0.0.0.0/0, indique o grupo de segurança do balanceador de carga, uma lista de prefixos ou os blocos CIDR de quem se conecta, apenas nas portas em que os contêineres escutam. Uma ACL de rede da sub-rede limita o que um erro pode abrir; ela não guarda estado, então também precisa de uma regra para as respostas. Para obter um shell, use o Session Manager ou o ECS Exec, que não exigem portas de entrada.",
	}, []string{
		"aws ec2 revoke-security-group-ingress --group-id $SECURITY_GROUP --protocol tcp --port PORT --cidr 0.0.0.0/0 --region $REGION",
		"aws ec2 authorize-security-group-ingress --group-id $SECURITY_GROUP --protocol tcp --port PORT --source-group LOAD_BALANCER_GROUP --region $REGION",
	}),
	On:    []inventory.Type{aws.ECSService},
	Reads: []string{"$.networkConfiguration"},
	Check: rule.Each[serviceOpening]{
		In: serviceOpenings,
		Where: []rule.Condition[serviceOpening]{
			{Name: "everybody", Holds: func(_ *rule.World, o serviceOpening) rule.Truth { return rule.Truth{State: o.State, Why: o.Why} }},
		},
		Show: serviceOpening.first,
		Also: serviceOpening.others,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Who connects to the service, from where and on which ports (VPC Flow Logs tell)? What else has this security group: the change counts for all of it.",
			ES: "¿Quién se conecta al servicio, desde dónde y a qué puertos (lo dicen los VPC Flow Logs)? ¿Qué más tiene este grupo de seguridad? El cambio vale para todo ello.",
			PT: "Quem se conecta ao serviço, de onde e em quais portas (os VPC Flow Logs o dizem)? O que mais tem este grupo de segurança? A alteração vale para tudo isso.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a group that lets everybody in",
			Input: inNetwork("igw-1", "0.0.0.0/0", "ENABLED"),
			Want:  finding.Present,
			Path:  "$.IpPermissions[0].IpRanges[0].CidrIp",
		},
		{
			Name:   "a group that lets one office in",
			Input:  inNetwork("igw-1", "203.0.114.0/24", "ENABLED"),
			Want:   finding.Absent,
			Misses: "everybody",
		},
		{
			Name:  "a group that was not read",
			Input: fargateService("ENABLED"),
			Want:  finding.Unknown,
		},
	},
}

// serviceOpening is a range of ports that a security group of a service opens, or one of its groups that opens none.
type serviceOpening struct {
	of *inventory.Resource
	vpc.Opening
}

func serviceOpenings(w *rule.World, r *inventory.Resource) iter.Seq[serviceOpening] {
	return func(yield func(serviceOpening) bool) {
		openness := w.VPC().Openness(r)
		for _, o := range openness.Openings {
			if !yield(serviceOpening{r, o}) {
				return
			}
		}
		if len(openness.Openings) == 0 {
			yield(serviceOpening{r, vpc.Opening{State: openness.State, Why: openness.Why}})
		}
	}
}

// first gives the evidence of the first rule, or names the service where there is none.
func (o serviceOpening) first() finding.Evidence {
	if len(o.Rules) == 0 {
		return finding.Evidence{Resource: o.of.UID, Path: "$.serviceName", Value: o.of.Name}
	}
	return o.Rules[0]
}

func (o serviceOpening) others() []finding.Evidence { return o.Rules[min(1, len(o.Rules)):] }
