package vpc

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// feed is what sends the traffic of load balancers to a service: a target group, or a classic load balancer.
type feed struct {
	// group and spec are nil for a classic load balancer, which classic then is.
	group   *inventory.Resource
	spec    *aws.TargetGroupSpec
	classic *inventory.Resource
	// shown is the field that connects it with the service.
	shown finding.Evidence
	// container and port say where the service takes the traffic; "" where the feed names an address and a port of
	// the landing, which target then is.
	container    string
	port, target int32
}

// balanced gives the paths through load balancers.
func (f *facts) balanced(r *inventory.Resource, s *aws.ServiceSpec, runs []run) []Path {
	var paths []Path
	for i := range s.LoadBalancers {
		e := &s.LoadBalancers[i]
		fd := feed{container: e.Container, port: e.Port}
		var unread gate
		if e.TargetGroup != "" {
			fd.shown = evidence(r, e.Path+".targetGroupArn", string(e.TargetGroup))
			fd.group = f.view.Get(e.TargetGroup)
			unread = f.absent(TargetGroup, place{string(e.TargetGroup), r, e.Path + ".targetGroupArn"}, aws.TargetGroup)
		} else {
			fd.shown = evidence(r, e.Path+".loadBalancerName", e.Name)
			fd.classic = f.classic(r, e.Name)
			unread = f.absent(LoadBalancer, place{e.Name, r, e.Path + ".loadBalancerName"}, aws.ClassicLoadBalancer)
		}
		if fd.group != nil {
			fd.spec, _ = fd.group.Spec.(*aws.TargetGroupSpec)
		}
		if fd.spec == nil && fd.classic == nil {
			p := f.start().through(unread).path(Balanced)
			p.Container, p.From, p.To = e.Container, e.Port, e.Port
			paths = append(paths, p)
			continue
		}
		paths = append(paths, f.fed(&fd, runs)...)
	}
	for _, fd := range f.discovered(s, runs) {
		paths = append(paths, f.fed(&fd, runs)...)
	}
	if s.Unknown.Touches("$.loadBalancers") {
		paths = append(paths, f.start().through(f.leftOpen(LoadBalancer, r, "$.loadBalancers")).path(Balanced))
	}
	return paths
}

// classic finds the classic load balancer of a name in the account and Region of a service, as far as both say
// theirs.
func (f *facts) classic(r *inventory.Resource, name string) *inventory.Resource {
	for _, lb := range f.classics[name] {
		if (lb.Account == "" || lb.Account == r.Account) && (lb.Region == "" || lb.Region == r.Region) {
			return lb
		}
	}
	return nil
}

// discovered lists what sends traffic to the landings of a service without the service saying so: target groups
// and classic load balancers that have the address or the instance among their targets.
func (f *facts) discovered(s *aws.ServiceSpec, runs []run) []feed {
	var all []feed
	stated := func(x inventory.UID, name string) bool {
		return slices.ContainsFunc(s.LoadBalancers, func(b aws.ServiceLoadBalancer) bool {
			return x != "" && b.TargetGroup == x || name != "" && b.Name == name
		})
	}
	add := func(fd feed) {
		same := func(x feed) bool { return x.group == fd.group && x.classic == fd.classic && x.target == fd.target }
		if !slices.ContainsFunc(all, same) {
			all = append(all, fd)
		}
	}
	for i := range runs {
		for _, l := range runs[i].landings {
			ids := l.addresses
			if l.instance != "" {
				ids = append([]string{l.instance}, ids...)
				for _, lb := range f.classicsOf[l.instance] {
					spec := lb.Spec.(*aws.LoadBalancerSpec)
					for _, listener := range spec.Listeners {
						if !stated("", spec.Name) {
							add(feed{classic: lb, shown: evidence(lb, listener.Path+".InstancePort", int(listener.InstancePort)), target: listener.InstancePort})
						}
					}
				}
			}
			for _, id := range ids {
				for _, t := range f.targets[id] {
					if t.group == nil || stated(t.group.UID, "") {
						continue
					}
					if spec, ok := t.group.Spec.(*aws.TargetGroupSpec); ok && f.inVPC(l.subnet, spec.VPC) {
						add(feed{group: t.group, spec: spec, shown: evidence(t.health, t.Path+".Id", id), target: t.Port})
					}
				}
			}
		}
	}
	return all
}

// inVPC reports whether a subnet is in a VPC, as far as both are known.
func (f *facts) inVPC(subnet place, vpc string) bool {
	s, r := aws.Find[aws.SubnetSpec](f.ids, subnet.id)
	return r == nil || vpc == "" || s.VPC == vpc
}

// sockets gives the socket of a service that a feed leads to, of each run with one.
func (fd *feed) sockets(r *run) []socket {
	var all []socket
	add := func(s socket) {
		if !slices.ContainsFunc(all, func(known socket) bool { return known.is(&s) }) {
			all = append(all, s)
		}
	}
	for i := range r.landings {
		for _, s := range r.landings[i].sockets {
			known := s.ports.any || s.ports.first == s.ports.last // A port that nobody knows is not the one that is named.
			switch {
			case s.container == "":
				if s.ports.protocol == "tcp" {
					add(s) // whatever listens, with whatever protocol
				}
			case fd.target != 0:
				if known && s.ports.first <= fd.target && fd.target <= s.ports.last {
					add(s)
				}
			case s.container == fd.container && s.first <= fd.port && fd.port <= s.last:
				add(s)
			}
		}
	}
	return all
}

// narrowed gives the socket as the feed leads to it: to one port where a task has an address of its own. The
// service names that port, so it counts even where the task definition does not tell of it.
func (f *facts) narrowed(fd *feed, l *landing, s *socket, protocol string) socket {
	n := *s
	if n.container == "" {
		n.ports.protocol = protocol
	}
	switch {
	case fd.target != 0:
		n.ports = port(n.ports.protocol, fd.target)
	case l.instance == "":
		if n.container == "" {
			n.gate = f.opened(ContainerPort, fd.shown)
		}
		n.ports = port(n.ports.protocol, fd.port)
	}
	return n
}

// fed gives the paths that a feed is part of: one for each load balancer and port of a container.
func (f *facts) fed(fd *feed, runs []run) []Path {
	balancers, unread := f.balancersOf(fd)
	var paths []Path
	if unread != nil {
		p := f.start().through(*unread).path(Balanced)
		p.Container, p.From, p.To = fd.container, fd.port, fd.port
		paths = append(paths, p)
	}
	for _, lb := range balancers {
		for i := range runs {
			r := &runs[i]
			sockets := fd.sockets(r)
			for j := range sockets {
				paths = append(paths, f.fromBalancer(lb, fd, r, &sockets[j]))
			}
			if len(r.landings) == 0 && r.doubt != nil {
				none := socket{container: fd.container, first: fd.port, last: fd.port}
				paths = append(paths, f.fromBalancer(lb, fd, r, &none))
			}
		}
	}
	return paths
}

// balancersOf lists the load balancers that send traffic to a feed, and gives a gate for those of which nothing is
// known; nil where there are none.
func (f *facts) balancersOf(fd *feed) (all []*inventory.Resource, unread *gate) {
	if fd.classic != nil {
		return []*inventory.Resource{fd.classic}, nil
	}
	uids := slices.Clone(fd.spec.LoadBalancers)
	for _, lb := range f.naming[fd.group.UID] {
		if !slices.Contains(uids, lb) {
			uids = append(uids, lb)
		}
	}
	for _, uid := range uids {
		r := f.view.Get(uid)
		if r != nil {
			all = append(all, r)
		} else if !f.closed(fd.group, aws.LoadBalancer) {
			g := f.doubtful(LoadBalancer, evidence(fd.group, "$.LoadBalancerArns", string(uid)), notRead(string(uid)))
			unread = &g
		}
	}
	const path = "$.LoadBalancerArns"
	switch planned := aws.IsPlanned(string(fd.group.UID)) || fd.spec.Unknown.Touches(path); {
	case len(uids) == 0 && planned:
		g := f.leftOpen(LoadBalancer, fd.group, path)
		unread = &g
	case len(uids) == 0:
		g := shut(LoadBalancer, evidence(fd.group, path, nil))
		unread = &g
	}
	return all, unread
}

// fromBalancer gives the path from one load balancer to a socket. Which listener sends traffic to a target group
// is certain where its default action says so. Else a rule of a listener does; rules were not read, so the path is
// open for sure where it is from every listener.
func (f *facts) fromBalancer(lb *inventory.Resource, fd *feed, r *run, s *socket) Path {
	var best, unread entrance
	var perhaps []entrance
	named := false
	for _, in := range f.inlets(lb) {
		switch sends := in.sendsTo(fd, s); {
		case in.unread:
			unread = f.fromInlet(&in, fd, r, s)
		case sends == finding.Present:
			named = true
			best = best.or(f.fromInlet(&in, fd, r, s))
		case sends == finding.Unknown:
			perhaps = append(perhaps, f.fromInlet(&in, fd, r, s))
		}
	}
	if best.state != finding.Present {
		best = best.or(f.byRule(lb, perhaps, named))
	}
	if best.state == finding.Absent {
		best = best.or(unread)
	}
	if best.depth == 0 {
		best.walk, best.balancer = f.start().through(shut(Listener, fd.shown)), lb.UID
	}
	p := best.path(Balanced)
	p.LoadBalancer, p.Protocol, p.Container, p.From, p.To = best.balancer, s.ports.protocol, s.container, s.first, s.last
	if fd.target == 0 && (s.container == "" || s.first != s.last) {
		p.Container, p.From, p.To = fd.container, fd.port, fd.port
	}
	return p
}

// entrance is a walk through a load balancer that clients connect to.
type entrance struct {
	walk
	balancer inventory.UID
	// shown is the listener.
	shown finding.Evidence
}

// or joins two entrances that are both there; see [walk.or].
func (e entrance) or(other entrance) entrance {
	joined := e
	if joined.walk = e.walk.or(other.walk); joined.last != e.last {
		joined.balancer, joined.shown = other.balancer, other.shown
	}
	return joined
}

// byRule joins the entrances by listeners that may have a rule for the target group. One of them has, unless a
// listener names it anyway.
func (f *facts) byRule(lb *inventory.Resource, perhaps []entrance, named bool) entrance {
	var best entrance
	var walks []walk
	for _, e := range perhaps {
		walks, best = append(walks, e.walk), best.or(e)
	}
	doubt := f.doubtful(Listener, best.shown, rulesNotRead(lb.UID))
	if named {
		best.walk = best.through(doubt)
	} else {
		best.walk = oneOfThese(walks, doubt)
	}
	return best
}

// fromInlet gives the walk from a listener to a socket that says most.
func (f *facts) fromInlet(in *inlet, fd *feed, r *run, s *socket) entrance {
	var found entrance
	for i := range in.arrivals {
		a := &in.arrivals[i]
		if s.ports.protocol != "" && s.container != "" && a.protocol != s.ports.protocol {
			continue
		}
		if found.state == finding.Present && found.sure.Covers(a.maybe) {
			continue // the same clients, by another way
		}
		w := f.arriveAt(r, s, a.walk, func(l *landing, at *socket) walk {
			to := f.narrowed(fd, l, at, a.protocol)
			return f.deliver(a, fd, l, &to)
		})
		found = found.or(entrance{w, a.balancer, in.shown})
	}
	return found
}
