package traits

import (
	"iter"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EKSMaliciousFile finds EKS clusters in whose volumes Amazon GuardDuty found malware.
//
// Fields, of GuardDuty's findings:
//
//	Type, which names a malicious or suspicious file
//	Resource.EksClusterDetails.Arn, or Resource.InstanceDetails.InstanceId of a node of the cluster
//
// Findings that somebody archived do not count. Without any, it is unknown unless all findings of the Region were read.
var EKSMaliciousFile = rule.Rule{
	ID:         "eks-malicious-file",
	Category:   finding.Vulnerability,
	Likelihood: finding.LikelihoodVeryHigh,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		eksExposure("malicious-file"), attack("T1204.003"), {Source: "AWS", ID: "Malware Protection for EC2 finding types", URL: "https://docs.aws.amazon.com/guardduty/latest/ug/findings-malware-protection.html"},
	},
	Title: lang.Text{
		EN: "Malicious file in an EKS cluster",
		ES: "Archivo malicioso en un clúster de EKS",
		PT: "Arquivo malicioso em um cluster do EKS",
	},
	Why: lang.Text{
		EN: "Amazon GuardDuty found malware on a volume of the cluster's nodes. Somebody has been inside: take the credentials of the pods and of the node as known to others, and look for how they came in before they do it again.",
		ES: "Amazon GuardDuty encontró malware en un volumen de los nodos del clúster. Alguien ha estado dentro: dé por conocidas las credenciales de los pods y del nodo, y averigüe cómo entró antes de que lo repita.",
		PT: "O Amazon GuardDuty encontrou malware em um volume dos nós do cluster. Alguém esteve dentro: considere conhecidas as credenciais dos pods e do nó, e descubra como essa pessoa entrou antes que repita a invasão.",
	},
	Fix: eksFix(lang.Text{
		EN: "Isolate the node, remove the file, and replace the node\n\nCordon the node, and keep a snapshot of its volume for whoever investigates. Find the pod and image that brought the file, stop them, rotate what they could read, and terminate the instance: a node is replaced, not cleaned. Then scan the new volume.",
		ES: "Aísle el nodo, elimine el archivo y sustituya el nodo\n\nAcordone el nodo y conserve una instantánea de su volumen para quien investigue. Localice el pod y la imagen que trajeron el archivo, deténgalos, rote lo que podían leer y termine la instancia: un nodo se sustituye, no se limpia. Después, analice el volumen nuevo.",
		PT: "Isole o nó, remova o arquivo e substitua o nó\n\nIsole o nó com cordon e guarde um snapshot do volume dele para quem for investigar. Localize o pod e a imagem que trouxeram o arquivo, pare-os, troque o que eles podiam ler e encerre a instância: um nó se substitui, não se limpa. Depois, analise o novo volume.",
	}, []string{
		"kubectl cordon NODE",
		"aws ec2 create-snapshot --volume-id VOLUME --region $REGION",
		"aws ec2 terminate-instances --instance-ids INSTANCE --region $REGION",
	}),
	On:    []inventory.Type{aws.EKSCluster},
	Reads: []string{},
	Check: rule.Each[malwareInCluster]{
		In: malwareInClusters,
		Where: []rule.Condition[malwareInCluster]{
			malwareIs("of-cluster", func(m malwareInCluster) bool { return m.EKSCluster == m.cluster || m.onNode }),
			malwareIs("malicious-file", func(m malwareInCluster) bool { return strings.HasSuffix(m.Kind, "File") }),
			malwareIs("not-archived", func(m malwareInCluster) bool { return !m.Archived }),
		},
		Show: func(m malwareInCluster) finding.Evidence {
			return finding.Evidence{Resource: m.by.UID, Path: "$.Type", Value: m.Kind}
		},
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which pod and image brought the file, what did they run, and which credentials were in their reach? Keep a snapshot of the volume before the node goes.",
			ES: "¿Qué pod y qué imagen trajeron el archivo, qué ejecutaron y qué credenciales tenían a su alcance? Conserve una instantánea del volumen antes de quitar el nodo.",
			PT: "Qual pod e qual imagem trouxeram o arquivo, o que executaram e quais credenciais estavam ao alcance deles? Guarde um snapshot do volume antes de remover o nó.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "malware on a node of the cluster",
			Input: documents(eksCluster("1.34", ""), malware("Execution:Kubernetes/MaliciousFile", "shop", "false")),
			Want:  finding.Present,
			Path:  "$.Type",
		},
		{
			Name: "malware on an instance that is a node of the cluster",
			Input: documents(eksCluster("1.34", ""), eksNode("required"), strings.Replace(
				malware("Execution:EC2/MaliciousFile", "other", "false"), "    EksClusterDetails", "    InstanceDetails: {InstanceId: i-0123456789abcdef0}\n    EksClusterDetails", 1)),
			Want: finding.Present,
			Path: "$.Type",
		},
		{
			Name:  "a cluster of which no finding was read",
			Input: eksCluster("1.34", ""),
			Want:  finding.Unknown,
		},
		{
			Name:  "malware in another cluster",
			Input: documents(eksCluster("1.34", ""), malware("Execution:Kubernetes/MaliciousFile", "other", "false")),
			Want:  finding.Absent, Complete: []inventory.Type{aws.GuardDutyFinding},
			Misses: "of-cluster",
		},
		{
			Name:  "another threat in the cluster",
			Input: documents(eksCluster("1.34", ""), malware("Discovery:Kubernetes/TorIPCaller", "shop", "false")),
			Want:  finding.Absent, Complete: []inventory.Type{aws.GuardDutyFinding},
			Misses: "malicious-file",
		},
		{
			Name:  "a finding that was archived",
			Input: documents(eksCluster("1.34", ""), malware("Execution:Kubernetes/MaliciousFile", "shop", "true")),
			Want:  finding.Absent, Complete: []inventory.Type{aws.GuardDutyFinding},
			Misses: "not-archived",
		},
	},
}

// malwareInCluster is a finding of GuardDuty beside a cluster; or none, where whether there are others is not known.
type malwareInCluster struct {
	*aws.MalwareFinding
	by      *inventory.Resource
	cluster inventory.UID
	// onNode is set where it is about an instance that is a node of the cluster.
	onNode bool
}

// malwareIs is a condition on a finding. Of one that was not read nobody knows.
func malwareIs(name string, holds func(malwareInCluster) bool) rule.Condition[malwareInCluster] {
	return rule.Condition[malwareInCluster]{Name: name, Holds: func(_ *rule.World, m malwareInCluster) rule.Truth {
		if m.MalwareFinding != nil {
			return rule.Is(holds(m))
		}
		return rule.Unknown(lang.Text{
			EN: "whether all findings of Amazon GuardDuty were read is not known",
			ES: "no se sabe si se leyeron todos los hallazgos de Amazon GuardDuty",
			PT: "não se sabe se foram lidas todas as descobertas do Amazon GuardDuty",
		})
	}}
}

func malwareInClusters(w *rule.World, r *inventory.Resource) iter.Seq[malwareInCluster] {
	return func(yield func(malwareInCluster) bool) {
		for by := range w.Inventory.OfType(aws.GuardDutyFinding) {
			m := malwareInCluster{MalwareFinding: by.Spec.(*aws.MalwareFinding), by: by, cluster: r.UID}
			if node := w.AWS().Get(m.Instance); m.Instance != "" && node != nil {
				m.onNode = isNodeOf(w, node.UID, r.UID)
			}
			if !yield(m) {
				return
			}
		}
		if !w.Inventory.Closed(r.Account+"/"+r.Region, aws.GuardDutyFinding) {
			yield(malwareInCluster{cluster: r.UID})
		}
	}
}

func isNodeOf(w *rule.World, instance, cluster inventory.UID) bool {
	for in := range w.Inventory.Out(instance, inventory.InCluster) {
		if in.UID == cluster {
			return true
		}
	}
	return false
}

// malware gives the answer of GuardDuty's get-findings for one finding about a cluster.
func malware(kind, cluster, archived string) string {
	return `Findings:
- Arn: arn:aws:guardduty:eu-west-1:111122223333:detector/0ab1/finding/2cd3
  Id: 2cd3
  Type: ` + kind + `
  Severity: 8
  Service: {Archived: ` + archived + `}
  Resource:
    ResourceType: EKSCluster
    EksClusterDetails:
      Name: ` + cluster + `
      Arn: arn:aws:eks:eu-west-1:111122223333:cluster/` + cluster + `
`
}
