package catalog_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// Public records lack one field or another. Whichever is missing, no rule may stumble, nor name a field as evidence that
// is not there.
func TestEveryDetectionTakesPartialRecords(t *testing.T) {
	for _, r := range catalog.Detections() {
		for _, e := range r.Examples {
			for line := range strings.Lines(e.Input) {
				var record map[string]json.RawMessage
				if err := json.Unmarshal([]byte(line), &record); err != nil {
					t.Fatalf("%s: %s: %v", r.Type, e.Name, err)
				}
				for missing := range record {
					partial := without(t, record, missing)
					for _, problem := range evidenceProblems(t, r, partial) {
						t.Errorf("%s: %s: without %s: %s", r.Type, e.Name, missing, problem)
					}
				}
				break // The records of one example are alike.
			}
		}
	}
}

func without(t *testing.T, record map[string]json.RawMessage, missing string) string {
	t.Helper()
	partial := map[string]json.RawMessage{}
	for name, value := range record {
		if name != missing {
			partial[name] = value
		}
	}
	text, err := json.Marshal(partial)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// evidenceProblems runs one rule over one record, and says which evidence is not in it.
func evidenceProblems(t *testing.T, r *rule.Detection, record string) (problems []string) {
	t.Helper()
	var d event.Decoder
	events, err := d.Append(nil, record)
	if err != nil {
		return nil // What is left is no audit record.
	}
	for i := range events {
		engine := detect.New(detect.Options{Rules: []*rule.Detection{r}, Found: func(d *finding.Detection) {
			var shown tree.Tree
			if err := tree.DecodeJSON(&shown, events[i].AppendJSON(nil, false), 1, tree.Limits{}); err != nil {
				t.Fatal(err)
			}
			for _, reason := range d.Why {
				for _, f := range reason.Evidence {
					if !shown.Root().Lookup(f.Path).Exists() {
						problems = append(problems, reason.Condition+" names "+f.Path)
					}
				}
			}
		}})
		engine.Take(&events[i])
	}
	return problems
}
