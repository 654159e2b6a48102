package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// RunsAsRoot finds pods that ask for user 0.
//
// Restricted fields:
//
//	spec.securityContext.runAsUser
//	spec.containers[*].securityContext.runAsUser
//	spec.initContainers[*].securityContext.runAsUser
//	spec.ephemeralContainers[*].securityContext.runAsUser
//
// Allowed values: not set, null, every user but 0. From 1.35 on any value where spec.hostUsers is false, as
// user 0 is then nobody on the node. It is the control runAsUser of the restricted level, which the standard
// has from 1.23 on. A container whose user is not set is not counted: its image decides, which is what
// non-root-not-required is about. The pod's own setting counts even where every container overrides
// it, as in the Pod Security Standards: a container that is added later gets it.
var RunsAsRoot = rule.Rule{
	ID:         "runs-as-root",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("runAsUser"), cis("5.2.7"), nsa("Non-root containers and rootless container engines"), attack("T1611"),
		ecsControl("ECS.20", "ecs-20"), kubernetesDocs("User namespaces", "concepts/workloads/pods/user-namespaces/"),
	},
	Title: lang.Text{
		EN: "Container set to run as root",
		ES: "Contenedor configurado para ejecutarse como root",
		PT: "Contêiner configurado para ser executado como root",
	},
	Why: lang.Text{
		EN: "User 0 in the container is user 0 on the node. An attacker who gets into the container owns its files and capabilities at once, and is root on the node as soon as one fault in the kernel, in the runtime or in a mount lets them out.",
		ES: "El usuario 0 en el contenedor es el usuario 0 en el nodo. Un atacante que entra en el contenedor dispone de inmediato de sus archivos y capacidades, y pasa a ser root en el nodo en cuanto un fallo del kernel, del entorno de ejecución o de un montaje le permite salir.",
		PT: "O usuário 0 no contêiner é o usuário 0 no nó. Um invasor que entra no contêiner dispõe de imediato de seus arquivos e capacidades, e passa a ser root no nó assim que uma falha do kernel, do runtime ou de uma montagem lhe permite sair.",
	},
	Fix: steps(lang.Text{
		EN: "Run the container as a user other than root\n\nBuild the image with a USER, give that user the folders it writes to, and say so in the pod. A program that must be root inside gets a user namespace of its own (hostUsers: false), where root is nobody on the node.",
		ES: "Ejecute el contenedor con un usuario que no sea root\n\nConstruya la imagen con un USER, dé a ese usuario las carpetas en las que escribe e indíquelo en el pod. Si un programa debe ser root dentro del contenedor, dele al pod un espacio de nombres de usuarios propio (hostUsers: false), donde root no es nadie en el nodo.",
		PT: "Execute o contêiner com um usuário que não seja root\n\nConstrua a imagem com um USER, dê a esse usuário as pastas em que ele grava e indique isso no pod. Se um programa precisar ser root dentro do contêiner, dê ao pod um namespace de usuários próprio (hostUsers: false), onde o root não é ninguém no nó.",
	}, `
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
`),
	On: k8s.Workloads(),
	Check: rule.Each[userSetting]{
		In: userSettings,
		Where: []rule.Condition[userSetting]{
			rule.If("root-user", func(s userSetting) bool { return s.user == 0 }),
			{Name: "host-user-namespace", Holds: func(w *rule.World, s userSetting) rule.Truth {
				return rule.Is(!relaxed(w, s.PodField))
			}},
			since[userSetting](23),
		},
		Show: func(s userSetting) finding.Evidence { return s.evidence },
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which numeric user can the program run as, and which files must that user own? Look for USER in the image (docker inspect --format '{{.Config.User}}' IMAGE), then set runAsUser to it.",
			ES: "¿Con qué usuario numérico puede ejecutarse el programa y de qué archivos debe ser dueño? Busque USER en la imagen (docker inspect --format '{{.Config.User}}' IMAGE) y ponga ese valor en runAsUser.",
			PT: "Com qual usuário numérico o programa pode ser executado e de quais arquivos ele deve ser dono? Procure USER na imagem (docker inspect --format '{{.Config.User}}' IMAGE) e ponha esse valor em runAsUser.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a container set to user 0",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    runAsUser: 0
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.runAsUser",
		},
		{
			Name: "a CronJob whose pods are set to user 0",
			Input: cronJob(`
restartPolicy: Never
securityContext:
  runAsUser: 0
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.securityContext.runAsUser",
		},
		{
			Name: "an init container that is root in a pod that is not",
			Input: deployment(`
securityContext:
  runAsUser: 10001
initContainers:
- name: permissions
  image: registry.example/tools:2
  securityContext:
    runAsUser: 0
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.initContainers[0].securityContext.runAsUser",
		},
		{
			Name: "another user than 0",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    runAsUser: 10001
`),
			Want:   finding.Absent,
			Misses: "root-user",
		},
		{
			Name: "user 0 in a user namespace of the pod's own",
			Input: deployment(`
hostUsers: false
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    runAsUser: 0
`),
			Want:   finding.Absent,
			Misses: "host-user-namespace",
		},
		{
			Name: "user 0 in a user namespace in a cluster of Kubernetes 1.34, whose standard does not count it",
			Input: deployment(`
hostUsers: false
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    runAsUser: 0
`),
			Want:     finding.Present,
			Path:     "$.spec.template.spec.containers[0].securityContext.runAsUser",
			Settings: inVersion(34),
		},
		{
			Name: "user 0 in a cluster of Kubernetes 1.22, whose standard does not speak of it",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    runAsUser: 0
`),
			Want:     finding.Absent,
			Misses:   "version",
			Settings: inVersion(22),
		},
	},
}

// userSetting is one place in a pod's spec that says which user runs.
type userSetting struct {
	rule.PodField
	evidence finding.Evidence
	user     int64
}

func userSettings(w *rule.World, r *inventory.Resource) iter.Seq[userSetting] {
	const field = "securityContext.runAsUser"
	return func(yield func(userSetting) bool) {
		for p := range rule.Pods(w, r) {
			if user := p.Pod.RunAsUser; user != nil && !yield(userSetting{p, p.Evidence(field, *user), *user}) {
				return
			}
		}
		for c := range rule.Containers(w, r) {
			if user := c.RunAsUser; user != nil && !yield(userSetting{c.PodField, c.Evidence(field, *user), *user}) {
				return
			}
		}
	}
}
