package graph

import (
	"maps"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// fleet is the container instances of the ECS clusters of a world.
type fleet struct {
	world *rule.World
	// pools lists those of each cluster that services run in, and roles those of the instances in them.
	pools map[inventory.UID][]aws.Pool
	roles map[inventory.UID][]instanceRole
}

type instanceRole struct {
	role inventory.UID
	pool aws.Pool
}

// openFromService gives the edges that a trait of an ECS service opens: to the container instances that it may run on,
// or to the roles of those.
func (f fleet) openFromService(service *inventory.Resource, t *finding.Trait, add func(finding.Edge)) {
	spec, ok := service.Spec.(*aws.ServiceSpec)
	if !ok {
		return
	}
	pools, known := spec.InstancePools()
	for _, kind := range t.Weight.Opens {
		for _, pool := range pools {
			to := []inventory.UID{aws.InstancesUID(spec.Cluster, pool)}
			if kind == finding.EdgeReadIMDS {
				to = f.instanceRoles(spec.Cluster, pool)
			}
			for _, uid := range to {
				e := edge(service.UID, uid, kind)
				if why, ok := whyOnInstance(kind); ok {
					e.Why = why
				}
				e.Cause, e.Origin = t.ID, t.Origin
				e.Possible = t.State != finding.Present || !known
				add(e)
			}
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

// relateECS gives the edges from each service to its task role, and from the container instances of each pool to their
// own role and to the roles of all tasks that they may run. That a task of the launch type EC2 and one of a capacity
// provider meet on an instance is possible; two of one pool meet.
func (f fleet) relateECS(v *inventory.View, add func(finding.Edge)) {
	for service := range v.OfType(aws.ECSService) {
		spec, ok := service.Spec.(*aws.ServiceSpec)
		if !ok || spec.Ended() {
			continue
		}
		for _, definition := range aws.Definitions(v, service) {
			if d, ok := definition.Spec.(*aws.TaskDefinitionSpec); ok && d.TaskRole != "" {
				add(from(definition, edge(service.UID, d.TaskRole, finding.EdgeTaskRole)))
			}
		}
	}
	for _, cluster := range slices.Sorted(maps.Keys(f.pools)) {
		for _, pool := range f.pools[cluster] {
			instances := aws.InstancesUID(cluster, pool)
			for _, role := range f.instanceRoles(cluster, pool) {
				add(edge(instances, role, finding.EdgeInstanceRole))
			}
			for _, role := range f.world.TaskRoles(cluster) {
				if !aws.Shares(pool, role.Pool) {
					continue
				}
				e := edge(instances, role.Role, finding.EdgeOtherTaskRole)
				e.Possible = !role.Known || pool != role.Pool
				add(from(role.Definitions[0], e))
			}
		}
	}
}

func newFleet(w *rule.World) fleet {
	f := fleet{world: w, pools: map[inventory.UID][]aws.Pool{}, roles: map[inventory.UID][]instanceRole{}}
	for service := range w.Inventory.OfType(aws.ECSService) {
		spec, ok := service.Spec.(*aws.ServiceSpec)
		if !ok || spec.Ended() {
			continue
		}
		pools, _ := spec.InstancePools()
		for _, pool := range pools {
			if !slices.Contains(f.pools[spec.Cluster], pool) {
				f.pools[spec.Cluster] = append(f.pools[spec.Cluster], pool)
			}
		}
	}
	seen := map[inventory.UID]map[instanceRole]bool{}
	for member := range w.Inventory.OfType(aws.ECSContainerInstance) {
		spec, ok := member.Spec.(*aws.ContainerInstanceSpec)
		if !ok {
			continue
		}
		for cluster := range w.Inventory.Out(member.UID, inventory.InCluster) {
			if seen[cluster.UID] == nil {
				seen[cluster.UID] = map[instanceRole]bool{}
			}
			for instance := range w.Inventory.Out(member.UID, inventory.RunsOn) {
				for role := range w.Inventory.Out(instance.UID, inventory.AssumesRole) {
					r := instanceRole{role.UID, spec.Pool()}
					if !seen[cluster.UID][r] {
						seen[cluster.UID][r] = true
						f.roles[cluster.UID] = append(f.roles[cluster.UID], r)
					}
				}
			}
		}
	}
	return f
}

// instanceRoles lists the roles of the container instances in a pool of a cluster, as far as they were read.
func (f fleet) instanceRoles(cluster inventory.UID, pool aws.Pool) []inventory.UID {
	var roles []inventory.UID
	for _, r := range f.roles[cluster] {
		if aws.Shares(pool, r.pool) && !slices.Contains(roles, r.role) {
			roles = append(roles, r.role)
		}
	}
	return roles
}
