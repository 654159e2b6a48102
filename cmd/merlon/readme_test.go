package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var writeReadme = flag.Bool("update-readme", false, "write the sample of README.md")

// sampleLines is how much of the scan the README shows.
const sampleLines = 33

// TestReadmeShowsRealOutput holds the sample in the README against what a scan of the built-in shop prints.
func TestReadmeShowsRealOutput(t *testing.T) {
	readme, err := filepath.Abs("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := writeDemo("quetzal"); err != nil {
		t.Fatal(err)
	}
	release = "0.1.0"
	var out, errs bytes.Buffer
	code := run(context.Background(), &process{
		args: []string{"scan", "quetzal/shop"}, stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		getenv: func(string) string { return "" }, environ: func() []string { return nil },
		now: func() time.Time { return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC) },
	})
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	lines := strings.SplitAfterN(out.String(), "\n", sampleLines+1)
	want := "\n```\n" + strings.Join(lines[:sampleLines], "") + "  …\n```\n"
	before, rest, _ := strings.Cut(string(page), "<!-- sample:begin -->")
	sample, after, found := strings.Cut(rest, "<!-- sample:end -->")
	if !found {
		t.Fatal("README.md has no sample")
	}
	if *writeReadme {
		if err := os.WriteFile(readme, []byte(before+"<!-- sample:begin -->"+want+"<!-- sample:end -->"+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, sample); diff != "" {
		t.Errorf("README.md is not what Merlon prints; run go test ./cmd/merlon -run Readme -update-readme\n%s", diff)
	}
}
