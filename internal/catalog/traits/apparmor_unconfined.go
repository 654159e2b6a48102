package traits

import (
	"iter"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AppArmorUnconfined finds pods and containers that turn AppArmor off.
//
// Restricted fields:
//
//	spec.securityContext.appArmorProfile.type
//	spec.containers[*].securityContext.appArmorProfile.type
//	spec.initContainers[*].securityContext.appArmorProfile.type
//	spec.ephemeralContainers[*].securityContext.appArmorProfile.type
//	metadata.annotations['container.apparmor.security.beta.kubernetes.io/*']
//
// Allowed values: RuntimeDefault, Localhost, not set; of the annotations, which were there before the fields
// came with 1.30: runtime/default, localhost/*, empty. It is the control appArmorProfile of the baseline
// level, which looks at both in every version.
var AppArmorUnconfined = rule.Rule{
	ID:         "apparmor-unconfined",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("appArmorProfile"), cis("5.6.3"), nsa("Kubernetes Pod security"), attack("T1611"),
		kubernetesDocs("AppArmor", "tutorials/security/apparmor/"),
	},
	Title: lang.Text{
		EN: "AppArmor turned off",
		ES: "AppArmor desactivado",
		PT: "AppArmor desativado",
	},
	Why: lang.Text{
		EN: "On nodes with AppArmor the runtime's profile keeps a container from mounting file systems and from writing to the node's settings in /proc and /sys. Without it those attempts are stopped by capabilities alone, and an attacker who gains one of them is on the node.",
		ES: "En los nodos con AppArmor, el perfil del entorno de ejecución impide que un contenedor monte sistemas de archivos y escriba en los ajustes del nodo de /proc y /sys. Sin él, solo las capacidades frenan esos intentos, y un atacante que obtenga una de ellas llega al nodo.",
		PT: "Nos nós com AppArmor, o perfil do runtime impede que um contêiner monte sistemas de arquivos e grave nas configurações do nó em /proc e /sys. Sem ele, só as capacidades barram essas tentativas, e um invasor que obtenha uma delas chega ao nó.",
	},
	Fix: steps(lang.Text{
		EN: "Use the runtime's AppArmor profile, or one of your own\n\nRemove the type Unconfined, or the annotation. A program that the profile stops gets a profile of its own, which allows what it needs and is loaded on the nodes (type Localhost). Then enforce the baseline level in the namespace.",
		ES: "Use el perfil de AppArmor predeterminado o uno propio\n\nQuite el tipo Unconfined o la anotación. Un programa que el perfil detenga recibe un perfil propio, que permite lo que necesita y se carga en los nodos (tipo Localhost). Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Use o perfil padrão do AppArmor ou um perfil próprio\n\nRemova o tipo Unconfined ou a anotação. Um programa que o perfil impeça recebe um perfil próprio, que permite o que ele precisa e é carregado nos nós (tipo Localhost). Depois, exija o nível baseline no namespace.",
	}, `
securityContext:
  appArmorProfile:
    type: RuntimeDefault
`),
	On: k8s.Workloads(),
	Check: rule.Each[profile]{
		In: appArmorProfiles,
		Where: []rule.Condition[profile]{
			rule.If("unconfined", func(p profile) bool { return !p.confines }),
		},
		Show: func(p profile) finding.Evidence { return p.evidence },
	},
	Patch: rule.Patch{Changes: confined("runtime/default")},
	Examples: []rule.Example{
		{
			Name: "a container without a profile",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    appArmorProfile:
      type: Unconfined
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.appArmorProfile.type",
		},
		{
			Name: "the pods of a CronJob",
			Input: cronJob(`
restartPolicy: Never
securityContext:
  appArmorProfile:
    type: Unconfined
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.securityContext.appArmorProfile.type",
		},
		{
			Name: "a container that an annotation frees",
			Input: podWithAnnotation("container.apparmor.security.beta.kubernetes.io/app: unconfined", `
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want: finding.Present,
			Path: "$.metadata.annotations['container.apparmor.security.beta.kubernetes.io/app']",
		},
		{
			Name: "profiles of the runtime and of the node",
			Input: deployment(`
securityContext:
  appArmorProfile:
    type: RuntimeDefault
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    appArmorProfile:
      type: Localhost
      localhostProfile: app
`),
			Want:   finding.Absent,
			Misses: "unconfined",
		},
	},
}

// appArmorProfiles gives the AppArmor profiles that a pod and its containers choose. An empty annotation
// chooses none.
func appArmorProfiles(w *rule.World, r *inventory.Resource) iter.Seq[profile] {
	return func(yield func(profile) bool) {
		for p := range chosen(w, r, "appArmorProfile", func(s *k8s.Security) k8s.Profile { return s.AppArmor }) {
			if !yield(p) {
				return
			}
		}
		for p := range annotated(w, r, func(_ rule.PodField, key string) bool {
			return strings.HasPrefix(key, "container.apparmor.security.beta.kubernetes.io/")
		}, "runtime/default") {
			if p.evidence.Value != "" && !yield(p) {
				return
			}
		}
	}
}
