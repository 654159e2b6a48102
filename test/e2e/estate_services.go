//go:build e2e

package e2e

import (
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// platformUnknown is what stays open where a scan ended and found nothing: Amazon ECR's own scan does not tell the operating
// system, nor does Amazon Inspector without a finding.
func platformUnknown() []string { return []string{"ecs-container-eol-os"} }

// estateServices lists the services of the estate.
func estateServices() []estateService {
	all := estateOnFargate()
	all = append(all, estateImages()...)
	all = append(all, estateOnInstances()...)
	all = append(all, estateTogether()...)
	for i := range all {
		if all[i].image == "" {
			all[i].unknown = append(all[i].unknown, platformUnknown()...)
		}
	}
	return all
}

func estateOnFargate() []estateService {
	return []estateService{
		{name: "quiet", traits: with()},
		{name: "no-role", role: estateRole{none: true}},
		{name: "execution-role-alone", role: estateRole{none: true}, change: func(in *ecs.RegisterTaskDefinitionInput) { in.ExecutionRoleArn = ptr(estateARN("role/instances")) }},
		{name: "writable-root", change: of(func(c *types.ContainerDefinition) { c.ReadonlyRootFilesystem = nil }), traits: with("ecs-writable-root-filesystem")},
		{name: "user-of-image", change: runsAs(""), traits: with("ecs-root-user")},
		{name: "user-0", change: runsAs("0:1000"), traits: with("ecs-root-user")},
		{name: "user-of-group-0", change: runsAs("1000:0"), traits: with()},
		{name: "password-in-environment", change: has("DB_PASSWORD", awsSecret), traits: with("ecs-cleartext-credentials")},
		{name: "password-by-reference", change: of(func(c *types.ContainerDefinition) {
			c.Secrets = []types.Secret{{Name: ptr("DB_PASSWORD"), ValueFrom: ptr("arn:aws:ssm:eu-west-1:123456789012:parameter/db")}}
		}), traits: with()},
		{name: "setting-in-environment", change: has("LOG_LEVEL", "debug"), traits: with()},
		{name: "added-ptrace", change: adds("SYS_PTRACE"), traits: with()}, // AWS Fargate lets add this one: it reaches the task alone.

		{name: "public-address-private-subnet", publicIP: true, traits: with("ecs-public-ip")},
		{name: "public-address-closed-group", publicIP: true, subnet: "public", traits: with("ecs-public-ip")},
		{name: "public", publicIP: true, subnet: "public", group: "open", traits: with("ecs-public-ip", "ecs-open-security-group", "ecs-internet-reachable")},
		{name: "public-subnet-refuses", publicIP: true, subnet: "refusing", group: "open", traits: with("ecs-public-ip", "ecs-open-security-group")},
		{name: "public-other-port-open", publicIP: true, subnet: "public", group: "open-22", traits: with("ecs-public-ip", "ecs-open-security-group")},
		{name: "open-group", group: "open", traits: with("ecs-open-security-group")},
		{name: "open-group-ipv6", group: "open-ipv6", traits: with("ecs-open-security-group")},
		{name: "open-group-in-halves", group: "halves", traits: with("ecs-open-security-group")},
		{name: "behind-public-balancer", group: "balanced", balancer: "public", traits: with("ecs-internet-reachable")},
		{name: "behind-internal-balancer", group: "balanced", balancer: "internal", traits: with()},
		{name: "behind-no-listener", group: "balanced", balancer: "unheard", traits: with()},

		{name: "administrator", role: estateRole{managed: "AdministratorAccess"}, traits: with("ecs-role-admin")},
		{name: "iam-administrator", role: estateRole{managed: "IAMFullAccess"}, traits: with("ecs-role-admin")},
		{name: "administrator-inline", role: estateRole{policy: `{"Effect":"Allow","Action":"*","Resource":"*"}`}, traits: with("ecs-role-admin")},
		{name: "administrator-bounded", role: estateRole{managed: "AdministratorAccess", boundary: "ReadOnlyAccess"}, traits: with()},
		{name: "administrator-denied", role: estateRole{managed: "AdministratorAccess", policy: `{"Effect":"Deny","Action":"*","Resource":"*"}`}, traits: with()},
		{name: "storage-administrator", role: estateRole{managed: "AmazonS3FullAccess"}, traits: with("ecs-role-service-admin")},
		{name: "queue-administrator", role: estateRole{policy: `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`}, traits: with("ecs-role-service-admin")},
		{name: "bucket-administrator", role: estateRole{policy: `{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::shop","arn:aws:s3:::shop/*"]}`}, traits: with()},

		{name: "exec", recorded: map[string]any{"enableExecuteCommand": true}, traits: with("ecs-exec-enabled")},
		{name: "exec-off", recorded: map[string]any{"enableExecuteCommand": false}, traits: with()},
	}
}

func estateImages() []estateService {
	vulnerable := "ecs-container-vulnerability"
	return []estateService{
		{name: "image-likely-exploited", image: "likely", traits: with(vulnerable + "-high")},
		{name: "image-exploit-known", image: "exploit", traits: with(vulnerable + "-high")},
		{name: "image-unlikely-exploited", image: "unlikely", traits: with(vulnerable)},
		{name: "image-local-exploit", image: "local", traits: with(vulnerable)},
		{name: "image-both", image: "both", traits: with(vulnerable, vulnerable+"-high")},
		{name: "image-ended-system", image: "ended", traits: with(vulnerable, "ecs-container-eol-os")},
		{name: "image-malicious", image: "malicious", traits: with("ecs-container-malicious-package")},
		{
			name: "image-scanned-by-registry", image: "basic", traits: with(vulnerable), // a basic scan knows no exploits and no malicious packages
			unknown: append(platformUnknown(), "ecs-container-malicious-package", "ecs-container-vulnerability-high"),
		},
		{name: "image-unscanned", image: "unscanned", traits: with(), unknown: unscanned("ecs")},
		{name: "image-of-everybody", image: "everybody", traits: with("ecr-repository-public"), unknown: unscanned("ecs")},
		{name: "image-of-one-account", image: "partner", traits: with(), unknown: unscanned("ecs")},
	}
}

func estateOnInstances() []estateService {
	enabled, required := ec2types.InstanceMetadataEndpointStateEnabled, ec2types.HttpTokensStateRequired
	return []estateService{
		{name: "on-instances", cluster: "own", traits: with()},
		{name: "privileged", cluster: "own", change: of(func(c *types.ContainerDefinition) { c.Privileged = ptr(true) }), traits: with("ecs-privileged-container")},
		{name: "socket", cluster: "own", change: mounts("/var/run/docker.sock"), traits: with("ecs-container-runtime-socket", "ecs-host-filesystem")},
		{name: "host-path", cluster: "own", change: mounts("/etc"), traits: with("ecs-host-filesystem")},
		{name: "host-path-harmless", cluster: "own", change: mounts("/etc/localtime"), traits: with()},
		{name: "host-path-unmounted", cluster: "own", change: func(in *ecs.RegisterTaskDefinitionInput) {
			mounts("/")(in)
			in.ContainerDefinitions[0].MountPoints = nil
		}, traits: with()},
		{name: "added-sys-admin", cluster: "own", change: adds("SYS_ADMIN"), traits: with("ecs-dangerous-capability")},
		{name: "added-bind", cluster: "own", change: adds("NET_BIND_SERVICE"), traits: with()},
		{name: "host-pid", cluster: "own", change: func(in *ecs.RegisterTaskDefinitionInput) { in.PidMode = types.PidModeHost }, traits: with("ecs-host-pid-namespace")},
		{name: "task-pid", cluster: "own", change: func(in *ecs.RegisterTaskDefinitionInput) { in.PidMode = types.PidModeTask }, traits: with()},
		{name: "host-ipc", cluster: "own", change: func(in *ecs.RegisterTaskDefinitionInput) { in.IpcMode = types.IpcModeHost }, traits: with("ecs-host-ipc-namespace")},
		{name: "windows", cluster: "own", change: func(in *ecs.RegisterTaskDefinitionInput) {
			in.RuntimePlatform = &types.RuntimePlatform{OperatingSystemFamily: types.OSFamilyWindowsServer2022Core}
			in.NetworkMode = ""
			in.ContainerDefinitions[0].User, in.ContainerDefinitions[0].ReadonlyRootFilesystem = nil, nil
		}, traits: with()},
		{name: "host-network", cluster: "own", instance: roleless, change: hostNetwork, traits: with("ecs-host-network")},
		{name: "host-network-with-role", cluster: "own", change: hostNetwork, traits: with("ecs-host-network", "ecs-instance-imds-reachable")},
		{name: "metadata-version-1", cluster: "own", instance: metadata(enabled, ec2types.HttpTokensStateOptional, 1), traits: with("ecs-instance-imds-reachable")},
		{name: "metadata-two-hops", cluster: "own", instance: metadata(enabled, required, 2), traits: with("ecs-instance-imds-reachable")},
		{name: "metadata-off", cluster: "own", instance: metadata(ec2types.InstanceMetadataEndpointStateDisabled, ec2types.HttpTokensStateOptional, 2), traits: with()},
		{
			name: "metadata-own-interface", cluster: "own", instance: metadata(enabled, required, 2), ownInterface: true,
			traits: with(), unknown: []string{"ecs-instance-imds-reachable"},
		},
		{name: "instance-open-group", cluster: "own", instance: placed("private", "open"), traits: with("ecs-open-security-group")},
		{name: "instance-public", cluster: "own", instance: placed("public", "open"), traits: with("ecs-open-security-group", "ecs-internet-reachable")},
		{name: "instance-public-closed", cluster: "own", instance: placed("public", "closed"), traits: with()},
		{name: "no-instances", cluster: "own", hostless: true, traits: with()},
	}
}

func hostNetwork(in *ecs.RegisterTaskDefinitionInput) { in.NetworkMode = types.NetworkModeHost }

// estateTogether lists services that share a cluster.
func estateTogether() []estateService {
	strategy := func(provider string) map[string]any {
		return map[string]any{"capacityProviderStrategy": []any{map[string]any{"capacityProvider": provider, "weight": 1, "base": 0}}}
	}
	return []estateService{
		{name: "neighbour-a", cluster: "two-roles", traits: with("ecs-shared-instance-roles")},
		{name: "neighbour-b", cluster: "two-roles", traits: with("ecs-shared-instance-roles")},
		{name: "twin-a", cluster: "one-role", role: estateRole{shared: "twin"}, traits: with()},
		{name: "twin-b", cluster: "one-role", role: estateRole{shared: "twin"}, traits: with()},
		{name: "provider-a", cluster: "two-providers", recorded: strategy("a"), traits: with()},
		{name: "provider-b", cluster: "two-providers", recorded: strategy("b"), traits: with()},
		{name: "provider-c", cluster: "one-provider", recorded: strategy("c"), traits: with("ecs-shared-instance-roles")},
		{name: "provider-d", cluster: "one-provider", recorded: strategy("c"), traits: with("ecs-shared-instance-roles")},

		// Whoever takes the shop front over from the internet leaves its container by the socket or the privileges, and takes
		// from the agent the role of the back office.
		{name: "shop-front", cluster: "shop", balancer: "shop", instance: placed("private", "instances"), change: func(in *ecs.RegisterTaskDefinitionInput) {
			mounts("/var/run/docker.sock")(in)
			in.ContainerDefinitions[0].Privileged = ptr(true)
		}, traits: with("ecs-privileged-container", "ecs-container-runtime-socket", "ecs-host-filesystem", "ecs-internet-reachable", "ecs-shared-instance-roles")},
		{
			name: "shop-office", cluster: "shop", role: estateRole{managed: "AdministratorAccess"}, change: of(func(c *types.ContainerDefinition) { c.PortMappings = nil }),
			traits: with("ecs-role-admin", "ecs-shared-instance-roles"),
		},
	}
}
