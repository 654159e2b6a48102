package iac

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// terraformECS lists the types of Amazon ECS.
func terraformECS() []kind {
	return []kind{
		{source: "aws_ecs_cluster", typ: aws.ECSCluster, fields: []field{
			own("clusterArn"), text("clusterName", "name"), each("settings", "setting", text("name", "name"), text("value", "value")),
			ref("configuration.executeCommandConfiguration.kmsKeyId", "configuration.execute_command_configuration.kms_key_id"),
			text("configuration.executeCommandConfiguration.logging", "configuration.execute_command_configuration.logging"), tags("tags", "tags_all|tags"),
		}},
		{source: "aws_ecs_service", typ: aws.ECSService, also: terraformServiceAttributes(), finish: finishTerraformService, fields: []field{
			own("serviceArn"), text("serviceName", "name"), ref("clusterArn", "cluster", aws.ECSCluster), ref("roleArn", "iam_role", aws.IAMRole),
			number("desiredCount", "desired_count"), text("schedulingStrategy", "scheduling_strategy"), flag("enableExecuteCommand", "enable_execute_command"),
			text("deploymentController.type", "deployment_controller.type"), tags("tags", "tags_all|tags"),
		}},
		{source: "aws_ecs_task_definition", typ: aws.ECSTaskDefinition, also: []string{"container_definitions"}, finish: func(s *assembly, a *answer, v value) {
			if containers := v.get("container_definitions"); containers.open {
				a.leaveOpen("containerDefinitions")
			} else {
				s.putContainers(a, containers)
			}
		}, fields: []field{
			own("taskDefinitionArn"), text("family", "family"), number("revision", "revision").orAbsent(),
			ref("taskRoleArn", "task_role_arn", aws.IAMRole), ref("executionRoleArn", "execution_role_arn", aws.IAMRole),
			text("networkMode", "network_mode").orAbsent(), text("pidMode", "pid_mode"), text("ipcMode", "ipc_mode"), text("cpu", "cpu"), text("memory", "memory"),
			texts("requiresCompatibilities", "requires_compatibilities"), text("runtimePlatform.operatingSystemFamily", "runtime_platform.operating_system_family"),
			text("runtimePlatform.cpuArchitecture", "runtime_platform.cpu_architecture"),
			each("volumes", "volume", text("name", "name"), text("host.sourcePath", "host_path"),
				ref("efsVolumeConfiguration.fileSystemId", "efs_volume_configuration.file_system_id"),
				text("efsVolumeConfiguration.transitEncryption", "efs_volume_configuration.transit_encryption")),
			tags("tags", "tags_all|tags"),
		}},
	}
}

func terraformServiceAttributes() []string {
	return []string{"launch_type", "platform_version", "task_definition", "capacity_provider_strategy", "load_balancer", "network_configuration"}
}

// terraformService gives what a service and a task set have in common the names of the API.
func terraformService(v value) value {
	network := v.get("network_configuration")
	awsvpc := map[string]value{"subnets": network.get("subnets"), "securityGroups": network.get("security_groups")}
	switch public := network.get("assign_public_ip"); {
	case public.isTrue():
		awsvpc["assignPublicIp"] = textValue("ENABLED", public.line)
	case public.open && !public.unset:
		awsvpc["assignPublicIp"] = public
	case public.kind == tree.Bool:
		awsvpc["assignPublicIp"] = textValue("DISABLED", public.line)
	}
	return mapOf(v.line, map[string]value{
		"launchType": v.get("launch_type"), "platformVersion": v.get("platform_version"), "taskDefinition": v.get("task_definition"),
		"capacityProviderStrategy": renamed(v.get("capacity_provider_strategy"), map[string]string{"capacity_provider": "capacityProvider"}),
		"loadBalancers": renamed(v.get("load_balancer"), map[string]string{
			"target_group_arn": "targetGroupArn", "elb_name": "loadBalancerName", "container_name": "containerName", "container_port": "containerPort",
		}),
		"networkConfiguration": mapOf(network.line, map[string]value{"awsvpcConfiguration": mapOf(network.line, awsvpc)}),
	})
}

func finishTerraformService(s *assembly, a *answer, v value) {
	s.fill(a.root(), terraformService(v), serviceFields())
	if len(v.get("capacity_provider_strategy").items) > 0 { // then there is no launch type
		a.close("launchType")
	}
	finishService(s, a, v)
}

// terraformServiceParts lists the types that add to services and clusters.
func terraformServiceParts() []part {
	return []part{
		{source: "aws_ecs_task_set", attributes: append(terraformServiceAttributes(), "service"), join: func(s *assembly, p piece) {
			joinTaskSet(s, p.label, p.line, p.get("service"), terraformService(p.value))
		}},
		{source: "aws_ecs_cluster_capacity_providers", attributes: []string{"cluster_name", "capacity_providers"}, join: func(s *assembly, p piece) {
			if a := s.find(p.get("cluster_name"), []inventory.Type{aws.ECSCluster}); a != nil {
				s.fill(a.root(), p.value, []field{texts("capacityProviders", "capacity_providers")})
			}
		}},
	}
}
