package detections

import (
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// AccessReviewBurst finds users who ask for many different permissions one by one: kubectl auth can-i in a loop, and the
// tools that draw a matrix of them. k9s and dashboards ask for a dozen when they start.
var AccessReviewBurst = rule.Detection{
	Type:       "Discovery:Kubernetes/AccessReviewBurst",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	References: []rule.Reference{attack("T1069"), attack("T1613"), threatMatrix("MS-TA9029", "Access%20the%20K8S%20API%20server")},
	Title: lang.Text{
		EN: "Many permissions checked in a short time",
		ES: "Muchos permisos comprobados en poco tiempo",
		PT: "Muitas permissões verificadas em pouco tempo",
	},
	Why: lang.Text{
		EN: "Whoever checks one permission after the other maps what a credential opens, to choose the next step.",
		ES: "Quien comprueba un permiso tras otro traza un mapa de lo que abre una credencial, para elegir el siguiente paso.",
		PT: "Quem verifica uma permissão após a outra mapeia o que uma credencial abre, para escolher o próximo passo.",
	},
	Fix: fix(lang.Text{
		EN: "Find out which tool checks the permissions\n\nThe user agent tells. If it is a dashboard that people use, write an exception for it.",
		ES: "Averigüe qué herramienta comprueba los permisos\n\nEl agente de usuario lo indica. Si es un panel que la gente usa, escriba una excepción para él.",
		PT: "Descubra qual ferramenta verifica as permissões\n\nO agente de usuário mostra isso. Se é um painel que as pessoas usam, escreva uma exceção para ele.",
	}, `
kubectl auth can-i --list --as USER --as-group GROUP
`, ifStolen(), except()),
	On:    []rule.Selector{{Verbs: []string{"create"}, Resources: []string{"selfsubjectaccessreviews.authorization.k8s.io"}}},
	Where: []rule.EventCondition{notBy("not-by-system", apiServer, eksPart), succeeded(), made("asks-for-permission", askedFor)},
	About: []rule.EventField{rule.FieldUser},
	Count: &rule.Counting{
		By: []rule.EventField{rule.FieldUser}, Distinct: &fieldPermission, Least: 20, Within: 5 * time.Minute,
	},
	Examples: []rule.EventExample{
		{
			Name:  "twenty resources in three minutes",
			Input: repeated(20, func(i int) record { return accessReview(record{}, "resource-"+itoa(i)) }),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.resourceAttributes.resource",
		},
		{
			Name:  "the same question again and again",
			Input: repeated(21, func(int) record { return accessReview(record{}, "pods") }),
			Want:  finding.Absent,
		},
		{
			Name: "questions about paths",
			Input: repeated(20, func(i int) record {
				return record{
					Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 201,
					Request: `{"kind":"SelfSubjectAccessReview","spec":{"nonResourceAttributes":{"verb":"get","path":"/p` + itoa(i) + `"}}}`,
				}
			}),
			Want:   finding.Absent,
			Misses: "asks-for-permission",
		},
		{
			Name: "a part of EKS",
			Input: repeated(20, func(i int) record {
				return accessReview(record{User: "eks:k8s-metrics", UserAgent: "eks-k8s-metrics/1.0"}, "r"+itoa(i))
			}),
			Want:   finding.Absent,
			Misses: "not-by-system",
		},
		{
			Name:   "requests that were not allowed",
			Input:  repeated(20, func(i int) record { return accessReview(record{Code: 403}, "resource-"+itoa(i)) }),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
		{
			Name:  "a record without the question",
			Input: record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

func askedFor(n tree.Node) string {
	if n.Get("spec", "resourceAttributes", "resource").Text() == "" {
		return ""
	}
	return "$.spec.resourceAttributes.resource"
}

// fieldPermission tells permissions apart by what they allow on what.
var fieldPermission = rule.EventField{Name: "spec.resourceAttributes", Of: func(a *rule.Action) string {
	n, _ := a.Made()
	asked := n.Get("spec", "resourceAttributes")
	return asked.Get("verb").Text() + " " + asked.Get("group").Text() + "/" + asked.Get("resource").Text() + "/" + asked.Get("subresource").Text() +
		n.Get("spec", "nonResourceAttributes", "path").Text()
}}

func accessReview(r record, resource string) record {
	r.Verb, r.Resource = "create", "selfsubjectaccessreviews.authorization.k8s.io"
	if r.Code == 0 {
		r.Code = 201
	}
	r.Request = `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"verb":"create","resource":"` + resource + `"}}}`
	return r
}
