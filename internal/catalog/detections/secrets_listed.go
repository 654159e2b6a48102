package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// SecretsListed finds the secrets of all namespaces read at once. Controllers such as cert-manager, ingress controllers
// and kube-state-metrics do so when they start: with a program of their own they weigh little, with a person's tool they
// weigh as a person does.
var SecretsListed = rule.Detection{
	Type:     "CredentialAccess:Kubernetes/SecretsListed",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if listsReleases(a) {
			return finding.SeverityInformational
		}
		// No part of Kubernetes that runs by itself asks for all secrets but the manager, which is left out: who does so with
		// the account of one has taken it.
		_, isController := controllerOf(a)
		if byHand(a) || rule.IsNode(a.User.Name) || isController {
			return finding.SeverityMedium
		}
		return finding.SeverityInformational
	},
	References: []rule.Reference{attack("T1552.007"), threatMatrix("MS-TA9025", "List%20K8S%20secrets")},
	Title: lang.Text{
		EN: "Secrets of all namespaces listed",
		ES: "Lista de los secretos de todos los espacios de nombres",
		PT: "Lista dos segredos de todos os namespaces",
	},
	Why: lang.Text{
		EN: "One request gives every password, key and token that the cluster keeps: listing secrets is reading them. Hardly any person needs that, and few programs.",
		ES: "Una sola solicitud da todas las contraseñas, claves y tokens que guarda el clúster: listar los secretos es leerlos. Casi ninguna persona lo necesita, y pocos programas.",
		PT: "Uma única solicitação dá todas as senhas, chaves e tokens que o cluster guarda: listar os segredos é lê-los. Quase nenhuma pessoa precisa disso, e poucos programas.",
	},
	Fix: fix(lang.Text{
		EN: "Find out who needs all the secrets, and change what was read\n\nIf it was not meant, every secret of the cluster counts as read: change the most valuable ones first. Then give roles the names of the secrets that they need.",
		ES: "Averigüe quién necesita todos los secretos y cambie lo leído\n\nSi no era intencional, todos los secretos del clúster cuentan como leídos: cambie primero los más valiosos. Después indique en los roles los secretos que necesitan.",
		PT: "Descubra quem precisa de todos os segredos e troque o que foi lido\n\nSe não era intencional, todos os segredos do cluster contam como lidos: troque primeiro os mais valiosos. Depois indique nos papéis os segredos de que precisam.",
	}, `
kubectl auth can-i list secrets -A --as USER --as-group GROUP
`, shutOut(), except()),
	On: []rule.Selector{{Verbs: []string{"list", "watch"}, Resources: []string{"secrets"}}},
	Where: []rule.EventCondition{
		when("all-namespaces", func(a *rule.Action) bool { return a.Object.Namespace == "" }, showVerb),
		when("from-the-beginning", givesAll, showVerb),
		succeeded(),
		notBy("not-by-system", apiServer, controllers),
	},
	About: []rule.EventField{rule.FieldUser},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl get secrets -A",
			Input: record{User: admin, Verb: "list", Resource: "secrets", URI: "/api/v1/secrets?limit=500"}.String(),
			Want:  finding.Present,
			Path:  "$.verb",
		},
		{
			Name:     "a controller that starts",
			Input:    record{User: "system:serviceaccount:cert-manager:cert-manager", UserAgent: "cert-manager/v1.16", Verb: "list", Resource: "secrets"}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:  "the controller's account used with curl",
			Input: record{User: "system:serviceaccount:cert-manager:cert-manager", UserAgent: "curl/8.5.0", Verb: "list", Resource: "secrets"}.String(),
			Want:  finding.Present,
		},
		{
			Name:     "helm list -A",
			Input:    record{UserAgent: "Helm/3.19.0", Verb: "list", Resource: "secrets", URI: "/api/v1/secrets?labelSelector=owner%3Dhelm"}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:  "kubectl, for the values of all releases",
			Input: record{Verb: "list", Resource: "secrets", URI: "/api/v1/secrets?labelSelector=owner%3Dhelm"}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "Helm that lists more than its releases",
			Input: record{UserAgent: "Helm/3.19.0", Verb: "list", Resource: "secrets", URI: "/api/v1/secrets?labelSelector=owner%21%3Dhelm"}.String(),
			Want:  finding.Present,
		},
		{
			Name:   "the secrets of one namespace",
			Input:  record{User: admin, Verb: "list", Resource: "secrets", Namespace: "shop"}.String(),
			Want:   finding.Absent,
			Misses: "all-namespaces",
		},
		{
			Name:   "a watch that goes on after a list",
			Input:  record{User: admin, Verb: "watch", Resource: "secrets", URI: "/api/v1/secrets?resourceVersion=6577840&watch=true"}.String(),
			Want:   finding.Absent,
			Misses: "from-the-beginning",
		},
		{
			Name:  "a watch that begins with all there are",
			Input: record{User: admin, Verb: "watch", Resource: "secrets", URI: "/api/v1/secrets?watch=true"}.String(),
			Want:  finding.Present,
		},
		{
			Name: "a watch that asks for all there are in an unusual spelling",
			Input: record{
				User: admin, Verb: "watch", Resource: "secrets",
				URI: "/api/v1/secrets?resourceVersion=1&resourceVersionMatch=NotOlderThan&sendInitialEvents=1&watch=1",
			}.String(),
			Want: finding.Present,
		},
		{
			Name:   "a watch that asks not to get all there are",
			Input:  record{User: admin, Verb: "watch", Resource: "secrets", URI: "/api/v1/secrets?resourceVersion=7&sendInitialEvents=False&watch"}.String(),
			Want:   finding.Absent,
			Misses: "from-the-beginning",
		},
		{
			Name:   "the controller manager, which watches for all its controllers",
			Input:  record{User: "system:kube-controller-manager", UserAgent: agentControllers + "/metadata-informers", Verb: "list", Resource: "secrets"}.String(),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:  "the account of the garbage collector, which reads none by itself but one at a time",
			Input: record{User: "system:serviceaccount:kube-system:generic-garbage-collector", UserAgent: agentControllers, Verb: "list", Resource: "secrets"}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "a kubelet, which asks for those of its pods by name",
			Input: record{User: "system:node:ip-10-0-1-2.ec2.internal", UserAgent: agentKubelet, Verb: "list", Resource: "secrets"}.String(),
			Want:  finding.Present,
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "list", Resource: "secrets", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
	},
}

// givesAll reports whether a list or a watch gives the objects that there are, and not only what changes after a version
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-watch). Versions are numbers to the API server:
// "00" is 0.
func givesAll(a *rule.Action) bool {
	return a.Verb != "watch" || strings.Trim(a.Query("resourceVersion"), "0") == "" || a.QueryBool("sendInitialEvents")
}
