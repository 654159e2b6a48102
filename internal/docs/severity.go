package docs

import (
	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

func severityTitle() lang.Text { return lang.Text{EN: "Severity", ES: "Gravedad", PT: "Gravidade"} }

func likelihoodWord() lang.Text {
	return lang.Text{EN: "Likelihood", ES: "Probabilidad", PT: "Probabilidade"}
}

func impactWord() lang.Text { return lang.Text{EN: "Impact", ES: "Impacto", PT: "Impacto"} }

func roleWord() lang.Text { return lang.Text{EN: "Role", ES: "Papel", PT: "Papel"} }

// severityPage says how a severity comes about.
func (s *site) severityPage(l lang.Lang) string {
	p := newPage(l)
	p.title(severityTitle().In(l))
	p.block(languages(l, func(to lang.Lang) string { return topPath("severity", to) }))
	p.prose(lang.Text{
		EN: "An exposure is what the weaknesses of one resource add up to. Its severity answers two questions: how likely is it that somebody uses them (likelihood), and how bad is it if they do (impact)? The same input always gives the same severity, and every exposure explains its own in words.",
		ES: "Una exposición es lo que suman las debilidades de un recurso. Su gravedad responde a dos preguntas: ¿cuál es la probabilidad de que alguien las aproveche y, si lo hace, cuánto daño causaría (impacto)? La misma entrada da siempre la misma gravedad, y cada exposición explica la suya con palabras.",
		PT: "Uma exposição é o que as fraquezas de um recurso somam. Sua gravidade responde a duas perguntas: qual é a probabilidade de alguém as explorar e, se isso acontecer, quanto dano causaria (impacto)? A mesma entrada resulta sempre na mesma gravidade, e cada exposição explica a sua em palavras.",
	})
	matrix(p)
	likelihood(p)
	impact(p)
	ceiling(p)
	without(p)
	s.fixedTable(p)
	s.platform(p)
	scenarios(p)
	return p.String()
}

// matrix shows the table by which a severity is looked up.
func matrix(p *page) {
	p.heading(lang.Text{EN: "The matrix", ES: "La matriz", PT: "A matriz"})
	p.prose(lang.Text{
		EN: "Likelihood picks the row, impact the column. It is the %s. Without any weakness that makes an exposure, the severity is %s.",
		ES: "La probabilidad determina la fila y el impacto, la columna. Es la %s. Sin ninguna debilidad que cree una exposición, la gravedad es %s.",
		PT: "A probabilidade determina a linha e o impacto, a coluna. É a %s. Sem nenhuma fraqueza que crie uma exposição, a gravidade é %s.",
	}, lang.Text{
		EN: "[risk matrix that AWS documents for Security Hub](" + awsMatrix + ")",
		ES: "[matriz de riesgo que AWS documenta para Security Hub](" + awsMatrix + ")",
		PT: "[matriz de risco que a AWS documenta para o Security Hub](" + awsMatrix + ")",
	}, finding.SeverityInformational.Text())
	header := []lang.Text{{EN: "Likelihood ↓ Impact →", ES: "Probabilidad ↓ Impacto →", PT: "Probabilidade ↓ Impacto →"}}
	for _, i := range []finding.Impact{finding.ImpactLow, finding.ImpactMedium, finding.ImpactHigh} {
		header = append(header, i.Text())
	}
	var rows [][]string
	for i, severities := range finding.Matrix() {
		row := []string{(finding.LikelihoodLow + finding.Likelihood(i)).Text().In(p.lang)}
		for _, severity := range severities {
			row = append(row, severity.Text().In(p.lang))
		}
		rows = append(rows, row)
	}
	p.table(header, rows)
}

const awsMatrix = "https://docs.aws.amazon.com/securityhub/latest/userguide/exposure-findings-severity.html"

// likelihood shows how far reachability moves each level.
func likelihood(p *page) {
	p.heading(likelihoodWord())
	p.prose(lang.Text{
		EN: "Likelihood starts at the highest level among the exposure's contributing traits: the weaknesses that make an exposure by themselves. Contextual traits add to the picture and never to the severity. Then it moves by who can get there:",
		ES: "La probabilidad parte del nivel más alto entre las características determinantes de la exposición: las debilidades que la crean por sí solas. Las características contextuales aportan contexto y nunca cambian la gravedad. Después, sube o baja según quién pueda llegar al recurso:",
		PT: "A probabilidade parte do nível mais alto entre as características determinantes da exposição: as fraquezas que a criam por si sós. As características contextuais acrescentam contexto e nunca mudam a gravidade. Depois, ela sobe ou desce conforme quem consegue chegar ao recurso:",
	})
	var rows [][]string
	for l := finding.LikelihoodLow; l <= finding.LikelihoodVeryHigh; l++ {
		row := []string{l.Text().In(p.lang)}
		for _, r := range []correlate.Reachability{correlate.Reachable, correlate.ReachabilityUnknown, correlate.Unreachable} {
			score := correlate.Rate(correlate.Factors{Traits: []finding.Weight{{Likelihood: l}}, Reachability: r})
			row = append(row, score.Likelihood.Text().In(p.lang))
		}
		rows = append(rows, row)
	}
	p.table([]lang.Text{
		{EN: "Starts at", ES: "Parte de", PT: "Parte de"},
		{EN: "Proven reachable", ES: "Accesible (probado)", PT: "Acessível (provado)"},
		{EN: "Not known", ES: "No se sabe", PT: "Não se sabe"},
		{EN: "Proven unreachable", ES: "Inaccesible (probado)", PT: "Inacessível (provado)"},
	}, rows)
	p.prose(lang.Text{
		EN: "A rule's page gives the levels that it declares. Some rules grade what they find: a read-only mount of the node's files may weigh less than a writable one, and open less.",
		ES: "La página de cada regla indica los niveles que esta declara. Algunas reglas gradúan lo que encuentran: un montaje de solo lectura de archivos del nodo puede pesar menos que uno con permiso de escritura, y abrir menos aristas.",
		PT: "A página de cada regra indica os níveis que ela declara. Algumas regras graduam o que encontram: uma montagem somente leitura de arquivos do nó pode pesar menos que uma com permissão de escrita, e abrir menos arestas.",
	})
	p.prose(lang.Text{
		EN: "Proven reachable means that an unbroken chain of certain edges leads from the internet to the resource. That no such chain was found proves nothing, so by itself it moves nothing.",
		ES: "El acceso está probado cuando una cadena continua de aristas confirmadas lleva desde internet hasta el recurso. No haber encontrado esa cadena no prueba nada y, por lo tanto, no cambia nada por sí solo.",
		PT: "O acesso está provado quando uma cadeia contínua de arestas confirmadas leva da internet até o recurso. Não ter encontrado essa cadeia não prova nada e, por isso, não muda nada por si só.",
	})
}

// impact shows where impact comes from.
func impact(p *page) {
	p.heading(impactWord())
	p.prose(lang.Text{
		EN: "Impact is the highest of two things: what the contributing traits declare, and what the resource reaches by certain edges of the %s. These edges have an impact:",
		ES: "El impacto es el mayor de estos dos: el que declaran las características determinantes y el que resulta de lo que el recurso alcanza por aristas confirmadas del %s. Estas aristas tienen impacto:",
		PT: "O impacto é o maior destes dois: o que as características determinantes declaram e o que resulta daquilo que o recurso alcança por arestas confirmadas do %s. Estas arestas têm impacto:",
	}, lang.Text{
		EN: link("attack graph", topPath("attack-graph", lang.EN)),
		ES: link("grafo de ataque", topPath("attack-graph", lang.ES)),
		PT: link("grafo de ataque", topPath("attack-graph", lang.PT)),
	})
	var rows [][]string
	for _, m := range finding.EdgeMeanings() {
		if m.Yields > finding.ImpactNone {
			rows = append(rows, []string{
				link(code(string(m.Kind)), topPath("attack-graph", p.lang)+"#"+anchor(m.Kind)),
				sentence(escape(m.Why.In(p.lang))), m.Yields.Text().In(p.lang),
			})
		}
	}
	p.table([]lang.Text{
		{EN: "Edge", ES: "Arista", PT: "Aresta"},
		{EN: "What it means", ES: "Qué significa", PT: "O que significa"},
		impactWord(),
	}, rows)
	p.prose(lang.Text{
		EN: "Impact is low only when every source of impact was assessed and none of them yields more. Otherwise it is unknown, and **unknown counts as medium**: what was not looked at is not harmless.",
		ES: "El impacto es bajo solo si se evaluaron todas las fuentes de impacto y ninguna da un valor mayor. De lo contrario, es desconocido, y **lo desconocido cuenta como medio**: que algo no se haya examinado no significa que sea inofensivo.",
		PT: "O impacto é baixo apenas se todas as fontes de impacto foram avaliadas e nenhuma resulta em um valor maior. Caso contrário, é desconhecido, e **o desconhecido conta como médio**: o fato de algo não ter sido examinado não significa que seja inofensivo.",
	})
}

// ceiling explains the second severity of an exposure.
func ceiling(p *page) {
	p.heading(lang.Text{EN: "Ceiling", ES: "Techo", PT: "Teto"})
	p.prose(lang.Text{
		EN: "Next to its severity, every exposure has a ceiling: the severity if everything unknown were the worst. Each rule that could not be assessed counts as a weakness, a reachability that is not known counts as proven, and an impact that was not assessed in full counts as high. So a permission that Merlon loses never makes a resource look better: it only widens the distance between the two.",
		ES: "Junto a su gravedad, cada exposición tiene un techo: la gravedad que tendría si todo lo desconocido fuera lo peor posible. Cada regla que no se pudo evaluar cuenta como una debilidad, un acceso que no se conoce cuenta como probado y un impacto que no se evaluó por completo cuenta como alto. Así, que Merlon pierda un permiso nunca hace que un recurso parezca mejor: solo aumenta la distancia entre ambos valores.",
		PT: "Ao lado da sua gravidade, cada exposição tem um teto: a gravidade que teria se tudo o que é desconhecido fosse o pior possível. Cada regra que não pôde ser avaliada conta como uma fraqueza, um acesso que não se conhece conta como provado e um impacto que não foi avaliado por completo conta como alto. Assim, a perda de uma permissão pelo Merlon nunca faz um recurso parecer melhor: apenas aumenta a distância entre os dois valores.",
	})
}

// without explains what an exposure says about each of its traits.
func without(p *page) {
	p.heading(lang.Text{EN: "What a fix would change", ES: "Qué cambiaría cada corrección", PT: "O que cada correção mudaria"})
	p.prose(lang.Text{
		EN: "For each trait the exposure is scored again, without the trait and without the edges that it opens. A trait that rests on no other field goes with it, since one change mends both:",
		ES: "Para cada característica, la exposición se vuelve a calcular sin ella y sin las aristas que abre. Una característica que no se apoya en ningún otro campo desaparece con ella, porque un solo cambio corrige las dos:",
		PT: "Para cada característica, a exposição é recalculada sem ela e sem as arestas que ela abre. Uma característica que não se apoia em nenhum outro campo some com ela, porque uma única mudança corrige as duas:",
	})
	items := []struct {
		outcome finding.Without
		means   lang.Text
	}{
		{finding.Resolves, lang.Text{
			EN: "nothing is left that makes an exposure", ES: "no queda nada que cree una exposición", PT: "não resta nada que crie uma exposição",
		}},
		{finding.Reduces, lang.Text{EN: "the severity goes down", ES: "la gravedad baja", PT: "a gravidade diminui"}},
		{finding.Unchanged, lang.Text{
			EN: "the other traits keep the severity where it is",
			ES: "las demás características mantienen la gravedad donde está",
			PT: "as demais características mantêm a gravidade onde está",
		}},
	}
	var lines []string
	for _, i := range items {
		lines = append(lines, code(string(i.outcome))+": "+i.means.In(p.lang)+".")
	}
	p.list(lines)
}
