package vpc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
	"github.com/merlonsec/merlon/internal/reach/vpc"
)

var (
	lbARN       = arn("elasticloadbalancing", "loadbalancer/app/front/1")
	groupARN    = arn("elasticloadbalancing", "targetgroup/web/1")
	listenerARN = arn("elasticloadbalancing", "listener/app/front/1/443")
)

// behind is a cloud with the service web on Fargate in a private subnet, behind an Application Load Balancer in a
// public one.
func behind() *cloud {
	c := public()
	c.subnet("subnet-b", "10.0.2.0/24")
	c.table("rtb-b", []string{"subnet-b"}, to("nat-1", "0.0.0.0/0"))
	c.acl("acl-1", []string{"subnet-a", "subnet-b"}, open()...)
	c.network("web")["subnets"], c.network("web")["assignPublicIp"] = l{"subnet-b"}, "DISABLED"
	c.at("web")["loadBalancers"] = l{m{"targetGroupArn": groupARN, "containerName": "app", "containerPort": 80}}
	c.group("sg-web", permission("tcp", 80, 80, "sg-lb"))
	c.group("sg-lb", permission("tcp", 443, 443, "0.0.0.0/0"))
	c.balancer("lb", "application", "sg-lb")
	c.targetGroup("ip", "HTTP")
	c.listener(listenerARN, "HTTPS", 443, groupARN)
	return c
}

func (c *cloud) balancer(name, kind string, groups ...string) {
	body := m{
		"LoadBalancerArn": lbARN, "LoadBalancerName": "front", "Type": kind, "Scheme": "internet-facing", "VpcId": "vpc-1", "IpAddressType": "ipv4",
		"AvailabilityZones": l{m{"ZoneName": region + "a", "SubnetId": "subnet-a"}},
	}
	if groups != nil {
		body["SecurityGroups"] = list(groups)
	}
	c.add(name, "list", "LoadBalancers", body)
}

func (c *cloud) targetGroup(kind, protocol string) {
	c.add("tg", "list", "TargetGroups", m{
		"TargetGroupArn": groupARN, "TargetGroupName": "web", "TargetType": kind, "Protocol": protocol, "Port": 80, "VpcId": "vpc-1", "LoadBalancerArns": l{lbARN},
	})
}

// listener adds a listener whose default action sends traffic to target groups.
func (c *cloud) listener(uid, protocol string, port int, groups ...string) {
	actions := l{}
	for _, g := range groups {
		actions = append(actions, m{"Type": "forward", "TargetGroupArn": g})
	}
	if groups == nil {
		actions = l{m{"Type": "fixed-response"}}
	}
	c.add(uid, "list", "Listeners", m{"ListenerArn": uid, "LoadBalancerArn": lbARN, "Port": port, "Protocol": protocol, "DefaultActions": actions})
}

// network turns the load balancer of behind into a Network Load Balancer.
func network(groups ...string) func(c *cloud) {
	return func(c *cloud) {
		c.balancer("lb", "network", groups...)
		c.targetGroup("ip", "TCP")
		c.listener(listenerARN, "TCP", 443, groupARN)
		c.group("sg-web", permission("tcp", 80, 80, "0.0.0.0/0"))
	}
}

func TestATaskBehindALoadBalancer(t *testing.T) {
	reach := behind().reach(t)
	expect(t, reach, vpc.Direct, absent(vpc.PublicAddress))
	expect(t, reach, vpc.Balanced, present())
	if reach.State() != finding.Present || reach.Why() != (lang.Text{}) {
		t.Errorf("together it is %s: %v", reach.State(), reach.Why())
	}
}

// balancedCases change the cloud of behind, and say what becomes of the path through the load balancer. Nothing but
// what was read exists.
var balancedCases = []struct {
	name string
	edit func(c *cloud)
	want verdict
}{
	{"nothing changed", func(*cloud) {}, present()},
	{"an internal load balancer", func(c *cloud) { c.at("lb")["Scheme"] = "internal" }, absent(vpc.LoadBalancer)},
	{"a Gateway Load Balancer", func(c *cloud) { c.at("lb")["Type"] = "gateway" }, absent(vpc.Listener)},
	{"the subnets of the load balancer are private", func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0")) }, absent(vpc.InternetRoute)},
	{"one of its two subnets is public", func(c *cloud) {
		c.at("lb")["AvailabilityZones"] = l{m{"SubnetId": "subnet-b"}, m{"SubnetId": "subnet-a"}}
	}, present()},
	{"the network ACL of its subnet lets the listener's port not in", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-b"}, open()...)
		c.acl("acl-2", []string{"subnet-a"}, append(open()[2:], entry(100, "in allow 6", "0.0.0.0/0", 80, 80), entry(101, "in allow 6", "10.0.0.0/8", 1024, 65535))...)
	}, absent(vpc.NetworkACLIn)},
	{"its security group lets nobody in", func(c *cloud) { c.group("sg-lb") }, absent(vpc.SecurityGroup)},
	{"its security group lets another port in", func(c *cloud) { c.group("sg-lb", permission("tcp", 80, 80, "0.0.0.0/0")) }, absent(vpc.SecurityGroup)},
	{"its security group lets private addresses in", func(c *cloud) { c.group("sg-lb", permission("tcp", 443, 443, "10.0.0.0/8")) }, absent(vpc.SecurityGroup)},
	{"it has no listener", func(c *cloud) { c.remove(listenerARN) }, absent(vpc.Listener)},
	{"the target group is attached to no load balancer", func(c *cloud) {
		c.at("tg")["LoadBalancerArns"] = l{}
		c.listener(listenerARN, "HTTPS", 443)
	}, absent(vpc.LoadBalancer)},
	{"only the listener names the target group", func(c *cloud) { c.at("tg")["LoadBalancerArns"] = l{} }, present()},
	{"the target group does not exist", func(c *cloud) { c.remove("tg") }, absent(vpc.TargetGroup)},
	{"the load balancer does not exist", func(c *cloud) { c.remove("lb") }, verdict{}},
	{"the service says no load balancer", func(c *cloud) { c.at("web")["loadBalancers"] = l{} }, verdict{}},

	{"rules of the one listener name the target group", func(c *cloud) { c.listener(listenerARN, "HTTPS", 443) }, present()},
	{"rules of one of two open listeners do", func(c *cloud) {
		c.listener(listenerARN, "HTTPS", 443)
		c.listener(listenerARN+"0", "HTTP", 80)
		c.group("sg-lb", permission("tcp", 80, 443, "0.0.0.0/0"))
	}, present()},
	{"rules of one of two listeners do, and one is closed", func(c *cloud) {
		c.listener(listenerARN, "HTTPS", 443)
		c.listener(listenerARN+"0", "HTTP", 8080)
	}, unknown(vpc.Listener, "which listener of loadbalancer/app/front/1 has a rule")},
	{"the listener that names it is closed, and another one is open", func(c *cloud) {
		c.listener(listenerARN, "HTTPS", 8443, groupARN)
		c.listener(listenerARN+"0", "HTTPS", 443)
	}, unknown(vpc.Listener, "which listener of loadbalancer/app/front/1 has a rule")},

	{"the load balancer lets nothing out", func(c *cloud) { c.at("sg-lb")["IpPermissionsEgress"] = l{} }, absent(vpc.TargetEgress)},
	{"the load balancer lets traffic out to the group of the tasks", func(c *cloud) {
		c.at("sg-lb")["IpPermissionsEgress"] = l{permission("tcp", 80, 80, "sg-web")}
	}, present()},
	{"the load balancer lets traffic out to the subnet of the tasks", func(c *cloud) {
		c.at("sg-lb")["IpPermissionsEgress"] = l{permission("tcp", 80, 80, "10.0.2.0/24")}
	}, present()},
	{"the load balancer lets traffic out to a part of the subnet", func(c *cloud) {
		c.at("sg-lb")["IpPermissionsEgress"] = l{permission("tcp", 80, 80, "10.0.2.0/25")}
	}, unknown(vpc.TargetEgress, "only some addresses of the subnet")},
	{"the load balancer lets traffic out to another port", func(c *cloud) {
		c.at("sg-lb")["IpPermissionsEgress"] = l{permission("tcp", 8080, 8080, "sg-web")}
	}, absent(vpc.TargetEgress)},

	{"the network ACL of the tasks lets the load balancer not in", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, open()...)
		c.acl("acl-2", []string{"subnet-b"}, append(open()[2:], entry(100, "in allow -1", "10.0.9.0/24"))...)
	}, absent(vpc.TargetACL)},
	{"the network ACL of the tasks lets no answers out", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, open()...)
		c.acl("acl-2", []string{"subnet-b"}, open()[:2]...)
	}, absent(vpc.TargetACL)},
	{"the network ACL of the tasks knows the load balancer's subnet alone", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, open()...)
		c.acl("acl-2", []string{"subnet-b"}, entry(100, "in allow 6", "10.0.1.0/24", 80, 80), entry(100, "out allow 6", "10.0.1.0/24", 1024, 65535))
	}, present()},
	{"within one subnet no network ACL counts", func(c *cloud) {
		c.network("web")["subnets"] = l{"subnet-a"}
		c.acl("acl-1", []string{"subnet-a"}, append(open(), entry(10, "in deny -1", "10.0.0.0/8"), entry(10, "out deny -1", "10.0.0.0/8"))...)
	}, present()},

	{"the tasks let the load balancer not in", func(c *cloud) { c.group("sg-web") }, absent(vpc.SecurityGroup)},
	{"the tasks let the load balancer in to another port", func(c *cloud) { c.group("sg-web", permission("tcp", 8080, 8080, "sg-lb")) }, absent(vpc.SecurityGroup)},
	{"the tasks let its subnet in", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "10.0.1.0/24")) }, present()},
	{"the tasks let the whole VPC in", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "10.0.0.0/16")) }, present()},
	{"the tasks let a part of its subnet in", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "10.0.1.0/25")) }, unknown(vpc.SecurityGroup, "only some addresses of the subnet")},
	{"two rules of the tasks let its subnet in", func(c *cloud) {
		c.group("sg-web", permission("tcp", 80, 80, "10.0.1.0/25"), permission("tcp", 80, 80, "10.0.1.128/25"))
	}, present()},
	{"the tasks let public addresses in, which the load balancer does not have", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "8.0.0.0/8")) }, absent(vpc.SecurityGroup)},
	{"the tasks let members of another group in", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "sg-other")) }, absent(vpc.SecurityGroup)},
	{"the target is in another VPC", func(c *cloud) { c.at("subnet-b")["VpcId"] = "vpc-2" }, unknown(vpc.TargetGroup, "outside the VPC vpc-1")},
	{"the service names a port that the definition does not", func(c *cloud) {
		c.at("web")["loadBalancers"] = l{m{"targetGroupArn": groupARN, "containerName": "app", "containerPort": 9090}}
	}, verdict{}},

	{"a Network Load Balancer without security group", network(), present()},
	{"a Network Load Balancer, and the tasks let its subnet in", func(c *cloud) {
		network()(c)
		c.group("sg-web", permission("tcp", 80, 80, "10.0.1.0/24"))
	}, present()},
	{"a Network Load Balancer that keeps clients' addresses, and the tasks let its subnet in", func(c *cloud) {
		network()(c)
		c.group("sg-web", permission("tcp", 80, 80, "10.0.1.0/24"))
		c.at("tg")["Attributes"] = l{m{"Key": "preserve_client_ip.enabled", "Value": "true"}}
	}, absent(vpc.SecurityGroup)},
	{"a Network Load Balancer that keeps clients' addresses, and the tasks let them in", func(c *cloud) {
		network()(c)
		c.at("tg")["Attributes"] = l{m{"Key": "preserve_client_ip.enabled", "Value": "true"}}
	}, present()},
	{"a Network Load Balancer that keeps clients' addresses, and the tasks' network ACL lets them not in", func(c *cloud) {
		network()(c)
		c.at("tg")["Attributes"] = l{m{"Key": "preserve_client_ip.enabled", "Value": "true"}}
		c.acl("acl-1", []string{"subnet-a"}, open()...)
		c.acl("acl-2", []string{"subnet-b"}, entry(100, "in allow -1", "10.0.0.0/8"), entry(100, "out allow -1", "10.0.0.0/8"))
	}, absent(vpc.SecurityGroup)},
	{"a Network Load Balancer with a security group that the tasks name", func(c *cloud) {
		network("sg-lb")(c)
		c.group("sg-web", permission("tcp", 80, 80, "sg-lb"))
		c.at("tg")["Attributes"] = l{m{"Key": "preserve_client_ip.enabled", "Value": "true"}}
	}, present()},
	{"a Network Load Balancer with a closed security group", func(c *cloud) {
		network("sg-lb")(c)
		c.group("sg-lb")
	}, absent(vpc.SecurityGroup)},
	{"a Network Load Balancer, whose listeners have no rules", func(c *cloud) {
		network()(c)
		c.listener(listenerARN, "TCP", 443, groupARN+"0")
	}, absent(vpc.Listener)},
	{"a Network Load Balancer for UDP, which keeps clients' addresses", func(c *cloud) {
		network()(c)
		c.targetGroup("ip", "UDP")
		c.listener(listenerARN, "UDP", 443, groupARN)
		c.mappings("web", m{"containerPort": 80, "protocol": "udp"})
		c.group("sg-web", permission("udp", 80, 80, "10.0.0.0/8"))
	}, absent(vpc.SecurityGroup)},
	{"a listener for UDP, and a port of TCP", func(c *cloud) {
		network()(c)
		c.listener(listenerARN, "UDP", 443, groupARN)
	}, absent(vpc.Listener)},
	{"a listener for both", func(c *cloud) {
		network()(c)
		c.listener(listenerARN, "TCP_UDP", 443, groupARN)
	}, present()},
}

func TestHopsOfAPathThroughALoadBalancer(t *testing.T) {
	for _, test := range balancedCases {
		t.Run(test.name, func(t *testing.T) {
			c := behind()
			c.close()
			test.edit(c)
			reach := c.reach(t)
			expect(t, reach, vpc.Balanced, test.want)
			if got := reach.State(vpc.Direct); got != finding.Absent {
				t.Errorf("the task itself is %s", got)
			}
		})
	}
}

func TestThePathThroughALoadBalancerHopByHop(t *testing.T) {
	c := behind()
	c.close()
	p := c.reach(t).Paths[0]
	var got []string
	for _, h := range p.Hops {
		got = append(got, string(h.Kind)+" "+h.Evidence.Resource.Short()+" "+h.Evidence.Path)
	}
	want := []string{
		"load-balancer loadbalancer/app/front/1 $.Scheme",
		"internet-route route-table/rtb-a $.Routes[1]",
		"network-acl-in network-acl/acl-1 $.Entries[0]",
		"network-acl-out network-acl/acl-1 $.Entries[2]",
		"security-group security-group/sg-lb $.IpPermissions[0].IpRanges[0].CidrIp",
		"listener listener/app/front/1/443 $.Port",
		"target-group service/shop/web $.loadBalancers[0].targetGroupArn",
		"load-balancer-egress security-group/sg-lb $.IpPermissionsEgress[0].IpRanges[0].CidrIp",
		"load-balancer-network-acl network-acl/acl-1 $.Entries[0]",
		"security-group security-group/sg-web $.IpPermissions[0].UserIdGroupPairs",
		"container-port task-definition/web:1 $.containerDefinitions[0].portMappings[0].containerPort",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if p.LoadBalancer != inventory.UID(lbARN) || p.Kind != vpc.Balanced || p.From != 80 || p.Container != "app" || !p.Everybody() {
		t.Errorf("the path is %s from %s", describe(p), p.LoadBalancer)
	}
}

func TestWhatWasNotReadOfLoadBalancersIsUnknown(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(c *cloud)
		want verdict
	}{
		{"nothing that counts", func(*cloud) {}, present()},
		{"the target group", func(c *cloud) { c.remove("tg") }, unknown(vpc.TargetGroup, "targetgroup/web/1 was not read")},
		{"the load balancer", func(c *cloud) { c.remove("lb") }, unknown(vpc.LoadBalancer, "loadbalancer/app/front/1 was not read")},
		{"the listeners", func(c *cloud) { c.remove(listenerARN) }, unknown(vpc.Listener, "all listeners of loadbalancer/app/front/1")},
		{"the listeners, and the load balancer is internal", func(c *cloud) {
			c.remove(listenerARN)
			c.at("lb")["Scheme"] = "internal"
		}, absent(vpc.LoadBalancer)},
		{"the listeners, and no port is let in", func(c *cloud) {
			c.remove(listenerARN)
			c.group("sg-lb")
		}, absent(vpc.SecurityGroup)},
		{"other listeners than a closed one", func(c *cloud) { c.listener(listenerARN, "HTTPS", 8443, groupARN) }, unknown(vpc.Listener, "all listeners of loadbalancer/app/front/1")},
		{"its subnet", func(c *cloud) { c.remove("subnet-a") }, unknown(vpc.InternetRoute, "subnet-a was not read")},
		{"its security group", func(c *cloud) { c.remove("sg-lb") }, unknown(vpc.SecurityGroup, "sg-lb was not read")},
		{"the subnet of the tasks, while the load balancer lets everything out", func(c *cloud) { c.remove("subnet-b") }, unknown(vpc.TargetACL, "subnet-b was not read")},
		{"the security group of the tasks", func(c *cloud) { c.remove("sg-web") }, unknown(vpc.SecurityGroup, "sg-web was not read")},
		{"the task definition, of which the service names a port", func(c *cloud) { c.remove("web:1") }, present()},
		{"whether an instance sees clients' addresses", func(c *cloud) {
			network()(c)
			c.targetGroup("instance", "TCP")
			c.group("sg-web", permission("tcp", 80, 80, "10.0.0.0/16"))
		}, unknown(vpc.SecurityGroup, "whether targetgroup/web/1 keeps the addresses of clients")},
		{"the scheme of a plan", func(c *cloud) {
			delete(c.at("lb"), "Scheme")
			c.at("lb")[aws.UnknownField] = l{"$.Scheme"}
		}, unknown(vpc.LoadBalancer, "$.Scheme")},
		{"the subnets of a plan", func(c *cloud) {
			c.at("lb")["AvailabilityZones"] = l{}
			c.at("lb")[aws.UnknownField] = l{"$.AvailabilityZones"}
		}, unknown(vpc.InternetRoute, "$.AvailabilityZones")},
		{"the port of a planned listener", func(c *cloud) {
			c.close()
			c.at(listenerARN)[aws.UnknownField] = l{"$.Port"}
		}, unknown(vpc.Listener, "$.Port")},
		{"the load balancers of a planned target group", func(c *cloud) {
			c.remove(listenerARN)
			c.at("tg")["LoadBalancerArns"] = l{}
			c.at("tg")[aws.UnknownField] = l{"$.LoadBalancerArns"}
		}, unknown(vpc.LoadBalancer, "$.LoadBalancerArns")},
		{"the load balancers of a planned service", func(c *cloud) {
			c.at("web")["loadBalancers"] = l{}
			c.at("web")[aws.UnknownField] = l{"$.loadBalancers"}
		}, unknown(vpc.LoadBalancer, "$.loadBalancers")},
		{"the network mode and with it where tasks listen", func(c *cloud) {
			delete(c.at("web"), "networkConfiguration")
			c.at("web")["launchType"] = "EC2"
			c.remove("web:1")
		}, unknown(vpc.ContainerPort, "task-definition/web:1 was not read")},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := behind()
			test.edit(c)
			expect(t, c.reach(t), vpc.Balanced, test.want)
		})
	}
}

func TestVersionsOfIPThroughALoadBalancer(t *testing.T) {
	for _, test := range []struct {
		name      string
		edit      func(c *cloud)
		four, six bool
	}{
		{"IPv4 alone", func(*cloud) {}, true, false},
		{"both", func(c *cloud) { c.at("lb")["IpAddressType"] = "dualstack" }, true, true},
		{"IPv6 alone", func(c *cloud) { c.at("lb")["IpAddressType"] = "dualstack-without-public-ipv4" }, false, true},
		{"both, and the security group lets IPv6 in", func(c *cloud) {
			c.at("lb")["IpAddressType"] = "dualstack"
			c.group("sg-lb", permission("tcp", 443, 443, "::/0"))
		}, false, true},
		{"both, and the target keeps addresses of IPv4", func(c *cloud) {
			network()(c)
			c.at("lb")["IpAddressType"] = "dualstack"
			c.at("tg")["Attributes"] = l{m{"Key": "preserve_client_ip.enabled", "Value": "true"}}
			c.group("sg-web", permission("tcp", 80, 80, "10.0.1.0/24")) // the load balancer, from where clients of IPv6 come
		}, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := behind()
			c.close()
			c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "0.0.0.0/0"), to("igw-1", "::/0"))
			c.group("sg-lb", permission("tcp", 443, 443, "0.0.0.0/0", "::/0"))
			test.edit(c)
			p := c.reach(t).Paths[0]
			if four, six := p.Clients.Overlaps(cidr.Internet4()), p.Clients.Overlaps(cidr.Internet6()); four != test.four || six != test.six {
				t.Errorf("IPv4 %v, IPv6 %v; want %v and %v: %s", four, six, test.four, test.six, describe(p))
			}
		})
	}
}

// onInstances turns the cloud of behind into one with tasks on a private instance in subnet-a.
func onInstances(c *cloud) {
	hosted := hosted()
	for _, name := range []string{"web:1", "ci-1", "i-1"} {
		c.add(name, hosted.objects[name].form, hosted.objects[name].member, hosted.objects[name].body)
	}
	c.at("web")["launchType"] = "EC2"
	delete(c.at("web"), "networkConfiguration")
	c.host("1", "")
	c.targetGroup("instance", "HTTP")
	c.at("web")["loadBalancers"] = l{m{"targetGroupArn": groupARN, "containerName": "app", "containerPort": 8080}}
}

func TestInstancesBehindALoadBalancer(t *testing.T) {
	classic := func(c *cloud) {
		c.remove("lb", "tg", listenerARN)
		c.add("classic", "list", "LoadBalancerDescriptions", m{
			"LoadBalancerName": "old", "Scheme": "internet-facing", "VPCId": "vpc-1", "Subnets": l{"subnet-a"}, "SecurityGroups": l{"sg-lb"}, "Instances": l{},
			"ListenerDescriptions": l{m{"Listener": m{"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstanceProtocol": "HTTP", "InstancePort": 80}}},
		})
		c.at("web")["loadBalancers"] = l{m{"loadBalancerName": "old", "containerName": "app", "containerPort": 8080}}
	}
	health := func(c *cloud, id string, port int) {
		c.add("health", "whole", "", m{"TargetGroupArn": groupARN, "TargetHealthDescriptions": l{m{"Target": m{"Id": id, "Port": port}, "TargetHealth": m{"State": "healthy"}}}})
		c.at("web")["loadBalancers"] = l{}
	}
	for _, test := range []struct {
		name string
		edit func(c *cloud)
		want verdict
	}{
		{"a static port", func(*cloud) {}, present()},
		{"a static port that is closed", func(c *cloud) { c.group("sg-web", permission("tcp", 8080, 8080, "sg-lb")) }, absent(vpc.SecurityGroup)},
		{"a dynamic port", func(c *cloud) {
			c.mappings("web", m{"containerPort": 8080, "hostPort": 0})
			c.group("sg-web", permission("tcp", 32768, 65535, "sg-lb"))
		}, present()},
		{"a dynamic port, and some of them are open", func(c *cloud) {
			c.mappings("web", m{"containerPort": 8080, "hostPort": 0})
			c.group("sg-web", permission("tcp", 40000, 50000, "sg-lb"))
		}, unknown(vpc.SecurityGroup, "some of the ports")},
		{"a Network Load Balancer, which keeps clients' addresses", func(c *cloud) {
			network()(c)
			c.targetGroup("instance", "TCP")
		}, present()},
		{"a Network Load Balancer that does not keep clients' addresses", func(c *cloud) {
			network()(c)
			c.targetGroup("instance", "TCP")
			c.at("tg")["Attributes"] = l{m{"Key": "preserve_client_ip.enabled", "Value": "false"}}
			c.group("sg-web", permission("tcp", 80, 80, "10.0.0.0/16"))
		}, present()},
		{"a Network Load Balancer, and the instance lets nobody in", func(c *cloud) {
			network()(c)
			c.targetGroup("instance", "TCP")
			c.group("sg-web")
		}, absent(vpc.SecurityGroup)},

		{"a classic load balancer", classic, present()},
		{"a classic load balancer that is internal", func(c *cloud) { classic(c); c.at("classic")["Scheme"] = "internal" }, absent(vpc.LoadBalancer)},
		{"a classic load balancer whose security group is closed", func(c *cloud) { classic(c); c.group("sg-lb") }, absent(vpc.SecurityGroup)},
		{"a classic load balancer that sends traffic to another port", func(c *cloud) {
			classic(c)
			c.mappings("web", m{"containerPort": 8080, "hostPort": 81})
		}, absent(vpc.Listener)},
		{"a classic load balancer that does not exist", func(c *cloud) { classic(c); c.remove("classic") }, absent(vpc.LoadBalancer)},
		{"a classic load balancer that names the instance alone", func(c *cloud) {
			classic(c)
			c.at("web")["loadBalancers"] = l{}
			c.at("classic")["Instances"] = l{m{"InstanceId": "i-1"}}
		}, present()},
		{"a classic load balancer that names another instance", func(c *cloud) {
			classic(c)
			c.at("web")["loadBalancers"] = l{}
			c.at("classic")["Instances"] = l{m{"InstanceId": "i-2"}}
		}, verdict{}},

		{"a target group that names the instance alone", func(c *cloud) { health(c, "i-1", 80) }, present()},
		{"a target group that names another port of the instance", func(c *cloud) { health(c, "i-1", 81) }, verdict{}},
		{"a target group that names the address of the instance", func(c *cloud) {
			health(c, "10.0.1.5", 80)
			c.targetGroup("ip", "HTTP")
		}, present()},
		{"a target group of another VPC that names the same address", func(c *cloud) {
			health(c, "10.0.1.5", 80)
			c.targetGroup("ip", "HTTP")
			c.at("tg")["VpcId"] = "vpc-2"
		}, verdict{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := behind()
			onInstances(c)
			c.group("sg-web", permission("tcp", 80, 80, "sg-lb"))
			c.close()
			test.edit(c)
			expect(t, c.reach(t), vpc.Balanced, test.want)
		})
	}
}

func TestALoadBalancerBehindAnother(t *testing.T) {
	front, frontGroup := arn("elasticloadbalancing", "loadbalancer/net/outer/1"), arn("elasticloadbalancing", "targetgroup/outer/1")
	chain := func(c *cloud) {
		c.at("lb")["Scheme"] = "internal"
		c.add("nlb", "list", "LoadBalancers", m{
			"LoadBalancerArn": front, "LoadBalancerName": "outer", "Type": "network", "Scheme": "internet-facing", "VpcId": "vpc-1", "IpAddressType": "ipv4",
			"AvailabilityZones": l{m{"SubnetId": "subnet-a"}},
		})
		c.add("outer", "list", "TargetGroups", m{
			"TargetGroupArn": frontGroup, "TargetGroupName": "outer", "TargetType": "alb", "Protocol": "TCP", "Port": 443, "VpcId": "vpc-1", "LoadBalancerArns": l{front},
		})
		c.add("outer-listener", "list", "Listeners", m{
			"ListenerArn": arn("elasticloadbalancing", "listener/net/outer/1/1"), "LoadBalancerArn": front, "Port": 443, "Protocol": "TCP",
			"DefaultActions": l{m{"Type": "forward", "TargetGroupArn": frontGroup}},
		})
		c.add("outer-health", "whole", "", m{"TargetGroupArn": frontGroup, "TargetHealthDescriptions": l{m{"Target": m{"Id": lbARN, "Port": 443}}}})
	}
	for _, test := range []struct {
		name string
		edit func(c *cloud)
		want verdict
	}{
		{"an internal one behind a public one", func(*cloud) {}, present()},
		{"both are internal", func(c *cloud) { c.at("nlb")["Scheme"] = "internal" }, absent(vpc.LoadBalancer)},
		{"the inner one lets nobody in", func(c *cloud) { c.group("sg-lb") }, absent(vpc.SecurityGroup)},
		{"the inner one listens on another port", func(c *cloud) { c.listener(listenerARN, "HTTPS", 8443, groupARN) }, absent(vpc.LoadBalancer)},
		{"the outer one has no target", func(c *cloud) { c.remove("outer-health") }, absent(vpc.LoadBalancer)},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := behind()
			c.close()
			chain(c)
			test.edit(c)
			reach := c.reach(t)
			expect(t, reach, vpc.Balanced, test.want)
			if p := reach.Paths[0]; p.State == finding.Present && p.LoadBalancer != inventory.UID(front) {
				t.Errorf("clients connect to %s, want %s", p.LoadBalancer, front)
			}
		})
	}
}
