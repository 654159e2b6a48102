package aws

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// arn identifies a resource by a field with its ARN.
func arn(field string) func(*identity) {
	return func(x *identity) { x.take(x.text(field)) }
}

// ec2 identifies a resource of Amazon EC2: by its ARN where the answer has one, else by its ID and owner.
func ec2(kind, idField, arnField, ownerField string) func(*identity) {
	return func(x *identity) {
		x.name = x.text(idField)
		if arnField != "" && x.take(x.text(arnField)) {
			return
		}
		x.compose("ec2", x.text(ownerField), kind+"/", x.name)
	}
}

// envelopes lists what Merlon reads of the answers of the AWS API: the member of the answer that holds the
// resources, and how each is identified.
func envelopes() []envelope {
	return []envelope{
		// Amazon EKS (https://docs.aws.amazon.com/eks/latest/APIReference/)
		{member: "cluster", has: "arn", kind: EKSCluster, identify: arn("arn")},
		{member: "nodegroup", has: "nodegroupArn", kind: EKSNodegroup, identify: eksPart("nodegroupArn", "nodegroupName")},
		{member: "fargateProfile", has: "fargateProfileArn", kind: EKSFargateProfile, identify: eksPart("fargateProfileArn", "fargateProfileName")},
		{member: "addon", has: "addonArn", kind: EKSAddon, identify: eksPart("addonArn", "addonName")},
		{member: "accessEntry", has: "accessEntryArn", kind: EKSAccessEntry, identify: eksPart("accessEntryArn", "principalArn")},
		{member: "associatedAccessPolicies", shape: whole, has: "principalArn", kind: EKSAccessPolicies, identify: identifyAccessPolicies},
		{member: "association", has: "associationArn", kind: EKSPodIdentityAssociation, identify: arn("associationArn")},
		{member: "identityProviderConfig", has: "oidc", kind: EKSIdentityProviderConfig, identify: func(x *identity) {
			x.name = x.text("oidc", "identityProviderConfigName")
			x.take(x.text("oidc", "identityProviderConfigArn"))
		}},
		{member: "clusterVersions", shape: many, has: "clusterVersion", kind: EKSClusterVersion, identify: func(x *identity) {
			x.compose("eks", "aws", "cluster-version/", x.text("clusterVersion")) // AWS's own: the same for every account
		}},

		// Amazon ECS (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/)
		{member: "clusters", shape: many, has: "clusterArn", kind: ECSCluster, identify: arn("clusterArn")},
		{member: "services", shape: many, has: "serviceArn", kind: ECSService, identify: arn("serviceArn")},
		{member: "taskDefinition", has: "containerDefinitions", kind: ECSTaskDefinition, identify: identifyTaskDefinition},
		{member: "containerDefinitions", shape: whole, has: "family", kind: ECSTaskDefinition, identify: identifyTaskDefinition}, // what register-task-definition takes
		{member: "tasks", shape: many, has: "taskArn", kind: ECSTask, identify: arn("taskArn")},
		{member: "containerInstances", shape: many, has: "containerInstanceArn", kind: ECSContainerInstance, identify: arn("containerInstanceArn")},

		// Amazon EC2 (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/)
		{member: "Vpcs", shape: many, kind: VPC, identify: ec2("vpc", "VpcId", "", "OwnerId")},
		{member: "Subnets", shape: many, has: "SubnetId", kind: Subnet, identify: ec2("subnet", "SubnetId", "SubnetArn", "OwnerId")},
		{member: "RouteTables", shape: many, kind: RouteTable, identify: ec2("route-table", "RouteTableId", "", "OwnerId")},
		{member: "InternetGateways", shape: many, kind: InternetGateway, identify: ec2("internet-gateway", "InternetGatewayId", "", "OwnerId")},
		{member: "NatGateways", shape: many, kind: NATGateway, identify: ec2("natgateway", "NatGatewayId", "", "OwnerId")},
		{member: "SecurityGroups", shape: many, has: "GroupId", kind: SecurityGroup, identify: ec2("security-group", "GroupId", "SecurityGroupArn", "OwnerId")},
		{member: "NetworkAcls", shape: many, kind: NetworkACL, identify: ec2("network-acl", "NetworkAclId", "", "OwnerId")},
		{member: "NetworkInterfaces", shape: many, has: "NetworkInterfaceId", kind: NetworkInterface, identify: ec2("network-interface", "NetworkInterfaceId", "", "OwnerId")},
		{member: "Reservations", shape: nested, inner: "Instances", kind: Instance, identify: identifyInstance},
		{member: "LaunchTemplates", shape: many, kind: LaunchTemplate, identify: ec2("launch-template", "LaunchTemplateId", "", "")},
		{member: "LaunchTemplateVersions", shape: many, kind: LaunchTemplateVersion, identify: identifyTemplateVersion},
		{member: "PrefixLists", shape: many, kind: PrefixList, identify: ec2("prefix-list", "PrefixListId", "PrefixListArn", "OwnerId")},

		// Elastic Load Balancing (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/)
		{member: "LoadBalancers", shape: many, has: "LoadBalancerArn", kind: LoadBalancer, identify: named("LoadBalancerArn", "LoadBalancerName")},
		{member: "Listeners", shape: many, has: "ListenerArn", kind: Listener, identify: arn("ListenerArn")},
		{member: "TargetGroups", shape: many, has: "TargetGroupArn", kind: TargetGroup, identify: named("TargetGroupArn", "TargetGroupName")},
		{member: "TargetHealthDescriptions", shape: whole, kind: TargetHealth, identify: identifyTargetHealth},
		{member: "LoadBalancerDescriptions", shape: many, kind: ClassicLoadBalancer, identify: func(x *identity) {
			x.name = x.text("LoadBalancerName")
			x.compose("elasticloadbalancing", x.text("SourceSecurityGroup", "OwnerAlias"), "loadbalancer/", x.name)
		}},

		// AWS IAM (https://docs.aws.amazon.com/IAM/latest/APIReference/)
		{member: "RoleDetailList", shape: many, kind: IAMRole, identify: named("Arn", "RoleName")},
		{member: "UserDetailList", shape: many, kind: IAMUser, identify: named("Arn", "UserName")},
		{member: "GroupDetailList", shape: many, kind: IAMGroup, identify: named("Arn", "GroupName")},
		{member: "Policies", shape: many, has: "PolicyVersionList", kind: IAMPolicy, identify: named("Arn", "PolicyName")},
		{member: "InstanceProfiles", shape: many, kind: IAMInstanceProfile, identify: named("Arn", "InstanceProfileName")},
		{member: "InstanceProfile", has: "Arn", kind: IAMInstanceProfile, identify: named("Arn", "InstanceProfileName")},
		{member: "ClientIDList", shape: whole, has: "Url", kind: IAMOIDCProvider, identify: identifyOIDCProvider},
		{member: "OpenIDConnectProviderList", shape: many, has: "Arn", kind: IAMOIDCProvider, identify: arn("Arn")},

		// Images and what others found (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/ and others)
		{member: "repositories", shape: many, has: "repositoryArn", kind: ECRRepository, identify: named("repositoryArn", "repositoryName")},
		{member: "policyText", shape: whole, has: "repositoryName", kind: ECRRepositoryPolicy, identify: func(x *identity) {
			x.name = x.text("repositoryName")
			x.compose("ecr", x.text("registryId"), "repository-policy/", x.name)
		}},
		{member: "imageDetails", shape: many, has: "imageDigest", kind: ECRImage, identify: func(x *identity) {
			x.name = x.text("repositoryName") + "@" + x.text("imageDigest")
			x.compose("ecr", x.text("registryId"), "image/", x.name)
		}},
		{member: "imageScanFindings", shape: whole, has: "imageId", kind: ECRScanFindings, identify: func(x *identity) {
			x.name = x.text("repositoryName") + "@" + x.text("imageId", "imageDigest")
			x.compose("ecr", x.text("registryId"), "image-scan-findings/", x.name)
		}},
		{member: "findings", shape: many, has: "findingArn", kind: InspectorFinding, identify: arn("findingArn")},
		{member: "cluster", shape: whole, has: "resourceId", kind: ImageInUse, identify: identifyImageInUse},
		{member: "Findings", shape: many, has: "Service", kind: GuardDutyFinding, identify: named("Arn", "Id")},
		{member: "KeyMetadata", has: "Arn", kind: KMSKey, identify: named("Arn", "KeyId")},

		// Lists of names, which are read by asking on.
		{member: "clusters", shape: namesAlone},
		{member: "clusterArns", shape: namesAlone},
		{member: "serviceArns", shape: namesAlone},
		{member: "taskArns", shape: namesAlone},
		{member: "taskDefinitionArns", shape: namesAlone},
		{member: "containerInstanceArns", shape: namesAlone},
		{member: "nodegroups", shape: namesAlone},
		{member: "fargateProfileNames", shape: namesAlone},
		{member: "addons", shape: namesAlone},
		{member: "accessEntries", shape: namesAlone},
	}
}

// named identifies a resource by a field with its ARN, and calls it by another.
func named(arnField, nameField string) func(*identity) {
	return func(x *identity) {
		x.name = x.text(nameField)
		x.take(x.text(arnField))
	}
}

// eksPart identifies what belongs to one EKS cluster; a person calls it "cluster/name".
func eksPart(arnField, nameField string) func(*identity) {
	return func(x *identity) {
		x.name = x.text("clusterName") + "/" + x.text(nameField)
		x.take(x.text(arnField))
	}
}

func identifyTaskDefinition(x *identity) {
	if x.take(x.text("taskDefinitionArn")) {
		return
	}
	x.name = x.text("family") // as written for register-task-definition: it has no revision yet
	x.compose("ecs", "", "task-definition/", x.name)
}

func identifyInstance(x *identity) {
	x.name = x.text("InstanceId")
	x.compose("ec2", x.group.Get("OwnerId").Text(), "instance/", x.name) // which owns the reservation
}

func identifyTemplateVersion(x *identity) {
	id, version := x.text("LaunchTemplateId"), x.text("VersionNumber")
	if id == "" || version == "" {
		x.problem = "it has no LaunchTemplateId or VersionNumber, so Merlon cannot tell which resource it is"
		return
	}
	x.name = id + ":" + version
	if IsPlanned(id) {
		x.uid = inventory.UID(id + "#" + version)
		return
	}
	x.compose("ec2", "", "launch-template-version/", x.name)
}

// identifyTargetHealth names the targets of a target group, which the answer of describe-target-health does
// not say by itself: the collector adds TargetGroupArn.
func identifyTargetHealth(x *identity) {
	group := x.text("TargetGroupArn")
	if group == "" {
		x.problem = "describe-target-health does not say of which target group it is; add \"TargetGroupArn\" to the answer"
		return
	}
	x.uid = inventory.UID(group + "#target-health")
	x.name = x.uid.Short()
}

// identifyImageInUse names where an image runs, which the answer of get-clusters-for-image does not say by itself: the
// collector adds resourceId, by which Amazon Inspector names the image.
func identifyImageInUse(x *identity) {
	if image := x.text("resourceId"); x.take(image) {
		x.uid += "#in-use"
		x.name = inventory.UID(image).Short()
	}
}

// identifyOIDCProvider names an OIDC provider by the ARN that the collector adds: the answer of
// get-open-id-connect-provider has only the URL, which is the last part of it.
func identifyOIDCProvider(x *identity) {
	url := strings.TrimPrefix(x.text("Url"), "https://")
	switch {
	case x.take(x.text("OpenIDConnectProviderArn")):
	case x.scope.Account == "":
		x.problem = "get-open-id-connect-provider does not say of which provider it is; add \"OpenIDConnectProviderArn\" to the answer"
	default:
		x.uid = inventory.ARN{Partition: x.scope.Partition, Service: "iam", Account: x.scope.Account, Resource: "oidc-provider/" + url}.UID()
	}
	x.name = url
}

// identifyAccessPolicies names the access policies of one principal in one cluster.
func identifyAccessPolicies(x *identity) {
	account := ""
	if a, ok := inventory.ParseARN(x.text("principalArn")); ok {
		account = a.Account
	}
	x.name = x.text("clusterName") + "/" + x.text("principalArn")
	x.compose("eks", account, "access-policies/", x.name)
}
