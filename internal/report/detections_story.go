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
		continued := i > 0 && t.isSame(s, &shown[i-1], &shown[i])
		continues := i+1 < len(shown) && t.isSame(s, &shown[i], &shown[i+1])
		t.step(s, &shown[i], continued, continues)
	}
	if more := len(steps) - len(shown); more > 0 {
		t.andMore(4, more)
	}
}

// isSame reports whether two steps are what several rules say of one request, or of requests alike in the same second.
func (t *detectionTable) isSame(s *finding.Sequence, a, b *storyStep) bool {
	return !t.o.All && a.First.Truncate(time.Second).Equal(b.First.Truncate(time.Second)) && t.below(s, a) == t.below(s, b)
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

// step writes one step of a story; of several about the same the first has the time, and the last has the rest.
func (t *detectionTable) step(s *finding.Sequence, one *storyStep, continued, continues bool) {
	when := "--:--:--"
	switch {
	case continued:
		when = strings.Repeat(" ", len(when))
	case !one.First.IsZero():
		when = one.First.UTC().Format("15:04:05")
	}
	title := clean(t.o.texts(one.Type).Title.In(t.o.Lang))
	if title == "" {
		title = clean(one.Type)
	}
	lead := []span{text("    "), styled(dim, when), text("  "), styled(styleOf(one.Severity), "●"), text(" ")}
	t.sides(lead, []span{text(title)}, []span{styled(dim, glued(t.times(one.count)))})
	if below := t.below(s, one); below != "" && !continues {
		t.para(indent(widthOf(lead)), styled(dim, below))
	}
}

// below is what stands below a step: who, from where, on what, and with --all its type.
func (t *detectionTable) below(s *finding.Sequence, one *storyStep) string {
	var parts []string
	if t.o.All && t.o.texts(one.Type).Title.In(t.o.Lang) != "" {
		parts = append(parts, clean(one.Type))
	}
	for _, who := range []string{one.Actor, one.Address} {
		if who != "" && (who != s.Subject || t.o.All) {
			parts = append(parts, clean(who))
		}
	}
	if len(one.objects) > 0 {
		object := clean(one.objects[0])
		if more := len(one.objects) - 1; more > 0 {
			object += gap + t.say(andMore, number(t.o.Lang, more))
		}
		parts = append(parts, object)
	}
	return strings.Join(parts, dot)
}
