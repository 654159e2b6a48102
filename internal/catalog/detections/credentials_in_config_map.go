package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// CredentialsInConfigMap finds credentials that were written into a ConfigMap. A finding names the entry and holds no
// value. EKS' audit policy does not record the body of ConfigMaps.
var CredentialsInConfigMap = rule.Detection{
	Type:       "CredentialAccess:Kubernetes/CredentialsInConfigMap",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	References: []rule.Reference{attack("T1552.001"), threatMatrix("MS-TA9027", "Application%20credentials%20in%20configuration%20files")},
	Title: lang.Text{
		EN: "Credential written into a ConfigMap",
		ES: "Credencial escrita en un ConfigMap",
		PT: "Credencial escrita em um ConfigMap",
	},
	Why: lang.Text{
		EN: "Far more users may read ConfigMaps than Secrets, they are not encrypted, and their values get into logs, this one included.",
		ES: "Muchos más usuarios pueden leer los ConfigMap que los Secret, no están cifrados y sus valores llegan a los registros, incluido este.",
		PT: "Muito mais usuários podem ler os ConfigMap do que os Secret, eles não são criptografados e seus valores chegam aos registros, inclusive este.",
	},
	Fix: fix(lang.Text{
		EN: "Move the credential into a Secret, and change it\n\nIt stood in the ConfigMap and in the audit log: count it as read.",
		ES: "Pase la credencial a un Secret y cámbiela\n\nEstuvo en el ConfigMap y en el registro de auditoría: dela por leída.",
		PT: "Mova a credencial para um Secret e troque-a\n\nEla esteve no ConfigMap e no registro de auditoria: considere-a lida.",
	}, `
kubectl -n NAMESPACE create secret generic NAME --from-file=FILE
kubectl -n NAMESPACE edit configmap NAME
`, except()),
	On: []rule.Selector{{Verbs: writes(), Resources: []string{"configmaps"}}},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", controllers),
		{Name: "credential", Holds: holdsCredential, Show: func(a *rule.Action) []finding.RecordField {
			name, _ := credentialName(a)
			return field(a.InRecord("$.data"), name)
		}},
	},
	About: []rule.EventField{rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a password",
			Input: newConfigMap(record{}, `{"app.properties":"color = blue\npassword = x7Gq-2vLw-99rT\n"}`),
			Want:  finding.Present,
			Path:  "$.requestObject.data",
		},
		{
			Name:  "an access key of AWS, known by its name",
			Input: newConfigMap(record{}, `{"access.properties":"aws-access-key-id = MY-ID\naws_secret_access_key = MY-KEY\n"}`),
			Want:  finding.Present,
		},
		{
			Name:  "a record whose values were taken out before",
			Input: newConfigMap(record{}, `{"app.properties":"`+redact.Plain+`"}`),
			Want:  finding.Unknown,
		},
		{
			Name:   "settings",
			Input:  newConfigMap(record{}, `{"app.properties":"color = blue\n"}`),
			Want:   finding.Absent,
			Misses: "credential",
		},
		{
			Name:   "the controller that publishes the certificate authority",
			Input:  newConfigMap(record{User: "system:serviceaccount:kube-system:root-ca-cert-publisher", UserAgent: agentControllers, Name: "kube-root-ca.crt"}, `{"password":"x7Gq-2vLw-99rT"}`),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:  "the account of that controller, for another ConfigMap",
			Input: newConfigMap(record{User: "system:serviceaccount:kube-system:root-ca-cert-publisher", UserAgent: agentControllers}, `{"password":"x7Gq-2vLw-99rT"}`),
			Want:  finding.Present,
		},
		{
			Name:   "a request that was not allowed",
			Input:  newConfigMap(record{Code: 403}, `{"password":"x7Gq-2vLw-99rT"}`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the settings, as EKS writes it",
			Input: record{Verb: "create", Resource: "configmaps", Namespace: "shop", Name: "settings", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

func newConfigMap(r record, data string) string {
	if r.Name == "" {
		r.Name = "settings"
	}
	r.Verb, r.Resource, r.Namespace = "create", "configmaps", "shop"
	r.Request = `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"` + r.Name + `","namespace":"shop"},"data":` + data + `}`
	return r.String()
}

// holdsCredential looks at the body as it was recorded, since what is shown of a ConfigMap holds no values.
func holdsCredential(a *rule.Action) rule.Truth {
	isList := a.Sent().Kind() == tree.List // A JSON patch names entries by their path.
	if _, sight := a.Made(); sight == rule.SeenNothing || isList && sight == rule.SeenPart {
		return rule.Unknown(a.Unseen())
	}
	name, hidden := credentialName(a)
	if name == "" && hidden {
		return rule.Unknown(lang.Text{
			EN: "the values of the ConfigMap were taken out of the record",
			ES: "los valores del ConfigMap se quitaron del registro",
			PT: "os valores do ConfigMap foram retirados do registro",
		})
	}
	return rule.Is(name != "")
}

// credentialName names the first entry of a ConfigMap that is or holds a credential; hidden says that a value was taken
// out of the record before it was read.
func credentialName(a *rule.Action) (name string, hidden bool) {
	data := a.Request.Get("data")
	if data == "" {
		data = a.Response.Get("data")
	}
	for key, value := range data.Members() {
		text := value.Text()
		hidden = hidden || text == redact.Plain
		if _, ok := redact.Pair(key, text); ok || len(redact.Lines(text)) > 0 || holdsAccessKey(text) {
			return key, hidden
		}
	}
	return "", hidden
}

// holdsAccessKey reports whether a file sets an access key of AWS, whatever its value looks like: the names are enough, as
// for AWS Security Hub's control ECS.8.
func holdsAccessKey(file string) bool {
	for line := range strings.Lines(file) {
		at := strings.IndexAny(line, "=:")
		if at < 0 {
			continue
		}
		switch name := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(line[:at]), "-", "_")); name {
		case "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY":
			if _, ok := redact.Pair(name, strings.TrimSpace(line[at+1:])); ok {
				return true
			}
		}
	}
	return false
}
