package merlon_test

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A check returns one message for each thing in the repository that is not as it
// should be.
type check struct {
	name string
	run  func(*repo) []string
}

var checks = []check{
	{"package table", checkTable},
	{"import order", checkImportOrder},
	{"pure packages", checkPure},
	{"package comments", checkPackageComments},
	{"fixtures have an owner", checkFixtures},
	{"no hidden start-up", checkStartUp},
	{"package variables stay as declared", checkPackageVariables},
	{"no place names", checkPlaceNames},
	{"dependencies have a reason", checkDependencies},
	{"file length", checkFileLength},
}

// checkTable compares the package table with the folders under internal/. A
// folder whose package is main (a generator) needs no row.
func checkTable(r *repo) (problems []string) {
	if len(r.rows) == 0 {
		return []string{"ARCHITECTURE.md has no package table: write rows `| 1 | `name` | pure | …` between <!-- packages:begin --> and <!-- packages:end -->"}
	}
	lived := map[int]bool{}
	for _, p := range r.packages {
		if !strings.HasPrefix(p.dir, "internal/") || len(p.code) == 0 {
			continue
		}
		i := r.rowOf(p.dir)
		lived[i] = true
		if i < 0 && p.name != "main" {
			problems = append(problems, p.dir+" is not in the package table of ARCHITECTURE.md: add its row below all that it imports and above all that import it")
		}
	}
	for i, w := range r.rows {
		if w.number != strconv.Itoa(i+1) {
			problems = append(problems, fmt.Sprintf("row %#q of the package table has number %s: number the rows 1, 2, 3, …; it is row %d", w.name, w.number, i+1))
		}
		if !lived[i] {
			problems = append(problems, fmt.Sprintf("row %#q of the package table has no package: remove the row, or write internal/%s", w.name, w.name))
		}
	}
	return problems
}

// checkImportOrder lets a package import only rows above its own. Tests and
// programs may import everything.
func checkImportOrder(r *repo) (problems []string) {
	for _, p := range r.packages {
		from := r.rowOf(p.dir)
		if from < 0 || p.name == "main" {
			continue
		}
		for _, f := range p.code {
			for imported, spec := range f.imports() {
				if strings.HasPrefix(imported, r.module+"/") && !strings.HasPrefix(imported, r.module+"/internal/") {
					problems = append(problems, fmt.Sprintf("%s imports %s: move what it needs under internal/", f.at(spec), imported))
				}
				dir, ok := r.internalDir(imported)
				if to := r.rowOf(dir); ok && to > from {
					problems = append(problems, fmt.Sprintf("%s: %#q imports %#q, which is below it in ARCHITECTURE.md: move the shared part up, declare an interface in %#q, or move the row and say why",
						f.at(spec), r.rows[from].name, r.rows[to].name, r.rows[from].name))
				}
			}
		}
	}
	return problems
}

// pureStd lists what a pure package may import of the standard library: nothing that reads the clock, the
// network, files, the environment or chance.
var pureStd = []string{
	"archive", "bufio", "bytes", "cmp", "compress", "container", "crypto/sha256", "embed", "encoding", "errors", "fmt", "hash", "html",
	"html/template", "io", "iter", "maps", "math", "math/bits", "math/cmplx", "net/netip", "net/url", "path", "reflect", "regexp", "runtime",
	"slices", "sort", "strconv", "strings", "sync", "text", "time", "unicode", "unique",
}

// allowedStd reports whether a pure package may import a package of the standard library: one of the list,
// or one below it that the list does not take out.
func allowedStd(imported string) bool {
	below := func(root string) bool { return imported == root || strings.HasPrefix(imported, root+"/") }
	if below("math/rand") || below("runtime/debug") || below("embed") && imported != "embed" {
		return false
	}
	return slices.ContainsFunc(pureStd, below)
}

// clock lists the functions of package time that read or wait for the clock.
var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// checkPure keeps the pure rows free of network, files, processes, clock and
// context, their own and those of other rows.
func checkPure(r *repo) (problems []string) {
	for _, p := range r.packages {
		i := r.rowOf(p.dir)
		if i < 0 || !r.rows[i].pure || p.name == "main" {
			continue
		}
		for _, f := range p.code {
			for imported, spec := range f.imports() {
				if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") && !allowedStd(imported) {
					problems = append(problems, fmt.Sprintf("%s: %#q is pure and imports %s: take a value, a reader or an interface, and let collect, app or cmd do the rest", f.at(spec), r.rows[i].name, imported))
				}
				dir, ok := r.internalDir(imported)
				if to := r.rowOf(dir); ok && to >= 0 && !r.rows[to].pure {
					problems = append(problems, fmt.Sprintf("%s: %#q is pure and imports %#q, which is not: take an interface or a value instead", f.at(spec), r.rows[i].name, r.rows[to].name))
				}
			}
			if spec, ok := f.imports()["time"]; ok {
				problems = append(problems, clockUses(f, nameOf(spec, "time"))...)
			}
		}
	}
	return problems
}

// nameOf gives the name by which a file calls an import.
func nameOf(spec *ast.ImportSpec, usual string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	return usual
}

func clockUses(f *goFile, name string) (problems []string) {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == name && id.Obj == nil && slices.Contains(clock, sel.Sel.Name) {
			problems = append(problems, fmt.Sprintf("%s: a pure package uses time.%s: take the time as an argument", f.at(sel), sel.Sel.Name))
		}
		return true
	})
	return problems
}

// checkPackageComments asks of each package one comment that says what it is.
func checkPackageComments(r *repo) (problems []string) {
	for _, p := range r.everywhere() {
		if len(p.code) == 0 {
			continue
		}
		var docs, places []string
		for _, f := range p.code {
			if f.syntax.Doc != nil {
				docs, places = append(docs, strings.TrimSpace(f.syntax.Doc.Text())), append(places, f.path)
			}
		}
		if len(docs) != 1 {
			problems = append(problems, fmt.Sprintf("package %s has %d package comments %v: keep exactly one, in doc.go or in the main file", p.dir, len(docs), places))
			continue
		}
		starts := []string{"Package " + p.name + " "}
		if p.name == "main" {
			starts = []string{"Command ", "Merlon "}
		}
		if !slices.ContainsFunc(starts, func(s string) bool { return strings.HasPrefix(docs[0], s) }) {
			problems = append(problems, fmt.Sprintf("the package comment in %s starts with %.20q: start it with %q", places[0], docs[0], starts))
		}
		if !strings.HasSuffix(docs[0], ".") || len(docs[0]) < 60 {
			problems = append(problems, fmt.Sprintf("the package comment in %s is too short or does not end in a full stop: say what comes in, what goes out, what it never does", places[0]))
		}
	}
	return problems
}

// checkStartUp finds code that runs before main, and cgo.
func checkStartUp(r *repo) (problems []string) {
	for _, p := range r.everywhere() {
		for _, f := range slices.Concat(p.code, p.tests) {
			for _, d := range f.syntax.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					problems = append(problems, f.at(fn)+" declares init(): build the value where it is used, or call a function from main")
				}
			}
			for imported, spec := range f.imports() {
				blank := spec.Name != nil && spec.Name.Name == "_"
				if blank && imported != "embed" && p.name != "main" && !strings.HasSuffix(f.path, "_test.go") {
					problems = append(problems, fmt.Sprintf("%s imports %s for its side effects: name what you need, or import it in cmd", f.at(spec), imported))
				}
				if imported == "C" {
					problems = append(problems, f.at(spec)+" uses cgo: Merlon is pure Go")
				}
			}
		}
	}
	return problems
}

// checkPackageVariables finds assignments to package variables, which are tables
// and sentinels here, never state. It reads the syntax alone: a method that
// changes its receiver is not seen.
func checkPackageVariables(r *repo) (problems []string) {
	for _, p := range r.everywhere() {
		vars := map[string]bool{}
		for _, f := range p.code {
			for _, d := range f.syntax.Decls {
				for _, name := range declaredVars(d) {
					vars[name] = true
				}
			}
		}
		for _, f := range p.code {
			for _, id := range assigned(f.syntax) {
				if id.Name != "_" && vars[id.Name] && (id.Obj == nil || f.syntax.Scope.Lookup(id.Name) == id.Obj) {
					problems = append(problems, fmt.Sprintf("%s assigns to the package variable %s: hold the state in a value that its owner makes", f.at(id), id.Name))
				}
			}
		}
	}
	return problems
}

// declaredVars returns the names of the variables that a declaration declares.
func declaredVars(d ast.Decl) (names []string) {
	gen, ok := d.(*ast.GenDecl)
	if !ok {
		return nil
	}
	for _, spec := range gen.Specs {
		if v, ok := spec.(*ast.ValueSpec); ok && gen.Tok.String() == "var" {
			for _, name := range v.Names {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

// assigned returns the variables that the functions of a file assign to, count
// up or down, or assign through (x.f = …, x[i] = …, delete(x, …)).
func assigned(file *ast.File) (roots []*ast.Ident) {
	add := func(exprs ...ast.Expr) {
		for _, e := range exprs {
			if id := root(e); id != nil {
				roots = append(roots, id)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok.String() != ":=" {
				add(n.Lhs...)
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.RangeStmt:
			if n.Tok.String() == "=" {
				add(n.Key, n.Value)
			}
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (id.Name == "delete" || id.Name == "clear") {
				add(n.Args[0])
			}
		}
		return true
	})
	return roots
}

// root returns the variable at the start of x, x.f, x[i] or *x.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// placeNames finds paths that exist only on one machine, and the hosts of package
// registries, which are a setting of whoever builds. The pieces are joined here so
// that this file does not find itself. A path under the home of root is a fact
// about containers; only what a tool chain keeps there gives a machine away.
var placeNames = regexp.MustCompile(`(?:^|[\s"'(=:,\x60])/` + `work/` +
	`|/` + `root/(?:go|\.cache|\.pyenv|\.cargo|\.rustup|\.npm)\b` +
	`|\b(?:proxy|sum)\.` + `golang\.org` + `|\bpypi\.` + `org|\bfiles\.python` + `hosted\.org` +
	`|\bregistry\.` + `npmjs\.org|\b(?:static|index)\.` + `crates\.io|://crates\.` + `io` +
	`|\brepo1?\.maven\.` + `|\b(?:deb|security)\.` + `debian\.org`)

func checkPlaceNames(r *repo) (problems []string) {
	for _, name := range r.files {
		n := 0
		for line := range strings.Lines(r.text[name]) {
			n++
			if hit := placeNames.FindString(line); hit != "" {
				problems = append(problems, fmt.Sprintf("%s:%d names %q: use a relative path, or leave the registry to the settings of the tool", name, n, strings.TrimSpace(hit)))
			}
		}
	}
	return problems
}

// checkDependencies compares the modules that the code imports with the table of
// reasons in ARCHITECTURE.md.
func checkDependencies(r *repo) (problems []string) {
	direct := map[string]string{}
	for _, p := range r.packages {
		for _, f := range slices.Concat(p.code, p.tests) {
			for imported, spec := range f.imports() {
				if m := r.moduleOf(imported); m != "" && direct[m] == "" {
					direct[m] = f.at(spec)
				}
			}
		}
	}
	for m, where := range direct {
		if !slices.Contains(r.deps, m) {
			problems = append(problems, fmt.Sprintf("%s imports from %s, which is not in the dependency table of ARCHITECTURE.md: add a row | %#q | what would be lost without it |, or do without", where, m, m))
		}
	}
	for _, m := range r.requires {
		if marked := slices.Contains(r.indirect, m); marked != (direct[m] == "") {
			problems = append(problems, fmt.Sprintf("go.mod says of %s whether code imports it, and is wrong: run go mod tidy", m))
		}
	}
	for i, m := range r.deps {
		if slices.Contains(r.deps[:i], m) {
			problems = append(problems, "the dependency table of ARCHITECTURE.md names "+m+" twice: keep one row")
		}
		if direct[m] == "" {
			problems = append(problems, "the dependency table of ARCHITECTURE.md names "+m+", which no code imports: remove the row, then run go mod tidy")
		}
	}
	slices.Sort(problems)
	return problems
}

// moduleOf returns the longest required module path that holds the import path.
func (r *repo) moduleOf(imported string) (found string) {
	for _, m := range r.requires {
		if (imported == m || strings.HasPrefix(imported, m+"/")) && len(m) > len(found) {
			found = m
		}
	}
	return found
}

// maxLines is the longest that a file may be; the aim is 400.
const maxLines = 500

// checkFileLength leaves out what is generated, the catalogue (data) and tests.
func checkFileLength(r *repo) (problems []string) {
	for _, p := range r.everywhere() {
		for _, f := range p.code {
			if f.lines > maxLines && !f.generated && !strings.HasPrefix(p.dir, path.Join("internal", "catalog")) {
				problems = append(problems, fmt.Sprintf("%s has %d lines: split it by what its parts are about (at most %d)", f.path, f.lines, maxLines))
			}
		}
	}
	return problems
}
