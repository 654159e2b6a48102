package docs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// detectionPages renders the page of every rule over the audit stream in one language, and their index.
func (s *site) detectionPages(l lang.Lang) map[string]string {
	pages := map[string]string{detectionFolder(l) + "README.md": s.detectionIndex(l)}
	for _, r := range s.detections {
		pages[detectionFolder(l)+DetectionSlug(r.Type)+".md"] = detectionPage(l, r)
	}
	return pages
}

func detectionFolder(l lang.Lang) string { return "detections/" + string(l) + "/" }

// DetectionSlug is a finding type as the name of its page: "execution-kubernetes-execinkubesystempod".
func DetectionSlug(findingType string) string {
	return strings.ToLower(strings.NewReplacer(":", "-", "/", "-", ".", "-", "!", "-").Replace(findingType))
}

// DetectionPage renders the page of one finding type in one language, to stand by itself.
func DetectionPage(l lang.Lang, r *rule.Detection) string {
	p := &page{lang: l, alone: true}
	p.title(r.Title.In(l))
	detectionSections(p, r)
	return p.String()
}

func detectionPage(l lang.Lang, r *rule.Detection) string {
	p := newPage(l)
	p.title(r.Title.In(l))
	p.block(languages(l, func(to lang.Lang) string { return "../" + string(to) + "/" + DetectionSlug(r.Type) + ".md" }))
	detectionSections(p, r)
	p.block(link(allDetections().In(l), "README.md"))
	return p.String()
}

// detectionSections adds all that there is to say of a finding type.
func detectionSections(p *page, r *rule.Detection) {
	l := p.lang
	p.table([]lang.Text{
		{EN: "Finding type", ES: "Tipo de hallazgo", PT: "Tipo de descoberta"},
		{EN: "Severity", ES: "Gravedad", PT: "Gravidade"},
		{EN: "Of", ES: "De", PT: "De"},
	}, [][]string{{code(r.Type), severities(l, r), OriginText(r.Origin).In(l)}})
	p.heading(lang.Text{EN: "Why it matters", ES: "Por qué importa", PT: "Por que importa"})
	p.prose(r.Why)
	p.heading(lang.Text{EN: "What to do", ES: "Qué hacer", PT: "O que fazer"})
	fix(p, r.Fix.In(l))
	detectionConditions(p, r)
	detectionExamples(p, r)
	references(p, r.References)
}

func allDetections() lang.Text {
	return lang.Text{EN: "All finding types", ES: "Todos los tipos de hallazgo", PT: "Todos os tipos de descoberta"}
}

// OriginText says whose finding type it is.
func OriginText(o rule.Origin) lang.Text {
	switch o {
	case rule.Retired:
		return lang.Text{EN: "GuardDuty, retired there", ES: "GuardDuty, que lo ha retirado", PT: "GuardDuty, que o retirou"}
	case rule.Ours:
		return lang.Text{EN: "Merlon", ES: "Merlon", PT: "Merlon"}
	}
	return lang.Text{EN: "GuardDuty", ES: "GuardDuty", PT: "GuardDuty"}
}

// severities names the rule's severity, and those that single detections have instead, by its examples.
func severities(l lang.Lang, r *rule.Detection) string {
	all := []finding.Severity{r.Severity}
	for i := range r.Examples {
		if s := r.Examples[i].Severity; s != nil && !slices.Contains(all, *s) {
			all = append(all, *s)
		}
	}
	slices.Sort(all)
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Text().In(l)
	}
	return strings.Join(names, ", ")
}

// detectionConditions says which requests the rule looks at, what has to hold, and what it remembers.
func detectionConditions(p *page, r *rule.Detection) {
	p.heading(lang.Text{EN: "When it is found", ES: "Cuándo se detecta", PT: "Quando é detectado"})
	var items []string
	for _, s := range r.On {
		if len(s.Resources) > 0 {
			items = append(items, codes(s.Verbs)+" "+codes(s.Resources))
		}
	}
	if len(items) > 0 {
		p.prose(lang.Text{EN: "It looks at these requests:", ES: "Examina estas solicitudes:", PT: "Examina estas solicitações:"})
		p.list(items)
	}
	items = nil
	for _, c := range r.Where {
		items = append(items, code(c.Name)+detectionNearMisses(p.lang, r, c.Name))
	}
	if len(items) > 0 {
		slices.Sort(items)
		p.prose(lang.Text{
			EN: "A condition is one test of a request, under a short name. All of these must hold:",
			ES: "Una condición es una comprobación de la solicitud, con un nombre corto. Deben cumplirse todas estas:",
			PT: "Uma condição é uma verificação da solicitação, com um nome curto. Todas estas devem ser cumpridas:",
		})
		p.list(items)
	}
	for _, note := range memories(p.lang, r) {
		p.block(note)
	}
}

func codes(names []string) string {
	marked := make([]string, len(names))
	for i, n := range names {
		marked[i] = code(n)
	}
	return strings.Join(marked, ", ")
}

func detectionNearMisses(l lang.Lang, r *rule.Detection, condition string) string {
	var names []string
	for i := range r.Examples {
		if r.Examples[i].Misses == condition {
			names = append(names, escape(r.Examples[i].Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return lang.Text{EN: ". Not met by: %s.", ES: ". No se cumple en: %s.", PT: ". Não se cumpre em: %s."}.Format(strings.Join(names, "; ")).In(l)
}

// memories says what a rule remembers from one request to the next.
func memories(l lang.Lang, r *rule.Detection) []string {
	var notes []string
	add := func(t lang.Text, args ...any) { notes = append(notes, t.Format(args...).In(l)) }
	if c := r.Count; c != nil {
		least, within := strconv.Itoa(c.Least), c.Within.String()
		if c.Distinct != nil {
			add(lang.Text{
				EN: "It needs %s different values of %s within %s, with the same %s.",
				ES: "Hacen falta %s valores distintos de %s en %s, con el mismo %s.",
				PT: "São necessários %s valores diferentes de %s em %s, com o mesmo %s.",
			}, least, code(c.Distinct.Name), within, fieldNames(c.By))
		} else {
			add(lang.Text{
				EN: "It needs %s such requests within %s, with the same %s.",
				ES: "Hacen falta %s solicitudes así en %s, con el mismo %s.",
				PT: "São necessárias %s solicitações assim em %s, com o mesmo %s.",
			}, least, within, fieldNames(c.By))
		}
	}
	if r.First != nil {
		add(lang.Text{
			EN: "Only a request with a value of %s that no such request had before in the cluster counts.",
			ES: "Solo cuenta una solicitud con un valor de %s que ninguna solicitud así tuvo antes en el clúster.",
			PT: "Só conta uma solicitação com um valor de %s que nenhuma solicitação assim teve antes no cluster.",
		}, code(r.First.Name))
	}
	if r.Unusual != nil {
		add(lang.Text{
			EN: "It must be unusual, by what the baselines of the user and of the cluster have learned: what was done (%s), and at least %s of how it was done (%s).",
			ES: "Debe ser inusual, según lo que han aprendido las líneas base del usuario y del clúster: lo que se hizo (%s) y al menos %s de los aspectos de cómo se hizo (%s).",
			PT: "Deve ser incomum, segundo o que as linhas de base do usuário e do cluster aprenderam: o que foi feito (%s) e pelo menos %s dos aspectos de como foi feito (%s).",
		}, profileNames(r.Unusual.Deed), strconv.Itoa(max(1, r.Unusual.Least)), profileNames(r.Unusual.Sides))
	}
	if j := r.Joins; j != nil {
		add(lang.Text{
			EN: "It joins findings of at least %s types and %s tactics that have an identity, a public address or a workload in common, within %s. One of them must be of severity %s or above, and one must tell of an attacker by itself.",
			ES: "Une hallazgos de al menos %s tipos y %s tácticas que tienen en común una identidad, una dirección pública o una carga de trabajo, en %s. Uno de ellos debe ser de gravedad %s o superior, y uno debe delatar por sí mismo a un atacante.",
			PT: "Une descobertas de pelo menos %s tipos e %s táticas que têm em comum uma identidade, um endereço público ou uma carga de trabalho, em %s. Uma delas deve ser de gravidade %s ou superior, e uma deve denunciar por si mesma um invasor.",
		}, strconv.Itoa(j.Types), strconv.Itoa(j.Tactics), j.Within.String(), j.Grave.Text())
	}
	if len(r.About) > 0 {
		add(lang.Text{
			EN: "Detections with the same %s are one finding.",
			ES: "Las detecciones con el mismo %s son un único hallazgo.",
			PT: "As detecções com o mesmo %s são uma única descoberta.",
		}, fieldNames(r.About))
	}
	return notes
}

func profileNames(profiles []rule.Profile) string {
	names := make([]string, len(profiles))
	for i, p := range profiles {
		names[i] = p.String()
	}
	return codes(names)
}

func fieldNames(fields []rule.EventField) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = code(f.Name)
	}
	return strings.Join(names, ", ")
}

// detectionExamples shows every example of the rule with its verdict.
func detectionExamples(p *page, r *rule.Detection) {
	if len(r.Examples) == 0 {
		return
	}
	p.heading(lang.Text{EN: "Examples", ES: "Ejemplos", PT: "Exemplos"})
	p.prose(lang.Text{
		EN: "They are the rule's tests: each one goes through the same decoder and engine as your logs.",
		ES: "Los ejemplos son las pruebas de la regla: cada uno pasa por el mismo decodificador y el mismo motor que sus registros. Los títulos están en inglés.",
		PT: "Os exemplos são os testes da regra: cada um passa pelo mesmo decodificador e pelo mesmo mecanismo que os seus logs. Os títulos estão em inglês.",
	})
	for i := range r.Examples {
		e := &r.Examples[i]
		p.block("### " + escape(sentenceCase(e.Name)))
		p.prose(lang.Text{EN: "Verdict: **%s**.%s", ES: "Veredicto: **%s**.%s", PT: "Veredito: **%s**.%s"}, e.Want.Text(), detectionNotes(e))
		p.fence("json", shown(e.Input))
	}
}

// shown is an input of an example, cut where it repeats itself.
func shown(input string) string {
	const most = 4
	lines := strings.SplitAfter(strings.TrimSpace(input), "\n")
	if len(lines) <= most {
		return input
	}
	return strings.Join(lines[:most], "") + "… (" + strconv.Itoa(len(lines)-most) + ")"
}

func detectionNotes(e *rule.EventExample) lang.Text {
	var notes lang.Text
	add := func(t lang.Text) { notes = lang.Text{EN: "%s %s", ES: "%s %s", PT: "%s %s"}.Format(notes, t) }
	if e.Misses != "" {
		add(lang.Text{EN: "A near miss: it does not meet %s.", ES: "Por poco: no cumple %s.", PT: "Por pouco: não cumpre %s."}.Format(code(e.Misses)))
	}
	if e.Severity != nil {
		add(lang.Text{EN: "Severity: %s.", ES: "Gravedad: %s.", PT: "Gravidade: %s."}.Format(e.Severity.Text()))
	}
	if e.Path != "" {
		add(lang.Text{EN: "Evidence: %s.", ES: "Evidencia: %s.", PT: "Evidência: %s."}.Format(code(e.Path)))
	}
	return notes
}

// detectionIndex lists the finding types by tactic.
func (s *site) detectionIndex(l lang.Lang) string {
	p := newPage(l)
	p.title(lang.Text{EN: "Finding types of the audit log", ES: "Tipos de hallazgo del registro de auditoría", PT: "Tipos de descoberta do log de auditoria"}.In(l))
	p.block(languages(l, func(to lang.Lang) string { return "../" + string(to) + "/README.md" }))
	p.prose(lang.Text{
		EN: "What `merlon detect` finds in the Kubernetes audit log. Types, severities and fields are those of Amazon GuardDuty where it has them; the others are Merlon's own.",
		ES: "Lo que `merlon detect` encuentra en el registro de auditoría de Kubernetes. Los tipos, las gravedades y los campos son los de Amazon GuardDuty cuando este los tiene; los demás son propios de Merlon.",
		PT: "O que `merlon detect` encontra no log de auditoria do Kubernetes. Os tipos, as gravidades e os campos são os do Amazon GuardDuty quando ele os tem; os demais são do próprio Merlon.",
	})
	byTactic := map[string][]*rule.Detection{}
	for _, r := range s.detections {
		byTactic[r.Tactic()] = append(byTactic[r.Tactic()], r)
	}
	for _, tactic := range sortedKeys(byTactic) {
		p.block("## " + tactic)
		var rows [][]string
		for _, r := range byTactic[tactic] {
			_, name, _ := strings.Cut(r.Type, ":")
			rows = append(rows, []string{
				link(code(name), DetectionSlug(r.Type)+".md"), escape(r.Title.In(l)), severities(l, r), OriginText(r.Origin).In(l),
			})
		}
		p.table([]lang.Text{
			{EN: "Type", ES: "Tipo", PT: "Tipo"},
			{EN: "What happened", ES: "Qué ocurrió", PT: "O que aconteceu"},
			{EN: "Severity", ES: "Gravedad", PT: "Gravidade"},
			{EN: "Of", ES: "De", PT: "De"},
		}, rows)
	}
	return p.String()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare)
	return keys
}
