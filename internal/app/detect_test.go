package app_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/audit"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// auditLog writes the records of every rule's examples as one log, in random order, a few seconds apart.
func auditLog(t *testing.T, random *rand.Rand, length int) []string {
	t.Helper()
	var records []event.Event
	var d event.Decoder
	for _, r := range catalog.Detections() {
		for _, e := range r.Examples {
			for line := range strings.Lines(e.Input) {
				var err error
				if records, err = d.Append(records, strings.TrimSpace(line)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	lines := make([]string, length)
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for i := range lines {
		e := records[random.IntN(len(records))]
		at = at.Add(time.Duration(random.IntN(9000)) * time.Millisecond)
		if random.IntN(8) == 0 { // Characters of several bytes, cut somewhere.
			tail := strings.Repeat([]string{"é", "名", "🐙"}[random.IntN(3)], 30+random.IntN(40))
			e.Object.Name, e.UserAgent = strings.Repeat("x", random.IntN(4))+tail+fmt.Sprint(random.IntN(4)), strings.Repeat("y", random.IntN(4))+tail
		}
		e.Received, e.At, e.AuditID = at.UnixNano(), at.UnixNano(), fmt.Sprint("request-", i)
		lines[i] = string(e.AppendJSON(nil, true)) + "\n"
	}
	return lines
}

// told is what a run found, without where the records stand.
type told struct{ detections, threats string }

func detectIn(t *testing.T, folder, state string) told {
	t.Helper()
	var all []string
	detected, err := app.Detect(context.Background(), app.Detection{
		Logs: audit.Options{Paths: []string{folder}}, Rules: catalog.Detections(), Around: rule.Surroundings{Cluster: "prod"},
		State: state, Now: func() time.Time { return time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC) },
		Found: func(d *finding.Detection, _ *finding.Threat) error {
			one := *d
			one.Source.File, one.Source.Line = "", 0
			all = append(all, encode(t, &one))
			return nil
		},
	})
	if err != nil && !errors.Is(err, app.ErrNoEvents) {
		t.Fatal(err)
	}
	var threats []string
	for i := range detected.Threats {
		one := detected.Threats[i]
		one.Source.File, one.Source.Line = "", 0
		threats = append(threats, encode(t, &one))
	}
	return told{strings.Join(all, "\n"), strings.Join(threats, "\n")}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The log is cut into files, which are rotated and compressed as it grows, and read by one run or by many that go on from
// each other.
func TestTheSameLogGivesTheSameFindingsHoweverItIsCut(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 3))
		lines := auditLog(t, random, 600)
		whole := t.TempDir()
		write(t, filepath.Join(whole, "audit.log"), strings.Join(lines, ""))
		want := detectIn(t, whole, "")
		if want.detections == "" {
			t.Fatal("nothing is found")
		}

		cut, state := t.TempDir(), filepath.Join(t.TempDir(), "state")
		var got told
		for rest := lines; len(rest) > 0; {
			n := min(1+random.IntN(90), len(rest))
			current := filepath.Join(cut, "audit.log")
			appendTo(t, current, strings.Join(rest[:n], ""))
			rest = rest[n:]
			if random.IntN(3) > 0 {
				part := detectIn(t, cut, state)
				got.detections = strings.Trim(got.detections+"\n"+part.detections, "\n")
				got.threats = part.threats
			}
			if random.IntN(4) == 0 {
				rotate(t, cut, random.IntN(2) == 0)
			}
		}
		part := detectIn(t, cut, state)
		got.detections = strings.Trim(got.detections+"\n"+part.detections, "\n")
		got.threats = part.threats
		if got.detections != want.detections {
			t.Errorf("seed %d: in one run\n%s\nin parts\n%s", seed, want.detections, got.detections)
		}
		if got.threats != want.threats {
			t.Errorf("seed %d: findings of one run\n%s\nof parts\n%s", seed, want.threats, got.threats)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// rotate renames the logs of a folder as logrotate does: audit.log.2.gz, audit.log.1, audit.log.
func rotate(t *testing.T, folder string, compress bool) {
	t.Helper()
	for n := 40; n >= 0; n-- {
		for _, end := range []string{"", ".gz"} {
			from := filepath.Join(folder, fmt.Sprintf("audit.log.%d%s", n, end))
			if n == 0 {
				from = filepath.Join(folder, "audit.log")
			}
			if _, err := os.Stat(from); err != nil || n == 0 && end != "" {
				continue
			}
			to := filepath.Join(folder, fmt.Sprintf("audit.log.%d%s", n+1, end))
			if err := os.Rename(from, to); err != nil {
				t.Fatal(err)
			}
			if compress && end == "" {
				gzipFile(t, to)
			}
		}
	}
}

func gzipFile(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close(), os.Remove(path)); err != nil {
		t.Fatal(err)
	}
}
