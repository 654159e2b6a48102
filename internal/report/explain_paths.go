package report

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// chain is one or more attack paths through the same places. Where several edges lead from one place to
// the next, any one of them is enough.
type chain struct {
	// touches is set where the last step only sees or disturbs the target: it is no way to take it over.
	touches bool
	places  []inventory.UID
	steps   [][]finding.Edge // the edges from each place to the next
}

// chains joins the attack paths that go through the same places, in the order of the first of each.
func chains(paths []finding.AttackPath) []*chain {
	var all []*chain
	at := map[string]*chain{}
	for _, p := range paths {
		if len(p.Edges) == 0 {
			continue
		}
		places := []inventory.UID{p.Edges[0].From}
		var key strings.Builder
		key.WriteString(string(places[0]))
		for _, e := range p.Edges {
			places = append(places, e.To)
			key.WriteString("\x00" + string(e.To))
		}
		meaning, known := p.Edges[len(p.Edges)-1].Kind.Meaning()
		touches := known && !meaning.Controls
		if touches {
			key.WriteString("\x00\x00")
		}
		c := at[key.String()]
		if c == nil {
			c = &chain{touches: touches, places: places, steps: make([][]finding.Edge, len(p.Edges))}
			at[key.String()] = c
			all = append(all, c)
		}
		for i, e := range p.Edges {
			c.add(i, e)
		}
	}
	slices.SortStableFunc(all, func(a, b *chain) int {
		switch {
		case a.touches == b.touches:
			return 0
		case b.touches:
			return -1
		}
		return 1
	})
	return all
}

func (c *chain) add(step int, e finding.Edge) {
	for _, has := range c.steps[step] {
		if has.Kind == e.Kind && has.Cause == e.Cause && has.Possible == e.Possible {
			return
		}
	}
	c.steps[step] = append(c.steps[step], e)
}

// possible reports whether a step of the chain has no edge that is certain.
func (c *chain) possible() bool {
	for _, edges := range c.steps {
		if allPossible(edges) {
			return true
		}
	}
	return false
}

func allPossible(edges []finding.Edge) bool {
	for _, e := range edges {
		if !e.Possible {
			return false
		}
	}
	return len(edges) > 0
}

// paths draws the attack paths.
func (x *explanation) paths() {
	x.heading(x.say(pathsHeading), "")
	all := chains(x.item.AttackPaths)
	if len(all) == 0 {
		x.para(indent(2), text(x.say(pathsNone)))
	}
	for i, c := range all {
		x.blank()
		note := styled(dim, x.say(pathCertain))
		if c.possible() {
			note = styled(dim, x.say(pathPossible))
		}
		lead := number(x.o.Lang, i+1)
		x.para([]span{styled(dim, strings.Repeat(" ", max(0, 3-len(lead)))+lead+"  ")}, note)
		x.chain(c)
	}
}

// chain draws one path from top to bottom: the places, and between them what leads on.
func (x *explanation) chain(c *chain) {
	for i, uid := range c.places {
		mark, name := styled(dim, "○ "), text(x.nameOfPlace(uid))
		switch {
		case uid == x.item.Resource.UID:
			mark, name.style = styled(bold, "● "), bold
		case i == len(c.places)-1 && !c.touches:
			mark, name.style = styled(critical, "◆ "), critical
		}
		body := []span{name}
		if c.touches && i == len(c.places)-1 {
			body = append(body, styled(dim, " ("+x.say(pathTouches)+")"))
		}
		if i == 0 && uid != inventory.Internet {
			body = append(body, styled(dim, " ("+x.say(pathInside)+")"))
		}
		x.hanging([]span{text(strings.Repeat(" ", under)), mark}, x.line(c, i), body)
		if i < len(c.steps) {
			x.step(c.steps[i], c.touches && i == len(c.steps)-1)
		}
	}
}

// line is what stands before the further lines of a place's name: the way on, where there is one.
func (x *explanation) line(c *chain, place int) []span {
	if place < len(c.steps) {
		return x.stem(allPossible(c.steps[place]), "")
	}
	return indent(under + 2)
}

// stem draws the piece of a path beside a text: dotted where the step is only possible.
func (x *explanation) stem(possible bool, mark string) []span {
	bar := "│"
	if possible {
		bar = "┆"
	}
	return []span{text(strings.Repeat(" ", under)), styled(dim, bar+" "+mark)}
}

// step draws what leads from one place to the next.
func (x *explanation) step(edges []finding.Edge, touches bool) {
	dotted := allPossible(edges)
	mark, blankMark := "  ", "  "
	if len(edges) > 1 {
		if !touches {
			x.hanging(x.stem(dotted, "  "), x.stem(dotted, "  "), []span{styled(dim, x.say(pathAnyOf))})
		}
		mark, blankMark = "  - ", "    "
	}
	for _, e := range edges {
		body := []span{text(x.why(e))}
		if e.Cause != "" {
			body = append(body, styled(dim, " ("+clean(e.Cause)+")"))
		}
		x.hanging(x.stem(e.Possible, mark), x.stem(e.Possible, blankMark), body)
	}
}

// why says what an edge lets an attacker do.
func (x *explanation) why(e finding.Edge) string {
	if m, known := e.Kind.Meaning(); known && len(e.Why.Missing()) > 0 {
		return m.Why.In(x.o.Lang)
	}
	return clean(e.Why.In(x.o.Lang))
}

// hanging writes a paragraph whose further lines begin with something else than its first.
func (x *explanation) hanging(first, further, body []span) {
	for i, line := range wrap(body, x.width-max(widthOf(first), widthOf(further))) {
		lead := first
		if i > 0 {
			lead = further
		}
		x.emit(append(append([]span(nil), lead...), line...))
	}
}
