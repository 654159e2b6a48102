package merlon_test

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestArchitecture holds the repository to ARCHITECTURE.md and to the conventions
// that no linter knows. Each message says what to do.
func TestArchitecture(t *testing.T) {
	r := readRepo(t, ".")
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			for _, problem := range c.run(r) {
				t.Error(problem)
			}
		})
	}
}

// A repo is the repository as the checks see it. The files are read here, not
// asked from the go command, so that the test cache notices when one changes.
type repo struct {
	module   string            // The module path in go.mod.
	requires []string          // The modules that go.mod requires, directly or not.
	indirect []string          // Those of them that go.mod marks as indirect.
	files    []string          // Slash paths of all files that git would track, sorted.
	text     map[string]string // What is in those that are text.
	packages []*goPackage      // Those of the main module, by folder.
	apart    []*goPackage      // Those of nested modules, by folder.
	rows     []row             // The package table of ARCHITECTURE.md, in its order.
	deps     []string          // The modules in its dependency table.
}

// A row is one line of the package table.
type row struct {
	number string
	name   string
	pure   bool
}

// A goPackage is the Go files of one folder.
type goPackage struct {
	dir   string // "." for the root.
	name  string // The name in the package clauses, without _test.
	code  []*goFile
	tests []*goFile
}

type goFile struct {
	path      string
	lines     int
	generated bool
	syntax    *ast.File
	fset      *token.FileSet
}

// at returns "file:line" of a node.
func (f *goFile) at(n ast.Node) string {
	return f.path + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

// imports returns the import paths of the file.
func (f *goFile) imports() map[string]*ast.ImportSpec {
	found := map[string]*ast.ImportSpec{}
	for _, spec := range f.syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			found[p] = spec
		}
	}
	return found
}

// rowOf returns the table row that a folder belongs to, or -1.
func (r *repo) rowOf(dir string) int {
	rest, ok := strings.CutPrefix(dir, "internal/")
	if !ok {
		return -1
	}
	name, _, _ := strings.Cut(rest, "/")
	return slices.IndexFunc(r.rows, func(w row) bool { return w.name == name })
}

// internalDir returns the folder of an import path of this module under internal/.
func (r *repo) internalDir(importPath string) (string, bool) {
	dir, ok := strings.CutPrefix(importPath, r.module+"/")
	return dir, ok && strings.HasPrefix(dir, "internal/")
}

// readRepo reads the repository at root.
func readRepo(t *testing.T, root string) *repo {
	t.Helper()
	r := &repo{text: map[string]string{}}
	r.readFiles(t, root)
	r.readGoMod()
	r.readTables()
	r.readPackages(t)
	return r
}

// readFiles lists what git would track and reads what is text.
func (r *repo) readFiles(t *testing.T, root string) {
	t.Helper()
	ignored := readIgnore(t, root)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // Somebody removed it while the test ran.
			}
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil || rel == "." {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && (d.Name() == ".git" || ignored(rel, true)):
			return fs.SkipDir
		case !d.Type().IsRegular() || d.Name() == ".git" || ignored(rel, false): // In a worktree, .git is a file.
			return nil
		}
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		r.files = append(r.files, rel)
		if !bytes.Contains(data[:min(len(data), 8000)], []byte{0}) {
			r.text[rel] = string(data)
		}
		return err
	})
	if err != nil {
		t.Fatalf("read the repository: %v", err)
	}
	slices.Sort(r.files)
}

// readIgnore understands as much of .gitignore as this project's has: names and
// patterns, anchored with a leading slash or not, for folders with a trailing one.
func readIgnore(t *testing.T, root string) func(rel string, dir bool) bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("read .gitignore: %v", err)
	}
	var patterns []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			patterns = append(patterns, line)
		}
	}
	return func(rel string, dir bool) bool {
		return slices.ContainsFunc(patterns, func(p string) bool {
			p, folder := strings.CutSuffix(p, "/")
			subject := path.Base(rel)
			if anchored, ok := strings.CutPrefix(p, "/"); ok {
				p, subject = anchored, rel
			}
			hit, err := path.Match(p, subject)
			return err == nil && hit && (dir || !folder)
		})
	}
}

var (
	moduleLine  = regexp.MustCompile(`(?m)^module\s+(\S+)`)
	requireLine = regexp.MustCompile(`(?m)^(?:require)?\s+([^\s()]+\.[^\s()]+) v\S+( // indirect)?`)
	packageRow  = regexp.MustCompile("^\\| *(\\d+) *\\| *`([a-z0-9]+)` *\\| *(pure)? *\\|")
	moduleRow   = regexp.MustCompile("^\\| *`([^`]+)` *\\|")
)

func (r *repo) readGoMod() {
	mod := r.text["go.mod"]
	if m := moduleLine.FindStringSubmatch(mod); m != nil {
		r.module = m[1]
	}
	for _, m := range requireLine.FindAllStringSubmatch(mod, -1) {
		r.requires = append(r.requires, m[1])
		if m[2] != "" {
			r.indirect = append(r.indirect, m[1])
		}
	}
}

func (r *repo) readTables() {
	for _, line := range r.section("packages") {
		if m := packageRow.FindStringSubmatch(line); m != nil {
			r.rows = append(r.rows, row{number: m[1], name: m[2], pure: m[3] != ""})
		}
	}
	for _, line := range r.section("dependencies") {
		if m := moduleRow.FindStringSubmatch(line); m != nil {
			r.deps = append(r.deps, m[1])
		}
	}
}

// section returns the lines of ARCHITECTURE.md between two markers.
func (r *repo) section(name string) []string {
	_, rest, _ := strings.Cut(r.text["ARCHITECTURE.md"], "<!-- "+name+":begin -->")
	body, _, found := strings.Cut(rest, "<!-- "+name+":end -->")
	if !found {
		return nil
	}
	return strings.Split(body, "\n")
}

var generatedLine = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// everywhere returns the packages of all modules.
func (r *repo) everywhere() []*goPackage { return slices.Concat(r.packages, r.apart) }

// readPackages parses the Go files of all modules, but for fixtures.
func (r *repo) readPackages(t *testing.T) {
	t.Helper()
	byDir := map[string]*goPackage{}
	for _, name := range r.files {
		if path.Ext(name) != ".go" || strings.Contains("/"+name, "/testdata/") {
			continue
		}
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, name, r.text[name], parser.ParseComments)
		if err != nil {
			t.Errorf("parse %s: %v; make it compile first", name, err)
			continue
		}
		dir := path.Dir(name)
		p := byDir[dir]
		if p == nil {
			p = &goPackage{dir: dir}
			byDir[dir] = p
			if r.nested(name) {
				r.apart = append(r.apart, p)
			} else {
				r.packages = append(r.packages, p)
			}
		}
		f := &goFile{
			path: name, fset: fset, syntax: syntax,
			lines: strings.Count(r.text[name], "\n"), generated: generatedLine.MatchString(r.text[name]),
		}
		if strings.HasSuffix(name, "_test.go") {
			p.tests = append(p.tests, f)
			continue
		}
		p.name = syntax.Name.Name
		p.code = append(p.code, f)
	}
	for _, of := range [][]*goPackage{r.packages, r.apart} {
		slices.SortFunc(of, func(a, b *goPackage) int { return strings.Compare(a.dir, b.dir) })
	}
}

// nested says whether a file belongs to another module inside the repository.
func (r *repo) nested(name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if _, ok := r.text[dir+"/go.mod"]; ok {
			return true
		}
	}
	return false
}
