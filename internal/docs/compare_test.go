package docs

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

func TestCompareNamesEachStalePage(t *testing.T) {
	folder := fstest.MapFS{
		"same.md":              {Data: []byte(Banner + "\na\n")},
		"changed.md":           {Data: []byte(Banner + "\nold\n")},
		"rules/en/gone.md":     {Data: []byte(Banner + "\nb\n")},
		"rules/en/by-hand.md":  {Data: []byte("# Ours\n")},
		"rules/en/picture.txt": {Data: []byte(Banner)},
	}
	pages := map[string]string{"same.md": Banner + "\na\n", "changed.md": Banner + "\nnew\n", "new.md": Banner + "\n"}
	got, err := Compare(folder, pages)
	if err != nil {
		t.Fatal(err)
	}
	want := []Stale{{"changed.md", Changed}, {"new.md", Missing}, {"rules/en/gone.md", Leftover}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCompareWithoutFolder(t *testing.T) {
	got, err := Compare(os.DirFS(filepath.Join(t.TempDir(), "none")), map[string]string{"a.md": Banner})
	if want := []Stale{{"a.md", Missing}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}
