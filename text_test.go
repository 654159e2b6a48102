package merlon_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/lang"
)

// texts reads every text in the source of the main module, tests apart, with its place. The parts of a
// text that are no literals (a link, a name) are left out of it.
func texts(t *testing.T) map[string]lang.Text {
	t.Helper()
	found := map[string]lang.Text{}
	for _, p := range readRepo(t, ".").packages {
		for _, f := range p.code {
			if f.path == glossary {
				continue
			}
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				if text, ok := textOf(n); ok {
					found[f.fset.Position(n.Pos()).String()] = text
				}
				return true
			})
		}
	}
	return found
}

// glossary is the file whose entries have the fields of a text and are none.
const glossary = "internal/lang/glossary.go"

// textOf reads a composite literal with the fields EN, ES and PT.
func textOf(n ast.Node) (text lang.Text, ok bool) {
	lit, isLit := n.(*ast.CompositeLit)
	if !isLit {
		return text, false
	}
	for _, e := range lit.Elts {
		pair, isPair := e.(*ast.KeyValueExpr)
		if !isPair {
			return text, false
		}
		key, _ := pair.Key.(*ast.Ident)
		value, literal := stringOf(pair.Value)
		if key == nil || !literal {
			continue
		}
		switch key.Name {
		case "EN":
			text.EN, ok = value, true
		case "ES":
			text.ES, ok = value, true
		case "PT":
			text.PT, ok = value, true
		}
	}
	return text, ok
}

// stringOf folds a sum of literals; literal is false where there is none in it.
func stringOf(e ast.Expr) (value string, literal bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		left, a := stringOf(e.X)
		right, b := stringOf(e.Y)
		return left + right, a || b
	}
	return "", false
}

var verb = regexp.MustCompile(`%[a-z]`)

func TestTextsAreInThreeLanguages(t *testing.T) {
	all := texts(t)
	if len(all) < 200 {
		t.Fatalf("only %d texts were found: the test does not see them any more", len(all))
	}
	for at, text := range all {
		if missing := text.Missing(); len(missing) > 0 {
			t.Errorf("%s: %q is missing in %v", at, text.EN, missing)
		}
		en, es, pt := verb.FindAllString(text.EN, -1), verb.FindAllString(text.ES, -1), verb.FindAllString(text.PT, -1)
		if !slices.Equal(en, es) || !slices.Equal(en, pt) {
			t.Errorf("%s: the languages have different verbs: %v, %v, %v", at, en, es, pt)
		}
		for _, l := range lang.All() {
			if s := text.In(l); strings.Contains(s, "(s)") {
				t.Errorf("%s: %s text %q has a plural in brackets", at, l, s)
			}
		}
		if sameEnd := endOf(text.EN) == endOf(text.ES) && endOf(text.EN) == endOf(text.PT); !sameEnd {
			t.Errorf("%s: the languages end differently: %q", at, text)
		}
	}
}

// endOf is the punctuation at the end of a text.
func endOf(s string) string {
	if i := len(s) - 1; i >= 0 && strings.ContainsAny(s[i:], ".:!?") {
		return s[i:]
	}
	return ""
}

func TestTextsKeepToTheGlossary(t *testing.T) {
	for at, text := range texts(t) {
		for _, problem := range lang.Check(text) {
			t.Errorf("%s: %s", at, problem)
		}
	}
}
