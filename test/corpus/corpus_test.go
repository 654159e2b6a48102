//go:build corpus

// Package corpus counts what Merlon finds in manifests that others published, where they are present: it
// reads the folder that MERLON_CORPUS names, and changes nothing in it.
package corpus

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/finding"
)

func corpus(t *testing.T, folder ...string) string {
	t.Helper()
	root := os.Getenv("MERLON_CORPUS")
	if root == "" {
		t.Fatal("MERLON_CORPUS names no folder; run `make corpus`")
	}
	return filepath.Join(append([]string{root, "manifests"}, folder...)...)
}

func scan(t *testing.T, path string) *finding.Scan {
	t.Helper()
	v, err := app.Read(context.Background(), app.Input{Options: manifest.Options{Paths: []string{path}}})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for _, s := range v.Sources() {
		for _, n := range s.NotAssessed {
			t.Logf("%s: %s", n.What, n.Why)
		}
	}
	return app.Assess(v, app.Assessment{Rules: catalog.All(), Now: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)})
}

// expectation is one line of expected.jsonl.
type expectation struct {
	File    string   `json:"file"`
	Variant string   `json:"variant"`
	Traits  []string `json:"expect_traits"`
	Absent  []string `json:"expect_absent"`
}

func expectations(t *testing.T) []expectation {
	t.Helper()
	f, err := os.Open(corpus(t, "badpods", "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []expectation
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var e expectation
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// cell names a trait of expected.jsonl as Merlon does.
func cell(traits []finding.TraitRecord, name string) bool {
	ids := map[string]string{
		"privileged": "privileged-container", "hostNetwork": "host-network", "hostPID": "host-pid", "hostIPC": "host-ipc",
		"hostPath:/": "sensitive-host-path",
	}
	return slices.ContainsFunc(traits, func(t finding.TraitRecord) bool {
		if t.ID != ids[name] {
			return false
		}
		return t.ID != "sensitive-host-path" || slices.ContainsFunc(t.Evidence, func(e finding.Evidence) bool { return e.Value == "/" })
	})
}

func TestBadPods(t *testing.T) {
	right, cells := 0, 0
	bySeverity := map[string]map[string]int{}
	for _, want := range expectations(t) {
		s := scan(t, corpus(t, "badpods", want.File))
		for _, name := range want.Traits {
			cells++
			if cell(s.Traits, name) {
				right++
			} else {
				t.Errorf("%s: %s is missing", want.File, name)
			}
		}
		for _, name := range want.Absent {
			cells++
			if !cell(s.Traits, name) {
				right++
			} else {
				t.Errorf("%s: %s is found and not there", want.File, name)
			}
		}
		checkBadPod(t, want, worst(s), bySeverity)
	}
	// The file format lists the traits of every file, those of nothing-allowed as absent.
	t.Logf("trait cells right: %d of %d", right, cells)
	for _, variant := range slices.Sorted(keys(bySeverity)) {
		t.Logf("%-20s %v", variant, bySeverity[variant])
	}
	if cells != 640 {
		t.Errorf("%d cells, want 640", cells)
	}
}

// checkBadPod holds a file's severity against what its variant must be.
func checkBadPod(t *testing.T, e expectation, got finding.Severity, bySeverity map[string]map[string]int) {
	t.Helper()
	if bySeverity[e.Variant] == nil {
		bySeverity[e.Variant] = map[string]int{}
	}
	bySeverity[e.Variant][got.String()]++
	switch e.Variant {
	case "nothing-allowed":
		if got > finding.SeverityLow {
			t.Errorf("%s is harmless, and %v", e.File, got)
		}
	case "hostpid", "hostnetwork", "hostipc":
		if got < finding.SeverityMedium {
			t.Errorf("%s is only %v", e.File, got)
		}
	default:
		if got < finding.SeverityHigh {
			t.Errorf("%s is only %v", e.File, got)
		}
	}
}

func worst(s *finding.Scan) finding.Severity {
	w := finding.SeverityInformational
	for _, e := range s.Exposures {
		w = max(w, e.Severity)
	}
	return w
}

// summary writes the exposures as "severity kind/name: traits".
func summary(s *finding.Scan) []string {
	lines := []string{}
	for _, e := range s.Exposures {
		line := fmt.Sprintf("%v %s", e.Severity, e.Resource.UID.Short())
		if e.Platform {
			line = "platform " + line
		}
		for _, t := range e.Traits {
			if t.Role == finding.Contributing {
				line += " " + t.ID
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func TestMicroservicesDemo(t *testing.T) {
	got := summary(scan(t, corpus(t, "microservices-demo")))
	if diff := cmp.Diff([]string{}, got); diff != "" {
		t.Errorf("exposures -want +got:\n%s", diff)
	}
}

func TestKubePrometheus(t *testing.T) {
	got := summary(scan(t, corpus(t, "kube-prometheus")))
	// Its host paths, its port and the type of its volumes are contextual beside these.
	want := []string{"platform high monitoring/DaemonSet/node-exporter host-network host-pid sensitive-host-path"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("exposures -want +got:\n%s", diff)
	}
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
