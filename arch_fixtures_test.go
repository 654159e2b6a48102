package merlon_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// An owner is what the tests in one folder and below it say about fixtures.
type owner struct {
	literals []string        // Every string in the tests.
	dirs     []string        // Those that name a whole folder to a function that reads it.
	fuzz     map[string]bool // The fuzz functions, whose corpora go test reads by itself.
	archives bool            // A test runs txtar files.
}

// readers lists the functions whose string argument is a folder to be read whole,
// where the bare word "testdata" means every file in it.
var readers = []string{"ReadDir", "WalkDir", "Walk", "DirFS", "Glob", "CopyFS", "Sub"}

// checkFixtures looks for the test of each file under testdata: one in the same
// package tree that names it, a pattern that it matches, or a folder that it is in.
func checkFixtures(r *repo) (problems []string) {
	owners := map[string]*owner{}
	for _, name := range r.files {
		dir, fixture, ok := strings.Cut("/"+name, "/testdata/")
		if !ok {
			continue
		}
		dir = strings.TrimPrefix(dir, "/")
		if owners[dir] == nil {
			owners[dir] = r.ownerOf(dir)
		}
		switch o := owners[dir]; {
		case path.Ext(name) == ".txtar" && !o.archives:
			problems = append(problems, fmt.Sprintf("%s is run by no test: call testscript.Run with its folder in a _test.go file under %s, or delete it", name, dir))
		case !o.names(fixture):
			problems = append(problems, fmt.Sprintf("%s is named by no test: name the file, its folder or a pattern in a _test.go file under %s, or delete it", name, dir))
		}
	}
	return problems
}

// ownerOf reads the tests in a folder and below it.
func (r *repo) ownerOf(dir string) *owner {
	o := &owner{fuzz: map[string]bool{}}
	for _, p := range r.packages {
		if p.dir != dir && dir != "" && !strings.HasPrefix(p.dir, dir+"/") {
			continue
		}
		for _, f := range p.tests {
			for imported := range f.imports() {
				o.archives = o.archives || strings.HasSuffix(imported, "/testscript") || strings.HasSuffix(imported, "/txtar")
			}
			o.read(f.syntax)
		}
	}
	return o
}

func (o *owner) read(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.FuncDecl:
			o.fuzz[n.Name.Name] = strings.HasPrefix(n.Name.Name, "Fuzz")
		case *ast.BasicLit:
			if s, ok := text(n); ok {
				o.literals = append(o.literals, s)
			}
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains(readers, sel.Sel.Name) {
				for _, arg := range n.Args {
					o.addDir(arg)
				}
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Dir" { // Of testscript.Params.
				o.addDir(n.Value)
			}
		}
		return true
	})
}

func (o *owner) addDir(e ast.Expr) {
	if lit, ok := e.(*ast.BasicLit); ok {
		if s, ok := text(lit); ok {
			o.dirs = append(o.dirs, clean(s))
		}
	}
}

// names says whether the tests name the fixture, given relative to testdata.
func (o *owner) names(fixture string) bool {
	folders := strings.Split(fixture, "/")
	base := folders[len(folders)-1]
	folders = folders[:len(folders)-1]
	if len(folders) > 1 && folders[0] == "fuzz" && o.fuzz[folders[1]] {
		return true
	}
	if slices.Contains(o.dirs, "testdata") {
		return true
	}
	full := "testdata/" + fixture
	return slices.ContainsFunc(o.literals, func(s string) bool {
		c := clean(s)
		if c == "testdata" || c == "." {
			return false // Says nothing about which file.
		}
		if strings.ContainsAny(c, "*?[") {
			whole, _ := path.Match(c, full) // A bad pattern matches nothing.
			bare, _ := path.Match(c, base)
			return whole || bare && strings.Trim(c, "*?.") != ""
		}
		return strings.HasSuffix("/"+full, "/"+c) || // The file, or the end of its path.
			c == strings.TrimSuffix(base, path.Ext(base)) || // Its name in a table of cases.
			slices.Contains(folders, c) || // A folder, as an element of filepath.Join.
			strings.HasPrefix(full, c+"/") // A folder, as a path.
	})
}

// text returns the value of a string literal.
func text(lit *ast.BasicLit) (string, bool) {
	if lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil && s != ""
}

// clean removes what leads from a test to the testdata of a folder above it.
func clean(s string) string {
	s = path.Clean(s)
	for strings.HasPrefix(s, "../") {
		s = s[len("../"):]
	}
	return s
}
