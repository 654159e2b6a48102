package remedy

import (
	"errors"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// Fix is what became of one trait.
type Fix struct {
	// Trait is the rule's ID, Title its title, Resource the primary resource, and Role the trait's in the exposure.
	Trait    string
	Title    lang.Text
	Resource inventory.UID
	Role     finding.Role
	// Ask says what to find out first; empty for nothing.
	Ask lang.Text
	// Asked is set where that is open: nobody named the trait for all that.
	Asked bool
	// Prepare are the commands to run before the patch is applied.
	Prepare []string
	// Steps are the commands of the rule's guidance for this resource of AWS, where there is no patch.
	Steps []string
	// Refused says why there is no patch; it is empty for one that was proved, and what follows is then set.
	Refused lang.Text
	// Before and After are the severities of the exposure. Gone is false where the trait stays and weighs less.
	Before, After finding.Severity
	Gone          bool
	// Objects holds the patches, one for each object.
	Objects []ObjectPatch
	// Commands change the resources that AWS has as this fix and those before it do; in a batch, the objects of this
	// fix as all of them do.
	Commands []Command
	// Files holds the files that change, as they are before and after this fix; empty in a batch.
	Files []FileChange
}

// Proved reports whether there is a patch that was proved.
func (f *Fix) Proved() bool { return f.Refused.EN == "" }

// Wanted says which traits to fix.
type Wanted struct {
	// Only names the traits, whatever their role; none stands for those that make an exposure.
	Only []string
	// Context adds the traits that only add to the picture.
	Context bool
	// Sure leaves out the patches for which something must be found out first, but for those that Only names.
	Sure bool
	// InFiles leaves out the patches of objects that no file holds.
	InFiles bool
}

func (w Wanted) has(id string, role finding.Role) bool {
	if len(w.Only) > 0 {
		return slices.Contains(w.Only, id)
	}
	return w.Context || role == finding.Contributing
}

// asks reports whether something is to be found out before the patch of a rule is applied. Who names the trait has
// done so.
func (w Wanted) asks(r *rule.Rule) bool {
	return r.Patch.Ask.EN != "" && !slices.Contains(w.Only, r.ID)
}

// takes says why a candidate is left out, all in all; nil for one that is not.
func (s *Session) takes(c candidate, want Wanted) *lang.Text {
	for _, o := range c.objects {
		if _, refused := s.open(s.now.view.Get(o.uid)); refused != nil && want.InFiles {
			return refused
		}
	}
	return nil
}

// waits reports whether something must be found out before a candidate is taken.
func (w Wanted) waits(c candidate) bool {
	return w.Sure && w.asks(c.rule)
}

// ask says of candidates that wait what they wait for: for an answer, or for nothing, as they do not prove anyway.
func (s *Session) ask(all []candidate, fixes []Fix) {
	if len(all) == 0 {
		return
	}
	_, err := s.try(all)
	var failed failures
	isBlamed := errors.As(err, &failed)
	if err != nil && !isBlamed && len(all) > 1 {
		half := len(all) / 2
		s.ask(all[:half], fixes[:half])
		s.ask(all[half:], fixes[half:])
		return
	}
	for i := range all {
		fixes[i].Refused = askText.Format(all[i].rule.ID)
		if isBlamed {
			err = failed[i]
		}
		if err != nil {
			fixes[i].Refused = reason(err)
		}
	}
}

// Exposure fixes the traits of one exposure, one after the other: those that need no answer first, and of
// those the ones that do most.
func (s *Session) Exposure(e finding.Exposure, want Wanted) []Fix {
	traits := slices.DeleteFunc(slices.Clone(e.Traits), func(t finding.ExposureTrait) bool { return !want.has(t.ID, t.Role) })
	rank := func(t finding.ExposureTrait) int {
		n, r := 0, s.rule(t.ID)
		if r == nil || r.Patch.Ask.EN != "" {
			n += 100
		}
		if t.Role != finding.Contributing {
			n += 50
		}
		if r != nil && r.Patch.Prepare != nil { // What it changes is hidden, and may be the context of others.
			n += 200
		}
		return n + slices.IndexFunc(e.Remediations, func(r finding.Remediation) bool { return r.ID == t.ID })
	}
	slices.SortStableFunc(traits, func(a, b finding.ExposureTrait) int { return rank(a) - rank(b) })
	var fixes []Fix
	for _, t := range traits {
		fix := s.one(e.Resource.UID, t, want)
		if r := s.rule(t.ID); !fix.Proved() && r != nil && isReport(s.now.view.Get(e.Resource.UID)) {
			fix.Steps = stepsOf(e.Fill(r.Fix.EN, t.ID))
		}
		fixes = append(fixes, fix)
	}
	return fixes
}

// stepsOf gives the lines of code of a guidance: those that are indented.
func stepsOf(guidance string) (lines []string) {
	for line := range strings.Lines(guidance) {
		if code, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "    "); ok {
			lines = append(lines, code)
		}
	}
	return lines
}

func (s *Session) rule(id string) *rule.Rule {
	if i := slices.IndexFunc(s.job.Rules, func(r *rule.Rule) bool { return r.ID == id }); i >= 0 {
		return s.job.Rules[i]
	}
	return nil
}

// one proves the patch of one trait by itself.
func (s *Session) one(primary inventory.UID, t finding.ExposureTrait, want Wanted) Fix {
	fix := Fix{Trait: t.ID, Title: t.Title, Resource: primary, Role: t.Role}
	r := s.rule(t.ID)
	if r == nil {
		fix.Refused = noPatchText
		return fix
	}
	fix.Title, fix.Ask, fix.Asked = r.Title, r.Patch.Ask, want.asks(r)
	c, why := s.candidate(r, primary)
	if why != nil {
		fix.Refused = *why
		return fix
	}
	if why := s.takes(c, want); why != nil {
		fix.Refused = *why
		return fix
	}
	a, err := s.try([]candidate{c})
	if err != nil {
		fix.Refused = reason(err)
		return fix
	}
	if want.waits(c) {
		fix.Refused = askText.Format(r.ID)
		return fix
	}
	s.describe(&fix, c, a)
	for _, name := range sortedKeys(a.files) {
		fix.Files = append(fix.Files, FileChange{name, s.files[name].content, a.files[name]})
	}
	s.commit(a)
	fix.Commands = s.Commands()
	return fix
}

// describe fills in what was proved, before it is committed.
func (s *Session) describe(fix *Fix, c candidate, a *attempt) {
	fix.Before, fix.After = s.now.severity(c.primary), a.next.severity(c.primary)
	fix.Gone = a.next.traits[traitKey{c.primary, c.rule.ID}] == nil
	fix.Prepare = c.prepare
	if first := c.objects[0].uid; isReport(s.now.view.Get(first)) {
		for _, command := range c.prepare {
			if !slices.Contains(s.prepare[first], command) {
				s.prepare[first] = append(s.prepare[first], command)
			}
		}
	}
	for _, o := range c.objects {
		object, err := s.now.view.Raw(o.uid)
		if err != nil {
			continue
		}
		before := plain(object.Root())
		if after, ok := patched(before, o.changes); ok {
			fix.Objects = append(fix.Objects, s.patchOf(s.now.view.Get(o.uid), before, after))
		}
	}
}

// All fixes every trait that is not the platform's own, rule by rule: all patches of a rule are proved
// together, and where that fails half of them at a time.
func (s *Session) All(want Wanted) []Fix {
	var fixes []Fix
	for _, r := range s.job.Rules {
		var batch, asked []candidate
		var waiting, unanswered []Fix
		for _, t := range s.now.kept {
			if t.ID != r.ID || t.State != finding.Present || t.Platform || !want.has(t.ID, t.Weight.Role) {
				continue
			}
			fix := Fix{Trait: r.ID, Title: r.Title, Resource: t.Resource, Role: t.Weight.Role, Ask: r.Patch.Ask}
			c, why := s.candidate(r, t.Resource)
			switch primary := s.now.view.Get(t.Resource); {
			case want.InFiles && isReport(primary):
				why = &reportText
			case why == nil:
				why = s.takes(c, want)
			}
			if why != nil {
				fix.Refused = *why
				fixes = append(fixes, fix)
				continue
			}
			if want.waits(c) {
				asked, unanswered = append(asked, c), append(unanswered, fix)
				continue
			}
			batch, waiting = append(batch, c), append(waiting, fix)
		}
		s.ask(asked, unanswered)
		fixes = append(fixes, unanswered...)
		s.batch(batch, waiting)
		fixes = append(fixes, waiting...)
	}
	for i := range fixes {
		var objects []inventory.UID
		for _, o := range fixes[i].Objects {
			objects = append(objects, o.UID)
		}
		fixes[i].Commands = s.commands(objects)
	}
	return fixes
}

// without refuses the candidates that failed, and proves the others.
func (s *Session) without(failed failures, all []candidate, fixes []Fix) {
	var rest []candidate
	var waiting []Fix
	var places []int
	for i := range all {
		if err := failed[i]; err != nil {
			fixes[i].Refused = reason(err)
			continue
		}
		rest, waiting, places = append(rest, all[i]), append(waiting, fixes[i]), append(places, i)
	}
	s.batch(rest, waiting)
	for i, place := range places {
		fixes[place] = waiting[i]
	}
}

// batch proves candidates together, and fills in their fixes.
func (s *Session) batch(all []candidate, fixes []Fix) {
	if len(all) == 0 {
		return
	}
	a, err := s.try(all)
	var failed failures
	switch {
	case err == nil:
		for i := range all {
			s.describe(&fixes[i], all[i], a)
		}
		s.commit(a)
	case len(all) == 1:
		fixes[0].Refused = reason(err)
	case errors.As(err, &failed):
		s.without(failed, all, fixes)
	default:
		half := len(all) / 2
		s.batch(all[:half], fixes[:half])
		rest := all[half:]
		for i := range rest { // The world may have changed.
			if c, why := s.candidate(rest[i].rule, rest[i].primary); why == nil {
				rest[i] = c
			}
		}
		s.batch(rest, fixes[half:])
	}
}
