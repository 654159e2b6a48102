package detections

import (
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// SecretsInBulk finds many different secrets read by one user in a short time. Elastic counts from 3 in 6 minutes and
// Panther from 15 in 30; a person who looks for a fault reads a few. A list of a namespace's secrets counts as one, however
// many it gives, as the record does not tell how many, and so does a watch that begins with all there are; SecretsListed
// finds those of all namespaces at once. A program that reads those of its own namespace is left out, and so is Helm with its
// records of releases.
var SecretsInBulk = rule.Detection{
	Type:     "CredentialAccess:Kubernetes/SecretsInBulk",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if byHand(a) {
			return finding.SeverityMedium
		}
		return finding.SeverityLow
	},
	References: []rule.Reference{attack("T1552.007"), threatMatrix("MS-TA9025", "List%20K8S%20secrets")},
	Title: lang.Text{
		EN: "Many different secrets read in a short time",
		ES: "Muchos secretos distintos leídos en poco tiempo",
		PT: "Muitos segredos diferentes lidos em pouco tempo",
	},
	Why: lang.Text{
		EN: "A program reads the secrets that it was given; whoever reads one after the other is collecting them.",
		ES: "Un programa lee los secretos que se le asignaron; quien lee uno tras otro los está recopilando.",
		PT: "Um programa lê os segredos que recebeu; quem lê um após o outro os está coletando.",
	},
	Fix: fix(lang.Text{
		EN: "Find out who collects the secrets, and change those\n\nThe names stand in the audit log: change the passwords, keys and tokens in them. See whether the user may read the secrets of all namespaces, and name in the roles the secrets that are needed.",
		ES: "Averigüe quién recopila los secretos y cámbielos\n\nLos nombres están en el registro de auditoría: cambie las contraseñas, claves y tokens que contienen. Vea si el usuario puede leer los secretos de todos los espacios de nombres e indique en los roles los secretos que hacen falta.",
		PT: "Descubra quem coleta os segredos e troque-os\n\nOs nomes estão no registro de auditoria: troque as senhas, chaves e tokens que contêm. Veja se o usuário pode ler os segredos de todos os namespaces e indique nos papéis os segredos necessários.",
	}, `
kubectl auth can-i get secrets -A --as USER --as-group GROUP
`, shutOut(), except()),
	On: []rule.Selector{{Verbs: []string{"get", "list", "watch"}, Resources: []string{"secrets"}}},
	Where: []rule.EventCondition{
		when("from-the-beginning", givesAll, showVerb),
		succeeded(),
		notBy("not-its-own", kubelet, apiServer, controllers, ownSecrets, helmReleases),
	},
	About: []rule.EventField{rule.FieldUser},
	Count: &rule.Counting{
		By: []rule.EventField{rule.FieldUser}, Distinct: &fieldSecret, Least: 8, Within: 10 * time.Minute,
	},
	Examples: []rule.EventExample{
		{
			Name:  "eight secrets in a minute and a half",
			Input: repeated(8, func(i int) record { return record{Resource: "secrets", Namespace: "shop", Name: "db-" + itoa(i)} }),
			Want:  finding.Present,
			Path:  "$.user.username",
		},
		{
			Name: "a program that reads eight secrets",
			Input: repeated(8, func(i int) record {
				return record{User: "system:serviceaccount:ops:operator", UserAgent: "operator/1.0", Resource: "secrets", Namespace: "shop", Name: "db-" + itoa(i)}
			}),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name:  "the secrets of eight namespaces watched from the beginning",
			Input: repeated(8, func(i int) record { return watchedSecrets(i, "0") }),
			Want:  finding.Present,
		},
		{
			Name:   "watches that go on after a list",
			Input:  repeated(8, func(i int) record { return watchedSecrets(i, "6577840") }),
			Want:   finding.Absent,
			Misses: "from-the-beginning",
		},
		{
			Name: "a program that reads those of its own namespace",
			Input: repeated(8, func(i int) record {
				return record{User: "system:serviceaccount:shop:web", UserAgent: "web/v0.0.0 (linux/amd64) kubernetes/$Format", Resource: "secrets", Namespace: "shop", Name: "db-" + itoa(i)}
			}),
			Want:   finding.Absent,
			Misses: "not-its-own",
		},
		{
			Name: "the token of such a program with kubectl on Windows",
			Input: repeated(8, func(i int) record {
				return record{User: "system:serviceaccount:shop:web", UserAgent: "kubectl.exe/v1.35.0 (windows/amd64) kubernetes/0000000", Resource: "secrets", Namespace: "shop", Name: "db-" + itoa(i)}
			}),
			Want: finding.Present,
		},
		{
			Name: "the token of such a program with a tool written in Go",
			Input: repeated(8, func(i int) record {
				return record{User: "system:serviceaccount:shop:web", UserAgent: "Go-http-client/1.1", Resource: "secrets", Namespace: "shop", Name: "db-" + itoa(i)}
			}),
			Want: finding.Present,
		},
		{
			Name:  "the same secret again and again",
			Input: repeated(9, func(int) record { return record{Resource: "secrets", Namespace: "shop", Name: "db"} }),
			Want:  finding.Absent,
		},
		{
			Name: "a kubelet that starts its pods",
			Input: repeated(8, func(i int) record {
				return record{User: "system:node:ip-10-0-1-2.ec2.internal", UserAgent: agentKubelet, Resource: "secrets", Namespace: "shop", Name: "db-" + itoa(i)}
			}),
			Want:   finding.Absent,
			Misses: "not-its-own",
		},
		{
			Name: "requests that were not allowed",
			Input: repeated(8, func(i int) record {
				return record{Resource: "secrets", Namespace: "shop", Name: "db-" + itoa(i), Code: 403}
			}),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
	},
}

// watchedSecrets is a watch of the secrets of one namespace among some, from a version on.
func watchedSecrets(namespace int, version string) record {
	at := "team-" + itoa(namespace)
	return record{Verb: "watch", Resource: "secrets", Namespace: at, URI: "/api/v1/namespaces/" + at + "/secrets?watch=1&resourceVersion=" + version}
}

// fieldSecret tells secrets apart; a list of a namespace's is one.
var fieldSecret = rule.EventField{Name: "objectRef.name", Of: func(a *rule.Action) string { return a.Object.Namespace + "/" + a.Object.Name }}

// ownSecrets is a program that reads the secrets of the namespace in which it runs. It is told from a thief who has its
// token by the client alone, as nothing else in one request differs (see clients).
func ownSecrets(a *rule.Action) bool {
	namespace, _, ok := rule.ServiceAccount(a.User.Name)
	return ok && namespace == a.Object.Namespace && !byHand(a)
}

// helmReleases is Helm, which keeps each revision of a release in a Secret and asks for those of one release by labels
// (https://helm.sh/docs/topics/advanced/#storage-backends).
func helmReleases(a *rule.Action) bool {
	if runs(a, "Helm") && strings.HasPrefix(a.Object.Name, "sh.helm.release.v1.") {
		return true
	}
	labels := strings.Split(a.Query("labelSelector"), ",")
	return listsReleases(a) && slices.ContainsFunc(labels, func(l string) bool { return strings.HasPrefix(l, "name=") })
}

// listsReleases reports whether Helm asked for its records of releases alone, as helm list does. They hold the values that
// releases were installed with, and so are worth telling, if of little weight; whoever reads them with another tool looks for
// those values.
func listsReleases(a *rule.Action) bool {
	return runs(a, "Helm") && slices.Contains(strings.Split(a.Query("labelSelector"), ","), "owner=helm")
}
