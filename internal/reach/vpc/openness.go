package vpc

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

// Openness says what the security groups of a resource admit everybody to.
type Openness struct {
	State    finding.State
	Openings []Opening
	// Why says what is not known; it is set exactly where State is unknown.
	Why lang.Text
}

// Opening is a range of ports that everybody is admitted to, or might be.
type Opening struct {
	State finding.State
	// Protocol is tcp, udp, icmp, icmpv6, a number of IANA's, or -1 for every one. From and To are ports, both ends
	// included; 0 and 65535 for a protocol without ports.
	Protocol string
	From, To int32
	// Rules lists the fields of the rules that admit everybody: one, or several that do together.
	Rules []finding.Evidence
	// Why says what is not known; it is set exactly where State is unknown.
	Why lang.Text
}

// Openness says what the security groups of an ECS service, an instance or a load balancer admit everybody to: all
// of the internet or nearly (see [IsEverybody]), by one rule or by several together. The groups of a service are
// those of its tasks, or of the instances that they run on. Whether a route leads there is another question.
func (m *Model) Openness(r *inventory.Resource) Openness {
	f := m.facts()
	var all Openness
	known, doubt := f.groupsOf(r)
	for _, g := range known {
		all.join(f.openness(g))
	}
	if all.State == finding.Absent && doubt != nil {
		all.State, all.Why = finding.Unknown, *doubt
	}
	if all.State != finding.Unknown {
		all.Why = lang.Text{}
	}
	return all
}

func (o *Openness) join(other Openness) {
	o.State = max(o.State, other.State)
	if o.Why == (lang.Text{}) {
		o.Why = other.Why
	}
	for _, opening := range other.Openings {
		known := func(x Opening) bool {
			return x.Protocol == opening.Protocol && x.From == opening.From && x.To == opening.To && slices.Equal(x.Rules, opening.Rules)
		}
		if !slices.ContainsFunc(o.Openings, known) {
			o.Openings = append(o.Openings, opening)
		}
	}
}

// groupsOf lists the security groups of a resource, of each of its networks, and says whether there may be others.
func (f *facts) groupsOf(r *inventory.Resource) (all []groups, doubt *lang.Text) {
	switch s := r.Spec.(type) {
	case *aws.ServiceSpec:
		if tooLarge(s) {
			return nil, tooMany(r.UID.Short())
		}
		for i := range s.Networks {
			all = append(all, networkGroups(r, s, &s.Networks[i]))
		}
		if len(s.Networks) > 0 {
			return all, nil
		}
		for _, run := range f.runs(r, s) {
			for i := range run.landings {
				all = append(all, run.landings[i].groups)
			}
			if run.doubt != nil {
				doubt = run.doubt.why
			}
		}
	case *aws.InstanceSpec:
		for _, l := range f.interfaces(r, s) {
			all = append(all, l.groups)
		}
	case *aws.LoadBalancerSpec:
		if len(s.SecurityGroups) > 0 || s.Unknown.Touches("$.SecurityGroups") {
			all = append(all, balancerGroups(r, s))
		}
	}
	return all, doubt
}

func (f *facts) openness(g groups) Openness {
	rules, doubt := f.ingress(g)
	o := Openness{}
	if doubt != (lang.Text{}) {
		o.State, o.Why = finding.Unknown, doubt
	}
	protocols := []string{"-1"}
	for i := range rules {
		if name := protocolName(rules[i].Protocol); !slices.Contains(protocols, name) {
			protocols = append(protocols, name)
		}
	}
	slices.Sort(protocols[1:])
	for _, protocol := range protocols {
		o.Openings = append(o.Openings, openings(rules, protocol)...)
		if len(o.Openings) > 0 && o.Openings[0].Protocol == "-1" && o.Openings[0].State == finding.Present {
			break // every other rule says the same again
		}
	}
	for i := range o.Openings {
		if opening := &o.Openings[i]; opening.State > o.State {
			o.State, o.Why = opening.State, opening.Why
		}
	}
	return o
}

// ingress lists the inbound rules of security groups, and says what is not known of them.
func (f *facts) ingress(g groups) (rules []*rule, doubt lang.Text) {
	ids := f.named(g)
	switch {
	case g.open:
		doubt = *openField(g.at.UID, g.path)
	case len(ids) == 0:
		doubt = *noDefaultGroup(g)
	}
	for _, id := range ids {
		s, r := aws.Find[aws.SecurityGroupSpec](f.ids, id)
		switch {
		case r == nil && f.closed(g.at, aws.SecurityGroup):
			continue
		case r == nil:
			doubt = *notRead(id)
			continue
		case len(s.Ingress) > maxRules:
			doubt = *tooMany(id)
			continue
		case s.Unknown.Touches("$.IpPermissions"):
			doubt = *openField(r.UID, "$.IpPermissions")
		}
		all := f.rulesAt(r, s, false)
		for i := range all {
			rules = append(rules, &all[i])
		}
	}
	return rules, doubt
}

// openings gives the ports of a protocol that rules open to everybody.
func openings(rules []*rule, protocol string) []Opening {
	matching := slices.DeleteFunc(slices.Clone(rules), func(r *rule) bool { return !r.public || !protocolMatches(r.Protocol, protocol) })
	var all []Opening
	for _, piece := range pieces(ports{protocol: protocol, last: lastPort, likely: [2]int32{0, lastPort}}, matching, portsOf) {
		o := openingOf(matching, protocol, piece)
		if o.State == finding.Absent {
			continue
		}
		if n := len(all); n > 0 && all[n-1].To+1 == o.From && all[n-1].State == o.State && slices.Equal(all[n-1].Rules, o.Rules) {
			all[n-1].To = o.To
			continue
		}
		all = append(all, o)
	}
	return all
}

// openingOf judges ports that no rule tells apart. What rules for every protocol do alone is theirs to say.
func openingOf(matching []*rule, protocol string, piece [2]int32) Opening {
	o := Opening{Protocol: protocol, From: piece[0], To: piece[1]}
	var passes []pass
	var hidden finding.Evidence
	own := false
	for _, m := range matching {
		if m.ports[0] > piece[0] || m.ports[1] < piece[1] {
			continue
		}
		itself := protocolName(m.Protocol) == protocol
		own = own || itself
		passes = append(passes, m.passes...)
		if itself && m.hidden != "" && !m.service {
			o.Why, hidden = *hiddenList(m.hidden), evidence(m.group, m.Path+".PrefixListIds", m.hidden)
		}
	}
	if !own {
		return o
	}
	for _, internet := range []cidr.Set{cidr.Internet4(), cidr.Internet6()} {
		o.Rules = append(o.Rules, everybody(passes, internet)...)
	}
	switch {
	case len(o.Rules) > 0:
		o.State, o.Why = finding.Present, lang.Text{}
	case o.Why != (lang.Text{}):
		o.State, o.Rules = finding.Unknown, []finding.Evidence{hidden}
	}
	return o
}

// everybody gives the rules that admit everybody of one version of IP: those that do alone, or else all that do
// together; none where they do not.
func everybody(passes []pass, internet cidr.Set) []finding.Evidence {
	var alone, together []finding.Evidence
	var who []cidr.Set
	for _, p := range passes {
		if !p.of.Overlaps(internet) {
			continue
		}
		if p.of.Share(internet) >= everybodyShare {
			alone = append(alone, p.evidence)
		}
		if len(alone) == 0 {
			together = append(together, p.evidence)
			who = append(who, p.of)
		}
	}
	switch {
	case len(alone) > 0:
		return alone
	case len(who) > 1 && cidr.Join(who).Share(internet) >= everybodyShare:
		return together
	}
	return nil
}
