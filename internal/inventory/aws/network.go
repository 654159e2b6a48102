package aws

import (
	"strconv"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// VPCSpec is the projection of a VPC.
type VPCSpec struct {
	ID string
	// CIDRs lists its IPv4 and IPv6 blocks.
	CIDRs []string
}

// SubnetSpec is the projection of a subnet.
type SubnetSpec struct {
	ID, VPC, Zone string
	CIDRs         []string
	// PublicIP is MapPublicIpOnLaunch, and IPv6 AssignIpv6AddressOnCreation: what an interface gets that does not
	// ask for anything else.
	PublicIP, IPv6 bool
	// Blocked is what VPC Block Public Access keeps from the internet gateway here: block-ingress or
	// block-bidirectional; "off" or "" for nothing
	// (https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html).
	Blocked string
	Unknown Unknown
}

// RouteTableSpec is the projection of a route table.
type RouteTableSpec struct {
	ID, VPC string
	// Main is set for the table of every subnet that has none of its own.
	Main    bool
	Subnets []string
	// Gateways lists the internet gateways and virtual private gateways whose incoming traffic the table directs.
	Gateways []string
	Routes   []Route
	Unknown  Unknown
}

// Route is one route of a route table.
type Route struct {
	// Path is the JSONPath of the route.
	Path string
	// CIDR is the destination, IPv4 or IPv6; PrefixList is the ID of one in its place.
	CIDR, PrefixList string
	// Target is the ID of what the traffic goes to: igw-…, nat-…, eni-…, i-…, tgw-…, pcx-…, vgw-…, eigw-…,
	// vpce-…, or "local".
	Target string
	// Blackhole is set where the target is gone.
	Blackhole bool
	// Propagated is set where a virtual private gateway announced the route: a static one to the same destination
	// comes first.
	Propagated bool
}

// InternetGatewaySpec is the projection of an internet gateway.
type InternetGatewaySpec struct {
	ID      string
	VPCs    []string
	Unknown Unknown
}

// NATGatewaySpec is the projection of a NAT gateway.
type NATGatewaySpec struct {
	ID, VPC, Subnet string
	// Public is false for one that only connects private networks.
	Public bool
}

// SecurityGroupSpec is the projection of a security group.
type SecurityGroupSpec struct {
	ID, VPC, Name   string
	Ingress, Egress []Permission
	Unknown         Unknown
}

// Permission is one rule of a security group.
type Permission struct {
	// Path is the JSONPath of the rule.
	Path string
	// Protocol is tcp, udp, icmp, icmpv6, a number, or -1 for every one.
	Protocol string
	// From and To are the ports, both ends included; 0 and 65535 where every port is meant.
	From, To int32
	// Ranges lists the CIDR blocks, IPv4 and IPv6; Groups and PrefixLists the IDs of what else may connect.
	Ranges              []Range
	Groups, PrefixLists []string
}

// Range is one CIDR block of a rule.
type Range struct {
	// Path is the JSONPath of the field with the block.
	Path, CIDR string
}

// NetworkACLSpec is the projection of a network ACL.
type NetworkACLSpec struct {
	ID, VPC string
	// Default is set for the ACL of every subnet that has none of its own.
	Default bool
	Subnets []string
	// Entries are in no order: the lowest Number that matches decides.
	Entries []ACLEntry
	Unknown Unknown
}

// ACLEntry is one entry of a network ACL.
type ACLEntry struct {
	// Path is the JSONPath of the entry.
	Path   string
	Number int32
	Egress bool
	Allow  bool
	// Protocol is a number of IANA's, or -1 for every one.
	Protocol string
	CIDR     string
	// From and To are the ports, both ends included; 0 and 65535 where every port is meant.
	From, To int32
}

// NetworkInterfaceSpec is the projection of an elastic network interface.
type NetworkInterfaceSpec struct {
	ID, VPC, Subnet string
	SecurityGroups  []string
	// PublicIPs and IPv6s are addresses that are routable from the internet.
	PublicIPs, PrivateIPs, IPv6s []string
	// Instance is the ID of the EC2 instance that it is attached to.
	Instance string
}

// PrefixListSpec is the projection of a prefix list, of which describe-managed-prefix-lists gives no entries.
type PrefixListSpec struct {
	ID, Name string
	// CIDRs lists its entries where they were read; nil where not.
	CIDRs []string
}

func projectNetwork(t inventory.Type, object tree.Node) any {
	vpc := object.Get("VpcId").Text()
	switch t {
	case VPC:
		return &VPCSpec{ID: vpc, CIDRs: blocks(object, "CidrBlock", "CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet")}
	case Subnet:
		return &SubnetSpec{
			ID: object.Get("SubnetId").Text(), VPC: vpc, Zone: object.Get("AvailabilityZone").Text(),
			CIDRs:    blocks(object, "CidrBlock", "Ipv6CidrBlockAssociationSet"),
			PublicIP: isTrue(object.Get("MapPublicIpOnLaunch")), IPv6: isTrue(object.Get("AssignIpv6AddressOnCreation")),
			Blocked: object.Get("BlockPublicAccessStates", "InternetGatewayBlockMode").Text(), Unknown: unknownFields(object),
		}
	case RouteTable:
		return projectRouteTable(object)
	case InternetGateway:
		return &InternetGatewaySpec{
			ID: object.Get("InternetGatewayId").Text(), VPCs: textsOf(object.Get("Attachments"), "VpcId"), Unknown: unknownFields(object),
		}
	case NATGateway:
		return &NATGatewaySpec{
			ID: object.Get("NatGatewayId").Text(), VPC: vpc, Subnet: object.Get("SubnetId").Text(),
			Public: object.Get("ConnectivityType").Text() != "private",
		}
	case SecurityGroup:
		return &SecurityGroupSpec{
			ID: object.Get("GroupId").Text(), VPC: vpc, Name: object.Get("GroupName").Text(), Unknown: unknownFields(object),
			Ingress: permissions(object.Get("IpPermissions"), "$.IpPermissions"),
			Egress:  permissions(object.Get("IpPermissionsEgress"), "$.IpPermissionsEgress"),
		}
	case NetworkACL:
		return projectNetworkACL(object)
	case NetworkInterface:
		return projectInterface(object)
	case PrefixList:
		return projectPrefixList(object)
	}
	return nil
}

// projectPrefixList reads a prefix list: with the entries that get-managed-prefix-list-entries gives, or with the
// blocks that describe-prefix-lists gives of the lists that AWS manages.
func projectPrefixList(object tree.Node) *PrefixListSpec {
	s := &PrefixListSpec{ID: object.Get("PrefixListId").Text(), Name: object.Get("PrefixListName").Text()}
	entries, cidrs := object.Get("Entries"), object.Get("Cidrs")
	if entries.Exists() || cidrs.Exists() {
		s.CIDRs = append(append([]string{}, textsOf(entries, "Cidr")...), texts(cidrs)...)
	}
	return s
}

// blocks reads the CIDR blocks of a VPC or subnet, each once.
func blocks(object tree.Node, fields ...string) []string {
	var all []string
	add := func(block string) {
		for _, known := range all {
			if known == block {
				return
			}
		}
		if block != "" {
			all = append(all, block)
		}
	}
	for _, field := range fields {
		n := object.Get(field)
		add(n.Text())
		for a := range n.All() {
			add(a.Get("CidrBlock").Text())
			add(a.Get("Ipv6CidrBlock").Text())
		}
	}
	return all
}

func projectRouteTable(object tree.Node) *RouteTableSpec {
	t := &RouteTableSpec{
		ID: object.Get("RouteTableId").Text(), VPC: object.Get("VpcId").Text(),
		Gateways: textsOf(object.Get("Associations"), "GatewayId"), Unknown: unknownFields(object),
	}
	for a := range object.Get("Associations").All() {
		t.Main = t.Main || isTrue(a.Get("Main"))
		if subnet := a.Get("SubnetId").Text(); subnet != "" {
			t.Subnets = append(t.Subnets, subnet)
		}
	}
	targets := []string{
		"GatewayId", "NatGatewayId", "NetworkInterfaceId", "InstanceId", "TransitGatewayId", "VpcPeeringConnectionId",
		"EgressOnlyInternetGatewayId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn",
	}
	for path, n := range each(object.Get("Routes"), "$.Routes") {
		r := Route{
			Path: path, PrefixList: n.Get("DestinationPrefixListId").Text(), Blackhole: n.Get("State").Text() == "blackhole",
			Propagated: n.Get("Origin").Text() == "EnableVgwRoutePropagation",
		}
		r.CIDR = n.Get("DestinationCidrBlock").Text() + n.Get("DestinationIpv6CidrBlock").Text()
		for _, field := range targets {
			if id := n.Get(field).Text(); id != "" {
				r.Target = id
				break
			}
		}
		t.Routes = append(t.Routes, r)
	}
	return t
}

func permissions(list tree.Node, at string) []Permission {
	var all []Permission
	for path, n := range each(list, at) {
		p := Permission{
			Path: path, Protocol: n.Get("IpProtocol").Text(),
			Groups: textsOf(n.Get("UserIdGroupPairs"), "GroupId"), PrefixLists: textsOf(n.Get("PrefixListIds"), "PrefixListId"),
		}
		p.From, p.To = ports(n.Get("FromPort"), n.Get("ToPort"))
		for _, version := range []struct{ list, block string }{{"IpRanges", "CidrIp"}, {"Ipv6Ranges", "CidrIpv6"}} {
			for in, r := range each(n.Get(version.list), path+"."+version.list) {
				p.Ranges = append(p.Ranges, Range{Path: in + "." + version.block, CIDR: r.Get(version.block).Text()})
			}
		}
		all = append(all, p)
	}
	return all
}

// ports reads a range of ports. The API leaves it out, or writes -1, where every port is meant.
func ports(from, to tree.Node) (first, last int32) {
	first, hasFirst := number(from)
	last, hasLast := number(to)
	if !hasFirst || !hasLast || first == -1 || last == -1 {
		return 0, 65535
	}
	return first, last
}

func projectNetworkACL(object tree.Node) *NetworkACLSpec {
	acl := &NetworkACLSpec{
		ID: object.Get("NetworkAclId").Text(), VPC: object.Get("VpcId").Text(), Default: isTrue(object.Get("IsDefault")),
		Subnets: textsOf(object.Get("Associations"), "SubnetId"), Unknown: unknownFields(object),
	}
	for path, n := range each(object.Get("Entries"), "$.Entries") {
		e := ACLEntry{
			Path: path, Egress: isTrue(n.Get("Egress")), Allow: n.Get("RuleAction").Text() == "allow",
			Protocol: n.Get("Protocol").Text(), CIDR: n.Get("CidrBlock").Text() + n.Get("Ipv6CidrBlock").Text(),
		}
		e.Number, _ = number(n.Get("RuleNumber"))
		e.From, e.To = ports(n.Get("PortRange", "From"), n.Get("PortRange", "To"))
		acl.Entries = append(acl.Entries, e)
	}
	return acl
}

func projectInterface(object tree.Node) *NetworkInterfaceSpec {
	s := &NetworkInterfaceSpec{
		ID: object.Get("NetworkInterfaceId").Text(), VPC: object.Get("VpcId").Text(), Subnet: object.Get("SubnetId").Text(),
		SecurityGroups: textsOf(object.Get("Groups"), "GroupId"),
		PrivateIPs:     textsOf(object.Get("PrivateIpAddresses"), "PrivateIpAddress"),
		IPv6s:          textsOf(object.Get("Ipv6Addresses"), "Ipv6Address"),
		Instance:       object.Get("Attachment", "InstanceId").Text(),
	}
	add := func(ip string) {
		for _, known := range s.PublicIPs {
			if known == ip {
				return
			}
		}
		if ip != "" {
			s.PublicIPs = append(s.PublicIPs, ip)
		}
	}
	add(object.Get("Association", "PublicIp").Text())
	for p := range object.Get("PrivateIpAddresses").All() {
		add(p.Get("Association", "PublicIp").Text())
	}
	return s
}

// MetadataOptions says who reaches the instance metadata service of an instance
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsResponse.html). A field
// that is not set is "" or 0: the account's or the image's default counts.
type MetadataOptions struct {
	// Path is the JSONPath of the options.
	Path string
	// Endpoint is enabled or disabled, Tokens required (IMDSv2 only) or optional.
	Endpoint, Tokens string
	// HopLimit is how many network hops an answer travels: with 1 it does not reach a container in a network
	// of its own.
	HopLimit int32
}

func metadataOptions(n tree.Node, path string) MetadataOptions {
	hops, _ := number(n.Get("HttpPutResponseHopLimit"))
	return MetadataOptions{Path: path, Endpoint: n.Get("HttpEndpoint").Text(), Tokens: n.Get("HttpTokens").Text(), HopLimit: hops}
}

// InstanceSpec is the projection of an EC2 instance. Its tags are the resource's labels.
type InstanceSpec struct {
	ID, VPC, Subnet string
	SecurityGroups  []string
	PublicIP        string
	IPv6s           []string
	// Interfaces lists its network interfaces; the fields above are those of the first one.
	Interfaces []InstanceInterface
	// Profile is the ARN of the instance profile; "" without one.
	Profile  string
	Metadata MetadataOptions
	// State is pending, running, stopping, stopped, shutting-down or terminated.
	State   string
	Unknown Unknown
}

// InstanceInterface is one network interface of an instance, as describe-instances tells of it.
type InstanceInterface struct {
	// Path is the JSONPath of the interface.
	Path, ID, Subnet string
	SecurityGroups   []string
	// PublicIP is the public IPv4 address that leads to it; "" without one.
	PublicIP string
	// PrivateIPs and IPv6s are its own addresses.
	PrivateIPs, IPv6s []string
}

func projectInstance(object tree.Node) *InstanceSpec {
	s := &InstanceSpec{
		ID: object.Get("InstanceId").Text(), VPC: object.Get("VpcId").Text(), Subnet: object.Get("SubnetId").Text(),
		SecurityGroups: textsOf(object.Get("SecurityGroups"), "GroupId"),
		PublicIP:       object.Get("PublicIpAddress").Text(),
		Profile:        object.Get("IamInstanceProfile", "Arn").Text(),
		Metadata:       metadataOptions(object.Get("MetadataOptions"), "$.MetadataOptions"),
		State:          object.Get("State", "Name").Text(),
		Unknown:        unknownFields(object),
	}
	for path, n := range each(object.Get("NetworkInterfaces"), "$.NetworkInterfaces") {
		s.IPv6s = append(s.IPv6s, textsOf(n.Get("Ipv6Addresses"), "Ipv6Address")...)
		s.Interfaces = append(s.Interfaces, InstanceInterface{
			Path: path, ID: n.Get("NetworkInterfaceId").Text(), Subnet: n.Get("SubnetId").Text(),
			SecurityGroups: textsOf(n.Get("Groups"), "GroupId"), PublicIP: n.Get("Association", "PublicIp").Text(),
			PrivateIPs: textsOf(n.Get("PrivateIpAddresses"), "PrivateIpAddress"), IPv6s: textsOf(n.Get("Ipv6Addresses"), "Ipv6Address"),
		})
	}
	return s
}

// TemplateVersionSpec is the projection of one version of a launch template.
type TemplateVersionSpec struct {
	// Template is the ID of the launch template.
	Template string
	Version  int64
	Default  bool
	Metadata MetadataOptions
	// Profile is the ARN or name of the instance profile.
	Profile string
	// PublicIP is AssociatePublicIpAddress of the first interface; nil where the subnet decides.
	PublicIP       *bool
	SecurityGroups []string
	// IPv6 is set where the first interface asks for IPv6 addresses.
	IPv6    bool
	Unknown Unknown
}

func projectTemplateVersion(object tree.Node) *TemplateVersionSpec {
	data := object.Get("LaunchTemplateData")
	version, _ := strconv.ParseInt(object.Get("VersionNumber").Text(), 10, 64)
	s := &TemplateVersionSpec{
		Template: object.Get("LaunchTemplateId").Text(), Version: version, Default: isTrue(object.Get("DefaultVersion")),
		Metadata: metadataOptions(data.Get("MetadataOptions"), "$.LaunchTemplateData.MetadataOptions"),
		Profile:  data.Get("IamInstanceProfile", "Arn").Text() + data.Get("IamInstanceProfile", "Name").Text(),
		PublicIP: optional(data.Get("NetworkInterfaces").At(0).Get("AssociatePublicIpAddress")),
		Unknown:  unknownFields(object),
	}
	count, _ := number(data.Get("NetworkInterfaces").At(0).Get("Ipv6AddressCount"))
	s.IPv6 = count > 0 || data.Get("NetworkInterfaces").At(0).Get("Ipv6Addresses").Len() > 0
	s.SecurityGroups = append(texts(data.Get("SecurityGroupIds")), texts(data.Get("NetworkInterfaces").At(0).Get("Groups"))...)
	return s
}
