package manifest_test

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
