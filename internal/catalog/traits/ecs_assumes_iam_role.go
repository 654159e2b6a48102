package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSAssumesIAMRole finds ECS services whose tasks have a task role.
//
// Field, of the task definition that runs:
//
//	taskRoleArn
//
// The task role is what the program's AWS rights come from. The execution role is another one: with it the agent pulls
// images, writes logs and reads the secrets that the definition names, and the program cannot use it. The evidence names
// both, apart.
//
// That a program has a role is as it should be: how much the role may do is what counts, and other rules judge that. So
// the trait is contextual.
var ECSAssumesIAMRole = rule.Rule{
	ID:         "ecs-assumes-iam-role",
	Category:   finding.Assumability,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		attack("T1078.004"), attack("T1552.005"), {Source: "AWS", ID: "Task IAM role", URL: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"},
	},
	Title: lang.Text{
		EN: "ECS service that can assume an IAM role",
		ES: "Servicio de ECS que puede asumir un rol de IAM",
		PT: "Serviço do ECS que pode assumir um perfil do IAM",
	},
	Why: lang.Text{
		EN: "Every process in the task asks the agent for the credentials of the task role, without a password. An attacker who runs code in a container does the same, and uses them from anywhere until they expire, with every permission of the role.",
		ES: "Cualquier proceso de la tarea pide al agente las credenciales del rol de tarea, sin contraseña. Un atacante que ejecuta código en un contenedor hace lo mismo y las usa desde cualquier lugar hasta que caducan, con todos los permisos del rol.",
		PT: "Qualquer processo da tarefa pede ao agente as credenciais do perfil de tarefa, sem senha. Um invasor que executa código em um contêiner faz o mesmo e as usa de qualquer lugar até que expirem, com todas as permissões do perfil.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Grant the task role no more than the program needs\n\nKeep one role for each service. IAM Access Analyzer makes a policy of the calls that the role made lately. Conditions, such as aws:SourceVpc, tie the credentials to your network, and a permissions boundary caps what the role may ever get. Where the program does not call AWS, register a revision of the task definition without taskRoleArn.",
		ES: "Conceda al rol de tarea solo lo que el programa necesita\n\nMantenga un rol por cada servicio. IAM Access Analyzer genera una política a partir de las llamadas que el rol hizo últimamente. Las condiciones, como aws:SourceVpc, atan las credenciales a su red, y un límite de permisos pone un tope a lo que el rol puede llegar a tener. Si el programa no llama a AWS, registre una revisión de la definición de tarea sin taskRoleArn.",
		PT: "Conceda ao perfil de tarefa apenas o que o programa precisa\n\nMantenha um perfil para cada serviço. O IAM Access Analyzer gera uma política a partir das chamadas que o perfil fez recentemente. Condições, como aws:SourceVpc, prendem as credenciais à sua rede, e um limite de permissões restringe o que o perfil pode vir a ter. Se o programa não chama a AWS, registre uma revisão da definição de tarefa sem taskRoleArn.",
	}, append([]string{
		"aws iam list-attached-role-policies --role-name $ROLE",
		"aws iam list-role-policies --role-name $ROLE",
		"aws iam generate-service-last-accessed-details --arn $ROLE_ARN",
	}, newRevision()...)),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.taskRoleArn"},
	Check: rule.Each[rule.Task]{
		In: rule.Tasks,
		Where: []rule.Condition[rule.Task]{
			rule.If("task-role", func(t rule.Task) bool { return t.TaskRole != "" }),
		},
		Show: func(t rule.Task) finding.Evidence { return t.Evidence("taskRoleArn", string(t.TaskRole)) },
		Also: func(t rule.Task) []finding.Evidence {
			if t.ExecutionRole == "" {
				return nil
			}
			return []finding.Evidence{t.Evidence("executionRoleArn", string(t.ExecutionRole))}
		},
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Does the program call AWS at all, and which actions on which resources? The service last accessed details of the role tell. If it calls none, a revision without taskRoleArn closes the trait.",
			ES: "¿El programa llama a AWS, y a qué acciones sobre qué recursos? Lo dicen los últimos accesos a servicios del rol. Si no llama a ninguna, una revisión sin taskRoleArn cierra la característica.",
			PT: "O programa chama a AWS, e quais ações sobre quais recursos? Os últimos acessos a serviços do perfil o dizem. Se não chama nenhuma, uma revisão sem taskRoleArn fecha a característica.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a task role beside an execution role",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
taskRoleArn: arn:aws:iam::111122223333:role/web-task
executionRoleArn: arn:aws:iam::111122223333:role/web-execution
containerDefinitions:
- name: web
  image: registry.example/web:1
`)),
			Want: finding.Present,
			Path: "$.taskRoleArn",
		},
		{
			Name: "an execution role alone",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
executionRoleArn: arn:aws:iam::111122223333:role/web-execution
containerDefinitions:
- name: web
  image: registry.example/web:1
`)),
			Want:   finding.Absent,
			Misses: "task-role",
		},
	},
}
