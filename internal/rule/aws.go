package rule

import (
	"iter"
	"sync"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/reach/vpc"
)

// EKSCluster is an EKS cluster as a candidate.
type EKSCluster struct {
	Resource *inventory.Resource
	*aws.EKSClusterSpec
}

// ECSService is an ECS service as a candidate.
type ECSService struct {
	Resource *inventory.Resource
	*aws.ServiceSpec
}

// Task is an ECS task definition as a candidate. Its trait counts for each service that runs it.
type Task struct {
	Resource *inventory.Resource
	*aws.TaskDefinitionSpec
}

// TaskContainer is one container of a task definition as a candidate.
type TaskContainer struct {
	Task
	*aws.ContainerDefinition
}

// TaskVolume is a volume of a task definition that is a path of its container instance, as a candidate.
type TaskVolume struct {
	Task
	*aws.HostVolume
}

// EKSClusters gives the one candidate that an EKS cluster is.
func EKSClusters(_ *World, r *inventory.Resource) iter.Seq[EKSCluster] {
	return func(yield func(EKSCluster) bool) {
		if s, ok := r.Spec.(*aws.EKSClusterSpec); ok {
			yield(EKSCluster{r, s})
		}
	}
}

// ECSServices gives the one candidate that an ECS service is.
func ECSServices(_ *World, r *inventory.Resource) iter.Seq[ECSService] {
	return func(yield func(ECSService) bool) {
		if s, ok := r.Spec.(*aws.ServiceSpec); ok {
			yield(ECSService{r, s})
		}
	}
}

// Tasks gives the one candidate that a task definition is.
func Tasks(_ *World, r *inventory.Resource) iter.Seq[Task] {
	return func(yield func(Task) bool) {
		if s, ok := r.Spec.(*aws.TaskDefinitionSpec); ok {
			yield(Task{r, s})
		}
	}
}

// TaskContainers gives every container of a task definition.
func TaskContainers(w *World, r *inventory.Resource) iter.Seq[TaskContainer] {
	return func(yield func(TaskContainer) bool) {
		for t := range Tasks(w, r) {
			for i := range t.Containers {
				if !yield(TaskContainer{t, &t.Containers[i]}) {
					return
				}
			}
		}
	}
}

// TaskVolumes gives every volume of a task definition that is a path of its container instance.
func TaskVolumes(w *World, r *inventory.Resource) iter.Seq[TaskVolume] {
	return func(yield func(TaskVolume) bool) {
		for t := range Tasks(w, r) {
			for i := range t.Volumes {
				if !yield(TaskVolume{t, &t.Volumes[i]}) {
					return
				}
			}
		}
	}
}

// Evidence names a field of the cluster ("resourcesVpcConfig.endpointPublicAccess").
func (c EKSCluster) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: c.Resource.UID, Path: "$." + field, Value: value}
}

// Evidence names a field of the service ("enableExecuteCommand").
func (s ECSService) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: s.Resource.UID, Path: "$." + field, Value: value}
}

// Evidence names a field of the task definition ("pidMode").
func (t Task) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: t.Resource.UID, Path: "$." + field, Value: value}
}

// Evidence names a field of the container ("privileged").
func (c TaskContainer) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: c.Resource.UID, Path: c.Path + "." + field, Value: value}
}

// Evidence names a field of the volume ("host.sourcePath").
func (v TaskVolume) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: v.Resource.UID, Path: v.HostVolume.Path + "." + field, Value: value}
}

// TaskMount is one place where a container of the task mounts the volume.
type TaskMount struct {
	*aws.MountPoint
	Container *aws.ContainerDefinition
}

// Mounts gives the places where containers mount the volume.
func (v TaskVolume) Mounts() iter.Seq[TaskMount] {
	return func(yield func(TaskMount) bool) {
		for i := range v.Containers {
			c := &v.Containers[i]
			for j := range c.Mounts {
				if c.Mounts[j].Volume == v.Name && !yield(TaskMount{&c.Mounts[j], c}) {
					return
				}
			}
		}
	}
}

// OnFargate reports whether a task definition runs on AWS Fargate alone, where AWS owns the host: it asks for
// no other launch type.
func (t Task) OnFargate() bool {
	return len(t.Compatibilities) == 1 && t.Compatibilities[0] == "FARGATE"
}

// awsModels holds what is made of the AWS resources of a world, once.
type awsModels struct {
	indexOnce  sync.Once
	index      *aws.Index
	machines   machines
	scans      imageScans
	identities identities
	network    network
}

// network holds the network model of a world.
type network struct {
	once  sync.Once
	model *vpc.Model
}

// VPC answers who reaches what over the networks of AWS.
func (w *World) VPC() *vpc.Model {
	w.aws.network.once.Do(func() { w.aws.network.model = vpc.New(w.Inventory) })
	return w.aws.network.model
}

// AWS finds the AWS resources of the world by ID.
func (w *World) AWS() *aws.Index {
	w.aws.indexOnce.Do(func() { w.aws.index = aws.NewIndex(w.Inventory) })
	return w.aws.index
}
