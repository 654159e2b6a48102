package graph_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/graph"
	"github.com/merlonsec/merlon/internal/inventory"
)

// placed gives the answers for a service without a role and one with a role, placed so, in one cluster.
func placed(first, second string) string {
	service := func(name, where string) string {
		return `services: [{serviceArn: "arn:aws:ecs:eu-west-1:111122223333:service/shop/` + name + `", status: ACTIVE, clusterArn: "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
  taskDefinition: "arn:aws:ecs:eu-west-1:111122223333:task-definition/` + name + `:1", ` + where + `}]
---
`
	}
	return service("web", first) + service("pay", second) + `taskDefinition: {taskDefinitionArn: "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1", containerDefinitions: []}
---
taskDefinition: {taskDefinitionArn: "arn:aws:ecs:eu-west-1:111122223333:task-definition/pay:1", containerDefinitions: [], taskRoleArn: "arn:aws:iam::111122223333:role/pay"}
`
}

func TestRolesBehindAnEscapeToAContainerInstance(t *testing.T) {
	const ec2, onA, onB = "launchType: EC2", "capacityProviderStrategy: [{capacityProvider: a}]", "capacityProviderStrategy: [{capacityProvider: b}]"
	escape := trait("privileged", finding.EdgeEscapePrivileged)
	escape.Resource = "arn:aws:ecs:eu-west-1:111122223333:service/shop/web"
	for _, c := range []struct{ name, first, second, want string }{
		{"both of the launch type EC2", ec2, ec2, "certain"},
		{"both of one capacity provider", onA, onA, "certain"},
		{"each of a capacity provider of its own", onA, onB, "none"},
		{"one of the launch type EC2, one of a capacity provider", ec2, onA, "possible"},
		{"one that does not say", ec2, "desiredCount: 1", "possible"},
		{"one on AWS Fargate", ec2, "launchType: FARGATE", "none"},
		{"one that was deleted", ec2, "launchType: EC2, desiredCount: 0", "deleted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answers, want := placed(c.first, c.second), c.want
			if want == "deleted" {
				answers, want = strings.Replace(answers, `service/shop/pay", status: ACTIVE`, `service/shop/pay", status: INACTIVE`, 1), "none"
			}
			got := "none"
			for _, chain := range graph.New(world(t, answers), []finding.Trait{escape}).Targets(escape.Resource, nil) {
				if last := chain[len(chain)-1]; last.To == inventory.UID("arn:aws:iam::111122223333:role/pay") {
					got = "certain"
					if last.Possible {
						got = "possible"
					}
				}
			}
			if got != want {
				t.Errorf("the role is reached: %s, want %s", got, want)
			}
		})
	}
}
