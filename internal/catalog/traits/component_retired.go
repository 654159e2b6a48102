package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ComponentRetired finds components whose project has ended, so that nobody fixes them any more.
//
// Restricted fields:
//
//	spec.containers[*].image, spec.initContainers[*].image, spec.ephemeralContainers[*].image
//
// Allowed values: every image but those in [retiredProjects], from whatever registry: a copy keeps the end of
// the path. Of a fork that somebody maintains the path ends differently, and it is not counted.
var ComponentRetired = rule.Rule{
	ID:         "component-retired",
	Category:   finding.Vulnerability,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		nsa("Upgrading and application security practices"), attack("T1190"),
		threatMatrix("MS-TA9004", "Application%20Vulnerability"),
		{Source: "Kubernetes", ID: "Ingress NGINX Retirement", URL: "https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/"},
		{Source: "Kubernetes", ID: "Kubernetes Dashboard", URL: "https://github.com/kubernetes-retired/dashboard"},
	},
	Title: lang.Text{
		EN: "Component whose project has ended",
		ES: "Componente de un proyecto que terminó",
		PT: "Componente de um projeto encerrado",
	},
	Why: lang.Text{
		EN: "The project behind this image has ended, and nobody fixes the next vulnerability in it. An attacker who finds one, or reads about it, can use it for as long as the component runs.",
		ES: "El proyecto de esta imagen terminó, y nadie corrige la próxima vulnerabilidad que aparezca en ella. Un atacante que encuentre una, o lea sobre ella, puede usarla mientras el componente siga en ejecución.",
		PT: "O projeto desta imagem foi encerrado, e ninguém corrige a próxima vulnerabilidade que surgir nela. Um invasor que encontre uma, ou leia sobre ela, pode usá-la enquanto o componente continuar em execução.",
	},
	Fix: lang.Text{
		EN: "Replace the component by one that is maintained\n\nThe evidence names the project, the day on which it ended and where it says so. Move from Ingress NGINX to an implementation of the Gateway API, from Kubernetes Dashboard to Headlamp, from Grafana Agent and Promtail to Grafana Alloy, from Kubernetes External Secrets to the External Secrets Operator, from Flux 1 to Flux 2, from Tiller to a Helm that runs nothing in the cluster, and from Heapster to metrics-server. Until then keep the component away from the internet and give its service account few permissions.",
		ES: "Reemplace el componente por uno que tenga mantenimiento\n\nLa evidencia indica el proyecto, el día en que terminó y dónde lo anuncia. Pase de Ingress NGINX a una implementación de la Gateway API, de Kubernetes Dashboard a Headlamp, de Grafana Agent y Promtail a Grafana Alloy, de Kubernetes External Secrets al External Secrets Operator, de Flux 1 a Flux 2, de Tiller a un Helm que no ejecuta nada en el clúster y de Heapster a metrics-server. Mientras tanto, mantenga el componente fuera del alcance de internet y dé pocos permisos a su cuenta de servicio.",
		PT: "Substitua o componente por um que tenha manutenção\n\nA evidência indica o projeto, o dia em que foi encerrado e onde isso é anunciado. Passe do Ingress NGINX para uma implementação da Gateway API, do Kubernetes Dashboard para o Headlamp, do Grafana Agent e do Promtail para o Grafana Alloy, do Kubernetes External Secrets para o External Secrets Operator, do Flux 1 para o Flux 2, do Tiller para um Helm que não executa nada no cluster e do Heapster para o metrics-server. Até lá, mantenha o componente fora do alcance da internet e dê poucas permissões à sua conta de serviço.",
	},
	On: k8s.Workloads(),
	Check: rule.Each[projectImage]{
		In: projectImages,
		Where: []rule.Condition[projectImage]{
			rule.If("retired", func(p projectImage) bool { return p.retired }),
		},
		Show: func(p projectImage) finding.Evidence { return p.Evidence() },
		Also: func(p projectImage) []finding.Evidence {
			e := p.Evidence()
			e.Value = p.project.name + ", " + p.project.ended + ", " + p.project.source
			return []finding.Evidence{e}
		},
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which project has taken its place, and what has to move over?",
			ES: "¿Qué proyecto ha tomado su lugar y qué hay que trasladar?",
			PT: "Qual projeto tomou o seu lugar e o que precisa ser migrado?",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "the controller of Ingress NGINX",
			Input: withImage("registry.k8s.io/ingress-nginx/controller:v1.14.1"),
			Want:  finding.Present,
			Path:  "$.spec.template.spec.containers[0].image",
		},
		{
			Name:  "Kubernetes Dashboard from a registry of one's own",
			Input: withImage("111122223333.dkr.ecr.us-east-1.amazonaws.com/mirror/kubernetesui/dashboard:v2.7.0"),
			Want:  finding.Present,
			Path:  "$.spec.template.spec.containers[0].image",
		},
		{
			Name: "an init container of a CronJob that builds with kaniko",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: build
  image: gcr.io/kaniko-project/executor:v1.23.2
containers:
- name: report
  image: registry.example/report:7
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].image",
		},
		{
			Name:   "the ingress controller of NGINX itself, which is another project",
			Input:  withImage("nginx/nginx-ingress:5.2.1"),
			Want:   finding.Absent,
			Misses: "retired",
		},
		{
			Name:   "a fork of Weave Net that is maintained",
			Input:  withImage("rajchaudhuri/weave-kube:2.9.0"),
			Want:   finding.Absent,
			Misses: "retired",
		},
	},
}

// projectImage is an image with the project that it belongs to, where that has ended.
type projectImage struct {
	rule.Image
	project retiredProject
	retired bool
}

func projectImages(w *rule.World, r *inventory.Resource) iter.Seq[projectImage] {
	return func(yield func(projectImage) bool) {
		for i := range rule.Images(w, r) {
			p, ok := retired(i.Ref)
			if !yield(projectImage{i, p, ok}) {
				return
			}
		}
	}
}
