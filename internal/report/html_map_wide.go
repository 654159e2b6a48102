package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
)

// The map for a desk: columns from where an attacker comes from on the left to what there is to win on the
// right, with a row for each exposure. It is drawn as Sugiyama, Tagawa and Toda draw layered graphs ("Methods
// for visual understanding of hierarchical system structures", 1981), though simpler: a place stands beside
// the middle of the rows that it belongs to, and a line across a column keeps a slot free in it.

// The measures of the wide map.
const (
	wideWidth = 960
	wideEntry = 80 // the column of the internet
	wideGap   = 32 // between columns
	wideRow   = 72
	wideCard  = 54
	// wideCardMost is how wide a card gets.
	wideCardMost = 230
	wideIcon     = 42  // what a card needs beside its text
	wideLetter   = 7.7 // about the width of a letter of a name
	wideLine     = 0.4 // the room of a line that passes, in rows
)

// slot is a place in a column, or the room for a line that passes.
type slot struct {
	place *mapPlace
	line  int // the step that passes; -1 for a place
	// want is the row that it belongs to, and aim that of what it leads to.
	want, aim float64
	y         float64
}

// wideMap is the layout: the slots of each column, from left to right.
type wideMap struct {
	m       *attackMap
	columns [][]*slot
	of      map[*mapPlace]int // the column of each place
	entry   bool              // the first column is that of the internet
}

func (b *htmlBuilder) drawWide(m *attackMap) *htmlDrawing {
	w := &wideMap{m: m, of: map[*mapPlace]int{}}
	w.assign()
	w.fill()
	rows := w.settle()
	d := &htmlDrawing{Width: wideWidth, Height: int(math.Ceil(rows*wideRow)) + 4}
	letters := int(float64(w.card()-wideIcon) / wideLetter)
	for _, column := range w.columns {
		for _, s := range column {
			if s.place == nil {
				continue
			}
			h := b.placed(s.place, letters)
			h.X, h.Y, h.Width = w.left(w.of[s.place]), w.middle(s)-wideCard/2, w.card()
			if s.place.uid == inventory.Internet {
				h.Class = "entry"
			}
			d.Places = append(d.Places, h)
		}
	}
	for i := range m.steps {
		d.Lines = append(d.Lines, w.line(i))
	}
	return d
}

// assign gives each place a column: the internet the first, what there is to win the last, the others by how
// many steps they are from the exposed resource. Columns that would be empty are left out.
func (w *wideMap) assign() {
	leads := map[*mapPlace]bool{}
	for _, s := range w.m.steps {
		leads[s.from] = true
	}
	const first, last = math.MinInt, math.MaxInt
	depth := map[*mapPlace]int{}
	for _, p := range w.m.places {
		depth[p] = p.step
		switch {
		case p.uid == inventory.Internet:
			depth[p], w.entry = first, true
		case p.target && !leads[p]:
			depth[p] = last
		}
	}
	w.m.forward(depth)
	all := slices.Collect(maps.Values(depth))
	slices.Sort(all)
	all = slices.Compact(all)
	w.columns = make([][]*slot, len(all))
	for p, at := range depth {
		w.of[p], _ = slices.BinarySearch(all, at)
	}
}

// forward puts what lies beyond an exposed resource behind everything that leads there: two ways to one role may be of
// different lengths. There may be circles, so that it ends after as many rounds as there are places.
func (m *attackMap) forward(depth map[*mapPlace]int) {
	for range m.places {
		moved := false
		for _, s := range m.steps {
			if s.to.it == nil && depth[s.to] > 0 && depth[s.to] <= depth[s.from] {
				depth[s.to], moved = depth[s.from]+1, true
			}
		}
		if !moved {
			return
		}
	}
}

// fill puts the places into their columns, and keeps room for the lines that pass.
func (w *wideMap) fill() {
	leads := map[*mapPlace][]float64{}
	for i, s := range w.m.steps {
		aim := s.to.middle()
		leads[s.from] = append(leads[s.from], aim)
		for column := w.of[s.from] + 1; column < w.of[s.to]; column++ {
			w.put(column, &slot{line: i, want: float64(s.row), aim: aim})
		}
	}
	for _, p := range w.m.places {
		w.put(w.of[p], &slot{place: p, line: -1, want: p.middle(), aim: mean(leads[p])})
	}
}

// middle is the middle of the rows that a place belongs to.
func (p *mapPlace) middle() float64 { return mean(p.rows) }

func mean[T int | float64](all []T) float64 {
	var sum T
	for _, n := range all {
		sum += n
	}
	return float64(sum) / float64(max(1, len(all)))
}

func (w *wideMap) put(column int, s *slot) { w.columns[column] = append(w.columns[column], s) }

// settle gives every slot its height, as near as there is room to where it wants to be, and says how many rows
// that takes.
func (w *wideMap) settle() (rows float64) {
	top, bottom := 0.0, 0.0
	for _, column := range w.columns {
		slices.SortStableFunc(column, func(a, b *slot) int { return cmp.Or(cmp.Compare(a.want, b.want), cmp.Compare(a.aim, b.aim)) })
		spread(column)
		for _, s := range column {
			top, bottom = min(top, s.y-s.room()/2), max(bottom, s.y+s.room()/2)
		}
	}
	for _, column := range w.columns {
		for _, s := range column {
			s.y -= top
		}
	}
	return bottom - top
}

// spread moves the slots of a column apart, and each as little as it must: those that touch move as one, so
// that as much of them is too high as too low.
func spread(column []*slot) {
	type block struct {
		from, to int
		at, size float64
	}
	var blocks []block
	for i, s := range column {
		next := block{i, i + 1, s.want - s.room()/2, s.room()}
		for n := len(blocks); n > 0 && blocks[n-1].at+blocks[n-1].size > next.at; n = len(blocks) {
			above := blocks[n-1]
			count, more := float64(above.to-above.from), float64(next.to-next.from)
			next.at = (above.at*count + (next.at-above.size)*more) / (count + more)
			next.from, next.size = above.from, above.size+next.size
			blocks = blocks[:n-1]
		}
		blocks = append(blocks, next)
	}
	for _, b := range blocks {
		y := b.at
		for _, s := range column[b.from:b.to] {
			s.y = y + s.room()/2
			y += s.room()
		}
	}
}

func (s *slot) room() float64 {
	if s.place == nil {
		return wideLine
	}
	return 1
}

// card is how wide the places are: as there is room for, but no wider than is good to look at.
func (w *wideMap) card() int {
	columns, room := len(w.columns), wideWidth
	if w.entry {
		columns, room = columns-1, wideWidth-wideEntry
	}
	return min((room+wideGap)/max(1, columns)-wideGap, wideCardMost)
}

// left is where a column begins: the first at the left edge, or after the internet, and the last so that it
// ends at the right edge.
func (w *wideMap) left(column int) int {
	columns, begin := len(w.columns), 0
	if w.entry {
		if column == 0 {
			return 0
		}
		columns, column, begin = columns-1, column-1, wideEntry
	}
	return begin + column*(wideWidth-begin-w.card())/max(1, columns-1)
}

// right is where the places of a column end.
func (w *wideMap) right(column int) int {
	if w.entry && column == 0 {
		return wideEntry - wideGap
	}
	return w.left(column) + w.card()
}

// middle is the height of a slot.
func (w *wideMap) middle(s *slot) int { return int(math.Round(s.y*wideRow)) + 2 }

// line draws a step through the slots that are kept for it.
func (w *wideMap) line(i int) htmlLine {
	s := w.m.steps[i]
	column := w.of[s.from]
	x, y := w.right(column), w.middle(w.find(column, s.from, -1))
	d := fmt.Sprintf("M%d %d", x, y)
	curve := func(toX, toY int) {
		middle := (x + toX) / 2
		d += fmt.Sprintf("C%d %d %d %d %d %d", middle, y, middle, toY, toX, toY)
		x, y = toX, toY
	}
	for column++; column < w.of[s.to]; column++ {
		pass := w.middle(w.find(column, nil, i))
		curve(w.left(column), pass)
		d += fmt.Sprintf("H%d", w.right(column))
		x = w.right(column)
	}
	curve(w.left(w.of[s.to])-arrowRoom, w.middle(w.find(w.of[s.to], s.to, -1)))
	return htmlLine{d, lineClass(s)}
}

// arrowRoom is how much of a line its arrow takes.
const arrowRoom = 7

// find gives the slot of a place, or of a line that passes.
func (w *wideMap) find(column int, p *mapPlace, line int) *slot {
	at := slices.IndexFunc(w.columns[column], func(s *slot) bool { return s.place == p && s.line == line })
	return w.columns[column][at]
}

// lineClass says how a step is drawn.
func lineClass(s mapStep) string {
	class := "step"
	if s.to.target {
		class += " final"
	}
	if s.possible {
		class += " maybe"
	}
	return class
}
