package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSPrivilegedContainer finds ECS services with a container in privileged mode.
//
// Restricted field, of the task definition that runs:
//
//	containerDefinitions[*].privileged
//
// Allowed values: not set, false. AWS Fargate and Windows refuse the field.
var ECSPrivilegedContainer = rule.Rule{
	ID:         "ecs-privileged-container",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		ecsControl("ECS.4", "ecs-4"), ecsExposure("task-definition-privileged"), attack("T1611"),
	},
	Title: lang.Text{
		EN: "ECS service with a privileged container",
		ES: "Servicio de ECS con un contenedor privilegiado",
		PT: "Serviço do ECS com um contêiner privilegiado",
	},
	Why: lang.Text{
		EN: "A privileged container has every device and capability of its container instance. Whoever runs code in it mounts the instance's disk and is root there: then the credentials of the instance role and of every other task on the instance are theirs.",
		ES: "Un contenedor privilegiado tiene todos los dispositivos y capacidades de su instancia de contenedor. Quien ejecuta código en él monta el disco de la instancia y pasa a ser root en ella: entonces son suyas las credenciales del rol de la instancia y las de todas las demás tareas que se ejecutan allí.",
		PT: "Um contêiner privilegiado tem todos os dispositivos e capacidades da sua instância de contêiner. Quem executa código nele monta o disco da instância e passa a ser root nela: a partir daí, são suas as credenciais do perfil da instância e as de todas as outras tarefas executadas ali.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Run the container without privileged mode\n\nRegister a revision of the task definition without the field privileged, and let the service run it. If the program needs one capability or device, grant that alone in linuxParameters. Where privileged mode must stay, set readonlyRootFilesystem, so that an intruder cannot change the container's files, and place the task on instances of its own.",
		ES: "Ejecute el contenedor sin el modo privilegiado\n\nRegistre una revisión de la definición de tarea sin el campo privileged y haga que el servicio la ejecute. Si el programa necesita una capacidad o un dispositivo, conceda solo eso en linuxParameters. Si el modo privilegiado debe seguir, active readonlyRootFilesystem, para que un intruso no pueda modificar los archivos del contenedor, y coloque la tarea en instancias propias.",
		PT: "Execute o contêiner sem o modo privilegiado\n\nRegistre uma revisão da definição de tarefa sem o campo privileged e faça o serviço executá-la. Se o programa precisa de uma capacidade ou de um dispositivo, conceda apenas isso em linuxParameters. Se o modo privilegiado tiver de continuar, ative readonlyRootFilesystem, para que um invasor não possa alterar os arquivos do contêiner, e coloque a tarefa em instâncias próprias.",
	}, newRevision()),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.containerDefinitions.privileged"},
	Check: rule.Each[rule.TaskContainer]{
		In: rule.TaskContainers,
		Where: []rule.Condition[rule.TaskContainer]{
			rule.If("privileged", func(c rule.TaskContainer) bool { return c.Privileged }),
		},
		Show: func(c rule.TaskContainer) finding.Evidence { return c.Evidence("privileged", true) },
	},
	Opens: []finding.EdgeKind{finding.EdgeEscapePrivileged},
	Patch: rule.Patch{Changes: rule.SetFields(false)},
	Examples: []rule.Example{
		{
			Name: "a build agent in privileged mode",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: agent
  image: registry.example/agent:3
  privileged: true
`)),
			Want: finding.Present,
			Path: "$.containerDefinitions[0].privileged",
		},
		{
			Name: "a container that says that it is not privileged",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  privileged: false
`)),
			Want:   finding.Absent,
			Misses: "privileged",
		},
	},
}
