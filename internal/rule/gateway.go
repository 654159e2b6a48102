package rule

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// GatewayListener is one listener of a Gateway as a candidate.
type GatewayListener struct {
	Resource *inventory.Resource
	*k8s.Listener
}

// GatewayListeners gives the listeners of a Gateway.
func GatewayListeners(_ *World, r *inventory.Resource) iter.Seq[GatewayListener] {
	return func(yield func(GatewayListener) bool) {
		g, ok := r.Spec.(*k8s.GatewaySpec)
		if !ok {
			return
		}
		for i := range g.Listeners {
			if !yield(GatewayListener{r, &g.Listeners[i]}) {
				return
			}
		}
	}
}

// Routes gives the routes that attach to the listener.
func (l GatewayListener) Routes(w *World) iter.Seq[*k8s.RouteSpec] {
	return func(yield func(*k8s.RouteSpec) bool) {
		for link := range w.Inventory.Out(l.Resource.UID, inventory.RoutesTo) {
			route := w.Inventory.Get(link.UID)
			spec, ok := route.Spec.(*k8s.RouteSpec)
			if ok && attaches(spec, l, route) && !yield(spec) {
				return
			}
		}
	}
}

func attaches(spec *k8s.RouteSpec, l GatewayListener, route *inventory.Resource) bool {
	for _, p := range spec.Parents {
		if p.Attaches(l.Resource, l.Listener, route) {
			return true
		}
	}
	return false
}

// Evidence names a field of the listener ("protocol").
func (l GatewayListener) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: l.Resource.UID, Path: l.Path + "." + field, Value: value}
}
