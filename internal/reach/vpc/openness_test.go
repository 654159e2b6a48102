package vpc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/vpc"
)

// openings writes openings down: state, protocol, ports, and the values of the rules.
func openings(t *testing.T, c *cloud) (vpc.Openness, []string) {
	t.Helper()
	v := c.view(t)
	o := vpc.New(v).Openness(v.Get(inventory.UID(arn("ecs", "service/shop/web"))))
	all := []string{}
	for _, x := range o.Openings {
		var rules []string
		for _, e := range x.Rules {
			checkEvidence(t, v, e, true)
			rules = append(rules, fmt.Sprint(e.Value))
		}
		all = append(all, fmt.Sprintf("%s %s %d-%d %s", x.State, x.Protocol, x.From, x.To, strings.Join(rules, "+")))
		if (x.State == finding.Unknown) != (x.Why != lang.Text{}) {
			t.Errorf("the opening is %s and says why %q", x.State, x.Why.EN)
		}
	}
	if (o.State == finding.Unknown) != (o.Why != lang.Text{}) {
		t.Errorf("it is %s and says why %q", o.State, o.Why.EN)
	}
	return o, all
}

func TestOpenness(t *testing.T) {
	for _, test := range []struct {
		name  string
		rules []m
		state finding.State
		want  []string
	}{
		{"no rule", nil, finding.Absent, nil},
		{"everybody, to one port", []m{permission("tcp", 22, 22, "0.0.0.0/0")}, finding.Present, []string{"present tcp 22-22 0.0.0.0/0"}},
		{"everybody of IPv6", []m{permission("tcp", 22, 22, "::/0")}, finding.Present, []string{"present tcp 22-22 ::/0"}},
		{"everybody of both", []m{permission("tcp", 22, 22, "0.0.0.0/0", "::/0")}, finding.Present, []string{"present tcp 22-22 0.0.0.0/0+::/0"}},
		{"the public addresses of IPv6", []m{permission("tcp", 22, 22, "2000::/3")}, finding.Present, []string{"present tcp 22-22 2000::/3"}},
		{"everybody, to everything", []m{permission("-1", 0, 0, "0.0.0.0/0"), permission("tcp", 22, 22, "0.0.0.0/0")}, finding.Present, []string{"present -1 0-65535 0.0.0.0/0"}},
		{"everybody, by ping", []m{permission("icmp", 8, -1, "0.0.0.0/0")}, finding.Present, []string{"present icmp 0-65535 0.0.0.0/0"}},
		{"two halves in one rule", []m{permission("tcp", 443, 443, "0.0.0.0/1", "128.0.0.0/1")}, finding.Present, []string{"present tcp 443-443 0.0.0.0/1+128.0.0.0/1"}},
		{"two halves in two rules", []m{permission("tcp", 443, 443, "0.0.0.0/1"), permission("tcp", 80, 443, "128.0.0.0/1")}, finding.Present, []string{"present tcp 443-443 0.0.0.0/1+128.0.0.0/1"}},
		{"two halves of IPv6", []m{permission("tcp", 443, 443, "::/1", "8000::/1")}, finding.Present, []string{"present tcp 443-443 ::/1"}},
		{"two halves, one for every protocol", []m{permission("-1", 0, 0, "0.0.0.0/1"), permission("udp", 53, 53, "128.0.0.0/1")}, finding.Present, []string{"present udp 53-53 0.0.0.0/1+128.0.0.0/1"}},
		{"all but a small network", []m{permission("tcp", 443, 443, "0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3")}, finding.Present, []string{"present tcp 443-443 0.0.0.0/1+128.0.0.0/2+192.0.0.0/3"}},
		{"one half", []m{permission("tcp", 443, 443, "0.0.0.0/1")}, finding.Absent, nil},
		{"two halves at different ports", []m{permission("tcp", 443, 443, "0.0.0.0/1"), permission("tcp", 80, 80, "128.0.0.0/1")}, finding.Absent, nil},
		{"two halves with different protocols", []m{permission("tcp", 53, 53, "0.0.0.0/1"), permission("udp", 53, 53, "128.0.0.0/1")}, finding.Absent, nil},
		{"all private addresses", []m{permission("-1", 0, 0, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")}, finding.Absent, nil},
		{"some public addresses", []m{permission("tcp", 443, 443, "8.8.8.0/24")}, finding.Absent, nil},
		{"members of a group", []m{permission("-1", 0, 0, "sg-other")}, finding.Absent, nil},
		{"private addresses beside everybody", []m{permission("tcp", 443, 443, "10.0.0.0/8", "0.0.0.0/0")}, finding.Present, []string{"present tcp 443-443 0.0.0.0/0"}},
		{"ranges that overlap", []m{permission("tcp", 80, 90, "0.0.0.0/0"), permission("tcp", 85, 95, "::/0")}, finding.Present, []string{
			"present tcp 80-84 0.0.0.0/0", "present tcp 85-90 0.0.0.0/0+::/0", "present tcp 91-95 ::/0",
		}},
		{"the protocol by its number", []m{permission("6", 22, 22, "0.0.0.0/0")}, finding.Present, []string{"present tcp 22-22 0.0.0.0/0"}},
		{"a prefix list of everybody", []m{permission("tcp", 22, 22, "pl-all")}, finding.Present, []string{"present tcp 22-22 pl-all"}},
		{"a prefix list of some", []m{permission("tcp", 22, 22, "pl-some")}, finding.Absent, nil},
		{"a prefix list that was not read", []m{permission("tcp", 22, 22, "pl-none")}, finding.Unknown, []string{"unknown tcp 22-22 pl-none"}},
		{"a prefix list of AWS's own that was not read", []m{permission("tcp", 443, 443, "pl-aws")}, finding.Absent, nil},
		{"a prefix list that was not read, for every protocol", []m{permission("-1", 0, 0, "pl-none"), permission("tcp", 22, 22, "8.8.8.0/24")}, finding.Unknown, []string{
			"unknown -1 0-65535 pl-none",
		}},
		{"two halves for every protocol, and more for one", []m{permission("-1", 0, 0, "0.0.0.0/1", "128.0.0.0/2"), permission("tcp", 22, 22, "192.0.0.0/2")}, finding.Present, []string{
			"present tcp 22-22 0.0.0.0/1+128.0.0.0/2+192.0.0.0/2",
		}},
		{"a prefix list that was not read beside everybody", []m{permission("tcp", 22, 22, "pl-none", "0.0.0.0/0")}, finding.Present, []string{"present tcp 22-22 0.0.0.0/0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := public()
			c.prefixList("pl-all", "all", "0.0.0.0/1", "128.0.0.0/1")
			c.prefixList("pl-some", "some", "8.8.8.0/24")
			c.prefixList("pl-aws", "com.amazonaws.global.cloudfront.origin-facing")
			c.group("sg-web", test.rules...)
			o, got := openings(t, c)
			if o.State != test.state {
				t.Errorf("it is %s, want %s", o.State, test.state)
			}
			if diff := cmp.Diff(append([]string{}, test.want...), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestOpennessOfSeveralGroups(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(c *cloud)
		want verdict
	}{
		{"a half in each of two groups", func(c *cloud) {
			c.group("sg-web", permission("tcp", 80, 80, "0.0.0.0/1"))
			c.group("sg-2", permission("tcp", 80, 80, "128.0.0.0/1"))
			c.network("web")["securityGroups"] = l{"sg-web", "sg-2"}
		}, present()},
		{"one of two was not read", func(c *cloud) {
			c.group("sg-web")
			c.network("web")["securityGroups"] = l{"sg-web", "sg-2"}
		}, unknown("", "sg-2 was not read")},
		{"one of two does not exist", func(c *cloud) {
			c.close()
			c.group("sg-web")
			c.network("web")["securityGroups"] = l{"sg-web", "sg-2"}
		}, verdict{}},
		{"none is named, and the default one was not read", func(c *cloud) { delete(c.network("web"), "securityGroups") }, unknown("", "default security group")},
		{"a plan leaves them open", func(c *cloud) {
			c.group("sg-web")
			c.at("web")[aws.UnknownField] = l{"$.networkConfiguration.awsvpcConfiguration.securityGroups"}
		}, unknown("", "securityGroups")},
		{"a plan leaves the subnets open, and names the group", func(c *cloud) {
			delete(c.network("web"), "subnets")
			c.at("web")[aws.UnknownField] = l{"$.networkConfiguration.awsvpcConfiguration.subnets"}
		}, present()},
		{"a plan leaves the subnets open, and names no group", func(c *cloud) {
			delete(c.network("web"), "subnets")
			delete(c.network("web"), "securityGroups")
			c.at("web")[aws.UnknownField] = l{"$.networkConfiguration.awsvpcConfiguration.subnets"}
		}, unknown("", "securityGroups")},
		{"tasks on instances that were not read", func(c *cloud) {
			delete(c.at("web"), "networkConfiguration")
			c.at("web")["launchType"], c.at("web:1")["networkMode"] = "EC2", "bridge"
		}, unknown("", "all container instances of cluster/shop")},
		{"a plan leaves a rule open", func(c *cloud) {
			c.group("sg-web")
			c.at("sg-web")[aws.UnknownField] = l{"$.IpPermissions"}
		}, unknown("", "$.IpPermissions")},
		{"a plan leaves a rule open beside one for everybody", func(c *cloud) { c.at("sg-web")[aws.UnknownField] = l{"$.IpPermissions"} }, present()},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := public()
			test.edit(c)
			o, _ := openings(t, c)
			if o.State != test.want.state || !strings.Contains(o.Why.EN, test.want.why) {
				t.Errorf("it is %s, %q; want %s, %q", o.State, o.Why.EN, test.want.state, test.want.why)
			}
		})
	}
}

func TestOpennessOfInstancesAndLoadBalancers(t *testing.T) {
	c := hosted()
	c.balancer("lb", "network")
	v := c.view(t)
	model := vpc.New(v)
	for uid, want := range map[string]finding.State{arn("ecs", "service/shop/web"): finding.Present, arn("ec2", "instance/i-1"): finding.Present, lbARN: finding.Absent} {
		if got := model.Openness(v.Get(inventory.UID(uid))); got.State != want {
			t.Errorf("%s: %s, want %s", uid, got.State, want)
		}
	}
}
