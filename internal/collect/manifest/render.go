package manifest

import (
	"bytes"
	"context"
	"encoding/binary"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/tree"
)

// RenderKind says what makes manifests of a folder.
type RenderKind string

// The kinds of folder that are rendered. A chart may be packaged too.
const (
	HelmChart     RenderKind = inventory.MadeByHelm
	Kustomization RenderKind = inventory.MadeByKustomize
)

// Rendering is what a chart or a kustomization became. Where there are problems and no files, nothing was rendered.
type Rendering struct {
	Files    []RenderedFile
	Problems []RenderProblem
	// Notes say what is worth knowing of what was rendered, and no failure.
	Notes []RenderProblem
}

// RenderedFile is what one template, or one file of a kustomization, became: YAML of any number of documents.
type RenderedFile struct {
	// Name is the template's, relative to the root, with slashes.
	Name string
	Text []byte
	// Lines gives for each line of Text the line of the template that it was made from; 0, or none, where that is not known.
	Lines []int
}

// RenderProblem is what could not be rendered, and why. It repeats no value.
type RenderProblem struct {
	// File is relative to the root, "" for all of it.
	File string
	Line int
	Why  string
}

// Render makes manifests of a Helm chart or a kustomization. Its error ends the read: that of ctx, or what is wrong with
// what it was asked to render everything with. What cannot be rendered is a problem.
type Render func(ctx context.Context, kind RenderKind, path string) (Rendering, error)

// lineAt gives the line of a file for a line of what was read of it: the same, but for a file that was rendered.
func (f *file) lineAt(line int) int {
	if !f.rendered {
		return line
	}
	if line < 1 || line > len(f.lines) {
		return 0
	}
	return f.lines[line-1]
}

// startAt gives the line on which an object starts. Of one that was rendered that is the first line that is known, of the
// few that begin every object.
func (f *file) startAt(line int) int {
	const few = 8
	for l := line; l < line+few; l++ {
		if at := f.lineAt(l); at > 0 || !f.rendered {
			return at
		}
	}
	return 0
}

// remap gives a table of lines (tree.Node.AppendLines) the lines of the template.
func (f *file) remap(table []byte) []byte {
	if !f.rendered {
		return table
	}
	mapped := make([]byte, 0, len(table))
	line, before := int64(0), int64(0)
	for len(table) > 0 {
		delta, n := binary.Varint(table)
		if n <= 0 {
			return nil
		}
		line += delta
		at := int64(f.lineAt(int(line)))
		mapped = binary.AppendVarint(mapped, at-before)
		before, table = at, table[n:]
	}
	return mapped
}

// render reads what a chart or kustomization becomes. shown is what the user calls its root, and between stands before
// the names of its files.
func (r *run) render(kind RenderKind, at, shown, between string) error {
	rendering, err := r.o.Render(r.ctx, kind, at)
	if err != nil {
		return err
	}
	about := func(p RenderProblem) *file {
		f := &file{name: shown, base: filepath.Base(shown), dir: shown}
		if p.File != "" {
			f.name = shown + between + filepath.FromSlash(printable(p.File))
		}
		return f
	}
	for _, p := range rendering.Problems {
		why, _ := redact.Mask(printable(p.Why)) // a template may fail with words of its own
		r.src.parts = append(r.src.parts, &part{file: about(p), own: true, problems: []problem{{p.Line, why}}})
	}
	for _, n := range rendering.Notes {
		r.src.notes = append(r.src.notes, inventory.NotRead{What: place(about(n), n.Line), Why: printable(n.Why)})
	}
	for _, text := range rendering.Files {
		name := filepath.FromSlash(path.Clean(printable(text.Name)))
		f := &file{name: shown + between + name, base: path.Base(text.Name), dir: shown, rendered: true, lines: text.Lines}
		f.made = inventory.Made{By: string(kind), From: shown}
		if between == string(filepath.Separator) {
			f.name = filepath.Join(shown, name)
		}
		if err := r.buffered(f, bytes.NewReader(text.Text), r.manifest); err != nil {
			return err
		}
	}
	if len(rendering.Files) == 0 && len(rendering.Problems) == 0 {
		r.src.empty = append(r.src.empty, shown)
	}
	return nil
}

// rendersArchive renders a file that is a packaged chart; done is false where it is anything else.
func (r *run) rendersArchive(name string) (done bool, err error) {
	if r.o.Render == nil || !isPackagedChart(name) {
		return false, nil
	}
	return true, r.render(HelmChart, name, name, "!")
}

// rootKind says what a folder with these entries is the root of; "" for none.
func rootKind(entries []fs.DirEntry) RenderKind {
	kind := RenderKind("")
	for _, e := range entries {
		switch {
		case !e.Type().IsRegular():
		case e.Name() == chartFile:
			return HelmChart
		case isKustomization(e.Name()):
			kind = Kustomization
		}
	}
	return kind
}

// renders renders the folder at hand where it is a root; done is false where it must be walked. A kustomization that
// another one in the same tree builds on is rendered with that one. What lies below a kustomization is not read as it
// stands, but other roots in it are rendered.
func (w *walk) renders(entries []fs.DirEntry, at, shown string, depth int) (done bool, err error) {
	if w.run.o.Render == nil {
		return false, nil
	}
	full := filepath.Join(w.name, shown)
	switch kind := rootKind(entries); {
	case kind == HelmChart:
		return true, w.run.render(kind, filepath.Join(w.real, at), full, string(filepath.Separator))
	case kind == Kustomization && depth == 0:
		return true, w.run.render(kind, filepath.Join(w.real, at), full, string(filepath.Separator))
	case kind == Kustomization:
		if w.bases == nil {
			w.bases = w.findBases()
		}
		if !w.bases[at] {
			err = w.run.render(kind, filepath.Join(w.real, at), full, string(filepath.Separator))
		}
	case !w.inside:
		return false, nil
	}
	before := w.inside
	w.inside = true
	defer func() { w.inside = before }()
	for _, e := range entries {
		if err != nil {
			return true, err
		}
		if name := e.Name(); e.IsDir() && !strings.HasPrefix(name, ".") {
			err = w.dir(filepath.Join(at, name), filepath.Join(shown, name), depth+1)
		}
	}
	return true, err
}

// findBases lists the folders of the tree that kustomizations in it build on.
func (w *walk) findBases() map[string]bool {
	bases := map[string]bool{}
	names := 0
	// What cannot be listed here is named when the walk comes to it.
	_ = fs.WalkDir(w.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if names++; names > w.run.o.Limits.Files || strings.Count(name, "/") > w.run.o.Limits.Folders {
			return fs.SkipAll
		}
		if err != nil || e.IsDir() && name != "." && strings.HasPrefix(e.Name(), ".") {
			return fs.SkipDir
		}
		if e.Type().IsRegular() && isKustomization(e.Name()) {
			w.addBases(bases, name)
		}
		return nil
	})
	return bases
}

func (w *walk) addBases(bases map[string]bool, name string) {
	const enough = 1 << 20
	f, err := w.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|openFlags, 0)
	if err != nil {
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() > enough {
		return
	}
	text := make([]byte, info.Size())
	if n, err := f.Read(text); err != nil || n < len(text) {
		return
	}
	var t tree.Tree
	if tree.Decode(&t, text, 1, tree.Limits{}) != nil {
		return
	}
	for _, list := range []string{"resources", "bases", "components"} {
		for entry := range t.Root().Get(list).All() {
			if base := path.Join(path.Dir(name), entry.Text()); base != path.Dir(name) {
				bases[filepath.FromSlash(base)] = true
			}
		}
	}
}

// rendered says what there is to say of roots that were rendered, and is no failure: that nothing came out, and notes.
func (o *outcome) rendered(s *source) {
	o.entries = append(o.entries, s.notes[:min(len(s.notes), maxNotes)]...)
	for i, root := range s.empty {
		if i == maxNames {
			break
		}
		o.entry(root, "it was rendered, and no manifest came out of it with these values")
	}
}

// maxNotes is how many notes on what was rendered are told of one source.
const maxNotes = 50

// originOf is where the object that starts on a line of a file comes from.
func originOf(f *file, line int) inventory.Origin {
	return inventory.Origin{File: f.name, Line: f.startAt(line)}
}
