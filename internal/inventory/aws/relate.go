package aws

import "github.com/merlonsec/merlon/internal/inventory"

// Relate adds the relations that follow from IDs: which security groups and subnets a service has, which
// instance a container instance is, and which load balancers send traffic to a target group. It is an
// [inventory.Derive].
func Relate(v *inventory.View, add func(from inventory.UID, kind inventory.RelationKind, to inventory.UID)) {
	x := NewIndex(v)
	byID := func(from *inventory.Resource, kind inventory.RelationKind, ids []string) {
		for _, id := range ids {
			if to := x.Get(id); to != nil {
				add(from.UID, kind, to.UID)
			}
		}
	}
	for r := range v.OfType(ECSService) {
		for _, n := range r.Spec.(*ServiceSpec).Networks {
			byID(r, inventory.InSubnet, n.Subnets)
			byID(r, inventory.GuardedBy, n.SecurityGroups)
		}
	}
	for r := range v.OfType(ECSContainerInstance) {
		byID(r, inventory.RunsOn, []string{r.Spec.(*ContainerInstanceSpec).Instance})
	}
	for r := range v.OfType(Instance) {
		s := r.Spec.(*InstanceSpec)
		byID(r, inventory.InSubnet, []string{s.Subnet})
		byID(r, inventory.GuardedBy, s.SecurityGroups)
		if cluster := eksClusterOf(r); cluster != "" {
			add(r.UID, inventory.InCluster, cluster)
		}
		for _, role := range rolesOf(v, s.Profile) {
			add(r.UID, inventory.AssumesRole, role)
		}
	}
	for r := range v.OfType(TargetGroup) {
		for _, lb := range r.Spec.(*TargetGroupSpec).LoadBalancers {
			add(r.UID, inventory.BalancedBy, lb)
		}
	}
}

// rolesOf gives the roles of an instance profile; none where what has its ARN is something else.
func rolesOf(v *inventory.View, profile string) []inventory.UID {
	r := v.Get(inventory.UID(profile))
	if r == nil {
		return nil
	}
	if spec, ok := r.Spec.(*InstanceProfileSpec); ok {
		return spec.Roles
	}
	return nil
}

// clusterTags lists the tags by which nodes name their EKS cluster: those that EKS and Karpenter put there
// (https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html).
func clusterTags() []string {
	return []string{"eks:cluster-name", "aws:eks:cluster-name", "eks:eks-cluster-name"}
}

// eksClusterOf gives the ARN of the EKS cluster that an instance is a node of, as its tags say; "" where they
// say none.
func eksClusterOf(r *inventory.Resource) inventory.UID {
	for _, tag := range clusterTags() {
		if name, ok := r.Labels.Get(tag); ok {
			return clusterOf(r, name)
		}
	}
	const owned = "kubernetes.io/cluster/"
	for _, l := range r.Labels {
		if len(l.Key) > len(owned) && l.Key[:len(owned)] == owned && l.Value == "owned" {
			return clusterOf(r, l.Key[len(owned):])
		}
	}
	return ""
}
