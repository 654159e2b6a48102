package aws

import (
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

func ofECS[In, Out any](send request[In, Out]) *call[In, Out] {
	return of("ecs", send).camel()
}

// How many resources one request may name (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/, of each
// operation).
const (
	servicesPerRequest = 10
	othersPerRequest   = 100
)

// ecsSteps read Amazon ECS clusters and what runs in them.
func ecsSteps() []step {
	return []step{ecsNameStep(), ecsClusterStep(), serviceStep(), taskStep(), containerInstanceStep(), taskDefinitionStep()}
}

func ecsNameStep() step {
	list := ofECS(listECSClusters)
	return step{name: "ecs-cluster-names", calls: []operation{list}, run: func(j *job) {
		in := &ecs.ListClustersInput{MaxResults: sdk.Int32(page100)}
		pages(j, list, in, "", func(_ int, out *ecs.ListClustersOutput) { j.found.ecsClusters.add(out.ClusterArns...) })
	}}
}

func ecsClusterStep() step {
	describe := ofECS(describeClusters)
	return step{
		name: "ecs-clusters", after: []string{"ecs-cluster-names"}, calls: []operation{describe}, gives: []inventory.Type{resource.ECSCluster},
		run: func(j *job) {
			inBatches(j, texts(&j.found.ecsClusters), othersPerRequest, func(arns []string) {
				out := ask(j, describe, &ecs.DescribeClustersInput{
					Clusters: arns, Include: []types.ClusterField{types.ClusterFieldConfigurations, types.ClusterFieldSettings},
				}, allOf("cluster", arns))
				if out == nil {
					return
				}
				store(j, describe, out)
				noteFailures(j, describe, out.Failures)
				for i := range out.Clusters {
					addClusterKeys(&j.found.keys, out.Clusters[i].Configuration)
				}
			})
		},
	}
}

func addClusterKeys(to *bag[string], c *types.ClusterConfiguration) {
	if c == nil {
		return
	}
	if e := c.ExecuteCommandConfiguration; e != nil {
		addText(to, e.KmsKeyId)
	}
	if s := c.ManagedStorageConfiguration; s != nil {
		addText(to, s.KmsKeyId)
		addText(to, s.FargateEphemeralStorageKmsKeyId)
	}
}

func serviceStep() step {
	list := ofECS(listServices).asks(func(resource.Scope) *ecs.ListServicesInput {
		return &ecs.ListServicesInput{Cluster: sdk.String(nobody)}
	})
	describe := ofECS(describeServices).asks(func(resource.Scope) *ecs.DescribeServicesInput {
		return &ecs.DescribeServicesInput{Cluster: sdk.String(nobody), Services: []string{nobody}}
	})
	return step{
		name: "ecs-services", after: []string{"ecs-cluster-names"}, calls: []operation{list, describe}, gives: []inventory.Type{resource.ECSService},
		run: func(j *job) {
			each(j, texts(&j.found.ecsClusters), func(cluster string) {
				var arns bag[string]
				in := &ecs.ListServicesInput{Cluster: &cluster, MaxResults: sdk.Int32(page100)}
				pages(j, list, in, cluster, func(_ int, out *ecs.ListServicesOutput) { arns.add(out.ServiceArns...) })
				inBatches(j, texts(&arns), servicesPerRequest, func(part []string) {
					out := ask(j, describe, &ecs.DescribeServicesInput{Cluster: &cluster, Services: part}, allOf("service", part))
					if out == nil {
						return
					}
					store(j, describe, out)
					noteFailures(j, describe, out.Failures)
					for i := range out.Services {
						addRunning(&j.found.taskDefinitions, &out.Services[i])
					}
				})
			})
		},
	}
}

// addRunning adds the task definitions of a service, and those of its deployments and task sets: while one replaces
// another, both run.
func addRunning(to *bag[string], s *types.Service) {
	addText(to, s.TaskDefinition)
	for i := range s.Deployments {
		addText(to, s.Deployments[i].TaskDefinition)
	}
	for i := range s.TaskSets {
		addText(to, s.TaskSets[i].TaskDefinition)
	}
}

func taskStep() step {
	list := ofECS(listTasks).asks(func(resource.Scope) *ecs.ListTasksInput {
		return &ecs.ListTasksInput{Cluster: sdk.String(nobody)}
	})
	describe := ofECS(describeTasks).asks(func(resource.Scope) *ecs.DescribeTasksInput {
		return &ecs.DescribeTasksInput{Cluster: sdk.String(nobody), Tasks: []string{strings.Repeat("0", 32)}}
	})
	return step{
		name: "ecs-tasks", after: []string{"ecs-cluster-names"}, calls: []operation{list, describe}, gives: []inventory.Type{resource.ECSTask},
		run: func(j *job) {
			each(j, texts(&j.found.ecsClusters), func(cluster string) {
				var arns bag[string]
				in := &ecs.ListTasksInput{Cluster: &cluster, MaxResults: sdk.Int32(page100)}
				pages(j, list, in, cluster, func(_ int, out *ecs.ListTasksOutput) { arns.add(out.TaskArns...) })
				inBatches(j, texts(&arns), othersPerRequest, func(part []string) {
					out := ask(j, describe, &ecs.DescribeTasksInput{Cluster: &cluster, Tasks: part}, allOf("task", part))
					if out == nil {
						return
					}
					store(j, describe, out)
					noteFailures(j, describe, out.Failures)
					for i := range out.Tasks {
						addTask(j, &out.Tasks[i])
					}
				})
			})
		},
	}
}

func addTask(j *job, t *types.Task) {
	addText(&j.found.taskDefinitions, t.TaskDefinitionArn)
	for i := range t.Containers {
		c := &t.Containers[i]
		if at, ok := parseImage(sdk.ToString(c.Image)); ok {
			if digest := sdk.ToString(c.ImageDigest); digest != "" {
				at.digest, at.tag = digest, ""
			}
			j.found.images.add(at)
		}
	}
}

func containerInstanceStep() step {
	list := ofECS(listContainerInstances).asks(func(resource.Scope) *ecs.ListContainerInstancesInput {
		return &ecs.ListContainerInstancesInput{Cluster: sdk.String(nobody)}
	})
	describe := ofECS(describeContainerInstances).asks(func(resource.Scope) *ecs.DescribeContainerInstancesInput {
		return &ecs.DescribeContainerInstancesInput{Cluster: sdk.String(nobody), ContainerInstances: []string{strings.Repeat("0", 32)}}
	})
	return step{
		name: "ecs-container-instances", after: []string{"ecs-cluster-names"},
		calls: []operation{list, describe}, gives: []inventory.Type{resource.ECSContainerInstance},
		run: func(j *job) {
			each(j, texts(&j.found.ecsClusters), func(cluster string) {
				var arns bag[string]
				in := &ecs.ListContainerInstancesInput{Cluster: &cluster, MaxResults: sdk.Int32(page100)}
				pages(j, list, in, cluster, func(_ int, out *ecs.ListContainerInstancesOutput) { arns.add(out.ContainerInstanceArns...) })
				inBatches(j, texts(&arns), othersPerRequest, func(part []string) {
					in := &ecs.DescribeContainerInstancesInput{Cluster: &cluster, ContainerInstances: part}
					if out := ask(j, describe, in, allOf("container instance", part)); out != nil {
						store(j, describe, out)
						noteFailures(j, describe, out.Failures)
					}
				})
			})
		},
	}
}

// taskDefinitionStep reads each task definition that runs, once.
func taskDefinitionStep() step {
	describe := ofECS(describeTaskDefinition).asks(func(resource.Scope) *ecs.DescribeTaskDefinitionInput {
		return &ecs.DescribeTaskDefinitionInput{TaskDefinition: sdk.String(nobody)}
	})
	return step{
		name: "ecs-task-definitions", after: []string{"ecs-services", "ecs-tasks"},
		calls: []operation{describe}, gives: []inventory.Type{resource.ECSTaskDefinition},
		run: func(j *job) {
			each(j, texts(&j.found.taskDefinitions), func(arn string) {
				out := ask(j, describe, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &arn}, arn)
				if out == nil || out.TaskDefinition == nil {
					return
				}
				store(j, describe, out)
				for i := range out.TaskDefinition.ContainerDefinitions {
					if at, ok := parseImage(sdk.ToString(out.TaskDefinition.ContainerDefinitions[i].Image)); ok {
						j.found.images.add(at)
					}
				}
			})
		},
	}
}

// noteFailures notes what an answer does not describe: what is missing was deleted since it was listed.
func noteFailures(j *job, o operation, all []types.Failure) {
	for _, f := range all {
		arn, why := sdk.ToString(f.Arn), sdk.ToString(f.Reason)
		if why == "MISSING" || why == "INACTIVE" {
			j.gone(arn)
			continue
		}
		j.failWith(o, arn, because(failed, "AWS answered "+clean(why+" "+sdk.ToString(f.Detail))))
	}
}

// inBatches does something with the parts of a list, several at a time.
func inBatches(j *job, all []string, size int, do func([]string)) {
	each(j, slices.Collect(slices.Chunk(all, size)), do)
}

// allOf says what a request names: one thing, or the first of several.
func allOf(what string, names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return names[0] + " and the " + what + "s after it"
}
