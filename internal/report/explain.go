package report

import (
	"io"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

// Explain writes all that is known of one exposure of a scan: why it has its severity, the attack paths
// step by step, each trait with its evidence and what fixing it does, and what could not be assessed about
// the resource. Its error is that of the writer.
func Explain(w io.Writer, s *finding.Scan, e *finding.Exposure, o Options) error {
	x := &explanation{
		table: tableOf(s, o),
		item:  itemOf(s, e),
	}
	x.page = newPage(w, o)
	x.head()
	x.severity()
	x.paths()
	x.traits()
	x.beneath()
	x.context()
	x.unassessed()
	if x.short[e.UID] != "" {
		x.nextCommand(x.command("fix", x.item), x.say(nextFix))
	}
	return x.close()
}

// explanation is one exposure on its way to the page.
type explanation struct {
	*table
	item *item
}

func (x *explanation) head() {
	e := x.item.Exposure
	title := clean(e.Title.In(x.o.Lang))
	if title == "" {
		title = nameOf(&e.Resource, x.o.Lang)
	}
	x.para(nil, styled(bold, title))
	parts := []string{clean(string(e.Resource.UID))}
	for _, p := range []string{clean(e.Resource.Account), clean(e.Resource.Region), place(e.Resource.Origin)} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	x.para(nil, styled(dim, strings.Join(parts, dot)))
	x.para(nil, styled(dim, clean(e.UID)))
	if e.Platform {
		x.para(nil, text(x.say(explainPlatform)))
	}
}

// severity gives the level, what it was looked up by, and the sentences that say how it came about.
func (x *explanation) severity() {
	e := x.item.Exposure
	x.blank()
	head := []span{
		styled(bold, x.say(explainSeverity)+string(glue)+string(glue)),
		styled(styleOf(e.Severity), strings.ToUpper(x.say(e.Severity.Text()))),
		styled(dim, string(glue)+" ("+glued(x.say(explainMatrix, e.Likelihood.Text(), e.Impact.Text()))+")"),
	}
	var ceiling []span
	if e.Ceiling > e.Severity {
		before, after, _ := strings.Cut(x.say(explainCeiling, "\x00"), "\x00")
		ceiling = []span{text(before), styled(styleOf(e.Ceiling), x.say(e.Ceiling.Text())), text(after)}
	}
	x.sides(nil, head, ceiling)
	for _, sentence := range e.Explanation {
		x.para([]span{styled(dim, "  · ")}, text(clean(sentence.In(x.o.Lang))))
	}
	if len(e.Explanation) == 0 && e.Ceiling > e.Severity {
		x.para([]span{styled(dim, "  · ")}, text(x.say(explainWorst, e.Ceiling.Text())))
	}
}

// traits shows what makes the exposure, each with its evidence, its reason and its fix.
func (x *explanation) traits() {
	x.heading(x.say(traitsHeading), "")
	for i, tr := range x.item.contributing {
		x.blank()
		lead := number(x.o.Lang, i+1)
		lead = strings.Repeat(" ", max(0, 3-len(lead))) + lead + "  "
		x.sides([]span{styled(dim, lead)}, []span{styled(bold, x.title(tr))}, []span{styled(dim, fold(clean(tr.ID), x.width/2))})
		x.evidence(tr)
		x.labelled(withoutLabel, x.without(tr)...)
		texts := x.o.texts(tr.ID)
		if why := texts.Why.In(x.o.Lang); why != "" {
			x.block(whyLabel, why)
		}
		if fix := x.item.fixText(x.o, tr.ID); fix != "" {
			x.block(fixLabel, fix)
		} else if r := x.remediation(tr.ID); r != nil {
			x.block(fixLabel, x.firstLine(r.Title, r.ID))
		}
	}
}

// under is how far the parts of a trait are indented, as their labels are.
const under = 5

// labelled writes a short text after its label.
func (x *explanation) labelled(label lang.Text, body ...span) {
	x.para([]span{text(strings.Repeat(" ", under)), styled(dim, x.say(label)+": ")}, body...)
}

// evidence shows the fields that a trait rests on, and where they stand.
func (x *explanation) evidence(tr *finding.ExposureTrait) {
	if where := place(tr.Origin); where != "" {
		x.labelled(whereLabel, text(where))
	}
	for _, ev := range tr.Evidence {
		line := []span{text(clean(ev.Path))}
		if value := clean(ev.Text()); value != "" {
			line = append(line, styled(dim, " ="+string(glue)), styled(bold, value))
		}
		if ev.Resource != "" && ev.Resource != x.item.Resource.UID {
			line = append(line, styled(dim, " ("+x.shortName(ev.Resource)+")"))
		}
		x.para(indent(under+2), line...)
	}
}

// without says what becomes of the exposure when one trait is fixed.
func (x *explanation) without(tr *finding.ExposureTrait) []span {
	e := x.item.Exposure
	r := x.remediation(tr.ID)
	switch {
	case tr.Without == finding.Resolves:
		return []span{styled(good, x.say(withoutClosed))}
	case tr.Without == finding.Reduces && r != nil:
		return x.change(e.Severity, r.ProjectedSeverity)
	case tr.Without == finding.Reduces:
		return []span{text(x.say(withoutReduced, e.Severity.Text()))}
	}
	return []span{text(x.say(withoutSame, e.Severity.Text()))}
}

func (x *explanation) remediation(id string) *finding.Remediation {
	all := x.item.Remediations
	if i := slices.IndexFunc(all, func(r finding.Remediation) bool { return r.ID == id }); i >= 0 {
		return &all[i]
	}
	return nil
}

// beneath lists the exposures in the Kubernetes cluster of an EKS cluster, the most urgent first.
func (x *explanation) beneath() {
	inside, more := x.item.beneath()
	if len(inside) == 0 {
		return
	}
	x.heading(x.say(beneathHeading), "")
	for _, in := range inside {
		uid := fold(clean(x.short[in.UID]), x.width/3)
		severity := styled(styleOf(in.Severity), x.say(in.Severity.Text()))
		name := glued(fold(x.called(in), x.width-2-columns(severity.text)-2*len(gap)-columns(uid)))
		x.sides(indent(2), []span{severity, text(gap), styled(bold, name)}, []span{styled(dim, uid)})
	}
	if more > 0 {
		x.para(indent(2), styled(dim, x.say(andMore, number(x.o.Lang, more))))
	}
}

// context lists the traits that only add to the picture.
func (x *explanation) context() {
	if len(x.item.contextual) == 0 {
		return
	}
	x.heading(x.say(contextHeading), x.say(contextNote))
	for _, tr := range x.item.contextual {
		where := place(tr.Origin)
		x.sides(indent(2), []span{text(x.title(tr)), styled(dim, " ("+clean(tr.ID)+")")},
			[]span{styled(dim, fold(where, x.width-4))})
	}
}

// unassessed lists the rules that could not be assessed on the resource.
func (x *explanation) unassessed() {
	here, unlisted := x.notAssessed()
	x.heading(x.say(aboutHeading), "")
	if len(here) == 0 && unlisted == 0 {
		x.para(indent(2), text(x.say(aboutNone)))
	}
	for _, r := range byReason(here, x.o) {
		ids := make([]string, 0, len(r.rules))
		for _, n := range r.rules {
			ids = append(ids, clean(n.Rule))
		}
		x.para(indent(2), text(r.why))
		x.para(indent(4), styled(dim, strings.Join(slices.Compact(ids), ", ")))
	}
	if unlisted > 0 {
		x.para(indent(2), styled(dim, x.count(aboutMaybe, unlisted)))
	}
}

// notAssessed gives what could not be assessed on the resource. A scan lists only the first resources of
// each rule, so that it may be silent on this one: unlisted counts the rules for which that is so.
func (x *explanation) notAssessed() (here []finding.NotAssessed, unlisted int) {
	rules := map[string]bool{}
	for _, n := range x.scan.NotAssessed {
		switch {
		case slices.Contains(n.Resources, x.item.Resource.UID):
			here = append(here, n)
		case n.Count > len(n.Resources):
			rules[n.Rule] = true
		}
	}
	return here, len(rules)
}
