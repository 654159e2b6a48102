package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AddedCapability finds containers that add a capability beyond the default set.
//
// Restricted fields:
//
//	spec.containers[*].securityContext.capabilities.add
//	spec.initContainers[*].securityContext.capabilities.add
//	spec.ephemeralContainers[*].securityContext.capabilities.add
//
// Allowed values: AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP,
// SETGID, SETPCAP, SETUID, SYS_CHROOT, each written just so. It is the control capabilities_baseline, in
// every version. dangerous-capability says which of them break out of the container.
var AddedCapability = rule.Rule{
	ID:         "added-capability",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("capabilities_baseline"), cis("5.2.9"), cis("5.2.8"), nsa("Kubernetes Pod security"),
		{Source: "Linux", ID: "capabilities(7)", URL: "https://man7.org/linux/man-pages/man7/capabilities.7.html"},
	},
	Title: lang.Text{
		EN: "Capability added beyond the default set",
		ES: "Capacidad añadida fuera del conjunto predeterminado",
		PT: "Capacidade adicionada além do conjunto padrão",
	},
	Why: lang.Text{
		EN: "The container has a capability that containers do not get by default. An attacker who takes the program over takes it too: with NET_RAW they forge packets and answer for other pods, with SYS_TIME they move the node's clock and with it certificates and logs.",
		ES: "El contenedor tiene una capacidad que los contenedores no reciben de forma predeterminada. Un atacante que se apodera del programa también la obtiene: con NET_RAW falsifica paquetes y responde en nombre de otros pods; con SYS_TIME mueve el reloj del nodo y, con él, la validez de los certificados y las horas de los registros.",
		PT: "O contêiner tem uma capacidade que os contêineres não recebem por padrão. Um invasor que assume o controle do programa também a obtém: com NET_RAW, forja pacotes e responde em nome de outros pods; com SYS_TIME, muda o relógio do nó e, com ele, a validade dos certificados e os horários dos logs.",
	},
	Fix: steps(lang.Text{
		EN: "Remove the added capability\n\nDrop all capabilities, add back only those of the default set that the program fails without, and write their names without CAP_. Then enforce the baseline level in the namespace.",
		ES: "Quite la capacidad añadida\n\nQuite todas las capacidades, añada solo las del conjunto predeterminado sin las que el programa falla y escriba sus nombres sin CAP_. Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Remova a capacidade adicionada\n\nRemova todas as capacidades, adicione apenas as do conjunto padrão sem as quais o programa falha e escreva os nomes sem CAP_. Depois, exija o nível baseline no namespace.",
	}, `
securityContext:
  capabilities:
    drop: ["ALL"]
`),
	On: k8s.Workloads(),
	Check: rule.Each[addition]{
		In: additions,
		Where: []rule.Condition[addition]{
			rule.If("not-default", func(a addition) bool { return !isDefaultCapability(a.name) }),
		},
		Show: addition.evidence,
	},
	Patch: rule.Patch{Changes: rule.RemoveFields},
	Examples: []rule.Example{
		{
			Name: "raw sockets",
			Input: deployment(`
containers:
- name: probe
  image: registry.example/probe:1.4
  securityContext:
    capabilities:
      drop: ["ALL"]
      add: ["NET_BIND_SERVICE", "NET_RAW"]
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.capabilities.add[1]",
		},
		{
			Name: "the node's clock, in the init container of a CronJob",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: clock
  image: registry.example/tools:2
  securityContext:
    capabilities:
      add: ["SYS_TIME"]
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.capabilities.add[0]",
		},
		{
			Name: "a capability of the default set with a prefix, which the standard does not know",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    capabilities:
      add: ["CAP_CHOWN"]
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.capabilities.add[0]",
		},
		{
			Name: "capabilities of the default set",
			Input: deployment(`
containers:
- name: web
  image: registry.example/web:1.4
  securityContext:
    capabilities:
      drop: ["ALL"]
      add: ["CHOWN", "SETUID", "SETGID"]
`),
			Want:   finding.Absent,
			Misses: "not-default",
		},
	},
}

// isDefaultCapability reports whether the baseline level lets a container add a capability.
func isDefaultCapability(name string) bool {
	switch name {
	case "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
		"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT":
		return true
	}
	return false
}
