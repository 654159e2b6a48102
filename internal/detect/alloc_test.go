package detect_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/intel"
	"github.com/merlonsec/merlon/internal/rule"
)

// A real record that matches nothing costs no memory beyond what the decoder takes, be it decoded alone or looked at by all
// rules, baselines and lists.
func TestARecordThatMatchesNothingAllocatesNoMoreThanItsDecoder(t *testing.T) {
	const runs = 200
	// What a kube-apiserver recorded of a node, an operator, a program that measures and two people at their work.
	ordinary, err := os.ReadFile(filepath.Join("testdata", "ordinary.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	list, _ := intel.Parse("threats", intel.Threat, strings.NewReader("198.51.100.0/24\n"), time.Time{})
	found := 0
	engine := detect.New(detect.Options{
		Rules: catalog.Detections(), Around: rule.Surroundings{Cluster: "prod", Lists: detect.NewAddresses(list)},
		Found: func(*finding.Detection) { found++ },
	})
	var d event.Decoder
	var events []event.Event
	decode := func(record string) {
		var err error
		if events, err = d.Append(events[:0], record); err != nil || len(events) != 1 {
			t.Fatalf("%d events: %v", len(events), err)
		}
	}
	next := 0
	again := func(line string) (records []string) {
		for range 2*runs + 2 {
			next++
			records = append(records, numberedAnew(line, next))
		}
		return records
	}
	lines := slices.Collect(strings.Lines(string(bytes.TrimSpace(ordinary))))
	for range 8 { // Everybody becomes known, and the table of requests gets room for all that follow.
		for _, line := range lines {
			for _, record := range again(line) {
				decode(record)
				engine.TakeAll(events)
			}
		}
	}
	before := engine.Stats()
	for _, line := range lines {
		records := again(line)
		alone := testing.AllocsPerRun(runs, func() {
			decode(records[0])
			records = records[1:]
		})
		looked := testing.AllocsPerRun(runs, func() {
			decode(records[0])
			engine.TakeAll(events)
			records = records[1:]
		})
		if alone != looked {
			t.Errorf("decoded, it allocates %v times, looked at %v times: %s", alone, looked, line)
		}
	}
	after := engine.Stats()
	if want := int64(len(lines) * (runs + 1)); after.Requests-before.Requests != want || found > 0 {
		t.Errorf("%d requests were looked at, want %d; %d detections", after.Requests-before.Requests, want, found)
	}
}

// numberedAnew gives a record of another request, by its audit ID.
func numberedAnew(line string, n int) string {
	const field, kept = `"auditID":"`, len("5f0d6f3c-2c54-4a8e-9f11-")
	i := strings.Index(line, field) + len(field) + kept
	return line[:i] + fmt.Sprintf("%012x", n) + line[i+12:]
}
