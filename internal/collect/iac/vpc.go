package iac

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// implied adds what a new VPC comes with (https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html):
// its main route table, default network ACL and default security group, unless the document has them itself.
func (s *assembly) implied(vpc *answer, declared map[string]bool) {
	made := func(t inventory.Type, id, called string) *answer {
		a := newAnswer(kind{typ: t}, vpc.label, vpc.line)
		a.beside = called
		a.uid = vpc.uid + inventory.UID("#"+strings.ToLower(strings.ReplaceAll(called, " ", "-")))
		a.object.set(id, newText(string(a.uid), vpc.line))
		a.object.set("VpcId", newText(vpc.ref(), vpc.line))
		s.add(a)
		return a
	}
	if !declared[vpc.ref()+" table"] {
		a := made(aws.RouteTable, "RouteTableId", "main route table")
		association := newMap(vpc.line)
		association.set("Main", newTrue(true, vpc.line))
		a.object.list("Associations", vpc.line).add(association)
	}
	if !declared[vpc.ref()+" acl"] {
		a := made(aws.NetworkACL, "NetworkAclId", "default network ACL")
		a.object.set("IsDefault", newTrue(true, vpc.line))
		for _, egress := range []bool{false, true} {
			entry := newMap(vpc.line)
			entry.set("Egress", newTrue(egress, vpc.line))
			entry.set("RuleNumber", newNumber("100", vpc.line))
			entry.set("RuleAction", newText("allow", vpc.line))
			entry.set("Protocol", newText("-1", vpc.line))
			entry.set("CidrBlock", newText("0.0.0.0/0", vpc.line))
			a.object.list("Entries", vpc.line).add(entry)
		}
	}
	if !declared[vpc.ref()+" group"] {
		a := made(aws.SecurityGroup, "GroupId", "default security group")
		a.object.set("GroupName", newText("default", vpc.line))
		a.permissions = append(a.permissions, permission{protocol: "-1", list: "UserIdGroupPairs", field: "GroupId", source: a.ref(), line: vpc.line, at: vpc.line})
		a.allowAll()
	}
}

// filterSubnets associates the subnets that a document makes in a new VPC, and with no network ACL of their own, with the
// default one: the API lists them there.
func (s *assembly) filterSubnets() {
	defaults, taken := map[string]*answer{}, map[string]bool{}
	for _, acl := range s.all(aws.NetworkACL) {
		if acl.object.textOf("IsDefault") == "true" && acl.id == "" {
			defaults[acl.object.textOf("VpcId")] = acl
		}
		if list := acl.object.get("Associations"); list != nil {
			for _, association := range list.kids {
				taken[association.textOf("SubnetId")] = true
			}
		}
		if slices.Contains(acl.open, "$.Associations") { // nobody knows which subnets are its own
			return
		}
	}
	for _, subnet := range s.all(aws.Subnet) {
		acl := defaults[subnet.object.textOf("VpcId")]
		if acl == nil || subnet.id != "" || taken[subnet.ref()] {
			continue
		}
		association := newMap(subnet.line)
		association.set("SubnetId", newText(subnet.ref(), subnet.line))
		acl.object.list("Associations", acl.line).add(association)
	}
}

// declaredDefaults lists the main route tables, default network ACLs and default security groups that the document has
// itself, by VPC.
func (s *assembly) declaredDefaults() map[string]bool {
	all := map[string]bool{}
	for _, a := range s.answers {
		var what string
		switch {
		case a.kind.typ == aws.RouteTable && isMain(a.object):
			what = " table"
		case a.kind.typ == aws.NetworkACL && a.object.textOf("IsDefault") == "true":
			what = " acl"
		case a.kind.typ == aws.SecurityGroup && a.object.textOf("GroupName") == "default":
			what = " group"
		default:
			continue
		}
		all[a.object.textOf("VpcId")+what] = true
	}
	return all
}

// isMain reports whether a route table is the main one of its VPC.
func isMain(table *node) bool {
	associations := table.get("Associations")
	return associations != nil && slices.ContainsFunc(associations.kids, func(n *node) bool { return n.textOf("Main") == "true" })
}

// addLocalRoutes gives a route table the routes within its VPC that every one has, for the blocks that are known
// (https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html).
func (s *assembly) addLocalRoutes(table *answer) {
	vpc := s.find(textValue(table.object.textOf("VpcId"), 0), []inventory.Type{aws.VPC})
	if vpc == nil {
		return
	}
	routes := table.object.list("Routes", table.line)
	const most = 50 // blocks of a VPC: AWS allows no more
	known := map[string]bool{"": true}
	for _, r := range routes.kids {
		known[r.textOf("DestinationCidrBlock")], known[r.textOf("DestinationIpv6CidrBlock")] = true, true
	}
	added := 0
	add := func(member, block string) {
		if known[block] || added == most {
			return
		}
		known[block] = true
		added++
		route := newMap(table.line)
		route.set(member, newText(block, table.line))
		route.set("GatewayId", newText("local", table.line))
		routes.add(route)
	}
	add("DestinationCidrBlock", vpc.object.textOf("CidrBlock"))
	for _, set := range []struct{ list, block, member string }{
		{"CidrBlockAssociationSet", "CidrBlock", "DestinationCidrBlock"},
		{"Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", "DestinationIpv6CidrBlock"},
	} {
		if list := vpc.object.get(set.list); list != nil && list.kind == tree.List {
			for _, block := range list.kids {
				add(set.member, block.textOf(set.block))
			}
		}
	}
}
