package correlate

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// Scenario is what an attacker makes of an exposure: the last part of its type, and the start of its
// title.
type Scenario struct {
	Type string
	Name lang.Text
}

// Scenarios lists every scenario, the gravest first. The English names are written as AWS writes them in the
// titles of its own exposures ("Potential Credential Stealing: …").
func Scenarios() []Scenario {
	return []Scenario{
		{"Account Takeover", lang.Text{EN: "Potential Account Takeover", ES: "Posible toma de control de la cuenta", PT: "Possível tomada de controle da conta"}},
		{"Cluster Takeover", lang.Text{EN: "Potential Cluster Takeover", ES: "Posible toma de control del clúster", PT: "Possível tomada de controle do cluster"}},
		{"Node Takeover", lang.Text{EN: "Potential Node Takeover", ES: "Posible toma de control del nodo", PT: "Possível tomada de controle do nó"}},
		{"Node Access", lang.Text{EN: "Potential Node Access", ES: "Posible acceso al nodo", PT: "Possível acesso ao nó"}},
		{"Credential Stealing", lang.Text{EN: "Potential Credential Stealing", ES: "Posible robo de credenciales", PT: "Possível roubo de credenciais"}},
		{"Resource Hijacking", lang.Text{EN: "Potential Resource Hijacking", ES: "Posible secuestro de recursos", PT: "Possível sequestro de recursos"}},
		{"Unauthorized Access", lang.Text{EN: "Potential Unauthorized Access", ES: "Posible acceso no autorizado", PT: "Possível acesso não autorizado"}},
		{"Weak Isolation", lang.Text{EN: "Weak Isolation", ES: "Aislamiento débil", PT: "Isolamento fraco"}},
	}
}

// The places of scenarios in [Scenarios].
const (
	accountTakeover = iota
	clusterTakeover
	nodeTakeover
	nodeAccess
	credentialStealing
	resourceHijacking
	unauthorizedAccess
	weakIsolation
)

// scenario picks the gravest that the certain part of the graph and the traits support.
func (c *correlator) scenario(k *caseOf) Scenario {
	best := weakIsolation
	for _, chain := range c.graph.Targets(k.resource, func(e *finding.Edge) bool { return e.Possible }) {
		best = min(best, scenarioOf(chain[len(chain)-1].Kind))
	}
	for _, t := range k.contributing {
		switch {
		case t.ID == "cleartext-credentials" || t.ID == "ecs-cleartext-credentials" || t.Category == finding.Assumability:
			best = min(best, credentialStealing)
		case t.Category == finding.Vulnerability:
			best = min(best, resourceHijacking)
		case aws.IsType(c.resource(t.Resource).Type):
			best = min(best, unauthorizedAccess)
		}
	}
	return Scenarios()[best]
}

// scenarioOf gives what an attacker has at the end of an edge.
func scenarioOf(last finding.EdgeKind) int {
	switch last {
	case finding.EdgeAdministrator:
		return accountTakeover
	case finding.EdgeClusterAdmin:
		return clusterTakeover
	case finding.EdgeReadIMDS, finding.EdgeOtherTaskRole:
		return credentialStealing
	}
	if meaning, _ := last.Meaning(); meaning.Controls {
		return nodeTakeover
	}
	return nodeAccess
}

// title puts the scenario, the resource and its traits into one line.
func (c *correlator) title(k *caseOf, s Scenario, r finding.ExposedResource) lang.Text {
	title := lang.Text{EN: "%s: %s: %s", ES: "%s: %s: %s", PT: "%s: %s: %s"}.Format(s.Name, called(&r), c.list(k.contributing))
	if k.reachability == Reachable {
		title = lang.Text{
			EN: "%s; reachable from the internet",
			ES: "%s; accesible desde internet",
			PT: "%s; acessível pela internet",
		}.Format(title)
	}
	return title
}

// called is how a title names a resource.
func called(r *finding.ExposedResource) lang.Text {
	if n, ok := finding.NameOf(r.UID, r.Type, r.Name); ok {
		return n.Text()
	}
	name := r.Type.Kind() + " " + r.Name
	if r.Namespace != "" {
		name = r.Type.Kind() + " " + r.Namespace + "/" + r.Name
	}
	return lang.Text{EN: name, ES: name, PT: name}
}

// list joins the titles of traits.
func (c *correlator) list(traits []finding.Trait) lang.Text {
	var all lang.Text
	for i, t := range traits {
		one := c.ruleTitle(t.ID)
		if i == 0 {
			all = one
			continue
		}
		all = lang.Text{EN: "%s, %s", ES: "%s, %s", PT: "%s, %s"}.Format(all, one)
	}
	return all
}

// explain says how the severity comes about.
func (c *correlator) explain(k *caseOf) []lang.Text {
	words := []lang.Text{c.explainLikelihood(k), c.explainReachability(k), c.explainImpact(k), lang.Text{
		EN: "With %s likelihood and %s impact, the severity is %s.",
		ES: "Con probabilidad %s e impacto %s, la gravedad es %s.",
		PT: "Com probabilidade %s e impacto %s, a gravidade é %s.",
	}.Format(k.score.Likelihood.Text(), k.score.Impact.Text(), k.score.Severity.Text())}
	if k.ceiling.Severity > k.score.Severity {
		words = append(words, c.explainCeiling(k))
	}
	return words
}

func (c *correlator) explainLikelihood(k *caseOf) lang.Text {
	highest := slices.MaxFunc(k.contributing, func(a, b finding.Trait) int { return int(a.Weight.Likelihood) - int(b.Weight.Likelihood) })
	return lang.Text{
		EN: "Likelihood starts at %s, the highest among its traits (%s).",
		ES: "La probabilidad parte de %s, la más alta entre sus características (%s).",
		PT: "A probabilidade parte de %s, a mais alta entre suas características (%s).",
	}.Format(highest.Weight.Likelihood.Text(), highest.ID)
}

func (c *correlator) explainReachability(k *caseOf) lang.Text {
	switch {
	case k.reachability == Reachable:
		return lang.Text{
			EN: "It goes one step up: the internet reaches the resource, with no gap in the path.",
			ES: "Sube un nivel: internet llega al recurso, sin huecos en la ruta.",
			PT: "Sobe um nível: a internet chega ao recurso, sem lacunas no caminho.",
		}
	case k.entry != nil:
		return lang.Text{
			EN: "The internet may reach the resource: what was read does not settle it.",
			ES: "Es posible que internet llegue al recurso: lo que se leyó no basta para saberlo.",
			PT: "É possível que a internet chegue ao recurso: o que foi lido não basta para saber.",
		}
	}
	return lang.Text{
		EN: "No path from the internet was found, but that there is none is not proven.",
		ES: "No se encontró ninguna ruta desde internet, pero eso no prueba que no exista.",
		PT: "Nenhum caminho a partir da internet foi encontrado, mas isso não prova que não exista.",
	}
}

func (c *correlator) explainImpact(k *caseOf) lang.Text {
	if k.score.Impact == finding.ImpactUnknown {
		return lang.Text{
			EN: "Impact is unknown, which counts as medium: what its identity may do was not assessed.",
			ES: "El impacto es desconocido y cuenta como medio: no se evaluó lo que puede hacer su identidad.",
			PT: "O impacto é desconhecido e conta como médio: não foi avaliado o que a sua identidade pode fazer.",
		}
	}
	if k.score.Impact == finding.ImpactLow && !slices.ContainsFunc(k.contributing, func(t finding.Trait) bool { return t.Weight.Impact == finding.ImpactLow }) {
		return lang.Text{
			EN: "Impact is low: all that it could reach was assessed, and there is nothing.",
			ES: "El impacto es bajo: se evaluó todo lo que podría alcanzar, y no hay nada.",
			PT: "O impacto é baixo: tudo o que ele poderia alcançar foi avaliado, e não há nada.",
		}
	}
	for _, t := range k.contributing {
		if t.Weight.Impact == k.score.Impact {
			return lang.Text{
				EN: "Impact is %s because of %s.",
				ES: "El impacto es %s a causa de %s.",
				PT: "O impacto é %s por causa de %s.",
			}.Format(k.score.Impact.Text(), t.ID)
		}
	}
	return lang.Text{
		EN: "Impact is %s because of what it reaches: %s.",
		ES: "El impacto es %s por lo que alcanza: %s.",
		PT: "O impacto é %s por causa do que ele alcança: %s.",
	}.Format(k.score.Impact.Text(), c.reached(k))
}

// reached names the target with the highest impact.
func (c *correlator) reached(k *caseOf) lang.Text {
	for _, chain := range c.graph.Targets(k.resource, func(e *finding.Edge) bool { return e.Possible }) {
		last := chain[len(chain)-1]
		if m, _ := last.Kind.Meaning(); m.Yields == k.score.Impact {
			return place(last.To)
		}
	}
	return place(inventory.Internet)
}

// place names the end of an edge.
func place(uid inventory.UID) lang.Text {
	if n, ok := finding.NameOf(uid, "", ""); ok {
		return n.Text()
	}
	return lang.Text{EN: uid.Short(), ES: uid.Short(), PT: uid.Short()}
}

func (c *correlator) explainCeiling(k *caseOf) lang.Text {
	gaps := lang.Text{EN: "what its identity may do", ES: "qué puede hacer su identidad", PT: "o que a sua identidade pode fazer"}
	if k.reachability == ReachabilityUnknown {
		gaps = lang.Text{EN: "who reaches it, %s", ES: "quién llega a él, %s", PT: "quem chega a ele, %s"}.Format(gaps)
	}
	switch n := len(k.unknown); {
	case n == 1:
		gaps = lang.Text{EN: "%s, the result of 1 rule", ES: "%s, el resultado de 1 regla", PT: "%s, o resultado de 1 regra"}.Format(gaps)
	case n > 1:
		gaps = lang.Text{EN: "%s, the results of %d rules", ES: "%s, el resultado de %d reglas", PT: "%s, o resultado de %d regras"}.Format(gaps, n)
	}
	return lang.Text{
		EN: "It could be as high as %s. Not known: %s.",
		ES: "Podría llegar a %s. No se sabe: %s.",
		PT: "Pode chegar a %s. Não se sabe: %s.",
	}.Format(k.ceiling.Severity.Text(), gaps)
}
