package event

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
}

// Every public record decodes, and so does what is written of it.
func TestPublicRecordsDecode(t *testing.T) {
	folder := os.Getenv("MERLON_CORPUS")
	if folder == "" {
		t.Skip("set MERLON_CORPUS to the folder of public data")
	}
	for name, want := range map[string]int{"falco-k8s-audit-traces.jsonl": 51, "helm-installs-benign.jsonl.gz": 16_563} {
		var (
			d, again Decoder
			w        Encoder
			n        int
		)
		for line := range strings.Lines(readPublic(t, filepath.Join(folder, "audit", name))) {
			events, err := d.Append(nil, line)
			if err != nil || len(events) != 1 {
				t.Fatalf("%s, line %d: %v", name, n+1, err)
			}
			n++
			e := events[0]
			if e.At == 0 || e.Received == 0 || e.Verb == "" || e.User.Name == "" || e.Outcome() == OutcomeUnknown && e.Stage >= StageResponseStarted && e.Stage != StagePanic {
				t.Errorf("%s, line %d: %+v", name, n, e)
			}
			written, err := again.Append(nil, string(w.Append(nil, &e, false)))
			if err != nil || len(written) != 1 {
				t.Fatalf("%s, line %d, written: %v", name, n, err)
			}
			written[0].Request, written[0].Response, e.Request, e.Response = "", "", "", ""
			if diff := cmp.Diff(e, written[0], cmp.AllowUnexported(Event{})); diff != "" && !strings.Contains(e.uri, "command=") {
				t.Errorf("%s, line %d: %s", name, n, diff)
			}
		}
		if n != want {
			t.Errorf("%s holds %d records, want %d", name, n, want)
		}
	}
}

func readPublic(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
