package prove

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// The longest title of a rule and of its remediation, in characters, in any language.
const (
	maxTitle    = 60
	maxFixTitle = 70
)

// Declaration checks what a rule says of itself.
func Declaration(r *rule.Rule) []Problem {
	p := &prover{rule: r}
	p.identity()
	p.references()
	p.texts()
	return p.problems
}

func (p *prover) identity() {
	r := p.rule
	if !regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`).MatchString(r.ID) {
		p.problem("", "its ID is not kebab-case")
	}
	if !slices.Contains(finding.Categories(), r.Category) {
		p.problem("", "category %q is none", r.Category)
	}
	if r.Role != "" && r.Role != finding.Contributing && r.Role != finding.Contextual {
		p.problem("", "role %q is none", r.Role)
	}
	if r.Likelihood < finding.LikelihoodLow || r.Likelihood > finding.LikelihoodVeryHigh {
		p.problem("", "it declares no likelihood")
	}
	if len(r.On) == 0 {
		p.problem("", "it looks at no type of resource")
	}
	for _, kind := range r.Opens {
		if _, ok := kind.Meaning(); !ok {
			p.problem("", "it opens the edge %q, which is not documented", kind)
		}
	}
}

func (p *prover) references() {
	for _, what := range referenceProblems(p.rule.References) {
		p.problem("", "%s", what)
	}
}

func (p *prover) texts() {
	for _, what := range textProblems(p.rule.Title, p.rule.Why, p.rule.Fix) {
		p.problem("", "%s", what)
	}
}

// referenceProblems says what is wrong with the references of a rule of either kind.
func referenceProblems(references []rule.Reference) (problems []string) {
	if len(references) == 0 {
		problems = append(problems, "it has no reference")
	}
	for _, ref := range references {
		if ref.ID == "TODO" || ref.Source == "" || ref.ID == "" || !strings.HasPrefix(ref.URL, "https://") {
			problems = append(problems, fmt.Sprintf("reference %q %q has no source, no name or no https URL", ref.Source, ref.ID))
		}
	}
	return problems
}

// textProblems says what is wrong with the texts of a rule of either kind.
func textProblems(title, why, fix lang.Text) (problems []string) {
	for _, t := range []struct {
		name string
		text lang.Text
	}{{"title", title}, {"why", why}, {"fix", fix}} {
		for _, l := range t.text.Missing() {
			problems = append(problems, fmt.Sprintf("its %s is missing in %s", t.name, l))
		}
		for _, l := range lang.All() {
			if strings.Contains(t.text.In(l), "TODO") {
				problems = append(problems, fmt.Sprintf("its %s is not written yet in %s", t.name, l))
			}
		}
	}
	for _, l := range lang.All() {
		problems = append(problems, lineProblems("title", l, title.In(l), maxTitle)...)
		first, rest, _ := strings.Cut(fix.In(l), "\n")
		problems = append(problems, lineProblems("fix's first line", l, first, maxFixTitle)...)
		if !strings.HasPrefix(rest, "\n") || strings.TrimSpace(rest) == "" {
			problems = append(problems, fmt.Sprintf("its fix in %s is not a title, an empty line, and what to do", l))
		}
	}
	return problems
}

func lineProblems(name string, l lang.Lang, text string, longest int) (problems []string) {
	if n := utf8.RuneCountInString(text); n > longest {
		problems = append(problems, fmt.Sprintf("its %s in %s has %d characters; %d are the limit", name, l, n, longest))
	}
	if strings.Contains(text, "\n") || strings.HasSuffix(text, ".") {
		problems = append(problems, fmt.Sprintf("its %s in %s is not one line without a full stop", name, l))
	}
	return problems
}
