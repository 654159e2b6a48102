package manifest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/schema"
)

// answers holds what commands of the AWS CLI print, and the resources in it, as "TYPE UID (NAME)".
func answers() []struct {
	command, text string
	want          []string
} {
	return []struct {
		command, text string
		want          []string
	}{
		{
			"eks describe-cluster", `{"cluster":{"name":"shop","arn":"arn:aws:eks:eu-west-1:111122223333:cluster/shop","createdAt":"2026-01-02T10:00:00+00:00","version":"1.33","endpoint":"https://0A1B.gr7.eu-west-1.eks.amazonaws.com","roleArn":"arn:aws:iam::111122223333:role/eks","resourcesVpcConfig":{"subnetIds":["subnet-1"],"securityGroupIds":[],"clusterSecurityGroupId":"sg-1","vpcId":"vpc-1","endpointPublicAccess":true,"endpointPrivateAccess":false,"publicAccessCidrs":["0.0.0.0/0"]},"logging":{"clusterLogging":[{"types":["api","audit"],"enabled":true}]},"identity":{"oidc":{"issuer":"https://oidc.eks.eu-west-1.amazonaws.com/id/0A1B"}},"status":"ACTIVE","certificateAuthority":{"data":"LS0t"},"accessConfig":{"authenticationMode":"API_AND_CONFIG_MAP"},"tags":{"team":"shop"}}}`,
			[]string{"AWS::EKS::Cluster arn:aws:eks:eu-west-1:111122223333:cluster/shop (shop)"},
		},
		{
			"eks describe-nodegroup", `{"nodegroup":{"nodegroupName":"ng","nodegroupArn":"arn:aws:eks:eu-west-1:111122223333:nodegroup/shop/ng/8ac0","clusterName":"shop","nodeRole":"arn:aws:iam::111122223333:role/node","subnets":["subnet-1"],"launchTemplate":{"name":"n","version":"1","id":"lt-1"},"resources":{"autoScalingGroups":[{"name":"eks-ng"}]}}}`,
			[]string{"AWS::EKS::Nodegroup arn:aws:eks:eu-west-1:111122223333:nodegroup/shop/ng/8ac0 (shop/ng)"},
		},
		{
			"eks describe-fargate-profile", `{"fargateProfile":{"fargateProfileName":"fp","fargateProfileArn":"arn:aws:eks:eu-west-1:111122223333:fargateprofile/shop/fp/1","clusterName":"shop","podExecutionRoleArn":"arn:aws:iam::111122223333:role/pods","subnets":["subnet-1"],"selectors":[{"namespace":"web"}]}}`,
			[]string{"AWS::EKS::FargateProfile arn:aws:eks:eu-west-1:111122223333:fargateprofile/shop/fp/1 (shop/fp)"},
		},
		{
			"eks describe-addon", `{"addon":{"addonName":"vpc-cni","clusterName":"shop","addonVersion":"v1","addonArn":"arn:aws:eks:eu-west-1:111122223333:addon/shop/vpc-cni/1"}}`,
			[]string{"AWS::EKS::Addon arn:aws:eks:eu-west-1:111122223333:addon/shop/vpc-cni/1 (shop/vpc-cni)"},
		},
		{
			"eks describe-access-entry", `{"accessEntry":{"clusterName":"shop","principalArn":"arn:aws:iam::111122223333:role/dev","kubernetesGroups":["devs"],"accessEntryArn":"arn:aws:eks:eu-west-1:111122223333:access-entry/shop/role/111122223333/dev/1","username":"dev","type":"STANDARD"}}`,
			[]string{"AWS::EKS::AccessEntry arn:aws:eks:eu-west-1:111122223333:access-entry/shop/role/111122223333/dev/1 (shop/arn:aws:iam::111122223333:role/dev)"},
		},
		{
			"eks list-associated-access-policies", `{"associatedAccessPolicies":[{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy","accessScope":{"type":"cluster","namespaces":[]}}],"clusterName":"shop","principalArn":"arn:aws:iam::111122223333:role/dev"}`,
			[]string{"AWS::EKS::AssociatedAccessPolicies arn:aws:eks::111122223333:access-policies/shop/arn:aws:iam::111122223333:role/dev (shop/arn:aws:iam::111122223333:role/dev)"},
		},
		{
			"eks describe-pod-identity-association", `{"association":{"clusterName":"shop","namespace":"web","serviceAccount":"api","roleArn":"arn:aws:iam::111122223333:role/api","associationArn":"arn:aws:eks:eu-west-1:111122223333:podidentityassociation/shop/a-1","associationId":"a-1"}}`,
			[]string{"AWS::EKS::PodIdentityAssociation arn:aws:eks:eu-west-1:111122223333:podidentityassociation/shop/a-1 (a-1)"},
		},
		{
			"eks describe-identity-provider-config", `{"identityProviderConfig":{"oidc":{"identityProviderConfigName":"corp","identityProviderConfigArn":"arn:aws:eks:eu-west-1:111122223333:identityproviderconfig/shop/oidc/corp/1","clusterName":"shop","issuerUrl":"https://login.example.com"}}}`,
			[]string{"AWS::EKS::IdentityProviderConfig arn:aws:eks:eu-west-1:111122223333:identityproviderconfig/shop/oidc/corp/1 (corp)"},
		},
		{
			"eks describe-cluster-versions", `{"clusterVersions":[{"clusterVersion":"1.33","clusterType":"eks","versionStatus":"STANDARD_SUPPORT","endOfStandardSupportDate":"2026-07-29T02:00:00+02:00"}]}`,
			[]string{"AWS::EKS::ClusterVersion arn:aws:eks::aws:cluster-version/1.33 (1.33)"},
		},
		{
			"ecs describe-clusters", `{"clusters":[{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/shop","clusterName":"shop","status":"ACTIVE"}],"failures":[]}`,
			[]string{"AWS::ECS::Cluster arn:aws:ecs:eu-west-1:111122223333:cluster/shop (shop)"},
		},
		{
			"ecs describe-services", `{"services":[{"serviceArn":"arn:aws:ecs:eu-west-1:111122223333:service/shop/web","serviceName":"web","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/shop","loadBalancers":[],"status":"ACTIVE","desiredCount":1,"launchType":"FARGATE","taskDefinition":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","deployments":[{"id":"ecs-svc/1","status":"PRIMARY","taskDefinition":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7"}],"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"],"securityGroups":["sg-1"],"assignPublicIp":"ENABLED"}}}],"failures":[]}`,
			[]string{"AWS::ECS::Service arn:aws:ecs:eu-west-1:111122223333:service/shop/web (web)"},
		},
		{
			"ecs describe-task-definition", `{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","containerDefinitions":[{"name":"web","image":"nginx","cpu":0,"portMappings":[],"essential":true,"environment":[],"mountPoints":[],"volumesFrom":[]}],"family":"web","revision":7,"volumes":[],"status":"ACTIVE"},"tags":[]}`,
			[]string{"AWS::ECS::TaskDefinition arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7 (web:7)"},
		},
		{
			"ecs register-task-definition --generate-cli-skeleton, filled in", `{"family":"web","networkMode":"awsvpc","containerDefinitions":[{"name":"web","image":"nginx"}]}`,
			[]string{"AWS::ECS::TaskDefinition arn:aws:ecs:::task-definition/web (web)"},
		},
		{
			"ecs describe-tasks", `{"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/shop/0a","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/shop","taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","group":"service:web","attachments":[{"type":"ElasticNetworkInterface","details":[{"name":"networkInterfaceId","value":"eni-1"}]}],"containers":[{"name":"web","imageDigest":"sha256:00"}]}],"failures":[]}`,
			[]string{"AWS::ECS::Task arn:aws:ecs:eu-west-1:111122223333:task/shop/0a (0a)"},
		},
		{
			"ecs describe-container-instances", `{"containerInstances":[{"containerInstanceArn":"arn:aws:ecs:eu-west-1:111122223333:container-instance/shop/0b","ec2InstanceId":"i-1","attributes":[{"name":"ecs.capability.task-eni"}]}],"failures":[]}`,
			[]string{"AWS::ECS::ContainerInstance arn:aws:ecs:eu-west-1:111122223333:container-instance/shop/0b (0b)"},
		},
		{
			"ec2 describe-vpcs", `{"Vpcs":[{"VpcId":"vpc-1","OwnerId":"111122223333","CidrBlock":"10.0.0.0/16","CidrBlockAssociationSet":[{"CidrBlock":"10.0.0.0/16"}],"IsDefault":false}]}`,
			[]string{"AWS::EC2::VPC arn:aws:ec2::111122223333:vpc/vpc-1 (vpc-1)"},
		},
		{
			"ec2 describe-subnets", `{"Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1","SubnetArn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1","OwnerId":"111122223333","CidrBlock":"10.0.0.0/24","AvailabilityZone":"eu-west-1a","MapPublicIpOnLaunch":true}]}`,
			[]string{"AWS::EC2::Subnet arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1 (subnet-1)"},
		},
		{
			"ec2 describe-subnets of China, as an old CLI prints it", `{"Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1","OwnerId":"111122223333","AvailabilityZone":"cn-north-1a"}]}`,
			[]string{"AWS::EC2::Subnet arn:aws-cn:ec2:cn-north-1:111122223333:subnet/subnet-1 (subnet-1)"},
		},
		{
			"ec2 describe-route-tables", `{"RouteTables":[{"RouteTableId":"rtb-1","VpcId":"vpc-1","OwnerId":"111122223333","Associations":[{"Main":true,"RouteTableId":"rtb-1"}],"Routes":[{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","Origin":"CreateRouteTable","State":"active"}]}]}`,
			[]string{"AWS::EC2::RouteTable arn:aws:ec2::111122223333:route-table/rtb-1 (rtb-1)"},
		},
		{
			"ec2 describe-internet-gateways", `{"InternetGateways":[{"InternetGatewayId":"igw-1","OwnerId":"111122223333","Attachments":[{"State":"available","VpcId":"vpc-1"}]}]}`,
			[]string{"AWS::EC2::InternetGateway arn:aws:ec2::111122223333:internet-gateway/igw-1 (igw-1)"},
		},
		{
			"ec2 describe-nat-gateways", `{"NatGateways":[{"NatGatewayId":"nat-1","VpcId":"vpc-1","SubnetId":"subnet-1","ConnectivityType":"public","State":"available"}]}`,
			[]string{"AWS::EC2::NatGateway arn:aws:ec2:::natgateway/nat-1 (nat-1)"},
		},
		{
			"ec2 describe-security-groups", `{"SecurityGroups":[{"GroupId":"sg-1","GroupName":"web","VpcId":"vpc-1","OwnerId":"111122223333","SecurityGroupArn":"arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"0.0.0.0/0"}],"Ipv6Ranges":[],"PrefixListIds":[],"UserIdGroupPairs":[]}],"IpPermissionsEgress":[]}]}`,
			[]string{"AWS::EC2::SecurityGroup arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1 (sg-1)"},
		},
		{
			"ec2 describe-network-acls", `{"NetworkAcls":[{"NetworkAclId":"acl-1","VpcId":"vpc-1","OwnerId":"111122223333","IsDefault":true,"Associations":[{"SubnetId":"subnet-1"}],"Entries":[{"CidrBlock":"0.0.0.0/0","Egress":false,"Protocol":"-1","RuleAction":"allow","RuleNumber":100}]}]}`,
			[]string{"AWS::EC2::NetworkAcl arn:aws:ec2::111122223333:network-acl/acl-1 (acl-1)"},
		},
		{
			"ec2 describe-network-interfaces", `{"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","VpcId":"vpc-1","SubnetId":"subnet-1","OwnerId":"111122223333","AvailabilityZone":"us-gov-west-1b","Groups":[{"GroupId":"sg-1","GroupName":"web"}],"PrivateIpAddresses":[{"PrivateIpAddress":"10.0.0.5"}]}]}`,
			[]string{"AWS::EC2::NetworkInterface arn:aws-us-gov:ec2:us-gov-west-1:111122223333:network-interface/eni-1 (eni-1)"},
		},
		{
			"ec2 describe-instances", `{"Reservations":[{"ReservationId":"r-1","OwnerId":"111122223333","Instances":[{"InstanceId":"i-1","ImageId":"ami-1","State":{"Code":16,"Name":"running"},"Placement":{"AvailabilityZone":"eu-west-1a"},"SubnetId":"subnet-1","VpcId":"vpc-1","NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","OwnerId":"111122223333"}],"SecurityGroups":[{"GroupId":"sg-1"}],"Tags":[{"Key":"eks:cluster-name","Value":"shop"}]},{"InstanceId":"i-2","Placement":{"AvailabilityZone":"eu-west-1a"}}]}]}`,
			[]string{"AWS::EC2::Instance arn:aws:ec2:eu-west-1:111122223333:instance/i-1 (i-1)", "AWS::EC2::Instance arn:aws:ec2:eu-west-1:111122223333:instance/i-2 (i-2)"},
		},
		{
			"ec2 describe-launch-templates", `{"LaunchTemplates":[{"LaunchTemplateId":"lt-1","LaunchTemplateName":"n","DefaultVersionNumber":1,"LatestVersionNumber":2}]}`,
			[]string{"AWS::EC2::LaunchTemplate arn:aws:ec2:::launch-template/lt-1 (lt-1)"},
		},
		{
			"ec2 describe-launch-template-versions", `{"LaunchTemplateVersions":[{"LaunchTemplateId":"lt-1","LaunchTemplateName":"n","VersionNumber":2,"DefaultVersion":false,"LaunchTemplateData":{"UserData":"IyEvYmluL3No","MetadataOptions":{"HttpTokens":"optional"}}}]}`,
			[]string{"AWS::EC2::LaunchTemplateVersion arn:aws:ec2:::launch-template-version/lt-1:2 (lt-1:2)"},
		},
		{
			"ec2 describe-managed-prefix-lists", `{"PrefixLists":[{"PrefixListId":"pl-1","PrefixListArn":"arn:aws:ec2:eu-west-1:aws:prefix-list/pl-1","PrefixListName":"com.amazonaws.eu-west-1.s3","OwnerId":"AWS"}]}`,
			[]string{"AWS::EC2::PrefixList arn:aws:ec2:eu-west-1:aws:prefix-list/pl-1 (pl-1)"},
		},
		{
			"elbv2 describe-load-balancers", `{"LoadBalancers":[{"LoadBalancerArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1","DNSName":"web-1.eu-west-1.elb.amazonaws.com","LoadBalancerName":"web","Scheme":"internet-facing","VpcId":"vpc-1","Type":"application","AvailabilityZones":[{"ZoneName":"eu-west-1a","SubnetId":"subnet-1"}],"SecurityGroups":["sg-1"]}]}`,
			[]string{"AWS::ElasticLoadBalancingV2::LoadBalancer arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1 (web)"},
		},
		{
			"elbv2 describe-listeners", `{"Listeners":[{"ListenerArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/web/1/2","LoadBalancerArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1","Port":80,"Protocol":"HTTP","DefaultActions":[{"Type":"forward","TargetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/1"}]}]}`,
			[]string{"AWS::ElasticLoadBalancingV2::Listener arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/web/1/2 (2)"},
		},
		{
			"elbv2 describe-target-groups", `{"TargetGroups":[{"TargetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/1","TargetGroupName":"t","Protocol":"HTTP","Port":80,"VpcId":"vpc-1","LoadBalancerArns":["arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1"],"TargetType":"ip"}]}`,
			[]string{"AWS::ElasticLoadBalancingV2::TargetGroup arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/1 (t)"},
		},
		{
			"elbv2 describe-target-health, with its group", `{"TargetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/1","TargetHealthDescriptions":[{"Target":{"Id":"10.0.0.5","Port":80},"TargetHealth":{"State":"healthy"}}]}`,
			[]string{"AWS::ElasticLoadBalancingV2::TargetHealth arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/1#target-health (targetgroup/t/1#target-health)"},
		},
		{
			"elb describe-load-balancers", `{"LoadBalancerDescriptions":[{"LoadBalancerName":"old","DNSName":"old.example.com","Scheme":"internet-facing","ListenerDescriptions":[{"Listener":{"Protocol":"HTTP","LoadBalancerPort":80,"InstanceProtocol":"HTTP","InstancePort":8080}}],"Subnets":["subnet-1"],"VPCId":"vpc-1","Instances":[{"InstanceId":"i-1"}],"SourceSecurityGroup":{"OwnerAlias":"111122223333","GroupName":"x"},"SecurityGroups":["sg-1"]}]}`,
			[]string{"AWS::ElasticLoadBalancing::LoadBalancer arn:aws:elasticloadbalancing::111122223333:loadbalancer/old (old)"},
		},
		{
			"iam get-account-authorization-details", `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111122223333:user/u","GroupList":["g"],"AttachedManagedPolicies":[]}],"GroupDetailList":[{"GroupName":"g","Arn":"arn:aws:iam::111122223333:group/g","GroupPolicyList":[]}],"RoleDetailList":[{"RoleName":"r","Arn":"arn:aws:iam::111122223333:role/r","AssumeRolePolicyDocument":{"Statement":[]},"RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"Statement":[]}}],"InstanceProfileList":[]}],"Policies":[{"PolicyName":"own","Arn":"arn:aws:iam::111122223333:policy/own","PolicyVersionList":[{"Document":{"Statement":[]},"VersionId":"v1","IsDefaultVersion":true}]}],"IsTruncated":false}`,
			[]string{"AWS::IAM::Role arn:aws:iam::111122223333:role/r (r)", "AWS::IAM::User arn:aws:iam::111122223333:user/u (u)", "AWS::IAM::Group arn:aws:iam::111122223333:group/g (g)", "AWS::IAM::ManagedPolicy arn:aws:iam::111122223333:policy/own (own)"},
		},
		{
			"iam list-instance-profiles", `{"InstanceProfiles":[{"Path":"/","InstanceProfileName":"p","Arn":"arn:aws-cn:iam::111122223333:instance-profile/p","Roles":[{"RoleName":"r","Arn":"arn:aws-cn:iam::111122223333:role/r"}]}]}`,
			[]string{"AWS::IAM::InstanceProfile arn:aws-cn:iam::111122223333:instance-profile/p (p)"},
		},
		{
			"iam get-instance-profile", `{"InstanceProfile":{"InstanceProfileName":"p","Arn":"arn:aws:iam::111122223333:instance-profile/p","Roles":[]}}`,
			[]string{"AWS::IAM::InstanceProfile arn:aws:iam::111122223333:instance-profile/p (p)"},
		},
		{
			"iam list-open-id-connect-providers", `{"OpenIDConnectProviderList":[{"Arn":"arn:aws:iam::111122223333:oidc-provider/token.example.com"}]}`,
			[]string{"AWS::IAM::OIDCProvider arn:aws:iam::111122223333:oidc-provider/token.example.com (token.example.com)"},
		},
		{
			"ecr describe-repositories", `{"repositories":[{"repositoryArn":"arn:aws:ecr:eu-west-1:111122223333:repository/app","registryId":"111122223333","repositoryName":"app","repositoryUri":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/app"}]}`,
			[]string{"AWS::ECR::Repository arn:aws:ecr:eu-west-1:111122223333:repository/app (app)"},
		},
		{
			"ecr get-repository-policy", `{"registryId":"111122223333","repositoryName":"app","policyText":"{\"Statement\":[{\"Principal\":\"*\"}]}"}`,
			[]string{"AWS::ECR::RepositoryPolicy arn:aws:ecr::111122223333:repository-policy/app (app)"},
		},
		{
			"ecr describe-images", `{"imageDetails":[{"registryId":"111122223333","repositoryName":"app","imageDigest":"sha256:00","imageTags":["1"]}]}`,
			[]string{"AWS::ECR::Image arn:aws:ecr::111122223333:image/app@sha256:00 (app@sha256:00)"},
		},
		{
			"ecr describe-image-scan-findings", `{"imageScanFindings":{"findings":[{"name":"CVE-2024-3094","severity":"CRITICAL","attributes":[{"key":"package_name","value":"xz"},{"key":"package_version","value":"5.6.0"}]}]},"registryId":"111122223333","repositoryName":"app","imageId":{"imageDigest":"sha256:00","imageTag":"1"},"imageScanStatus":{"status":"COMPLETE"}}`,
			[]string{"AWS::ECR::ImageScanFindings arn:aws:ecr::111122223333:image-scan-findings/app@sha256:00 (app@sha256:00)"},
		},
		{
			"inspector2 list-findings", `{"findings":[{"findingArn":"arn:aws:inspector2:eu-west-1:111122223333:finding/0c","type":"PACKAGE_VULNERABILITY","status":"ACTIVE","severity":"HIGH","packageVulnerabilityDetails":{"vulnerabilityId":"CVE-2024-3094"}}]}`,
			[]string{"AWS::InspectorV2::Finding arn:aws:inspector2:eu-west-1:111122223333:finding/0c (0c)"},
		},
		{
			"guardduty get-findings", `{"Findings":[{"Arn":"arn:aws:guardduty:eu-west-1:111122223333:detector/d/finding/f","Id":"f","Type":"Execution:EC2/MaliciousFile","Severity":8,"Service":{"Archived":false},"Resource":{"ResourceType":"Instance"}}]}`,
			[]string{"AWS::GuardDuty::Finding arn:aws:guardduty:eu-west-1:111122223333:detector/d/finding/f (f)"},
		},
		{
			"kms describe-key", `{"KeyMetadata":{"AWSAccountId":"111122223333","KeyId":"0d","Arn":"arn:aws:kms:eu-west-1:111122223333:key/0d","KeyManager":"CUSTOMER"}}`,
			[]string{"AWS::KMS::Key arn:aws:kms:eu-west-1:111122223333:key/0d (0d)"},
		},
	}
}

func named(res manifest.Result) []string {
	var all []string
	for _, r := range res.Resources {
		all = append(all, fmt.Sprintf("%s %s (%s)", r.Type, r.UID, r.Name))
	}
	return all
}

func TestAnswersOfTheAWSCLI(t *testing.T) {
	for _, c := range answers() {
		t.Run(c.command, func(t *testing.T) {
			folder(t, map[string]string{"a.json": c.text})
			res := read(t, manifest.Options{Paths: []string{"a.json"}})
			if diff := cmp.Diff(c.want, named(res)); diff != "" {
				t.Errorf("resources (-want +got):\n%s", diff)
			}
			if s := res.Sources[0]; s.Status != inventory.StatusComplete || len(s.NotAssessed) > 0 {
				t.Errorf("%s: %v", s.Status, notes(s))
			}
		})
	}
}

func TestAnswersInEveryForm(t *testing.T) {
	var want []string
	var yamls, jsons strings.Builder
	files := map[string]string{}
	for i, c := range answers() {
		text, err := yaml.JSONToYAML([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, c.want...)
		fmt.Fprintf(&yamls, "---\n%s", text)
		jsons.WriteString(c.text + "\n")
		files[fmt.Sprintf("answers/%02d.json", i)] = c.text
	}
	slices.Sort(want)
	want = slices.Compact(want)
	folder(t, map[string]string{"a.yaml": yamls.String(), "a.json": jsons.String(), "list.json": "[" + strings.ReplaceAll(strings.TrimSpace(jsons.String()), "\n", ",") + "]"})
	writeFile(t, "a.tar.gz", string(targz(t, files)))
	for name, text := range files {
		writeFile(t, name, text)
	}
	for _, path := range []string{"a.yaml", "a.json", "list.json", "a.tar.gz", "answers"} {
		res := read(t, manifest.Options{Paths: []string{path}})
		got := named(res)
		slices.Sort(got)
		if diff := cmp.Diff(want, slices.Compact(got)); diff != "" || res.Sources[0].Status != inventory.StatusComplete {
			t.Errorf("%s: %s %v (-want +got):\n%s", path, res.Sources[0].Status, notes(res.Sources[0]), diff)
		}
	}
}

const described = `{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","family":"web","containerDefinitions":[{"name":"web","image":"nginx"}]}}`

func TestAnswersThatSayLess(t *testing.T) {
	const complete, partial, failed = inventory.StatusComplete, inventory.StatusPartial, inventory.StatusFailed
	const web = "task-definition/web:7"
	service := func(more string) string {
		return `{"services":[{"serviceArn":"arn:aws:ecs:eu-west-1:111122223333:service/shop/web"` + more + `}]}`
	}
	for _, c := range []struct {
		name, file, text string
		objects          []string
		status           inventory.SourceStatus
		notes            []string
	}{
		{"nothing was found", "a.json", `{"services":[],"failures":[]}`, nil, complete, []string{"a.json: there is no Kubernetes object and no AWS resource in it: its list is empty"}},
		{"names alone", "a.json", `{"serviceArns":["arn:aws:ecs:eu-west-1:111122223333:service/shop/web"]}`, nil, complete, []string{"its list is empty"}},
		{"what was asked for and is gone", "a.json", `{"services":[],"failures":[{"arn":"arn:aws:ecs:eu-west-1:111122223333:service/shop/old","reason":"MISSING"},{"arn":"x y","reason":"a value"}]}`, nil, failed, []string{
			"a.json:1: arn:aws:ecs:eu-west-1:111122223333:service/shop/old was not assessed: AWS answered MISSING", "a.json:1: a resource that was asked for was not assessed: AWS did not find it",
		}},
		{"a page that goes on", "a.json", `{"Vpcs":[{"VpcId":"vpc-1","OwnerId":"1"}],"NextToken":"abc"}`, []string{"a.json:1 vpc/vpc-1"}, partial, []string{"a.json:1: the list Vpcs goes on in another page"}},
		{"every page", "a.json", `{"Vpcs":[{"VpcId":"vpc-1","OwnerId":"1"}],"NextToken":"abc"}` + "\n" + `{"Vpcs":[{"VpcId":"vpc-2","OwnerId":"1"}]}`, []string{"a.json:1 vpc/vpc-1", "a.json:2 vpc/vpc-2"}, complete, nil},
		{"a page of IAM", "a.json", `{"RoleDetailList":[{"RoleName":"r","Arn":"arn:aws:iam::111122223333:role/r"}],"IsTruncated":true,"Marker":"m"}`, []string{"a.json:1 role/r"}, partial, []string{"the list RoleDetailList goes on"}},
		{"cut off", "a.json", described[:120], nil, failed, []string{"a.json:1: the JSON ends before it is complete"}},
		{"health of targets of no group", "a.json", `{"TargetHealthDescriptions":[{"Target":{"Id":"i-1"}}]}`, nil, failed, []string{`describe-target-health does not say of which target group it is; add "TargetGroupArn" to the answer`}},
		{"without an ARN", "a.json", `{"cluster":{"arn":"x","name":"shop"}}`, nil, failed, []string{"it has no ARN"}},
		{"a map where a list belongs", "a.json", `{"services":{"serviceArn":"arn:aws:ecs:eu-west-1:111122223333:service/shop/web"}}`, nil, complete, []string{"1 document is neither"}},
		{"a list of lists", "a.json", `{"services":[["a"]]}`, nil, complete, []string{"1 document is neither"}},
		{"fields of wrong kinds", "a.json", service(`,"enableExecuteCommand":"yes","networkConfiguration":{"awsvpcConfiguration":{"subnets":"subnet-1","assignPublicIp":"ENABLED"}}`), []string{"a.json:1 service/shop/web"}, partial, []string{
			"Service web: enableExecuteCommand is a string and must be a boolean, so it was not assessed", "Service web: networkConfiguration.awsvpcConfiguration.subnets is a string and must be a list",
		}},
		{"listed and described", "a.json", described + "\n" + described, []string{"a.json:1 " + web, "a.json:2 " + web}, complete, nil},
		{"a container without its task", "a.json", `[{"name":"web","image":"${image}","essential":true}]`, nil, failed, []string{"it is a container definition of Amazon ECS without its task definition"}},
		{"a value that is no JSON before it is filled in", "a.json", `{"family":"web","containerDefinitions":[{"name":"web","cpu":${cpu}}]}`, nil, failed, []string{"it holds a ${…} that nothing has filled in: fill in the template first"}},
		{"a state in its own file", "terraform.tfstate", `{"version":4,"serial":1,"lineage":"x","resources":[{"mode":"managed","type":"aws_ecs_cluster","name":"c","instances":[{"attributes":{"arn":"arn:aws:ecs:eu-west-1:111122223333:cluster/shop","name":"shop"}}]}]}`, []string{"terraform.tfstate!aws_ecs_cluster.c cluster/shop"}, complete, nil},
		{"an old state", "terraform.tfstate", `{"version":3,"serial":1,"lineage":"x","modules":[]}`, nil, failed, []string{"terraform show -json"}},
		{"an empty state", "a.json", `{"format_version":"1.0"}`, nil, failed, []string{"the Terraform plan or state makes nothing that Merlon reads"}},
		{"a template of other things", "a.yaml", "Resources:\n  B: {Type: 'AWS::S3::Bucket'}\n", nil, failed, []string{"the CloudFormation template makes nothing that Merlon reads"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{c.file: c.text})
			res := read(t, manifest.Options{Paths: []string{c.file}})
			for _, r := range res.Resources {
				if r.Origin.File != c.file {
					r.Origin.Line = 0
				}
			}
			var got []string
			for _, o := range objects(res) {
				got = append(got, strings.Replace(o, ":0 ", " ", 1))
			}
			if diff := cmp.Diff(c.objects, got); diff != "" || res.Sources[0].Status != c.status {
				t.Errorf("%s; objects (-want +got):\n%s", res.Sources[0].Status, diff)
			}
			said := notes(res.Sources[0])
			if len(said) != len(c.notes) {
				t.Fatalf("notes:\n%s\nwant %d", strings.Join(said, "\n"), len(c.notes))
			}
			for i, want := range c.notes {
				if !strings.Contains(said[i], want) {
					t.Errorf("note %d is\n%s\nwant in it\n%s", i, said[i], want)
				}
			}
		})
	}
}

func TestWhatNothingHasFilledInIsOpen(t *testing.T) {
	folder(t, map[string]string{"a.json": `{"family":"web",
"taskRoleArn":"${TASK_ROLE}",
"containerDefinitions":[{"name":"web","image":"${REPOSITORY}:${TAG}",
"privileged":"${PRIVILEGED}","user":"0",
"command":["sh","-c","exec ${APP}"],
"environment":[{"name":"PASSWORD","value":"${PASSWORD}"},{"name":"OTHER_PASSWORD","value":"correct9horseBattery"}],
"linuxParameters":{"capabilities":{"add":["NET_RAW","${MORE}"]}}}]}`})
	res := read(t, manifest.Options{Paths: []string{"a.json"}})
	check(t, res, []string{"a.json:1 task-definition/web"}, inventory.StatusPartial,
		"a.json:2: TaskDefinition web: taskRoleArn holds a ${…} that nothing has filled in, so it was not assessed",
		"a.json:3: TaskDefinition web: containerDefinitions[0].image holds",
		"a.json:4: TaskDefinition web: containerDefinitions[0].privileged holds",
		"a.json:6: TaskDefinition web: containerDefinitions[0].environment[0].value holds",
		"a.json:7: TaskDefinition web: containerDefinitions[0].linuxParameters.capabilities.add holds")
	spec := res.Resources[0].Spec.(*aws.TaskDefinitionSpec)
	want := aws.Unknown{"$.containerDefinitions.environment.value", "$.containerDefinitions.image", "$.containerDefinitions.linuxParameters.capabilities.add", "$.containerDefinitions.privileged", "$.taskRoleArn"}
	if diff := cmp.Diff(want, spec.Unknown); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	c := spec.Containers[0]
	if spec.TaskRole != "" || c.Image != "" || c.User != "0" || !slices.Equal(c.Capabilities, []string{"NET_RAW"}) || len(c.Credentials) != 1 || c.Credentials[0].Name != "OTHER_PASSWORD" {
		t.Errorf("the spec is %+v of %+v", c, spec)
	}
	v := schema.NewView(res.Sources, res.Resources)
	if at := v.Locate(res.Resources[0].UID, "$.containerDefinitions[0].user"); at.Line != 4 {
		t.Errorf("the user is at %v", at)
	}
}

func TestOnlyAPlanSaysWhatIsOpen(t *testing.T) {
	folder(t, map[string]string{"a.json": strings.Replace(described, `"family"`, `"`+aws.UnknownField+`":["$.family"],"family"`, 1)})
	spec := read(t, manifest.Options{Paths: []string{"a.json"}}).Resources[0].Spec.(*aws.TaskDefinitionSpec)
	if len(spec.Unknown) > 0 {
		t.Errorf("open is %v", spec.Unknown)
	}
}

func TestConfigurationOfTerraformIsNamedUnlessItsPlanIsThere(t *testing.T) {
	plan := planned(planResource("aws_vpc", "v", `{"cidr_block":"10.0.0.0/16"}`), "", "")
	folder(t, map[string]string{"a/main.tf": "x", "a/net/main.tf": "x", "b/main.tf": "x", "b/plan.json": plan})
	if got := notes(read(t, manifest.Options{Paths: []string{"a"}}).Sources[0]); len(got) != 2 || !strings.Contains(got[0], "a, a/net: there is Terraform configuration") {
		t.Errorf("notes %v", got)
	}
	if got := notes(read(t, manifest.Options{Paths: []string{"b"}}).Sources[0]); len(got) != 0 {
		t.Errorf("notes %v", got)
	}
}

func TestResourcesOfAPlanStandWhereThePlanHasThem(t *testing.T) {
	one := planned(planResource("aws_vpc", "v", `{"cidr_block":"10.0.0.0/16"}`), "", "")
	folder(t, map[string]string{"one.json": one, "many.json": strings.Replace(one, `{"address":"aws_vpc.v"`, "\n\n{\"address\":\"aws_vpc.v\"", 1)})
	for _, path := range []string{"one.json", "many.json"} {
		r := read(t, manifest.Options{Paths: []string{path}}).Resources[0]
		want := inventory.Origin{File: path + "!aws_vpc.v", Line: map[string]int{"one.json": 0, "many.json": 3}[path]}
		if r.Origin != want || r.UID != "tf://aws_vpc.v" || r.Name != "aws_vpc.v" {
			t.Errorf("%s: %v, UID %s, name %s", path, r.Origin, r.UID, r.Name)
		}
	}
}

func TestATemplateIsCalledByItsNameInTheFolder(t *testing.T) {
	const vpc = "Resources:\n  Net: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}\n"
	folder(t, map[string]string{"d/net.yaml": vpc, "d/more/net.template.json": `{"Resources":{"Net":{"Type":"AWS::EC2::VPC"}}}`})
	for path, want := range map[string][]inventory.UID{
		"d": {"cfn://more%2Fnet.template/Net", "cfn://net/Net"}, "d/net.yaml": {"cfn://net/Net"},
	} {
		var got []inventory.UID
		for _, r := range read(t, manifest.Options{Paths: []string{path}}).Resources {
			if r.Type == aws.VPC {
				got = append(got, r.UID)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}
