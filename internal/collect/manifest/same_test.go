package manifest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// things is one small infrastructure, as three kinds of source may write it.
type things struct {
	public, exec, privileged, mapped, internal, endpoint, audit, encrypted bool
	user, network, pid, cidr, launch, action, variable                     string
	ports                                                                  []int
	host                                                                   string
}

func someThings(r *rand.Rand) things {
	flip := func() bool { return r.IntN(2) == 0 }
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	t := things{
		public: flip(), exec: flip(), privileged: flip(), mapped: flip(), internal: flip(), endpoint: flip(), audit: flip(), encrypted: flip(),
		user: pick("0", "1000", "app"), network: pick("awsvpc", "host", "bridge"), pid: pick("host", "task"), cidr: pick("0.0.0.0/0", "10.0.0.0/8", "192.0.2.0/24"),
		launch: pick("FARGATE", "EC2"), action: pick("*", "s3:*", "iam:PassRole"), variable: pick("PASSWORD", "MODE"), host: pick("/", "/var/run"),
	}
	for range 1 + r.IntN(3) {
		t.ports = append(t.ports, 1+r.IntN(1000))
	}
	return t
}

const (
	at       = "eu-west-1:111122223333:"
	roleARN  = "arn:aws:iam::111122223333:role/task"
	taskARN  = "arn:aws:ecs:" + at + "task-definition/web:7"
	shopARN  = "arn:aws:ecs:" + at + "cluster/shop"
	webARN   = "arn:aws:ecs:" + at + "service/shop/web"
	eksARN   = "arn:aws:eks:" + at + "cluster/shop"
	lbARN    = "arn:aws:elasticloadbalancing:" + at + "loadbalancer/app/web/1"
	tgARN    = "arn:aws:elasticloadbalancing:" + at + "targetgroup/t/1"
	keyARN   = "arn:aws:kms:" + at + "key/0d"
	policy   = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	password = "correct9horseBattery"
)

// word gives one of two words.
func word(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func (x things) document() string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + x.action + `","Resource":"*"}]}`
}

func (x things) trust() string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
}

// containers writes the container definitions; key writes the name of a member.
func (x things) containers(key func(string) string) string {
	member := func(name, value string) string { return fmt.Sprintf("%q:%s", key(name), value) }
	return `[{` + strings.Join([]string{
		member("name", `"web"`), member("image", `"nginx:1"`), member("privileged", fmt.Sprint(x.privileged)), member("user", `"`+x.user+`"`),
		member("linuxParameters", `{`+member("capabilities", `{`+member("add", `["SYS_ADMIN"]`)+`}`)+`}`),
		member("mountPoints", `[{`+member("sourceVolume", `"v"`)+`,`+member("containerPath", `"/h"`)+`,`+member("readOnly", fmt.Sprint(x.mapped))+`}]`),
		member("portMappings", `[{`+member("containerPort", "80")+`}]`),
		member("environment", `[{`+member("name", `"`+x.variable+`"`)+`,`+member("value", `"`+password+`"`)+`}]`),
	}, ",") + `}]`
}

func small(name string) string   { return name }
func capital(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// asAnswers writes what the AWS CLI prints.
func (x things) asAnswers() string {
	var rules []string
	groups := map[int]bool{}
	for _, p := range x.ports {
		if groups[p] {
			continue
		}
		groups[p] = true
		rules = append(rules, fmt.Sprintf(`{"IpProtocol":"tcp","FromPort":%d,"ToPort":%d,"IpRanges":[{"CidrIp":%q}],"UserIdGroupPairs":[]}`, p, p, x.cidr))
	}
	return strings.Join([]string{
		`{"Vpcs":[{"VpcId":"vpc-1","OwnerId":"111122223333","CidrBlock":"10.0.0.0/16"}]}`,
		fmt.Sprintf(`{"Subnets":[{"SubnetId":"subnet-1","SubnetArn":"arn:aws:ec2:%ssubnet/subnet-1","VpcId":"vpc-1","CidrBlock":"10.0.0.0/24","MapPublicIpOnLaunch":%v}]}`, at, x.mapped),
		`{"InternetGateways":[{"InternetGatewayId":"igw-1","OwnerId":"111122223333","Attachments":[{"VpcId":"vpc-1","State":"available"}]}]}`,
		`{"RouteTables":[{"RouteTableId":"rtb-1","VpcId":"vpc-1","OwnerId":"111122223333","Associations":[{"SubnetId":"subnet-1","Main":false}],"Routes":[{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-1","State":"active"},{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","State":"active"}]}]}`,
		fmt.Sprintf(`{"SecurityGroups":[{"GroupId":"sg-1","GroupName":"web","VpcId":"vpc-1","SecurityGroupArn":"arn:aws:ec2:%ssecurity-group/sg-1","IpPermissions":[%s],"IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}]}`, at, strings.Join(rules, ",")),
		fmt.Sprintf(`{"RoleDetailList":[{"RoleName":"task","Arn":%q,"AssumeRolePolicyDocument":%s,"RolePolicyList":[{"PolicyName":"p","PolicyDocument":%s}],"AttachedManagedPolicies":[{"PolicyName":"ReadOnlyAccess","PolicyArn":%q}]}]}`, roleARN, x.trust(), x.document(), policy),
		fmt.Sprintf(`{"taskDefinition":{"taskDefinitionArn":%q,"family":"web","revision":7,"networkMode":%q,"pidMode":%q,"taskRoleArn":%q,"requiresCompatibilities":[%q],"volumes":[{"name":"v","host":{"sourcePath":%q}}],"containerDefinitions":%s}}`, taskARN, x.network, x.pid, roleARN, x.launch, x.host, x.containers(small)),
		fmt.Sprintf(`{"services":[{"serviceArn":%q,"serviceName":"web","clusterArn":%q,"launchType":%q,"taskDefinition":%q,"enableExecuteCommand":%v,"loadBalancers":[{"targetGroupArn":%q,"containerName":"web","containerPort":80}],"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"],"securityGroups":["sg-1"],"assignPublicIp":%q}}}]}`,
			webARN, shopARN, x.launch, taskARN, x.exec, tgARN, word(x.public, "ENABLED", "DISABLED")),
		fmt.Sprintf(`{"LoadBalancers":[{"LoadBalancerArn":%q,"LoadBalancerName":"web","Type":"application","Scheme":%q,"VpcId":"vpc-1","AvailabilityZones":[{"SubnetId":"subnet-1"}],"SecurityGroups":["sg-1"]}]}`, lbARN, word(x.internal, "internal", "internet-facing")),
		fmt.Sprintf(`{"TargetGroups":[{"TargetGroupArn":%q,"TargetGroupName":"t","Port":80,"TargetType":"ip","VpcId":"vpc-1","LoadBalancerArns":[%q]}]}`, tgARN, lbARN),
		fmt.Sprintf(`{"cluster":{"arn":%q,"name":"shop","version":"1.33","roleArn":%q,"resourcesVpcConfig":{"endpointPublicAccess":%v,"endpointPrivateAccess":true,"publicAccessCidrs":[%q],"vpcId":"vpc-1","subnetIds":["subnet-1"],"securityGroupIds":["sg-1"]}%s%s}}`, eksARN, roleARN, x.endpoint, x.cidr,
			word(x.audit, `,"logging":{"clusterLogging":[{"types":["audit"],"enabled":true}]}`, ""), word(x.encrypted, `,"encryptionConfig":[{"resources":["secrets"],"provider":{"keyArn":"`+keyARN+`"}}]`, "")),
	}, "\n")
}

// asState writes what terraform show -json prints of a state.
func (x things) asState() string {
	quote := func(text string) string { b, _ := json.Marshal(text); return string(b) }
	blocks := []string{
		planResource("aws_vpc", "net", `{"id":"vpc-1","arn":"arn:aws:ec2:`+at+`vpc/vpc-1","owner_id":"111122223333","cidr_block":"10.0.0.0/16"}`),
		planResource("aws_subnet", "sub", fmt.Sprintf(`{"id":"subnet-1","arn":"arn:aws:ec2:%ssubnet/subnet-1","vpc_id":"vpc-1","cidr_block":"10.0.0.0/24","map_public_ip_on_launch":%v}`, at, x.mapped)),
		planResource("aws_internet_gateway", "gate", `{"id":"igw-1","arn":"arn:aws:ec2:`+at+`internet-gateway/igw-1","vpc_id":"vpc-1"}`),
		planResource("aws_route_table", "table", `{"id":"rtb-1","arn":"arn:aws:ec2:`+at+`route-table/rtb-1","vpc_id":"vpc-1","route":[{"cidr_block":"0.0.0.0/0","gateway_id":"igw-1"}]}`),
		planResource("aws_route_table_association", "join", `{"route_table_id":"rtb-1","subnet_id":"subnet-1"}`),
		planResource("aws_security_group", "group", `{"id":"sg-1","arn":"arn:aws:ec2:`+at+`security-group/sg-1","name":"web","vpc_id":"vpc-1","ingress":[],"egress":[{"protocol":"-1","from_port":0,"to_port":0,"cidr_blocks":["0.0.0.0/0"]}]}`),
		planResource("aws_iam_role", "task", fmt.Sprintf(`{"id":"task","arn":%q,"name":"task","assume_role_policy":%s,"inline_policy":[{"name":"p","policy":%s}],"managed_policy_arns":[%q]}`, roleARN, quote(x.trust()), quote(x.document()), policy)),
		planResource("aws_ecs_task_definition", "task", fmt.Sprintf(`{"arn":%q,"family":"web","revision":7,"network_mode":%q,"pid_mode":%q,"task_role_arn":%q,"requires_compatibilities":[%q],"volume":[{"name":"v","host_path":%q}],"container_definitions":%s}`, taskARN, x.network, x.pid, roleARN, x.launch, x.host, quote(x.containers(small)))),
		planResource("aws_ecs_cluster", "shop", fmt.Sprintf(`{"arn":%q,"name":"shop"}`, shopARN)),
		planResource("aws_ecs_service", "web", fmt.Sprintf(`{"id":%q,"name":"web","cluster":%q,"launch_type":%q,"task_definition":"web:7","enable_execute_command":%v,"load_balancer":[{"target_group_arn":%q,"container_name":"web","container_port":80}],"network_configuration":[{"subnets":["subnet-1"],"security_groups":["sg-1"],"assign_public_ip":%v}]}`, webARN, shopARN, x.launch, x.exec, tgARN, x.public)),
		planResource("aws_lb", "web", fmt.Sprintf(`{"arn":%q,"name":"web","load_balancer_type":"application","internal":%v,"vpc_id":"vpc-1","subnets":["subnet-1"],"security_groups":["sg-1"]}`, lbARN, x.internal)),
		planResource("aws_lb_target_group", "t", fmt.Sprintf(`{"arn":%q,"name":"t","port":80,"target_type":"ip","vpc_id":"vpc-1"}`, tgARN)),
		planResource("aws_lb_listener", "l", fmt.Sprintf(`{"arn":"arn:aws:elasticloadbalancing:%slistener/app/web/1/2","load_balancer_arn":%q,"port":80,"default_action":[{"type":"forward","target_group_arn":%q}]}`, at, lbARN, tgARN)),
		planResource("aws_eks_cluster", "shop", fmt.Sprintf(`{"arn":%q,"name":"shop","version":"1.33","role_arn":%q,"enabled_cluster_log_types":%s,"vpc_config":[{"endpoint_public_access":%v,"endpoint_private_access":true,"public_access_cidrs":[%q],"vpc_id":"vpc-1","subnet_ids":["subnet-1"],"security_group_ids":["sg-1"]}],"encryption_config":%s}`, eksARN, roleARN,
			word(x.audit, `["audit"]`, `[]`), x.endpoint, x.cidr, word(x.encrypted, `[{"resources":["secrets"],"provider":[{"key_arn":"`+keyARN+`"}]}]`, `[]`))),
	}
	for i, p := range x.ports {
		blocks = append(blocks, planResource("aws_vpc_security_group_ingress_rule", fmt.Sprintf("r%d", i), fmt.Sprintf(`{"security_group_id":"sg-1","ip_protocol":"tcp","from_port":%d,"to_port":%d,"cidr_ipv4":%q}`, p, p, x.cidr)))
	}
	return strings.Replace(planned(strings.Join(blocks, ","), "", ""), "planned_values", "values", 1)
}

// asTemplate writes a CloudFormation template.
func (x things) asTemplate() string {
	resource := func(name, kind, properties string) string {
		return fmt.Sprintf(`%q:{"Type":"AWS::%s","Properties":%s}`, name, kind, properties)
	}
	all := []string{
		resource("Net", "EC2::VPC", `{"CidrBlock":"10.0.0.0/16"}`),
		resource("Sub", "EC2::Subnet", fmt.Sprintf(`{"VpcId":{"Ref":"Net"},"CidrBlock":"10.0.0.0/24","MapPublicIpOnLaunch":%v}`, x.mapped)),
		resource("Gate", "EC2::InternetGateway", `{}`), resource("Attach", "EC2::VPCGatewayAttachment", `{"VpcId":{"Ref":"Net"},"InternetGatewayId":{"Ref":"Gate"}}`),
		resource("Table", "EC2::RouteTable", `{"VpcId":{"Ref":"Net"}}`), resource("Route", "EC2::Route", `{"RouteTableId":{"Ref":"Table"},"DestinationCidrBlock":"0.0.0.0/0","GatewayId":{"Ref":"Gate"}}`),
		resource("Join", "EC2::SubnetRouteTableAssociation", `{"RouteTableId":{"Ref":"Table"},"SubnetId":{"Fn::GetAtt":["Sub","SubnetId"]}}`),
		resource("Group", "EC2::SecurityGroup", `{"GroupName":"web","VpcId":{"Ref":"Net"}}`),
		resource("Role", "IAM::Role", fmt.Sprintf(`{"RoleName":"task","AssumeRolePolicyDocument":%s,"Policies":[{"PolicyName":"p","PolicyDocument":%s}],"ManagedPolicyArns":[{"Fn::Sub":"arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"}]}`, x.trust(), x.document())),
		resource("Task", "ECS::TaskDefinition", fmt.Sprintf(`{"Family":"web","NetworkMode":%q,"PidMode":%q,"TaskRoleArn":{"Fn::GetAtt":["Role","Arn"]},"RequiresCompatibilities":[%q],"Volumes":[{"Name":"v","Host":{"SourcePath":%q}}],"ContainerDefinitions":%s}`, x.network, x.pid, x.launch, x.host, x.containers(capital))),
		resource("Shop", "ECS::Cluster", `{"ClusterName":"shop"}`),
		resource("Web", "ECS::Service", fmt.Sprintf(`{"ServiceName":"web","Cluster":{"Ref":"Shop"},"LaunchType":%q,"TaskDefinition":{"Ref":"Task"},"EnableExecuteCommand":%v,"LoadBalancers":[{"TargetGroupArn":{"Ref":"Targets"},"ContainerName":"web","ContainerPort":80}],"NetworkConfiguration":{"AwsvpcConfiguration":{"Subnets":[{"Ref":"Sub"}],"SecurityGroups":[{"Ref":"Group"}],"AssignPublicIp":%q}}}`,
			x.launch, x.exec, word(x.public, "ENABLED", "DISABLED"))),
		resource("Balancer", "ElasticLoadBalancingV2::LoadBalancer", fmt.Sprintf(`{"Name":"web","Scheme":%q,"Subnets":[{"Ref":"Sub"}],"SecurityGroups":[{"Ref":"Group"}]}`, word(x.internal, "internal", "internet-facing"))),
		resource("Targets", "ElasticLoadBalancingV2::TargetGroup", `{"Name":"t","Port":80,"TargetType":"ip","VpcId":{"Ref":"Net"}}`),
		resource("Listener", "ElasticLoadBalancingV2::Listener", `{"LoadBalancerArn":{"Ref":"Balancer"},"Port":80,"DefaultActions":[{"Type":"forward","TargetGroupArn":{"Ref":"Targets"}}]}`),
		resource("Eks", "EKS::Cluster", fmt.Sprintf(`{"Name":"shop","Version":"1.33","RoleArn":{"Fn::GetAtt":["Role","Arn"]},"ResourcesVpcConfig":{"EndpointPublicAccess":%v,"EndpointPrivateAccess":true,"PublicAccessCidrs":[%q],"SubnetIds":[{"Ref":"Sub"}],"SecurityGroupIds":[{"Ref":"Group"}]},"Logging":{"ClusterLogging":{"EnabledTypes":%s}}%s}`, x.endpoint, x.cidr,
			word(x.audit, `[{"Type":"audit"}]`, `[]`), word(x.encrypted, `,"EncryptionConfig":[{"Resources":["secrets"],"Provider":{"KeyArn":"`+keyARN+`"}}]`, ""))),
	}
	for i, p := range x.ports {
		all = append(all, resource(fmt.Sprintf("Rule%d", i), "EC2::SecurityGroupIngress", fmt.Sprintf(`{"GroupId":{"Ref":"Group"},"IpProtocol":"tcp","FromPort":%d,"ToPort":%d,"CidrIp":%q}`, p, p, x.cidr)))
	}
	return `{"AWSTemplateFormatVersion":"2010-09-09","Resources":{` + strings.Join(all, ",") + `}}`
}

// specs gives the projections of what a file holds, by type, with relations; real names stand in the place of planned.
func specs(t *testing.T, text string) map[inventory.Type]string {
	t.Helper()
	folder(t, map[string]string{"t.json": text})
	res := read(t, manifest.Options{Paths: []string{"t.json"}})
	if n := notes(res.Sources[0]); len(n) > 0 {
		t.Fatalf("notes %v", n)
	}
	names := strings.NewReplacer(
		"cfn://t/Net", "vpc-1", "cfn://t/Sub", "subnet-1", "cfn://t/Gate", "igw-1", "cfn://t/Table", "rtb-1", "cfn://t/Group", "sg-1", "cfn://t/Role", roleARN,
		"cfn://t/Task", taskARN, "cfn://t/Shop", shopARN, "cfn://t/Web", webARN, "cfn://t/Balancer", lbARN, "cfn://t/Targets", tgARN, "cfn://t/Eks", eksARN,
	)
	all := map[inventory.Type]string{}
	for _, r := range res.Resources {
		switch {
		case strings.Contains(string(r.UID), "#"): // what AWS makes along with a VPC
			continue
		case r.Type == aws.ECSCluster || r.Type == aws.Listener:
			continue
		}
		text, err := json.MarshalIndent([]any{r.Spec, r.Relations}, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		all[r.Type] = names.Replace(string(text))
	}
	return all
}

// TestThreeSourcesOfOneInfrastructureSayTheSame writes many infrastructures as answers of the AWS CLI, as a Terraform state
// and as a CloudFormation template, and expects the same of each.
func TestThreeSourcesOfOneInfrastructureSayTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		x := someThings(r)
		want := specs(t, x.asAnswers())
		if len(want) != 11 {
			t.Fatalf("%d types", len(want))
		}
		for name, text := range map[string]string{"the state": x.asState(), "the template": x.asTemplate()} {
			if diff := cmp.Diff(want, specs(t, text)); diff != "" {
				t.Fatalf("%s of %+v (-want +got):\n%s", name, x, diff)
			}
		}
	}
}
