package iac

import (
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// terraformEKS lists the types of Amazon EKS.
func terraformEKS() []kind {
	return []kind{
		{source: "aws_eks_cluster", typ: aws.EKSCluster, also: []string{"enabled_cluster_log_types"}, finish: finishEKSLogging, fields: []field{
			own("arn"), text("name", "name"), text("version", "version"), text("endpoint", "endpoint"), ref("roleArn", "role_arn", aws.IAMRole),
			flag("resourcesVpcConfig.endpointPublicAccess", "vpc_config.endpoint_public_access").or("true"),
			flag("resourcesVpcConfig.endpointPrivateAccess", "vpc_config.endpoint_private_access").or("false"),
			texts("resourcesVpcConfig.publicAccessCidrs", "vpc_config.public_access_cidrs"),
			ref("resourcesVpcConfig.vpcId", "vpc_config.vpc_id", aws.VPC),
			refs("resourcesVpcConfig.subnetIds", "vpc_config.subnet_ids", aws.Subnet),
			refs("resourcesVpcConfig.securityGroupIds", "vpc_config.security_group_ids", aws.SecurityGroup),
			ref("resourcesVpcConfig.clusterSecurityGroupId", "vpc_config.cluster_security_group_id", aws.SecurityGroup),
			each("encryptionConfig", "encryption_config", texts("resources", "resources"), ref("provider.keyArn", "provider.key_arn")),
			text("accessConfig.authenticationMode", "access_config.authentication_mode"),
			flag("accessConfig.bootstrapClusterCreatorAdminPermissions", "access_config.bootstrap_cluster_creator_admin_permissions"),
			text("identity.oidc.issuer", "identity.oidc.issuer"),
			flag("computeConfig.enabled", "compute_config.enabled"), text("upgradePolicy.supportType", "upgrade_policy.support_type"),
			flag("deletionProtection", "deletion_protection"), tags("tags", "tags_all|tags"),
		}},
		{source: "aws_eks_node_group", typ: aws.EKSNodegroup, finish: finishEKSPart, also: []string{"cluster_name"}, fields: []field{
			own("nodegroupArn"), text("nodegroupName", "node_group_name"), ref("nodeRole", "node_role_arn", aws.IAMRole),
			refs("subnets", "subnet_ids", aws.Subnet), text("amiType", "ami_type"), text("capacityType", "capacity_type"),
			ref("launchTemplate.id", "launch_template.id", aws.LaunchTemplate), text("launchTemplate.name", "launch_template.name"),
			text("launchTemplate.version", "launch_template.version"),
			ref("remoteAccess.ec2SshKey", "remote_access.ec2_ssh_key"), refs("remoteAccess.sourceSecurityGroups", "remote_access.source_security_group_ids", aws.SecurityGroup),
			each("resources.autoScalingGroups", "resources.autoscaling_groups", text("name", "name")),
			text("version", "version"), tags("tags", "tags_all|tags"),
		}},
		{source: "aws_eks_fargate_profile", typ: aws.EKSFargateProfile, finish: finishEKSPart, also: []string{"cluster_name"}, fields: []field{
			own("fargateProfileArn"), text("fargateProfileName", "fargate_profile_name"), ref("podExecutionRoleArn", "pod_execution_role_arn", aws.IAMRole),
			refs("subnets", "subnet_ids", aws.Subnet), each("selectors", "selector", text("namespace", "namespace"), tags("labels", "labels")), tags("tags", "tags_all|tags"),
		}},
		{source: "aws_eks_addon", typ: aws.EKSAddon, finish: finishEKSPart, also: []string{"cluster_name"}, fields: []field{
			own("addonArn"), text("addonName", "addon_name"), text("addonVersion", "addon_version"), ref("serviceAccountRoleArn", "service_account_role_arn", aws.IAMRole),
			tags("tags", "tags_all|tags"),
		}},
		{source: "aws_eks_access_entry", typ: aws.EKSAccessEntry, arn: "access_entry_arn", finish: finishEKSPart, also: []string{"cluster_name"}, fields: []field{
			own("accessEntryArn"), ref("principalArn", "principal_arn", aws.IAMRole, aws.IAMUser), texts("kubernetesGroups", "kubernetes_groups"),
			text("username", "user_name"), text("type", "type"), tags("tags", "tags_all|tags"),
		}},
		{source: "aws_eks_access_policy_association", typ: aws.EKSAccessPolicies, finish: finishAccessPolicy, also: []string{"cluster_name"}, fields: []field{
			ref("principalArn", "principal_arn", aws.IAMRole, aws.IAMUser), text("policyArn", "policy_arn"),
			text("accessScope.type", "access_scope.type"), texts("accessScope.namespaces", "access_scope.namespaces"),
		}},
		{source: "aws_eks_pod_identity_association", typ: aws.EKSPodIdentityAssociation, arn: "association_arn", finish: finishEKSPart, also: []string{"cluster_name"}, fields: []field{
			own("associationArn"), text("namespace", "namespace"), text("serviceAccount", "service_account"), ref("roleArn", "role_arn", aws.IAMRole),
			text("associationId", "association_id"), tags("tags", "tags_all|tags"),
		}},
		{source: "aws_eks_identity_provider_config", typ: aws.EKSIdentityProviderConfig, finish: finishEKSPart, also: []string{"cluster_name"}, fields: []field{
			own("oidc.identityProviderConfigArn"), text("oidc.identityProviderConfigName", "oidc.identity_provider_config_name"),
			text("oidc.issuerUrl", "oidc.issuer_url"), text("oidc.clientId", "oidc.client_id"), text("oidc.groupsClaim", "oidc.groups_claim"),
			text("oidc.usernameClaim", "oidc.username_claim"),
		}},
	}
}
