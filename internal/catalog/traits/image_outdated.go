package traits

import (
	"iter"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ImageOutdated finds images of which a newer version is known.
//
// Restricted fields:
//
//	spec.containers[*].image, spec.initContainers[*].image, spec.ephemeralContainers[*].image
//
// Allowed values: the newest tag of its line that the inventory runs anywhere. Two tags are of one line
// where the repository, everything in them that is no number, and the major version are the same:
// 1.28.2-alpine and 1.29.0-alpine are, 1.29.0 and 1.29.0-alpine are not, nor are 15 and 16, which their
// project maintains side by side. A first number of four digits or more is a date or a build, and counts. A
// tag without a number, and one with the hash of a commit, has no line. Pods and ReplicaSets whose controller
// was read too are left out: they may be from before its last change.
//
// With a limit for the age of images, the rule needs the day on which the image was built. Neither manifests
// nor the API server tell it, so that without a newer tag the answer is unknown.
var ImageOutdated = rule.Rule{
	ID:         "image-outdated",
	Category:   finding.Vulnerability,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		nsa("Upgrading and application security practices"), attack("T1190"),
		threatMatrix("MS-TA9004", "Application%20Vulnerability"),
		kubernetesDocs("Security checklist", "concepts/security/security-checklist/#images"),
	},
	Title: lang.Text{
		EN: "Outdated image",
		ES: "Imagen desactualizada",
		PT: "Imagem desatualizada",
	},
	Why: lang.Text{
		EN: "A newer tag of the same image runs elsewhere, or the image is older than your limit. The faults that were fixed since are still in this one, and the notes of the newer release tell an attacker where to look.",
		ES: "Una etiqueta más nueva de la misma imagen se ejecuta en otro lugar, o la imagen es más antigua que su límite. Los fallos que se corrigieron desde entonces siguen en esta, y las notas de la nueva versión le dicen a un atacante dónde buscar.",
		PT: "Uma tag mais nova da mesma imagem é executada em outro lugar, ou a imagem é mais antiga que o seu limite. As falhas corrigidas desde então continuam nesta, e as notas da nova versão dizem a um invasor onde procurar.",
	},
	Fix: steps(lang.Text{
		EN: "Move to the newest tag of the image's line\n\nRoll out the tag that the evidence names, and let a tool such as Renovate or Dependabot propose the next ones. Rebuild your own images on a schedule, so that they take up the fixes in their base image.",
		ES: "Pase a la etiqueta más nueva de la línea de la imagen\n\nDespliegue la etiqueta que indica la evidencia y deje que una herramienta como Renovate o Dependabot proponga las siguientes. Reconstruya sus propias imágenes de forma periódica, para que incorporen las correcciones de su imagen base.",
		PT: "Passe para a tag mais nova da linha da imagem\n\nImplante a tag que a evidência indica e deixe que uma ferramenta como o Renovate ou o Dependabot proponha as próximas. Reconstrua suas próprias imagens periodicamente, para que incorporem as correções da imagem base.",
	}, `
kubectl set image deployment/NAME CONTAINER=registry.example/app:1.5.0
`),
	On: k8s.Workloads(),
	Check: rule.Each[agedImage]{
		In:    agedImages,
		Where: []rule.Condition[agedImage]{{Name: "newer-tag", Holds: isOutdated}},
		Show:  func(a agedImage) finding.Evidence { return a.Evidence() },
		Also: func(a agedImage) []finding.Evidence {
			if a.newer == nil {
				return nil
			}
			return []finding.Evidence{a.newer.Evidence()}
		},
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which is the newest version of the image that the program has been tested with?",
			ES: "¿Cuál es la versión más nueva de la imagen con la que se ha probado el programa?",
			PT: "Qual é a versão mais nova da imagem com a qual o programa foi testado?",
		},
	},
	Examples: imageOutdatedExamples,
}

// agedImage is an image with the newest one of its line.
type agedImage struct {
	rule.Image
	// newer is nil where none is known that is newer.
	newer *rule.Image
}

func agedImages(w *rule.World, r *inventory.Resource) iter.Seq[agedImage] {
	return func(yield func(agedImage) bool) {
		if rule.IsStamped(w, r) {
			return
		}
		for i := range rule.Images(w, r) {
			a := agedImage{Image: i}
			if newer, ok := w.NewerImage(i); ok {
				a.newer = &newer
			}
			if !yield(a) {
				return
			}
		}
	}
}

func isOutdated(w *rule.World, a agedImage) rule.Truth {
	if a.newer == nil && w.Settings.MaxImageAge > 0 {
		return rule.Unknown(lang.Text{
			EN: "when the image was built is not known, so it cannot be held against the limit",
			ES: "no se sabe cuándo se construyó la imagen, así que no se puede comparar con el límite",
			PT: "não se sabe quando a imagem foi construída, então não é possível compará-la com o limite",
		})
	}
	return rule.Is(a.newer != nil)
}

// alsoRuns gives a Pod that runs one image, beside the workload that an example is about.
func alsoRuns(reference string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata:\n  name: other\n  namespace: staging\nspec:\n  containers:\n  - name: app\n    image: " + reference + "\n"
}

var imageOutdatedExamples = []rule.Example{
	{
		Name:  "another workload runs a newer version",
		Input: documents(withImage("registry.example/app:1.9.2"), alsoRuns("registry.example/app:1.10.0")),
		Want:  finding.Present,
		Path:  "$.spec.template.spec.containers[0].image",
	},
	{
		Name: "an init container of a CronJob, by the date in its tag",
		Input: documents(cronJob(`
restartPolicy: Never
initContainers:
- name: wait
  image: registry.example/tools:20240115-slim
containers:
- name: report
  image: registry.example/report:7
`), alsoRuns("registry.example/tools:20250301-slim@sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70")),
		Want: finding.Present,
		Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].image",
	},
	{
		Name:   "a newer version with another suffix",
		Input:  documents(withImage("registry.example/app:1.9.2-alpine"), alsoRuns("registry.example/app:1.10.0")),
		Want:   finding.Absent,
		Misses: "newer-tag",
	},
	{
		Name:   "a newer version of another repository",
		Input:  documents(withImage("registry.example/app:1.9.2"), alsoRuns("registry.example/api:1.10.0")),
		Want:   finding.Absent,
		Misses: "newer-tag",
	},
	{
		Name:   "a higher major version, which is another line",
		Input:  documents(withImage("postgres:15.8"), alsoRuns("postgres:16.4")),
		Want:   finding.Absent,
		Misses: "newer-tag",
	},
	{
		Name:     "a limit for the age, and an image of which no date is known",
		Input:    withImage("registry.example/app:1.9.2"),
		Want:     finding.Unknown,
		Settings: rule.Settings{MaxImageAge: 90 * 24 * time.Hour},
	},
}
