package iac

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// containerFields lists what is read of a container definition, by the names of the API. The values of variables
// are judged and taken out before anything is kept, as with every answer of the API.
func containerFields() []field {
	return []field{
		text("name", "name"), text("image", "image"), text("user", "user"),
		number("cpu", "cpu"), number("memory", "memory"), number("memoryReservation", "memoryReservation"),
		flag("essential", "essential"), flag("privileged", "privileged"), flag("readonlyRootFilesystem", "readonlyRootFilesystem"),
		texts("linuxParameters.capabilities.add", "linuxParameters.capabilities.add"),
		texts("linuxParameters.capabilities.drop", "linuxParameters.capabilities.drop"),
		each("linuxParameters.devices", "linuxParameters.devices", text("hostPath", "hostPath"), text("containerPath", "containerPath"), texts("permissions", "permissions")),
		texts("dockerSecurityOptions", "dockerSecurityOptions"),
		each("mountPoints", "mountPoints", text("sourceVolume", "sourceVolume"), text("containerPath", "containerPath"), flag("readOnly", "readOnly")),
		each("volumesFrom", "volumesFrom", text("sourceContainer", "sourceContainer"), flag("readOnly", "readOnly")),
		each("portMappings", "portMappings", text("name", "name"), number("containerPort", "containerPort"), number("hostPort", "hostPort"),
			text("protocol", "protocol"), text("containerPortRange", "containerPortRange")),
		each("environment", "environment", text("name", "name"), text("value", "value")),
		each("environmentFiles", "environmentFiles", text("value", "value"), text("type", "type")),
		each("secrets", "secrets", text("name", "name"), ref("valueFrom", "valueFrom")),
		ref("repositoryCredentials.credentialsParameter", "repositoryCredentials.credentialsParameter"),
		text("logConfiguration.logDriver", "logConfiguration.logDriver"),
		each("logConfiguration.secretOptions", "logConfiguration.secretOptions", text("name", "name"), ref("valueFrom", "valueFrom")),
	}
}

// commandFields are those that hold whatever a program is told.
func commandFields() []field {
	return []field{arguments("command", "command"), arguments("entryPoint", "entryPoint")}
}

// putContainers writes the container definitions of a task definition.
func (s *assembly) putContainers(a *answer, containers value) {
	if containers.kind == tree.String {
		parsed, ok := parsed(containers)
		if !ok || parsed.kind != tree.List {
			a.leaveOpen("containerDefinitions")
			s.problem(containers.line, a.label+": the container definitions are not a list in JSON, and were not assessed")
			return
		}
		parsed.hidden = containers.hidden
		containers = parsed
	}
	fields := containerFields()
	if !containers.hidden {
		fields = append(fields, commandFields()...)
	}
	s.fill(a.root(), value{kind: tree.Map, keys: []string{"containers"}, items: []value{lowerKeys(containers)}}, []field{each("containerDefinitions", "containers", fields...)})
}

// lowerKeys writes the keys of maps as the ECS and EKS APIs do, with a small letter first.
func lowerKeys(v value) value {
	keys := slices.Clone(v.keys)
	for i, key := range keys {
		if key != "" {
			keys[i] = strings.ToLower(key[:1]) + key[1:]
		}
	}
	v.keys = keys
	items := make([]value, len(v.items))
	for i, item := range v.items {
		if v.kind == tree.Map && (keys[i] == "tags" || keys[i] == "labels") { // whose keys are the user's
			items[i] = item
			continue
		}
		items[i] = lowerKeys(item)
	}
	v.items = items
	return v
}

// serviceFields lists what is read of an ECS service, and of its task sets, by the names of the API.
func serviceFields() []field {
	return []field{
		text("launchType", "launchType"), text("platformVersion", "platformVersion"),
		ref("taskDefinition", "taskDefinition", aws.ECSTaskDefinition),
		each("capacityProviderStrategy", "capacityProviderStrategy", text("capacityProvider", "capacityProvider"), number("weight", "weight"), number("base", "base")),
		each("loadBalancers", "loadBalancers", ref("targetGroupArn", "targetGroupArn", aws.TargetGroup), text("loadBalancerName", "loadBalancerName"),
			text("containerName", "containerName"), number("containerPort", "containerPort")),
		refs("networkConfiguration.awsvpcConfiguration.subnets", "networkConfiguration.awsvpcConfiguration.subnets", aws.Subnet),
		refs("networkConfiguration.awsvpcConfiguration.securityGroups", "networkConfiguration.awsvpcConfiguration.securityGroups", aws.SecurityGroup),
		text("networkConfiguration.awsvpcConfiguration.assignPublicIp", "networkConfiguration.awsvpcConfiguration.assignPublicIp"),
	}
}

// finishService gives a service the ARNs that follow from its own: of its cluster and task definition, where the
// document names them.
func finishService(_ *assembly, a *answer, _ value) {
	own, ok := inventory.ParseARN(a.arn)
	if !ok {
		return
	}
	complete := func(member, kind string) {
		n := a.object.get(member)
		if _, isARN := inventory.ParseARN(a.object.textOf(member)); n == nil || isARN || aws.IsPlanned(n.text) {
			return
		}
		n.text = inventory.ARN{Partition: own.Partition, Service: "ecs", Region: own.Region, Account: own.Account, Resource: kind + n.text}.String()
	}
	complete("clusterArn", "cluster/")
	if strings.Contains(a.object.textOf("taskDefinition"), ":") {
		complete("taskDefinition", "task-definition/")
	}
}

// joinTaskSet adds a task set to its service.
func joinTaskSet(s *assembly, label string, line int, service, set value) {
	a := s.find(service, []inventory.Type{aws.ECSService})
	if a == nil {
		s.notJoined(label, "service", line)
		return
	}
	s.addTo(a, "taskSets", set, serviceFields())
}
