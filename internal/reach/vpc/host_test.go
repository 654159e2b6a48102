package vpc_test

import (
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/reach/vpc"
)

// hosted is the cloud of public with a service of the mode bridge, on one instance with a public address.
func hosted() *cloud {
	c := public()
	service, definition := c.at("web"), c.at("web:1")
	service["launchType"] = "EC2"
	delete(service, "networkConfiguration")
	definition["networkMode"] = "bridge"
	c.mappings("web", m{"containerPort": 8080, "hostPort": 80, "protocol": "tcp"})
	c.host("1", "8.8.8.8")
	return c
}

// host adds a container instance, and its EC2 instance in subnet-a.
func (c *cloud) host(id, public string) {
	c.add("ci-"+id, "list", "containerInstances", m{"containerInstanceArn": arn("ecs", "container-instance/shop/"+id), "ec2InstanceId": "i-" + id})
	network := m{
		"NetworkInterfaceId": "eni-" + id, "SubnetId": "subnet-a", "OwnerId": account, "Groups": l{m{"GroupId": "sg-web"}},
		"PrivateIpAddresses": l{m{"PrivateIpAddress": "10.0.1.5"}},
	}
	body := m{
		"InstanceId": "i-" + id, "VpcId": "vpc-1", "SubnetId": "subnet-a", "State": m{"Name": "running"}, "SecurityGroups": l{m{"GroupId": "sg-web"}},
		"NetworkInterfaces": l{network},
	}
	if public != "" {
		network["Association"] = m{"PublicIp": public}
		body["PublicIpAddress"] = public
	}
	c.add("i-"+id, "whole", "Reservations", m{"Reservations": l{m{"Instances": l{body}}}})
}

// instance gives the body of an instance.
func (c *cloud) instance(id string) m {
	return c.at("i-" + id)["Reservations"].(l)[0].(m)["Instances"].(l)[0].(m)
}

// runs adds a task of the service web on a container instance, with the ports of its host.
func (c *cloud) runs(id, host string, bindings ...m) {
	all := l{}
	for _, b := range bindings {
		all = append(all, b)
	}
	c.add(id, "list", "tasks", m{
		"taskArn": arn("ecs", "task/shop/"+id), "taskDefinitionArn": arn("ecs", "task-definition/web:1"), "clusterArn": clusterARN, "group": "service:web", "lastStatus": "RUNNING",
		"containerInstanceArn": arn("ecs", "container-instance/shop/"+host), "containers": l{m{"name": "app", "networkBindings": all}},
	})
}

func TestTasksOnContainerInstances(t *testing.T) {
	dynamic := m{"containerPort": 8080, "hostPort": 0, "protocol": "tcp"}
	for _, test := range []struct {
		name string
		edit func(c *cloud)
		want verdict
	}{
		{"a port of an instance with a public address", func(*cloud) {}, present()},
		{"the default mode of Linux", func(c *cloud) { delete(c.at("web:1"), "networkMode") }, present()},
		{"an instance without a public address", func(c *cloud) { c.host("1", "") }, absent(vpc.PublicAddress)},
		{"an instance with an IPv6 address", func(c *cloud) {
			c.host("1", "")
			c.instance("1")["NetworkInterfaces"].(l)[0].(m)["Ipv6Addresses"] = l{m{"Ipv6Address": "2600:1f18::5"}}
			c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "::/0"))
			c.group("sg-web", permission("tcp", 80, 80, "::/0"))
		}, present()},
		{"the host port is closed", func(c *cloud) { c.group("sg-web", permission("tcp", 8080, 8080, "0.0.0.0/0")) }, absent(vpc.SecurityGroup)},
		{"the mode host", func(c *cloud) {
			c.at("web:1")["networkMode"] = "host"
			c.mappings("web", m{"containerPort": 80})
		}, present()},
		{"the mode host, and no port is mapped", func(c *cloud) {
			c.at("web:1")["networkMode"] = "host"
			c.mappings("web")
		}, unknown(vpc.ContainerPort, "maps no port")},
		{"the mode bridge, and no port is mapped", func(c *cloud) { c.mappings("web") }, verdict{}},
		{"an instance without details of its interface", func(c *cloud) { delete(c.instance("1"), "NetworkInterfaces") }, present()},
		{"an instance that is stopped", func(c *cloud) { c.instance("1")["State"] = m{"Name": "stopped"} }, verdict{}},
		{"the public interface is a task's own", func(c *cloud) {
			c.add("other", "list", "tasks", m{
				"taskArn": arn("ecs", "task/shop/other"), "clusterArn": clusterARN, "attachments": l{m{"details": l{m{"name": "networkInterfaceId", "value": "eni-1"}}}},
			})
		}, verdict{}},

		{"a dynamic port, and all of them are open", func(c *cloud) {
			c.mappings("web", dynamic)
			c.group("sg-web", permission("tcp", 32768, 65535, "0.0.0.0/0"))
		}, present()},
		{"a dynamic port, and those of the kernel are open", func(c *cloud) {
			c.mappings("web", dynamic)
			c.group("sg-web", permission("tcp", 32768, 60999, "0.0.0.0/0"))
		}, present()},
		{"a dynamic port, and two rules open them", func(c *cloud) {
			c.mappings("web", dynamic)
			c.group("sg-web", permission("tcp", 32768, 50000, "0.0.0.0/0"), permission("tcp", 50001, 60999, "0.0.0.0/0"))
		}, present()},
		{"a dynamic port, and some of them are open", func(c *cloud) {
			c.mappings("web", dynamic)
			c.group("sg-web", permission("tcp", 40000, 50000, "0.0.0.0/0"))
		}, unknown(vpc.SecurityGroup, "some of the ports 32768-65535")},
		{"a dynamic port, and the network ACL lets in some of them", func(c *cloud) {
			c.mappings("web", dynamic)
			c.group("sg-web", permission("-1", 0, 0, "0.0.0.0/0"))
			c.acl("acl-1", []string{"subnet-a"}, append(open()[2:], entry(100, "in allow 6", "0.0.0.0/0", 40000, 50000))...)
		}, unknown(vpc.NetworkACLIn, "some of the ports")},
		{"a dynamic port, and none of them is open", func(c *cloud) { c.mappings("web", dynamic) }, absent(vpc.SecurityGroup)},
		{"a dynamic port of Windows", func(c *cloud) {
			c.at("web:1")["runtimePlatform"] = m{"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
			delete(c.at("web:1"), "networkMode")
			c.mappings("web", dynamic)
			c.group("sg-web", permission("tcp", 49152, 65535, "0.0.0.0/0"))
		}, present()},
		{"a dynamic port that a running task shows", func(c *cloud) {
			c.mappings("web", dynamic)
			c.group("sg-web", permission("tcp", 40000, 50000, "0.0.0.0/0"))
			c.runs("task-1", "1", m{"containerPort": 8080, "hostPort": 45000, "protocol": "tcp"})
		}, present()},
		{"a dynamic port that a running task shows to be closed", func(c *cloud) {
			c.mappings("web", dynamic)
			c.group("sg-web", permission("tcp", 40000, 50000, "0.0.0.0/0"))
			c.runs("task-1", "1", m{"containerPort": 8080, "hostPort": 33000, "protocol": "tcp"})
		}, absent(vpc.SecurityGroup)},
		{"a range of ports that a running task shows", func(c *cloud) {
			c.mappings("web", m{"containerPortRange": "8080-8089"})
			c.group("sg-web", permission("tcp", 45005, 45005, "0.0.0.0/0"))
			c.runs("task-1", "1", m{"containerPortRange": "8080-8089", "hostPortRange": "45000-45009", "protocol": "tcp"})
		}, present()},

		{"one of two instances is public", func(c *cloud) { c.host("2", "") }, unknown(vpc.Placement, "not every container instance")},
		{"one of two instances is public, and the task runs there", func(c *cloud) {
			c.host("2", "")
			c.runs("task-1", "1")
		}, present()},
		{"one of two instances is public, and the task runs on the other", func(c *cloud) {
			c.host("2", "")
			c.runs("task-1", "2")
		}, absent(vpc.PublicAddress)},
		{"two public instances", func(c *cloud) { c.host("2", "8.8.4.4") }, present()},
		{"the public instance belongs to another capacity provider", func(c *cloud) {
			c.host("2", "")
			delete(c.at("web"), "launchType")
			c.at("web")["capacityProviderStrategy"] = l{m{"capacityProvider": "private"}}
			c.at("ci-1")["capacityProviderName"], c.at("ci-2")["capacityProviderName"] = "public", "private"
		}, absent(vpc.PublicAddress)},
		{"no container instance", func(c *cloud) { c.remove("ci-1") }, verdict{}},
		{"an instance that does not exist any more", func(c *cloud) { c.remove("i-1") }, verdict{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := hosted()
			c.close()
			test.edit(c)
			expect(t, c.reach(t), vpc.Direct, test.want)
		})
	}
}

func TestWhatWasNotReadOfContainerInstancesIsUnknown(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(c *cloud)
		want verdict
	}{
		{"nothing that counts: a task runs on a public instance", func(c *cloud) { c.runs("task-1", "1") }, present()},
		{"other container instances than a public one", func(*cloud) {}, unknown(vpc.Placement, "all container instances of cluster/shop")},
		{"other container instances than a private one", func(c *cloud) { c.host("1", "") }, unknown(vpc.Placement, "all container instances of cluster/shop")},
		{"the container instances", func(c *cloud) { c.remove("ci-1") }, unknown(vpc.Placement, "all container instances of cluster/shop")},
		{"the instance", func(c *cloud) { c.remove("i-1") }, unknown(vpc.Placement, "i-1 was not read")},
		{"the container instance of a task", func(c *cloud) {
			c.remove("ci-1")
			c.runs("task-1", "1")
		}, unknown(vpc.Placement, "container-instance/shop/1 was not read")},
		{"the address of a planned instance", func(c *cloud) {
			c.host("1", "")
			delete(c.instance("1"), "NetworkInterfaces")
			c.instance("1")[aws.UnknownField] = l{"$.PublicIpAddress"}
		}, unknown(vpc.PublicAddress, "$.PublicIpAddress")},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := hosted()
			test.edit(c)
			expect(t, c.reach(t), vpc.Direct, test.want)
		})
	}
}

func TestTheHostPortIsShown(t *testing.T) {
	c := hosted()
	c.close()
	reach := c.reach(t)
	p := reach.Paths[0]
	last := p.Hops[len(p.Hops)-1]
	if last.Evidence.Path != "$.containerDefinitions[0].portMappings[0].hostPort" || last.Evidence.Value != 80 || p.From != 8080 || p.State != finding.Present {
		t.Errorf("the path is %s", describe(p))
	}
}
