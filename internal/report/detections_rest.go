package report

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
)

// exceptions says what was archived, and which exceptions no longer fit.
func (t *detectionTable) exceptions() {
	findings, occurrences := 0, 0
	for i := range t.run.Threats {
		one := &t.run.Threats[i]
		occurrences += one.Archived
		if one.IsArchived() {
			findings++
		}
	}
	stale := t.stale()
	if occurrences == 0 && len(stale) == 0 {
		return
	}
	t.heading(t.say(exceptionsHeading), "")
	if occurrences > 0 {
		t.para(indent(2), text(t.count(detectArchived, occurrences, number(t.o.Lang, findings))))
	}
	for i, use := range stale {
		if i == rowsShown && !t.o.All {
			t.andMore(2, len(stale)-i)
			break
		}
		fate := t.say(exceptionUnused)
		if use.Status == finding.ExceptionExpired {
			fate = t.count(detectExpired, use.Matched, use.Expires.UTC().Format(time.DateOnly))
		}
		t.para(indent(2), text(clean(use.ID)), styled(dim, ": "+fate))
	}
}

// unobservable says which rules could not see what they look at, by reason.
func (t *detectionTable) unobservable() {
	if len(t.run.Stats.Unobservable) == 0 || t.run.Outside && len(t.threats) == 0 {
		return
	}
	var all []finding.NotAssessed
	for _, kind := range slices.Sorted(maps.Keys(t.run.Stats.Unobservable)) {
		u := t.run.Stats.Unobservable[kind]
		all = append(all, finding.NotAssessed{Rule: kind, Why: u.Why, Count: int(u.Count)})
	}
	t.heading(t.say(detectUnseenHeading), t.say(unknownNote))
	for i, r := range byReason(all, t.o) {
		if i == rowsShown && !t.o.All {
			t.andMore(2, len(byReason(all, t.o))-i)
			break
		}
		t.para(indent(2), text(r.why))
		for j, n := range r.rules {
			if j == rowsShown && !t.o.All {
				t.andMore(4, len(r.rules)-j)
				break
			}
			t.sides(indent(4), []span{styled(dim, clean(n.Rule))}, []span{styled(dim, glued(t.count(nRequests, n.Count)))})
		}
	}
}

// unread says which records and sources could not be read.
func (t *detectionTable) unread() {
	sources := t.table.unread()
	if t.run.Broken == 0 && len(sources) == 0 {
		return
	}
	t.blank()
	if len(sources) > 0 { // They name the records.
		t.sources()
		if t.run.Broken > 1 {
			t.para(indent(2), text(t.count(detectBrokenAll, t.run.Broken)))
		}
		return
	}
	t.para(nil, styled(bold, t.say(sourcesHeading)))
	t.para(indent(2), text(t.count(detectBroken, t.run.Broken)))
	shown := t.run.Problems
	if !t.o.All {
		shown = shown[:min(len(shown), rowsShown)]
	}
	for _, p := range shown {
		t.para(indent(4), text(fold(clean(place(p.Origin)), t.width/2)), styled(dim, ": "+clean(p.Why)))
	}
	if more := t.run.Broken - len(shown); more > 0 && len(shown) > 0 {
		t.andMore(4, more)
	}
}

// asides says what else a reader of the counts has to know.
func (t *detectionTable) asides() {
	var lines []string
	if n := t.run.Stats.Trusted; n > 0 {
		lines = append(lines, t.count(detectTrusted, int(n)))
	}
	if n := t.run.Stats.Late; n > 0 {
		lines = append(lines, t.count(detectLate, int(n)))
	}
	if t.run.Dropped > 0 {
		lines = append(lines, t.count(detectDropped, t.run.Dropped, t.count(nDetections, t.run.DroppedCount)))
	}
	if len(lines) == 0 {
		return
	}
	t.blank()
	for _, line := range lines {
		t.para(nil, styled(dim, line))
	}
}

// next names the command that tells more of the gravest finding.
func (t *detectionTable) next() {
	for _, one := range t.threats {
		if one.Severity >= t.o.MinSeverity {
			t.nextCommand(t.o.program()+" detect explain "+shellWord(clean(one.Type)), t.say(detectNext))
			return
		}
	}
}

// shellWord quotes a finding type that a shell would read otherwise: an exclamation mark recalls history.
func shellWord(s string) string {
	if strings.ContainsAny(s, "! '\"$`\\*?;&|<>()") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// duration says how long some seconds are, in the largest unit that fits.
func (t *detectionTable) duration(seconds int) string {
	const minute, hour, day = 60, 3600, 86400
	switch {
	case seconds >= day && seconds%day == 0:
		return nDays.in(t.o.Lang, seconds/day)
	case seconds >= hour && seconds%hour == 0:
		return t.count(nHours, seconds/hour)
	case seconds >= minute && seconds%minute == 0:
		return t.count(nMinutes, seconds/minute)
	}
	return t.count(nSeconds, seconds)
}
