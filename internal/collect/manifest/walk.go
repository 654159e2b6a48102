package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// use is what is done with a file of a folder or archive because of its name.
type use uint8

const (
	passOver use = iota // in silence
	nameOnly            // not read, and named: it looks as if it held manifests
	read
)

// useOf says what to do with a file of this name.
func useOf(base string) use {
	name := strings.ToLower(base)
	switch filepath.Ext(name) {
	case ".yaml", ".yml", ".json", ".tfstate":
		return read
	case ".template", ".tar", ".tgz", ".zip", ".jsonnet", ".cue", ".ndjson", ".jsonl":
		return nameOnly
	}
	for _, ext := range []string{".yaml.", ".yml.", ".json.", ".tar."} { // deploy.yaml.tmpl, deploy.yml.j2, task.json.tpl, all.tar.gz
		if strings.Contains(name, ext) {
			return nameOnly
		}
	}
	if isKustomization(base) {
		return read
	}
	return passOver
}

// walk is one folder that is read.
type walk struct {
	run     *run
	name    string   // as given
	real    string   // without links
	root    *os.Root // what is opened is opened below it
	entries int
	linked  map[string]bool // hidden folders that were entered through a link
	bases   map[string]bool // folders that kustomizations of the tree build on; nil until one is met
	inside  bool            // below a kustomization: only other roots are read
}

// folder reads a folder and all below it, in the order of names.
func (r *run) folder(name string) error {
	f := &file{name: name, dir: name}
	root, err := os.OpenRoot(name)
	if err != nil {
		r.problem(f, 0, reason(err))
		return nil
	}
	defer root.Close()
	w := &walk{run: r, name: name, root: root, linked: map[string]bool{}}
	if w.real, err = filepath.EvalSymlinks(name); err == nil {
		w.real, err = filepath.Abs(w.real)
	}
	if err != nil {
		r.problem(f, 0, reason(err))
		return nil
	}
	r.src.folder = true
	err = w.dir(".", ".", 0)
	if errors.Is(err, errNames) {
		r.problem(f, 0, fmt.Sprintf("the folder has more than %d names; the rest was not read: give its folders one by one", r.o.Limits.Files))
		return nil
	}
	return err
}

// errNames stops a walk that has met as many names as Limits allow.
var errNames = errors.New("too many names")

// dir reads the folder that is at path at below the root, and is called shown.
func (w *walk) dir(at, shown string, depth int) error {
	r := w.run
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if depth > r.o.Limits.Folders {
		r.problem(w.file(shown), 0, fmt.Sprintf("folders are nested more than %d deep here; give this folder as a path of its own", r.o.Limits.Folders))
		return nil
	}
	entries, err := w.list(at)
	if err != nil {
		if errors.Is(err, errNames) {
			return err
		}
		r.problem(w.file(shown), 0, reason(err))
	}
	if done, err := w.renders(entries, at, shown, depth); done || err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			if !e.IsDir() {
				r.src.passed++
			}
			continue
		}
		if err := w.entry(filepath.Join(at, name), filepath.Join(shown, name), e.Type(), depth); err != nil {
			return err
		}
	}
	return nil
}

// list returns what a folder holds, sorted by name.
func (w *walk) list(at string) ([]fs.DirEntry, error) {
	d, err := w.root.Open(at)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	const some = 1024
	var all []fs.DirEntry
	for {
		entries, err := d.ReadDir(some)
		all = append(all, entries...)
		if w.entries += len(entries); w.entries > w.run.o.Limits.Files {
			return nil, errNames
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			slices.SortFunc(all, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
			return all, err
		}
	}
}

// entry reads one entry of a folder.
func (w *walk) entry(at, shown string, mode fs.FileMode, depth int) error {
	r := w.run
	switch {
	case w.excepted(at):
		return nil
	case mode.IsDir():
		return w.dir(at, shown, depth+1)
	case mode&fs.ModeSymlink != 0:
		return w.link(at, shown, depth)
	}
	switch useOf(filepath.Base(shown)) {
	case passOver:
		r.src.passOver(w.file(shown))
		return nil
	case nameOnly:
		r.src.unread(w.file(shown).name)
		return nil
	}
	if !mode.IsRegular() {
		r.problem(w.file(shown), 0, irregular(mode))
		return nil
	}
	return w.open(at, shown)
}

// excepted reports whether a file or folder below the root is one that Options.Except names.
func (w *walk) excepted(at string) bool {
	return slices.ContainsFunc(w.run.o.Except, func(path string) bool {
		target, err := filepath.EvalSymlinks(path)
		if err == nil {
			target, err = filepath.Abs(target)
		}
		return err == nil && target == filepath.Join(w.real, at)
	})
}

func (w *walk) open(at, shown string) error {
	f := w.file(shown)
	in, err := w.root.OpenFile(at, os.O_RDONLY|openFlags, 0)
	if err != nil {
		w.run.problem(f, 0, reason(err))
		return nil
	}
	return w.run.regular(f, in, w.run.manifest)
}

// file gives what stands at a path below the root the name that the user would give it.
func (w *walk) file(shown string) *file {
	name := filepath.Join(w.name, shown)
	return &file{name: name, base: filepath.Base(shown), inner: filepath.ToSlash(shown), dir: filepath.Dir(name)}
}

// link reads what a symbolic link points at, where it lies in the folder and is not read anyway.
func (w *walk) link(at, shown string, depth int) error {
	r := w.run
	use := useOf(filepath.Base(shown))
	full, err := filepath.EvalSymlinks(filepath.Join(w.real, at))
	if err != nil {
		if use == read {
			r.problem(w.file(shown), 0, "it is a symbolic link that leads nowhere or in a circle; remove it or correct it")
		}
		return nil
	}
	target, err := filepath.Rel(w.real, full)
	inside := err == nil && filepath.IsLocal(target)
	info, err := os.Lstat(full)
	if err != nil {
		r.problem(w.file(shown), 0, reason(err))
		return nil
	}
	if !info.IsDir() && use != read {
		r.src.passed++
		return nil
	}
	if !inside {
		r.problem(w.file(shown), 0, "it is a symbolic link that leads out of the folder, and was not followed; give its target as a path of its own")
		return nil
	}
	anyway := target == "." || !hiddenPath(filepath.ToSlash(target))
	switch {
	case info.IsDir() && (anyway || w.linked[target]):
		return nil
	case info.IsDir():
		w.linked[target] = true
		return w.dir(target, shown, depth+1)
	case anyway && useOf(filepath.Base(target)) == read:
		return nil
	case !info.Mode().IsRegular():
		r.problem(w.file(shown), 0, irregular(info.Mode()))
		return nil
	}
	return w.open(target, shown)
}
