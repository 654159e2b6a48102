package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// ServiceAccountTokenSecret finds Secrets into which Kubernetes writes a token that never expires. Since 1.24 it makes
// none by itself. EKS' audit policy does not record the body of Secrets, so their type is not seen there
// (https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets).
var ServiceAccountTokenSecret = rule.Detection{
	Type:       "Persistence:Kubernetes/ServiceAccountTokenSecret",
	Origin:     rule.Ours,
	Severity:   finding.SeverityMedium,
	References: []rule.Reference{attack("T1098"), attack("T1528"), threatMatrix("MS-TA9016", "container%20service%20account")},
	Title: lang.Text{
		EN: "Token that never expires created",
		ES: "Creado un token que nunca caduca",
		PT: "Criado um token que nunca expira",
	},
	Why: lang.Text{
		EN: "Kubernetes fills the Secret with a token of the service account that is valid until the Secret is deleted, from anywhere. It is the simplest way to keep what one has got hold of.",
		ES: "Kubernetes rellena el Secret con un token de la cuenta de servicio que vale hasta que se borra el Secret, desde cualquier lugar. Es la forma más sencilla de conservar lo conseguido.",
		PT: "O Kubernetes preenche o Secret com um token da conta de serviço que vale até o Secret ser excluído, de qualquer lugar. É a forma mais simples de manter o que se conseguiu.",
	},
	Fix: fix(lang.Text{
		EN: "Delete the Secret, which ends its token\n\nWhat uses it loses access. Programs outside the cluster ask for short tokens with a TokenRequest, or sign in with a provider of identities.",
		ES: "Borre el Secret, lo que anula su token\n\nLo que lo use perderá el acceso. Los programas fuera del clúster deben pedir tokens de corta duración con un TokenRequest o autenticarse con un proveedor de identidades.",
		PT: "Exclua o Secret, o que invalida o seu token\n\nO que o usa perde o acesso. Programas fora do cluster devem pedir tokens de curta duração com um TokenRequest ou se autenticar em um provedor de identidades.",
	}, `
kubectl get secrets -A --field-selector type=kubernetes.io/service-account-token
kubectl -n NAMESPACE delete secret NAME
`, shutOut(), except()),
	On: []rule.Selector{{Verbs: writes(), Resources: []string{"secrets"}}},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", controllers),
		made("token-secret", func(n tree.Node) string {
			if n.Get("type").Text() != "kubernetes.io/service-account-token" {
				return ""
			}
			return "$.type"
		}),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a token of the default account",
			Input: newSecret(record{Code: 201}, "kubernetes.io/service-account-token"),
			Want:  finding.Present,
			Path:  "$.requestObject.type",
		},
		{
			Name:   "another secret",
			Input:  newSecret(record{Code: 201}, "Opaque"),
			Want:   finding.Absent,
			Misses: "token-secret",
		},
		{
			Name:   "the controller of old",
			Input:  newSecret(record{User: "system:kube-controller-manager", UserAgent: agentControllers, Code: 201}, "kubernetes.io/service-account-token"),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  newSecret(record{Code: 403}, "kubernetes.io/service-account-token"),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the type, as EKS writes it",
			Input: record{Verb: "create", Resource: "secrets", Namespace: "shop", Name: "web-token", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

func newSecret(r record, kind string) string {
	r.Verb, r.Resource, r.Namespace, r.Name = "create", "secrets", "shop", "web-token"
	r.Request = `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"web-token","namespace":"shop","annotations":{"kubernetes.io/service-account.name":"default"}},"type":"` + kind + `"}`
	return r.String()
}
