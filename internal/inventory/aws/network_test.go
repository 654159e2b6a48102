package aws_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// project gives the projection of the one resource of an answer.
func project(t *testing.T, answer string) any {
	t.Helper()
	var document tree.Tree
	if err := tree.Decode(&document, []byte(answer), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	recognised, ok := aws.Recognise(document.Root())
	if !ok {
		t.Fatalf("it is no answer: %s", answer)
	}
	var found []*inventory.Resource
	for item := range recognised.Items(aws.Scope{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}) {
		if item.Problem != "" {
			t.Fatal(item.Problem)
		}
		aws.Sanitize(item.Resource.Type, item.Object)
		aws.Project(item.Resource, item.Object)
		found = append(found, item.Resource)
	}
	if len(found) != 1 {
		t.Fatalf("%d resources, want 1", len(found))
	}
	return found[0].Spec
}

func TestProjectionsOfNetworks(t *testing.T) {
	yes := true
	for _, c := range []struct {
		name, answer string
		want         any
	}{
		{
			"a subnet with both versions of IP",
			`Subnets: [{SubnetId: subnet-1, VpcId: vpc-1, AvailabilityZone: eu-west-1a, CidrBlock: 10.0.1.0/24, MapPublicIpOnLaunch: true, AssignIpv6AddressOnCreation: true,
  Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: "2001:db8:1::/64"}], BlockPublicAccessStates: {InternetGatewayBlockMode: block-ingress}}]`,
			&aws.SubnetSpec{ID: "subnet-1", VPC: "vpc-1", Zone: "eu-west-1a", CIDRs: []string{"10.0.1.0/24", "2001:db8:1::/64"}, PublicIP: true, IPv6: true, Blocked: "block-ingress"},
		},
		{
			"a planned subnet",
			`Subnets: [{SubnetId: "tf://aws_subnet.a", VpcId: vpc-1, x-merlon-unknown: ["$.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock"]}]`,
			&aws.SubnetSpec{ID: "tf://aws_subnet.a", VPC: "vpc-1", Unknown: aws.Unknown{"$.Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"}},
		},
		{
			"a route table with every kind of association",
			`RouteTables: [{RouteTableId: rtb-1, VpcId: vpc-1, Associations: [{Main: true}, {Main: false, SubnetId: subnet-1}, {Main: false, GatewayId: igw-1}], Routes: [
  {DestinationCidrBlock: 0.0.0.0/0, GatewayId: igw-1, State: active, Origin: CreateRoute},
  {DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: eigw-1, State: active},
  {DestinationPrefixListId: pl-1, GatewayId: vpce-1, State: active},
  {DestinationCidrBlock: 192.168.0.0/16, GatewayId: vgw-1, State: blackhole, Origin: EnableVgwRoutePropagation}]}]`,
			&aws.RouteTableSpec{ID: "rtb-1", VPC: "vpc-1", Main: true, Subnets: []string{"subnet-1"}, Gateways: []string{"igw-1"}, Routes: []aws.Route{
				{Path: "$.Routes[0]", CIDR: "0.0.0.0/0", Target: "igw-1"},
				{Path: "$.Routes[1]", CIDR: "::/0", Target: "eigw-1"},
				{Path: "$.Routes[2]", PrefixList: "pl-1", Target: "vpce-1"},
				{Path: "$.Routes[3]", CIDR: "192.168.0.0/16", Target: "vgw-1", Blackhole: true, Propagated: true},
			}},
		},
		{
			"a planned internet gateway",
			`InternetGateways: [{InternetGatewayId: igw-1, Attachments: [{VpcId: vpc-1}], x-merlon-unknown: ["$.Attachments[1]"]}]`,
			&aws.InternetGatewaySpec{ID: "igw-1", VPCs: []string{"vpc-1"}, Unknown: aws.Unknown{"$.Attachments"}},
		},
		{
			"a prefix list without its entries", `PrefixLists: [{PrefixListId: pl-1, PrefixListName: office}]`,
			&aws.PrefixListSpec{ID: "pl-1", Name: "office"},
		},
		{
			"a prefix list with no entry", `PrefixLists: [{PrefixListId: pl-1, PrefixListName: office, Entries: []}]`,
			&aws.PrefixListSpec{ID: "pl-1", Name: "office", CIDRs: []string{}},
		},
		{
			"a prefix list with entries", `PrefixLists: [{PrefixListId: pl-1, PrefixListName: office, Entries: [{Cidr: 10.0.0.0/8, Description: x}]}]`,
			&aws.PrefixListSpec{ID: "pl-1", Name: "office", CIDRs: []string{"10.0.0.0/8"}},
		},
		{
			"a prefix list of AWS's own", `PrefixLists: [{PrefixListId: pl-2, PrefixListName: com.amazonaws.eu-west-1.s3, Cidrs: [52.218.0.0/17]}]`,
			&aws.PrefixListSpec{ID: "pl-2", Name: "com.amazonaws.eu-west-1.s3", CIDRs: []string{"52.218.0.0/17"}},
		},
		{
			"an instance with two interfaces",
			`Reservations: [{Instances: [{InstanceId: i-1, VpcId: vpc-1, SubnetId: subnet-1, PublicIpAddress: 198.51.100.1, State: {Name: running}, SecurityGroups: [{GroupId: sg-1}], NetworkInterfaces: [
  {NetworkInterfaceId: eni-1, SubnetId: subnet-1, OwnerId: "1", Groups: [{GroupId: sg-1}], Association: {PublicIp: 198.51.100.1}, PrivateIpAddresses: [{PrivateIpAddress: 10.0.1.5}]},
  {NetworkInterfaceId: eni-2, SubnetId: subnet-2, Groups: [{GroupId: sg-2}], Ipv6Addresses: [{Ipv6Address: "2001:db8::5"}]}]}]}]`,
			&aws.InstanceSpec{
				ID: "i-1", VPC: "vpc-1", Subnet: "subnet-1", SecurityGroups: []string{"sg-1"}, PublicIP: "198.51.100.1", IPv6s: []string{"2001:db8::5"}, State: "running",
				Metadata: aws.MetadataOptions{Path: "$.MetadataOptions"},
				Interfaces: []aws.InstanceInterface{
					{Path: "$.NetworkInterfaces[0]", ID: "eni-1", Subnet: "subnet-1", SecurityGroups: []string{"sg-1"}, PublicIP: "198.51.100.1", PrivateIPs: []string{"10.0.1.5"}},
					{Path: "$.NetworkInterfaces[1]", ID: "eni-2", Subnet: "subnet-2", SecurityGroups: []string{"sg-2"}, IPv6s: []string{"2001:db8::5"}},
				},
			},
		},
		{
			"a launch template that asks for addresses",
			`LaunchTemplateVersions: [{LaunchTemplateId: lt-1, VersionNumber: 2, LaunchTemplateData: {NetworkInterfaces: [{AssociatePublicIpAddress: true, Ipv6AddressCount: 1, Groups: [sg-1]}]}}]`,
			&aws.TemplateVersionSpec{
				Template: "lt-1", Version: 2, PublicIP: &yes, IPv6: true, SecurityGroups: []string{"sg-1"}, Metadata: aws.MetadataOptions{Path: "$.LaunchTemplateData.MetadataOptions"},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, project(t, c.answer)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestProjectionsOfLoadBalancers(t *testing.T) {
	const lb, group = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/a/1", "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/a/1"
	no := false
	for _, c := range []struct {
		name, answer string
		want         any
	}{
		{
			"a load balancer for both versions of IP",
			`LoadBalancers: [{LoadBalancerArn: ` + lb + `, LoadBalancerName: a, Type: application, Scheme: internet-facing, VpcId: vpc-1, IpAddressType: dualstack,
  AvailabilityZones: [{SubnetId: subnet-1}], SecurityGroups: [sg-1], x-merlon-unknown: ["$.DNSName"]}]`,
			&aws.LoadBalancerSpec{
				Name: "a", Kind: "application", Public: true, VPC: "vpc-1", AddressType: "dualstack", Subnets: []string{"subnet-1"}, SecurityGroups: []string{"sg-1"}, Unknown: aws.Unknown{"$.DNSName"},
			},
		},
		{
			"a target group with its attributes",
			`TargetGroups: [{TargetGroupArn: ` + group + `, TargetType: ip, Protocol: TCP, Port: 80, VpcId: vpc-1, IpAddressType: ipv6, LoadBalancerArns: [` + lb + `],
  Attributes: [{Key: preserve_client_ip.enabled, Value: "false"}, {Key: deregistration_delay.timeout_seconds, Value: "300"}]}]`,
			&aws.TargetGroupSpec{
				LoadBalancers: []inventory.UID{lb}, TargetType: "ip", Protocol: "TCP", Port: 80, VPC: "vpc-1", AddressType: "ipv6", ClientIP: &no,
			},
		},
		{
			"a target group without its attributes", `TargetGroups: [{TargetGroupArn: ` + group + `, TargetType: instance, Protocol: HTTP, Port: 80, VpcId: vpc-1, LoadBalancerArns: []}]`,
			&aws.TargetGroupSpec{TargetType: "instance", Protocol: "HTTP", Port: 80, VPC: "vpc-1"},
		},
		{
			"targets and their places", `{TargetGroupArn: ` + group + `, TargetHealthDescriptions: [{Target: {Id: i-1, Port: 80}, TargetHealth: {State: healthy}}, {Target: {Id: 10.0.0.1, Port: 81}}]}`,
			&aws.TargetHealthSpec{TargetGroup: group, Targets: []aws.Target{
				{Path: "$.TargetHealthDescriptions[0].Target", ID: "i-1", Port: 80, State: "healthy"}, {Path: "$.TargetHealthDescriptions[1].Target", ID: "10.0.0.1", Port: 81},
			}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, project(t, c.answer)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestProjectionsOfTasks(t *testing.T) {
	const prefix = "arn:aws:ecs:eu-west-1:111122223333:"
	for _, c := range []struct {
		name, answer string
		want         any
	}{
		{
			"a task with a network interface of its own",
			`tasks: [{taskArn: "` + prefix + `task/shop/1", taskDefinitionArn: "` + prefix + `task-definition/web:1", clusterArn: "` + prefix + `cluster/shop", group: "service:web", lastStatus: RUNNING,
  attachments: [{details: [{name: subnetId, value: subnet-1}, {name: networkInterfaceId, value: eni-1}]}],
  containers: [{name: sidecar}, {name: app, networkInterfaces: [{privateIpv4Address: 10.0.1.5, ipv6Address: "2001:db8::5"}]}, {name: proxy, networkInterfaces: [{privateIpv4Address: 10.0.1.5}]}]}]`,
			&aws.TaskSpec{
				TaskDefinition: prefix + "task-definition/web:1", Service: "web", Cluster: prefix + "cluster/shop", Status: "RUNNING", Interfaces: []string{"eni-1"}, Subnet: "subnet-1",
				PrivateIPs: []string{"10.0.1.5"}, IPv6s: []string{"2001:db8::5"}, IPv6Path: "$.containers[1].networkInterfaces[0].ipv6Address", Digests: map[string]string{},
			},
		},
		{
			"a task with ports of its host",
			`tasks: [{taskArn: "` + prefix + `task/shop/1", clusterArn: "` + prefix + `cluster/shop", group: "family:web", containerInstanceArn: "` + prefix + `container-instance/shop/1", containers: [{name: app, networkBindings: [
  {containerPort: 80, hostPort: 32768, protocol: tcp}, {containerPortRange: 90-99, hostPortRange: 33000-33009, protocol: udp}]}]}]`,
			&aws.TaskSpec{
				Cluster: prefix + "cluster/shop", ContainerInstance: prefix + "container-instance/shop/1", Digests: map[string]string{}, Bindings: []aws.Binding{
					{Path: "$.containers[0].networkBindings[0]", Container: "app", Port: 80, LastPort: 80, Host: 32768, LastHost: 32768, Protocol: "tcp"},
					{Path: "$.containers[0].networkBindings[1]", Container: "app", Port: 90, LastPort: 99, Host: 33000, LastHost: 33009, Protocol: "udp"},
				},
			},
		},
		{
			"a container instance of a capacity provider",
			`containerInstances: [{containerInstanceArn: "` + prefix + `container-instance/shop/1", ec2InstanceId: i-1, capacityProviderName: spot}]`,
			&aws.ContainerInstanceSpec{Cluster: prefix + "cluster/shop", Instance: "i-1", Provider: "spot"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, project(t, c.answer)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPortMappings(t *testing.T) {
	definition := project(t, `{family: web, containerDefinitions: [{name: app, portMappings: [
  {containerPort: 80}, {containerPort: 81, hostPort: 8081, protocol: udp}, {containerPortRange: 90-99, protocol: tcp}, {containerPortRange: 99-90}, {containerPortRange: "90"}, {containerPortRange: 1-99999}]}]}`).(*aws.TaskDefinitionSpec)
	const at = "$.containerDefinitions[0].portMappings"
	want := []aws.PortMapping{
		{Path: at + "[0]", Container: 80, Last: 80, Protocol: "tcp"},
		{Path: at + "[1]", Container: 81, Last: 81, Host: 8081, Protocol: "udp"},
		{Path: at + "[2]", Container: 90, Last: 99, Protocol: "tcp"},
		{Path: at + "[3]", Protocol: "tcp"},
		{Path: at + "[4]", Protocol: "tcp"},
		{Path: at + "[5]", Protocol: "tcp"},
	}
	if diff := cmp.Diff(want, definition.Containers[0].Ports); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOpenFieldsTouch(t *testing.T) {
	open := aws.Unknown{"$.IpPermissionsEgress", "$.resourcesVpcConfig.vpcId"}
	for path, want := range map[string]bool{
		"$.IpPermissionsEgress": true, "$.IpPermissionsEgress[0].IpRanges[1].CidrIp": true, "$": true, "$.resourcesVpcConfig": true, "$.resourcesVpcConfig.vpcId": true,
		"$.IpPermissions": false, "$.IpPermissions[0]": false, "$.resourcesVpcConfig.vpc": false, "$.resourcesVpcConfig.endpointPublicAccess": false,
	} {
		if got := open.Touches(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	for _, answer := range []string{
		`Subnets: [{SubnetId: a, x-merlon-unknown: ["$.a"]}]`, `RouteTables: [{RouteTableId: a, x-merlon-unknown: ["$.a"]}]`, `InternetGateways: [{InternetGatewayId: a, x-merlon-unknown: ["$.a"]}]`,
		`NetworkAcls: [{NetworkAclId: a, x-merlon-unknown: ["$.a"]}]`, `SecurityGroups: [{GroupId: a, x-merlon-unknown: ["$.a"]}]`, `Reservations: [{Instances: [{InstanceId: a, x-merlon-unknown: ["$.a"]}]}]`,
		`LaunchTemplateVersions: [{LaunchTemplateId: a, VersionNumber: 1, x-merlon-unknown: ["$.a"]}]`, `LoadBalancers: [{LoadBalancerArn: "tf://a", x-merlon-unknown: ["$.a"]}]`,
		`Listeners: [{ListenerArn: "tf://a", x-merlon-unknown: ["$.a"]}]`, `TargetGroups: [{TargetGroupArn: "tf://a", x-merlon-unknown: ["$.a"]}]`, `nodegroup: {nodegroupArn: "tf://a", x-merlon-unknown: ["$.a"]}`,
		`LoadBalancerDescriptions: [{LoadBalancerName: a, x-merlon-unknown: ["$.a"]}]`,
	} {
		if got := aws.OpenFields(project(t, answer)); !got.Touches("$.a") {
			t.Errorf("%s: open are %v", answer, got)
		}
	}
}
