package manifest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
)

func TestHostileInputEndsWithAMessage(t *testing.T) {
	small := manifest.Limits{Document: 64 << 10, List: 128 << 10, File: 1 << 20, Documents: 100}
	var laughs strings.Builder
	laughs.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&laughs, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	repeated := "kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\na: &a " + strings.Repeat("x", 10<<10) + "\nb: [" + strings.Repeat("*a,", 5000) + "]\n"
	for _, c := range []struct{ name, file, text, note string }{
		{"a bomb of aliases", "a.yaml", laughs.String(), "values, aliases expanded"},
		{"a long text repeated by aliases", "a.yaml", repeated, "with its aliases expanded the document is larger than 64 KiB"},
		{"brackets without end", "a.yaml", strings.Repeat("[", 50_000), "nested more than"},
		{"brackets without end in JSON", "a.json", strings.Repeat("[", 50_000), "a.json:1"},
		{"maps without end", "a.yaml", strings.Repeat("{a: ", 10_000), "a.yaml:1"},
		{"dashes without end", "a.yaml", strings.Repeat("- ", 10_000), "nested more than"},
		{"a long document", "a.yaml", "a: |\n" + strings.Repeat("  x\n", 20_000), "larger than 64 KiB"},
		{"a longer document", "a.yaml", "a: |\n" + strings.Repeat("  x\n", 50_000), "larger than 128 KiB"},
		{"a long line", "a.yaml", strings.Repeat("x", 900_000), "larger than 128 KiB"},
		{"a long JSON value", "a.json", `{"a":"` + strings.Repeat("x", 300_000) + `"}`, "larger than 64 KiB"},
		{"a long file", "a.yaml", strings.Repeat("a: b\n---\n", 200_000), "more than 100 documents"},
		{"a long file of comments", "a.yaml", strings.Repeat("# b\n", 500_000), "the file is larger than 1 MiB"},
		{"zeros", "a.yaml", strings.Repeat("\x00", 10_000), "a.yaml"},
		{"a long list that says its kind at its end", "a.json", `{"apiVersion":"v1","items":[` + strings.TrimSuffix(strings.Repeat(`{"metadata":{"name":"x","annotations":{"a":"`+strings.Repeat("x", 9000)+`"}}},`, 60), ",") + `],"kind":"PodList"}`, "a.json: the list says only after its items"},
		{"nested lists of objects", "a.yaml", strings.Repeat("{kind: List, items: [", 12) + strings.Repeat("]}", 12), "nested too deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{c.file: c.text})
			start := time.Now()
			res := read(t, manifest.Options{Paths: []string{c.file}, Limits: small})
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if got := strings.Join(notes(res.Sources[0]), "\n"); !strings.Contains(got, c.note) || res.Sources[0].Status == inventory.StatusComplete {
				t.Errorf("%s, notes:\n%s\nwant %q", res.Sources[0].Status, got, c.note)
			}
		})
	}
}

func TestManyProblemsAreListedUpToALimitAndCounted(t *testing.T) {
	folder(t, map[string]string{"a.yaml": strings.Repeat("a: [\n---\n", 3000)})
	got := notes(read(t, manifest.Options{Paths: []string{"a.yaml"}}).Sources[0])
	if len(got) != 501 || !strings.Contains(got[500], "2500 more problems are not listed") {
		t.Errorf("%d notes, the last is %s", len(got), got[len(got)-1])
	}
}

// endless gives one object after the other and, at some point, waits for ever.
type endless struct {
	left   int
	called chan struct{}
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		close(e.called)
		select {}
	}
	e.left--
	return copy(p, pod+"---\n"), nil
}

func TestACancelledReadReturns(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	in := &endless{left: 1000, called: make(chan struct{})}
	go func() {
		<-in.called
		cancel()
	}()
	if _, err := manifest.Read(ctx, manifest.Options{Paths: []string{"-"}, Stdin: in}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	folder(t, map[string]string{"a.yaml": pod})
	if _, err := manifest.Read(ctx, manifest.Options{Paths: []string{"."}}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// failing gives some bytes and then an error.
type failing struct{ text string }

func (f *failing) Read(p []byte) (int, error) {
	if f.text == "" {
		return 0, errors.New("the cable is out")
	}
	n := copy(p, f.text)
	f.text = f.text[n:]
	return n, nil
}

func TestAnErrorOfTheInputKeepsWhatWasReadBefore(t *testing.T) {
	res := read(t, manifest.Options{Paths: []string{"-"}, Stdin: &failing{pod + "---\n" + service}})
	check(t, res, []string{"stdin:1 default/Pod/web"}, inventory.StatusPartial, "the cable is out")
	res = read(t, manifest.Options{Paths: []string{"-"}, Stdin: &failing{podJSON + "\n{"}})
	check(t, res, []string{"stdin:1 default/Pod/web"}, inventory.StatusPartial, "the cable is out")
	res = read(t, manifest.Options{Paths: []string{"-"}, Stdin: &failing{}})
	check(t, res, nil, inventory.StatusFailed, "the cable is out")
}

func TestProgressAndNoGoroutineIsLeft(t *testing.T) {
	files := map[string]string{}
	for i := range 200 {
		files[fmt.Sprintf("d/%03d.yaml", i)] = pod
	}
	folder(t, files)
	before := runtime.NumGoroutine()
	calls, lastFiles, lastObjects := 0, 0, 0
	read(t, manifest.Options{Paths: []string{"d", "-"}, Stdin: io.LimitReader(strings.NewReader(service), 1<<20), Progress: func(files, objects int) {
		if files < lastFiles || objects < lastObjects {
			t.Errorf("progress goes back: %d files after %d, %d objects after %d", files, lastFiles, objects, lastObjects)
		}
		calls, lastFiles, lastObjects = calls+1, files, objects
	}})
	if calls < 3 || lastFiles != 201 || lastObjects != 201 {
		t.Errorf("%d calls, the last with %d files and %d objects", calls, lastFiles, lastObjects)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// TestMemoryFollowsTheDocumentNotTheFile reads a stream of 64 MiB that holds no object.
func TestMemoryFollowsTheDocumentNotTheFile(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	res := read(t, manifest.Options{Paths: []string{"-"}, Stdin: io.LimitReader(&texts{}, 64<<20), Workers: 2})
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 48<<20 {
		t.Errorf("the heap has grown by %d MiB", grown>>20)
	}
	if len(res.Resources) != 0 || res.Counts.NotObjects < 6000 {
		t.Errorf("%d resources, %+v", len(res.Resources), res.Counts)
	}
}

// texts gives documents of 10 KB, without end.
type texts struct{ left []byte }

func (d *texts) Read(p []byte) (int, error) {
	if len(d.left) == 0 {
		d.left = []byte("---\na: |\n" + strings.Repeat("  "+strings.Repeat("x", 97)+"\n", 100))
	}
	n := copy(p, d.left)
	d.left = d.left[n:]
	return n, nil
}
