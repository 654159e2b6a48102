package detections

import (
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// DeniedBurst finds users who are denied many different things in a short time. Datadog counts from 10 different paths in
// 5 minutes, Panther from 10 denials in 30 minutes from a public address.
var DeniedBurst = rule.Detection{
	Type:     "Discovery:Kubernetes/DeniedBurst",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if a.Facts&rule.IsAnonymous != 0 {
			return finding.SeverityLow // Scanners of the internet reach every public endpoint.
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{attack("T1613"), attack("T1069"), threatMatrix("MS-TA9029", "Access%20the%20K8S%20API%20server")},
	Title: lang.Text{
		EN: "Many different requests denied in a short time",
		ES: "Muchas solicitudes distintas denegadas en poco tiempo",
		PT: "Muitas solicitações diferentes negadas em pouco tempo",
	},
	Why: lang.Text{
		EN: "A program asks for what it was made for. Whoever is denied ten different things in a row is trying out what a credential opens.",
		ES: "Un programa pide aquello para lo que se hizo. Quien recibe diez denegaciones distintas seguidas está probando qué abre una credencial.",
		PT: "Um programa pede aquilo para o que foi feito. Quem recebe dez recusas diferentes seguidas está testando o que uma credencial abre.",
	},
	Fix: fix(lang.Text{
		EN: "Find out who tries, and from where\n\nCompare the address and the program with what this user usually has.",
		ES: "Averigüe quién lo intenta y desde dónde\n\nCompare la dirección y el programa con los habituales de este usuario.",
		PT: "Descubra quem tenta e de onde\n\nCompare o endereço e o programa com os habituais deste usuário.",
	}, `
kubectl auth can-i --list --as USER --as-group GROUP
`, restrictEndpoint(), shutOut()),
	On: []rule.Selector{{Facts: rule.WasDenied}},
	Where: []rule.EventCondition{
		denied(),
		notBy("not-by-system", kubelet, apiServer, controllers, scheduler, eksPart),
	},
	About: []rule.EventField{rule.FieldUser, fieldAnonymousPeer},
	Count: &rule.Counting{
		By: []rule.EventField{rule.FieldUser, fieldAnonymousPeer}, Distinct: &fieldDeed, Least: 10, Within: 5 * time.Minute,
	},
	Examples: []rule.EventExample{
		{
			Name: "ten namespaces tried one after the other",
			Input: repeated(10, func(i int) record {
				return record{Verb: "list", Resource: "pods", Namespace: "team-" + itoa(i), Code: 403}
			}),
			Want: finding.Present,
			Path: "$.responseStatus.code",
		},
		{
			Name: "somebody without credentials",
			Input: repeated(10, func(i int) record {
				return record{User: "system:anonymous", Groups: `"system:unauthenticated"`, URI: "/api/v1/try/" + itoa(i), Code: 403, IP: "198.51.100.7"}
			}),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name: "a user who says to come from another address each time",
			Input: repeated(10, func(i int) record {
				return record{Verb: "list", Resource: "pods", Namespace: "team-" + itoa(i), Code: 403, IP: "203.0.113." + itoa(i), Via: "198.51.100." + itoa(i)}
			}),
			Want: finding.Present,
		},
		{
			Name: "somebody without credentials who says so",
			Input: repeated(10, func(i int) record {
				return record{User: "system:anonymous", Groups: `"system:unauthenticated"`, URI: "/api/v1/try/" + itoa(i), Code: 403, IP: "203.0.113." + itoa(i), Via: "198.51.100.7"}
			}),
			Want:     finding.Present,
			Severity: graded(finding.SeverityLow),
		},
		{
			Name: "several people without credentials, one request each",
			Input: repeated(10, func(i int) record {
				return record{User: "system:anonymous", Groups: `"system:unauthenticated"`, URI: "/api/v1/try/" + itoa(i), Code: 403, IP: "198.51.100." + itoa(i)}
			}),
			Want: finding.Absent,
		},
		{
			Name:  "a program that asks for one thing again and again",
			Input: repeated(20, func(int) record { return record{Verb: "list", Resource: "pods", Namespace: "shop", Code: 403} }),
			Want:  finding.Absent,
		},
		{
			Name: "things that are not there",
			Input: repeated(10, func(i int) record {
				return record{Resource: "pods", Namespace: "shop", Name: "web-" + itoa(i), Code: 404}
			}),
			Want:   finding.Absent,
			Misses: "denied",
		},
		{
			Name: "a kubelet whose pods are gone",
			Input: repeated(10, func(i int) record {
				return record{User: "system:node:ip-10-0-1-2.ec2.internal", UserAgent: agentKubelet, Verb: "watch", Resource: "configmaps", Namespace: "shop", Name: "c-" + itoa(i), Code: 403}
			}),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
	},
}

// fieldAnonymousPeer is the address that connected for a request without credentials, of which everybody's have the same
// user; "" for any other, as a user may come from as many addresses as they like.
var fieldAnonymousPeer = rule.EventField{Name: "sourceIPs[-1] (system:anonymous)", Of: func(a *rule.Action) string {
	if a.Facts&rule.IsAnonymous == 0 {
		return ""
	}
	return rule.FieldSourceIP.Of(a)
}}

// fieldDeed tells requests apart by what they do to what.
var fieldDeed = rule.EventField{Name: "verb, objectRef", Of: func(a *rule.Action) string {
	return a.Verb + " " + a.Resource() + " " + a.Object.Namespace + "/" + a.Object.Name
}}
