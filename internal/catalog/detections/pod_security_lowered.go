package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// PodSecurityLowered finds namespaces whose Pod Security level was taken away or set to privileged. The record does not
// hold the level of before: a new namespace has none that could be lowered, and a change to baseline or a namespace
// written whole without a level may be either. Labels can be changed through a namespace's status and finalizers too.
var PodSecurityLowered = rule.Detection{
	Type:       "DefenseEvasion:Kubernetes/PodSecurityLowered",
	Origin:     rule.Ours,
	Severity:   finding.SeverityMedium,
	References: []rule.Reference{attack("T1562.001"), {Source: "Kubernetes", ID: "Pod Security Admission", URL: "https://kubernetes.io/docs/concepts/security/pod-security-admission/"}},
	Title: lang.Text{
		EN: "Pod security of a namespace lowered",
		ES: "Seguridad de los pods de un espacio de nombres rebajada",
		PT: "Segurança dos pods de um namespace reduzida",
	},
	Why: lang.Text{
		EN: "The label keeps privileged pods out of the namespace. Without it whoever may create pods there gets to the node, and to everything on it.",
		ES: "La etiqueta impide los pods privilegiados en el espacio de nombres. Sin ella, quien puede crear pods allí llega al nodo y a todo lo que hay en él.",
		PT: "O label impede pods privilegiados no namespace. Sem ele, quem pode criar pods ali chega ao nó e a tudo o que há nele.",
	},
	Fix: fix(lang.Text{
		EN: "Set the level again, and look at the pods that came in meanwhile\n\nThe first command warns of the pods that the level would refuse; the second one sets it.",
		ES: "Restablezca el nivel y revise los pods creados mientras tanto\n\nEl primer comando avisa de los pods que el nivel rechazaría; el segundo lo aplica.",
		PT: "Restabeleça o nível e revise os pods criados nesse tempo\n\nO primeiro comando avisa dos pods que o nível recusaria; o segundo o aplica.",
	}, `
kubectl label --dry-run=server --overwrite namespace NAMESPACE pod-security.kubernetes.io/enforce=baseline
kubectl label --overwrite namespace NAMESPACE pod-security.kubernetes.io/enforce=baseline
`, shutOut(), except()),
	On: []rule.Selector{{Verbs: []string{"update", "patch"}, Resources: []string{"namespaces", "namespaces/status", "namespaces/finalize"}}},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-system", controllers, apiServer, eksAddOns),
		{Name: "lowers-level", Holds: lowersPodSecurity, Show: showVerb},
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl label … enforce=privileged",
			Input: namespacePatch(record{}, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`),
			Want:  finding.Present,
			Path:  "$.verb",
		},
		{
			Name:  "kubectl label … enforce-",
			Input: namespacePatch(record{}, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":null}}}`),
			Want:  finding.Present,
		},
		{
			Name:  "a JSON patch",
			Input: namespacePatch(record{}, `[{"op":"remove","path":"/metadata/labels/pod-security.kubernetes.io~1enforce"}]`),
			Want:  finding.Present,
		},
		{
			Name: "a JSON patch that tests before it replaces",
			Input: namespacePatch(record{}, `[{"op":"test","path":"/metadata/labels/pod-security.kubernetes.io~1enforce","value":"restricted"},`+
				`{"op":"replace","path":"/metadata/labels/pod-security.kubernetes.io~1enforce","value":"privileged"}]`),
			Want: finding.Present,
		},
		{
			Name: "a JSON patch whose last operation counts",
			Input: namespacePatch(record{}, `[{"op":"replace","path":"/metadata/labels/pod-security.kubernetes.io~1enforce","value":"restricted"},`+
				`{"op":"replace","path":"/metadata/labels/pod-security.kubernetes.io~1enforce","value":"privileged"}]`),
			Want: finding.Present,
		},
		{
			Name:  "a JSON patch that moves the label away",
			Input: namespacePatch(record{}, `[{"op":"move","from":"/metadata/labels/pod-security.kubernetes.io~1enforce","path":"/metadata/annotations/was"}]`),
			Want:  finding.Present,
		},
		{
			Name:  "a JSON patch that writes the metadata anew",
			Input: namespacePatch(record{}, `[{"op":"replace","path":"/metadata","value":{"name":"shop"}}]`),
			Want:  finding.Present,
		},
		{
			Name:  "a merge patch that takes all labels away",
			Input: namespacePatch(record{}, `{"metadata":{"labels":null}}`),
			Want:  finding.Present,
		},
		{
			Name:  "a strategic merge patch that writes the labels anew",
			Input: namespacePatch(record{}, `{"metadata":{"labels":{"$patch":"replace","team":"shop"}}}`),
			Want:  finding.Present,
		},
		{
			Name: "a level copied from elsewhere, with the namespace that it gives",
			Input: namespacePatch(record{Response: `{"kind":"Namespace","metadata":{"name":"shop","labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`},
				`[{"op":"copy","from":"/metadata/annotations/was","path":"/metadata/labels/pod-security.kubernetes.io~1enforce"}]`),
			Want: finding.Present,
		},
		{
			Name:  "a level copied from elsewhere",
			Input: namespacePatch(record{}, `[{"op":"copy","from":"/metadata/annotations/was","path":"/metadata/labels/pod-security.kubernetes.io~1enforce"}]`),
			Want:  finding.Unknown,
		},
		{
			Name: "labels written through the status",
			Input: record{
				Verb: "patch", Resource: "namespaces/status", Name: "shop", Request: `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":null}}}`,
			}.String(),
			Want: finding.Present,
		},
		{
			Name: "an annotation of a namespace without a level",
			Input: namespacePatch(record{Response: `{"kind":"Namespace","metadata":{"name":"shop"}}`},
				`{"metadata":{"annotations":{"owner":"shop"}}}`),
			Want: finding.Absent,
		},
		{
			Name: "server-side apply without a level, which leaves that of another manager",
			Input: namespacePatch(record{Response: `{"kind":"Namespace","metadata":{"name":"shop","labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`},
				`{"kind":"Namespace","metadata":{"name":"shop","labels":{"team":"shop"}}}`),
			Want: finding.Absent,
		},
		{
			Name: "server-side apply without a level, and none is left",
			Input: namespacePatch(record{Response: `{"kind":"Namespace","metadata":{"name":"shop","labels":{"team":"shop"}}}`},
				`{"kind":"Namespace","metadata":{"name":"shop","labels":{"team":"shop"}}}`),
			Want: finding.Unknown,
		},
		{
			Name: "a namespace written whole as privileged",
			Input: record{
				Verb: "update", Resource: "namespaces", Name: "shop",
				Request: `{"kind":"Namespace","metadata":{"name":"shop","labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`,
			}.String(),
			Want: finding.Present,
		},
		{
			Name:   "the level raised as far as it goes",
			Input:  namespacePatch(record{}, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted"}}}`),
			Want:   finding.Absent,
			Misses: "lowers-level",
		},
		{
			Name:  "a patch of another label",
			Input: namespacePatch(record{}, `{"metadata":{"labels":{"team":"shop"}}}`),
			Want:  finding.Absent,
		},
		{
			Name:  "a change to baseline, from privileged or from restricted",
			Input: namespacePatch(record{}, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"baseline"}}}`),
			Want:  finding.Unknown,
		},
		{
			Name: "a namespace written whole without a level",
			Input: record{
				Verb: "update", Resource: "namespaces", Name: "shop", Request: `{"kind":"Namespace","metadata":{"name":"shop","labels":{"team":"shop"}}}`,
			}.String(),
			Want: finding.Unknown,
		},
		{
			Name:  "a patch that was not recorded",
			Input: namespacePatch(record{}, ""),
			Want:  finding.Unknown,
		},
		{
			Name: "EKS itself",
			Input: namespacePatch(record{User: "eks:addon-manager", UserAgent: "Go-http-client/2.0"},
				`{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "a request that was not allowed",
			Input:  namespacePatch(record{Code: 403}, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":null}}}`),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}

func namespacePatch(r record, patch string) string {
	r.Verb, r.Resource, r.Name, r.Request = "patch", "namespaces", "shop", patch
	return r.String()
}
