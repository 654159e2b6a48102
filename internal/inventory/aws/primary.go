package aws

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
)

// IsPrimary reports whether an exposure may be about a resource of a type: an EKS cluster or an ECS service. Of a
// task definition there may be one where no service that runs it was read.
func IsPrimary(t inventory.Type) bool { return t == EKSCluster || t == ECSService }

// Primaries gives the primary resources that a weakness of a resource counts for, in no order: itself for an ECS
// service and an EKS cluster; the services that run a task definition, or itself where none was read; those whose
// tasks run an image of a repository. None for what no such resource uses, and none of the services that were
// deleted. The rules look at no other types; to a role or a security group they come from the task definition or
// the service that uses it.
func Primaries(v *inventory.View, r *inventory.Resource) []inventory.UID {
	switch r.Type {
	case ECSService, EKSCluster:
		return running(v, []inventory.UID{r.UID})
	case ECSTaskDefinition:
		if services := runners(v, r.UID); len(services) > 0 {
			return running(v, services)
		}
		return []inventory.UID{r.UID}
	case ECRRepository, ECRRepositoryPolicy:
		var found []inventory.UID
		for definition := range v.OfType(ECSTaskDefinition) {
			if runsFrom(definition, ImageRef{Registry: r.Account, Region: r.Region, Repository: r.Name}) {
				found = append(found, Primaries(v, definition)...)
			}
		}
		return found
	}
	return nil
}

// runsFrom reports whether a task definition runs an image of a repository in Amazon ECR.
func runsFrom(definition *inventory.Resource, repository ImageRef) bool {
	return slices.ContainsFunc(definition.Spec.(*TaskDefinitionSpec).Containers, func(c ContainerDefinition) bool {
		image, ok := ParseImageRef(c.Image)
		return ok && image.SharesRepository(repository)
	})
}

// running leaves out the services that were deleted.
func running(v *inventory.View, uids []inventory.UID) []inventory.UID {
	return slices.DeleteFunc(uids, func(uid inventory.UID) bool {
		s, ok := v.Get(uid).Spec.(*ServiceSpec)
		return ok && s.Ended()
	})
}

// runners lists the services that run a task definition.
func runners(v *inventory.View, definition inventory.UID) []inventory.UID {
	var found []inventory.UID
	for link := range v.In(definition, inventory.RunsTaskDefinition) {
		if r := v.Get(link.UID); r != nil && r.Type == ECSService && !slices.Contains(found, link.UID) {
			found = append(found, link.UID)
		}
	}
	return found
}

// Definitions lists the task definitions that a service runs, as far as they were read.
func Definitions(v *inventory.View, service *inventory.Resource) []*inventory.Resource {
	var found []*inventory.Resource
	for to := range v.Out(service.UID, inventory.RunsTaskDefinition) {
		if r := v.Get(to.UID); r != nil && r.Type == ECSTaskDefinition {
			found = append(found, r)
		}
	}
	return found
}

// AnyInstance ends the UID of whichever container instance of a cluster that has no ARN yet.
const AnyInstance = "#container-instances"

// AccountUID names the AWS account of an ARN: the ARN of its root.
func AccountUID(of inventory.UID) inventory.UID {
	a, _ := of.ARN()
	if a.Partition == "" {
		a.Partition = "aws"
	}
	return inventory.ARN{Partition: a.Partition, Service: "iam", Account: a.Account, Resource: "root"}.UID()
}
