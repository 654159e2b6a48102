package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// DangerousCapability finds containers that add a capability which reaches beyond the container.
//
// Restricted fields:
//
//	spec.containers[*].securityContext.capabilities.add
//	spec.initContainers[*].securityContext.capabilities.add
//	spec.ephemeralContainers[*].securityContext.capabilities.add
//
// Allowed values: everything but ALL, SYS_ADMIN, SYS_MODULE, SYS_RAWIO, DAC_READ_SEARCH, SYS_PTRACE,
// NET_ADMIN, SYS_BOOT, BPF, PERFMON, MAC_ADMIN, SYSLOG, DAC_OVERRIDE, MKNOD, and SETUID together with
// SETGID; with or without the prefix CAP_. NET_RAW has a trait of its own kind: it is in the default set
// of the runtimes, and its harm stays in the network.
//
// [gradeCapability] says what each weighs, and why.
var DangerousCapability = rule.Rule{
	ID:         "dangerous-capability",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		pss("capabilities_baseline"), cis("5.2.9"), nsa("Kubernetes Pod security"), attack("T1611"),
		{Source: "Linux", ID: "capabilities(7)", URL: "https://man7.org/linux/man-pages/man7/capabilities.7.html"},
		kubernetesDocs("User namespaces", "concepts/workloads/pods/user-namespaces/"),
	},
	Title: lang.Text{
		EN: "Dangerous Linux capability added",
		ES: "Capacidad peligrosa de Linux añadida",
		PT: "Capacidade perigosa do Linux adicionada",
	},
	Why: lang.Text{
		EN: "The container adds a capability that isolation rests on being without. With SYS_ADMIN an attacker mounts file systems of the node, with SYS_MODULE loads code into its kernel, with DAC_READ_SEARCH reads any of its files, and with SYS_PTRACE beside the node's processes takes one over. Others change the network, read kernel memory or stop the node.",
		ES: "El contenedor añade una capacidad de cuya ausencia depende el aislamiento. Con SYS_ADMIN, un atacante monta sistemas de archivos del nodo; con SYS_MODULE, carga código en su kernel; con DAC_READ_SEARCH, lee cualquiera de sus archivos; y con SYS_PTRACE y los procesos del nodo a la vista, se apodera de uno de ellos. Otras alteran la red, leen la memoria del kernel o detienen el nodo.",
		PT: "O contêiner adiciona uma capacidade de cuja ausência depende o isolamento. Com SYS_ADMIN, um invasor monta sistemas de arquivos do nó; com SYS_MODULE, carrega código no kernel dele; com DAC_READ_SEARCH, lê qualquer arquivo do nó; e com SYS_PTRACE e os processos do nó à vista, assume o controle de um deles. Outras alteram a rede, leem a memória do kernel ou param o nó.",
	},
	Fix: steps(lang.Text{
		EN: "Drop all capabilities and add back only what is needed\n\nMost programs need none, and a server on a port below 1024 needs NET_BIND_SERVICE alone. Where one of the others must stay, give the pod a user namespace of its own (hostUsers: false): the capability is then worth nothing on the node. Enforce the baseline level in the namespace.",
		ES: "Quite todas las capacidades y añada solo las necesarias\n\nLa mayoría de los programas no necesita ninguna, y un servidor en un puerto inferior a 1024 solo necesita NET_BIND_SERVICE. Si alguna de las demás debe conservarse, dé al pod un espacio de nombres de usuarios propio (hostUsers: false): así la capacidad no tiene efecto en el nodo. Exija el nivel baseline en el espacio de nombres.",
		PT: "Remova todas as capacidades e adicione só as necessárias\n\nA maioria dos programas não precisa de nenhuma, e um servidor em uma porta abaixo de 1024 precisa apenas de NET_BIND_SERVICE. Se alguma das demais precisar ser mantida, dê ao pod um namespace de usuários próprio (hostUsers: false): assim a capacidade não tem efeito no nó. Exija o nível baseline no namespace.",
	}, `
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop: ["ALL"]
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Capability]{
		In: rule.Capabilities,
		Where: []rule.Condition[rule.Capability]{
			rule.If("dangerous", func(c rule.Capability) bool { return powerOf(c).isDangerous() }),
			rule.If("linux", rule.Capability.OnLinux),
		},
		Show:  rule.Capability.Evidence,
		Grade: func(c rule.Capability) finding.Weight { return powerOf(c).weight() },
	},
	Opens: []finding.EdgeKind{finding.EdgeEscapeCapability},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "SYS_ADMIN, written with its prefix",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    capabilities:
      add: ["NET_BIND_SERVICE", "CAP_SYS_ADMIN"]
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.capabilities.add[1]",
		},
		{
			Name: "every capability, in the init container of a CronJob",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: tune
  image: registry.example/tools:2
  securityContext:
    capabilities:
      add: ["ALL"]
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.capabilities.add[0]",
		},
		{
			Name: "an ephemeral container for debugging, beside the node's processes",
			Input: pod(`
hostPID: true
containers:
- name: app
  image: registry.example/app:1.4
ephemeralContainers:
- name: debugger
  image: registry.example/tools:2
  securityContext:
    capabilities:
      add: ["SYS_PTRACE"]
`),
			Want: finding.Present,
			Path: "$.spec.ephemeralContainers[0].securityContext.capabilities.add[0]",
		},
		{
			Name: "the one capability that the restricted level allows",
			Input: deployment(`
containers:
- name: web
  image: registry.example/web:1.4
  securityContext:
    capabilities:
      drop: ["ALL"]
      add: ["NET_BIND_SERVICE"]
`),
			Want:   finding.Absent,
			Misses: "dangerous",
		},
		{
			Name: "SETUID without SETGID",
			Input: deployment(`
containers:
- name: mail
  image: registry.example/mail:1.4
  securityContext:
    capabilities:
      add: ["SETUID"]
`),
			Want:   finding.Absent,
			Misses: "dangerous",
		},
		{
			Name: "a pod for Windows, which has no capabilities",
			Input: pod(`
os:
  name: windows
containers:
- name: app
  image: registry.example/app:1.4-windows
  securityContext:
    capabilities:
      add: ["SYS_ADMIN"]
`),
			Want:   finding.Absent,
			Misses: "linux",
		},
	},
}

// powerOf gives a capability with what decides its weight.
func powerOf(c rule.Capability) power {
	return power{
		name: c.Capability, beside: c.Container.Capabilities, hostPID: c.Pod.HostPID, hostNetwork: c.Pod.HostNet,
		ownUsers: c.Pod.HostUsers != nil && !*c.Pod.HostUsers,
	}
}
