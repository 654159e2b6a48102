package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

// WriteReplayJSON writes a replay for programs.
func WriteReplayJSON(w io.Writer, r *finding.Replay) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode replay: %w", err)
	}
	if _, err := w.Write(append(escapeControls(data), '\n')); err != nil {
		return fmt.Errorf("write replay: %w", err)
	}
	return nil
}

// WriteReplay writes a replay for people: a line for each finding type with how often it would have fired, and a bar for
// each day. Its error is that of the writer.
func WriteReplay(w io.Writer, r *finding.Replay, o Options) error {
	p := &consultation{page: newPage(w, o), o: o}
	days := max(1, len(r.Days))
	if short := r.To.Sub(r.From); !r.From.IsZero() && short < 24*time.Hour {
		return p.replayedBriefly(r, short)
	}
	if len(r.Types) == 0 {
		p.para(nil, styled(good, p.say(replayNothing, nDays.in(o.Lang, days))))
		return p.close()
	}
	total, archived := 0, 0
	for _, t := range r.Types {
		total += t.Detections
		archived += t.Archived
	}
	p.para(nil, styled(bold, p.say(replayHead, nDays.in(o.Lang, days), r.From.UTC().Format("2006-01-02"), r.To.UTC().Format("2006-01-02"))))
	sum := p.say(replaySum, nDetections.in(o.Lang, total), perDay(o.Lang, total-archived, days))
	if archived > 0 {
		sum = p.say(replaySumArchived, nDetections.in(o.Lang, total), perDay(o.Lang, total-archived, days), number(o.Lang, archived))
	}
	p.para(nil, text(sum))
	p.blank()
	for _, t := range r.Types {
		p.replayed(&t, r.Days)
	}
	return p.close()
}

// replayedBriefly writes a replay over less than a day, of which no rate a day follows.
func (p *consultation) replayedBriefly(r *finding.Replay, span time.Duration) error {
	within := p.span(span)
	if len(r.Types) == 0 {
		p.para(nil, styled(good, p.say(replayNothing, within)))
		return p.close()
	}
	total, archived := 0, 0
	for _, t := range r.Types {
		total += t.Detections
		archived += t.Archived
	}
	p.para(nil, styled(bold, p.say(replayBrief, within, spanOf(r.From, r.To))))
	sum := nDetections.in(p.o.Lang, total) + "."
	if archived > 0 {
		sum = p.say(replayBriefArchived, nDetections.in(p.o.Lang, total), number(p.o.Lang, archived))
	}
	p.para(nil, text(sum))
	p.blank()
	for _, t := range r.Types {
		p.para(nil, styled(styleOf(t.Severity), p.say(t.Severity.Text())), text(gap+clean(t.Type)))
		line := []string{nDetections.in(p.o.Lang, t.Detections), nFindings.in(p.o.Lang, t.Findings)}
		if t.Archived > 0 {
			line = append(line, p.say(replayArchived, number(p.o.Lang, t.Archived)))
		}
		p.para(indent(2), styled(dim, strings.Join(line, dot)))
	}
	return p.close()
}

// span says how long less than a day is, in the unit that a person would use.
func (p *consultation) span(d time.Duration) string {
	up := func(unit time.Duration) int { return max(1, int((d+unit-1)/unit)) }
	switch {
	case d < time.Minute:
		return nSeconds.in(p.o.Lang, up(time.Second))
	case d < 2*time.Hour:
		return nMinutes.in(p.o.Lang, up(time.Minute))
	}
	return nHours.in(p.o.Lang, up(time.Hour))
}

// replayed writes one finding type: its name, then its numbers and days below it.
func (p *consultation) replayed(t *finding.ReplayType, days []string) {
	p.para(nil, styled(styleOf(t.Severity), p.say(t.Severity.Text())), text(gap+clean(t.Type)))
	line := []string{
		perDay(p.o.Lang, t.Detections-t.Archived, max(1, len(days))), nDetections.in(p.o.Lang, t.Detections), nFindings.in(p.o.Lang, t.Findings),
	}
	if t.Archived > 0 {
		line = append(line, p.say(replayArchived, number(p.o.Lang, t.Archived)))
	}
	if most := slices.Max(append(t.PerDay, 0)); most > 0 && len(days) > 1 {
		line = append(line, p.say(replayBusiest, clean(days[slices.Index(t.PerDay, most)]), number(p.o.Lang, most)))
	}
	p.para(indent(2), styled(dim, strings.Join(line, dot)))
	if bars := sparkline(t.PerDay, max(8, p.width-2)); bars != "" {
		p.para(indent(2), styled(dim, bars))
	}
}

// sparkline draws numbers as bars of eighths; where there are more than columns, neighbours are added up. Zero is a dot.
func sparkline(values []int, columns int) string {
	if len(values) < 2 {
		return ""
	}
	step := (len(values) + columns - 1) / columns
	var sums []int
	highest := 0
	for i := 0; i < len(values); i += step {
		sum := 0
		for _, v := range values[i:min(i+step, len(values))] {
			sum += v
		}
		sums = append(sums, sum)
		highest = max(highest, sum)
	}
	bars := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, sum := range sums {
		if sum == 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(bars[(sum*(len(bars)-1)+highest-1)/highest])
	}
	return b.String()
}

// perDay writes how many there are a day: "0.3 a day".
func perDay(l lang.Lang, n, days int) string {
	rate := fmt.Sprintf("%.1f", float64(n)/float64(days))
	if l != lang.EN {
		rate = strings.Replace(rate, ".", ",", 1)
	}
	return fill(replayPerDay, l, rate)
}

var (
	replayNothing = lang.Text{
		EN: "Over %s no rule would have fired.",
		ES: "En %s no se habría activado ninguna regla.",
		PT: "Em %s nenhuma regra teria disparado.",
	}
	replayHead = lang.Text{
		EN: "What today's rules would have found in %s, %s to %s",
		ES: "Lo que las reglas de hoy habrían encontrado en %s, del %s al %s",
		PT: "O que as regras de hoje teriam encontrado em %s, de %s a %s",
	}
	// replayBrief takes how long that was, and from when to when.
	replayBrief = lang.Text{
		EN: "What today's rules would have found in %s, %s",
		ES: "Lo que las reglas de hoy habrían encontrado en %s, %s",
		PT: "O que as regras de hoje teriam encontrado em %s, %s",
	}
	replayBriefArchived = lang.Text{
		EN: "%s; %s are archived by exceptions.",
		ES: "%s; %s quedan archivadas por excepciones.",
		PT: "%s; %s ficam arquivadas por exceções.",
	}
	replaySum = lang.Text{
		EN: "%s; %s reach you.",
		ES: "%s; %s le llegan.",
		PT: "%s; %s chegam a você.",
	}
	replayBusiest     = lang.Text{EN: "most on %s: %s", ES: "máximo el %s: %s", PT: "máximo em %s: %s"}
	replaySumArchived = lang.Text{
		EN: "%s; %s reach you, %s are archived by exceptions.",
		ES: "%s; %s le llegan, %s quedan archivadas por excepciones.",
		PT: "%s; %s chegam a você, %s ficam arquivadas por exceções.",
	}
	replayPerDay   = lang.Text{EN: "%s a day", ES: "%s al día", PT: "%s por dia"}
	replayArchived = lang.Text{EN: "%s archived", ES: "%s archivadas", PT: "%s arquivadas"}

	nDays = plural{
		one:   lang.Text{EN: "%s day", ES: "%s día", PT: "%s dia"},
		other: lang.Text{EN: "%s days", ES: "%s días", PT: "%s dias"},
	}
	nDetections = plural{
		one:   lang.Text{EN: "%s detection", ES: "%s detección", PT: "%s detecção"},
		other: lang.Text{EN: "%s detections", ES: "%s detecciones", PT: "%s detecções"},
	}
	nFindings = plural{
		one:   lang.Text{EN: "%s finding", ES: "%s hallazgo", PT: "%s descoberta"},
		other: lang.Text{EN: "%s findings", ES: "%s hallazgos", PT: "%s descobertas"},
	}
)
