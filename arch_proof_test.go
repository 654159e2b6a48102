package merlon_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sound is a small repository that passes every check. Each proof below changes
// one file of it.
func sound() map[string]string {
	return map[string]string{
		"go.mod":     "module example.test/m\n\ngo 1.26\n\nrequire example.test/dep v1.0.0\n",
		".git":       "gitdir: /wo" + "rk/elsewhere\n",
		".gitignore": "/bin/\n*.snapshot\n",
		"ARCHITECTURE.md": "<!-- packages:begin -->\n| # | package | pure |\n|--|--|--|\n| 1 | `tree` | pure | x |\n| 2 | `rule` | pure | x |\n| 3 | `collect` | | x |\n<!-- packages:end -->\n" +
			"<!-- dependencies:begin -->\n| module | why |\n|--|--|\n| `example.test/dep` | all |\n<!-- dependencies:end -->\n",
		"bin/x.go":              "not Go at all, and ignored",
		"cmd/m/main.go":         "// Command m is the program, which finds and names all that there is to find.\npackage main\n\nimport (\n\t_ \"example.test/dep/driver\"\n\t_ \"example.test/m/internal/collect\"\n)\n\nfunc main() {}\n",
		"internal/tree/t.go":    goFor("tree", "import \"time\"\n\nvar table = []int{1}\n\nfunc F(table []int, now time.Time) { table[0] = 2 }\n"),
		"internal/rule/r.go":    goFor("rule", "import \"example.test/m/internal/tree\"\n\nvar _ = tree.F\n"),
		"internal/collect/c.go": goFor("collect", "import (\n\t\"os\"\n\n\t\"example.test/m/internal/rule\"\n)\n\nvar _, _ = rule.X, os.Args\n"),
		"internal/collect/c_test.go": "package collect\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { read(\"testdata/a.yaml\", \"testdata/more/*.json\"); join(\"testdata\", \"golden\") }\n" +
			"func FuzzA(f *testing.F) {}\n",
		"internal/collect/testdata/a.yaml":         "a: 1\n",
		"internal/collect/testdata/more/b.json":    "{}\n",
		"internal/collect/testdata/golden/c/d.txt": "d\n",
		"internal/collect/testdata/fuzz/FuzzA/1":   "x\n",
		"nested/go.mod":                            "module example.test/nested\n",
		"nested/n.go":                              "// Command n is a program of a module of its own, with dependencies of its own.\npackage main\n\nfunc main() {}\n",
	}
}

// goFor returns a Go file with a sound package comment.
func goFor(name, body string) string {
	return "// Package " + name + " takes something in and gives something out, and never does more.\npackage " + name + "\n\n" + body
}

// TestChecksCanFail proves on small repositories that each check finds what it is
// for, and that none of them finds anything in a sound one.
func TestChecksCanFail(t *testing.T) {
	const (
		tree    = "internal/tree/t.go"
		collect = "internal/collect/c.go"
		arch    = "ARCHITECTURE.md"
	)
	cases := []struct {
		name, check string
		file        string              // The file that changes; empty for none.
		change      func(string) string // nil removes the file.
		want        string              // Part of the only message; empty for none.
	}{
		{name: "sound"},
		{"no table", "package table", arch, to(""), "has no package table"},
		{"folder without row", "package table", "internal/extra/e.go", to(goFor("extra", "")), "internal/extra is not in the package table"},
		{"generator without row", "package table", "internal/docs/gen/main.go", to("// Command gen writes the reference pages of all the rules that there are.\npackage main\n"), ""},
		{"row without folder", "package table", tree, nil, "row `tree` of the package table has no package"},
		{"row out of number", "package table", arch, replace("| 3 |", "| 7 |"), "number the rows 1, 2, 3, …; it is row 3"},
		{"import from below", "import order", tree, to(goFor("tree", "import \"example.test/m/internal/rule\"\n")), "t.go:4: `tree` imports `rule`, which is below it"},
		{"import inside a row", "import order", "internal/tree/sub/s.go", to(goFor("sub", "import \"example.test/m/internal/tree\"\n")), ""},
		{"test imports from below", "import order", "internal/tree/t_test.go", to("package tree\n\nimport \"example.test/m/internal/rule\"\n"), ""},
		{"import of cmd", "import order", tree, to(goFor("tree", "import \"example.test/m/cmd/m\"\n")), "move what it needs under internal/"},
		{"pure reads files", "pure packages", tree, to(goFor("tree", "import \"os\"\n")), "`tree` is pure and imports os: take a value"},
		{"pure takes a context", "pure packages", "internal/tree/sub/s.go", to(goFor("sub", "import \"context\"\n")), "imports context"},
		{"pure reads the clock", "pure packages", tree, to(goFor("tree", "import \"time\"\n\nvar _ = time.Now\n")), "t.go:6: a pure package uses time.Now"},
		{"pure reads the clock by another name", "pure packages", tree, to(goFor("tree", "import clk \"time\"\n\nvar _ = clk.Now\n")), "a pure package uses time.Now"},
		{"pure leaves it to chance", "pure packages", tree, to(goFor("tree", "import \"math/rand/v2\"\n")), "imports math/rand/v2"},
		{"pure asks who the user is", "pure packages", tree, to(goFor("tree", "import \"os/user\"\n")), "imports os/user"},
		{"pure imports impure", "pure packages", "internal/rule/r.go", to(goFor("rule", "import \"example.test/m/internal/collect\"\n")), "`rule` is pure and imports `collect`"},
		{"pure test reads files", "pure packages", "internal/tree/t_test.go", to("package tree\n\nimport \"os\"\n"), ""},
		{"no package comment", "package comments", tree, to("package tree\n"), "internal/tree has 0 package comments"},
		{"two package comments", "package comments", "internal/tree/u.go", to(goFor("tree", "")), "internal/tree has 2 package comments"},
		{"no package comment in another module", "package comments", "nested/n.go", to("package main\n\nfunc main() {}\n"), "nested has 0 package comments"},
		{"comment about something else", "package comments", tree, replace("Package tree", "Tree is what"), "start it with"},
		{"comment too short", "package comments", tree, to("// Package tree is a tree.\npackage tree\n"), "too short"},
		{"comment without full stop", "package comments", tree, replace("does more.", "does more"), "full stop"},
		{"orphan fixture", "fixtures have an owner", "internal/collect/testdata/b.yaml", to("b"), "testdata/b.yaml is named by no test"},
		{"fixture named in another package", "fixtures have an owner", "internal/tree/testdata/a.yaml", to("a"), "under internal/tree"},
		{"corpus of a fuzz test that is gone", "fixtures have an owner", "internal/collect/testdata/fuzz/FuzzB/1", to("x"), "FuzzB/1 is named by no test"},
		{"script that nobody runs", "fixtures have an owner", "internal/collect/testdata/golden/s.txtar", to("x"), "call testscript.Run"},
		{"init", "no hidden start-up", tree, to(goFor("tree", "func init() {}\n")), "t.go:4 declares init()"},
		{"init in another module", "no hidden start-up", "nested/m.go", to("package main\n\nfunc init() {}\n"), "nested/m.go:3 declares init()"},
		{"init in a test", "no hidden start-up", "internal/tree/t_test.go", to("package tree\n\nfunc init() {}\n"), "declares init()"},
		{"blank import", "no hidden start-up", tree, to(goFor("tree", "import _ \"example.test/dep\"\n")), "for its side effects"},
		{"blank import of embed", "no hidden start-up", tree, to(goFor("tree", "import _ \"embed\"\n")), ""},
		{"cgo", "no hidden start-up", tree, to(goFor("tree", "import \"C\"\n")), "uses cgo"},
		{"package variable set", "package variables stay as declared", tree, to(goFor("tree", "var n int\n\nfunc F() { n = 2 }\n")), "t.go:6 assigns to the package variable n"},
		{"package variable set in another file", "package variables stay as declared", "internal/tree/u.go", to("package tree\n\nfunc G() { table[0]++ }\n"), "u.go:3 assigns to the package variable table"},
		{"package map emptied", "package variables stay as declared", tree, to(goFor("tree", "var m map[int]int\n\nfunc F() { clear(m) }\n")), "assigns to the package variable m"},
		{"machine path", "no place names", "notes.md", to("see\n`/wo" + "rk/main`\n"), "notes.md:2 names"},
		{"path in a container", "no place names", "notes.md", to("hostPath: /ro" + "ot/.ssh and a/wo" + "rk/b\n"), ""},
		{"registry host", "no place names", "internal/collect/testdata/a.yaml", to("u: https://py" + "pi.org/x\n"), "a.yaml:1 names"},
		{"dependency without reason", "dependencies have a reason", arch, replace("| `example.test/dep` | all |", ""), "main.go:5 imports from example.test/dep, which is not in the dependency table"},
		{"reason without dependency", "dependencies have a reason", arch, replace("| all |", "| all |\n| `example.test/gone` | x |"), "names example.test/gone, which no code imports"},
		{"dependency with two reasons", "dependencies have a reason", arch, replace("| all |", "| all |\n| `example.test/dep` | again |"), "names example.test/dep twice"},
		{"direct dependency marked as indirect", "dependencies have a reason", "go.mod", replace("v1.0.0", "v1.0.0 // indirect"), "go.mod says of example.test/dep"},
		{"indirect dependency that is not marked", "dependencies have a reason", "go.mod", to("module example.test/m\n\nrequire example.test/dep v1.0.0\nrequire example.test/far v1.0.0\n"), "go.mod says of example.test/far"},
		{"long file", "file length", "internal/tree/u.go", to("package tree\n" + strings.Repeat("//\n", maxLines)), "u.go has 501 lines"},
		{"long generated file", "file length", "internal/tree/u.go", to("// Code generated by x. DO NOT EDIT.\n\npackage tree\n" + strings.Repeat("//\n", maxLines)), ""},
		{"long rule", "file length", "internal/catalog/u.go", to("package catalog\n" + strings.Repeat("//\n", maxLines)), ""},
	}
	proved := map[string]bool{}
	for _, tc := range cases {
		proved[tc.check] = proved[tc.check] || tc.want != ""
		t.Run(tc.name, func(t *testing.T) {
			files := sound()
			switch {
			case tc.change != nil:
				files[tc.file] = tc.change(files[tc.file])
			default:
				delete(files, tc.file)
			}
			problems := run(readRepo(t, write(t, files)), tc.check)
			switch {
			case tc.want == "" && len(problems) > 0:
				t.Errorf("found %q, want nothing", problems)
			case tc.want != "" && (len(problems) != 1 || !strings.Contains(problems[0], tc.want)):
				t.Errorf("found %q, want one message with %q", problems, tc.want)
			}
		})
	}
	for _, c := range checks {
		if !proved[c.name] {
			t.Errorf("nothing proves that %q can fail: add a case", c.name)
		}
	}
}

// TestFixtureOwners proves how a test may name a fixture.
func TestFixtureOwners(t *testing.T) {
	cases := []struct {
		name, test string
		want       bool
	}{
		{"base name", `f("one.golden")`, true},
		{"stem in a table", `f("one")`, true},
		{"path from another folder", `f("../testdata/sub/one.golden")`, true},
		{"pattern on the path", `f("testdata/sub/*.golden")`, true},
		{"pattern on the base name", `f("*.golden")`, true},
		{"pattern for everything", `f("*")`, false},
		{"folder as an element", `f("testdata", "sub")`, true},
		{"folder as a path", `f("testdata/sub")`, true},
		{"folder read whole", `os.ReadDir("testdata")`, true},
		{"folder of a test script", `f(testscript.Params{Dir: "testdata"})`, true},
		{"the bare word", `f("testdata", name)`, false},
		{"another file", `f("two.golden")`, false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			files := sound()
			files["internal/tree/testdata/sub/one.golden"] = "x"
			files["internal/tree/t_test.go"] = "package tree\n\nfunc x() { " + tc.test + " }\n"
			problems := run(readRepo(t, write(t, files)), "fixtures have an owner")
			if got := len(problems) == 0; got != tc.want {
				t.Errorf("named: %v, want %v (%q)", got, tc.want, problems)
			}
		})
	}
}

// run runs one check, or all of them when name is empty.
func run(r *repo, name string) (problems []string) {
	for _, c := range checks {
		if name == "" || c.name == name {
			problems = append(problems, c.run(r)...)
		}
	}
	return problems
}

// write writes the files to a temporary folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		full := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func to(content string) func(string) string { return func(string) string { return content } }

func replace(old, replacement string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, replacement) }
}

// TestIgnoredFilesAreNotRead proves that what git ignores is not judged.
func TestIgnoredFilesAreNotRead(t *testing.T) {
	files := sound()
	files["deep/x.snapshot"] = "s"
	files["sub/bin/y.txt"] = "y"
	r := readRepo(t, write(t, files))
	for name, want := range map[string]bool{"bin/x.go": false, "deep/x.snapshot": false, "sub/bin/y.txt": true} {
		if got := slices.Contains(r.files, name); got != want {
			t.Errorf("%s read: %v, want %v", name, got, want)
		}
	}
}
