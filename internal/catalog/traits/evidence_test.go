package traits

import (
	"fmt"
	"slices"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// wantEvidence compares what a rule shows, "path = value" each, in its order.
func wantEvidence(t *testing.T, v finding.Verdict, want ...string) {
	t.Helper()
	var got []string
	for _, e := range v.Evidence {
		got = append(got, fmt.Sprintf("%s = %v", e.Path, e.Value))
	}
	if v.State != finding.Present || !slices.Equal(got, want) {
		t.Errorf("it is %s and shows\n%q, want\n%q", v.State, got, want)
	}
}

func TestEvidence(t *testing.T) {
	const twoContainers = "containers:\n- name: a\n  image: kubernetesui/dashboard:v2.7.0\n- name: b\n  image: gcr.io/kaniko-project/executor:v1.24.0\n"
	for _, c := range []struct {
		name     string
		rule     *rule.Rule
		input    string
		complete []inventory.Type
		want     []string
	}{
		{
			"the role and the account that has it", &AssumesIAMRole,
			documents(asApp(""), serviceAccount("annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/app'}\n", "")), nil,
			[]string{"$.metadata.annotations['eks.amazonaws.com/role-arn'] = arn:aws:iam::111122223333:role/app", "$.spec.template.spec.serviceAccountName = app"},
		},
		{
			"every credential of every container", &CleartextCredentials,
			pod("containers:\n- name: a\n  image: a:1\n  env:\n  - {name: DB_PASSWORD, value: correct-horse}\n  - {name: API_TOKEN, value: a1b2c3d4e5}\n" +
				"- name: b\n  image: b:1\n  env:\n  - {name: CACHE_PASSWORD, value: battery-staple}\n"), nil,
			[]string{
				"$.spec.containers[0].env[0].value = password", "$.spec.containers[0].env[1].value = token",
				"$.spec.containers[1].env[0].value = password",
			},
		},
		{
			"every retired component, since when and who says so", &ComponentRetired, pod(twoContainers), nil,
			[]string{
				"$.spec.containers[0].image = kubernetesui/dashboard:v2.7.0",
				"$.spec.containers[0].image = Kubernetes Dashboard, 2026-01-21, https://github.com/kubernetes-retired/dashboard",
				"$.spec.containers[1].image = gcr.io/kaniko-project/executor:v1.24.0",
				"$.spec.containers[1].image = kaniko, 2025-06-03, https://github.com/GoogleContainerTools/kaniko",
			},
		},
		{
			"each image with the newer one", &ImageOutdated,
			documents(pod("containers:\n- name: a\n  image: registry.example/a:1.4\n- name: b\n  image: registry.example/b:2.0\n"), alsoRuns("registry.example/b:2.1")), nil,
			[]string{"$.spec.containers[1].image = registry.example/b:2.0", "$.spec.containers[0].image = registry.example/b:2.1"},
		},
		{
			"the level of a namespace", &PodSecurityNotEnforced, documents(namespace("privileged"), deployment(calm)), nil,
			[]string{"$.metadata.labels['pod-security.kubernetes.io/enforce'] = privileged"},
		},
		{
			"a namespace without the label", &PodSecurityNotEnforced, documents(namespace(""), deployment(calm)),
			[]inventory.Type{k8s.Namespace, validatingAdmissionPolicy},
			[]string{"$.metadata.labels['pod-security.kubernetes.io/enforce'] = <nil>"},
		},
		{
			"the networks that a load balancer lets in", &ServiceLoadBalancerPublic,
			service("service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n", "type: LoadBalancer\nloadBalancerSourceRanges: [203.0.113.0/24, 198.51.100.0/24]\n"), nil,
			[]string{
				"$.metadata.annotations['service.beta.kubernetes.io/aws-load-balancer-scheme'] = internet-facing",
				"$.spec.loadBalancerSourceRanges = 203.0.113.0/24, 198.51.100.0/24",
			},
		},
		{
			"a load balancer that lets everybody in", &ServiceLoadBalancerPublic,
			service("service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n", "type: LoadBalancer\n"), nil,
			[]string{"$.metadata.annotations['service.beta.kubernetes.io/aws-load-balancer-scheme'] = internet-facing"},
		},
		{
			"the namespace of an open pod", &NoDefaultDenyIngress, deployment(calm),
			[]inventory.Type{k8s.NetworkPolicy},
			[]string{"$.metadata.namespace = shop"},
		},
		{
			"each way past a webhook", &WebhookFailOpen,
			webhook("validation.gatekeeper.sh", "pods", `
failurePolicy: Ignore
namespaceSelector:
  matchLabels: {policy.example.com/a: "1", policy.example.com/b: "1"}
  matchExpressions:
  - {key: policy.example.com/c, operator: Exists}
  - {key: policy.example.com/d, operator: Exists}
`), nil,
			[]string{
				"$.webhooks[0].failurePolicy = Ignore",
				"$.webhooks[0].namespaceSelector.matchLabels['policy.example.com/a'] = policy.example.com/a",
				"$.webhooks[0].namespaceSelector.matchLabels['policy.example.com/b'] = policy.example.com/b",
				"$.webhooks[0].namespaceSelector.matchExpressions[0].key = policy.example.com/c",
				"$.webhooks[0].namespaceSelector.matchExpressions[1].key = policy.example.com/d",
			},
		},
		{
			"each handler that calls elsewhere", &HostProbeOrLifecycle,
			pod("containers:\n- name: a\n  image: a:1\n  livenessProbe: {httpGet: {host: a.example, port: 80}}\n  readinessProbe: {httpGet: {host: b.example, port: 80}}\n"), nil,
			[]string{"$.spec.containers[0].livenessProbe.httpGet.host = a.example", "$.spec.containers[0].readinessProbe.httpGet.host = b.example"},
		},
		{
			"an SELinux user with the name of a type", &SELinuxCustom,
			pod("containers:\n- name: a\n  image: a:1\n  securityContext: {seLinuxOptions: {type: container_t, user: container_t}}\n"), nil,
			[]string{"$.spec.containers[0].securityContext.seLinuxOptions.user = container_t"},
		},
	} {
		t.Run(c.name, func(t *testing.T) { wantEvidence(t, match(t, c.rule, c.input, c.complete...), c.want...) })
	}
}

func TestEvidenceOfAToken(t *testing.T) {
	const account, name = "$.spec.template.spec.automountServiceAccountToken", "$.spec.template.spec.serviceAccountName = app"
	bound := roleBinding(appSubject)
	const granted = "$.subjects[0] = Role/reader"
	sources := func(tokens string) string {
		return "automountServiceAccountToken: false\nvolumes:\n- name: data\n  emptyDir: {}\n- name: tokens\n  projected:\n    sources:\n    - configMap: {name: ca}\n" + tokens
	}
	for _, c := range []struct {
		name, pod, account string
		want               []string
	}{
		{"neither says", "", "", []string{account + " = <nil>", name, granted}},
		{"the account says", "", "automountServiceAccountToken: true\n", []string{"$.automountServiceAccountToken = true", name, granted}},
		{"the pod says", "automountServiceAccountToken: true\n", "automountServiceAccountToken: false\n", []string{account + " = true", name, granted}},
		{
			"a volume for the API server, beside one for Vault",
			sources("    - serviceAccountToken: {path: vault, audience: vault}\n    - serviceAccountToken: {path: token}\n"), "",
			[]string{"$.spec.template.spec.volumes[1].projected.sources[2].serviceAccountToken = <nil>", name, granted},
		},
		{
			"a volume for the issuer of the API server",
			sources("    - serviceAccountToken: {path: token, audience: 'https://kubernetes.default.svc.cluster.local'}\n"), "",
			[]string{"$.spec.template.spec.volumes[1].projected.sources[1].serviceAccountToken = <nil>", name, granted},
		},
		{
			"a volume for the audience api",
			sources("    - serviceAccountToken: {path: token, audience: api}\n"), "",
			[]string{"$.spec.template.spec.volumes[1].projected.sources[1].serviceAccountToken = <nil>", name, granted},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantEvidence(t, match(t, &TokenAutomounted, documents(asApp(c.pod), serviceAccount("", c.account), bound)), c.want...)
		})
	}
}

func TestEvidenceOfADashboard(t *testing.T) {
	const image = "$.spec.template.spec.containers[0].image = prom/prometheus:v3"
	named := func(name, input string) string {
		return "---\n" + input[:len("apiVersion: v1\nkind: Service\nmetadata:\n  name: ")] + name + input[len("apiVersion: v1\nkind: Service\nmetadata:\n  name: example"):]
	}
	elsewhere := "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\nspec: {type: NodePort, selector: {app: example}, ports: [{port: 9, targetPort: other}]}\n"
	for _, c := range []struct {
		name, services string
		want           []string
	}{
		{
			"a Service inside the cluster before one that leads in",
			named("a", service("", "type: ClusterIP\n")) + named("b", service("", "type: NodePort\n")),
			[]string{"$.spec.type = NodePort", image},
		},
		{
			"a Service for another port before one that leads in",
			"---\n" + elsewhere + named("b", service("", "type: NodePort\n")),
			[]string{"$.spec.type = NodePort", image},
		},
		{
			"a Service inside the cluster between two that lead in",
			named("a", service("", "type: NodePort\n")) + named("b", service("", "type: ClusterIP\n")) + named("c", service("", "type: NodePort\n")),
			[]string{"$.spec.type = NodePort", image, "$.spec.type = NodePort"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantEvidence(t, match(t, &DashboardExposed, listening("prom/prometheus:v3")+c.services), c.want...)
		})
	}
}

// A resource of which only the projection is left is judged all the same.
func TestResourcesWithoutTheirObject(t *testing.T) {
	container := k8s.Container{Path: "$.spec.containers[0]", Name: "app", CapPath: "$.spec.containers[0].securityContext.capabilities.add", Capabilities: []string{"NET_RAW"}}
	r := &inventory.Resource{UID: "k8s://files/core/Pod/shop/p", Type: k8s.Pod, Cluster: "files", Namespace: "shop", Spec: &k8s.Workload{
		Pod: k8s.PodSpec{Path: "$.spec", ServiceAccount: "default", TokenVolume: true, Containers: []k8s.Container{container}},
	}}
	w := &rule.World{Inventory: inventory.NewView(nil, []*inventory.Resource{r})}
	wantEvidence(t, AddedCapability.Match(w, r), "$.spec.containers[0].securityContext.capabilities.add[0] = NET_RAW")
	wantEvidence(t, TokenAutomounted.Match(w, r), "$.spec.automountServiceAccountToken = <nil>", "$.spec.serviceAccountName = default")
}
