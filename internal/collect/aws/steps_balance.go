package aws

import (
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

const balancingService = "elasticloadbalancing" // the prefix of the actions of both generations

func ofELBv2[In, Out any](send request[In, Out]) *call[In, Out] {
	return of(balancingService, send)
}

// balancingSteps read load balancers, and what stands behind them.
func balancingSteps() []step {
	classic := of(balancingService, describeClassicBalancers)
	return []step{
		sweep("classic-load-balancers", classic, elb.DescribeLoadBalancersInput{PageSize: sdk.Int32(page400)}, resource.ClassicLoadBalancer),
		loadBalancerStep(), listenerStep(), targetGroupStep(), targetHealthStep(),
	}
}

func loadBalancerStep() step {
	describe := ofELBv2(describeLoadBalancers)
	return step{
		name: "load-balancers", calls: []operation{describe}, gives: []inventory.Type{resource.LoadBalancer},
		run: func(j *job) {
			in := &elbv2.DescribeLoadBalancersInput{PageSize: sdk.Int32(page400)}
			pages(j, describe, in, "", func(_ int, out *elbv2.DescribeLoadBalancersOutput) {
				store(j, describe, out)
				for i := range out.LoadBalancers {
					addText(&j.found.balancers, out.LoadBalancers[i].LoadBalancerArn)
				}
			})
		},
	}
}

func listenerStep() step {
	describe := ofELBv2(describeListeners).asks(func(s resource.Scope) *elbv2.DescribeListenersInput {
		return &elbv2.DescribeListenersInput{LoadBalancerArn: sdk.String(exampleARN(s, balancingService, "loadbalancer/app/merlon-doctor/0123456789abcdef"))}
	})
	return step{
		name: "listeners", after: []string{"load-balancers"}, calls: []operation{describe}, gives: []inventory.Type{resource.Listener},
		run: func(j *job) {
			each(j, texts(&j.found.balancers), func(arn string) {
				in := &elbv2.DescribeListenersInput{LoadBalancerArn: &arn, PageSize: sdk.Int32(page400)}
				pages(j, describe, in, arn, func(_ int, out *elbv2.DescribeListenersOutput) { store(j, describe, out) })
			})
		},
	}
}

func targetGroupStep() step {
	describe := ofELBv2(describeTargetGroups)
	return step{
		name: "target-groups", calls: []operation{describe}, gives: []inventory.Type{resource.TargetGroup},
		run: func(j *job) {
			in := &elbv2.DescribeTargetGroupsInput{PageSize: sdk.Int32(page400)}
			pages(j, describe, in, "", func(_ int, out *elbv2.DescribeTargetGroupsOutput) {
				store(j, describe, out)
				for i := range out.TargetGroups {
					addText(&j.found.targetGroups, out.TargetGroups[i].TargetGroupArn)
				}
			})
		},
	}
}

func targetHealthStep() step {
	describe := ofELBv2(describeTargetHealth).whole().asks(func(s resource.Scope) *elbv2.DescribeTargetHealthInput {
		return &elbv2.DescribeTargetHealthInput{TargetGroupArn: sdk.String(exampleARN(s, balancingService, "targetgroup/merlon-doctor/0123456789abcdef"))}
	})
	return step{
		name: "target-health", after: []string{"target-groups"}, calls: []operation{describe}, gives: []inventory.Type{resource.TargetHealth},
		run: func(j *job) {
			each(j, texts(&j.found.targetGroups), func(arn string) {
				if out := ask(j, describe, &elbv2.DescribeTargetHealthInput{TargetGroupArn: &arn}, arn); out != nil {
					storeWith(j, j.place, describe, out, map[string]string{"TargetGroupArn": arn})
				}
			})
		},
	}
}
