package vpc_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/reach/cidr"
	"github.com/merlonsec/merlon/internal/reach/vpc"
)

func TestATaskWithAPublicAddress(t *testing.T) {
	reach := public().reach(t)
	if len(reach.Paths) != 1 {
		t.Fatalf("%d paths, want 1", len(reach.Paths))
	}
	p := reach.Paths[0]
	var got []string
	for _, h := range p.Hops {
		got = append(got, string(h.Kind)+" "+h.Evidence.Resource.Short()+" "+h.Evidence.Path)
	}
	want := []string{
		"public-address service/shop/web $.networkConfiguration.awsvpcConfiguration.assignPublicIp",
		"internet-route route-table/rtb-a $.Routes[1]",
		"network-acl-in network-acl/acl-1 $.Entries[0]",
		"network-acl-out network-acl/acl-1 $.Entries[2]",
		"security-group security-group/sg-web $.IpPermissions[0].IpRanges[0].CidrIp",
		"container-port task-definition/web:1 $.containerDefinitions[0].portMappings[0].containerPort",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if p.Kind != vpc.Direct || p.State != finding.Present || p.Protocol != "tcp" || p.From != 80 || p.To != 80 || p.Container != "app" || !p.Everybody() {
		t.Errorf("the path is %s", describe(p))
	}
	if p.Clients.Overlaps(cidr.All6()) {
		t.Errorf("clients of IPv6 get through: %s", p.Clients)
	}
	if reach.State(vpc.Balanced) != finding.Absent || reach.State() != finding.Present {
		t.Errorf("state %s, through load balancers %s", reach.State(), reach.State(vpc.Balanced))
	}
}

// hopCases change the cloud of public, and say what becomes of the direct path. Nothing but what was read exists.
var hopCases = []struct {
	name string
	edit func(c *cloud)
	want verdict
}{
	{"nothing changed", func(*cloud) {}, present()},

	{"no public address", func(c *cloud) { c.network("web")["assignPublicIp"] = "DISABLED" }, absent(vpc.PublicAddress)},
	{"public address not mentioned", func(c *cloud) { delete(c.network("web"), "assignPublicIp") }, absent(vpc.PublicAddress)},
	{"public address on EC2, where a task gets none", func(c *cloud) { c.at("web")["launchType"] = "EC2" }, absent(vpc.PublicAddress)},
	{"a capacity provider of Fargate", func(c *cloud) {
		delete(c.at("web"), "launchType")
		c.at("web")["capacityProviderStrategy"] = l{m{"capacityProvider": "FARGATE_SPOT"}}
	}, present()},
	{"a capacity provider of instances", func(c *cloud) {
		delete(c.at("web"), "launchType")
		c.at("web")["capacityProviderStrategy"] = l{m{"capacityProvider": "own"}}
	}, absent(vpc.PublicAddress)},
	{"a service that was deleted", func(c *cloud) { c.at("web")["status"] = "INACTIVE" }, verdict{}},

	{"the default route leads to a NAT gateway", func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0")) }, absent(vpc.InternetRoute)},
	{"the default route leads to a transit gateway", func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}, to("tgw-1", "0.0.0.0/0")) }, absent(vpc.InternetRoute)},
	{"there is no default route", func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}) }, absent(vpc.InternetRoute)},
	{"the default route is a blackhole", func(c *cloud) {
		r := to("igw-1", "0.0.0.0/0")
		r["State"] = "blackhole"
		c.table("rtb-a", []string{"subnet-a"}, r)
	}, absent(vpc.InternetRoute)},
	{"longer routes to a NAT gateway cover the internet", func(c *cloud) {
		c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "0.0.0.0/0"), to("nat-1", "0.0.0.0/1"), to("nat-1", "128.0.0.0/1"))
	}, absent(vpc.InternetRoute)},
	{"a longer route to a NAT gateway covers a half", func(c *cloud) {
		c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/1"), to("igw-1", "0.0.0.0/0"))
	}, present()},
	{"a longer route to the gateway", func(c *cloud) {
		c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0"), to("igw-1", "8.8.8.0/24"))
	}, present()},
	{"only a route for private addresses leads to the gateway", func(c *cloud) {
		c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "172.16.0.0/12"))
	}, absent(vpc.InternetRoute)},
	{"a propagated route to the same block gives way", func(c *cloud) {
		r := to("vgw-1", "0.0.0.0/0")
		r["Origin"] = "EnableVgwRoutePropagation"
		c.table("rtb-a", []string{"subnet-a"}, r, to("igw-1", "0.0.0.0/0"))
	}, present()},
	{"a gateway that is attached to another VPC", func(c *cloud) { c.gateway("igw-1", "vpc-2") }, absent(vpc.InternetRoute)},
	{"a gateway that was not read", func(c *cloud) { c.remove("igw-1") }, present()},
	{"a gateway endpoint beside", func(c *cloud) {
		c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "0.0.0.0/0"), to("vpce-1", "pl-s3"))
	}, present()},
	{"a prefix list that leads to the gateway", func(c *cloud) {
		c.prefixList("pl-1", "partners", "8.8.8.0/24")
		c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0"), to("igw-1", "pl-1"))
	}, present()},
	{"a prefix list without entries", func(c *cloud) {
		c.prefixList("pl-1", "partners", []string{}...)
		c.at("pl-1")["Entries"] = l{}
		c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "pl-1"))
	}, absent(vpc.InternetRoute)},
	{"a prefix list that was not read leads to the gateway", func(c *cloud) {
		c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0"), to("igw-1", "pl-1"))
	}, unknown(vpc.InternetRoute, "prefix list pl-1")},
	{"a prefix list that was not read leads elsewhere", func(c *cloud) {
		c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "0.0.0.0/0"), to("tgw-1", "pl-1"))
	}, unknown(vpc.InternetRoute, "prefix list pl-1")},
	{"an appliance on the way out", func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}, to("vpce-1", "0.0.0.0/0")) }, unknown(vpc.InternetRoute, "vpce-1")},
	{"an instance on the way out", func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}, to("eni-1", "0.0.0.0/0")) }, unknown(vpc.InternetRoute, "eni-1")},
	{"an appliance on the way in", func(c *cloud) {
		c.table("rtb-in", nil, to("vpce-9", "10.0.1.0/24"))
		c.at("rtb-in")["Associations"] = l{m{"Main": false, "GatewayId": "igw-1"}}
	}, unknown(vpc.InternetRoute, "vpce-9")},
	{"an appliance on the way in to another subnet", func(c *cloud) {
		c.table("rtb-in", nil, to("vpce-9", "10.0.9.0/24"))
		c.at("rtb-in")["Associations"] = l{m{"Main": false, "GatewayId": "igw-1"}}
	}, present()},
	{"the main table counts where none names the subnet", func(c *cloud) { c.table("rtb-a", []string{"main"}, to("igw-1", "0.0.0.0/0")) }, present()},
	{"the main table does not count where another names the subnet", func(c *cloud) {
		c.table("rtb-m", []string{"main"}, to("igw-1", "0.0.0.0/0"))
		c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0"))
	}, absent(vpc.InternetRoute)},
	{"the main table of a shared VPC", func(c *cloud) { c.remove("rtb-a") }, unknown(vpc.InternetRoute, "route table of subnet-a")},
	{"VPC Block Public Access", func(c *cloud) {
		c.at("subnet-a")["BlockPublicAccessStates"] = m{"InternetGatewayBlockMode": "block-ingress"}
	}, absent(vpc.BlockPublicAccess)},
	{"VPC Block Public Access is off", func(c *cloud) {
		c.at("subnet-a")["BlockPublicAccessStates"] = m{"InternetGatewayBlockMode": "off"}
	}, present()},
	{"a subnet that does not exist", func(c *cloud) { c.remove("subnet-a") }, absent(vpc.InternetRoute)},

	{"the network ACL lets nothing in", func(c *cloud) { c.acl("acl-1", []string{"subnet-a"}, open()[2:]...) }, absent(vpc.NetworkACLIn)},
	{"the network ACL lets in another port only", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, append(open()[2:], entry(100, "in allow 6", "0.0.0.0/0", 443, 443))...)
	}, absent(vpc.NetworkACLIn)},
	{"the network ACL lets in another protocol only", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, append(open()[2:], entry(100, "in allow 17", "0.0.0.0/0", 80, 80))...)
	}, absent(vpc.NetworkACLIn)},
	{"the network ACL lets in private addresses only", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, append(open()[2:], entry(100, "in allow 6", "10.0.0.0/8", 80, 80))...)
	}, absent(vpc.NetworkACLIn)},
	{"a lower number of the network ACL denies", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, append(open(), entry(50, "in deny 6", "0.0.0.0/0", 1, 1024))...)
	}, absent(vpc.NetworkACLIn)},
	{"a higher number of the network ACL denies", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, append(open(), entry(200, "in deny 6", "0.0.0.0/0", 1, 1024))...)
	}, present()},
	{"a lower number of the network ACL denies some", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, append(open(), entry(50, "in deny -1", "0.0.0.0/1"))...)
	}, present()},
	{"the network ACL lets no answers out", func(c *cloud) { c.acl("acl-1", []string{"subnet-a"}, open()[:2]...) }, absent(vpc.NetworkACLOut)},
	{"the network ACL lets answers out to ephemeral ports", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, append(open()[:2], entry(100, "out allow 6", "0.0.0.0/0", 32768, 60999))...)
	}, present()},
	{"the network ACL lets answers out to low ports", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, append(open()[:2], entry(100, "out allow 6", "0.0.0.0/0", 443, 443))...)
	}, unknown(vpc.NetworkACLOut, "ports below 1024")},
	{"the network ACL lets answers out to others than it lets in", func(c *cloud) {
		c.acl("acl-1", []string{"subnet-a"}, entry(100, "in allow -1", "0.0.0.0/1"), entry(100, "out allow -1", "128.0.0.0/1"))
	}, absent(vpc.NetworkACLOut)},
	{"the default network ACL counts where none names the subnet", func(c *cloud) {
		c.acl("acl-1", nil, open()...)
		c.at("acl-1")["IsDefault"] = true
	}, present()},

	{"no security group lets it in", func(c *cloud) { c.group("sg-web") }, absent(vpc.SecurityGroup)},
	{"another port", func(c *cloud) { c.group("sg-web", permission("tcp", 443, 443, "0.0.0.0/0")) }, absent(vpc.SecurityGroup)},
	{"another protocol", func(c *cloud) { c.group("sg-web", permission("udp", 80, 80, "0.0.0.0/0")) }, absent(vpc.SecurityGroup)},
	{"every protocol", func(c *cloud) { c.group("sg-web", permission("-1", 0, 0, "0.0.0.0/0")) }, present()},
	{"the protocol by its number", func(c *cloud) { c.group("sg-web", permission("6", 0, 65535, "0.0.0.0/0")) }, present()},
	{"private addresses only", func(c *cloud) {
		c.group("sg-web", permission("tcp", 80, 80, "10.0.0.0/8", "192.168.0.0/16", "100.64.0.0/10"))
	}, absent(vpc.SecurityGroup)},
	{"addresses for documentation only", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "203.0.113.0/24")) }, absent(vpc.SecurityGroup)},
	{"some public addresses", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "8.8.8.8/32")) }, present()},
	{"public addresses of the version that the task does not have", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "::/0")) }, absent(vpc.SecurityGroup)},
	{"members of a group only", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "sg-lb")) }, absent(vpc.SecurityGroup)},
	{"a second group lets it in", func(c *cloud) {
		c.group("sg-web")
		c.group("sg-2", permission("tcp", 80, 80, "0.0.0.0/0"))
		c.network("web")["securityGroups"] = l{"sg-web", "sg-2"}
	}, present()},
	{"a prefix list", func(c *cloud) {
		c.prefixList("pl-1", "partners", "8.8.8.0/24")
		c.group("sg-web", permission("tcp", 80, 80, "pl-1"))
	}, present()},
	{"a prefix list of private addresses", func(c *cloud) {
		c.prefixList("pl-1", "offices", "10.0.0.0/8")
		c.group("sg-web", permission("tcp", 80, 80, "pl-1"))
	}, absent(vpc.SecurityGroup)},
	{"a prefix list that was not read", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "pl-1")) }, unknown(vpc.SecurityGroup, "prefix list pl-1")},
	{"the default group counts where none is named", func(c *cloud) {
		c.group("sg-d", permission("tcp", 80, 80, "0.0.0.0/0"))
		c.at("sg-d")["GroupName"] = "default"
		delete(c.network("web"), "securityGroups")
	}, present()},
	{"the default group lets its members in", func(c *cloud) {
		c.group("sg-d", permission("-1", 0, 0, "sg-d"))
		c.at("sg-d")["GroupName"] = "default"
		delete(c.network("web"), "securityGroups")
	}, absent(vpc.SecurityGroup)},
	{"a default group that was not read", func(c *cloud) { delete(c.network("web"), "securityGroups") }, unknown(vpc.SecurityGroup, "default security group")},
	{"a group that does not exist", func(c *cloud) { c.remove("sg-web") }, absent(vpc.SecurityGroup)},

	{"no port is mapped, and nothing is let in", func(c *cloud) { c.mappings("web"); c.group("sg-web") }, absent(vpc.SecurityGroup)},
	{"no port is mapped, and something is let in", func(c *cloud) { c.mappings("web") }, unknown(vpc.ContainerPort, "maps no port")},
	{"a range of ports, one of which is let in", func(c *cloud) { c.mappings("web", m{"containerPortRange": "70-90"}) }, present()},
	{"a range of ports, none of which is let in", func(c *cloud) { c.mappings("web", m{"containerPortRange": "81-90"}) }, absent(vpc.SecurityGroup)},
	{"a port of UDP", func(c *cloud) { c.mappings("web", m{"containerPort": 80, "protocol": "udp"}) }, absent(vpc.SecurityGroup)},
	{"a task without network", func(c *cloud) {
		c.at("web:1")["networkMode"] = "none"
		delete(c.at("web"), "networkConfiguration")
	}, verdict{}},
	{"tasks outside AWS", func(c *cloud) { c.at("web")["launchType"] = "EXTERNAL" }, unknown(vpc.Placement, "outside AWS")},

	{"one of two subnets is public", func(c *cloud) {
		c.subnet("subnet-b", "10.0.2.0/24")
		c.table("rtb-b", []string{"subnet-b"}, to("nat-1", "0.0.0.0/0"))
		c.acl("acl-1", []string{"subnet-a", "subnet-b"}, open()...)
		c.network("web")["subnets"] = l{"subnet-b", "subnet-a"}
	}, present()},
	{"a deployment in another network", func(c *cloud) {
		c.at("web")["deployments"] = l{m{"networkConfiguration": m{"awsvpcConfiguration": m{"subnets": l{"subnet-a"}, "securityGroups": l{"sg-web"}, "assignPublicIp": "ENABLED"}}}}
		c.network("web")["assignPublicIp"] = "DISABLED"
	}, present()},
}

func TestHopsOfADirectPath(t *testing.T) {
	for _, test := range hopCases {
		t.Run(test.name, func(t *testing.T) {
			c := public()
			c.close()
			test.edit(c)
			expect(t, c.reach(t), vpc.Direct, test.want)
		})
	}
}

// ipv6 is the cloud of public, with a task that has an IPv6 address and no public IPv4 address.
func ipv6() *cloud {
	c := public()
	c.subnet("subnet-a", "10.0.1.0/24", "2600:1f18:1:1::/64")
	c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "::/0"))
	c.group("sg-web", permission("tcp", 80, 80, "::/0"))
	c.network("web")["assignPublicIp"] = "DISABLED"
	c.task("task-1", "2600:1f18:1:1::7")
	return c
}

// task adds a task of the service web in subnet-a.
func (c *cloud) task(id, ipv6 string) {
	network := m{"privateIpv4Address": "10.0.1.7"}
	if ipv6 != "" {
		network["ipv6Address"] = ipv6
	}
	c.add(id, "list", "tasks", m{
		"taskArn": arn("ecs", "task/shop/"+id), "taskDefinitionArn": arn("ecs", "task-definition/web:1"), "clusterArn": clusterARN, "group": "service:web", "lastStatus": "RUNNING",
		"attachments": l{m{"details": l{m{"name": "subnetId", "value": "subnet-a"}, m{"name": "networkInterfaceId", "value": "eni-" + id}}}},
		"containers":  l{m{"name": "app", "networkInterfaces": l{network}}},
	})
}

func TestHopsOfADirectPathOverIPv6(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(c *cloud)
		want verdict
	}{
		{"a task with an IPv6 address", func(*cloud) {}, present()},
		{"on EC2 too", func(c *cloud) { c.at("web")["launchType"] = "EC2" }, present()},
		{"a task without one", func(c *cloud) { c.task("task-1", "") }, absent(vpc.PublicAddress)},
		{"no task was read", func(c *cloud) { c.remove("task-1") }, unknown(vpc.PublicAddress, "dualStackIPv6")},
		{"no task was read, and the subnet has IPv6 alone", func(c *cloud) { c.remove("task-1"); c.subnet("subnet-a", "2600:1f18:1:1::/64") }, present()},
		{"the subnet has no IPv6", func(c *cloud) { c.remove("task-1"); c.subnet("subnet-a", "10.0.1.0/24") }, absent(vpc.PublicAddress)},
		{"an egress-only gateway", func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}, to("eigw-1", "::/0")) }, absent(vpc.InternetRoute)},
		{"a route for IPv4 alone", func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "0.0.0.0/0")) }, absent(vpc.InternetRoute)},
		{"a network ACL for IPv4 alone", func(c *cloud) { c.acl("acl-1", []string{"subnet-a"}, open()[0], open()[2]) }, absent(vpc.NetworkACLIn)},
		{"a network ACL that lets answers out for IPv4 alone", func(c *cloud) { c.acl("acl-1", []string{"subnet-a"}, open()[:3]...) }, absent(vpc.NetworkACLOut)},
		{"a security group for IPv4 alone", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "0.0.0.0/0")) }, absent(vpc.SecurityGroup)},
		{"a security group for local addresses", func(c *cloud) { c.group("sg-web", permission("tcp", 80, 80, "fd00::/8", "fe80::/10")) }, absent(vpc.SecurityGroup)},
		{"an interface with a public IPv4 address", func(c *cloud) {
			c.task("task-1", "")
			c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "0.0.0.0/0"))
			c.group("sg-web", permission("tcp", 80, 80, "0.0.0.0/0"))
			c.add("eni-task-1", "list", "NetworkInterfaces", m{"NetworkInterfaceId": "eni-task-1", "OwnerId": account, "Association": m{"PublicIp": "8.8.8.8"}})
		}, present()},
		{"a task that has stopped", func(c *cloud) {
			c.at("task-1")["lastStatus"] = "STOPPED"
			c.subnet("subnet-a", "10.0.1.0/24")
		}, absent(vpc.PublicAddress)},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := ipv6()
			c.close()
			test.edit(c)
			expect(t, c.reach(t), vpc.Direct, test.want)
		})
	}
}

func TestWhatWasNotReadIsUnknown(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(c *cloud)
		want verdict
	}{
		{"everything that counts was read", func(*cloud) {}, present()},
		{"the subnet", func(c *cloud) { c.remove("subnet-a") }, unknown(vpc.InternetRoute, "subnet-a was not read")},
		{"the route table", func(c *cloud) { c.remove("rtb-a") }, unknown(vpc.InternetRoute, "the route table of subnet-a was not read")},
		{"other route tables than the main one", func(c *cloud) { c.table("rtb-a", []string{"main"}) }, unknown(vpc.InternetRoute, "no route table that was read names subnet-a")},
		{"the network ACL", func(c *cloud) { c.remove("acl-1") }, unknown(vpc.NetworkACLIn, "the network ACL of subnet-a was not read")},
		{"other network ACLs than the default one", func(c *cloud) { c.acl("acl-1", nil, open()...); c.at("acl-1")["IsDefault"] = true }, unknown(vpc.NetworkACLIn, "the network ACL of subnet-a was not read")},
		{"the security group", func(c *cloud) { c.remove("sg-web") }, unknown(vpc.SecurityGroup, "sg-web was not read")},
		{"one of two security groups", func(c *cloud) {
			c.group("sg-web")
			c.network("web")["securityGroups"] = l{"sg-web", "sg-2"}
		}, unknown(vpc.SecurityGroup, "sg-2 was not read")},
		{"one of two security groups, where the other one is open", func(c *cloud) { c.network("web")["securityGroups"] = l{"sg-web", "sg-2"} }, present()},
		{"the task definition", func(c *cloud) { c.remove("web:1") }, unknown(vpc.ContainerPort, "task-definition/web:1 was not read")},
		{"the task definition, and nothing is let in", func(c *cloud) { c.remove("web:1"); c.group("sg-web") }, absent(vpc.SecurityGroup)},
		{"the task definition and the network", func(c *cloud) {
			c.remove("web:1")
			delete(c.at("web"), "networkConfiguration")
			c.at("web")["launchType"] = "EC2"
		}, unknown(vpc.ContainerPort, "task-definition/web:1 was not read")},
		{"the network of the service", func(c *cloud) { delete(c.at("web"), "networkConfiguration") }, unknown(vpc.InternetRoute, "does not say the subnets")},
		{"the subnet of a task without a public IPv4 address", func(c *cloud) {
			c.network("web")["assignPublicIp"] = "DISABLED"
			c.remove("subnet-a")
			c.group("sg-web", permission("tcp", 80, 80, "::/0"))
		}, unknown(vpc.PublicAddress, "subnet-a was not read")},
		{"what does not matter: the subnet of a task without a public IPv4 address, which lets IPv4 in", func(c *cloud) {
			c.network("web")["assignPublicIp"] = "DISABLED"
			c.remove("subnet-a")
		}, absent(vpc.SecurityGroup)},
		{"other tasks than one without an IPv6 address", func(c *cloud) {
			c.network("web")["assignPublicIp"] = "DISABLED"
			c.subnet("subnet-a", "10.0.1.0/24", "2600:1f18:1:1::/64")
			c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "::/0"))
			c.group("sg-web", permission("tcp", 80, 80, "::/0"))
			c.task("task-1", "")
		}, unknown(vpc.PublicAddress, "dualStackIPv6")},
		{"what does not matter: no public address, and no security group was read", func(c *cloud) {
			c.network("web")["assignPublicIp"] = "DISABLED"
			c.remove("sg-web")
		}, absent(vpc.PublicAddress)},
		{"what does not matter: no route, and no security group was read", func(c *cloud) {
			c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0"))
			c.remove("sg-web")
		}, absent(vpc.InternetRoute)},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := public()
			test.edit(c)
			expect(t, c.reach(t), vpc.Direct, test.want)
		})
	}
}

func TestWhatAPlanLeavesOpenIsUnknown(t *testing.T) {
	leave := func(c *cloud, name string, paths ...string) { c.at(name)[aws.UnknownField] = list(paths) }
	for _, test := range []struct {
		name string
		edit func(c *cloud)
		want verdict
	}{
		{"the public address", func(c *cloud) {
			delete(c.network("web"), "assignPublicIp")
			leave(c, "web", "$.networkConfiguration.awsvpcConfiguration.assignPublicIp")
		}, unknown(vpc.PublicAddress, "assignPublicIp")},
		{"the launch type", func(c *cloud) {
			delete(c.at("web"), "launchType")
			leave(c, "web", "$.launchType")
		}, unknown(vpc.PublicAddress, "launchType")},
		{"the subnets", func(c *cloud) {
			delete(c.network("web"), "subnets")
			leave(c, "web", "$.networkConfiguration.awsvpcConfiguration.subnets")
		}, unknown(vpc.InternetRoute, "awsvpcConfiguration.subnets")},
		{"one of two subnets, where the other is private", func(c *cloud) {
			c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0"))
			leave(c, "web", "$.networkConfiguration.awsvpcConfiguration.subnets[1]")
		}, unknown(vpc.InternetRoute, "awsvpcConfiguration.subnets")},
		{"the security groups", func(c *cloud) {
			delete(c.network("web"), "securityGroups")
			leave(c, "web", "$.networkConfiguration.awsvpcConfiguration.securityGroups")
		}, unknown(vpc.SecurityGroup, "securityGroups")},
		{"one of two security groups, where the other is closed", func(c *cloud) {
			c.group("sg-web")
			leave(c, "web", "$.networkConfiguration.awsvpcConfiguration.securityGroups[1]")
		}, unknown(vpc.SecurityGroup, "securityGroups")},
		{"one of two security groups, where the other is open", func(c *cloud) {
			leave(c, "web", "$.networkConfiguration.awsvpcConfiguration.securityGroups[1]")
		}, present()},
		{"the task definition", func(c *cloud) {
			delete(c.at("web"), "taskDefinition")
			leave(c, "web", "$.taskDefinition")
		}, unknown(vpc.ContainerPort, "$.taskDefinition")},
		{"the containers", func(c *cloud) {
			c.at("web:1")["containerDefinitions"] = l{}
			leave(c, "web:1", "$.containerDefinitions")
		}, unknown(vpc.ContainerPort, "$.containerDefinitions")},
		{"a port", func(c *cloud) {
			c.mappings("web", m{"containerPort": 443}, m{"protocol": "tcp"})
			leave(c, "web:1", "$.containerDefinitions[0].portMappings[1].containerPort")
		}, unknown(vpc.ContainerPort, "$.containerDefinitions")},
		{"the image of a container", func(c *cloud) { leave(c, "web:1", "$.containerDefinitions[0].image") }, present()},
		{"the routes", func(c *cloud) {
			c.at("rtb-a")["Routes"] = l{}
			leave(c, "rtb-a", "$.Routes")
		}, unknown(vpc.InternetRoute, "$.Routes")},
		{"the target of a route", func(c *cloud) {
			c.at("rtb-a")["Routes"] = l{m{"DestinationCidrBlock": "0.0.0.0/0"}}
			leave(c, "rtb-a", "$.Routes[0].GatewayId")
		}, unknown(vpc.InternetRoute, "$.Routes[0]")},
		{"the block of a route to a NAT gateway", func(c *cloud) {
			c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "0.0.0.0/0"), m{"NatGatewayId": "nat-1"})
			leave(c, "rtb-a", "$.Routes[2].DestinationCidrBlock")
		}, unknown(vpc.InternetRoute, "$.Routes[2]")},
		{"the VPC of the gateway", func(c *cloud) {
			c.gateway("igw-1")
			leave(c, "igw-1", "$.Attachments")
		}, unknown(vpc.InternetRoute, "$.Attachments")},
		{"the entries of the network ACL", func(c *cloud) { leave(c, "acl-1", "$.Entries[0].CidrBlock") }, unknown(vpc.NetworkACLIn, "$.Entries")},
		{"a block of the security group", func(c *cloud) {
			c.group("sg-web", permission("tcp", 80, 80))
			leave(c, "sg-web", "$.IpPermissions[0].IpRanges[0].CidrIp")
		}, unknown(vpc.SecurityGroup, "$.IpPermissions")},
		{"what leaves the security group", func(c *cloud) {
			c.group("sg-web")
			leave(c, "sg-web", "$.IpPermissionsEgress")
		}, absent(vpc.SecurityGroup)},
		{"the IPv6 block of the subnet", func(c *cloud) {
			c.network("web")["assignPublicIp"] = "DISABLED"
			c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "::/0"))
			c.group("sg-web", permission("tcp", 80, 80, "::/0"))
			leave(c, "subnet-a", "$.Ipv6CidrBlockAssociationSet")
		}, unknown(vpc.PublicAddress, "$.Ipv6CidrBlockAssociationSet")},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := public()
			c.close()
			test.edit(c)
			expect(t, c.reach(t), vpc.Direct, test.want)
		})
	}
}

func TestPlannedResourcesAreFoundByTheirReferences(t *testing.T) {
	c := public()
	c.close()
	for name, field := range map[string]string{"subnet-a": "SubnetId", "rtb-a": "RouteTableId", "igw-1": "InternetGatewayId", "acl-1": "NetworkAclId", "sg-web": "GroupId"} {
		c.at(name)[field] = "tf://" + name
	}
	c.table("rtb-a", []string{"tf://subnet-a"}, to("tf://igw-1", "0.0.0.0/0"))
	c.acl("acl-1", []string{"tf://subnet-a"}, open()...)
	c.network("web")["subnets"], c.network("web")["securityGroups"] = l{"tf://subnet-a"}, l{"tf://sg-web"}
	expect(t, c.reach(t), vpc.Direct, present())

	c.remove("igw-1")
	expect(t, c.reach(t), vpc.Direct, unknown(vpc.InternetRoute, "tf://igw-1 was not read"))
}

func TestEachPortHasItsPath(t *testing.T) {
	c := public()
	c.mappings("web", m{"containerPort": 80}, m{"containerPort": 9090}, m{"containerPort": 53, "protocol": "udp"})
	c.group("sg-web", permission("tcp", 80, 80, "0.0.0.0/0"), permission("udp", 53, 53, "pl-1"))
	var got []string
	for _, p := range c.reach(t).Paths {
		got = append(got, fmt.Sprintf("%s %s %s %d-%d", p.State, p.Protocol, p.Container, p.From, p.To))
	}
	want := []string{"present tcp app 80-80", "unknown udp app 53-53", "absent tcp app 9090-9090"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestClientsAreWhatEveryHopLetsThrough(t *testing.T) {
	c := public()
	c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "0.0.0.0/0"), to("nat-1", "8.8.8.0/26"))
	c.acl("acl-1", []string{"subnet-a"}, append(open(), entry(10, "in deny -1", "8.8.8.128/25"))...)
	c.group("sg-web", permission("tcp", 80, 80, "8.8.8.0/24", "10.0.0.0/8"))
	p := c.reach(t).Paths[0]
	if got := p.Clients.String(); got != "8.8.8.64/26" {
		t.Errorf("the clients are %s, want 8.8.8.64/26", got)
	}
	if p.Everybody() {
		t.Error("64 addresses count as everybody")
	}
}

func TestClientsOfSeveralSubnetsAreJoined(t *testing.T) {
	c := public()
	c.subnet("subnet-b", "10.0.2.0/24")
	c.table("rtb-b", []string{"subnet-b"}, to("igw-1", "0.0.0.0/0"))
	c.acl("acl-2", []string{"subnet-b"}, open()...)
	c.acl("acl-1", []string{"subnet-a"}, append(open()[2:], entry(100, "in allow 6", "8.8.8.0/24", 80, 80))...)
	c.network("web")["subnets"] = l{"subnet-a", "subnet-b"}
	p := c.reach(t).Paths[0]
	if !p.Everybody() || p.Hops[1].Evidence.Resource != inventory.UID(arn("ec2", "route-table/rtb-b")) {
		t.Errorf("it does not show the subnet that lets everybody in: %s", describe(p))
	}
	c.acl("acl-2", []string{"subnet-b"}, append(open()[2:], entry(100, "in allow 6", "9.9.9.0/24", 80, 80))...)
	if p = c.reach(t).Paths[0]; p.Clients.String() != "8.8.8.0/24, 9.9.9.0/24" {
		t.Errorf("the clients are %s", p.Clients)
	}
}

func TestMoreRulesThanThereMayBeAreUnknown(t *testing.T) {
	routes, rules, entries := []m{}, []m{}, open()
	for i := range 1001 {
		block := fmt.Sprintf("9.%d.%d.0/24", i/250, i%250)
		routes, rules, entries = append(routes, to("nat-1", block)), append(rules, permission("tcp", i, i+1000, block)), append(entries, entry(i, "in deny -1", block))
	}
	for hop, edit := range map[vpc.HopKind]func(c *cloud){
		vpc.InternetRoute: func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}, append(routes, to("igw-1", "0.0.0.0/0"))...) },
		vpc.NetworkACLIn:  func(c *cloud) { c.acl("acl-1", []string{"subnet-a"}, entries...) },
		vpc.SecurityGroup: func(c *cloud) { c.group("sg-web", rules...) },
	} {
		c := public()
		edit(c)
		expect(t, c.reach(t), vpc.Direct, unknown(hop, "more parts than AWS allows"))
	}
	for name, edit := range map[string]func(c *cloud){
		"subnets": func(c *cloud) { c.network("web")["subnets"] = make(l, 201) },
		"load balancers": func(c *cloud) {
			all := l{}
			for i := range 201 {
				all = append(all, m{"targetGroupArn": groupARN + fmt.Sprint(i)})
			}
			c.at("web")["loadBalancers"] = all
		},
	} {
		c := public()
		edit(c)
		if got := c.reach(t); got.State(vpc.Direct) != finding.Unknown || got.State(vpc.Balanced) != finding.Unknown {
			t.Errorf("with too many %s it is %s and %s", name, got.State(vpc.Direct), got.State(vpc.Balanced))
		}
		if o, _ := openings(t, c); o.State != finding.Unknown {
			t.Errorf("with too many %s its openness is %s", name, o.State)
		}
	}
	c := public()
	ports := make([]m, 1001)
	for i := range ports {
		ports[i] = m{"containerPort": i + 1000}
	}
	c.mappings("web", ports...)
	expect(t, c.reach(t), vpc.Direct, unknown(vpc.ContainerPort, "$.containerDefinitions"))

	c = public()
	c.group("sg-web", rules[:1000]...)
	c.mappings("web", m{"containerPortRange": "1-65535"})
	if got := c.reach(t).State(); got != finding.Present {
		t.Errorf("with as many rules as there may be it is %s", got)
	}
	if o, _ := openings(t, c); o.State != finding.Absent {
		t.Errorf("with as many rules as there may be its openness is %s", o.State)
	}
}

func TestOtherResourcesHaveNoPath(t *testing.T) {
	v := public().view(t)
	model := vpc.New(v)
	for r := range v.OfType(aws.Subnet, aws.ECSTaskDefinition) {
		if got := model.Service(r); len(got.Paths) != 0 || got.State() != finding.Absent {
			t.Errorf("%s: %+v", r.UID, got)
		}
	}
	if got := model.Openness(v.Get(inventory.UID(arn("ecs", "task-definition/web:1")))); got.State != finding.Absent {
		t.Errorf("a task definition has openings: %+v", got)
	}
}
