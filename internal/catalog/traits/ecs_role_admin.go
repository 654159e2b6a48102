package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSRoleAdmin finds ECS services whose task role is an administrator of its account.
//
// Fields, of the role that taskRoleArn names:
//
//	its managed and inline policies, and its permissions boundary
//
// An administrator may do everything on everything, or everything in IAM, and so give itself the rest; see package iam for what
// a boundary, a Deny and a condition change. AdministratorAccess under a boundary that allows less is none. A role that was not
// read, or that has a policy that was not, is unknown.
var ECSRoleAdmin = rule.Rule{
	ID:         "ecs-role-admin",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		{Source: "AWS", ID: "IAM.1", URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-1"}, ecsExposure("administrative-access-policy"), attack("T1078.004"),
	},
	Title: lang.Text{
		EN: "ECS task role with administrator access",
		ES: "Rol de tarea de ECS con acceso de administrador",
		PT: "Perfil de tarefa do ECS com acesso de administrador",
	},
	Why: lang.Text{
		EN: "Every process in the task holds the keys to the whole account. An attacker who runs code in a container, or makes its program fetch a URL, reads all data, makes users of his own, and deletes what would show it.",
		ES: "Cualquier proceso de la tarea tiene las llaves de toda la cuenta. Un atacante que ejecuta código en un contenedor, o que logra que el programa consulte una URL, lee todos los datos, crea sus propios usuarios y borra lo que lo delataría.",
		PT: "Qualquer processo da tarefa tem as chaves de toda a conta. Um invasor que executa código em um contêiner, ou que consegue fazer o programa buscar uma URL, lê todos os dados, cria seus próprios usuários e apaga o que o denunciaria.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Replace administrator access by what the program uses\n\nLet IAM Access Analyzer make a policy of the calls that the role made lately. Put it on a new role, so that nothing else that uses the old one breaks, name it in a new revision of the task definition, and let the service run it. Where the program needs administrative rights after all, cap them with a permissions boundary, and tie them by conditions to what is always true of its calls (aws:SourceVpc, aws:SourceIp); let people assume such a role with MFA alone.",
		ES: "Sustituya el acceso de administrador por lo que el programa usa\n\nHaga que IAM Access Analyzer genere una política a partir de las llamadas que el rol hizo últimamente. Asígnela a un rol nuevo, para no romper nada más que use el anterior, indíquelo en una revisión nueva de la definición de tarea y haga que el servicio la ejecute. Si el programa necesita de verdad permisos administrativos, limítelos con un límite de permisos y átelos mediante condiciones a lo que siempre se cumple en sus llamadas (aws:SourceVpc, aws:SourceIp); que las personas asuman un rol así solo con MFA.",
		PT: "Substitua o acesso de administrador pelo que o programa usa\n\nFaça o IAM Access Analyzer gerar uma política a partir das chamadas que o perfil fez recentemente. Atribua-a a um novo perfil, para não quebrar nada mais que use o antigo, indique-o em uma nova revisão da definição de tarefa e faça o serviço executá-la. Se o programa precisa mesmo de permissões administrativas, restrinja-as com um limite de permissões e prenda-as por condições ao que sempre vale nas chamadas dele (aws:SourceVpc, aws:SourceIp); que as pessoas assumam um perfil assim apenas com MFA.",
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
			{Name: "administrator", Holds: func(_ *rule.World, r taskRole) rule.Truth { return r.admin }},
		},
		Show: func(r taskRole) finding.Evidence { return r.Evidence("taskRoleArn", string(r.TaskRole)) },
		Also: taskRole.adminEvidence,
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
			Name:  "the managed policy AdministratorAccess",
			Input: withTaskRole(role("AttachedManagedPolicies: [{PolicyName: AdministratorAccess, PolicyArn: \"arn:aws:iam::aws:policy/AdministratorAccess\"}]\n")),
			Want:  finding.Present,
			Path:  "$.taskRoleArn",
		},
		{
			Name:  "every action on every resource, in a policy of the role itself",
			Input: withTaskRole(role(inlinePolicy(`{Effect: Allow, Action: "*", Resource: "*"}`))),
			Want:  finding.Present,
			Path:  "$.RolePolicyList[0].PolicyDocument.Statement[0]",
		},
		{
			Name:   "everything on one bucket",
			Input:  withTaskRole(role(inlinePolicy(`{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::shop/*"}`))),
			Want:   finding.Absent,
			Misses: "administrator",
		},
		{
			Name: "everything, under a boundary that allows Amazon S3 alone",
			Input: withTaskRole(role(inlinePolicy(`{Effect: Allow, Action: "*", Resource: "*"}`)+boundary), `Policies:
- PolicyName: s3-only
  Arn: arn:aws:iam::111122223333:policy/s3-only
  PolicyVersionList:
  - IsDefaultVersion: true
    Document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
`),
			Want:   finding.Absent,
			Misses: "administrator",
		},
		{
			Name:  "everything, under a boundary that was not read",
			Input: withTaskRole(role(inlinePolicy(`{Effect: Allow, Action: "*", Resource: "*"}`) + boundary)),
			Want:  finding.Unknown,
		},
		{
			Name:  "everything, on a condition that depends on the request",
			Input: withTaskRole(role(inlinePolicy(`{Effect: Allow, Action: "*", Resource: "*", Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}}`))),
			Want:  finding.Unknown,
		},
		{
			Name:  "a role that was not read",
			Input: withTaskRole(),
			Want:  finding.Unknown,
		},
	},
}
