package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// A comment on GitHub holds 65,536 characters. The table may take a part of that, the details what is left
// but for the sections at the end; see [Options.All].
const (
	maxMarkdownTable   = 20_000
	maxMarkdownDetails = 44_000
)

// markdownHandler writes a comment for a pull request, or a page of a wiki: the headline, a table of the
// exposures, those that are alike in one row, a section to open for each, and what is not known.
type markdownHandler struct {
	w io.Writer
	o Options
}

// Scan implements [Handler].
func (h *markdownHandler) Scan(s *finding.Scan) error {
	m := &markdown{digest: newDigest(s, h.o)}
	var main []*item
	for _, it := range m.shown {
		if !it.Platform {
			main = append(main, it)
		}
	}
	m.headline(main)
	groups := m.groups(main)
	if len(groups) > 0 {
		m.list(groups)
		m.details(groups)
	}
	m.unknown()
	m.unreadSources()
	m.footer()
	if _, err := h.w.Write(m.Bytes()); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return nil
}

type markdown struct {
	*digest
	bytes.Buffer
}

// line writes one line.
func (m *markdown) line(parts ...string) {
	for _, p := range parts {
		m.WriteString(p)
	}
	m.WriteByte('\n')
}

// headline says how many exposures there are, and what the gravest of them mean.
func (m *markdown) headline(main []*item) {
	counts := m.severityLine(main)
	if counts == "" {
		counts = m.say(tourNone)
	}
	m.line("## ", vendor, ": ", counts)
	m.line()
	switch n := m.tally(); {
	case m.scan.Resources.Total == 0:
		m.line(m.say(emptyNothingRead))
	case len(m.main) == 0:
		m.line(m.count(nResources, m.scan.Resources.Total), ".")
	default:
		m.line(m.gravest(n))
	}
	if line := m.sinceBaseline(); line != "" {
		m.line()
		m.line(line, " ", m.say(sinceOnly))
	}
	if n := len(m.platform); n > 0 {
		m.line()
		m.line(m.say(platformHeading), ": ", number(m.o.Lang, n), " (", m.say(platformNote), ").")
	}
}

// gravest says how many hand over what, and how many of those the internet reaches.
func (m *markdown) gravest(n tally) string {
	sentence := m.table.gravest(n)
	if len(n.surely) > 0 {
		sentence += " " + m.reach(n)
	}
	return sentence
}

// list writes the table: a row for each exposure, or for those that are alike.
func (m *markdown) list(groups [][]*item) {
	m.line()
	m.line("| ", m.say(explainSeverity), " | ", m.say(markdownResource), " | ", m.say(traitsHeading), " | ", m.say(fixLabel), " |")
	m.line("|---|---|---|---|")
	for i, g := range groups {
		if m.Len() > maxMarkdownTable && !m.o.All {
			n := 0
			for _, rest := range groups[i:] {
				n += len(rest)
			}
			m.line()
			m.line(m.count(itemAll, n))
			return
		}
		it := g[0]
		name := mdCode(m.name(it))
		if len(g) > 1 {
			name += " " + m.say(andMore, number(m.o.Lang, len(g)-1))
		}
		m.line("| **", m.say(it.Severity.Text()), "**", bracketed(m.changed(it)), " | ", mdCell(name), " | ", m.what(it), " | ", m.change(it), " |")
	}
}

// what names the traits of an exposure, for a cell.
func (m *markdown) what(it *item) string {
	var all []string
	for i, title := range m.titles(it) {
		if i == tagsShown && !m.o.All {
			all = append(all, m.say(itemMoreTags, number(m.o.Lang, len(it.contributing)-i)))
			break
		}
		all = append(all, mdText(title))
	}
	return strings.Join(all, ", ")
}

// change says what the best single change does, for a cell.
func (m *markdown) change(it *item) string {
	fix, ok := it.bestFix()
	if !ok {
		return m.say(itemNoFix)
	}
	return mdText(m.firstLine(fix.Title, fix.ID)) + " → " + m.after(fix)
}

func (m *markdown) after(fix *finding.Remediation) string {
	if fix.ProjectedSeverity == finding.SeverityInformational {
		return m.say(itemClosed)
	}
	return m.say(fix.ProjectedSeverity.Text())
}

// details writes a section for each row of the table, as far as there is room.
func (m *markdown) details(groups [][]*item) {
	for i, g := range groups {
		before := m.Len()
		m.section(g)
		if m.Len() > maxMarkdownDetails && !m.o.All {
			m.Truncate(before)
			n := 0
			for _, rest := range groups[i:] {
				n += len(rest)
			}
			m.line()
			m.line(m.count(itemAll, n))
			return
		}
	}
}

// membersShown is how many of the exposures that are alike a section names.
const membersShown = 20

func (m *markdown) section(g []*item) {
	it := g[0]
	m.line()
	m.line("<details>")
	more := ""
	if len(g) > 1 {
		more = " " + m.say(andMore, number(m.o.Lang, len(g)-1))
	}
	m.line("<summary><b>", m.say(it.Severity.Text()), bracketed(m.changed(it)), "</b> <code>", mdHTML(m.name(it)), "</code>", more, "</summary>")
	m.line()
	m.line(ended(upper(m.state(it))), " ", ended(upper(m.say(explainMatrix, it.Likelihood.Text(), it.Impact.Text()))))
	if it.Ceiling > it.Severity {
		m.line(m.say(explainWorst, it.Ceiling.Text()))
	}
	m.line()
	for _, tr := range it.contributing {
		m.trait(it, tr, "**"+m.traitName(tr)+"**")
	}
	for _, tr := range it.contextual {
		m.trait(it, tr, m.traitName(tr)+" ("+m.say(markdownContext)+")")
	}
	m.fix(g)
	m.members(g)
	m.line()
	m.line(mdCode(m.command("explain", it)))
	m.line("</details>")
}

// fix says how to close exposures that are alike: by the best single change, or by what it takes together. Commands
// with the names of a resource stand for one alone.
func (m *markdown) fix(g []*item) {
	it := g[0]
	fix, ok := it.bestFix()
	if !ok {
		m.line()
		m.line("**", m.say(fixLabel), "** (", m.say(itemNoFix), "):")
		m.line()
		for _, title := range m.fixes(it) {
			m.line("- ", mdText(title))
		}
		return
	}
	m.line()
	m.line("**", m.say(fixLabel), "** (", m.say(it.Severity.Text()), " → ", m.after(fix), "): ", mdText(m.firstLine(fix.Title, fix.ID)))
	text := m.o.texts(fix.ID).Fix.In(m.o.Lang)
	if len(g) == 1 {
		text = it.fixText(m.o, fix.ID)
	}
	if body := fixBody(text); len(body) > 0 {
		m.line()
		m.line(mdBlock(body))
	}
}

// members names those that are alike.
func (m *markdown) members(g []*item) {
	if len(g) == 1 {
		return
	}
	var names []string
	for i, it := range g {
		if i == membersShown && !m.o.All {
			names = append(names, m.say(andMore, number(m.o.Lang, len(g)-i)))
			break
		}
		name := mdCode(m.name(it))
		if at := place(it.where()); at != "" {
			name += " (" + mdCode(at) + ")"
		}
		names = append(names, name)
	}
	m.line()
	m.line(m.say(markdownAlike), ": ", strings.Join(names, ", "))
}

// fixBody gives the lines of a fix without the first, which stands apart.
func fixBody(fix string) []string {
	lines := cleanLines(fix)[1:]
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}

// upper writes the first letter large.
func upper(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// traitName links the title of a trait to the page of its rule.
func (m *markdown) traitName(tr *finding.ExposureTrait) string {
	if link := m.ruleURL(tr.ID); link != "" {
		return "[" + mdText(m.title(tr)) + "](" + link + ")"
	}
	return mdText(m.title(tr))
}

// trait writes an item of a list: where it stands, and the fields it rests on.
func (m *markdown) trait(it *item, tr *finding.ExposureTrait, name string) {
	if at := place(tr.Origin); at != "" {
		name += " – " + mdCode(at)
	}
	m.line("- ", name)
	for i, e := range tr.Evidence {
		if i == tagsShown && !m.o.All {
			m.line("  - ", m.say(andMore, number(m.o.Lang, len(tr.Evidence)-i)))
			break
		}
		line := mdCode(e.Path)
		if value := clean(e.Text()); value != "" {
			line += " = " + mdCode(value)
		}
		if e.Resource != "" && e.Resource != it.Resource.UID {
			line += " (" + mdCode(e.Resource.Short()) + ")"
		}
		m.line("  - ", line)
	}
}

// unknown lists what could not be assessed, by reason.
func (m *markdown) unknown() {
	reasons := byReason(m.scan.NotAssessed, m.o)
	if len(reasons) == 0 {
		return
	}
	m.heading(unknownHeading, m.say(unknownNote))
	for i, r := range reasons {
		if i == rowsShown && !m.o.All {
			m.line("- ", m.say(andMore, number(m.o.Lang, len(reasons)-i)))
			break
		}
		var rules []string
		for j, n := range r.rules {
			if j == rowsShown && !m.o.All {
				rules = append(rules, m.say(andMore, number(m.o.Lang, len(r.rules)-j)))
				break
			}
			rules = append(rules, mdCode(n.Rule)+" ("+m.count(nResources, n.Count)+")")
		}
		m.line("- ", mdText(shorten(r.why, longestText)), ": ", strings.Join(rules, ", "))
	}
}

// longestText is how much of a message from outside is shown.
const longestText = 300

// heading starts a section; note may be empty.
func (m *markdown) heading(title lang.Text, note string) {
	m.line()
	if note != "" {
		note = " (" + note + ")"
	}
	m.line("### ", m.say(title), note)
	m.line()
}

// unreadSources says what of the sources was not read, and why.
func (m *markdown) unreadSources() {
	var lines []string
	for _, s := range m.scan.Sources {
		for _, n := range s.NotAssessed {
			lines = append(lines, mdCode(shorten(n.What, longestText))+": "+mdText(shorten(n.Why, longestText)))
		}
		if len(s.NotAssessed) == 0 && s.Status != inventory.StatusComplete {
			lines = append(lines, mdCode(sourceName(s)))
		}
	}
	if len(lines) == 0 {
		return
	}
	m.heading(sourcesHeading, "")
	for i, line := range lines {
		if i == rowsShown && !m.o.All {
			m.line("- ", m.say(andMore, number(m.o.Lang, len(lines)-i)))
			break
		}
		m.line("- ", line)
	}
}

// footer says what was left out on request, and with what all this was made.
func (m *markdown) footer() {
	m.line()
	if n := len(m.scan.Suppressed); n > 0 {
		m.line(m.count(exceptionsTaken, n))
		m.line()
	}
	made := "[" + vendor + "](" + projectURL + ")"
	if v := clean(m.scan.Tool.Version); v != "" {
		made += " " + mdText(shorten(v, longestText))
	}
	m.line("<sub>", made, " · ", m.count(nResources, m.scan.Resources.Total), "</sub>")
}
