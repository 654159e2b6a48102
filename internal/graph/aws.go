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

// from says in which object stands what opens an edge.
func from(stated *inventory.Resource, e finding.Edge) finding.Edge {
	e.Origin = stated.Origin
	return e
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
			add(from(w, edge(primary(v, w.UID), role, finding.EdgePodRole)))
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
		r := w.Inventory.Get(uid)
		a, _ := uid.ARN() // Which a planned role has not.
		if r == nil || a.Service != "iam" && r.Type != aws.IAMRole {
			continue
		}
		truth, _ := w.Administers(uid, "")
		if truth.State == finding.Absent {
			continue
		}
		e := edge(uid, aws.AccountUID(uid), finding.EdgeAdministrator)
		e.Possible = truth.State == finding.Unknown
		g.add(from(r, e))
	}
}

// relateNetwork gives the edges from the internet to ECS services, straight or through a load balancer, and to the API
// servers of EKS clusters that everybody can connect to.
func relateNetwork(w *rule.World, add func(finding.Edge)) {
	for service := range w.Inventory.OfType(aws.ECSService) {
		if s, ok := service.Spec.(*aws.ServiceSpec); !ok || s.Ended() {
			continue
		}
		for _, p := range w.VPC().Service(service).Paths {
			if p.State == finding.Absent {
				continue
			}
			possible := p.State == finding.Unknown
			if p.LoadBalancer == "" {
				add(reached(w.Inventory, service.UID, possible, lang.Text{
					EN: "the internet reaches a port of its tasks",
					ES: "internet llega a un puerto de sus tareas",
					PT: "a internet chega a uma porta das suas tarefas",
				}))
				continue
			}
			add(reached(w.Inventory, p.LoadBalancer, possible, lang.Text{
				EN: "the load balancer faces the internet",
				ES: "el balanceador de carga está expuesto a internet",
				PT: "o balanceador de carga está voltado para a internet",
			}))
			e := edge(p.LoadBalancer, service.UID, finding.EdgeBalances)
			e.Possible = possible
			add(from(service, e))
		}
	}
	for cluster := range w.Inventory.OfType(aws.EKSCluster) {
		if endpoint := w.VPC().Endpoint(cluster); endpoint.Everybody != finding.Absent {
			add(reached(w.Inventory, cluster.UID, endpoint.Everybody == finding.Unknown, lang.Text{
				EN: "everybody can connect to its API server",
				ES: "cualquiera puede conectarse a su servidor de la API",
				PT: "qualquer um pode se conectar ao seu servidor da API",
			}))
		}
	}
}

// reached gives an edge from the internet.
func reached(v *inventory.View, to inventory.UID, possible bool, why lang.Text) finding.Edge {
	e := finding.Edge{From: inventory.Internet, To: to, Kind: finding.EdgeExposes, Why: why, Possible: possible}
	if r := v.Get(to); r != nil {
		e.Origin = r.Origin
	}
	return e
}
