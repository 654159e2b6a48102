package vpc

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

// Nodes says which nodes of an EKS cluster have a public address.
type Nodes struct {
	State finding.State
	// List holds the instances, and the node groups of which no instance was read: those with a public address
	// first.
	List []Node
	// Why says what is not known; it is set exactly where State is unknown.
	Why lang.Text
}

// Node is an instance or a node group.
type Node struct {
	Resource *inventory.Resource
	// State says whether it has a public address that an internet gateway leads to. Of a node group it is present
	// where every new node gets one, and unknown where only some do.
	State finding.State
	// Clients are the public addresses that the route is for. What security groups let in is another question, see
	// [Model.Openness].
	Clients cidr.Set
	Hops    []Hop
	// Why says what is not known; it is set exactly where State is unknown.
	Why lang.Text
}

// Nodes says which nodes of an EKS cluster have a public address. Its nodes are the instances that name it in their
// tags, and those that its managed node groups start.
func (m *Model) Nodes(cluster *inventory.Resource) Nodes {
	f := m.facts()
	var all Nodes
	read := map[string]bool{}
	for r := range f.inCluster(cluster, aws.Instance) {
		if name, ok := r.Labels.Get("eks:nodegroup-name"); ok {
			read[name] = true
		}
		all.add(r, f.nodeWalk(r, r.Spec.(*aws.InstanceSpec)))
	}
	for r := range f.inCluster(cluster, aws.EKSNodegroup) {
		if s := r.Spec.(*aws.NodegroupSpec); !read[s.Name] {
			all.add(r, f.groupWalk(r, s))
		}
	}
	slices.SortStableFunc(all.List, func(a, b Node) int { return cmp.Compare(b.State, a.State) })
	for _, n := range all.List {
		if n.State > all.State {
			all.State, all.Why = n.State, n.Why
		}
	}
	if all.State == finding.Absent && !(f.closed(cluster, aws.Instance) && f.closed(cluster, aws.EKSNodegroup)) {
		all.State, all.Why = finding.Unknown, *otherNodes(cluster.UID)
	}
	return all
}

// inCluster yields the resources of a type that belong to an EKS cluster, by UID.
func (f *facts) inCluster(cluster *inventory.Resource, t inventory.Type) func(yield func(*inventory.Resource) bool) {
	return func(yield func(*inventory.Resource) bool) {
		for link := range f.view.In(cluster.UID, inventory.InCluster) {
			if r := f.view.Get(link.UID); r != nil && r.Type == t && !yield(r) {
				return
			}
		}
	}
}

func (n *Nodes) add(r *inventory.Resource, w walk) {
	p := w.path(Direct)
	n.List = append(n.List, Node{Resource: r, State: p.State, Clients: p.Clients, Hops: p.Hops, Why: p.Why})
}

// nodeWalk is the way to an instance.
func (f *facts) nodeWalk(r *inventory.Resource, s *aws.InstanceSpec) walk {
	found := f.start().through(shut(PublicAddress, evidence(r, "$.PublicIpAddress", nil)))
	for _, l := range f.interfaces(r, s) {
		found = found.or(f.start().through(l.address, f.route(l.subnet)))
	}
	return found
}

// groupWalk is the way to a node that a node group would start.
func (f *facts) groupWalk(r *inventory.Resource, s *aws.NodegroupSpec) walk {
	version, unread := f.templateOf(r, s)
	if unread != nil {
		return f.start().through(*unread)
	}
	var walks []walk
	var found walk
	for i, id := range s.Subnets {
		subnet := place{id, r, element("$.subnets", i)}
		w := f.start().through(f.newAddress(version, subnet), f.route(subnet))
		walks, found = append(walks, w), found.or(w)
	}
	if s.Unknown.Touches("$.subnets") {
		if found.state == finding.Absent {
			found = f.start()
		}
		return found.through(f.leftOpen(Placement, r, "$.subnets"))
	}
	return oneOfThese(walks, f.doubtful(Placement, evidence(r, "$.subnets", nil), someSubnets()))
}

// templateOf finds the version of the launch template that a node group uses; nil for a group without one. The
// gate is set where it was not read.
func (f *facts) templateOf(r *inventory.Resource, s *aws.NodegroupSpec) (*inventory.Resource, *gate) {
	if s.Unknown.Touches("$.launchTemplate") {
		g := f.leftOpen(PublicAddress, r, "$.launchTemplate")
		return nil, &g
	}
	if s.LaunchTemplate == "" {
		return nil, nil
	}
	var newest *inventory.Resource
	for _, version := range f.templates[s.LaunchTemplate] {
		v := version.Spec.(*aws.TemplateVersionSpec)
		switch {
		case s.TemplateVersion == strconv.FormatInt(v.Version, 10), s.TemplateVersion == "$Default" && v.Default:
			return version, nil
		case s.TemplateVersion == "$Latest" && (newest == nil || newest.Spec.(*aws.TemplateVersionSpec).Version < v.Version):
			newest = version
		}
	}
	if newest != nil && f.closed(r, aws.LaunchTemplateVersion) {
		return newest, nil
	}
	g := f.doubtful(PublicAddress, evidence(r, "$.launchTemplate.id", s.LaunchTemplate), notRead(s.LaunchTemplate+":"+s.TemplateVersion))
	return nil, &g
}

// newAddress gives the clients that a new node in a subnet has an address for: what its launch template asks for,
// or else what the subnet gives.
func (f *facts) newAddress(version *inventory.Resource, subnet place) gate {
	g := gate{kind: PublicAddress, rest: subnet.evidence()}
	s, r := aws.Find[aws.SubnetSpec](f.ids, subnet.id)
	if r == nil && f.closed(subnet.at, aws.Subnet) {
		return g
	}
	if r == nil {
		g.maybe, g.why = f.all, notRead(subnet.id)
	}
	const asks = "$.LaunchTemplateData.NetworkInterfaces[0]"
	var v *aws.TemplateVersionSpec
	if version != nil {
		v = version.Spec.(*aws.TemplateVersionSpec)
		if v.Unknown.Touches("$.LaunchTemplateData.NetworkInterfaces") {
			return f.leftOpen(PublicAddress, version, asks)
		}
	}
	if v != nil && v.IPv6 {
		g.add(pass{f.internet6, evidence(version, asks, nil)})
	}
	if v != nil && v.PublicIP != nil {
		g.rest = evidence(version, asks+".AssociatePublicIpAddress", *v.PublicIP)
		g.maybe = g.maybe.Minus(f.internet4)
		if *v.PublicIP {
			g.add(pass{f.internet4, g.rest})
		}
	}
	if r == nil {
		g.why = partly(g.clients, g.why)
		return g
	}
	if s.IPv6 {
		g.add(pass{f.internet6, evidence(r, "$.AssignIpv6AddressOnCreation", true)})
	}
	if v != nil && v.PublicIP != nil {
		return g
	}
	g.rest = evidence(r, "$.MapPublicIpOnLaunch", s.PublicIP)
	if s.Unknown.Touches(g.rest.Path) {
		g.maybe, g.why = g.maybe.Union(f.internet4), openField(r.UID, g.rest.Path)
	} else if s.PublicIP {
		g.add(pass{f.internet4, g.rest})
	}
	return g
}
