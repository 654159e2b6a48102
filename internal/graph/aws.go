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
			if why, ok := whyOnInstance(kind); ok {
				e.Why = why
			}
			e.Cause, e.Origin = t.ID, t.Origin
			e.Possible = t.State != finding.Present
			add(e)
		}
	}
}

// whyOnInstance says what an edge from a task does, where the words for a pod and its node do not fit.
func whyOnInstance(kind finding.EdgeKind) (why lang.Text, ok bool) {
	switch kind {
	case finding.EdgeEscapePrivileged:
		return lang.Text{
			EN: "a privileged container has every device and capability of its container instance",
			ES: "un contenedor privilegiado tiene todos los dispositivos y todas las capacidades de su instancia de contenedor",
			PT: "um contêiner privilegiado tem todos os dispositivos e todas as capacidades da sua instância de contêiner",
		}, true
	case finding.EdgeEscapeHostPath:
		return lang.Text{
			EN: "files of the container instance are mounted in the container",
			ES: "hay archivos de la instancia de contenedor montados en el contenedor",
			PT: "há arquivos da instância de contêiner montados no contêiner",
		}, true
	case finding.EdgeEscapeSocket:
		return lang.Text{
			EN: "the container runtime's socket starts any container on the container instance",
			ES: "el socket del entorno de ejecución de contenedores permite iniciar cualquier contenedor en la instancia de contenedor",
			PT: "o socket do runtime de contêineres permite iniciar qualquer contêiner na instância de contêiner",
		}, true
	case finding.EdgeShareHostPID:
		return lang.Text{
			EN: "it sees every process of the container instance, with their arguments and environment",
			ES: "ve todos los procesos de la instancia de contenedor, con sus argumentos y su entorno",
			PT: "vê todos os processos da instância de contêiner, com seus argumentos e seu ambiente",
		}, true
	case finding.EdgeShareHostIPC:
		return lang.Text{
			EN: "it reads and writes the shared memory of the container instance's processes",
			ES: "lee la memoria compartida de los procesos de la instancia de contenedor y escribe en ella",
			PT: "lê a memória compartilhada dos processos da instância de contêiner e grava nela",
		}, true
	case finding.EdgeShareHostNetwork:
		return lang.Text{
			EN: "it uses the container instance's network: its traffic, its local ports and its metadata service",
			ES: "usa la red de la instancia de contenedor: su tráfico, sus puertos locales y su servicio de metadatos",
			PT: "usa a rede da instância de contêiner: seu tráfego, suas portas locais e seu serviço de metadados",
		}, true
	}
	return lang.Text{}, false
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
			add(from(definition, edge(service.UID, role, finding.EdgeTaskRole)))
			if spec.OnInstances() {
				add(from(definition, edge(instances, role, finding.EdgeOtherTaskRole)))
			}
		}
	}
}

// from says in which object stands what opens an edge.
func from(stated *inventory.Resource, e finding.Edge) finding.Edge {
	e.Origin = stated.Origin
	return e
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
