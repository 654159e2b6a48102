package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSHostIPCNamespace finds ECS services whose tasks share the IPC namespace of their container instance.
//
// Restricted field, of the task definition that runs:
//
//	ipcMode
//
// Allowed values: not set, task, none. AWS Fargate and Windows refuse the field.
var ECSHostIPCNamespace = rule.Rule{
	ID:         "ecs-host-ipc-namespace",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		ecsExposure("exposed-namespace"), attack("T1611"),
	},
	Title: lang.Text{
		EN: "ECS tasks share the host's IPC namespace",
		ES: "ECS: espacio de nombres IPC compartido con el host",
		PT: "ECS: namespace IPC compartilhado com o host",
	},
	Why: lang.Text{
		EN: "The containers share memory segments, semaphores and message queues with every process of their container instance and with other tasks in the same mode. An attacker in one of them reads and changes what programs exchange there.",
		ES: "Los contenedores comparten segmentos de memoria, semáforos y colas de mensajes con todos los procesos de su instancia de contenedor y con otras tareas en el mismo modo. Un atacante dentro de uno de ellos lee y modifica lo que los programas intercambian allí.",
		PT: "Os contêineres compartilham segmentos de memória, semáforos e filas de mensagens com todos os processos da sua instância de contêiner e com outras tarefas no mesmo modo. Um invasor em um deles lê e altera o que os programas trocam ali.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Take the tasks out of the host's IPC namespace\n\nRegister a revision of the task definition without ipcMode, and let the service run it. Where containers of one task exchange data through shared memory, ipcMode task does that.",
		ES: "Saque las tareas del espacio de nombres IPC del host\n\nRegistre una revisión de la definición de tarea sin ipcMode y haga que el servicio la ejecute. Si los contenedores de una misma tarea intercambian datos por memoria compartida, ipcMode task lo permite.",
		PT: "Retire as tarefas do namespace IPC do host\n\nRegistre uma revisão da definição de tarefa sem ipcMode e faça o serviço executá-la. Se os contêineres de uma mesma tarefa trocam dados por memória compartilhada, ipcMode task permite isso.",
	}, newRevision()),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.ipcMode"},
	Check: rule.Each[rule.Task]{
		In: rule.Tasks,
		Where: []rule.Condition[rule.Task]{
			rule.If("host", func(t rule.Task) bool { return t.IPCMode == "host" }),
		},
		Show: func(t rule.Task) finding.Evidence { return t.Evidence("ipcMode", t.IPCMode) },
	},
	Opens: []finding.EdgeKind{finding.EdgeShareHostIPC},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "tasks that share memory with their instance",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
ipcMode: host
containerDefinitions:
- name: db
  image: registry.example/db:2
`)),
			Want: finding.Present,
			Path: "$.ipcMode",
		},
		{
			Name: "containers that share memory within their task",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
ipcMode: task
containerDefinitions:
- name: db
  image: registry.example/db:2
`)),
			Want:   finding.Absent,
			Misses: "host",
		},
	},
}
