package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ImageMutableTag finds images whose reference names no version at all.
//
// Restricted fields:
//
//	spec.containers[*].image, spec.initContainers[*].image, spec.ephemeralContainers[*].image
//
// Allowed values: references with a digest, which binds whatever the tag beside it says, and references with
// a tag other than latest. A reference without a tag is one to latest
// (https://kubernetes.io/docs/concepts/containers/images/#image-names). Of a reference with a placeholder
// that another tool fills in ("app:${TAG}"), nothing is known.
var ImageMutableTag = rule.Rule{
	ID:         "image-mutable-tag",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		attack("T1525"), threatMatrix("MS-TA9002", "Compromised%20Image%20In%20Registry"),
		{Source: "AWS", ID: "ECR.2", URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-2"},
		kubernetesDocs("Images", "concepts/containers/images/#image-names"),
	},
	Title: lang.Text{
		EN: "Image with a mutable tag",
		ES: "Imagen con una etiqueta mutable",
		PT: "Imagem com uma tag mutável",
	},
	Why: lang.Text{
		EN: "The reference names no version: latest is whatever was pushed last. An attacker who can push to the repository replaces the image behind it, and the next pod that starts runs their code. Nobody can tell from the workload which image ran when.",
		ES: "La referencia no indica ninguna versión: latest es lo último que se publicó. Un atacante que puede publicar en el repositorio reemplaza la imagen a la que apunta, y el siguiente pod que se inicia ejecuta su código. La carga de trabajo no permite saber qué imagen se ejecutó en cada momento.",
		PT: "A referência não indica nenhuma versão: latest é o que foi publicado por último. Um invasor que consegue publicar no repositório substitui a imagem para a qual ela aponta, e o próximo pod a iniciar executa o código dele. A carga de trabalho não permite saber qual imagem foi executada em cada momento.",
	},
	Fix: steps(lang.Text{
		EN: "Name the image by version and digest\n\nResolve the tag once and write the digest into the manifest; a tool such as Renovate keeps it current. Make tags immutable in your registry, so that a version means the same image for good.",
		ES: "Nombre la imagen por su versión y su digest\n\nResuelva la etiqueta una vez y escriba el digest en el manifiesto; una herramienta como Renovate lo mantiene al día. Haga inmutables las etiquetas en su registro, para que una versión designe siempre la misma imagen.",
		PT: "Referencie a imagem pela versão e pelo digest\n\nResolva a tag uma vez e escreva o digest no manifesto; uma ferramenta como o Renovate o mantém em dia. Torne as tags imutáveis no seu registro, para que uma versão designe sempre a mesma imagem.",
	}, `
crane digest registry.example/app:1.4
aws ecr put-image-tag-mutability --repository-name NAME --image-tag-mutability IMMUTABLE
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Image]{
		In: rule.Images,
		Where: []rule.Condition[rule.Image]{
			rule.If("no-digest", func(i rule.Image) bool { return i.Ref.Digest == "" }),
			{Name: "latest", Holds: isLatest},
		},
		Show: rule.Image.Evidence,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which digest does the tag stand for in the version that you tested? Ask the registry: crane digest NAME:TAG, or docker buildx imagetools inspect NAME:TAG.",
			ES: "¿A qué digest corresponde la etiqueta en la versión que probó? Pregunte al registro: crane digest NAME:TAG, o docker buildx imagetools inspect NAME:TAG.",
			PT: "A qual digest a tag corresponde na versão que você testou? Pergunte ao registro: crane digest NAME:TAG, ou docker buildx imagetools inspect NAME:TAG.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a reference without a tag",
			Input: withImage("registry.example:5000/shop/app"),
			Want:  finding.Present,
			Path:  "$.spec.template.spec.containers[0].image",
		},
		{
			Name: "an init container of a CronJob with the tag latest",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: wait
  image: busybox:latest
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].image",
		},
		{
			Name:   "the tag latest beside a digest",
			Input:  withImage("nginx:latest@sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70"),
			Want:   finding.Absent,
			Misses: "no-digest",
		},
		{
			Name:   "a tag that names a version",
			Input:  withImage("registry.example/app:1.4"),
			Want:   finding.Absent,
			Misses: "latest",
		},
		{
			Name:  "a tag that is filled in later",
			Input: withImage("registry.example/app:${TAG}"),
			Want:  finding.Unknown,
		},
	},
}

func isLatest(_ *rule.World, i rule.Image) rule.Truth {
	if strings.ContainsAny(i.Image, "${}<>") {
		return rule.Unknown(lang.Text{
			EN: "the image's reference has a placeholder that is filled in later",
			ES: "la referencia de la imagen tiene un marcador que se completa después",
			PT: "a referência da imagem tem um marcador que é preenchido depois",
		})
	}
	return rule.Is(i.Ref.Tag == "" || i.Ref.Tag == "latest")
}
