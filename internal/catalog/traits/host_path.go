package traits

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// HostPath finds volumes that are paths of the node.
//
// Restricted fields:
//
//	spec.volumes[*].hostPath
//
// Allowed values: not set, null. It is the control hostPathVolumes of the baseline level, in every version.
//
// A volume counts whether a container mounts it or not. It is contextual where all mounts are read-only,
// where there is none, and where one reaches a sensitive place: sensitive-host-path then says all there is
// to say, and once is enough.
var HostPath = rule.Rule{
	ID:         "host-path",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("hostPathVolumes"), cis("5.2.12"), nsa("Kubernetes Pod security"), attack("T1611"),
		threatMatrix("MS-TA9013", "Writable%20hostPath%20mount"), kubernetesDocs("hostPath", "concepts/storage/volumes/#hostpath"),
	},
	Title: lang.Text{
		EN: "Host path volume",
		ES: "Volumen con una ruta del host",
		PT: "Volume com um caminho do host",
	},
	Why: lang.Text{
		EN: "The volume is a path of whichever node the pod lands on. An attacker in the container reads what other pods and earlier ones left there, changes it where it is writable, and fills the node's disk; what they leave behind outlives the pod.",
		ES: "El volumen es una ruta del nodo en el que caiga el pod. Un atacante dentro del contenedor lee lo que otros pods, actuales o anteriores, dejaron allí, lo altera si admite escritura y llena el disco del nodo; lo que deje sobrevive al pod.",
		PT: "O volume é um caminho do nó em que o pod cair. Um invasor dentro do contêiner lê o que outros pods, atuais ou anteriores, deixaram ali, altera isso se for gravável e enche o disco do nó; o que ele deixar sobrevive ao pod.",
	},
	Fix: steps(lang.Text{
		EN: "Replace the hostPath volume with one that Kubernetes manages\n\nUse a PersistentVolumeClaim for data that must last and an emptyDir for data that need not. Where the program has to see a file of the node, mount that file alone and read-only. Then enforce the baseline level in the namespace.",
		ES: "Sustituya el volumen hostPath por uno que Kubernetes administre\n\nUse un PersistentVolumeClaim para los datos que deban perdurar y un emptyDir para los demás. Si el programa tiene que ver un archivo del nodo, monte únicamente ese archivo y en solo lectura. Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Substitua o volume hostPath por um que o Kubernetes gerencie\n\nUse um PersistentVolumeClaim para os dados que precisam durar e um emptyDir para os demais. Se o programa precisa ver um arquivo do nó, monte apenas esse arquivo e somente leitura. Depois, exija o nível baseline no namespace.",
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
			rule.If("host-path", func(v rule.Volume) bool { return v.Kind == "hostPath" || v.HostPath != "" }),
		},
		Show: func(v rule.Volume) finding.Evidence { return v.Evidence("hostPath.path", v.HostPath) },
		Also: mountEvidence,
		Grade: func(v rule.Volume) finding.Weight {
			sensitive := slices.ContainsFunc(reached(v), isSensitive) && !isHarmless(v)
			if isReadOnly(v) || sensitive {
				return contextual()
			}
			return slight()
		},
	},
	Patch: rule.Patch{
		Changes: mountReadOnly,
		Weakens: true,
		Ask: lang.Text{
			EN: "Does the program write to these mounts? If not, read-only is enough; if it does, use a PersistentVolumeClaim or an emptyDir in their place.",
			ES: "¿El programa escribe en estos montajes? Si no, basta con solo lectura; si escribe, use en su lugar un PersistentVolumeClaim o un emptyDir.",
			PT: "O programa escreve nestas montagens? Se não, basta somente leitura; se escreve, use no lugar delas um PersistentVolumeClaim ou um emptyDir.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a folder of the node for data",
			Input: deployment(`
containers:
- name: database
  image: registry.example/database:16
  volumeMounts:
  - name: data
    mountPath: /data
volumes:
- name: data
  hostPath:
    path: /mnt/disks/ssd1
    type: DirectoryOrCreate
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.volumes[0].hostPath.path",
		},
		{
			Name: "a file of the node that the init container of a CronJob reads",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: settings
  image: registry.example/tools:2
  volumeMounts:
  - name: zone
    mountPath: /etc/localtime
    readOnly: true
containers:
- name: report
  image: registry.example/report:7
volumes:
- name: zone
  hostPath:
    path: /etc/localtime
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.volumes[0].hostPath.path",
		},
		{
			Name: "a folder that lasts as long as the pod",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  volumeMounts:
  - name: cache
    mountPath: /cache
volumes:
- name: cache
  emptyDir: {}
`),
			Want:   finding.Absent,
			Misses: "host-path",
		},
	},
}
