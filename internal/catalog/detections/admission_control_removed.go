package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AdmissionControlRemoved finds admission webhooks and policies that were deleted, or made to check nothing, or to let
// through what they fail to check. A webhook or policy that is narrowed by a selector weighs less, as it may be meant, and so
// do an update that leaves a binding without Deny, as it may have been so before, and a program that writes its own
// webhooks anew.
var AdmissionControlRemoved = rule.Detection{
	Type:     "DefenseEvasion:Kubernetes/AdmissionControlRemoved",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		switch l := looseningOf(a); {
		case l.isNarrowed, l.isOldUnseen && (l.field == "validationActions" || isServiceAccount(a) && !byHand(a)):
			return finding.SeverityLow
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{attack("T1562.001")},
	Title: lang.Text{
		EN: "Admission control removed or loosened",
		ES: "Control de admisión eliminado o relajado",
		PT: "Controle de admissão removido ou afrouxado",
	},
	Why: lang.Text{
		EN: "Admission policies and webhooks keep privileged pods and unknown images out. Without them, or when a failure lets everything through, nothing stands between a stolen credential and the nodes.",
		ES: "Las políticas de admisión y los webhooks impiden los pods privilegiados y las imágenes desconocidas. Sin ellos, o cuando un fallo deja pasar todo, nada se interpone entre una credencial robada y los nodos.",
		PT: "As políticas de admissão e os webhooks impedem pods privilegiados e imagens desconhecidas. Sem eles, ou quando uma falha deixa passar tudo, nada separa uma credencial roubada dos nós.",
	},
	Fix: fix(lang.Text{
		EN: "Put the policy back, then look at what came in meanwhile\n\nApply it again from its source, and scan the cluster for what it would have refused. Give it failurePolicy Fail once its webhook answers: while none does, Fail refuses every object that it asks for.",
		ES: "Restablezca la política y vea qué entró mientras tanto\n\nAplíquela de nuevo desde su origen y analice el clúster en busca de lo que habría rechazado. Póngale failurePolicy Fail cuando su webhook responda: mientras no lo haga, Fail rechaza todos los objetos que pide.",
		PT: "Restabeleça a política e veja o que entrou nesse tempo\n\nAplique-a de novo a partir da origem e analise o cluster em busca do que ela teria recusado. Dê a ela failurePolicy Fail quando o webhook responder: enquanto não responde, Fail recusa todos os objetos que ela pede.",
	}, `
kubectl apply -f POLICY.yaml
kubectl get ns,deploy,ds,sts,svc,netpol -A -o json | merlon scan -
`, shutOut(), except()),
	On: []rule.Selector{{Verbs: []string{"delete", "deletecollection", "update", "patch"}, Resources: []string{
		"mutatingwebhookconfigurations.admissionregistration.k8s.io", "validatingwebhookconfigurations.admissionregistration.k8s.io",
		"validatingadmissionpolicies.admissionregistration.k8s.io", "validatingadmissionpolicybindings.admissionregistration.k8s.io",
		"mutatingadmissionpolicies.admissionregistration.k8s.io", "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
	}}},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", controllers, eksAddOns),
		{Name: "removed-or-loosened", Holds: func(a *rule.Action) rule.Truth { return looseningOf(a).Truth }, Show: showLoosening},
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldResource, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a webhook deleted",
			Input: record{User: admin, Verb: "delete", Resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", Name: "guard"}.String(),
			Want:  finding.Present,
			Path:  "$.verb",
		},
		{
			Name:  "the binding of an admission policy deleted",
			Input: record{User: admin, Verb: "delete", Resource: "validatingadmissionpolicybindings.admissionregistration.k8s.io", Name: "guard"}.String(),
			Want:  finding.Present,
		},
		{
			Name: "a webhook whose failures let everything through from now on",
			Input: record{
				User: admin, Verb: "patch", Resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", Name: "guard",
				Request: `{"webhooks":[{"name":"guard.example.com","failurePolicy":"Ignore"}]}`,
			}.String(),
			Want: finding.Present,
		},
		{
			Name:  "a webhook whose rules are emptied",
			Input: admissionPatch("validatingwebhookconfigurations", `[{"op":"replace","path":"/webhooks/0/rules","value":[]}]`, guardWebhook(`,"rules":[]`)),
			Want:  finding.Present,
		},
		{
			Name:  "a webhook taken out of its configuration",
			Input: admissionPatch("validatingwebhookconfigurations", `[{"op":"remove","path":"/webhooks/0"}]`, `{"kind":"ValidatingWebhookConfiguration","metadata":{"name":"guard"},"webhooks":[]}`),
			Want:  finding.Present,
		},
		{
			Name:  "all webhooks taken out by a merge patch",
			Input: admissionPatch("validatingwebhookconfigurations", `{"webhooks":null}`, ""),
			Want:  finding.Present,
		},
		{
			Name:  "a webhook with a condition that nothing meets",
			Input: admissionPatch("validatingwebhookconfigurations", `[{"op":"add","path":"/webhooks/0/matchConditions","value":[{"name":"a","expression":"false"}]}]`, guardWebhook(`,"rules":[{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"]}],"matchConditions":[{"name":"a","expression":"false"}]`)),
			Want:  finding.Present,
			Path:  "$.responseObject.webhooks[0].matchConditions[0].expression",
		},
		{
			Name:  "a webhook for objects that cannot be",
			Input: admissionPatch("validatingwebhookconfigurations", `{"webhooks":[{"name":"guard.example.com","objectSelector":{"matchExpressions":[{"key":"a","operator":"Exists"},{"key":"a","operator":"DoesNotExist"}]}}]}`, ""),
			Want:  finding.Present,
		},
		{
			Name:     "a webhook for the namespaces with some label",
			Input:    admissionPatch("validatingwebhookconfigurations", `[{"op":"add","path":"/webhooks/0/namespaceSelector","value":{"matchLabels":{"never":"x"}}}]`, guardWebhook(`,"rules":[{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"]}],"namespaceSelector":{"matchLabels":{"never":"x"}}`)),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name:  "a binding that denies no more",
			Input: admissionPatch("validatingadmissionpolicybindings", `{"spec":{"validationActions":["Audit"]}}`, ""),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.validationActions[0]",
		},
		{
			Name:  "the action that denies taken away, as the answer shows",
			Input: admissionPatch("validatingadmissionpolicybindings", `[{"op":"remove","path":"/spec/validationActions/0"}]`, `{"kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"guard"},"spec":{"policyName":"guard","validationActions":["Audit"]}}`),
			Want:  finding.Present,
		},
		{
			Name: "a binding written whole that does not deny",
			Input: record{
				User: admin, Verb: "update", Resource: "validatingadmissionpolicybindings.admissionregistration.k8s.io", Name: "guard",
				Request: `{"kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"guard"},"spec":{"policyName":"guard","validationActions":["Audit","Warn"]}}`,
			}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name: "a policy written whole that every object passes",
			Input: record{
				User: admin, Verb: "update", Resource: "validatingadmissionpolicies.admissionregistration.k8s.io", Name: "guard",
				Request: `{"kind":"ValidatingAdmissionPolicy","metadata":{"name":"guard"},"spec":{"failurePolicy":"Fail","validations":[{"expression":"true"}]}}`,
			}.String(),
			Want: finding.Present,
			Path: "$.requestObject.spec.validations[0].expression",
		},
		{
			Name: "a policy written whole, which may have been stricter before",
			Input: record{
				User: admin, Verb: "update", Resource: "validatingadmissionpolicies.admissionregistration.k8s.io", Name: "guard",
				Request: `{"kind":"ValidatingAdmissionPolicy","metadata":{"name":"guard"},"spec":{"failurePolicy":"Fail","validations":[{"expression":"object.spec.replicas < 5"}]}}`,
			}.String(),
			Want: finding.Unknown,
		},
		{
			Name:  "a policy patched to check something else",
			Input: admissionPatch("validatingadmissionpolicies", `{"spec":{"validations":[{"expression":"object.spec.replicas < 500"}]}}`, ""),
			Want:  finding.Unknown,
		},
		{
			Name: "a webhook written whole, which AdmissionWebhookChanged finds",
			Input: record{
				User: admin, Verb: "update", Resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", Name: "guard",
				Request: `{"kind":"ValidatingWebhookConfiguration","metadata":{"name":"guard"},"webhooks":[{"name":"guard.example.com","failurePolicy":"Fail","rules":[{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"]}]}]}`,
			}.String(),
			Want:   finding.Absent,
			Misses: "removed-or-loosened",
		},
		{
			Name: "a program that has no policy to enforce",
			Input: record{
				User: "system:serviceaccount:kyverno:kyverno-admission-controller", UserAgent: "kyverno/v1.13", Verb: "update",
				Resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", Name: "guard", Request: `{"kind":"ValidatingWebhookConfiguration","metadata":{"name":"guard"},"webhooks":[]}`,
			}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name:   "a new certificate for a webhook that always let failures through",
			Input:  admissionPatch("validatingwebhookconfigurations", `[{"op":"replace","path":"/webhooks/0/clientConfig/caBundle","value":"AA=="}]`, `{"kind":"ValidatingWebhookConfiguration","metadata":{"name":"guard"},"webhooks":[{"name":"guard.example.com","failurePolicy":"Ignore","rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}]}]}`),
			Want:   finding.Absent,
			Misses: "removed-or-loosened",
		},
		{
			Name: "a webhook that fails closed from now on",
			Input: record{
				User: admin, Verb: "patch", Resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", Name: "guard",
				Request: `{"webhooks":[{"name":"guard.example.com","failurePolicy":"Fail"}]}`,
			}.String(),
			Want:   finding.Absent,
			Misses: "removed-or-loosened",
		},
		{
			Name: "a policy written whole, which may have been as loose before",
			Input: record{
				User: admin, Verb: "update", Resource: "validatingadmissionpolicies.admissionregistration.k8s.io", Name: "guard",
				Request: `{"kind":"ValidatingAdmissionPolicy","metadata":{"name":"guard"},"spec":{"failurePolicy":"Ignore"}}`,
			}.String(),
			Want: finding.Unknown,
		},
		{
			Name:  "a patch that was not recorded",
			Input: record{User: admin, Verb: "patch", Resource: "validatingadmissionpolicies.admissionregistration.k8s.io", Name: "guard"}.String(),
			Want:  finding.Unknown,
		},
		{
			Name: "an add-on of EKS removed by EKS",
			Input: record{
				User: "eks:addon-manager", UserAgent: "Go-http-client/2.0", Verb: "delete",
				Resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", Name: "guard",
			}.String(),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "delete", Resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", Name: "guard", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}

// admissionPatch is a patch of what controls admission, with the object that it gives where that is recorded.
func admissionPatch(resource, patch, gives string) string {
	return record{User: admin, Verb: "patch", Resource: resource + ".admissionregistration.k8s.io", Name: "guard", Request: patch, Response: gives}.String()
}

// guardWebhook writes the configuration of one webhook, with further members of it, each beginning with a comma.
func guardWebhook(more string) string {
	return `{"kind":"ValidatingWebhookConfiguration","metadata":{"name":"guard"},"webhooks":[{"name":"guard.example.com","failurePolicy":"Fail"` + more + `}]}`
}
