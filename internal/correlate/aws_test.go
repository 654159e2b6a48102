package correlate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
)

// assess runs the whole catalogue over answers of the AWS API and gives the exposure of one resource.
func assess(t *testing.T, uid inventory.UID, answers ...string) *finding.Exposure {
	t.Helper()
	world := &rule.World{Inventory: view(t, strings.Join(answers, "---\n")), Now: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)}
	traits := evaluate.Traits(world, catalog.All()).Traits
	exposures := correlate.Exposures(correlate.Input{World: world, Traits: traits, Rules: catalog.All()}).Exposures
	for i := range exposures {
		if exposures[i].Resource.UID == uid {
			return &exposures[i]
		}
	}
	t.Fatalf("%s has no exposure", uid)
	return nil
}

const (
	ci      inventory.UID = "arn:aws:ecs:eu-west-1:111122223333:service/shop/ci"
	account inventory.UID = "arn:aws:iam::111122223333:root"
)

// takeover is the story of an ECS cluster that is taken over: the internet reaches the load balancer of a build
// service, whose container has the runtime's socket; it shares its instances with a service whose role is an
// administrator.
const takeover = `services:
- serviceArn: arn:aws:ecs:eu-west-1:111122223333:service/shop/ci
  serviceName: ci
  clusterArn: arn:aws:ecs:eu-west-1:111122223333:cluster/shop
  status: ACTIVE
  launchType: EC2
  taskDefinition: arn:aws:ecs:eu-west-1:111122223333:task-definition/ci:7
  loadBalancers: [{targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/ci/1", containerName: agent, containerPort: 8080}]
- serviceArn: arn:aws:ecs:eu-west-1:111122223333:service/shop/billing
  serviceName: billing
  clusterArn: arn:aws:ecs:eu-west-1:111122223333:cluster/shop
  status: ACTIVE
  launchType: EC2
  taskDefinition: arn:aws:ecs:eu-west-1:111122223333:task-definition/billing:2
---
taskDefinition:
  taskDefinitionArn: arn:aws:ecs:eu-west-1:111122223333:task-definition/ci:7
  family: ci
  networkMode: bridge
  containerDefinitions:
  - name: agent
    image: registry.example/agent:3
    portMappings: [{containerPort: 8080, hostPort: 8080, protocol: tcp}]
    mountPoints: [{sourceVolume: docker, containerPath: /var/run/docker.sock}]
  volumes: [{name: docker, host: {sourcePath: /var/run/docker.sock}}]
---
taskDefinition:
  taskDefinitionArn: arn:aws:ecs:eu-west-1:111122223333:task-definition/billing:2
  family: billing
  networkMode: bridge
  taskRoleArn: arn:aws:iam::111122223333:role/billing
  containerDefinitions: [{name: app, image: "registry.example/billing:3"}]
---
containerInstances:
- containerInstanceArn: arn:aws:ecs:eu-west-1:111122223333:container-instance/shop/0123456789abcdef0123456789abcdef
  ec2InstanceId: i-0123456789abcdef0
---
Reservations:
- OwnerId: "111122223333"
  Instances:
  - InstanceId: i-0123456789abcdef0
    VpcId: vpc-1
    SubnetId: subnet-1
    Placement: {AvailabilityZone: eu-west-1a}
    State: {Name: running}
    SecurityGroups: [{GroupId: sg-1}]
    IamInstanceProfile: {Arn: "arn:aws:iam::111122223333:instance-profile/ecs"}
    MetadataOptions: {HttpEndpoint: enabled, HttpTokens: optional, HttpPutResponseHopLimit: 2}
---
InstanceProfiles:
- InstanceProfileName: ecs
  Arn: arn:aws:iam::111122223333:instance-profile/ecs
  Roles: [{RoleName: ecs, Arn: "arn:aws:iam::111122223333:role/ecs"}]
---
RoleDetailList:
- RoleName: billing
  Arn: arn:aws:iam::111122223333:role/billing
  AttachedManagedPolicies: [{PolicyName: AdministratorAccess, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess"}]
- RoleName: ecs
  Arn: arn:aws:iam::111122223333:role/ecs
`

func TestTheTakeoverOfAnECSClusterIsTold(t *testing.T) {
	e := assess(t, ci, takeover)
	if e.Severity != finding.SeverityHigh || !strings.HasPrefix(e.Title.EN, "Potential Account Takeover: ") {
		t.Errorf("%v: %s", e.Severity, e.Title.EN)
	}
	var kinds []string
	for _, p := range e.AttackPaths {
		if p.Target == account && !p.Possible() || p.Target == account && kinds == nil {
			kinds = nil
			for _, edge := range p.Edges {
				kinds = append(kinds, string(edge.Kind))
			}
		}
	}
	if got := strings.Join(kinds, " "); !strings.HasSuffix(got, "escape-runtime-socket take-task-role administrator") {
		t.Errorf("the way to the account is %q", got)
	}
}

func TestAPlannedRoleHandsOverItsAccount(t *testing.T) {
	e := assess(t, "cfn://stdin/Web", `Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}]}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {Family: web, NetworkMode: bridge, TaskRoleArn: !GetAtt Role.Arn, ContainerDefinitions: [{Name: app, Image: "registry.example/app:3"}]}
  Web:
    Type: AWS::ECS::Service
    Properties: {LaunchType: EC2, TaskDefinition: !Ref Task}
`)
	if want := "Potential Account Takeover: ECS service Web: "; !strings.HasPrefix(e.Title.EN, want) {
		t.Errorf("the title is %q, want %q first", e.Title.EN, want)
	}
}

func TestAFargateServiceWithoutARoleHasALowImpact(t *testing.T) {
	const service = `services:
- serviceArn: arn:aws:ecs:eu-west-1:111122223333:service/shop/ci
  serviceName: ci
  status: ACTIVE
  launchType: FARGATE
  taskDefinition: arn:aws:ecs:eu-west-1:111122223333:task-definition/ci:7
  networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-1], assignPublicIp: ENABLED}}
`
	const definition = `taskDefinition:
  taskDefinitionArn: arn:aws:ecs:eu-west-1:111122223333:task-definition/ci:7
  family: ci
  networkMode: awsvpc
  containerDefinitions: [{name: app, image: "registry.example/app:3"}]
`
	for _, c := range []struct {
		name, service, definition string
		want                      finding.Impact
	}{
		{"no role", service, definition, finding.ImpactLow},
		{"an older deployment on container instances", service + "  deployments: [{status: ACTIVE, launchType: EC2, runningCount: 1}]\n", definition, finding.ImpactUnknown},
		{"no launch type", strings.Replace(service, "launchType: FARGATE", "desiredCount: 1", 1), definition, finding.ImpactUnknown},
		{"a role whose permissions were not read", service, definition + "  taskRoleArn: arn:aws:iam::111122223333:role/app\n", finding.ImpactUnknown},
		{"a task definition that was not read", service, "", finding.ImpactUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := assess(t, ci, c.service, c.definition).Impact; got != c.want {
				t.Errorf("impact %v, want %v", got, c.want)
			}
		})
	}
}

func TestAnEKSClusterAndItsKubernetesClusterAreOne(t *testing.T) {
	const answers = `cluster:
  name: shop
  arn: arn:aws:eks:eu-west-1:111122223333:cluster/shop
  version: "1.27"
---
apiVersion: v1
kind: Node
metadata: {name: worker}
spec: {providerID: "aws:///eu-west-1a/i-0123456789abcdef0"}
---
Reservations:
- OwnerId: "111122223333"
  Instances:
  - InstanceId: i-0123456789abcdef0
    Placement: {AvailabilityZone: eu-west-1a}
    Tags: [{Key: "eks:cluster-name", Value: shop}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: gatekeeper-validating-webhook-configuration}
webhooks:
- name: validation.gatekeeper.sh
  failurePolicy: Ignore
  clientConfig: {service: {name: gatekeeper-webhook-service, namespace: gatekeeper-system}}
  rules: [{apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE], resources: ["*"]}]
`
	const cluster inventory.UID = "arn:aws:eks:eu-west-1:111122223333:cluster/shop"
	e := assess(t, cluster, answers)
	if e.Resource.UIDAlt != "k8s://files" {
		t.Errorf("its other UID is %q", e.Resource.UIDAlt)
	}
	var ids []string
	for _, tr := range e.Traits {
		ids = append(ids, tr.ID)
	}
	for _, want := range []string{"eks-unsupported-version", "webhook-fail-open"} {
		if !slices.Contains(ids, want) {
			t.Errorf("the exposure has the traits %v, and not %s", ids, want)
		}
	}
}
