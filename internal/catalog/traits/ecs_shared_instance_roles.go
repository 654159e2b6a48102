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
			rule.If("shared-capacity", neighbour.sharesCapacity),
			rule.If("other-role", func(n neighbour) bool { return n.TaskRole != "" && !slices.Contains(n.own, n.TaskRole) }),
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
			Name:   "a neighbour on other instances",
			Input:  strings.ReplaceAll(beside("EC2", "billing"), "  launchType: EC2 # the other", "  capacityProviderStrategy: [{capacityProvider: billing}]"),
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

// neighbour is a task definition of another service that may run on the same instances.
type neighbour struct {
	rule.Task
	service, other *aws.ServiceSpec
	// own lists the task roles of the service itself.
	own []inventory.UID
}

func neighbours(w *rule.World, r *inventory.Resource) iter.Seq[neighbour] {
	return func(yield func(neighbour) bool) {
		service, ok := r.Spec.(*aws.ServiceSpec)
		if !ok || !service.OnInstances() {
			return
		}
		var own []inventory.UID
		for _, definition := range aws.Definitions(w.Inventory, r) {
			own = append(own, definition.Spec.(*aws.TaskDefinitionSpec).TaskRole)
		}
		seen := map[inventory.UID]bool{}
		for _, other := range w.ServicesOn(service.Cluster) {
			for _, definition := range aws.Definitions(w.Inventory, other) {
				if other == r || seen[definition.UID] {
					continue
				}
				seen[definition.UID] = true
				for task := range rule.Tasks(w, definition) {
					if !yield(neighbour{task, service, other.Spec.(*aws.ServiceSpec), own}) {
						return
					}
				}
			}
		}
	}
}

// sharesCapacity reports whether both services may be placed on the same instances. The launch type EC2 takes any
// instance of the cluster; capacity providers have their own.
func (n neighbour) sharesCapacity() bool {
	if n.service.LaunchType == "EC2" && n.other.LaunchType == "EC2" {
		return true
	}
	return slices.ContainsFunc(n.service.Capacity, func(provider string) bool { return slices.Contains(n.other.Capacity, provider) })
}

// beside gives the answers of the API for a service and one of another launch type and role in the same cluster.
func beside(launchType, role string) string {
	definition := taskDefinition("taskRoleArn: arn:aws:iam::111122223333:role/web\ncontainerDefinitions: []\n")
	other := strings.ReplaceAll(taskDefinition("taskRoleArn: arn:aws:iam::111122223333:role/"+role+"\ncontainerDefinitions: []\n"), "web:7", "other:2")
	service := strings.ReplaceAll(ecsService("launchType: "+launchType+" # the other\n"), "/web", "/other")
	return documents(ecsService("launchType: EC2\n"), definition, strings.ReplaceAll(service, "other:7", "other:2"), other)
}
