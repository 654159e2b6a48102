package traits

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// SensitiveHostPath finds paths of the node that matter to its security and that a container mounts.
//
// Restricted fields:
//
//	spec.volumes[*].hostPath.path
//	spec.hostPath.path and spec.local.path of the PersistentVolume that serves a spec.volumes[*].persistentVolumeClaim
//	or a claim of spec.volumeClaimTemplates[*], where it was read
//
// Allowed values: every path that is not on, above or below one of [sensitivePaths], and the harmless ones
// of [harmlessPaths]. A subPath counts: what a container mounts of the volume is what it reaches.
//
// A writable mount weighs moderate x high and opens the way to the node. So does a read-only one that
// bears credentials or control of the node ([credentialPaths]) where the container may run as root or the
// pod has the node's processes; any other read-only mount weighs one step less and opens nothing.
// hostUsers: false lowers nothing, as volumes are mapped back to the user IDs of the node
// (https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/).
var SensitiveHostPath = rule.Rule{
	ID:         "sensitive-host-path",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		pss("hostPathVolumes"), cis("5.2.12"), nsa("Kubernetes Pod security"), attack("T1611"),
		threatMatrix("MS-TA9013", "Writable%20hostPath%20mount"), ecsExposure("root-access-to-filesystem"),
		kubernetesDocs("Recursive read-only mounts", "concepts/storage/volumes/#recursive-read-only-mounts"),
	},
	Title: lang.Text{
		EN: "Sensitive host path mounted",
		ES: "Ruta sensible del host montada",
		PT: "Caminho sensível do host montado",
	},
	Why: lang.Text{
		EN: "Files that the security of the node rests on are mounted in a container. With write access an attacker plants a static pod, a cron job or an SSH key and is root on the node; with read access alone, takes the credentials of the kubelet and of other pods. A read-only mount protects neither the file systems mounted below the path, which stay writable, nor sockets.",
		ES: "Hay archivos de los que depende la seguridad del nodo montados en un contenedor. Con acceso de escritura, un atacante coloca un pod estático, una tarea de cron o una clave SSH y pasa a ser root en el nodo; el acceso de lectura le basta para llevarse las credenciales del kubelet y de otros pods. Un montaje de solo lectura no protege los sistemas de archivos montados por debajo de la ruta, que siguen admitiendo escritura, ni los sockets.",
		PT: "Arquivos de que depende a segurança do nó estão montados em um contêiner. Com acesso de escrita, um invasor planta um pod estático, uma tarefa do cron ou uma chave SSH e passa a ser root no nó; só com acesso de leitura, já obtém as credenciais do kubelet e de outros pods. Uma montagem somente leitura não protege os sistemas de arquivos montados abaixo do caminho, que continuam graváveis, nem os sockets.",
	},
	Fix: steps(lang.Text{
		EN: "Remove the hostPath volume, or narrow it and mount it read-only\n\nFor data use a PersistentVolumeClaim or an emptyDir. Where the program reads a file of the node, mount that file alone, read-only and recursively so, in a container that does not run as root. Then enforce the baseline level in the namespace.",
		ES: "Quite el volumen hostPath, o limítelo y móntelo en solo lectura\n\nPara los datos, use un PersistentVolumeClaim o un emptyDir. Si el programa lee un archivo del nodo, monte únicamente ese archivo, en solo lectura y de forma recursiva, en un contenedor que no se ejecute como root. Después, exija el nivel baseline en el espacio de nombres.",
		PT: "Remova o volume hostPath, ou limite-o e monte-o como somente leitura\n\nPara os dados, use um PersistentVolumeClaim ou um emptyDir. Se o programa lê um arquivo do nó, monte apenas esse arquivo, como somente leitura e de forma recursiva, em um contêiner que não seja executado como root. Depois, exija o nível baseline no namespace.",
	}, `
securityContext:
  runAsNonRoot: true
volumeMounts:
- name: host
  mountPath: /host/file
  readOnly: true
  recursiveReadOnly: Enabled
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Volume]{
		In: rule.NodePaths,
		Where: []rule.Condition[rule.Volume]{
			{Name: "sensitive", Holds: func(_ *rule.World, v rule.Volume) rule.Truth {
				return v.Surely(slices.ContainsFunc(reached(v), isSensitive))
			}},
			rule.If("not-harmless", func(v rule.Volume) bool { return !isHarmless(v) }),
			rule.If("mounted", mounted),
		},
		Show:  rule.Volume.Place,
		Also:  mountEvidence,
		Grade: gradeHostPath,
	},
	Opens: []finding.EdgeKind{finding.EdgeEscapeHostPath},
	Patch: rule.Patch{
		Changes: mountReadOnly,
		Weakens: true,
		Ask: lang.Text{
			EN: "Does the program write to these places of the node, and does it need to see them at all? Read-only lowers the severity; only removing the volume closes the trait.",
			ES: "¿El programa escribe en estos lugares del nodo, y necesita siquiera verlos? Solo lectura baja la gravedad; únicamente quitar el volumen cierra la característica.",
			PT: "O programa escreve nestes lugares do nó, e precisa mesmo vê-los? Somente leitura baixa a gravidade; apenas remover o volume fecha a característica.",
		},
	},
	Examples: sensitiveHostPathExamples,
}

// sensitivePaths lists the places on a node whose files decide over it: what runs on it, who may log in,
// and the credentials that it holds. What lies above one (/, /var, /opt) is as sensitive. Those of Windows are
// its own folders and where kubeadm, Amazon EKS and Azure keep the kubelet's
// (https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/adding-windows-nodes/).
func sensitivePaths() []string {
	return []string{
		"/etc", "/root", "/home", "/proc", "/sys", "/dev", "/boot", "/run",
		"/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt/cni",
		"/var/log", "/var/spool/cron", "/var/lib/kubelet", "/var/lib/etcd", "/var/lib/cni", "/var/lib/cloud",
		"/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/crio", "/var/lib/rancher",
		"c:/windows", "c:/users", "c:/programdata", "c:/program files", "c:/program files (x86)",
		"c:/k", "c:/etc", "c:/opt/cni", "c:/var/lib/kubelet", "c:/var/log",
	}
}

// harmlessPaths lists what may be shared although it lies in a sensitive place: public facts about the
// node, the roots that everybody trusts, devices that give nothing away, and a lock.
func harmlessPaths() []string {
	return []string{
		"/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo", "/etc/os-release", "/usr/lib/os-release", "/etc/lsb-release",
		"/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted", "/etc/ca-certificates", "/usr/share/ca-certificates",
		"/usr/local/share/ca-certificates", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/run/xtables.lock",
	}
}

// harmlessReadOnlyPaths lists what gives nothing away, but takes the node over where it can be written:
// the kernel's modules and sources.
func harmlessReadOnlyPaths() []string {
	return []string{"/lib/modules", "/usr/lib/modules", "/usr/src"}
}

// credentialPaths lists the places where reading is enough: credentials of the node and of other pods,
// the environment and the root folder of the node's processes (/proc), and sockets of its managers.
func credentialPaths() []string {
	return append(runtimeSockets(),
		"/etc/shadow", "/etc/ssh", "/etc/ssl/private", "/etc/kubernetes", "/etc/cni/net.d", "/etc/rancher",
		"/root", "/home", "/proc", "/run/systemd/private", "/run/dbus/system_bus_socket",
		"/var/lib/kubelet", "/var/lib/etcd", "/var/lib/cloud", "/var/lib/rancher",
		"/var/lib/docker", "/var/lib/containerd", "/var/lib/containers",
		"c:/windows/system32/config", "c:/users", "c:/programdata/kubernetes", "c:/programdata/docker", "c:/programdata/containerd",
		"c:/k", "c:/etc/kubernetes", "c:/var/lib/kubelet",
	)
}

func isSensitive(p string) bool {
	return isWithinAny(p, sensitivePaths()) || holdsAny(p, sensitivePaths())
}

// isHarmless reports whether all that containers reach through the volume is harmless.
func isHarmless(v rule.Volume) bool {
	for _, p := range reached(v) {
		if !isWithinAny(p, harmlessPaths()) && !(isReadOnly(v) && isWithinAny(p, harmlessReadOnlyPaths())) {
			return false
		}
	}
	return true
}

// isReadOnly reports whether the volume is mounted nowhere so that it can be written.
func isReadOnly(v rule.Volume) bool {
	for m := range v.Mounts() {
		if !m.ReadOnly {
			return false
		}
	}
	return true
}

// mountEvidence says for each mount of a volume whether it is read-only.
func mountEvidence(v rule.Volume) []finding.Evidence {
	var all []finding.Evidence
	for m := range v.Mounts() {
		all = append(all, m.Evidence(v.Resource, "readOnly", m.ReadOnly))
	}
	return all
}

// gradeHostPath weighs a volume by its worst mount.
func gradeHostPath(v rule.Volume) finding.Weight {
	weight := finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactMedium}
	for m := range v.Mounts() {
		if p := reachedBy(v, m); isSensitive(p) && (!m.ReadOnly || readingIsEnough(v, m, p)) {
			weight.Impact, weight.Opens = finding.ImpactHigh, []finding.EdgeKind{finding.EdgeEscapeHostPath}
		}
	}
	return weight
}

func readingIsEnough(v rule.Volume, m rule.Mount, p string) bool {
	bears := isWithinAny(p, credentialPaths()) || holdsAny(p, credentialPaths())
	return bears && (v.Pod.HostPID || rule.MayRunAsRoot(&v.Pod, m.Container))
}
