package iac_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/inventory"
)

// uses writes the expression of an attribute that uses names; a plan lists what each is part of, too.
func uses(names ...string) string {
	var all []string
	for _, name := range names {
		parts := strings.Split(name, ".")
		for n := len(parts); n >= 2; n-- {
			all = append(all, fmt.Sprintf("%q", strings.Join(parts[:n], ".")))
		}
		if i := strings.LastIndexByte(name, '['); i >= 0 && strings.Count(name, ".") >= 2 {
			all = append(all, fmt.Sprintf("%q", name[:i]))
		}
	}
	return `{"references":[` + strings.Join(all, ",") + `]}`
}

const newThing = `{"id":true,"arn":true}`

func TestAPlannedServiceIsJoinedWithAllThatItUses(t *testing.T) {
	m := terraform(t, plan("",
		block{address: "aws_vpc.main", values: `{"cidr_block":"10.0.0.0/16"}`, unknown: `{"id":true,"arn":true,"default_network_acl_id":true}`},
		block{address: "aws_subnet.a[0]", values: `{"cidr_block":"10.0.0.0/24","map_public_ip_on_launch":false}`, unknown: `{"id":true,"arn":true,"vpc_id":true,"availability_zone":true}`, expressions: `{"vpc_id":` + uses("aws_vpc.main.id") + `}`},
		block{address: "aws_subnet.a[1]", values: `{"cidr_block":"10.0.1.0/24","map_public_ip_on_launch":false}`, unknown: `{"id":true,"arn":true,"vpc_id":true}`, expressions: `{"vpc_id":` + uses("aws_vpc.main.id") + `}`},
		block{address: "aws_internet_gateway.g", unknown: `{"id":true,"arn":true,"vpc_id":true}`, expressions: `{"vpc_id":` + uses("aws_vpc.main.id") + `}`},
		block{address: "aws_route_table.r", unknown: `{"id":true,"arn":true,"vpc_id":true,"route":true}`, expressions: `{"vpc_id":` + uses("aws_vpc.main.id") + `}`},
		block{address: "aws_route.o", values: `{"destination_cidr_block":"0.0.0.0/0"}`, unknown: `{"route_table_id":true,"gateway_id":true}`, expressions: `{"route_table_id":` + uses("aws_route_table.r.id") + `,"gateway_id":` + uses("aws_internet_gateway.g.id") + `}`},
		block{address: "aws_route_table_association.x[0]", unknown: `{"route_table_id":true,"subnet_id":true}`, expressions: `{"route_table_id":` + uses("aws_route_table.r.id") + `,"subnet_id":` + uses("aws_subnet.a", "count.index") + `}`},
		block{address: "aws_route_table_association.x[1]", unknown: `{"route_table_id":true,"subnet_id":true}`, expressions: `{"route_table_id":` + uses("aws_route_table.r.id") + `,"subnet_id":` + uses("aws_subnet.a", "count.index") + `}`},
		block{
			address: "aws_security_group.s", values: `{"name":"s","ingress":[{"from_port":80,"to_port":80,"protocol":"tcp","cidr_blocks":["0.0.0.0/0"],"self":false}]}`,
			unknown: `{"id":true,"arn":true,"vpc_id":true,"egress":true,"ingress":[{"cidr_blocks":[false],"security_groups":true}]}`, expressions: `{"vpc_id":` + uses("aws_vpc.main.id") + `,"ingress":` + uses("aws_security_group.lb.id") + `}`,
		},
		block{address: "aws_security_group.lb", values: `{"name":"lb"}`, unknown: `{"id":true,"arn":true,"vpc_id":true,"egress":true,"ingress":true}`, expressions: `{"vpc_id":` + uses("aws_vpc.main.id") + `}`},
		block{address: "aws_iam_role.task", values: `{"name":"task","assume_role_policy":"{}","managed_policy_arns":null}`, unknown: `{"arn":true,"id":true,"managed_policy_arns":true,"inline_policy":true}`, expressions: `{"assume_role_policy":{}}`},
		block{address: "aws_iam_role_policy_attachment.admin", values: `{"role":"task","policy_arn":"arn:aws:iam::aws:policy/AdministratorAccess"}`, expressions: `{"role":` + uses("aws_iam_role.task.name") + `}`},
		block{address: "aws_ecs_cluster.c", values: `{"name":"shop"}`, unknown: newThing},
		block{address: "aws_ecs_task_definition.t", values: `{"family":"web","container_definitions":"[{\"name\":\"web\",\"image\":\"nginx\"}]"}`, unknown: `{"arn":true,"id":true,"revision":true,"network_mode":true,"task_role_arn":true}`, expressions: `{"task_role_arn":` + uses("aws_iam_role.task.arn") + `,"container_definitions":{}}`},
		block{address: "aws_lb.l", values: `{"name":"l","load_balancer_type":"application"}`, unknown: `{"arn":true,"id":true,"internal":true,"subnets":true,"security_groups":true,"vpc_id":true,"dns_name":true,"subnet_mapping":true}`, expressions: `{"subnets":` + uses("aws_subnet.a") + `,"security_groups":` + uses("aws_security_group.lb.id") + `}`},
		block{address: "aws_lb_target_group.g", values: `{"name":"g","port":80,"target_type":"ip"}`, unknown: `{"arn":true,"id":true,"vpc_id":true,"load_balancer_arns":true}`, expressions: `{"vpc_id":` + uses("aws_vpc.main.id") + `}`},
		block{address: "aws_lb_listener.h", values: `{"port":80,"protocol":"HTTP","default_action":[{"type":"forward"}]}`, unknown: `{"arn":true,"load_balancer_arn":true,"default_action":[{"target_group_arn":true}]}`, expressions: `{"load_balancer_arn":` + uses("aws_lb.l.arn") + `,"default_action":[{"target_group_arn":` + uses("aws_lb_target_group.g.arn") + `}]}`},
		block{
			address: "aws_ecs_service.w", values: `{"name":"web","launch_type":"FARGATE","enable_execute_command":false,"network_configuration":[{"assign_public_ip":true}],"load_balancer":[{"container_name":"web","container_port":80}]}`,
			unknown:     `{"id":true,"cluster":true,"task_definition":true,"network_configuration":[{"subnets":true,"security_groups":true}],"load_balancer":[{"target_group_arn":true}]}`,
			expressions: `{"cluster":` + uses("aws_ecs_cluster.c.id") + `,"task_definition":` + uses("aws_ecs_task_definition.t.arn") + `,"network_configuration":[{"subnets":` + uses("aws_subnet.a") + `,"security_groups":` + uses("aws_security_group.s.id") + `}],"load_balancer":[{"target_group_arn":` + uses("aws_lb_target_group.g.arn") + `}]}`,
		},
	))
	if len(m.problems) > 0 {
		t.Errorf("problems %v", m.problems)
	}
	for uid, want := range map[inventory.UID]string{
		"tf://aws_ecs_service.w":                `{"serviceArn":"tf://aws_ecs_service.w","serviceName":"web","clusterArn":"tf://aws_ecs_cluster.c","enableExecuteCommand":false,"launchType":"FARGATE","taskDefinition":"tf://aws_ecs_task_definition.t","loadBalancers":[{"targetGroupArn":"tf://aws_lb_target_group.g","containerName":"web","containerPort":80}],"networkConfiguration":{"awsvpcConfiguration":{"subnets":["tf://aws_subnet.a%5B0%5D","tf://aws_subnet.a%5B1%5D"],"securityGroups":["tf://aws_security_group.s"],"assignPublicIp":"ENABLED"}}}`,
		"tf://aws_ecs_task_definition.t":        `{"taskDefinitionArn":"tf://aws_ecs_task_definition.t","family":"web","taskRoleArn":"tf://aws_iam_role.task","containerDefinitions":[{"name":"web","image":"nginx"}]}`,
		"tf://aws_iam_role.task":                `{"Arn":"tf://aws_iam_role.task","RoleName":"task","AssumeRolePolicyDocument":{},"AttachedManagedPolicies":[{"PolicyName":"AdministratorAccess","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}]}`,
		"tf://aws_subnet.a%5B0%5D":              `{"SubnetId":"tf://aws_subnet.a%5B0%5D","VpcId":"tf://aws_vpc.main","CidrBlock":"10.0.0.0/24","MapPublicIpOnLaunch":false,"x-merlon-unknown":["$.AvailabilityZone"]}`,
		"tf://aws_route_table.r":                `{"RouteTableId":"tf://aws_route_table.r","VpcId":"tf://aws_vpc.main","Routes":[{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"tf://aws_internet_gateway.g"},{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local"}],"Associations":[{"SubnetId":"tf://aws_subnet.a%5B0%5D","Main":false},{"SubnetId":"tf://aws_subnet.a%5B1%5D","Main":false}]}`,
		"tf://aws_security_group.s":             `{"GroupId":"tf://aws_security_group.s","GroupName":"s","VpcId":"tf://aws_vpc.main","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"0.0.0.0/0"}],"UserIdGroupPairs":[{"GroupId":"tf://aws_security_group.lb"}]}],"IpPermissionsEgress":[]}`,
		"tf://aws_lb.l":                         `{"LoadBalancerArn":"tf://aws_lb.l","LoadBalancerName":"l","Type":"application","VpcId":"tf://aws_vpc.main","SecurityGroups":["tf://aws_security_group.lb"],"Scheme":"internet-facing","AvailabilityZones":[{"SubnetId":"tf://aws_subnet.a%5B0%5D"},{"SubnetId":"tf://aws_subnet.a%5B1%5D"}],"x-merlon-unknown":["$.DNSName"]}`,
		"tf://aws_lb_target_group.g":            `{"TargetGroupArn":"tf://aws_lb_target_group.g","TargetGroupName":"g","Port":80,"TargetType":"ip","VpcId":"tf://aws_vpc.main","LoadBalancerArns":["tf://aws_lb.l"]}`,
		"tf://aws_lb_listener.h":                `{"ListenerArn":"tf://aws_lb_listener.h","LoadBalancerArn":"tf://aws_lb.l","Port":80,"Protocol":"HTTP","DefaultActions":[{"Type":"forward","TargetGroupArn":"tf://aws_lb_target_group.g"}]}`,
		"tf://aws_vpc.main#default-network-acl": `{"NetworkAclId":"tf://aws_vpc.main#default-network-acl","VpcId":"tf://aws_vpc.main","IsDefault":true,"Entries":[{"Egress":false,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"},{"Egress":true,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}],"Associations":[{"SubnetId":"tf://aws_subnet.a%5B0%5D"},{"SubnetId":"tf://aws_subnet.a%5B1%5D"}]}`,
		"tf://aws_vpc.main#main-route-table":    `{"RouteTableId":"tf://aws_vpc.main#main-route-table","VpcId":"tf://aws_vpc.main","Associations":[{"Main":true}],"Routes":[{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local"}]}`,
	} {
		m.same(t, uid, want)
	}
}

// sentTo gives the group that a service is guarded by, and whether that is all.
func groupsOf(t *testing.T, m made, uid inventory.UID) (groups []string, open bool) {
	t.Helper()
	object := parse(t, m.objects[uid]).(map[string]any)
	if network, ok := object["networkConfiguration"].(map[string]any); ok {
		list, _ := network["awsvpcConfiguration"].(map[string]any)["securityGroups"].([]any)
		for _, g := range list {
			groups = append(groups, g.(string))
		}
	}
	for _, path := range m.open(t, uid) {
		open = open || path == "$.networkConfiguration.awsvpcConfiguration.securityGroups"
	}
	return groups, open
}

func TestReferencesAreFollowedAsFarAsThePlanSays(t *testing.T) {
	group := func(address string) block {
		return block{address: address, values: `{"name":"g"}`, unknown: newThing}
	}
	known := block{address: "aws_security_group.known", values: `{"id":"sg-9","arn":"` + ec2 + `security-group/sg-9"}`}
	g := []block{group("aws_security_group.a"), group("aws_security_group.b"), known}
	counted := []block{group("aws_security_group.c[0]"), group("aws_security_group.c[1]")}
	for _, c := range []struct {
		name, expression string
		more             []block
		want             []string
		open             bool
	}{
		{"one", uses("aws_security_group.a.id"), g, []string{"tf://aws_security_group.a"}, false},
		{"two", uses("aws_security_group.a.id", "aws_security_group.b.id"), g, []string{"tf://aws_security_group.a", "tf://aws_security_group.b"}, false},
		{"all instances", uses("aws_security_group.c"), counted, []string{"tf://aws_security_group.c%5B0%5D", "tf://aws_security_group.c%5B1%5D"}, false},
		{"one instance", uses("aws_security_group.c[1].id"), counted, []string{"tf://aws_security_group.c%5B1%5D"}, false},
		{"one, and a variable that may hold others", uses("var.more", "aws_security_group.a.id"), g, []string{"tf://aws_security_group.a"}, true},
		{"one of two, as a variable says", uses("var.which", "aws_security_group.a.id", "aws_security_group.b.id"), g, nil, true},
		{"one that exists and one that does not", uses("aws_security_group.known.id", "aws_security_group.a.id"), g, []string{"tf://aws_security_group.a"}, true},
		{"a local value", uses("local.groups"), g, nil, true},
		{"a local value and a group", uses("local.groups", "aws_security_group.a.id"), g, nil, true},
		{"the value of a for_each", uses("each.value"), g, nil, true},
		{"something else of a group", uses("aws_security_group.a.vpc_id"), g, nil, true},
		{"a resource of another type", uses("aws_vpc.v.id"), []block{{address: "aws_vpc.v", unknown: newThing}}, nil, true},
		{"a resource that is not there", uses("aws_security_group.gone.id"), g, nil, true},
		{"what a function makes", `{}`, g, nil, true},
		{"nobody says it", "", g, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			expressions := `{"network_configuration":[{"security_groups":` + c.expression + `}]}`
			if c.expression == "" {
				expressions = `{"network_configuration":[{}]}`
			}
			m := terraform(t, plan("", append(c.more, block{
				address: "aws_ecs_service.w", values: `{"name":"w","network_configuration":[{"assign_public_ip":false}]}`,
				unknown: `{"id":true,"network_configuration":[{"security_groups":true}]}`, expressions: expressions,
			})...))
			got, open := groupsOf(t, m, "tf://aws_ecs_service.w")
			if diff := cmp.Diff(c.want, got); diff != "" || open != c.open {
				t.Errorf("open is %v, want %v; groups (-want +got):\n%s", open, c.open, diff)
			}
		})
	}
}

func TestBlocksAreToldByWhatTheySay(t *testing.T) {
	group := func(name string) block {
		return block{address: "aws_lb_target_group." + name, values: `{"name":"` + name + `"}`, unknown: newThing}
	}
	written := func(container, group string) string {
		return `{"container_name":{"constant_value":"` + container + `"},"target_group_arn":` + uses("aws_lb_target_group."+group+".arn") + `}`
	}
	for _, c := range []struct{ name, values, expressions, want string }{
		{
			"in another order", `[{"container_name":"b","container_port":80},{"container_name":"a","container_port":80}]`, `[` + written("a", "a") + `,` + written("b", "b") + `]`,
			`[{"containerName":"b","containerPort":80,"targetGroupArn":"tf://aws_lb_target_group.b"},{"containerName":"a","containerPort":80,"targetGroupArn":"tf://aws_lb_target_group.a"}]`,
		},
		{"alike", `[{"container_name":"a"},{"container_name":"a"}]`, `[` + written("a", "a") + `,` + written("a", "b") + `]`, `[{"containerName":"a"},{"containerName":"a"}]`},
		{"one of them made by a dynamic block", `[{"container_name":"a"},{"container_name":"b"}]`, `[` + written("a", "a") + `]`, `[{"containerName":"a"},{"containerName":"b"}]`},
		{"made by dynamic blocks", `[{"container_name":"a"}]`, `null`, `[{"containerName":"a"}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := terraform(t, plan("", group("a"), group("b"), block{
				address: "aws_ecs_service.w", values: `{"name":"w","load_balancer":` + c.values + `}`,
				unknown: `{"id":true,"load_balancer":[{"target_group_arn":true},{"target_group_arn":true}]}`, expressions: `{"load_balancer":` + c.expressions + `}`,
			}))
			object := parse(t, m.objects["tf://aws_ecs_service.w"]).(map[string]any)
			if diff := cmp.Diff(parse(t, c.want), object["loadBalancers"]); diff != "" {
				t.Errorf("load balancers (-want +got):\n%s", diff)
			}
			if open := m.open(t, "tf://aws_ecs_service.w"); (len(open) == 0) != strings.Contains(c.want, "tf://") {
				t.Errorf("open is %v", open)
			}
		})
	}
}

func TestReferencesAreFollowedThroughModules(t *testing.T) {
	service := func(module string) block {
		return block{
			address: module + `.aws_ecs_service.w`, values: `{"name":"w","network_configuration":[{}]}`, unknown: `{"id":true,"network_configuration":[{"security_groups":true}]}`,
		}
	}
	// The module "app" has the service and takes its groups in a variable; "net" has groups and gives them out.
	calls := func(expressions, more string) string {
		return `"module_calls":{"app":{"expressions":` + expressions + `,"module":{"variables":{"groups":{}},"resources":[
			{"address":"aws_ecs_service.w","type":"aws_ecs_service","name":"w","mode":"managed","expressions":{"network_configuration":[{"security_groups":` + uses("var.groups") + `}]}}]}},
			"net":{"expressions":{},"module":{"outputs":{"one":{"expression":` + uses("aws_security_group.a.id") + `},"deep":{"expression":` + uses("module.inner.x") + `},"loop":{"expression":` + uses("module.inner.loop") + `}},
			"resources":[{"address":"aws_security_group.a","type":"aws_security_group","name":"a","mode":"managed","expressions":{}}],
			"module_calls":{"inner":{"expressions":{"in":` + uses("aws_security_group.a.id") + `,"again":` + uses("module.inner.loop") + `},"module":{"outputs":{"x":{"expression":` + uses("var.in") + `},"loop":{"expression":` + uses("var.again") + `}}}}}}}` + more + `}`
	}
	net := block{address: "module.net.aws_security_group.a", values: `{"name":"a"}`, unknown: newThing}
	for _, c := range []struct {
		name, expressions string
		blocks            []block
		of                inventory.UID
		want              []string
		open              bool
	}{
		{"a group of the root", `{"groups":` + uses("aws_security_group.r.id") + `}`, []block{{address: "aws_security_group.r", unknown: newThing}, service("module.app")}, "tf://module.app.aws_ecs_service.w", []string{"tf://aws_security_group.r"}, false},
		{"an output of a module", `{"groups":` + uses("module.net.one") + `}`, []block{net, service("module.app")}, "tf://module.app.aws_ecs_service.w", []string{"tf://module.net.aws_security_group.a"}, false},
		{"an output that goes through a module in it", `{"groups":` + uses("module.net.deep") + `}`, []block{net, service("module.app")}, "tf://module.app.aws_ecs_service.w", []string{"tf://module.net.aws_security_group.a"}, false},
		{"an output that goes in a circle", `{"groups":` + uses("module.net.loop") + `}`, []block{net, service("module.app")}, "tf://module.app.aws_ecs_service.w", nil, true},
		{"each instance of a module its own", `{"groups":` + uses("aws_security_group.r", "each.key") + `}`, []block{
			{address: `aws_security_group.r["x"]`, unknown: newThing}, {address: `aws_security_group.r["y"]`, unknown: newThing}, service(`module.app["x"]`), service(`module.app["y"]`),
		}, "tf://module.app%5B%22y%22%5D.aws_ecs_service.w", []string{"tf://aws_security_group.r%5B%22y%22%5D"}, false},
		{"a module that was given nothing", `{}`, []block{service("module.app")}, "tf://module.app.aws_ecs_service.w", nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := terraform(t, plan(calls(c.expressions, ""), c.blocks...))
			got, open := groupsOf(t, m, c.of)
			if diff := cmp.Diff(c.want, got); diff != "" || open != c.open {
				t.Errorf("open is %v, want %v; groups (-want +got):\n%s", open, c.open, diff)
			}
		})
	}
}

func TestWhatIsDeletedOrWasDoesNotCount(t *testing.T) {
	text := `{"format_version":"1.2","planned_values":{"root_module":{"resources":[
		{"address":"aws_vpc.gone","mode":"managed","type":"aws_vpc","name":"gone","values":{"id":"vpc-1"}},
		{"address":"data.aws_vpc.d","mode":"data","type":"aws_vpc","name":"d","values":{"id":"vpc-2"}}]}},
		"prior_state":{"values":{"root_module":{"resources":[{"address":"aws_vpc.old","mode":"managed","type":"aws_vpc","name":"old","values":{"id":"vpc-3"}}]}}},
		"resource_changes":[{"address":"aws_vpc.gone","mode":"managed","type":"aws_vpc","change":{"actions":["delete"]}}]}`
	if m := terraform(t, text); len(m.order) > 0 || len(m.problems) > 0 {
		t.Errorf("it makes %v, problems %v", m.order, m.problems)
	}
}

func TestAKnownEKSClusterIsFoundByItsName(t *testing.T) {
	const eks = "arn:aws:eks:eu-west-1:111122223333:cluster/shop"
	m := terraform(t, plan("",
		block{address: "aws_eks_cluster.old", values: `{"id":"shop","name":"shop","arn":"` + eks + `"}`},
		block{address: "aws_eks_cluster.new", values: `{"name":"next","vpc_config":[{"endpoint_public_access":true}]}`, unknown: `{"id":true,"arn":true,"vpc_config":[{"public_access_cidrs":true,"vpc_id":true,"subnet_ids":true}]}`, expressions: `{"vpc_config":[{"subnet_ids":` + uses("local.x") + `}]}`},
		block{address: "aws_eks_node_group.a", values: `{"cluster_name":"shop"}`, unknown: newThing},
		block{address: "aws_eks_node_group.b", values: `{"cluster_name":"next"}`, unknown: newThing},
		block{address: "aws_eks_node_group.c", values: `{"cluster_name":"elsewhere"}`, unknown: newThing},
	))
	m.same(t, "tf://aws_eks_node_group.a", `{"nodegroupArn":"tf://aws_eks_node_group.a","clusterName":"`+eks+`"}`)
	m.same(t, "tf://aws_eks_node_group.b", `{"nodegroupArn":"tf://aws_eks_node_group.b","clusterName":"tf://aws_eks_cluster.new"}`)
	m.same(t, "tf://aws_eks_node_group.c", `{"nodegroupArn":"tf://aws_eks_node_group.c","clusterName":"elsewhere"}`)
	m.same(t, "tf://aws_eks_cluster.new", `{"arn":"tf://aws_eks_cluster.new","name":"next","resourcesVpcConfig":{"endpointPublicAccess":true,"endpointPrivateAccess":false,"publicAccessCidrs":["0.0.0.0/0"]},"x-merlon-unknown":["$.resourcesVpcConfig.vpcId","$.resourcesVpcConfig.subnetIds"]}`)
}

func TestAVersionOfALaunchTemplateThatIsStillToCome(t *testing.T) {
	m := terraform(t, plan("",
		block{address: "aws_launch_template.new", values: `{"name":"n"}`, unknown: `{"id":true,"arn":true,"latest_version":true,"default_version":true}`, expressions: `{"name":{"constant_value":"n"}}`},
		block{address: "aws_launch_template.old", values: `{"id":"lt-1","arn":"` + ec2 + `launch-template/lt-1","name":"o"}`, unknown: `{"latest_version":true}`, expressions: `{"name":{"constant_value":"o"}}`},
	))
	m.same(t, "tf://aws_launch_template.new#1", `{"LaunchTemplateId":"tf://aws_launch_template.new","VersionNumber":1,"DefaultVersion":true}`)
	m.same(t, ec2+"launch-template-version/lt-1:$Latest", `{"LaunchTemplateId":"lt-1","VersionNumber":"$Latest","DefaultVersion":false}`)
}

func TestRulesOfAGroupThatIsElsewhereAreNamed(t *testing.T) {
	m := terraform(t, state(
		block{address: "aws_security_group_rule.a", values: `{"security_group_id":"sg-7","type":"ingress","protocol":"tcp","from_port":22,"to_port":22,"cidr_blocks":["0.0.0.0/0"]}`},
		block{address: "aws_iam_role_policy.b", values: `{"role":"elsewhere","policy":"{}"}`},
	))
	want := []string{
		"aws_security_group_rule.a was not assessed: the security group that it belongs to is not in this file",
		"aws_iam_role_policy.b was not assessed: the role that it belongs to is not in this file",
	}
	if diff := cmp.Diff(want, m.problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestContainerDefinitionsThatCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		name, containers, unknown, note string
		open                            []string
	}{
		{"made of something unknown", `null`, `{"id":true,"container_definitions":true}`, "", []string{"$.containerDefinitions"}},
		{"no JSON", `"[{\"name\":"`, `{"id":true}`, "the container definitions are not a list in JSON", []string{"$.containerDefinitions"}},
		{"not filled in", `"[{\"name\":\"a\",\"image\":\"${image}\",\"privileged\":true,\"environment\":[{\"name\":\"A\",\"value\":\"${secret}\"}]}]"`, `{"id":true}`, "containerDefinitions[0].image holds a ${…} that nothing has filled in", []string{"$.containerDefinitions[0].image", "$.containerDefinitions[0].environment[0].value"}},
		{"of wrong kinds", `"[{\"name\":\"a\",\"image\":{},\"privileged\":\"perhaps\",\"portMappings\":3}]"`, `{"id":true}`, "", []string{"$.containerDefinitions[0].image", "$.containerDefinitions[0].privileged", "$.containerDefinitions[0].portMappings"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := terraform(t, plan("", block{address: "aws_ecs_task_definition.t", values: `{"family":"t","container_definitions":` + c.containers + `}`, unknown: c.unknown, expressions: `{"container_definitions":{}}`}))
			if diff := cmp.Diff(c.open, m.open(t, "tf://aws_ecs_task_definition.t")); diff != "" {
				t.Errorf("open (-want +got):\n%s", diff)
			}
			if got := strings.Join(m.problems, "\n"); !strings.Contains(got, c.note) || c.note == "" && got != "" {
				t.Errorf("problems %s", got)
			}
		})
	}
}
