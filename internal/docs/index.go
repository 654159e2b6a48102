package docs

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// indexPage lists the rules in one language, a table for each category that has any.
func (s *site) indexPage(l lang.Lang) string {
	p := newPage(l)
	p.title(lang.Text{EN: "Rules", ES: "Reglas", PT: "Regras"}.In(l))
	p.block(languages(l, func(to lang.Lang) string { return "../" + string(to) + "/README.md" }))
	p.prose(lang.Text{
		EN: "Each rule finds one weakness and explains how to close it. Likelihood and impact are where %s starts; the attack graph and the other weaknesses of the same resource move it from there.",
		ES: "Cada regla detecta una debilidad y explica cómo cerrarla. La probabilidad y el impacto son el punto de partida de la %s; el grafo de ataque y las demás debilidades del mismo recurso la ajustan a partir de ahí.",
		PT: "Cada regra detecta uma fraqueza e explica como fechá-la. A probabilidade e o impacto são o ponto de partida da %s; o grafo de ataque e as demais fraquezas do mesmo recurso a ajustam a partir daí.",
	}, link(lang.Text{EN: "the severity", ES: "gravedad", PT: "gravidade"}.In(l), "../../"+topPath("severity", l)))
	byCategory := map[finding.Category][]*rule.Rule{}
	for _, r := range s.rules {
		byCategory[r.Category] = append(byCategory[r.Category], r)
	}
	for _, c := range finding.Categories() {
		if rules := byCategory[c]; len(rules) > 0 {
			p.heading(c.Text())
			ruleTable(p, rules)
		}
	}
	return p.String()
}

func ruleTable(p *page, rules []*rule.Rule) {
	var rows [][]string
	for _, r := range rules {
		w := r.Weight()
		role := lang.Text{EN: "contributing", ES: "determinante", PT: "determinante"}
		if w.Role == finding.Contextual {
			role = lang.Text{EN: "contextual", ES: "contextual", PT: "contextual"}
		}
		rows = append(rows, []string{
			link(code(r.ID), r.ID+".md"),
			escape(r.Title.In(p.lang)),
			role.In(p.lang),
			w.Likelihood.Text().In(p.lang),
			impactName(w.Impact).In(p.lang),
		})
	}
	p.table([]lang.Text{
		{EN: "Rule", ES: "Regla", PT: "Regra"},
		{EN: "What it finds", ES: "Qué detecta", PT: "O que detecta"},
		roleWord(),
		likelihoodWord(),
		impactWord(),
	}, rows)
}
