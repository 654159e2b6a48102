package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// NonRootNotRequired finds pods and containers that may run as root without anything refusing it.
//
// Restricted fields:
//
//	spec.securityContext.runAsNonRoot
//	spec.containers[*].securityContext.runAsNonRoot
//	spec.initContainers[*].securityContext.runAsNonRoot
//	spec.ephemeralContainers[*].securityContext.runAsNonRoot
//
// Allowed values: true; not set for a container whose pod has true. It is the control runAsNonRoot of the
// restricted level, in every version; from 1.35 on any value is allowed where spec.hostUsers is false. A
// pod that says false counts even where all of its containers say true.
var NonRootNotRequired = rule.Rule{
	ID:         "non-root-not-required",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("runAsNonRoot"), cis("5.2.7"), nsa("Non-root containers and rootless container engines"),
		kubernetesDocs("User namespaces", "concepts/workloads/pods/user-namespaces/"),
	},
	Title: lang.Text{
		EN: "Non-root user not required",
		ES: "Usuario no root no exigido",
		PT: "Usuário não root não exigido",
	},
	Why: lang.Text{
		EN: "Nothing keeps the container from running as root: its image decides, and most images run as root. An attacker who gets in, or who replaces the image, is user 0 in the container, and user 0 on the node as soon as one fault lets them out.",
		ES: "Nada impide que el contenedor se ejecute como root: lo decide su imagen, y la mayoría de las imágenes se ejecutan como root. Un atacante que entra, o que sustituye la imagen, es el usuario 0 en el contenedor, y el usuario 0 en el nodo en cuanto un fallo le permite salir.",
		PT: "Nada impede que o contêiner seja executado como root: quem decide é a imagem, e a maioria das imagens é executada como root. Um invasor que entra, ou que substitui a imagem, é o usuário 0 no contêiner, e o usuário 0 no nó assim que uma falha lhe permite sair.",
	},
	Fix: steps(lang.Text{
		EN: "Require a user other than root\n\nSet runAsNonRoot for the pod, and runAsUser where the image names its user by name or not at all; the kubelet then refuses to start a container as root. A program that must be root inside gets a user namespace (hostUsers: false). Then enforce the restricted level in the namespace.",
		ES: "Exija un usuario que no sea root\n\nEstablezca runAsNonRoot en el pod, y runAsUser si la imagen indica su usuario por nombre o no lo indica; el kubelet se niega entonces a iniciar un contenedor como root. Si un programa debe ser root dentro del contenedor, dele al pod un espacio de nombres de usuarios (hostUsers: false). Después, exija el nivel restricted en el espacio de nombres.",
		PT: "Exija um usuário que não seja root\n\nDefina runAsNonRoot no pod, e runAsUser se a imagem indica o usuário pelo nome ou não o indica; o kubelet então se recusa a iniciar um contêiner como root. Se um programa precisar ser root dentro do contêiner, dê ao pod um namespace de usuários (hostUsers: false). Depois, exija o nível restricted no namespace.",
	}, `
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
`),
	On: k8s.Workloads(),
	Check: rule.Each[securityContext]{
		In: securityContexts,
		Where: []rule.Condition[securityContext]{
			rule.If("not-required", nonRootNotRequired),
			{Name: "host-user-namespace", Holds: func(w *rule.World, s securityContext) rule.Truth {
				return rule.Is(!relaxed(w, s.PodField))
			}},
		},
		Show: func(s securityContext) finding.Evidence {
			if s.RunAsNonRoot == nil {
				return s.evidence("runAsNonRoot", nil)
			}
			return s.evidence("runAsNonRoot", false)
		},
	},
	Patch: rule.Patch{
		Changes: inPodSecurity("runAsNonRoot", true, true),
		Ask: lang.Text{
			EN: "Does the image name a numeric user other than 0 (docker inspect --format '{{.Config.User}}' IMAGE)? If it is empty or a name, set runAsUser too, or the container does not start.",
			ES: "¿La imagen indica un usuario numérico distinto de 0 (docker inspect --format '{{.Config.User}}' IMAGE)? Si está vacío o es un nombre, ponga también runAsUser, o el contenedor no arranca.",
			PT: "A imagem informa um usuário numérico diferente de 0 (docker inspect --format '{{.Config.User}}' IMAGE)? Se estiver vazio ou for um nome, defina também runAsUser, ou o contêiner não inicia.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "neither the pod nor its container says so",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    allowPrivilegeEscalation: false
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.runAsNonRoot",
		},
		{
			Name: "an init container of a CronJob that takes the requirement back",
			Input: cronJob(`
restartPolicy: Never
securityContext:
  runAsNonRoot: true
initContainers:
- name: settings
  image: registry.example/tools:2
  securityContext:
    runAsNonRoot: false
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.runAsNonRoot",
		},
		{
			Name: "a pod that says false above a container that says true",
			Input: deployment(`
securityContext:
  runAsNonRoot: false
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    runAsNonRoot: true
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.securityContext.runAsNonRoot",
		},
		{
			Name: "a user namespace in a cluster of Kubernetes 1.34, whose standard does not count it",
			Input: deployment(`
hostUsers: false
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want:     finding.Present,
			Path:     "$.spec.template.spec.containers[0].securityContext",
			Settings: inVersion(34),
		},
		{
			Name: "the pod requires it",
			Input: deployment(`
securityContext:
  runAsNonRoot: true
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want:   finding.Absent,
			Misses: "not-required",
		},
		{
			Name: "a user namespace of the pod's own",
			Input: deployment(`
hostUsers: false
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want:   finding.Absent,
			Misses: "host-user-namespace",
		},
	},
}

// nonRootNotRequired reports whether a setting says false, or is a container's that nobody made.
func nonRootNotRequired(s securityContext) bool {
	if s.RunAsNonRoot != nil {
		return !*s.RunAsNonRoot
	}
	return s.container != nil && s.Pod.RunAsNonRoot == nil
}
