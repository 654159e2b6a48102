package vpc_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/reach/vpc"
)

// draw makes clouds at random: of a few subnets, blocks and ports, so that rules meet.
type draw struct{ *rand.Rand }

func drawing(seed uint64) draw { return draw{rand.New(rand.NewPCG(seed, 7))} }

func (d draw) of(texts ...string) string { return texts[d.IntN(len(texts))] }

func (d draw) often() bool { return d.IntN(4) > 0 }

var publicBlocks = []string{"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.8.8.0/24", "8.8.8.0/25", "8.8.8.8/32", "::/0", "2000::/3", "2600::/16", "2600:1f18::/32"}

// The subnets are small, so that every address in them can be tried: the load balancer's two and the tasks' two.
var subnetBlocks = map[string]string{"subnet-a": "10.0.1.0/30", "subnet-b": "10.0.2.0/30", "subnet-c": "10.0.3.0/30"}

func (d draw) block() string {
	if d.IntN(3) == 0 {
		return d.of("10.0.1.0/30", "10.0.1.0/31", "10.0.2.0/30", "10.0.2.2/31", "10.0.3.0/30", "10.0.0.0/16")
	}
	return d.of(publicBlocks...)
}

func (d draw) ports() (from, to int) {
	pair := [][2]int{{80, 80}, {443, 443}, {0, 65535}, {80, 443}, {1024, 65535}, {1, 1023}, {32768, 60999}}[d.IntN(7)]
	return pair[0], pair[1]
}

func (d draw) permission() m {
	from, to := d.ports()
	who := d.block()
	if d.IntN(4) == 0 {
		who = d.of("sg-web", "sg-lb", "sg-other")
	}
	return permission(d.of("tcp", "tcp", "-1", "udp", "6"), from, to, who)
}

func (d draw) entries() []m {
	var all []m
	numbers := d.Perm(20)
	for i := range d.IntN(5) {
		from, to := d.ports()
		all = append(all, entry(numbers[i], d.of("in", "out")+" "+d.of("allow", "allow", "deny")+" "+d.of("-1", "6", "17"), d.block(), from, to))
	}
	if d.often() {
		all = append(all, open()...)
	}
	return all
}

func (d draw) routes() []m {
	var all []m
	seen := map[string]bool{}
	for range 1 + d.IntN(3) {
		if block := d.of(publicBlocks...); !seen[block] {
			seen[block] = true
			all = append(all, to(d.of("igw-1", "igw-1", "igw-1", "nat-1", "tgw-1"), block))
		}
	}
	return all
}

// cloud makes a cloud with the service web in some subnets, and perhaps behind a load balancer.
func (d draw) cloud() *cloud {
	c := newCloud()
	c.gateway("igw-1", "vpc-1")
	for _, id := range []string{"subnet-a", "subnet-b", "subnet-c"} {
		blocks := []string{subnetBlocks[id]}
		if d.IntN(2) == 0 {
			blocks = append(blocks, "2600:1f18:0:"+id[7:]+"::/64")
		}
		c.subnet(id, blocks...)
		if d.often() {
			c.table("rtb-"+id, []string{id}, d.routes()...)
		}
		c.acl("acl-"+id, []string{id}, d.entries()...)
	}
	c.table("rtb-main", []string{"main"}, d.routes()...)
	for _, id := range []string{"sg-web", "sg-2", "sg-lb"} {
		var rules []m
		for range d.IntN(4) {
			rules = append(rules, d.permission())
		}
		switch { // what makes clouds of which some path is open, or nearly
		case id == "sg-lb" && d.often():
			rules = append(rules, permission("tcp", 443, 443, d.of(publicBlocks...)))
		case id == "sg-web" && d.often():
			rules = append(rules, permission("tcp", 80, 80, d.of("10.0.1.0/30", "10.0.1.0/31", "10.0.1.2/32", "sg-lb")))
		}
		c.group(id, rules...)
		if d.IntN(3) == 0 {
			c.at(id)["IpPermissionsEgress"] = l{d.permission(), d.permission()}
		}
	}
	c.service("web", []string{"subnet-b", "subnet-c"}[:1+d.IntN(2)], []string{"sg-web", "sg-2"}[:1+d.IntN(2)])
	c.network("web")["assignPublicIp"] = d.of("ENABLED", "DISABLED")
	if d.often() {
		six := ""
		if c.at("subnet-b")["Ipv6CidrBlockAssociationSet"] != nil {
			six = d.of("", "2600:1f18::9")
		}
		c.task("task-1", six)
		c.at("task-1")["attachments"].(l)[0].(m)["details"] = l{m{"name": "subnetId", "value": "subnet-b"}}
	}
	c.at("web")["loadBalancers"] = l{m{"targetGroupArn": groupARN, "containerName": "app", "containerPort": 80}}
	c.balancer("lb", "application", "sg-lb")
	c.at("lb")["IpAddressType"] = d.of("ipv4", "dualstack")
	if d.IntN(2) == 0 {
		c.at("lb")["AvailabilityZones"] = l{m{"SubnetId": "subnet-a"}, m{"SubnetId": "subnet-b"}}
	}
	c.targetGroup("ip", "HTTP")
	c.listener(listenerARN, "HTTPS", 443, groupARN)
	return c
}

var clientAddresses = []string{"8.8.8.8", "8.8.8.200", "9.9.9.9", "200.1.1.1", "2600:1f18::1", "2600:ffff::1", "2a00::1", "10.0.1.1", "192.168.1.1", "fd00::1"}

// The plain model: one packet at a time, read from the answers themselves.

func contains(block any, a netip.Addr) bool {
	text, _ := block.(string)
	p, err := netip.ParsePrefix(text)
	return err == nil && p.Masked().Contains(a)
}

// leads reports whether the routes of a subnet lead an answer to an address through the internet gateway.
func (c *cloud) leads(subnet string, a netip.Addr) bool {
	table := c.objects["rtb-"+subnet]
	if table == nil {
		table = c.objects["rtb-main"]
	}
	best, target := -1, ""
	for _, r := range table.body["Routes"].(l) {
		for _, field := range []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock"} {
			text, _ := r.(m)[field].(string)
			if p, err := netip.ParsePrefix(text); err == nil && p.Contains(a) && p.Bits() > best {
				gateway, _ := r.(m)["GatewayId"].(string)
				best, target = p.Bits(), gateway
			}
		}
	}
	return strings.HasPrefix(target, "igw-")
}

// crosses reports whether the network ACL of a subnet lets a TCP packet through.
func (c *cloud) crosses(subnet string, egress bool, a netip.Addr, port int) bool {
	lowest, allow := 1<<30, false
	for _, x := range c.at("acl-" + subnet)["Entries"].(l) {
		e := x.(m)
		if e["Egress"] != egress || e["Protocol"] != "-1" && e["Protocol"] != "6" || e["RuleNumber"].(int) >= lowest {
			continue
		}
		if r, ok := e["PortRange"].(m); ok && e["Protocol"] == "6" && (port < r["From"].(int) || port > r["To"].(int)) {
			continue
		}
		if contains(e["CidrBlock"], a) || contains(e["Ipv6CidrBlock"], a) {
			lowest, allow = e["RuleNumber"].(int), e["RuleAction"] == "allow"
		}
	}
	return allow
}

// answered says whether answers get to some port of a client: to one that clients have, or only to one that they may
// choose. The ports are those on either side of each that an entry names.
func answered(ok func(port int) bool) finding.State {
	if slices.ContainsFunc([]int{1024, 32767, 32768, 60999, 61000, 65535}, ok) {
		return finding.Present
	}
	if slices.ContainsFunc([]int{1, 79, 80, 81, 442, 443, 444, 1023}, ok) {
		return finding.Unknown
	}
	return finding.Absent
}

// lets reports whether one of the security groups lets a TCP packet through, by its address or by its group.
func (c *cloud) lets(groups l, field string, a netip.Addr, group string, port int) bool {
	for _, id := range groups {
		for _, x := range c.at(id.(string))[field].(l) {
			p := x.(m)
			if proto := p["IpProtocol"]; proto != "-1" && (proto != "tcp" && proto != "6" || port < p["FromPort"].(int) || port > p["ToPort"].(int)) {
				continue
			}
			for _, g := range p["UserIdGroupPairs"].(l) {
				if group != "" && strings.Contains(group, g.(m)["GroupId"].(string)) {
					return true
				}
			}
			for _, r := range p["IpRanges"].(l) {
				if contains(r.(m)["CidrIp"], a) {
					return true
				}
			}
			for _, r := range p["Ipv6Ranges"].(l) {
				if contains(r.(m)["CidrIpv6"], a) {
					return true
				}
			}
		}
	}
	return false
}

// enters says whether a client gets into a subnet at a port, and its answers out.
func (c *cloud) enters(subnet string, a netip.Addr, port int, groups l) finding.State {
	if a.IsPrivate() || !c.leads(subnet, a) || !c.crosses(subnet, false, a, port) || !c.lets(groups, "IpPermissions", a, "", port) {
		return finding.Absent
	}
	return answered(func(p int) bool { return c.crosses(subnet, true, a, p) })
}

// directly says whether a client reaches the service web.
func (c *cloud) directly(a netip.Addr) finding.State {
	best := finding.Absent
	for _, id := range c.network("web")["subnets"].(l) {
		subnet := id.(string)
		addressed := finding.Absent
		task, running := c.objects["task-1"]
		switch {
		case a.Is4():
			if c.network("web")["assignPublicIp"] == "ENABLED" {
				addressed = finding.Present
			}
		case running && subnet == "subnet-b":
			if n := task.body["containers"].(l)[0].(m)["networkInterfaces"].(l)[0].(m); n["ipv6Address"] != nil {
				addressed = finding.Present
			}
		case c.at(subnet)["Ipv6CidrBlockAssociationSet"] != nil:
			addressed = finding.Unknown
		}
		best = max(best, min(addressed, c.enters(subnet, a, 80, c.network("web")["securityGroups"].(l))))
	}
	return best
}

// addresses lists those of a subnet.
func addresses(subnet string) []netip.Addr {
	var all []netip.Addr
	for p, a := netip.MustParsePrefix(subnetBlocks[subnet]), netip.MustParsePrefix(subnetBlocks[subnet]).Addr(); p.Contains(a); a = a.Next() {
		all = append(all, a)
	}
	return all
}

// delivers says whether the load balancer in one subnet reaches a task in another, from all of its addresses to all
// of the task's, from some to some, or not at all.
func (c *cloud) delivers(from, at string) finding.State {
	all, some := finding.Present, finding.Absent
	for _, source := range addresses(from) {
		for _, destination := range addresses(at) {
			one := finding.Absent
			if c.lets(l{"sg-lb"}, "IpPermissionsEgress", destination, "sg-web sg-2", 80) && c.lets(c.network("web")["securityGroups"].(l), "IpPermissions", source, "sg-lb", 80) {
				one = finding.Present
			}
			if from != at {
				if !c.crosses(from, true, destination, 80) || !c.crosses(at, false, source, 80) {
					one = finding.Absent
				}
				one = min(one, answered(func(p int) bool { return c.crosses(at, true, source, p) }), answered(func(p int) bool { return c.crosses(from, false, destination, p) }))
			}
			all, some = min(all, one), max(some, one)
		}
	}
	if all != finding.Present && some != finding.Absent {
		return finding.Unknown
	}
	return all
}

// through says whether a client reaches the service web through the load balancer.
func (c *cloud) through(a netip.Addr) finding.State {
	best := finding.Absent
	for _, zone := range c.at("lb")["AvailabilityZones"].(l) {
		from := zone.(m)["SubnetId"].(string)
		if a.Is6() && c.at("lb")["IpAddressType"] == "ipv4" {
			continue
		}
		for _, id := range c.network("web")["subnets"].(l) {
			best = max(best, min(c.enters(from, a, 443, l{"sg-lb"}), c.delivers(from, id.(string))))
		}
	}
	return best
}

func TestClientsAgreeWithOnePacketAtATime(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(1500) {
		c := drawing(seed).cloud()
		c.close()
		reach := c.reach(t)
		direct, balanced := pathOf(t, reach, vpc.Direct), pathOf(t, reach, vpc.Balanced)
		seen["direct "+direct.State.String()]++
		seen["balanced "+balanced.State.String()]++
		for _, text := range clientAddresses {
			a := netip.MustParseAddr(text)
			truth := c.directly(a)
			// Clients are those who surely get through of an open path, and else those who might.
			if direct.Clients.Contains(a) != (truth == direct.State && truth != finding.Absent) || truth > direct.State {
				t.Fatalf("seed %d: %s directly: %s\n%s", seed, a, truth, dump(reach))
			}
			// The model looks at one hop after the other, so it may take for possible what two of them together stop.
			truth = c.through(a)
			if balanced.State == finding.Present && balanced.Clients.Contains(a) != (truth == finding.Present) || truth == finding.Present && balanced.State != finding.Present ||
				truth == finding.Unknown && balanced.State == finding.Absent {
				t.Fatalf("seed %d: %s through the load balancer: %s\n%s", seed, a, truth, dump(reach))
			}
		}
	}
	for _, kind := range []string{"direct", "balanced"} {
		for _, state := range []finding.State{finding.Absent, finding.Unknown, finding.Present} {
			if n := seen[kind+" "+state.String()]; n < 20 {
				t.Errorf("only %d of the clouds are %s %s: the test says little", n, kind, state)
			}
		}
	}
}

// pathOf gives the one path of a kind.
func pathOf(t *testing.T, r vpc.Reach, kind vpc.PathKind) vpc.Path {
	t.Helper()
	var found []vpc.Path
	for _, p := range r.Paths {
		if p.Kind == kind {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d paths %s, want 1:\n%s", len(found), kind, dump(r))
	}
	return found[0]
}

func dump(r vpc.Reach) string {
	var b strings.Builder
	for _, p := range r.Paths {
		clients := p.Clients.String()
		fmt.Fprintln(&b, describe(p), "clients", clients[:min(len(clients), 80)])
	}
	return b.String()
}
