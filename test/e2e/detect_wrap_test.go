//go:build e2e

package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// testWrapped reads the log in what carries logs to where they are looked at. What is
// found is the same.
func (p *play) testWrapped(t *testing.T) {
	log := auditText(t, p.c)
	want := occurrences(t, log, "audit.log")
	if len(want) == 0 {
		t.Fatal("nothing is found")
	}
	for name, wrapped := range map[string][]byte{
		"audit.log.gz":      gzipped(t, log),
		"audit.log.zst":     zstandard(t, log),
		"event-list.json":   eventList(log),
		"subscription.json": subscriptions(t, log, false),
		"lambda.json":       subscriptions(t, log, true),
	} {
		if diff := cmp.Diff(want, occurrences(t, wrapped, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// occurrences are the types that are found in a file with the log, each with its event.
func occurrences(t *testing.T, log []byte, name string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, log, 0o600); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, d := range detected(t, nil, file) {
		all = append(all, d.Type+" "+d.AuditID)
	}
	slices.Sort(all)
	return all
}

func gzipped(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstandard(t *testing.T, text []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(text, nil)
}

// eventList is the log as the API server's webhook sends it.
func eventList(log []byte) []byte {
	items := bytes.Join(bytes.Split(bytes.TrimSpace(log), []byte("\n")), []byte(","))
	return fmt.Appendf(nil, `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[%s]}`+"\n", items)
}

// subscriptions is the log as CloudWatch Logs sends it to who subscribed to an EKS
// cluster's log group, some events a message; packed, as Lambda gets it.
func subscriptions(t *testing.T, log []byte, packed bool) []byte {
	t.Helper()
	var all bytes.Buffer
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	for some := range slices.Chunk(lines, 100) {
		type logEvent struct {
			ID        string `json:"id"`
			Timestamp int64  `json:"timestamp"`
			Message   string `json:"message"`
		}
		var events []logEvent
		for i, line := range some {
			events = append(events, logEvent{fmt.Sprintf("%056d", i), 1_796_000_000_000, line})
		}
		message, err := json.Marshal(map[string]any{
			"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "/aws/eks/shop/cluster",
			"logStream": "kube-apiserver-audit-0123456789abcdef", "subscriptionFilters": []string{"merlon"}, "logEvents": events,
		})
		if err != nil {
			t.Fatal(err)
		}
		if packed {
			message = fmt.Appendf(nil, `{"awslogs":{"data":%q}}`, base64.StdEncoding.EncodeToString(gzipped(t, message)))
		}
		all.Write(append(message, '\n'))
	}
	return all.Bytes()
}
