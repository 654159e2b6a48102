package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSContainerRuntimeSocket finds ECS services with a container that reaches the socket of its instance's container
// runtime.
//
// Restricted field, of the task definition that runs:
//
//	volumes[*].host.sourcePath
//	volumes[*].dockerVolumeConfiguration.driverOpts.device, of a bind
//
// Allowed values: every path that is no runtime's socket and no folder that one lies in. Read-only mounts count as much:
// connecting to a socket writes nothing to the file system that it lies in.
var ECSContainerRuntimeSocket = rule.Rule{
	ID:         "ecs-container-runtime-socket",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		ecsExposure("root-access-to-filesystem"), attack("T1611"), attack("T1610"),
	},
	Title: lang.Text{
		EN: "ECS container mounts the container runtime's socket",
		ES: "ECS: socket del entorno de ejecución de contenedores montado",
		PT: "ECS: socket do runtime de contêineres montado",
	},
	Why: lang.Text{
		EN: "Whoever connects to the socket commands Docker or containerd without a password. An attacker starts a privileged container that mounts the instance's disk, or enters the container of any other task on it and takes the credentials of its role. ECS sees nothing of it.",
		ES: "Quien se conecta al socket controla Docker o containerd sin contraseña. Un atacante inicia un contenedor privilegiado que monta el disco de la instancia, o entra en el contenedor de cualquier otra tarea de ella y obtiene las credenciales de su rol. ECS no ve nada de eso.",
		PT: "Quem se conecta ao socket controla o Docker ou o containerd sem senha. Um invasor inicia um contêiner privilegiado que monta o disco da instância, ou entra no contêiner de qualquer outra tarefa dela e obtém as credenciais do perfil dessa tarefa. O ECS não vê nada disso.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Remove the volume that holds the container runtime's socket\n\nRegister a revision of the task definition without it, and let the service run it. To build images use a builder that needs no daemon, such as BuildKit without root, or AWS CodeBuild. For metrics and logs use Container Insights and the awslogs or FireLens drivers. An agent that must keep the socket runs on instances of its own.",
		ES: "Quite el volumen que contiene el socket del entorno de ejecución\n\nRegistre una revisión de la definición de tarea sin él y haga que el servicio la ejecute. Para construir imágenes, use una herramienta que no requiera un daemon, como BuildKit sin root, o AWS CodeBuild. Para métricas y registros, use Container Insights y los controladores awslogs o FireLens. Si un agente debe conservar el socket, ejecútelo en instancias propias.",
		PT: "Remova o volume que contém o socket do runtime de contêineres\n\nRegistre uma revisão da definição de tarefa sem ele e faça o serviço executá-la. Para construir imagens, use uma ferramenta que não exija um daemon, como o BuildKit sem root, ou o AWS CodeBuild. Para métricas e logs, use o Container Insights e os drivers awslogs ou FireLens. Se um agente precisar manter o socket, execute-o em instâncias próprias.",
	}, newRevision()),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.volumes", "$.containerDefinitions.mountPoints"},
	Check: rule.Each[rule.TaskVolume]{
		In: rule.TaskVolumes,
		Where: []rule.Condition[rule.TaskVolume]{
			rule.If("runtime-socket", isTaskVolumeSocket),
			rule.If("mounted", isTaskVolumeMounted),
		},
		Show: func(v rule.TaskVolume) finding.Evidence { return v.Evidence(v.Field, v.HostPath) },
		Also: taskMountEvidence,
	},
	Opens: []finding.EdgeKind{finding.EdgeEscapeSocket},
	Patch: rule.Patch{
		Changes: removeTaskVolumes,
		Ask: lang.Text{
			EN: "What does the program ask of the container runtime: does it build images, read logs, list containers? Each has a way without the socket (a builder without a daemon, the awslogs or FireLens drivers, the task metadata endpoint). The patch removes the volume; without such a way the program fails.",
			ES: "¿Qué le pide el programa al entorno de ejecución de contenedores: construye imágenes, lee registros, enumera contenedores? Cada cosa tiene una vía sin el socket (un constructor sin daemon, los controladores awslogs o FireLens, el punto de conexión de metadatos de la tarea). El parche quita el volumen; sin esa vía, el programa falla.",
			PT: "O que o programa pede ao runtime de contêineres: constrói imagens, lê logs, lista contêineres? Cada coisa tem um caminho sem o socket (um construtor sem daemon, os drivers awslogs ou FireLens, o endpoint de metadados da tarefa). O patch remove o volume; sem esse caminho, o programa falha.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "the Docker socket, read-only",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: ci
  image: registry.example/ci:9
  mountPoints:
  - sourceVolume: docker
    containerPath: /var/run/docker.sock
    readOnly: true
volumes:
- name: docker
  host:
    sourcePath: /var/run/docker.sock
`)),
			Want: finding.Present,
			Path: "$.volumes[0].host.sourcePath",
		},
		{
			Name: "containerd's folder",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: scanner
  image: registry.example/scanner:9
  mountPoints:
  - sourceVolume: runtime
    containerPath: /runtime
volumes:
- name: runtime
  host:
    sourcePath: /run/containerd/
`)),
			Want: finding.Present,
			Path: "$.volumes[0].host.sourcePath",
		},
		{
			Name: "another folder of /run",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  mountPoints:
  - sourceVolume: lock
    containerPath: /lock
volumes:
- name: lock
  host:
    sourcePath: /run/lock
`)),
			Want:   finding.Absent,
			Misses: "runtime-socket",
		},
		{
			Name: "a socket that no container mounts",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
volumes:
- name: docker
  host:
    sourcePath: /var/run/docker.sock
`)),
			Want:   finding.Absent,
			Misses: "mounted",
		},
	},
}

func isTaskVolumeSocket(v rule.TaskVolume) bool {
	return holdsRuntimeSocket(rule.CleanNodePath(v.HostPath))
}
