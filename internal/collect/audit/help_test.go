package audit

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// start is when the events of the tests begin.
func start() time.Time { return time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) }

// line is an event with its ID, some seconds after the start.
func line(id string, seconds int) string {
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":%q,"stage":"ResponseComplete",`+
		`"requestURI":"/api/v1/namespaces/default/pods","verb":"list","user":{"username":"alice","groups":["system:authenticated"]},"sourceIPs":["192.0.2.7"],`+
		`"objectRef":{"resource":"pods","namespace":"default","apiVersion":"v1"},"responseStatus":{"code":200},"stageTimestamp":%q}`,
		id, start().Add(time.Duration(seconds)*time.Second).Format(time.RFC3339Nano))
}

// numberedLines are n lines from one number on, their IDs with a prefix.
func numberedLines(prefix string, from, n int) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		b.WriteString(line(fmt.Sprintf("%s%d", prefix, i), i) + "\n")
	}
	return b.String()
}

// ids lists what numberedLines makes.
func ids(prefix string, from, n int) []string {
	var all []string
	for i := from; i < from+n; i++ {
		all = append(all, fmt.Sprintf("%s%d", prefix, i))
	}
	return all
}

func write(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func gz(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zst(t testing.TB, text string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(text), nil)
}

// got is what a run gave.
type got struct {
	Result
	ids       []string
	at        []string // FILE:LINE of each, without the folder
	batches   []int    // how many events came up to the end of each
	positions [][]Position
}

// readAll runs Read.
func readAll(t testing.TB, o Options) got {
	t.Helper()
	g, err := tryRead(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func tryRead(ctx context.Context, o Options) (got, error) {
	var g got
	res, err := Read(ctx, o, func(b *Batch) error {
		for i := range b.Events {
			e := &b.Events[i]
			g.ids = append(g.ids, strings.Clone(e.AuditID))
			g.at = append(g.at, fmt.Sprintf("%s:%d", filepath.Base(e.File), e.Line))
		}
		g.batches = append(g.batches, len(g.ids))
		g.positions = append(g.positions, b.Positions)
		return nil
	})
	g.Result = res
	return g, err
}

// notes lists what the sources of a result say, without the folder.
func (g got) notes(folder string) []string {
	var all []string
	for _, s := range g.Sources {
		all = append(all, fmt.Sprintf("%s %s", strings.TrimPrefix(s.Name, folder), s.Status))
		for _, n := range s.NotAssessed {
			all = append(all, "  "+strings.ReplaceAll(n.What, folder, "")+": "+n.Why)
		}
	}
	return all
}

func equal(t testing.TB, what string, have, want []string) {
	t.Helper()
	if len(have) != len(want) {
		t.Errorf("%s: %d, want %d", what, len(have), len(want))
	}
	for i := range min(len(have), len(want)) {
		if have[i] != want[i] {
			t.Errorf("%s: at %d is %q, want %q", what, i, have[i], want[i])
			return
		}
	}
}
