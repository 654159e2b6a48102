package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// ECSDangerousCapability finds ECS services with a container that is given a capability of Linux that breaks isolation.
//
// Restricted field, of the task definition that runs:
//
//	containerDefinitions[*].linuxParameters.capabilities.add
//
// Which capabilities count, and with what else, is the same as in dangerous-capability. AWS Fargate lets add SYS_PTRACE
// alone, which reaches only the processes of the task there.
var ECSDangerousCapability = rule.Rule{
	ID:         "ecs-dangerous-capability",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		attack("T1611"), {Source: "AWS", ID: "KernelCapabilities", URL: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html"},
	},
	Title: lang.Text{
		EN: "ECS container with a dangerous capability",
		ES: "Contenedor de ECS con una capacidad peligrosa",
		PT: "Contêiner do ECS com uma capacidade perigosa",
	},
	Why: lang.Text{
		EN: "The capability lets a process in the container act on its container instance: mount file systems, load code into the kernel, trace processes or read any file. An attacker who runs code in the container uses it to break out, and is root on the instance.",
		ES: "La capacidad permite que un proceso del contenedor actúe sobre su instancia de contenedor: montar sistemas de archivos, cargar código en el kernel, rastrear procesos o leer cualquier archivo. Un atacante que ejecuta código en el contenedor la usa para escapar y pasa a ser root en la instancia.",
		PT: "A capacidade permite que um processo do contêiner atue sobre a sua instância de contêiner: montar sistemas de arquivos, carregar código no kernel, rastrear processos ou ler qualquer arquivo. Um invasor que executa código no contêiner a usa para escapar e passa a ser root na instância.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Take the capability away from the container\n\nRegister a revision of the task definition without it under linuxParameters.capabilities.add, and drop ALL there; add back what the program fails without, if it is none of the dangerous ones. Then let the service run it.",
		ES: "Quite la capacidad al contenedor\n\nRegistre una revisión de la definición de tarea sin ella en linuxParameters.capabilities.add y elimine ALL en drop; vuelva a añadir aquello sin lo que el programa falle, si no es una de las peligrosas. Después, haga que el servicio la ejecute.",
		PT: "Retire a capacidade do contêiner\n\nRegistre uma revisão da definição de tarefa sem ela em linuxParameters.capabilities.add e remova ALL em drop; adicione de volta aquilo sem o que o programa falha, se não for uma das perigosas. Depois, faça o serviço executá-la.",
	}, newRevision()),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.containerDefinitions.linuxParameters"},
	Check: rule.Each[taskCapability]{
		In: taskCapabilities,
		Where: []rule.Condition[taskCapability]{
			rule.If("dangerous", func(c taskCapability) bool { return c.power().isDangerous() }),
			rule.If("on-instances", func(c taskCapability) bool { return !c.OnFargate() }),
			rule.If("linux", func(c taskCapability) bool { return !c.Windows }),
		},
		Show:  taskCapability.evidence,
		Grade: func(c taskCapability) finding.Weight { return c.power().weight() },
	},
	Opens: []finding.EdgeKind{finding.EdgeEscapeCapability},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "SYS_ADMIN",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: agent
  image: registry.example/agent:3
  linuxParameters:
    capabilities:
      add: ["NET_BIND_SERVICE", "SYS_ADMIN"]
`)),
			Want: finding.Present,
			Path: "$.containerDefinitions[0].linuxParameters.capabilities.add[1]",
		},
		{
			Name: "a capability for low ports",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  linuxParameters:
    capabilities:
      add: ["NET_BIND_SERVICE"]
`)),
			Want:   finding.Absent,
			Misses: "dangerous",
		},
		{
			Name: "tracing on AWS Fargate",
			Input: documents(ecsService("launchType: FARGATE\n"), taskDefinition(`
requiresCompatibilities: ["FARGATE"]
pidMode: task
containerDefinitions:
- name: tracer
  image: registry.example/tracer:1
  linuxParameters:
    capabilities:
      add: ["SYS_PTRACE"]
`)),
			Want:   finding.Absent,
			Misses: "on-instances",
		},
		{
			Name: "a container on Windows",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
runtimePlatform:
  operatingSystemFamily: WINDOWS_SERVER_2022_CORE
containerDefinitions:
- name: web
  image: registry.example/web:1
  linuxParameters:
    capabilities:
      add: ["SYS_ADMIN"]
`)),
			Want:   finding.Absent,
			Misses: "linux",
		},
	},
}

// taskCapability is one capability that a container of a task definition is given, as a candidate.
type taskCapability struct {
	rule.TaskContainer
	name  string
	index int
}

func taskCapabilities(w *rule.World, r *inventory.Resource) iter.Seq[taskCapability] {
	return func(yield func(taskCapability) bool) {
		for c := range rule.TaskContainers(w, r) {
			for i, name := range c.Capabilities {
				if !yield(taskCapability{c, name, i}) {
					return
				}
			}
		}
	}
}

func (c taskCapability) power() power {
	return power{name: c.name, beside: c.Capabilities, hostPID: c.PIDMode == "host", hostNetwork: c.NetworkMode == "host"}
}

func (c taskCapability) evidence() finding.Evidence {
	return finding.Evidence{Resource: c.Resource.UID, Path: tree.PathIndex(c.CapPath, c.index), Value: c.name}
}
