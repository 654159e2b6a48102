package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// AdmissionWebhookChanged finds webhooks that were put between the API server and its callers, or changed. Charts install
// them, and programs such as cert-manager's cainjector keep their certificates up to date.
var AdmissionWebhookChanged = rule.Detection{
	Type:     "Persistence:Kubernetes/AdmissionWebhookChanged",
	Origin:   rule.Ours,
	Severity: finding.SeverityLow,
	Grade: func(a *rule.Action) finding.Severity {
		n, _ := a.Made()
		switch {
		case externalWebhook(n) != "":
			return finding.SeverityHigh
		case isServiceAccount(a) && a.Verb != "create":
			return finding.SeverityInformational
		}
		return finding.SeverityLow
	},
	References: []rule.Reference{attack("T1546"), threatMatrix("MS-TA9015", "Malicious%20admission%20controller")},
	Title: lang.Text{
		EN: "Admission webhook installed or changed",
		ES: "Webhook de admisión instalado o modificado",
		PT: "Webhook de admissão instalado ou alterado",
	},
	Why: lang.Text{
		EN: "An admission webhook sees every object that it asks for, Secrets included, and a mutating one changes them: whoever controls it can put a container of their own into every pod. One that answers at an address outside the cluster sends it all there.",
		ES: "Un webhook de admisión ve todos los objetos que pide, incluidos los Secret, y uno mutante los modifica: quien lo controla puede meter un contenedor propio en cada pod. Uno que responde en una dirección fuera del clúster lo envía todo allí.",
		PT: "Um webhook de admissão vê todos os objetos que pede, inclusive os Secret, e um mutante os altera: quem o controla pode colocar um contêiner próprio em cada pod. Um que responde em um endereço fora do cluster envia tudo para lá.",
	},
	Fix: fix(lang.Text{
		EN: "Compare the webhook with what was installed on purpose\n\nLook at which resources it sees, and at which service or URL it answers. Delete it if nobody knows it; then look for what it changed in the pods created since.",
		ES: "Compare el webhook con lo que se instaló a propósito\n\nMire qué recursos ve y en qué servicio o URL responde. Bórrelo si nadie lo conoce; después busque qué cambió en los pods creados desde entonces.",
		PT: "Compare o webhook com o que foi instalado de propósito\n\nVeja quais recursos ele vê e em qual serviço ou URL responde. Exclua-o se ninguém o conhece; depois procure o que ele mudou nos pods criados desde então.",
	}, `
kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations
kubectl get mutatingwebhookconfiguration NAME -o yaml > NAME.yaml
kubectl delete mutatingwebhookconfiguration NAME
`, ifStolen(), except()),
	On: []rule.Selector{{Verbs: writes(), Resources: []string{
		"mutatingwebhookconfigurations.admissionregistration.k8s.io", "validatingwebhookconfigurations.admissionregistration.k8s.io",
	}}},
	Where: []rule.EventCondition{tookEffect(), notBy("not-by-eks", eksAddOns)},
	About: []rule.EventField{rule.FieldUser, rule.FieldResource, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a webhook that answers in the cluster",
			Input: webhookConfiguration(record{User: admin, Verb: "create", Code: 201}, `{"service":{"namespace":"guard","name":"guard"}}`),
			Want:  finding.Present,
			Path:  "$.user.username",
		},
		{
			Name:     "a webhook that answers outside",
			Input:    webhookConfiguration(record{User: admin, Verb: "create", Code: 201}, `{"url":"https://198.51.100.7/mutate"}`),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name: "a program that renews a certificate",
			Input: record{
				User: "system:serviceaccount:cert-manager:cainjector", UserAgent: "cainjector/v1.16", Verb: "update",
				Resource: "mutatingwebhookconfigurations.admissionregistration.k8s.io", Name: "guard",
			}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:   "EKS' own",
			Input:  webhookConfiguration(record{User: "eks:addon-manager", UserAgent: "Go-http-client/2.0", Verb: "create", Code: 201}, `{"url":"https://127.0.0.1:23443/mutate"}`),
			Want:   finding.Absent,
			Misses: "not-by-eks",
		},
		{
			Name:   "a request that was not allowed",
			Input:  webhookConfiguration(record{Verb: "create", Code: 403}, `{"service":{"namespace":"guard","name":"guard"}}`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}

// externalWebhook gives the path of a webhook that answers at a URL and not at a service, other than on the API server's
// own machine.
func externalWebhook(n tree.Node) string {
	i := 0
	for w := range n.Get("webhooks").All() {
		url := w.Get("clientConfig", "url").Text()
		host, ok := strings.CutPrefix(url, "https://")
		if ok && !strings.HasPrefix(host, "127.0.0.1") && !strings.HasPrefix(host, "localhost") {
			return tree.PathIndex("$.webhooks", i) + ".clientConfig.url"
		}
		i++
	}
	return ""
}

func webhookConfiguration(r record, client string) string {
	r.Resource, r.Name = "mutatingwebhookconfigurations.admissionregistration.k8s.io", "guard"
	r.Request = `{"kind":"MutatingWebhookConfiguration","apiVersion":"admissionregistration.k8s.io/v1","metadata":{"name":"guard"},` +
		`"webhooks":[{"name":"guard.example.com","clientConfig":` + client + `,"rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["pods"]}]}]}`
	return r.String()
}
