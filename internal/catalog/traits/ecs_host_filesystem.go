package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSHostFilesystem finds ECS services with a container that mounts files of its container instance.
//
// Restricted field, of the task definition that runs:
//
//	volumes[*].host.sourcePath
//	volumes[*].dockerVolumeConfiguration.driverOpts.device, of a bind
//
// Allowed values: not set, and the harmless places that sensitive-host-path leaves out too. A volume that no container
// mounts does not count, nor does host without a path, which is a volume of Docker's own. Which of the paths is that of a
// runtime's socket is ecs-container-runtime-socket's question.
//
// What can be written to a place that decides over the instance weighs most; what can only be read, or decides nothing, one
// step less.
var ECSHostFilesystem = rule.Rule{
	ID:         "ecs-host-filesystem",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		ecsExposure("root-access-to-filesystem"), attack("T1611"), attack("T1083"),
	},
	Title: lang.Text{
		EN: "ECS container mounts files of its host",
		ES: "Contenedor de ECS que monta archivos de su host",
		PT: "Contêiner do ECS que monta arquivos do seu host",
	},
	Why: lang.Text{
		EN: "The container reads files of its container instance, and may write them unless the mount is read-only. An attacker in it reads what other tasks and the agent keep there, or adds a key or a scheduled command and is root on the instance.",
		ES: "El contenedor lee archivos de su instancia de contenedor y, salvo que el montaje sea de solo lectura, también puede escribirlos. Un atacante dentro de él lee lo que otras tareas y el agente guardan allí, o añade una clave o una orden programada y pasa a ser root en la instancia.",
		PT: "O contêiner lê arquivos da sua instância de contêiner e, a menos que a montagem seja somente leitura, também pode gravá-los. Um invasor nele lê o que outras tarefas e o agente guardam ali, ou adiciona uma chave ou um comando agendado e passa a ser root na instância.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Remove the host volume, or mount it read-only\n\nRegister a revision of the task definition without the volume, and let the service run it. For data that must last use an Amazon EFS volume. Where the program must see the host's files, mount the folder it needs and no more, with readOnly in its mount point, and set readonlyRootFilesystem, which keeps the container's own files as they are.",
		ES: "Quite el volumen del host, o móntelo en solo lectura\n\nRegistre una revisión de la definición de tarea sin el volumen y haga que el servicio la ejecute. Para datos que deban perdurar, use un volumen de Amazon EFS. Si el programa debe ver archivos del host, monte solo la carpeta que necesita, con readOnly en su punto de montaje, y active readonlyRootFilesystem, que protege los archivos del propio contenedor.",
		PT: "Remova o volume do host, ou monte-o como somente leitura\n\nRegistre uma revisão da definição de tarefa sem o volume e faça o serviço executá-la. Para dados que precisam durar, use um volume do Amazon EFS. Se o programa precisa ver arquivos do host, monte apenas a pasta necessária, com readOnly no ponto de montagem, e ative readonlyRootFilesystem, que protege os arquivos do próprio contêiner.",
	}, newRevision()),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.volumes", "$.containerDefinitions.mountPoints"},
	Check: rule.Each[rule.TaskVolume]{
		In: rule.TaskVolumes,
		Where: []rule.Condition[rule.TaskVolume]{
			rule.If("not-harmless", func(v rule.TaskVolume) bool { return !isWithinAny(rule.CleanNodePath(v.HostPath), harmlessPaths()) }),
			rule.If("mounted", isTaskVolumeMounted),
		},
		Show:  func(v rule.TaskVolume) finding.Evidence { return v.Evidence(v.Field, v.HostPath) },
		Also:  taskMountEvidence,
		Grade: gradeTaskVolume,
	},
	Opens: []finding.EdgeKind{finding.EdgeEscapeHostPath},
	Patch: rule.Patch{
		Changes: closeHostVolumes,
		Weakens: true,
		Ask: lang.Text{
			EN: "Does the program write to these places of the instance, and does it need to see them at all? The patch mounts read-only what is safer so, which lowers the severity; it removes a volume that is as bad read-only, or is read-only already. Data that must last belongs in an Amazon EFS volume.",
			ES: "¿El programa escribe en estos lugares de la instancia, y necesita siquiera verlos? El parche monta en solo lectura lo que así es más seguro, lo que baja la gravedad; quita un volumen que en solo lectura es igual de malo, o que ya lo está. Los datos que deban perdurar van en un volumen de Amazon EFS.",
			PT: "O programa grava nestes lugares da instância, e precisa mesmo vê-los? O patch monta como somente leitura o que assim fica mais seguro, o que baixa a gravidade; remove um volume que como somente leitura é igualmente ruim, ou que já está assim. Os dados que precisam durar ficam em um volume do Amazon EFS.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "the whole instance, writable",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: agent
  image: registry.example/agent:3
  mountPoints:
  - sourceVolume: root
    containerPath: /host
volumes:
- name: root
  host:
    sourcePath: /
`)),
			Want: finding.Present,
			Path: "$.volumes[0].host.sourcePath",
		},
		{
			Name: "the host's files as a volume of Docker's local driver",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: agent
  image: registry.example/agent:3
  mountPoints:
  - sourceVolume: root
    containerPath: /host
volumes:
- name: root
  dockerVolumeConfiguration:
    driver: local
    driverOpts: {type: none, o: bind, device: /}
`)),
			Want: finding.Present,
			Path: "$.volumes[0].dockerVolumeConfiguration.driverOpts.device",
		},
		{
			Name: "a folder with data, read-only",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  mountPoints:
  - sourceVolume: data
    containerPath: /data
    readOnly: true
volumes:
- name: data
  host:
    sourcePath: /srv/data
`)),
			Want: finding.Present,
			Path: "$.containerDefinitions[0].mountPoints[0].readOnly",
		},
		{
			Name: "the instance's time zone",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  mountPoints:
  - sourceVolume: zone
    containerPath: /etc/localtime
volumes:
- name: zone
  host:
    sourcePath: /etc/localtime
`)),
			Want:   finding.Absent,
			Misses: "not-harmless",
		},
		{
			Name: "a volume that no container mounts",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
volumes:
- name: root
  host:
    sourcePath: /
`)),
			Want:   finding.Absent,
			Misses: "mounted",
		},
		{
			Name: "an anonymous volume",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  mountPoints:
  - sourceVolume: scratch
    containerPath: /scratch
volumes:
- name: scratch
  host: {}
`)),
			Want: finding.Absent,
		},
	},
}

// isTaskVolumeMounted reports whether any container mounts the volume.
func isTaskVolumeMounted(v rule.TaskVolume) bool {
	for range v.Mounts() {
		return true
	}
	return false
}

// taskMountEvidence says for each mount of a volume whether it is read-only.
func taskMountEvidence(v rule.TaskVolume) []finding.Evidence {
	var all []finding.Evidence
	for m := range v.Mounts() {
		all = append(all, finding.Evidence{Resource: v.Resource.UID, Path: m.Path + ".readOnly", Value: m.ReadOnly})
	}
	return all
}

// gradeTaskVolume weighs a volume by its worst mount.
func gradeTaskVolume(v rule.TaskVolume) finding.Weight {
	weight := finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodLow, Impact: finding.ImpactMedium}
	p := rule.CleanNodePath(v.HostPath)
	for m := range v.Mounts() {
		if !m.ReadOnly || givesCredentials(v, m) {
			weight.Likelihood = finding.LikelihoodModerate
			if isSensitive(p) {
				weight.Impact, weight.Opens = finding.ImpactHigh, []finding.EdgeKind{finding.EdgeEscapeHostPath}
			}
		}
	}
	return weight
}

// givesCredentials reports whether a mount lets its container read credentials of the instance, read-only or not.
func givesCredentials(v rule.TaskVolume, m rule.TaskMount) bool {
	p := rule.CleanNodePath(v.HostPath)
	return (isWithinAny(p, credentialPaths()) || holdsAny(p, credentialPaths())) && isRootUser(m.Container.User)
}
