package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// PrivilegedContainer finds containers that run in privileged mode.
//
// Restricted fields:
//
//	spec.containers[*].securityContext.privileged
//	spec.initContainers[*].securityContext.privileged
//	spec.ephemeralContainers[*].securityContext.privileged
//
// Allowed values: not set, null, false, in every version. Pods that name Windows (spec.os.name) count too,
// as in the standard: the API server refuses the field there.
//
// A user namespace of the pod's own (spec.hostUsers: false) does not lower the weight: the Pod Security
// Standards do not relax this control for it.
var PrivilegedContainer = rule.Rule{
	ID:         "privileged-container",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		pss("privileged"), cis("5.2.2"), nsa("Kubernetes Pod security"), attack("T1611"),
		threatMatrix("MS-TA9018", "Privileged%20container"), ecsControl("ECS.4", "ecs-4"), ecsExposure("task-definition-privileged"),
	},
	Title: lang.Text{
		EN: "Privileged container",
		ES: "Contenedor privilegiado",
		PT: "Contêiner privilegiado",
	},
	Why: lang.Text{
		EN: "A privileged container has every capability, every device of its node and none of the usual filters. Whoever runs code in it mounts the node's disk or loads a kernel module and is root on the node, and from there takes over every pod on it and the kubelet's credentials.",
		ES: "Un contenedor privilegiado tiene todas las capacidades, todos los dispositivos de su nodo y ninguno de los filtros habituales. Quien ejecuta código en él monta el disco del nodo o carga un módulo del kernel y pasa a ser root en el nodo; desde ahí se apodera de todos los pods del nodo y de las credenciales del kubelet.",
		PT: "Um contêiner privilegiado tem todas as capacidades, todos os dispositivos do seu nó e nenhum dos filtros habituais. Quem executa código nele monta o disco do nó ou carrega um módulo do kernel e passa a ser root no nó; dali assume o controle de todos os pods do nó e das credenciais do kubelet.",
	},
	Fix: steps(lang.Text{
		EN: "Run the container without privileged mode\n\nRemove the field privileged. If the program needs one device or one function of the kernel, grant that alone: a device plugin, or a single capability. Then enforce the baseline level in the namespace, so that the field cannot come back.",
		ES: "Ejecute el contenedor sin el modo privilegiado\n\nQuite el campo privileged. Si el programa necesita un dispositivo o una función del kernel, conceda solo eso: un plugin de dispositivos o una única capacidad. Después, exija el nivel baseline en el espacio de nombres, para que el campo no pueda reaparecer.",
		PT: "Execute o contêiner sem o modo privilegiado\n\nRemova o campo privileged. Se o programa precisa de um dispositivo ou de uma função do kernel, conceda apenas isso: um plugin de dispositivo ou uma única capacidade. Depois, exija o nível baseline no namespace, para que o campo não possa reaparecer.",
	}, `
securityContext:
  privileged: false
  allowPrivilegeEscalation: false
  capabilities:
    drop: ["ALL"]
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Container]{
		In: rule.Containers,
		Where: []rule.Condition[rule.Container]{
			rule.If("privileged", func(c rule.Container) bool { return c.Privileged }),
		},
		Show: func(c rule.Container) finding.Evidence { return c.Evidence("securityContext.privileged", true) },
	},
	Opens: []finding.EdgeKind{finding.EdgeEscapePrivileged},
	Patch: rule.Patch{Changes: rule.SetFields(false)},
	Examples: []rule.Example{
		{
			Name: "a Deployment with a privileged container",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    privileged: true
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.privileged",
		},
		{
			Name: "a CronJob whose init container is privileged",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: sysctl
  image: registry.example/tools:2
  securityContext:
    privileged: true
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.privileged",
		},
		{
			Name: "a Pod that was debugged with a privileged ephemeral container",
			Input: pod(`
containers:
- name: app
  image: registry.example/app:1.4
ephemeralContainers:
- name: debugger
  image: registry.example/tools:2
  targetContainerName: app
  securityContext:
    privileged: true
`),
			Want: finding.Present,
			Path: "$.spec.ephemeralContainers[0].securityContext.privileged",
		},
		{
			Name: "privileged mode is off",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    privileged: false
`),
			Want:   finding.Absent,
			Misses: "privileged",
		},
	},
}
