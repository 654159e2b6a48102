package aws

import "github.com/merlonsec/merlon/internal/inventory"

// The types that Merlon reads, named as CloudFormation names them
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html).
// Those that CloudFormation does not know are named in its way.
const (
	EKSCluster                inventory.Type = "AWS::EKS::Cluster"
	EKSNodegroup              inventory.Type = "AWS::EKS::Nodegroup"
	EKSFargateProfile         inventory.Type = "AWS::EKS::FargateProfile"
	EKSAddon                  inventory.Type = "AWS::EKS::Addon"
	EKSAccessEntry            inventory.Type = "AWS::EKS::AccessEntry"
	EKSAccessPolicies         inventory.Type = "AWS::EKS::AssociatedAccessPolicies" // of one principal in one cluster
	EKSPodIdentityAssociation inventory.Type = "AWS::EKS::PodIdentityAssociation"
	EKSIdentityProviderConfig inventory.Type = "AWS::EKS::IdentityProviderConfig"
	EKSClusterVersion         inventory.Type = "AWS::EKS::ClusterVersion"

	ECSCluster           inventory.Type = "AWS::ECS::Cluster"
	ECSService           inventory.Type = "AWS::ECS::Service"
	ECSTaskDefinition    inventory.Type = "AWS::ECS::TaskDefinition"
	ECSTask              inventory.Type = "AWS::ECS::Task"
	ECSContainerInstance inventory.Type = "AWS::ECS::ContainerInstance"

	VPC                   inventory.Type = "AWS::EC2::VPC"
	Subnet                inventory.Type = "AWS::EC2::Subnet"
	RouteTable            inventory.Type = "AWS::EC2::RouteTable"
	InternetGateway       inventory.Type = "AWS::EC2::InternetGateway"
	NATGateway            inventory.Type = "AWS::EC2::NatGateway"
	SecurityGroup         inventory.Type = "AWS::EC2::SecurityGroup"
	NetworkACL            inventory.Type = "AWS::EC2::NetworkAcl"
	NetworkInterface      inventory.Type = "AWS::EC2::NetworkInterface"
	Instance              inventory.Type = "AWS::EC2::Instance"
	LaunchTemplate        inventory.Type = "AWS::EC2::LaunchTemplate"
	LaunchTemplateVersion inventory.Type = "AWS::EC2::LaunchTemplateVersion"
	PrefixList            inventory.Type = "AWS::EC2::PrefixList"

	LoadBalancer        inventory.Type = "AWS::ElasticLoadBalancingV2::LoadBalancer"
	Listener            inventory.Type = "AWS::ElasticLoadBalancingV2::Listener"
	TargetGroup         inventory.Type = "AWS::ElasticLoadBalancingV2::TargetGroup"
	TargetHealth        inventory.Type = "AWS::ElasticLoadBalancingV2::TargetHealth"
	ClassicLoadBalancer inventory.Type = "AWS::ElasticLoadBalancing::LoadBalancer"

	IAMRole            inventory.Type = "AWS::IAM::Role"
	IAMUser            inventory.Type = "AWS::IAM::User"
	IAMGroup           inventory.Type = "AWS::IAM::Group"
	IAMPolicy          inventory.Type = "AWS::IAM::ManagedPolicy"
	IAMInstanceProfile inventory.Type = "AWS::IAM::InstanceProfile"
	IAMOIDCProvider    inventory.Type = "AWS::IAM::OIDCProvider"

	ECRRepository       inventory.Type = "AWS::ECR::Repository"
	ECRRepositoryPolicy inventory.Type = "AWS::ECR::RepositoryPolicy"
	ECRImage            inventory.Type = "AWS::ECR::Image"
	ECRScanFindings     inventory.Type = "AWS::ECR::ImageScanFindings"
	InspectorFinding    inventory.Type = "AWS::InspectorV2::Finding"
	ImageInUse          inventory.Type = "AWS::InspectorV2::ImageInUse" // where an image of Amazon ECR runs
	GuardDutyFinding    inventory.Type = "AWS::GuardDuty::Finding"
	KMSKey              inventory.Type = "AWS::KMS::Key"
)

// UnknownField is the member of an object of a plan or template that lists the fields whose values are known
// only later, as JSONPaths.
const UnknownField = "x-merlon-unknown"
