package traits

import (
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

func TestDefaultDenyWhereEveryPolicyIsKnown(t *testing.T) {
	const elsewhere = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: elsewhere}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n"
	policy := func(apiVersion, kind, namespace string) string {
		return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: p, namespace: " + namespace + "}\nspec: {}\n"
	}
	app := deployment(calm)
	for _, c := range []struct {
		name, input     string
		ingress, egress finding.State
	}{
		{"no policy", app, finding.Present, finding.Present},
		{"one with an empty selector in another namespace", documents(app, elsewhere), finding.Present, finding.Present},
		{"one without types is for ingress", documents(app, networkPolicy("podSelector: {}\n")), finding.Absent, finding.Present},
		{"one without types and with egress rules is for both", documents(app, networkPolicy("podSelector: {}\negress: [{}]\n")), finding.Absent, finding.Absent},
		{"one for other pods", documents(app, networkPolicy("podSelector: {matchLabels: {app: other}}\npolicyTypes: [Ingress, Egress]\n")), finding.Present, finding.Present},
		{"two that each select for one direction", documents(
			app, networkPolicy("podSelector: {}\npolicyTypes: [Egress]\n"),
			"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: other, namespace: shop}\nspec: {podSelector: {matchLabels: {app: example}}, policyTypes: [Ingress]}\n",
		), finding.Absent, finding.Absent},
		{"a policy of Cilium in the namespace", documents(app, policy("cilium.io/v2", "CiliumNetworkPolicy", "shop")), finding.Unknown, finding.Unknown},
		{"a policy of Cilium in another namespace", documents(app, policy("cilium.io/v2", "CiliumNetworkPolicy", "elsewhere")), finding.Present, finding.Present},
		{"a policy of the administrator", documents(app, policy("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", "''")), finding.Unknown, finding.Unknown},
		{"a policy of Calico for the cluster, and one that selects", documents(app, policy("projectcalico.org/v3", "GlobalNetworkPolicy", "''"), networkPolicy("podSelector: {}\n")), finding.Absent, finding.Unknown},
		{"a pod in its node's network", documents(deployment("hostNetwork: true\n"+calm), networkPolicy("podSelector: {}\n")), finding.Present, finding.Present},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := match(t, &NoDefaultDenyIngress, c.input, k8s.NetworkPolicy); got.State != c.ingress {
				t.Errorf("ingress %v, want %v: %s", got.State, c.ingress, got.Why.EN)
			}
			if got := match(t, &NoDefaultDenyEgress, c.input, k8s.NetworkPolicy); got.State != c.egress {
				t.Errorf("egress %v, want %v: %s", got.State, c.egress, got.Why.EN)
			}
		})
	}
}

func TestAnOpenPodWeighsByItsOwnNetwork(t *testing.T) {
	for spec, want := range map[string]finding.Role{calm: finding.Contributing, "hostNetwork: true\n" + calm: finding.Contextual} {
		if got := match(t, &NoDefaultDenyIngress, deployment(spec), k8s.NetworkPolicy); got.Weight == nil || got.Weight.Role != want {
			t.Errorf("%q: %+v, want %s", spec, got.Weight, want)
		}
	}
}

func TestAListenerWhoseRoutesAreAllKnownMayRedirect(t *testing.T) {
	listener := gateway("- {name: web, port: 80, protocol: HTTP}\n")
	for _, c := range []struct {
		name, input string
		complete    []inventory.Type
		want        finding.State
	}{
		{"all routes redirect", documents(listener, httpRoute("web", redirect)), []inventory.Type{k8s.HTTPRoute}, finding.Absent},
		{"all routes that were read redirect", documents(listener, httpRoute("web", redirect)), nil, finding.Unknown},
		{"a redirect to another path", documents(listener, httpRoute("web", "- filters:\n  - type: RequestRedirect\n    requestRedirect: {statusCode: 301}\n")), []inventory.Type{k8s.HTTPRoute}, finding.Present},
		{"the route of another listener", documents(listener, httpRoute("tls", redirect)), []inventory.Type{k8s.HTTPRoute}, finding.Present},
		{"a protocol of the implementation", gateway("- {name: web, port: 80, protocol: example.com/own}\n"), nil, finding.Unknown},
		{"HTTPS whose certificate the implementation brings", gateway("- {name: web, port: 443, protocol: HTTPS}\n"), nil, finding.Absent},
		{"TLS of which nothing is said", gateway("- {name: web, port: 443, protocol: TLS}\n"), nil, finding.Absent},
		{"TLS in a protocol of the implementation", gateway("- {name: web, port: 443, protocol: example.com/own, tls: {mode: Terminate}}\n"), nil, finding.Absent},
		{"TLS that the pods end", gateway("- {name: web, port: 443, protocol: TLS, tls: {mode: Passthrough}}\n"), nil, finding.Absent},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := match(t, &GatewayWithoutTLS, c.input, c.complete...); got.State != c.want {
				t.Errorf("%v, want %v: %s", got.State, c.want, got.Why.EN)
			}
		})
	}
}

func TestWhatADashboardWeighs(t *testing.T) {
	const internal = "networking.gke.io/load-balancer-type: Internal\n"
	inside := service("", "type: ClusterIP\n")
	behind := func(annotation string) string {
		return documents(listening("prom/prometheus:v3"), inside, ingress(annotation+"\n", "defaultBackend: {service: {name: example, port: {number: 80}}}\n"))
	}
	const toService = "- backendRefs:\n  - {name: example, port: 80}\n"
	listener := gateway("- {name: web, port: 80, protocol: HTTP}\n")
	internalGateway := strings.Replace(listener, "gatewayClassName: example", "gatewayClassName: gke-l7-rilb", 1)
	twoGateways := strings.Replace(httpRoute("web", toService), "parentRefs:\n", "parentRefs:\n  - {name: public}\n", 1)
	publicGateway := strings.Replace(listener, "name: example\n", "name: public\n", 1)
	for _, c := range []struct {
		name, input string
		likelihood  finding.Likelihood
		impact      finding.Impact
	}{
		{"asks nobody", documents(listening("prom/prometheus:v3"), service("", "type: NodePort\n")), finding.LikelihoodModerate, finding.ImpactMedium},
		{"asks nobody, internal", documents(listening("prom/prometheus:v3"), service(internal, "type: LoadBalancer\n")), finding.LikelihoodLow, finding.ImpactMedium},
		{"behind an Ingress that asks nobody either", behind("nginx.ingress.kubernetes.io/auth-url: ''"), finding.LikelihoodModerate, finding.ImpactMedium},
		{"behind an Ingress that asks another server", behind("nginx.ingress.kubernetes.io/auth-url: https://sso.example.com"), finding.LikelihoodLow, finding.ImpactMedium},
		{"behind an Ingress that asks for a password", behind("nginx.ingress.kubernetes.io/auth-type: basic"), finding.LikelihoodLow, finding.ImpactMedium},
		{"behind an Ingress that asks for a certificate", behind("nginx.ingress.kubernetes.io/auth-tls-secret: shop/ca"), finding.LikelihoodLow, finding.ImpactMedium},
		{"behind a load balancer of AWS that asks Cognito", behind("alb.ingress.kubernetes.io/auth-type: cognito"), finding.LikelihoodLow, finding.ImpactMedium},
		{"behind a load balancer of AWS that asks a provider", behind("alb.ingress.kubernetes.io/auth-type: oidc"), finding.LikelihoodLow, finding.ImpactMedium},
		{"behind a load balancer of AWS that asks nobody", behind("alb.ingress.kubernetes.io/auth-type: none"), finding.LikelihoodModerate, finding.ImpactMedium},
		{"behind an internal Ingress", behind("alb.ingress.kubernetes.io/scheme: internal"), finding.LikelihoodLow, finding.ImpactMedium},
		{"behind a Gateway", documents(listening("prom/prometheus:v3"), inside, listener, httpRoute("web", toService)), finding.LikelihoodModerate, finding.ImpactMedium},
		{"behind an internal Gateway", documents(listening("prom/prometheus:v3"), inside, internalGateway, httpRoute("web", toService)), finding.LikelihoodLow, finding.ImpactMedium},
		{"behind a Gateway that was not read", documents(listening("prom/prometheus:v3"), inside, httpRoute("web", toService)), finding.LikelihoodModerate, finding.ImpactMedium},
		{"behind an internal and a public Gateway", documents(listening("prom/prometheus:v3"), inside, internalGateway, publicGateway, twoGateways), finding.LikelihoodModerate, finding.ImpactMedium},
		{"has a sign-in", documents(listening("grafana/grafana:12"), service("", "type: NodePort\n")), finding.LikelihoodLow, finding.ImpactMedium},
		{"has a sign-in, internal", documents(listening("grafana/grafana:12"), service(internal, "type: LoadBalancer\n")), finding.LikelihoodLow, finding.ImpactLow},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := match(t, &DashboardExposed, c.input)
			if got.State != finding.Present || got.Weight.Likelihood != c.likelihood || got.Weight.Impact != c.impact {
				t.Errorf("%v %+v, want %v x %v", got.State, got.Weight, c.likelihood, c.impact)
			}
		})
	}
}

func TestADashboardNamesEachWayInAndItsImageOnce(t *testing.T) {
	paths := `rules:
- http:
    paths:
    - {path: /a, pathType: Prefix, backend: {service: {name: example, port: {number: 80}}}}
    - {path: /b, pathType: Prefix, backend: {service: {name: example, port: {number: 80}}}}
`
	other := strings.Replace(ingress("", paths), "name: example\n", "name: other\n", 1)
	got := match(t, &DashboardExposed, documents(listening("prom/prometheus:v3"), service("", "type: NodePort\n"), ingress("", paths), other))
	var named []string
	for _, e := range got.Evidence {
		named = append(named, e.Resource.Short()+" "+e.Path)
	}
	want := []string{
		"shop/Service/example $.spec.type", "shop/Deployment/example $.spec.template.spec.containers[0].image",
		"shop/Ingress/example $.spec.rules[0].http.paths[0].backend", "shop/Ingress/other $.spec.rules[0].http.paths[0].backend",
	}
	if !slices.Equal(named, want) {
		t.Errorf("evidence %v, want %v", named, want)
	}
}

func TestProductOfAnImage(t *testing.T) {
	for image, want := range map[string]string{
		"registry:2":                                     "registry",
		"docker.io/library/registry@sha256:0123":         "registry",
		"registry.example:5000/mirror/grafana/grafana:1": "Grafana",
		"k8s.gcr.io/etcd:3.5.1-0":                        "etcd",
		"gcr.io/kubernetes-helm/tiller:v2.17.0":          "Tiller",
		"k8s.gcr.io/kubernetes-dashboard-amd64:v1.10.1":  "Kubernetes Dashboard",
		"etcd:3":                              "",
		"quay.io/acme/etcd:3":                 "",
		"quay.io/prometheus/node-exporter:v1": "",
		"acme/notgrafana/grafanas:1":          "",
		"xgrafana/grafana:1":                  "",
		"":                                    "",
	} {
		if p, _ := productOf(image); p.name != want {
			t.Errorf("%s is %q, want %q", image, p.name, want)
		}
	}
}

func TestAServiceLeadsToTheContainerThatListens(t *testing.T) {
	const prometheus = "- name: prometheus\n  image: prom/prometheus:v3\n"
	const app = "- name: app\n  image: registry.example/app:1.4\n"
	const declares = "  ports: [{name: web, containerPort: 8080}]\n"
	to := func(ports string) string {
		return object("v1", "Service", "  type: NodePort\n  selector: {app: example}\n  ports: "+ports+"\n")
	}
	named := to("[{port: 80, targetPort: web}]")
	const elsewhere = "  ports: [{name: metrics, containerPort: 9090}, {containerPort: 9091}]\n"
	initial := "initContainers:\n" + prometheus + "containers:\n" + app
	sidecar := "containers:\n" + app + "ephemeralContainers:\n" + prometheus
	for _, c := range []struct {
		name, containers, service string
		want                      finding.State
	}{
		{"a port that the dashboard declares", prometheus + declares + app, service("", "type: NodePort\n"), finding.Present},
		{"a port that another container declares", prometheus + app + declares, service("", "type: NodePort\n"), finding.Absent},
		{"a port that nobody declares", prometheus + app, service("", "type: NodePort\n"), finding.Present},
		{"a port by its name", prometheus + declares + app, named, finding.Present},
		{"a port by the name of another container's", prometheus + app + declares, named, finding.Absent},
		{"a port by a name that nobody has", prometheus + declares + app, to("[{port: 80, targetPort: metrics}]"), finding.Absent},
		{"a port that only its Service numbers", prometheus + declares + app, to("[{port: 8080}]"), finding.Present},
		{"another port that only its Service numbers", prometheus + elsewhere + app, to("[{port: 8080}]"), finding.Absent},
		{"a port that the one container does not declare", prometheus + elsewhere, service("", "type: NodePort\n"), finding.Present},
		{"a port that the dashboard does not declare beside others", prometheus + elsewhere + app, service("", "type: NodePort\n"), finding.Absent},
		{"a Service for every port", prometheus + elsewhere + app, to("[]"), finding.Present},
		{"an init container, which has ended", initial, service("", "type: NodePort\n"), finding.Absent},
		{"a container for debugging", sidecar, service("", "type: NodePort\n"), finding.Absent},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := c.containers
			if strings.HasPrefix(spec, "- ") {
				spec = "containers:\n" + spec
			}
			input := documents(deployment(spec), c.service)
			if got := match(t, &DashboardExposed, input); got.State != c.want {
				t.Errorf("%v, want %v", got.State, c.want)
			}
		})
	}
}

func TestWebhooksThatRefusePods(t *testing.T) {
	for resource, want := range map[string]bool{
		"/replicationcontrollers": true, "batch/jobs": true, "apps/statefulsets": true, "apps/daemonsets": true, "apps/replicasets": true,
		"/pods": true, "/pods/exec": true, "*/*": true, "*/*/*": true, "apps/deployments": true, "apps/*": true, "batch/cronjobs": true, "*/pods": true,
		"/services": false, "apps/pods": false, "cert-manager.io/*": false, "networking.k8s.io/ingresses": false, "/namespaces": false,
	} {
		if makesPods(resource) != want {
			t.Errorf("%q makes pods: %v", resource, !want)
		}
	}
}

// The route of a service mesh attaches to a Service, and no Gateway leads to it.
func TestARouteWithoutAGatewayLeadsNowhere(t *testing.T) {
	mesh := strings.Replace(httpRoute("web", "- backendRefs:\n  - {name: example, port: 80}\n"), "{name: example, sectionName: web}", "{group: '', kind: Service, name: example}", 1)
	input := documents(listening("prom/prometheus:v3"), service("", "type: ClusterIP\n"), mesh)
	if got := match(t, &DashboardExposed, input); got.State != finding.Absent {
		t.Errorf("it is %s: %v", got.State, got.Evidence)
	}
}

// Gatekeeper guards its own label, where the webhook that does so is there and fails closed.
func TestLabelsThatAreGuarded(t *testing.T) {
	const ignore, guard = "admission.gatekeeper.sh/ignore", "check-ignore-label.gatekeeper.sh"
	for _, c := range []struct {
		label, other, policy string
		want                 finding.State
	}{
		{ignore, guard, "Fail", finding.Absent},
		{ignore, guard, "Ignore", finding.Present},
		{ignore, "other.gatekeeper.sh", "Fail", finding.Present},
		{"policy.example.com/skip", guard, "Fail", finding.Present},
	} {
		rules := "  rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [namespaces]}]\n"
		input := webhook("pods.policy.example.com", "pods", "failurePolicy: Fail\nnamespaceSelector: {matchExpressions: [{key: "+c.label+", operator: DoesNotExist}]}\n") +
			"- name: " + c.other + "\n  failurePolicy: " + c.policy + "\n" + rules
		v := match(t, &WebhookFailOpen, input)
		v.Evidence = slices.DeleteFunc(v.Evidence, func(e finding.Evidence) bool { return !strings.Contains(e.Path, "namespaceSelector") })
		if (len(v.Evidence) > 0) != (c.want == finding.Present) {
			t.Errorf("%s beside %s, which does %s: %v, want %s", c.label, c.other, c.policy, v.Evidence, c.want)
		}
	}
}

// A check may not panic or be present over objects of another kind.
func TestNetworkRulesOverOtherKinds(t *testing.T) {
	other := &inventory.Resource{UID: "k8s://files/core/ConfigMap/shop/c"}
	world := &rule.World{Inventory: inventory.NewView(nil, []*inventory.Resource{other})}
	for _, r := range []*rule.Rule{&NoDefaultDenyIngress, &ServiceLoadBalancerPublic, &ServiceNodePort, &ServiceExternalIP, &DashboardExposed, &GatewayWithoutTLS, &WebhookFailOpen} {
		if got := r.Check.Match(world, other); got.State != finding.Absent {
			t.Errorf("%s is %v", r.ID, got.State)
		}
	}
}
