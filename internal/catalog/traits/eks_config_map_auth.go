package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EKSConfigMapAuth finds EKS clusters that know IAM principals by the ConfigMap aws-auth alone.
//
// Field:
//
//	cluster.accessConfig.authenticationMode
//
// Allowed values: API, API_AND_CONFIG_MAP. Clusters that are older than the field have the mode CONFIG_MAP, and the API
// says so.
var EKSConfigMapAuth = rule.Rule{
	ID:         "eks-config-map-auth",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cisEKS("3.2.1"), attack("T1098"), {Source: "AWS", ID: "Change authentication mode", URL: "https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html"},
	},
	Title: lang.Text{
		EN: "EKS cluster that uses the aws-auth ConfigMap alone",
		ES: "Clúster de EKS que solo usa el ConfigMap aws-auth",
		PT: "Cluster do EKS que usa apenas o ConfigMap aws-auth",
	},
	Why: lang.Text{
		EN: "Who may enter the cluster is text in a ConfigMap: whoever can edit it makes any IAM principal an administrator, and no AWS API shows that. The principal that made the cluster is one for good, and is listed nowhere.",
		ES: "Quién puede entrar en el clúster es texto de un ConfigMap: quien pueda editarlo convierte a cualquier entidad principal de IAM en administradora, y ninguna API de AWS lo muestra. La entidad que creó el clúster lo es para siempre y no figura en ninguna parte.",
		PT: "Quem pode entrar no cluster é texto de um ConfigMap: quem puder editá-lo torna qualquer entidade principal do IAM administradora, e nenhuma API da AWS mostra isso. A entidade que criou o cluster é administradora para sempre e não aparece em lugar nenhum.",
	},
	Fix: eksFix(lang.Text{
		EN: "Move the cluster to access entries\n\nChange the mode to API_AND_CONFIG_MAP, make an access entry with an access policy for each line of aws-auth, check that everybody gets in, and change the mode to API. There is no way back to an earlier mode. Then remove the access entry of the principal that made the cluster.",
		ES: "Pase el clúster a entradas de acceso\n\nCambie el modo a API_AND_CONFIG_MAP, cree una entrada de acceso con una política de acceso por cada línea de aws-auth, compruebe que todos pueden entrar y cambie el modo a API. No se puede volver a un modo anterior. Después, elimine la entrada de acceso de la entidad que creó el clúster.",
		PT: "Passe o cluster para entradas de acesso\n\nAltere o modo para API_AND_CONFIG_MAP, crie uma entrada de acesso com uma política de acesso para cada linha de aws-auth, confirme que todos conseguem entrar e altere o modo para API. Não é possível voltar a um modo anterior. Depois, remova a entrada de acesso da entidade que criou o cluster.",
	}, []string{
		"kubectl get configmap aws-auth --namespace kube-system -o yaml",
		"aws eks update-cluster-config --name $CLUSTER --region $REGION --access-config authenticationMode=API_AND_CONFIG_MAP",
		"aws eks create-access-entry --cluster-name $CLUSTER --region $REGION --principal-arn ARN",
	}),
	On:    []inventory.Type{aws.EKSCluster},
	Reads: []string{"$.accessConfig"},
	Check: rule.Each[rule.EKSCluster]{
		In: rule.EKSClusters,
		Where: []rule.Condition[rule.EKSCluster]{
			rule.If("config-map", func(c rule.EKSCluster) bool { return c.AuthenticationMode == "CONFIG_MAP" }),
		},
		Show: func(c rule.EKSCluster) finding.Evidence {
			return c.Evidence("accessConfig.authenticationMode", c.AuthenticationMode)
		},
	},
	Patch: rule.Patch{
		Changes: rule.SetFields(withAccessEntries),
		Ask: lang.Text{
			EN: "The mode cannot be changed back. Which tools write aws-auth (eksctl, Terraform, node groups of your own)? They go on working in the mode API_AND_CONFIG_MAP; make an access entry for each line before you go on to API. The cluster's platform version must support access entries.",
			ES: "El modo no se puede volver a cambiar. ¿Qué herramientas escriben aws-auth (eksctl, Terraform, grupos de nodos propios)? Siguen funcionando en el modo API_AND_CONFIG_MAP; cree una entrada de acceso por cada línea antes de pasar a API. La versión de plataforma del clúster debe admitir entradas de acceso.",
			PT: "O modo não pode ser revertido. Quais ferramentas gravam aws-auth (eksctl, Terraform, grupos de nós próprios)? Elas continuam funcionando no modo API_AND_CONFIG_MAP; crie uma entrada de acesso para cada linha antes de passar a API. A versão de plataforma do cluster precisa oferecer suporte a entradas de acesso.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a cluster of old",
			Input: eksCluster("1.34", "accessConfig:\n  authenticationMode: CONFIG_MAP\n"),
			Want:  finding.Present,
			Path:  "$.accessConfig.authenticationMode",
		},
		{
			Name:   "a cluster with access entries beside the ConfigMap",
			Input:  eksCluster("1.34", "accessConfig:\n  authenticationMode: API_AND_CONFIG_MAP\n"),
			Want:   finding.Absent,
			Misses: "config-map",
		},
	},
}
