package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// roleAnnotation names the IAM role of a service account's pods
// (https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html).
const roleAnnotation = "eks.amazonaws.com/role-arn"

// AssumesIAMRole finds pods that can assume an IAM role.
//
// Restricted fields, of the pod's ServiceAccount:
//
//	metadata.annotations['eks.amazonaws.com/role-arn']
//
// Allowed values: not set, "". A value that is no ARN counts: somebody means the pod to have a role, and the
// evidence shows what is written. That the token of the service account is not mounted changes nothing: the
// pod gets another one for AWS.
//
// EKS Pod Identity gives roles too, by associations that are no objects of the cluster. A pod that only they
// give a role is not found here.
//
// The role's name says nothing of what it may do. Until that is read, the trait is contextual: it adds to an
// exposure that has another cause, and makes none of its own of every pod that calls AWS as it should.
var AssumesIAMRole = rule.Rule{
	ID:         "assumes-iam-role",
	Category:   finding.Assumability,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		attack("T1528"), attack("T1078.004"),
		{Source: "AWS", ID: "IAM roles for service accounts", URL: "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html"},
	},
	Title: lang.Text{
		EN: "Pod that can assume an IAM role",
		ES: "Pod que puede asumir un rol de IAM",
		PT: "Pod que pode assumir um perfil do IAM",
	},
	Why: lang.Text{
		EN: "The service account's annotation gives the pod the credentials of an IAM role. An attacker in the pod reads its token, exchanges it for those credentials and uses them from anywhere until they expire, with every permission that the role has in the AWS account.",
		ES: "La anotación de la cuenta de servicio da al pod las credenciales de un rol de IAM. Un atacante en el pod lee su token, lo canjea por esas credenciales y las usa desde cualquier lugar hasta que caducan, con todos los permisos que el rol tiene en la cuenta de AWS.",
		PT: "A anotação da conta de serviço dá ao pod as credenciais de um perfil do IAM. Um invasor no pod lê o token dele, troca-o por essas credenciais e as usa de qualquer lugar até que expirem, com todas as permissões que o perfil tem na conta da AWS.",
	},
	Fix: steps(lang.Text{
		EN: "Grant the IAM role no more than the pod needs\n\nKeep one role for each service account. Allow in its policy only the actions and resources that the program uses, and name in its trust policy this one service account. Where the program no longer calls AWS, remove the annotation.",
		ES: "Conceda al rol de IAM solo lo que el pod necesita\n\nMantenga un rol por cada cuenta de servicio. Permita en su política solo las acciones y los recursos que el programa usa, e indique en su política de confianza únicamente esta cuenta de servicio. Si el programa ya no llama a AWS, quite la anotación.",
		PT: "Conceda ao perfil do IAM apenas o que o pod precisa\n\nMantenha um perfil para cada conta de serviço. Permita na política dele apenas as ações e os recursos que o programa usa, e indique na política de confiança somente esta conta de serviço. Se o programa não chama mais a AWS, remova a anotação.",
	}, `
aws iam get-role --role-name NAME --query Role.AssumeRolePolicyDocument
aws iam list-attached-role-policies --role-name NAME
kubectl annotate serviceaccount NAME --namespace NAMESPACE eks.amazonaws.com/role-arn-
`),
	On: k8s.Workloads(),
	Check: rule.Each[podAccount]{
		In:    podAccounts,
		Where: []rule.Condition[podAccount]{{Name: "role-annotation", Holds: hasRole}},
		Show:  podAccount.role,
		Also:  func(a podAccount) []finding.Evidence { return []finding.Evidence{a.name()} },
		Grade: func(podAccount) finding.Weight { return contextual() },
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Does the program call AWS, and which actions on which resources? Without such calls, take the annotation off its service account.",
			ES: "¿El programa llama a AWS, y qué acciones realiza sobre qué recursos? Si no hay tales llamadas, quite la anotación de su cuenta de servicio.",
			PT: "O programa chama a AWS, e quais ações realiza sobre quais recursos? Sem essas chamadas, remova a anotação da sua conta de serviço.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "an account whose annotation names a role",
			Input: documents(asApp(""), serviceAccount("annotations:\n  eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/shop-app\n", "")),
			Want:  finding.Present,
			Path:  "$.metadata.annotations['eks.amazonaws.com/role-arn']",
		},
		{
			Name: "a role in a pod that mounts no token of its own",
			Input: documents(asApp("automountServiceAccountToken: false\n"),
				serviceAccount("annotations:\n  eks.amazonaws.com/role-arn: arn:aws-us-gov:iam::111122223333:role/shop/app\n", "")),
			Want: finding.Present,
		},
		{
			Name:  "an annotation that is no ARN",
			Input: documents(asApp(""), serviceAccount("annotations:\n  eks.amazonaws.com/role-arn: shop-app\n", "")),
			Want:  finding.Present,
			Path:  "$.metadata.annotations['eks.amazonaws.com/role-arn']",
		},
		{
			Name: "an account with another annotation",
			Input: documents(asApp(""),
				serviceAccount("annotations:\n  eks.amazonaws.com/sts-regional-endpoints: \"true\"\n", "")),
			Want:   finding.Absent,
			Misses: "role-annotation",
		},
		{
			Name:   "the default account, which no annotation was read of",
			Input:  cronJob("restartPolicy: Never\ncontainers:\n- name: report\n  image: registry.example/report:7\n"),
			Want:   finding.Absent,
			Misses: "role-annotation",
		},
		{
			Name:  "an account that was not read",
			Input: asApp(""),
			Want:  finding.Unknown,
		},
	},
}

// role is the annotation as evidence.
func (a podAccount) role() finding.Evidence {
	e := finding.Evidence{Resource: a.uid, Path: "$.metadata.annotations['" + roleAnnotation + "']"}
	if a.spec != nil {
		e.Value = a.spec.RoleARN
	}
	return e
}

func hasRole(w *rule.World, a podAccount) rule.Truth {
	if !a.isKnown(w) {
		return accountNotRead()
	}
	return rule.Is(a.spec != nil && a.spec.RoleARN != "")
}
