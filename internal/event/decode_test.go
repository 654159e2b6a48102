package event

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// full is a record with most of what a record may hold.
const full = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a1","stage":"ResponseComplete",
		"requestURI":"/api/v1/namespaces/x/pods/p/exec?command=sh&command=-c&command=echo+hi&container=c&tty=true","verb":"create",
		"user":{"username":"alice","groups":["a","system:authenticated"],"extra":{"arn":["x"]}},"sourceIPs":["10.0.0.1"],
		"objectRef":{"resource":"pods","subresource":"exec","namespace":"x","name":"p","apiVersion":"v1"},
		"responseStatus":{"metadata":{},"code":101},"requestReceivedTimestamp":"2026-01-02T03:04:05.678901Z",
		"annotations":{"authorization.k8s.io/decision":"allow"}}`

func TestDecodesAnEvent(t *testing.T) {
	var d Decoder
	events, err := d.Append(nil, full)
	if err != nil || len(events) != 1 {
		t.Fatal(events, err)
	}
	e := &events[0]
	c, ok := e.Command()
	if e.AuditID != "a1" || e.Code != 101 || e.User.Name != "alice" || !e.User.Groups.Has("system:authenticated") || !ok || c.Program != "sh" ||
		e.SourceIPs.First().Text() != "10.0.0.1" || e.Time().Format("2006-01-02 15:04:05.000000") != "2026-01-02 03:04:05.678901" {
		t.Errorf("%+v %+v", e, c)
	}
	t.Log(string(e.AppendJSON(nil, false)))
}

func TestFalco(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(os.Getenv("MERLON_CORPUS"), "audit", "falco-k8s-audit-traces.jsonl"))
	if err != nil {
		t.Skip("set MERLON_CORPUS to the folder of public data")
	}
	var d Decoder
	for line := range strings.Lines(string(data)) {
		if events, err := d.Append(nil, line); err != nil || len(events) != 1 {
			t.Error(err)
		}
	}
}
