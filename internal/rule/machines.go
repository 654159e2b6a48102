package rule

import (
	"cmp"
	"slices"
	"sync"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// machines holds what runs the containers of each cluster of AWS.
type machines struct {
	once      sync.Once
	byCluster map[inventory.UID][]Machine
	// unread lists the pools of container instances whose EC2 instance was not read.
	unread map[inventory.UID][]aws.Pool
	roles  map[inventory.UID][]TaskRole
	// templates lists the versions of each launch template, by its ID.
	templates map[string][]*inventory.Resource
}

// Machine is an EC2 instance that runs the containers of a cluster.
type Machine struct {
	Resource *inventory.Resource
	*aws.InstanceSpec
	// pool is the one of an ECS container instance; "" for a node of EKS.
	pool aws.Pool
}

// TaskRole is a role that tasks on the container instances of an ECS cluster have.
type TaskRole struct {
	Role inventory.UID
	Pool aws.Pool
	// Known is false where it is not known that such tasks run on container instances.
	Known bool
	// Services are up to two that run tasks with it there, and Definitions what they run.
	Services    [2]*inventory.Resource
	Definitions [2]*inventory.Resource
}

// Nodes lists the EC2 instances that were read and are nodes of an EKS cluster, without those that have ended. Of
// instances that are alike in what rules ask of them (metadata options, role, network), the first stands for all.
func (w *World) Nodes(cluster inventory.UID) []Machine {
	return w.machines().byCluster[cluster]
}

// MachinesOf lists the EC2 instances that were read and that tasks of an ECS service may run on, as [World.Nodes]
// does. all is false where there may be others.
func (w *World) MachinesOf(r *inventory.Resource, s *aws.ServiceSpec) (list []Machine, all bool) {
	m := w.machines()
	pools, _ := s.InstancePools()
	in := func(pool aws.Pool) bool {
		return slices.ContainsFunc(pools, func(p aws.Pool) bool { return aws.Shares(p, pool) })
	}
	for _, machine := range m.byCluster[s.Cluster] {
		if in(machine.pool) {
			list = append(list, machine)
		}
	}
	return list, w.AllRead(r, aws.ECSContainerInstance) && !slices.ContainsFunc(m.unread[s.Cluster], in)
}

// AllRead reports whether every resource of a type was read in the account and Region of a resource.
func (w *World) AllRead(beside *inventory.Resource, t inventory.Type) bool {
	return w.Inventory.Closed(beside.Account+"/"+beside.Region, t)
}

// TaskRoles lists the roles of the tasks that may run on the container instances of an ECS cluster, each once for each
// pool, by role and pool.
func (w *World) TaskRoles(cluster inventory.UID) []TaskRole { return w.machines().roles[cluster] }

// TemplateVersions lists the versions of a launch template that were read.
func (w *World) TemplateVersions(id string) []*inventory.Resource { return w.machines().templates[id] }

func (w *World) machines() *machines {
	w.aws.machines.once.Do(func() { w.aws.machines.read(w) })
	return &w.aws.machines
}

func (m *machines) read(w *World) {
	m.byCluster, m.unread = map[inventory.UID][]Machine{}, map[inventory.UID][]aws.Pool{}
	v, seen := w.Inventory, map[likeness]bool{}
	for r := range v.OfType(aws.Instance) {
		for cluster := range v.Out(r.UID, inventory.InCluster) {
			m.add(cluster.UID, "", r, seen)
		}
	}
	for r := range v.OfType(aws.ECSContainerInstance) {
		s, ok := r.Spec.(*aws.ContainerInstanceSpec)
		if !ok {
			continue
		}
		for cluster := range v.Out(r.UID, inventory.InCluster) {
			if _, instance := aws.Find[aws.InstanceSpec](w.AWS(), s.Instance); instance != nil {
				m.add(cluster.UID, s.Pool(), instance, seen)
			} else if !w.AllRead(r, aws.Instance) && !slices.Contains(m.unread[cluster.UID], s.Pool()) {
				m.unread[cluster.UID] = append(m.unread[cluster.UID], s.Pool())
			}
		}
	}
	for _, all := range m.byCluster {
		slices.SortFunc(all, func(a, b Machine) int {
			return cmp.Or(cmp.Compare(a.Resource.UID, b.Resource.UID), cmp.Compare(a.pool, b.pool))
		})
	}
	m.templates = map[string][]*inventory.Resource{}
	for r := range v.OfType(aws.LaunchTemplateVersion) {
		if s, ok := r.Spec.(*aws.TemplateVersionSpec); ok {
			m.templates[s.Template] = append(m.templates[s.Template], r)
		}
	}
	m.readRoles(v)
}

func (m *machines) add(cluster inventory.UID, pool aws.Pool, r *inventory.Resource, seen map[likeness]bool) {
	spec, ok := r.Spec.(*aws.InstanceSpec)
	if !ok || spec.State == "terminated" || spec.State == "shutting-down" {
		return
	}
	like := likeness{cluster, pool, spec.Metadata, spec.Profile, spec.Subnet, spec.PublicIP != "" || len(spec.IPv6s) > 0}
	if !seen[like] {
		seen[like] = true
		m.byCluster[cluster] = append(m.byCluster[cluster], Machine{r, spec, pool})
	}
}

// likeness is what two instances have in common where one may stand for the other.
type likeness struct {
	cluster  inventory.UID
	pool     aws.Pool
	metadata aws.MetadataOptions
	profile  string
	subnet   string
	public   bool
}

func (m *machines) readRoles(v *inventory.View) {
	m.roles = map[inventory.UID][]TaskRole{}
	type key struct {
		cluster, role inventory.UID
		pool          aws.Pool
		known         bool
	}
	at := map[key]int{}
	for service := range v.OfType(aws.ECSService) {
		s, ok := service.Spec.(*aws.ServiceSpec)
		if !ok || s.Ended() {
			continue
		}
		pools, known := s.InstancePools()
		for _, definition := range aws.Definitions(v, service) {
			d, ok := definition.Spec.(*aws.TaskDefinitionSpec)
			if !ok || d.TaskRole == "" {
				continue
			}
			for _, pool := range pools {
				k := key{s.Cluster, d.TaskRole, pool, known}
				i, seen := at[k]
				if !seen {
					i, at[k] = len(m.roles[s.Cluster]), len(m.roles[s.Cluster])
					m.roles[s.Cluster] = append(m.roles[s.Cluster], TaskRole{Role: d.TaskRole, Pool: pool, Known: known})
				}
				m.roles[s.Cluster][i].add(service, definition)
			}
		}
	}
	for _, roles := range m.roles {
		slices.SortFunc(roles, func(a, b TaskRole) int {
			return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Pool, b.Pool))
		})
	}
}

func (t *TaskRole) add(service, definition *inventory.Resource) {
	for i, known := range t.Services {
		if known == service {
			return
		}
		if known == nil {
			t.Services[i], t.Definitions[i] = service, definition
			return
		}
	}
}

// OnInstances says whether tasks of a service may run on container instances.
func OnInstances(s *aws.ServiceSpec) Truth {
	on, known := s.OnInstances()
	if s.Ended() {
		return Is(false)
	}
	if !known {
		return Unknown(lang.Text{
			EN: "neither the service nor its deployments say a launch type or capacity provider that was read",
			ES: "ni el servicio ni sus despliegues indican un tipo de lanzamiento o proveedor de capacidad que se haya leído",
			PT: "nem o serviço nem suas implantações indicam um tipo de inicialização ou provedor de capacidade que tenha sido lido",
		})
	}
	return Is(on)
}
