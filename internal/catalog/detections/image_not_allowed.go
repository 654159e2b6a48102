package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ImageNotAllowed finds workloads with an image that is not on the list of allowed ones; an entry may name an image with
// or without its tag. Without a list it finds nothing.
var ImageNotAllowed = rule.Detection{
	Type:       "Policy:Kubernetes/ImageNotAllowed",
	Origin:     rule.Ours,
	Severity:   finding.SeverityMedium,
	References: []rule.Reference{attack("T1610"), attack("T1204.003"), threatMatrix("MS-TA9008", "New%20Container")},
	Title: lang.Text{
		EN: "Image that is not on the list started",
		ES: "Imagen iniciada que no figura en la lista",
		PT: "Imagem iniciada que não consta da lista",
	},
	Why: lang.Text{
		EN: "You listed the images that may run, and this one is not among them: nobody scanned it, and nobody vouches for it.",
		ES: "Usted indicó las imágenes que se pueden ejecutar y esta no está entre ellas: nadie la analizó y nadie responde por ella.",
		PT: "Você indicou as imagens que podem ser executadas e esta não está entre elas: ninguém a analisou e ninguém responde por ela.",
	},
	Fix: fix(lang.Text{
		EN: "Add the image to the list, or remove the workload\n\nAn admission policy keeps such images out before they run.",
		ES: "Añada la imagen a la lista o elimine la carga de trabajo\n\nUna política de admisión impide que esas imágenes lleguen a ejecutarse.",
		PT: "Adicione a imagem à lista ou remova a carga de trabalho\n\nUma política de admissão impede que essas imagens cheguem a ser executadas.",
	}, `
kubectl -n NAMESPACE get KIND NAME -o yaml > NAME.yaml
kubectl -n NAMESPACE delete KIND NAME
`, stopImage(), shutOut()),
	On: workloadChange(),
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", kubelet, eksAddOns),
		imageNotOnList(),
	},
	About: []rule.EventField{rule.FieldWorkload},
	Examples: []rule.EventExample{
		{
			Name:  "an image that is not on the list",
			Input: deploys(record{}, "Deployment", `{"name":"main","image":"docker.io/library/nginx:1.27"}`, ""),
			Allow: map[string]string{"images": "registry.example/*"},
			Want:  finding.Present,
			Path:  "$.requestObject.spec.template.spec.containers[0].image",
		},
		{
			Name:   "an image that is",
			Input:  deploys(record{}, "Deployment", plainContainer, ""),
			Allow:  map[string]string{"images": "registry.example/web"},
			Want:   finding.Absent,
			Misses: "not-on-list",
		},
		{
			Name:   "EKS installs an add-on",
			Input:  deploys(record{User: "eks:addon-manager", UserAgent: "Go-http-client/2.0"}, "DaemonSet", plainContainer, ""),
			Allow:  map[string]string{"images": "other.example/*"},
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  deploys(record{Code: 403}, "Pod", plainContainer, ""),
			Allow:  map[string]string{"images": "other.example/*"},
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the pod",
			Input: record{Verb: "create", Resource: "pods", Namespace: "shop", Name: "web", Code: 201}.String(),
			Allow: map[string]string{"images": "other.example/*"},
			Want:  finding.Unknown,
		},
	},
}

// imageNotOnList holds for a workload with an image that is not on the list; where there is none, nothing is unknown.
func imageNotOnList() rule.EventCondition {
	c := usesImage("not-on-list", func(a *rule.Action, image string) bool {
		return !a.Around.Images.Allows(image) && !a.Around.Images.Allows(repository(image))
	})
	whereListed := c.Holds
	c.Holds = func(a *rule.Action) rule.Truth {
		if a.Around.Images == nil {
			return rule.Is(false)
		}
		return whereListed(a)
	}
	return c
}
