package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSRoleServiceAdmin finds ECS services whose task role has one of the services of AWS in full.
//
// Fields, of the role that taskRoleArn names:
//
//	its managed and inline policies, and its permissions boundary
//
// "s3:*" on every resource is a service in full; on one bucket it is not. A role that is an administrator is ecs-role-admin's.
var ECSRoleServiceAdmin = rule.Rule{
	ID:         "ecs-role-service-admin",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		{Source: "AWS", ID: "IAM.21", URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21"}, ecsExposure("service-administrative-policy"), attack("T1078.004"),
	},
	Title: lang.Text{
		EN: "ECS task role with full access to a service",
		ES: "Rol de tarea de ECS con acceso total a un servicio",
		PT: "Perfil de tarefa do ECS com acesso total a um serviço",
	},
	Why: lang.Text{
		EN: "Every process in the task may do everything with one of the services of AWS, on every resource of the account: read and delete all buckets, all tables or all images, those of other programs too. A program needs a few actions on a few resources.",
		ES: "Cualquier proceso de la tarea puede hacer cualquier cosa con uno de los servicios de AWS, sobre todos los recursos de la cuenta: leer y borrar todos los buckets, todas las tablas o todas las imágenes, también las de otros programas. Un programa necesita unas pocas acciones sobre unos pocos recursos.",
		PT: "Qualquer processo da tarefa pode fazer qualquer coisa com um dos serviços da AWS, em todos os recursos da conta: ler e apagar todos os buckets, todas as tabelas ou todas as imagens, inclusive os de outros programas. Um programa precisa de poucas ações em poucos recursos.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Name the actions and resources that the program uses\n\nLet IAM Access Analyzer make a policy of the calls that the role made lately, and name in it the resources of this program alone. Where the program needs administrative rights after all, cap them with a permissions boundary, and tie them by conditions to what is always true of its calls (aws:SourceVpc, aws:SourceIp); let people assume such a role with MFA alone.",
		ES: "Indique las acciones y los recursos que el programa usa\n\nHaga que IAM Access Analyzer genere una política a partir de las llamadas que el rol hizo últimamente e indique en ella solo los recursos de este programa. Si el programa necesita de verdad permisos administrativos, limítelos con un límite de permisos y átelos mediante condiciones a lo que siempre se cumple en sus llamadas (aws:SourceVpc, aws:SourceIp); que las personas asuman un rol así solo con MFA.",
		PT: "Indique as ações e os recursos que o programa usa\n\nFaça o IAM Access Analyzer gerar uma política a partir das chamadas que o perfil fez recentemente e indique nela apenas os recursos deste programa. Se o programa precisa mesmo de permissões administrativas, restrinja-as com um limite de permissões e prenda-as por condições ao que sempre vale nas chamadas dele (aws:SourceVpc, aws:SourceIp); que as pessoas assumam um perfil assim apenas com MFA.",
	}, append([]string{
		"aws accessanalyzer start-policy-generation --policy-generation-details principalArn=$ROLE_ARN --region $REGION",
		"aws iam list-attached-role-policies --role-name $ROLE",
		"aws iam put-role-permissions-boundary --role-name $ROLE --permissions-boundary ARN",
	}, newRevision()...)),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.taskRoleArn"},
	Check: rule.Each[taskRole]{
		In: taskRoles,
		Where: []rule.Condition[taskRole]{
			{Name: "service-in-full", Holds: func(_ *rule.World, r taskRole) rule.Truth { return r.full }},
		},
		Show: func(r taskRole) finding.Evidence { return r.Evidence("taskRoleArn", string(r.TaskRole)) },
		Also: taskRole.fullEvidence,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which actions does the program call, on which resources? Let IAM Access Analyzer list them from CloudTrail, over a time that covers rare jobs. Who else uses the role, and which policy grants too much (aws iam list-attached-role-policies)?",
			ES: "¿Qué acciones llama el programa, y sobre qué recursos? Haga que IAM Access Analyzer las enumere a partir de CloudTrail, en un periodo que cubra las tareas poco frecuentes. ¿Quién más usa el rol, y qué política concede demasiado (aws iam list-attached-role-policies)?",
			PT: "Quais ações o programa chama, e sobre quais recursos? Faça o IAM Access Analyzer listá-las a partir do CloudTrail, em um período que cubra tarefas raras. Quem mais usa o perfil, e qual política concede demais (aws iam list-attached-role-policies)?",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "all of Amazon S3",
			Input: withTaskRole(role(inlinePolicy(`{Effect: Allow, Action: ["s3:*", "sqs:SendMessage"], Resource: "*"}`))),
			Want:  finding.Present,
			Path:  "$.RolePolicyList[0].PolicyDocument.Statement[0]",
		},
		{
			Name:   "everything on one bucket",
			Input:  withTaskRole(role(inlinePolicy(`{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::shop/*"}`))),
			Want:   finding.Absent,
			Misses: "service-in-full",
		},
		{
			Name:   "an administrator, which is another trait",
			Input:  withTaskRole(role(inlinePolicy(`{Effect: Allow, Action: "*", Resource: "*"}`))),
			Want:   finding.Absent,
			Misses: "service-in-full",
		},
		{
			Name:  "a role that was not read",
			Input: withTaskRole(),
			Want:  finding.Unknown,
		},
	},
}
