package remedy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/remedy"
	"github.com/merlonsec/merlon/internal/rule"
)

const template = `# The shop, as it runs.
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Image: {Type: String, Default: registry.example/web:1}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: web
      PidMode: host   # for the old monitor
      NetworkMode: bridge
      ContainerDefinitions:
        - Name: web
          Image: !Ref Image
          Privileged: true  # to mount
          Environment:
            - {Name: DB_PASSWORD, Value: x7Gq-2vLw-99rT}
            - {Name: MODE, Value: fast}
          Secrets:
            - Name: API_KEY # rotated each month
              ValueFrom: !Ref Key
  Service:
    Type: AWS::ECS::Service
    Properties:
      Cluster: shop
      LaunchType: EC2
      TaskDefinition: !Ref Task
      EnableExecuteCommand: true
  Kube:
    Type: AWS::EKS::Cluster
    Properties:
      RoleArn: arn:aws:iam::111122223333:role/eks
      ResourcesVpcConfig: {SubnetIds: [subnet-1]}
      Logging:
        ClusterLogging:
          EnabledTypes:
            - Type: api # always
`

// A template of CloudFormation is edited where its properties stand, in the terms of CloudFormation.
func TestTemplatesAreEdited(t *testing.T) {
	s := session(t, rule.Settings{}, map[string]string{"shop.yaml": template})
	only := []string{"ecs-privileged-container", "ecs-host-pid-namespace", "ecs-cleartext-credentials", "ecs-exec-enabled", "eks-audit-log-disabled", "eks-public-endpoint"}
	for _, f := range s.All(remedy.Wanted{Only: only, InFiles: true}) {
		if !f.Proved() {
			t.Errorf("%s is not proved: %s", f.Trait, f.Refused.EN)
		}
		for _, o := range f.Objects {
			if o.File != "shop.yaml" || o.Terraform != "" {
				t.Errorf("%s is in the file %q, and in Terraform\n%s", o.UID, o.File, o.Terraform)
			}
		}
		if len(f.Commands) > 0 {
			t.Errorf("commands for what a template makes: %v", f.Commands)
		}
	}
	want := strings.NewReplacer(
		"      PidMode: host   # for the old monitor\n", "",
		"Privileged: true ", "Privileged: false ",
		"            - {Name: DB_PASSWORD, Value: x7Gq-2vLw-99rT}\n", "",
		"              ValueFrom: !Ref Key\n", "              ValueFrom: !Ref Key\n            - Name: DB_PASSWORD\n              ValueFrom: \"arn:aws:secretsmanager:REGION:ACCOUNT:secret:web/DB_PASSWORD\"\n",
		"EnableExecuteCommand: true", "EnableExecuteCommand: false",
		"{SubnetIds: [subnet-1]}", "{SubnetIds: [subnet-1], EndpointPrivateAccess: true, EndpointPublicAccess: false}",
		"            - Type: api # always\n", "            - Type: api # always\n            - Type: audit\n",
	).Replace(template)
	files := s.Files()
	if len(files) != 1 {
		t.Fatalf("%d files changed", len(files))
	}
	if diff := cmp.Diff(want, string(files[0].After)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What a function of CloudFormation gives is not a plain value that stands there.
func TestFunctionsOfTemplatesStay(t *testing.T) {
	input := strings.NewReplacer("Privileged: true  # to mount", "Privileged: !If [Big, true, true]", "Parameters:", "Conditions: {Big: !Equals [a, a]}\nParameters:").Replace(template)
	s := session(t, rule.Settings{}, map[string]string{"shop.yaml": input})
	fixes := s.All(remedy.Wanted{Only: []string{"ecs-privileged-container"}})
	if len(fixes) != 1 || fixes[0].Proved() || !strings.Contains(fixes[0].Refused.EN, "cannot be changed in this file") {
		t.Errorf("fixes: %+v", fixes)
	}
	if files := s.Files(); files != nil {
		t.Errorf("the file becomes\n%s", files[0].After)
	}
}

const terraformPlan = `{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"child_modules": [{"address": "module.shop", "resources": [
  {"address": "module.shop.aws_ecs_task_definition.web[0]", "mode": "managed", "type": "aws_ecs_task_definition", "name": "web", "index": 0, "values": {
    "family": "shop-web", "pid_mode": "host", "network_mode": "bridge", "requires_compatibilities": ["EC2"], "volume": [{"name": "root", "host_path": "/"}],
    "container_definitions": "[{\"name\":\"web\",\"image\":\"x:1\",\"privileged\":true,\"mountPoints\":[{\"sourceVolume\":\"root\",\"containerPath\":\"/host\"}]}]"}},
  {"address": "module.shop.aws_eks_cluster.it", "mode": "managed", "type": "aws_eks_cluster", "name": "it", "values": {
    "name": "shop", "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/shop", "enabled_cluster_log_types": ["api"], "vpc_config": [{"endpoint_public_access": true, "endpoint_private_access": true}]}}]}]}}}`

// A plan says first what to change in the configuration, and gives no commands, as Terraform would undo them: also for what
// has an ARN already.
func TestPlansSayTerraformFirst(t *testing.T) {
	s := session(t, rule.Settings{}, map[string]string{"plan.json": terraformPlan})
	for _, c := range []struct {
		only []string
		want string
	}{
		{
			[]string{"ecs-host-pid-namespace", "ecs-host-filesystem"}, `# the Terraform plan plan.json makes it: change the resource module.shop.aws_ecs_task_definition.web[0]
# in Terraform:
#   resource "aws_ecs_task_definition" "web" {
#     container_definitions = jsonencode([
#       {
#         name = "web"
# -       mountPoints = [{ containerPath = "/host", sourceVolume = "root" }]
#       },
#     ])
# -   volume {
# -     host_path = "/"
# -     name = "root"
# -   }
#   }
# JSON patch of `,
		},
		{
			[]string{"eks-audit-log-disabled"}, `# the Terraform plan plan.json makes it: change the resource module.shop.aws_eks_cluster.it
# in Terraform:
#   resource "aws_eks_cluster" "it" {
# -   enabled_cluster_log_types = ["api"]
# +   enabled_cluster_log_types = ["api", "audit"]
#   }
# JSON patch of `,
		},
	} {
		var out strings.Builder
		if err := remedy.Print(&out, s.All(remedy.Wanted{Only: c.only}), remedy.Style{Format: remedy.FormatDiff}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), c.want) || strings.Contains(out.String(), "\naws ") {
			t.Errorf("it prints\n%s\nwant\n%s", out.String(), c.want)
		}
	}
}
