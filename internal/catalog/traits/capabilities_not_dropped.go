package traits

import (
	"iter"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// CapabilitiesNotDropped finds containers that keep capabilities.
//
// Restricted fields:
//
//	spec.containers[*].securityContext.capabilities.drop, .add
//	spec.initContainers[*].securityContext.capabilities.drop, .add
//	spec.ephemeralContainers[*].securityContext.capabilities.drop, .add
//
// Allowed values: drop has ALL, written just so, and add has nothing but NET_BIND_SERVICE. It is the control
// capabilities_restricted, which the standard has from 1.22 on; from 1.25 on it leaves out pods that name
// Windows (spec.os.name).
var CapabilitiesNotDropped = rule.Rule{
	ID:         "capabilities-not-dropped",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("capabilities_restricted"), cis("5.2.10"), nsa("Kubernetes Pod security"),
		kubernetesDocs("Set capabilities for a container", "tasks/configure-pod-container/security-context/#set-capabilities-for-a-container"),
	},
	Title: lang.Text{
		EN: "Linux capabilities not dropped",
		ES: "Capacidades de Linux sin quitar",
		PT: "Capacidades do Linux não removidas",
	},
	Why: lang.Text{
		EN: "The container keeps capabilities, by default about a dozen, though most programs use none. An attacker in it who is root, or becomes it, changes owners of files, takes on other users and forges packets with them, and faults of the kernel that ask for one of them are open to use.",
		ES: "El contenedor conserva capacidades, de forma predeterminada alrededor de una docena, aunque la mayoría de los programas no usa ninguna. Con ellas, un atacante que sea root dentro de él, o llegue a serlo, cambia los dueños de los archivos, adopta otros usuarios y falsifica paquetes, y puede aprovechar los fallos del kernel que exigen alguna.",
		PT: "O contêiner mantém capacidades, por padrão cerca de uma dúzia, embora a maioria dos programas não use nenhuma. Com elas, um invasor que seja root dentro dele, ou venha a ser, muda os donos dos arquivos, assume outros usuários e forja pacotes, e pode explorar as falhas do kernel que exigem alguma delas.",
	},
	Fix: steps(lang.Text{
		EN: "Drop all capabilities of the container\n\nWrite ALL in capital letters, for every container and init container. A server on a port below 1024 adds NET_BIND_SERVICE back. Then enforce the restricted level in the namespace.",
		ES: "Quite todas las capacidades del contenedor\n\nEscriba ALL en mayúsculas, en cada contenedor y en cada contenedor de inicialización. Un servidor en un puerto inferior a 1024 vuelve a añadir NET_BIND_SERVICE. Después, exija el nivel restricted en el espacio de nombres.",
		PT: "Remova todas as capacidades do contêiner\n\nEscreva ALL em maiúsculas, em cada contêiner e em cada contêiner de inicialização. Um servidor em uma porta abaixo de 1024 volta a adicionar NET_BIND_SERVICE. Depois, exija o nível restricted no namespace.",
	}, `
securityContext:
  capabilities:
    drop: ["ALL"]
`),
	On: k8s.Workloads(),
	Check: rule.Each[keptCapability]{
		In: keptCapabilities,
		Where: []rule.Condition[keptCapability]{
			rule.If("kept", func(k keptCapability) bool { return !k.allowed }),
			since[keptCapability](22),
			notExemptWindows[keptCapability](),
		},
		Show: func(k keptCapability) finding.Evidence { return k.evidence },
	},
	Patch: rule.Patch{
		Changes: dropAll,
		Ask: lang.Text{
			EN: "Which capabilities does the program use: does it start as root and change its user, change owners of files, or serve on a port below 1024 (NET_BIND_SERVICE)? Add back what it needs.",
			ES: "¿Qué capacidades usa el programa: empieza como root y cambia de usuario, cambia los dueños de archivos o atiende en un puerto inferior a 1024 (NET_BIND_SERVICE)? Vuelva a añadir las que necesite.",
			PT: "Quais capacidades o programa usa: começa como root e muda de usuário, muda os donos de arquivos ou atende em uma porta abaixo de 1024 (NET_BIND_SERVICE)? Adicione de volta as que ele precisar.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a container that says nothing of capabilities",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    runAsNonRoot: true
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.capabilities",
		},
		{
			Name: "an init container of a CronJob without a securityContext",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: settings
  image: registry.example/tools:2
containers:
- name: report
  image: registry.example/report:7
  securityContext:
    capabilities:
      drop: ["ALL"]
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext",
		},
		{
			Name: "some capabilities dropped, and one added back",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    capabilities:
      drop: ["NET_RAW", "MKNOD"]
      add: ["CHOWN"]
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.capabilities.drop",
		},
		{
			Name: "all dropped in small letters, which the standard does not take",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    capabilities:
      drop: ["all"]
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.capabilities.drop",
		},
		{
			Name: "all dropped, and the one added back that the restricted level allows",
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
			Misses: "kept",
		},
		{
			Name: "a cluster of Kubernetes 1.21, whose standard does not ask for it",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want:     finding.Absent,
			Misses:   "version",
			Settings: inVersion(21),
		},
		{
			Name: "a pod for Windows, which has no capabilities",
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

// keptCapability is what a container says of the capabilities it drops, or of one that it adds.
type keptCapability struct {
	rule.PodField
	evidence finding.Evidence
	allowed  bool
}

func keptCapabilities(w *rule.World, r *inventory.Resource) iter.Seq[keptCapability] {
	return func(yield func(keptCapability) bool) {
		for c := range capabilitiesAsWritten(w, r) {
			if !yield(keptCapability{c.PodField, c.droppedEvidence(), slices.Contains(c.dropped, "ALL")}) {
				return
			}
			for i, name := range c.added {
				if !yield(keptCapability{c.PodField, addition{c.Container, name, i}.evidence(), name == "NET_BIND_SERVICE"}) {
					return
				}
			}
		}
	}
}

// droppedEvidence names the list of what the container drops, or the nearest field above it.
func (c writtenCapabilities) droppedEvidence() finding.Evidence {
	switch {
	case len(c.dropped) > 0:
		return c.Evidence("securityContext.capabilities.drop", strings.Join(c.dropped, ", "))
	case len(c.added) > 0:
		return notSet(c.Container, "capabilities.drop")
	}
	return notSet(c.Container, "capabilities")
}
