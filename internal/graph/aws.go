package graph

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// openFromService gives the edges that a trait of an ECS service opens: to the container instances of its
// cluster, or to the roles of those.
func openFromService(v *inventory.View, service *inventory.Resource, t *finding.Trait, add func(finding.Edge)) {
	instances := aws.InstancesUID(service.Spec.(*aws.ServiceSpec).Cluster)
	for _, kind := range t.Weight.Opens {
		to := []inventory.UID{instances}
		if kind == finding.EdgeReadIMDS {
			to = instanceRoles(v, service.Spec.(*aws.ServiceSpec).Cluster)
		}
		for _, uid := range to {
			e := edge(service.UID, uid, kind)
			e.Cause = t.ID
			e.Possible = t.State != finding.Present
			add(e)
		}
	}
}

// relateECS gives the edges from each service to its task role, and from the container instances of each cluster
// to their own role and to the roles of all tasks that they may run.
func relateECS(v *inventory.View, add func(finding.Edge)) {
	seen := map[inventory.UID]bool{}
	for service := range v.OfType(aws.ECSService) {
		spec := service.Spec.(*aws.ServiceSpec)
		instances := aws.InstancesUID(spec.Cluster)
		if !seen[spec.Cluster] {
			seen[spec.Cluster] = true
			for _, role := range instanceRoles(v, spec.Cluster) {
				add(edge(instances, role, finding.EdgeInstanceRole))
			}
		}
		for _, definition := range aws.Definitions(v, service) {
			role := definition.Spec.(*aws.TaskDefinitionSpec).TaskRole
			if role == "" {
				continue
			}
			add(edge(service.UID, role, finding.EdgeTaskRole))
			if spec.OnInstances() {
				add(edge(instances, role, finding.EdgeOtherTaskRole))
			}
		}
	}
}

// instanceRoles lists the roles of the container instances of a cluster, as far as they were read.
func instanceRoles(v *inventory.View, cluster inventory.UID) []inventory.UID {
	var roles []inventory.UID
	seen := map[inventory.UID]bool{}
	for member := range v.In(cluster, inventory.InCluster) {
		for instance := range v.Out(member.UID, inventory.RunsOn) {
			for role := range v.Out(instance.UID, inventory.AssumesRole) {
				if !seen[role.UID] {
					seen[role.UID] = true
					roles = append(roles, role.UID)
				}
			}
		}
	}
	return roles
}
