package vpc

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

// inlet is one listener of a load balancer, and how clients come to it.
type inlet struct {
	// listener is nil for one of a classic load balancer.
	listener *aws.ListenerSpec
	// network is set for a Network Load Balancer, whose listeners have no rules.
	network bool
	// port is that of the listener; target is that of the instances of a classic load balancer.
	port, target int32
	protocols    []string
	shown        finding.Evidence
	gate         gate
	arrivals     []arrival
	// unread is set for the listeners that were not read.
	unread bool
}

// arrival is a way of clients to a listener in one subnet of its load balancer.
type arrival struct {
	walk
	// balancer is the load balancer that clients connect to, and lb the one whose listener they come to: the same,
	// unless one is in front of the other.
	balancer inventory.UID
	lb       *inventory.Resource
	spec     *aws.LoadBalancerSpec
	subnet   place
	protocol string
}

// sendsTo says whether the listener sends traffic to a socket: for sure where its default action does, perhaps
// where it has rules.
func (in *inlet) sendsTo(fd *feed, s *socket) finding.State {
	switch {
	case in.listener == nil:
		if fd.classic != nil && (s.container == "" || s.ports.first == in.target && s.ports.last == in.target) {
			return finding.Present
		}
		return finding.Absent
	case fd.group == nil:
		return finding.Absent
	case slices.Contains(in.listener.TargetGroups, fd.group.UID):
		return finding.Present
	case in.network && !in.listener.Unknown.Touches("$.DefaultActions"):
		return finding.Absent
	}
	return finding.Unknown
}

// inlets lists the listeners of a load balancer.
func (f *facts) inlets(lb *inventory.Resource) []inlet {
	return f.entries.get(lb.UID, func() []inlet {
		s, ok := lb.Spec.(*aws.LoadBalancerSpec)
		if !ok || s.Kind == "gateway" {
			return nil
		}
		all := f.listening(lb, s)
		for i := range all {
			f.arrive(&all[i], lb, s)
			if s.Kind == "application" {
				f.arriveBehind(&all[i], lb, s)
			}
		}
		return all
	})
}

func (f *facts) listening(lb *inventory.Resource, s *aws.LoadBalancerSpec) []inlet {
	var all []inlet
	for _, l := range s.Listeners {
		e := evidence(lb, l.Path+".LoadBalancerPort", int(l.Port))
		all = append(all, inlet{port: l.Port, target: l.InstancePort, protocols: []string{"tcp"}, shown: e, gate: f.opened(Listener, e)})
	}
	listeners := f.listeners[lb.UID]
	tooMany := len(listeners) > maxParts
	if tooMany {
		listeners = listeners[:maxParts]
	}
	for _, r := range listeners {
		l := r.Spec.(*aws.ListenerSpec)
		in := inlet{listener: l, network: s.Kind == "network", port: l.Port, protocols: transports(l.Protocol), shown: evidence(r, "$.Port", int(l.Port))}
		if in.gate = f.opened(Listener, in.shown); l.Unknown.Touches("$.Port") || l.Unknown.Touches("$.Protocol") {
			in.port, in.gate = 0, f.leftOpen(Listener, r, "$.Port")
		}
		all = append(all, in)
	}
	if tooMany || s.Kind != "classic" && !f.closed(lb, aws.Listener) || s.Unknown.Touches("$.ListenerDescriptions") {
		e := evidence(lb, "$.LoadBalancerArn", string(lb.UID))
		all = append(all, inlet{unread: true, protocols: []string{"tcp", "udp"}, shown: e, gate: f.doubtful(Listener, e, noListeners(lb.UID))})
	}
	return all
}

// transports gives the protocols that a listener takes connections with
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html).
func transports(listener string) []string {
	switch listener {
	case "UDP", "QUIC":
		return []string{"udp"}
	case "TCP_UDP", "TCP_QUIC":
		return []string{"tcp", "udp"}
	}
	return []string{"tcp"}
}

// to gives the ports of the listener: any where they are not known.
func (in *inlet) to(protocol string) ports {
	if in.port == 0 {
		return anyOf(protocol, 1, lastPort)
	}
	return port(protocol, in.port)
}

// arrive adds the ways of clients to a listener.
func (f *facts) arrive(in *inlet, lb *inventory.Resource, s *aws.LoadBalancerSpec) {
	scheme := f.scheme(lb, s)
	path := "$.AvailabilityZones"
	if s.Kind == "classic" {
		path = "$.Subnets"
	}
	for _, protocol := range in.protocols {
		a := arrival{balancer: lb.UID, lb: lb, spec: s, protocol: protocol}
		to := in.to(protocol)
		for i, id := range s.Subnets {
			a.subnet = place{id, lb, element(path, i)}
			if s.Kind != "classic" {
				a.subnet.path += ".SubnetId"
			}
			a.walk = f.start().through(scheme, f.route(a.subnet), f.aclIn(a.subnet, to), f.aclOut(a.subnet, protocol))
			if filters(s) {
				a.walk = a.through(f.securityGroups(balancerGroups(lb, s), to))
			}
			a.walk = a.through(in.gate)
			in.arrivals = append(in.arrivals, a)
		}
		if len(s.Subnets) == 0 {
			a.subnet = place{"", lb, path}
			a.walk = f.start().through(scheme, f.leftOpen(InternetRoute, lb, path))
			in.arrivals = append(in.arrivals, a)
		}
	}
}

// scheme gives the clients that a load balancer has addresses for. An internal one has none of the internet's.
func (f *facts) scheme(lb *inventory.Resource, s *aws.LoadBalancerSpec) gate {
	e := evidence(lb, "$.Scheme", "internal")
	if s.Unknown.Touches(e.Path) {
		return f.leftOpen(LoadBalancer, lb, e.Path)
	}
	if !s.Public {
		return shut(LoadBalancer, e)
	}
	e.Value = "internet-facing"
	g := f.opened(LoadBalancer, e)
	switch s.AddressType {
	case "", "ipv4":
		g.clients = exactly(f.internet4)
	case "dualstack-without-public-ipv4":
		g.clients = exactly(f.internet6)
	}
	return g
}

// filters reports whether security groups filter what a load balancer lets in and out. A Network Load Balancer that
// was made without one has none for good
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func filters(s *aws.LoadBalancerSpec) bool {
	return s.Kind != "network" || len(s.SecurityGroups) > 0 || s.Unknown.Touches("$.SecurityGroups")
}

func balancerGroups(lb *inventory.Resource, s *aws.LoadBalancerSpec) groups {
	g := groups{ids: s.SecurityGroups, at: lb, path: "$.SecurityGroups", open: s.Unknown.Touches("$.SecurityGroups")}
	if len(s.Subnets) > 0 {
		g.subnet = s.Subnets[0]
	}
	return g
}

// arriveBehind adds the ways to a listener of an Application Load Balancer that lead through a Network Load
// Balancer in front of it.
func (f *facts) arriveBehind(in *inlet, lb *inventory.Resource, s *aws.LoadBalancerSpec) {
	for _, t := range f.targets[string(lb.UID)] {
		if t.group == nil || in.unread || in.port != t.Port {
			continue
		}
		spec, ok := t.group.Spec.(*aws.TargetGroupSpec)
		if !ok || spec.TargetType != "alb" {
			continue
		}
		fd := feed{group: t.group, spec: spec, shown: evidence(t.health, t.Path+".Id", t.ID)}
		balancers, _ := f.balancersOf(&fd)
		for _, front := range balancers {
			if of, ok := front.Spec.(*aws.LoadBalancerSpec); !ok || of.Kind != "network" {
				continue
			}
			for _, before := range f.inlets(front) {
				if before.sendsTo(&fd, &socket{}) != finding.Present {
					continue
				}
				for i := range before.arrivals {
					f.passOn(in, &before.arrivals[i], &fd, lb, s)
				}
			}
		}
	}
}

// passOn adds the way from an arrival at a load balancer to a listener of one behind it.
func (f *facts) passOn(in *inlet, from *arrival, fd *feed, lb *inventory.Resource, s *aws.LoadBalancerSpec) {
	if from.protocol != "tcp" {
		return
	}
	for i, id := range s.Subnets {
		subnet := place{id, lb, element("$.AvailabilityZones", i) + ".SubnetId"}
		l := landing{subnet: subnet, groups: balancerGroups(lb, s)}
		w := f.deliver(from, fd, &l, &socket{ports: port("tcp", in.port), gate: in.gate})
		in.arrivals = append(in.arrivals, arrival{walk: w, balancer: from.balancer, lb: lb, spec: s, subnet: subnet, protocol: "tcp"})
	}
}

// deliver goes on from a listener to a socket of a target.
func (f *facts) deliver(a *arrival, fd *feed, l *landing, s *socket) walk {
	if a.state == finding.Absent {
		return a.walk
	}
	version := f.all4
	if fd.spec != nil {
		version = f.version(fd.spec.AddressType)
	}
	w := a.through(f.opened(TargetGroup, fd.shown))
	if !f.inVPC(l.subnet, a.spec.VPC) {
		return w.through(f.doubtful(TargetGroup, fd.shown, otherVPC(a.spec.VPC)), s.gate)
	}
	if filters(a.spec) {
		state, e, why := f.toPeer(balancerGroups(a.lb, a.spec), s.ports, true, l.groups, f.blocks(l.subnet, version))
		w = w.through(f.decided(TargetEgress, state, e, why))
	}
	if a.subnet.id != "" {
		w = w.through(f.between(a.subnet, l.subnet, s.ports, version))
	}
	return w.through(f.admitted(a, fd, l, s.ports, version), s.gate)
}

// admitted gives the clients whose traffic the security groups of a target let in from a load balancer. Most load
// balancers connect from addresses of their own; a Network Load Balancer may keep those of the clients
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation).
// Rules that name a security group of the load balancer let its traffic in either way.
func (f *facts) admitted(a *arrival, fd *feed, l *landing, to ports, version cidr.Set) gate {
	state, e, why := f.toPeer(l.groups, to, false, balancerGroups(a.lb, a.spec), f.blocks(a.subnet, version))
	own := f.decided(SecurityGroup, state, e, why)
	if a.spec.Kind != "network" {
		return own
	}
	kept := f.fromClients(a, l, to, version, &own)
	switch keeps, fixed := fd.keepsClients(to.protocol); {
	case keeps && fixed:
		return kept
	case fixed:
		return own
	case keeps:
		return either(kept, own, clientAddresses(fd.group.UID))
	default:
		return either(own, kept, clientAddresses(fd.group.UID))
	}
}

// keepsClients reports whether a target group of a Network Load Balancer keeps the addresses of clients, and
// whether that is certain: where the attribute was not read, somebody may have changed it.
func (fd *feed) keepsClients(protocol string) (keeps, fixed bool) {
	switch {
	case fd.spec == nil:
		return false, true
	case protocol == "udp" || fd.spec.Protocol != "" && fd.spec.Protocol != "TCP" && fd.spec.Protocol != "TLS":
		return true, true
	case fd.spec.ClientIP != nil:
		return *fd.spec.ClientIP, true
	}
	return fd.spec.TargetType != "ip", false
}

// fromClients gives the clients that get in with addresses of their own: those of the version that the target has.
// The others come from an address of the load balancer.
func (f *facts) fromClients(a *arrival, l *landing, to ports, version cidr.Set, own *gate) gate {
	rules := f.union(l.groups, to, false)
	if state, e, _ := f.byName(&rules, to, balancerGroups(a.lb, a.spec)); state == finding.Present {
		return f.opened(SecurityGroup, e)
	}
	g := gate{kind: SecurityGroup, clients: rules.clients, passes: rules.passes, rest: rules.shown, why: rules.why}
	for _, crossing := range []gate{f.aclIn(l.subnet, to), f.aclOut(l.subnet, to.protocol)} {
		g.sure, g.maybe = g.sure.Intersect(crossing.sure), g.maybe.Intersect(crossing.maybe)
		if g.why == nil {
			g.why = crossing.why
		}
	}
	others := f.all.Minus(version)
	g.sure = g.sure.Intersect(version).Union(own.sure.Intersect(others))
	g.maybe = g.maybe.Intersect(version).Union(own.maybe.Intersect(others))
	if g.why == nil {
		g.why = own.why
	}
	g.why = partly(g.clients, g.why)
	return g
}

// either joins what a gate does as it is by default with what it does otherwise.
func either(usual, other gate, why *lang.Text) gate {
	g := usual
	g.maybe = g.maybe.Union(other.maybe)
	if !g.maybe.Equal(usual.maybe) || g.why == nil {
		g.why = why
	}
	g.why = partly(g.clients, g.why)
	return g
}
