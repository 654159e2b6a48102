package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// htmlSection is the exposures of one severity, or the components of the platform.
type htmlSection struct {
	Class, Anchor, Name, Count string
	Number                     int
	Units                      []htmlUnit
}

// htmlUnit is one exposure, or several that are alike, folded into one line.
type htmlUnit struct {
	Number int
	// Head is set where the unit is a group.
	Head    *htmlHead
	Members []htmlExposure
}

// htmlHead is what the exposures of a group share.
type htmlHead struct {
	Class        string
	Changed      string
	Count, Names string
	More         string
	Tags         []string
	Context      string
	Standing     []htmlSpan
	Fix          []htmlSpan
}

// laidOut is a unit on its way to the page: where it goes, and the place of its first exposure among all.
type laidOut struct {
	number, section, first int
	members                []*item
}

// isGroup reports whether the unit folds several exposures.
func (u *laidOut) isGroup() bool { return len(u.members) >= foldFrom }

// lists fills in the sections and their filters, the index and the chunks.
func (b *htmlBuilder) lists(p *htmlPage) error {
	sections, units := b.layOut(p)
	static := b.fill(sections, units)
	for _, s := range sections {
		if s.Class == platformClass {
			p.Platform = s
			continue
		}
		p.Sections = append(p.Sections, *s)
	}
	ix := b.index(sections, units, static)
	p.Filters = b.filters(sections, ix)
	if total := p.Filters.Total; total > static {
		p.Late = b.say(htmlLate, number(b.o.Lang, static), number(b.o.Lang, total))
	}
	data, err := json.Marshal(ix)
	if err != nil {
		return fmt.Errorf("encode index: %w", err)
	}
	p.Index = dataBlock("application/json", "index", data) // json.Marshal leaves no "<" as it is.
	p.Chunks, err = b.chunks(units, static)
	return err
}

// platformClass is the class of the section of the platform's components.
const platformClass = "platform"

// layOut decides what is listed, in which section and order, and what is folded together.
func (b *htmlBuilder) layOut(p *htmlPage) (sections []*htmlSection, units []*laidOut) {
	first := 0
	add := func(s *htmlSection, all []*item) {
		s.Number, s.Count = len(sections), number(b.o.Lang, len(all))
		for _, members := range b.folded(all) {
			units = append(units, &laidOut{len(units), s.Number, first, members})
			first += len(members)
		}
		sections = append(sections, s)
	}
	below := 0
	for _, severity := range finding.Severities() {
		var all []*item
		for _, it := range b.main {
			if it.Severity == severity {
				all = append(all, it)
			}
		}
		switch {
		case len(all) == 0:
		case severity < b.o.MinSeverity:
			below += len(all)
		default:
			add(&htmlSection{Class: classOf(severity), Anchor: "severity-" + severity.String(), Name: b.say(severity.Text())}, all)
		}
	}
	if below > 0 {
		p.Below = b.count(itemBelow, below, b.say(b.o.MinSeverity.Text()))
	}
	platform := slices.DeleteFunc(slices.Clone(b.platform), func(it *item) bool { return !b.o.atLeast(it.Exposure) })
	if len(platform) > 0 {
		add(&htmlSection{Class: platformClass, Anchor: platformClass, Name: b.say(platformHeading)}, platform)
	}
	return sections, units
}

// folded puts exposures that are alike together, where there are enough of them.
func (b *htmlBuilder) folded(all []*item) (folded [][]*item) {
	for _, group := range alike(all) {
		if b.fold && len(group) >= foldFrom {
			folded = append(folded, group)
			continue
		}
		for _, it := range group {
			folded = append(folded, []*item{it})
		}
	}
	return folded
}

// fill puts the first exposures into their sections, as many as the budget allows, and says how many.
func (b *htmlBuilder) fill(sections []*htmlSection, units []*laidOut) (static int) {
	for _, u := range units {
		n := min(len(u.members), b.budget-static)
		if n == 0 {
			break
		}
		s := sections[u.section]
		s.Units = append(s.Units, b.unit(s.Class, u, n))
		static += n
	}
	return static
}

// unit gives a unit with the first of its members.
func (b *htmlBuilder) unit(section string, u *laidOut, members int) htmlUnit {
	unit := htmlUnit{Number: u.number, Head: b.head(u)}
	for i := range members {
		unit.Members = append(unit.Members, b.member(section, u, i))
	}
	return unit
}

// member gives one exposure of a unit.
func (b *htmlBuilder) member(section string, u *laidOut, i int) htmlExposure {
	e := b.exposure(u.members[i])
	e.Index, e.Unit, e.Badge = u.first+i, u.number, section == platformClass
	if e.Brief = u.isGroup(); !e.Brief {
		b.outline(&e, u.members[i])
	}
	return e
}

// namesInHead is how many members the head of a group names.
const namesInHead = 4

// head gives what the exposures of a group share; nil for an exposure that stands alone.
func (b *htmlBuilder) head(u *laidOut) *htmlHead {
	if !u.isGroup() {
		return nil
	}
	first := u.members[0]
	var names []string
	var uids []inventory.UID
	for i, it := range u.members {
		uids = append(uids, it.Resource.UID)
		if i < namesInHead {
			_, name := lastPart(b.called(it))
			names = append(names, name)
		}
	}
	h := &htmlHead{
		Class: classOf(first.Severity), Changed: b.changed(first), Count: b.count(b.noun(uids), len(u.members)), Names: strings.Join(names, ", "), Tags: b.titles(first),
		Standing: spansOf(b.standing(first)), Fix: spansOf(b.fix(first)),
	}
	if more := len(u.members) - len(names); more > 0 {
		h.More = b.say(andMore, number(b.o.Lang, more))
	}
	return h
}
