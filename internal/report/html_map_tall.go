package report

import (
	"fmt"

	"github.com/merlonsec/merlon/internal/inventory"
)

// The map for a phone: a tree, as a folder is listed. What several paths share stands once above what branches
// off; a target stands at the end of each path that leads there.

// The measures of the tall map.
const (
	tallWidth  = 354
	tallRow    = 52
	tallIndent = 30
	tallIcon   = 28 // across a symbol
	tallLetter = 7.9
)

// branch is a place in the tree.
type branch struct {
	place    *mapPlace
	possible bool
	under    []*branch
}

func (b *htmlBuilder) drawTall(m *attackMap) *htmlDrawing {
	d := &htmlDrawing{Width: tallWidth}
	y := tallRow / 2
	var draw func(t *branch, depth, above int) (middle int)
	draw = func(t *branch, depth, above int) int {
		if t.place.it != nil {
			above = 1 + t.place.alike
		}
		x, middle := depth*tallIndent, y
		text := x + tallIcon + 10
		place := *t.place
		if place.target {
			place.of = above // Here it is the node of those alone.
		}
		h := b.placed(&place, int(float64(tallWidth-text)/tallLetter))
		h.X, h.Y = x, middle-tallIcon/2
		if t.place.uid == inventory.Internet {
			h.Class = "entry"
		}
		d.Places = append(d.Places, h)
		y += tallRow
		for _, under := range t.under {
			at := draw(under, depth+1, above)
			stem := x + tallIcon/2
			d.Lines = append(d.Lines, htmlLine{
				fmt.Sprintf("M%d %dV%dQ%d %d %d %dH%d", stem, middle+tallIcon/2, at-8, stem, at, stem+6, at, x+tallIndent-arrowRoom-1),
				lineClass(mapStep{to: under.place, possible: under.possible}),
			})
		}
		return middle
	}
	for _, root := range treeOf(m) {
		draw(root, 0, 1)
	}
	d.Height = y - tallRow/2 + 2
	return d
}

// treeOf unfolds the graph from the places that no line leads to.
func treeOf(m *attackMap) []*branch {
	entered := map[*mapPlace]bool{}
	for _, s := range m.steps {
		entered[s.to] = true
	}
	var grow func(p *mapPlace, possible bool, seen []*mapPlace) *branch
	grow = func(p *mapPlace, possible bool, seen []*mapPlace) *branch {
		t := &branch{place: p, possible: possible}
		for _, above := range seen {
			if above == p {
				return t // A circle; it is told once.
			}
		}
		for _, s := range m.steps {
			if s.from == p {
				t.under = append(t.under, grow(s.to, s.possible, append(seen[:len(seen):len(seen)], p)))
			}
		}
		return t
	}
	var roots []*branch
	for _, p := range m.places {
		if !entered[p] {
			roots = append(roots, grow(p, false, nil))
		}
	}
	return roots
}
