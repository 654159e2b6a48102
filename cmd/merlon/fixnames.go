package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/remedy"
)

// shownNames gives files the names that tools take which apply diffs: relative to the working folder where all are
// below it, and otherwise to the top folder of the git work tree that holds them all.
type shownNames struct {
	names map[string]string
	atTop bool   // the names are relative to top
	top   string // as seen from the working folder
}

func newShown(ctx context.Context, files []remedy.FileChange) shownNames {
	s := shownNames{names: map[string]string{}}
	below := true
	for _, file := range files {
		name, ok := belowHere(file.Name)
		s.names[file.Name] = filepath.ToSlash(name)
		below = below && ok
	}
	if below {
		return s
	}
	inTree := map[string]string{}
	for _, file := range files {
		folder := filepath.Dir(file.Name)
		prefix, err := git(ctx, folder, "rev-parse", "--show-prefix")
		up, err2 := git(ctx, folder, "rev-parse", "--show-cdup")
		if err != nil || err2 != nil {
			return s
		}
		top := filepath.Join(folder, strings.TrimSpace(up))
		if s.top != "" && !sameFile(s.top, top) {
			return s // No one folder to apply it in.
		}
		s.top = top
		inTree[file.Name] = strings.TrimSuffix(prefix, "\n") + filepath.Base(file.Name)
	}
	s.names, s.atTop = inTree, true
	return s
}

// belowHere gives the shortest name of a file; ok reports whether that is below the working folder.
func belowHere(name string) (short string, ok bool) {
	short = filepath.Clean(name)
	here, err := os.Getwd()
	if err != nil {
		return short, filepath.IsLocal(short)
	}
	absolute := short
	if !filepath.IsAbs(short) {
		absolute = filepath.Join(here, short)
	}
	if inside, err := filepath.Rel(here, absolute); err == nil && filepath.IsLocal(inside) {
		return inside, true
	}
	return short, false
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(one, other)
}

// in gives files their names.
func (s shownNames) in(files []remedy.FileChange) []remedy.FileChange {
	files = slices.Clone(files)
	for i := range files {
		if name, ok := s.names[files[i].Name]; ok {
			files[i].Name = name
		}
	}
	return files
}
