package detect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// worst is the record of a caller who makes everything as long as it can be that one record may say.
func worst(t *testing.T) *rule.Action {
	t.Helper()
	const n = 2000
	long := strings.Repeat("x", 20_000)
	var ips, groups, containers, volumes []string
	for i := range n {
		ips = append(ips, fmt.Sprintf(`"10.1.%d.%d"`, i/250, i%250))
		groups = append(groups, fmt.Sprintf(`"group-%d-%s"`, i, long[:100]))
		mounts := strings.TrimSuffix(strings.Repeat(fmt.Sprintf(`{"name":"v","mountPath":"/%s"},`, long[:50]), 100), ",")
		containers = append(containers, fmt.Sprintf(`{"name":"c%d","image":"%s/x","volumeMounts":[%s]}`, i, long[:300], mounts))
		volumes = append(volumes, fmt.Sprintf(`{"name":"v%d","hostPath":{"path":"/%s"}}`, i, long[:300]))
	}
	ips = append(ips, `"203.0.113.9"`)
	user := `{"username":"` + long + `","uid":"` + long + `","groups":[` + strings.Join(groups, ",") + `],"extra":{"arn":["` + long + `"],"sessionName":["` + long + `"],"accessKeyId":["` + long + `"]}}`
	line := `{"verb":"create","auditID":"` + long + `","requestURI":"/api/v1/namespaces/shop/pods?x=` + long + `","user":` + user + `,"impersonatedUser":` + user +
		`,"sourceIPs":[` + strings.Join(ips, ",") + `],"userAgent":"` + long + `","objectRef":{"resource":"pods","namespace":"` + long + `","name":"` + long + `","apiVersion":"v1"},` +
		`"requestObject":{"kind":"Pod","apiVersion":"v1","metadata":{"uid":"` + long + `"},"spec":{"serviceAccountName":"` + long + `","containers":[` + strings.Join(containers, ",") + `],"volumes":[` + strings.Join(volumes, ",") + `]}}}`
	events, err := new(event.Decoder).Append(nil, line)
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events: %v", len(events), err)
	}
	a := &rule.Action{}
	a.Reset(&events[0], &rule.Surroundings{Cluster: "prod"})
	return a
}

func TestWorstFindingIsBounded(t *testing.T) {
	a := worst(t)
	long := strings.Repeat("x", 20_000)
	r := &rule.Detection{Type: "Discovery:Kubernetes/X", Where: []rule.EventCondition{{Name: "all", Show: func(*rule.Action) (fields []finding.RecordField) {
		for range 2000 {
			fields = append(fields, finding.RecordField{Path: "$." + long, Value: long})
		}
		return fields
	}}}}
	d := describe(r, a, true)
	for range 100 {
		d.Lists = append(d.Lists, finding.ListMatch{Name: "list", Kind: "threat", Address: "203.0.113.9"})
	}
	shorten(d)
	written, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if d.Size() > mostBytes || len(written) > 2*mostBytes || d.Workload == nil || d.Actor.Impersonated == nil {
		t.Errorf("a finding takes %d bytes, and %d of JSON", d.Size(), len(written))
	}
	if ips := d.Call.SourceIPs; len(ips) > mostAddresses || ips[0] != "10.1.0.0" || ips[len(ips)-1] != "203.0.113.9" {
		t.Errorf("the addresses are %v", ips)
	}
	for _, o := range d.Omitted {
		if o.Field == "call.sourceIPs" && o.Count+len(d.Call.SourceIPs) != 2001 {
			t.Errorf("%d addresses are left out beside %d", o.Count, len(d.Call.SourceIPs))
		}
	}
	if len(d.Omitted) < 5 {
		t.Errorf("it says that it leaves out %v", d.Omitted)
	}

	// The longest story of such findings.
	var st story
	for i := range 2 * signalLimit {
		d.FindingID = fmt.Sprint(i)
		st.add(d, int64(i), time.Hour)
	}
	if told := st.tell(r, d, subject{aroundActor, d.Actor.Username}); told.Size() > 2*mostBytes {
		t.Errorf("a story takes %d bytes", told.Size())
	}
}

func TestOrdinaryFindingIsWhole(t *testing.T) {
	d := &finding.Detection{Call: finding.APICall{UserAgent: "kubectl/v1.35.0 (linux/amd64) kubernetes/0000000", SourceIPs: []string{"198.51.100.7", "10.0.0.1"}}}
	d.Actor.AccessKeyID = "ASIAIOSFODNN7ABCDEFG"
	before, _ := json.Marshal(d)
	shorten(d)
	if after, _ := json.Marshal(d); !bytes.Equal(after, before) {
		t.Errorf("it is changed to %s", after)
	}
}

func TestWindowTellsValuesApartThatLookAlike(t *testing.T) {
	long := strings.Repeat("x", 500)
	var w window
	for i := range 3 {
		var h hit
		h.setValue(fmt.Sprintf("get /%s/%d", long, i))
		w.add(h, true)
		w.add(h, true)
		if len(h.Value) > valueLimit {
			t.Errorf("a value of %d bytes is kept", len(h.Value))
		}
	}
	if len(w.Hits) != 3 {
		t.Errorf("%d values", len(w.Hits))
	}
}
