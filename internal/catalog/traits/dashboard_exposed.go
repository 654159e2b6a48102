package traits

import (
	"iter"
	"slices"
	"strconv"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// DashboardExposed finds dashboards and control interfaces that are open to the outside of the cluster.
//
// Restricted fields, of a workload that runs the image of one of [products]:
//
//	spec.containers[*].image
//
// and of what leads to it:
//
//	Service: spec.type, spec.externalIPs, spec.ports[*].targetPort
//	Ingress: spec.rules[*].http.paths[*].backend, spec.defaultBackend
//	HTTPRoute of a Gateway: spec.rules[*].backendRefs
//
// Allowed values: a Service of type ClusterIP that no Ingress and no Gateway leads to, or one for ports of
// other containers of the pod. The image tells the product; a name alone does not.
//
// One that asks nobody who they are weighs most. One with a sign-in of its own, or behind an Ingress that
// asks for one, is a step less likely to be used, and so is one behind a load balancer that says that it is
// internal; with both, the impact is a step less too.
var DashboardExposed = rule.Rule{
	ID:         "dashboard-exposed",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		threatMatrix("MS-TA9005", "Exposed%20sensitive%20interfaces"), attack("T1133"), attack("T1190"),
		nsa("Network separation and hardening"),
		kubernetesDocs("Accessing the Dashboard UI", "tasks/access-application-cluster/web-ui-dashboard/"),
	},
	Title: lang.Text{
		EN: "Dashboard open to the outside of the cluster",
		ES: "Panel de control abierto fuera del clúster",
		PT: "Painel de controle aberto fora do cluster",
	},
	Why: lang.Text{
		EN: "The workload runs a dashboard or control interface, and what leads to it lets in traffic from outside the cluster. Many of these ask nobody who they are: an attacker who opens the page reads what runs here and with which settings, changes it, or starts containers with the rights of the dashboard. Where there is a sign-in, a weak password or an old version is enough.",
		ES: "La carga de trabajo ejecuta un panel o una interfaz de control, y lo que lleva a ella deja entrar tráfico desde fuera del clúster. Muchas de estas interfaces no preguntan a nadie quién es: un atacante que abre la página lee qué se ejecuta aquí y con qué ajustes, lo cambia o inicia contenedores con los derechos del panel. Donde hay inicio de sesión, basta una contraseña débil o una versión antigua.",
		PT: "A carga de trabalho executa um painel ou uma interface de controle, e o que leva a ela deixa entrar tráfego de fora do cluster. Muitas dessas interfaces não perguntam a ninguém quem é: um invasor que abre a página lê o que é executado aqui e com quais ajustes, altera isso ou inicia contêineres com os direitos do painel. Onde há login, basta uma senha fraca ou uma versão antiga.",
	},
	Fix: steps(lang.Text{
		EN: "Close the dashboard to the outside\n\nSet the Service to ClusterIP, remove the Ingress or route, and use kubectl port-forward, or put a proxy that asks for sign-in in front. Then give the dashboard's service account no more permissions than it needs.",
		ES: "Cierre el panel hacia fuera del clúster\n\nCambie el Service a ClusterIP, elimine el Ingress o la ruta y use kubectl port-forward, o ponga delante un proxy que exija iniciar sesión. Después no dé a la cuenta de servicio del panel más permisos de los que necesita.",
		PT: "Feche o painel para fora do cluster\n\nMude o Service para ClusterIP, remova o Ingress ou a rota e use kubectl port-forward, ou coloque na frente um proxy que exija login. Depois não dê à conta de serviço do painel mais permissões do que ela precisa.",
	}, `
kubectl -n NAMESPACE patch service NAME -p '{"spec":{"type":"ClusterIP"}}'
kubectl -n NAMESPACE port-forward service/NAME 8443:443
`),
	On: k8s.Workloads(),
	Check: rule.Each[dashboard]{
		In: dashboards,
		Where: []rule.Condition[dashboard]{
			rule.If("dashboard", func(d dashboard) bool { return d.known }),
			{Name: "leads-in", Holds: leadsIn},
			rule.If("its-port", dashboard.servesIts),
		},
		Show:  func(d dashboard) finding.Evidence { return d.by },
		Also:  dashboard.image,
		Grade: dashboard.weight,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Who uses the dashboard, and from where? kubectl port-forward, a VPN or a proxy that asks for a login keeps it for them.",
			ES: "¿Quién usa el panel y desde dónde? kubectl port-forward, una VPN o un proxy que pida iniciar sesión lo reserva para ellos.",
			PT: "Quem usa o painel e de onde? kubectl port-forward, uma VPN ou um proxy que peça login o reserva para essas pessoas.",
		},
	},
	Examples: dashboardExposedExamples,
}

// dashboard is one container and one thing that sends traffic to its pod, as a candidate.
type dashboard struct {
	rule.Container
	product
	known   bool
	service *k8s.ServiceSpec
	// by is the field that leads to the pod, and leadsIn says that it does so from outside the cluster.
	by      finding.Evidence
	leadsIn bool
	// unsettled says that a plan does not know yet whether it does.
	unsettled bool
	// internal says that only networks of the user's own get there, guarded that a sign-in is asked for first.
	internal, guarded bool
	// first is set on the first way in of each container: the image is evidence once.
	first bool
}

// dashboards pairs the containers of a workload with the Services that select it, and with what leads to
// those.
func dashboards(w *rule.World, r *inventory.Resource) iter.Seq[dashboard] {
	return func(yield func(dashboard) bool) {
		for c := range rule.Containers(w, r) {
			if c.Init || c.Ephemeral {
				continue
			}
			p, known := productOf(c.Image)
			shown := false
			for link := range w.Inventory.In(r.UID, inventory.Selects) {
				service := w.Inventory.Get(link.UID)
				spec, ok := service.Spec.(*k8s.ServiceSpec)
				if !ok {
					continue
				}
				for d := range entries(w.Inventory, service, spec) {
					d.Container, d.product, d.known, d.service = c, p, known, spec
					d.first = !shown && d.leadsIn && d.servesIts()
					shown = shown || d.first
					if !yield(d) {
						return
					}
				}
			}
		}
	}
}

// entries gives what leads to a Service: itself, and its Ingresses and the routes of Gateways, once each.
func entries(v *inventory.View, service *inventory.Resource, spec *k8s.ServiceSpec) iter.Seq[dashboard] {
	return func(yield func(dashboard) bool) {
		settled := *spec
		settled.Unsettled = false
		faces := settled.Publicity()
		d := dashboard{
			by:       finding.Evidence{Resource: service.UID, Path: "$.spec.type", Value: spec.Type},
			leadsIn:  faces != k8s.NotPublic || spec.Type == "LoadBalancer",
			internal: faces == k8s.NotPublic,
		}
		d.unsettled = spec.Unsettled && !d.leadsIn
		if spec.Type == "ClusterIP" && d.leadsIn {
			d.by = finding.Evidence{Resource: service.UID, Path: "$.spec.externalIPs[0]", Value: spec.ExternalIPs[0]}
		}
		if !yield(d) {
			return
		}
		var last inventory.UID
		for link := range v.In(service.UID, inventory.RoutesTo) {
			if link.UID == last {
				continue // another path of the same object; those of one object stand together
			}
			last = link.UID
			d := dashboard{by: finding.Evidence{Resource: link.UID, Path: link.Path, Value: service.Name}}
			switch from := v.Get(link.UID).Spec.(type) {
			case *k8s.IngressSpec:
				d.leadsIn, d.internal, d.guarded = true, from.Publicity() == k8s.NotPublic, asksForSignIn(from)
			case *k8s.RouteSpec:
				d.leadsIn, d.internal = throughGateway(v, link.UID)
			}
			if !yield(d) {
				return
			}
		}
	}
}

func leadsIn(_ *rule.World, d dashboard) rule.Truth {
	if d.unsettled {
		return rule.Unknown(lang.Text{
			EN: "who reaches its Service is known only after terraform apply",
			ES: "quién llega a su Service solo se conoce después de terraform apply",
			PT: "quem alcança seu Service só é conhecido depois de terraform apply",
		})
	}
	return rule.Is(d.leadsIn)
}

// throughGateway reports whether a route attaches to a Gateway, and whether all of these are internal.
func throughGateway(v *inventory.View, route inventory.UID) (leadsIn, internal bool) {
	internal = true
	for link := range v.In(route, inventory.RoutesTo) {
		leadsIn = true
		g := v.Get(link.UID)
		internal = internal && g != nil && g.Spec.(*k8s.GatewaySpec).Publicity() == k8s.NotPublic
	}
	return leadsIn, internal
}

// asksForSignIn reports whether an annotation of a known controller lets in only who has signed in:
//
//	https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#authentication
//	https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#authentication
func asksForSignIn(in *k8s.IngressSpec) bool {
	for _, key := range []string{
		"nginx.ingress.kubernetes.io/auth-url", "nginx.ingress.kubernetes.io/auth-type", "nginx.ingress.kubernetes.io/auth-tls-secret",
	} {
		if value, _ := in.Annotations.Get(key); value != "" {
			return true
		}
	}
	kind, _ := in.Annotations.Get("alb.ingress.kubernetes.io/auth-type")
	return kind == "cognito" || kind == "oidc"
}

func (d dashboard) image() []finding.Evidence {
	if !d.first {
		return nil
	}
	return []finding.Evidence{d.Evidence("image", d.Image)}
}

// servesIts reports whether a port of the Service leads to the container and not to another one of the pod.
func (d dashboard) servesIts() bool {
	return len(d.service.Ports) == 0 || slices.ContainsFunc(d.service.Ports, d.listensOn)
}

func (d dashboard) listensOn(p k8s.ServicePort) bool {
	number := p.Port
	if n, err := strconv.ParseInt(p.Target, 10, 32); err == nil {
		number = int32(n)
	} else if p.Target != "" {
		return slices.ContainsFunc(d.Ports, func(c k8s.Port) bool { return c.Name == p.Target })
	}
	declares := func(c *k8s.Container) bool {
		return slices.ContainsFunc(c.Ports, func(c k8s.Port) bool { return c.Number == number })
	}
	if declares(d.Container.Container) || len(d.Pod.Containers) == 1 {
		return true
	}
	others := slices.ContainsFunc(d.Pod.Containers, func(c k8s.Container) bool { return declares(&c) })
	return !others && len(d.Ports) == 0 // a container need not declare the ports that it listens on
}

func (d dashboard) weight() finding.Weight {
	w := finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactMedium}
	signIn := d.login || d.guarded
	if signIn || d.internal {
		w.Likelihood = finding.LikelihoodLow
	}
	if signIn && d.internal {
		w.Impact = finding.ImpactLow
	}
	return w
}

// listening gives a Deployment with one container of this image, which listens on port 8080.
func listening(image string) string {
	return deployment("containers:\n- name: app\n  image: " + image + "\n  ports:\n  - {name: web, containerPort: 8080}\n")
}

var dashboardExposedExamples = []rule.Example{
	{
		Name:  "Prometheus on a port of every node",
		Input: documents(listening("quay.io/prometheus/prometheus:v3.7.3"), service("", "type: NodePort\n")),
		Want:  finding.Present,
		Path:  "$.spec.type",
	},
	{
		Name: "Argo CD behind an Ingress, from a mirror of its image",
		Input: documents(
			listening("registry.example/mirror/argoproj/argocd:v3.2.0"), service("", "type: ClusterIP\n"),
			ingress("", "rules:\n- http:\n    paths:\n    - path: /\n      pathType: Prefix\n      backend: {service: {name: example, port: {number: 80}}}\n"),
		),
		Want: finding.Present,
		Path: "$.spec.rules[0].http.paths[0].backend",
	},
	{
		Name:  "Grafana behind an internal load balancer, which weighs less",
		Input: documents(listening("grafana/grafana:12.2.1"), service("networking.gke.io/load-balancer-type: Internal\n", "type: LoadBalancer\n")),
		Want:  finding.Present,
		Path:  "$.spec.template.spec.containers[0].image",
	},
	{
		Name: "a registry behind the route of a Gateway",
		Input: documents(
			listening("registry:3"), service("", "type: ClusterIP\n"),
			gateway("- {name: web, port: 80, protocol: HTTP}\n"),
			httpRoute("web", "- backendRefs:\n  - {name: example, port: 80}\n"),
		),
		Want: finding.Present,
		Path: "$.spec.rules[0].backendRefs[0]",
	},
	{
		Name:  "etcd on an external IP",
		Input: documents(listening("registry.k8s.io/etcd:3.6.5-0"), service("", "externalIPs: [198.51.100.7]\n")),
		Want:  finding.Present,
		Path:  "$.spec.externalIPs[0]",
	},
	{
		Name:   "an image that only has the name of a dashboard",
		Input:  documents(listening("registry.example/acme/grafana-exporter:1.4"), service("", "type: NodePort\n")),
		Want:   finding.Absent,
		Misses: "dashboard",
	},
	{
		Name:   "Prometheus behind a Service inside the cluster",
		Input:  documents(listening("quay.io/prometheus/prometheus:v3.7.3"), service("", "type: ClusterIP\n")),
		Want:   finding.Absent,
		Misses: "leads-in",
	},
	{
		Name: "Prometheus beside an app, and a Service for the app's port",
		Input: documents(deployment(`containers:
- name: app
  image: registry.example/app:1.4
  ports: [{containerPort: 8080}]
- name: prometheus
  image: quay.io/prometheus/prometheus:v3.7.3
  ports: [{containerPort: 9090}]
`), service("", "type: NodePort\n")),
		Want:   finding.Absent,
		Misses: "its-port",
	},
}
