package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSHostPIDNamespace finds ECS services whose tasks share the process namespace of their container instance.
//
// Restricted field, of the task definition that runs:
//
//	pidMode
//
// Allowed values: not set, task. AWS Fargate refuses host, and Windows the field.
var ECSHostPIDNamespace = rule.Rule{
	ID:         "ecs-host-pid-namespace",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		ecsControl("ECS.3", "ecs-3"), ecsExposure("exposed-namespace"), attack("T1611"),
	},
	Title: lang.Text{
		EN: "ECS tasks share the host's process namespace",
		ES: "ECS: espacio de nombres de procesos compartido con el host",
		PT: "ECS: namespace de processos compartilhado com o host",
	},
	Why: lang.Text{
		EN: "The containers see every process of their container instance, those of other tasks included. An attacker in one of them reads credentials from the arguments and the environment of those processes, and stops or traces them.",
		ES: "Los contenedores ven todos los procesos de su instancia de contenedor, incluidos los de otras tareas. Un atacante dentro de uno de ellos lee credenciales en los argumentos y el entorno de esos procesos, y puede detenerlos o rastrearlos.",
		PT: "Os contêineres veem todos os processos da sua instância de contêiner, inclusive os de outras tarefas. Um invasor em um deles lê credenciais nos argumentos e no ambiente desses processos, e pode encerrá-los ou rastreá-los.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Take the tasks out of the host's process namespace\n\nRegister a revision of the task definition without pidMode, and let the service run it. Where containers of one task must see each other's processes, pidMode task does that.",
		ES: "Saque las tareas del espacio de nombres de procesos del host\n\nRegistre una revisión de la definición de tarea sin pidMode y haga que el servicio la ejecute. Si los contenedores de una misma tarea deben ver los procesos de los demás, pidMode task lo permite.",
		PT: "Retire as tarefas do namespace de processos do host\n\nRegistre uma revisão da definição de tarefa sem pidMode e faça o serviço executá-la. Se os contêineres de uma mesma tarefa precisam ver os processos uns dos outros, pidMode task permite isso.",
	}, newRevision()),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.pidMode"},
	Check: rule.Each[rule.Task]{
		In: rule.Tasks,
		Where: []rule.Condition[rule.Task]{
			rule.If("host", func(t rule.Task) bool { return t.PIDMode == "host" }),
		},
		Show: func(t rule.Task) finding.Evidence { return t.Evidence("pidMode", t.PIDMode) },
	},
	Opens: []finding.EdgeKind{finding.EdgeShareHostPID},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "tasks that see the processes of their instance",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
pidMode: host
containerDefinitions:
- name: monitor
  image: registry.example/monitor:2
`)),
			Want: finding.Present,
			Path: "$.pidMode",
		},
		{
			Name: "containers that share the processes of their own task",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
pidMode: task
containerDefinitions:
- name: web
  image: registry.example/web:1
`)),
			Want:   finding.Absent,
			Misses: "host",
		},
	},
}
