package traits

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// The lists of the catalogue, each asked for what people run: references as manifests have them, not the
// entries as the lists have them. An entry that nothing here needs can go.

func TestKnownDashboards(t *testing.T) {
	for product, images := range map[string]string{
		"Tiller":                      "gcr.io/kubernetes-helm/tiller:v2.17.0 ghcr.io/helm/tiller:v2.17.0",
		"etcd":                        "registry.k8s.io/etcd:3.6.5-0 k8s.gcr.io/etcd:3.5.1-0 gcr.io/google_containers/etcd:3.0.17 gcr.io/google_containers/etcd-amd64:3.1.12 quay.io/coreos/etcd:v3.5.21 gcr.io/etcd-development/etcd:v3.6.5 ghcr.io/etcd-io/etcd:v3.5.0",
		"registry":                    "registry:3 docker.io/distribution/distribution:3.0.0",
		"Weave Scope":                 "docker.io/weaveworks/scope:1.13.2",
		"Prometheus":                  "prom/prometheus:v3.7.3 quay.io/prometheus/prometheus:v3.7.3 docker.io/bitnami/prometheus:3 docker.io/bitnamilegacy/prometheus:3",
		"Alertmanager":                "prom/alertmanager:v0.28.1 quay.io/prometheus/alertmanager:v0.28.1 bitnami/alertmanager:0.28 bitnamilegacy/alertmanager:0.28",
		"Pushgateway":                 "prom/pushgateway:v1.11.1 quay.io/prometheus/pushgateway:v1.11.1",
		"Hubble UI":                   "quay.io/cilium/hubble-ui:v0.13.3",
		"Longhorn UI":                 "longhornio/longhorn-ui:v1.10.0",
		"Jaeger":                      "jaegertracing/all-in-one:1.74.0 jaegertracing/jaeger-query:1.74.0 cr.jaegertracing.io/jaegertracing/jaeger:2.11.0",
		"cAdvisor":                    "gcr.io/cadvisor/cadvisor:v0.52.1 google/cadvisor:v0.33.0",
		"Kubernetes Operational View": "hjacobs/kube-ops-view:23.5.0",
		"Ray":                         "rayproject/ray:2.50.0 rayproject/ray-ml:2.9.0",
	} {
		wantProduct(t, product, images, false)
	}
	for product, images := range map[string]string{
		"Kubernetes Dashboard": "kubernetesui/dashboard:v2.7.0 kubernetesui/dashboard-web:1.7.0 kubernetesui/dashboard-api:1.14.0 kubernetesui/dashboard-auth:1.4.0 k8s.gcr.io/kubernetes-dashboard-amd64:v1.10.1 gcr.io/google_containers/kubernetes-dashboard-amd64:v1.8.3",
		"Kubeflow":             "docker.io/kubeflownotebookswg/centraldashboard:v1.9.2 gcr.io/kubeflow-images-public/centraldashboard:v1 ghcr.io/kubeflow/kubeflow/central-dashboard:v1.10.0",
		"Argo CD":              "quay.io/argoproj/argocd:v3.2.0 bitnami/argo-cd:3 bitnamilegacy/argo-cd:3",
		"Argo Workflows":       "quay.io/argoproj/argocli:v3.7.3",
		"Grafana":              "grafana/grafana:12.2.1 grafana/grafana-oss:12.2.1 grafana/grafana-enterprise:12.2.1 bitnami/grafana:12 bitnamilegacy/grafana:12",
		"Jenkins":              "jenkins/jenkins:2.528.1-lts jenkins:2.60.3 bitnami/jenkins:2 bitnamilegacy/jenkins:2",
		"Kiali":                "quay.io/kiali/kiali:v2.17",
		"Kibana":               "docker.elastic.co/kibana/kibana:9.2.0 kibana:8.19.0",
		"Headlamp":             "ghcr.io/headlamp-k8s/headlamp:v0.37.0",
		"Rancher":              "rancher/rancher:v2.12.3",
		"Portainer":            "portainer/portainer:1.25.0 portainer/portainer-ce:2.33.3 portainer/portainer-ee:2.33.3",
		"Apache NiFi":          "apache/nifi:2.6.0",
	} {
		wantProduct(t, product, images, true)
	}
}

func wantProduct(t *testing.T, name, images string, login bool) {
	t.Helper()
	for _, image := range strings.Fields(images) {
		if p, ok := productOf(image); !ok || p.name != name || p.login != login {
			t.Errorf("%s is %q with login %v, want %s with %v", image, p.name, p.login, name, login)
		}
	}
}

func TestKnownRetiredProjects(t *testing.T) {
	for project, images := range map[string]string{
		"Ingress NGINX":               "registry.k8s.io/ingress-nginx/controller:v1.13.3 registry.k8s.io/ingress-nginx/controller-chroot:v1.13.3 registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.6.3 quay.io/kubernetes-ingress-controller/nginx-ingress-controller:0.33.0",
		"Promtail":                    "grafana/promtail:3.5.0",
		"Kubernetes Dashboard":        "kubernetesui/dashboard:v2.7.0 kubernetesui/dashboard-api:1.14.0 kubernetesui/dashboard-auth:1.4.0 kubernetesui/dashboard-web:1.7.0 kubernetesui/dashboard-metrics-scraper:1.2.2 kubernetesui/metrics-scraper:v1.0.8 k8s.gcr.io/kubernetes-dashboard-amd64:v1.10.1",
		"Grafana Agent":               "grafana/agent:v0.44.2 grafana/agent-operator:v0.44.2",
		"Kubeapps":                    "bitnami/kubeapps-apis:2 bitnami/kubeapps-dashboard:2",
		"kaniko":                      "gcr.io/kaniko-project/executor:v1.24.0 gcr.io/kaniko-project/warmer:v1.24.0",
		"Weave Net":                   "weaveworks/weave-kube:2.8.1 weaveworks/weave-npc:2.8.1",
		"KubeFed":                     "quay.io/kubernetes-multicluster/kubefed:v0.10.0",
		"Flux 1":                      "fluxcd/flux:1.25.4 weaveworks/flux:1.8.1",
		"Flux Helm Operator":          "fluxcd/helm-operator:1.4.4",
		"Kubernetes External Secrets": "ghcr.io/external-secrets/kubernetes-external-secrets:8.5.5 godaddy/kubernetes-external-secrets:5.2.0",
		"Helm 2 (Tiller)":             "ghcr.io/helm/tiller:v2.17.0 gcr.io/kubernetes-helm/tiller:v2.16.12",
		"Heapster":                    "k8s.gcr.io/heapster:v1.5.4 k8s.gcr.io/heapster-amd64:v1.5.4",
	} {
		for _, image := range strings.Fields(images) {
			if p, _ := retired(rule.ParseImage(image)); p.name != project {
				t.Errorf("%s is of %q, want %s", image, p.name, project)
			}
		}
	}
}

func TestKnownRuntimeSockets(t *testing.T) {
	for _, path := range []string{
		"/var/run/docker.sock", "/run/cri-dockerd.sock", "/var/run/dockershim.sock", "/run/containerd/containerd.sock",
		"/run/docker/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock", "/run/k0s/containerd.sock",
		"/run/host-containerd/host-containerd.sock", "/var/snap/microk8s/common/run/containerd.sock", "/var/run/crio/crio.sock",
		"/run/podman/podman.sock", `'\\.\pipe\docker_engine'`, `'\\.\pipe\containerd-containerd'`,
		`'\\.\pipe\cri-dockerd'`,
	} {
		if got := match(t, &ContainerRuntimeSocket, hostPathPod(path, "", "")).State; got != finding.Present {
			t.Errorf("%s is %s", path, got)
		}
	}
	for _, path := range []string{"/pipe", "/run/docker", "/run/docker.sock.old", `'\\.\pipe\docker_engine_windows'`} {
		if got := match(t, &ContainerRuntimeSocket, hostPathPod(path, "", "")).State; got != finding.Absent {
			t.Errorf("%s is %s", path, got)
		}
	}
}

// What a container takes from the node by reading, even where no path of the list is mounted itself.
func TestReadingIsEnoughForCredentials(t *testing.T) {
	for path, want := range map[string]finding.Impact{
		"/run/docker.sock": finding.ImpactHigh, "/etc/shadow": finding.ImpactHigh, "/etc/ssh": finding.ImpactHigh, "/etc/ssl/private": finding.ImpactHigh,
		"/etc/kubernetes/pki": finding.ImpactHigh, "/etc/cni/net.d": finding.ImpactHigh, "/etc/rancher/k3s": finding.ImpactHigh, "/root/.ssh": finding.ImpactHigh,
		"/home": finding.ImpactHigh, "/proc/1": finding.ImpactHigh, "/run/systemd/private": finding.ImpactHigh, "/var/run/dbus/system_bus_socket": finding.ImpactHigh,
		"/var/lib/kubelet": finding.ImpactHigh, "/var/lib/etcd": finding.ImpactHigh, "/var/lib/cloud": finding.ImpactHigh, "/var/lib/rancher/k3s": finding.ImpactHigh,
		"/var/lib/docker": finding.ImpactHigh, "/var/lib/containerd": finding.ImpactHigh, "/var/lib/containers": finding.ImpactHigh,
		"C:/Windows/System32/config": finding.ImpactHigh, "C:/Users/ContainerAdministrator": finding.ImpactHigh, "C:/ProgramData/Kubernetes": finding.ImpactHigh,
		"C:/ProgramData/docker": finding.ImpactHigh, "C:/ProgramData/containerd": finding.ImpactHigh, "C:/k": finding.ImpactHigh,
		"C:/etc/kubernetes": finding.ImpactHigh, "C:/var/lib/kubelet": finding.ImpactHigh, "C:/Program Files": finding.ImpactMedium, "C:/var/log": finding.ImpactMedium,
		"/etc/cron.d": finding.ImpactMedium, "/usr/bin": finding.ImpactMedium, "/boot": finding.ImpactMedium, "/run/udev": finding.ImpactMedium, "/var/lib/cni": finding.ImpactMedium,
	} {
		t.Run(path, func(t *testing.T) {
			wantWeight(t, match(t, &SensitiveHostPath, hostPathPod(path, "", "readOnly: true")), finding.LikelihoodModerate, want)
		})
	}
}

func TestPathsThatAreHarmlessToRead(t *testing.T) {
	for _, path := range []string{"/lib/modules", "/usr/lib/modules/6.12.0", "/usr/src"} {
		if got := match(t, &SensitiveHostPath, hostPathPod(path, "", "readOnly: true")).State; got != finding.Absent {
			t.Errorf("%s, read-only, is %s", path, got)
		}
		if got := match(t, &SensitiveHostPath, hostPathPod(path, "", "")).State; got != finding.Present {
			t.Errorf("%s, writable, is %s", path, got)
		}
	}
}

func TestCapabilitiesThatAreDangerous(t *testing.T) {
	tests := []struct {
		add  string
		want []string
	}{
		{"AUDIT_WRITE, CHOWN, FOWNER, FSETID, KILL, NET_BIND_SERVICE, SETFCAP, SETPCAP, SYS_CHROOT", nil},
		{"SETUID, CHOWN", nil},
		{"SETGID, CHOWN", nil},
		{"CHOWN, SETUID, SETGID", []string{"SETUID", "SETGID"}},
		{"ALL, SYS_ADMIN, SYS_MODULE, SYS_RAWIO, DAC_READ_SEARCH", []string{"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"}},
		{"SYS_PTRACE, SYS_BOOT, BPF, PERFMON, MAC_ADMIN", []string{"SYS_PTRACE", "SYS_BOOT", "BPF", "PERFMON", "MAC_ADMIN"}},
		{"NET_ADMIN, SYSLOG, DAC_OVERRIDE, MKNOD", []string{"NET_ADMIN", "SYSLOG", "DAC_OVERRIDE", "MKNOD"}},
	}
	for _, test := range tests {
		input := pod("containers:\n- name: app\n  image: a:1\n  securityContext:\n    capabilities:\n      add: [" + test.add + "]\n")
		var got []string
		for _, e := range match(t, &DangerousCapability, input).Evidence {
			got = append(got, fmt.Sprint(e.Value))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("of %s it names %v, want %v", test.add, got, test.want)
		}
	}
}

// A policy of any engine that Merlon does not evaluate leaves open whether the pods are isolated.
func TestPoliciesOfOtherEngines(t *testing.T) {
	for _, kind := range []string{
		"policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy",
		"policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy", "cilium.io/v2 CiliumClusterwideNetworkPolicy", "cilium.io/v2 CiliumNetworkPolicy",
		"projectcalico.org/v3 GlobalNetworkPolicy", "projectcalico.org/v3 NetworkPolicy", "crd.projectcalico.org/v1 GlobalNetworkPolicy",
		"crd.projectcalico.org/v1 NetworkPolicy", "crd.antrea.io/v1beta1 ClusterNetworkPolicy", "crd.antrea.io/v1beta1 NetworkPolicy",
		"networking.k8s.aws/v1alpha1 ApplicationNetworkPolicy", "networking.k8s.aws/v1alpha1 ClusterNetworkPolicy", "k8s.ovn.org/v1 EgressFirewall",
	} {
		apiVersion, name, _ := strings.Cut(kind, " ")
		input := documents(deployment(calm), "apiVersion: "+apiVersion+"\nkind: "+name+"\nmetadata: {name: p, namespace: shop}\nspec: {}\n")
		if got := match(t, &NoDefaultDenyIngress, input, k8s.NetworkPolicy).State; got != finding.Unknown {
			t.Errorf("beside one of kind %s it is %s", kind, got)
		}
	}
}

// What may refuse pods in place of Pod Security admission.
func TestPoliciesThatMayRefusePods(t *testing.T) {
	listed := []inventory.Type{k8s.Namespace, validatingAdmissionPolicy}
	for kind, want := range map[string]finding.State{
		"admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy": finding.Unknown,
		"constraints.gatekeeper.sh/v1beta1 K8sPSPHostNamespace":     finding.Unknown,
		"policies.kyverno.io/v1alpha1 ValidatingPolicy":             finding.Unknown,
		"kyverno.io/v1 Policy":                                      finding.Unknown,
		"kyverno.io/v1 ClusterPolicy":                               finding.Unknown,
		"kyverno.io/v1 ClusterCleanupPolicy":                        finding.Present,
		"policy.example.com/v1 Policy":                              finding.Present,
	} {
		apiVersion, name, _ := strings.Cut(kind, " ")
		policy := "apiVersion: " + apiVersion + "\nkind: " + name + "\nmetadata: {name: p}\nspec: {}\n"
		if got := match(t, &PodSecurityNotEnforced, documents(namespace("privileged"), policy, deployment(calm)), listed...).State; got != want {
			t.Errorf("beside one of kind %s it is %s, want %s", kind, got, want)
		}
	}
}

func TestWebhooksOfPolicyEngines(t *testing.T) {
	for _, name := range []string{
		"validate-policy.kyverno.svc", "validation.gatekeeper.sh", "webhook.openpolicyagent.org", "clusterwide-deny.kubewarden.admission",
		"polaris.fairwinds.com", "policy.sigstore.dev", "connaisseur-svc.connaisseur.svc", "trust.hooks.securityenforcement.portieris",
		"neuvector-validating-admission-webhook.neuvector.svc", "policyeval.stackrox.io", "webhook-server.datree.svc",
		"image-policy.example.com", "imagepolicy.example.com",
	} {
		if got := match(t, &WebhookFailOpen, webhook(name, "services", "failurePolicy: Ignore\n")).State; got != finding.Present {
			t.Errorf("%s is %s", name, got)
		}
	}
	byService := strings.Replace(webhook("v.example.com", "services", "failurePolicy: Ignore\n"), "name: webhook,", "name: kyverno-svc,", 1)
	if got := match(t, &WebhookFailOpen, byService).State; got != finding.Present {
		t.Errorf("one that Kyverno's Service answers is %s", got)
	}
	noRules, _, _ := strings.Cut(webhook("validation.gatekeeper.sh", "pods", ""), "  rules:\n")
	if got := match(t, &WebhookFailOpen, noRules+"  failurePolicy: Ignore\n").State; got != finding.Absent {
		t.Errorf("one that no request goes to is %s", got)
	}
}

func TestBindingsForDiscoveryGrantNothing(t *testing.T) {
	binding := func(kind, role, group string) string {
		return "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: " +
			kind + ", name: '" + role + "'}\nsubjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: '" + group + "'}]\n"
	}
	for _, c := range []struct {
		kind, role, group string
		want              finding.State
	}{
		{"ClusterRole", "system:basic-user", "system:authenticated", finding.Absent},
		{"ClusterRole", "system:discovery", "system:authenticated", finding.Absent},
		{"ClusterRole", "system:public-info-viewer", "system:authenticated", finding.Absent},
		{"ClusterRole", "system:service-account-issuer-discovery", "system:serviceaccounts", finding.Absent},
		{"Role", "system:discovery", "system:authenticated", finding.Present},
		{"ClusterRole", "view", "system:authenticated", finding.Present},
		{"ClusterRole", "view", "system:serviceaccounts", finding.Present},
		{"ClusterRole", "view", "system:serviceaccounts:shop", finding.Present},
		{"ClusterRole", "view", "developers", finding.Absent},
	} {
		input := documents(asApp(""), serviceAccount("", ""), binding(c.kind, c.role, c.group))
		if got := match(t, &TokenAutomounted, input, k8s.RoleBinding, k8s.ClusterRoleBinding).State; got != c.want {
			t.Errorf("with the %s %s for %s it is %s, want %s", c.kind, c.role, c.group, got, c.want)
		}
	}
}

func TestAnnotationsThatTurnTLSOn(t *testing.T) {
	for annotation, want := range map[string]finding.State{
		"alb.ingress.kubernetes.io/certificate-arn: arn:aws:acm:us-east-1:111122223333:certificate/example": finding.Absent,
		"alb.ingress.kubernetes.io/certificate-arn: ''":                                                     finding.Present,
		"ingress.gcp.kubernetes.io/pre-shared-cert: shop":                                                   finding.Absent,
		"networking.gke.io/managed-certificates: shop":                                                      finding.Absent,
		"appgw.ingress.kubernetes.io/appgw-ssl-certificate: shop":                                           finding.Absent,
		"nginx.ingress.kubernetes.io/ssl-passthrough: 'True'":                                               finding.Absent,
		"nginx.ingress.kubernetes.io/ssl-passthrough: 'false'":                                              finding.Present,
		"traefik.ingress.kubernetes.io/router.tls: 'true'":                                                  finding.Absent,
		"example.com/other: 'true'":                                                                         finding.Present,
	} {
		if got := match(t, &IngressWithoutTLS, ingress(annotation+"\n", "rules: [{host: shop.example.com}]\n")).State; got != want {
			t.Errorf("with %s it is %s, want %s", annotation, got, want)
		}
	}
}

func TestHostsThatATLSEntryCovers(t *testing.T) {
	for _, c := range []struct {
		tls, host string
		want      finding.State
	}{
		{"shop.example.com", "shop.example.com", finding.Absent},
		{"Shop.Example.com", "shop.example.COM", finding.Absent},
		{"*.example.com", "shop.example.com", finding.Absent},
		{"example.com", "shop.example.com", finding.Present},
		{"shop.example.com", "", finding.Present},
		// What the API server refuses covers nothing.
		{"", "", finding.Present},
		{"*.", "localhost", finding.Present},
	} {
		input := ingress("", "tls: [{hosts: ['"+c.tls+"']}]\nrules: [{host: '"+c.host+"'}]\n")
		if got := match(t, &IngressWithoutTLS, input).State; got != c.want {
			t.Errorf("with TLS for %q, %q is %s, want %s", c.tls, c.host, got, c.want)
		}
	}
}
