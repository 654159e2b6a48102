package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ServiceAccountInSystemNamespace finds service accounts made in the namespaces of the cluster itself, where one more is
// not noticed. Add-ons are installed there too.
var ServiceAccountInSystemNamespace = rule.Detection{
	Type:       "Persistence:Kubernetes/ServiceAccountInSystemNamespace",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	References: []rule.Reference{attack("T1136"), attack("T1036.005")},
	Title: lang.Text{
		EN: "Service account created in a system namespace",
		ES: "Cuenta de servicio en un espacio de nombres del sistema",
		PT: "Conta de serviço criada em um namespace do sistema",
	},
	Why: lang.Text{
		EN: "Among the accounts of the cluster's own parts nobody notices one more. An attacker makes it to come back with, and gives it a role.",
		ES: "Entre las cuentas de las partes del propio clúster nadie nota una más. Un atacante la crea para volver con ella y le da un rol.",
		PT: "Entre as contas das partes do próprio cluster ninguém nota mais uma. Um invasor a cria para voltar com ela e lhe dá um papel.",
	},
	Fix: fix(lang.Text{
		EN: "Find out which add-on the account belongs to\n\nDelete it if there is none, together with its bindings. Install add-ons in namespaces of their own.",
		ES: "Averigüe a qué complemento pertenece la cuenta\n\nBórrela si no hay ninguno, junto con sus vinculaciones. Instale los complementos en espacios de nombres propios.",
		PT: "Descubra a que complemento a conta pertence\n\nExclua-a se não há nenhum, junto com suas vinculações. Instale os complementos em namespaces próprios.",
	}, `
kubectl get rolebindings,clusterrolebindings -A -o wide | grep NAMESPACE/NAME
kubectl -n NAMESPACE get serviceaccount NAME -o yaml > NAME.yaml
kubectl -n NAMESPACE delete serviceaccount NAME
`, ifStolen(), except()),
	On: []rule.Selector{{Verbs: []string{"create"}, Resources: []string{"serviceaccounts"}}},
	Where: []rule.EventCondition{
		inNamespace("in-system-namespace", systemNamespaces()...),
		tookEffect(),
		notBy("not-by-system", apiServer, controllers, eksAddOns),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "an account in kube-system",
			Input: record{User: admin, Verb: "create", Resource: "serviceaccounts", Namespace: "kube-system", Name: "dns-helper", Code: 201}.String(),
			Want:  finding.Present,
			Path:  "$.objectRef.namespace",
		},
		{
			Name:   "an account elsewhere",
			Input:  record{User: admin, Verb: "create", Resource: "serviceaccounts", Namespace: "shop", Name: "web", Code: 201}.String(),
			Want:   finding.Absent,
			Misses: "in-system-namespace",
		},
		{
			Name:   "the controller manager, for its own controllers",
			Input:  record{User: "system:kube-controller-manager", UserAgent: agentControllers, Verb: "create", Resource: "serviceaccounts", Namespace: "kube-system", Name: "job-controller", Code: 201}.String(),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "create", Resource: "serviceaccounts", Namespace: "kube-system", Name: "dns-helper", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}
