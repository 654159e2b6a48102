package traits

import (
	"iter"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSInstanceIMDSReachable finds ECS services whose tasks get credentials from the metadata service of their container
// instance.
//
// Fields:
//
//	MetadataOptions of the instances of the service's cluster, and their instance profile
//	networkMode of the task definition that runs
//
// A task in the network of its host is at no distance from the service: that it is enabled is enough. One in the mode
// bridge is one hop away. One in the mode awsvpc has an interface of its own, so that the hop limit does not keep it off: it
// reaches the service unless the agent's ECS_AWSVPC_BLOCK_IMDS says no, which no API tells. Services on AWS Fargate run on no instance of the account.
var ECSInstanceIMDSReachable = rule.Rule{
	ID:         "ecs-instance-imds-reachable",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		attack("T1552.005"), {Source: "AWS", ID: "Task IAM role", URL: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#task-iam-role-considerations"},
	},
	Title: lang.Text{
		EN: "ECS tasks get the credentials of their instance",
		ES: "Tareas de ECS que obtienen las credenciales de su instancia",
		PT: "Tarefas do ECS que obtêm as credenciais da sua instância",
	},
	Why: lang.Text{
		EN: "The containers reach the metadata service of the instance they run on, which hands out the credentials of the instance role to whoever asks. An attacker in a container, or one who makes its program fetch a URL, has them, and with them what the agent may do: register instances, pull images, and all that was added to the role.",
		ES: "Los contenedores llegan al servicio de metadatos de la instancia en la que se ejecutan, que entrega las credenciales del rol de la instancia a quien las pida. Un atacante en un contenedor, o uno que logre que el programa consulte una URL, las obtiene y, con ellas, lo que el agente puede hacer: registrar instancias, descargar imágenes y todo lo que se añadió al rol.",
		PT: "Os contêineres chegam ao serviço de metadados da instância em que são executados, que entrega as credenciais do perfil da instância a quem as pedir. Um invasor em um contêiner, ou um que consiga fazer o programa buscar uma URL, as obtém e, com elas, o que o agente pode fazer: registrar instâncias, baixar imagens e tudo o que foi adicionado ao perfil.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Keep the metadata service of the instances from the tasks\n\nRequire version 2 of the metadata service with a hop limit of 1, on the instances and in their launch template. For tasks in the mode awsvpc set ECS_AWSVPC_BLOCK_IMDS=true in the agent's configuration; for those in the mode bridge block 169.254.169.254 in the instance's firewall too; do not use the mode host. Give the instance role no more than AmazonEC2ContainerServiceforEC2Role.",
		ES: "Aísle de las tareas el servicio de metadatos de las instancias\n\nExija la versión 2 del servicio de metadatos con un límite de saltos de 1, en las instancias y en su plantilla de lanzamiento. Para tareas en modo awsvpc, ponga ECS_AWSVPC_BLOCK_IMDS=true en la configuración del agente; para las del modo bridge, bloquee además 169.254.169.254 en el firewall de la instancia; no use el modo host. No conceda al rol de la instancia más que AmazonEC2ContainerServiceforEC2Role.",
		PT: "Impeça que as tarefas cheguem ao serviço de metadados das instâncias\n\nExija a versão 2 do serviço de metadados com um limite de saltos de 1, nas instâncias e no modelo de execução delas. Para tarefas no modo awsvpc, defina ECS_AWSVPC_BLOCK_IMDS=true na configuração do agente; para as do modo bridge, bloqueie também 169.254.169.254 no firewall da instância; não use o modo host. Não conceda ao perfil da instância mais do que AmazonEC2ContainerServiceforEC2Role.",
	}, []string{
		"aws ec2 modify-instance-metadata-options --instance-id $INSTANCE --http-tokens required --http-put-response-hop-limit 1 --region $REGION",
	}),
	On:    []inventory.Type{aws.ECSService},
	Reads: []string{"$.launchType", "$.capacityProviderStrategy"},
	Check: rule.Each[taskOnInstance]{
		In: tasksOnInstances,
		Where: []rule.Condition[taskOnInstance]{
			rule.If("instance-role", func(t taskOnInstance) bool { return t.machine == nil || t.machine.Profile != "" }),
			{Name: "on-instances", Holds: func(_ *rule.World, t taskOnInstance) rule.Truth { return rule.OnInstances(t.service) }},
			{Name: "metadata-reached", Holds: func(_ *rule.World, t taskOnInstance) rule.Truth { return t.reaches() }},
		},
		Show: taskOnInstance.evidence,
	},
	Opens: []finding.EdgeKind{finding.EdgeReadIMDS},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Does anything on the instances ask version 1 of the metadata service (the metric MetadataNoToken), or ask it from a container? Which launch template starts the next instances: the change must stand there too.",
			ES: "¿Algo en las instancias consulta la versión 1 del servicio de metadatos (la métrica MetadataNoToken), o lo consulta desde un contenedor? ¿Qué plantilla de lanzamiento crea las próximas instancias? El cambio debe estar también allí.",
			PT: "Algo nas instâncias consulta a versão 1 do serviço de metadados (a métrica MetadataNoToken), ou o consulta de dentro de um contêiner? Qual modelo de execução cria as próximas instâncias? A alteração também precisa estar lá.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a task in a network of its own, with version 1 of the service",
			Input: onInstance("bridge", "optional", 1),
			Want:  finding.Present,
			Path:  "$.MetadataOptions.HttpTokens",
		},
		{
			Name:  "answers that travel two hops",
			Input: onInstance("bridge", "required", 2),
			Want:  finding.Present,
			Path:  "$.MetadataOptions.HttpPutResponseHopLimit",
		},
		{
			Name:  "a task in the network of its host",
			Input: onInstance("host", "required", 1),
			Want:  finding.Present,
		},
		{
			Name:     "answers that travel one hop",
			Input:    onInstance("bridge", "required", 1),
			Want:     finding.Absent,
			Misses:   "metadata-reached",
			Complete: []inventory.Type{aws.ECSContainerInstance, aws.Instance},
		},
		{
			Name:     "an instance without a role",
			Input:    strings.ReplaceAll(onInstance("bridge", "optional", 1), "IamInstanceProfile", "NoProfile"),
			Want:     finding.Absent,
			Misses:   "instance-role",
			Complete: []inventory.Type{aws.ECSContainerInstance, aws.Instance},
		},
		{
			Name:  "a task with an interface of its own, which the agent may keep away",
			Input: onInstance("awsvpc", "optional", 2),
			Want:  finding.Unknown,
		},
		{
			Name:  "such a task where answers travel one hop, which does not keep it off",
			Input: onInstance("awsvpc", "required", 1),
			Want:  finding.Unknown,
		},
		{
			Name:  "answers that travel one hop, where there may be other instances",
			Input: onInstance("bridge", "required", 1),
			Want:  finding.Unknown,
		},
		{
			Name:     "a service of a capacity provider, on another instance than the weak one",
			Input:    strings.ReplaceAll(onInstance("bridge", "optional", 1), "launchType: EC2", "capacityProviderStrategy: [{capacityProvider: hard}]"),
			Want:     finding.Absent,
			Complete: []inventory.Type{aws.ECSContainerInstance, aws.Instance},
		},
		{
			Name:  "a service that says no launch type",
			Input: strings.ReplaceAll(onInstance("host", "optional", 1), "launchType: EC2", "desiredCount: 1"),
			Want:  finding.Unknown,
		},
		{
			Name:  "a task set on instances",
			Input: strings.ReplaceAll(onInstance("host", "optional", 1), "launchType: EC2", "taskSets: [{status: PRIMARY, launchType: EC2}]"),
			Want:  finding.Present,
		},
		{
			Name:  "a service that was deleted",
			Input: strings.ReplaceAll(onInstance("host", "optional", 1), "status: ACTIVE", "status: INACTIVE"),
			Want:  finding.Absent,
		},
		{
			Name:  "a service whose instances were not read",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition("networkMode: bridge\ncontainerDefinitions: []\n")),
			Want:  finding.Unknown,
		},
		{
			Name:  "a service on AWS Fargate",
			Input: documents(ecsService("launchType: FARGATE\n"), taskDefinition("networkMode: awsvpc\ncontainerDefinitions: []\n")),
			Want:  finding.Absent,
		},
	},
}

// taskOnInstance is a task of a service on one of the instances that it may run on; the instance is nil for those that
// were not read.
type taskOnInstance struct {
	rule.Task
	service *aws.ServiceSpec
	on      *inventory.Resource
	machine *rule.Machine
}

func tasksOnInstances(w *rule.World, r *inventory.Resource) iter.Seq[taskOnInstance] {
	return func(yield func(taskOnInstance) bool) {
		service, ok := r.Spec.(*aws.ServiceSpec)
		if !ok || rule.OnInstances(service).State == finding.Absent {
			return
		}
		machines, all := w.MachinesOf(r, service)
		for _, definition := range aws.Definitions(w.Inventory, r) {
			for task := range rule.Tasks(w, definition) {
				for i := range machines {
					if !yield(taskOnInstance{task, service, r, &machines[i]}) {
						return
					}
				}
				if !all && !yield(taskOnInstance{task, service, r, nil}) {
					return
				}
			}
		}
	}
}

// reaches says whether the task gets an answer of the metadata service. In the mode awsvpc a task has an interface of
// its own, from which the service is no hop away: the limit does not keep it off, only the agent or a disabled endpoint.
func (t taskOnInstance) reaches() rule.Truth {
	if t.NetworkMode == "none" {
		return rule.Is(false)
	}
	if t.machine == nil {
		return rule.Unknown(lang.Text{
			EN: "not all container instances of the cluster were read",
			ES: "no se leyeron todas las instancias de contenedor del clúster",
			PT: "nem todas as instâncias de contêiner do cluster foram lidas",
		})
	}
	reach, _ := rule.MetadataReach(t.machine.Resource, t.machine.Metadata)
	switch {
	case t.NetworkMode == "host" && t.machine.Metadata.Endpoint != "":
		return rule.Is(t.machine.Metadata.Endpoint != "disabled")
	case t.NetworkMode == "awsvpc" && t.machine.Metadata.Endpoint != "disabled":
		return rule.Unknown(lang.Text{
			EN: "the agent's setting ECS_AWSVPC_BLOCK_IMDS decides it, and no API tells it",
			ES: "lo decide el ajuste ECS_AWSVPC_BLOCK_IMDS del agente, y ninguna API lo indica",
			PT: "quem decide é a configuração ECS_AWSVPC_BLOCK_IMDS do agente, e nenhuma API a informa",
		})
	}
	return reach
}

func (t taskOnInstance) evidence() finding.Evidence {
	if t.machine == nil {
		return finding.Evidence{Resource: t.on.UID, Path: "$.clusterArn", Value: nil}
	}
	_, field := rule.MetadataReach(t.machine.Resource, t.machine.Metadata)
	if t.NetworkMode == "host" || field.Path == "" {
		return t.Evidence("networkMode", t.NetworkMode)
	}
	return field
}

// onInstance gives the answers of the API for a service whose tasks run in a network mode on an instance with these
// metadata options.
func onInstance(networkMode, tokens string, hops int) string {
	return documents(ecsService("launchType: EC2\n"), taskDefinition("networkMode: "+networkMode+"\ncontainerDefinitions: []\n"),
		`containerInstances:
- containerInstanceArn: arn:aws:ecs:eu-west-1:111122223333:container-instance/shop/0123456789abcdef0123456789abcdef
  ec2InstanceId: i-0123456789abcdef0
`, `Reservations:
- OwnerId: "111122223333"
  Instances:
  - InstanceId: i-0123456789abcdef0
    State: {Name: running}
    IamInstanceProfile:
      Arn: arn:aws:iam::111122223333:instance-profile/ecs
    MetadataOptions:
      HttpEndpoint: enabled
      HttpTokens: `+tokens+`
      HttpPutResponseHopLimit: `+strconv.Itoa(hops)+`
`)
}
