package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// SeccompNotSet finds containers that no seccomp profile is set for, and settings that turn it off.
//
// Restricted fields:
//
//	spec.securityContext.seccompProfile.type
//	spec.containers[*].securityContext.seccompProfile.type
//	spec.initContainers[*].securityContext.seccompProfile.type
//	spec.ephemeralContainers[*].securityContext.seccompProfile.type
//
// Allowed values: RuntimeDefault, Localhost; not set for a container whose pod has one of these. It is the
// control seccompProfile_restricted, which the standard has from 1.19 on; from 1.25 on it leaves out pods
// that name Windows (spec.os.name). Unconfined counts here too, as the control has it.
var SeccompNotSet = rule.Rule{
	ID:         "seccomp-not-set",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("seccompProfile_restricted"), cis("5.6.2"), nsa("Kubernetes Pod security"),
		kubernetesDocs("Seccomp", "reference/node/seccomp/"),
	},
	Title: lang.Text{
		EN: "No seccomp profile set",
		ES: "Sin perfil seccomp establecido",
		PT: "Nenhum perfil seccomp definido",
	},
	Why: lang.Text{
		EN: "Unless the kubelet is told otherwise (seccompDefault), a container without a profile runs without a filter of system calls. An attacker in it reaches the faults of rarely used ones, with which many escapes from a container to its node begin.",
		ES: "Salvo que se indique otra cosa al kubelet (seccompDefault), un contenedor sin perfil se ejecuta sin filtro de llamadas al sistema. Un atacante dentro de él alcanza los fallos de las menos usadas, con los que empiezan muchas fugas de un contenedor a su nodo.",
		PT: "A menos que o kubelet seja instruído de outra forma (seccompDefault), um contêiner sem perfil é executado sem filtro de chamadas de sistema. Um invasor dentro dele alcança as falhas das menos usadas, com as quais começam muitas fugas de um contêiner para o seu nó.",
	},
	Fix: steps(lang.Text{
		EN: "Set the runtime's default seccomp profile for the pod\n\nOne setting at the level of the pod covers all its containers. seccompDefault in the kubelet's configuration does the same for every pod of a node, but the standard does not see it. Then enforce the restricted level in the namespace.",
		ES: "Establezca en el pod el perfil seccomp predeterminado\n\nUn solo ajuste a nivel del pod abarca todos sus contenedores. seccompDefault en la configuración del kubelet hace lo mismo con todos los pods de un nodo, pero el estándar no lo ve. Después, exija el nivel restricted en el espacio de nombres.",
		PT: "Defina no pod o perfil seccomp padrão\n\nUm único ajuste no nível do pod abrange todos os seus contêineres. seccompDefault na configuração do kubelet faz o mesmo com todos os pods de um nó, mas o padrão não o enxerga. Depois, exija o nível restricted no namespace.",
	}, `
securityContext:
  seccompProfile:
    type: RuntimeDefault
`),
	On: k8s.Workloads(),
	Check: rule.Each[securityContext]{
		In: securityContexts,
		Where: []rule.Condition[securityContext]{
			rule.If("not-set", seccompNotSet),
			since[securityContext](19),
			notExemptWindows[securityContext](),
		},
		Show: func(s securityContext) finding.Evidence {
			if s.Seccomp.Type == "" {
				return s.evidence("seccompProfile", nil)
			}
			return s.evidence("seccompProfile.type", s.Seccomp.Type)
		},
	},
	Patch: rule.Patch{Changes: inPodSecurity("seccompProfile.type", "RuntimeDefault", "RuntimeDefault")},
	Examples: []rule.Example{
		{
			Name: "neither the pod nor its container sets a profile",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    runAsNonRoot: true
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.seccompProfile",
		},
		{
			Name: "an init container of a CronJob whose other container has a profile",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: settings
  image: registry.example/tools:2
containers:
- name: report
  image: registry.example/report:7
  securityContext:
    seccompProfile:
      type: RuntimeDefault
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext",
		},
		{
			Name: "a container that turns the pod's profile off",
			Input: deployment(`
securityContext:
  seccompProfile:
    type: RuntimeDefault
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    seccompProfile:
      type: Unconfined
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.seccompProfile.type",
		},
		{
			Name: "the pod sets the profile for its containers",
			Input: deployment(`
securityContext:
  seccompProfile:
    type: RuntimeDefault
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want:   finding.Absent,
			Misses: "not-set",
		},
		{
			Name: "a cluster of Kubernetes 1.18, whose standard does not ask for it",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want:     finding.Absent,
			Misses:   "version",
			Settings: inVersion(18),
		},
		{
			Name: "a pod for Windows, which has no seccomp",
			Input: pod(`
os:
  name: windows
containers:
- name: app
  image: registry.example/app:1.4-windows
`),
			Want:   finding.Absent,
			Misses: "linux",
		},
	},
}

// seccompNotSet reports whether a setting turns the filter off, or is a container's that nobody made.
func seccompNotSet(s securityContext) bool {
	if s.Seccomp.Type != "" {
		return !confines(s.Seccomp)
	}
	return s.container != nil && s.Pod.Seccomp.Type == ""
}
