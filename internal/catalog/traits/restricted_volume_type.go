package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// RestrictedVolumeType finds volumes of a type that reaches around what Kubernetes manages.
//
// Restricted fields:
//
//	spec.volumes[*]
//
// Allowed values: configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected,
// secret; a volume without a type, which the API server makes an emptyDir. It is the control
// restrictedVolumes of the restricted level, in every version. hostPath counts here too, as the control
// has it.
var RestrictedVolumeType = rule.Rule{
	ID:         "restricted-volume-type",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("restrictedVolumes"), nsa("Kubernetes Pod security"), kubernetesDocs("Volumes", "concepts/storage/volumes/"),
	},
	Title: lang.Text{
		EN: "Volume of a restricted type",
		ES: "Volumen de un tipo restringido",
		PT: "Volume de um tipo restrito",
	},
	Why: lang.Text{
		EN: "The pod itself names the storage that it mounts: a disk, a share or a path of the node. No administrator has to agree, as with a PersistentVolume, so an attacker who may create pods here mounts any share that the nodes reach, and has code of the node parse a file system of their making.",
		ES: "El propio pod indica el almacenamiento que monta: un disco, un recurso compartido o una ruta del nodo. Ningún administrador tiene que aprobarlo, como sí ocurre con un PersistentVolume, de modo que un atacante que pueda crear pods aquí monta cualquier recurso al que lleguen los nodos y hace que el código del nodo interprete un sistema de archivos preparado por él.",
		PT: "O próprio pod indica o armazenamento que monta: um disco, um compartilhamento ou um caminho do nó. Nenhum administrador precisa aprovar, como acontece com um PersistentVolume, de modo que um invasor que possa criar pods aqui monta qualquer compartilhamento que os nós alcancem e faz o código do nó interpretar um sistema de arquivos preparado por ele.",
	},
	Fix: steps(lang.Text{
		EN: "Mount storage through a PersistentVolumeClaim\n\nLet an administrator define the disk or share as a PersistentVolume or a StorageClass, and name only the claim in the pod. Then enforce the restricted level in the namespace.",
		ES: "Monte el almacenamiento mediante un PersistentVolumeClaim\n\nHaga que un administrador defina el disco o el recurso compartido como PersistentVolume o StorageClass, e indique en el pod solo la solicitud. Después, exija el nivel restricted en el espacio de nombres.",
		PT: "Monte o armazenamento por meio de um PersistentVolumeClaim\n\nPeça a um administrador que defina o disco ou o compartilhamento como PersistentVolume ou StorageClass, e indique no pod apenas a solicitação. Depois, exija o nível restricted no namespace.",
	}, `
volumes:
- name: data
  persistentVolumeClaim:
    claimName: data
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Volume]{
		In: rule.Volumes,
		Where: []rule.Condition[rule.Volume]{
			rule.If("restricted", func(v rule.Volume) bool { return !isManagedVolume(v.Kind) }),
		},
		Show: func(v rule.Volume) finding.Evidence {
			return finding.Evidence{Resource: v.Resource.UID, Path: v.Volume.Path, Value: v.Kind}
		},
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which storage class or CSI driver serves the same storage? A PersistentVolumeClaim then takes the place of the volume.",
			ES: "¿Qué clase de almacenamiento o controlador CSI ofrece el mismo almacenamiento? Un PersistentVolumeClaim sustituye entonces al volumen.",
			PT: "Que classe de armazenamento ou driver CSI oferece o mesmo armazenamento? Um PersistentVolumeClaim então substitui o volume.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a share that the pod names itself",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  volumeMounts:
  - name: share
    mountPath: /share
volumes:
- name: share
  nfs:
    server: files.example
    path: /exports/app
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.volumes[0]",
		},
		{
			Name: "a path of the node, in a CronJob",
			Input: cronJob(`
restartPolicy: Never
containers:
- name: report
  image: registry.example/report:7
  volumeMounts:
  - name: logs
    mountPath: /logs
    readOnly: true
volumes:
- name: settings
  configMap:
    name: settings
- name: logs
  hostPath:
    path: /srv/logs
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.volumes[1]",
		},
		{
			Name: "volumes that Kubernetes manages",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
volumes:
- name: data
  persistentVolumeClaim:
    claimName: data
- name: cache
  emptyDir: {}
- name: settings
  configMap:
    name: settings
`),
			Want:   finding.Absent,
			Misses: "restricted",
		},
	},
}

// isManagedVolume reports whether the restricted level allows a type of volume.
func isManagedVolume(kind string) bool {
	switch kind {
	case "", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret":
		return true
	}
	return false
}
