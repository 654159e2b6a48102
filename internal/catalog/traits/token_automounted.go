package traits

import (
	"iter"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// TokenAutomounted finds pods that hold a token for the API server, of the default service account or of one
// that has permissions.
//
// Restricted fields:
//
//	spec.automountServiceAccountToken
//	spec.volumes[*].projected.sources[*].serviceAccountToken
//	automountServiceAccountToken of the pod's ServiceAccount
//
// Allowed values: false, in the pod, or in the account where the pod does not say. Where neither says, the
// token is mounted. A projected token counts unless it is for another audience than the API server.
//
// An account has permissions where a binding names it, or a group that it is in. What the role grants is not
// evaluated here. Files need not hold every binding, so that an account without one is unknown, not absent.
var TokenAutomounted = rule.Rule{
	ID:         "token-automounted",
	Category:   finding.Assumability,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cis("5.1.5"), cis("5.1.6"), nsa("Protecting Pod service account tokens"), attack("T1528"), attack("T1552.007"),
		threatMatrix("MS-TA9016", "container%20service%20account"),
		kubernetesDocs("Configure Service Accounts for Pods", "tasks/configure-pod-container/configure-service-account/"),
	},
	Title: lang.Text{
		EN: "Service account token mounted",
		ES: "Token de la cuenta de servicio montado",
		PT: "Token da conta de serviço montado",
	},
	Why: lang.Text{
		EN: "The pod holds a token for the API server. An attacker who can read one file in the container takes it along and acts as the service account, with every permission that is bound to it. What somebody grants the default account later reaches every pod that runs as it.",
		ES: "El pod tiene un token para el servidor de la API. Un atacante que puede leer un archivo del contenedor se lo lleva y actúa como la cuenta de servicio, con todos los permisos vinculados a ella. Lo que alguien conceda después a la cuenta predeterminada llega a todos los pods que se ejecutan con ella.",
		PT: "O pod tem um token para o servidor da API. Um invasor que consegue ler um arquivo do contêiner leva o token consigo e age como a conta de serviço, com todas as permissões vinculadas a ela. O que alguém conceder depois à conta padrão chega a todos os pods executados com ela.",
	},
	Fix: steps(lang.Text{
		EN: "Mount the token only where the pod calls the API server\n\nSet automountServiceAccountToken to false in the pod, or in its service account for all pods that run as it. A pod that does call the API server gets an account of its own, with only the permissions that it needs.",
		ES: "Monte el token solo donde el pod llama al servidor de la API\n\nAsigne false a automountServiceAccountToken en el pod, o en su cuenta de servicio para todos los pods que se ejecutan con ella. Si un pod sí llama al servidor de la API, dele una cuenta propia, solo con los permisos que necesita.",
		PT: "Monte o token somente onde o pod chama o servidor da API\n\nDefina automountServiceAccountToken como false no pod, ou na sua conta de serviço para todos os pods executados com ela. Se um pod de fato chama o servidor da API, dê a ele uma conta própria, apenas com as permissões de que precisa.",
	}, `
spec:
  serviceAccountName: app
  automountServiceAccountToken: false
`),
	On: k8s.Workloads(),
	Check: rule.Each[podToken]{
		In:    podTokens,
		Where: []rule.Condition[podToken]{{Name: "mounted", Holds: holdsToken}},
		Show:  podToken.evidence,
		Also: func(t podToken) []finding.Evidence {
			return append([]finding.Evidence{t.name()}, t.granted...)
		},
	},
	Patch: rule.Patch{
		Changes: rule.SetInPod("automountServiceAccountToken", false),
		Ask: lang.Text{
			EN: "Does the program call the Kubernetes API? Look for a client library, kubectl or a role binding of its service account; if it does, give it a service account with no more than it needs.",
			ES: "¿El programa llama a la API de Kubernetes? Busque una biblioteca cliente, kubectl o una vinculación de roles de su cuenta de servicio; si lo hace, dele una cuenta de servicio con lo estrictamente necesario.",
			PT: "O programa chama a API do Kubernetes? Procure uma biblioteca cliente, kubectl ou uma vinculação de papéis da sua conta de serviço; se chamar, dê a ele uma conta de serviço com apenas o necessário.",
		},
	},
	Examples: tokenAutomountedExamples,
}

// podToken is a pod with what its token is worth.
type podToken struct {
	podAccount
	// source is the projected volume that asks for a token for the API server; "" where none does.
	source  string
	granted []finding.Evidence
}

func podTokens(w *rule.World, r *inventory.Resource) iter.Seq[podToken] {
	return func(yield func(podToken) bool) {
		for a := range podAccounts(w, r) {
			t := podToken{podAccount: a, granted: a.grants(w.Inventory)}
			if a.Pod.TokenVolume {
				t.source = tokenSource(w.Inventory, a.PodField)
			}
			yield(t)
		}
	}
}

// tokenSource finds the first projected token that the API server takes.
func tokenSource(v *inventory.View, p rule.PodField) string {
	object, _ := v.Raw(p.Resource.UID) // Without an object nothing is found in it.
	i := 0
	for volume := range object.Root().Lookup(p.Pod.Path).Get("volumes").All() {
		at := tree.PathIndex(p.Pod.Path+".volumes", i)
		i++
		j := 0
		for source := range volume.Get("projected", "sources").All() {
			if k8s.IsAPIToken(source.Get("serviceAccountToken")) {
				return tree.PathIndex(at+".projected.sources", j) + ".serviceAccountToken"
			}
			j++
		}
	}
	return ""
}

// evidence names what mounts the token: the value is nil where nobody says, and the default does.
func (t podToken) evidence() finding.Evidence {
	switch {
	case t.source != "":
		return finding.Evidence{Resource: t.Resource.UID, Path: t.source}
	case t.Pod.AutomountToken == nil && t.spec != nil && t.spec.AutomountToken != nil:
		return finding.Evidence{Resource: t.uid, Path: "$.automountServiceAccountToken", Value: true}
	case t.Pod.AutomountToken == nil:
		return t.PodField.Evidence("automountServiceAccountToken", nil)
	}
	return t.PodField.Evidence("automountServiceAccountToken", true)
}

func holdsToken(w *rule.World, t podToken) rule.Truth {
	mounted := t.mounted(w)
	if mounted.State == finding.Absent || t.Pod.ServiceAccount == defaultAccount || len(t.granted) > 0 {
		return mounted
	}
	if w.Inventory.Closed(t.Resource.Cluster, k8s.RoleBinding) && w.Inventory.Closed(t.Resource.Cluster, k8s.ClusterRoleBinding) {
		return rule.Is(false)
	}
	return rule.Unknown(lang.Text{
		EN: "no binding of the service account was read, and there may be one elsewhere",
		ES: "no se leyó ningún RoleBinding de la cuenta de servicio, y puede haber uno en otro lugar",
		PT: "nenhum RoleBinding da conta de serviço foi lido, e pode haver um em outro lugar",
	})
}

// mounted says whether the token is in the pod. The pod's setting counts before the account's.
func (t podToken) mounted(w *rule.World) rule.Truth {
	switch {
	case t.source != "":
		return rule.Is(true)
	case t.Pod.AutomountToken != nil:
		return rule.Is(*t.Pod.AutomountToken)
	case t.spec != nil && t.spec.AutomountToken != nil:
		return rule.Is(*t.spec.AutomountToken)
	case !t.isKnown(w):
		return accountNotRead()
	}
	return rule.Is(true)
}

// serviceAccount gives the manifest of the ServiceAccount app; fields stand beside its name, in metadata, and
// below.
func serviceAccount(metadata, fields string) string {
	return "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app\n  namespace: shop\n" + indent(metadata, 2) + fields
}

// roleBinding gives the manifest of a RoleBinding of the Role reader to one subject.
func roleBinding(subject string) string {
	return `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: reader
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: reader
subjects:
` + "- " + strings.TrimPrefix(indent(subject, 2), "  ")
}

// asApp gives a Deployment whose pods run as the account app.
func asApp(fields string) string {
	return deployment("serviceAccountName: app\n" + fields + "containers:\n- name: app\n  image: registry.example/app:1.4\n")
}

const appSubject = "kind: ServiceAccount\nname: app\nnamespace: shop\n"

var tokenAutomountedExamples = []rule.Example{
	{
		Name:  "a pod that names no account and says nothing of the token",
		Input: deployment("containers:\n- name: app\n  image: registry.example/app:1.4\n"),
		Want:  finding.Present,
		Path:  "$.spec.template.spec.automountServiceAccountToken",
	},
	{
		Name:  "an account that a binding names",
		Input: documents(asApp(""), serviceAccount("", ""), roleBinding(appSubject)),
		Want:  finding.Present,
		Path:  "$.subjects[0]",
	},
	{
		Name: "an account whose namespace a binding names, in a pod that asks for the token",
		Input: documents(asApp("automountServiceAccountToken: true\n"),
			roleBinding("kind: Group\napiGroup: rbac.authorization.k8s.io\nname: system:serviceaccounts:shop\n")),
		Want: finding.Present,
		Path: "$.spec.template.spec.automountServiceAccountToken",
	},
	{
		Name: "a CronJob that mounts the token itself",
		Input: cronJob(`
automountServiceAccountToken: false
restartPolicy: Never
containers:
- name: report
  image: registry.example/report:7
  volumeMounts:
  - name: token
    mountPath: /var/run/secrets/tokens
volumes:
- name: token
  projected:
    sources:
    - serviceAccountToken:
        path: token
`),
		Want: finding.Present,
		Path: "$.spec.jobTemplate.spec.template.spec.volumes[0].projected.sources[0].serviceAccountToken",
	},
	{
		Name:   "a pod that refuses the token",
		Input:  deployment("automountServiceAccountToken: false\ncontainers:\n- name: app\n  image: registry.example/app:1.4\n"),
		Want:   finding.Absent,
		Misses: "mounted",
	},
	{
		Name:   "an account that refuses the token for its pods",
		Input:  documents(asApp(""), serviceAccount("", "automountServiceAccountToken: false\n"), roleBinding(appSubject)),
		Want:   finding.Absent,
		Misses: "mounted",
	},
	{
		Name: "a token for Vault, which the API server does not take",
		Input: deployment(`
automountServiceAccountToken: false
containers:
- name: app
  image: registry.example/app:1.4
volumes:
- name: vault
  projected:
    sources:
    - serviceAccountToken:
        path: token
        audience: vault
`),
		Want:   finding.Absent,
		Misses: "mounted",
	},
	{
		Name:  "an account without a binding, in files that need not be all there is",
		Input: documents(asApp(""), serviceAccount("", "")),
		Want:  finding.Unknown,
	},
	{
		Name:  "an account that was not read",
		Input: documents(asApp(""), roleBinding(appSubject)),
		Want:  finding.Unknown,
	},
}
