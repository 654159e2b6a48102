package k8s

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

const gatewayGroup = "gateway.networking.k8s.io"

// GatewaySpec is the projection of a Gateway (gateway.networking.k8s.io). The routes that attach to it are
// relations that follow from what they name.
type GatewaySpec struct {
	Class       string
	Annotations inventory.Labels
	// Infrastructure holds the annotations that the Gateway hands to what is made for it.
	Infrastructure inventory.Labels
	Listeners      []Listener
}

// Listener is one listener of a Gateway.
type Listener struct {
	// Path is the listener's JSONPath.
	Path, Name string
	Port       int32
	// Protocol is HTTP, HTTPS, TLS, TCP, UDP or a name of the implementation's own.
	Protocol string
	// TLS says that the listener has a tls section.
	TLS bool
	// From says which namespaces routes may attach from: Same, which is the default, All, Selector or None.
	From string
}

// RouteSpec is the projection of a route of the Gateway API: HTTPRoute, GRPCRoute and so on. The Services
// that it sends requests to are relations.
type RouteSpec struct {
	// Parents lists the Gateways that the route attaches to.
	Parents []Parent
	// RedirectsOnly says that every rule sends clients on to https and does nothing else.
	RedirectsOnly bool
}

// Parent is one Gateway that a route names.
type Parent struct {
	Gateway inventory.UID
	// Section is the name of one listener, and Port the port of some; "" and 0 are all of them.
	Section string
	Port    int32
}

// Attaches reports whether a route attaches to a listener of a Gateway through one of its parents. Which
// namespaces a selector selects is not evaluated: it is taken to select the route's.
func (p Parent) Attaches(gateway *inventory.Resource, l *Listener, route *inventory.Resource) bool {
	return p.Gateway == gateway.UID &&
		(p.Section == "" || p.Section == l.Name) && (p.Port == 0 || p.Port == l.Port) &&
		(gateway.Namespace == route.Namespace || l.From == "All" || l.From == "Selector")
}

func projectGateway(r *inventory.Resource, object, spec tree.Node) {
	g := &GatewaySpec{
		Class:          spec.Get("gatewayClassName").Text(),
		Annotations:    labels(object.Get("metadata", "annotations")),
		Infrastructure: labels(spec.Get("infrastructure", "annotations")),
	}
	i := 0
	for l := range spec.Get("listeners").All() {
		from := l.Get("allowedRoutes", "namespaces", "from").Text()
		if from == "" {
			from = "Same"
		}
		g.Listeners = append(g.Listeners, Listener{
			Path: tree.PathIndex("$.spec.listeners", i), Name: l.Get("name").Text(), Port: port(l.Get("port")),
			Protocol: l.Get("protocol").Text(), TLS: l.Get("tls").Kind() == tree.Map, From: from,
		})
		i++
	}
	r.Spec = g
}

func projectRoute(r *inventory.Resource, spec tree.Node) {
	route := &RouteSpec{}
	for p := range spec.Get("parentRefs").All() {
		if !refersTo(p, gatewayGroup, "Gateway") {
			continue
		}
		route.Parents = append(route.Parents, Parent{
			Gateway: inventory.KubernetesUID(r.Cluster, gatewayGroup, "Gateway", namespaceOf(p, r), p.Get("name").Text()),
			Section: p.Get("sectionName").Text(), Port: port(p.Get("port")),
		})
	}
	rules := spec.Get("rules")
	route.RedirectsOnly = rules.Len() > 0
	i := 0
	for rule := range rules.All() {
		route.RedirectsOnly = route.RedirectsOnly && redirectsToHTTPS(rule)
		at := tree.PathIndex("$.spec.rules", i)
		j := 0
		for b := range rule.Get("backendRefs").All() {
			if name := b.Get("name").Text(); name != "" && refersTo(b, "", "Service") {
				r.Relations = append(r.Relations, inventory.Relation{
					Kind: inventory.RoutesTo, To: inventory.KubernetesUID(r.Cluster, "", "Service", namespaceOf(b, r), name),
					Path: tree.PathIndex(at+".backendRefs", j),
				})
			}
			j++
		}
		i++
	}
	r.Spec = route
}

// refersTo reports whether a reference is one to a kind, which is the one that references of its sort are
// to where they do not say.
func refersTo(ref tree.Node, group, kind string) bool {
	g, k := ref.Get("group"), ref.Get("kind").Text()
	return (!g.Exists() || g.Text() == group) && (k == "" || k == kind)
}

func namespaceOf(ref tree.Node, r *inventory.Resource) string {
	if namespace := ref.Get("namespace").Text(); namespace != "" {
		return namespace
	}
	return r.Namespace
}

func redirectsToHTTPS(rule tree.Node) bool {
	if rule.Get("backendRefs").Len() > 0 {
		return false
	}
	for f := range rule.Get("filters").All() {
		if f.Get("type").Text() == "RequestRedirect" && f.Get("requestRedirect", "scheme").Text() == "https" {
			return true
		}
	}
	return false
}

// relateRoutes adds the relations from Gateways to the routes that attach to one of their listeners, and
// from a Gateway that was not read to every route that names it.
func relateRoutes(v *inventory.View, add func(from inventory.UID, kind inventory.RelationKind, to inventory.UID)) {
	for route := range v.OfType(Routes()...) {
		var related []inventory.UID
		for _, p := range route.Spec.(*RouteSpec).Parents {
			if !slices.Contains(related, p.Gateway) && mayAttach(v.Get(p.Gateway), p, route) {
				related = append(related, p.Gateway)
				add(p.Gateway, inventory.RoutesTo, route.UID)
			}
		}
	}
}

func mayAttach(gateway *inventory.Resource, p Parent, route *inventory.Resource) bool {
	if gateway == nil {
		return true
	}
	listeners := gateway.Spec.(*GatewaySpec).Listeners
	return slices.ContainsFunc(listeners, func(l Listener) bool { return p.Attaches(gateway, &l, route) })
}
