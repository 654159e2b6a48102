//go:build e2e

package e2e

import (
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// An estateService is one ECS service of the estate: what is special about it, and what is so found. The service that nothing
// is special about runs on AWS Fargate, in private subnets behind a closed security group, as a user, on a read-only root
// file system, with a role of its own that may read one bucket, from an image in which a scan found nothing.
type estateService struct {
	name string
	// cluster is where it runs on container instances; "own" is one with an instance of its own. "" is AWS Fargate.
	cluster string
	// instance changes the instance of the cluster; hostless leaves the cluster without any.
	instance func(*ec2.RunInstancesInput, *estateNetwork)
	hostless bool
	// ownInterface gives its tasks a network interface each, as on AWS Fargate.
	ownInterface bool

	// subnet, group and image name some that the estate has; "" is private, closed, and an image without findings.
	subnet, group, image string
	publicIP             bool
	balancer             string // Which load balancer sends to it.

	role   estateRole
	change func(*ecs.RegisterTaskDefinitionInput)

	// recorded is a field of the answer that moto does not keep: the service is given as a file.
	recorded map[string]any

	// traits and unknown are all trait IDs that are present, and those that cannot be assessed.
	traits, unknown []string
}

// An estateRole is the task role of a service.
type estateRole struct {
	none             bool
	shared           string // The name of one that several services have.
	managed          string // An AWS managed policy in place of its own.
	boundary, policy string
}

// statement writes a policy with these statements.
func statement(text string) string { return `{"Version":"2012-10-17","Statement":[` + text + `]}` }

// of changes the one container of a task definition.
func of(change func(*types.ContainerDefinition)) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) { change(&in.ContainerDefinitions[0]) }
}

// mounts gives the container a path of its instance.
func mounts(path string) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) {
		in.Volumes = append(in.Volumes, types.Volume{Name: ptr("host"), Host: &types.HostVolumeProperties{SourcePath: &path}})
		c := &in.ContainerDefinitions[0]
		c.MountPoints = append(c.MountPoints, types.MountPoint{SourceVolume: ptr("host"), ContainerPath: ptr("/host"), ReadOnly: ptr(true)})
	}
}

// adds gives the container a capability.
func adds(capability string) func(*ecs.RegisterTaskDefinitionInput) {
	return of(func(c *types.ContainerDefinition) {
		c.LinuxParameters = &types.LinuxParameters{Capabilities: &types.KernelCapabilities{Add: []string{capability}}}
	})
}

// runsAs sets the container's user; "" leaves it to the image.
func runsAs(user string) func(*ecs.RegisterTaskDefinitionInput) {
	return of(func(c *types.ContainerDefinition) {
		c.User = &user
		if user == "" {
			c.User = nil
		}
	})
}

// has gives the container a variable.
func has(name, value string) func(*ecs.RegisterTaskDefinitionInput) {
	return of(func(c *types.ContainerDefinition) { c.Environment = []types.KeyValuePair{{Name: &name, Value: &value}} })
}

// metadata sets the options of an instance's metadata service.
func metadata(endpoint ec2types.InstanceMetadataEndpointState, tokens ec2types.HttpTokensState, hops int32) func(*ec2.RunInstancesInput, *estateNetwork) {
	return func(in *ec2.RunInstancesInput, _ *estateNetwork) {
		in.MetadataOptions = &ec2types.InstanceMetadataOptionsRequest{HttpEndpoint: endpoint, HttpTokens: tokens, HttpPutResponseHopLimit: &hops}
	}
}

// roleless takes the instance's role.
func roleless(in *ec2.RunInstancesInput, _ *estateNetwork) { in.IamInstanceProfile = nil }

// placed puts the instance in a subnet and a security group.
func placed(subnet, group string) func(*ec2.RunInstancesInput, *estateNetwork) {
	return func(in *ec2.RunInstancesInput, n *estateNetwork) {
		in.SubnetId, in.SecurityGroupIds = ptr(n.subnets[subnet]), []string{n.groups[group]}
	}
}

// trustedBy makes a role of a service.
func trustedBy(name string) *iam.CreateRoleInput {
	return &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: ptr(awsTrust)}
}

// with lists the traits of a service that has a task role and these.
func with(traits ...string) []string { return append([]string{"ecs-assumes-iam-role"}, traits...) }

// unscanned lists the rules that need to know what a scan found.
func unscanned(of string) []string {
	return []string{of + "-container-eol-os", of + "-container-malicious-package", of + "-container-vulnerability", of + "-container-vulnerability-high"}
}

func ptr[T any](v T) *T { return &v }
