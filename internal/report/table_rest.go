package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// rowsShown is how many lines of each closing section are shown without --all.
const rowsShown = 10

// empty is the headline of a scan that found nothing outside the platform.
func (t *table) empty() {
	for _, line := range t.emptyLines() {
		t.para(nil, line)
	}
}

// emptyLines says that nothing was found, and how much that means.
func (t *table) emptyLines() []span {
	var lines []span
	switch total := t.scan.Resources.Total; {
	case total == 0:
		return []span{styled(bold, t.say(emptyNothingRead))}
	case t.scan.Resources.Unjudged():
		return []span{styled(bold, t.say(emptyNoRule)), text(t.say(emptyRead, t.looked()))}
	case t.scan.SinceBaseline != nil && len(t.platform) == 0:
		lines = append(lines, styled(bold, t.say(emptyNotNew)))
	case len(t.platform) > 0:
		lines = append(lines, styled(bold, t.say(emptyBesides)))
	case t.cut():
		lines = append(lines, styled(bold, t.count(emptyFoundPart, total)))
	default:
		lines = append(lines, styled(bold, t.count(emptyFound, total)))
	}
	if line := t.sinceBaseline(); line != "" {
		lines = append(lines, text(line))
	}
	lines = append(lines, text(t.say(emptyLooked, t.looked())))
	if n := t.scan.Resources.Redeclared; n > 0 {
		lines = append(lines, text(t.count(headRedeclared, n)))
	}
	switch gaps := t.gaps(); {
	case len(gaps) == 1 && t.cut(): // The sources, and no rule.
		return append(lines, text(t.say(emptyRest)))
	case len(gaps) > 0:
		return append(lines, text(t.say(emptyUnknown)))
	}
	return append(lines, styled(good, t.say(emptyKnown)))
}

// cut reports whether a source was not read whole.
func (t *table) cut() bool {
	return slices.ContainsFunc(t.scan.Sources, func(s inventory.Source) bool { return s.Status != inventory.StatusComplete })
}

// looked lists the types of what was read, the most numerous first.
func (t *table) looked() string {
	byType := t.scan.Resources.ByType
	types := slices.SortedFunc(maps.Keys(byType), func(a, b inventory.Type) int {
		return cmp.Or(cmp.Compare(byType[b], byType[a]), cmp.Compare(a, b))
	})
	var parts []string
	for i, typ := range types {
		if i == rowsShown && (t.brief || !t.o.All) {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, number(t.o.Lang, byType[typ])+string(glue)+clean(kindName(typ)))
	}
	return strings.Join(parts, ", ")
}

// kindName is the kind of a type; that of AWS has the service before it, since Kubernetes has a Service too.
func kindName(typ inventory.Type) string {
	if rest, ok := strings.CutPrefix(string(typ), "AWS::"); ok {
		return strings.ReplaceAll(rest, "::", " ")
	}
	return typ.Kind()
}

// platformList names the components of the cluster itself, a line for each.
func (t *table) platformList() {
	if len(t.platform) == 0 {
		return
	}
	t.heading(t.say(platformHeading), t.say(platformNote))
	shown := t.platform
	if !t.o.All {
		shown = shown[:min(len(shown), rowsShown)]
	}
	names, longest := make([]string, len(shown)), 0
	for i, it := range shown {
		names[i] = fold(t.called(it), t.width/2)
		longest = max(longest, columns(names[i]))
	}
	for i, it := range shown {
		padded := glued(names[i] + strings.Repeat(" ", longest-columns(names[i])))
		severity := styled(styleOf(it.Severity), t.say(it.Severity.Text()))
		t.sides(indent(2), []span{text(padded + gap), severity}, []span{styled(dim, fold(clean(t.short[it.UID]), t.width/4))})
	}
	if more := len(t.platform) - len(shown); more > 0 {
		t.andMore(2, more)
	}
}

func (t *table) andMore(by, n int) {
	t.para(indent(by), styled(dim, t.say(andMore, number(t.o.Lang, n))))
}

// contextOnly names the traits that stand alone: they make no exposure, but they are there.
func (t *table) contextOnly() {
	counts := t.alone()
	if len(counts) == 0 {
		return
	}
	t.heading(t.say(aloneHeading), t.say(aloneNote))
	for i, id := range mostFirst(counts) {
		if i == rowsShown && !t.o.All {
			t.andMore(2, len(counts)-i)
			break
		}
		t.sides(indent(2), []span{text(t.titleOf(id)), styled(dim, gap+clean(id))}, []span{styled(dim, t.count(nResources, counts[id]))})
	}
}

// alone counts the traits of each rule that are in no exposure.
func (t *table) alone() map[string]int {
	inExposure := map[inventory.UID]bool{}
	for i := range t.scan.Exposures {
		inExposure[t.scan.Exposures[i].Resource.UID] = true
	}
	counts := map[string]int{}
	if t.scan.SinceBaseline == nil {
		for _, tr := range t.scan.Traits {
			if !inExposure[tr.Resource] {
				counts[tr.ID]++
			}
		}
	}
	return counts
}

// mostFirst sorts names by how often they were counted.
func mostFirst(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

// titleOf names a rule: by its title, where that is known.
func (t *table) titleOf(id string) string {
	if name := clean(t.o.texts(id).Title.In(t.o.Lang)); name != "" {
		return name
	}
	return clean(id)
}

// unknown lists what could not be assessed, by reason.
func (t *table) unknown() {
	ceiling := t.graver()
	if len(t.scan.NotAssessed) == 0 && ceiling == nil {
		return
	}
	t.heading(t.say(unknownHeading), t.say(unknownNote))
	reasons := byReason(t.scan.NotAssessed, t.o)
	for i, r := range reasons {
		if i == rowsShown && !t.o.All {
			t.andMore(2, len(reasons)-i)
			break
		}
		t.para(indent(2), text(r.why))
		t.para(indent(4), styled(dim, t.ruleCounts(r)))
	}
	if ceiling != nil {
		t.para(indent(2), ceiling...)
	}
}

// reason is why some rules could not be assessed.
type reason struct {
	why   string
	rules []finding.NotAssessed
	count int
}

// byReason puts the rules that could not be assessed for the same reason together, the reason that counts
// for most resources first.
func byReason(all []finding.NotAssessed, o Options) []*reason {
	var reasons []*reason
	at := map[string]*reason{}
	for _, n := range all {
		why := clean(n.Why.In(o.Lang))
		if why == "" {
			why = clean(n.Missing)
		}
		if at[why] == nil {
			at[why] = &reason{why: why}
			reasons = append(reasons, at[why])
		}
		at[why].rules = append(at[why].rules, n)
		at[why].count += n.Count
	}
	slices.SortStableFunc(reasons, func(a, b *reason) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.why, b.why))
	})
	for _, r := range reasons {
		slices.SortStableFunc(r.rules, func(a, b finding.NotAssessed) int { return cmp.Compare(a.Rule, b.Rule) })
	}
	return reasons
}

// ruleCounts names the rules of a reason with the number of resources of each.
func (t *table) ruleCounts(r *reason) string {
	var parts []string
	for i, n := range r.rules {
		if i == rowsShown && !t.o.All {
			parts = append(parts, t.say(andMore, number(t.o.Lang, len(r.rules)-i)))
			break
		}
		parts = append(parts, clean(n.Rule)+": "+glued(t.count(nResources, n.Count)))
	}
	return strings.Join(parts, ", ")
}

// graver says how the severities would be if every unknown were the worst; nil where none would change.
func (t *table) graver() []span {
	n, worst := 0, map[finding.Severity]int{}
	for _, it := range t.main {
		if it.Ceiling > it.Severity {
			n++
			worst[it.Ceiling]++
		}
	}
	if n == 0 {
		return nil
	}
	before, after, _ := strings.Cut(t.count(unknownCeiling, n, "\x00"), "\x00")
	return append(append([]span{text(before)}, t.severityCounts(worst)...), text(after))
}

// unread lists the sources that were not read completely.
func (t *table) unread() (unread []inventory.Source) {
	for _, s := range t.scan.Sources {
		if s.Status != inventory.StatusComplete || len(s.NotAssessed) > 0 {
			unread = append(unread, s)
		}
	}
	return unread
}

// sources says what of the sources was not read, and why.
func (t *table) sources() {
	all := t.unread()
	t.para(nil, styled(bold, t.say(sourcesHeading)))
	for i, s := range all {
		if i == rowsShown && !t.o.All {
			t.andMore(2, len(all)-i)
			break
		}
		line := []span{text(fold(sourceName(s), t.width*2/3))}
		switch s.Status {
		case inventory.StatusFailed:
			line = append(line, text(gap), styled(high, t.say(sourceFailed)))
		case inventory.StatusPartial:
			line = append(line, text(gap), styled(medium, t.say(sourcePartial)))
		}
		t.para(indent(2), line...)
		for j, n := range s.NotAssessed {
			if j == rowsShown && !t.o.All {
				t.andMore(4, len(s.NotAssessed)-j)
				break
			}
			t.para(indent(4), text(clean(n.What)), styled(dim, ": "+clean(n.Why)))
		}
	}
}

// exceptions says what was left out on request, and which requests no longer fit.
func (t *table) exceptions() {
	stale := t.stale()
	if len(stale) == 0 && len(t.scan.Suppressed) == 0 {
		return
	}
	t.heading(t.say(exceptionsHeading), "")
	if n := len(t.scan.Suppressed); n > 0 {
		t.para(indent(2), text(t.count(exceptionsTaken, n)))
	}
	for i, e := range stale {
		if i == rowsShown && !t.o.All {
			t.andMore(2, len(stale)-i)
			break
		}
		t.para(indent(2), text(clean(e.ID)), styled(dim, ": "+t.fate(e)))
	}
}

// stale lists the exceptions that no longer do anything.
func (t *table) stale() (stale []finding.ExceptionUse) {
	for _, e := range t.scan.Exceptions {
		if e.Status == finding.ExceptionUnused || e.Status == finding.ExceptionExpired {
			stale = append(stale, e)
		}
	}
	return stale
}

// fate says why an exception no longer does anything.
func (t *table) fate(e finding.ExceptionUse) string {
	if e.Status == finding.ExceptionExpired {
		return t.count(exceptionExpired, e.Matched, e.Expires.UTC().Format(time.DateOnly))
	}
	return t.say(exceptionUnused)
}

// next names the command that goes on from here.
func (t *table) next() {
	all := slices.Concat(t.main, t.platform)
	if len(all) == 0 || t.short[all[0].UID] == "" {
		return
	}
	t.nextCommand(t.command("explain", all[0]), t.say(nextExplain))
}

// nextCommand names a command that goes on from here, and what it does.
func (t *table) nextCommand(command, why string) {
	lead := []span{styled(bold, t.say(nextLabel)), text("  ")}
	t.blank()
	if widthOf(lead)+columns(command)+2+columns(why) <= t.width {
		t.para(lead, text(glued(command)+gap), styled(dim, why))
		return
	}
	t.para(lead, text(command))
	t.para(indent(widthOf(lead)), styled(dim, why))
}

// command is a command that is about an exposure of the sources of the scan.
func (t *table) command(name string, it *item) string {
	command := t.o.program() + " " + name + " " + clean(t.short[it.UID])
	if t.o.Again != "" {
		return command + " " + clean(t.o.Again)
	}
	command += t.paths()
	if name := clean(it.Resource.Cluster); name != "" && name != defaultCluster && t.fromFiles() {
		command += " --cluster-name " + name
	}
	return command
}

// defaultCluster is the CLUSTER of objects from files where no other name was given.
const defaultCluster = "files"

// fromFiles reports whether all of the sources are files, whose cluster has the name that it was given.
func (t *table) fromFiles() bool {
	return !slices.ContainsFunc(t.scan.Sources, func(s inventory.Source) bool { return s.Kind != "files" })
}

// paths gives the files that were scanned, as arguments of a command; nothing where there were others too,
// or a shell might take a name for something else.
func (t *table) paths() string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+,:@%"
	var b strings.Builder
	for _, s := range t.scan.Sources {
		fromFile := s.Kind == "files" || s.Kind == "snapshot"
		if !fromFile || !isMadeOf(s.Name, plain) || strings.HasPrefix(s.Name, "-") && s.Name != "-" {
			return ""
		}
		if s.Name == "-" {
			return " FILE"
		}
		b.WriteString(" " + s.Name)
	}
	return b.String()
}
