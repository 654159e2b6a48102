package remedy

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// Outcome is what the fixes of a run did together.
type Outcome struct {
	Fixes []Fix
	// Before and After are the exposures of the inventory without the fixes and with them.
	Before, After []finding.Exposure
	// Written are the files that were changed, and nil where none was to be.
	Written []FileChange
	// Told is set where [Print] has said of each fix what to find out.
	Told bool
}

// PrintSummary says what the fixes do together, what is left, and what to find out for it. Its error is that
// of the writer.
func PrintSummary(w io.Writer, o Outcome, style Style) error {
	s := &sheet{Style: style}
	for _, file := range o.Written {
		s.line(none, say(s.Lang, changedText, visible(file.Name)))
	}
	if len(o.Written) > 0 {
		s.line(none, "")
	}
	proved := 0
	for i := range o.Fixes {
		if o.Fixes[i].Proved() {
			proved++
		}
	}
	s.say(none, say(s.Lang, summaryText, proved, len(o.Fixes)))
	s.left(o)
	was, is := bySeverity(o.Before), bySeverity(o.After)
	for _, level := range finding.Severities() {
		if was[level]+is[level] > 0 {
			s.say(none, say(s.Lang, countText, level.Text().In(s.Lang), was[level], is[level]))
		}
	}
	_, err := io.WriteString(w, s.String())
	return err
}

// left lists the traits without a patch, those of one rule that are refused for one reason together.
func (s *sheet) left(o Outcome) {
	fixes := o.Fixes
	type refusal struct{ trait, why string }
	var order []refusal
	groups := map[refusal][]*Fix{}
	reports := 0
	for i := range fixes {
		f := &fixes[i]
		if f.Refused == reportText {
			reports++
		}
		if f.Proved() || f.Refused == reportText {
			continue
		}
		r := refusal{f.Trait, f.Refused.In(s.Lang)}
		if groups[r] == nil {
			order = append(order, r)
		}
		groups[r] = append(groups[r], f)
	}
	if reports > 0 {
		s.say(yellow, say(s.Lang, reportsText, reports, reportText.In(s.Lang)))
	}
	asked := map[string]bool{}
	for _, r := range order {
		group := groups[r]
		s.say(yellow, say(s.Lang, notFixedText, r.trait, placesOf(group), r.why))
		if ask := group[0].Ask; ask.EN != "" && !o.Told && !asked[r.trait] {
			asked[r.trait] = true
			s.sayAt(none, "  ", say(s.Lang, findOutText, ask.In(s.Lang)))
		}
	}
}

// placesOf names the resources of fixes, the first few.
func placesOf(fixes []*Fix) string {
	const few = 3
	var names []string
	for _, f := range fixes {
		if name := f.Resource.Short(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if more := len(names) - few; more > 0 {
		return strings.Join(names[:few], ", ") + fmt.Sprintf(", +%d", more)
	}
	return strings.Join(names, ", ")
}

// bySeverity counts the exposures outside the platform.
func bySeverity(exposures []finding.Exposure) map[finding.Severity]int {
	counts := map[finding.Severity]int{}
	for i := range exposures {
		if !exposures[i].Platform {
			counts[exposures[i].Severity]++
		}
	}
	return counts
}

// Patches lists what the fixes so far change in the objects that no file holds, by UID.
func (s *Session) Patches() []ObjectPatch {
	var all []ObjectPatch
	for _, uid := range sortedKeys(s.patched) {
		r := s.job.View.Get(uid)
		if r == nil {
			continue
		}
		if _, refused := s.open(r); refused == nil {
			continue
		}
		was, err := s.job.View.Raw(uid)
		is, err2 := s.now.view.Raw(uid)
		if err == nil && err2 == nil {
			all = append(all, s.patchOf(r, plain(was.Root()), plain(is.Root())))
		}
	}
	return all
}

// patchOf gives the patch that makes one state of an object of the other.
func (s *Session) patchOf(r *inventory.Resource, before, after any) ObjectPatch {
	p := ObjectPatch{UID: r.UID, Type: r.Type, Name: r.Name, Namespace: r.Namespace, Made: madeOf(r)}
	if f, refused := s.open(r); refused != nil {
		p.NoFile = *refused
	} else {
		p.File = f.name
	}
	if r.Made.By == inventory.MadeByKustomize {
		p.Original = s.originalName(r)
	}
	p.JSONPatch = jsonPatch(before, after)
	id, isTemplate := logicalID(r.UID)
	switch {
	case isTemplate:
		p.JSONPatch = templatePatch(id, p.JSONPatch, after)
	case aws.IsType(r.Type):
		p.Terraform = terraformOf(r, before, after)
	default:
		p.StrategicMerge = strategicMerge(r, before, after)
	}
	return p
}
