package vpc_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
	"github.com/merlonsec/merlon/internal/reach/vpc"
)

var eksARN = arn("eks", "cluster/prod")

// eks is a cloud with an EKS cluster and one node, with a public address in subnet-a.
func eks() *cloud {
	c := public()
	c.remove("web", "web:1")
	c.add("prod", "one", "cluster", m{"name": "prod", "arn": eksARN, "resourcesVpcConfig": m{
		"endpointPublicAccess": true, "endpointPrivateAccess": false, "publicAccessCidrs": l{"0.0.0.0/0"}, "vpcId": "vpc-1",
	}})
	c.host("1", "8.8.8.8")
	c.remove("ci-1")
	c.instance("1")["Tags"] = l{m{"Key": "eks:cluster-name", "Value": "prod"}, m{"Key": "eks:nodegroup-name", "Value": "workers"}}
	return c
}

// nodegroup adds the node group workers, in subnet-a.
func (c *cloud) nodegroup() m {
	return c.add("workers", "one", "nodegroup", m{
		"nodegroupName": "workers", "nodegroupArn": arn("eks", "nodegroup/prod/workers/1"), "clusterName": "prod", "subnets": l{"subnet-a"},
	})
}

// template gives the node group a launch template, with one interface.
func (c *cloud) template(version string, network m) {
	c.at("workers")["launchTemplate"] = m{"id": "lt-1", "version": version}
	data := m{}
	if network != nil {
		data["NetworkInterfaces"] = l{network}
	}
	c.add("lt-1:3", "list", "LaunchTemplateVersions", m{"LaunchTemplateId": "lt-1", "VersionNumber": 3, "DefaultVersion": true, "LaunchTemplateData": data})
}

func TestNodes(t *testing.T) {
	type edit = func(c *cloud)
	groupAlone := func(then edit) edit {
		return func(c *cloud) {
			c.remove("i-1")
			c.nodegroup()
			then(c)
		}
	}
	mapsPublic := func(c *cloud) { c.at("subnet-a")["MapPublicIpOnLaunch"] = true }
	for _, test := range []struct {
		name string
		edit edit
		want verdict
	}{
		{"an instance with a public address", func(*cloud) {}, present()},
		{"an instance without one", func(c *cloud) { delete(c.instance("1")["NetworkInterfaces"].(l)[0].(m), "Association") }, absent(vpc.PublicAddress)},
		{"an instance with one in a private subnet", func(c *cloud) { c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0")) }, absent(vpc.InternetRoute)},
		{"an instance with an IPv6 address", func(c *cloud) {
			n := c.instance("1")["NetworkInterfaces"].(l)[0].(m)
			delete(n, "Association")
			n["Ipv6Addresses"] = l{m{"Ipv6Address": "2600:1f18::5"}}
			c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "::/0"))
		}, present()},
		{"an instance that is terminated", func(c *cloud) { c.instance("1")["State"] = m{"Name": "terminated"} }, absent(vpc.PublicAddress)},
		{"an instance whose subnet was not read", func(c *cloud) { c.close(aws.Subnet); c.remove("subnet-a") }, unknown(vpc.InternetRoute, "subnet-a was not read")},
		{"an instance of another cluster", func(c *cloud) { c.instance("1")["Tags"] = l{} }, verdict{}},
		{"the instances of a group count, not what it would start", func(c *cloud) {
			delete(c.instance("1")["NetworkInterfaces"].(l)[0].(m), "Association")
			c.nodegroup()
			mapsPublic(c)
		}, absent(vpc.PublicAddress)},
		{"no node at all, and everything was read", func(c *cloud) { c.remove("i-1") }, verdict{}},
		{"no node at all, and not everything was read", func(c *cloud) { c.close(aws.Instance); c.remove("i-1") }, unknown("", "all nodes of cluster/prod")},
		{"a private node, and not everything was read", func(c *cloud) {
			c.close(aws.EKSNodegroup)
			delete(c.instance("1")["NetworkInterfaces"].(l)[0].(m), "Association")
		}, unknown("", "all nodes of cluster/prod")},

		{"a group in a subnet that gives public addresses", groupAlone(mapsPublic), present()},
		{"a group in a subnet that gives none", groupAlone(func(*cloud) {}), absent(vpc.PublicAddress)},
		{"a group in a subnet without route", groupAlone(func(c *cloud) {
			mapsPublic(c)
			c.table("rtb-a", []string{"subnet-a"}, to("nat-1", "0.0.0.0/0"))
		}), absent(vpc.InternetRoute)},
		{"a group in a public and a private subnet", groupAlone(func(c *cloud) {
			mapsPublic(c)
			c.subnet("subnet-b", "10.0.2.0/24")
			c.table("rtb-b", []string{"subnet-b"}, to("nat-1", "0.0.0.0/0"))
			c.at("workers")["subnets"] = l{"subnet-b", "subnet-a"}
		}), unknown(vpc.Placement, "some of the subnets")},
		{"a group in a subnet that gives IPv6 addresses", groupAlone(func(c *cloud) {
			c.at("subnet-a")["AssignIpv6AddressOnCreation"] = true
			c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "::/0"))
		}), present()},
		{"a group in a subnet that was not read", groupAlone(func(c *cloud) { c.close(aws.Subnet); c.remove("subnet-a") }), unknown(vpc.PublicAddress, "subnet-a was not read")},
		{"a group in a subnet that does not exist", groupAlone(func(c *cloud) { c.remove("subnet-a") }), absent(vpc.PublicAddress)},
		{"a group in a planned subnet", groupAlone(func(c *cloud) { c.at("subnet-a")[aws.UnknownField] = l{"$.MapPublicIpOnLaunch"} }), unknown(vpc.PublicAddress, "$.MapPublicIpOnLaunch")},
		{"a planned group", groupAlone(func(c *cloud) {
			c.at("workers")["subnets"] = l{}
			c.at("workers")[aws.UnknownField] = l{"$.subnets"}
		}), unknown(vpc.Placement, "$.subnets")},
		{"a launch template that asks for a public address", groupAlone(func(c *cloud) { c.template("3", m{"AssociatePublicIpAddress": true}) }), present()},
		{"a launch template that asks for none", groupAlone(func(c *cloud) {
			mapsPublic(c)
			c.template("3", m{"AssociatePublicIpAddress": false})
		}), absent(vpc.PublicAddress)},
		{"a launch template that leaves it to the subnet", groupAlone(func(c *cloud) { mapsPublic(c); c.template("3", nil) }), present()},
		{"a launch template that asks for IPv6", groupAlone(func(c *cloud) {
			c.template("$Default", m{"Ipv6AddressCount": 1})
			c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "::/0"))
		}), present()},
		{"the newest launch template", groupAlone(func(c *cloud) { c.template("$Latest", m{"AssociatePublicIpAddress": true}) }), present()},
		{"a launch template that was not read", groupAlone(func(c *cloud) { c.template("4", nil) }), unknown(vpc.PublicAddress, "lt-1:4 was not read")},
		{"a planned launch template", groupAlone(func(c *cloud) {
			c.template("3", m{})
			c.at("lt-1:3")[aws.UnknownField] = l{"$.LaunchTemplateData.NetworkInterfaces[0].AssociatePublicIpAddress"}
		}), unknown(vpc.PublicAddress, "NetworkInterfaces")},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := eks()
			c.close()
			test.edit(c)
			v := c.view(t)
			nodes := vpc.New(v).Nodes(v.Get(inventory.UID(eksARN)))
			if nodes.State != test.want.state || !strings.Contains(nodes.Why.EN, test.want.why) || (nodes.State == finding.Unknown) != (nodes.Why != lang.Text{}) {
				t.Errorf("they are %s, %q; want %s, %q", nodes.State, nodes.Why.EN, test.want.state, test.want.why)
			}
			for _, n := range nodes.List {
				checkPath(t, v, vpc.Path{Kind: vpc.Direct, State: n.State, Clients: n.Clients, Hops: n.Hops, Why: n.Why})
			}
			if len(nodes.List) > 0 && test.want.state == nodes.List[0].State {
				expect(t, vpc.Reach{Paths: []vpc.Path{{Kind: vpc.Direct, State: nodes.List[0].State, Hops: nodes.List[0].Hops, Why: nodes.List[0].Why}}}, vpc.Direct, test.want)
			}
		})
	}
}

func TestALaunchTemplateDecidesWithoutItsSubnet(t *testing.T) {
	c := eks()
	c.remove("i-1", "subnet-a")
	c.nodegroup()
	c.template("3", m{"AssociatePublicIpAddress": false})
	v := c.view(t)
	nodes := vpc.New(v).Nodes(v.Get(inventory.UID(eksARN)))
	if nodes.State != finding.Unknown || nodes.List[0].Clients.Overlaps(cidr.Internet4()) || !nodes.List[0].Clients.Overlaps(cidr.Internet6()) {
		t.Errorf("they are %s for %s", nodes.State, nodes.List[0].Clients)
	}
}

func TestEndpoint(t *testing.T) {
	config := func(c *cloud) m { return c.at("prod")["resourcesVpcConfig"].(m) }
	for _, test := range []struct {
		name              string
		edit              func(c *cloud)
		public, everybody finding.State
		clients, why      string
	}{
		{"open to everybody", func(*cloud) {}, finding.Present, finding.Present, "all", ""},
		{"open to everybody in two halves", func(c *cloud) { config(c)["publicAccessCidrs"] = l{"0.0.0.0/1", "128.0.0.0/1"} }, finding.Present, finding.Present, "all", ""},
		{"open to everybody of IPv6", func(c *cloud) { config(c)["publicAccessCidrs"] = l{"::/0", "8.8.8.0/24"} }, finding.Present, finding.Present, "all", ""},
		{"open to some", func(c *cloud) { config(c)["publicAccessCidrs"] = l{"8.8.8.0/24", "9.9.9.9/32"} }, finding.Present, finding.Absent, "8.8.8.0/24, 9.9.9.9/32", ""},
		{"open to private addresses, which nobody has there", func(c *cloud) { config(c)["publicAccessCidrs"] = l{"10.0.0.0/8"} }, finding.Absent, finding.Absent, "", ""},
		{"private, with the list that it had", func(c *cloud) { config(c)["endpointPublicAccess"] = false }, finding.Absent, finding.Absent, "", ""},
		{"the answer does not say", func(c *cloud) { delete(config(c), "endpointPublicAccess") }, finding.Unknown, finding.Unknown, "all", "endpointPublicAccess"},
		{"the answer does not say, and some are let in", func(c *cloud) {
			delete(config(c), "endpointPublicAccess")
			config(c)["publicAccessCidrs"] = l{"8.8.8.0/24"}
		}, finding.Unknown, finding.Absent, "8.8.8.0/24", "endpointPublicAccess"},
		{"no list", func(c *cloud) { delete(config(c), "publicAccessCidrs") }, finding.Unknown, finding.Unknown, "all", "publicAccessCidrs"},
		{"a plan leaves a block open", func(c *cloud) {
			config(c)["publicAccessCidrs"] = l{"8.8.8.0/24"}
			c.at("prod")[aws.UnknownField] = l{"$.resourcesVpcConfig.publicAccessCidrs[1]"}
		}, finding.Present, finding.Unknown, "8.8.8.0/24", "publicAccessCidrs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := eks()
			test.edit(c)
			v := c.view(t)
			e := vpc.New(v).Endpoint(v.Get(inventory.UID(eksARN)))
			if e.Public != test.public || e.Everybody != test.everybody || !strings.Contains(e.Why.EN, test.why) || (e.Why == lang.Text{}) != (test.why == "") {
				t.Errorf("public %s, everybody %s, %q; want %s, %s, %q", e.Public, e.Everybody, e.Why.EN, test.public, test.everybody, test.why)
			}
			if got := e.Clients.String(); test.clients != "all" && got != test.clients || test.clients == "all" && !vpc.IsEverybody(e.Clients) {
				t.Errorf("the clients are %q, want %q", got, test.clients)
			}
			for _, ev := range e.Evidence {
				checkEvidence(t, v, ev, ev.Value != nil)
			}
			if e.Private != finding.Absent {
				t.Errorf("the private endpoint is %s", e.Private)
			}
		})
	}
	v := eks().view(t)
	if e := vpc.New(v).Endpoint(v.Get(inventory.UID(arn("ec2", "instance/i-1")))); e.Public != finding.Absent || e.Evidence != nil {
		t.Errorf("an instance has the endpoint %+v", e)
	}
}
