package report

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// What the list shows without --all.
const (
	groupsShown = 50 // groups of exposures that are alike
	foldFrom    = 3  // exposures that are alike are folded into one from this number on
	tagsShown   = 4  // contributing traits of one exposure
)

// list shows the exposures, grouped by severity.
func (t *table) list() {
	left, hidden, below := groupsShown, 0, 0
	for _, s := range finding.Severities() {
		var all []*item
		for _, it := range t.main {
			if it.Severity == s {
				all = append(all, it)
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
		for _, group := range t.groups(all) {
			if left == 0 && !t.o.All {
				hidden += len(group)
				continue
			}
			left--
			t.group(group)
		}
	}
	if hidden > 0 {
		t.blank()
		t.para(nil, text(t.count(itemAll, hidden)))
	}
	if below > 0 {
		t.blank()
		t.para(nil, styled(dim, t.count(itemBelow, below, t.say(t.o.MinSeverity.Text()))))
	}
}

// rule draws the heading of a severity across the page.
func (t *table) rule(title, count string, st style) {
	line := []span{styled(st, title), styled(dim, " "+count+" ")}
	t.emit(append(line, styled(dim, strings.Repeat("─", max(0, t.width-widthOf(line))))))
}

// groups splits exposures into those that are shown together.
func (t *table) groups(all []*item) [][]*item {
	var groups [][]*item
	for _, g := range alike(all) {
		if len(g) >= foldFrom && !t.o.All {
			groups = append(groups, g)
			continue
		}
		for _, it := range g {
			groups = append(groups, []*item{it})
		}
	}
	return groups
}

// group shows one exposure, and names those that are like it.
func (t *table) group(group []*item) {
	it := group[0]
	t.blank()
	t.name(it)
	t.para(indent(4), t.tags(it)...)
	t.behind(it)
	t.sides(indent(4), t.standing(it), []span{styled(dim, fold(place(it.where()), t.width-6))})
	t.para(indent(4), t.fix(it)...)
	if len(group) > 1 {
		t.like(group[1:])
	}
}

// behind names the objects that the traits of a whole cluster are about.
func (t *table) behind(it *item) {
	if targetOf(it.Resource.UID) != cluster {
		return
	}
	var names []string
	for _, tr := range it.contributing {
		for _, e := range tr.Evidence {
			if name := t.shortName(e.Resource); e.Resource != it.Resource.UID && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if more := len(names) - tagsShown; more > 0 && !t.o.All {
		names = append(names[:tagsShown], t.say(andMore, number(t.o.Lang, more)))
	}
	if len(names) > 0 {
		t.para(indent(4), text(strings.Join(names, ", ")))
	}
}

// name writes the line that says what the exposure is about and how to ask for it.
func (t *table) name(it *item) {
	uid := clean(t.short[it.UID])
	uid = fold(uid, t.width/3)
	name := t.called(it)
	room := t.width - 2 - columns(uid) - 2
	line := []span{styled(bold, glued(fold(name, room)))}
	if changed := t.changed(it); changed != "" {
		line = append(line, text(gap), styled(styleOf(it.Severity), glued(changed)))
	}
	t.sides(indent(2), line, []span{styled(dim, uid)})
}

// where is the place of the gravest trait that has one, or of the resource.
func (it *item) where() inventory.Origin {
	if fix, ok := it.bestFix(); ok {
		for _, tr := range it.contributing {
			if tr.ID == fix.ID && tr.Origin.File != "" {
				return tr.Origin
			}
		}
	}
	for _, tr := range it.contributing {
		if tr.Origin.File != "" {
			return tr.Origin
		}
	}
	return it.Resource.Origin
}

// tags names the traits: those that make the exposure, and how many more add to the picture.
func (t *table) tags(it *item) []span {
	var tags []span
	separate := func() {
		if len(tags) > 0 {
			tags = append(tags, styled(dim, dot))
		}
	}
	for i, tr := range it.contributing {
		separate()
		if i == tagsShown && len(it.contributing) > tagsShown+1 && !t.o.All {
			more := number(t.o.Lang, len(it.contributing)-tagsShown)
			tags = append(tags, styled(dim, glued(t.say(itemMoreTags, more))))
			break
		}
		tags = append(tags, text(t.title(tr)))
	}
	if n := len(it.contextual); n > 0 {
		separate()
		tags = append(tags, styled(dim, glued(t.say(itemContext, number(t.o.Lang, n)))))
	}
	return tags
}

// title names a trait.
func (t *table) title(tr *finding.ExposureTrait) string {
	if s := clean(t.o.in(tr.Title, t.o.texts(tr.ID).Title)); s != "" {
		return s
	}
	return clean(tr.ID)
}

// standing says who reaches the resource, and what it hands over.
func (t *table) standing(it *item) []span {
	reach := styled(dim, t.say(itemNotKnown))
	switch it.reached {
	case certain:
		reach = styled(bold, t.say(itemReached))
	case possible:
		reach = text(t.say(itemMayReach))
	}
	standing := []span{reach}
	if it.hands != nothing {
		words := handedWords()[it.handed()]
		hands := text(t.say(words.perhaps))
		if it.sure == certain {
			hands = styled(bold, t.say(words.surely))
		}
		standing = []span{hands, styled(dim, dot), reach}
	}
	if inside := t.inside(it); inside != "" {
		standing = append(standing, styled(dim, dot), text(inside))
	}
	return standing
}

// inside counts the exposures in the Kubernetes cluster of an EKS cluster; empty where there are none.
func (t *table) inside(it *item) string {
	if len(it.inside) == 0 {
		return ""
	}
	bySeverity := map[finding.Severity]int{}
	for _, in := range it.inside {
		bySeverity[in.Severity]++
	}
	var counts strings.Builder
	for _, s := range t.severityCounts(bySeverity) {
		counts.WriteString(strings.ReplaceAll(s.text, dot, ", "))
	}
	return t.count(itemInside, len(it.inside), counts.String())
}

// fix says what the best single change does.
func (t *table) fix(it *item) []span {
	fix, ok := it.bestFix()
	if !ok {
		return []span{styled(dim, t.say(itemNoFix))}
	}
	return append(t.change(it.Severity, fix.ProjectedSeverity), text(gap), text(t.firstLine(fix.Title, fix.ID)))
}

// change draws one severity turning into another.
func (t *table) change(from, to finding.Severity) []span {
	after := styled(styleOf(to), t.say(to.Text()))
	if to == finding.SeverityInformational {
		after = styled(good, t.say(itemClosed))
	}
	return []span{styled(styleOf(from), t.say(from.Text())), styled(dim, string(glue)+"→"+string(glue)), after}
}

// like names exposures that are like one that was shown, in about two lines.
func (t *table) like(rest []*item) {
	head := t.count(itemLike, len(rest))
	room := 2*(t.width-4) - columns(head) - t.width/4
	var names []string
	for i, it := range rest {
		name := fold(t.called(it), t.width-12)
		if room -= columns(name) + len(", "); room < 0 && i > 0 {
			names = append(names, "…")
			break
		}
		names = append(names, glued(name))
	}
	t.para(indent(4), styled(bold, head), styled(dim, " "+strings.Join(names, ", ")))
}
