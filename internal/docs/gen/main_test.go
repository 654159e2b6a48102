package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/docs"
)

func TestRunWritesAndChecks(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "docs")
	if err := run(new(strings.Builder), folder, false); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	if err := run(&stderr, folder, true); err != nil || stderr.Len() > 0 {
		t.Fatalf("fresh pages are stale: %v\n%s", err, &stderr)
	}

	leftover, byHand := filepath.Join(folder, "rules", "en", "gone.md"), filepath.Join(folder, "guide.md")
	put(t, leftover, docs.Banner+"\n\n# Gone\n")
	put(t, byHand, "# A guide\n")
	put(t, filepath.Join(folder, "severity.md"), docs.Banner+"\nold\n")
	if err := os.Remove(filepath.Join(folder, "attack-graph.es.md")); err != nil {
		t.Fatal(err)
	}
	err := run(&stderr, folder, true)
	want := "docs/attack-graph.es.md: missing\ndocs/rules/en/gone.md: leftover\ndocs/severity.md: changed\n"
	if !errors.Is(err, errStale) || stderr.String() != want {
		t.Errorf("got %v and\n%swant\n%s", err, &stderr, want)
	}

	if err := run(new(strings.Builder), folder, false); err != nil {
		t.Fatal(err)
	}
	stderr.Reset()
	if err := run(&stderr, folder, true); err != nil {
		t.Errorf("the pages are stale after they were written: %v\n%s", err, &stderr)
	}
	if _, err := os.Stat(leftover); err == nil {
		t.Error("a page that nothing produces is still there")
	}
	if data, err := os.ReadFile(byHand); err != nil || string(data) != "# A guide\n" {
		t.Errorf("the page written by hand was touched: %q, %v", data, err)
	}
}

func TestCheckWritesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "docs")
	if err := run(new(strings.Builder), folder, true); !errors.Is(err, errStale) {
		t.Errorf("got %v, want %v", err, errStale)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the folder was made")
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
