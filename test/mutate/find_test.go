package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// snippet gives the mutants of a function with this body, and the source with all of them.
func snippet(t *testing.T, body string) (what []string, rewritten string) {
	t.Helper()
	dir := t.TempDir()
	content := "package p\n\n" + body + `

func any(texts ...string) bool { return len(texts) > 1 }
func at(major, minor int) bool { return major > minor }
`
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := parse(listed{ImportPath: module + "/p", Dir: dir, GoFiles: []string{"p.go"}, Module: &struct{ Path, Dir string }{module, dir}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var parts []part
	for _, p := range scope(s) {
		if p.name == "F" {
			parts = append(parts, p)
		}
	}
	found := find(parts, nil)
	for _, m := range found.mutants {
		what = append(what, m.what)
	}
	file := s.files[0]
	text, _, _ := strings.Cut(string(found.rewritten(file, s.offset(file.syntax.Name.End()))), "\n\nfunc any(")
	return what, text
}

func TestWhatIsChanged(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"a condition alone", "func F(a bool) int { if a { return 1 }; return 2 }", []string{"`a` made true", "`a` made false"}},
		{"a negation", "func F(a bool) bool { return !(a) }", []string{"`!(a)` made true", "`!(a)` made false"}},
		{"a conjunction", "func F(a, b, c bool) bool { return a && b && !c }", []string{
			"`a && b && !c` made false", "`a` dropped from a &&", "`b` dropped from a &&", "`!c` dropped from a &&",
		}},
		{"a disjunction", "func F(a, b bool) bool { return a || b }", []string{"`a || b` made true", "`a` dropped from a ||", "`b` dropped from a ||"}},
		{"a disjunction negated", "func F(a, b bool) bool { return !(a || b) }", []string{
			"`!(a || b)` made false", "`a` dropped from a ||", "`b` dropped from a ||",
		}},
		{"one within the other", "func F(a, b, c bool) bool { return a && !(b || c) }", []string{
			"`a && !(b || c)` made false", "`a` dropped from a &&", "`!(b || c)` dropped from a &&", "`b` dropped from a ||", "`c` dropped from a ||",
		}},
		{"comparisons", "func F(a, b int) bool { return a == b || a <= b }", []string{
			"`a == b || a <= b` made true", "`a == b` dropped from a ||", "`a <= b` dropped from a ||", "<= made < in `a <= b`",
		}},
		{"a length, which is never below 0", "func F(a []int) bool { return len(a) > 0 }", []string{"`len(a) > 0` made true", "`len(a) > 0` made false"}},
		{"constants", `func F() (string, bool) { return "", false }`, []string{"false made true"}},
		{"the same twice", "func F() (bool, bool) { return true, true }", []string{"true made false", "true made false (2)"}},
		{"conditions of a switch", "func F(a bool) int { switch { case a: return 1 }; return 2 }", []string{"`a` made true", "`a` made false"}},
		{"values of a switch", `func F(a string) int { switch a { case "b", "c": return 1 }; return 2 }`, []string{`case ` + "`\"b\"`" + ` dropped`, `case ` + "`\"c\"`" + ` dropped`}},
		{"a list of lists", `func F() [][]int { return [][]int{{1, 2}, {3}} }`, []string{"`{1, 2}` dropped from the list", "`{3}` dropped from the list"}},
		{"no list", `func F() [2]int { return [2]int{1, 2} }`, nil},
		{"what a function is given", `func F() (bool, bool) { return any("a", "b"), at(1, 25) }`, []string{
			"`any(\"a\", \"b\")` made true", "`any(\"a\", \"b\")` made false",
			"`\"a\"` dropped from the arguments of `any`", "`\"b\"` dropped from the arguments of `any`",
			"`at(1, 25)` made true", "`at(1, 25)` made false",
			"1 increased by 1 in `at(1, 25)`", "1 decreased by 1 in `at(1, 25)`", "25 increased by 1 in `at(1, 25)`", "25 decreased by 1 in `at(1, 25)`",
		}},
		{"what append is given", `func F(a []string) []string { return append(a, "b", "c") }`, []string{
			"`\"b\"` dropped from the arguments of `append`", "`\"c\"` dropped from the arguments of `append`",
		}},
		{"what a function of the language is given", "func F() int { return min(1, 2) }", nil},
		{"assignments and calls for their effect", "func F(a int, do func(int)) int { b := a; b = 2; b++; do(b); return b }", []string{
			"`b = 2` skipped", "`b++` skipped", "`do(b)` skipped",
		}},
		{"a result that nobody looks at", "func F(do func() bool) { do() }", []string{"`do()` skipped"}},
		{"what is assigned to", "func F(a, b bool) bool { a = b; return a }", []string{"`a = b` skipped", "`b` made true", "`b` made false", "`a` made true", "`a` made false"}},
		{"a pointer to a bool", "func F(a bool) *bool { return &a }", nil},
		{"types and fields", "type s struct{ a bool }\n\nfunc F(b bool) s { return s{a: b} }", []string{"`b` made true", "`b` made false"}},
		{"a function that nobody needs", "func f(a bool) bool { return a }", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := snippet(t, c.body)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestHowItIsRewritten(t *testing.T) {
	const begin = "package p; import mutant__ \"" + alivePath + "\"\n\n"
	for _, c := range []struct{ name, body, want string }{
		{
			"conditions in each other", "func F(a, b bool) bool { return a && !b }",
			"func F(a, b bool) bool { return mutant__.False(1, (mutant__.On(2) || (a)) && (mutant__.On(3) || (!b))) }",
		},
		{
			"a comparison over lines", "func F(a, b int) bool {\n\treturn a+1 <\n\t\tb\n}",
			"func F(a, b int) bool {\n\treturn mutant__.Bool(1, mutant__.Less(3, a+1 ,\n\t\tb))\n}",
		},
		{
			"a call in a call", `func F(a bool) bool { return at(1, 2) == any("a") }`,
			`func F(a bool) bool { return mutant__.Bool(1, mutant__.Bool(3, at((1 + mutant__.Step(5)), (2 + mutant__.Step(7)))) == mutant__.Bool(9, any(mutant__.Without(11, []string{"a"})...))) }`,
		},
		{"a statement", "func F(a []int) {\n\ta[0] = 1 // one\n}", "func F(a []int) {\n\tif !mutant__.On(1) { a[0] = 1 } // one\n}"},
		{"a constant", "func F() bool { return true }", "func F() bool { return (mutant__.On(1) != true) }"},
		{"lists", "func F() [][]int { return [][]int{{1}, []int{2}} }", "func F() [][]int { return mutant__.Without(1, [][]int{{1}, mutant__.Without(3, []int{2})}) }"},
		{"values", "func F(a string) int {\n\tswitch a {\n\tcase `b`:\n\t\treturn 1\n\t}\n\treturn 2\n}", "func F(a string) int {\n\tswitch a {\n\tcase mutant__.Text(1, `b`):\n\t\treturn 1\n\t}\n\treturn 2\n}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got := snippet(t, c.body)
			if diff := cmp.Diff(begin+c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
