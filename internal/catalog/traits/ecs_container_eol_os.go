package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSContainerEOLOS finds ECS services with such a container.
//
// The operating system is the platform that Amazon Inspector names in its findings about the image; the days are those of a
// table, see systemEnds.
var ECSContainerEOLOS = rule.Rule{
	ID:         "ecs-container-eol-os",
	Category:   finding.Vulnerability,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		ecsExposure("end-of-life-operating-system-detected"), attack("T1190"),
	},
	Title: lang.Text{
		EN: "ECS: container with an operating system past its end",
		ES: "ECS: contenedor con un sistema operativo sin soporte",
		PT: "ECS: contêiner com um sistema operacional sem suporte",
	},
	Why: lang.Text{
		EN: "Nobody mends the packages of the image's operating system any more. What is found in them from now on stays open, and scanners stop to report it, as there is no advisory to match.",
		ES: "Nadie corrige ya los paquetes del sistema operativo de la imagen. Lo que se descubra en ellos de ahora en adelante queda abierto, y los escáneres dejan de avisar, porque no hay ningún boletín con el que comparar.",
		PT: "Ninguém mais corrige os pacotes do sistema operacional da imagem. O que for descoberto neles daqui em diante fica aberto, e os scanners deixam de avisar, porque não há boletim com que comparar.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Base the image on an operating system that is supported\n\nMove the image to a current release of the same system, or to a base image with little in it that is rebuilt often. Then deploy it, and pin the base image's major release, so that the next end is a decision.",
		ES: "Base la imagen en un sistema operativo con soporte\n\nPase la imagen a una versión actual del mismo sistema, o a una imagen base con poco contenido que se reconstruya a menudo. Después, despliéguela y fije la versión mayor de la imagen base, para que el próximo final sea una decisión.",
		PT: "Baseie a imagem em um sistema operacional com suporte\n\nPasse a imagem para uma versão atual do mesmo sistema, ou para uma imagem base enxuta que seja reconstruída com frequência. Depois, implante-a e fixe a versão principal da imagem base, para que o próximo fim seja uma decisão.",
	}, []string{
		"aws ecr describe-image-scan-findings --repository-name REPOSITORY --image-id imageTag=TAG --region $REGION",
		"docker build --pull --tag REGISTRY/REPOSITORY:NEW_TAG . && docker push REGISTRY/REPOSITORY:NEW_TAG",
		"aws ecs update-service --cluster $CLUSTER --service $SERVICE --task-definition $FAMILY --region $REGION",
	}),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.containerDefinitions.image"},
	Check: rule.Each[runningImage]{
		In:    taskImages,
		Where: []rule.Condition[runningImage]{runsEndedSystem()},
		Show:  func(i runningImage) finding.Evidence { return i.field },
	},
	Patch: rule.Patch{Ask: newBaseAsk()},
	Examples: []rule.Example{
		{
			Name:  "an image on Debian 10",
			Input: scannedTask(inspectorFinding("CVE-2024-1111", "LOW", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "NO", "DEBIAN_10")),
			Want:  finding.Present,
			Path:  "$.containerDefinitions[0].image",
		},
		{
			Name:   "an image on Debian 13",
			Input:  scannedTask(inspectorFinding("CVE-2024-1111", "LOW", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "NO", "DEBIAN_13")),
			Want:   finding.Absent,
			Misses: "ended",
		},
		{
			Name:  "an image on a system that the list does not have",
			Input: scannedTask(inspectorFinding("CVE-2024-1111", "LOW", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "NO", "GENERIC_99")),
			Want:  finding.Unknown,
		},
		{
			Name:  "an image that nobody scanned",
			Input: scannedTask(),
			Want:  finding.Unknown,
		},
	},
}
