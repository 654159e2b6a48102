package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// AdmissionControlRemoved finds admission webhooks and policies that were deleted, or made to let through what they fail
// to check.
var AdmissionControlRemoved = rule.Detection{
	Type:       "DefenseEvasion:Kubernetes/AdmissionControlRemoved",
	Origin:     rule.Ours,
	Severity:   finding.SeverityMedium,
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
		notBy("not-by-system", controllers, eksAddOns),
		tookEffect(),
		{Name: "removed-or-loosened", Holds: removedOrLoosened, Show: showVerb},
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

// removedOrLoosened tells whether a request deleted what controls admission, or patched its failurePolicy to Ignore. An
// update does not show what was there before.
func removedOrLoosened(a *rule.Action) rule.Truth {
	switch a.Verb {
	case "delete", "deletecollection":
		return rule.Is(true)
	case "patch":
		return sent(a, ignoresFailures)
	}
	t := sent(a, ignoresFailures)
	if t.State == finding.Present {
		return rule.Unknown(oldUnseen())
	}
	return t
}

// ignoresFailures reports whether a webhook or policy, or a patch of one, lets through what it fails to check.
func ignoresFailures(n tree.Node) bool {
	if n.Kind() == tree.List { // A JSON patch.
		for operation := range n.All() {
			if operation.Get("value").Text() == "Ignore" {
				return true
			}
		}
		return false
	}
	for w := range n.Get("webhooks").All() {
		if w.Get("failurePolicy").Text() == "Ignore" {
			return true
		}
	}
	return n.Get("spec", "failurePolicy").Text() == "Ignore"
}
