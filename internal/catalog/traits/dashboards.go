package traits

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/rule"
)

// product is a dashboard or control interface that images tell.
type product struct {
	name string
	// images lists repositories, each in any registry ("grafana/grafana", mirrors included) or, where the
	// first part has a dot, in that one.
	images []string
	// login says that the product asks who is there unless it is told not to.
	login bool
}

// products lists the dashboards and control interfaces that Merlon knows, with what their projects say about
// who may use them.
func products() []product { return slices.Concat(openProducts(), productsWithLogin()) }

// openProducts lists those that ask nobody who they are by default.
func openProducts() []product {
	return []product{
		// https://v2.helm.sh/docs/securing_installation/
		{"Tiller", []string{"kubernetes-helm/tiller", "helm/tiller"}, false},
		// https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
		{"etcd", []string{
			"registry.k8s.io/etcd", "k8s.gcr.io/etcd", "google_containers/etcd", "google_containers/etcd-amd64",
			"coreos/etcd", "etcd-development/etcd", "etcd-io/etcd",
		}, false},
		// https://distribution.github.io/distribution/about/deploying/#restricting-access
		{"registry", []string{"library/registry", "distribution/distribution"}, false},
		// https://github.com/weaveworks/scope#security
		{"Weave Scope", []string{"weaveworks/scope"}, false},
		// https://prometheus.io/docs/operating/security/
		{"Prometheus", []string{"prom/prometheus", "prometheus/prometheus", "bitnami/prometheus", "bitnamilegacy/prometheus"}, false},
		{"Alertmanager", []string{"prom/alertmanager", "prometheus/alertmanager", "bitnami/alertmanager", "bitnamilegacy/alertmanager"}, false},
		{"Pushgateway", []string{"prom/pushgateway", "prometheus/pushgateway"}, false},
		// https://docs.cilium.io/en/stable/observability/hubble/hubble-ui/
		{"Hubble UI", []string{"cilium/hubble-ui"}, false},
		// https://longhorn.io/docs/latest/deploy/accessing-the-ui/longhorn-ingress/
		{"Longhorn UI", []string{"longhornio/longhorn-ui"}, false},
		// https://www.jaegertracing.io/docs/latest/
		{"Jaeger", []string{"jaegertracing/all-in-one", "jaegertracing/jaeger-query", "jaegertracing/jaeger"}, false},
		// https://github.com/google/cadvisor/blob/master/docs/web.md
		{"cAdvisor", []string{"cadvisor/cadvisor", "google/cadvisor"}, false},
		// https://codeberg.org/hjacobs/kube-ops-view
		{"Kubernetes Operational View", []string{"hjacobs/kube-ops-view"}, false},
		// https://docs.ray.io/en/latest/ray-security/index.html
		{"Ray", []string{"rayproject/ray", "rayproject/ray-ml"}, false},
	}
}

// productsWithLogin lists those that have a sign-in: what is left to an attacker are weak and default
// passwords, and the weaknesses of the product before the sign-in.
func productsWithLogin() []product {
	return []product{
		// https://github.com/kubernetes/dashboard/blob/master/docs/user/access-control/README.md
		{"Kubernetes Dashboard", []string{
			"kubernetesui/dashboard", "kubernetesui/dashboard-web", "kubernetesui/dashboard-api", "kubernetesui/dashboard-auth",
			"kubernetes-dashboard-amd64",
		}, true},
		// https://www.kubeflow.org/docs/components/central-dash/overview/
		{"Kubeflow", []string{
			"kubeflownotebookswg/centraldashboard", "kubeflow-images-public/centraldashboard", "kubeflow/kubeflow/central-dashboard",
		}, true},
		// https://argo-cd.readthedocs.io/en/stable/operator-manual/security/
		{"Argo CD", []string{"argoproj/argocd", "bitnami/argo-cd", "bitnamilegacy/argo-cd"}, true},
		// https://argo-workflows.readthedocs.io/en/latest/argo-server-auth-mode/
		{"Argo Workflows", []string{"argoproj/argocli"}, true},
		// https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/
		{"Grafana", []string{
			"grafana/grafana", "grafana/grafana-oss", "grafana/grafana-enterprise", "bitnami/grafana", "bitnamilegacy/grafana",
		}, true},
		// https://www.jenkins.io/doc/book/security/
		{"Jenkins", []string{"jenkins/jenkins", "library/jenkins", "bitnami/jenkins", "bitnamilegacy/jenkins"}, true},
		// https://kiali.io/docs/configuration/authentication/
		{"Kiali", []string{"kiali/kiali"}, true},
		// https://www.elastic.co/docs/deploy-manage/security
		{"Kibana", []string{"kibana/kibana", "library/kibana"}, true},
		// https://headlamp.dev/docs/latest/installation/
		{"Headlamp", []string{"headlamp-k8s/headlamp"}, true},
		// https://ranchermanager.docs.rancher.com/
		{"Rancher", []string{"rancher/rancher"}, true},
		// https://docs.portainer.io/
		{"Portainer", []string{"portainer/portainer", "portainer/portainer-ce", "portainer/portainer-ee"}, true},
		// https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Exposed%20sensitive%20interfaces/
		{"Apache NiFi", []string{"apache/nifi"}, true},
	}
}

// productOf finds the product of an image.
func productOf(image string) (product, bool) {
	ref := rule.ParseImage(image)
	for _, p := range products() {
		for _, repository := range p.images {
			if repository == ref.Repository || strings.HasSuffix(ref.Repository, "/"+repository) || repository == ref.Registry+"/"+ref.Repository {
				return p, true
			}
		}
	}
	return product{}, false
}
