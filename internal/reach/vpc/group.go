package vpc

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

// groups are the security groups of one thing.
type groups struct {
	ids []string
	// at names them, with the list at path.
	at   *inventory.Resource
	path string
	// subnet is where the thing is; open is set where a plan leaves the list open.
	subnet string
	open   bool
}

func (g groups) evidence() finding.Evidence { return evidence(g.at, g.path, strings.Join(g.ids, ", ")) }

// networkGroups gives the security groups of the tasks of a service in one of its networks.
func networkGroups(r *inventory.Resource, s *aws.ServiceSpec, n *aws.VPCConfiguration) groups {
	g := groups{ids: n.SecurityGroups, at: r, path: n.Path + ".securityGroups", open: s.Unknown.Touches(n.Path + ".securityGroups")}
	if len(n.Subnets) > 0 {
		g.subnet = n.Subnets[0]
	}
	return g
}

type groupKey struct {
	group  string
	world  world
	ports  ports
	egress bool
}

// groupRules is what the rules of a security group, or of several together, let through to ports.
type groupRules struct {
	clients
	passes []pass
	// peers lists the groups whose members they let through.
	peers []peer
	why   *lang.Text
	// shown is where the rules are.
	shown finding.Evidence
}

// peer is a group that a rule names.
type peer struct {
	id       string
	sure     bool // whatever the port is
	evidence finding.Evidence
}

// securityGroups gives those whom the security groups let in to a port. It is enough that one of them does.
func (f *facts) securityGroups(g groups, to ports) gate {
	r := f.union(g, to, false)
	return gate{kind: SecurityGroup, clients: r.clients, passes: r.passes, rest: r.shown, why: r.why}
}

// union joins the rules of security groups. Where none is named, the default group of the VPC counts.
func (f *facts) union(g groups, to ports, egress bool) groupRules {
	switch {
	case len(g.ids) == 0:
		return f.unnamed(g, to, egress)
	case len(g.ids) == 1 && !g.open:
		return f.rulesOf(place{g.ids[0], g.at, g.path}, to, egress)
	}
	return f.unions.get(unionKey{g.at.UID, g.path, to, egress}, func() groupRules { return f.join(g, to, egress) })
}

// unionKey is a list of security groups.
type unionKey struct {
	at     inventory.UID
	path   string
	ports  ports
	egress bool
}

func (f *facts) join(g groups, to ports, egress bool) groupRules {
	var all groupRules
	for i, id := range g.ids {
		r := f.rulesOf(place{id, g.at, g.path}, to, egress)
		if i == 0 {
			all = r
			continue
		}
		all.sure, all.maybe = all.sure.Union(r.sure), all.maybe.Union(r.maybe)
		all.passes = append(all.passes[:len(all.passes):len(all.passes)], r.passes...)
		all.peers = append(all.peers[:len(all.peers):len(all.peers)], r.peers...)
		if all.why == nil {
			all.why = r.why
		}
	}
	if g.open {
		all.maybe, all.why = f.all, openField(g.at.UID, g.path)
	}
	all.why = partly(all.clients, all.why)
	return all
}

// unnamed gives the rules of what names no security group: those of the default group of its VPC.
func (f *facts) unnamed(g groups, to ports, egress bool) groupRules {
	unknown := groupRules{clients: clients{maybe: f.all}, shown: g.evidence(), why: openField(g.at.UID, g.path)}
	if g.open {
		return unknown
	}
	if ids := f.named(g); len(ids) > 0 {
		return f.rulesOf(place{ids[0], g.at, g.path}, to, egress)
	}
	unknown.why = noDefaultGroup(g)
	return unknown
}

// named gives the IDs of security groups, the default one among them.
func (f *facts) named(g groups) []string {
	if len(g.ids) > 0 {
		return g.ids
	}
	if s, subnet := aws.Find[aws.SubnetSpec](f.ids, g.subnet); subnet != nil {
		if r := f.defaultGroups[s.VPC]; r != nil {
			return []string{r.Spec.(*aws.SecurityGroupSpec).ID}
		}
	}
	return nil
}

// maxRules is how many rules of a route table, network ACL or security group the model looks at. AWS allows no more
// (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html); a file may say anything.
const maxRules = 1000

// rulesOf gives what one security group lets through.
func (f *facts) rulesOf(p place, to ports, egress bool) groupRules {
	s, r := aws.Find[aws.SecurityGroupSpec](f.ids, p.id)
	switch {
	case r == nil && f.closed(p.at, aws.SecurityGroup):
		return groupRules{shown: p.evidence()}
	case r == nil:
		return groupRules{clients: clients{maybe: f.all}, shown: p.evidence(), why: notRead(p.id)}
	case len(s.Ingress) > maxRules || len(s.Egress) > maxRules:
		return groupRules{clients: clients{maybe: f.all}, shown: p.evidence(), why: tooMany(p.id)}
	}
	return f.rules.get(groupKey{p.id, worldOf(p.at), to, egress}, func() groupRules { return f.workOut(r, s, to, egress) })
}

func (f *facts) workOut(r *inventory.Resource, s *aws.SecurityGroupSpec, to ports, egress bool) groupRules {
	path := "$.IpPermissions"
	if egress {
		path = "$.IpPermissionsEgress"
	}
	out := groupRules{shown: evidence(r, path, nil)}
	all := f.rulesAt(r, s, egress)
	matching := make([]*rule, 0, len(all))
	for i := range all {
		if m := &all[i]; protocolMatches(m.Protocol, to.protocol) && m.ports[0] <= to.last && to.first <= m.ports[1] {
			matching = append(matching, m)
		}
	}
	for _, piece := range pieces(to, matching, portsOf) {
		through := make([]cidr.Set, 0, len(matching))
		for _, m := range matching {
			if m.ports[0] <= piece[0] && piece[1] <= m.ports[1] {
				through = append(through, m.blocks)
			}
		}
		out.clients = out.or(cidr.Join(through), to, piece)
	}
	for _, m := range matching {
		out.passes = append(out.passes, m.passes...)
		out.peers = append(out.peers, m.peers(to)...)
	}
	for _, m := range matching {
		if m.hidden != "" {
			out.passes = append(out.passes, pass{f.all, evidence(r, m.Path+".PrefixListIds", m.hidden)})
			out.maybe, out.why = f.all, hiddenList(m.hidden)
		}
	}
	if s.Unknown.Touches(path) {
		out.maybe, out.why = f.all, openField(r.UID, path)
	}
	if out.why = partly(out.clients, out.why); out.why == nil && !out.certain() {
		out.why = somePorts(to)
	}
	return out
}

// ruleKey is one side of a security group.
type ruleKey struct {
	group  inventory.UID
	egress bool
}

// rulesAt gives the inbound or outbound rules of a security group.
func (f *facts) rulesAt(r *inventory.Resource, s *aws.SecurityGroupSpec, egress bool) []rule {
	return f.rulesIn.get(ruleKey{r.UID, egress}, func() []rule {
		permissions := s.Ingress
		if egress {
			permissions = s.Egress
		}
		all := make([]rule, len(permissions))
		for i := range permissions {
			all[i] = f.ruleOf(r, &permissions[i])
		}
		return all
	})
}

func portsOf(r *rule) [2]int32 { return r.ports }

// rule is one rule of a security group as the model reads it.
type rule struct {
	*aws.Permission
	group  *inventory.Resource
	ports  [2]int32
	blocks cidr.Set
	passes []pass
	// hidden is a prefix list whose entries were not read, and service is set for one of AWS's own; "" where there
	// is none.
	hidden  string
	service bool
	// public is set where the rule is for public addresses, or might be.
	public bool
}

func (f *facts) ruleOf(r *inventory.Resource, p *aws.Permission) rule {
	m := rule{Permission: p, group: r, ports: [2]int32{p.From, p.To}}
	if !hasPorts(p.Protocol) {
		m.ports = [2]int32{0, lastPort}
	}
	var all []cidr.Set
	add := func(e finding.Evidence, blocks ...string) {
		if block, err := cidr.Parse(blocks...); err == nil {
			all = append(all, block)
			m.passes = append(m.passes, pass{block, e})
		}
	}
	for _, block := range p.Ranges {
		add(evidence(r, block.Path, block.CIDR), block.CIDR)
	}
	for _, id := range p.PrefixLists {
		list := f.prefixList(id)
		switch {
		case list.blocks != nil:
			add(evidence(r, p.Path+".PrefixListIds", id), list.blocks...)
		case m.hidden == "" || m.service:
			m.hidden, m.service = id, list.service
		}
	}
	m.blocks = cidr.Join(all)
	m.public = m.hidden != "" || m.blocks.Overlaps(f.internet)
	return m
}

func (m *rule) peers(to ports) []peer {
	var all []peer
	for _, id := range m.Groups {
		all = append(all, peer{
			id: id, sure: to.any || m.ports[0] <= to.likely[0] && to.likely[1] <= m.ports[1],
			evidence: evidence(m.group, m.Path+".UserIdGroupPairs", id),
		})
	}
	return all
}

// toPeer says whether security groups let traffic through to or from something whose address nobody knows
// better than its subnet: because they name one of its groups, or let the whole subnet through.
func (f *facts) toPeer(g groups, to ports, egress bool, other groups, addresses cidr.Set) (finding.State, finding.Evidence, *lang.Text) {
	rules := f.union(g, to, egress)
	state, shown, why := f.byName(&rules, to, other)
	if state == finding.Present {
		return state, shown, why
	}
	asGate := gate{clients: rules.clients, passes: rules.passes, rest: rules.shown, why: rules.why}
	if byAddress, e, doubt := admits(&asGate, addresses); byAddress > state {
		return byAddress, e, doubt
	}
	return state, shown, why
}

// byName says whether rules name one of the security groups of something.
func (f *facts) byName(rules *groupRules, to ports, other groups) (finding.State, finding.Evidence, *lang.Text) {
	state, shown, why := finding.Absent, rules.shown, (*lang.Text)(nil)
	for _, p := range rules.peers {
		switch {
		case !slices.Contains(f.named(other), p.id):
		case p.sure:
			return finding.Present, p.evidence, nil
		default:
			state, shown, why = finding.Unknown, p.evidence, somePorts(to)
		}
	}
	return state, shown, why
}
