package vpc

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// taskAddress gives the clients that a task in a subnet has an address for. Only on Fargate does a task get a
// public IPv4 address; it gets an IPv6 address in a subnet with IPv6 where the account's setting dualStackIPv6
// is on (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html and
// …/task-networking-awsvpc.html). Tasks that run show what they have.
func (f *facts) taskAddress(t *task, n *aws.VPCConfiguration, subnet place) gate {
	path := n.Path + ".assignPublicIp"
	g := gate{kind: PublicAddress, rest: evidence(t.service, path, "DISABLED")}
	switch onFargate := fargate(t.spec); {
	case t.spec.Unknown.Touches(path):
		g.maybe, g.why = f.internet4, openField(t.service.UID, path)
	case n.PublicIP && onFargate == finding.Unknown:
		g.maybe, g.why = f.internet4, openField(t.service.UID, "$.launchType")
	case n.PublicIP && onFargate == finding.Present:
		g.clients = exactly(f.internet4)
	}
	if n.PublicIP {
		g.rest = evidence(t.service, path, "ENABLED")
		g.passes = append(g.passes, pass{g.maybe, g.rest})
	}
	if !f.runningAddress(&g, t, subnet) {
		f.subnetAddress(&g, subnet)
	}
	g.why = partly(g.clients, g.why)
	return g
}

// runningAddress adds the addresses that tasks have in a subnet; it reports whether they tell of all: others may
// run where not every task was read.
func (f *facts) runningAddress(g *gate, t *task, subnet place) bool {
	found := false
	for _, r := range t.running {
		s := r.Spec.(*aws.TaskSpec)
		if s.Subnet != subnet.id {
			continue
		}
		found = true
		if len(s.IPv6s) > 0 {
			g.add(pass{f.internet6, evidence(r, s.IPv6Path, s.IPv6s[0])})
		}
		for _, id := range s.Interfaces {
			if eni, r := aws.Find[aws.NetworkInterfaceSpec](f.ids, id); eni != nil && len(eni.PublicIPs) > 0 {
				g.add(pass{f.internet4, evidence(r, "$.Association.PublicIp", eni.PublicIPs[0])})
			}
		}
	}
	return found && f.closed(t.service, aws.ECSTask)
}

// add lets clients through because of one field.
func (g *gate) add(p pass) {
	g.sure, g.maybe = g.sure.Union(p.of), g.maybe.Union(p.of)
	g.passes = append(g.passes, p)
}

// subnetAddress adds the IPv6 address that a task gets in a subnet, as far as the subnet tells.
func (f *facts) subnetAddress(g *gate, subnet place) {
	s, r := aws.Find[aws.SubnetSpec](f.ids, subnet.id)
	if r == nil {
		if !f.closed(subnet.at, aws.Subnet) {
			g.maybe, g.why = g.maybe.Union(f.internet6), notRead(subnet.id)
		}
		return
	}
	six := f.six.get(r.UID, func() gate { return f.sixOf(r, s) })
	g.sure, g.maybe = g.sure.Union(six.sure), g.maybe.Union(six.maybe)
	g.passes = append(g.passes, six.passes...)
	if six.why != nil {
		g.why = six.why
	}
}

// sixOf gives the clients of IPv6 that a task in a subnet has an address for.
func (f *facts) sixOf(r *inventory.Resource, s *aws.SubnetSpec) gate {
	var g gate
	four, six := "", ""
	for _, block := range s.CIDRs {
		if strings.Contains(block, ":") {
			six = block
		} else {
			four = block
		}
	}
	switch e := evidence(r, "$.Ipv6CidrBlockAssociationSet", six); {
	case six == "" && !s.Unknown.Touches("$.Ipv6CidrBlockAssociationSet"):
	case six == "":
		g.maybe, g.why = f.internet6, openField(r.UID, e.Path)
	case four == "":
		g.add(pass{f.internet6, e})
	default:
		g.maybe, g.why = f.internet6, ipv6Setting(s.ID)
		g.passes = append(g.passes, pass{f.internet6, e})
	}
	return g
}

// fargate says whether a service runs on AWS Fargate. Where neither a launch type nor a capacity provider is
// written down, the cluster decides; a public IP address that the API accepted is one of Fargate.
func fargate(s *aws.ServiceSpec) finding.State {
	switch {
	case s.LaunchType == "FARGATE" || slices.ContainsFunc(s.Capacity, isFargate):
		return finding.Present
	case s.LaunchType != "" || len(s.Capacity) > 0:
		return finding.Absent
	case s.Unknown.Touches("$.launchType") || s.Unknown.Touches("$.capacityProviderStrategy"):
		return finding.Unknown
	}
	return finding.Present
}
