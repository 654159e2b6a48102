package iam

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// knownPolicies are the documents of the policies of AWS that the questions of this package are about, by their names.
// Other policies of AWS change with time, and there are 1,500 of them: they are read, or not known.
// Source: AWS Managed Policy Reference Guide, as of August 2026.
func knownPolicies() map[string]string {
	return map[string]string{
		"AdministratorAccess": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
		"PowerUserAccess": `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},
			{"Effect":"Allow","Action":["account:GetAccountInformation","account:GetGovCloudAccountInformation","account:GetPrimaryEmail",
				"account:ListRegions","iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles",
				"organizations:DescribeEffectivePolicy","organizations:DescribeOrganization"],"Resource":"*"}]}`,
		"IAMFullAccess": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount",
			"organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit","organizations:DescribePolicy",
			"organizations:ListChildren","organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots",
			"organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}]}`,
		"AWSDenyAll": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`,
	}
}

// denyingPolicies lists the policies of AWS that hold a Deny statement and can be attached to users and roles. One that
// is not listed and was not read is taken to deny nothing: what AWS manages for customers to attach, grants.
// Source: AWS Managed Policy Reference Guide, as of August 2026.
func denyingPolicies() []string {
	return []string{
		"AWSCertificateManagerPrivateCAPrivilegedUser",
		"AWSCertificateManagerPrivateCAUser",
		"AWSCleanRoomsFullAccessNoQuerying",
		"AWSCompromisedKeyQuarantine",
		"AWSCompromisedKeyQuarantineV2",
		"AWSCompromisedKeyQuarantineV3",
		"AWSDeepRacerDefaultMultiUserAccess",
		"AWSIAMIdentityCenterAllowListForIdentityContext",
		"AWSLakeFormationDataAdmin",
		"AWSPrivateCAPrivilegedUser",
		"AWSPrivateCAUser",
		"AWSQuickSetupManagedInstanceProfileExecutionPolicy",
		"AWSTransformApplicationDeploymentPolicy",
		"AmazonConnectReadOnlyAccess",
		"AmazonDataZoneEnvironmentRolePermissionsBoundary",
		"AmazonDataZoneSageMakerEnvironmentRolePermissionsBoundary",
		"AmazonRedshiftDataFullAccess",
		"AmazonSecurityLakePermissionsBoundary",
		"AwsGlueSessionUserRestrictedNotebookPolicy",
		"AwsGlueSessionUserRestrictedNotebookServiceRole",
		"AwsGlueSessionUserRestrictedPolicy",
		"AwsGlueSessionUserRestrictedServiceRole",
		"CloudWatchOmniSpaceAccessPolicy",
		"IAMAuditRootUserCredentials",
		"IAMCreateRootUserPassword",
		"IAMDeleteRootUserCredentials",
		"S3UnlockBucketPolicy",
		"SQSUnlockQueuePolicy",
		"SageMakerStudioAdminIAMDefaultExecutionPolicy",
		"SageMakerStudioAdminIAMPermissiveExecutionPolicy",
		"SageMakerStudioProjectUserRolePermissionsBoundary",
		"SageMakerStudioUserIAMDefaultExecutionPolicy",
		"SageMakerStudioUserIAMPermissiveExecutionPolicy",
	}
}

// narrowPolicies lists the policies of AWS that nodes, tasks and pods usually have, as far as they give no service in
// full. Of another policy that was not read it is only known that it gives neither everything nor all of IAM: of those
// of AWS, AdministratorAccess, IAMFullAccess and AWSMcpServiceActionsFullAccess do.
// Source: AWS Managed Policy Reference Guide, as of August 2026.
func narrowPolicies() []string {
	return []string{
		"AWSLambdaBasicExecutionRole",
		"AWSXRayDaemonWriteAccess",
		"AmazonDynamoDBReadOnlyAccess",
		"AmazonEBSCSIDriverPolicy",
		"AmazonEC2ContainerRegistryPowerUser",
		"AmazonEC2ContainerRegistryPullOnly",
		"AmazonEC2ContainerRegistryReadOnly",
		"AmazonEC2ContainerServiceRole",
		"AmazonEC2ContainerServiceforEC2Role",
		"AmazonEC2RoleforSSM",
		"AmazonECSInfrastructureRolePolicyForVolumes",
		"AmazonECSTaskExecutionRolePolicy",
		"AmazonEFSCSIDriverPolicy",
		"AmazonEKSBlockStoragePolicy",
		"AmazonEKSClusterPolicy",
		"AmazonEKSComputePolicy",
		"AmazonEKSFargatePodExecutionRolePolicy",
		"AmazonEKSLoadBalancingPolicy",
		"AmazonEKSLocalOutpostClusterPolicy",
		"AmazonEKSNetworkingPolicy",
		"AmazonEKSServicePolicy",
		"AmazonEKSVPCResourceController",
		"AmazonEKSWorkerNodeMinimalPolicy",
		"AmazonEKSWorkerNodePolicy",
		"AmazonEKS_CNI_Policy",
		"AmazonPrometheusRemoteWriteAccess",
		"AmazonS3ReadOnlyAccess",
		"AmazonSSMManagedInstanceCore",
		"CloudWatchAgentServerPolicy",
		"CloudWatchReadOnlyAccess",
		"ReadOnlyAccess",
		"SecurityAudit",
		"ViewOnlyAccess",
	}
}

// managedByAWS gives the name of a policy of AWS; ok is false for one of an account. Every partition has them.
func managedByAWS(policy string) (name string, ok bool) {
	a, ok := inventory.ParseARN(policy)
	if !ok || a.Service != "iam" || a.Account != "aws" || !strings.HasPrefix(a.Resource, "policy/") {
		return "", false
	}
	return a.Name(), true
}

// notRead is the document of a managed policy that was not read: what is known of it by its name, or nothing.
func notRead(policy string) *document {
	why := Reason{Kind: PolicyNotRead, Detail: policy}
	name, ok := managedByAWS(policy)
	if !ok {
		return unread(why)
	}
	if document, ok := knownPolicies()[name]; ok {
		return parse([]byte(document), identityPolicy, policy)
	}
	grants := standIn(false, why)
	switch {
	case slices.Contains(narrowPolicies(), name):
		grants.extent = neverWhole
	case name != "AWSMcpServiceActionsFullAccess": // Everything, on a condition.
		grants.extent = neverAdministrative
	}
	doc := &document{statements: []statement{grants}}
	if slices.Contains(denyingPolicies(), name) {
		doc.statements = append(doc.statements, standIn(true, why))
	}
	return doc
}
