package finding_test

import (
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

func TestNameOf(t *testing.T) {
	const ecs, lb = "arn:aws:ecs:eu-west-1:111122223333:", "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/"
	for _, tt := range []struct {
		name string
		uid  inventory.UID
		typ  inventory.Type
		own  string
		want string // in English; "" for what it does not name
	}{
		{"an ECS service", ecs + "service/shop/billing", "AWS::ECS::Service", "billing", "ECS service shop/billing"},
		{"an ECS service with an old ARN", ecs + "service/billing", "", "", "ECS service billing"},
		{"a task definition", ecs + "task-definition/web:7", "", "", "ECS task definition web:7"},
		{"a container instance", ecs + "container-instance/shop/0123", "", "", "container instance shop/0123"},
		{"whichever container instance", ecs + "container-instance/shop/*", "", "", "a container instance of the cluster shop"},
		{"an EKS cluster", "arn:aws:eks:eu-west-1:111122223333:cluster/shop", "AWS::EKS::Cluster", "shop", "EKS cluster shop"},
		{"an account", "arn:aws:iam::111122223333:root", "", "", "the AWS account 111122223333"},
		{"an account that is not known", "arn:aws:iam:::root", "", "", "the AWS account"},
		{"a role with a path", "arn:aws:iam::111122223333:role/team/billing", "", "", "IAM role billing"},
		{"a load balancer", lb + "app/web/0123456789abcdef", "", "", "load balancer app/web"},
		{"a classic load balancer", lb + "web", "", "", "load balancer web"},
		{"a planned service", "tf://module.shop.aws_ecs_service.web", "AWS::ECS::Service", "web", "ECS service web"},
		{"a planned role", "tf://aws_iam_role.web%5B%22a.b%22%5D", "", "", `IAM role aws_iam_role.web["a.b"]`},
		{"an instance of a planned cluster", "tf://aws_ecs_cluster.shop#container-instances", "", "", "a container instance of the cluster aws_ecs_cluster.shop"},
		{"a service of a template", "cfn://shop.yaml/Web", "AWS::ECS::Service", "", "ECS service Web"},
		{"what a template does not say the type of", "cfn://shop.yaml/Role", "", "", ""},
		{"a user called root", "arn:aws:iam::111122223333:user/root", "", "", ""},
		{"a Deployment", "k8s://files/apps/Deployment/shop/web", "k8s/apps/Deployment", "web", ""},
		{"the internet", inventory.Internet, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, ok := finding.NameOf(tt.uid, tt.typ, tt.own)
			if !ok {
				if tt.want != "" {
					t.Fatalf("no name, want %q", tt.want)
				}
				return
			}
			if got := n.Text().In(lang.EN); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
