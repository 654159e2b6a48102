package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ProcMountUnmasked finds containers with a /proc that nothing covers.
//
// Restricted fields:
//
//	spec.containers[*].securityContext.procMount
//	spec.initContainers[*].securityContext.procMount
//	spec.ephemeralContainers[*].securityContext.procMount
//
// Allowed values: not set, Default; from 1.35 on any value where spec.hostUsers is false, which is what
// proc-mount-unmasked-user-namespace is about. It is the control procMount of the baseline level.
//
// Where the container may run as root of the node's own user namespace, the weight is moderate x medium: it
// may then write the node's settings in /proc/sys. Anything else is slight.
var ProcMountUnmasked = rule.Rule{
	ID:         "proc-mount-unmasked",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		pss("procMount"), nsa("Kubernetes Pod security"), attack("T1611"),
		kubernetesDocs("The /proc access masks", "tasks/configure-pod-container/security-context/#managing-access-to-the-proc-filesystem"),
	},
	Title: lang.Text{
		EN: "Unmasked /proc in a container",
		ES: "/proc sin protección en un contenedor",
		PT: "/proc sem proteção em um contêiner",
	},
	Why: lang.Text{
		EN: "The runtime covers the parts of /proc that belong to the node; this container has them bare. As root, an attacker in it reads the kernel's memory and keys, restarts the node through sysrq, and writes /proc/sys, where a setting such as core_pattern names a program that the node's kernel starts as root.",
		ES: "El entorno de ejecución cubre las partes de /proc que pertenecen al nodo; este contenedor las tiene al descubierto. Como root, un atacante dentro de él lee memoria y claves del kernel, reinicia el nodo mediante sysrq y escribe en /proc/sys, donde un ajuste como core_pattern indica un programa que el kernel del nodo inicia como root.",
		PT: "O runtime cobre as partes de /proc que pertencem ao nó; este contêiner as tem a descoberto. Como root, um invasor dentro dele lê memória e chaves do kernel, reinicia o nó por meio do sysrq e grava em /proc/sys, onde uma configuração como core_pattern indica um programa que o kernel do nó inicia como root.",
	},
	Fix: steps(lang.Text{
		EN: "Use the default /proc mount\n\nRemove procMount. A program that builds or runs containers inside its own, the one use for it, gets a user namespace (hostUsers: false), where /proc gives nothing of the node away. Then enforce the baseline level in the namespace.",
		ES: "Use el montaje predeterminado de /proc\n\nQuite procMount. Si un programa construye o ejecuta contenedores dentro del suyo, que es su único uso, dele al pod un espacio de nombres de usuarios (hostUsers: false), donde /proc no revela nada del nodo. Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Use a montagem padrão de /proc\n\nRemova procMount. Se um programa constrói ou executa contêineres dentro do seu, que é o único uso do campo, dê ao pod um namespace de usuários (hostUsers: false), onde /proc não revela nada do nó. Depois, exija o nível baseline no namespace.",
	}, `
securityContext:
  procMount: Default
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Container]{
		In: rule.Containers,
		Where: []rule.Condition[rule.Container]{
			rule.If("unmasked", unmasked),
			{Name: "host-user-namespace", Holds: func(w *rule.World, c rule.Container) rule.Truth {
				return rule.Is(!relaxed(w, c.PodField))
			}},
		},
		Show: procMountEvidence,
		Grade: func(c rule.Container) finding.Weight {
			weight := slight()
			if !inUserNamespace(c.PodField) && rule.MayRunAsRoot(&c.Pod, c.Container) {
				weight.Likelihood, weight.Impact = finding.LikelihoodModerate, finding.ImpactMedium
			}
			return weight
		},
	},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "a user namespace in a cluster of Kubernetes 1.34, whose standard does not count it",
			Input: deployment(`
hostUsers: false
containers:
- name: builder
  image: registry.example/builder:1.4
  securityContext:
    procMount: Unmasked
`),
			Want:     finding.Present,
			Path:     "$.spec.template.spec.containers[0].securityContext.procMount",
			Settings: inVersion(34),
		},
		{
			Name: "an init container of a CronJob, in the same cluster",
			Input: cronJob(`
restartPolicy: Never
hostUsers: false
initContainers:
- name: builder
  image: registry.example/builder:1.4
  securityContext:
    procMount: Unmasked
containers:
- name: report
  image: registry.example/report:7
`),
			Want:     finding.Present,
			Path:     "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.procMount",
			Settings: inVersion(34),
		},
		{
			Name: "the masked /proc, named",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    procMount: Default
`),
			Want:   finding.Absent,
			Misses: "unmasked",
		},
		{
			Name: "a user namespace of the pod's own",
			Input: deployment(`
hostUsers: false
containers:
- name: builder
  image: registry.example/builder:1.4
  securityContext:
    procMount: Unmasked
`),
			Want:   finding.Absent,
			Misses: "host-user-namespace",
		},
	},
}

func unmasked(c rule.Container) bool { return c.ProcMount != "" && c.ProcMount != "Default" }

func procMountEvidence(c rule.Container) finding.Evidence {
	return c.Evidence("securityContext.procMount", c.ProcMount)
}
