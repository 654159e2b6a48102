package traits

import (
	"path"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ContainerRuntimeSocket finds containers that reach the socket of their node's container runtime.
//
// Restricted fields:
//
//	spec.volumes[*].hostPath.path
//	spec.hostPath.path and spec.local.path of the PersistentVolume that serves a claim of the pod
//
// Allowed values: every path that is none of [runtimeSockets] and no folder that one of them lies in. What
// lies further above, such as /var or the whole root of the node, is sensitive-host-path's, which says all
// there is to say of it.
//
// Read-only mounts count as much. Connecting to a socket writes nothing to the file system it lies in, so
// the kernel does not refuse it there (connect(2) names no EROFS).
//
// The socket belongs to root, so a container that is not root needs its group too. Whoever mounts the
// socket itself, or the folder made for it, gives it that; /run, which holds much else, weighs one step
// less there.
var ContainerRuntimeSocket = rule.Rule{
	ID:         "container-runtime-socket",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		pss("hostPathVolumes"), cis("5.2.12"), attack("T1611"), attack("T1610"),
		threatMatrix("MS-TA9013", "Writable%20hostPath%20mount"),
	},
	Title: lang.Text{
		EN: "Container runtime socket mounted",
		ES: "Socket del entorno de ejecución de contenedores montado",
		PT: "Socket do runtime de contêineres montado",
	},
	Why: lang.Text{
		EN: "Whoever can connect to the socket of the container runtime commands it without a password. An attacker starts a privileged container that mounts the node's disk, or enters any container of the node; neither the API server nor its policies see it. A read-only mount does not prevent it.",
		ES: "Quien puede conectarse al socket del entorno de ejecución de contenedores lo controla sin contraseña. Un atacante inicia un contenedor privilegiado que monta el disco del nodo, o entra en cualquier contenedor del nodo, sin que el servidor de la API ni sus políticas lo vean. Un montaje de solo lectura no lo impide.",
		PT: "Quem consegue se conectar ao socket do runtime de contêineres o controla sem senha. Um invasor inicia um contêiner privilegiado que monta o disco do nó, ou entra em qualquer contêiner do nó, sem que o servidor da API nem suas políticas o vejam. Uma montagem somente leitura não impede isso.",
	},
	Fix: steps(lang.Text{
		EN: "Remove the volume that holds the container runtime's socket\n\nTo build images use a builder that needs no daemon, such as BuildKit without root. To read metrics and logs ask the kubelet or the Kubernetes API with a service account of its own. An agent that must keep the socket runs in a namespace of its own, where nobody else may create pods.",
		ES: "Quite el volumen que contiene el socket del entorno de ejecución\n\nPara construir imágenes, use una herramienta que no requiera un daemon, como BuildKit sin root. Para leer métricas y logs, consulte el kubelet o la API de Kubernetes con una cuenta de servicio propia. Si un agente debe conservar el socket, ejecútelo en un espacio de nombres propio, donde nadie más pueda crear pods.",
		PT: "Remova o volume que contém o socket do runtime de contêineres\n\nPara construir imagens, use uma ferramenta que não exija um daemon, como o BuildKit sem root. Para ler métricas e logs, consulte o kubelet ou a API do Kubernetes com uma conta de serviço própria. Se um agente precisar manter o socket, execute-o em um namespace próprio, onde ninguém mais possa criar pods.",
	}, `
# which workloads mount it
kubectl get pods -A -o json | jq -r '.items[] | select(.spec.volumes[]?.hostPath.path
  | strings | test("docker|containerd|crio")) | .metadata.namespace + "/" + .metadata.name'
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Volume]{
		In: rule.NodePaths,
		Where: []rule.Condition[rule.Volume]{
			{Name: "runtime-socket", Holds: func(_ *rule.World, v rule.Volume) rule.Truth {
				return v.Surely(slices.ContainsFunc(reached(v), holdsRuntimeSocket))
			}},
			rule.If("mounted", mounted),
		},
		Show:  rule.Volume.Place,
		Also:  mountEvidence,
		Grade: gradeRuntimeSocket,
	},
	Opens: []finding.EdgeKind{finding.EdgeEscapeSocket},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "What does the program ask of the container runtime: does it build images, read logs, list containers? Each has a way without the socket (a builder without a daemon, the Kubernetes API, the kubelet's metrics).",
			ES: "¿Qué le pide el programa al entorno de ejecución de contenedores: construye imágenes, lee registros, enumera contenedores? Cada cosa tiene una vía sin el socket (un constructor sin daemon, la API de Kubernetes, las métricas del kubelet).",
			PT: "O que o programa pede ao runtime de contêineres: constrói imagens, lê logs, lista contêineres? Cada coisa tem um caminho sem o socket (um construtor sem daemon, a API do Kubernetes, as métricas do kubelet).",
		},
	},
	Examples: []rule.Example{
		{
			Name: "the Docker socket, read-only",
			Input: deployment(`
containers:
- name: ci
  image: registry.example/ci:9
  volumeMounts:
  - name: docker
    mountPath: /var/run/docker.sock
    readOnly: true
volumes:
- name: docker
  hostPath:
    path: /var/run/docker.sock
    type: Socket
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.volumes[0].hostPath.path",
		},
		{
			Name: "the folder of containerd's socket on a K3s node, in a CronJob",
			Input: cronJob(`
restartPolicy: Never
containers:
- name: prune
  image: registry.example/tools:2
  volumeMounts:
  - name: containerd
    mountPath: /containerd
volumes:
- name: containerd
  hostPath:
    path: /run/k3s/containerd/
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.volumes[0].hostPath.path",
		},
		{
			Name: "the named pipe of Docker on a Windows node",
			Input: deployment(`
os: {name: windows}
containers:
- name: ci
  image: registry.example/ci:9
  volumeMounts:
  - name: docker
    mountPath: \\.\pipe\docker_engine
volumes:
- name: docker
  hostPath:
    path: \\.\pipe\docker_engine
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.volumes[0].hostPath.path",
		},
		{
			Name:  "a persistent volume that is the folder of the socket, kept for the claim",
			Input: documents(claiming("ci"), nodeVolume("ci", "local: {path: /run/containerd}\nclaimRef: {namespace: shop, name: ci}\n"+onNodeOne)),
			Want:  finding.Present,
			Path:  "$.spec.local.path",
		},
		{
			Name: "a folder of /run that holds no runtime's socket",
			Input: daemonSet(`
containers:
- name: agent
  image: registry.example/agent:3.2
  volumeMounts:
  - name: udev
    mountPath: /run/udev
    readOnly: true
volumes:
- name: udev
  hostPath:
    path: /run/udev
`),
			Want:   finding.Absent,
			Misses: "runtime-socket",
		},
		{
			Name: "one folder of /run, mounted with a subPath",
			Input: daemonSet(`
containers:
- name: agent
  image: registry.example/agent:3.2
  volumeMounts:
  - name: run
    mountPath: /run/udev
    subPath: udev
volumes:
- name: run
  hostPath:
    path: /run
`),
			Want:   finding.Absent,
			Misses: "runtime-socket",
		},
		{
			Name: "a volume with the socket that no container mounts",
			Input: deployment(`
containers:
- name: ci
  image: registry.example/ci:9
volumes:
- name: docker
  hostPath:
    path: /run/docker.sock
`),
			Want:   finding.Absent,
			Misses: "mounted",
		},
	},
}

// runtimeSockets lists where container runtimes listen: Docker, cri-dockerd and the old dockershim,
// containerd as packaged, in Docker, in K3s and RKE2, in k0s, in MicroK8s and for Bottlerocket's host
// containers, CRI-O, and Podman. Sources: the default endpoints of
// https://kubernetes.io/docs/setup/production-environment/container-runtimes/ and the distributions'
// documentation. On Windows a runtime listens on a named pipe.
func runtimeSockets() []string {
	return []string{
		"/run/docker.sock", "/run/cri-dockerd.sock", "/run/dockershim.sock",
		"/run/containerd/containerd.sock", "/run/docker/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock",
		"/run/k0s/containerd.sock", "/run/host-containerd/host-containerd.sock", "/var/snap/microk8s/common/run/containerd.sock",
		"/run/crio/crio.sock", "/run/podman/podman.sock",
		rule.NodePipes + "docker_engine", rule.NodePipes + "containerd-containerd", rule.NodePipes + "cri-dockerd",
	}
}

// holdsRuntimeSocket reports whether a path is a runtime's socket, or the folder that it lies in.
func holdsRuntimeSocket(p string) bool {
	return slices.ContainsFunc(runtimeSockets(), func(socket string) bool {
		return p == socket || p == path.Dir(socket) && !strings.HasPrefix(socket, rule.NodePipes)
	})
}

// gradeRuntimeSocket weighs a volume by its worst mount.
func gradeRuntimeSocket(v rule.Volume) finding.Weight {
	weight := finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactMedium}
	for m := range v.Mounts() {
		p := reachedBy(v, m)
		within := holdsRuntimeSocket(p) && rule.MayRunAsRoot(&v.Pod, m.Container)
		if within || isMadeForSocket(p) {
			weight.Impact, weight.Opens = finding.ImpactHigh, []finding.EdgeKind{finding.EdgeEscapeSocket}
		}
	}
	return weight
}

// isMadeForSocket reports whether a path is a runtime's socket, or a folder that holds little else.
func isMadeForSocket(p string) bool { return p != "/run" && holdsRuntimeSocket(p) }
