package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSPublicIP finds ECS services that give their tasks public addresses.
//
// Restricted field, of the service, of its deployments and of its task sets:
//
//	networkConfiguration.awsvpcConfiguration.assignPublicIp
//
// Allowed values: not set, DISABLED. Whether anybody gets through to the address is the question of
// ecs-internet-reachable.
var ECSPublicIP = rule.Rule{
	ID:         "ecs-public-ip",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		ecsControl("ECS.2", "ecs-2"), ecsControl("ECS.16", "ecs-16"), ecsExposure("public-ip-assigned"), attack("T1190"),
	},
	Title: lang.Text{
		EN: "ECS tasks with public IP addresses",
		ES: "Tareas de ECS con direcciones IP públicas",
		PT: "Tarefas do ECS com endereços IP públicos",
	},
	Why: lang.Text{
		EN: "Each task has an address that the internet can route to, so that a security group is all that stands between its ports and everybody. One rule too many, and scanners find the container within minutes.",
		ES: "Cada tarea tiene una dirección a la que se puede llegar desde internet, de modo que solo un grupo de seguridad separa sus puertos de todo el mundo. Basta una regla de más para que los escáneres encuentren el contenedor en minutos.",
		PT: "Cada tarefa tem um endereço ao qual se chega pela internet, de modo que apenas um grupo de segurança separa suas portas de todo mundo. Basta uma regra a mais para que os scanners encontrem o contêiner em minutos.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Run the tasks without public IP addresses\n\nThe setting belongs to the service, not to its task definition: set assignPublicIp to DISABLED in its network configuration. Put the tasks in private subnets that go out through a NAT gateway or VPC endpoints, and what the public must reach behind a load balancer in public subnets.",
		ES: "Ejecute las tareas sin direcciones IP públicas\n\nEl ajuste pertenece al servicio, no a su definición de tarea: ponga assignPublicIp en DISABLED en su configuración de red. Coloque las tareas en subredes privadas que salgan por una puerta de enlace NAT o por puntos de conexión de VPC, y lo que el público deba alcanzar, detrás de un balanceador de carga en subredes públicas.",
		PT: "Execute as tarefas sem endereços IP públicos\n\nA configuração pertence ao serviço, não à sua definição de tarefa: defina assignPublicIp como DISABLED na configuração de rede. Coloque as tarefas em sub-redes privadas que saiam por um gateway NAT ou por endpoints da VPC, e o que o público precisa alcançar, atrás de um balanceador de carga em sub-redes públicas.",
	}, []string{
		"aws ecs update-service --cluster $CLUSTER --service $SERVICE --region $REGION \\",
		"  --network-configuration 'awsvpcConfiguration={subnets=[SUBNETS],securityGroups=[GROUPS],assignPublicIp=DISABLED}'",
	}),
	On:    []inventory.Type{aws.ECSService},
	Reads: []string{"$.networkConfiguration"},
	Check: rule.Each[serviceNetwork]{
		In: serviceNetworks,
		Where: []rule.Condition[serviceNetwork]{
			rule.If("assigned", func(n serviceNetwork) bool { return n.PublicIP }),
		},
		Show: func(n serviceNetwork) finding.Evidence { return n.evidence("assignPublicIp", "ENABLED") },
	},
	Patch: rule.Patch{
		Changes: withoutPublicIP,
		Ask: lang.Text{
			EN: "Do the subnets of the service lead out without public addresses, through a NAT gateway or VPC endpoints (Amazon ECR, Amazon S3, CloudWatch Logs, and what the program calls)? Otherwise its tasks cannot pull their image and do not start. Who connects to their public addresses, and can that go through a load balancer?",
			ES: "¿Las subredes del servicio salen sin direcciones públicas, por una puerta de enlace NAT o por puntos de conexión de VPC (Amazon ECR, Amazon S3, CloudWatch Logs y lo que el programa llame)? De lo contrario, sus tareas no pueden descargar la imagen y no arrancan. ¿Quién se conecta a sus direcciones públicas, y puede pasar eso por un balanceador de carga?",
			PT: "As sub-redes do serviço saem sem endereços públicos, por um gateway NAT ou por endpoints da VPC (Amazon ECR, Amazon S3, CloudWatch Logs e o que o programa chama)? Caso contrário, as tarefas não conseguem baixar a imagem e não iniciam. Quem se conecta aos endereços públicos delas, e isso pode passar por um balanceador de carga?",
		},
	},
	Examples: []rule.Example{
		{
			Name: "tasks on AWS Fargate with public addresses",
			Input: ecsService(`
launchType: FARGATE
networkConfiguration:
  awsvpcConfiguration:
    subnets: [subnet-1]
    securityGroups: [sg-1]
    assignPublicIp: ENABLED
`),
			Want: finding.Present,
			Path: "$.networkConfiguration.awsvpcConfiguration.assignPublicIp",
		},
		{
			Name: "a task set with public addresses",
			Input: ecsService(`
launchType: FARGATE
taskSets:
- taskDefinition: arn:aws:ecs:eu-west-1:111122223333:task-definition/web:8
  networkConfiguration:
    awsvpcConfiguration:
      subnets: [subnet-1]
      assignPublicIp: ENABLED
`),
			Want: finding.Present,
			Path: "$.taskSets[0].networkConfiguration.awsvpcConfiguration.assignPublicIp",
		},
		{
			Name: "tasks with private addresses alone",
			Input: ecsService(`
launchType: FARGATE
networkConfiguration:
  awsvpcConfiguration:
    subnets: [subnet-1]
    assignPublicIp: DISABLED
`),
			Want:   finding.Absent,
			Misses: "assigned",
		},
	},
}

// serviceNetwork is one network configuration of a service as a candidate.
type serviceNetwork struct {
	rule.ECSService
	aws.VPCConfiguration
}

func serviceNetworks(w *rule.World, r *inventory.Resource) iter.Seq[serviceNetwork] {
	return func(yield func(serviceNetwork) bool) {
		for s := range rule.ECSServices(w, r) {
			for _, n := range s.Networks {
				if !yield(serviceNetwork{s, n}) {
					return
				}
			}
		}
	}
}

func (n serviceNetwork) evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: n.Resource.UID, Path: n.Path + "." + field, Value: value}
}
