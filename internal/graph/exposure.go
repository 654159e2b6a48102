package graph

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
)

// exposes gives the edge from the internet to a Service, Ingress or Gateway: certain where the object says
// that its load balancer faces the internet, possible where its controller decides, none where it says that
// the load balancer is internal or where nothing leads in from outside.
func exposes(r *inventory.Resource) (finding.Edge, bool) {
	faces := k8s.NotPublic
	if spec, ok := r.Spec.(interface{ Publicity() k8s.Publicity }); ok {
		faces = spec.Publicity()
	}
	e := edge(inventory.Internet, r.UID, finding.EdgeExposes)
	e.Possible, e.Origin = faces == k8s.MaybePublic, r.Origin
	return e, faces != k8s.NotPublic
}

// relateEntries gives the edges that lead through Ingresses and Gateways to Services.
func relateEntries(v *inventory.View, add func(finding.Edge)) {
	for in := range v.OfType(k8s.Ingress, k8s.Gateway) {
		if e, ok := exposes(in); ok {
			add(e)
		}
		for to := range v.Out(in.UID, inventory.RoutesTo) {
			add(route(in, to.UID))
		}
	}
	for r := range v.OfType(k8s.Routes()...) {
		for to := range v.Out(r.UID, inventory.RoutesTo) {
			add(route(r, to.UID))
		}
	}
}

// route gives one such edge. A route reaches a Service of another namespace only where a ReferenceGrant
// there lets it (https://gateway-api.sigs.k8s.io/api-types/referencegrant/), and a Gateway may select the
// namespaces of its routes: neither is evaluated, so these edges are possible.
func route(from *inventory.Resource, to inventory.UID) finding.Edge {
	e := edge(from.UID, to, finding.EdgeRoutes)
	e.Origin = from.Origin
	if from.Type == k8s.Ingress {
		return e
	}
	e.Why = lang.Text{
		EN: "the Gateway routes requests to it",
		ES: "el Gateway le dirige las solicitudes",
		PT: "o Gateway encaminha as requisições para ele",
	}
	name, _ := to.Kubernetes()
	e.Possible = name.Namespace != from.Namespace
	return e
}
