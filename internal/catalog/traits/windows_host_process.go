package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// WindowsHostProcess finds pods and containers that run as processes of a Windows node.
//
// Restricted fields:
//
//	spec.securityContext.windowsOptions.hostProcess
//	spec.containers[*].securityContext.windowsOptions.hostProcess
//	spec.initContainers[*].securityContext.windowsOptions.hostProcess
//	spec.ephemeralContainers[*].securityContext.windowsOptions.hostProcess
//
// Allowed values: not set, null, false. It is the control windowsHostProcess of the baseline level, in every
// version.
//
// It weighs what privileged mode weighs, and opens the same way: the container has the node's files,
// network and devices.
var WindowsHostProcess = rule.Rule{
	ID:         "windows-host-process",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactHigh,
	References: []rule.Reference{
		pss("windowsHostProcess"), cis("5.2.11"), attack("T1611"), threatMatrix("MS-TA9018", "Privileged%20container"),
		kubernetesDocs("Create a Windows HostProcess Pod", "tasks/configure-pod-container/create-hostprocess-pod/"),
	},
	Title: lang.Text{
		EN: "Container runs as a process of its Windows host",
		ES: "Contenedor que se ejecuta como proceso del host Windows",
		PT: "Contêiner executado como processo do host Windows",
	},
	Why: lang.Text{
		EN: "A HostProcess container is a process of its Windows node, with the node's files, network and devices and, usually, its SYSTEM account. Whoever runs code in it has the node: the kubelet's credentials, every pod on it, and the accounts that log in there.",
		ES: "Un contenedor HostProcess es un proceso de su nodo Windows, con los archivos, la red y los dispositivos del nodo y, por lo general, con su cuenta SYSTEM. Quien ejecuta código en él tiene el nodo: las credenciales del kubelet, todos los pods que hay en él y las cuentas que inician sesión allí.",
		PT: "Um contêiner HostProcess é um processo do seu nó Windows, com os arquivos, a rede e os dispositivos do nó e, em geral, com a conta SYSTEM. Quem executa código nele tem o nó: as credenciais do kubelet, todos os pods que estão nele e as contas que fazem login ali.",
	},
	Fix: steps(lang.Text{
		EN: "Run the container isolated from its Windows host\n\nRemove hostProcess, and with it hostNetwork. A network plugin, a storage driver or an agent that must keep it runs in a namespace of its own, as LocalService instead of SYSTEM where that is enough. Then enforce the baseline level in the other namespaces.",
		ES: "Ejecute el contenedor aislado de su host Windows\n\nQuite hostProcess y, con él, hostNetwork. Un plugin de red, un controlador de almacenamiento o un agente que deba conservarlo se ejecuta en un espacio de nombres propio y como LocalService en lugar de SYSTEM si eso basta. Después, exija el nivel baseline en los demás espacios de nombres.",
		PT: "Execute o contêiner isolado do seu host Windows\n\nRemova hostProcess e, com ele, hostNetwork. Um plugin de rede, um driver de armazenamento ou um agente que precise mantê-lo é executado em um namespace próprio e como LocalService em vez de SYSTEM se isso bastar. Depois, exija o nível baseline nos demais namespaces.",
	}, `
spec:
  hostNetwork: false
  securityContext:
    windowsOptions:
      hostProcess: false
      runAsUserName: ContainerUser
`),
	On: k8s.Workloads(),
	Check: rule.Each[securityContext]{
		In: securityContexts,
		Where: []rule.Condition[securityContext]{
			rule.If("host-process", func(s securityContext) bool { return s.HostProcess != nil && *s.HostProcess }),
		},
		Show: func(s securityContext) finding.Evidence { return s.evidence("windowsOptions.hostProcess", true) },
	},
	Opens: []finding.EdgeKind{finding.EdgeEscapePrivileged},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "What does the program change on its Windows host, and which image runs it as an ordinary container? HostProcess images often do not start without the host.",
			ES: "¿Qué cambia el programa en su host Windows y qué imagen lo ejecuta como contenedor corriente? Las imágenes HostProcess a menudo no arrancan sin el host.",
			PT: "O que o programa altera no seu host Windows e qual imagem o executa como contêiner comum? Imagens HostProcess muitas vezes não iniciam sem o host.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a DaemonSet whose pods are processes of the node",
			Input: daemonSet(`
os:
  name: windows
nodeSelector:
  kubernetes.io/os: windows
hostNetwork: true
securityContext:
  windowsOptions:
    hostProcess: true
    runAsUserName: 'NT AUTHORITY\SYSTEM'
containers:
- name: agent
  image: registry.example/agent:3.2-windows
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.securityContext.windowsOptions.hostProcess",
		},
		{
			Name: "the containers of a CronJob, each by itself",
			Input: cronJob(`
restartPolicy: Never
nodeSelector:
  kubernetes.io/os: windows
hostNetwork: true
initContainers:
- name: drivers
  image: registry.example/drivers:2-windows
  securityContext:
    windowsOptions:
      hostProcess: true
      runAsUserName: 'NT AUTHORITY\SYSTEM'
containers:
- name: report
  image: registry.example/report:7-windows
  securityContext:
    windowsOptions:
      hostProcess: true
      runAsUserName: 'NT AUTHORITY\Local service'
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.windowsOptions.hostProcess",
		},
		{
			Name: "a pod for Windows with a user of its own image",
			Input: pod(`
os:
  name: windows
nodeSelector:
  kubernetes.io/os: windows
securityContext:
  windowsOptions:
    hostProcess: false
    runAsUserName: ContainerUser
containers:
- name: app
  image: registry.example/app:1.4-windows
`),
			Want:   finding.Absent,
			Misses: "host-process",
		},
	},
}
