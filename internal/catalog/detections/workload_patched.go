package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// WorkloadPatched finds patches that give a running workload another image or a container more: how a sidecar is slipped
// in, and also how most releases are rolled out. The record of a patch does not hold the image of before, so the two
// cannot be told apart; what is unusual is that a pod itself is patched, or a workload of kube-system.
var WorkloadPatched = rule.Detection{
	Type:     "Persistence:Kubernetes/WorkloadPatched",
	Origin:   rule.Ours,
	Severity: finding.SeverityInformational,
	Grade: func(a *rule.Action) finding.Severity {
		if a.Object.Resource == "pods" || a.Object.Namespace == "kube-system" {
			return finding.SeverityLow
		}
		return finding.SeverityInformational
	},
	References: []rule.Reference{attack("T1525"), attack("T1543.005"), threatMatrix("MS-TA9011", "Sidecar%20Injection"), threatMatrix("MS-TA9012", "Backdoor%20container")},
	Title: lang.Text{
		EN: "Image or container of a running workload patched",
		ES: "Carga de trabajo en ejecución: imagen o contenedor cambiado",
		PT: "Carga de trabalho em execução: imagem ou contêiner trocado",
	},
	Why: lang.Text{
		EN: "A new image or a second container in a workload that everybody knows runs with its service account, its secrets and its place in the network, and nobody looks at it again.",
		ES: "Una imagen nueva o un segundo contenedor en una carga de trabajo que todos conocen se ejecuta con su cuenta de servicio, sus secretos y su lugar en la red, y nadie vuelve a mirarlo.",
		PT: "Uma imagem nova ou um segundo contêiner em uma carga de trabalho que todos conhecem é executado com a sua conta de serviço, seus segredos e seu lugar na rede, e ninguém olha de novo.",
	},
	Fix: fix(lang.Text{
		EN: "Compare the workload with its source\n\nIf a release was rolled out, the image stands in your repository too. If not, roll back, and look at what the pods of the new revision did.",
		ES: "Compare la carga de trabajo con su origen\n\nSi se desplegó una versión, la imagen también está en su repositorio. Si no, vuelva a la revisión anterior y mire qué hicieron los pods de la nueva.",
		PT: "Compare a carga de trabalho com a origem\n\nSe uma versão foi implantada, a imagem também está no seu repositório. Se não, volte à revisão anterior e veja o que fizeram os pods da nova.",
	}, `
kubectl -n NAMESPACE rollout history deployment NAME
kubectl -n NAMESPACE rollout undo deployment NAME
`, ifStolen(), except()),
	On: []rule.Selector{{Verbs: []string{"update", "patch"}, Resources: workloads()}},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", controllers, kubelet, eksAddOns),
		{Name: "sets-image", Holds: setsImage, Show: func(a *rule.Action) []finding.RecordField {
			if path := imagePath(a.Sent()); path != "" {
				return field("$.requestObject"+path[1:], a.Sent().Lookup(path).Text())
			}
			return nil
		}},
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldWorkload},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl set image",
			Input: patchWorkload(record{}, "deployments.apps", `{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"main"}],"containers":[{"image":"registry.example/other:9.9","name":"main"}]}}}}`),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.template.spec.containers[0].image",
		},
		{
			Name:  "a container added by a JSON patch",
			Input: patchWorkload(record{}, "deployments.apps", `[{"op":"add","path":"/spec/template/spec/containers/-","value":{"name":"side","image":"registry.example/side:1.0"}}]`),
			Want:  finding.Present,
			Path:  "$.requestObject[0].path",
		},
		{
			Name:     "the image of a running pod",
			Input:    patchWorkload(record{}, "pods", `{"spec":{"containers":[{"image":"registry.example/other:9.9","name":"main"}]}}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name:  "a workload written whole",
			Input: deploys(record{Verb: "update", Code: 200}, "Deployment", plainContainer, ""),
			Want:  finding.Unknown,
		},
		{
			Name:  "a patch that was not recorded",
			Input: patchWorkload(record{}, "deployments.apps", ""),
			Want:  finding.Unknown,
		},
		{
			Name:   "more replicas",
			Input:  patchWorkload(record{}, "deployments.apps", `{"spec":{"replicas":3}}`),
			Want:   finding.Absent,
			Misses: "sets-image",
		},
		{
			Name:   "EKS brings an add-on up to date",
			Input:  patchWorkload(record{User: "eks:addon-manager", UserAgent: "Go-http-client/2.0"}, "deployments.apps", `{"spec":{"template":{"spec":{"containers":[{"image":"registry.example/coredns:2","name":"coredns"}]}}}}`),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  patchWorkload(record{Code: 403}, "deployments.apps", `{"spec":{"template":{"spec":{"containers":[{"image":"registry.example/other:9.9","name":"main"}]}}}}`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}

// setsImage tells whether a patch sets an image. A workload written whole, or applied by the server, does not show which
// image is new; one that was made by it (201) was not running before.
func setsImage(a *rule.Action) rule.Truth {
	body := a.Sent()
	switch {
	case a.Code == 201:
		return rule.Is(false)
	case !body.Exists() || body.Kind() == tree.Null:
		return rule.Unknown(a.Unseen())
	case imagePath(body) == "":
		return rule.Is(false)
	case body.Get("kind").Exists():
		return rule.Unknown(oldUnseen())
	}
	return rule.Is(true)
}

// imagePath gives the JSONPath in a patch of the first image that it sets; "" for none.
func imagePath(patch tree.Node) string {
	if patch.Kind() == tree.List { // A JSON patch.
		i := 0
		for operation := range patch.All() {
			path := operation.Get("path").Text()
			isContainer := strings.Contains(path, "/containers") || strings.Contains(path, "/initContainers")
			if isContainer && (strings.HasSuffix(path, "/image") || operation.Get("value", "image").Exists() || operation.Get("value").Kind() == tree.List) {
				return tree.PathIndex("$", i) + ".path"
			}
			i++
		}
		return ""
	}
	for _, above := range []string{"$.spec", "$.spec.template.spec", "$.spec.jobTemplate.spec.template.spec"} {
		for _, list := range []string{".containers", ".initContainers"} {
			i := 0
			for c := range patch.Lookup(above + list).All() {
				if c.Get("image").Exists() {
					return tree.PathIndex(above+list, i) + ".image"
				}
				i++
			}
		}
	}
	return ""
}

func patchWorkload(r record, resource, patch string) string {
	r.Verb, r.Resource, r.Namespace, r.Name, r.Request = "patch", resource, "shop", "web", patch
	return r.String()
}
