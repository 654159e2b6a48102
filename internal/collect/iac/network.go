package iac

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// permission is one source of a rule of a security group. The API gives those with the same protocol and ports
// as one rule.
type permission struct {
	egress             bool
	protocol, from, to string
	list, field        string // where its source stands: IpRanges, CidrIp
	source             string
	line, at           int // of the rule, and of its source
}

// ruleNames says what a document calls the parts of a rule.
type ruleNames struct {
	protocol, from, to       string
	v4, v6, groups, prefixes string // "a|b" is both
	self                     string // true where the group itself is meant
}

// permissionLists names the rules of a direction in an answer.
func permissionList(egress bool) string {
	if egress {
		return "IpPermissionsEgress"
	}
	return "IpPermissions"
}

// addRule adds one rule to a security group.
func (s *assembly) addRule(a *answer, egress bool, rule value, n ruleNames) {
	base := permission{egress: egress, line: rule.line}
	protocol, from, to := rule.get(n.protocol), rule.get(n.from), rule.get(n.to)
	if rule.open || protocol.open || from.open || to.open || aws.IsBlank(protocol.text) || aws.IsBlank(from.text) || aws.IsBlank(to.text) {
		a.leaveOpen(permissionList(egress))
		return
	}
	base.protocol = protocolName(protocol.text)
	if base.protocol != "-1" {
		base.from, base.to = from.text, to.text
	}
	add := func(list, field, source string, at int) {
		p := base
		p.list, p.field, p.source, p.at = list, field, source, at
		if a.once(p.text()) {
			a.permissions = append(a.permissions, p)
		}
	}
	for _, part := range []struct {
		from, list, field string
		types             []inventory.Type
	}{
		{n.v4, "IpRanges", "CidrIp", []inventory.Type{addresses}},
		{n.v6, "Ipv6Ranges", "CidrIpv6", []inventory.Type{addresses}},
		{n.groups, "UserIdGroupPairs", "GroupId", []inventory.Type{aws.SecurityGroup}},
		{n.prefixes, "PrefixListIds", "PrefixListId", nil},
	} {
		for _, name := range alternatives(part.from) {
			v := rule.get(name)
			sources, whole := s.references(v, part.types)
			if !whole {
				a.leaveOpen(permissionList(egress))
			}
			for _, source := range sources {
				add(part.list, part.field, source, v.line)
			}
		}
	}
	if n.self != "" && rule.get(n.self).isTrue() {
		add("UserIdGroupPairs", "GroupId", a.ref(), rule.get(n.self).line)
	}
}

// addresses is the type of no resource: where an address is wanted, none may be named.
const addresses inventory.Type = "-"

// text tells a permission from others, wherever it stands.
func (p permission) text() string {
	return strings.Join([]string{boolText(p.egress), p.protocol, p.from, p.to, p.field, p.source}, " ")
}

// protocolName gives a protocol as security groups write it.
func protocolName(name string) string {
	switch name {
	case "all", "":
		return "-1"
	case "6":
		return "tcp"
	case "17":
		return "udp"
	case "1":
		return "icmp"
	case "58":
		return "icmpv6"
	}
	return name
}

// writeRules writes the rules of a security group, as the API groups them.
func (a *answer) writeRules() {
	for _, egress := range []bool{false, true} {
		list := newList(a.line)
		groups := map[permission]*node{}
		for _, p := range a.permissions {
			if p.egress != egress {
				continue
			}
			key := permission{protocol: p.protocol, from: p.from, to: p.to}
			rule := groups[key]
			if rule == nil {
				rule = newMap(p.line)
				groups[key] = rule
				rule.set("IpProtocol", newText(p.protocol, p.line))
				setPort(rule, "FromPort", p.from, p.line)
				setPort(rule, "ToPort", p.to, p.line)
				list.add(rule)
			}
			source := newMap(p.at)
			source.set(p.field, newText(p.source, p.at))
			rule.list(p.list, p.line).add(source)
		}
		a.object.set(permissionList(egress), list)
	}
}

func setPort(n *node, member, port string, line int) {
	if v, ok := scalarOf(textValue(port, line), asNumber); ok {
		n.set(member, v)
	}
}

// allowAll adds the rule that lets everything out, which the API gives to a group of which nothing else is said.
func (a *answer) allowAll() {
	a.permissions = append(a.permissions, permission{egress: true, protocol: "-1", list: "IpRanges", field: "CidrIp", source: "0.0.0.0/0", line: a.line, at: a.line})
}

// addEntry adds an entry to a network ACL; its protocol and ports are read as the API writes them.
func (s *assembly) addEntry(a *answer, egress bool, entry value, fields []field) {
	if entry.open {
		a.leaveOpen("Entries")
		return
	}
	list := a.object.list("Entries", a.line)
	n := newMap(entry.line)
	at := a.root().below("Entries", len(list.kids), n)
	n.set("Egress", newTrue(egress, entry.line))
	s.fill(at, entry, fields)
	list.add(n)
	protocol := n.get("Protocol")
	if protocol == nil {
		return
	}
	protocol.text = protocolNumber(protocol.text)
	if i := n.index("PortRange"); i >= 0 && protocol.text != "6" && protocol.text != "17" {
		n.keys, n.kids = slices.Delete(n.keys, i, i+1), slices.Delete(n.kids, i, i+1)
	}
}

// protocolNumber gives a protocol as network ACLs write it: by its number.
func protocolNumber(name string) string {
	switch name {
	case "all":
		return "-1"
	case "tcp":
		return "6"
	case "udp":
		return "17"
	case "icmp":
		return "1"
	case "icmpv6":
		return "58"
	}
	return name
}

// addTo appends an element to a list of a resource, made of fields.
func (s *assembly) addTo(a *answer, list string, from value, fields []field) {
	if from.open {
		a.leaveOpen(list)
		return
	}
	l := a.object.list(list, a.line)
	n := newMap(from.line)
	s.fill(a.root().below(list, len(l.kids), n), from, fields)
	l.add(n)
}

// member is a member of each map of a list.
type member struct{ list, field string }

// addEach appends a map with one member for each of several references.
func (s *assembly) addEach(a *answer, to member, v value, types ...inventory.Type) {
	if v.isNothing() {
		return
	}
	names, whole := s.references(v, types)
	if !whole {
		a.leaveOpen(to.list)
	}
	for _, name := range names {
		n := newMap(v.line)
		n.set(to.field, newText(name, v.line))
		a.object.list(to.list, v.line).add(n)
	}
}

// inVPC gives a resource the VPC of one that stands in it, where the document does not say it.
func (s *assembly) inVPC(a *answer, member, of string) {
	if a.object.textOf(member) != "" || of == "" {
		return
	}
	subnet := s.byName[nameOf{of, aws.Subnet}]
	if subnet == nil {
		return
	}
	if vpc := subnet.object.textOf("VpcId"); vpc != "" {
		a.object.set(member, newText(vpc, a.line))
		a.close(member)
	}
}

// alternatives cuts "a|b".
func alternatives(names string) []string {
	if names == "" {
		return nil
	}
	return strings.Split(names, "|")
}

// finishNetwork joins what stands in several resources, once all were read.
func (s *assembly) finishNetwork() {
	declared := s.declaredDefaults()
	for _, a := range s.all(aws.VPC) {
		if a.arn == "" && a.id == "" {
			s.implied(a, declared)
		}
	}
	s.filterSubnets()
	for _, a := range s.all(aws.RouteTable) {
		s.addLocalRoutes(a)
	}
	for _, a := range s.all(aws.SecurityGroup) {
		if !a.kind.bare && !slices.ContainsFunc(a.permissions, func(p permission) bool { return p.egress }) && !slices.Contains(a.open, "$.IpPermissionsEgress") {
			a.allowAll() // nobody said anything about what may leave
		}
		a.writeRules()
	}
	for _, t := range []inventory.Type{aws.NATGateway, aws.Instance} {
		for _, a := range s.all(t) {
			s.inVPC(a, "VpcId", a.object.textOf("SubnetId"))
		}
	}
	for _, a := range s.all(aws.EKSCluster) {
		if subnets := a.object.get("resourcesVpcConfig.subnetIds"); subnets != nil && len(subnets.kids) > 0 {
			s.inVPC(a, "resourcesVpcConfig.vpcId", subnets.kids[0].text)
		}
	}
	for _, a := range s.all(aws.LoadBalancer) {
		if zones := a.object.get("AvailabilityZones"); zones != nil && len(zones.kids) > 0 {
			s.inVPC(a, "VpcId", zones.kids[0].textOf("SubnetId"))
		}
	}
}
