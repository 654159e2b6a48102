package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
)

// tableDetections writes what a person reads after a run over audit events: how many findings, each with who did what, and
// what the records did not show.
type tableDetections struct {
	w io.Writer
	o Options
}

// Detection implements [DetectionHandler]: of a run that is live, it tells each occurrence at once.
func (h *tableDetections) Detection(d *finding.Detection, t *finding.Threat) error {
	if h.o.Live == nil || d.Exception != "" || d.Severity < h.o.MinSeverity {
		return nil
	}
	p := newPage(h.w, h.o)
	when := "--"
	if !d.At.IsZero() {
		when = d.At.UTC().Format("2006-01-02 15:04:05Z")
	}
	what := d.Told()
	if d.Sequence != nil && d.Sequence.Updates > 0 {
		what = d.Sequence.Update()
	}
	told := []span{
		styled(styleOf(d.Severity), strings.ToUpper(d.Severity.Text().In(h.o.Lang))), text(gap + clean(h.o.title(d))),
		styled(dim, ": "+clean(what.In(h.o.Lang))),
	}
	if t.Count > 1 && d.Sequence == nil {
		told = append(told, styled(dim, gap+"("+glued(nTimes.in(h.o.Lang, t.Count))+")"))
	}
	p.para([]span{styled(dim, when), text("  ")}, told...)
	return p.close()
}

// Done implements [DetectionHandler].
func (h *tableDetections) Done(d *Detections) error {
	t := &detectionTable{
		table: &table{page: newPage(h.w, h.o), o: h.o, scan: &finding.Scan{Sources: d.Sources, Exceptions: d.Uses}}, run: d,
	}
	for i := range d.Threats {
		if one := &d.Threats[i]; !one.IsArchived() {
			t.threats = append(t.threats, one)
		}
	}
	if h.o.Live != nil {
		t.blank() // After what was told as it came.
	}
	t.header()
	t.headline()
	t.list()
	t.exceptions()
	t.unobservable()
	t.unread()
	t.asides()
	t.next()
	return t.close()
}

// detectionTable is one run on its way to the page. It borrows from the table of a scan what lays out lines.
type detectionTable struct {
	*table
	run *Detections
	// threats are the findings that exceptions did not archive.
	threats []*finding.Threat
}

// header says in one quiet line what was read.
func (t *detectionTable) header() {
	source := t.count(nSources, len(t.run.Sources))
	if len(t.run.Sources) == 1 {
		source = fold(sourceName(t.run.Sources[0]), t.width/2)
	}
	line := strings.Join([]string{strings.TrimSpace("Merlon " + clean(t.run.Tool.Version)), source, glued(t.count(nEvents, int(t.run.Stats.Events)))}, dot)
	when := glued(spanOf(t.run.Stats.First, t.run.Stats.Last))
	if when != "" && columns(line+dot+when) <= t.width {
		line, when = line+dot+when, ""
	}
	t.para(nil, styled(dim, line))
	if when != "" {
		t.para(nil, styled(dim, when))
	}
	t.blank()
}

// headline says what the run comes down to.
func (t *detectionTable) headline() {
	switch {
	case t.run.Outside && len(t.threats) == 0:
		t.para(nil, styled(bold, t.say(detectOutside)))
		if span := spanOf(t.run.From, t.run.To); span != "" {
			t.para(nil, text(t.say(detectLogSpan, glued(span))))
		}
		return
	case t.run.Stats.Events == 0:
		t.para(nil, styled(bold, t.say(detectNoEvents)))
		return
	case t.run.Stats.Requests == 0 && t.run.Stats.Unanswered > 0:
		t.para(nil, styled(bold, t.count(detectUnanswered, int(t.run.Stats.Unanswered))))
		t.para(nil, text(t.say(detectNoAnswer)))
		return
	case len(t.threats) == 0:
		t.para(nil, styled(bold, t.count(detectNothing, int(t.run.Stats.Requests))))
		if t.sawAll() {
			t.para(nil, styled(good, t.say(detectSawAll)))
		} else {
			t.para(nil, text(t.say(detectSawPart)))
		}
		return
	}
	t.para(nil, styled(bold, t.count(detectFound, len(t.threats), t.count(nRequests, int(t.run.Stats.Requests)))))
	if !t.run.LastRun.IsZero() {
		when := glued(t.run.LastRun.UTC().Format("2006-01-02 15:04 UTC"))
		t.para(nil, text(t.say(detectSince, when, number(t.o.Lang, t.run.New), number(t.o.Lang, t.run.WentOn))))
	}
	if who, n := t.busiest(); n > 1 && n < len(t.threats) {
		t.para(nil, text(t.say(detectBusiest, number(t.o.Lang, n), who)))
	} else if n > 1 {
		t.para(nil, text(t.say(detectOnly, who)))
	}
	bySeverity := map[finding.Severity]int{}
	for _, one := range t.threats {
		bySeverity[one.Severity]++
	}
	line := t.foundCounts(bySeverity)
	t.blank()
	t.para(nil, append(t.bar(bySeverity, min(t.width-widthOf(line)-2, longestBar)), line...)...)
}

// sawAll reports whether everything was read, and every rule could see what it looks at.
func (t *detectionTable) sawAll() bool {
	return len(t.run.Stats.Unobservable) == 0 && t.run.Broken == 0 && !t.cut()
}

// busiest names the actor that most findings are about; of equal ones the first by name.
func (t *detectionTable) busiest() (who string, most int) {
	counts := map[string]int{}
	for _, one := range t.threats {
		if one.Actor.Username != "" {
			counts[one.Actor.Username]++
		}
	}
	for name, n := range counts {
		if n > most || n == most && name < who {
			who, most = name, n
		}
	}
	return clean(who), most
}

// foundCounts gives "1 critical · 2 high"; in the other languages "alta: 2", because severities and findings differ in
// gender there.
func (t *detectionTable) foundCounts(n map[finding.Severity]int) []span {
	var line []span
	for _, s := range finding.Severities() {
		if n[s] == 0 {
			continue
		}
		if len(line) > 0 {
			line = append(line, styled(dim, dot))
		}
		line = append(line, styled(styleOf(s), glued(t.say(detectSeverity, number(t.o.Lang, n[s]), s.Text()))))
	}
	return line
}

// What the list shows without --all.
const (
	findingsShown = 50 // findings
	sameShown     = 3  // findings of one type
)

// list shows the findings, grouped by severity.
func (t *detectionTable) list() {
	left, hidden, below := findingsShown, 0, 0
	for _, s := range finding.Severities() {
		var all []*finding.Threat
		for _, one := range t.threats {
			if one.Severity == s {
				all = append(all, one)
			}
		}
		switch {
		case len(all) == 0:
			continue
		case s < t.o.MinSeverity:
			below += len(all)
			continue
		case left == 0 && !t.o.All:
			hidden += len(all)
			continue
		}
		t.blank()
		t.rule(strings.ToUpper(t.say(s.Text())), number(t.o.Lang, len(all)), styleOf(s))
		for _, group := range byType(all) {
			shown := group
			if !t.o.All {
				shown = group[:min(len(group), sameShown, left)]
				left -= len(shown)
			}
			t.sameType(group, shown)
			more := len(group) - len(shown)
			hidden += more
			if more > 0 && len(shown) > 0 {
				t.blank()
				t.andMore(4, more)
			}
		}
	}
	if hidden > 0 {
		t.blank()
		t.para(nil, text(t.count(detectAll, hidden)))
	}
	if below > 0 {
		t.blank()
		t.para(nil, styled(dim, t.count(detectBelow, below, t.say(t.o.MinSeverity.Text()))))
	}
}

// byType puts findings of one type together, in the order in which the first of each stands.
func byType(all []*finding.Threat) (groups [][]*finding.Threat) {
	at := map[string]int{}
	for _, one := range all {
		i, there := at[one.Type]
		if !there {
			i = len(groups)
			at[one.Type] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], one)
	}
	return groups
}

// sameType shows findings of one type: its title and how many there are, then each with who did what.
func (t *detectionTable) sameType(group, shown []*finding.Threat) {
	if len(shown) == 0 {
		return
	}
	t.blank()
	first := shown[0]
	beside := ""
	switch {
	case len(group) > 1:
		beside = t.count(nFindings, len(group))
	case first.Sequence == nil: // A story is told anew as it grows, which is no number that says anything.
		beside = t.times(first.Count)
	}
	t.sides(indent(2), []span{text(clean(t.o.title(&first.Detection)))}, []span{text(glued(beside))})
	t.para(indent(4), styled(dim, clean(first.Type)))
	for i, one := range shown {
		if i > 0 {
			t.blank()
		}
		t.threat(one, len(group) > 1)
	}
}

// threat shows one finding: who did what, why it was told, when, and where that stands; how often too where it is one of
// several.
func (t *detectionTable) threat(one *finding.Threat, several bool) {
	told := []span{text(clean(one.Told().In(t.o.Lang)))}
	if one.Sequence != nil {
		t.para(indent(4), told...)
		t.timeline(one.Sequence)
		return
	}
	t.para(indent(4), told...)
	if one.Call.Command != "" {
		t.para(indent(4), text(t.say(detectCommand, fold(clean(one.Call.Command), t.width*2/3))))
	}
	if why := t.why(one); why != "" {
		t.para(indent(4), styled(dim, t.say(detectWhy, why)))
	}
	when := spanOf(one.First, one.Last)
	if several && one.Count > 1 {
		when += gap + glued(t.times(one.Count))
	}
	if one.Archived > 0 {
		when += gap + t.count(detectArchivedOf, one.Archived)
	}
	t.sides(indent(4), []span{styled(dim, when)}, []span{styled(dim, fold(clean(place(one.Source)), t.width/2))})
}

// times says how often; nothing for once.
func (t *detectionTable) times(n int) string {
	if n < 2 {
		return ""
	}
	return t.count(nTimes, n)
}

// reasonsShown is how many fields of the record are named as reasons without --all, and reasonWidth how wide one may be.
const (
	reasonsShown = 4
	reasonWidth  = 60
)

// why gives the fields of the record that a rule rests on, in one line, after what lists, counts and habits say.
func (t *detectionTable) why(one *finding.Threat) string {
	var parts []string
	for _, l := range one.Lists {
		parts = append(parts, t.say(detectListed, clean(l.Address), clean(l.Name)))
	}
	if w := one.Window; w != nil {
		within := t.duration(int(w.Within))
		if w.Of != "" {
			parts = append(parts, t.say(detectDistinct, number(t.o.Lang, w.Count), clean(w.Of), within))
		} else {
			parts = append(parts, t.say(detectWindow, t.count(nTimes, w.Count), within))
		}
	}
	if one.Anomaly != nil {
		for _, p := range one.Anomaly.Unusual {
			parts = append(parts, t.unusual(p))
		}
	}
	parts = append(parts, t.fields(one.Why)...)
	if more := len(parts) - reasonsShown; more > 0 && !t.o.All {
		parts = append(parts[:reasonsShown], t.say(andMore, number(t.o.Lang, more)))
	}
	return strings.Join(parts, ", ")
}

// fields names the fields of the record that met a rule's conditions, but for those that the sentence above tells.
func (t *detectionTable) fields(why []finding.Reason) (all []string) {
	for _, r := range why {
		for _, f := range r.Evidence {
			if !t.o.All && isTold(f.Path) {
				continue
			}
			path, value := strings.TrimPrefix(clean(f.Path), "$."), clean(f.Value)
			path = fold(path, max(reasonWidth/2, reasonWidth-columns(value)))
			value = fold(value, max(reasonWidth/2, reasonWidth-columns(path)))
			if field := path + " = " + value; !slices.Contains(all, field) {
				all = append(all, field)
			}
		}
	}
	return all
}

// isTold reports whether the sentence about a finding tells what a field of the record holds.
func isTold(path string) bool {
	switch path {
	case "$.user.username", "$.verb", "$.responseStatus.code", "$.requestURI":
		return true
	}
	return strings.HasPrefix(path, "$.objectRef.")
}

// unusual says what of a request was new or rare, and among how many.
func (t *detectionTable) unusual(p finding.ProfileFit) string {
	what := fold(clean(cmp.Or(p.Value, p.Profile)), reasonWidth)
	among := t.say(profileWord(clean(p.Profile)))
	whose := t.say(usualInCluster)
	if p.Scope == "user" {
		whose = t.say(usualForUser)
	}
	total := number(t.o.Lang, int(p.Total+0.5))
	if p.Seen < 0.5 {
		return t.say(detectUnseen, among, what, whose, total)
	}
	return t.say(detectRare, among, what, whose, number(t.o.Lang, int(p.Seen+0.5)), total)
}
