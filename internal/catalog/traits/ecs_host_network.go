package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSHostNetwork finds ECS services whose tasks use the network of their container instance.
//
// Restricted field, of the task definition that runs:
//
//	networkMode
//
// Allowed values: every one but host. AWS Fargate refuses host.
var ECSHostNetwork = rule.Rule{
	ID:         "ecs-host-network",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		ecsControl("ECS.17", "ecs-17"), ecsExposure("host-networking-mode-enabled"), attack("T1611"), attack("T1552.005"),
	},
	Title: lang.Text{
		EN: "ECS tasks in the host's network",
		ES: "Tareas de ECS en la red del host",
		PT: "Tarefas do ECS na rede do host",
	},
	Why: lang.Text{
		EN: "The containers use the network of their container instance: they listen on its addresses past any security group of the task, see its local ports, and reach its metadata service, which hands out the credentials of the instance role.",
		ES: "Los contenedores usan la red de su instancia de contenedor: escuchan en sus direcciones sin que ningún grupo de seguridad de la tarea lo filtre, ven sus puertos locales y llegan a su servicio de metadatos, que entrega las credenciales del rol de la instancia.",
		PT: "Os contêineres usam a rede da sua instância de contêiner: escutam nos endereços dela sem que nenhum grupo de segurança da tarefa filtre, veem suas portas locais e chegam ao seu serviço de metadados, que entrega as credenciais do perfil da instância.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Give the tasks a network of their own\n\nRegister a revision of the task definition with networkMode awsvpc, which gives each task an interface and security groups of its own, or bridge, which maps single ports to the instance. Then let the service run it; with awsvpc it needs a network configuration.",
		ES: "Dé a las tareas una red propia\n\nRegistre una revisión de la definición de tarea con networkMode awsvpc, que da a cada tarea una interfaz y grupos de seguridad propios, o bridge, que asigna puertos concretos de la instancia. Después, haga que el servicio la ejecute; con awsvpc necesita una configuración de red.",
		PT: "Dê às tarefas uma rede própria\n\nRegistre uma revisão da definição de tarefa com networkMode awsvpc, que dá a cada tarefa uma interface e grupos de segurança próprios, ou bridge, que mapeia portas específicas da instância. Depois, faça o serviço executá-la; com awsvpc ele precisa de uma configuração de rede.",
	}, newRevision()),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.networkMode"},
	Check: rule.Each[rule.Task]{
		In: rule.Tasks,
		Where: []rule.Condition[rule.Task]{
			rule.If("host", func(t rule.Task) bool { return t.NetworkMode == "host" }),
		},
		Show: func(t rule.Task) finding.Evidence { return t.Evidence("networkMode", t.NetworkMode) },
	},
	Opens: []finding.EdgeKind{finding.EdgeShareHostNetwork},
	Patch: rule.Patch{
		Changes: bridgeNetwork,
		Ask: lang.Text{
			EN: "Does the program listen on a port that portMappings does not name, need the address of its instance, or talk to it, or to another container of the task, over localhost? The patch maps the ports that are named to the same ports of the instance; in the mode bridge no others are reached, and each container has a localhost of its own. Where that is not enough, take awsvpc, which needs a network configuration in the service.",
			ES: "¿El programa escucha en un puerto que portMappings no indica, necesita la dirección de su instancia, o habla con ella, o con otro contenedor de la tarea, por localhost? El parche asigna los puertos indicados a los mismos puertos de la instancia; en el modo bridge no se llega a ningún otro, y cada contenedor tiene su propio localhost. Si eso no basta, use awsvpc, que requiere una configuración de red en el servicio.",
			PT: "O programa escuta em uma porta que portMappings não indica, precisa do endereço da sua instância, ou fala com ela, ou com outro contêiner da tarefa, por localhost? O patch mapeia as portas indicadas para as mesmas portas da instância; no modo bridge não se chega a nenhuma outra, e cada contêiner tem o seu próprio localhost. Se isso não bastar, use awsvpc, que exige uma configuração de rede no serviço.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a proxy in the network of its instance",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
networkMode: host
containerDefinitions:
- name: proxy
  image: registry.example/proxy:2
`)),
			Want: finding.Present,
			Path: "$.networkMode",
		},
		{
			Name: "tasks with interfaces of their own",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
networkMode: awsvpc
containerDefinitions:
- name: web
  image: registry.example/web:1
`)),
			Want:   finding.Absent,
			Misses: "host",
		},
	},
}
