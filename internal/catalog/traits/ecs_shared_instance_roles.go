package traits

import (
	"iter"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSSharedInstanceRoles finds ECS services whose tasks share container instances with tasks of other services that have
// another role.
//
// Fields:
//
//	launchType, capacityProviderStrategy of the services of one cluster
//	taskRoleArn of the task definitions that they run
//
// By itself this is how ECS on instances works, so the trait is contextual. It says what a breakout from a container of the
// service is worth: the agent hands out the credentials of every task on the instance to whoever is root there.
var ECSSharedInstanceRoles = rule.Rule{
	ID:         "ecs-shared-instance-roles",
	Category:   finding.CategoryImpact,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		attack("T1552.005"), attack("T1611"), {Source: "AWS", ID: "Task and container security", URL: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html"},
	},
	Title: lang.Text{
		EN: "ECS tasks share instances with other roles",
		ES: "Tareas de ECS que comparten instancias con otros roles",
		PT: "Tarefas do ECS que compartilham instâncias com outros perfis",
	},
	Why: lang.Text{
		EN: "Tasks of several services run on the same container instances, each with its own role. Whoever breaks out of one container, or reaches the runtime's socket from it, takes the credentials of all of them: the weakest service decides over the strongest role.",
		ES: "Tareas de varios servicios se ejecutan en las mismas instancias de contenedor, cada una con su propio rol. Quien escapa de un contenedor, o llega desde él al socket del entorno de ejecución, obtiene las credenciales de todas: el servicio más débil decide sobre el rol más fuerte.",
		PT: "Tarefas de vários serviços são executadas nas mesmas instâncias de contêiner, cada uma com seu próprio perfil. Quem escapa de um contêiner, ou chega a partir dele ao socket do runtime, obtém as credenciais de todas: o serviço mais fraco decide sobre o perfil mais forte.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Keep services with strong roles on instances of their own\n\nRun them on AWS Fargate, where no two tasks share a kernel, or give them a capacity provider or cluster of their own. A placement constraint with an attribute of the instances does the same within a cluster.",
		ES: "Mantenga los servicios con roles fuertes en instancias propias\n\nEjecútelos en AWS Fargate, donde ninguna tarea comparte el kernel con otra, o deles un proveedor de capacidad o un clúster propio. Una restricción de ubicación con un atributo de las instancias logra lo mismo dentro de un clúster.",
		PT: "Mantenha os serviços com perfis fortes em instâncias próprias\n\nExecute-os no AWS Fargate, onde nenhuma tarefa compartilha o kernel com outra, ou dê a eles um provedor de capacidade ou um cluster próprio. Uma restrição de posicionamento com um atributo das instâncias faz o mesmo dentro de um cluster.",
	}, []string{
		"aws ecs update-service --cluster $CLUSTER --service $SERVICE --region $REGION \\",
		"  --capacity-provider-strategy capacityProvider=FARGATE,weight=1 --force-new-deployment",
	}),
	On:    []inventory.Type{aws.ECSService},
	Reads: []string{"$.launchType", "$.capacityProviderStrategy", "$.taskDefinition"},
	Check: rule.Each[neighbour]{
		In: neighbours,
		Where: []rule.Condition[neighbour]{
			{Name: "shared-capacity", Holds: func(_ *rule.World, n neighbour) rule.Truth { return n.sharesCapacity() }},
			rule.If("other-role", neighbour.hasOtherRole),
		},
		Show: func(n neighbour) finding.Evidence { return n.Evidence("taskRoleArn", string(n.TaskRole)) },
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Can the service run on AWS Fargate (no privileged mode, no host volumes, network mode awsvpc)? If not, which instances may be its own: a capacity provider, a cluster, or those with an attribute?",
			ES: "¿Puede el servicio ejecutarse en AWS Fargate (sin modo privilegiado ni volúmenes del host, modo de red awsvpc)? Si no, ¿qué instancias pueden ser solo suyas: un proveedor de capacidad, un clúster o las que tengan un atributo?",
			PT: "O serviço pode ser executado no AWS Fargate (sem modo privilegiado nem volumes do host, modo de rede awsvpc)? Se não, quais instâncias podem ser só dele: um provedor de capacidade, um cluster ou as que tenham um atributo?",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "two services with two roles on the instances of one cluster",
			Input: beside("EC2", "billing"),
			Want:  finding.Present,
			Path:  "$.taskRoleArn",
		},
		{
			Name:   "a neighbour with the same role",
			Input:  beside("EC2", "web"),
			Want:   finding.Absent,
			Misses: "other-role",
		},
		{
			Name:  "a neighbour of a capacity provider, whose instances the launch type EC2 takes too",
			Input: strings.ReplaceAll(beside("EC2", "billing"), "  launchType: EC2 # the other", "  capacityProviderStrategy: [{capacityProvider: billing}]"),
			Want:  finding.Present,
		},
		{
			Name:  "a neighbour that does not say where it runs",
			Input: strings.ReplaceAll(beside("EC2", "billing"), "  launchType: EC2 # the other", "  desiredCount: 1"),
			Want:  finding.Unknown,
		},
		{
			Name: "a neighbour on other instances",
			Input: strings.ReplaceAll(strings.ReplaceAll(beside("EC2", "billing"), "  launchType: EC2 # the other", "  capacityProviderStrategy: [{capacityProvider: billing}]"),
				"  launchType: EC2", "  capacityProviderStrategy: [{capacityProvider: web}]"),
			Want:   finding.Absent,
			Misses: "shared-capacity",
		},
		{
			Name:  "a neighbour on AWS Fargate",
			Input: beside("FARGATE", "billing"),
			Want:  finding.Absent,
		},
	},
}

// maxNeighbours is how many roles the evidence names: there may be one for each service of a large cluster.
const maxNeighbours = 10

// neighbour is a role of tasks of other services that may run on the same instances.
type neighbour struct {
	rule.Task
	role    rule.TaskRole
	service *aws.ServiceSpec
	own     map[inventory.UID]bool // the task roles of the service itself
}

func neighbours(w *rule.World, r *inventory.Resource) iter.Seq[neighbour] {
	return func(yield func(neighbour) bool) {
		service, ok := r.Spec.(*aws.ServiceSpec)
		if !ok || rule.OnInstances(service).State == finding.Absent {
			return
		}
		own := map[inventory.UID]bool{}
		for _, definition := range aws.Definitions(w.Inventory, r) {
			for task := range rule.Tasks(w, definition) {
				own[task.TaskRole] = true
			}
		}
		found := 0
		for _, role := range w.TaskRoles(service.Cluster) {
			by := role.Definitions[0]
			if role.Services[0] == r {
				by = role.Definitions[1]
			}
			if by == nil {
				continue
			}
			for task := range rule.Tasks(w, by) {
				n := neighbour{task, role, service, own}
				if n.hasOtherRole() && n.sharesCapacity().State == finding.Present {
					found++
				}
				if !yield(n) || found >= maxNeighbours {
					return
				}
			}
		}
	}
}

func (n neighbour) hasOtherRole() bool { return !n.own[n.role.Role] }

// sharesCapacity says whether tasks of both may be placed on the same instances.
func (n neighbour) sharesCapacity() rule.Truth {
	pools, known := n.service.InstancePools()
	if !slices.ContainsFunc(pools, func(p aws.Pool) bool { return aws.Shares(p, n.role.Pool) }) {
		return rule.Is(false)
	}
	if !known || !n.role.Known {
		return rule.Unknown(lang.Text{
			EN: "a service of the cluster says no launch type or capacity provider that was read",
			ES: "un servicio del clúster no indica ningún tipo de lanzamiento ni proveedor de capacidad que se haya leído",
			PT: "um serviço do cluster não indica nenhum tipo de inicialização nem provedor de capacidade que tenha sido lido",
		})
	}
	return rule.Is(true)
}

// beside gives the answers of the API for a service and one of another launch type and role in the same cluster.
func beside(launchType, role string) string {
	definition := taskDefinition("taskRoleArn: arn:aws:iam::111122223333:role/web\ncontainerDefinitions: []\n")
	other := strings.ReplaceAll(taskDefinition("taskRoleArn: arn:aws:iam::111122223333:role/"+role+"\ncontainerDefinitions: []\n"), "web:7", "other:2")
	service := strings.ReplaceAll(ecsService("launchType: "+launchType+" # the other\n"), "/web", "/other")
	return documents(ecsService("launchType: EC2\n"), definition, strings.ReplaceAll(service, "other:7", "other:2"), other)
}
