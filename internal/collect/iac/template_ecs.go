package iac

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// templateKinds lists the resource types of CloudFormation that are read
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html).
func templateKinds() map[string]kind {
	all := map[string]kind{}
	for _, group := range [][]kind{templateEKS(), templateECS(), templateNetwork(), templateBalancing(), templateCompute(), templateIAM()} {
		for _, k := range group {
			k.typ = inventory.Type(k.source)
			all[k.source] = k
		}
	}
	return all
}

// templateParts lists the types that add to others, in the order in which they are joined.
func templateParts() []part {
	return slices.Concat(templateNetworkParts(), templateRuleParts(), templateIAMParts(), templateECSParts(), templateBalancingParts())
}

// templateEKS lists the types of Amazon EKS. Their properties are called as in the API, but for a capital.
func templateEKS() []kind {
	part := func(source, arn string, fields ...field) kind {
		return kind{source: source, small: true, also: []string{"clusterName"}, finish: func(s *assembly, a *answer, v value) {
			s.putCluster(a, v.get("clusterName"))
		}, fields: append(fields, own(arn), tags("tags", "tags"))}
	}
	entry := part("AWS::EKS::AccessEntry", "accessEntryArn", ref("principalArn", "principalArn", principals()...), texts("kubernetesGroups", "kubernetesGroups"),
		text("username", "username"), text("type", "type"))
	entry.also, entry.finish = append(entry.also, "accessPolicies"), finishTemplateEntry
	return []kind{
		{source: "AWS::EKS::Cluster", small: true, also: []string{"logging"}, finish: func(_ *assembly, a *answer, v value) {
			var types value
			if types = v.get("logging.clusterLogging.enabledTypes"); !types.open {
				for i, t := range types.items {
					types.items[i] = t.get("type")
				}
			}
			a.putLogTypes(types)
			a.openEndpoint(v.get("resourcesVpcConfig.publicAccessCidrs"))
		}, fields: []field{
			own("arn"), text("name", "name"), text("version", "version"), ref("roleArn", "roleArn", aws.IAMRole),
			flag("resourcesVpcConfig.endpointPublicAccess", "resourcesVpcConfig.endpointPublicAccess").or("true"),
			flag("resourcesVpcConfig.endpointPrivateAccess", "resourcesVpcConfig.endpointPrivateAccess").or("false"),
			texts("resourcesVpcConfig.publicAccessCidrs", "resourcesVpcConfig.publicAccessCidrs"),
			refs("resourcesVpcConfig.subnetIds", "resourcesVpcConfig.subnetIds", aws.Subnet),
			refs("resourcesVpcConfig.securityGroupIds", "resourcesVpcConfig.securityGroupIds", aws.SecurityGroup),
			each("encryptionConfig", "encryptionConfig", texts("resources", "resources"), ref("provider.keyArn", "provider.keyArn")),
			text("accessConfig.authenticationMode", "accessConfig.authenticationMode"), flag("computeConfig.enabled", "computeConfig.enabled"),
			text("upgradePolicy.supportType", "upgradePolicy.supportType"), flag("deletionProtection", "deletionProtection"), tags("tags", "tags"),
		}},
		part("AWS::EKS::Nodegroup", "nodegroupArn", text("nodegroupName", "nodegroupName"), ref("nodeRole", "nodeRole", aws.IAMRole), refs("subnets", "subnets", aws.Subnet),
			text("amiType", "amiType"), text("capacityType", "capacityType"), text("version", "version"),
			ref("launchTemplate.id", "launchTemplate.id", aws.LaunchTemplate), text("launchTemplate.name", "launchTemplate.name"), text("launchTemplate.version", "launchTemplate.version"),
			ref("remoteAccess.ec2SshKey", "remoteAccess.ec2SshKey"), refs("remoteAccess.sourceSecurityGroups", "remoteAccess.sourceSecurityGroups", aws.SecurityGroup)),
		part("AWS::EKS::FargateProfile", "fargateProfileArn", text("fargateProfileName", "fargateProfileName"), ref("podExecutionRoleArn", "podExecutionRoleArn", aws.IAMRole),
			refs("subnets", "subnets", aws.Subnet), each("selectors", "selectors", text("namespace", "namespace"), tags("labels", "labels"))),
		part("AWS::EKS::Addon", "addonArn", text("addonName", "addonName"), text("addonVersion", "addonVersion"), ref("serviceAccountRoleArn", "serviceAccountRoleArn", aws.IAMRole)),
		entry,
		part("AWS::EKS::PodIdentityAssociation", "associationArn", text("namespace", "namespace"), text("serviceAccount", "serviceAccount"), ref("roleArn", "roleArn", aws.IAMRole)),
		part("AWS::EKS::IdentityProviderConfig", "oidc.identityProviderConfigArn", text("oidc.identityProviderConfigName", "identityProviderConfigName"),
			text("oidc.issuerUrl", "oidc.issuerUrl"), text("oidc.clientId", "oidc.clientId"), text("oidc.groupsClaim", "oidc.groupsClaim"), text("oidc.usernameClaim", "oidc.usernameClaim")),
	}
}

// finishTemplateEntry makes what the API answers about the access policies of an access entry.
func finishTemplateEntry(s *assembly, a *answer, v value) {
	s.putCluster(a, v.get("clusterName"))
	policies := v.get("accessPolicies")
	if policies.isNothing() {
		return
	}
	made := newAnswer(kind{typ: aws.EKSAccessPolicies}, a.label, a.line)
	made.beside = "access policies"
	made.uid = a.uid + "#access-policies"
	for _, name := range []string{"clusterName", "principalArn"} {
		if n := a.object.get(name); n != nil {
			made.object.set(name, n)
		} else {
			made.leaveOpen(name)
		}
	}
	s.fill(made.root(), v, []field{each("associatedAccessPolicies", "accessPolicies",
		text("policyArn", "policyArn"), text("accessScope.type", "accessScope.type"), texts("accessScope.namespaces", "accessScope.namespaces"))})
	s.answers = append(s.answers, made)
}

// templateECS lists the types of Amazon ECS.
func templateECS() []kind {
	return []kind{
		{source: "AWS::ECS::Cluster", small: true, called: []string{"clusterName"}, fields: []field{
			own("clusterArn"), text("clusterName", "clusterName"), each("settings", "clusterSettings", text("name", "name"), text("value", "value")),
			ref("configuration.executeCommandConfiguration.kmsKeyId", "configuration.executeCommandConfiguration.kmsKeyId"),
			text("configuration.executeCommandConfiguration.logging", "configuration.executeCommandConfiguration.logging"),
			texts("capacityProviders", "capacityProviders"), tags("tags", "tags"),
		}},
		{source: "AWS::ECS::Service", small: true, called: []string{"serviceName"}, also: []string{"launchType", "capacityProviderStrategy", "cluster"}, finish: func(_ *assembly, a *answer, v value) {
			if v.get("launchType").isEmpty() && v.get("capacityProviderStrategy").isEmpty() {
				a.leaveOpen("launchType") // the capacity providers of the cluster decide
			}
			if v.get("cluster").isEmpty() {
				a.leaveOpen("clusterArn") // that of the account's cluster called default
			}
		}, fields: append(serviceFields(),
			own("serviceArn"), text("serviceName", "serviceName"), ref("clusterArn", "cluster", aws.ECSCluster), ref("roleArn", "role", aws.IAMRole),
			number("desiredCount", "desiredCount"), text("schedulingStrategy", "schedulingStrategy"), flag("enableExecuteCommand", "enableExecuteCommand"),
			text("deploymentController.type", "deploymentController.type"), tags("tags", "tags"),
		)},
		{source: "AWS::ECS::TaskDefinition", small: true, called: []string{"family"}, also: []string{"containerDefinitions"}, finish: func(s *assembly, a *answer, v value) {
			if containers := v.get("containerDefinitions"); containers.open {
				a.leaveOpen("containerDefinitions")
			} else {
				s.putContainers(a, containers)
			}
		}, fields: []field{
			own("taskDefinitionArn"), text("family", "family"), ref("taskRoleArn", "taskRoleArn", aws.IAMRole), ref("executionRoleArn", "executionRoleArn", aws.IAMRole),
			text("networkMode", "networkMode"), text("pidMode", "pidMode"), text("ipcMode", "ipcMode"), text("cpu", "cpu"), text("memory", "memory"),
			texts("requiresCompatibilities", "requiresCompatibilities"), text("runtimePlatform.operatingSystemFamily", "runtimePlatform.operatingSystemFamily"),
			text("runtimePlatform.cpuArchitecture", "runtimePlatform.cpuArchitecture"),
			each("volumes", "volumes", text("name", "name"), text("host.sourcePath", "host.sourcePath"),
				ref("efsVolumeConfiguration.fileSystemId", "eFSVolumeConfiguration.filesystemId"), text("efsVolumeConfiguration.transitEncryption", "eFSVolumeConfiguration.transitEncryption")),
			tags("tags", "tags"),
		}},
	}
}

// templateECSParts lists the types that add to services and clusters.
func templateECSParts() []part {
	set := attributesOf(serviceFields(), []string{"service"})
	return []part{
		{source: "AWS::ECS::TaskSet", attributes: set, join: func(s *assembly, p piece) {
			joinTaskSet(s, p.label, p.line, p.get("service"), p.value)
		}},
		{source: "AWS::ECS::ClusterCapacityProviderAssociations", attributes: []string{"cluster", "capacityProviders"}, join: func(s *assembly, p piece) {
			if a := s.find(p.get("cluster"), []inventory.Type{aws.ECSCluster}); a != nil {
				s.fill(a.root(), p.value, []field{texts("capacityProviders", "capacityProviders")})
			}
		}},
	}
}
