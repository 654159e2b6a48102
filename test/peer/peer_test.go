package main

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMadeUpApplicationIsLikeARealOne(t *testing.T) {
	kinds := map[string]int{}
	for _, content := range madeUp() {
		for line := range strings.Lines(content) {
			if kind, ok := strings.CutPrefix(line, "kind: "); ok {
				kinds[strings.TrimSpace(kind)]++
			}
		}
	}
	want := map[string]int{"Deployment": 12, "Service": 12, "ServiceAccount": 12, "NetworkPolicy": 13}
	if !maps.Equal(kinds, want) {
		t.Errorf("kinds %v, want %v", kinds, want)
	}
	if !maps.Equal(madeUp(), madeUp()) {
		t.Error("two calls differ")
	}
}

func TestReplicateNamesEachNamespaceOnEachObject(t *testing.T) {
	dir := t.TempDir()
	files, objects, err := replicate(madeUp(), 3, dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3*14 || objects != 3*49 {
		t.Errorf("%d files with %d objects, want %d with %d", len(files), objects, 3*14, 3*49)
	}
	data, err := os.ReadFile(filepath.Join(dir, "shop-002-kubernetes-manifests.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), "\n  namespace: shop-002\n"); n != 36 {
		t.Errorf("%d objects of the last copy name its namespace, want 36", n)
	}
}

func TestMedianIsTakenOfEachQuantity(t *testing.T) {
	got := median([]usage{{cpu: 3, elapsed: 10, memory: 5}, {cpu: 1, elapsed: 30, memory: 7}, {cpu: 2, elapsed: 20, memory: 6}})
	if want := (usage{cpu: 2, elapsed: 20, memory: 6}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got := median([]usage{{cpu: 1}, {cpu: 3}}).cpu; got != 2*time.Nanosecond {
		t.Errorf("of two: %d, want 2", got)
	}
}

func TestFieldReadsWhatTheKernelWrites(t *testing.T) {
	if got := field("VmRSS:\t 10 kB\nRssAnon:\t   1234 kB\n", "RssAnon:"); got != 1234 {
		t.Errorf("%d, want 1234", got)
	}
	if got := field("VmRSS:\t 10 kB\n", "RssAnon:"); got != 0 {
		t.Errorf("absent: %d, want 0", got)
	}
}

func TestFlagsAreChecked(t *testing.T) {
	for _, args := range [][]string{{"-namespaces", "0"}, {"-namespaces", "a"}, {"-runs", "0"}, {"-unknown"}} {
		if err := run(context.Background(), args, &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}

func TestMeasureRefusesWhatIsNoResult(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := measure(t.Context(), []string{self, "-test.run=^$"}, true); err == nil || !strings.Contains(err.Error(), "no JSON") {
		t.Errorf("output that is not JSON: %v", err)
	}
	if _, err := measure(t.Context(), []string{filepath.Join(t.TempDir(), "absent")}, true); err == nil {
		t.Error("a program that is not there was taken")
	}
}
