package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// AnomalousPermissionChecked finds questions about powerful permissions, asked by somebody who does not ask, or not so.
var AnomalousPermissionChecked = rule.Detection{
	Type:       "Discovery:Kubernetes/AnomalousBehavior.PermissionChecked",
	Severity:   finding.SeverityLow,
	References: []rule.Reference{guardDuty("discovery-kubernetes-anomalousbehavrior-permissionchecked"), attack("T1069"), attack("T1613"), threatMatrix("MS-TA9029", "Access%20the%20K8S%20API%20server")},
	Title: lang.Text{
		EN: "Powerful permission asked about in an unusual way",
		ES: "Consulta inusual sobre un permiso poderoso",
		PT: "Consulta incomum sobre uma permissão poderosa",
	},
	Why: lang.Text{
		EN: "Whoever holds a stolen token asks first what it may do: kubectl auth can-i --list is typed before anything else. Its owner knows.",
		ES: "Quien tiene un token robado pregunta primero qué puede hacer: kubectl auth can-i --list se escribe antes que nada. Su dueño ya lo sabe.",
		PT: "Quem tem um token roubado pergunta primeiro o que pode fazer: kubectl auth can-i --list é digitado antes de tudo. Seu dono já sabe.",
	},
	Fix: anomalyFix(lang.Text{
		EN: "Find out who asked, and from where",
		ES: "Averigüe quién preguntó y desde dónde",
		PT: "Descubra quem perguntou e de onde",
	},
		"kubectl auth can-i --list --as USER --as-group GROUP",
		"kubectl get rolebindings,clusterrolebindings -A -o wide | grep USER",
	),
	On: []rule.Selector{{
		Verbs:     []string{"create"},
		Resources: []string{"selfsubjectaccessreviews.authorization.k8s.io", "selfsubjectrulesreviews.authorization.k8s.io"},
	}},
	Where:   []rule.EventCondition{succeeded(), asksForPower()},
	About:   []rule.EventField{rule.FieldUser},
	Unusual: &rule.Unusual{Deed: []rule.Profile{rule.ProfileAPI, rule.ProfilePermission}, Sides: howItWasDone()},
	Examples: []rule.EventExample{
		{
			Name:    "the token of a pod asks whether it may do everything",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 201, Request: `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"namespace":"shop","verb":"*","resource":"*"}}}`}.byAccountStolen().String(),
			Want:    finding.Present,
			Path:    "$.requestObject.spec.resourceAttributes.verb",
		},
		{
			Name:    "all permissions at once, from elsewhere",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "selfsubjectrulesreviews.authorization.k8s.io", Code: 201, Request: `{"kind":"SelfSubjectRulesReview","apiVersion":"authorization.k8s.io/v1","spec":{"namespace":"shop"}}`}.byThief().String(),
			Want:    finding.Present,
			Path:    "$.objectRef.resource",
		},
		{
			Name:    "one that is usual, and one that is not",
			Learned: usualDays(record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 201, Request: `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"namespace":"shop","verb":"get","resource":"pods"}}}`}.atOffice()),
			Input:   record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 201, Request: `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"namespace":"shop","verb":"create","resource":"pods","subresource":"exec"}}}`}.byThief().String(),
			Want:    finding.Present,
		},
		{
			Name:    "a developer who asks so every day",
			Learned: usualDays(record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 201, Request: `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"namespace":"shop","verb":"*","resource":"*"}}}`}.atOffice()),
			Input:   record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 201, Request: `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"namespace":"shop","verb":"*","resource":"*"}}}`}.atOffice().String(),
			Want:    finding.Absent,
		},
		{
			Name:    "a permission that gives little",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 201, Request: `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"namespace":"shop","verb":"get","resource":"pods"}}}`}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "powerful",
		},
		{
			Name:    "a request that failed",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 403, Request: `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"namespace":"shop","verb":"*","resource":"*"}}}`}.byThief().String(),
			Want:    finding.Absent,
			Misses:  "succeeded",
		},
		{
			Name:    "a record without the body",
			Learned: usualDays(),
			Input:   record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io", Code: 201}.byThief().String(),
			Want:    finding.Unknown,
		},
	},
}
