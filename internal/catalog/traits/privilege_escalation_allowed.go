package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// PrivilegeEscalationAllowed finds containers whose processes may gain privileges.
//
// Restricted fields:
//
//	spec.containers[*].securityContext.allowPrivilegeEscalation
//	spec.initContainers[*].securityContext.allowPrivilegeEscalation
//	spec.ephemeralContainers[*].securityContext.allowPrivilegeEscalation
//
// Allowed values: false. It is the control allowPrivilegeEscalation of the restricted level, from 1.8 on,
// which has the field; from 1.25 on it leaves out pods that name Windows (spec.os.name).
var PrivilegeEscalationAllowed = rule.Rule{
	ID:         "privilege-escalation-allowed",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		pss("allowPrivilegeEscalation"), cis("5.2.6"), nsa("Kubernetes Pod security"), attack("T1548.001"),
		{Source: "Linux", ID: "no_new_privs", URL: "https://docs.kernel.org/userspace-api/no_new_privs.html"},
	},
	Title: lang.Text{
		EN: "Privilege escalation not ruled out",
		ES: "Escalada de privilegios sin impedir",
		PT: "Escalonamento de privilégios não impedido",
	},
	Why: lang.Text{
		EN: "A process in the container may get more privileges than the one that started it. An attacker who came in as an ordinary user runs a set-user-ID program of the image, such as sudo or su with a known fault, and is root in the container, with its capabilities.",
		ES: "Un proceso del contenedor puede obtener más privilegios que el que lo inició. Un atacante que entró como un usuario común ejecuta un programa set-user-ID de la imagen, como sudo o su con un fallo conocido, y pasa a ser root en el contenedor, con sus capacidades.",
		PT: "Um processo do contêiner pode obter mais privilégios do que aquele que o iniciou. Um invasor que entrou como um usuário comum executa um programa set-user-ID da imagem, como sudo ou su com uma falha conhecida, e passa a ser root no contêiner, com as capacidades dele.",
	},
	Fix: steps(lang.Text{
		EN: "Set allowPrivilegeEscalation to false\n\nDo so for every container and init container; the field has no place at the level of the pod. It has no effect beside privileged mode or SYS_ADMIN, so take those away as well. Then enforce the restricted level in the namespace.",
		ES: "Establezca allowPrivilegeEscalation en false\n\nHágalo en cada contenedor y en cada contenedor de inicialización; el campo no existe a nivel del pod. No surte efecto junto al modo privilegiado ni junto a SYS_ADMIN, así que quítelos también. Después, exija el nivel restricted en el espacio de nombres.",
		PT: "Defina allowPrivilegeEscalation como false\n\nFaça isso em cada contêiner e em cada contêiner de inicialização; o campo não existe no nível do pod. Ele não tem efeito junto ao modo privilegiado nem junto a SYS_ADMIN, portanto remova-os também. Depois, exija o nível restricted no namespace.",
	}, `
securityContext:
  allowPrivilegeEscalation: false
`),
	On: k8s.Workloads(),
	Check: rule.Each[rule.Container]{
		In: rule.Containers,
		Where: []rule.Condition[rule.Container]{
			rule.If("not-false", func(c rule.Container) bool { return c.AllowEscalation == nil || *c.AllowEscalation }),
			since[rule.Container](8),
			notExemptWindows[rule.Container](),
		},
		Show: func(c rule.Container) finding.Evidence {
			if c.AllowEscalation == nil {
				return notSet(c, "allowPrivilegeEscalation")
			}
			return c.Evidence("securityContext.allowPrivilegeEscalation", true)
		},
	},
	Patch: rule.Patch{Changes: rule.SetInContainers("securityContext.allowPrivilegeEscalation", false)},
	Examples: []rule.Example{
		{
			Name: "a container that does not set the field",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    runAsNonRoot: true
`),
			Want: finding.Present,
			Path: "$.spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation",
		},
		{
			Name: "a container without a securityContext",
			Input: pod(`
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want: finding.Present,
			Path: "$.spec.containers[0].securityContext",
		},
		{
			Name: "an init container of a CronJob that allows it",
			Input: cronJob(`
restartPolicy: Never
initContainers:
- name: settings
  image: registry.example/tools:2
  securityContext:
    allowPrivilegeEscalation: true
containers:
- name: report
  image: registry.example/report:7
  securityContext:
    allowPrivilegeEscalation: false
`),
			Want: finding.Present,
			Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.allowPrivilegeEscalation",
		},
		{
			Name: "ruled out",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  securityContext:
    allowPrivilegeEscalation: false
`),
			Want:   finding.Absent,
			Misses: "not-false",
		},
		{
			Name: "a cluster of Kubernetes 1.7, which does not have the field",
			Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
`),
			Want:     finding.Absent,
			Misses:   "version",
			Settings: inVersion(7),
		},
		{
			Name: "a pod for Windows, where the field does not exist",
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
