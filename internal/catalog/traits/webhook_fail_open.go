package traits

import (
	"iter"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// WebhookFailOpen finds webhooks that refuse unsafe objects, but can be silenced or gone round.
//
// Restricted fields:
//
//	webhooks[*].failurePolicy
//	webhooks[*].namespaceSelector
//
// Allowed values, for a validating webhook of a known policy engine and for one whose rules cover pods or
// what makes them: Fail, which is the default; no selector, or one on kubernetes.io/metadata.name alone,
// which the API server sets and nobody changes. A label that Gatekeeper guards with a webhook of its own is
// allowed beside that one. A webhook of a cloud for annotations of its own ([platformWebhooks]) does not
// count, nor does one without rules, which sees nothing.
var WebhookFailOpen = rule.Rule{
	ID:         "webhook-fail-open",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cis("5.2.1"), attack("T1562.001"),
		kubernetesDocs("Failure policy", "reference/access-authn-authz/extensible-admission-controllers/#failure-policy"),
		kubernetesDocs("Admission webhook good practices", "concepts/cluster-administration/admission-webhooks-good-practices/"),
	},
	Title: lang.Text{
		EN: "Admission webhook that can be bypassed",
		ES: "Webhook de admisión que se puede eludir",
		PT: "Webhook de admissão que pode ser contornado",
	},
	Why: lang.Text{
		EN: "This webhook is what refuses unsafe objects, and it does not always run. With failurePolicy Ignore an attacker overloads it, or waits until it is down, and creates a privileged pod meanwhile. With a namespace selector on an ordinary label, whoever may edit a namespace sets or removes the label and is out of its reach.",
		ES: "Este webhook es lo que rechaza los objetos inseguros, y no siempre se ejecuta. Con failurePolicy Ignore, un atacante lo sobrecarga o espera a que se caiga, y mientras tanto crea un pod privilegiado. Con un selector sobre una etiqueta común, quien pueda editar un espacio de nombres la pone o la quita y queda fuera de su alcance.",
		PT: "Este webhook é o que recusa os objetos inseguros, e nem sempre é executado. Com failurePolicy Ignore, um invasor o sobrecarrega ou espera que ele caia e, enquanto isso, cria um pod privilegiado. Com um seletor sobre um label comum, quem puder editar um namespace coloca ou remove o label e fica fora do alcance dele.",
	},
	Fix: steps(lang.Text{
		EN: "Let the webhook fail closed, and exempt namespaces by name only\n\nRun at least two replicas of the webhook, then set failurePolicy to Fail. Exempt the namespaces that the cluster needs to start by kubernetes.io/metadata.name. Make the change in the chart or the policy that the configuration comes from: Gatekeeper and Kyverno write it anew. What must hold always, also write as a ValidatingAdmissionPolicy.",
		ES: "Haga que el webhook falle en cerrado y exima solo por nombre\n\nEjecute al menos dos réplicas del webhook y después ponga failurePolicy en Fail. Exima los espacios de nombres que el clúster necesita para arrancar con kubernetes.io/metadata.name. Haga el cambio en el chart o en la política de donde sale la configuración: Gatekeeper y Kyverno la vuelven a escribir. Lo que deba cumplirse siempre, escríbalo también como ValidatingAdmissionPolicy.",
		PT: "Faça o webhook falhar fechado e isente só pelo nome\n\nExecute pelo menos duas réplicas do webhook e depois ponha failurePolicy em Fail. Isente os namespaces de que o cluster precisa para iniciar com kubernetes.io/metadata.name. Faça a mudança no chart ou na política de onde sai a configuração: Gatekeeper e Kyverno a escrevem de novo. O que deve valer sempre, escreva também como ValidatingAdmissionPolicy.",
	}, `
failurePolicy: Fail
namespaceSelector:
  matchExpressions:
  - {key: kubernetes.io/metadata.name, operator: NotIn, values: ["kube-system"]}
`),
	On: []inventory.Type{k8s.ValidatingWebhookConfiguration},
	Check: rule.Each[gap]{
		In: gaps,
		Where: []rule.Condition[gap]{
			rule.If("security-webhook", gap.isSecurity),
			rule.If("can-be-bypassed", gap.isOpen),
		},
		Show: gap.evidence,
	},
	Patch: rule.Patch{
		Changes: failClosed,
		Ask: lang.Text{
			EN: "Does the webhook run with more than one replica, and outside of the namespaces that it guards? Then failurePolicy: Fail is safe; without that it can lock the cluster.",
			ES: "¿El webhook se ejecuta con más de una réplica y fuera de los espacios de nombres que vigila? Entonces failurePolicy: Fail es seguro; de lo contrario puede bloquear el clúster.",
			PT: "O webhook é executado com mais de uma réplica e fora dos namespaces que ele protege? Então failurePolicy: Fail é seguro; sem isso, ele pode travar o cluster.",
		},
	},
	Examples: webhookFailOpenExamples,
}

// gap is one field by which a webhook might be bypassed, as a candidate: a requirement of its namespace
// selector, or its failurePolicy where field is "failurePolicy".
type gap struct {
	rule.Webhook
	// field is below the webhook, and label the key of the requirement.
	field, label string
}

func gaps(w *rule.World, r *inventory.Resource) iter.Seq[gap] {
	return func(yield func(gap) bool) {
		for h := range rule.Webhooks(w, r) {
			if !yield(gap{h, "failurePolicy", ""}) {
				return
			}
			for _, l := range h.Namespaces.Labels {
				if !yield(gap{h, tree.Path("namespaceSelector.matchLabels", l.Key), l.Key}) {
					return
				}
			}
			for i, e := range h.Namespaces.Expressions {
				if !yield(gap{h, tree.PathIndex("namespaceSelector.matchExpressions", i) + ".key", e.Key}) {
					return
				}
			}
		}
	}
}

func (g gap) evidence() finding.Evidence {
	if g.label == "" {
		return g.Evidence(g.field, g.FailurePolicy)
	}
	return g.Evidence(g.field, g.label)
}

// isOpen reports whether the webhook can be bypassed by this field. Every requirement on a label that a
// namespace's editor may set or remove is a way out of the selection, whatever its operator.
func (g gap) isOpen() bool {
	if g.label == "" {
		return g.FailurePolicy == "Ignore"
	}
	return g.label != "kubernetes.io/metadata.name" && !g.isGuarded()
}

// isGuarded reports whether Gatekeeper keeps the label from all namespaces that it does not exempt: with a
// webhook that does not fail open
// (https://open-policy-agent.github.io/gatekeeper/website/docs/exempt-namespaces/).
func (g gap) isGuarded() bool {
	return g.label == "admission.gatekeeper.sh/ignore" && slices.ContainsFunc(g.Config.Webhooks, func(h k8s.Webhook) bool {
		return h.Name == "check-ignore-label.gatekeeper.sh" && h.FailurePolicy == "Fail"
	})
}

// isSecurity reports whether the webhook is there to refuse unsafe objects.
func (g gap) isSecurity() bool {
	if len(g.Resources) == 0 || hasAnyOf(g.Name, platformWebhooks(), strings.HasSuffix) {
		return false
	}
	return hasAnyOf(g.Name, engineNames(), strings.Contains) || hasAnyOf(g.Service, engineNames(), strings.Contains) ||
		slices.ContainsFunc(g.Resources, makesPods)
}

func hasAnyOf(text string, parts []string, by func(text, part string) bool) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return by(text, part) })
}

// engineNames lists what stands in the names, or in the Services, of the webhooks of policy engines.
func engineNames() []string {
	return []string{
		"kyverno",             // https://kyverno.io/docs/installation/customization/#webhooks
		"gatekeeper",          // https://open-policy-agent.github.io/gatekeeper/website/docs/
		"openpolicyagent.org", // https://www.openpolicyagent.org/docs/kubernetes
		"kubewarden",          // https://docs.kubewarden.io/
		"polaris.fairwinds",   // https://polaris.docs.fairwinds.com/admission-controller/
		"policy.sigstore.dev", // https://docs.sigstore.dev/policy-controller/overview/
		"connaisseur",         // https://sse-secure-systems.github.io/connaisseur/
		"portieris",           // https://github.com/IBM/portieris
		"neuvector",           // https://open-docs.neuvector.com/policy/admission
		"stackrox.io",         // https://docs.openshift.com/acs/operating/use-admission-controller-enforcement.html
		"datree",              // https://hub.datree.io/
		"image-policy", "imagepolicy",
	}
}

// platformWebhooks lists how the names of webhooks end that a cloud runs for fields of its own: that of Amazon
// EKS keeps a pod's network annotations from being forged
// (https://github.com/aws/amazon-vpc-resource-controller-k8s).
func platformWebhooks() []string { return []string{".vpc.k8s.aws"} }

// makesPods reports whether a "group/resource" of a rule is, or may be, pods or what makes them.
func makesPods(resource string) bool {
	group, name, _ := strings.Cut(resource, "/")
	name, _, _ = strings.Cut(name, "/")
	in := func(wanted string, names ...string) bool {
		return (group == wanted || group == "*") && (name == "*" || slices.Contains(names, name))
	}
	return in("", "pods", "replicationcontrollers") || in("batch", "jobs", "cronjobs") ||
		in("apps", "deployments", "statefulsets", "daemonsets", "replicasets")
}

// webhook gives the manifest of a ValidatingWebhookConfiguration with one webhook.
func webhook(name, resources, fields string) string {
	return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: example
webhooks:
- name: ` + name + `
  clientConfig:
    service: {name: webhook, namespace: policy}
  admissionReviewVersions: [v1]
  sideEffects: None
  rules:
  - apiGroups: [""]
    apiVersions: [v1]
    operations: [CREATE, UPDATE]
    resources: [` + resources + `]
` + indent(fields, 2)
}

var webhookFailOpenExamples = []rule.Example{
	{
		Name:  "a webhook of Gatekeeper that lets everything pass when it is down",
		Input: webhook("validation.gatekeeper.sh", `"*"`, "failurePolicy: Ignore\n"),
		Want:  finding.Present,
		Path:  "$.webhooks[0].failurePolicy",
	},
	{
		Name:  "a webhook for pods of nobody known",
		Input: webhook("pods.policy.example.com", "pods", "failurePolicy: Ignore\n"),
		Want:  finding.Present,
		Path:  "$.webhooks[0].failurePolicy",
	},
	{
		Name: "a selector that any label takes a namespace out of",
		Input: webhook("validate.kyverno.svc-fail", "pods", `
failurePolicy: Fail
namespaceSelector:
  matchExpressions:
  - {key: policy.example.com/skip, operator: NotIn, values: ["true"]}
`),
		Want: finding.Present,
		Path: "$.webhooks[0].namespaceSelector.matchExpressions[0].key",
	},
	{
		Name: "the label of Gatekeeper, without the webhook that guards it",
		Input: webhook("validation.gatekeeper.sh", "pods", `
failurePolicy: Fail
namespaceSelector:
  matchExpressions:
  - {key: admission.gatekeeper.sh/ignore, operator: DoesNotExist}
`),
		Want: finding.Present,
		Path: "$.webhooks[0].namespaceSelector.matchExpressions[0].key",
	},
	{
		Name: "a selector for namespaces that ask for it",
		Input: webhook("pods.policy.example.com", "pods", `
namespaceSelector:
  matchLabels: {policy.example.com/enforce: "true"}
`),
		Want: finding.Present,
		Path: "$.webhooks[0].namespaceSelector.matchLabels['policy.example.com/enforce']",
	},
	{
		Name:   "a webhook for objects that make no pods",
		Input:  webhook("services.example.com", "services", "failurePolicy: Ignore\n"),
		Want:   finding.Absent,
		Misses: "security-webhook",
	},
	{
		Name:   "the webhook of Amazon EKS for annotations of its own",
		Input:  webhook("vpod.vpc.k8s.aws", "pods", "failurePolicy: Ignore\n"),
		Want:   finding.Absent,
		Misses: "security-webhook",
	},
	{
		Name: "a webhook that fails closed, with namespaces exempt by name",
		Input: webhook("validate.kyverno.svc-fail", "pods", `
failurePolicy: Fail
namespaceSelector:
  matchExpressions:
  - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}
`),
		Want:   finding.Absent,
		Misses: "can-be-bypassed",
	},
	{
		Name:   "a webhook of which nothing is said: it fails closed",
		Input:  webhook("pods.policy.example.com", "pods", ""),
		Want:   finding.Absent,
		Misses: "can-be-bypassed",
	},
	{
		Name: "the label of Gatekeeper, which a webhook of its own guards",
		Input: webhook("validation.gatekeeper.sh", "pods", `
failurePolicy: Fail
namespaceSelector:
  matchExpressions:
  - {key: admission.gatekeeper.sh/ignore, operator: DoesNotExist}
`) + `- name: check-ignore-label.gatekeeper.sh
  clientConfig:
    service: {name: webhook, namespace: policy}
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Fail
  rules:
  - apiGroups: [""]
    apiVersions: ["*"]
    operations: [CREATE, UPDATE]
    resources: [namespaces]
`,
		Want:   finding.Absent,
		Misses: "can-be-bypassed",
	},
}
