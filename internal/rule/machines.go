package rule

import (
	"cmp"
	"slices"
	"sync"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// machines holds what runs the containers of each cluster of AWS.
type machines struct {
	once      sync.Once
	byCluster map[inventory.UID][]*inventory.Resource
	services  map[inventory.UID][]*inventory.Resource
}

// Machines lists the EC2 instances that were read and that run the containers of an ECS cluster, or are nodes of
// an EKS cluster, without those that have ended. Of instances that are alike in what rules ask of them (metadata
// options, role, network), the first stands for all.
func (w *World) Machines(cluster inventory.UID) []*inventory.Resource {
	w.aws.machines.once.Do(func() { w.aws.machines.read(w.Inventory) })
	return w.aws.machines.byCluster[cluster]
}

// ServicesOn lists the services that may run on the container instances of an ECS cluster.
func (w *World) ServicesOn(cluster inventory.UID) []*inventory.Resource {
	w.aws.machines.once.Do(func() { w.aws.machines.read(w.Inventory) })
	return w.aws.machines.services[cluster]
}

func (m *machines) read(v *inventory.View) {
	m.byCluster, m.services = map[inventory.UID][]*inventory.Resource{}, map[inventory.UID][]*inventory.Resource{}
	seen := map[likeness]bool{}
	add := func(cluster inventory.UID, instance *inventory.Resource) {
		if instance == nil || instance.Type != aws.Instance {
			return
		}
		spec := instance.Spec.(*aws.InstanceSpec)
		like := likeness{cluster, spec.Metadata, spec.Profile, spec.Subnet, spec.PublicIP != "" || len(spec.IPv6s) > 0}
		if spec.State == "terminated" || spec.State == "shutting-down" || seen[like] {
			return
		}
		seen[like] = true
		m.byCluster[cluster] = append(m.byCluster[cluster], instance)
	}
	for r := range v.OfType(aws.Instance) {
		for cluster := range v.Out(r.UID, inventory.InCluster) {
			add(cluster.UID, r)
		}
	}
	for r := range v.OfType(aws.ECSContainerInstance) {
		for cluster := range v.Out(r.UID, inventory.InCluster) {
			for on := range v.Out(r.UID, inventory.RunsOn) {
				add(cluster.UID, v.Get(on.UID))
			}
		}
	}
	for r := range v.OfType(aws.ECSService) {
		if s := r.Spec.(*aws.ServiceSpec); s.OnInstances() {
			m.services[s.Cluster] = append(m.services[s.Cluster], r)
		}
	}
	for _, all := range m.byCluster {
		slices.SortFunc(all, func(a, b *inventory.Resource) int { return cmp.Compare(a.UID, b.UID) })
	}
}

// likeness is what two instances have in common where one may stand for the other.
type likeness struct {
	cluster  inventory.UID
	metadata aws.MetadataOptions
	profile  string
	subnet   string
	public   bool
}
