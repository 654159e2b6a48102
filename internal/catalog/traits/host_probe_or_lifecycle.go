package traits

import (
	"iter"
	"net/netip"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// HostProbeOrLifecycle finds probes and lifecycle handlers that name a host for the kubelet to call.
//
// Restricted fields, of containers, initContainers and ephemeralContainers:
//
//	livenessProbe, readinessProbe, startupProbe: httpGet.host, tcpSocket.host
//	lifecycle.postStart, lifecycle.preStop: httpGet.host, tcpSocket.host
//
// Allowed values: not set, null, "". It is the control hostProbesAndHostLifecycle of the baseline level,
// which the standard has from 1.34 on.
//
// A pod in the host's network namespace that names a loopback address has its own container probed: that
// is contextual, as host-network says the rest.
var HostProbeOrLifecycle = rule.Rule{
	ID:         "host-probe-or-lifecycle",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("hostProbesAndHostLifecycle"),
		kubernetesDocs("Liveness, readiness and startup probes", "tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"),
		{Source: "CWE", ID: "CWE-918", URL: "https://cwe.mitre.org/data/definitions/918.html"},
	},
	Title: lang.Text{
		EN: "Probe or lifecycle handler calls another host",
		ES: "Sonda o gancho de ciclo de vida que llama a otro host",
		PT: "Sonda ou gancho de ciclo de vida que chama outro host",
	},
	Why: lang.Text{
		EN: "The kubelet makes this request, from the node's network and past every network policy. An attacker who may create such a pod has it call services that trust the node, such as the metadata service or what listens on localhost, and learns from the probe's result which hosts and ports answer.",
		ES: "Esta solicitud la hace el kubelet, desde la red del nodo y al margen de toda política de red. Un atacante que pueda crear un pod así lo hace llamar a servicios que confían en el nodo, como el servicio de metadatos o lo que escucha en localhost, y aprende del resultado de la sonda qué hosts y puertos responden.",
		PT: "Quem faz esta requisição é o kubelet, a partir da rede do nó e à margem de toda política de rede. Um invasor que possa criar um pod assim o faz chamar serviços que confiam no nó, como o serviço de metadados ou o que escuta em localhost, e aprende com o resultado da sonda quais hosts e portas respondem.",
	},
	Fix: steps(lang.Text{
		EN: "Remove the host from probes and lifecycle handlers\n\nWithout it the kubelet calls the pod's own address. If the program serves by the name of the host, send that name as a header instead. Then enforce the baseline level in the namespace.",
		ES: "Quite el host de las sondas y los ganchos de ciclo de vida\n\nSin él, el kubelet llama a la dirección del propio pod. Si el programa responde según el nombre del host, envíe ese nombre como encabezado. Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Remova o host das sondas e dos ganchos de ciclo de vida\n\nSem ele, o kubelet chama o endereço do próprio pod. Se o programa responde conforme o nome do host, envie esse nome como cabeçalho. Depois, exija o nível baseline no namespace.",
	}, `
livenessProbe:
  httpGet:
    path: /healthz
    port: 8080
    httpHeaders:
    - name: Host
      value: app.example
`),
	On: k8s.Workloads(),
	Check: rule.Each[handler]{
		In:    handlers,
		Where: []rule.Condition[handler]{since[handler](34)},
		Show: func(h handler) finding.Evidence {
			return finding.Evidence{Resource: h.Resource.UID, Path: h.Handler.Path, Value: h.Host}
		},
		Grade: func(h handler) finding.Weight {
			if h.Pod.HostNet && isLoopback(h.Host) {
				return contextual()
			}
			return slight()
		},
	},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "a probe of the instance metadata service",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  livenessProbe:
    httpGet:
      host: 169.254.169.254
      path: /latest/meta-data/
      port: 80
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].livenessProbe.httpGet.host",
		},
		{
			Name: "a sidecar of a CronJob that calls another host when it stops",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: proxy
  image: registry.example/proxy:2
  restartPolicy: Always
  lifecycle:
    preStop:
      httpGet:
        host: control.example
        path: /done
        port: 8080
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].lifecycle.preStop.httpGet.host",
		},
		{
			Name: "a connection to the node itself",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  startupProbe:
    tcpSocket:
      host: 127.0.0.1
      port: 10250
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].startupProbe.tcpSocket.host",
		},
		{
			Name: "a cluster of Kubernetes 1.33, whose standard does not speak of it",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  readinessProbe:
    httpGet:
      host: other.example
      path: /healthz
      port: 8080
`),
			Want:     finding.Absent,
			Misses:   "version",
			Settings: inVersion(33),
		},
		{
			Name: "a probe of the pod itself",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  livenessProbe:
    httpGet:
      path: /healthz
      port: 8080
`),
			Want: finding.Absent,
		},
	},
}

// handler is a probe or lifecycle handler that names a host.
type handler struct {
	rule.PodField
	k8s.Handler
}

func handlers(w *rule.World, r *inventory.Resource) iter.Seq[handler] {
	return func(yield func(handler) bool) {
		for c := range rule.Containers(w, r) {
			for _, h := range c.Handlers {
				if !yield(handler{c.PodField, h}) {
					return
				}
			}
		}
	}
}

// isLoopback reports whether a host is the machine that asks.
func isLoopback(host string) bool {
	address, _ := netip.ParseAddr(strings.Trim(host, "[]")) // Of what is no address it is the zero Addr.
	return address.IsLoopback() || strings.EqualFold(host, "localhost")
}
