package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// PodSecurityLowered finds namespaces whose Pod Security level was taken away or set to privileged. The record does not
// hold the level of before: a new namespace has none that could be lowered, and a change to baseline or a namespace
// written whole without a level may be either.
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
	On: []rule.Selector{{Verbs: []string{"update", "patch"}, Resources: []string{"namespaces"}}},
	Where: []rule.EventCondition{
		notBy("not-by-system", controllers, apiServer, eksAddOns),
		tookEffect(),
		{Name: "lowers-level", Holds: lowersLevel, Show: showVerb},
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

// enforceLabel sets which pods a namespace refuses
// (https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces).
const enforceLabel = "pod-security.kubernetes.io/enforce"

func lowersLevel(a *rule.Action) rule.Truth {
	body := a.Sent()
	if !body.Exists() || body.Kind() == tree.Null {
		return rule.Unknown(a.Unseen())
	}
	level, sets := levelSet(body)
	whole := body.Get("kind").Exists() // An update, or what server-side apply takes.
	switch {
	case !sets && !whole, level == "restricted":
		return rule.Is(false)
	case level == "baseline", !sets:
		return rule.Unknown(oldUnseen())
	}
	return rule.Is(true)
}

// levelSet gives the level that an object or a patch sets, "" for one that it takes away; sets is false where it says
// nothing of the level.
func levelSet(body tree.Node) (level string, sets bool) {
	if body.Kind() != tree.List {
		label := body.Get("metadata", "labels").Get(enforceLabel)
		return label.Text(), label.Exists()
	}
	for operation := range body.All() { // A JSON patch.
		switch path := operation.Get("path").Text(); {
		case path == "/metadata/labels/"+strings.ReplaceAll(enforceLabel, "/", "~1"):
			return operation.Get("value").Text(), true
		case path == "/metadata/labels":
			return operation.Get("value").Get(enforceLabel).Text(), true
		}
	}
	return "", false
}

func namespacePatch(r record, patch string) string {
	r.Verb, r.Resource, r.Name, r.Request = "patch", "namespaces", "shop", patch
	return r.String()
}
