package aws_test

import (
	"slices"
	"testing"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

func TestWhereTasksMayRun(t *testing.T) {
	for _, c := range []struct {
		name, fields string
		on, known    bool
		pools        []aws.Pool
	}{
		{"the launch type EC2", `launchType: EC2`, true, true, []aws.Pool{aws.OnEC2}},
		{"AWS Fargate", `launchType: FARGATE`, false, true, nil},
		{"a capacity provider of AWS Fargate", `capacityProviderStrategy: [{capacityProvider: FARGATE_SPOT}]`, false, true, nil},
		{"a capacity provider beside AWS Fargate", `capacityProviderStrategy: [{capacityProvider: FARGATE}, {capacityProvider: spot}]`, true, true, []aws.Pool{"spot"}},
		{"an older deployment on instances", `launchType: FARGATE, deployments: [{status: ACTIVE, launchType: EC2, runningCount: 1}]`, true, true, []aws.Pool{aws.OnEC2}},
		{"a deployment that is over", `launchType: FARGATE, deployments: [{status: INACTIVE, launchType: EC2}, {status: ACTIVE, launchType: EC2, runningCount: 0, pendingCount: 0, desiredCount: 0}]`, false, true, nil},
		{"a task set", `taskSets: [{status: PRIMARY, launchType: EC2, runningCount: 0, pendingCount: 0, computedDesiredCount: 0}]`, true, true, []aws.Pool{aws.OnEC2}},
		{"nothing said", `desiredCount: 1`, false, false, []aws.Pool{aws.OnEC2}},
		{"left open by a plan", `launchType: FARGATE, x-merlon-unknown: ["$.capacityProviderStrategy"]`, false, false, []aws.Pool{aws.OnEC2}},
		{"outside AWS", `launchType: EXTERNAL`, false, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := project(t, `{services: [{serviceArn: "arn:aws:ecs:eu-west-1:111122223333:service/shop/web", `+c.fields+`}]}`).(*aws.ServiceSpec)
			if on, known := s.OnInstances(); on != c.on || known != c.known {
				t.Errorf("on instances %v, known %v", on, known)
			}
			if pools, known := s.InstancePools(); !slices.Equal(pools, c.pools) || known != c.known {
				t.Errorf("pools %v, known %v", pools, known)
			}
		})
	}
}

func TestPoolsThatShareInstances(t *testing.T) {
	for _, c := range []struct {
		a, b aws.Pool
		want bool
	}{
		{aws.OnEC2, aws.OnEC2, true},
		{aws.OnEC2, "spot", true},
		{aws.OnEC2, aws.Unmanaged, true},
		{"spot", "spot", true},
		{"spot", "steady", false},
		{"spot", aws.Unmanaged, false},
		{aws.OnEC2, aws.OnFargate, false},
		{aws.OnFargate, aws.OnFargate, false},
	} {
		if aws.Shares(c.a, c.b) != c.want || aws.Shares(c.b, c.a) != c.want {
			t.Errorf("%s and %s: want %v", c.a, c.b, c.want)
		}
	}
}

func TestADeletedServiceCountsForNothing(t *testing.T) {
	const uid, definition = "arn:aws:ecs:eu-west-1:111122223333:service/shop/web", "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7"
	for status, want := range map[string]int{"ACTIVE": 1, "INACTIVE": 0} {
		service := &inventory.Resource{UID: uid, Type: aws.ECSService, Spec: &aws.ServiceSpec{Status: status}}
		service.Relations = []inventory.Relation{{Kind: inventory.RunsTaskDefinition, To: definition}}
		runs := &inventory.Resource{UID: definition, Type: aws.ECSTaskDefinition, Spec: &aws.TaskDefinitionSpec{}}
		v := inventory.NewView(nil, []*inventory.Resource{service, runs})
		for _, r := range []*inventory.Resource{service, runs} {
			if got := aws.Primaries(v, r); len(got) != want {
				t.Errorf("%s: %s counts for %v", status, r.UID, got)
			}
		}
	}
}
