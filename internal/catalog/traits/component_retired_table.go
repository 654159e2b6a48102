package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/rule"
)

// retiredProject is one project that has ended, as it says itself.
type retiredProject struct {
	name string
	// ended is the day from which on nothing is fixed any more: that of the announcement's choice, or that on
	// which the repository was archived.
	ended  string
	source string
	// images lists the repositories of its images. A copy in another registry has a path that ends the same.
	images []string
}

// retiredProjects lists the projects, the last to end first, as of 2026-11-21.
func retiredProjects() []retiredProject {
	return []retiredProject{
		{
			"Ingress NGINX", "2026-03-24", "https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/",
			[]string{
				"ingress-nginx/controller", "ingress-nginx/controller-chroot", "ingress-nginx/kube-webhook-certgen",
				"kubernetes-ingress-controller/nginx-ingress-controller",
			},
		},
		{"Promtail", "2026-03-02", "https://grafana.com/docs/loki/latest/send-data/promtail/", []string{"grafana/promtail"}},
		{
			"Kubernetes Dashboard", "2026-01-21", "https://github.com/kubernetes-retired/dashboard",
			[]string{
				"kubernetesui/dashboard", "kubernetesui/dashboard-api", "kubernetesui/dashboard-auth", "kubernetesui/dashboard-web",
				"kubernetesui/dashboard-metrics-scraper", "kubernetesui/metrics-scraper", "kubernetes-dashboard-amd64",
			},
		},
		{"Grafana Agent", "2025-11-01", "https://grafana.com/docs/agent/latest/", []string{"grafana/agent", "grafana/agent-operator"}},
		{"Kubeapps", "2025-08-25", "https://github.com/vmware-tanzu/kubeapps", []string{"bitnami/kubeapps-apis", "bitnami/kubeapps-dashboard"}},
		{"kaniko", "2025-06-03", "https://github.com/GoogleContainerTools/kaniko", []string{"kaniko-project/executor", "kaniko-project/warmer"}},
		{"Weave Net", "2024-06-20", "https://github.com/weaveworks/weave", []string{"weaveworks/weave-kube", "weaveworks/weave-npc"}},
		{"KubeFed", "2023-04-25", "https://github.com/kubernetes-retired/kubefed", []string{"kubernetes-multicluster/kubefed"}},
		{"Flux 1", "2022-11-01", "https://github.com/fluxcd/flux", []string{"fluxcd/flux", "weaveworks/flux"}},
		{"Flux Helm Operator", "2022-11-01", "https://github.com/fluxcd/helm-operator", []string{"fluxcd/helm-operator"}},
		{
			"Kubernetes External Secrets", "2022-07-26", "https://github.com/external-secrets/kubernetes-external-secrets",
			[]string{"external-secrets/kubernetes-external-secrets", "godaddy/kubernetes-external-secrets"},
		},
		{
			"Helm 2 (Tiller)", "2020-11-13", "https://helm.sh/blog/2019-10-22-helm-2150-released/#helm-2-support-plan",
			[]string{"helm/tiller", "kubernetes-helm/tiller"},
		},
		{"Heapster", "2018-12-01", "https://github.com/kubernetes-retired/heapster", []string{"heapster", "heapster-amd64"}},
	}
}

// retired finds the project that an image belongs to.
func retired(ref rule.ImageRef) (p retiredProject, ok bool) {
	for _, p := range retiredProjects() {
		for _, image := range p.images {
			if ref.Repository == image || strings.HasSuffix(ref.Repository, "/"+image) {
				return p, true
			}
		}
	}
	return retiredProject{}, false
}
