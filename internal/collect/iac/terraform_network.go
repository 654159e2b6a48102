package iac

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// terraformNetwork lists the network types of Amazon EC2.
func terraformNetwork() []kind {
	return []kind{
		{source: "aws_vpc", typ: aws.VPC, fields: []field{
			own("VpcId"), text("CidrBlock", "cidr_block"), text("OwnerId", "owner_id"), tags("Tags", "tags_all|tags"),
		}, also: []string{"ipv6_cidr_block"}, finish: func(s *assembly, a *answer, v value) { s.addIPv6(a, v.get("ipv6_cidr_block")) }},
		{source: "aws_subnet", typ: aws.Subnet, fields: []field{
			own("SubnetId"), text("SubnetArn", "arn").orAbsent(), ref("VpcId", "vpc_id", aws.VPC), text("CidrBlock", "cidr_block"), text("AvailabilityZone", "availability_zone"),
			flag("MapPublicIpOnLaunch", "map_public_ip_on_launch").or("false"),
			flag("AssignIpv6AddressOnCreation", "assign_ipv6_address_on_creation"), text("OwnerId", "owner_id"), tags("Tags", "tags_all|tags"),
		}, also: []string{"ipv6_cidr_block"}, finish: func(s *assembly, a *answer, v value) { s.addIPv6(a, v.get("ipv6_cidr_block")) }},
		{source: "aws_route_table", typ: aws.RouteTable, also: []string{"route"}, finish: finishRoutes, fields: []field{
			own("RouteTableId"), ref("VpcId", "vpc_id", aws.VPC), text("OwnerId", "owner_id"), tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_default_route_table", typ: aws.RouteTable, also: []string{"route"}, finish: func(s *assembly, a *answer, v value) {
			finishRoutes(s, a, v)
			s.addTo(a, "Associations", value{kind: tree.Map, line: a.line}, []field{fixed("Main", "true")})
		}, fields: []field{
			own("RouteTableId"), ref("VpcId", "vpc_id", aws.VPC), text("OwnerId", "owner_id"), tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_internet_gateway", typ: aws.InternetGateway, also: []string{"vpc_id"}, finish: finishGateway, fields: []field{
			own("InternetGatewayId"), text("OwnerId", "owner_id"), tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_nat_gateway", typ: aws.NATGateway, fields: []field{
			own("NatGatewayId"), ref("SubnetId", "subnet_id", aws.Subnet), ref("VpcId", "vpc_id", aws.VPC), text("ConnectivityType", "connectivity_type").or("public"),
			tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_security_group", typ: aws.SecurityGroup, bare: true, also: []string{"ingress", "egress"}, finish: finishRules, fields: terraformGroup()},
		{source: "aws_default_security_group", typ: aws.SecurityGroup, bare: true, also: []string{"ingress", "egress"}, finish: func(s *assembly, a *answer, v value) {
			finishRules(s, a, v)
			a.object.set("GroupName", newText("default", a.line))
			a.close("GroupName")
		}, fields: terraformGroup()},
		{source: "aws_network_acl", typ: aws.NetworkACL, also: []string{"ingress", "egress", "subnet_ids"}, finish: finishEntries, fields: terraformACL()},
		{source: "aws_default_network_acl", typ: aws.NetworkACL, also: []string{"ingress", "egress", "subnet_ids"}, finish: func(s *assembly, a *answer, v value) {
			finishEntries(s, a, v)
			a.object.set("IsDefault", newTrue(true, a.line))
		}, fields: terraformACL()},
		{source: "aws_network_interface", typ: aws.NetworkInterface, fields: []field{
			own("NetworkInterfaceId"), ref("SubnetId", "subnet_id", aws.Subnet), tags("TagSet", "tags_all|tags"),
		}, finish: finishInterface, also: []string{"private_ips", "security_groups"}},
		{source: "aws_ec2_managed_prefix_list", typ: aws.PrefixList, fields: []field{
			own("PrefixListId"), text("PrefixListName", "name"), text("OwnerId", "owner_id"), each("Entries", "entry", text("Cidr", "cidr")), tags("Tags", "tags_all|tags"),
		}},
	}
}

func terraformGroup() []field {
	return []field{
		own("GroupId"), text("GroupName", "name"), ref("VpcId", "vpc_id", aws.VPC), text("OwnerId", "owner_id"), tags("Tags", "tags_all|tags"),
	}
}

func terraformACL() []field {
	return []field{
		own("NetworkAclId"), ref("VpcId", "vpc_id", aws.VPC), text("OwnerId", "owner_id"), tags("Tags", "tags_all|tags"),
	}
}

// addIPv6 gives a VPC or subnet its IPv6 block.
func (s *assembly) addIPv6(a *answer, block value) {
	if block.open && !block.unset {
		a.leaveOpen("Ipv6CidrBlockAssociationSet")
	}
	if block.kind == tree.String && block.text != "" {
		s.addTo(a, "Ipv6CidrBlockAssociationSet", mapOf(block.line, map[string]value{"block": block}), []field{text("Ipv6CidrBlock", "block")})
	}
}

// terraformRoute lists what is read of a route. A gateway may be a virtual private one, too, which is not read
// itself.
func terraformRoute(destination string) []field {
	return []field{
		text("DestinationCidrBlock", destination+"cidr_block"), text("DestinationIpv6CidrBlock", destination+"ipv6_cidr_block"),
		ref("DestinationPrefixListId", "destination_prefix_list_id", aws.PrefixList), ref("GatewayId", "gateway_id"), ref("NatGatewayId", "nat_gateway_id", aws.NATGateway),
		ref("NetworkInterfaceId", "network_interface_id"), ref("InstanceId", "instance_id"), ref("TransitGatewayId", "transit_gateway_id"),
		ref("VpcPeeringConnectionId", "vpc_peering_connection_id"), ref("EgressOnlyInternetGatewayId", "egress_only_gateway_id"),
		ref("LocalGatewayId", "local_gateway_id"), ref("CarrierGatewayId", "carrier_gateway_id"), ref("CoreNetworkArn", "core_network_arn"),
	}
}

// finishRoutes reads the routes that a route table holds itself.
func finishRoutes(s *assembly, a *answer, v value) {
	routes := v.get("route")
	if routes.open && !routes.unset {
		a.leaveOpen("Routes")
	}
	for _, route := range routes.list() {
		s.addRoute(a, route, terraformRoute(""))
	}
}

// addRoute adds a route to a table. Of the interfaces of a gateway endpoint ("vpce-…") the API says GatewayId.
func (s *assembly) addRoute(a *answer, route value, fields []field) {
	s.addTo(a, "Routes", route, append(fields, ref("GatewayId", "vpc_endpoint_id")))
}

func finishGateway(s *assembly, a *answer, v value) { s.attachGateway(a, v.get("vpc_id")) }

// attachGateway attaches an internet gateway to a VPC.
func (s *assembly) attachGateway(a *answer, vpc value) {
	if !vpc.isEmpty() && !vpc.unset {
		s.addTo(a, "Attachments", mapOf(vpc.line, map[string]value{"vpc": vpc}), []field{ref("VpcId", "vpc", aws.VPC), fixed("State", "available")})
	}
}

// terraformRule is the vocabulary of the rules of a security group that stand in it, and of aws_security_group_rule.
func terraformRule() ruleNames {
	return ruleNames{
		protocol: "protocol", from: "from_port", to: "to_port", v4: "cidr_blocks", v6: "ipv6_cidr_blocks",
		groups: "security_groups|source_security_group_id", prefixes: "prefix_list_ids", self: "self",
	}
}

// finishRules reads the rules that a security group holds itself. Where it is not known which, and nobody
// configured any, the rules are resources of their own.
func finishRules(s *assembly, a *answer, v value) {
	for _, direction := range []struct {
		name   string
		egress bool
	}{{"ingress", false}, {"egress", true}} {
		rules := v.get(direction.name)
		if rules.open && !rules.unset {
			a.leaveOpen(permissionList(direction.egress))
		}
		for _, rule := range rules.list() {
			s.addRule(a, direction.egress, rule, terraformRule())
		}
	}
}

// finishEntries reads the entries and subnets that a network ACL holds itself.
func finishEntries(s *assembly, a *answer, v value) {
	if subnets := v.get("subnet_ids"); !subnets.unset {
		s.addEach(a, member{"Associations", "SubnetId"}, subnets, aws.Subnet)
	}
	for _, direction := range []struct {
		name   string
		egress bool
	}{{"ingress", false}, {"egress", true}} {
		entries := v.get(direction.name)
		if entries.open && !entries.unset {
			a.leaveOpen("Entries")
		}
		for _, entry := range entries.list() {
			s.addEntry(a, direction.egress, entry, terraformEntry("rule_no", "action"))
		}
	}
}

func terraformEntry(rule, action string) []field {
	return []field{
		number("RuleNumber", rule), text("RuleAction", action), text("Protocol", "protocol"), text("CidrBlock", "cidr_block"), text("Ipv6CidrBlock", "ipv6_cidr_block"),
		number("PortRange.From", "from_port"), number("PortRange.To", "to_port"),
	}
}

// finishInterface writes security groups and addresses as the API does.
func finishInterface(s *assembly, a *answer, v value) {
	s.addEach(a, member{"Groups", "GroupId"}, v.get("security_groups"), aws.SecurityGroup)
	s.addEach(a, member{"PrivateIpAddresses", "PrivateIpAddress"}, v.get("private_ips"), addresses)
}

// terraformNetworkParts lists the types that add to networks.
func terraformNetworkParts() []part {
	tables, acls, vpcs := []inventory.Type{aws.RouteTable}, []inventory.Type{aws.NetworkACL}, []inventory.Type{aws.VPC}
	return []part{
		{source: "aws_vpc_ipv4_cidr_block_association", attributes: []string{"vpc_id", "cidr_block"}, join: func(s *assembly, p piece) {
			if a := s.find(p.get("vpc_id"), vpcs); a != nil {
				s.addTo(a, "CidrBlockAssociationSet", p.value, []field{text("CidrBlock", "cidr_block")})
			}
		}},
		{source: "aws_vpc_ipv6_cidr_block_association", attributes: []string{"vpc_id", "ipv6_cidr_block"}, join: func(s *assembly, p piece) {
			if a := s.find(p.get("vpc_id"), vpcs); a != nil {
				s.addIPv6(a, p.get("ipv6_cidr_block"))
			}
		}},
		{source: "aws_internet_gateway_attachment", attributes: []string{"vpc_id", "internet_gateway_id"}, join: func(s *assembly, p piece) {
			if a := s.find(p.get("internet_gateway_id"), []inventory.Type{aws.InternetGateway}); a != nil {
				s.attachGateway(a, p.get("vpc_id"))
			}
		}},
		{source: "aws_route", attributes: attributesOf(terraformRoute("destination_"), []string{"route_table_id", "vpc_endpoint_id"}), join: func(s *assembly, p piece) {
			a := s.find(p.get("route_table_id"), tables)
			if a == nil {
				s.notJoined(p.label, "route table", p.line)
				return
			}
			s.addRoute(a, p.value, terraformRoute("destination_"))
		}},
		{source: "aws_route_table_association", attributes: []string{"route_table_id", "subnet_id", "gateway_id"}, join: func(s *assembly, p piece) {
			a := s.find(p.get("route_table_id"), tables)
			if a == nil {
				s.notJoined(p.label, "route table", p.line)
				return
			}
			s.addTo(a, "Associations", p.value, []field{ref("SubnetId", "subnet_id", aws.Subnet), ref("GatewayId", "gateway_id"), fixed("Main", "false")})
		}},
		{source: "aws_main_route_table_association", attributes: []string{"route_table_id", "vpc_id"}, join: func(s *assembly, p piece) {
			if a := s.find(p.get("route_table_id"), tables); a != nil {
				s.addTo(a, "Associations", p.value, []field{fixed("Main", "true")})
			}
		}},
		{source: "aws_network_acl_association", attributes: []string{"network_acl_id", "subnet_id"}, join: func(s *assembly, p piece) {
			a := s.find(p.get("network_acl_id"), acls)
			if a == nil {
				s.notJoined(p.label, "network ACL", p.line)
				return
			}
			s.addTo(a, "Associations", p.value, []field{ref("SubnetId", "subnet_id", aws.Subnet)})
		}},
		{source: "aws_network_acl_rule", attributes: attributesOf(terraformEntry("rule_number", "rule_action"), []string{"network_acl_id", "egress"}), join: func(s *assembly, p piece) {
			a := s.find(p.get("network_acl_id"), acls)
			if a == nil {
				s.notJoined(p.label, "network ACL", p.line)
				return
			}
			s.addEntry(a, p.get("egress").isTrue(), p.value, terraformEntry("rule_number", "rule_action"))
		}},
	}
}

// terraformRuleParts lists the types that add rules to security groups.
func terraformRuleParts() []part {
	single := ruleNames{
		protocol: "ip_protocol", from: "from_port", to: "to_port", v4: "cidr_ipv4", v6: "cidr_ipv6",
		groups: "referenced_security_group_id", prefixes: "prefix_list_id",
	}
	join := func(names ruleNames, egress func(piece) bool) func(*assembly, piece) {
		return func(s *assembly, p piece) {
			a := s.find(p.get("security_group_id"), []inventory.Type{aws.SecurityGroup})
			if a == nil {
				s.notJoined(p.label, "security group", p.line)
				return
			}
			s.addRule(a, egress(p), p.value, names)
		}
	}
	attributes := []string{"security_group_id", "ip_protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6", "referenced_security_group_id", "prefix_list_id"}
	return []part{
		{source: "aws_security_group_rule", attributes: []string{
			"security_group_id", "type", "protocol", "from_port", "to_port", "cidr_blocks", "ipv6_cidr_blocks", "source_security_group_id", "prefix_list_ids", "self",
		}, join: join(terraformRule(), func(p piece) bool { return p.get("type").text == "egress" })},
		{source: "aws_vpc_security_group_ingress_rule", attributes: attributes, join: join(single, func(piece) bool { return false })},
		{source: "aws_vpc_security_group_egress_rule", attributes: attributes, join: join(single, func(piece) bool { return true })},
	}
}
