package vpc

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

// Reach says whether the internet reaches an ECS service, and by which paths.
type Reach struct {
	// Paths lists what was examined: those that are open first, then those that might be, then those that are
	// closed; direct ones before those through a load balancer.
	Paths []Path
}

// State joins the paths of some kinds, of every kind where none is named: present where one is open, unknown
// where none is but one might be.
func (r Reach) State(kinds ...PathKind) finding.State {
	state := finding.Absent
	for _, p := range r.Paths {
		if len(kinds) == 0 || slices.Contains(kinds, p.Kind) {
			state = max(state, p.State)
		}
	}
	return state
}

// Why says what is not known; it is zero unless the state of the same kinds is unknown.
func (r Reach) Why(kinds ...PathKind) lang.Text {
	if r.State(kinds...) != finding.Unknown {
		return lang.Text{}
	}
	for _, p := range r.Paths {
		if p.State == finding.Unknown && (len(kinds) == 0 || slices.Contains(kinds, p.Kind)) {
			return p.Why
		}
	}
	return lang.Text{}
}

// PathKind says how clients come to a task.
type PathKind string

// The kinds of path.
const (
	// Direct leads to an address of the task, or of the instance that it runs on.
	Direct PathKind = "direct"
	// Balanced leads to an address of a load balancer, which sends traffic to the task.
	Balanced PathKind = "load-balancer"
)

// Path is one way from the internet to a port of a container.
type Path struct {
	Kind  PathKind
	State finding.State
	// Protocol is tcp or udp.
	Protocol string
	// Container is the name of the container, and From and To are its ports, both ends included; "" and all ports
	// where the task definition was not read or maps none.
	Container string
	From, To  int32
	// LoadBalancer is the UID of the one that clients connect to; "" for a direct path.
	LoadBalancer inventory.UID
	// Clients are the public addresses that get through, or where the path is unknown those that might.
	Clients cidr.Set
	// Hops lists what clients pass, from the internet to the container. A closed path ends with what closes it.
	Hops []Hop
	// Why says what is not known; it is set exactly where State is unknown.
	Why lang.Text
}

// Everybody reports whether the clients are all of the public internet, or nearly: see [IsEverybody].
func (p Path) Everybody() bool { return IsEverybody(p.Clients) }

// HopKind says what a hop is.
type HopKind string

// The kinds of hop.
const (
	// PublicAddress is the public address of a task, instance or node.
	PublicAddress HopKind = "public-address"
	// InternetRoute is the route of the subnet to an internet gateway.
	InternetRoute HopKind = "internet-route"
	// BlockPublicAccess is VPC Block Public Access, which stands between subnet and gateway.
	BlockPublicAccess HopKind = "block-public-access"
	// NetworkACLIn lets traffic into the subnet, and NetworkACLOut the answers out: a network ACL keeps no state.
	NetworkACLIn  HopKind = "network-acl-in"
	NetworkACLOut HopKind = "network-acl-out"
	// SecurityGroup is the union of the security groups of what clients, or a load balancer, connect to.
	SecurityGroup HopKind = "security-group"
	// LoadBalancer is the scheme of a load balancer.
	LoadBalancer HopKind = "load-balancer"
	// Listener is what a load balancer listens on.
	Listener HopKind = "listener"
	// TargetGroup is what names the tasks or instances as targets.
	TargetGroup HopKind = "target-group"
	// TargetEgress is the union of the outbound rules of a load balancer's security groups.
	TargetEgress HopKind = "load-balancer-egress"
	// TargetACL is the network ACLs between the subnets of a load balancer and of its target.
	TargetACL HopKind = "load-balancer-network-acl"
	// Placement is where the tasks run.
	Placement HopKind = "placement"
	// ContainerPort is the port mapping of the task definition.
	ContainerPort HopKind = "container-port"
)

// Hop is one thing that clients pass, or not.
type Hop struct {
	Kind HopKind
	// State is present where the hop lets clients through, absent where it lets none through, and unknown where
	// it might.
	State finding.State
	// Evidence is the field that decides. Where a hop is closed because something is not there, it is the field
	// that would hold it, or that names what holds it.
	Evidence finding.Evidence

	why *lang.Text
}

// Why says in words what the hop does to clients, or what is not known of it.
func (h Hop) Why() lang.Text {
	if h.State == finding.Unknown && h.why != nil {
		return *h.why
	}
	return h.Kind.text(h.State == finding.Present)
}

// everybodyShare is the part of the public internet from which on Merlon says "everybody". Nobody lists nine
// tenths of all addresses who means to keep others out.
const everybodyShare = 0.9

// IsEverybody reports whether clients are all public IPv4 addresses or all public IPv6 addresses, or nearly: nine
// tenths of them.
func IsEverybody(clients cidr.Set) bool {
	most := func(internet cidr.Set) bool { return clients.Share(internet) >= everybodyShare }
	return most(cidr.Internet4()) || most(cidr.Internet6())
}
