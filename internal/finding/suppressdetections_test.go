package finding

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func parseOne(t *testing.T, criteria string) []Suppression {
	t.Helper()
	all, err := ParseSuppressions("f.yaml", []byte("- id: x\n  reason: y\n  match:\n    type: \"*\"\n    criteria:\n      "+strings.ReplaceAll(criteria, "\n", "\n      ")+"\n"), Known{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCriteriaOfDetections(t *testing.T) {
	const workload = "resource.kubernetesDetails.kubernetesWorkloadDetails."
	for _, c := range []struct {
		criteria string
		want     bool
	}{
		{"type: PrivilegeEscalation:*RoleBindingCreated", true},
		{"type: PrivilegeEscalation:Kubernetes/AnomalousBehavior?RoleBindingCreated", true},
		{"type: RoleBindingCreated", false},
		{"type: {equals: PrivilegeEscalation:*}", false},
		{"severity: {greaterThanOrEqual: 8}", true},
		{"severity: {greaterThan: 8}", false},
		{"severity: {greaterThan: 7.5, lessThan: 8.5}", true},
		{"severity: {equals: 8.0}", true},
		{"severity: [5, 8]", true},
		{"severity: [5]", false},
		{"service.count: {lessThanOrEqual: 3}", true},
		{"service.count: {lessThan: 3}", false},
		{workload + "containers.imagePrefix: registry.example/*", true},
		{workload + "containers.imagePrefix: {notMatches: registry.example/*}", false},
		{workload + "containers.imagePrefix: {notMatches: [docker.io/*, quay.io/*]}", true},
		{workload + "volumes.name: tmp", true}, // the second of two
		{workload + "volumes.name: {notEquals: [tmp]}", false},
		{workload + "hostIpc: true", true},
		{workload + "hostPID: {notEquals: false}", true},
		{"service.archived: false", true},
		{workload + "containers.securityContext.privileged: {equals: false}", false},
		{workload + "containers.securityContext.privileged: {equals: [false, true]}", true},
		{"service.action.kubernetesApiCallAction.sourceIPs: {equals: 10.0.0.1}", true},
		{"service.action.kubernetesApiCallAction.remoteIpDetails.ipAddressV6: \"*\"", false}, // there is none
		{"service.action.kubernetesApiCallAction.remoteIpDetails.ipAddressV6: {notEquals: \"::1\"}", true},
		{"updatedAt: {greaterThan: 2026-11-21T08:29:59Z}", true},
		{"updatedAt: {greaterThan: \"1795249800123\"}", false}, // the same millisecond
		{"updatedAt: {greaterThanOrEqual: 1795249800123}", true},
		{"createdAt: {lessThan: 2026-11-21T08:00:00+01:00}", false},
		{"createdAt: \"2026-11-21T07:*\"", true},
		{"service.detection.anomaly.unusual.behavior.observations.text: cluster-admin", true},
		{"accountId: \"111122223333\"", true},
		{"accountId: \"111122223333\"\nservice.count: {greaterThan: 3}", false}, // fields AND
	} {
		f := fullThreat()
		e := NewExceptions(parseOne(t, c.criteria), now(), GuardDutyIdentity{})
		if got := e.judge(f) == "x"; got != c.want {
			t.Errorf("%s: %t", c.criteria, got)
		}
	}
}

func TestExceptionsForDetections(t *testing.T) {
	expires := func(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }
	e := NewExceptions([]Suppression{
		{ID: "traits", Match: Match{Trait: "host-pid"}},
		{ID: "resource alone", Match: Match{Resource: "**"}},
		{ID: "expired", Match: Match{Type: "Discovery:*"}, Expires: expires(20)},
		{ID: "elsewhere", Match: Match{Type: "*", Resource: "k8s://prod/core/Pod/shop/*"}},
		{ID: "first", Match: Match{Type: "Discovery:Kubernetes/?"}, Expires: expires(23)},
		{ID: "second", Match: Match{Type: "Discovery:*"}},
	}, now(), GuardDutyIdentity{})
	threats := NewThreats(0)
	var got []string
	for _, second := range []int{0, 1, 3 * 24 * 3600} { // The last one comes after the end of the first exception.
		d := occurrence("A", second, SeverityLow)
		d.Exception = threats.Excuse(d, e)
		threats.Take(d)
		got = append(got, d.Exception)
	}
	if strings.Join(got, " ") != "first first second" {
		t.Errorf("taken out by %q", got)
	}
	want := []string{"traits notForDetections 0", "resource alone notForDetections 0", "expired expired 3", "elsewhere matchedNothing 0", "first used 3", "second used 1"}
	for i, use := range e.Uses() {
		if got := fmt.Sprintf("%s %s %d", use.ID, use.Status, use.Matched); got != want[i] {
			t.Errorf("%s, want %s", got, want[i])
		}
	}
}

func TestParseCriteriaNamesEveryMistake(t *testing.T) {
	_, err := ParseSuppressions("f.yaml", []byte(`- id: a
  reason: r
  match:
    type: Discovery:*
    criteria:
      service.cuont: {graterThan: 3}
      imagePrefix: a
      severity: {greaterThen: 5}
      service.count: {lessThan: many}
      title: {lessThan: 3}
      updatedAt: {lessThan: yesterday}
      region: {equals: [{a: b}]}
      accountId: []
      partition: {}
      description: {matches: ""}
      id: {equals: [`+strings.Repeat("x, ", 51)+`]}
`), Known{})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`f.yaml:6: a finding has no field "service.cuont" (did you mean "service.count"?)`,
		`f.yaml:6: service.cuont: unknown operator "graterThan" (did you mean "greaterThan"?)`,
		`f.yaml:7: a finding has no field "imagePrefix" (did you mean resource.kubernetesDetails.kubernetesWorkloadDetails.containers.imagePrefix?)`,
		`f.yaml:8: severity: unknown operator "greaterThen" (did you mean "greaterThan"?)`,
		`f.yaml:9: service.count: "many" is no number`, `f.yaml:10: title is no number`, `f.yaml:11: updatedAt: "yesterday" is no time`,
		`f.yaml:12: region: a value of equals must be a text`, `f.yaml:13: accountId: equals has no value`, `f.yaml:14: partition has no operator`,
		`f.yaml:15: description: a value of matches is empty`, `f.yaml:16: id: equals has 51 values`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}
