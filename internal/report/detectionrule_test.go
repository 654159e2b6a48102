package report_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/report"
	"github.com/merlonsec/merlon/internal/rule"
)

// The names of conditions mean nothing to who reads them first: what they are stands before them.
func TestConditionsOfADetectionAreIntroduced(t *testing.T) {
	r := &rule.Detection{
		Type: "Execution:Kubernetes/Tried", Title: lang.Text{EN: "Tried"}, Why: lang.Text{EN: "Because."}, Fix: lang.Text{EN: "Stop\n\nNow."},
		Where: []rule.EventCondition{{Name: "took-effect"}, {Name: "by-hand"}},
	}
	var b strings.Builder
	if err := report.ExplainDetection(&b, r, report.Options{Lang: lang.EN, Width: 200}); err != nil {
		t.Fatal(err)
	}
	said, names := strings.Index(b.String(), "A condition is"), strings.Index(b.String(), "Conditions: by-hand, took-effect")
	if said < 0 || names < said {
		t.Errorf("what conditions are, or their names in order, are not there:\n%s", b.String())
	}
}
