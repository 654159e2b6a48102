//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// record writes the events of a deed that tell its story: those of who did it and
// of the controllers that follow, without kubectl's questions about the API, without
// managedFields, and with tokens and the content of Secrets replaced.
func record(t *testing.T, path string, events []auditEvent, d deed) {
	t.Helper()
	writeEvents(t, path, events, func(e *auditEvent) bool { return tells(e, d) })
}

// recordStart writes what the cluster itself writes before anybody does anything:
// the API server its roles and bindings, the controllers their service accounts.
func recordStart(t *testing.T, path string, events []auditEvent) {
	t.Helper()
	writeEvents(t, path, events, func(e *auditEvent) bool {
		switch e.ObjectRef.Resource {
		case "", "leases", "endpoints", "endpointslices": // They name the machine.
			return false
		}
		return strings.HasPrefix(e.User.Username, "system:") && !reads(e)
	})
}

// writeEvents writes those of the events that are wanted, cleaned.
func writeEvents(t *testing.T, path string, events []auditEvent, wanted func(*auditEvent) bool) {
	t.Helper()
	var out bytes.Buffer
	for i := range events {
		e := &events[i]
		if !wanted(e) {
			continue
		}
		var v map[string]any
		if err := json.Unmarshal(e.raw, &v); err != nil {
			t.Fatalf("decode: %v", err)
		}
		line, err := json.Marshal(cleaned(v, e.ObjectRef.Resource))
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		out.Write(append(line, '\n'))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tells says whether an event belongs to the record of a deed.
func tells(e *auditEvent, d deed) bool {
	if e.ObjectRef.Resource == "" && d.as != anonymous && !strings.HasPrefix(e.UserAgent, "curl") {
		return false
	}
	if e.User.Username == d.as {
		return true
	}
	controller := strings.HasPrefix(e.User.Username, "system:serviceaccount:kube-system:")
	return controller && !reads(e)
}

func reads(e *auditEvent) bool { return e.Verb == "get" || e.Verb == "list" || e.Verb == "watch" }

// cleaned replaces what nobody should keep, at any depth.
func cleaned(v any, resource string) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = cleaned(v[i], resource)
		}
	case map[string]any:
		delete(v, "managedFields")
		for key, value := range v {
			text, isText := value.(string)
			switch {
			case isText && text != "" && (key == "token" || key == "kubectl.kubernetes.io/last-applied-configuration" && resource == "secrets"):
				v[key] = "REDACTED"
			case resource == "secrets" && (key == "data" || key == "stringData"):
				if data, ok := value.(map[string]any); ok {
					for name := range data {
						data[name] = "UkVEQUNURUQ="
					}
				}
			case !isText:
				v[key] = cleaned(value, resource)
			}
		}
	}
	return v
}
