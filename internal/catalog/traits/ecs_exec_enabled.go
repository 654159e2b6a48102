package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSExecEnabled finds ECS services in whose containers commands can be run by ECS Exec.
//
// Field, of the service:
//
//	enableExecuteCommand
//
// It is contextual: who may call ecs:ExecuteCommand decides what it means.
var ECSExecEnabled = rule.Rule{
	ID:         "ecs-exec-enabled",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		attack("T1651"), {Source: "AWS", ID: "ECS Exec", URL: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"},
	},
	Title: lang.Text{
		EN: "ECS Exec enabled",
		ES: "ECS Exec habilitado",
		PT: "ECS Exec habilitado",
	},
	Why: lang.Text{
		EN: "Whoever may call ecs:ExecuteCommand on the service gets a shell in its containers, as root unless the image says otherwise, and with it the credentials of the task role. It works from anywhere, past every network rule.",
		ES: "Quien puede llamar a ecs:ExecuteCommand en el servicio obtiene un shell en sus contenedores, como root salvo que la imagen indique otra cosa, y con él las credenciales del rol de tarea. Funciona desde cualquier lugar, sin pasar por ninguna regla de red.",
		PT: "Quem pode chamar ecs:ExecuteCommand no serviço obtém um shell nos contêineres dele, como root, a menos que a imagem diga outra coisa, e com ele as credenciais do perfil de tarefa. Funciona de qualquer lugar, sem passar por nenhuma regra de rede.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Switch ECS Exec off where nobody debugs\n\nUpdate the service without it. Where it is needed, allow ecs:ExecuteCommand to few, for single clusters and containers (condition keys ecs:cluster and ecs:container-name), and log the sessions to CloudWatch Logs or Amazon S3.",
		ES: "Desactive ECS Exec donde nadie depura\n\nActualice el servicio sin él. Donde haga falta, permita ecs:ExecuteCommand a pocas personas y solo en clústeres y contenedores concretos (claves de condición ecs:cluster y ecs:container-name), y registre las sesiones en CloudWatch Logs o Amazon S3.",
		PT: "Desative o ECS Exec onde ninguém depura\n\nAtualize o serviço sem ele. Onde for necessário, permita ecs:ExecuteCommand a poucas pessoas e apenas em clusters e contêineres específicos (chaves de condição ecs:cluster e ecs:container-name), e registre as sessões no CloudWatch Logs ou no Amazon S3.",
	}, []string{
		"aws ecs update-service --cluster $CLUSTER --service $SERVICE --region $REGION --disable-execute-command --force-new-deployment",
	}),
	On:    []inventory.Type{aws.ECSService},
	Reads: []string{"$.enableExecuteCommand"},
	Check: rule.Each[rule.ECSService]{
		In: rule.ECSServices,
		Where: []rule.Condition[rule.ECSService]{
			rule.If("enabled", func(s rule.ECSService) bool { return s.ExecEnabled }),
		},
		Show: func(s rule.ECSService) finding.Evidence { return s.Evidence("enableExecuteCommand", true) },
	},
	Patch: rule.Patch{Changes: rule.SetFields(false)},
	Examples: []rule.Example{
		{
			Name:  "a service with ECS Exec",
			Input: ecsService("enableExecuteCommand: true\n"),
			Want:  finding.Present,
			Path:  "$.enableExecuteCommand",
		},
		{
			Name:   "a service without",
			Input:  ecsService("enableExecuteCommand: false\n"),
			Want:   finding.Absent,
			Misses: "enabled",
		},
	},
}
