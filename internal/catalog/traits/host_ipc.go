package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// HostIPC finds pods in the IPC namespace of their node.
//
// Restricted fields:
//
//	spec.hostIPC
//
// Allowed values: not set, null, false.
var HostIPC = rule.Rule{
	ID:         "host-ipc",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		pss("hostNamespaces"), cis("5.2.4"), nsa("Kubernetes Pod security"), attack("T1611"),
	},
	Title: lang.Text{
		EN: "Shared host IPC namespace",
		ES: "Espacio de nombres IPC compartido con el host",
		PT: "Namespace IPC compartilhado com o host",
	},
	Why: lang.Text{
		EN: "A pod in the host's IPC namespace reaches the shared memory, semaphores and message queues of its node and of every other pod that shares them. An attacker in it reads or changes what a database or another program keeps in shared memory.",
		ES: "Un pod en el espacio de nombres IPC del host accede a la memoria compartida, los semáforos y las colas de mensajes de su nodo y de cualquier otro pod que los comparta. Un atacante dentro de él lee o altera lo que una base de datos u otro programa guarda en la memoria compartida.",
		PT: "Um pod no namespace IPC do host acessa a memória compartilhada, os semáforos e as filas de mensagens do seu nó e de qualquer outro pod que os compartilhe. Um invasor dentro dele lê ou altera o que um banco de dados ou outro programa guarda na memória compartilhada.",
	},
	Fix: steps(lang.Text{
		EN: "Take the pod out of the host's IPC namespace\n\nRemove hostIPC from the pod's spec. Containers of one pod share memory without it; for more of it mount an emptyDir with medium Memory at /dev/shm. Then enforce the baseline level in the namespace.",
		ES: "Saque el pod del espacio de nombres IPC del host\n\nQuite hostIPC de la especificación del pod. Los contenedores de un mismo pod comparten memoria sin ese campo; si necesitan más, monte un emptyDir con medium Memory en /dev/shm. Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Retire o pod do namespace IPC do host\n\nRemova hostIPC da especificação do pod. Os contêineres de um mesmo pod compartilham memória sem esse campo; se precisarem de mais, monte um emptyDir com medium Memory em /dev/shm. Depois, exija o nível baseline no namespace.",
	}, `
spec:
  hostIPC: false
  volumes:
  - name: shm
    emptyDir:
      medium: Memory
      sizeLimit: 256Mi
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.PodField]{
		In: rule.Pods,
		Where: []rule.Condition[rule.PodField]{
			rule.If("host-ipc", func(p rule.PodField) bool { return p.Pod.HostIPC }),
		},
		Show: func(p rule.PodField) finding.Evidence { return p.Evidence("hostIPC", true) },
	},
	Opens: []finding.EdgeKind{finding.EdgeShareHostIPC},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "a Deployment whose pods share the node's memory segments",
			Input: deployment(`
hostIPC: true
containers:
- name: worker
  image: registry.example/worker:5
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.hostIPC",
		},
		{
			Name: "shared memory between the containers of one pod only",
			Input: deployment(`
hostIPC: false
containers:
- name: worker
  image: registry.example/worker:5
  volumeMounts:
  - name: shm
    mountPath: /dev/shm
volumes:
- name: shm
  emptyDir:
    medium: Memory
`),
			Want:   finding.Absent,
			Misses: "host-ipc",
		},
	},
}
