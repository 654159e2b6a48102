package vpc_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/vpc"
	"github.com/merlonsec/merlon/internal/tree"
)

const (
	account = "111122223333"
	region  = "eu-west-1"
)

// arn makes the ARN of a resource of the account.
func arn(service, resource string) string {
	return "arn:aws:" + service + ":" + region + ":" + account + ":" + resource
}

type m = map[string]any

type l = []any

// cloud is what the AWS API would answer, which tests change.
type cloud struct {
	names   []string
	objects map[string]*object
	// closed lists the types that were read completely.
	closed []inventory.Type
}

// object is one resource in the form of an answer.
type object struct {
	member string
	form   string // list, one or whole
	body   m
}

func newCloud() *cloud { return &cloud{objects: map[string]*object{}} }

func (c *cloud) add(name, form, member string, body m) m {
	if c.objects[name] == nil {
		c.names = append(c.names, name)
	}
	c.objects[name] = &object{member, form, body}
	return body
}

// at gives the body of an object, to change it.
func (c *cloud) at(name string) m {
	if c.objects[name] == nil {
		panic("no object " + name)
	}
	return c.objects[name].body
}

func (c *cloud) remove(names ...string) {
	for _, name := range names {
		c.at(name)
		delete(c.objects, name)
		c.names = slices.DeleteFunc(c.names, func(n string) bool { return n == name })
	}
}

// close says that everything was read.
func (c *cloud) close(but ...inventory.Type) {
	c.closed = nil
	for _, t := range []inventory.Type{
		aws.VPC, aws.Subnet, aws.RouteTable, aws.InternetGateway, aws.NATGateway, aws.SecurityGroup, aws.NetworkACL, aws.NetworkInterface, aws.Instance,
		aws.LaunchTemplate, aws.LaunchTemplateVersion, aws.PrefixList, aws.LoadBalancer, aws.Listener, aws.TargetGroup, aws.TargetHealth, aws.ClassicLoadBalancer,
		aws.ECSCluster, aws.ECSService, aws.ECSTaskDefinition, aws.ECSTask, aws.ECSContainerInstance, aws.EKSCluster, aws.EKSNodegroup,
	} {
		if !slices.Contains(but, t) {
			c.closed = append(c.closed, t)
		}
	}
}

// view reads the answers as the collector would.
func (c *cloud) view(t testing.TB) *inventory.View {
	t.Helper()
	var resources []*inventory.Resource
	for _, name := range c.names {
		o := c.objects[name]
		var answer any = o.body
		switch o.form {
		case "list":
			answer = m{o.member: l{o.body}}
		case "one":
			answer = m{o.member: o.body}
		}
		data, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		var document tree.Tree
		if err := tree.DecodeJSON(&document, data, 1, tree.Limits{}); err != nil {
			t.Fatal(err)
		}
		recognised, ok := aws.Recognise(document.Root())
		if !ok {
			t.Fatalf("%s is no answer: %s", name, data)
		}
		for item := range recognised.Items(aws.Scope{Partition: "aws", Account: account, Region: region}) {
			if item.Problem != "" {
				t.Fatalf("%s: %s", name, item.Problem)
			}
			aws.Sanitize(item.Resource.Type, item.Object)
			item.Resource.SetObject(item.Object.AppendJSON(nil), nil)
			aws.Project(item.Resource, item.Object)
			resources = append(resources, item.Resource)
		}
	}
	source := inventory.Source{Kind: "aws", Name: account, Cluster: account + "/" + region, Complete: c.closed}
	return inventory.NewView([]inventory.Source{source}, resources, aws.Relate)
}

// The parts of a cloud.

func (c *cloud) subnet(id string, blocks ...string) {
	body := m{"SubnetId": id, "VpcId": "vpc-1", "AvailabilityZone": region + "a", "MapPublicIpOnLaunch": false, "OwnerId": account}
	var six l
	for _, block := range blocks {
		if strings.Contains(block, ":") {
			six = append(six, m{"Ipv6CidrBlock": block})
		} else {
			body["CidrBlock"] = block
		}
	}
	if six != nil {
		body["Ipv6CidrBlockAssociationSet"] = six
	}
	c.add(id, "list", "Subnets", body)
}

func (c *cloud) table(id string, subnets []string, routes ...m) {
	associations := l{}
	for _, s := range subnets {
		if s == "main" {
			associations = append(associations, m{"Main": true})
		} else {
			associations = append(associations, m{"Main": false, "SubnetId": s})
		}
	}
	list := l{m{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"}}
	for _, r := range routes {
		list = append(list, r)
	}
	c.add(id, "list", "RouteTables", m{"RouteTableId": id, "VpcId": "vpc-1", "Associations": associations, "Routes": list, "OwnerId": account})
}

// to is a route.
func to(target, block string) m {
	r := m{"State": "active", "Origin": "CreateRoute"}
	switch kind, _, _ := strings.Cut(target, "-"); kind {
	case "nat":
		r["NatGatewayId"] = target
	case "tgw":
		r["TransitGatewayId"] = target
	case "eni":
		r["NetworkInterfaceId"] = target
	case "eigw":
		r["EgressOnlyInternetGatewayId"] = target
	default:
		r["GatewayId"] = target
	}
	switch {
	case strings.HasPrefix(block, "pl-"):
		r["DestinationPrefixListId"] = block
	case strings.Contains(block, ":"):
		r["DestinationIpv6CidrBlock"] = block
	default:
		r["DestinationCidrBlock"] = block
	}
	return r
}

func (c *cloud) gateway(id string, vpcs ...string) {
	attachments := l{}
	for _, v := range vpcs {
		attachments = append(attachments, m{"VpcId": v, "State": "available"})
	}
	c.add(id, "list", "InternetGateways", m{"InternetGatewayId": id, "Attachments": attachments, "OwnerId": account})
}

func (c *cloud) acl(id string, subnets []string, entries ...m) {
	associations, list := l{}, l{}
	for _, s := range subnets {
		associations = append(associations, m{"SubnetId": s})
	}
	for _, e := range entries {
		list = append(list, e)
	}
	for _, way := range []string{"in", "out"} {
		list = append(list, entry(32767, way+" deny -1", "0.0.0.0/0"), entry(32768, way+" deny -1", "::/0"))
	}
	c.add(id, "list", "NetworkAcls", m{"NetworkAclId": id, "VpcId": "vpc-1", "IsDefault": false, "Associations": associations, "Entries": list, "OwnerId": account})
}

// entry is an entry of a network ACL; the rule says its direction, its action and its protocol: "in allow 6".
func entry(number int, rule, block string, between ...int) m {
	parts := strings.Fields(rule)
	e := m{"RuleNumber": number, "Egress": parts[0] == "out", "RuleAction": parts[1], "Protocol": parts[2]}
	if strings.Contains(block, ":") {
		e["Ipv6CidrBlock"] = block
	} else {
		e["CidrBlock"] = block
	}
	if len(between) == 2 {
		e["PortRange"] = m{"From": between[0], "To": between[1]}
	}
	return e
}

// open are the entries of a network ACL that lets everything through.
func open() []m {
	return []m{
		entry(100, "in allow -1", "0.0.0.0/0"), entry(101, "in allow -1", "::/0"),
		entry(100, "out allow -1", "0.0.0.0/0"), entry(101, "out allow -1", "::/0"),
	}
}

func (c *cloud) group(id string, ingress ...m) {
	list := l{}
	for _, p := range ingress {
		list = append(list, p)
	}
	c.add(id, "list", "SecurityGroups", m{
		"GroupId": id, "GroupName": id, "VpcId": "vpc-1", "OwnerId": account, "IpPermissions": list,
		"IpPermissionsEgress": l{permission("-1", 0, 0, "0.0.0.0/0", "::/0")},
	})
}

// permission is a rule of a security group, for blocks, groups and prefix lists.
func permission(protocol string, from, to int, who ...string) m {
	p := m{"IpProtocol": protocol}
	if protocol != "-1" {
		p["FromPort"], p["ToPort"] = from, to
	}
	four, six, groups, lists := l{}, l{}, l{}, l{}
	for _, w := range who {
		switch {
		case strings.HasPrefix(w, "sg-"):
			groups = append(groups, m{"GroupId": w})
		case strings.HasPrefix(w, "pl-"):
			lists = append(lists, m{"PrefixListId": w})
		case strings.Contains(w, ":"):
			six = append(six, m{"CidrIpv6": w})
		default:
			four = append(four, m{"CidrIp": w})
		}
	}
	p["IpRanges"], p["Ipv6Ranges"], p["UserIdGroupPairs"], p["PrefixListIds"] = four, six, groups, lists
	return p
}

func (c *cloud) prefixList(id, name string, blocks ...string) {
	body := m{"PrefixListId": id, "PrefixListName": name, "OwnerId": account}
	if blocks != nil {
		entries := l{}
		for _, b := range blocks {
			entries = append(entries, m{"Cidr": b})
		}
		body["Entries"] = entries
	}
	c.add(id, "list", "PrefixLists", body)
}

var clusterARN = arn("ecs", "cluster/shop")

// service adds an ECS service on Fargate with a public address, and its task definition with the port 80.
func (c *cloud) service(name string, subnets, groups []string) {
	c.add(name, "list", "services", m{
		"serviceArn": arn("ecs", "service/shop/"+name), "serviceName": name, "clusterArn": clusterARN, "status": "ACTIVE", "launchType": "FARGATE",
		"taskDefinition": arn("ecs", "task-definition/"+name+":1"), "loadBalancers": l{},
		"networkConfiguration": m{"awsvpcConfiguration": m{"subnets": list(subnets), "securityGroups": list(groups), "assignPublicIp": "ENABLED"}},
	})
	c.add(name+":1", "one", "taskDefinition", m{
		"taskDefinitionArn": arn("ecs", "task-definition/"+name+":1"), "family": name, "networkMode": "awsvpc",
		"containerDefinitions": l{m{"name": "app", "image": "app:1", "portMappings": l{m{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}}}},
	})
}

func list(texts []string) l {
	all := l{}
	for _, t := range texts {
		all = append(all, t)
	}
	return all
}

// network gives the awsvpcConfiguration of a service.
func (c *cloud) network(service string) m {
	return c.at(service)["networkConfiguration"].(m)["awsvpcConfiguration"].(m)
}

// mappings sets the port mappings of the container of a service.
func (c *cloud) mappings(service string, ports ...m) {
	all := l{}
	for _, p := range ports {
		all = append(all, p)
	}
	c.at(service + ":1")["containerDefinitions"].(l)[0].(m)["portMappings"] = all
}

// public is a cloud with one service, web, that the internet reaches directly at port 80.
func public() *cloud {
	c := newCloud()
	c.subnet("subnet-a", "10.0.1.0/24")
	c.table("rtb-a", []string{"subnet-a"}, to("igw-1", "0.0.0.0/0"))
	c.gateway("igw-1", "vpc-1")
	c.acl("acl-1", []string{"subnet-a"}, open()...)
	c.group("sg-web", permission("tcp", 80, 80, "0.0.0.0/0"))
	c.service("web", []string{"subnet-a"}, []string{"sg-web"})
	return c
}

// reach asks for the service web.
func (c *cloud) reach(t testing.TB) vpc.Reach {
	t.Helper()
	v := c.view(t)
	reach := vpc.New(v).Service(v.Get(inventory.UID(arn("ecs", "service/shop/web"))))
	for _, p := range reach.Paths {
		checkPath(t, v, p)
	}
	return reach
}

// checkPath checks what holds for every path.
func checkPath(t testing.TB, v *inventory.View, p vpc.Path) {
	t.Helper()
	if len(p.Hops) == 0 {
		t.Errorf("a path without hops: %+v", p)
		return
	}
	worst := finding.Present
	for i, h := range p.Hops {
		worst = min(worst, h.State)
		if h.State == finding.Absent && i < len(p.Hops)-1 {
			t.Errorf("the path goes on behind the closed hop %s: %s", h.Kind, describe(p))
		}
		if missing := h.Why().Missing(); len(missing) > 0 {
			t.Errorf("the hop %s (%s) has no text in %v", h.Kind, h.State, missing)
		}
		checkEvidence(t, v, h.Evidence, h.State == finding.Present)
	}
	if worst != p.State {
		t.Errorf("the path is %s: %s", p.State, describe(p))
	}
	if unknown := p.State == finding.Unknown; unknown != (p.Why != lang.Text{}) {
		t.Errorf("the path is %s and says why %q", p.State, p.Why.EN)
	}
	if p.Clients.IsEmpty() != (p.State == finding.Absent) {
		t.Errorf("the path is %s for the clients %s", p.State, p.Clients)
	}
}

// checkEvidence looks evidence up in the source object: the field, with its value where it is one, has to be there.
func checkEvidence(t testing.TB, v *inventory.View, e finding.Evidence, exact bool) {
	t.Helper()
	object, err := v.Raw(e.Resource)
	if err != nil {
		t.Errorf("the evidence %+v: %v", e, err)
		return
	}
	n := object.Root().Lookup(e.Path)
	if exact && !n.Exists() {
		t.Errorf("the evidence %s of %s is not there", e.Path, e.Resource)
	}
	scalar := n.Exists() && n.Kind() != tree.List && n.Kind() != tree.Map
	if exact && scalar && e.Value != nil && fmt.Sprint(e.Value) != n.Text() {
		t.Errorf("the evidence %s of %s is %v, and there it says %s", e.Path, e.Resource, e.Value, n.Text())
	}
}

// describe writes a path in one line.
func describe(p vpc.Path) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %d-%d", p.Kind, p.State, p.Protocol, p.From, p.To)
	for _, h := range p.Hops {
		fmt.Fprintf(&b, " | %s %s (%s %s %v)", h.Kind, h.State, h.Evidence.Resource.Short(), h.Evidence.Path, h.Evidence.Value)
	}
	return b.String()
}

// verdict is what a test expects of the paths of one kind.
type verdict struct {
	state finding.State
	// hop is the kind of the hop that closes the path or makes it unknown; "" for an open one.
	hop vpc.HopKind
	// why is a part of the English text of an unknown path.
	why string
}

// present, absent and unknown are verdicts.
func present() verdict                            { return verdict{state: finding.Present} }
func absent(hop vpc.HopKind) verdict              { return verdict{finding.Absent, hop, ""} }
func unknown(hop vpc.HopKind, why string) verdict { return verdict{finding.Unknown, hop, why} }

// expect compares the best path of a kind with a verdict.
func expect(t *testing.T, reach vpc.Reach, kind vpc.PathKind, want verdict) {
	t.Helper()
	if got := reach.State(kind); got != want.state {
		t.Errorf("%s, want %s", got, want.state)
	}
	if got := reach.Why(kind).EN; !strings.Contains(got, want.why) || (got == "") != (want.why == "") {
		t.Errorf("it says %q, want %q", got, want.why)
	}
	for _, p := range reach.Paths {
		if p.Kind != kind {
			continue
		}
		var decides vpc.HopKind
		for _, h := range p.Hops {
			if h.State == p.State && h.State != finding.Present {
				decides = h.Kind
				break
			}
		}
		if decides != want.hop {
			t.Errorf("the hop %q decides, want %q", decides, want.hop)
		}
		break
	}
	if t.Failed() {
		for _, p := range reach.Paths {
			t.Log(describe(p))
		}
	}
}
