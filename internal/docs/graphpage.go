package docs

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

func graphTitle() lang.Text {
	return lang.Text{EN: "Attack graph", ES: "Grafo de ataque", PT: "Grafo de ataque"}
}

// graphPage says what the attack graph is made of.
func (s *site) graphPage(l lang.Lang) string {
	p := newPage(l)
	p.title(graphTitle().In(l))
	p.block(languages(l, func(to lang.Lang) string { return topPath("attack-graph", to) }))
	p.prose(lang.Text{
		EN: "The attack graph shows which resource an attacker gets to from which other one. Its nodes are resources, and each edge is one step: either two resources are related in a way that leads on, or a weakness opens the step. An attack path is a chain of edges from an entry point to a target.",
		ES: "El grafo de ataque muestra a qué recursos puede llegar un atacante y desde cuáles. Sus nodos son recursos y cada arista es un paso: o bien la relación entre dos recursos permite avanzar, o bien una debilidad abre el paso. Una ruta de ataque es una cadena de aristas desde un punto de entrada hasta un objetivo.",
		PT: "O grafo de ataque mostra a quais recursos um invasor consegue chegar e a partir de quais. Seus nós são recursos e cada aresta é um passo: ou a relação entre dois recursos permite seguir adiante, ou uma fraqueza abre o passo. Um caminho de ataque é uma cadeia de arestas de um ponto de entrada até um alvo.",
	})
	s.ends(p)
	s.edges(p)
	s.certainty(p)
	return p.String()
}

// ends says where paths begin and where they end.
func (s *site) ends(p *page) {
	p.heading(lang.Text{EN: "Entry points", ES: "Puntos de entrada", PT: "Pontos de entrada"})
	p.list([]string{
		lang.Text{
			EN: "**The internet**, where an edge leads from it to a Service or an Ingress and on to the resource.",
			ES: "**Internet**, si una arista lleva desde ella hasta un Service o un Ingress y, de ahí, al recurso.",
			PT: "**A internet**, se uma aresta leva dela até um Service ou um Ingress e, dali, ao recurso.",
		}.In(p.lang),
		lang.Text{
			EN: "**The resource itself**, where no path from the internet is known: somebody already runs code in it.",
			ES: "**El propio recurso**, si no se conoce ninguna ruta desde internet: alguien ya ejecuta código en él.",
			PT: "**O próprio recurso**, se não se conhece nenhum caminho a partir da internet: alguém já executa código nele.",
		}.In(p.lang),
	})
	p.heading(lang.Text{EN: "Targets", ES: "Objetivos", PT: "Alvos"})
	p.prose(lang.Text{
		EN: "A path ends in a target when its last edge has an impact: a node that is taken over or touched, or the whole cluster. Each such edge is a path of its own, since each has to be cut.",
		ES: "Una ruta termina en un objetivo cuando su última arista tiene impacto: un nodo del que se toma el control o al que se accede en parte, o el clúster entero. Cada una de esas aristas es una ruta aparte, porque hay que cortarlas todas.",
		PT: "Um caminho termina em um alvo quando sua última aresta tem impacto: um nó cujo controle é tomado ou que é acessado em parte, ou o cluster inteiro. Cada uma dessas arestas é um caminho à parte, porque é preciso cortar todas.",
	})
}

// edges lists every kind of edge.
func (s *site) edges(p *page) {
	p.heading(lang.Text{EN: "Edges", ES: "Aristas", PT: "Arestas"})
	p.prose(lang.Text{
		EN: "An attacker goes on from the end of an edge where the column “Goes on” says yes. Otherwise the edge only touches its end: the attacker sees or disturbs it, and the path stops there.",
		ES: "El atacante continúa desde el destino de una arista si la columna «Continúa» dice «sí». De lo contrario, la arista solo toca su destino: el atacante puede verlo o interferir en él, y la ruta termina ahí.",
		PT: "O invasor continua a partir do destino de uma aresta se a coluna “Continua” diz “sim”. Caso contrário, a aresta apenas toca o seu destino: o invasor pode vê-lo ou interferir nele, e o caminho termina ali.",
	})
	var rows [][]string
	for _, m := range finding.EdgeMeanings() {
		rows = append(rows, []string{
			`<a id="` + anchor(m.Kind) + `"></a>` + code(string(m.Kind)),
			edgeNote(m.Kind).ends.In(p.lang),
			sentence(escape(m.Why.In(p.lang))),
			yesNo(m.Controls).In(p.lang),
			yields(m.Yields).In(p.lang),
			s.openedBy(p.lang, m.Kind),
		})
	}
	p.table([]lang.Text{
		{EN: "Edge", ES: "Arista", PT: "Aresta"},
		{EN: "From → to", ES: "De → a", PT: "De → para"},
		{EN: "What it means", ES: "Qué significa", PT: "O que significa"},
		{EN: "Goes on", ES: "Continúa", PT: "Continua"},
		impactWord(),
		{EN: "Opened by", ES: "Abierta por", PT: "Aberta por"},
	}, rows)
}

// openedBy links the rules whose trait opens an edge; without any, a relation does.
func (s *site) openedBy(l lang.Lang, kind finding.EdgeKind) string {
	if rules := s.openers[kind]; len(rules) > 0 {
		return ruleLinks(l, rules)
	}
	return lang.Text{EN: "a relation", ES: "una relación", PT: "uma relação"}.In(l)
}

func yesNo(yes bool) lang.Text {
	if yes {
		return lang.Text{EN: "yes", ES: "sí", PT: "sim"}
	}
	return lang.Text{EN: "no", ES: "no", PT: "não"}
}

// yields names the impact at the end of an edge.
func yields(i finding.Impact) lang.Text {
	if i == finding.ImpactNone {
		return lang.Text{EN: "–", ES: "–", PT: "–"}
	}
	return i.Text()
}

// certainty says what makes an edge certain or possible.
func (s *site) certainty(p *page) {
	p.heading(lang.Text{EN: "Certain and possible", ES: "Confirmado y posible", PT: "Confirmado e possível"})
	p.prose(lang.Text{
		EN: "An edge is certain where what was read states it, and possible where what was read leaves it open. Only certain edges count for a severity. Possible ones are shown, marked as such, so that you can go and look.",
		ES: "Una arista está confirmada si lo que se leyó la demuestra, y es posible si lo que se leyó no basta para confirmarla ni descartarla. Para la gravedad solo cuentan las aristas confirmadas. Las posibles se muestran, señaladas como tales, para que usted pueda comprobarlas.",
		PT: "Uma aresta está confirmada se o que foi lido a demonstra, e é possível se o que foi lido não basta para confirmá-la nem descartá-la. Para a gravidade, contam apenas as arestas confirmadas. As possíveis são mostradas, indicadas como tais, para que você possa verificá-las.",
	})
	var rows [][]string
	for _, m := range finding.EdgeMeanings() {
		edge, note := link(code(string(m.Kind)), "#"+anchor(m.Kind)), edgeNote(m.Kind).possible.In(p.lang)
		if n := len(rows); n > 0 && rows[n-1][1] == note {
			rows[n-1][0] += ", " + edge
			continue
		}
		rows = append(rows, []string{edge, note})
	}
	p.table([]lang.Text{
		{EN: "Edge", ES: "Arista", PT: "Aresta"},
		{EN: "Only possible where", ES: "Solo es posible si", PT: "Só é possível se"},
	}, rows)
}
