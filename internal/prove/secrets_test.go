package prove_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/prove"
	"github.com/merlonsec/merlon/internal/rule"
)

// A rule that shows what the API server recorded, as it stands there, is told of.
func TestDetectionThatRepeatsASecretIsAProblem(t *testing.T) {
	raw := &rule.Detection{
		Type: "Discovery:Kubernetes/X", Severity: finding.SeverityLow,
		On: []rule.Selector{{Verbs: []string{"create"}}},
		Where: []rule.EventCondition{{
			Name:  "any",
			Holds: func(*rule.Action) rule.Truth { return rule.Is(true) },
			Show: func(a *rule.Action) []finding.RecordField {
				return []finding.RecordField{{Path: "$.requestObject", Value: string(a.Request)}}
			},
		}},
		Examples: []rule.EventExample{{
			Name: "a Secret", Want: finding.Present,
			Input: `{"verb":"create","objectRef":{"resource":"secrets","name":"db"},"requestObject":{"kind":"Secret","data":{"k":"bWVybGluLTQ3"}}}`,
		}},
	}
	var found bool
	for _, problem := range prove.DetectionExamples(raw) {
		found = found || strings.Contains(problem.What, "repeats a value")
	}
	if !found {
		t.Error("nobody noticed")
	}
}
