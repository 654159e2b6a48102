package aws_test

import (
	"testing"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

func TestARNsOfAnotherKindAreNoIdentity(t *testing.T) {
	for _, c := range []struct {
		name, field, arn string
		of               inventory.Type
		fits             bool
	}{
		{"a cluster of Amazon ECS", "clusterArn", "arn:aws:ecs:eu-west-1:111122223333:cluster/shop", aws.ECSCluster, true},
		{"an instance profile as a cluster", "clusterArn", "arn:aws:iam::111122223333:instance-profile/ecs", aws.ECSCluster, false},
		{"a role as an instance profile", "Arn", "arn:aws:iam::111122223333:role/ecs", aws.IAMInstanceProfile, false},
		{"an instance profile", "Arn", "arn:aws:iam::111122223333:instance-profile/path/ecs", aws.IAMInstanceProfile, true},
		{"a load balancer in a Region of China", "LoadBalancerArn", "arn:aws-cn:elasticloadbalancing:cn-north-1:111122223333:loadbalancer/app/web/1", aws.LoadBalancer, true},
		{"a finding of Amazon Inspector", "findingArn", "arn:aws:inspector2:eu-west-1:111122223333:finding/1", aws.InspectorFinding, true},
		{"a service that a plan makes", "serviceArn", "tf://aws_ecs_service.web", aws.ECSService, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var object tree.Tree
			if err := tree.Decode(&object, []byte(`{"`+c.field+`": "`+c.arn+`"}`), 1, tree.Limits{}); err != nil {
				t.Fatal(err)
			}
			item := aws.Identify(c.of, aws.Scope{}, object.Root(), "")
			if got := item.Resource != nil; got != c.fits || (item.Problem == "") != c.fits {
				t.Errorf("resource %v, problem %q", item.Resource, item.Problem)
			}
		})
	}
}

func TestRelationsWhereWhatHasTheARNOfAProfileIsSomethingElse(t *testing.T) {
	const profile = "arn:aws:iam::111122223333:instance-profile/ecs"
	instance := &inventory.Resource{UID: "arn:aws:ec2:eu-west-1:111122223333:instance/i-1", Type: aws.Instance, Spec: &aws.InstanceSpec{ID: "i-1", Profile: profile}}
	for name, other := range map[string]*inventory.Resource{
		"a cluster":            {UID: profile, Type: aws.ECSCluster},
		"a container instance": {UID: profile, Type: aws.ECSContainerInstance, Spec: &aws.ContainerInstanceSpec{Instance: "i-1"}},
	} {
		v := inventory.NewView(nil, []*inventory.Resource{instance, other}, aws.Relate)
		for to := range v.Out(instance.UID, inventory.AssumesRole) {
			t.Errorf("%s: the instance has the role %s", name, to.UID)
		}
	}
}
