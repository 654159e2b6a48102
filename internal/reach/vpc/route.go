package vpc

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

type routeKey struct {
	subnet inventory.UID
	world  world
}

// route gives the clients whose traffic comes to a subnet through an internet gateway. The answers go back the
// way that the subnet's routes say, so a client whose route leads elsewhere gets none.
func (f *facts) route(subnet place) gate {
	s, r := aws.Find[aws.SubnetSpec](f.ids, subnet.id)
	if r == nil {
		return f.absent(InternetRoute, subnet, aws.Subnet)
	}
	return f.routesOut.get(routeKey{r.UID, worldOf(subnet.at)}, func() gate { return f.routeOf(subnet.at, r, s) })
}

func (f *facts) routeOf(at, subnet *inventory.Resource, s *aws.SubnetSpec) gate {
	if strings.HasPrefix(s.Blocked, "block") {
		return shut(BlockPublicAccess, evidence(subnet, "$.BlockPublicAccessStates.InternetGatewayBlockMode", s.Blocked))
	}
	here := evidence(subnet, "$.SubnetId", s.ID)
	r := f.tables[s.ID]
	if r == nil {
		// The main table counts where no other one names the subnet, and only a complete list says that none does.
		main := f.mainTables[s.VPC]
		switch {
		case main == nil:
			return f.doubtful(InternetRoute, here, noTable(s.ID))
		case !f.closed(at, aws.RouteTable):
			return f.doubtful(InternetRoute, here, maybeMainTable(s.ID))
		}
		r = main
	}
	return f.through(r, r.Spec.(*aws.RouteTableSpec), s)
}

// destination is one block of a route table, and where its traffic goes.
type destination struct {
	block  cidr.Set
	bits   int
	rank   int // of two routes to one block the lower rank counts
	route  *aws.Route
	leads  finding.State // to the internet
	reason *lang.Text
}

// through gives the clients that a route table sends traffic to through an internet gateway.
func (f *facts) through(table *inventory.Resource, t *aws.RouteTableSpec, subnet *aws.SubnetSpec) gate {
	if len(t.Routes) == 0 && t.Unknown.Touches("$.Routes") {
		return f.leftOpen(InternetRoute, table, "$.Routes")
	}
	if len(t.Routes) > maxRules {
		return f.doubtful(InternetRoute, evidence(table, "$.Routes", nil), tooMany(t.ID))
	}
	g := gate{kind: InternetRoute, rest: defaultRoute(table, t)}
	known, hidden := f.destinations(table, t)
	left := f.all
	for _, d := range known {
		hit := left.Intersect(d.block).Intersect(f.internet)
		left = left.Minus(d.block)
		if hit.IsEmpty() || d.leads == finding.Absent {
			continue
		}
		g.passes = append(g.passes, pass{hit, evidence(table, d.route.Path, d.route.Target)})
		g.maybe = g.maybe.Union(hit)
		if d.leads == finding.Present {
			g.sure = g.sure.Union(hit)
		} else {
			g.why = d.reason
		}
	}
	for _, d := range hidden {
		// Nobody knows which addresses the route is for: it may add clients, or take them away from shorter routes.
		if d.leads == finding.Absent {
			g.sure = cidr.Set{}
		} else {
			g.maybe = f.internet
		}
		g.why = d.reason
	}
	if why, found := f.detour(t, subnet); found && !g.sure.IsEmpty() {
		g.sure, g.why = cidr.Set{}, why
	}
	g.why = partly(g.clients, g.why)
	return g
}

// defaultRoute shows where a route table sends what no other route is for.
func defaultRoute(table *inventory.Resource, t *aws.RouteTableSpec) finding.Evidence {
	for _, r := range t.Routes {
		if r.CIDR == "0.0.0.0/0" || r.CIDR == "::/0" {
			return evidence(table, r.Path, r.Target)
		}
	}
	return evidence(table, "$.Routes", nil)
}

// destinations takes the routes of a table apart: those whose blocks are known in the order in which they count,
// the longest prefix first (https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html), and
// those of which the blocks are not known.
func (f *facts) destinations(table *inventory.Resource, t *aws.RouteTableSpec) (known, hidden []destination) {
	for i := range t.Routes {
		r := &t.Routes[i]
		d := destination{route: r}
		d.leads, d.reason = f.leads(table, t, r)
		blocks := []string{r.CIDR}
		if r.Propagated {
			d.rank = 2
		}
		if r.PrefixList != "" {
			d.rank = 1
			list := f.prefixList(r.PrefixList)
			if list.blocks == nil {
				// AWS's own list of the addresses of one of its services, which is what a gateway endpoint is for.
				if d.leads == finding.Absent && (list.service || strings.HasPrefix(r.Target, "vpce-")) {
					continue
				}
				d.reason = hiddenList(r.PrefixList)
				hidden = append(hidden, d)
				continue
			}
			blocks = list.blocks
		}
		for _, block := range blocks {
			p, err := netip.ParsePrefix(block)
			if err != nil {
				d.reason = openField(table.UID, r.Path)
				hidden = append(hidden, d)
				continue
			}
			d.block, d.bits = cidr.Of(p), p.Bits()
			known = append(known, d)
		}
	}
	slices.SortStableFunc(known, func(a, b destination) int {
		return cmp.Or(cmp.Compare(b.bits, a.bits), cmp.Compare(a.rank, b.rank))
	})
	return known, hidden
}

// leads says whether a route leads to the internet and back. An internet gateway does; a NAT gateway, a transit
// gateway and the like take the answers of a connection from the internet nowhere. What an instance, an
// interface or an endpoint of a Gateway Load Balancer lets through is for the appliance behind it to say.
func (f *facts) leads(table *inventory.Resource, t *aws.RouteTableSpec, r *aws.Route) (finding.State, *lang.Text) {
	if r.Blackhole {
		return finding.Absent, nil
	}
	if s, gateway := aws.Find[aws.InternetGatewaySpec](f.ids, r.Target); gateway != nil {
		switch {
		case slices.Contains(s.VPCs, t.VPC):
			return finding.Present, nil
		case s.Unknown.Touches("$.Attachments") || t.Unknown.Touches("$.VpcId"):
			return finding.Unknown, openField(gateway.UID, "$.Attachments")
		}
		return finding.Absent, nil
	}
	kind, _, _ := strings.Cut(r.Target, "-")
	switch {
	case kind == "igw":
		return finding.Present, nil // A route to a gateway that is not attached to this VPC cannot be made, and one that was detached is a blackhole.
	case kind == "vpce" && r.PrefixList != "":
		return finding.Absent, nil
	case kind == "eni" || kind == "i" || kind == "vpce":
		return finding.Unknown, appliance(r.Target)
	case r.Target == "local" || slices.Contains([]string{"nat", "tgw", "pcx", "vgw", "eigw", "lgw", "cagw"}, kind) || strings.HasPrefix(kind, "arn:"):
		return finding.Absent, nil
	}
	if known := f.ids.Get(r.Target); known != nil {
		if known.Type == aws.Instance || known.Type == aws.NetworkInterface {
			return finding.Unknown, appliance(r.Target)
		}
		return finding.Absent, nil
	}
	if r.Target == "" {
		return finding.Unknown, openField(table.UID, r.Path)
	}
	return finding.Unknown, notRead(r.Target)
}

// detour reports whether a table of an internet gateway sends what comes for a subnet to an appliance first.
func (f *facts) detour(t *aws.RouteTableSpec, subnet *aws.SubnetSpec) (why *lang.Text, found bool) {
	own, err := cidr.Parse(subnet.CIDRs...)
	if err != nil {
		return nil, false
	}
	for _, r := range t.Routes {
		for _, table := range f.gatewayTables[r.Target] {
			for _, incoming := range table.Spec.(*aws.RouteTableSpec).Routes {
				block, err := cidr.Parse(incoming.CIDR)
				if err == nil && incoming.Target != "local" && block.Overlaps(own) {
					return appliance(incoming.Target), true
				}
			}
		}
	}
	return nil, false
}

// list is what is known of a prefix list.
type list struct {
	// blocks are its entries; nil where they were not read.
	blocks []string
	// service is set for a list of AWS's own, which never holds the whole internet.
	service bool
}

// prefixList looks a prefix list up. Only AWS's own have names that begin with com.amazonaws
// (https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html).
func (f *facts) prefixList(id string) list {
	s, r := aws.Find[aws.PrefixListSpec](f.ids, id)
	if r == nil || len(s.CIDRs) > maxRules {
		return list{}
	}
	return list{s.CIDRs, strings.HasPrefix(s.Name, "com.amazonaws.")}
}
