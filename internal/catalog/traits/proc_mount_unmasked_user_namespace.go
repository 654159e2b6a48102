package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ProcMountUnmaskedUserNamespace finds containers with a /proc that nothing covers, in pods with a user
// namespace of their own.
//
// Restricted fields:
//
//	spec.containers[*].securityContext.procMount
//	spec.initContainers[*].securityContext.procMount
//	spec.ephemeralContainers[*].securityContext.procMount
//
// Allowed values, where spec.hostUsers is false: not set, Default. From 1.35 on the baseline level allows
// the rest to such pods, and the restricted level does not: its control procMount_restricted is violated
// exactly when this trait or proc-mount-unmasked is present. Until 1.34 there is one control for both.
var ProcMountUnmaskedUserNamespace = rule.Rule{
	ID:         "proc-mount-unmasked-user-namespace",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("procMount_restricted"), nsa("Kubernetes Pod security"),
		kubernetesDocs("User namespaces", "concepts/workloads/pods/user-namespaces/"),
	},
	Title: lang.Text{
		EN: "Unmasked /proc in a user namespace",
		ES: "/proc sin protección en un espacio de nombres de usuarios",
		PT: "/proc sem proteção em um namespace de usuários",
	},
	Why: lang.Text{
		EN: "The user namespace keeps root of this container from writing the node's settings, so the bare /proc gives nothing by itself. It still shows an attacker more of the kernel than others see, and a fault in how the kernel keeps user namespaces apart is then enough.",
		ES: "El espacio de nombres de usuarios impide que el root de este contenedor escriba los ajustes del nodo, de modo que el /proc al descubierto no da nada por sí solo. Aun así, muestra a un atacante más del kernel de lo que ven otros, y basta entonces un fallo en cómo el kernel separa los espacios de nombres de usuarios.",
		PT: "O namespace de usuários impede que o root deste contêiner grave as configurações do nó, de modo que o /proc a descoberto não dá nada por si só. Ainda assim, mostra a um invasor mais do kernel do que outros veem, e basta então uma falha em como o kernel separa os namespaces de usuários.",
	},
	Fix: steps(lang.Text{
		EN: "Use the default /proc mount unless containers run inside\n\nRemove procMount from containers that do not build or run containers of their own. Those that do stay in a namespace of their own, at the baseline level; enforce the restricted level in the others.",
		ES: "Use el montaje predeterminado de /proc si no hay contenedores dentro\n\nQuite procMount de los contenedores que no construyen ni ejecutan otros contenedores. Los que sí lo hacen se quedan en un espacio de nombres propio, con el nivel baseline; exija el nivel restricted en los demás.",
		PT: "Use a montagem padrão de /proc se não houver contêineres dentro\n\nRemova procMount dos contêineres que não constroem nem executam outros contêineres. Os que fazem isso ficam em um namespace próprio, com o nível baseline; exija o nível restricted nos demais.",
	}, `
securityContext:
  procMount: Default
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Container]{
		In: containersInUserNamespaces,
		Where: []rule.Condition[rule.Container]{
			rule.If("unmasked", unmasked),
			since[rule.Container](35),
		},
		Show: procMountEvidence,
	},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "a builder of images in a user namespace",
			Input: deployment(`
hostUsers: false
containers:
- name: builder
  image: registry.example/builder:1.4
  securityContext:
    procMount: Unmasked
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.procMount",
		},
		{
			Name: "an init container of a CronJob",
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
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.procMount",
		},
		{
			Name: "the masked /proc",
			Input: deployment(`
hostUsers: false
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
			Name: "a cluster of Kubernetes 1.34, where proc-mount-unmasked says it",
			Input: deployment(`
hostUsers: false
containers:
- name: builder
  image: registry.example/builder:1.4
  securityContext:
    procMount: Unmasked
`),
			Want:     finding.Absent,
			Misses:   "version",
			Settings: inVersion(34),
		},
	},
}

func containersInUserNamespaces(w *rule.World, r *inventory.Resource) iter.Seq[rule.Container] {
	return func(yield func(rule.Container) bool) {
		for c := range rule.Containers(w, r) {
			if inUserNamespace(c.PodField) && !yield(c) {
				return
			}
		}
	}
}
