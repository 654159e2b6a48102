package audit

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// following is a Read that follows, in the background.
type following struct {
	events chan string
	stop   func() Result
}

func startFollowing(t *testing.T, o Options) following {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	f := following{events: make(chan string, 10_000)}
	ended := make(chan Result)
	o.Follow = true
	go func() {
		res, err := Read(ctx, o, func(b *Batch) error {
			for i := range b.Events {
				f.events <- strings.Clone(b.Events[i].AuditID)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		ended <- res
	}()
	f.stop = func() Result {
		cancel()
		return <-ended
	}
	return f
}

// wants waits for events, in their order.
func (f following) wants(t *testing.T, ids ...string) {
	t.Helper()
	for _, want := range ids {
		select {
		case have := <-f.events:
			if have != want {
				t.Fatalf("%s, want %s", have, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("no %s", want)
		}
	}
}

func add(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func TestFollowWaitsForTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	f := startFollowing(t, Options{Paths: []string{path}, poll: time.Millisecond})
	time.Sleep(10 * time.Millisecond)
	add(t, path, line("a", 0)+"\n"+line("b", 0)[:50])
	f.wants(t, "a")
	add(t, path, line("b", 0)[50:]+"\n")
	f.wants(t, "b")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Millisecond)
	add(t, path, line("c", 0)+"\n")
	f.wants(t, "c")
	if res := f.stop(); res.Events != 3 || len(res.Problems) > 0 {
		t.Errorf("%+v", res)
	}
}

func TestFollowFindsNewLogs(t *testing.T) {
	folder := t.TempDir()
	f := startFollowing(t, Options{Paths: []string{folder}, poll: time.Millisecond})
	time.Sleep(10 * time.Millisecond)
	add(t, filepath.Join(folder, "one.log"), line("a", 0)+"\n")
	f.wants(t, "a")
	add(t, filepath.Join(folder, "two.log"), line("b", 0)+"\n")
	f.wants(t, "b")
	add(t, filepath.Join(folder, "one.log"), line("c", 0)+"\n")
	f.wants(t, "c")
	f.stop()
}

// A log that is quiet, and a stream that gives nothing, hold up nobody.
func TestFollowIsPrompt(t *testing.T) {
	folder := t.TempDir()
	quiet, busy := filepath.Join(folder, "quiet.log"), filepath.Join(folder, "busy.log")
	write(t, quiet, []byte(line("q", 0)+"\n"))
	write(t, busy, nil)
	in, out := io.Pipe()
	f := startFollowing(t, Options{Paths: []string{quiet, busy, "-"}, Stdin: in})
	f.wants(t, "q")
	var slowest time.Duration
	for range 5 {
		time.Sleep(30 * time.Millisecond)
		add(t, busy, line("b", 0)+"\n")
		began := time.Now()
		f.wants(t, "b")
		slowest = max(slowest, time.Since(began))
	}
	io.WriteString(out, line("s", 0)+"\n")
	f.wants(t, "s")
	if slowest > time.Second { // poll and the machine's other work
		t.Errorf("an event came after %v", slowest)
	}
	t.Logf("slowest %v", slowest)
	out.Close()
	f.stop()
}

func TestReadStopsAtOnce(t *testing.T) {
	in, _ := io.Pipe()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := tryRead(ctx, Options{Paths: []string{"-"}, Stdin: in}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	stop := errors.New("stop")
	path := write(t, filepath.Join(t.TempDir(), "a"), []byte(numberedLines("e", 0, 1000)))
	calls := 0
	_, err := Read(t.Context(), Options{Paths: []string{path}, chunk: 1000}, func(*Batch) error {
		calls++
		return stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func TestKin(t *testing.T) {
	r := newRotations()
	for _, names := range [][]string{ // each a log, the oldest first
		{"audit-2026-11-28T11-59-59.999.log.gz", "audit-2026-11-28T12-00-00.000.log", "audit.log"},
		{"audit.log.10.gz", "audit.log.9.zst", "audit.log.1", "audit.log"},
		{"audit.log-20261127.gz", "audit.log-20261128", "audit.log"},
		{"audit-20261127.log", "audit-20261128.log.gz", "audit.log"},
		{"audit.log-2026112811", "audit.log-2026112812", "audit.log"},
		{"audit.log.2026-11-27", "audit.log.2026-11-28", "audit.log.1", "audit.log"},
		{"000000.gz", "000001.gz", "000010.gz"},
	} {
		mixed := slices.Clone(names)
		slices.Sort(mixed)
		slices.SortStableFunc(mixed, func(a, b string) int { return r.kin(a).older(r.kin(b)) })
		equal(t, "order", mixed, names)
		for _, name := range names {
			if have, want := r.kin(name).base, r.kin(names[0]).base; have != want {
				t.Errorf("%s is of %q, want %q", name, have, want)
			}
		}
	}
	for _, name := range []string{"kube-apiserver-audit.json", "node-10.2.3.log", "audit"} {
		if k := r.kin(name); k.base != name || k.rank != newest {
			t.Errorf("%s: %+v", name, k)
		}
	}
}
