package aws

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// Pool is a part of a cluster's capacity: a launch type ([OnEC2], [OnFargate], [Elsewhere]), or the name of a capacity
// provider.
type Pool string

// The pools that are no capacity provider of the user's. No provider has such a name: theirs are letters, digits,
// hyphens and underscores.
const (
	// OnEC2 is the launch type EC2: any container instance of the cluster.
	OnEC2 Pool = "launch type EC2"
	// OnFargate is AWS Fargate, by launch type or capacity provider.
	OnFargate Pool = "launch type FARGATE"
	// Elsewhere is any other launch type: machines outside AWS.
	Elsewhere Pool = "launch type EXTERNAL"
	// Unmanaged is the container instances that belong to no capacity provider.
	Unmanaged Pool = "no capacity provider"
)

// IsInstances reports whether a pool is container instances.
func (p Pool) IsInstances() bool { return p != OnFargate && p != Elsewhere }

// Shares reports whether some container instance is in both pools. The launch type EC2 takes any instance of the
// cluster; a capacity provider takes its own alone
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html).
func Shares(a, b Pool) bool {
	return a.IsInstances() && b.IsInstances() && (a == b || a == OnEC2 || b == OnEC2)
}

// Pool gives the pool that a container instance is in.
func (s *ContainerInstanceSpec) Pool() Pool {
	if s.Provider == "" {
		return Unmanaged
	}
	return Pool(s.Provider)
}

// Ended reports whether the service was deleted: it runs nothing, and the API tells of it for a while only.
func (s *ServiceSpec) Ended() bool { return s.Status == "INACTIVE" }

// OnInstances says whether tasks of the service may run on container instances, and not on AWS Fargate alone or on
// machines outside AWS. It is not known where neither the service nor what it runs says a launch type or capacity
// provider, and where a plan leaves it open.
func (s *ServiceSpec) OnInstances() (on, known bool) {
	if slices.ContainsFunc(s.Pools, Pool.IsInstances) {
		return true, true
	}
	return false, len(s.Pools) > 0 && !s.Unknown.Touches("$.launchType") && !s.Unknown.Touches("$.capacityProviderStrategy")
}

// InstancePools lists the pools of container instances that tasks of the service may run in, sorted. Where that is not
// known it is any instance, and known is false.
func (s *ServiceSpec) InstancePools() (pools []Pool, known bool) {
	on, known := s.OnInstances()
	if !known {
		return []Pool{OnEC2}, false
	}
	if !on {
		return nil, true
	}
	for _, p := range s.Pools {
		if p.IsInstances() {
			pools = append(pools, p)
		}
	}
	slices.Sort(pools)
	return pools, true
}

// addPools reads where a service, or a part of it, may run. A part that says nothing adds nothing.
func (s *ServiceSpec) addPools(part tree.Node) {
	for _, provider := range providers(part) {
		if strings.HasPrefix(provider, "FARGATE") {
			s.addPool(OnFargate)
		} else {
			s.addPool(Pool(provider))
		}
	}
	switch part.Get("launchType").Text() {
	case "":
	case "EC2":
		s.addPool(OnEC2)
	case "FARGATE":
		s.addPool(OnFargate)
	default:
		s.addPool(Elsewhere)
	}
}

func (s *ServiceSpec) addPool(p Pool) {
	if !slices.Contains(s.Pools, p) {
		s.Pools = append(s.Pools, p)
	}
}

func providers(part tree.Node) []string {
	return textsOf(part.Get("capacityProviderStrategy"), "capacityProvider")
}

// InstancesUID stands for whichever container instance of a pool of an ECS cluster a task is placed on: the ARN of one
// with "*" for its ID, which no instance has, and after it the capacity provider where the pool is one.
func InstancesUID(cluster inventory.UID, pool Pool) inventory.UID {
	suffix := ""
	if pool != OnEC2 {
		suffix = "@" + string(pool)
	}
	a, ok := cluster.ARN()
	if !ok {
		return cluster + AnyInstance + inventory.UID(suffix)
	}
	a.Resource = "container-instance/" + a.Name() + "/*" + suffix
	return a.UID()
}

// IsAnyInstance takes a UID of [InstancesUID] apart that is no ARN: into that of its cluster.
func IsAnyInstance(uid inventory.UID) (cluster inventory.UID, ok bool) {
	before, after, found := strings.Cut(string(uid), AnyInstance)
	return inventory.UID(before), found && (after == "" || after[0] == '@')
}
