package report

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// openEndpoints gives a scan with one exposure for each EKS cluster.
func openEndpoints(names ...string) *finding.Scan {
	var s finding.Scan
	for _, name := range names {
		uid := inventory.UID("arn:aws:eks:eu-west-1:111122223333:cluster/" + name)
		s.Exposures = append(s.Exposures, finding.Exposure{
			UID: "exp-" + name, Severity: finding.SeverityHigh, Ceiling: finding.SeverityHigh,
			Resource:     finding.ExposedResource{UID: uid, Type: "AWS::EKS::Cluster", Name: name, Region: "eu-west-1", Account: "111122223333"},
			Traits:       []finding.ExposureTrait{{ID: "eks-public-endpoint", Resource: uid, Role: finding.Contributing, Without: finding.Resolves}},
			Remediations: []finding.Remediation{{ID: "eks-public-endpoint", ProjectedSeverity: finding.SeverityInformational}},
		})
	}
	return &s
}

func TestFixesNameTheirResource(t *testing.T) {
	o := Options{Rules: func(string) (RuleTexts, bool) {
		fix := "Close it\n\nOr limit it.\n\n    aws eks update-cluster-config --name $CLUSTER --region $REGION"
		return RuleTexts{Title: lang.Text{EN: "Open"}, Fix: lang.Text{EN: fix, ES: fix, PT: fix}}, true
	}}
	const command = "update-cluster-config --name shop --region eu-west-1"
	s := openEndpoints("shop")
	outputs := map[string]string{"explain": string(explain(t, s, &s.Exposures[0], o))}
	for _, format := range []string{"markdown", "ocsf"} {
		outputs[format] = string(render(t, format, s, o))
	}
	for name, out := range outputs {
		if !strings.Contains(out, command) {
			t.Errorf("%s does not name the cluster:\n%s", name, out)
		}
	}
	if out := string(render(t, "markdown", openEndpoints("shop", "bank", "depot", "lab", "hub"), o)); strings.Contains(out, command) || !strings.Contains(out, "--name $CLUSTER") {
		t.Errorf("the command for many clusters names one:\n%s", out)
	}
}
