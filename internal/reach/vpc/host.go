package vpc

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// The ports that the agent takes for a container without a host port of its own. On Linux they are those of the
// kernel's setting, 32768 to 60999 unless somebody changed it, or else 49153 to 65535; on Windows 49152 to 65535
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html).
const (
	firstLinux, lastLinux = 32768, 60999
	firstWindows          = 49152
)

// onInstances gives the landings of tasks that share the network of a container instance, or have ports of it
// (modes host, bridge and, on Windows, default). Those that run show where; where none was read it may be any
// instance of the cluster.
func (f *facts) onInstances(t *task) run {
	sockets := f.hostSockets(t)
	if len(t.running) > 0 {
		return f.onTheirInstances(t, sockets)
	}
	all := run{}
	cluster := place{string(t.spec.Cluster), t.service, "$.clusterArn"}
	for _, r := range f.hosts[t.spec.Cluster] {
		s := r.Spec.(*aws.ContainerInstanceSpec)
		if len(t.spec.Capacity) > 0 && s.Provider != "" && !slices.Contains(t.spec.Capacity, s.Provider) {
			continue
		}
		f.addInstance(&all, place{s.Instance, r, "$.ec2InstanceId"}, sockets)
	}
	all.spread = len(all.landings) > 0
	if all.doubt == nil && !f.closed(t.service, aws.ECSContainerInstance) {
		g := f.doubtful(Placement, cluster.evidence(), noInstances(t.spec.Cluster))
		all.doubt = &g
	}
	return all
}

func (f *facts) onTheirInstances(t *task, sockets []socket) run {
	all := run{}
	if !f.closed(t.service, aws.ECSTask) {
		g := f.doubtful(Placement, evidence(t.service, "$.serviceArn", string(t.service.UID)), otherTasks(t.service.UID))
		all.doubt = &g
	}
	for _, r := range t.running {
		s := r.Spec.(*aws.TaskSpec)
		at := place{string(s.ContainerInstance), r, "$.containerInstanceArn"}
		host := f.view.Get(s.ContainerInstance)
		spec, ok := containerInstance(host)
		if !ok {
			if !f.closed(r, aws.ECSContainerInstance) {
				g := f.doubtful(Placement, at.evidence(), notRead(at.id))
				all.doubt = &g
			}
			continue
		}
		f.addInstance(&all, place{spec.Instance, host, "$.ec2InstanceId"}, bound(sockets, s.Bindings, r, f))
	}
	return all
}

// containerInstance gives the projection of a container instance; ok is false where it was not read, or what has its
// ARN is something else.
func containerInstance(r *inventory.Resource) (spec *aws.ContainerInstanceSpec, ok bool) {
	if r == nil {
		return nil, false
	}
	spec, ok = r.Spec.(*aws.ContainerInstanceSpec)
	return spec, ok
}

// bound gives sockets the ports of the instance that a running task has got for them.
func bound(sockets []socket, bindings []aws.Binding, r *inventory.Resource, f *facts) []socket {
	all := slices.Clone(sockets)
	for i := range all {
		s := &all[i]
		for _, b := range bindings {
			if b.Container == s.container && b.Port == s.first && b.LastPort == s.last && b.Protocol == s.ports.protocol {
				s.ports = anyOf(b.Protocol, b.Host, b.LastHost)
				if b.Host != b.LastHost {
					s.gate = f.opened(ContainerPort, evidence(r, b.Path+".hostPortRange", rangeText(b.Host, b.LastHost)))
				} else {
					s.gate = f.opened(ContainerPort, evidence(r, b.Path+".hostPort", int(b.Host)))
				}
			}
		}
	}
	return all
}

// hostSockets lists the ports of an instance that lead to the containers of a task definition.
func (f *facts) hostSockets(t *task) []socket {
	if t.definition == nil {
		return f.anySocket(t)
	}
	var all []socket
	for c, p := range t.mappings() {
		s := socket{container: c.Name, first: p.Container, last: p.Last, gate: f.opened(ContainerPort, mapped(t.resource, p))}
		switch {
		case t.mode() == "host":
			s.ports = anyOf(p.Protocol, p.Container, p.Last)
		case p.Host != 0:
			s.ports = port(p.Protocol, p.Host)
			s.gate = f.opened(ContainerPort, evidence(t.resource, p.Path+".hostPort", int(p.Host)))
		case t.definition.Windows:
			s.ports = oneOf(p.Protocol, firstWindows, lastPort)
		default:
			s.ports = oneOf(p.Protocol, firstLinux, lastPort)
			s.ports.likely = [2]int32{firstLinux, lastLinux}
		}
		all = append(all, s)
	}
	if len(all) == 0 && t.mode() == "host" || t.portsOpen() {
		all = append(all, f.anySocket(t)...)
	}
	return all
}

// addInstance adds the landings that an instance is.
func (f *facts) addInstance(to *run, instance place, sockets []socket) {
	s, r := aws.Find[aws.InstanceSpec](f.ids, instance.id)
	if r == nil {
		if !f.closed(instance.at, aws.Instance) {
			g := f.doubtful(Placement, instance.evidence(), notRead(instance.id))
			to.doubt = &g
		}
		return
	}
	for _, l := range f.interfaces(r, s) {
		l.sockets = sockets
		to.landings = append(to.landings, l)
	}
}

// interfaces gives the landings that the network interfaces of an instance are; none where it does not run. An
// interface that belongs to a task of its own is none of the instance's.
func (f *facts) interfaces(r *inventory.Resource, s *aws.InstanceSpec) []landing {
	switch s.State {
	case "stopped", "stopping", "terminated", "shutting-down":
		return nil
	}
	if len(s.Interfaces) == 0 {
		l := landing{
			subnet: place{s.Subnet, r, "$.SubnetId"}, instance: s.ID,
			groups:  groups{ids: s.SecurityGroups, at: r, path: "$.SecurityGroups", subnet: s.Subnet, open: s.Unknown.Touches("$.SecurityGroups")},
			address: f.hostAddress(r, "$.PublicIpAddress", s.PublicIP, "$.NetworkInterfaces", s.IPv6s),
		}
		if s.PublicIP == "" && s.Unknown.Touches("$.PublicIpAddress") {
			l.address = f.leftOpen(PublicAddress, r, "$.PublicIpAddress")
		}
		return []landing{l}
	}
	var all []landing
	for _, n := range s.Interfaces {
		if f.taskInterfaces[n.ID] {
			continue
		}
		all = append(all, landing{
			subnet: place{n.Subnet, r, n.Path + ".SubnetId"}, instance: s.ID, addresses: n.PrivateIPs,
			groups:  groups{ids: n.SecurityGroups, at: r, path: n.Path + ".Groups", subnet: n.Subnet},
			address: f.hostAddress(r, n.Path+".Association.PublicIp", n.PublicIP, n.Path+".Ipv6Addresses", n.IPv6s),
		})
	}
	return all
}

// hostAddress gives the clients that an interface has an address for.
func (f *facts) hostAddress(r *inventory.Resource, publicPath, public, sixPath string, six []string) gate {
	g := gate{kind: PublicAddress, rest: finding.Evidence{Resource: r.UID, Path: publicPath}}
	if public != "" {
		g.add(pass{f.internet4, evidence(r, publicPath, public)})
	}
	if len(six) > 0 {
		g.add(pass{f.internet6, evidence(r, sixPath, six[0])})
	}
	return g
}
