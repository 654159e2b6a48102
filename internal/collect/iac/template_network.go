package iac

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// templateNetwork lists the network types of Amazon EC2.
func templateNetwork() []kind {
	return []kind{
		{source: "AWS::EC2::VPC", fields: []field{own("VpcId"), text("CidrBlock", "CidrBlock"), tags("Tags", "Tags")}},
		{source: "AWS::EC2::Subnet", also: []string{"Ipv6CidrBlock"}, finish: func(s *assembly, a *answer, v value) { s.addIPv6(a, v.get("Ipv6CidrBlock")) }, fields: []field{
			own("SubnetId"), ref("VpcId", "VpcId", aws.VPC), text("CidrBlock", "CidrBlock"), text("AvailabilityZone", "AvailabilityZone"),
			flag("MapPublicIpOnLaunch", "MapPublicIpOnLaunch").or("false"), flag("AssignIpv6AddressOnCreation", "AssignIpv6AddressOnCreation"), tags("Tags", "Tags"),
		}},
		{source: "AWS::EC2::RouteTable", fields: []field{own("RouteTableId"), ref("VpcId", "VpcId", aws.VPC), tags("Tags", "Tags")}},
		{source: "AWS::EC2::InternetGateway", fields: []field{own("InternetGatewayId"), tags("Tags", "Tags")}},
		{source: "AWS::EC2::NatGateway", fields: []field{
			own("NatGatewayId"), ref("SubnetId", "SubnetId", aws.Subnet), ref("VpcId", "VpcId", aws.VPC), text("ConnectivityType", "ConnectivityType").or("public"), tags("Tags", "Tags"),
		}},
		{source: "AWS::EC2::SecurityGroup", called: []string{"GroupName"}, also: []string{"SecurityGroupIngress", "SecurityGroupEgress"}, finish: finishTemplateRules, fields: []field{
			own("GroupId"), text("GroupName", "GroupName"), text("Description", "GroupDescription"), ref("VpcId", "VpcId", aws.VPC), tags("Tags", "Tags"),
		}},
		{source: "AWS::EC2::NetworkAcl", fields: []field{own("NetworkAclId"), ref("VpcId", "VpcId", aws.VPC), tags("Tags", "Tags")}},
		{source: "AWS::EC2::NetworkInterface", also: []string{"GroupSet"}, finish: func(s *assembly, a *answer, v value) {
			s.addEach(a, member{"Groups", "GroupId"}, v.get("GroupSet"), aws.SecurityGroup)
		}, fields: []field{own("NetworkInterfaceId"), ref("SubnetId", "SubnetId", aws.Subnet), tags("TagSet", "Tags")}},
		{source: "AWS::EC2::PrefixList", fields: []field{
			own("PrefixListId"), text("PrefixListName", "PrefixListName"), each("Entries", "Entries", text("Cidr", "Cidr")), tags("Tags", "Tags"),
		}},
	}
}

func templateRule() ruleNames {
	return ruleNames{
		protocol: "IpProtocol", from: "FromPort", to: "ToPort", v4: "CidrIp", v6: "CidrIpv6",
		groups: "SourceSecurityGroupId|DestinationSecurityGroupId", prefixes: "SourcePrefixListId|DestinationPrefixListId",
	}
}

func templateRuleAttributes() []string {
	return []string{
		"GroupId", "GroupName", "IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6", "SourceSecurityGroupId", "DestinationSecurityGroupId",
		"SourcePrefixListId", "DestinationPrefixListId", "SourceSecurityGroupName",
	}
}

// finishTemplateRules reads the rules that a security group holds itself.
func finishTemplateRules(s *assembly, a *answer, v value) {
	for _, direction := range []struct {
		property string
		egress   bool
	}{{"SecurityGroupIngress", false}, {"SecurityGroupEgress", true}} {
		rules := v.get(direction.property)
		if rules.open {
			a.leaveOpen(permissionList(direction.egress))
		}
		for _, rule := range rules.list() {
			s.addTemplateRule(a, direction.egress, rule)
		}
	}
}

// addTemplateRule adds a rule. A group that is named and not referred to is not followed.
func (s *assembly) addTemplateRule(a *answer, egress bool, rule value) {
	if !rule.get("SourceSecurityGroupName").isEmpty() {
		a.leaveOpen(permissionList(egress))
	}
	s.addRule(a, egress, rule, templateRule())
}

// templateRuleParts lists the types that add rules to security groups.
func templateRuleParts() []part {
	join := func(egress bool) func(*assembly, piece) {
		return func(s *assembly, p piece) {
			group := p.get("GroupId")
			if group.isEmpty() {
				group = p.get("GroupName")
			}
			a := s.find(group, []inventory.Type{aws.SecurityGroup})
			if a == nil {
				s.notJoined(p.label, "security group", p.line)
				return
			}
			s.addTemplateRule(a, egress, p.value)
		}
	}
	return []part{
		{source: "AWS::EC2::SecurityGroupIngress", attributes: templateRuleAttributes(), join: join(false)},
		{source: "AWS::EC2::SecurityGroupEgress", attributes: templateRuleAttributes(), join: join(true)},
	}
}

func templateRoute() []field {
	return []field{
		text("DestinationCidrBlock", "DestinationCidrBlock"), text("DestinationIpv6CidrBlock", "DestinationIpv6CidrBlock"),
		ref("DestinationPrefixListId", "DestinationPrefixListId", aws.PrefixList), ref("GatewayId", "GatewayId"), ref("NatGatewayId", "NatGatewayId", aws.NATGateway),
		ref("NetworkInterfaceId", "NetworkInterfaceId"), ref("InstanceId", "InstanceId"), ref("TransitGatewayId", "TransitGatewayId"),
		ref("VpcPeeringConnectionId", "VpcPeeringConnectionId"), ref("EgressOnlyInternetGatewayId", "EgressOnlyInternetGatewayId"),
		ref("LocalGatewayId", "LocalGatewayId"), ref("CarrierGatewayId", "CarrierGatewayId"), ref("CoreNetworkArn", "CoreNetworkArn"), ref("GatewayId", "VpcEndpointId"),
	}
}

func templateEntry() []field {
	return []field{
		number("RuleNumber", "RuleNumber"), text("RuleAction", "RuleAction"), text("Protocol", "Protocol"), text("CidrBlock", "CidrBlock"), text("Ipv6CidrBlock", "Ipv6CidrBlock"),
		number("PortRange.From", "PortRange.From"), number("PortRange.To", "PortRange.To"),
	}
}

// templateNetworkParts lists the types that add to networks.
func templateNetworkParts() []part {
	// to joins a piece to the resource that a property names.
	to := func(property string, t inventory.Type, called string, do func(*assembly, *answer, piece)) func(*assembly, piece) {
		return func(s *assembly, p piece) {
			if a := s.find(p.get(property), []inventory.Type{t}); a != nil {
				do(s, a, p)
			} else {
				s.notJoined(p.label, called, p.line)
			}
		}
	}
	return []part{
		{source: "AWS::EC2::VPCCidrBlock", attributes: []string{"VpcId", "CidrBlock", "Ipv6CidrBlock", "AmazonProvidedIpv6CidrBlock"}, join: to("VpcId", aws.VPC, "VPC", func(s *assembly, a *answer, p piece) {
			if p.get("AmazonProvidedIpv6CidrBlock").isTrue() {
				a.leaveOpen("Ipv6CidrBlockAssociationSet")
			}
			s.addIPv6(a, p.get("Ipv6CidrBlock"))
			if !p.get("CidrBlock").isEmpty() {
				s.addTo(a, "CidrBlockAssociationSet", p.value, []field{text("CidrBlock", "CidrBlock")})
			}
		})},
		{source: "AWS::EC2::SubnetCidrBlock", attributes: []string{"SubnetId", "Ipv6CidrBlock"}, join: to("SubnetId", aws.Subnet, "subnet", func(s *assembly, a *answer, p piece) {
			s.addIPv6(a, p.get("Ipv6CidrBlock"))
		})},
		{source: "AWS::EC2::VPCGatewayAttachment", attributes: []string{"VpcId", "InternetGatewayId"}, join: func(s *assembly, p piece) {
			if p.get("InternetGatewayId").isNothing() { // a virtual private gateway's
				return
			}
			to("InternetGatewayId", aws.InternetGateway, "internet gateway", func(s *assembly, a *answer, p piece) { s.attachGateway(a, p.get("VpcId")) })(s, p)
		}},
		{source: "AWS::EC2::Route", attributes: attributesOf(templateRoute(), []string{"RouteTableId"}), join: to("RouteTableId", aws.RouteTable, "route table", func(s *assembly, a *answer, p piece) {
			s.addTo(a, "Routes", p.value, templateRoute())
		})},
		{source: "AWS::EC2::SubnetRouteTableAssociation", attributes: []string{"RouteTableId", "SubnetId"}, join: to("RouteTableId", aws.RouteTable, "route table", func(s *assembly, a *answer, p piece) {
			s.addTo(a, "Associations", p.value, []field{ref("SubnetId", "SubnetId", aws.Subnet), fixed("Main", "false")})
		})},
		{source: "AWS::EC2::NetworkAclEntry", attributes: attributesOf(templateEntry(), []string{"NetworkAclId", "Egress"}), join: to("NetworkAclId", aws.NetworkACL, "network ACL", func(s *assembly, a *answer, p piece) {
			egress := p.get("Egress")
			if egress.open {
				a.leaveOpen("Entries")
				return
			}
			s.addEntry(a, egress.isTrue(), p.value, templateEntry())
		})},
		{source: "AWS::EC2::SubnetNetworkAclAssociation", attributes: []string{"NetworkAclId", "SubnetId"}, join: to("NetworkAclId", aws.NetworkACL, "network ACL", func(s *assembly, a *answer, p piece) {
			s.addTo(a, "Associations", p.value, []field{ref("SubnetId", "SubnetId", aws.Subnet)})
		})},
	}
}

// templateCompute lists instances and what they are started from.
func templateCompute() []kind {
	return []kind{
		{source: "AWS::EC2::Instance", also: []string{"SecurityGroupIds", "IamInstanceProfile", "NetworkInterfaces"}, finish: finishTemplateInstance, fields: append(
			templateMetadata(""), own("InstanceId"), ref("SubnetId", "SubnetId", aws.Subnet), text("ImageId", "ImageId"), text("InstanceType", "InstanceType"),
			text("Placement.AvailabilityZone", "AvailabilityZone"), tags("Tags", "Tags"),
		)},
		{source: "AWS::EC2::LaunchTemplate", called: []string{"LaunchTemplateName"}, also: []string{"LaunchTemplateData"}, finish: finishTemplateVersion, fields: []field{
			own("LaunchTemplateId"), text("LaunchTemplateName", "LaunchTemplateName"),
		}},
	}
}

func templateMetadata(below string) []field {
	below += "MetadataOptions."
	return metadataFields(below+"HttpEndpoint", below+"HttpTokens", below+"HttpPutResponseHopLimit")
}

func finishTemplateInstance(s *assembly, a *answer, v value) {
	first := v.get("NetworkInterfaces")
	groups := v.get("SecurityGroupIds")
	if groups.isNothing() {
		groups = first.get("GroupSet")
	}
	s.addEach(a, member{"SecurityGroups", "GroupId"}, groups, aws.SecurityGroup)
	if groups.isNothing() {
		a.leaveOpen("SecurityGroups")
	}
	if a.object.textOf("SubnetId") == "" {
		s.fill(a.root(), first, []field{ref("SubnetId", "SubnetId", aws.Subnet)})
	}
	a.putProfile(s, v.get("IamInstanceProfile"))
	if public := first.get("AssociatePublicIpAddress"); !public.isScalar() || public.isTrue() {
		a.leaveOpen("PublicIpAddress") // whether it has one, the subnet decides; which, nobody knows yet
	}
}

// finishTemplateVersion makes the first version of a launch template.
func finishTemplateVersion(s *assembly, a *answer, v value) {
	made := s.addVersion(a, "1", a.line)
	made.object.set("DefaultVersion", newTrue(true, a.line))
	data := v.get("LaunchTemplateData")
	if data.open {
		made.leaveOpen("LaunchTemplateData")
		return
	}
	s.fill(made.root(), value{kind: tree.Map, line: v.line, keys: []string{"v"}, items: []value{data}}, prefixed("LaunchTemplateData.", append(
		templateMetadata("v."),
		ref("IamInstanceProfile.Arn", "v.IamInstanceProfile.Arn", aws.IAMInstanceProfile), ref("IamInstanceProfile.Name", "v.IamInstanceProfile.Name", aws.IAMInstanceProfile),
		refs("SecurityGroupIds", "v.SecurityGroupIds", aws.SecurityGroup),
		each("NetworkInterfaces", "v.NetworkInterfaces", flag("AssociatePublicIpAddress", "AssociatePublicIpAddress"), refs("Groups", "Groups", aws.SecurityGroup),
			ref("SubnetId", "SubnetId", aws.Subnet), number("Ipv6AddressCount", "Ipv6AddressCount"), each("Ipv6Addresses", "Ipv6Addresses", text("Ipv6Address", "Ipv6Address"))),
		text("ImageId", "v.ImageId"), text("InstanceType", "v.InstanceType"),
	)))
}
