package aws

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// LoadBalancerSpec is the projection of an Application, Network, Gateway or classic load balancer.
type LoadBalancerSpec struct {
	Name string
	// Kind is application, network, gateway or classic.
	Kind string
	// Public is the scheme internet-facing; the other one is internal.
	Public bool
	VPC    string
	// Subnets and SecurityGroups are IDs. A Network Load Balancer may have no security group: then nothing
	// filters what it lets in.
	Subnets, SecurityGroups []string
	DNSName                 string
	// AddressType is ipv4, dualstack or dualstack-without-public-ipv4; "" for a classic load balancer, whose
	// clients use IPv4.
	AddressType string
	// Listeners and Instances are those of a classic load balancer. Another one's listeners are resources of
	// their own, and its instances targets of its target groups.
	Listeners []ClassicListener
	Instances []string
	Unknown   Unknown
}

// ClassicListener is one listener of a classic load balancer.
type ClassicListener struct {
	// Path is the JSONPath of the listener.
	Path string
	// Port is that of the load balancer, InstancePort that of its instances.
	Port, InstancePort int32
	Protocol           string
}

// ListenerSpec is the projection of a listener.
type ListenerSpec struct {
	LoadBalancer inventory.UID
	Port         int32
	Protocol     string
	// TargetGroups lists those of the default actions. Those of its rules are not among them: which load
	// balancers send traffic to a target group, the group itself says.
	TargetGroups []inventory.UID
	Unknown      Unknown
}

// TargetGroupSpec is the projection of a target group.
type TargetGroupSpec struct {
	// LoadBalancers lists the ARNs of those that send traffic to it.
	LoadBalancers []inventory.UID
	// TargetType is instance, ip, lambda or alb.
	TargetType string
	// Protocol is that between load balancer and targets: HTTP, HTTPS, TCP, TLS, UDP, TCP_UDP, QUIC, TCP_QUIC.
	Protocol string
	Port     int32
	VPC      string
	// AddressType is ipv4 or ipv6: how targets are addressed; "" is ipv4.
	AddressType string
	// ClientIP is the attribute preserve_client_ip.enabled; nil where the attributes were not read. An answer
	// has them where whoever asked put those of describe-target-group-attributes there as Attributes.
	ClientIP *bool
	Unknown  Unknown
}

// TargetHealthSpec is the projection of the targets of a target group and their health.
type TargetHealthSpec struct {
	TargetGroup inventory.UID
	Targets     []Target
}

// Target is one target of a target group.
type Target struct {
	// Path is the JSONPath of the target.
	Path string
	// ID is an instance's ID, an IP address, or the ARN of an Application Load Balancer.
	ID   string
	Port int32
	// State is healthy, unhealthy, initial, draining, unused or unavailable.
	State string
}

func projectBalancing(t inventory.Type, object tree.Node) any {
	switch t {
	case LoadBalancer:
		return &LoadBalancerSpec{
			Name: object.Get("LoadBalancerName").Text(), Kind: object.Get("Type").Text(), VPC: object.Get("VpcId").Text(),
			Public: object.Get("Scheme").Text() == "internet-facing", DNSName: object.Get("DNSName").Text(),
			Subnets: textsOf(object.Get("AvailabilityZones"), "SubnetId"), SecurityGroups: texts(object.Get("SecurityGroups")),
			AddressType: object.Get("IpAddressType").Text(), Unknown: unknownFields(object),
		}
	case Listener:
		l := &ListenerSpec{
			LoadBalancer: inventory.UID(object.Get("LoadBalancerArn").Text()), Protocol: object.Get("Protocol").Text(), Unknown: unknownFields(object),
		}
		l.Port, _ = number(object.Get("Port"))
		for a := range object.Get("DefaultActions").All() {
			l.addTargets(a)
		}
		return l
	case TargetGroup:
		return projectTargetGroup(object)
	case TargetHealth:
		h := &TargetHealthSpec{TargetGroup: inventory.UID(object.Get("TargetGroupArn").Text())}
		for path, d := range each(object.Get("TargetHealthDescriptions"), "$.TargetHealthDescriptions") {
			port, _ := number(d.Get("Target", "Port"))
			h.Targets = append(h.Targets, Target{Path: path + ".Target", ID: d.Get("Target", "Id").Text(), Port: port, State: d.Get("TargetHealth", "State").Text()})
		}
		return h
	case ClassicLoadBalancer:
		return projectClassic(object)
	}
	return nil
}

func projectTargetGroup(object tree.Node) *TargetGroupSpec {
	g := &TargetGroupSpec{
		TargetType: object.Get("TargetType").Text(), Protocol: object.Get("Protocol").Text(), VPC: object.Get("VpcId").Text(),
		AddressType: object.Get("IpAddressType").Text(), Unknown: unknownFields(object),
	}
	g.Port, _ = number(object.Get("Port"))
	for _, lb := range texts(object.Get("LoadBalancerArns")) {
		g.LoadBalancers = append(g.LoadBalancers, inventory.UID(lb))
	}
	for a := range object.Get("Attributes").All() {
		if a.Get("Key").Text() == "preserve_client_ip.enabled" {
			kept := a.Get("Value").Text() == "true"
			g.ClientIP = &kept
		}
	}
	return g
}

func (l *ListenerSpec) addTargets(action tree.Node) {
	if g := action.Get("TargetGroupArn").Text(); g != "" {
		l.TargetGroups = append(l.TargetGroups, inventory.UID(g))
	}
	for _, g := range textsOf(action.Get("ForwardConfig", "TargetGroups"), "TargetGroupArn") {
		l.TargetGroups = append(l.TargetGroups, inventory.UID(g))
	}
}

func projectClassic(object tree.Node) *LoadBalancerSpec {
	s := &LoadBalancerSpec{
		Name: object.Get("LoadBalancerName").Text(), Kind: "classic", VPC: object.Get("VPCId").Text(),
		Public: object.Get("Scheme").Text() == "internet-facing", DNSName: object.Get("DNSName").Text(),
		Subnets: texts(object.Get("Subnets")), SecurityGroups: texts(object.Get("SecurityGroups")),
		Instances: textsOf(object.Get("Instances"), "InstanceId"), Unknown: unknownFields(object),
	}
	for path, d := range each(object.Get("ListenerDescriptions"), "$.ListenerDescriptions") {
		n := d.Get("Listener")
		l := ClassicListener{Path: path + ".Listener", Protocol: strings.ToUpper(n.Get("Protocol").Text())}
		l.Port, _ = number(n.Get("LoadBalancerPort"))
		l.InstancePort, _ = number(n.Get("InstancePort"))
		s.Listeners = append(s.Listeners, l)
	}
	return s
}
