//go:build e2e

package e2e

import (
	"context"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	balancing "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

const estateAccount = "123456789012"

// estateARN names a resource of AWS IAM.
func estateARN(name string) string { return "arn:aws:iam::" + estateAccount + ":" + name }

// An estate is an account that is filled through the SDK, which takes seconds where the AWS CLI takes minutes.
type estate struct {
	*AWS
	ec2 *ec2.Client
	ecs *ecs.Client
	eks *eks.Client
	ecr *ecr.Client
	elb *balancing.Client
	iam *iam.Client

	net    estateNetwork
	images map[string]string // references, by name
	made   map[string]bool   // clusters and shared roles that are there
	files  []any             // answers that moto cannot give
}

// estateNetwork names the parts of the network: IDs and, of target groups, ARNs, by the names that the tables have.
type estateNetwork struct {
	vpc             string
	subnets, groups map[string]string
	targets         map[string]string
}

func newEstate(a *AWS) *estate {
	c := sdk.Config{Region: awsRegion, BaseEndpoint: &a.URL, Credentials: credentials.NewStaticCredentialsProvider("AKIA0000000000000000", "secret", "")}
	return &estate{
		AWS: a, ec2: ec2.NewFromConfig(c), ecs: ecs.NewFromConfig(c), eks: eks.NewFromConfig(c), ecr: ecr.NewFromConfig(c),
		elb: balancing.NewFromConfig(c), iam: iam.NewFromConfig(c),
		images: map[string]string{}, made: map[string]bool{},
	}
}

// do sends one request of the SDK.
func do[In, Out, Option any](t testing.TB, send func(context.Context, *In, ...Option) (*Out, error), in *In) *Out {
	t.Helper()
	out, err := send(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (e *estate) fillNetwork() {
	e.t.Helper()
	e.net = estateNetwork{subnets: map[string]string{}, groups: map[string]string{}, targets: map[string]string{}}
	e.net.vpc = *do(e.t, e.ec2.CreateVpc, &ec2.CreateVpcInput{CidrBlock: ptr("10.1.0.0/16")}).Vpc.VpcId
	gateway := do(e.t, e.ec2.CreateInternetGateway, &ec2.CreateInternetGatewayInput{}).InternetGateway.InternetGatewayId
	do(e.t, e.ec2.AttachInternetGateway, &ec2.AttachInternetGatewayInput{VpcId: &e.net.vpc, InternetGatewayId: gateway})
	table := do(e.t, e.ec2.CreateRouteTable, &ec2.CreateRouteTableInput{VpcId: &e.net.vpc}).RouteTable.RouteTableId
	do(e.t, e.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: table, DestinationCidrBlock: ptr("0.0.0.0/0"), GatewayId: gateway})
	for _, s := range []struct {
		name, block, zone string
		public            bool
	}{
		{"private", "10.1.1.0/24", "a", false},
		{"private-b", "10.1.2.0/24", "b", false},
		{"public", "10.1.3.0/24", "a", true},
		{"public-b", "10.1.4.0/24", "b", true},
		{"refusing", "10.1.5.0/24", "a", true},
	} {
		id := do(e.t, e.ec2.CreateSubnet, &ec2.CreateSubnetInput{VpcId: &e.net.vpc, CidrBlock: &s.block, AvailabilityZone: ptr(awsRegion + s.zone)}).Subnet.SubnetId
		e.net.subnets[s.name] = *id
		if s.public {
			do(e.t, e.ec2.AssociateRouteTable, &ec2.AssociateRouteTableInput{SubnetId: id, RouteTableId: table})
			do(e.t, e.ec2.ModifySubnetAttribute, &ec2.ModifySubnetAttributeInput{SubnetId: id, MapPublicIpOnLaunch: &ec2types.AttributeBooleanValue{Value: ptr(true)}})
		}
	}
	e.refuse(e.net.subnets["refusing"])
	e.fillGroups()
}

// refuse gives a subnet a network ACL that lets nothing in.
func (e *estate) refuse(subnet string) {
	e.t.Helper()
	acl := do(e.t, e.ec2.CreateNetworkAcl, &ec2.CreateNetworkAclInput{VpcId: &e.net.vpc}).NetworkAcl.NetworkAclId
	all := do(e.t, e.ec2.DescribeNetworkAcls, &ec2.DescribeNetworkAclsInput{})
	for i := range all.NetworkAcls {
		for _, a := range all.NetworkAcls[i].Associations {
			if *a.SubnetId == subnet {
				do(e.t, e.ec2.ReplaceNetworkAclAssociation, &ec2.ReplaceNetworkAclAssociationInput{AssociationId: a.NetworkAclAssociationId, NetworkAclId: acl})
			}
		}
	}
}

func (e *estate) fillGroups() {
	e.t.Helper()
	add := func(name string, port int32, p ec2types.IpPermission) {
		if e.net.groups[name] == "" {
			e.net.groups[name] = *do(e.t, e.ec2.CreateSecurityGroup, &ec2.CreateSecurityGroupInput{GroupName: &name, Description: &name, VpcId: &e.net.vpc}).GroupId
		}
		p.IpProtocol, p.FromPort, p.ToPort = ptr("tcp"), &port, &port
		do(e.t, e.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: ptr(e.net.groups[name]), IpPermissions: []ec2types.IpPermission{p}})
	}
	from := func(blocks ...string) (p ec2types.IpPermission) {
		for _, b := range blocks {
			p.IpRanges = append(p.IpRanges, ec2types.IpRange{CidrIp: &b})
		}
		return p
	}
	group := func(name string) ec2types.IpPermission {
		return ec2types.IpPermission{UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: ptr(e.net.groups[name])}}}
	}
	add("closed", 8080, from("10.1.0.0/16"))
	add("open", 8080, from("0.0.0.0/0"))
	add("open-22", 22, from("0.0.0.0/0"))
	add("open-ipv6", 8080, ec2types.IpPermission{Ipv6Ranges: []ec2types.Ipv6Range{{CidrIpv6: ptr("::/0")}}})
	add("halves", 8080, from("0.0.0.0/1", "128.0.0.0/1"))
	add("balancer", 80, from("0.0.0.0/0"))
	add("balanced", 8080, group("balancer"))
	add("instances", 8080, group("balancer"))
}

// fillBalancers makes one load balancer for each kind: its scheme, and whether its target group is one that a listener knows.
func (e *estate) fillBalancers() {
	e.t.Helper()
	for _, b := range []struct {
		name   string
		scheme elbtypes.LoadBalancerSchemeEnum
		target elbtypes.TargetTypeEnum
		heard  bool
	}{
		{"public", elbtypes.LoadBalancerSchemeEnumInternetFacing, elbtypes.TargetTypeEnumIp, true},
		{"internal", elbtypes.LoadBalancerSchemeEnumInternal, elbtypes.TargetTypeEnumIp, true},
		{"unheard", elbtypes.LoadBalancerSchemeEnumInternetFacing, elbtypes.TargetTypeEnumIp, false},
		{"shop", elbtypes.LoadBalancerSchemeEnumInternetFacing, elbtypes.TargetTypeEnumInstance, true},
	} {
		subnets := []string{e.net.subnets["public"], e.net.subnets["public-b"]}
		lb := do(e.t, e.elb.CreateLoadBalancer, &balancing.CreateLoadBalancerInput{
			Name: &b.name, Scheme: b.scheme, Subnets: subnets, SecurityGroups: []string{e.net.groups["balancer"]},
		}).LoadBalancers[0].LoadBalancerArn
		target := do(e.t, e.elb.CreateTargetGroup, &balancing.CreateTargetGroupInput{
			Name: &b.name, Protocol: elbtypes.ProtocolEnumHttp, Port: ptr[int32](8080), TargetType: b.target, VpcId: &e.net.vpc,
		}).TargetGroups[0].TargetGroupArn
		e.net.targets[b.name] = *target
		if b.heard {
			do(e.t, e.elb.CreateListener, &balancing.CreateListenerInput{
				LoadBalancerArn: lb, Protocol: elbtypes.ProtocolEnumHttp, Port: ptr[int32](80),
				DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: target}},
			})
		}
	}
}

// fillRoles makes the role of container instances and nodes.
func (e *estate) fillRoles() {
	e.t.Helper()
	do(e.t, e.iam.CreateRole, trustedBy("instances"))
	do(e.t, e.iam.CreateInstanceProfile, &iam.CreateInstanceProfileInput{InstanceProfileName: ptr("instances")})
	do(e.t, e.iam.AddRoleToInstanceProfile, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: ptr("instances"), RoleName: ptr("instances")})
}

// role makes the task role of a service, and gives its ARN.
func (e *estate) role(s *estateService) string {
	e.t.Helper()
	name := "task-" + s.name
	if s.role.shared != "" {
		name = "task-" + s.role.shared
	}
	if e.made[name] {
		return estateARN("role/" + name)
	}
	e.made[name] = true
	in := trustedBy(name)
	if s.role.boundary != "" {
		in.PermissionsBoundary = ptr("arn:aws:iam::aws:policy/" + s.role.boundary)
	}
	do(e.t, e.iam.CreateRole, in)
	policy := s.role.policy
	if policy == "" && s.role.managed == "" {
		policy = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shop/*"}`
	}
	if policy != "" {
		do(e.t, e.iam.PutRolePolicy, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: ptr("own"), PolicyDocument: ptr(statement(policy))})
	}
	if s.role.managed != "" {
		do(e.t, e.iam.AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: ptr("arn:aws:iam::aws:policy/" + s.role.managed)})
	}
	return estateARN("role/" + name)
}

// service makes a service, with its cluster, role and task definition.
func (e *estate) service(s *estateService) {
	e.t.Helper()
	cluster := e.cluster(s)
	definition := e.definition(s)
	if s.recorded != nil {
		e.record(s, cluster, definition)
		return
	}
	in := &ecs.CreateServiceInput{Cluster: &cluster, ServiceName: &s.name, TaskDefinition: &definition, DesiredCount: ptr[int32](1), LaunchType: types.LaunchTypeEc2}
	if s.cluster == "" || s.ownInterface {
		in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{
			Subnets: []string{e.net.subnets[orElse(s.subnet, "private")]}, SecurityGroups: []string{e.net.groups[orElse(s.group, "closed")]}, AssignPublicIp: types.AssignPublicIpDisabled,
		}}
	}
	if s.cluster == "" {
		in.LaunchType = types.LaunchTypeFargate
	}
	if s.publicIP {
		in.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp = types.AssignPublicIpEnabled
	}
	if s.balancer != "" {
		in.LoadBalancers = []types.LoadBalancer{{TargetGroupArn: ptr(e.net.targets[s.balancer]), ContainerName: ptr("app"), ContainerPort: ptr[int32](8080)}}
	}
	do(e.t, e.ecs.CreateService, in)
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// cluster makes the cluster of a service with its instance, once, and gives its name.
func (e *estate) cluster(s *estateService) string {
	e.t.Helper()
	name := orElse(s.cluster, "fargate")
	if name == "own" {
		name = s.name
	}
	if e.made["cluster "+name] {
		return name
	}
	e.made["cluster "+name] = true
	do(e.t, e.ecs.CreateCluster, &ecs.CreateClusterInput{ClusterName: &name})
	if s.cluster == "" || s.hostless {
		return name
	}
	id := e.instance(s.instance)
	do(e.t, e.ecs.RegisterContainerInstance, &ecs.RegisterContainerInstanceInput{Cluster: &name, InstanceIdentityDocument: ptr(`{"instanceId":"` + id + `"}`)})
	if s.balancer != "" {
		do(e.t, e.elb.RegisterTargets, &balancing.RegisterTargetsInput{TargetGroupArn: ptr(e.net.targets[s.balancer]), Targets: []elbtypes.TargetDescription{{Id: &id, Port: ptr[int32](8080)}}})
	}
	return name
}

// instance starts an instance that is as closed as can be, but for what change does.
func (e *estate) instance(change func(*ec2.RunInstancesInput, *estateNetwork)) string {
	e.t.Helper()
	in := &ec2.RunInstancesInput{
		ImageId: ptr("ami-12c6146b"), InstanceType: ec2types.InstanceTypeT3Micro, MinCount: ptr[int32](1), MaxCount: ptr[int32](1),
		IamInstanceProfile: &ec2types.IamInstanceProfileSpecification{Name: ptr("instances")},
	}
	metadata(ec2types.InstanceMetadataEndpointStateEnabled, ec2types.HttpTokensStateRequired, 1)(in, &e.net)
	placed("private", "closed")(in, &e.net)
	if change != nil {
		change(in, &e.net)
	}
	return *do(e.t, e.ec2.RunInstances, in).Instances[0].InstanceId
}

// definition registers the task definition of a service, and gives its ARN.
func (e *estate) definition(s *estateService) string {
	e.t.Helper()
	port := types.PortMapping{ContainerPort: ptr[int32](8080), HostPort: ptr[int32](8080), Protocol: types.TransportProtocolTcp}
	in := &ecs.RegisterTaskDefinitionInput{Family: &s.name, ContainerDefinitions: []types.ContainerDefinition{{
		Name: ptr("app"), Image: ptr(e.images[orElse(s.image, "clean")]), User: ptr("1000"), ReadonlyRootFilesystem: ptr(true), Memory: ptr[int32](512),
		PortMappings: []types.PortMapping{port},
	}}}
	in.RequiresCompatibilities, in.NetworkMode, in.Cpu, in.Memory = []types.Compatibility{types.CompatibilityFargate}, types.NetworkModeAwsvpc, ptr("256"), ptr("512")
	if s.cluster != "" {
		in.RequiresCompatibilities, in.NetworkMode = []types.Compatibility{types.CompatibilityEc2}, types.NetworkModeBridge
	}
	if s.ownInterface {
		in.NetworkMode = types.NetworkModeAwsvpc
	}
	if !s.role.none {
		in.TaskRoleArn = ptr(e.role(s))
	}
	if s.change != nil {
		s.change(in)
	}
	return *do(e.t, e.ecs.RegisterTaskDefinition, in).TaskDefinition.TaskDefinitionArn
}
