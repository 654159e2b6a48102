package prove

import (
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
	if len(p.rule.References) == 0 {
		p.problem("", "it has no reference")
	}
	for _, ref := range p.rule.References {
		if ref.ID == "TODO" || ref.Source == "" || ref.ID == "" || !strings.HasPrefix(ref.URL, "https://") {
			p.problem("", "reference %q %q has no source, no name or no https URL", ref.Source, ref.ID)
		}
	}
}

func (p *prover) texts() {
	for _, t := range []struct {
		name string
		text lang.Text
	}{{"title", p.rule.Title}, {"why", p.rule.Why}, {"fix", p.rule.Fix}} {
		for _, l := range t.text.Missing() {
			p.problem("", "its %s is missing in %s", t.name, l)
		}
		for _, l := range lang.All() {
			if strings.Contains(t.text.In(l), "TODO") {
				p.problem("", "its %s is not written yet in %s", t.name, l)
			}
		}
	}
	for _, l := range lang.All() {
		p.oneLine("title", l, p.rule.Title.In(l), maxTitle)
		title, rest, _ := strings.Cut(p.rule.Fix.In(l), "\n")
		p.oneLine("fix's first line", l, title, maxFixTitle)
		if !strings.HasPrefix(rest, "\n") || strings.TrimSpace(rest) == "" {
			p.problem("", "its fix in %s is not a title, an empty line, and what to do", l)
		}
	}
}

func (p *prover) oneLine(name string, l lang.Lang, text string, longest int) {
	if n := utf8.RuneCountInString(text); n > longest {
		p.problem("", "its %s in %s has %d characters; %d are the limit", name, l, n, longest)
	}
	if strings.Contains(text, "\n") || strings.HasSuffix(text, ".") {
		p.problem("", "its %s in %s is not one line without a full stop", name, l)
	}
}
