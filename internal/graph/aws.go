package graph

import (
	"maps"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
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

// relateEKS gives the edges from the nodes of each EKS cluster to their role, and from workloads to the roles that
// their service accounts get.
func relateEKS(v *inventory.View, add func(finding.Edge)) {
	for cluster := range v.OfType(aws.EKSCluster) {
		for hosted := range v.Out(cluster.UID, inventory.Hosts) {
			name, _ := hosted.UID.Cluster()
			for member := range v.In(cluster.UID, inventory.InCluster) {
				if r := v.Get(member.UID); r.Type != aws.EKSNodegroup && r.Type != aws.Instance {
					continue
				}
				for role := range v.Out(member.UID, inventory.AssumesRole) {
					add(edge(inventory.AnyNodeUID(name), role.UID, finding.EdgeInstanceRole))
				}
			}
		}
	}
	roles := podRoles(v)
	for w := range v.OfType(k8s.Workloads()...) {
		account := inventory.KubernetesUID(w.Cluster, "", "ServiceAccount", w.Namespace, w.Spec.(*k8s.Workload).Pod.ServiceAccount)
		for _, role := range roles[account] {
			add(edge(primary(v, w.UID), role, finding.EdgePodRole))
		}
	}
}

// podRoles gives the roles that service accounts get: by the annotation that each has, or by an association of EKS Pod
// Identity.
func podRoles(v *inventory.View) map[inventory.UID][]inventory.UID {
	roles := map[inventory.UID][]inventory.UID{}
	for account := range v.OfType(k8s.ServiceAccount) {
		if s, ok := account.Spec.(*k8s.ServiceAccountSpec); ok {
			if _, isARN := inventory.ParseARN(s.RoleARN); isARN {
				roles[account.UID] = append(roles[account.UID], inventory.UID(s.RoleARN))
			}
		}
	}
	for r := range v.OfType(aws.EKSPodIdentityAssociation) {
		s := r.Spec.(*aws.PodIdentitySpec)
		for hosted := range v.Out(s.ClusterUID, inventory.Hosts) {
			name, _ := hosted.UID.Cluster()
			account := inventory.KubernetesUID(name, "", "ServiceAccount", s.Namespace, s.ServiceAccount)
			roles[account] = append(roles[account], inventory.UID(s.Role))
		}
	}
	return roles
}

// relateRoles gives the edges from the roles that the graph reaches to the account that they administer.
func (g *Graph) relateRoles(w *rule.World) {
	for _, uid := range slices.Sorted(maps.Keys(g.in)) {
		a, ok := uid.ARN()
		if !ok || a.Service != "iam" || w.Inventory.Get(uid) == nil {
			continue
		}
		truth, _ := w.Administers(uid, "")
		if truth.State == finding.Absent {
			continue
		}
		e := edge(uid, aws.AccountUID(uid), finding.EdgeAdministrator)
		e.Possible = truth.State == finding.Unknown
		g.add(e)
	}
}

// relateNetwork gives the edges from the internet to ECS services, straight or through a load balancer, and to the API
// servers of EKS clusters that everybody can connect to.
func relateNetwork(w *rule.World, add func(finding.Edge)) {
	for service := range w.Inventory.OfType(aws.ECSService) {
		for _, p := range w.VPC().Service(service).Paths {
			if p.State == finding.Absent {
				continue
			}
			possible := p.State == finding.Unknown
			if p.LoadBalancer == "" {
				add(reached(service.UID, possible, lang.Text{
					EN: "the internet reaches a port of its tasks",
					ES: "internet llega a un puerto de sus tareas",
					PT: "a internet chega a uma porta das suas tarefas",
				}))
				continue
			}
			add(reached(p.LoadBalancer, possible, lang.Text{
				EN: "the load balancer faces the internet",
				ES: "el balanceador de carga está expuesto a internet",
				PT: "o balanceador de carga está voltado para a internet",
			}))
			e := edge(p.LoadBalancer, service.UID, finding.EdgeBalances)
			e.Possible = possible
			add(e)
		}
	}
	for cluster := range w.Inventory.OfType(aws.EKSCluster) {
		if endpoint := w.VPC().Endpoint(cluster); endpoint.Everybody != finding.Absent {
			add(reached(cluster.UID, endpoint.Everybody == finding.Unknown, lang.Text{
				EN: "everybody can connect to its API server",
				ES: "cualquiera puede conectarse a su servidor de la API",
				PT: "qualquer um pode se conectar ao seu servidor da API",
			}))
		}
	}
}

// reached gives an edge from the internet.
func reached(to inventory.UID, possible bool, why lang.Text) finding.Edge {
	return finding.Edge{From: inventory.Internet, To: to, Kind: finding.EdgeExposes, Why: why, Possible: possible}
}
