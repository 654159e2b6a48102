package docs

import (
	"testing"

	"github.com/merlonsec/merlon/internal/lang"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain words stay", "a Deployment's container, at port 80: fine (really)", "a Deployment's container, at port 80: fine (really)"},
		{"emphasis, code and links", "a *b* _c_ `d` [e](f)", "a \\*b\\* \\_c\\_ \\`d\\` \\[e\\](f)"},
		{"HTML and bars", "<b> a|b", `\<b\> a\|b`},
		{"an entity, but not every ampersand", "&amp; R&D &", `\&amp; R&D &`},
		{"a heading at the start", "# not a heading", `\# not a heading`},
		{"a list at the start", "1. not a list", `1\. not a list`},
		{"a number at the start", "80 is a port", "80 is a port"},
		{"lines are joined", "a\n  b", "a b"},
		{"a backslash", `C:\*`, `C:\\\*`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := escape(c.in); got != c.want {
				t.Errorf("escape(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"host-pid":   "`host-pid`",
		"a `b` c":    "``a `b` c``",
		"`":          "`` ` ``",
		"two\nlines": "`two lines`",
	} {
		if got := code(in); got != want {
			t.Errorf("code(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLinkKeepsItsTargetWhole(t *testing.T) {
	if got, want := link("a", "https://example.com/x_(y) z"), "[a](https://example.com/x_%28y%29%20z)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		"hay archivos":    "Hay archivos.",
		"é um teste":      "É um teste.",
		"Already, as is.": "Already, as is.",
	} {
		if got := sentence(in); got != want {
			t.Errorf("sentence(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPageLayout(t *testing.T) {
	p := newPage(lang.ES)
	p.title("A *title*")
	p.prose(lang.Text{EN: "of %s", ES: "de %s", PT: "de %s"}, lang.Text{EN: "one", ES: "uno", PT: "um"})
	p.block("")
	p.table([]lang.Text{{EN: "Rule"}, {EN: "Role", ES: "Papel"}}, [][]string{{code("a|b"), `c\|d` + "\ne"}})
	p.table([]lang.Text{{EN: "Empty"}}, nil)
	p.list([]string{"one", "two\nlines"})
	p.fence("yaml", "a: |\n  ```  \n  code\n")
	want := Banner + "\n\n# A \\*title\\*\n\nde uno\n\n" +
		"| Rule | Papel |\n|---|---|\n| `a\\|b` | c\\|d e |\n\n- one\n- two lines\n\n" +
		"````yaml\na: |\n  ```\n  code\n````\n"
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
