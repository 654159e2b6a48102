// Command gen writes the pages of package docs into the folder docs/ of the repository, and removes the
// generated pages that nothing produces any more. With -check it writes nothing and fails when a page is
// stale, naming each one. It never touches a page that was written by hand.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/docs"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail and name each page that is stale")
	folder := flag.String("dir", "", "the folder of the pages (default docs/ beside go.mod)")
	flag.Parse()
	if err := run(os.Stderr, *folder, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// errStale says that pages are not what the code gives.
var errStale = errors.New("the pages above are not what the code gives: run go generate ./internal/docs")

func run(stderr io.Writer, folder string, check bool) error {
	if folder == "" {
		root, err := moduleRoot()
		if err != nil {
			return err
		}
		folder = filepath.Join(root, "docs")
	}
	pages := docs.Pages(docs.Input{Rules: catalog.All(), Detections: catalog.Detections(), Components: correlate.Components()})
	stale, err := docs.Compare(os.DirFS(folder), pages)
	if err != nil {
		return err
	}
	if !check {
		return write(folder, stale, pages)
	}
	for _, s := range stale {
		fmt.Fprintf(stderr, "docs/%s: %s\n", s.Path, s.Why)
	}
	if len(stale) > 0 {
		return errStale
	}
	return nil
}

// write brings the stale pages up to date.
func write(folder string, stale []docs.Stale, pages map[string]string) error {
	for _, s := range stale {
		file := filepath.Join(folder, filepath.FromSlash(s.Path))
		if s.Why == docs.Leftover {
			if err := os.Remove(file); err != nil {
				return fmt.Errorf("remove page: %w", err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(file, []byte(pages[s.Path]), 0o644); err != nil {
			return fmt.Errorf("write page: %w", err)
		}
	}
	return nil
}

// moduleRoot finds the folder of go.mod, from the working directory upwards.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find go.mod: %w", err)
	}
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || parent == dir {
			return "", fmt.Errorf("find go.mod: %w", err)
		}
		dir = parent
	}
}
