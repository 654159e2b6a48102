package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EKSAuditLogDisabled finds EKS clusters that keep no audit log.
//
// Field:
//
//	cluster.logging.clusterLogging
//
// Allowed value: an entry that is enabled and whose types hold audit. GuardDuty reads the audit log by another way and
// needs no setting here.
var EKSAuditLogDisabled = rule.Rule{
	ID:         "eks-audit-log-disabled",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cisEKS("2.1.1"), eksControl("EKS.8", "eks-8"), attack("T1562.008"),
	},
	Title: lang.Text{
		EN: "EKS cluster without an audit log",
		ES: "Clúster de EKS sin registro de auditoría",
		PT: "Cluster do EKS sem log de auditoria",
	},
	Why: lang.Text{
		EN: "The audit log says who did what in the cluster. Without it nobody sees an attacker list secrets or bind roles, and afterwards nobody can tell what happened.",
		ES: "El registro de auditoría indica quién hizo qué en el clúster. Sin él, nadie ve que un atacante enumera secretos o vincula roles, y después nadie puede saber qué ocurrió.",
		PT: "O log de auditoria diz quem fez o quê no cluster. Sem ele, ninguém vê um invasor listar segredos ou vincular perfis, e depois ninguém consegue saber o que aconteceu.",
	},
	Fix: eksFix(lang.Text{
		EN: "Send the audit log to CloudWatch Logs\n\nSwitch on the log types audit and authenticator for the control plane, set a retention time on the log group, and let somebody, or something, read it.",
		ES: "Envíe el registro de auditoría a CloudWatch Logs\n\nActive los tipos de registro audit y authenticator del plano de control, fije un periodo de retención en el grupo de registros y haga que alguien, o algo, lo lea.",
		PT: "Envie o log de auditoria para o CloudWatch Logs\n\nAtive os tipos de log audit e authenticator do plano de controle, defina um período de retenção no grupo de logs e faça com que alguém, ou algo, o leia.",
	}, []string{
		"aws eks update-cluster-config --name $CLUSTER --region $REGION \\",
		`  --logging '{"clusterLogging":[{"types":["audit","authenticator"],"enabled":true}]}'`,
	}),
	On:    []inventory.Type{aws.EKSCluster},
	Reads: []string{"$.logging"},
	Check: rule.Each[rule.EKSCluster]{
		In: rule.EKSClusters,
		Where: []rule.Condition[rule.EKSCluster]{
			rule.If("no-audit-log", func(c rule.EKSCluster) bool { return !c.AuditLog }),
		},
		Show: func(c rule.EKSCluster) finding.Evidence { return c.Evidence("logging.clusterLogging", nil) },
	},
	Patch: rule.Patch{Changes: sendAuditLog},
	Examples: []rule.Example{
		{
			Name: "a cluster that logs the API server alone",
			Input: eksCluster("1.34", `
logging:
  clusterLogging:
  - types: ["api"]
    enabled: true
  - types: ["audit", "authenticator", "controllerManager", "scheduler"]
    enabled: false
`),
			Want: finding.Present,
		},
		{
			Name: "a cluster with an audit log",
			Input: eksCluster("1.34", `
logging:
  clusterLogging:
  - types: ["audit"]
    enabled: true
`),
			Want:   finding.Absent,
			Misses: "no-audit-log",
		},
	},
}
