package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/inspector2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// The requests that Merlon sends. Each makes the client that it needs, which costs little: connections, credentials and
// the rate of requests are those of the configuration. No value, closure or type here holds a client, since what the
// linker believes to be reachable by reflection it keeps with all its methods: those of the 700 operations of Amazon EC2
// alone, and of the other services, would make the program 41 MB larger.

func describeInstances(ctx context.Context, c sdk.Config, in *ec2.DescribeInstancesInput) (*ec2.DescribeInstancesOutput, error) {
	return ec2.NewFromConfig(c).DescribeInstances(ctx, in)
}

func describeInternetGateways(ctx context.Context, c sdk.Config, in *ec2.DescribeInternetGatewaysInput) (*ec2.DescribeInternetGatewaysOutput, error) {
	return ec2.NewFromConfig(c).DescribeInternetGateways(ctx, in)
}

func describeLaunchTemplateVersions(ctx context.Context, c sdk.Config, in *ec2.DescribeLaunchTemplateVersionsInput) (*ec2.DescribeLaunchTemplateVersionsOutput, error) {
	return ec2.NewFromConfig(c).DescribeLaunchTemplateVersions(ctx, in)
}

func describeLaunchTemplates(ctx context.Context, c sdk.Config, in *ec2.DescribeLaunchTemplatesInput) (*ec2.DescribeLaunchTemplatesOutput, error) {
	return ec2.NewFromConfig(c).DescribeLaunchTemplates(ctx, in)
}

func describeManagedPrefixLists(ctx context.Context, c sdk.Config, in *ec2.DescribeManagedPrefixListsInput) (*ec2.DescribeManagedPrefixListsOutput, error) {
	return ec2.NewFromConfig(c).DescribeManagedPrefixLists(ctx, in)
}

func describeNatGateways(ctx context.Context, c sdk.Config, in *ec2.DescribeNatGatewaysInput) (*ec2.DescribeNatGatewaysOutput, error) {
	return ec2.NewFromConfig(c).DescribeNatGateways(ctx, in)
}

func describeNetworkAcls(ctx context.Context, c sdk.Config, in *ec2.DescribeNetworkAclsInput) (*ec2.DescribeNetworkAclsOutput, error) {
	return ec2.NewFromConfig(c).DescribeNetworkAcls(ctx, in)
}

func describeNetworkInterfaces(ctx context.Context, c sdk.Config, in *ec2.DescribeNetworkInterfacesInput) (*ec2.DescribeNetworkInterfacesOutput, error) {
	return ec2.NewFromConfig(c).DescribeNetworkInterfaces(ctx, in)
}

func describeRegions(ctx context.Context, c sdk.Config, in *ec2.DescribeRegionsInput) (*ec2.DescribeRegionsOutput, error) {
	return ec2.NewFromConfig(c).DescribeRegions(ctx, in)
}

func describeRouteTables(ctx context.Context, c sdk.Config, in *ec2.DescribeRouteTablesInput) (*ec2.DescribeRouteTablesOutput, error) {
	return ec2.NewFromConfig(c).DescribeRouteTables(ctx, in)
}

func describeSecurityGroups(ctx context.Context, c sdk.Config, in *ec2.DescribeSecurityGroupsInput) (*ec2.DescribeSecurityGroupsOutput, error) {
	return ec2.NewFromConfig(c).DescribeSecurityGroups(ctx, in)
}

func describeSubnets(ctx context.Context, c sdk.Config, in *ec2.DescribeSubnetsInput) (*ec2.DescribeSubnetsOutput, error) {
	return ec2.NewFromConfig(c).DescribeSubnets(ctx, in)
}

func describeVpcs(ctx context.Context, c sdk.Config, in *ec2.DescribeVpcsInput) (*ec2.DescribeVpcsOutput, error) {
	return ec2.NewFromConfig(c).DescribeVpcs(ctx, in)
}

func getManagedPrefixListEntries(ctx context.Context, c sdk.Config, in *ec2.GetManagedPrefixListEntriesInput) (*ec2.GetManagedPrefixListEntriesOutput, error) {
	return ec2.NewFromConfig(c).GetManagedPrefixListEntries(ctx, in)
}

func describeImageScanFindings(ctx context.Context, c sdk.Config, in *ecr.DescribeImageScanFindingsInput) (*ecr.DescribeImageScanFindingsOutput, error) {
	return ecr.NewFromConfig(c).DescribeImageScanFindings(ctx, in)
}

func describeImages(ctx context.Context, c sdk.Config, in *ecr.DescribeImagesInput) (*ecr.DescribeImagesOutput, error) {
	return ecr.NewFromConfig(c).DescribeImages(ctx, in)
}

func describeRepositories(ctx context.Context, c sdk.Config, in *ecr.DescribeRepositoriesInput) (*ecr.DescribeRepositoriesOutput, error) {
	return ecr.NewFromConfig(c).DescribeRepositories(ctx, in)
}

func getRepositoryPolicy(ctx context.Context, c sdk.Config, in *ecr.GetRepositoryPolicyInput) (*ecr.GetRepositoryPolicyOutput, error) {
	return ecr.NewFromConfig(c).GetRepositoryPolicy(ctx, in)
}

func describeClusters(ctx context.Context, c sdk.Config, in *ecs.DescribeClustersInput) (*ecs.DescribeClustersOutput, error) {
	return ecs.NewFromConfig(c).DescribeClusters(ctx, in)
}

func describeContainerInstances(ctx context.Context, c sdk.Config, in *ecs.DescribeContainerInstancesInput) (*ecs.DescribeContainerInstancesOutput, error) {
	return ecs.NewFromConfig(c).DescribeContainerInstances(ctx, in)
}

func describeServices(ctx context.Context, c sdk.Config, in *ecs.DescribeServicesInput) (*ecs.DescribeServicesOutput, error) {
	return ecs.NewFromConfig(c).DescribeServices(ctx, in)
}

func describeTaskDefinition(ctx context.Context, c sdk.Config, in *ecs.DescribeTaskDefinitionInput) (*ecs.DescribeTaskDefinitionOutput, error) {
	return ecs.NewFromConfig(c).DescribeTaskDefinition(ctx, in)
}

func describeTasks(ctx context.Context, c sdk.Config, in *ecs.DescribeTasksInput) (*ecs.DescribeTasksOutput, error) {
	return ecs.NewFromConfig(c).DescribeTasks(ctx, in)
}

func listECSClusters(ctx context.Context, c sdk.Config, in *ecs.ListClustersInput) (*ecs.ListClustersOutput, error) {
	return ecs.NewFromConfig(c).ListClusters(ctx, in)
}

func listContainerInstances(ctx context.Context, c sdk.Config, in *ecs.ListContainerInstancesInput) (*ecs.ListContainerInstancesOutput, error) {
	return ecs.NewFromConfig(c).ListContainerInstances(ctx, in)
}

func listServices(ctx context.Context, c sdk.Config, in *ecs.ListServicesInput) (*ecs.ListServicesOutput, error) {
	return ecs.NewFromConfig(c).ListServices(ctx, in)
}

func listTasks(ctx context.Context, c sdk.Config, in *ecs.ListTasksInput) (*ecs.ListTasksOutput, error) {
	return ecs.NewFromConfig(c).ListTasks(ctx, in)
}

func describeAccessEntry(ctx context.Context, c sdk.Config, in *eks.DescribeAccessEntryInput) (*eks.DescribeAccessEntryOutput, error) {
	return eks.NewFromConfig(c).DescribeAccessEntry(ctx, in)
}

func describeAddon(ctx context.Context, c sdk.Config, in *eks.DescribeAddonInput) (*eks.DescribeAddonOutput, error) {
	return eks.NewFromConfig(c).DescribeAddon(ctx, in)
}

func describeCluster(ctx context.Context, c sdk.Config, in *eks.DescribeClusterInput) (*eks.DescribeClusterOutput, error) {
	return eks.NewFromConfig(c).DescribeCluster(ctx, in)
}

func describeClusterVersions(ctx context.Context, c sdk.Config, in *eks.DescribeClusterVersionsInput) (*eks.DescribeClusterVersionsOutput, error) {
	return eks.NewFromConfig(c).DescribeClusterVersions(ctx, in)
}

func describeFargateProfile(ctx context.Context, c sdk.Config, in *eks.DescribeFargateProfileInput) (*eks.DescribeFargateProfileOutput, error) {
	return eks.NewFromConfig(c).DescribeFargateProfile(ctx, in)
}

func describeIdentityProviderConfig(ctx context.Context, c sdk.Config, in *eks.DescribeIdentityProviderConfigInput) (*eks.DescribeIdentityProviderConfigOutput, error) {
	return eks.NewFromConfig(c).DescribeIdentityProviderConfig(ctx, in)
}

func describeNodegroup(ctx context.Context, c sdk.Config, in *eks.DescribeNodegroupInput) (*eks.DescribeNodegroupOutput, error) {
	return eks.NewFromConfig(c).DescribeNodegroup(ctx, in)
}

func describePodIdentityAssociation(ctx context.Context, c sdk.Config, in *eks.DescribePodIdentityAssociationInput) (*eks.DescribePodIdentityAssociationOutput, error) {
	return eks.NewFromConfig(c).DescribePodIdentityAssociation(ctx, in)
}

func listAccessEntries(ctx context.Context, c sdk.Config, in *eks.ListAccessEntriesInput) (*eks.ListAccessEntriesOutput, error) {
	return eks.NewFromConfig(c).ListAccessEntries(ctx, in)
}

func listAddons(ctx context.Context, c sdk.Config, in *eks.ListAddonsInput) (*eks.ListAddonsOutput, error) {
	return eks.NewFromConfig(c).ListAddons(ctx, in)
}

func listAssociatedAccessPolicies(ctx context.Context, c sdk.Config, in *eks.ListAssociatedAccessPoliciesInput) (*eks.ListAssociatedAccessPoliciesOutput, error) {
	return eks.NewFromConfig(c).ListAssociatedAccessPolicies(ctx, in)
}

func listEKSClusters(ctx context.Context, c sdk.Config, in *eks.ListClustersInput) (*eks.ListClustersOutput, error) {
	return eks.NewFromConfig(c).ListClusters(ctx, in)
}

func listFargateProfiles(ctx context.Context, c sdk.Config, in *eks.ListFargateProfilesInput) (*eks.ListFargateProfilesOutput, error) {
	return eks.NewFromConfig(c).ListFargateProfiles(ctx, in)
}

func listIdentityProviderConfigs(ctx context.Context, c sdk.Config, in *eks.ListIdentityProviderConfigsInput) (*eks.ListIdentityProviderConfigsOutput, error) {
	return eks.NewFromConfig(c).ListIdentityProviderConfigs(ctx, in)
}

func listNodegroups(ctx context.Context, c sdk.Config, in *eks.ListNodegroupsInput) (*eks.ListNodegroupsOutput, error) {
	return eks.NewFromConfig(c).ListNodegroups(ctx, in)
}

func listPodIdentityAssociations(ctx context.Context, c sdk.Config, in *eks.ListPodIdentityAssociationsInput) (*eks.ListPodIdentityAssociationsOutput, error) {
	return eks.NewFromConfig(c).ListPodIdentityAssociations(ctx, in)
}

func describeClassicBalancers(ctx context.Context, c sdk.Config, in *elb.DescribeLoadBalancersInput) (*elb.DescribeLoadBalancersOutput, error) {
	return elb.NewFromConfig(c).DescribeLoadBalancers(ctx, in)
}

func describeListeners(ctx context.Context, c sdk.Config, in *elbv2.DescribeListenersInput) (*elbv2.DescribeListenersOutput, error) {
	return elbv2.NewFromConfig(c).DescribeListeners(ctx, in)
}

func describeLoadBalancers(ctx context.Context, c sdk.Config, in *elbv2.DescribeLoadBalancersInput) (*elbv2.DescribeLoadBalancersOutput, error) {
	return elbv2.NewFromConfig(c).DescribeLoadBalancers(ctx, in)
}

func describeTargetGroups(ctx context.Context, c sdk.Config, in *elbv2.DescribeTargetGroupsInput) (*elbv2.DescribeTargetGroupsOutput, error) {
	return elbv2.NewFromConfig(c).DescribeTargetGroups(ctx, in)
}

func describeTargetHealth(ctx context.Context, c sdk.Config, in *elbv2.DescribeTargetHealthInput) (*elbv2.DescribeTargetHealthOutput, error) {
	return elbv2.NewFromConfig(c).DescribeTargetHealth(ctx, in)
}

func getFindings(ctx context.Context, c sdk.Config, in *guardduty.GetFindingsInput) (*guardduty.GetFindingsOutput, error) {
	return guardduty.NewFromConfig(c).GetFindings(ctx, in)
}

func listDetectors(ctx context.Context, c sdk.Config, in *guardduty.ListDetectorsInput) (*guardduty.ListDetectorsOutput, error) {
	return guardduty.NewFromConfig(c).ListDetectors(ctx, in)
}

func listGuardDutyFindings(ctx context.Context, c sdk.Config, in *guardduty.ListFindingsInput) (*guardduty.ListFindingsOutput, error) {
	return guardduty.NewFromConfig(c).ListFindings(ctx, in)
}

func getAccountAuthorizationDetails(ctx context.Context, c sdk.Config, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	return iam.NewFromConfig(c).GetAccountAuthorizationDetails(ctx, in)
}

func getOpenIDConnectProvider(ctx context.Context, c sdk.Config, in *iam.GetOpenIDConnectProviderInput) (*iam.GetOpenIDConnectProviderOutput, error) {
	return iam.NewFromConfig(c).GetOpenIDConnectProvider(ctx, in)
}

func listInstanceProfiles(ctx context.Context, c sdk.Config, in *iam.ListInstanceProfilesInput) (*iam.ListInstanceProfilesOutput, error) {
	return iam.NewFromConfig(c).ListInstanceProfiles(ctx, in)
}

func listOpenIDConnectProviders(ctx context.Context, c sdk.Config, in *iam.ListOpenIDConnectProvidersInput) (*iam.ListOpenIDConnectProvidersOutput, error) {
	return iam.NewFromConfig(c).ListOpenIDConnectProviders(ctx, in)
}

func batchGetAccountStatus(ctx context.Context, c sdk.Config, in *inspector2.BatchGetAccountStatusInput) (*inspector2.BatchGetAccountStatusOutput, error) {
	return inspector2.NewFromConfig(c).BatchGetAccountStatus(ctx, in)
}

func getClustersForImage(ctx context.Context, c sdk.Config, in *inspector2.GetClustersForImageInput) (*inspector2.GetClustersForImageOutput, error) {
	return inspector2.NewFromConfig(c).GetClustersForImage(ctx, in)
}

func listCoverage(ctx context.Context, c sdk.Config, in *inspector2.ListCoverageInput) (*inspector2.ListCoverageOutput, error) {
	return inspector2.NewFromConfig(c).ListCoverage(ctx, in)
}

func listInspectorFindings(ctx context.Context, c sdk.Config, in *inspector2.ListFindingsInput) (*inspector2.ListFindingsOutput, error) {
	return inspector2.NewFromConfig(c).ListFindings(ctx, in)
}

func describeKey(ctx context.Context, c sdk.Config, in *kms.DescribeKeyInput) (*kms.DescribeKeyOutput, error) {
	return kms.NewFromConfig(c).DescribeKey(ctx, in)
}

func getCallerIdentity(ctx context.Context, c sdk.Config, in *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	return sts.NewFromConfig(c).GetCallerIdentity(ctx, in)
}
