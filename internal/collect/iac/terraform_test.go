package iac_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/inventory"
)

const (
	account = "111122223333"
	region  = "eu-west-1"
	ec2     = "arn:aws:ec2:" + region + ":" + account + ":"
	iam     = "arn:aws:iam::" + account + ":"
)

func TestAStateBecomesWhatTheAPIWouldAnswer(t *testing.T) {
	const lb = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:"
	const eks = "arn:aws:eks:eu-west-1:111122223333:"
	for _, c := range []struct {
		name   string
		blocks []block
		uid    inventory.UID
		want   string
	}{
		{"a VPC with a second block", []block{
			{address: "aws_vpc.a", values: `{"id":"vpc-1","arn":"` + ec2 + `vpc/vpc-1","cidr_block":"10.0.0.0/16","ipv6_cidr_block":"","owner_id":"111122223333","tags":{"A":"old"},"tags_all":{"Name":"a","k8s.io/x":"y"}}`},
			{address: "aws_vpc_ipv4_cidr_block_association.b", values: `{"vpc_id":"vpc-1","cidr_block":"10.1.0.0/16"}`},
		}, ec2 + "vpc/vpc-1", `{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","OwnerId":"111122223333","Tags":{"Name":"a","k8s.io/x":"y"},"CidrBlockAssociationSet":[{"CidrBlock":"10.1.0.0/16"}]}`},
		{"a subnet", []block{
			{address: "aws_subnet.a", values: `{"id":"subnet-1","arn":"` + ec2 + `subnet/subnet-1","vpc_id":"vpc-1","cidr_block":"10.0.1.0/24","availability_zone":"eu-west-1a","map_public_ip_on_launch":true,"ipv6_cidr_block":"2001:db8::/64","tags":null}`},
		}, ec2 + "subnet/subnet-1", `{"SubnetId":"subnet-1","SubnetArn":"` + ec2 + `subnet/subnet-1","VpcId":"vpc-1","CidrBlock":"10.0.1.0/24","AvailabilityZone":"eu-west-1a","MapPublicIpOnLaunch":true,"Ipv6CidrBlockAssociationSet":[{"Ipv6CidrBlock":"2001:db8::/64"}]}`},
		{"a route table with routes and associations of its own and of others", []block{
			{address: "aws_vpc.a", values: `{"id":"vpc-1","arn":"` + ec2 + `vpc/vpc-1","cidr_block":"10.0.0.0/16"}`},
			{address: "aws_route_table.a", values: `{"id":"rtb-1","arn":"` + ec2 + `route-table/rtb-1","vpc_id":"vpc-1","route":[{"cidr_block":"0.0.0.0/0","gateway_id":"igw-1","nat_gateway_id":"","ipv6_cidr_block":""}]}`},
			{address: "aws_route.b", values: `{"route_table_id":"rtb-1","destination_ipv6_cidr_block":"::/0","egress_only_gateway_id":"eigw-1"}`},
			{address: "aws_route_table_association.c", values: `{"route_table_id":"rtb-1","subnet_id":"subnet-1","gateway_id":""}`},
			{address: "aws_main_route_table_association.d", values: `{"route_table_id":"rtb-1","vpc_id":"vpc-1"}`},
		}, ec2 + "route-table/rtb-1", `{"RouteTableId":"rtb-1","VpcId":"vpc-1","Routes":[{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-1"},{"DestinationIpv6CidrBlock":"::/0","EgressOnlyInternetGatewayId":"eigw-1"},{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local"}],"Associations":[{"SubnetId":"subnet-1","Main":false},{"Main":true}]}`},
		{"a default route table", []block{
			{address: "aws_default_route_table.a", values: `{"id":"rtb-2","arn":"` + ec2 + `route-table/rtb-2","vpc_id":"vpc-9","route":[]}`},
		}, ec2 + "route-table/rtb-2", `{"RouteTableId":"rtb-2","VpcId":"vpc-9","Associations":[{"Main":true}]}`},
		{"an internet gateway", []block{
			{address: "aws_internet_gateway.a", values: `{"id":"igw-1","arn":"` + ec2 + `internet-gateway/igw-1","vpc_id":"vpc-1"}`},
		}, ec2 + "internet-gateway/igw-1", `{"InternetGatewayId":"igw-1","Attachments":[{"VpcId":"vpc-1","State":"available"}]}`},
		{"a NAT gateway, which has no ARN, in the VPC of its subnet", []block{
			{address: "aws_nat_gateway.a", values: `{"id":"nat-1","subnet_id":"subnet-1","connectivity_type":"public"}`},
			{address: "aws_subnet.b", values: `{"id":"subnet-1","arn":"` + ec2 + `subnet/subnet-1","vpc_id":"vpc-1"}`},
		}, ec2 + "natgateway/nat-1", `{"NatGatewayId":"nat-1","SubnetId":"subnet-1","ConnectivityType":"public","VpcId":"vpc-1"}`},
		{"a security group with rules of every kind, each once", []block{
			{address: "aws_security_group.a", values: `{"id":"sg-1","arn":"` + ec2 + `security-group/sg-1","name":"web","vpc_id":"vpc-1","ingress":[{"protocol":"tcp","from_port":443,"to_port":443,"cidr_blocks":["0.0.0.0/0"],"ipv6_cidr_blocks":["::/0"],"security_groups":["sg-2"],"prefix_list_ids":["pl-1"],"self":true,"description":""}],"egress":[{"protocol":"-1","from_port":0,"to_port":0,"cidr_blocks":["0.0.0.0/0"],"ipv6_cidr_blocks":[],"security_groups":[],"prefix_list_ids":[],"self":false}]}`},
			{address: "aws_security_group_rule.b", values: `{"security_group_id":"sg-1","type":"ingress","protocol":"tcp","from_port":443,"to_port":443,"cidr_blocks":["0.0.0.0/0","10.0.0.0/8"],"source_security_group_id":null,"self":false}`},
			{address: "aws_vpc_security_group_ingress_rule.c", values: `{"security_group_id":"sg-1","ip_protocol":"6","from_port":22,"to_port":22,"cidr_ipv4":"10.0.0.0/8","referenced_security_group_id":null}`},
			{address: "aws_vpc_security_group_egress_rule.d", values: `{"security_group_id":"sg-1","ip_protocol":"udp","from_port":53,"to_port":53,"referenced_security_group_id":"sg-2"}`},
		}, ec2 + "security-group/sg-1", `{"GroupId":"sg-1","GroupName":"web","VpcId":"vpc-1","IpPermissions":[
			{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"},{"CidrIp":"10.0.0.0/8"}],"Ipv6Ranges":[{"CidrIpv6":"::/0"}],"UserIdGroupPairs":[{"GroupId":"sg-2"},{"GroupId":"sg-1"}],"PrefixListIds":[{"PrefixListId":"pl-1"}]},
			{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"10.0.0.0/8"}]}],
			"IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]},{"IpProtocol":"udp","FromPort":53,"ToPort":53,"UserIdGroupPairs":[{"GroupId":"sg-2"}]}]}`},
		{"a network ACL", []block{
			{address: "aws_network_acl.a", values: `{"id":"acl-1","arn":"` + ec2 + `network-acl/acl-1","vpc_id":"vpc-1","subnet_ids":["subnet-1"],"ingress":[{"rule_no":100,"action":"allow","protocol":"tcp","cidr_block":"0.0.0.0/0","ipv6_cidr_block":"","from_port":80,"to_port":80,"icmp_code":0,"icmp_type":0}],"egress":[]}`},
			{address: "aws_network_acl_rule.b", values: `{"network_acl_id":"acl-1","rule_number":200,"egress":true,"rule_action":"deny","protocol":"-1","cidr_block":"10.0.0.0/8","from_port":0,"to_port":0}`},
		}, ec2 + "network-acl/acl-1", `{"NetworkAclId":"acl-1","VpcId":"vpc-1","Associations":[{"SubnetId":"subnet-1"}],"Entries":[{"Egress":false,"RuleNumber":100,"RuleAction":"allow","Protocol":"6","CidrBlock":"0.0.0.0/0","PortRange":{"From":80,"To":80}},{"Egress":true,"RuleNumber":200,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.0.0.0/8"}]}`},
		{"an instance", []block{
			{address: "aws_instance.a", values: `{"id":"i-1","arn":"` + ec2 + `instance/i-1","subnet_id":"subnet-1","vpc_security_group_ids":["sg-1"],"iam_instance_profile":"nodes","public_ip":"192.0.2.1","metadata_options":[{"http_endpoint":"enabled","http_tokens":"optional","http_put_response_hop_limit":2}],"user_data":"x","availability_zone":"eu-west-1a","instance_state":"running","ami":"ami-1","ipv6_addresses":["2001:db8::1"],"private_ip":"10.0.0.9"}`},
			{address: "aws_iam_instance_profile.p", values: `{"id":"nodes","name":"nodes","arn":"` + iam + `instance-profile/nodes","role":"node"}`},
		}, ec2 + "instance/i-1", `{"InstanceId":"i-1","SubnetId":"subnet-1","SecurityGroups":[{"GroupId":"sg-1"}],"IamInstanceProfile":{"Arn":"` + iam + `instance-profile/nodes"},"PublicIpAddress":"192.0.2.1","MetadataOptions":{"HttpEndpoint":"enabled","HttpTokens":"optional","HttpPutResponseHopLimit":2},"Placement":{"AvailabilityZone":"eu-west-1a"},"State":{"Name":"running"},"ImageId":"ami-1","NetworkInterfaces":[{"SubnetId":"subnet-1","Association":{"PublicIp":"192.0.2.1"},"Groups":[{"GroupId":"sg-1"}],"PrivateIpAddresses":[{"PrivateIpAddress":"10.0.0.9"}],"Ipv6Addresses":[{"Ipv6Address":"2001:db8::1"}]}]}`},
		{"the newest version of a launch template", []block{
			{address: "aws_launch_template.a", values: `{"id":"lt-1","arn":"` + ec2 + `launch-template/lt-1","name":"n","latest_version":3,"default_version":1,"user_data":"c2VjcmV0","metadata_options":[{"http_tokens":"required","http_put_response_hop_limit":1}],"vpc_security_group_ids":["sg-1"],"network_interfaces":[{"associate_public_ip_address":"true","security_groups":["sg-2"]}],"iam_instance_profile":[{"name":"nodes"}]}`},
		}, ec2 + "launch-template-version/lt-1:3", `{"LaunchTemplateId":"lt-1","VersionNumber":3,"DefaultVersion":false,"LaunchTemplateData":{"MetadataOptions":{"HttpTokens":"required","HttpPutResponseHopLimit":1},"IamInstanceProfile":{"Name":"nodes"},"SecurityGroupIds":["sg-1"],"NetworkInterfaces":[{"AssociatePublicIpAddress":true,"Groups":["sg-2"]}]}}`},
		{"a load balancer", []block{
			{address: "aws_lb.a", values: `{"id":"` + lb + `loadbalancer/app/web/1","arn":"` + lb + `loadbalancer/app/web/1","name":"web","internal":false,"load_balancer_type":"application","security_groups":["sg-1"],"subnets":["subnet-1","subnet-2"],"subnet_mapping":[],"vpc_id":"vpc-1","dns_name":"web.example.com"}`},
		}, lb + "loadbalancer/app/web/1", `{"LoadBalancerArn":"` + lb + `loadbalancer/app/web/1","LoadBalancerName":"web","Type":"application","VpcId":"vpc-1","SecurityGroups":["sg-1"],"DNSName":"web.example.com","Scheme":"internet-facing","AvailabilityZones":[{"SubnetId":"subnet-1"},{"SubnetId":"subnet-2"}]}`},
		{"a target group and the load balancers that send traffic to it", []block{
			{address: "aws_lb_target_group.a", values: `{"id":"` + lb + `targetgroup/t/1","arn":"` + lb + `targetgroup/t/1","name":"t","port":80,"protocol":"HTTP","target_type":"ip","vpc_id":"vpc-1","preserve_client_ip":"true","ip_address_type":"ipv4"}`},
			{address: "aws_lb_listener.b", values: `{"arn":"` + lb + `listener/app/web/1/2","load_balancer_arn":"` + lb + `loadbalancer/app/web/1","port":80,"protocol":"HTTP","default_action":[{"type":"forward","target_group_arn":"` + lb + `targetgroup/t/1","forward":[]}]}`},
			{address: "aws_alb_listener.c", values: `{"arn":"` + lb + `listener/app/other/1/2","load_balancer_arn":"` + lb + `loadbalancer/app/other/1","port":80,"default_action":[{"type":"fixed-response"}]}`},
			{address: "aws_lb_listener_rule.d", values: `{"listener_arn":"` + lb + `listener/app/other/1/2","action":[{"type":"forward","forward":[{"target_group":[{"arn":"` + lb + `targetgroup/t/1","weight":1}]}]}]}`},
		}, lb + "targetgroup/t/1", `{"TargetGroupArn":"` + lb + `targetgroup/t/1","TargetGroupName":"t","Port":80,"Protocol":"HTTP","TargetType":"ip","VpcId":"vpc-1","IpAddressType":"ipv4","Attributes":[{"Key":"preserve_client_ip.enabled","Value":"true"}],"LoadBalancerArns":["` + lb + `loadbalancer/app/other/1","` + lb + `loadbalancer/app/web/1"]}`},
		{"the targets of a target group", []block{
			{address: "aws_lb_target_group.a", values: `{"arn":"` + lb + `targetgroup/t/1","name":"t"}`},
			{address: "aws_lb_target_group_attachment.b", values: `{"target_group_arn":"` + lb + `targetgroup/t/1","target_id":"i-1","port":80}`},
		}, lb + "targetgroup/t/1#target-health", `{"TargetGroupArn":"` + lb + `targetgroup/t/1","TargetHealthDescriptions":[{"Target":{"Id":"i-1","Port":80}}],"x-merlon-unknown":["$.TargetHealthDescriptions[0].TargetHealth.State"]}`},
		{"a classic load balancer", []block{
			{address: "aws_elb.a", values: `{"arn":"` + lb + `loadbalancer/old","name":"old","internal":true,"subnets":["subnet-1"],"security_groups":["sg-1"],"instances":["i-1"],"listener":[{"lb_port":80,"lb_protocol":"http","instance_port":8080,"instance_protocol":"http"}]}`},
		}, lb + "loadbalancer/old", `{"LoadBalancerName":"old","Scheme":"internal","Subnets":["subnet-1"],"SecurityGroups":["sg-1"],"Instances":[{"InstanceId":"i-1"}],"ListenerDescriptions":[{"Listener":{"Protocol":"http","LoadBalancerPort":80,"InstanceProtocol":"http","InstancePort":8080}}]}`},
		{"an EKS cluster", []block{
			{address: "aws_eks_cluster.a", values: `{"arn":"` + eks + `cluster/shop","id":"shop","name":"shop","version":"1.33","endpoint":"https://x","role_arn":"` + iam + `role/eks","enabled_cluster_log_types":["audit","api"],"vpc_config":[{"endpoint_public_access":true,"endpoint_private_access":false,"public_access_cidrs":["0.0.0.0/0"],"subnet_ids":["subnet-1"],"security_group_ids":["sg-1"],"cluster_security_group_id":"sg-2","vpc_id":"vpc-1"}],"encryption_config":[{"resources":["secrets"],"provider":[{"key_arn":"arn:aws:kms:eu-west-1:111122223333:key/1"}]}],"access_config":[{"authentication_mode":"API"}],"identity":[{"oidc":[{"issuer":"https://oidc"}]}],"certificate_authority":[{"data":"x"}],"upgrade_policy":[{"support_type":"EXTENDED"}]}`},
		}, eks + "cluster/shop", `{"arn":"` + eks + `cluster/shop","name":"shop","version":"1.33","endpoint":"https://x","roleArn":"` + iam + `role/eks","resourcesVpcConfig":{"endpointPublicAccess":true,"endpointPrivateAccess":false,"publicAccessCidrs":["0.0.0.0/0"],"subnetIds":["subnet-1"],"securityGroupIds":["sg-1"],"clusterSecurityGroupId":"sg-2","vpcId":"vpc-1"},"encryptionConfig":[{"resources":["secrets"],"provider":{"keyArn":"arn:aws:kms:eu-west-1:111122223333:key/1"}}],"accessConfig":{"authenticationMode":"API"},"identity":{"oidc":{"issuer":"https://oidc"}},"upgradePolicy":{"supportType":"EXTENDED"},"logging":{"clusterLogging":[{"types":["audit","api"],"enabled":true}]}}`},
		{"a node group, by the name of its cluster", []block{
			{address: "aws_eks_cluster.c", values: `{"arn":"` + eks + `cluster/shop","name":"shop"}`},
			{address: "aws_eks_node_group.a", values: `{"arn":"` + eks + `nodegroup/shop/n/1","id":"shop:n","cluster_name":"shop","node_group_name":"n","node_role_arn":"` + iam + `role/node","subnet_ids":["subnet-1"],"launch_template":[{"id":"lt-1","name":"n","version":"3"}],"resources":[{"autoscaling_groups":[{"name":"asg"}]}]}`},
		}, eks + "nodegroup/shop/n/1", `{"nodegroupArn":"` + eks + `nodegroup/shop/n/1","clusterName":"shop","nodegroupName":"n","nodeRole":"` + iam + `role/node","subnets":["subnet-1"],"launchTemplate":{"id":"lt-1","name":"n","version":"3"},"resources":{"autoScalingGroups":[{"name":"asg"}]}}`},
		{"a pod identity association", []block{
			{address: "aws_eks_pod_identity_association.a", values: `{"association_arn":"` + eks + `podidentityassociation/shop/a-1","cluster_name":"shop","namespace":"web","service_account":"api","role_arn":"` + iam + `role/api"}`},
		}, eks + "podidentityassociation/shop/a-1", `{"associationArn":"` + eks + `podidentityassociation/shop/a-1","clusterName":"shop","namespace":"web","serviceAccount":"api","roleArn":"` + iam + `role/api"}`},
		{"access policies of one principal, in one answer", []block{
			{address: "aws_eks_cluster.c", values: `{"arn":"` + eks + `cluster/shop","name":"shop"}`},
			{address: "aws_eks_access_policy_association.a", values: `{"id":"shop#r#a","cluster_name":"shop","principal_arn":"` + iam + `role/r","policy_arn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy","access_scope":[{"type":"cluster","namespaces":null}]}`},
			{address: "aws_eks_access_policy_association.b", values: `{"id":"shop#r#b","cluster_name":"shop","principal_arn":"` + iam + `role/r","policy_arn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy","access_scope":[{"type":"namespace","namespaces":["web"]}]}`},
		}, eks + "access-policies/shop/" + iam + "role/r", `{"clusterName":"shop","principalArn":"` + iam + `role/r","associatedAccessPolicies":[{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy","accessScope":{"type":"cluster"}},{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy","accessScope":{"type":"namespace","namespaces":["web"]}}]}`},
		{"a role with policies of every kind", []block{
			{address: "aws_iam_role.a", values: `{"id":"r","name":"r","arn":"` + iam + `role/x/r","path":"/x/","assume_role_policy":"{\"Statement\":[{\"Effect\":\"Allow\"}]}","inline_policy":[{"name":"i","policy":"{\"Statement\":[]}"},{"name":null,"policy":null}],"managed_policy_arns":["arn:aws:iam::aws:policy/ReadOnlyAccess"],"permissions_boundary":"` + iam + `policy/b"}`},
			{address: "aws_iam_role_policy.b", values: `{"role":"r","name":"p","policy":"{\"Statement\":{\"Action\":\"*\"}}"}`},
			{address: "aws_iam_role_policy_attachment.c", values: `{"role":"r","policy_arn":"arn:aws:iam::aws:policy/AdministratorAccess"}`},
			{address: "aws_iam_policy_attachment.d", values: `{"roles":["r"],"users":null,"groups":[],"policy_arn":"` + iam + `policy/own","name":"d"}`},
		}, iam + "role/x/r", `{"Arn":"` + iam + `role/x/r","RoleName":"r","Path":"/x/","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow"}]},"PermissionsBoundary":{"PermissionsBoundaryArn":"` + iam + `policy/b"},"RolePolicyList":[{"PolicyName":"i","PolicyDocument":{"Statement":[]}},{"PolicyName":"p","PolicyDocument":{"Statement":{"Action":"*"}}}],"AttachedManagedPolicies":[{"PolicyName":"ReadOnlyAccess","PolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"},{"PolicyName":"AdministratorAccess","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"},{"PolicyName":"own","PolicyArn":"` + iam + `policy/own"}]}`},
		{"a managed policy", []block{
			{address: "aws_iam_policy.a", values: `{"id":"x","name":"own","arn":"` + iam + `policy/own","policy":"{\"Statement\":[]}"}`},
		}, iam + "policy/own", `{"Arn":"` + iam + `policy/own","PolicyName":"own","PolicyVersionList":[{"IsDefaultVersion":true,"Document":{"Statement":[]}}]}`},
		{"a user in groups", []block{
			{address: "aws_iam_user.a", values: `{"id":"u","name":"u","arn":"` + iam + `user/u"}`},
			{address: "aws_iam_group.b", values: `{"id":"g","name":"g","arn":"` + iam + `group/g"}`},
			{address: "aws_iam_user_group_membership.c", values: `{"user":"u","groups":["g"]}`},
			{address: "aws_iam_group_membership.d", values: `{"group":"h","users":["u"]}`},
			{address: "aws_iam_user_policy.e", values: `{"user":"u","name":"p","policy":"{}"}`},
			{address: "aws_iam_user_policy_attachment.f", values: `{"user":"u","policy_arn":"arn:aws:iam::aws:policy/X"}`},
		}, iam + "user/u", `{"Arn":"` + iam + `user/u","UserName":"u","GroupList":["g","h"],"UserPolicyList":[{"PolicyName":"p","PolicyDocument":{}}],"AttachedManagedPolicies":[{"PolicyName":"X","PolicyArn":"arn:aws:iam::aws:policy/X"}]}`},
		{"an instance profile, whose role has a path", []block{
			{address: "aws_iam_instance_profile.a", values: `{"id":"p","name":"p","arn":"` + iam + `instance-profile/p","role":"r"}`},
			{address: "aws_iam_role.b", values: `{"id":"r","name":"r","arn":"` + iam + `role/x/r"}`},
		}, iam + "instance-profile/p", `{"Arn":"` + iam + `instance-profile/p","InstanceProfileName":"p","Roles":[{"RoleName":"r","Arn":"` + iam + `role/x/r"}]}`},
		{"an OIDC provider", []block{
			{address: "aws_iam_openid_connect_provider.a", values: `{"arn":"` + iam + `oidc-provider/x","url":"x","client_id_list":["sts.amazonaws.com"]}`},
		}, iam + "oidc-provider/x", `{"Arn":"` + iam + `oidc-provider/x","Url":"x","ClientIDList":["sts.amazonaws.com"]}`},
		{"a repository", []block{
			{address: "aws_ecr_repository.a", values: `{"arn":"arn:aws:ecr:eu-west-1:111122223333:repository/app","name":"app","repository_url":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/app","registry_id":"111122223333","image_tag_mutability":"MUTABLE","image_scanning_configuration":[{"scan_on_push":true}]}`},
		}, "arn:aws:ecr:eu-west-1:111122223333:repository/app", `{"repositoryArn":"arn:aws:ecr:eu-west-1:111122223333:repository/app","repositoryName":"app","repositoryUri":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/app","registryId":"111122223333","imageTagMutability":"MUTABLE","imageScanningConfiguration":{"scanOnPush":true}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, form := range []struct{ name, text string }{{"shown", state(c.blocks...)}, {"file", stateFile(c.blocks...)}} {
				m := terraform(t, form.text)
				if len(m.problems) > 0 {
					t.Errorf("%s: problems %v", form.name, m.problems)
				}
				m.same(t, c.uid, c.want)
			}
		})
	}
}

const ecs = "arn:aws:ecs:" + region + ":" + account + ":"

func TestServicesAndTaskDefinitionsOfAState(t *testing.T) {
	const containers = `[{\"name\":\"web\",\"Image\":\"nginx:1\",\"privileged\":true,\"user\":\"0\",\"environment\":[{\"name\":\"A\",\"value\":\"v\"}],\"secrets\":[{\"name\":\"S\",\"valueFrom\":\"arn:aws:ssm:eu-west-1:1:parameter/x\"}],\"portMappings\":[{\"containerPort\":80}],\"linuxParameters\":{\"capabilities\":{\"add\":[\"SYS_ADMIN\"]}},\"mountPoints\":[{\"sourceVolume\":\"v\",\"containerPath\":\"/h\",\"readOnly\":false}],\"command\":[\"sh\",\"-c\",\"echo ${HOME}\"],\"logConfiguration\":{\"logDriver\":\"splunk\",\"options\":{\"splunk-token\":\"t\"}}}]`
	m := terraform(t, state(
		block{address: "aws_ecs_cluster.c", values: `{"arn":"` + ecs + `cluster/shop","id":"` + ecs + `cluster/shop","name":"shop","setting":[{"name":"containerInsights","value":"enabled"}]}`},
		block{address: "aws_ecs_cluster_capacity_providers.p", values: `{"cluster_name":"shop","capacity_providers":["FARGATE"]}`},
		block{address: "aws_ecs_task_definition.t", values: `{"arn":"` + ecs + `task-definition/web:7","id":"web","family":"web","revision":7,"container_definitions":"` + containers + `","task_role_arn":"` + iam + `role/task","execution_role_arn":null,"network_mode":"awsvpc","pid_mode":"","requires_compatibilities":["EC2"],"volume":[{"name":"v","host_path":"/","efs_volume_configuration":[]}],"runtime_platform":[{"operating_system_family":"LINUX"}]}`},
		block{address: "aws_ecs_service.s", values: `{"id":"` + ecs + `service/shop/web","name":"web","cluster":"shop","task_definition":"web:7","launch_type":"EC2","desired_count":2,"enable_execute_command":true,"load_balancer":[{"target_group_arn":"tg","elb_name":"","container_name":"web","container_port":80}],"network_configuration":[{"subnets":["subnet-1"],"security_groups":["sg-1"],"assign_public_ip":true}],"capacity_provider_strategy":[],"iam_role":"/aws-service-role/x"}`},
		block{address: "aws_ecs_task_set.e", values: `{"service":"` + ecs + `service/shop/web","cluster":"shop","task_definition":"` + ecs + `task-definition/web:6","launch_type":"FARGATE","network_configuration":[{"subnets":["subnet-2"],"security_groups":null,"assign_public_ip":false}]}`},
	))
	if len(m.problems) > 0 {
		t.Errorf("problems %v", m.problems)
	}
	m.same(t, ecs+"cluster/shop", `{"clusterArn":"`+ecs+`cluster/shop","clusterName":"shop","settings":[{"name":"containerInsights","value":"enabled"}],"capacityProviders":["FARGATE"]}`)
	m.same(t, ecs+"task-definition/web:7", `{"taskDefinitionArn":"`+ecs+`task-definition/web:7","family":"web","revision":7,"taskRoleArn":"`+iam+`role/task","networkMode":"awsvpc","requiresCompatibilities":["EC2"],"runtimePlatform":{"operatingSystemFamily":"LINUX"},"volumes":[{"name":"v","host":{"sourcePath":"/"}}],
		"containerDefinitions":[{"name":"web","image":"nginx:1","user":"0","privileged":true,"linuxParameters":{"capabilities":{"add":["SYS_ADMIN"]}},"mountPoints":[{"sourceVolume":"v","containerPath":"/h","readOnly":false}],"portMappings":[{"containerPort":80}],"environment":[{"name":"A","value":"v"}],"secrets":[{"name":"S","valueFrom":"arn:aws:ssm:eu-west-1:1:parameter/x"}],"logConfiguration":{"logDriver":"splunk"},"command":["sh","-c","echo ${HOME}"]}]}`)
	m.same(t, ecs+"service/shop/web", `{"serviceArn":"`+ecs+`service/shop/web","serviceName":"web","clusterArn":"`+ecs+`cluster/shop","roleArn":"/aws-service-role/x","desiredCount":2,"enableExecuteCommand":true,"launchType":"EC2","taskDefinition":"`+ecs+`task-definition/web:7","loadBalancers":[{"targetGroupArn":"tg","containerName":"web","containerPort":80}],"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"],"securityGroups":["sg-1"],"assignPublicIp":"ENABLED"}},
		"taskSets":[{"launchType":"FARGATE","taskDefinition":"`+ecs+`task-definition/web:6","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-2"],"assignPublicIp":"DISABLED"}}}]}`)
}

func TestAServiceNamesWhatItsStateDoesNotHold(t *testing.T) {
	m := terraform(t, state(block{address: "aws_ecs_service.s", values: `{"id":"` + ecs + `service/shop/web","name":"web","cluster":"shop","task_definition":"web:7"}`}))
	m.same(t, ecs+"service/shop/web", `{"serviceArn":"`+ecs+`service/shop/web","serviceName":"web","clusterArn":"`+ecs+`cluster/shop","taskDefinition":"`+ecs+`task-definition/web:7"}`)
}

func TestPartitionsOfChinaAndGovCloud(t *testing.T) {
	for _, partition := range []struct{ name, region string }{{"aws-cn", "cn-north-1"}, {"aws-us-gov", "us-gov-west-1"}} {
		at := "arn:" + partition.name + ":ec2:" + partition.region + ":111122223333:"
		m := terraform(t, state(
			block{address: "aws_subnet.b", values: `{"id":"subnet-1","arn":"` + at + `subnet/subnet-1","vpc_id":"vpc-1"}`},
			block{address: "aws_nat_gateway.a", values: `{"id":"nat-1","subnet_id":"subnet-1"}`},
			block{address: "aws_ecs_service.s", values: `{"id":"arn:` + partition.name + `:ecs:` + partition.region + `:111122223333:service/shop/web","cluster":"shop"}`},
		))
		want := []inventory.UID{inventory.UID(at + "subnet/subnet-1"), inventory.UID(at + "natgateway/nat-1"), inventory.UID("arn:" + partition.name + ":ecs:" + partition.region + ":111122223333:service/shop/web")}
		if diff := cmp.Diff(want, m.order); diff != "" {
			t.Errorf("%s (-want +got):\n%s", partition.name, diff)
		}
		if !strings.Contains(m.objects[want[2]], "arn:"+partition.name+":ecs:"+partition.region+":111122223333:cluster/shop") {
			t.Errorf("the cluster is %s", m.objects[want[2]])
		}
	}
}
