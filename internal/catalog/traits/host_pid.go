package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// HostPID finds pods in the PID namespace of their node.
//
// Restricted fields:
//
//	spec.hostPID
//
// Allowed values: not set, null, false.
var HostPID = rule.Rule{
	ID:         "host-pid",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		pss("hostNamespaces"), cis("5.2.3"), nsa("Kubernetes Pod security"), attack("T1611"),
		ecsControl("ECS.3", "ecs-3"), ecsExposure("exposed-namespace"),
	},
	Title: lang.Text{
		EN: "Shared host PID namespace",
		ES: "Espacio de nombres PID compartido con el host",
		PT: "Namespace PID compartilhado com o host",
	},
	Why: lang.Text{
		EN: "A pod in the host's PID namespace sees every process of its node. An attacker in it reads credentials from the arguments of those processes and, as the same user, from their environment, and stops or traces them. With root and the capability SYS_PTRACE that is every process of the node.",
		ES: "Un pod en el espacio de nombres PID del host ve todos los procesos de su nodo. Un atacante dentro de él lee credenciales en los argumentos de esos procesos y, con el mismo usuario, en su entorno, y puede detenerlos o rastrearlos. Como root y con la capacidad SYS_PTRACE, eso vale para cualquier proceso del nodo.",
		PT: "Um pod no namespace PID do host vê todos os processos do seu nó. Um invasor dentro dele lê credenciais nos argumentos desses processos e, com o mesmo usuário, no ambiente deles, e pode encerrá-los ou rastreá-los. Como root e com a capacidade SYS_PTRACE, isso vale para qualquer processo do nó.",
	},
	Fix: steps(lang.Text{
		EN: "Take the pod out of the host's PID namespace\n\nRemove hostPID from the pod's spec. If containers of one pod must see each other's processes, shareProcessNamespace does that without the node's. Then enforce the baseline level in the namespace.",
		ES: "Saque el pod del espacio de nombres PID del host\n\nQuite hostPID de la especificación del pod. Si los contenedores de un mismo pod deben ver los procesos de los demás, shareProcessNamespace lo permite sin incluir los del nodo. Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Retire o pod do namespace PID do host\n\nRemova hostPID da especificação do pod. Se os contêineres de um mesmo pod precisam ver os processos uns dos outros, shareProcessNamespace permite isso sem incluir os do nó. Depois, exija o nível baseline no namespace.",
	}, `
spec:
  hostPID: false
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.PodField]{
		In: rule.Pods,
		Where: []rule.Condition[rule.PodField]{
			rule.If("host-pid", func(p rule.PodField) bool { return p.Pod.HostPID }),
		},
		Show: func(p rule.PodField) finding.Evidence { return p.Evidence("hostPID", true) },
	},
	Opens: []finding.EdgeKind{finding.EdgeShareHostPID},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "a DaemonSet whose pods see the node's processes",
			Input: daemonSet(`
hostPID: true
containers:
- name: agent
  image: registry.example/agent:3.2
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.hostPID",
		},
		{
			Name: "a CronJob whose pods see the node's processes",
			Input: cronJob(`
hostPID: true
restartPolicy: Never
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.hostPID",
		},
		{
			Name: "containers that share the processes of their own pod only",
			Input: deployment(`
hostPID: false
shareProcessNamespace: true
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want:   finding.Absent,
			Misses: "host-pid",
		},
	},
}
