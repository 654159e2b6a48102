package traits

import (
	"path"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ImageUntrustedRegistry finds images that come from a registry that the user does not trust.
//
// Restricted fields:
//
//	spec.containers[*].image, spec.initContainers[*].image, spec.ephemeralContainers[*].image
//
// Allowed values: references to the registries, and paths in registries, that the user named. A reference
// without a registry is one to docker.io, and one without a path to docker.io/library, as for the container
// runtimes (https://kubernetes.io/docs/concepts/containers/images/#image-names). Without a list of
// trusted registries the rule is not assessed.
var ImageUntrustedRegistry = rule.Rule{
	ID:         "image-untrusted-registry",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cis("5.5.1"), attack("T1195.002"), attack("T1204.003"),
		threatMatrix("MS-TA9002", "Compromised%20Image%20In%20Registry"),
	},
	Title: lang.Text{
		EN: "Image from an untrusted registry",
		ES: "Imagen de un registro que no es de confianza",
		PT: "Imagem de um registro não confiável",
	},
	Why: lang.Text{
		EN: "The image comes from a registry outside the trusted list, so nobody here decides what it holds. An attacker who takes over the publisher's account, or registers a name that looks like it, runs code in this pod with everything that the pod may do.",
		ES: "La imagen viene de un registro que no está en la lista de confianza, así que aquí nadie decide qué contiene. Un atacante que se apodera de la cuenta de quien la publica, o que registra un nombre parecido, ejecuta código en este pod con todo lo que el pod puede hacer.",
		PT: "A imagem vem de um registro fora da lista de confiança, então ninguém aqui decide o que ela contém. Um invasor que assume o controle da conta de quem a publica, ou que registra um nome parecido, executa código neste pod com tudo o que o pod pode fazer.",
	},
	Fix: steps(lang.Text{
		EN: "Pull the image from a trusted registry, by digest\n\nCopy the image to a registry of yours, scan it there, and name it by digest. Amazon ECR can mirror a public registry with a pull through cache rule. Then refuse other registries at admission.",
		ES: "Descargue la imagen de un registro de confianza, por digest\n\nCopie la imagen a un registro propio, analícela ahí y haga referencia a ella por su digest. Amazon ECR puede replicar un registro público con una regla de caché de extracción. Después, rechace los demás registros en la admisión.",
		PT: "Baixe a imagem de um registro confiável, pelo digest\n\nCopie a imagem para um registro próprio, analise-a ali e faça referência a ela pelo digest. O Amazon ECR pode espelhar um registro público com uma regra de cache de pull-through. Depois, recuse os demais registros na admissão.",
	}, `
crane copy docker.io/library/nginx:1.29 111122223333.dkr.ecr.us-east-1.amazonaws.com/nginx:1.29
crane digest 111122223333.dkr.ecr.us-east-1.amazonaws.com/nginx:1.29
`),
	On:    k8s.Workloads(),
	Needs: []rule.Fact{rule.TrustedRegistries},
	Check: rule.Each[rule.Container]{
		In: rule.Containers,
		Where: []rule.Condition[rule.Container]{
			rule.If("has-image", func(c rule.Container) bool { return c.Image != "" }),
			{Name: "untrusted", Holds: func(w *rule.World, c rule.Container) rule.Truth {
				return rule.Is(!isTrusted(c.Image, w.Settings.TrustedRegistries))
			}},
		},
		Show: func(c rule.Container) finding.Evidence { return c.Evidence("image", c.Image) },
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which of your registries holds this image, or may hold a copy of it?",
			ES: "¿Cuál de sus registros tiene esta imagen, o puede tener una copia de ella?",
			PT: "Qual dos seus registros tem esta imagem, ou pode ter uma cópia dela?",
		},
	},
	Examples: imageUntrustedRegistryExamples,
}

// isTrusted reports whether an image reference lies in one of the trusted places. A place is a registry
// ("ghcr.io"), or a path in one ("ghcr.io/acme", which is not "ghcr.io/acme-labs"). In the registry's name
// "*" stands for any characters of one label, as in the names of registries that the kubelet reads
// (https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/#configure-image-matching).
func isTrusted(image string, trusted []string) bool {
	ref := rule.ParseImage(image)
	for _, entry := range trusted {
		host, folder, _ := strings.Cut(cleanTrusted(entry), "/")
		if matchRegistry(rule.CanonicalRegistry(host), ref.Registry) && (folder == "" || isWithin(ref.Repository, folder)) {
			return true
		}
	}
	return false
}

// cleanTrusted takes away what people add to a registry's name out of habit.
func cleanTrusted(entry string) string {
	entry = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(entry), "https://"), "http://")
	return strings.TrimSuffix(strings.TrimSuffix(entry, "/*"), "/")
}

// matchRegistry compares the labels of two registry names, the port included in the last one.
func matchRegistry(pattern, registry string) bool {
	want, have := strings.Split(pattern, "."), strings.Split(registry, ".")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if ok, _ := path.Match(want[i], have[i]); !ok { // A pattern that is broken matches nothing.
			return false
		}
	}
	return true
}

// exampleRegistries are those that the examples trust.
var exampleRegistries = rule.Settings{TrustedRegistries: []string{"ghcr.io/acme", "*.dkr.ecr.us-east-1.amazonaws.com"}}

// withImage gives a Deployment that runs one image.
func withImage(reference string) string {
	return deployment("containers:\n- name: app\n  image: " + reference + "\n")
}

var imageUntrustedRegistryExamples = []rule.Example{
	{
		Name:     "an image of Docker Hub, which the reference does not name",
		Input:    withImage("nginx:1.29"),
		Want:     finding.Present,
		Path:     "$.spec.template.spec.containers[0].image",
		Settings: exampleRegistries,
	},
	{
		Name:     "a path that only begins like the trusted one",
		Input:    withImage("ghcr.io/acme-labs/app@sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70"),
		Want:     finding.Present,
		Path:     "$.spec.template.spec.containers[0].image",
		Settings: exampleRegistries,
	},
	{
		Name: "an init container of a CronJob",
		Input: cronJob(`
restartPolicy: Never
initContainers:
- name: wait
  image: quay.example:5000/tools/wait:2
containers:
- name: report
  image: ghcr.io/acme/report:7
`),
		Want:     finding.Present,
		Path:     "$.spec.jobTemplate.spec.template.spec.initContainers[0].image",
		Settings: exampleRegistries,
	},
	{
		Name:     "a registry that a wildcard covers",
		Input:    withImage("111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/app:1.4"),
		Want:     finding.Absent,
		Misses:   "untrusted",
		Settings: exampleRegistries,
	},
	{
		Name:     "a template whose image is filled in later",
		Input:    deployment("containers:\n- name: app\n"),
		Want:     finding.Absent,
		Misses:   "has-image",
		Settings: exampleRegistries,
	},
	{
		Name:  "no registry is trusted, as none was named",
		Input: withImage("nginx:1.29"),
		Want:  finding.Unknown,
	},
}
