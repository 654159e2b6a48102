package report

import (
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
)

// storyShown is how many steps of a story are shown without --all.
const storyShown = 12

// storyStep is what a story tells in one line: the signals of one type by one actor from one address.
type storyStep struct {
	*finding.Signal // the first
	count           int
	objects         []string
}

// timeline tells a story: a line for each step with when and how grave, and below it who, from where and on what. Who acted
// is left out where it is whom the story is about.
func (t *detectionTable) timeline(s *finding.Sequence) {
	steps := t.steps(s)
	shown := steps
	if !t.o.All && len(steps) > storyShown+1 {
		shown = steps[:storyShown]
	}
	day := ""
	for i := range shown {
		if d := shown[i].First.UTC().Format(time.DateOnly); d != day && !shown[i].First.IsZero() {
			day = d
			t.blank()
			t.para(indent(4), styled(dim, day+" UTC"))
		}
		t.step(s, &shown[i])
	}
	if more := len(steps) - len(shown); more > 0 {
		t.andMore(4, more)
	}
}

// steps joins the signals of a story that tell the same; with --all each stands alone.
func (t *detectionTable) steps(s *finding.Sequence) (all []storyStep) {
	type likeness struct{ kind, actor, address string }
	at := map[likeness]int{}
	for i := range s.Signals {
		signal := &s.Signals[i]
		like := likeness{signal.Type, signal.Actor, signal.Address}
		place, there := at[like]
		if !there || t.o.All {
			place = len(all)
			at[like] = place
			all = append(all, storyStep{Signal: signal})
		}
		all[place].count += signal.Count
		if signal.Object != "" {
			all[place].objects = append(all[place].objects, signal.Object)
		}
	}
	return all
}

// step writes one step of a story.
func (t *detectionTable) step(s *finding.Sequence, one *storyStep) {
	when := "--:--:--"
	if !one.First.IsZero() {
		when = one.First.UTC().Format("15:04:05")
	}
	title, known := clean(t.o.texts(one.Type).Title.In(t.o.Lang)), true
	if title == "" {
		title, known = clean(one.Type), false
	}
	lead := []span{text("    "), styled(dim, when), text("  "), styled(styleOf(one.Severity), "●"), text(" ")}
	t.sides(lead, []span{text(title)}, []span{styled(dim, glued(t.times(one.count)))})
	var parts []string
	if known && t.o.All {
		parts = append(parts, clean(one.Type))
	}
	if one.Actor != "" && (one.Actor != s.Subject || t.o.All) {
		parts = append(parts, clean(one.Actor))
	}
	if one.Address != "" && (one.Address != s.Subject || t.o.All) {
		parts = append(parts, clean(one.Address))
	}
	if len(one.objects) > 0 {
		object := clean(one.objects[0])
		if more := len(one.objects) - 1; more > 0 {
			object += gap + t.say(andMore, number(t.o.Lang, more))
		}
		parts = append(parts, object)
	}
	if len(parts) > 0 {
		t.para(indent(widthOf(lead)), styled(dim, strings.Join(parts, dot)))
	}
}
