//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// learnedDays is how many days of ordinary work come before a deed; learnedEvery is how
// often it is done on each.
const (
	learnedDays  = 8
	learnedEvery = 6 * time.Hour
)

// testLearned puts days of ordinary work before each deed: those that are unusual then
// give the types that their table says, and the ordinary ones none.
func (p *play) testLearned(t *testing.T) {
	var ordinary []auditEvent
	for _, a := range p.acts {
		if strings.HasPrefix(a.name, "ordinary-") {
			ordinary = append(ordinary, a.events...)
		}
	}
	var days []byte
	for before := learnedDays * 24 * time.Hour; before > 0; before -= learnedEvery {
		days = append(days, shifted(t, ordinary, before)...)
	}
	for _, a := range p.acts {
		if isOrdinary := strings.HasPrefix(a.name, "ordinary-"); !isOrdinary && a.learned == nil {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			log := slices.Concat(days, textOf(a.events, func(*auditEvent) bool { return true }))
			var unusual []string
			for _, d := range detected(t, log) {
				if d.Anomaly == nil {
					continue
				}
				if !slices.ContainsFunc(a.events, func(e auditEvent) bool { return e.AuditID == d.AuditID }) || d.Actor.Username != a.as {
					t.Errorf("%s by %s is no part of the deed", d.Type, d.Actor.Username)
				}
				if !slices.Contains(unusual, d.Type) {
					unusual = append(unusual, d.Type)
				}
			}
			slices.Sort(unusual)
			if want := slices.Sorted(slices.Values(a.learned)); !slices.Equal(unusual, want) {
				t.Errorf("found %v, want %v", unusual, want)
			}
		})
	}
}

// shifted is the log of events as if all of them had been some time earlier.
func shifted(t *testing.T, events []auditEvent, by time.Duration) []byte {
	t.Helper()
	var log bytes.Buffer
	for i := range events {
		var e map[string]json.RawMessage
		if err := json.Unmarshal(events[i].raw, &e); err != nil {
			t.Fatalf("decode: %v", err)
		}
		for _, field := range []string{"requestReceivedTimestamp", "stageTimestamp"} {
			var at time.Time
			if err := json.Unmarshal(e[field], &at); err != nil {
				t.Fatalf("decode %s: %v", field, err)
			}
			e[field] = json.RawMessage(at.Add(-by).Format(`"2006-01-02T15:04:05.000000Z"`))
		}
		e["auditID"] = fmt.Appendf(nil, "%q", events[i].AuditID+by.String())
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		log.Write(append(line, '\n'))
	}
	return log.Bytes()
}
