package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/lang"
)

// declaredText is one text of the package, and where it stands.
type declaredText struct {
	at   string
	text lang.Text
}

// declaredTexts reads every text out of the package's source, so that none can be forgotten.
func declaredTexts(t *testing.T) (all []declaredText) {
	t.Helper()
	fset := token.NewFileSet()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || !isText(lit.Type) || len(lit.Elts) == 0 {
				return true
			}
			d := declaredText{at: fset.Position(lit.Pos()).String()}
			for _, e := range lit.Elts {
				kv := e.(*ast.KeyValueExpr)
				value, err := strconv.Unquote(kv.Value.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				switch kv.Key.(*ast.Ident).Name {
				case "EN":
					d.text.EN = value
				case "ES":
					d.text.ES = value
				case "PT":
					d.text.PT = value
				}
			}
			all = append(all, d)
			return false
		})
	}
	return all
}

func isText(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Text"
}

func TestTextsAreThereInEveryLanguage(t *testing.T) {
	all := declaredTexts(t)
	if len(all) < 80 {
		t.Fatalf("only %d texts were found", len(all))
	}
	for _, d := range all {
		for _, problem := range lang.Check(d.text) {
			t.Errorf("%s: %s\n\t%q", d.at, problem, d.text.EN)
		}
	}
}

var verb = regexp.MustCompile(`%(\[\d\])?[a-z]`)

func TestTextsHaveTheSameArguments(t *testing.T) {
	for _, d := range declaredTexts(t) {
		want := verb.FindAllString(d.text.EN, -1)
		slices.Sort(want)
		for _, l := range lang.All() {
			got := verb.FindAllString(d.text.In(l), -1)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s has the verbs %v, English %v", d.at, l, got, want)
			}
		}
	}
}

// What a person reads has no trace of a missing argument or of a verb that was not filled.
func TestNothingIsLeftUnfilled(t *testing.T) {
	s := shop()
	for _, l := range lang.All() {
		out := render(t, "table", s, Options{Lang: l})
		for i := range s.Exposures {
			out = append(out, explain(t, s, &s.Exposures[i], Options{Lang: l})...)
		}
		for _, trace := range []string{"%!", "%s", "%d", "\x00"} {
			if strings.Contains(string(out), trace) {
				t.Errorf("%s: the output has %q", l, trace)
			}
		}
	}
}

func TestNumber(t *testing.T) {
	for _, tt := range []struct {
		n          int
		en, es, pt string
	}{
		{0, "0", "0", "0"},
		{999, "999", "999", "999"},
		{1000, "1,000", "1000", "1.000"},
		{12345, "12,345", "12.345", "12.345"},
		{1234567, "1,234,567", "1.234.567", "1.234.567"},
		{-5, "-5", "-5", "-5"},
	} {
		if en, es, pt := number(lang.EN, tt.n), number(lang.ES, tt.n), number(lang.PT, tt.n); en != tt.en || es != tt.es || pt != tt.pt {
			t.Errorf("number(%d) = %s, %s, %s", tt.n, en, es, pt)
		}
	}
}

func TestPlural(t *testing.T) {
	for _, tt := range []struct {
		l    lang.Lang
		n    int
		want string
	}{
		{lang.EN, 0, "0 workloads"},
		{lang.EN, 1, "1 workload"},
		{lang.EN, 2, "2 workloads"},
		{lang.ES, 0, "0 cargas de trabajo"},
		{lang.ES, 1, "1 carga de trabajo"},
		{lang.PT, 0, "0 carga de trabalho"},
		{lang.PT, 2, "2 cargas de trabalho"},
	} {
		if got := nWorkloads.in(tt.l, tt.n); got != tt.want {
			t.Errorf("%s %d: %q, want %q", tt.l, tt.n, got, tt.want)
		}
	}
}
