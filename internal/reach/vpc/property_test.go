package vpc_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/reach/vpc"
)

// onHosts makes a cloud with tasks on container instances.
func (d draw) onHosts() *cloud {
	c := d.cloud()
	hosted := hosted()
	c.add("web:1", hosted.objects["web:1"].form, hosted.objects["web:1"].member, hosted.objects["web:1"].body)
	c.at("web")["launchType"] = "EC2"
	delete(c.at("web"), "networkConfiguration")
	c.mappings("web", m{"containerPort": 80, "hostPort": []int{80, 443, 0}[d.IntN(3)], "protocol": "tcp"})
	if c.objects["task-1"] != nil {
		c.remove("task-1")
	}
	for i := range 1 + d.IntN(3) {
		id := fmt.Sprint(i + 1)
		c.host(id, d.of("", "8.8.8.8"))
		n := c.instance(id)["NetworkInterfaces"].(l)[0].(m)
		n["SubnetId"] = d.of("subnet-a", "subnet-b")
		n["PrivateIpAddresses"] = l{m{"PrivateIpAddress": "10.0.1." + id}}
		n["Groups"] = l{m{"GroupId": d.of("sg-web", "sg-2")}}
		if d.IntN(3) == 0 {
			c.runs("task-"+id, id, m{"containerPort": 80, "hostPort": 80, "protocol": "tcp"})
		}
	}
	c.targetGroup("instance", "HTTP")
	return c
}

// each runs a test on clouds of both kinds.
func each(t *testing.T, n uint64, test func(t *testing.T, d draw, c *cloud)) {
	t.Helper()
	for seed := range n {
		d := drawing(seed)
		c := d.cloud()
		if seed%2 == 1 {
			c = d.onHosts()
		}
		c.close()
		test(t, d, c)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// opened checks that of two answers the second one lets through what the first one does.
func opened(t *testing.T, before, after vpc.Reach) {
	t.Helper()
	for _, kind := range []vpc.PathKind{vpc.Direct, vpc.Balanced} {
		if a, b := before.State(kind), after.State(kind); a > b {
			t.Errorf("%s was %s, and is %s\nbefore:\n%safter:\n%s", kind, a, b, dump(before), dump(after))
		}
	}
	for _, p := range before.Paths {
		for _, q := range after.Paths {
			same := p.Kind == q.Kind && p.From == q.From && p.Container == q.Container && p.LoadBalancer == q.LoadBalancer
			if same && p.State == finding.Present && q.State == finding.Present && !q.Clients.Covers(p.Clients) {
				t.Errorf("clients got through before, and do not after\nbefore:\n%safter:\n%s", dump(before), dump(after))
			}
		}
	}
}

func TestAnIngressRuleMoreKeepsNobodyOut(t *testing.T) {
	each(t, 400, func(t *testing.T, d draw, c *cloud) {
		before := c.reach(t)
		group := c.at(d.of("sg-web", "sg-2", "sg-lb"))
		rules := group["IpPermissions"].(l)
		group["IpPermissions"] = slices.Insert(slices.Clone(rules), d.IntN(len(rules)+1), any(d.permission()))
		opened(t, before, c.reach(t))
	})
}

func TestARouteLessToTheGatewayLetsNobodyIn(t *testing.T) {
	each(t, 400, func(t *testing.T, d draw, c *cloud) {
		after := c.reach(t)
		for _, name := range []string{"rtb-subnet-a", "rtb-subnet-b", "rtb-main"} {
			o := c.objects[name]
			if o == nil {
				continue
			}
			routes := slices.Clone(o.body["Routes"].(l))
			leads := func(r any) bool { return r.(m)["GatewayId"] == "igw-1" }
			// A longer route to the gateway may stand before a shorter one, so that what it led there still goes.
			if i := slices.IndexFunc(routes, leads); i >= 0 {
				o.body["Routes"] = slices.Delete(routes, i, i+1)
			}
		}
		opened(t, c.reach(t), after)
	})
}

func TestTheOrderDoesNotMatter(t *testing.T) {
	each(t, 250, func(t *testing.T, d draw, c *cloud) {
		before := outcome(c.reach(t))
		d.Shuffle(len(c.names), func(i, j int) { c.names[i], c.names[j] = c.names[j], c.names[i] })
		for _, name := range c.names {
			for _, field := range []string{"Routes", "Entries", "IpPermissions", "IpPermissionsEgress", "AvailabilityZones", "Associations"} {
				if all, ok := c.at(name)[field].(l); ok {
					d.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
				}
			}
		}
		if diff := cmp.Diff(before, outcome(c.reach(t))); diff != "" {
			t.Errorf("-before +after:\n%s", diff)
		}
	})
}

// outcome writes down what an answer says, whatever it shows for it.
func outcome(r vpc.Reach) []string {
	var all []string
	for _, p := range r.Paths {
		all = append(all, fmt.Sprint(p.Kind, p.State, p.Protocol, p.From, p.To, p.Container, p.LoadBalancer, p.Clients))
	}
	slices.Sort(all)
	return all
}

// TestUnknownIsBetween takes things away from what was read, or leaves them open as a plan does: what was open or
// closed may become unknown, and never the opposite.
func TestUnknownIsBetween(t *testing.T) {
	changed := 0
	each(t, 1000, func(t *testing.T, d draw, c *cloud) {
		full := c.reach(t)
		c.closed = nil
		for range 1 + d.IntN(3) {
			if name := c.names[d.IntN(len(c.names))]; name != "web" && name != "igw-1" && len(c.names) > 1 {
				c.remove(name)
			}
		}
		if d.IntN(2) == 0 {
			leaveOpen(d, c)
		}
		partial := c.reach(t)
		for _, kind := range []vpc.PathKind{vpc.Direct, vpc.Balanced} {
			a, b := full.State(kind), partial.State(kind)
			if b != finding.Unknown && a != b {
				t.Errorf("%s is %s, and with less read %s\nall:\n%sless:\n%s", kind, a, b, dump(full), dump(partial))
			}
			if a != b {
				changed++
			}
		}
	})
	if changed < 200 {
		t.Errorf("reading less made only %d verdicts unknown: the test says little", changed)
	}
}

// leaveOpen takes a field out of an object, as a plan does that does not know it yet.
func leaveOpen(d draw, c *cloud) {
	fields := map[string]string{
		"sg-web": "IpPermissions", "sg-lb": "IpPermissionsEgress", "acl-subnet-a": "Entries", "acl-subnet-b": "Entries", "rtb-subnet-a": "Routes", "lb": "Scheme", "web:1": "containerDefinitions",
	}
	names := []string{"sg-web", "sg-lb", "acl-subnet-a", "acl-subnet-b", "rtb-subnet-a", "lb", "web:1"}
	name := names[d.IntN(len(names))]
	if o := c.objects[name]; o != nil {
		o.body[fields[name]] = l{}
		if name == "lb" {
			delete(o.body, fields[name])
		}
		o.body[aws.UnknownField] = l{"$." + fields[name]}
	}
}

func TestTheModelIsSafeForConcurrentUse(t *testing.T) {
	v := manyServices(t, 40)
	model := vpc.New(v)
	var wanted []vpc.Reach
	services := slices.Collect(v.OfType(aws.ECSService))
	alone := vpc.New(v)
	for _, r := range services {
		wanted = append(wanted, alone.Service(r))
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, r := range services {
				if diff := cmp.Diff(outcome(wanted[i]), outcome(model.Service(r))); diff != "" {
					t.Errorf("%s: -alone +together:\n%s", r.UID, diff)
				}
				model.Openness(r)
			}
		})
	}
	wg.Wait()
}

// manyServices is a view with services in 20 VPCs, half of them behind load balancers, and one security group and a
// half for each service.
func manyServices(t testing.TB, n int) *inventory.View {
	t.Helper()
	c := newCloud()
	for i := range 20 {
		network := fmt.Sprint("vpc-", i)
		zones := []string{fmt.Sprint("subnet-", i, "a"), fmt.Sprint("subnet-", i, "b"), fmt.Sprint("subnet-", i, "c")}
		for j, id := range zones {
			c.subnet(id, fmt.Sprintf("10.%d.%d.0/24", i, j), fmt.Sprintf("2600:1f18:%d:%d::/64", i, j))
			c.at(id)["VpcId"] = network
		}
		igw := fmt.Sprint("igw-", i)
		c.gateway(igw, network)
		c.table(fmt.Sprint("rtb-", i), zones, to(igw, "0.0.0.0/0"), to(igw, "::/0"), to("tgw-1", "10.0.0.0/8"))
		c.acl(fmt.Sprint("acl-", i), zones, open()...)
		c.at(fmt.Sprint("rtb-", i))["VpcId"], c.at(fmt.Sprint("acl-", i))["VpcId"] = network, network
	}
	for i := range n {
		c.oneOfMany(i)
	}
	c.close()
	return c.view(t)
}

func (c *cloud) oneOfMany(i int) {
	name, zone := fmt.Sprint("web-", i), i%20
	subnets := []string{fmt.Sprint("subnet-", zone, "a"), fmt.Sprint("subnet-", zone, "b"), fmt.Sprint("subnet-", zone, "c")}
	c.group("sg-"+name, permission("tcp", 80, 80, "0.0.0.0/0", "::/0"), permission("tcp", 22, 22, fmt.Sprintf("8.8.%d.0/24", i%250)), permission("-1", 0, 0, "10.0.0.0/8"))
	c.service(name, subnets, []string{"sg-" + name, "sg-lb-" + name})
	c.mappings(name, m{"containerPort": 80}, m{"containerPort": 9090})
	if i%2 == 0 {
		return
	}
	lb, group := arn("elasticloadbalancing", "loadbalancer/app/"+name+"/1"), arn("elasticloadbalancing", "targetgroup/"+name+"/1")
	c.group("sg-lb-"+name, permission("tcp", 80, 443, "0.0.0.0/0", "::/0"))
	c.network(name)["assignPublicIp"] = "DISABLED"
	c.at(name)["loadBalancers"] = l{m{"targetGroupArn": group, "containerName": "app", "containerPort": 80}}
	zones := l{}
	for _, s := range subnets {
		zones = append(zones, m{"SubnetId": s})
	}
	c.add("lb-"+name, "list", "LoadBalancers", m{
		"LoadBalancerArn": lb, "LoadBalancerName": name, "Type": "application", "Scheme": "internet-facing", "VpcId": fmt.Sprint("vpc-", zone), "IpAddressType": "dualstack",
		"AvailabilityZones": zones, "SecurityGroups": l{"sg-lb-" + name},
	})
	c.add("tg-"+name, "list", "TargetGroups", m{"TargetGroupArn": group, "TargetType": "ip", "Protocol": "HTTP", "Port": 80, "VpcId": fmt.Sprint("vpc-", zone), "LoadBalancerArns": l{lb}})
	for _, port := range []int{80, 443} {
		l443 := arn("elasticloadbalancing", fmt.Sprint("listener/app/", name, "/1/", port))
		actions := l{m{"Type": "forward", "TargetGroupArn": group}}
		c.add(l443, "list", "Listeners", m{"ListenerArn": l443, "LoadBalancerArn": lb, "Port": port, "Protocol": "HTTP", "DefaultActions": actions})
	}
}

func BenchmarkServices(b *testing.B) {
	v := manyServices(b, 2000)
	services := slices.Collect(v.OfType(aws.ECSService))
	b.ReportMetric(float64(v.CountByType()[aws.SecurityGroup]), "groups")
	for b.Loop() {
		model := vpc.New(v)
		for _, r := range services {
			reach := model.Service(r)
			if len(reach.Paths) == 0 {
				b.Fatal("a service without paths")
			}
			model.Openness(r)
		}
	}
}
