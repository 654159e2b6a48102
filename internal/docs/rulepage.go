package docs

import (
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// rulePages renders the page of every rule in one language.
func (s *site) rulePages(l lang.Lang) map[string]string {
	pages := map[string]string{}
	for _, r := range s.rules {
		pages[rulePath(l, r.ID)] = rulePage(l, r)
	}
	return pages
}

// RulePage renders the page of one rule in one language, to stand by itself: without links to pages beside it.
// It is that of a rule that Merlon does not ship.
func RulePage(l lang.Lang, r *rule.Rule) string {
	p := &page{lang: l, alone: true}
	p.title(r.Title.In(l))
	ruleSections(p, r)
	return p.String()
}

func rulePage(l lang.Lang, r *rule.Rule) string {
	p := newPage(l)
	p.title(r.Title.In(l))
	p.block(languages(l, func(to lang.Lang) string { return "../" + string(to) + "/" + r.ID + ".md" }))
	ruleSections(p, r)
	p.block(strings.Join([]string{
		link(lang.Text{EN: "All rules", ES: "Todas las reglas", PT: "Todas as regras"}.In(l), "README.md"),
		link(severityTitle().In(l), "../../"+topPath("severity", l)),
		link(graphTitle().In(l), "../../"+topPath("attack-graph", l)),
	}, " · "))
	return p.String()
}

// ruleSections adds all that there is to say of a rule.
func ruleSections(p *page, r *rule.Rule) {
	facts(p, r)
	p.heading(lang.Text{EN: "Why it matters", ES: "Por qué importa", PT: "Por que importa"})
	p.prose(r.Why)
	p.heading(lang.Text{EN: "How to fix it", ES: "Cómo corregirlo", PT: "Como corrigir"})
	fix(p, r.Fix.In(p.lang))
	opens(p, r)
	conditions(p, r)
	examples(p, r)
	references(p, r.References)
}

// facts is the small table at the top, and what the rule looks at.
func facts(p *page, r *rule.Rule) {
	w := r.Weight()
	p.table([]lang.Text{
		{EN: "ID", ES: "ID", PT: "ID"},
		{EN: "Category", ES: "Categoría", PT: "Categoria"},
		{EN: "Role", ES: "Papel", PT: "Papel"},
		likelihoodWord(),
		impactWord(),
	}, [][]string{{
		code(r.ID),
		escape(r.Category.Text().In(p.lang)),
		escape(w.Role.Text().In(p.lang)),
		escape(w.Likelihood.Text().In(p.lang)),
		escape(impactName(w.Impact).In(p.lang)),
	}})
	if len(r.On) > 0 {
		p.prose(lang.Text{EN: "Looks at: %s.", ES: "Examina: %s.", PT: "Examina: %s."}, kinds(p.lang, r.On))
	}
}

// kinds lists types by their kind. All that run pods are a group of their own.
func kinds(l lang.Lang, types []inventory.Type) string {
	var names []string
	workloads := k8s.Workloads()
	all := !slices.ContainsFunc(workloads, func(t inventory.Type) bool { return !slices.Contains(types, t) })
	if all {
		names = append(names, workloadsText().In(l))
	}
	for _, t := range types {
		if !all || !slices.Contains(workloads, t) {
			names = append(names, code(t.Kind()))
		}
	}
	return strings.Join(names, ", ")
}

// workloadsText stands for the kinds that run pods: those of Kubernetes by name, and the custom ones.
func workloadsText() lang.Text {
	var own []string
	custom := 0
	for _, t := range k8s.Workloads() {
		if k8s.IsCustomWorkload(t) {
			custom++
			continue
		}
		own = append(own, code(t.Kind()))
	}
	return lang.Text{
		EN: "every workload (%s, and %s kinds of custom resources)",
		ES: "toda carga de trabajo (%s y %s tipos de recursos personalizados)",
		PT: "toda carga de trabalho (%s e %s tipos de recursos personalizados)",
	}.Format(strings.Join(own, ", "), strconv.Itoa(custom))
}

// fix sets the first line of the guidance apart: it stands alone as the title of the remediation.
func fix(p *page, text string) {
	first, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if rest != "" && !strings.Contains(first, "*") {
		first = "**" + first + "**"
	}
	p.block(first)
	p.block(rest)
}

// opens says what an attacker gets to because of the weakness.
func opens(p *page, r *rule.Rule) {
	p.heading(lang.Text{
		EN: "What it opens in the attack graph",
		ES: "Qué abre en el grafo de ataque",
		PT: "O que abre no grafo de ataque",
	})
	if len(r.Opens) == 0 {
		p.prose(lang.Text{
			EN: "Nothing by itself: the weakness leads to no other resource.",
			ES: "Nada por sí misma: esta debilidad no lleva a ningún otro recurso.",
			PT: "Nada por si só: esta fraqueza não leva a nenhum outro recurso.",
		})
		return
	}
	var items []string
	for _, kind := range r.Opens {
		items = append(items, opened(p, kind))
	}
	p.list(items)
}

func opened(p *page, kind finding.EdgeKind) string {
	m, _ := kind.Meaning()
	name := code(string(kind))
	if !p.alone {
		name = link(name, "../../"+topPath("attack-graph", p.lang)+"#"+anchor(kind))
	}
	item := name + ": " + escape(m.Why.In(p.lang)) + "."
	if m.Yields == finding.ImpactNone {
		return item
	}
	return item + " " + lang.Text{EN: "Impact: %s.", ES: "Impacto: %s.", PT: "Impacto: %s."}.Format(m.Yields.Text()).In(p.lang)
}

// conditions lists what has to hold, each with the examples that miss it alone, and what the rule needs
// to know.
func conditions(p *page, r *rule.Rule) {
	var items []string
	if r.Check != nil {
		for _, name := range r.Check.Conditions() {
			item := code(name)
			if expression := r.Check.Expression(name); expression != "" {
				item += ": " + code(strings.Join(strings.Fields(expression), " "))
			}
			items = append(items, item+nearMisses(p.lang, r, name))
		}
	}
	if len(items) > 0 {
		p.heading(lang.Text{EN: "Conditions", ES: "Condiciones", PT: "Condições"})
		p.prose(lang.Text{
			EN: "The weakness is present when nothing is missing from this list:",
			ES: "La debilidad está presente cuando se cumple todo lo siguiente:",
			PT: "A fraqueza está presente quando se cumpre tudo o que segue:",
		})
		p.list(items)
	}
	for _, fact := range r.Needs {
		if why, known := new(rule.World).Lacks(fact); !known {
			p.prose(lang.Text{
				EN: "The rule is not assessed, and says so, as long as this is the case: %s.",
				ES: "La regla no se evalúa, y así lo indica, mientras se dé esta situación: %s.",
				PT: "A regra não é avaliada, e informa isso, enquanto esta for a situação: %s.",
			}, lang.Text{EN: escape(why.EN), ES: escape(why.ES), PT: escape(why.PT)})
		}
	}
}

// nearMisses names the examples in which one condition alone does not hold.
func nearMisses(l lang.Lang, r *rule.Rule, condition string) string {
	var names []string
	for i := range r.Examples {
		if r.Examples[i].Misses == condition {
			names = append(names, escape(r.Examples[i].Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return lang.Text{
		EN: ". Not met by: %s.",
		ES: ". No se cumple en: %s.",
		PT: ". Não se cumpre em: %s.",
	}.Format(strings.Join(names, "; ")).In(l)
}

// examples shows every example of the rule with its verdict.
func examples(p *page, r *rule.Rule) {
	if len(r.Examples) == 0 {
		return
	}
	p.heading(lang.Text{EN: "Examples", ES: "Ejemplos", PT: "Exemplos"})
	p.prose(lang.Text{
		EN: "They are the rule's tests: each one goes through the same engine as your files.",
		ES: "Los ejemplos son las pruebas de la regla: cada uno pasa por el mismo motor que sus archivos. Los títulos están en inglés.",
		PT: "Os exemplos são os testes da regra: cada um passa pelo mesmo mecanismo que os seus arquivos. Os títulos estão em inglês.",
	})
	for i := range r.Examples {
		e := &r.Examples[i]
		p.block("### " + escape(sentenceCase(e.Name)))
		p.prose(lang.Text{EN: "Verdict: **%s**.%s", ES: "Veredicto: **%s**.%s", PT: "Veredito: **%s**.%s"},
			e.Want.Text(), exampleNotes(e))
		p.fence("yaml", e.Input)
	}
}

// exampleNotes says what else there is to know about an example.
func exampleNotes(e *rule.Example) lang.Text {
	var notes lang.Text
	add := func(t lang.Text) { notes = lang.Text{EN: "%s %s", ES: "%s %s", PT: "%s %s"}.Format(notes, t) }
	if e.Misses != "" {
		add(lang.Text{
			EN: "A near miss: it does not meet %s.",
			ES: "Por poco: no cumple %s.",
			PT: "Por pouco: não cumpre %s.",
		}.Format(code(e.Misses)))
	}
	if e.Path != "" {
		add(lang.Text{EN: "Evidence: %s.", ES: "Evidencia: %s.", PT: "Evidência: %s."}.Format(code(e.Path)))
	}
	if trusted := e.Settings.TrustedRegistries; len(trusted) > 0 {
		flags := make([]string, len(trusted))
		for i, t := range trusted {
			flags[i] = code("--trusted-registry " + t)
		}
		add(lang.Text{EN: "Run with %s.", ES: "Ejecutado con %s.", PT: "Executado com %s."}.Format(strings.Join(flags, " ")))
	}
	return notes
}

// references links to where others describe the same weakness.
func references(p *page, all []rule.Reference) {
	if len(all) == 0 {
		return
	}
	p.heading(lang.Text{EN: "References", ES: "Referencias", PT: "Referências"})
	var items []string
	for _, ref := range all {
		label := escape(strings.TrimSpace(ref.Source + ": " + ref.ID))
		if ref.URL != "" {
			label = link(label, ref.URL)
		}
		items = append(items, label)
	}
	p.list(items)
}

// sentenceCase starts a text with a capital letter.
func sentenceCase(text string) string { return strings.TrimSuffix(sentence(text), ".") }
