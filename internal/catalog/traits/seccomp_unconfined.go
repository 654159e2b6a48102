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

// SeccompUnconfined finds pods and containers that turn the filter of system calls off.
//
// Restricted fields:
//
//	spec.securityContext.seccompProfile.type
//	spec.containers[*].securityContext.seccompProfile.type
//	spec.initContainers[*].securityContext.seccompProfile.type
//	spec.ephemeralContainers[*].securityContext.seccompProfile.type
//
// Allowed values: RuntimeDefault, Localhost, not set. Until 1.18, which has no such fields, they are the
// annotations seccomp.security.alpha.kubernetes.io/pod and
// container.seccomp.security.alpha.kubernetes.io/NAME of a container that is there, with runtime/default,
// docker/default and localhost/*. It is the control seccompProfile_baseline, in every version. The pod's own
// setting counts even where every container overrides it.
var SeccompUnconfined = rule.Rule{
	ID:         "seccomp-unconfined",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("seccompProfile_baseline"), cis("5.6.2"), nsa("Kubernetes Pod security"), attack("T1611"),
		kubernetesDocs("Seccomp", "reference/node/seccomp/"),
	},
	Title: lang.Text{
		EN: "Seccomp filter turned off",
		ES: "Filtro seccomp desactivado",
		PT: "Filtro seccomp desativado",
	},
	Why: lang.Text{
		EN: "The container may make every system call that the kernel has, many more than programs need. An attacker in it reaches the faults of the rarely used ones, with which most escapes from a container to its node begin.",
		ES: "El contenedor puede hacer todas las llamadas al sistema que tiene el kernel, muchas más de las que los programas necesitan. Un atacante dentro de él alcanza los fallos de las menos usadas, con los que empieza la mayoría de las fugas de un contenedor a su nodo.",
		PT: "O contêiner pode fazer todas as chamadas de sistema que o kernel tem, muito mais do que os programas precisam. Um invasor dentro dele alcança as falhas das menos usadas, com as quais começa a maioria das fugas de um contêiner para o seu nó.",
	},
	Fix: steps(lang.Text{
		EN: "Use the runtime's default seccomp profile\n\nSet it for the pod, and remove Unconfined from its containers. A program that the default profile stops gets a profile of its own on the nodes (type Localhost). Then enforce the baseline level in the namespace.",
		ES: "Use el perfil seccomp predeterminado del entorno de ejecución\n\nEstablézcalo en el pod y quite Unconfined de sus contenedores. Un programa que el perfil predeterminado detenga recibe un perfil propio en los nodos (tipo Localhost). Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Use o perfil seccomp padrão do runtime\n\nDefina-o no pod e remova Unconfined dos contêineres. Um programa que o perfil padrão impeça recebe um perfil próprio nos nós (tipo Localhost). Depois, exija o nível baseline no namespace.",
	}, `
securityContext:
  seccompProfile:
    type: RuntimeDefault
`),
	On: k8s.Workloads(),
	Check: rule.Each[profile]{
		In: seccompProfiles,
		Where: []rule.Condition[profile]{
			rule.If("unconfined", func(p profile) bool { return !p.confines }),
		},
		Show: func(p profile) finding.Evidence { return p.evidence },
	},
	Patch: rule.Patch{Changes: confined("runtime/default")},
	Examples: []rule.Example{
		{
			Name: "a container without a filter",
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
			Name: "the pods of a CronJob, although their container has a filter",
			Input: cronJob(`
restartPolicy: Never
securityContext:
  seccompProfile:
    type: Unconfined
containers:
- name: report
  image: registry.example/report:7
  securityContext:
    seccompProfile:
      type: RuntimeDefault
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.securityContext.seccompProfile.type",
		},
		{
			Name: "an annotation in a cluster of Kubernetes 1.18",
			Input: podWithAnnotation("seccomp.security.alpha.kubernetes.io/pod: unconfined", `
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want:     finding.Present,
			Path:     "$.metadata.annotations['seccomp.security.alpha.kubernetes.io/pod']",
			Settings: inVersion(18),
		},
		{
			Name: "profiles of the runtime and of the node",
			Input: deployment(`
securityContext:
  seccompProfile:
    type: RuntimeDefault
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    seccompProfile:
      type: Localhost
      localhostProfile: profiles/app.json
`),
			Want:   finding.Absent,
			Misses: "unconfined",
		},
		{
			Name: "the annotation of old, which no current version reads",
			Input: podWithAnnotation("seccomp.security.alpha.kubernetes.io/pod: unconfined", `
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want: finding.Absent,
		},
	},
}

// seccompProfiles gives the seccomp profiles that a pod and its containers choose, where the version of
// Kubernetes looks for them.
func seccompProfiles(w *rule.World, r *inventory.Resource) iter.Seq[profile] {
	if w.KubernetesVersion(r.Cluster).AtLeast(1, 19) {
		return chosen(w, r, "seccompProfile", func(s *k8s.Security) k8s.Profile { return s.Seccomp })
	}
	return annotated(w, r, func(p rule.PodField, key string) bool {
		name, ofContainer := strings.CutPrefix(key, "container.seccomp.security.alpha.kubernetes.io/")
		return key == "seccomp.security.alpha.kubernetes.io/pod" ||
			ofContainer && slices.ContainsFunc(p.Pod.Containers, func(c k8s.Container) bool { return c.Name == name })
	}, "runtime/default", "docker/default")
}

// podWithAnnotation gives the manifest of a Pod with one annotation.
func podWithAnnotation(annotation, spec string) string {
	return strings.Replace(pod(spec), "spec:\n", "  annotations:\n    "+annotation+"\nspec:\n", 1)
}
