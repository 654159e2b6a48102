package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EKSContainerMaliciousPackage finds EKS clusters with such a container.
//
// A finding of Amazon Inspector counts whose advisory is one of OpenSSF's malicious packages (MAL-…).
var EKSContainerMaliciousPackage = rule.Rule{
	ID:         "eks-container-malicious-package",
	Category:   finding.Vulnerability,
	Likelihood: finding.LikelihoodVeryHigh,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		eksExposure("malicious-package"), attack("T1195.002"), attack("T1204.003"),
	},
	Title: lang.Text{
		EN: "EKS: container with a malicious package",
		ES: "EKS: contenedor con un paquete malicioso",
		PT: "EKS: contêiner com um pacote malicioso",
	},
	Why: lang.Text{
		EN: "A package in a running image was made to do harm: it steals credentials and environment variables, mines, or lets somebody in. It has run since the image was deployed, so take what the container could reach for known to others.",
		ES: "Un paquete de una imagen en ejecución se hizo para causar daño: roba credenciales y variables de entorno, mina o deja entrar a alguien. Se ha ejecutado desde que se desplegó la imagen, así que dé por conocido todo lo que el contenedor podía alcanzar.",
		PT: "Um pacote de uma imagem em execução foi feito para causar dano: rouba credenciais e variáveis de ambiente, minera ou deixa alguém entrar. Ele vem sendo executado desde que a imagem foi implantada, então considere conhecido tudo o que o contêiner podia alcançar.",
	},
	Fix: eksFix(lang.Text{
		EN: "Stop the containers, and rebuild the image without the package\n\nStop what runs the image now. Rotate every credential that it had, including its role's sessions. Find out how the package came in (a mistyped name, a stolen release), pin dependencies by checksum, build anew and deploy.",
		ES: "Detenga los contenedores y reconstruya la imagen sin el paquete\n\nDetenga ahora mismo lo que ejecuta la imagen. Rote todas las credenciales que tenía, incluidas las sesiones de su rol. Averigüe cómo entró el paquete (un nombre mal escrito, una versión robada), fije las dependencias por suma de comprobación, construya de nuevo y despliegue.",
		PT: "Pare os contêineres e reconstrua a imagem sem o pacote\n\nPare agora o que executa a imagem. Troque todas as credenciais que ela tinha, inclusive as sessões do seu perfil. Descubra como o pacote entrou (um nome digitado errado, uma versão roubada), fixe as dependências por soma de verificação, construa novamente e implante.",
	}, []string{
		"aws ecr describe-image-scan-findings --repository-name REPOSITORY --image-id imageTag=TAG --region $REGION",
		"docker build --pull --tag REGISTRY/REPOSITORY:NEW_TAG . && docker push REGISTRY/REPOSITORY:NEW_TAG",
		"kubectl set image deployment/NAME CONTAINER=REGISTRY/REPOSITORY:NEW_TAG --namespace NAMESPACE",
	}),
	On:    []inventory.Type{aws.EKSCluster},
	Reads: []string{},
	Check: rule.Each[runningImage]{
		In:    clusterImages,
		Where: []rule.Condition[runningImage]{hasFoundEnhanced("malicious", isMaliciousPackage)},
		Show:  func(i runningImage) finding.Evidence { return i.field },
		Also:  foundEvidence(isMaliciousPackage),
	},
	Patch: rule.Patch{Ask: cleanImageAsk()},
	Examples: []rule.Example{
		{
			Name:  "a package that was made to do harm",
			Input: scannedCluster(inspectorFinding("MAL-2024-1234", "CRITICAL", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "YES", "DEBIAN_12")),
			Want:  finding.Present,
			Path:  "$.spec.template.spec.containers[0].image",
		},
		{
			Name:   "a package with a vulnerability",
			Input:  scannedCluster(enhancedScan("CVE-2021-44228", "CRITICAL", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")),
			Want:   finding.Absent,
			Misses: "malicious",
		},
		{
			Name:  "an image of which a basic scan tells nothing",
			Input: scannedCluster(basicScan()),
			Want:  finding.Unknown,
		},
		{
			Name:  "an image of which one finding was read",
			Input: scannedCluster(inspectorFinding("CVE-2021-44228", "CRITICAL", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "YES", "DEBIAN_12")),
			Want:  finding.Unknown,
		},
		{
			Name:  "an image that nobody scanned",
			Input: scannedCluster(),
			Want:  finding.Unknown,
		},
		{
			Name:  "a cluster whose workloads were not read",
			Input: eksCluster("1.34", ""),
			Want:  finding.Unknown,
		},
	},
}
