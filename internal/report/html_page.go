package report

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// htmlPage is all that the template shows.
type htmlPage struct {
	htmlAssets
	Lang, Title string
	Facts       []string
	Headline    string
	Lines       []htmlSpan
	Asides      []string
	Bar         []htmlBar
	Tiles       []htmlTile
	Map         *htmlMap
	Steps       []htmlStep
	Before      htmlLeft
	Sections    []htmlSection
	Below       string
	Late        string
	Platform    *htmlSection
	Guides      []htmlGuide
	Alone       []htmlCount
	Unknown     []htmlReason
	Ceiling     []htmlSpan
	Unread      []htmlUnread
	Exceptions  *htmlExceptions
	About       htmlAbout
	Filters     htmlFilters
	Index       template.HTML
	Chunks      []htmlChunk
}

// htmlTile is the number of exposures of one severity, and a link to them.
type htmlTile struct{ Class, Name, Count, Anchor string }

// htmlBar is one part of a stacked bar: where it begins and how long it is, of barWidth.
type htmlBar struct {
	Class    string
	X, Width int
}

// barWidth is the length of a whole bar, in units of its own.
const barWidth = 200

// htmlLeft is what is left at some point of the plan.
type htmlLeft struct {
	Bar  []htmlBar
	Text []htmlSpan
}

// htmlStep is one step of the plan.
type htmlStep struct {
	Title, Anchor, Count string
	Effect               []htmlSpan
	Bar                  []htmlBar
}

// htmlCount is a name with something about it, in a list.
type htmlCount struct {
	Name, ID, Anchor, Note string
	Notes                  []string
	Status, Class          string
}

// htmlReason is why some rules could not be assessed.
type htmlReason struct{ Why, Rules string }

// htmlUnread is a source that was not read completely.
type htmlUnread struct {
	Name, Class, Status string
	Parts               []inventory.NotRead
}

// htmlExceptions is what was left out on request.
type htmlExceptions struct {
	Taken string
	Used  []htmlCount
	Stale []htmlCount
}

// htmlAbout is the facts of the scan.
type htmlAbout struct {
	Tool, Time, Resources string
	Sources, Types        []htmlCount
}

func (b *htmlBuilder) page() (*htmlPage, error) {
	assets, err := newHTMLAssets()
	if err != nil {
		return nil, err
	}
	p := &htmlPage{htmlAssets: assets, Lang: htmlLang(b.o.Lang)}
	b.opening(p)
	p.Map = b.mapOf()
	b.planOf(p)
	if err := b.lists(p); err != nil {
		return nil, err
	}
	p.Guides = b.guides()
	b.rest(p)
	return p, nil
}

// opening says what was scanned and what it comes down to.
func (b *htmlBuilder) opening(p *htmlPage) {
	source := b.count(nSources, len(b.scan.Sources))
	if len(b.scan.Sources) == 1 {
		source = sourceName(b.scan.Sources[0])
		if source == "." && b.o.Here != "" {
			source = clean(b.o.Here)
		}
	}
	p.Title = b.say(htmlTitle, source)
	p.Facts = []string{source, b.count(nResources, b.scan.Resources.Total)}
	if where := b.scannedAWS(); where != "" {
		p.Facts = append(p.Facts, where)
	}
	if !b.scan.ScannedAt.IsZero() {
		p.Facts = append(p.Facts, b.scan.ScannedAt.UTC().Format(time.DateOnly+" 15:04 UTC"))
	}
	if len(b.main) == 0 {
		for i, line := range b.emptyLines() {
			if i == 0 {
				p.Headline = line.text
				continue
			}
			p.Lines = append(p.Lines, htmlSpan{line.style.class(), line.text})
		}
		return
	}
	for i, line := range b.headlines() {
		if i == 0 {
			p.Headline = line
			continue
		}
		p.Lines = append(p.Lines, htmlSpan{Text: line})
	}
	p.Asides = b.leftOut()
	n := bySeverity(b.main)
	p.Bar = bar(n, barWidth)
	for _, s := range finding.Severities() {
		if n[s] > 0 {
			tile := htmlTile{Class: classOf(s)}
			tile.Count, tile.Name, _ = strings.Cut(b.count(nSeverity[s], n[s]), " ")
			if s >= b.o.MinSeverity {
				tile.Anchor = "severity-" + s.String()
			}
			p.Tiles = append(p.Tiles, tile)
		}
	}
}

// bar draws the shares of the severities, the gravest first.
func bar(n map[finding.Severity]int, width int) []htmlBar {
	total := 0
	for _, count := range n {
		total += count
	}
	if total == 0 {
		return nil
	}
	var parts []htmlBar
	x := 0
	for i, length := range shares(n, width) {
		if length > 0 {
			parts = append(parts, htmlBar{classOf(finding.Severities()[i]), x, length})
		}
		x += length
	}
	return parts
}

func bySeverity(all []*item) map[finding.Severity]int {
	n := map[finding.Severity]int{}
	for _, it := range all {
		n[it.Severity]++
	}
	return n
}

// planOf lists the few changes that close most, each with what is left after it.
func (b *htmlBuilder) planOf(p *htmlPage) {
	if len(b.main) == 0 {
		return
	}
	before := bySeverity(b.main)
	p.Before = htmlLeft{Bar: bar(before, barWidth), Text: spansOf(b.severityCounts(before))}
	for _, step := range b.scan.FewestFixes {
		left := 0
		for s, n := range step.Left {
			if s != finding.SeverityInformational {
				left += n
			}
		}
		p.Steps = append(p.Steps, htmlStep{
			Title: b.firstLine(step.Title, step.ID), Anchor: b.anchor("rule-", step.ID),
			Count: b.count(b.noun(step.Resources), len(step.Resources)), Effect: spansOf(b.effect(step)),
			Bar: bar(withoutInformational(step.Left), barWidth*left/max(left, len(b.main))),
		})
	}
}

func withoutInformational(n map[finding.Severity]int) map[finding.Severity]int {
	left := map[finding.Severity]int{}
	for s, count := range n {
		if s != finding.SeverityInformational {
			left[s] = count
		}
	}
	return left
}

// rest is what follows the list: what is not known, what was left out, and the facts of the scan.
func (b *htmlBuilder) rest(p *htmlPage) {
	alone := b.alone()
	for _, id := range mostFirst(alone) {
		p.Alone = append(p.Alone, htmlCount{Name: b.titleOf(id), ID: clean(id), Anchor: b.anchor("rule-", id), Note: b.count(nResources, alone[id])})
	}
	for _, r := range byReason(b.scan.NotAssessed, b.o) {
		p.Unknown = append(p.Unknown, htmlReason{r.why, b.ruleCounts(r)})
	}
	p.Ceiling = spansOf(b.graver())
	for _, s := range b.unread() {
		u := htmlUnread{Name: sourceName(s)}
		u.Class, u.Status = b.statusOf(s)
		for _, n := range s.NotAssessed {
			u.Parts = append(u.Parts, inventory.NotRead{What: clean(n.What), Why: clean(n.Why)})
		}
		p.Unread = append(p.Unread, u)
	}
	p.Exceptions = b.exceptionsOf()
	p.About = b.about()
}

// about gives the facts of the scan.
func (b *htmlBuilder) about() htmlAbout {
	a := htmlAbout{
		Tool:      strings.TrimSpace("Merlon " + clean(b.scan.Tool.Version)),
		Resources: number(b.o.Lang, b.scan.Resources.Total),
	}
	if !b.scan.ScannedAt.IsZero() {
		a.Time = b.scan.ScannedAt.UTC().Format(time.DateTime + " UTC")
	}
	for _, s := range b.scan.Sources {
		c := htmlCount{Name: sourceName(s), ID: clean(s.Kind)}
		if c.Class, c.Status = b.statusOf(s); c.Status == "" {
			c.Class, c.Status = good.class(), b.say(htmlComplete)
		}
		a.Sources = append(a.Sources, c)
	}
	types := map[string]int{}
	for typ, n := range b.scan.Resources.ByType {
		types[string(typ)] = n
	}
	for _, typ := range mostFirst(types) {
		a.Types = append(a.Types, htmlCount{Name: clean(inventory.Type(typ).Kind()), ID: clean(typ), Note: number(b.o.Lang, types[typ])})
	}
	return a
}

// statusOf says how far a source was read; "" for completely.
func (b *htmlBuilder) statusOf(s inventory.Source) (class, status string) {
	switch s.Status {
	case inventory.StatusFailed:
		return high.class(), b.say(sourceFailed)
	case inventory.StatusPartial:
		return medium.class(), b.say(sourcePartial)
	}
	return "", ""
}

// exceptionsOf says what was left out on request, by which exception, and which ones no longer fit.
func (b *htmlBuilder) exceptionsOf() *htmlExceptions {
	stale := b.stale()
	if len(stale) == 0 && len(b.scan.Suppressed) == 0 {
		return nil
	}
	e := &htmlExceptions{}
	if n := len(b.scan.Suppressed); n > 0 {
		e.Taken = b.count(exceptionsTaken, n)
	}
	taken := map[string][]string{}
	var ids []string
	for _, s := range b.scan.Suppressed {
		if taken[s.Exception] == nil {
			ids = append(ids, s.Exception)
		}
		taken[s.Exception] = append(taken[s.Exception], b.shortName(s.Resource)+": "+b.titleOf(s.Trait))
	}
	slices.Sort(ids)
	for _, id := range ids {
		slices.Sort(taken[id])
		e.Used = append(e.Used, htmlCount{Name: clean(id), Notes: taken[id]})
	}
	for _, s := range stale {
		e.Stale = append(e.Stale, htmlCount{Name: clean(s.ID), Note: b.fate(s)})
	}
	return e
}
