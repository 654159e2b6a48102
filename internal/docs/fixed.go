package docs

import (
	"strings"

	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// fixedTable shows what a pod with one fault comes to, computed by the engine itself.
func (s *site) fixedTable(p *page) {
	var rows [][]string
	for _, f := range fixedPoints() {
		e, ok := rate(s.rules, f.pod)
		if !ok {
			continue
		}
		var ids []string
		for _, t := range e.Traits {
			ids = append(ids, link(code(t.ID), rulePath(p.lang, t.ID)))
		}
		rows = append(rows, []string{
			f.name.In(p.lang), strings.Join(ids, ", "), e.Likelihood.Text().In(p.lang), e.Impact.Text().In(p.lang),
			"**" + e.Severity.Text().In(p.lang) + "**", e.Ceiling.Text().In(p.lang),
		})
	}
	if len(rows) == 0 {
		return
	}
	p.heading(lang.Text{EN: "Fixed points", ES: "Puntos de referencia", PT: "Pontos de referência"})
	p.prose(lang.Text{
		EN: "A pod whose only fault is this one, with nothing known about who reaches it, comes to:",
		ES: "Esto es lo que obtiene un pod con un único defecto, sin información sobre quién puede llegar a él:",
		PT: "Isto é o que obtém um pod com um único defeito, sem informação sobre quem consegue chegar a ele:",
	})
	p.table([]lang.Text{
		{EN: "The pod has", ES: "El pod tiene", PT: "O pod tem"},
		{EN: "Traits", ES: "Características", PT: "Características"},
		likelihoodWord(), impactWord(), severityTitle(),
		{EN: "Ceiling", ES: "Techo", PT: "Teto"},
	}, rows)
}

// fixedPoint is a pod with one fault, by which the scale can be judged.
type fixedPoint struct {
	name lang.Text
	pod  k8s.PodSpec
}

// fixedPoints lists the pods of the table; all but their one fault is as it should be.
func fixedPoints() []fixedPoint {
	return []fixedPoint{
		{
			lang.Text{EN: "A privileged container", ES: "Un contenedor privilegiado", PT: "Um contêiner privilegiado"},
			sound(func(p *k8s.PodSpec) { p.Containers[0].Privileged = true }),
		},
		{
			lang.Text{
				EN: "The node's `/etc`, mounted to write to",
				ES: "El `/etc` del nodo, montado con permiso de escritura",
				PT: "O `/etc` do nó, montado com permissão de escrita",
			},
			sound(func(p *k8s.PodSpec) { mountHost(p, "/etc", false) }),
		},
		{
			lang.Text{EN: "The node's processes (`hostPID`)", ES: "Los procesos del nodo (`hostPID`)", PT: "Os processos do nó (`hostPID`)"},
			sound(func(p *k8s.PodSpec) { p.HostPID = true }),
		},
		{
			lang.Text{EN: "The node's network (`hostNetwork`)", ES: "La red del nodo (`hostNetwork`)", PT: "A rede do nó (`hostNetwork`)"},
			sound(func(p *k8s.PodSpec) { p.HostNet = true }),
		},
		{
			lang.Text{EN: "The node's shared memory (`hostIPC`)", ES: "La memoria compartida del nodo (`hostIPC`)", PT: "A memória compartilhada do nó (`hostIPC`)"},
			sound(func(p *k8s.PodSpec) { p.HostIPC = true }),
		},
		{
			lang.Text{
				EN: "The node's `/`, read-only, neither as root nor with `hostPID`",
				ES: "El `/` del nodo, montado en solo lectura, sin root ni `hostPID`",
				PT: "O `/` do nó, montado como somente leitura, sem root nem `hostPID`",
			},
			sound(func(p *k8s.PodSpec) { mountHost(p, "/", true) }),
		},
	}
}

// sound gives the spec of a pod without a weakness, changed in one way.
func sound(fault func(*k8s.PodSpec)) k8s.PodSpec {
	user, yes, no := int64(10001), true, false
	p := k8s.PodSpec{
		Path: "$.spec", ServiceAccount: "app", AutomountToken: &no, Security: k8s.Security{RunAsUser: &user, RunAsNonRoot: &yes},
		Containers: []k8s.Container{{
			Path: "$.spec.containers[0]", Name: "app", CapPath: "$.spec.containers[0].securityContext.capabilities.add",
			Image: "registry.example/app@sha256:0000000000000000000000000000000000000000000000000000000000000000",
		}},
	}
	fault(&p)
	return p
}

func mountHost(p *k8s.PodSpec, path string, readOnly bool) {
	p.Volumes = []k8s.Volume{{Path: "$.spec.volumes[0]", Name: "host", HostPath: path}}
	p.Containers[0].Mounts = []k8s.Mount{{Volume: "host", Path: "/host", ReadOnly: readOnly}}
}

// rate sends a pod through the engine; ok is false where no rule finds anything in it.
func rate(rules []*rule.Rule, pod k8s.PodSpec) (e finding.Exposure, ok bool) {
	r := &inventory.Resource{
		UID:  inventory.KubernetesUID("files", "", "Pod", "shop", "example"),
		Type: k8s.Pod, Name: "example", Namespace: "shop", Cluster: "files", Spec: &k8s.Workload{Pod: pod},
	}
	view := inventory.NewView(nil, []*inventory.Resource{r})
	world := &rule.World{Inventory: view}
	traits := evaluate.Traits(world, rules).Traits
	found := correlate.Exposures(correlate.Input{World: world, Traits: traits, Rules: rules}).Exposures
	if len(found) == 0 {
		return finding.Exposure{}, false
	}
	return found[0], true
}
