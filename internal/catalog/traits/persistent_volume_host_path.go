package traits

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// PersistentVolumeHostPath finds claims that a PersistentVolume of the type hostPath serves.
//
// Restricted fields, of the PersistentVolume that serves spec.volumes[*].persistentVolumeClaim or a claim of
// spec.volumeClaimTemplates[*]:
//
//	spec.hostPath
//
// Allowed values: not set, null; a folder that a provisioner made for the claim alone. The Pod Security
// Standards do not see such a volume: their control hostPathVolumes, which is host-path here, is about what the
// pod names itself. A local volume is the way that Kubernetes has for a disk of a node, and is not counted.
//
// Where the path is sensitive, or a socket, another rule says all there is to say, and this one is contextual.
var PersistentVolumeHostPath = rule.Rule{
	ID:         "persistent-volume-host-path",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cis("5.2.12"), attack("T1611"), threatMatrix("MS-TA9013", "Writable%20hostPath%20mount"),
		kubernetesDocs("hostPath", "concepts/storage/volumes/#hostpath"),
		kubernetesDocs("Local volumes", "concepts/storage/volumes/#local"),
	},
	Title: lang.Text{
		EN: "Host path behind a persistent volume",
		ES: "Ruta del host tras un volumen persistente",
		PT: "Caminho do host por trás de um volume persistente",
	},
	Why: lang.Text{
		EN: "The claim leads to a path of whichever node the pod lands on, and the Pod Security Standards do not see it. An attacker in the container reads and changes what stands there, pods on other nodes find something else at the same path, and whoever may create a PersistentVolume mounts any path of a node.",
		ES: "La reclamación lleva a una ruta del nodo en el que caiga el pod, y los Pod Security Standards no la ven. Un atacante dentro del contenedor lee y altera lo que haya allí, los pods de otros nodos encuentran otra cosa en la misma ruta, y quien pueda crear un PersistentVolume monta cualquier ruta de un nodo.",
		PT: "A reivindicação leva a um caminho do nó em que o pod cair, e os Pod Security Standards não o veem. Um invasor dentro do contêiner lê e altera o que estiver ali, os pods de outros nós encontram outra coisa no mesmo caminho, e quem pode criar um PersistentVolume monta qualquer caminho de um nó.",
	},
	Fix: steps(lang.Text{
		EN: "Serve the claim from a storage class, or from a local volume\n\nA CSI driver gives each claim a disk or folder of its own. Where it has to be a disk of the node, use a local volume with node affinity, so that the pod always lands where its data is. Let only administrators create PersistentVolumes.",
		ES: "Use una clase de almacenamiento o un volumen local\n\nUn controlador CSI da a cada reclamación un disco o una carpeta propios. Si tiene que ser un disco del nodo, use un volumen local con afinidad de nodo, para que el pod caiga siempre donde están sus datos. Permita solo a los administradores crear PersistentVolumes.",
		PT: "Use uma classe de armazenamento ou um volume local\n\nUm driver CSI dá a cada reivindicação um disco ou uma pasta próprios. Se tiver de ser um disco do nó, use um volume local com afinidade de nó, para que o pod caia sempre onde estão os seus dados. Permita apenas aos administradores criar PersistentVolumes.",
	}, `
kind: PersistentVolume
spec:
  local: {path: /mnt/disks/ssd1}
  nodeAffinity:
    required:
      nodeSelectorTerms:
      - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [NODE]}]
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Volume]{
		In: rule.NodePaths,
		Where: []rule.Condition[rule.Volume]{
			{Name: "behind-claim", Holds: func(_ *rule.World, v rule.Volume) rule.Truth { return v.Surely(v.Through != nil) }},
			rule.If("host-path", func(v rule.Volume) bool { return !isLocal(v) }),
		},
		Show: rule.Volume.Place,
		Also: mountEvidence,
		Grade: func(v rule.Volume) finding.Weight {
			places := reached(v)
			sensitive := slices.ContainsFunc(places, isSensitive) && !isHarmless(v) || slices.ContainsFunc(places, holdsRuntimeSocket)
			if isReadOnly(v) || sensitive {
				return contextual()
			}
			return slight()
		},
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which storage class can hold the data, and who moves it there? Where it must stay on the node, which node is that?",
			ES: "¿Qué clase de almacenamiento puede guardar los datos y quién los traslada? Si deben quedarse en el nodo, ¿en cuál?",
			PT: "Que classe de armazenamento pode guardar os dados e quem os move para lá? Se precisam ficar no nó, em qual?",
		},
	},
	Examples: persistentVolumeHostPathExamples,
}

func isLocal(v rule.Volume) bool {
	if v.Through == nil {
		return false
	}
	spec, ok := v.Through.Spec.(*k8s.PersistentVolumeSpec)
	return ok && spec.Local
}

var persistentVolumeHostPathExamples = []rule.Example{
	{
		Name:  "a claim whose volume is a folder of the node",
		Input: documents(claiming("data"), claimFor("data", "volumeName: data-1\n"), nodeVolume("data-1", "hostPath: {path: /mnt/data}\n")),
		Want:  finding.Present,
		Path:  "$.spec.hostPath.path",
	},
	{
		Name: "a StatefulSet for whose claims such volumes are kept",
		Input: documents(object("apps/v1", "StatefulSet", `  serviceName: example
  selector:
    matchLabels: {app: example}
  template:
    metadata:
      labels: {app: example}
    spec:
      containers:
      - name: database
        image: registry.example/database:16
        volumeMounts:
        - {name: data, mountPath: /data}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`), nodeVolume("data-1", "hostPath: {path: /mnt/data}\nclaimRef: {namespace: shop, name: data-example-0}\n")),
		Want: finding.Present,
		Path: "$.spec.hostPath.path",
	},
	{
		Name:  "a claim of the class of such a volume: it may get it",
		Input: documents(claiming("data"), claimFor("data", ""), nodeVolume("data-1", "hostPath: {path: /mnt/data}\n")),
		Want:  finding.Unknown,
	},
	{
		Name: "a path that the pod names itself, which is host-path",
		Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
volumes:
- name: data
  hostPath: {path: /mnt/data}
`),
		Want:   finding.Absent,
		Misses: "behind-claim",
	},
	{
		Name:   "a local volume",
		Input:  documents(claiming("data"), nodeVolume("data-1", "local: {path: /mnt/disks/ssd1}\nclaimRef: {namespace: shop, name: data}\n"+onNodeOne)),
		Want:   finding.Absent,
		Misses: "host-path",
	},
	{
		Name:  "a volume that is kept for another claim",
		Input: documents(claiming("data"), claimFor("data", ""), nodeVolume("data-1", "hostPath: {path: /mnt/data}\nclaimRef: {namespace: other, name: data}\n")),
		Want:  finding.Absent,
	},
}
