package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// SELinuxCustom finds pods and containers that choose an SELinux type, user or role of their own.
//
// Restricted fields:
//
//	spec.securityContext.seLinuxOptions.type, .user, .role
//	spec.containers[*].securityContext.seLinuxOptions.type, .user, .role
//	spec.initContainers[*].securityContext.seLinuxOptions.type, .user, .role
//	spec.ephemeralContainers[*].securityContext.seLinuxOptions.type, .user, .role
//
// Allowed values: of the type, not set, container_t, container_init_t, container_kvm_t and, from 1.31 on,
// container_engine_t; of the user and the role, not set. The level is free. It is the control seLinuxOptions
// of the baseline level, in every version.
var SELinuxCustom = rule.Rule{
	ID:         "selinux-custom",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("seLinuxOptions"), cis("5.6.3"), nsa("Kubernetes Pod security"), attack("T1611"),
		kubernetesDocs("Assign SELinux labels to a container", "tasks/configure-pod-container/security-context/#assign-selinux-labels-to-a-container"),
	},
	Title: lang.Text{
		EN: "Custom SELinux type, user or role",
		ES: "Tipo, usuario o rol de SELinux personalizado",
		PT: "Tipo, usuário ou papel do SELinux personalizado",
	},
	Why: lang.Text{
		EN: "On nodes with SELinux the container's type decides what of the node it may touch. A type such as spc_t or unconfined_t lifts that, so that an attacker who breaks out of the container, or has a path of the node mounted, is held back by nothing more.",
		ES: "En los nodos con SELinux, el tipo del contenedor decide qué puede tocar del nodo. Un tipo como spc_t o unconfined_t elimina ese límite, de modo que a un atacante que escape del contenedor, o que tenga montada una ruta del nodo, ya nada lo detiene.",
		PT: "Nos nós com SELinux, o tipo do contêiner decide o que ele pode tocar do nó. Um tipo como spc_t ou unconfined_t remove esse limite, de modo que um invasor que escape do contêiner, ou que tenha um caminho do nó montado, já não é detido por nada.",
	},
	Fix: steps(lang.Text{
		EN: "Leave the SELinux type, user and role to the runtime\n\nRemove the fields; the runtime then gives each container the type container_t and a level of its own. Volumes that pods share keep working with the field level, which is free. Then enforce the baseline level in the namespace.",
		ES: "Deje el tipo, el usuario y el rol de SELinux al valor predeterminado\n\nQuite esos campos; el entorno de ejecución da entonces a cada contenedor el tipo container_t y un nivel propio. Los volúmenes que comparten los pods siguen funcionando con el campo level, que es libre. Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Deixe o tipo, o usuário e o papel do SELinux no valor padrão\n\nRemova esses campos; o runtime dá então a cada contêiner o tipo container_t e um nível próprio. Os volumes que os pods compartilham continuam funcionando com o campo level, que é livre. Depois, exija o nível baseline no namespace.",
	}, `
securityContext:
  seLinuxOptions:
    level: "s0:c123,c456"
`),
	On: k8s.Workloads(),
	Check: rule.Each[seLinuxOption]{
		In: seLinuxOptions,
		Where: []rule.Condition[seLinuxOption]{
			{Name: "custom", Holds: func(w *rule.World, o seLinuxOption) rule.Truth {
				return rule.Is(!(o.isType && isContainerType(o.KubernetesVersion(w), o.value)))
			}},
		},
		Show: func(o seLinuxOption) finding.Evidence { return o.evidence },
	},
	Patch: rule.Patch{
		Changes: rule.RemoveFields,
		Ask: lang.Text{
			EN: "Which access does the program have under this label that container_t refuses? Write a policy for that alone, or mount what it reads with a label of its own.",
			ES: "¿Qué acceso tiene el programa con esta etiqueta que container_t le niega? Escriba una política solo para eso, o monte lo que lee con una etiqueta propia.",
			PT: "Que acesso o programa tem com este rótulo que container_t lhe nega? Escreva uma política só para isso, ou monte o que ele lê com um rótulo próprio.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "the type of a super privileged container",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    seLinuxOptions:
      type: spc_t
      level: s0
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.seLinuxOptions.type",
		},
		{
			Name: "a role for the pods of a CronJob",
			Input: cronJob(`
restartPolicy: Never
securityContext:
  seLinuxOptions:
    role: sysadm_r
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.securityContext.seLinuxOptions.role",
		},
		{
			Name: "a user for an init container",
			Input: deployment(`
initContainers:
- name: settings
  image: registry.example/tools:2
  securityContext:
    seLinuxOptions:
      user: system_u
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.initContainers[0].securityContext.seLinuxOptions.user",
		},
		{
			Name: "the type for container engines in a cluster of Kubernetes 1.30, whose standard does not know it",
			Input: deployment(`
securityContext:
  seLinuxOptions:
    type: container_engine_t
containers:
- name: builder
  image: registry.example/builder:1.4
`),
			Want:     finding.Present,
			Path:     "$.spec.template.spec.securityContext.seLinuxOptions.type",
			Settings: inVersion(30),
		},
		{
			Name: "types for containers, and levels",
			Input: deployment(`
securityContext:
  seLinuxOptions:
    type: container_engine_t
    level: "s0:c123,c456"
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    seLinuxOptions:
      type: container_t
`),
			Want:   finding.Absent,
			Misses: "custom",
		},
	},
}

// seLinuxOption is a type, user or role that a pod or container chooses.
type seLinuxOption struct {
	rule.PodField
	evidence finding.Evidence
	value    string
	isType   bool
}

func seLinuxOptions(w *rule.World, r *inventory.Resource) iter.Seq[seLinuxOption] {
	return func(yield func(seLinuxOption) bool) {
		for s := range securityContexts(w, r) {
			for _, o := range []struct{ field, value string }{
				{"type", s.SELinux.Type}, {"user", s.SELinux.User}, {"role", s.SELinux.Role},
			} {
				option := seLinuxOption{s.PodField, s.evidence("seLinuxOptions."+o.field, o.value), o.value, o.field == "type"}
				if o.value != "" && !yield(option) {
					return
				}
			}
		}
	}
}

// isContainerType reports whether the standard lets a pod choose an SELinux type.
func isContainerType(v rule.Version, name string) bool {
	switch name {
	case "container_t", "container_init_t", "container_kvm_t":
		return true
	case "container_engine_t":
		return v.AtLeast(1, 31)
	}
	return false
}
