package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EKSUnsupportedVersion finds EKS clusters whose release of Kubernetes is out of standard support.
//
// Field:
//
//	cluster.version
//
// In extended support AWS still mends Kubernetes itself, for a price, and few add-ons follow; past it, AWS
// upgrades the control plane by itself, at a time of its choice. The latter weighs more. upgradePolicy says what
// shall happen, not what is, and does not count.
var EKSUnsupportedVersion = rule.Rule{
	ID:         "eks-unsupported-version",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodHigh,
	References: []rule.Reference{
		eksControl("EKS.2", "eks-2"), eksExposure("unsupported-kubernetes-version"), attack("T1190"),
	},
	Title: lang.Text{
		EN: "EKS cluster on a release out of standard support",
		ES: "Clúster de EKS con una versión sin soporte estándar",
		PT: "Cluster do EKS com uma versão sem suporte padrão",
	},
	Why: lang.Text{
		EN: "Faults that are found in a release out of standard support are mended late, or never. They are public, with instructions to use them, so an attacker needs only to look up the version, which the API server tells anybody who can connect. Merlon takes the dates from DescribeClusterVersions; where that was not read, from its own table of 2026-11-21.",
		ES: "Los fallos que se descubren en una versión sin soporte estándar se corrigen tarde o nunca. Son públicos y vienen con instrucciones para aprovecharlos, así que a un atacante le basta con consultar la versión, que el servidor de la API revela a quien pueda conectarse. Merlon toma las fechas de DescribeClusterVersions; si no se leyó, de su propia tabla del 2026-11-21.",
		PT: "As falhas descobertas em uma versão sem suporte padrão são corrigidas tarde ou nunca. Elas são públicas e vêm com instruções de uso, então basta ao invasor consultar a versão, que o servidor da API revela a quem conseguir se conectar. O Merlon usa as datas de DescribeClusterVersions; se elas não foram lidas, as da sua própria tabela de 2026-11-21.",
	},
	Fix: eksFix(lang.Text{
		EN: "Upgrade the cluster to a release in standard support\n\nUpgrade the control plane one minor release at a time, then the add-ons and node groups. Look at the upgrade insights first: they name the APIs in use that the next release takes away.",
		ES: "Actualice el clúster a una versión con soporte estándar\n\nActualice el plano de control una versión menor cada vez, y después los complementos y los grupos de nodos. Consulte antes los upgrade insights: indican las API en uso que la siguiente versión elimina.",
		PT: "Atualize o cluster para uma versão com suporte padrão\n\nAtualize o plano de controle uma versão secundária por vez e, depois, os complementos e os grupos de nós. Antes, consulte os upgrade insights: eles indicam as APIs em uso que a próxima versão remove.",
	}, []string{
		"aws eks describe-cluster-versions --status STANDARD_SUPPORT --region $REGION --query 'clusterVersions[].clusterVersion'",
		"aws eks list-insights --cluster-name $CLUSTER --region $REGION",
		"aws eks update-cluster-version --name $CLUSTER --region $REGION --kubernetes-version VERSION",
	}),
	On:    []inventory.Type{aws.EKSCluster},
	Reads: []string{"$.version"},
	Check: rule.Each[eksVersion]{
		In:    eksVersions,
		Where: []rule.Condition[eksVersion]{{Name: "out-of-standard-support", Holds: func(_ *rule.World, c eksVersion) rule.Truth { return c.isOut() }}},
		Show:  func(c eksVersion) finding.Evidence { return c.Evidence("version", c.Version) },
		Grade: eksVersion.weight,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which APIs in use does each release up to the wanted one take away (aws eks list-insights), and do add-ons, node groups and charts support it? Control planes go one minor release at a time, and cannot go back.",
			ES: "¿Qué API en uso elimina cada versión hasta la deseada (aws eks list-insights), y la admiten los complementos, los grupos de nodos y los charts? El plano de control avanza una versión menor cada vez y no puede retroceder.",
			PT: "Quais APIs em uso cada versão até a desejada remove (aws eks list-insights), e os complementos, os grupos de nós e os charts são compatíveis com ela? O plano de controle avança uma versão secundária por vez e não pode retroceder.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a release whose support ended long ago",
			Input: eksCluster("1.27", ""),
			Want:  finding.Present,
			Path:  "$.version",
		},
		{
			Name:  "a release in extended support",
			Input: eksCluster("1.31", ""),
			Want:  finding.Present,
			Path:  "$.version",
		},
		{
			Name:   "a release in standard support",
			Input:  eksCluster("1.34", ""),
			Want:   finding.Absent,
			Misses: "out-of-standard-support",
		},
		{
			Name:   "a release that is newer than Merlon",
			Input:  eksCluster("1.99", ""),
			Want:   finding.Absent,
			Misses: "out-of-standard-support",
		},
		{
			Name: "the API says that the release has standard support",
			Input: documents(eksCluster("1.31", ""), `clusterVersions:
- clusterVersion: "1.31"
  versionStatus: STANDARD_SUPPORT
`),
			Want:   finding.Absent,
			Misses: "out-of-standard-support",
		},
		{
			Name:  "a cluster whose release is not said",
			Input: eksCluster("", ""),
			Want:  finding.Unknown,
		},
	},
}

// eksVersion is a cluster with the support that its release has.
type eksVersion struct {
	rule.EKSCluster
	support eksSupport
}

func eksVersions(w *rule.World, r *inventory.Resource) iter.Seq[eksVersion] {
	return func(yield func(eksVersion) bool) {
		for c := range rule.EKSClusters(w, r) {
			if !yield(eksVersion{c, supportOf(w, c)}) {
				return
			}
		}
	}
}

func (c eksVersion) isOut() rule.Truth {
	if c.support == supportUnknown {
		return rule.Unknown(lang.Text{
			EN: "what was read does not say which release of Kubernetes the cluster runs",
			ES: "lo que se leyó no indica qué versión de Kubernetes ejecuta el clúster",
			PT: "o que foi lido não informa qual versão do Kubernetes o cluster executa",
		})
	}
	return rule.Is(c.support != standardSupport)
}

// weight is one step less in extended support.
func (c eksVersion) weight() finding.Weight {
	likelihood := finding.LikelihoodHigh
	if c.support == extendedSupport {
		likelihood = finding.LikelihoodModerate
	}
	return finding.Weight{Role: finding.Contributing, Likelihood: likelihood}
}
