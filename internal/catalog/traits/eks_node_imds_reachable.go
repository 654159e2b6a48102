package traits

import (
	"iter"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EKSNodeIMDSReachable finds EKS clusters with a node whose metadata service hands the credentials of the node role to pods.
//
// Fields, of the nodes' EC2 instances and of the launch templates of node groups:
//
//	MetadataOptions.HttpEndpoint, HttpTokens, HttpPutResponseHopLimit
//
// Nodes of EKS Auto Mode are AWS's own and keep pods away. A managed node group without a launch template of the user's has
// the options that EKS gives it, which only its instances tell.
var EKSNodeIMDSReachable = rule.Rule{
	ID:         "eks-node-imds-reachable",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		attack("T1552.005"), {Source: "AWS", ID: "Restrict access to the instance profile", URL: "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html"}, {Source: "AWS", ID: "EC2.8", URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-8"},
	},
	Title: lang.Text{
		EN: "Pods get the credentials of their EKS node",
		ES: "Pods que obtienen las credenciales de su nodo de EKS",
		PT: "Pods que obtêm as credenciais do seu nó do EKS",
	},
	Why: lang.Text{
		EN: "Every pod reaches the metadata service of its node, which hands out the credentials of the node role to whoever asks. An attacker in any pod, or one who makes its program fetch a URL, lists the account's instances and images, pulls every image, and with the network plugin's rights changes network interfaces.",
		ES: "Cualquier pod llega al servicio de metadatos de su nodo, que entrega las credenciales del rol del nodo a quien las pida. Un atacante en cualquier pod, o uno que logre que el programa consulte una URL, enumera las instancias y las imágenes de la cuenta, descarga todas las imágenes y, con los permisos del plugin de red, modifica interfaces de red.",
		PT: "Qualquer pod chega ao serviço de metadados do seu nó, que entrega as credenciais do perfil do nó a quem as pedir. Um invasor em qualquer pod, ou um que consiga fazer o programa buscar uma URL, lista as instâncias e as imagens da conta, baixa todas as imagens e, com as permissões do plugin de rede, altera interfaces de rede.",
	},
	Fix: eksFix(lang.Text{
		EN: "Keep the nodes' metadata service from pods\n\nRequire version 2 of the metadata service with a hop limit of 1, in the launch template of each node group and on the instances that run. Pods that call AWS get a role by EKS Pod Identity or a service account; programs that ask the metadata service for their Region need it in AWS_REGION.",
		ES: "Impida que los pods lleguen al servicio de metadatos de los nodos\n\nExija la versión 2 del servicio de metadatos con un límite de saltos de 1, en la plantilla de lanzamiento de cada grupo de nodos y en las instancias en ejecución. Los pods que llaman a AWS reciben un rol mediante EKS Pod Identity o una cuenta de servicio; los programas que preguntan su región al servicio de metadatos la necesitan en AWS_REGION.",
		PT: "Impeça que os pods cheguem ao serviço de metadados dos nós\n\nExija a versão 2 do serviço de metadados com um limite de saltos de 1, no modelo de execução de cada grupo de nós e nas instâncias em execução. Os pods que chamam a AWS recebem um perfil pelo EKS Pod Identity ou por uma conta de serviço; os programas que perguntam sua região ao serviço de metadados precisam dela em AWS_REGION.",
	}, []string{
		"aws ec2 modify-instance-metadata-options --instance-id $INSTANCE --http-tokens required --http-put-response-hop-limit 1 --region $REGION",
		"aws ec2 create-launch-template-version --launch-template-id ID --source-version VERSION --region $REGION \\",
		`  --launch-template-data '{"MetadataOptions":{"HttpTokens":"required","HttpPutResponseHopLimit":1}}'`,
	}),
	On:    []inventory.Type{aws.EKSCluster},
	Reads: []string{"$.computeConfig"},
	Check: rule.Each[nodeOptions]{
		In: eksNodes,
		Where: []rule.Condition[nodeOptions]{
			{Name: "metadata-reached", Holds: func(_ *rule.World, n nodeOptions) rule.Truth { return n.reach }},
		},
		Show: func(n nodeOptions) finding.Evidence { return n.field },
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Does any pod ask the metadata service (the metric MetadataNoToken tells of version 1), for credentials or for its Region? It needs a role and AWS_REGION of its own first. Which launch template starts the next nodes: the change must stand there too.",
			ES: "¿Algún pod consulta el servicio de metadatos (la métrica MetadataNoToken lo dice de la versión 1), por credenciales o por su región? Antes necesita un rol y un AWS_REGION propios. ¿Qué plantilla de lanzamiento crea los próximos nodos? El cambio debe estar también allí.",
			PT: "Algum pod consulta o serviço de metadados (a métrica MetadataNoToken o diz da versão 1), por credenciais ou por sua região? Antes, ele precisa de um perfil e de um AWS_REGION próprios. Qual modelo de execução cria os próximos nós? A alteração também precisa estar lá.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a node with version 1 of the service",
			Input: documents(eksCluster("1.34", ""), eksNode("optional")),
			Want:  finding.Present,
			Path:  "$.MetadataOptions.HttpTokens",
		},
		{
			Name:  "a launch template whose answers travel two hops",
			Input: documents(eksCluster("1.34", ""), eksNodeGroup("2")),
			Want:  finding.Present,
			Path:  "$.LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit",
		},
		{
			Name:     "a node whose answers travel one hop",
			Input:    documents(eksCluster("1.34", ""), eksNode("required")),
			Want:     finding.Absent,
			Misses:   "metadata-reached",
			Complete: []inventory.Type{aws.Instance, aws.EKSNodegroup},
		},
		{
			Name:  "the same, where there may be other nodes",
			Input: documents(eksCluster("1.34", ""), eksNode("required")),
			Want:  finding.Unknown,
		},
		{
			Name:     "a node group whose launch template was not read",
			Input:    strings.Replace(documents(eksCluster("1.34", ""), eksNodeGroup("1")), "VersionNumber: 3", "VersionNumber: 2", 1),
			Want:     finding.Unknown,
			Complete: []inventory.Type{aws.Instance, aws.EKSNodegroup},
		},
		{
			Name:     "a node group of its own in Auto Mode",
			Input:    strings.Replace(documents(eksCluster("1.34", "computeConfig:\n  enabled: true\n"), eksNodeGroup("1")), "VersionNumber: 3", "VersionNumber: 2", 1),
			Want:     finding.Unknown,
			Complete: []inventory.Type{aws.Instance, aws.EKSNodegroup},
		},
		{
			Name:  "a cluster whose nodes were not read",
			Input: eksCluster("1.34", ""),
			Want:  finding.Unknown,
		},
		{
			Name:  "a cluster in Auto Mode",
			Input: eksCluster("1.34", "computeConfig:\n  enabled: true\n"),
			Want:  finding.Absent,
		},
	},
}

// nodeOptions is a node of a cluster, or the launch template of a node group, with whether its pods reach the metadata
// service.
type nodeOptions struct {
	reach rule.Truth
	field finding.Evidence
}

func eksNodes(w *rule.World, r *inventory.Resource) iter.Seq[nodeOptions] {
	return func(yield func(nodeOptions) bool) {
		for _, node := range w.Nodes(r.UID) {
			reach, field := rule.MetadataReach(node.Resource, node.Metadata)
			if !yield(nodeOptions{reach, field}) {
				return
			}
		}
		grouped := false
		for link := range w.Inventory.In(r.UID, inventory.InCluster) {
			if group, ok := w.Inventory.Get(link.UID).Spec.(*aws.NodegroupSpec); ok {
				grouped = true
				if !yield(groupOptions(w, link.UID, group)) {
					return
				}
			}
		}
		all := w.AllRead(r, aws.Instance) && w.AllRead(r, aws.EKSNodegroup)
		// In Auto Mode AWS runs the nodes, and sets their options itself; without a sign of others there are none.
		spec, ok := r.Spec.(*aws.EKSClusterSpec)
		auto := ok && spec.Auto && !grouped && len(w.Nodes(r.UID)) == 0
		if !all && !auto {
			yield(nodeOptions{reach: nodesNotRead(), field: finding.Evidence{Resource: r.UID, Path: "$.name"}})
		}
	}
}

// groupOptions gives the options of the nodes that a node group starts: those of its launch template, in the version in
// use. They are not known of a group without a template of the user's, where the image and the account decide, and where
// the template was not read.
func groupOptions(w *rule.World, uid inventory.UID, group *aws.NodegroupSpec) nodeOptions {
	unknown := nodeOptions{reach: nodesNotRead(), field: finding.Evidence{Resource: uid, Path: "$.launchTemplate"}}
	if group.Unknown.Touches("$.launchTemplate") {
		return unknown
	}
	for _, r := range w.TemplateVersions(group.LaunchTemplate) {
		t, ok := r.Spec.(*aws.TemplateVersionSpec)
		if !ok {
			continue
		}
		isDefault := group.TemplateVersion == "" || group.TemplateVersion == "$Default"
		if strconv.FormatInt(t.Version, 10) == group.TemplateVersion || isDefault && t.Default {
			reach, field := rule.MetadataReach(r, t.Metadata)
			return nodeOptions{reach, field}
		}
	}
	return unknown
}

func nodesNotRead() rule.Truth {
	return rule.Unknown(lang.Text{
		EN: "not all nodes of the cluster and their launch templates were read, or a node group has no template of its own",
		ES: "no se leyeron todos los nodos del clúster y sus plantillas de lanzamiento, o un grupo de nodos no tiene plantilla propia",
		PT: "nem todos os nós do cluster e seus modelos de execução foram lidos, ou um grupo de nós não tem modelo próprio",
	})
}

// eksNode gives the answer of describe-instances for a node that takes these tokens, and whose answers travel one hop.
func eksNode(tokens string) string {
	return `Reservations:
- OwnerId: "111122223333"
  Instances:
  - InstanceId: i-0123456789abcdef0
    Placement: {AvailabilityZone: eu-west-1a}
    State: {Name: running}
    Tags:
    - {Key: "eks:cluster-name", Value: shop}
    MetadataOptions:
      HttpEndpoint: enabled
      HttpTokens: ` + tokens + `
      HttpPutResponseHopLimit: 1
`
}

// eksNodeGroup gives the answers for a node group and its launch template, with a hop limit.
func eksNodeGroup(hops string) string {
	return documents(`nodegroup:
  nodegroupName: workers
  nodegroupArn: arn:aws:eks:eu-west-1:111122223333:nodegroup/shop/workers/0ac1
  clusterName: shop
  launchTemplate:
    id: lt-0123456789abcdef0
    version: "3"
`, `LaunchTemplateVersions:
- LaunchTemplateId: lt-0123456789abcdef0
  VersionNumber: 3
  LaunchTemplateData:
    MetadataOptions:
      HttpTokens: required
      HttpPutResponseHopLimit: `+hops+`
`)
}
