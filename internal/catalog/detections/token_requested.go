package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// TokenRequested finds tokens of service accounts that were asked for: kubectl create token. A kubelet asks for those of
// its pods, the controller manager for those of its own controllers. Kubernetes issues the token of a dry run too.
var TokenRequested = rule.Detection{
	Type:     "CredentialAccess:Kubernetes/TokenRequested",
	Origin:   rule.Ours,
	Severity: finding.SeverityLow,
	Grade: func(a *rule.Action) finding.Severity {
		seconds, _ := a.Sent().Get("spec", "expirationSeconds").Int()
		switch {
		case a.Object.Namespace == "kube-system", seconds > longToken:
			return finding.SeverityMedium
		case isServiceAccount(a):
			return finding.SeverityInformational
		}
		return finding.SeverityLow
	},
	References: []rule.Reference{attack("T1528"), threatMatrix("MS-TA9016", "container%20service%20account")},
	Title: lang.Text{
		EN: "Token of a service account requested",
		ES: "Token de una cuenta de servicio solicitado",
		PT: "Token de uma conta de serviço solicitado",
	},
	Why: lang.Text{
		EN: "The token lets its holder act as the service account from anywhere, and goes on working when their own access is taken away. Attackers ask for tokens of accounts that may do more than they.",
		ES: "El token permite a quien lo tiene actuar como la cuenta de servicio desde cualquier lugar, y sigue valiendo cuando se le retira su propio acceso. Los atacantes piden tokens de cuentas con más permisos que los suyos.",
		PT: "O token permite a quem o tem agir como a conta de serviço de qualquer lugar, e continua valendo quando se retira o seu próprio acesso. Invasores pedem tokens de contas com mais permissões que as suas.",
	},
	Fix: fix(lang.Text{
		EN: "End the tokens of the service account\n\nA token that is bound to no object ends when it expires, or when the account is deleted and made again, as the last command does; its pods have to be started again then. See whether the user may ask for tokens, and take that away if they do not need it.",
		ES: "Invalide los tokens de la cuenta de servicio\n\nUn token que no está ligado a ningún objeto deja de valer al caducar, o al borrar y volver a crear la cuenta, como hace el último comando; después hay que reiniciar sus pods. Vea si el usuario puede pedir tokens y quíteselo si no lo necesita.",
		PT: "Invalide os tokens da conta de serviço\n\nUm token que não está ligado a nenhum objeto deixa de valer ao expirar, ou quando a conta é excluída e criada de novo, como faz o último comando; depois é preciso reiniciar seus pods. Veja se o usuário pode pedir tokens e retire isso se ele não precisa.",
	}, `
kubectl auth can-i create serviceaccounts/token -A --as USER --as-group GROUP
kubectl -n NAMESPACE get serviceaccount NAME -o yaml > NAME.yaml
kubectl replace --force -f NAME.yaml
`, ifStolen(), except()),
	On:    []rule.Selector{{Verbs: []string{"create"}, Resources: []string{"serviceaccounts/token"}}},
	Where: []rule.EventCondition{succeeded(), notBy("not-for-own-pods", kubelet, controllers)},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl create token",
			Input: tokenRequest(record{Namespace: "shop", Name: "web"}, 3600),
			Want:  finding.Present,
			Path:  "$.user.username",
		},
		{
			Name:     "an account of kube-system",
			Input:    tokenRequest(record{Namespace: "kube-system", Name: "default"}, 3600),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:     "a token for a year",
			Input:    tokenRequest(record{Namespace: "shop", Name: "web"}, 31536000),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:     "a program that asks for tokens for others",
			Input:    tokenRequest(record{User: "system:serviceaccount:vault:vault", UserAgent: "vault/1.17", Namespace: "shop", Name: "web"}, 3600),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:  "a dry run, which gives a token all the same",
			Input: tokenRequest(record{Namespace: "shop", Name: "web", URI: "/api/v1/namespaces/shop/serviceaccounts/web/token?dryRun=All"}, 3600),
			Want:  finding.Present,
		},
		{
			Name:  "the credentials of a node used with kubectl",
			Input: tokenRequest(record{User: "system:node:ip-10-0-1-2.ec2.internal", Namespace: "shop", Name: "web"}, 3600),
			Want:  finding.Present,
		},
		{
			Name:   "a kubelet, for its pod",
			Input:  tokenRequest(record{User: "system:node:ip-10-0-1-2.ec2.internal", UserAgent: agentKubelet, Namespace: "shop", Name: "web"}, 3607),
			Want:   finding.Absent,
			Misses: "not-for-own-pods",
		},
		{
			Name:   "a request that was not allowed",
			Input:  tokenRequest(record{Namespace: "shop", Name: "web", Code: 403}, 3600),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
	},
}

// longToken is how many seconds a token may live that a person asks for: twelve hours. kubectl asks for one hour where it
// is not told otherwise.
const longToken = 12 * 3600

func tokenRequest(r record, seconds int) string {
	r.Verb, r.Resource, r.Level = "create", "serviceaccounts/token", "Request"
	if r.Code == 0 {
		r.Code = 201
	}
	r.Request = strings.ReplaceAll(`{"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","spec":{"audiences":null,"expirationSeconds":SECONDS}}`,
		"SECONDS", itoa(seconds))
	return r.String()
}
