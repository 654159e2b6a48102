//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"testing"

	auditrecord "github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/tree"
)

// checkEvidence holds what a detection shows against the record that it names: each of
// its fields is there, with its value, but for what is taken out of records as a secret.
func checkEvidence(t *testing.T, d *finding.Detection) {
	t.Helper()
	record, ok := recordAt(t, d)
	if !ok {
		return
	}
	for _, reason := range d.Why {
		for _, f := range reason.Evidence {
			switch at := record.Lookup(f.Path); {
			case !at.Exists():
				t.Errorf("%s shows %s, which is not in its record", d.Type, f.Path)
			case at.Text() != f.Value && at.Kind() != tree.Map && at.Kind() != tree.List:
				t.Errorf("%s shows %s = %q, and its record says %q", d.Type, f.Path, f.Value, at.Text())
			}
		}
	}
	if d.Workload != nil && d.Workload.Name == "" {
		t.Errorf("%s does not name its workload (%s)", d.Type, d.Call.RequestURI)
	}
}

// recordAt reads the record of a detection from the file and line that it names.
func recordAt(t *testing.T, d *finding.Detection) (tree.Node, bool) {
	t.Helper()
	log, err := os.ReadFile(d.Source.File)
	if err != nil {
		t.Errorf("%s names a record that cannot be read: %v", d.Type, err)
		return tree.Node{}, false
	}
	lines := bytes.Split(log, []byte("\n"))
	if d.Source.Line < 1 || d.Source.Line > len(lines) {
		t.Errorf("%s names line %d of %d", d.Type, d.Source.Line, len(lines))
		return tree.Node{}, false
	}
	var decoder auditrecord.Decoder
	events, err := decoder.Append(nil, string(lines[d.Source.Line-1]))
	if err != nil || len(events) != 1 || events[0].AuditID != d.AuditID {
		t.Errorf("%s names %s:%d, where its record is not (%v)", d.Type, d.Source.File, d.Source.Line, err)
		return tree.Node{}, false
	}
	var record tree.Tree
	if err := tree.DecodeJSON(&record, events[0].AppendJSON(nil, false), 1, tree.Limits{}); err != nil {
		t.Errorf("read the record of %s: %v", d.Type, err)
		return tree.Node{}, false
	}
	return record.Root(), true
}
