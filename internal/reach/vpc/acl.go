package vpc

import (
	"cmp"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

// ports are the ports that traffic may go to.
type ports struct {
	protocol    string
	first, last int32
	// any is set where there is a choice: what lets one of the ports through lets the traffic through, as long as it
	// is not below floor. Otherwise the traffic goes to one of them and nobody knows which: in all likelihood to
	// one of likely, so that what lets every one of these through lets the traffic through.
	any    bool
	floor  int32
	likely [2]int32
}

// port is the one port that traffic goes to.
func port(protocol string, number int32) ports { return oneOf(protocol, number, number) }

// oneOf is a port among several, of which nobody knows which one it is.
func oneOf(protocol string, first, last int32) ports {
	return ports{protocol: protocol, first: first, last: last, likely: [2]int32{first, last}}
}

// anyOf are ports that are all there to choose from.
func anyOf(protocol string, first, last int32) ports {
	return ports{protocol: protocol, first: first, last: last, any: true}
}

// back are the ports that answers go to: a client connects from any port, and may try another.
func back(protocol string) ports {
	return ports{protocol: protocol, first: 1, last: lastPort, any: true, floor: firstEphemeral}
}

// The ports that clients connect from: systems choose one from firstEphemeral on, and a client may pick a lower one
// on purpose (https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports).
const (
	firstEphemeral = 1024
	lastPort       = 65535
)

type aclKey struct {
	acl    inventory.UID
	kind   HopKind
	ports  ports
	egress bool
}

// aclIn gives those whom the network ACL of a subnet lets in to a port.
func (f *facts) aclIn(subnet place, to ports) gate { return f.acl(NetworkACLIn, subnet, to, false) }

// aclOut gives those whom it lets answers out to.
func (f *facts) aclOut(subnet place, protocol string) gate {
	return f.acl(NetworkACLOut, subnet, back(protocol), true)
}

func (f *facts) acl(kind HopKind, subnet place, to ports, egress bool) gate {
	s, r := aws.Find[aws.SubnetSpec](f.ids, subnet.id)
	if r == nil {
		return f.absent(kind, subnet, aws.Subnet)
	}
	acl := f.acls[s.ID]
	if acl == nil && f.closed(subnet.at, aws.NetworkACL) {
		acl = f.defaultACLs[s.VPC]
	}
	if acl == nil {
		return f.doubtful(kind, evidence(r, "$.SubnetId", s.ID), noACL(s.ID))
	}
	return f.crossings.get(aclKey{acl.UID, kind, to, egress}, func() gate { return f.crossing(acl, kind, to, egress) })
}

// crossing works out whom a network ACL lets through in one direction.
func (f *facts) crossing(r *inventory.Resource, kind HopKind, to ports, egress bool) gate {
	s := r.Spec.(*aws.NetworkACLSpec)
	switch {
	case s.Unknown.Touches("$.Entries"):
		return f.leftOpen(kind, r, "$.Entries")
	case len(s.Entries) > maxRules:
		return f.doubtful(kind, evidence(r, "$.Entries", nil), tooMany(s.ID))
	}
	entries := slices.DeleteFunc(slices.Clone(s.Entries), func(e aws.ACLEntry) bool { return e.Egress != egress || !protocolMatches(e.Protocol, to.protocol) })
	slices.SortFunc(entries, func(a, b aws.ACLEntry) int { return cmp.Compare(a.Number, b.Number) })
	g := gate{kind: kind, rest: evidence(r, "$.Entries", nil)}
	var low cidr.Set
	for _, piece := range pieces(to, entries, func(e aws.ACLEntry) [2]int32 { return [2]int32{e.From, e.To} }) {
		through := f.decide(&g, r, entries, piece)
		g.clients = g.clients.or(through, to, piece)
		if piece[1] < to.floor {
			low = low.Union(through)
		}
	}
	switch {
	case g.certain():
	case to.any && low.Overlaps(g.maybe.Minus(g.sure)):
		g.why = onlyLowPorts(r.UID)
	default:
		g.why = somePorts(to)
	}
	return g
}

// or adds what gets through to one piece of the ports, piece by piece in ascending order.
func (c clients) or(through cidr.Set, to ports, piece [2]int32) clients {
	c.maybe = c.maybe.Union(through)
	switch {
	case to.any && piece[0] >= to.floor:
		c.sure = c.sure.Union(through)
	case to.any || piece[0] > to.likely[1] || piece[1] < to.likely[0]:
	case piece[0] == to.likely[0]:
		c.sure = through
	default:
		c.sure = c.sure.Intersect(through)
	}
	return c
}

// decide gives those whom the first entry that matches lets through to ports that no entry tells apart.
func (f *facts) decide(g *gate, r *inventory.Resource, entries []aws.ACLEntry, piece [2]int32) (through cidr.Set) {
	left := f.all
	for _, e := range entries {
		block, err := cidr.Parse(e.CIDR)
		if err != nil || hasPorts(e.Protocol) && (e.From > piece[0] || e.To < piece[1]) {
			continue
		}
		hit := left.Intersect(block)
		left = left.Minus(block)
		if e.Allow && !hit.IsEmpty() {
			through = through.Union(hit)
			g.passes = append(g.passes, pass{hit, evidence(r, e.Path, "allow")})
		}
	}
	return through
}

// protocolMatches reports whether a rule for one protocol is about traffic of another. Rules name protocols, give
// their numbers, or -1 for every one (https://www.iana.org/assignments/protocol-numbers).
func protocolMatches(rule, traffic string) bool {
	rule = protocolName(rule)
	return rule == "-1" || rule == traffic
}

// protocolName writes the protocols that have ports, and every protocol, in one way.
func protocolName(text string) string {
	switch text {
	case "6", "TCP":
		return "tcp"
	case "17", "UDP":
		return "udp"
	case "1", "ICMP":
		return "icmp"
	case "58", "ICMPV6":
		return "icmpv6"
	case "all", "ALL", "":
		return "-1"
	}
	return text
}

// hasPorts reports whether the ports of a rule for a protocol count.
func hasPorts(protocol string) bool {
	name := protocolName(protocol)
	return name == "tcp" || name == "udp"
}

// pieces cuts ports where rules begin and end, and where the likely ones do, so that no rule tells two ports of
// one piece apart.
func pieces[R any](to ports, rules []R, of func(R) [2]int32) [][2]int32 {
	if to.first == to.last {
		return [][2]int32{{to.first, to.last}}
	}
	starts := []int32{to.first}
	add := func(p int32) {
		if p > to.first && p <= to.last {
			starts = append(starts, p)
		}
	}
	for _, r := range rules {
		add(of(r)[0])
		add(of(r)[1] + 1)
	}
	if to.any {
		add(to.floor)
	} else {
		add(to.likely[0])
		add(to.likely[1] + 1)
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	all := make([][2]int32, len(starts))
	for i, first := range starts {
		all[i] = [2]int32{first, to.last}
		if i+1 < len(starts) {
			all[i][1] = starts[i+1] - 1
		}
	}
	return all
}

// between gives what the network ACLs of two subnets let through from a load balancer to its target and back.
// Within one subnet there is none.
func (f *facts) between(from, to place, at ports, version cidr.Set) gate {
	if from.id == to.id {
		return f.opened(TargetACL, from.evidence())
	}
	source, destination := f.blocks(from, version), f.blocks(to, version)
	result := f.opened(TargetACL, to.evidence())
	for _, crossing := range []struct {
		gate gate
		who  cidr.Set
	}{
		{f.acl(TargetACL, from, at, true), destination},
		{f.acl(TargetACL, to, at, false), source},
		{f.acl(TargetACL, to, back(at.protocol), true), source},
		{f.acl(TargetACL, from, back(at.protocol), false), destination},
	} {
		state, e, why := admits(&crossing.gate, crossing.who)
		if state == finding.Absent {
			return shut(TargetACL, e)
		}
		if state == finding.Unknown && result.why == nil {
			result = f.doubtful(TargetACL, e, why)
		}
		if state == finding.Present && result.why == nil {
			result.rest = e
		}
	}
	return result
}

// admits says whether a gate lets some address of a set through that nobody knows better: surely where it lets
// all of them through.
func admits(g *gate, who cidr.Set) (finding.State, finding.Evidence, *lang.Text) {
	shown := g.rest
	for _, p := range g.passes {
		if p.of.Overlaps(who) {
			shown = p.evidence
			break
		}
	}
	switch {
	case g.sure.Covers(who):
		return finding.Present, shown, nil
	case g.sure.Overlaps(who):
		return finding.Unknown, shown, partOfSubnet()
	case g.maybe.Overlaps(who):
		return finding.Unknown, shown, g.why
	}
	return finding.Absent, g.rest, nil
}

// blocks gives the addresses of a subnet that are of one version of IP; all of that version where the subnet was
// not read, or has none.
func (f *facts) blocks(subnet place, version cidr.Set) cidr.Set {
	s, r := aws.Find[aws.SubnetSpec](f.ids, subnet.id)
	if r == nil {
		return version
	}
	block, err := cidr.Parse(s.CIDRs...)
	if own := block.Intersect(version); err == nil && !own.IsEmpty() {
		return own
	}
	return version
}
