package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// UnsafeSysctl finds pods that set a parameter of the kernel which is not safe for their neighbours.
//
// Restricted fields:
//
//	spec.securityContext.sysctls[*].name
//
// Allowed values: kernel.shm_rmid_forced, net.ipv4.ip_local_port_range, net.ipv4.tcp_syncookies,
// net.ipv4.ping_group_range, net.ipv4.ip_unprivileged_port_start; from 1.27 on
// net.ipv4.ip_local_reserved_ports; from 1.29 on net.ipv4.tcp_keepalive_time, net.ipv4.tcp_fin_timeout,
// net.ipv4.tcp_keepalive_intvl, net.ipv4.tcp_keepalive_probes; from 1.32 on net.ipv4.tcp_rmem,
// net.ipv4.tcp_wmem; from 1.37 on net.ipv4.tcp_slow_start_after_idle, net.ipv4.tcp_notsent_lowat; each
// written just so. It is the control sysctls of the baseline level, in every version.
var UnsafeSysctl = rule.Rule{
	ID:         "unsafe-sysctl",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("sysctls"), nsa("Kubernetes Pod security"), attack("T1499"),
		kubernetesDocs("Using sysctls in a cluster", "tasks/administer-cluster/sysctl-cluster/"),
	},
	Title: lang.Text{
		EN: "Unsafe kernel parameter set",
		ES: "Parámetro del kernel no seguro establecido",
		PT: "Parâmetro do kernel não seguro definido",
	},
	Why: lang.Text{
		EN: "The pod sets a parameter of the kernel that Kubernetes does not count as safe: it may take memory or ports from every other pod of the node, or lift a protection. An attacker who may create such a pod slows down or stops its neighbours; and it runs only on nodes whose kubelet admits unsafe parameters.",
		ES: "El pod establece un parámetro del kernel que Kubernetes no considera seguro: puede quitar memoria o puertos a los demás pods del nodo, o anular una protección. Un atacante que pueda crear un pod así frena o detiene a sus vecinos; y solo se ejecuta en nodos cuyo kubelet admite parámetros no seguros.",
		PT: "O pod define um parâmetro do kernel que o Kubernetes não considera seguro: ele pode tirar memória ou portas dos demais pods do nó, ou anular uma proteção. Um invasor que possa criar um pod assim desacelera ou derruba os vizinhos; e ele só é executado em nós cujo kubelet admite parâmetros não seguros.",
	},
	Fix: steps(lang.Text{
		EN: "Set only kernel parameters that Kubernetes counts as safe\n\nRemove the others from the pod. Where a program depends on one, set it for the whole node with the operating system's tools and give the program nodes of its own. Then enforce the baseline level in the namespace.",
		ES: "Establezca solo parámetros del kernel que Kubernetes considera seguros\n\nQuite los demás del pod. Si un programa depende de alguno, establézcalo en todo el nodo con las herramientas del sistema operativo y dé a ese programa nodos propios. Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Defina só parâmetros do kernel que o Kubernetes considera seguros\n\nRemova os demais do pod. Se um programa depende de algum, defina-o em todo o nó com as ferramentas do sistema operacional e dê a esse programa nós próprios. Depois, exija o nível baseline no namespace.",
	}, `
securityContext:
  sysctls:
  - name: net.ipv4.ip_unprivileged_port_start
    value: "80"
`),
	On: k8s.Workloads(),
	Check: rule.Each[sysctl]{
		In: sysctls,
		Where: []rule.Condition[sysctl]{
			{Name: "unsafe", Holds: func(w *rule.World, s sysctl) rule.Truth {
				return rule.Is(!isSafeSysctl(s.KubernetesVersion(w), s.name))
			}},
		},
		Show: func(s sysctl) finding.Evidence {
			return s.Evidence(tree.PathIndex("securityContext.sysctls", s.index)+".name", s.name)
		},
	},
	Patch: rule.Patch{Changes: removeItems},
	Examples: []rule.Example{
		{
			Name: "the backlog of connections, beside a safe parameter",
			Input: deployment(`
securityContext:
  sysctls:
  - name: net.ipv4.tcp_syncookies
    value: "1"
  - name: net.core.somaxconn
    value: "4096"
containers:
- name: web
  image: registry.example/web:1.4
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.securityContext.sysctls[1].name",
		},
		{
			Name: "the size of messages, in a CronJob",
			Input: cronJob(`
restartPolicy: Never
securityContext:
  sysctls:
  - name: kernel.msgmax
    value: "65536"
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.securityContext.sysctls[0].name",
		},
		{
			Name: "buffers of connections in a cluster of Kubernetes 1.31, which does not count them as safe",
			Input: deployment(`
securityContext:
  sysctls:
  - name: net.ipv4.tcp_rmem
    value: "4096 87380 16777216"
containers:
- name: web
  image: registry.example/web:1.4
`),
			Want:     finding.Present,
			Path:     "$.spec.template.spec.securityContext.sysctls[0].name",
			Settings: inVersion(31),
		},
		{
			Name: "safe parameters",
			Input: deployment(`
securityContext:
  sysctls:
  - name: net.ipv4.ip_unprivileged_port_start
    value: "80"
  - name: net.ipv4.tcp_rmem
    value: "4096 87380 16777216"
containers:
- name: web
  image: registry.example/web:1.4
`),
			Want:   finding.Absent,
			Misses: "unsafe",
		},
	},
}

// sysctl is one parameter of the kernel that a pod sets.
type sysctl struct {
	rule.PodField
	name  string
	index int
}

func sysctls(w *rule.World, r *inventory.Resource) iter.Seq[sysctl] {
	return func(yield func(sysctl) bool) {
		for p := range rule.Pods(w, r) {
			for i, name := range p.Pod.Sysctls {
				if !yield(sysctl{p, name, i}) {
					return
				}
			}
		}
	}
}

// isSafeSysctl reports whether the standard of a version lets a pod set a parameter.
func isSafeSysctl(v rule.Version, name string) bool {
	switch name {
	case "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
		"net.ipv4.ip_unprivileged_port_start":
		return true
	case "net.ipv4.ip_local_reserved_ports":
		return v.AtLeast(1, 27)
	case "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes":
		return v.AtLeast(1, 29)
	case "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem":
		return v.AtLeast(1, 32)
	case "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat":
		return v.AtLeast(1, 37)
	}
	return false
}
