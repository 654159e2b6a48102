package detections

import (
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
)

// Each is a form of a change of admission control that leaves more through, or does not.
func TestLooseningOfAdmissionControl(t *testing.T) {
	const (
		webhooks = "validatingwebhookconfigurations"
		policies = "validatingadmissionpolicies"
		bindings = "validatingadmissionpolicybindings"
		present  = finding.Present
		absent   = finding.Absent
		unknown  = finding.Unknown
	)
	tests := []struct {
		resource, patch, gives string
		want                   finding.State
	}{
		{webhooks, `{"webhooks":[{"$patch":"delete","name":"guard.example.com"}]}`, "", present},
		{webhooks, `[{"op":"replace","path":"/webhooks","value":[]}]`, "", present},
		{webhooks, `[{"op":"remove","path":"/webhooks/0/rules/1"}]`, "", present},
		{webhooks, `[{"op":"add","path":"/webhooks/0/matchConditions/-","value":{"name":"a","expression":" (false) "}}]`, "", present},
		{webhooks, `[{"op":"add","path":"/webhooks/0/matchConditions/-","value":{"name":"a","expression":"request.userInfo.username != 'x'"}}]`, "", unknown},
		{webhooks, `[{"op":"test","path":"/webhooks/0/failurePolicy","value":"Ignore"},{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Fail"}]`, "", absent},
		{webhooks, `[{"op":"replace","path":"/webhooks/0","value":{"name":"guard.example.com","failurePolicy":"Ignore"}}]`, "", present},
		{webhooks, `[{"op":"add","path":"/webhooks/-","value":{"name":"other.example.com","failurePolicy":"Ignore"}}]`, "", absent},
		{webhooks, `{"webhooks":[{"name":"guard.example.com","sideEffects":"None","admissionReviewVersions":["v1"]}]}`, guardWebhook(`,"sideEffects":"None"`), present},
		{webhooks, `{"metadata":{"annotations":{"a":"b"}}}`, guardWebhook(`,"rules":[]`), absent},
		{webhooks, `{"webhooks":[{"name":"guard.example.com","namespaceSelector":{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"DoesNotExist"}]}}]}`, "", present},
		{webhooks, `{"webhooks":[{"name":"guard.example.com","objectSelector":{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"a","operator":"NotIn","values":["b"]}]}}]}`, "", present},
		{webhooks, `{"webhooks":[{"name":"guard.example.com","namespaceSelector":null}]}`, guardWebhook(`,"rules":[{}]`), absent},
		{policies, `{"spec":{"failurePolicy":"Ignore"}}`, "", present},
		{policies, `{"spec":{"matchConditions":[{"name":"a","expression":"!true"}]}}`, "", present},
		{policies, `{"spec":{"matchConstraints":{"excludeResourceRules":[{"apiGroups":["*"],"resources":["*"]}]}}}`, "", present},
		{policies, `[{"op":"remove","path":"/spec/validations/0"}]`, "", present},
		{
			policies, `[{"op":"replace","path":"/spec/validations/0/expression","value":"true"}]`,
			`{"kind":"ValidatingAdmissionPolicy","spec":{"validations":[{"expression":"true"},{"expression":"object.a"}]}}`, present,
		},
		{policies, `{"metadata":{"labels":{"a":"b"}}}`, "", absent},
		{bindings, `{"spec":{"validationActions":["Deny","Audit"]}}`, "", unknown},
		{bindings, `{"spec":{"policyName":"other"}}`, "", unknown},
		{bindings, `[{"op":"remove","path":"/spec/validationActions/0"}]`, "", unknown},
		{bindings, `{"spec":{"matchResources":{"namespaceSelector":{"matchLabels":{"a":"b"}}}}}`, "", present},
	}
	for _, test := range tests {
		if got := looseningOf(action(t, admissionPatch(test.resource, test.patch, test.gives))).State; got != test.want {
			t.Errorf("%s, which gives %s: %s, not %s", test.patch, test.gives, got, test.want)
		}
	}
}

func TestSelectedName(t *testing.T) {
	tests := []struct {
		selector, name string
		isOne          bool
		excluded       int
	}{
		{"", "", false, 0},
		{"metadata.name=aws-auth", "aws-auth", true, 0},
		{"metadata.namespace=kube-system,metadata.name==aws-auth", "aws-auth", true, 0},
		{"metadata.name!=a,metadata.name!=b", "", false, 2},
		{`metadata.name=a\=b`, "a=b", true, 0},
	}
	for _, test := range tests {
		if name, isOne, excluded := selectedName(test.selector); name != test.name || isOne != test.isOne || len(excluded) != test.excluded {
			t.Errorf("%s selects %q (%t) and leaves out %q", test.selector, name, isOne, excluded)
		}
	}
}
