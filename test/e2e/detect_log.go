//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// auditEvent is as much of an audit event as these tests look at.
type auditEvent struct {
	AuditID        string
	Level          string
	Stage          string
	Verb           string
	RequestURI     string
	User           struct{ Username string }
	UserAgent      string
	ObjectRef      struct{ Namespace, Resource, Name, Subresource string }
	ResponseStatus struct{ Code int }

	raw []byte // With its line end.
}

// on names what the event is about as trace.on does.
func (e *auditEvent) on() string {
	o := e.ObjectRef
	if o.Resource == "" {
		uri, _, _ := strings.Cut(e.RequestURI, "?")
		return uri
	}
	namespace := o.Namespace
	if o.Resource == "namespaces" {
		namespace = "" // The server names the namespace as its own.
	}
	return strings.TrimRight(strings.Join([]string{namespace, o.Resource, o.Name, o.Subresource}, "/"), "/")
}

// auditFiles lists the files of the audit log, the oldest first.
func auditFiles(t testing.TB, c *Cluster) []string {
	t.Helper()
	rotated, err := filepath.Glob(strings.TrimSuffix(c.AuditLog, ".log") + "-*.log")
	if err != nil {
		t.Fatalf("find the audit log: %v", err)
	}
	slices.Sort(rotated) // Their names hold the time.
	return append(rotated, c.AuditLog)
}

// auditText reads the whole lines of the audit log, over all its files.
func auditText(t testing.TB, c *Cluster) []byte {
	t.Helper()
	for {
		files := auditFiles(t, c)
		var text []byte
		for _, file := range files {
			part, err := os.ReadFile(file)
			if err != nil && !os.IsNotExist(err) { // Between a rotation and the next event it is not there.
				t.Fatalf("read the audit log: %v", err)
			}
			text = append(text, part...)
		}
		if slices.Equal(files, auditFiles(t, c)) { // It was not rotated meanwhile.
			return text[:bytes.LastIndexByte(text, '\n')+1]
		}
	}
}

// logSize is the length of the audit log so far, in bytes.
func logSize(t testing.TB, c *Cluster) int {
	t.Helper()
	return len(auditText(t, c))
}

// eventsFrom decodes the events of the audit log from an offset on.
func eventsFrom(t testing.TB, c *Cluster, start int) []auditEvent {
	t.Helper()
	return decodeEvents(t, auditText(t, c)[start:])
}

func decodeEvents(t testing.TB, text []byte) []auditEvent {
	t.Helper()
	var events []auditEvent
	for line := range bytes.Lines(text) {
		var e auditEvent
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("decode %s: %v", line, err)
		}
		e.raw = line
		events = append(events, e)
	}
	return events
}

// textOf is the log of some events, those for which keep says so.
func textOf(events []auditEvent, keep func(*auditEvent) bool) []byte {
	text := []byte{}
	for i := range events {
		if keep(&events[i]) {
			text = append(text, events[i].raw...)
		}
	}
	return text
}
