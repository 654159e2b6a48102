package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// CleartextCredentials finds credentials that stand in a manifest.
//
// Restricted fields:
//
//	spec.containers[*].env[*].value
//	spec.containers[*].args[*], spec.containers[*].command[*]
//	the same of spec.initContainers[*] and spec.ephemeralContainers[*]
//	data of a ConfigMap
//
// Allowed values: all that do not look like a credential, by the name they stand under or by their own
// shape (package redact). The decoder judged the value and dropped it: the rule sees its kind, and so does
// the evidence.
var CleartextCredentials = rule.Rule{
	ID:         "cleartext-credentials",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		cis("5.4.1"), nsa("Secrets"), attack("T1552.001"),
		threatMatrix("MS-TA9027", "Application%20credentials%20in%20configuration%20files"),
		ecsControl("ECS.8", "ecs-8"), ecsExposure("cleartext-credentials-present"),
	},
	Title: lang.Text{
		EN: "Credentials in cleartext",
		ES: "Credenciales en texto no cifrado",
		PT: "Credenciais em texto não criptografado",
	},
	Why: lang.Text{
		EN: "A credential stands in an environment variable, an argument or a ConfigMap. Everybody who may read the object has it, and so has whoever sees the repository, the backup, the output of kubectl describe or the process list. An attacker uses it elsewhere, from where nobody expects it, and it stays valid when the pod is gone.",
		ES: "Hay una credencial en una variable de entorno, un argumento o un ConfigMap. Está al alcance de quien pueda leer el objeto, y también de quien vea el repositorio, la copia de seguridad, la salida de kubectl describe o la lista de procesos. Un atacante la usa en otro lugar, desde donde nadie lo espera, y la credencial sigue siendo válida cuando el pod ya no existe.",
		PT: "Há uma credencial em uma variável de ambiente, um argumento ou um ConfigMap. Ela está ao alcance de quem pode ler o objeto e também de quem vê o repositório, o backup, a saída do kubectl describe ou a lista de processos. Um invasor a usa em outro lugar, de onde ninguém espera, e ela continua válida quando o pod já não existe.",
	},
	Fix: steps(lang.Text{
		EN: "Rotate the credential and read it from a Secret or a role\n\nThe value is known to everybody who could read it: revoke it first. Then give a workload that calls AWS a role (EKS Pod Identity or IRSA) instead of keys, and keep what must remain a secret in a store such as AWS Secrets Manager, mounted as a file, or in a Secret.",
		ES: "Rote la credencial y use un Secret o un rol de IAM\n\nEl valor lo conoce todo el que pudo leerlo: revóquelo primero. Después, dé a la carga de trabajo que llama a AWS un rol de IAM (EKS Pod Identity o IRSA) en lugar de claves, y guarde lo que deba seguir siendo un secreto en un almacén como AWS Secrets Manager, montado como archivo, o en un Secret.",
		PT: "Troque a credencial e use um Secret ou um perfil do IAM\n\nO valor é conhecido por todos os que puderam lê-lo: revogue-o primeiro. Depois, dê à carga de trabalho que chama a AWS um perfil do IAM (EKS Pod Identity ou IRSA) em vez de chaves, e guarde o que precisa continuar sendo um segredo em um cofre como o AWS Secrets Manager, montado como arquivo, ou em um Secret.",
	}, `
env:
- name: DB_PASSWORD
  valueFrom:
    secretKeyRef:
      name: database
      key: password
`),
	On: append(k8s.Workloads(), k8s.ConfigMap),
	Check: rule.Each[credentialHolder]{
		In: credentialHolders,
		Where: []rule.Condition[credentialHolder]{
			rule.If("credential", func(h credentialHolder) bool { return len(h.found) > 0 }),
		},
		Show: credentialHolder.first,
		Also: credentialHolder.others,
	},
	Patch: rule.Patch{
		Changes: fromSecret,
		Prepare: createSecret,
		Ask: lang.Text{
			EN: "Change the credential where it is issued, as whoever read the manifest has it, and create the Secret with the new value before you apply the patch. A credential among arguments or in a ConfigMap needs a change of the program's settings: find out how it reads one from a file or a variable.",
			ES: "Cambie la credencial donde se emite, pues quien leyó el manifiesto la tiene, y cree el Secret con el valor nuevo antes de aplicar el parche. Una credencial entre los argumentos o en un ConfigMap exige cambiar los ajustes del programa: averigüe cómo la lee de un archivo o de una variable.",
			PT: "Troque a credencial onde ela é emitida, pois quem leu o manifesto a tem, e crie o Secret com o novo valor antes de aplicar o patch. Uma credencial entre os argumentos ou em um ConfigMap exige mudar as configurações do programa: descubra como ele a lê de um arquivo ou de uma variável.",
		},
	},
	Examples: cleartextCredentialsExamples,
}

// credentialHolder is a container, or a ConfigMap, with the credentials that stood in it.
type credentialHolder struct {
	resource *inventory.Resource
	path     string
	found    []k8s.Credential
}

func credentialHolders(w *rule.World, r *inventory.Resource) iter.Seq[credentialHolder] {
	return func(yield func(credentialHolder) bool) {
		if m, ok := r.Spec.(*k8s.ConfigMapSpec); ok {
			yield(credentialHolder{r, "$.data", m.Credentials})
			return
		}
		for c := range rule.Containers(w, r) {
			if !yield(credentialHolder{r, c.Path, c.Credentials}) {
				return
			}
		}
	}
}

// first gives the evidence of the first credential, or names the holder where it has none.
func (h credentialHolder) first() finding.Evidence {
	if len(h.found) == 0 {
		return finding.Evidence{Resource: h.resource.UID, Path: h.path}
	}
	return h.evidence(h.found[0])
}

func (h credentialHolder) others() []finding.Evidence {
	var all []finding.Evidence
	for _, c := range h.found[min(1, len(h.found)):] {
		all = append(all, h.evidence(c))
	}
	return all
}

func (h credentialHolder) evidence(c k8s.Credential) finding.Evidence {
	return finding.Evidence{Resource: h.resource.UID, Path: c.Path, Value: string(c.Kind)}
}

var cleartextCredentialsExamples = []rule.Example{
	{
		Name: "a password in an environment variable",
		Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  env:
  - name: LOG_LEVEL
    value: debug
  - name: DB_PASSWORD
    value: x7Gq-2vLw-99rT
`),
		Want: finding.Present,
		Path: "$.spec.template.spec.containers[0].env[1].value",
	},
	{
		Name: "a token among the arguments of a CronJob's init container",
		Input: cronJob(`
restartPolicy: Never
initContainers:
- name: login
  image: registry.example/tools:2
  command: ["login"]
  args: ["--user", "report", "--password=x7Gq-2vLw-99rT"]
containers:
- name: report
  image: registry.example/report:7
`),
		Want: finding.Present,
		Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].args[2]",
	},
	{
		Name: "a password in a ConfigMap",
		Input: `apiVersion: v1
kind: ConfigMap
metadata:
  name: example
  namespace: shop
data:
  loglevel: debug
  db-password: x7Gq-2vLw-99rT
`,
		Want: finding.Present,
		Path: "$.data['db-password']",
	},
	{
		Name: "the same password, read from a Secret",
		Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  env:
  - name: LOG_LEVEL
    value: debug
  - name: DB_PASSWORD
    valueFrom:
      secretKeyRef:
        name: database
        key: password
`),
		Want:   finding.Absent,
		Misses: "credential",
	},
	{
		Name: "the name of a file that holds a password",
		Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  env:
  - name: DB_PASSWORD_FILE
    value: /run/secrets/database/password
`),
		Want:   finding.Absent,
		Misses: "credential",
	},
}
