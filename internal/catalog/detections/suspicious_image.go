package detections

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// SuspiciousImage finds workloads whose image is named after a miner or an attack tool.
var SuspiciousImage = rule.Detection{
	Type:     "Execution:Kubernetes/SuspiciousImage",
	Origin:   rule.Ours,
	Severity: finding.SeverityHigh,
	Grade: func(a *rule.Action) finding.Severity {
		if c := containerWhere(a, func(c *k8s.Container) bool { return isMinerImage(c.Image) }); c == nil {
			return finding.SeverityMedium
		}
		return finding.SeverityHigh
	},
	References: []rule.Reference{
		attack("T1610"), attack("T1496"), attack("T1204.003"), threatMatrix("MS-TA9008", "New%20Container"), threatMatrix("MS-TA9039", "Resource%20hijacking"),
	},
	Title: lang.Text{
		EN: "Image of a miner or an attack tool started",
		ES: "Imagen de un minero o de una herramienta de ataque",
		PT: "Imagem de um minerador ou de uma ferramenta de ataque",
	},
	Why: lang.Text{
		EN: "The image's name is that of a program that mines coins or attacks clusters. Attackers seldom trouble to rename it; if it is your own test, it should run elsewhere.",
		ES: "El nombre de la imagen es el de un programa que mina criptomonedas o ataca clústeres. Los atacantes rara vez se molestan en cambiarlo; si es una prueba propia, debería ejecutarse en otro sitio.",
		PT: "O nome da imagem é o de um programa que minera criptomoedas ou ataca clusters. Invasores raramente se dão o trabalho de mudá-lo; se é um teste seu, deveria ser executado em outro lugar.",
	},
	Fix: fix(lang.Text{
		EN: "Isolate the pods, keep what they tell, then delete the workload\n\nThe user in the finding started it: their credentials, or those of the pipeline, are in other hands. Find out how it came in before you delete what shows it.",
		ES: "Aísle los pods, guarde sus datos y borre la carga de trabajo\n\nEl usuario del hallazgo la inició: sus credenciales, o las del pipeline, están en otras manos. Averigüe cómo entró antes de borrar lo que lo demuestra.",
		PT: "Isole os pods, guarde seus dados e exclua a carga de trabalho\n\nO usuário da descoberta a iniciou: as credenciais dele, ou as do pipeline, estão em outras mãos. Descubra como ela entrou antes de excluir o que mostra isso.",
	}, `
kubectl -n NAMESPACE get KIND NAME -o yaml > NAME.yaml
`, isolatePod(), stopImage(), shutOut()),
	On: workloadChange(),
	Where: []rule.EventCondition{
		tookEffect(),
		usesImage("suspicious-image", func(_ *rule.Action, image string) bool {
			return isMinerImage(image) || isSuspiciousImage(image)
		}),
	},
	About: []rule.EventField{rule.FieldWorkload},
	Examples: []rule.EventExample{
		{
			Name:  "a miner",
			Input: deploys(record{}, "Deployment", `{"name":"main","image":"docker.io/example/xmrig:6.21"}`, ""),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.template.spec.containers[0].image",
		},
		{
			Name:     "a distribution for attacks",
			Input:    deploys(record{}, "Pod", `{"name":"main","image":"kalilinux/kali-rolling"}`, ""),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:   "a web server",
			Input:  deploys(record{}, "Pod", plainContainer, ""),
			Want:   finding.Absent,
			Misses: "suspicious-image",
		},
		{
			Name:   "a request that was not allowed",
			Input:  deploys(record{Code: 403}, "Pod", `{"name":"main","image":"kalilinux/kali-rolling"}`, ""),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the pod",
			Input: record{Verb: "create", Resource: "pods", Namespace: "shop", Name: "web", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

// isMinerImage reports whether an image's repository is named after a miner of coins, as a word of its own: such images have
// many names, of which suspiciousImages holds the programs' own. Every workload is asked, which is too often for a regular
// expression.
func isMinerImage(image string) bool {
	name := strings.ToLower(repository(image))
	return slices.ContainsFunc(minerNames(), func(miner string) bool {
		for end := 0; ; {
			i := strings.Index(name[end:], miner)
			if i < 0 {
				return false
			}
			start := end + i
			end = start + len(miner)
			if (start == 0 || isWordEnd(name[start-1])) && (end == len(name) || isWordEnd(name[end])) {
				return true
			}
		}
	})
}

func isWordEnd(c byte) bool { return c == '/' || c == '.' || c == '_' || c == '-' }

// minerNames lists programs that mine coins, and coins; names of which one of these is a word are left out.
func minerNames() []string {
	return []string{
		"xmrig", "xmr", "minerd", "cpuminer", "ccminer", "ethminer", "nbminer", "lolminer", "phoenixminer", "t-rex-miner",
		"monero", "moneroocean", "nicehash", "cryptonight",
	}
}

// usesImage holds for a workload with an image of some kind.
func usesImage(name string, is func(a *rule.Action, image string) bool) rule.EventCondition {
	find := func(a *rule.Action) *k8s.Container {
		return containerWhere(a, func(c *k8s.Container) bool { return is(a, c.Image) })
	}
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			r, sight := a.MadeResource()
			found := find(a) != nil
			if r == nil || !found && sight == rule.SeenPart {
				return rule.Unknown(a.Unseen())
			}
			return rule.Is(found)
		},
		Show: func(a *rule.Action) []finding.RecordField {
			n, _ := a.Made()
			return showMade(a, n, find(a).Path+".image")
		},
	}
}

// containerWhere gives the first container of the workload that a request made for which something holds.
func containerWhere(a *rule.Action, holds func(c *k8s.Container) bool) *k8s.Container {
	r, _ := a.MadeResource()
	if r == nil {
		return nil
	}
	w, ok := r.Spec.(*k8s.Workload)
	if !ok {
		return nil
	}
	for i := range w.Pod.Containers {
		if c := &w.Pod.Containers[i]; c.Image != "" && holds(c) {
			return c
		}
	}
	return nil
}

// repository is an image without its tag and digest.
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		image = image[:i]
	}
	return image
}
