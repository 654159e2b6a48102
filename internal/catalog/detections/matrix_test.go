package detections

import (
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// The severities are those of GuardDuty's documentation
// (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-eks-audit-logs.html).
func TestMatrixHasTheSeveritiesOfGuardDuty(t *testing.T) {
	const medium, high = finding.SeverityMedium, finding.SeverityHigh
	callers := []string{"MaliciousIPCaller", "MaliciousIPCaller.Custom", "SuccessfulAnonymousAccess", "TorIPCaller"}
	want := map[string]finding.Severity{}
	for tactic, severities := range map[string][4]finding.Severity{
		CredentialAccess: {high, high, high, high},
		DefenseEvasion:   {high, high, high, high},
		Discovery:        {medium, medium, medium, medium},
		Impact:           {high, high, high, high},
		Persistence:      {medium, medium, high, medium},
	} {
		for i, caller := range callers {
			want[tactic+":Kubernetes/"+caller] = severities[i]
		}
	}
	for _, r := range Matrix() {
		if r.Origin == rule.Ours {
			if r.Tactic() != Execution {
				t.Errorf("%s is not GuardDuty's", r.Type)
			}
			continue
		}
		if severity, known := want[r.Type]; !known || severity != r.Severity {
			t.Errorf("%s has the severity %s, not %s (a type of GuardDuty: %t)", r.Type, r.Severity, severity, known)
		}
		delete(want, r.Type)
	}
	for kind := range want {
		t.Errorf("%s is missing", kind)
	}
}
