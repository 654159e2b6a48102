package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// WritableRootFilesystem finds containers that may write to their own root file system.
//
// Restricted fields:
//
//	spec.containers[*].securityContext.readOnlyRootFilesystem
//	spec.initContainers[*].securityContext.readOnlyRootFilesystem
//	spec.ephemeralContainers[*].securityContext.readOnlyRootFilesystem
//
// Allowed values: true. The root file system is writable where the field is not set. A pod for Windows
// (spec.os.name: windows) is out: the API server refuses the field there.
var WritableRootFilesystem = rule.Rule{
	ID:         "writable-root-filesystem",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		nsa("Immutable container file systems"), attack("T1105"), ecsControl("ECS.5", "ecs-5"),
		kubernetesDocs("Security Context", "tasks/configure-pod-container/security-context/"),
	},
	Title: lang.Text{
		EN: "Writable root file system",
		ES: "Sistema de archivos raíz con permiso de escritura",
		PT: "Sistema de arquivos raiz com permissão de escrita",
	},
	Why: lang.Text{
		EN: "The container may write anywhere in its own file system. An attacker who gets into it drops a tool or a backdoor beside the program, replaces its libraries or scripts, and stays until the container is replaced.",
		ES: "El contenedor puede escribir en cualquier lugar de su propio sistema de archivos. Un atacante que entra en él deja una herramienta o una puerta trasera junto al programa, reemplaza sus bibliotecas o scripts y permanece hasta que se reemplaza el contenedor.",
		PT: "O contêiner pode gravar em qualquer lugar do seu próprio sistema de arquivos. Um invasor que entra nele deixa uma ferramenta ou um backdoor ao lado do programa, substitui suas bibliotecas ou scripts e permanece até que o contêiner seja substituído.",
	},
	Fix: steps(lang.Text{
		EN: "Make the container's root file system read-only\n\nSet readOnlyRootFilesystem to true, and mount an emptyDir where the program writes, such as /tmp or its cache. Its errors show which folders those are, so try it before production.",
		ES: "Haga de solo lectura el sistema de archivos raíz del contenedor\n\nAsigne true a readOnlyRootFilesystem y monte un emptyDir donde el programa escribe, como /tmp o su caché. Sus errores muestran qué carpetas son, así que pruébelo antes de llevarlo a producción.",
		PT: "Deixe o sistema de arquivos raiz do contêiner como somente leitura\n\nDefina readOnlyRootFilesystem como true e monte um emptyDir onde o programa grava, como /tmp ou o cache dele. Os erros do programa mostram quais são essas pastas; portanto, teste antes de levar à produção.",
	}, `
spec:
  containers:
  - name: app
    securityContext:
      readOnlyRootFilesystem: true
    volumeMounts:
    - name: tmp
      mountPath: /tmp
  volumes:
  - name: tmp
    emptyDir: {}
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Container]{
		In: rule.Containers,
		Where: []rule.Condition[rule.Container]{
			rule.If("writable-root", func(c rule.Container) bool { return c.ReadOnlyRoot == nil || !*c.ReadOnlyRoot }),
			rule.If("linux", rule.Container.OnLinux),
		},
		Show: func(c rule.Container) finding.Evidence {
			if c.ReadOnlyRoot == nil {
				return notSet(c, "readOnlyRootFilesystem")
			}
			return c.Evidence("securityContext.readOnlyRootFilesystem", false)
		},
	},
	Patch: rule.Patch{
		Changes: rule.SetInContainers("securityContext.readOnlyRootFilesystem", true),
		Ask: lang.Text{
			EN: "Where does the program write (temporary files, caches, PID files)? Mount an emptyDir at each of these folders, such as /tmp, or it fails at run time.",
			ES: "¿Dónde escribe el programa (archivos temporales, cachés, archivos PID)? Monte un emptyDir en cada una de esas carpetas, como /tmp, o fallará al ejecutarse.",
			PT: "Onde o programa escreve (arquivos temporários, caches, arquivos PID)? Monte um emptyDir em cada uma dessas pastas, como /tmp, ou ele falhará em execução.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a container without a securityContext",
			Input: deployment("containers:\n- name: app\n  image: registry.example/app:1.4\n"),
			Want:  finding.Present,
			Path:  "$.spec.template.spec.containers[0].securityContext",
		},
		{
			Name: "a container that drops its capabilities, and no more",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    capabilities:
      drop: ["ALL"]
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem",
		},
		{
			Name: "an init container of a CronJob that writes",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: unpack
  image: registry.example/tools:2
  securityContext:
    readOnlyRootFilesystem: false
containers:
- name: report
  image: registry.example/report:7
  securityContext:
    readOnlyRootFilesystem: true
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.readOnlyRootFilesystem",
		},
		{
			Name: "a container that writes to an emptyDir only",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    readOnlyRootFilesystem: true
  volumeMounts:
  - name: tmp
    mountPath: /tmp
volumes:
- name: tmp
  emptyDir: {}
`),
			Want:   finding.Absent,
			Misses: "writable-root",
		},
		{
			Name: "a pod for Windows, which cannot set the field",
			Input: pod(`
os:
  name: windows
containers:
- name: app
  image: registry.example/app:1.4-windows
`),
			Want:   finding.Absent,
			Misses: "linux",
		},
	},
}
