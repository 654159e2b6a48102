package schema

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// relateClusters finds the EKS cluster that each Kubernetes cluster is: by the name NAME.REGION.ACCOUNT that it
// goes by in UIDs, else by its nodes, whose provider ID names an EC2 instance of the EKS cluster.
func relateClusters(v *inventory.View, add func(from inventory.UID, kind inventory.RelationKind, to inventory.UID)) {
	byName := map[string]inventory.UID{}
	for r := range v.OfType(aws.EKSCluster) {
		byName[r.Name+"."+r.Region+"."+r.Account] = r.UID
	}
	if len(byName) == 0 {
		return
	}
	instances := aws.NewIndex(v)
	found := map[string]inventory.UID{}
	for _, r := range v.All() {
		if r.Cluster == "" || aws.IsType(r.Type) {
			continue
		}
		eks, known := found[r.Cluster]
		if !known {
			eks = byName[r.Cluster]
		}
		if eks == "" && r.Type == k8s.Node {
			eks = ofNode(v, instances, r)
		}
		found[r.Cluster] = eks
	}
	for name, eks := range found {
		if eks != "" {
			add(eks, inventory.Hosts, inventory.ClusterUID(name))
		}
	}
}

// ofNode gives the EKS cluster of a node's instance; "" where the instance was not read, or names none.
func ofNode(v *inventory.View, instances *aws.Index, node *inventory.Resource) inventory.UID {
	spec, ok := node.Spec.(*k8s.NodeSpec)
	if !ok {
		return ""
	}
	id := spec.ProviderID[strings.LastIndexByte(spec.ProviderID, '/')+1:] // aws:///us-east-1a/i-0123456789abcdef0
	instance := instances.Get(id)
	if instance == nil {
		return ""
	}
	for cluster := range v.Out(instance.UID, inventory.InCluster) {
		if r := v.Get(cluster.UID); r != nil && r.Type == aws.EKSCluster {
			return r.UID
		}
	}
	return ""
}

// Cluster gives the UID of the Kubernetes cluster of a name: the ARN of the EKS cluster that it is, where that
// was read too.
func Cluster(v *inventory.View, name string) inventory.UID {
	uid := inventory.ClusterUID(name)
	for eks := range v.In(uid, inventory.Hosts) {
		return eks.UID
	}
	return uid
}
