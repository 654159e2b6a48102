package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EKSSecretsUnencrypted finds EKS clusters whose secrets no KMS key of the user's encrypts.
//
// Field:
//
//	cluster.encryptionConfig[*].provider.keyArn; before Kubernetes 1.28 with "secrets" among its resources
//
// Allowed value: the ARN of a key. From Kubernetes 1.28 on, Amazon EKS encrypts everything in the API with a key of AWS's
// own (https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html): there the trait is contextual, unless
// --aws-strict asks for it as AWS reports it. Before, the secrets are in etcd as they are.
var EKSSecretsUnencrypted = rule.Rule{
	ID:         "eks-secrets-unencrypted",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		eksControl("EKS.3", "eks-3"), eksExposure("unencrypted-kubernetes-secrets"), cisEKS("5.3.1"), attack("T1552.007"),
	},
	Title: lang.Text{
		EN: "Secrets without a KMS key of your own",
		ES: "Secretos sin una clave de KMS propia",
		PT: "Segredos sem uma chave própria do KMS",
	},
	Why: lang.Text{
		EN: "Secrets are stored in etcd without a key that you control. Before Kubernetes 1.28 they lie there unencrypted, so that a copy of etcd or of its backup gives them all away; from 1.28 on AWS encrypts them with a key of its own, whose use you can neither see nor stop.",
		ES: "Los secretos se guardan en etcd sin una clave que usted controle. Antes de Kubernetes 1.28 están allí sin cifrar, de modo que una copia de etcd o de su copia de seguridad los revela todos; desde la 1.28, AWS los cifra con una clave propia, cuyo uso usted no puede ver ni detener.",
		PT: "Os segredos são guardados no etcd sem uma chave que você controle. Antes do Kubernetes 1.28 eles ficam ali sem criptografia, de modo que uma cópia do etcd ou do backup dele revela todos; a partir da 1.28, a AWS os criptografa com uma chave própria, cujo uso você não pode ver nem interromper.",
	},
	Fix: eksFix(lang.Text{
		EN: "Encrypt the secrets with a KMS key\n\nAssociate a symmetric key of AWS KMS with the cluster; it cannot be taken off again. Then write every secret anew, so that old copies are encrypted too. Keep the key: without it the cluster cannot be recovered.",
		ES: "Cifre los secretos con una clave de KMS\n\nAsocie al clúster una clave simétrica de AWS KMS; no se puede desasociar. Después, vuelva a escribir todos los secretos, para que también se cifren las copias antiguas. Conserve la clave: sin ella no se puede recuperar el clúster.",
		PT: "Criptografe os segredos com uma chave do KMS\n\nAssocie ao cluster uma chave simétrica do AWS KMS; não é possível desassociá-la. Depois, grave novamente todos os segredos, para que as cópias antigas também sejam criptografadas. Guarde a chave: sem ela não é possível recuperar o cluster.",
	}, []string{
		"aws eks associate-encryption-config --cluster-name $CLUSTER --region $REGION \\",
		`  --encryption-config '[{"resources":["secrets"],"provider":{"keyArn":"ARN"}}]'`,
		"kubectl get secrets --all-namespaces -o json | kubectl annotate --overwrite -f - rewritten=$(date +%F)",
	}),
	On:    []inventory.Type{aws.EKSCluster},
	Reads: []string{"$.encryptionConfig"},
	Check: rule.Each[eksEncryption]{
		In: eksEncryptions,
		Where: []rule.Condition[eksEncryption]{
			rule.If("no-key", func(c eksEncryption) bool { return c.SecretsKey == "" && (c.AnyKey == "" || !c.encryptsAll()) }),
		},
		Show:  func(c eksEncryption) finding.Evidence { return c.Evidence("encryptionConfig", nil) },
		Grade: eksEncryption.weight,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which symmetric KMS key, in the Region of the cluster, is to encrypt the secrets, who may use it, and who makes sure that nobody deletes it? It cannot be taken off again, and without it the cluster is lost.",
			ES: "¿Qué clave simétrica de KMS, en la región del clúster, debe cifrar los secretos, quién puede usarla y quién se asegura de que nadie la elimine? No se puede desasociar, y sin ella se pierde el clúster.",
			PT: "Qual chave simétrica do KMS, na região do cluster, deve criptografar os segredos, quem pode usá-la e quem garante que ninguém a exclua? Ela não pode ser desassociada, e sem ela o cluster é perdido.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a cluster before Kubernetes 1.28",
			Input: eksCluster("1.27", "status: ACTIVE\n"),
			Want:  finding.Present,
			Path:  "$.encryptionConfig",
		},
		{
			Name:  "a cluster whose secrets AWS encrypts",
			Input: eksCluster("1.34", "status: ACTIVE\n"),
			Want:  finding.Present,
			Path:  "$.encryptionConfig",
		},
		{
			Name: "a key for something else than secrets",
			Input: eksCluster("1.27", `
encryptionConfig:
- resources: ["configmaps"]
  provider:
    keyArn: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
`),
			Want: finding.Present,
		},
		{
			Name: "a key without resources where the release encrypts all",
			Input: eksCluster("1.34", `
encryptionConfig:
- provider:
    keyArn: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
`),
			Want:   finding.Absent,
			Misses: "no-key",
		},
		{
			Name: "a key of the account",
			Input: eksCluster("1.27", `
encryptionConfig:
- resources: ["secrets"]
  provider:
    keyArn: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
`),
			Want:   finding.Absent,
			Misses: "no-key",
		},
	},
}

// eksEncryption is a cluster with whether it is judged as AWS does.
type eksEncryption struct {
	rule.EKSCluster
	strict bool
}

func eksEncryptions(w *rule.World, r *inventory.Resource) iter.Seq[eksEncryption] {
	return func(yield func(eksEncryption) bool) {
		for c := range rule.EKSClusters(w, r) {
			if !yield(eksEncryption{c, w.Settings.AWSStrict}) {
				return
			}
		}
	}
}

// encryptsAll reports whether the cluster's release encrypts all data of the API, with the key that it names for whatever
// resources. A cluster whose release is not said is taken for an old one.
func (c eksEncryption) encryptsAll() bool {
	minor, known := minorOf(c.Version)
	const encryptedSince = 28
	return known && minor >= encryptedSince
}

// weight is that of a contextual trait where AWS encrypts all data of the API by itself.
func (c eksEncryption) weight() finding.Weight {
	if c.encryptsAll() && !c.strict {
		return finding.Weight{Role: finding.Contextual, Likelihood: finding.LikelihoodLow}
	}
	return finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodLow, Impact: finding.ImpactMedium}
}
