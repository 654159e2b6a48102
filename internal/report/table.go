package report

import (
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// tableHandler writes what a person reads first after a scan. The first screen says what matters: how
// many workloads hand over their node or the cluster, and the few changes that close most. Then come the
// exposures, and what is not known.
type tableHandler struct {
	w io.Writer
	o Options
}

// Scan implements [Handler].
func (h *tableHandler) Scan(s *finding.Scan) error {
	t := newTable(h.w, s, h.o)
	t.header()
	unreadFirst := len(t.main) == 0 && t.scan.Resources.Total > 0 && t.cut() // What is missing is then all that there is to know.
	switch {
	case unreadFirst:
		t.sources()
		t.blank()
		t.empty()
	case len(t.main) == 0:
		t.empty()
	default:
		t.headline()
		t.asides()
		t.severities()
		t.plan()
		t.list()
	}
	t.platformList()
	t.contextOnly()
	t.unknown()
	if !unreadFirst && len(t.unread()) > 0 {
		t.blank()
		t.sources()
	}
	t.exceptions()
	t.next()
	return t.close()
}

// table is one scan on its way to the page.
type table struct {
	*page
	o              Options
	scan           *finding.Scan
	main, platform []*item
	short          map[string]string
	// brief cuts the list of what was looked at even where nothing else is cut.
	brief bool
	// several is set when the exposures of Kubernetes are in more than one cluster, which their names then tell.
	several bool
	// accounts and regions are those of the exposures in AWS, sorted.
	accounts, regions []string
	resources         map[inventory.UID]*finding.ExposedResource
	// planned are the types of places on attack paths whose UIDs do not tell them.
	planned map[inventory.UID]inventory.Type
}

// tableOf prepares the table of a scan, without its exposures.
func tableOf(s *finding.Scan, o Options) *table {
	return &table{
		o: o, scan: s, short: shortUIDs(s.Exposures), several: severalClusters(s.Exposures), resources: resourcesOf(s.Exposures),
		planned:  plannedTypes(s.Exposures),
		accounts: distinct(s.Exposures, func(r *finding.ExposedResource) string { return r.Account }),
		regions:  distinct(s.Exposures, func(r *finding.ExposedResource) string { return r.Region }),
	}
}

// newTable looks at every exposure of a scan and sets those of the platform apart.
func newTable(w io.Writer, s *finding.Scan, o Options) *table {
	t := tableOf(s, o)
	t.page = newPage(w, o)
	for _, it := range items(s.Exposures) {
		if it.Platform {
			t.platform = append(t.platform, it)
		} else {
			t.main = append(t.main, it)
		}
	}
	return t
}

// say gives one of the texts in the language of the output.
func (t *table) say(text lang.Text, args ...any) string { return fill(text, t.o.Lang, args...) }

// count gives one of the texts about a number of things.
func (t *table) count(p plural, n int, args ...any) string { return p.in(t.o.Lang, n, args...) }

// heading starts a section.
func (t *table) heading(title, note string) {
	t.blank()
	if note != "" {
		t.para(nil, styled(bold, title), styled(dim, " ("+note+")"))
		return
	}
	t.para(nil, styled(bold, title))
}

// header says in one quiet line what was scanned.
func (t *table) header() {
	source := t.count(nSources, len(t.scan.Sources))
	if len(t.scan.Sources) == 1 {
		source = fold(sourceName(t.scan.Sources[0]), t.width/2)
	}
	parts := []string{strings.TrimSpace("Merlon " + clean(t.scan.Tool.Version)), source, t.count(nResources, t.scan.Resources.Total)}
	for _, more := range []string{kubernetesVersions(t.scan), t.scannedAWS()} {
		if more != "" {
			parts = append(parts, glued(more))
		}
	}
	if !t.scan.ScannedAt.IsZero() {
		parts = append(parts, t.scan.ScannedAt.UTC().Format(time.DateOnly+" 15:04 UTC"))
	}
	t.para(nil, styled(dim, strings.Join(parts, dot)))
	t.blank()
}

// kubernetesVersions names the releases by whose rules was judged, where they are not just the latest.
func kubernetesVersions(s *finding.Scan) string {
	var all []string
	for _, c := range s.KubernetesVersions {
		if version := clean(c.Version); c.From != finding.VersionFromDefault && !slices.Contains(all, version) {
			all = append(all, version)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "Kubernetes " + strings.Join(all, ", ")
}

// sourceName is what a person calls a source.
func sourceName(s inventory.Source) string {
	if s.Name == "-" {
		return "stdin"
	}
	return clean(s.Name)
}

// asides says what the headline leaves out.
func (t *table) asides() {
	for _, line := range t.leftOut() {
		t.para(nil, text(line))
	}
}

// leftOut lists what the headline does not count.
func (t *table) leftOut() (lines []string) {
	if line := t.sinceBaseline(); line != "" {
		lines = append(lines, line+" "+t.say(sinceOnly))
	}
	if len(t.platform) > 0 {
		lines = append(lines, t.count(headPlatform, len(t.platform)))
	}
	// Objects that are declared more than once: what is shown is not all of them.
	if n := t.scan.Resources.Redeclared; n > 0 {
		lines = append(lines, t.count(headRedeclared, n))
	}
	if parts := t.gaps(); len(parts) > 0 {
		lines = append(lines, t.say(headUnknown, strings.Join(parts, ", ")))
	}
	return lines
}

// gaps counts what could not be assessed, but for what only waits for the user to say what to trust.
func (t *table) gaps() (parts []string) {
	rules := map[string]bool{}
	for _, n := range t.scan.NotAssessed {
		rules[n.Rule] = rules[n.Rule] || n.Missing == ""
	}
	maps.DeleteFunc(rules, func(_ string, counts bool) bool { return !counts })
	if len(rules) > 0 {
		parts = append(parts, t.count(nRules, len(rules)))
	}
	n := 0
	for _, s := range t.scan.Sources {
		if s.Status != inventory.StatusComplete {
			n++
		}
	}
	if n > 0 {
		parts = append(parts, t.count(nSources, n))
	}
	return parts
}

// severities draws how many exposures there are of each severity, the gravest first.
func (t *table) severities() {
	bySeverity := map[finding.Severity]int{}
	for _, it := range t.main {
		bySeverity[it.Severity]++
	}
	line := t.severityCounts(bySeverity)
	t.blank()
	t.para(nil, append(t.bar(bySeverity, min(t.width-widthOf(line)-2, longestBar)), line...)...)
}

// severityCounts gives "2 critical · 4 high", without what there is none of.
func (t *table) severityCounts(n map[finding.Severity]int) []span {
	var line []span
	for _, s := range finding.Severities() {
		if n[s] == 0 {
			continue
		}
		if len(line) > 0 {
			line = append(line, styled(dim, dot))
		}
		line = append(line, styled(styleOf(s), glued(t.count(nSeverity[s], n[s]))))
	}
	return line
}

// The bar's shades go from dense to light, so that it can be read without colour too.
const (
	longestBar  = 32
	shortestBar = 10
)

func (t *table) bar(n map[finding.Severity]int, width int) []span {
	if width < shortestBar {
		return nil
	}
	var bar []span
	for i, length := range shares(n, width) {
		if length > 0 {
			s := finding.Severities()[i]
			bar = append(bar, styled(styleOf(s), strings.Repeat([]string{"█", "▓", "▒", "░", "·"}[i], length)))
		}
	}
	return append(bar, text(gap))
}

// shares splits a width in proportion to the counts of the severities. What is there at all gets at least
// one column, and the largest share gives up what that takes.
func shares(n map[finding.Severity]int, width int) []int {
	total, used := 0, 0
	for _, count := range n {
		total += count
	}
	out := make([]int, len(finding.Severities()))
	largest := 0
	for i, s := range finding.Severities() {
		if n[s] > 0 {
			out[i] = max(1, n[s]*width/total)
		}
		used += out[i]
		if out[i] > out[largest] {
			largest = i
		}
	}
	out[largest] += width - used
	return out
}

// stepsShown is how many steps of the plan the first screen has room for.
const stepsShown = 3

// plan lists the few changes that close most.
func (t *table) plan() {
	steps := t.scan.FewestFixes
	if len(steps) == 0 {
		return
	}
	t.heading(t.say(planHeading), "")
	shown := steps
	if !t.o.All {
		shown = steps[:min(len(steps), stepsShown)]
	}
	t.steps(shown)
	if more := len(steps) - len(shown); more > 0 {
		t.para(indent(5), styled(dim, t.count(planMore, more)))
	}
}

// steps lists changes with what each does.
func (t *table) steps(steps []finding.FixStep) {
	for i, step := range steps {
		title := t.firstLine(step.Title, step.ID)
		t.sides([]span{text("  " + number(t.o.Lang, i+1) + "  ")}, []span{text(title)}, []span{text(t.count(t.noun(step.Resources), len(step.Resources)))})
		t.para(indent(5), t.effect(step)...)
	}
}

// effect says what one step of the plan does, and what is left after it.
func (t *table) effect(step finding.FixStep) []span {
	var parts []string
	if step.Resolved > 0 {
		parts = append(parts, t.say(planCloses, number(t.o.Lang, step.Resolved)))
	}
	if step.Reduced > 0 {
		parts = append(parts, t.say(planLowers, number(t.o.Lang, step.Reduced)))
	}
	if len(parts) == 0 {
		parts = append(parts, t.say(planHelps))
	}
	line := []span{styled(dim, strings.Join(parts, ", ")), styled(dim, " → ")}
	left := maps.Clone(step.Left)
	delete(left, finding.SeverityInformational)
	if counts := t.severityCounts(left); len(counts) > 0 {
		before, after, _ := strings.Cut(t.say(planLeft, "\x00"), "\x00")
		return append(append(append(line, styled(dim, before)), counts...), styled(dim, after))
	}
	return append(line, styled(good, t.say(planLeftNone)))
}

// firstLine gives the title of a remediation in the language of the output.
func (t *table) firstLine(title lang.Text, id string) string {
	s := t.o.in(title, t.o.texts(id).Fix.FirstLine())
	if s == "" {
		s = id
	}
	return cleanLines(s)[0]
}

// glued keeps a short text on one line.
func glued(s string) string { return strings.ReplaceAll(s, " ", string(glue)) }

// severalClusters reports whether the exposures of Kubernetes are in more than one cluster.
func severalClusters(exposures []finding.Exposure) bool {
	first := -1
	for i := range exposures {
		switch r := &exposures[i].Resource; {
		case aws.IsType(r.Type):
		case first < 0:
			first = i
		case r.Cluster != exposures[first].Resource.Cluster:
			return true
		}
	}
	return false
}
