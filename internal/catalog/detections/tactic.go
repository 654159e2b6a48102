package detections

import (
	"path"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// The tactics of requests to the API server. All but Execution are those of GuardDuty's finding types about callers.
const (
	CredentialAccess = "CredentialAccess"
	DefenseEvasion   = "DefenseEvasion"
	Discovery        = "Discovery"
	Execution        = "Execution"
	Impact           = "Impact"
	Persistence      = "Persistence"
)

// TacticRow is one row of the table of tactics: which requests serve which tactic. A request fits a row that has its verb
// and one of its resources or paths.
type TacticRow struct {
	// Tactic is the first word of finding types; "" for requests that are nothing to tell of.
	Tactic string
	// Verbs lists the verbs of audit records; none for any.
	Verbs []string
	// Resources lists RESOURCE[.GROUP][/SUBRESOURCE], or * for any; Paths lists paths of requests of no resource, each with
	// all below it.
	Resources, Paths []string
	// Names, where set, lists the names of the object, with * for any characters. To delete a collection is to delete objects
	// with these names, if it does not select others.
	Names []string
	// Only, where set, says in words what more must be so. A row whose condition the record does not show is passed over.
	Only lang.Text
	// What says what the requests are.
	What lang.Text

	holds func(a *rule.Action) bool // tests Only
}

// Tactics is the table of tactics, in the order in which it is read: the first row that a request fits counts.
//
// It is Merlon's own. AWS names the classes of requests ("APIs commonly used to obtain credentials") and does not publish
// which requests are in them. What is known from AWS's own tester
// (https://github.com/awslabs/amazon-guardduty-tester) holds here: to create a service account is Impact, not Persistence,
// and to ask for /api or to list pods is Discovery.
func Tactics() []TacticRow { return slices.Clone(tactics) }

// TacticOf gives the tactic of a request; "" for none.
func TacticOf(a *rule.Action) string {
	for i := range tactics {
		if tactics[i].fits(a) {
			return tactics[i].Tactic
		}
	}
	return ""
}

func (r *TacticRow) fits(a *rule.Action) bool {
	return (len(r.Verbs) == 0 || slices.Contains(r.Verbs, a.Verb)) && r.isAbout(a) && r.isNamed(a) && (r.holds == nil || r.holds(a))
}

func (r *TacticRow) isAbout(a *rule.Action) bool {
	if a.Object.Resource == "" {
		return slices.ContainsFunc(r.Paths, func(top string) bool {
			below, ok := strings.CutPrefix(a.Path(), top)
			return ok && (below == "" || below[0] == '/' || top == "/")
		})
	}
	return slices.ContainsFunc(r.Resources, func(name string) bool {
		name, sub, _ := strings.Cut(name, "/")
		name, group, _ := strings.Cut(name, ".")
		return name == "*" || name == a.Object.Resource && sub == a.Object.Subresource &&
			(group == a.Object.Group || a.Object.Group == "" && a.Object.Version == "") // records of old leave the group out
	})
}

func (r *TacticRow) isNamed(a *rule.Action) bool {
	return len(r.Names) == 0 || isNamed(a, func(object string) bool {
		return slices.ContainsFunc(r.Names, func(pattern string) bool {
			ok, _ := path.Match(pattern, object)
			return ok
		})
	}).State == finding.Present
}

// changes lists the verbs of requests that change something, with the HTTP methods that stand for a verb where a request
// is of no resource.
var changes = []string{"create", "update", "patch", "delete", "deletecollection", "post", "put"}

var tactics = slices.Concat(executionRows, credentialRows, harmlessRows, evasionRows, persistenceRows, otherRows)

var executionRows = []TacticRow{
	{
		Tactic:    Execution,
		Resources: []string{"pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "services/proxy", "nodes/proxy"},
		What: lang.Text{
			EN: "reaches into a container, a pod's port or the kubelet",
			ES: "entra en un contenedor, en un puerto de un pod o en el kubelet",
			PT: "entra em um contêiner, em uma porta de um pod ou no kubelet",
		},
	},
	{
		Tactic: Execution, Verbs: []string{"update", "patch"}, Resources: []string{"pods/ephemeralcontainers"},
		What: lang.Text{
			EN: "starts a container in a pod that runs",
			ES: "inicia un contenedor en un pod en ejecución",
			PT: "inicia um contêiner em um pod em execução",
		},
	},
}

var credentialRows = []TacticRow{
	{
		Tactic: CredentialAccess, Verbs: []string{"get", "list", "watch"}, Resources: []string{"secrets"},
		What: lang.Text{EN: "reads secrets", ES: "lee secretos", PT: "lê segredos"},
	},
	{
		Tactic: CredentialAccess, Verbs: []string{"create"}, Resources: []string{"serviceaccounts/token"},
		What: lang.Text{
			EN: "has a token issued for a service account",
			ES: "hace emitir un token de una cuenta de servicio",
			PT: "faz emitir um token de uma conta de serviço",
		},
	},
	{
		Tactic: CredentialAccess, Verbs: []string{"create", "update", "patch"},
		Resources: []string{
			"certificatesigningrequests.certificates.k8s.io", "certificatesigningrequests.certificates.k8s.io/approval",
			"certificatesigningrequests.certificates.k8s.io/status",
		},
		What: lang.Text{
			EN: "asks for a client certificate, approves or signs one",
			ES: "pide un certificado de cliente, lo aprueba o lo firma",
			PT: "pede um certificado de cliente, aprova-o ou assina-o",
		},
	},
	{
		Tactic: CredentialAccess, Verbs: []string{"get", "list", "watch"}, Resources: []string{"configmaps"},
		Names: []string{"aws-auth", "*kubeconfig*", "*kube-config*", "*credentials*"},
		What: lang.Text{
			EN: "reads who may enter the cluster, or a file with credentials",
			ES: "lee quién puede entrar en el clúster, o un archivo con credenciales",
			PT: "lê quem pode entrar no cluster, ou um arquivo com credenciais",
		},
	},
}

var harmlessRows = []TacticRow{
	{
		Paths: []string{"/healthz", "/livez", "/readyz", "/version"},
		Only: lang.Text{
			EN: "by a user who is not authenticated",
			ES: "de un usuario sin autenticar",
			PT: "de um usuário não autenticado",
		},
		What: lang.Text{
			EN: "asks for health or version, which anybody may by default",
			ES: "pregunta por el estado o la versión, lo que cualquiera puede hacer de forma predeterminada",
			PT: "pergunta pela saúde ou pela versão, o que qualquer um pode fazer por padrão",
		},
		holds: isAnonymous,
	},
	{
		// https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/#create-the-public-cluster-info-configmap
		Verbs: []string{"get"}, Resources: []string{"configmaps"}, Names: []string{"cluster-info"},
		Only: lang.Text{
			EN: "in kube-public, by a user who is not authenticated",
			ES: "en kube-public, de un usuario sin autenticar",
			PT: "em kube-public, de um usuário não autenticado",
		},
		What: lang.Text{
			EN: "is what kubeadm join does on a new node",
			ES: "es lo que hace kubeadm join en un nodo nuevo",
			PT: "é o que kubeadm join faz em um nó novo",
		},
		holds: func(a *rule.Action) bool { return isAnonymous(a) && a.Object.Namespace == "kube-public" },
	},
	{
		Tactic: Discovery, Verbs: changes, Resources: []string{"*"},
		Only: lang.Text{EN: "as a dry run", ES: "como simulación", PT: "como simulação"},
		What: lang.Text{
			EN: "changes nothing, and tells what would be allowed",
			ES: "no cambia nada y revela lo que se permitiría",
			PT: "não altera nada e revela o que seria permitido",
		},
		holds: func(a *rule.Action) bool { return isDryRun(a).State == finding.Present },
	},
	{
		Tactic: Discovery, Verbs: []string{"create"},
		Resources: []string{
			"selfsubjectaccessreviews.authorization.k8s.io", "selfsubjectrulesreviews.authorization.k8s.io",
			"subjectaccessreviews.authorization.k8s.io", "localsubjectaccessreviews.authorization.k8s.io",
			"selfsubjectreviews.authentication.k8s.io", "tokenreviews.authentication.k8s.io",
		},
		What: lang.Text{
			EN: "asks who somebody is, and what is allowed",
			ES: "pregunta quién es alguien y qué se le permite",
			PT: "pergunta quem é alguém e o que lhe é permitido",
		},
	},
}

var evasionRows = []TacticRow{
	{
		Tactic: DefenseEvasion, Verbs: []string{"delete", "deletecollection"},
		Resources: []string{
			"events", "events.events.k8s.io", "networkpolicies.networking.k8s.io",
			"validatingwebhookconfigurations.admissionregistration.k8s.io", "mutatingwebhookconfigurations.admissionregistration.k8s.io",
			"validatingadmissionpolicies.admissionregistration.k8s.io", "validatingadmissionpolicybindings.admissionregistration.k8s.io",
			"mutatingadmissionpolicies.admissionregistration.k8s.io", "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
		},
		What: lang.Text{
			EN: "removes traces, network policies or admission checks",
			ES: "elimina rastros, políticas de red o controles de admisión",
			PT: "remove rastros, políticas de rede ou controles de admissão",
		},
	},
	{
		Tactic: DefenseEvasion, Verbs: []string{"update", "patch"}, Resources: []string{"namespaces", "namespaces/status", "namespaces/finalize"},
		Only: lang.Text{
			EN: "where it takes the label pod-security.kubernetes.io/enforce away or sets it to `privileged`",
			ES: "cuando quita la etiqueta pod-security.kubernetes.io/enforce o la cambia a `privileged`",
			PT: "quando retira o label pod-security.kubernetes.io/enforce ou o muda para `privileged`",
		},
		What: lang.Text{
			EN: "allows every kind of pod in a namespace",
			ES: "permite toda clase de pods en un espacio de nombres",
			PT: "permite todo tipo de pod em um namespace",
		},
		holds: func(a *rule.Action) bool { return lowersPodSecurity(a).State == finding.Present },
	},
	{
		Tactic: DefenseEvasion, Verbs: []string{"delete", "deletecollection"}, Resources: []string{"daemonsets.apps"},
		// The names under which their projects' manifests and charts install them.
		Names: []string{
			"aws-guardduty-agent", "cloudwatch-agent", "fluent-bit*", "*falco*", "tetragon*", "kubearmor*", "tracee*", "*sysdig*",
			"*crowdstrike*", "falcon-*", "*twistlock*", "*aqua-enforcer*", "neuvector-*", "*wiz-sensor*", "datadog*", "elastic-agent*", "wazuh*",
		},
		What: lang.Text{
			EN: "removes an agent that watches over nodes",
			ES: "elimina un agente que vigila los nodos",
			PT: "remove um agente que vigia os nós",
		},
	},
}

var persistenceRows = []TacticRow{
	{
		Tactic: Persistence, Verbs: []string{"create", "update", "patch"},
		Resources: []string{
			"roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io",
			"rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io",
		},
		What: lang.Text{EN: "gives rights that last", ES: "otorga derechos que perduran", PT: "concede direitos que perduram"},
	},
	{
		Tactic: Persistence, Verbs: []string{"create", "update", "patch"}, Resources: []string{"cronjobs.batch", "daemonsets.apps"},
		What: lang.Text{
			EN: "runs a pod again and again, or on every node",
			ES: "ejecuta un pod una y otra vez, o en cada nodo",
			PT: "executa um pod repetidamente, ou em cada nó",
		},
	},
	{
		Tactic: Persistence, Verbs: []string{"create", "update", "patch"},
		Resources: []string{
			"validatingwebhookconfigurations.admissionregistration.k8s.io", "mutatingwebhookconfigurations.admissionregistration.k8s.io",
			"mutatingadmissionpolicies.admissionregistration.k8s.io", "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
			"apiservices.apiregistration.k8s.io",
		},
		What: lang.Text{
			EN: "puts itself between users and the API server",
			ES: "se interpone entre los usuarios y el servidor de la API",
			PT: "coloca-se entre os usuários e o servidor da API",
		},
	},
	{
		Tactic: Persistence, Verbs: []string{"create", "update", "patch"}, Resources: []string{"configmaps"}, Names: []string{"aws-auth"},
		What: lang.Text{
			EN: "changes which IAM principals may enter the cluster",
			ES: "cambia qué entidades principales de IAM pueden entrar en el clúster",
			PT: "altera quais entidades principais do IAM podem entrar no cluster",
		},
	},
	{
		Tactic: Persistence, Verbs: []string{"create", "update", "patch"}, Resources: []string{"secrets"},
		Only: lang.Text{
			EN: "of type kubernetes.io/service-account-token, where the record holds the body",
			ES: "de tipo kubernetes.io/service-account-token, si el registro contiene el cuerpo",
			PT: "do tipo kubernetes.io/service-account-token, se o registro contém o corpo",
		},
		What: lang.Text{
			EN: "has a token issued that does not expire",
			ES: "hace emitir un token que no caduca",
			PT: "faz emitir um token que não expira",
		},
		holds: func(a *rule.Action) bool {
			n, _ := a.Made()
			return n.Get("type").Text() == "kubernetes.io/service-account-token"
		},
	},
}

var otherRows = []TacticRow{
	{
		Tactic: Impact, Verbs: changes, Resources: []string{"*"}, Paths: []string{"/"},
		What: lang.Text{
			EN: "makes, changes or deletes anything else",
			ES: "crea, cambia o elimina cualquier otra cosa",
			PT: "cria, altera ou exclui qualquer outra coisa",
		},
	},
	{
		Tactic: Discovery, Verbs: []string{"get", "list", "watch", "head", "options"}, Resources: []string{"*"}, Paths: []string{"/"},
		What: lang.Text{EN: "reads anything else", ES: "lee cualquier otra cosa", PT: "lê qualquer outra coisa"},
	},
}

func isAnonymous(a *rule.Action) bool { return a.Facts&rule.IsAnonymous != 0 }
