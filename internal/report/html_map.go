package report

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// mapRows is how many exposures, or groups of some that are alike, the map of the attack paths shows. More do
// not fit on a screen, and a map that does not is no overview.
const (
	mapRows = 7
	// mapPaths is how many paths of one exposure it shows.
	mapPaths = 3
)

var (
	mapLegend = lang.Text{
		EN: "Solid lines are certain; dashed ones are possible: what was read does not settle them. Where no line leads in, it is not known who gets there.",
		ES: "Las líneas continuas son pasos confirmados; las discontinuas, posibles: lo que se leyó no basta para confirmarlos. Donde no llega ninguna línea, no se sabe quién puede entrar.",
		PT: "As linhas contínuas são passos confirmados; as tracejadas, possíveis: o que foi lido não basta para confirmá-los. Onde não chega nenhuma linha, não se sabe quem pode entrar.",
	}
	mapMore = plural{lang.Text{
		EN: "%s more exposure has an attack path; the list has it.",
		ES: "%s exposición más tiene una ruta de ataque; está en la lista.",
		PT: "Mais %s exposição tem um caminho de ataque; está na lista.",
	}, lang.Text{
		EN: "%s more exposures have attack paths; the list has them.",
		ES: "%s exposiciones más tienen rutas de ataque; están en la lista.",
		PT: "Mais %s exposições têm caminhos de ataque; estão na lista.",
	}}
	mapInstance  = lang.Text{EN: "its container instance", ES: "su instancia de contenedor", PT: "sua instância de contêiner"}
	mapInstances = lang.Text{EN: "container instances", ES: "instancias de contenedor", PT: "instâncias de contêiner"}

	mapNodes = lang.Text{EN: "their nodes", ES: "sus nodos", PT: "seus nós"}
)

// htmlMap is the attack paths of the gravest exposures as one graph, drawn twice: from left to right for a
// desk, and from top to bottom for a phone.
type htmlMap struct {
	Wide, Tall   *htmlDrawing
	Legend, More string
}

// htmlDrawing is a graph in a coordinate system of its own, whose unit is a pixel where there is room for it.
type htmlDrawing struct {
	Width, Height int
	Lines         []htmlLine
	Places        []htmlPlace
}

// htmlLine leads from one place to the next; D is the data of an SVG path.
type htmlLine struct {
	D, Class string
}

// htmlPlace is one place of the graph. The names are cut to the room there is; Full has them whole.
type htmlPlace struct {
	X, Y, Width int
	Icon, Class string
	// Above stands over the name, after the severity; Second is the rest of a name that takes two lines.
	Above, Name, Second string
	Severity, Rating    string
	Full, Anchor        string
}

// mapPlace is a place before anybody knows where it is drawn.
type mapPlace struct {
	uid inventory.UID
	// it is the exposure about the place; nil for what only lies on the way.
	it *item
	// alike is how many more exposures the place stands for.
	alike int
	// target is set where whoever gets there has won; of is the number of exposures that lead there.
	target bool
	of     int
	// step is how many steps it is from the exposed resource: negative on the way in, positive beyond.
	step int
	rows []int
}

// mapStep leads from one place of the map to another.
type mapStep struct {
	from, to *mapPlace
	possible bool
	row      int
}

// attackMap is the graph: rows of exposures, the places around them, and the steps between them.
type attackMap struct {
	places []*mapPlace
	steps  []mapStep
	rows   int
	more   int
}

// attackMap collects the paths that lead somewhere: to control of a node or a cluster, or in from the internet.
func (b *htmlBuilder) attackMap() *attackMap {
	all := b.main
	if len(all) == 0 {
		all = b.platform
	}
	m := &attackMap{}
	at := map[inventory.UID]*mapPlace{}
	for _, group := range b.folded(all) {
		it := group[0]
		paths := waysOf(it)
		switch {
		case len(paths) == 0 || !b.o.atLeast(it.Exposure):
			continue
		case m.rows == mapRows:
			m.more += len(group)
			continue
		}
		for _, c := range paths {
			m.add(at, c, it, len(group)-1)
		}
		m.rows++
	}
	if m.rows == 0 {
		return nil
	}
	return m
}

// waysOf gives the paths of an exposure that are worth a place on the map.
func waysOf(it *item) []*chain {
	all := chains(it.AttackPaths)
	control := slices.DeleteFunc(slices.Clone(all), func(c *chain) bool { return c.touches })
	switch {
	case it.hands != nothing:
		return control[:min(len(control), mapPaths)]
	case it.reached != notKnown && len(all) > 0:
		return all[:1]
	}
	return nil
}

// add puts one path on the map.
func (m *attackMap) add(at map[inventory.UID]*mapPlace, c *chain, it *item, alike int) {
	self := max(0, slices.Index(c.places, it.Resource.UID))
	var before *mapPlace
	for i, uid := range c.places {
		p := at[uid]
		if p == nil {
			p = &mapPlace{uid: uid, step: i - self}
			at[uid] = p
			m.places = append(m.places, p)
		}
		p.step = min(p.step, i-self)
		if i == self {
			p.it, p.alike, p.step = it, alike, 0
		}
		if i == len(c.places)-1 && i > self && !c.touches {
			p.target = true
		}
		if !slices.Contains(p.rows, m.rows) {
			p.rows = append(p.rows, m.rows)
			p.of += 1 + alike
		}
		if i > 0 {
			m.step(before, p, allPossible(c.steps[i-1]))
		}
		before = p
	}
}

// step draws a line, or makes one that is there certain.
func (m *attackMap) step(from, to *mapPlace, possible bool) {
	for i := range m.steps {
		if s := &m.steps[i]; s.from == from && s.to == to {
			s.possible = s.possible && possible
			return
		}
	}
	m.steps = append(m.steps, mapStep{from, to, possible, m.rows})
}

// mapOf draws the attack paths; nil where there are none.
func (b *htmlBuilder) mapOf() *htmlMap {
	m := b.attackMap()
	if m == nil {
		return nil
	}
	h := &htmlMap{Wide: b.drawWide(m), Tall: b.drawTall(m), Legend: b.say(mapLegend)}
	if m.more > 0 {
		h.More = b.count(mapMore, m.more)
	}
	return h
}

// placed says what stands at a place of the map, in so many letters a line.
func (b *htmlBuilder) placed(p *mapPlace, letters int) htmlPlace {
	h := htmlPlace{Icon: b.iconOf(p.uid), Full: b.mapName(p)}
	above, name := b.mapNames(p, h.Full)
	h.Name = fold(name, letters)
	small := letters * 6 / 5 // The line above is set in smaller letters.
	switch {
	case p.target && columns(name) > letters && strings.Contains(name, " "):
		h.Name, h.Second = inTwo(name, letters)
	case p.target:
	case p.it != nil:
		h.Class, h.Rating, h.Anchor = "self", classOf(p.it.Severity), b.idOf(p.it)
		h.Severity = b.say(p.it.Severity.Text())
		if small -= columns(h.Severity + dot); p.alike > 0 {
			above = b.say(andMore, number(b.o.Lang, p.alike))
		}
	}
	if p.target {
		h.Class = "target"
	}
	kind := above[strings.LastIndex(above, "/")+1:]
	space, _, _ := strings.Cut(above, "/")
	for _, h.Above = range []string{above, space, kind, b.service(p.uid), ""} {
		if columns(h.Above) <= small {
			break
		}
	}
	return h
}

// service is what stands above a resource of AWS where there is room for a word: "ECS". It is empty for every other.
func (b *htmlBuilder) service(uid inventory.UID) string {
	if n, ok := b.nameAWS(uid); ok && aws.IsType(n.Type) {
		service, _, _ := strings.Cut(kindName(n.Type), " ")
		return service
	}
	return ""
}

// mapNames takes the name of a place apart: what stands above, in small letters, and the name itself. What the place of
// AWS is stands above what it is called.
func (b *htmlBuilder) mapNames(p *mapPlace, full string) (above, name string) {
	n, ok := b.nameAWS(p.uid)
	around, last := lastPart(full)
	switch noun := clean(n.Noun.In(b.o.Lang)); {
	case !ok, n.Own == "":
		return strings.TrimSuffix(around, "/"), last
	case targetOf(p.uid) == node && n.Type == finding.AnyInstance:
		of := mapInstance
		if p.of > 1 {
			of = mapInstances
		}
		return clean(n.Own), b.say(of)
	case targetOf(p.uid) == account, p.it == nil && !strings.Contains(n.Own, "/"):
		return noun, clean(n.Own)
	case around == "":
		return strings.TrimSuffix(full, " "+clean(n.Own)), clean(n.Own)
	}
	return strings.TrimSuffix(around, "/"), last
}

// inTwo breaks a text into two lines.
func inTwo(s string, letters int) (first, second string) {
	at := strings.LastIndex(s[:min(len(s), letters+1)], " ")
	if at <= 0 {
		return fold(s, letters), ""
	}
	return s[:at], fold(s[at+1:], letters)
}

// mapName is what a place is called: a node by what runs on it.
func (b *htmlBuilder) mapName(p *mapPlace) string {
	if p.it != nil {
		return b.called(p.it)
	}
	name := (&explanation{table: b.table}).nameOfPlace(p.uid)
	switch {
	case isKubernetesCluster(p.uid) && !b.several:
		return b.say(placeCluster)
	case name == b.say(placeNode) && p.of > 1:
		return b.say(mapNodes)
	}
	return name
}

func isKubernetesCluster(uid inventory.UID) bool {
	_, ok := uid.Cluster()
	return ok
}
