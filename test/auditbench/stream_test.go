package auditbench

import (
	"bytes"
	"os"
	"testing"

	"github.com/merlonsec/merlon/internal/event"
)

// A stream is what a log of real requests would be: every line an event, no request twice, time going on.
func TestStreamsAreLogs(t *testing.T) {
	streams, _, err := Streams("")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range streams {
		var d event.Decoder
		users, requests, last := map[string]bool{}, map[string]int64{}, int64(0)
		log, n := s.Append(nil, 0, 8<<20)
		for line := range bytes.Lines(log) {
			events, err := d.Append(nil, string(line))
			if err != nil || len(events) != 1 {
				t.Fatalf("%s: %d events of %s: %v", s.Name, len(events), line, err)
			}
			e := &events[0]
			if received, ok := requests[e.AuditID]; ok && (received != e.Received || e.Stage != event.StageResponseComplete) {
				t.Errorf("%s: a request comes twice: %s", s.Name, line)
			}
			if e.At < last {
				t.Errorf("%s: time goes back: %s", s.Name, line)
			}
			users[e.User.Name], requests[e.AuditID], last = true, e.Received, e.At
		}
		if len(users) < 100 || len(requests) < n*9/10 {
			t.Errorf("%s: %d users, %d requests in %d events", s.Name, len(users), len(requests), n)
		}
		if kb := map[string]int{"1kb": 1000, "10kb": 10_000}[s.Name]; s.Mean < kb*8/10 || s.Mean > kb*12/10 {
			t.Errorf("%s: the mean size is %d", s.Name, s.Mean)
		}
	}
}

// What was recorded stays small, and tells nothing of the machine it was recorded on.
func TestRecordingsAreSmallAndNeutral(t *testing.T) {
	for _, path := range []string{"1kb.jsonl.zst", "10kb.jsonl.zst"} {
		packed, err := recorded.ReadFile("recorded/" + path)
		if err != nil {
			t.Fatal(err)
		}
		if len(packed) > 150<<10 {
			t.Errorf("%s has %d bytes", path, len(packed))
		}
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	streams, _, err := Streams("")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range streams {
		for i := range s.events {
			for _, foreign := range []string{host, "token-of-", "eyJ", "PRIVATE KEY"} {
				if bytes.Contains(s.events[i].text, []byte(foreign)) {
					t.Errorf("%s: an event holds %q: %s", s.Name, foreign, s.events[i].text)
				}
			}
		}
	}
}
