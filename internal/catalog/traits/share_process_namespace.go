package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ShareProcessNamespace finds pods whose containers see each other's processes.
//
// Restricted fields:
//
//	spec.shareProcessNamespace
//
// Allowed values: not set, null, false. One container today is no exception: sidecars that a webhook adds
// and containers for debugging join the same namespace.
var ShareProcessNamespace = rule.Rule{
	ID:         "share-process-namespace",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		attack("T1057"), attack("T1003.007"),
		kubernetesDocs("Share Process Namespace between Containers in a Pod", "tasks/configure-pod-container/share-process-namespace/"),
	},
	Title: lang.Text{
		EN: "Processes shared between containers",
		ES: "Procesos compartidos entre contenedores",
		PT: "Processos compartilhados entre contêineres",
	},
	Why: lang.Text{
		EN: "The containers of this pod see each other's processes. An attacker in one of them, perhaps in a sidecar that nobody watches, reads credentials from the arguments of the others. As the same user or as root they also read their environment and files through /proc, and stop them.",
		ES: "Los contenedores de este pod ven los procesos de los demás. Un atacante en uno de ellos, quizá en un sidecar que nadie vigila, lee credenciales en los argumentos de los otros. Con el mismo usuario o como root, también lee su entorno y sus archivos a través de /proc, y puede detenerlos.",
		PT: "Os contêineres deste pod veem os processos uns dos outros. Um invasor em um deles, talvez em um sidecar que ninguém observa, lê credenciais nos argumentos dos outros. Com o mesmo usuário ou como root, também lê o ambiente e os arquivos deles por meio de /proc, e pode encerrá-los.",
	},
	Fix: steps(lang.Text{
		EN: "Give each container its own process namespace\n\nRemove shareProcessNamespace from the pod's spec. To look into a running container, add one for debugging that shares the processes of that container alone.",
		ES: "Dé a cada contenedor su propio espacio de nombres de procesos\n\nQuite shareProcessNamespace de la especificación del pod. Para examinar un contenedor en ejecución, añada uno de depuración que comparta solo los procesos de ese contenedor.",
		PT: "Dê a cada contêiner seu próprio namespace de processos\n\nRemova shareProcessNamespace da especificação do pod. Para examinar um contêiner em execução, adicione um de depuração que compartilhe apenas os processos desse contêiner.",
	}, `
kubectl debug POD --namespace NAMESPACE -it --image=busybox:1.37 --target=CONTAINER
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.PodField]{
		In: rule.Pods,
		Where: []rule.Condition[rule.PodField]{
			rule.If("shared", func(p rule.PodField) bool { return p.Pod.ShareProcesses }),
		},
		Show: func(p rule.PodField) finding.Evidence { return p.Evidence("shareProcessNamespace", true) },
	},
	Patch: rule.Patch{
		Changes: rule.RemoveFields,
		Ask: lang.Text{
			EN: "Does one container signal or inspect the processes of another, as a debugging or reload sidecar does?",
			ES: "¿Algún contenedor envía señales a los procesos de otro o los inspecciona, como hace un contenedor auxiliar de depuración o de recarga?",
			PT: "Algum contêiner envia sinais aos processos de outro ou os inspeciona, como faz um contêiner auxiliar de depuração ou de recarga?",
		},
	},
	Examples: []rule.Example{
		{
			Name: "an application and a sidecar that share their processes",
			Input: deployment(`
shareProcessNamespace: true
containers:
- name: app
  image: registry.example/app:1.4
- name: reloader
  image: registry.example/reloader:2
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.shareProcessNamespace",
		},
		{
			Name: "a CronJob with one container",
			Input: cronJob(`
shareProcessNamespace: true
restartPolicy: Never
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.shareProcessNamespace",
		},
		{
			Name: "containers that each see their own processes",
			Input: deployment(`
shareProcessNamespace: false
containers:
- name: app
  image: registry.example/app:1.4
- name: reloader
  image: registry.example/reloader:2
`),
			Want:   finding.Absent,
			Misses: "shared",
		},
	},
}
