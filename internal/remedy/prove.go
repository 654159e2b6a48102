package remedy

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// attempt is the state after some candidates, before it is known to be good.
type attempt struct {
	next  *state
	files map[string][]byte
	// patched are the objects that the session has changed so far.
	patched map[inventory.UID]bool
}

// try applies candidates together to copies, and evaluates those.
func (s *Session) try(all []candidate) (*attempt, error) {
	a := &attempt{files: map[string][]byte{}, patched: maps.Clone(s.patched)}
	view := s.now.view
	byFile := map[string][]objectChanges{}
	for uid, changes := range joined(all) {
		a.patched[uid] = true
		r := s.now.view.Get(uid)
		f, refused := s.open(r)
		if refused == nil {
			byFile[f.name] = append(byFile[f.name], objectChanges{uid, changes})
			continue
		}
		patched, err := patchObject(view, r, changes)
		if err != nil {
			return nil, err
		}
		view = withResource(view, patched)
	}
	for _, name := range sortedKeys(byFile) {
		content, err := s.editFile(s.files[name], byFile[name])
		if err != nil {
			return nil, err
		}
		decoded, err := s.job.Decode(name, content)
		if err != nil || decoded.Problems > s.files[name].problems {
			return nil, &Refusal{brokenText}
		}
		a.files[name] = content
		view = replaced(view, name, decoded.Resources)
	}
	a.next = s.evaluate(withoutMade(view, a.patched))
	for _, c := range all {
		if err := s.isClosed(c, a.next); err != nil {
			return nil, err
		}
	}
	return a, s.nothingNew(a.next)
}

// joined puts together what several candidates change in one object.
func joined(all []candidate) map[inventory.UID][]rule.Change {
	changes := map[inventory.UID][]rule.Change{}
	for _, c := range all {
		for _, o := range c.objects {
			changes[o.uid] = append(changes[o.uid], o.changes...)
		}
	}
	for uid := range changes {
		changes[uid] = inOrder(changes[uid])
	}
	return changes
}

// editFile makes the changes in a file, from its end to its start, so that no object moves before its turn.
func (s *Session) editFile(f *file, objects []objectChanges) ([]byte, error) {
	type placed struct {
		location
		changes []rule.Change
	}
	var all []placed
	for _, o := range objects {
		at, ok := locate(f.content, s.now.view.Get(o.uid))
		if !ok {
			return nil, refuse(notFoundText, o.uid.Short(), f.name)
		}
		all = append(all, placed{at, o.changes})
	}
	slices.SortFunc(all, func(a, b placed) int { return cmp.Compare(b.start, a.start) })
	content := slices.Clone(f.content)
	for i := 0; i < len(all); {
		p := all[i].piece
		var changes []placedChange
		for ; i < len(all) && all[i].start == p.start; i++ {
			for _, c := range all[i].changes {
				changes = append(changes, placedChange{all[i].base, c})
			}
		}
		doc, err := editAll(content[p.start:p.end:p.end], p.line, changes)
		if err != nil {
			return nil, err
		}
		content = slices.Concat(content[:p.start], doc, content[p.end:])
	}
	return content, nil
}

// patchObject makes the changes in an object that no file holds.
func patchObject(v *inventory.View, r *inventory.Resource, changes []rule.Change) (*inventory.Resource, error) {
	object, err := v.Raw(r.UID)
	if err != nil {
		return nil, &Refusal{noObjectText}
	}
	doc := object.Root().AppendJSON(nil)
	for _, c := range changes {
		if doc, err = edit(doc, 1, placedChange{nil, c}); err != nil {
			return nil, err
		}
	}
	var t tree.Tree
	if err := tree.Decode(&t, doc, 1, tree.Limits{}); err != nil {
		return nil, &Refusal{parseText}
	}
	patched := &inventory.Resource{
		UID: r.UID, Type: r.Type, Name: r.Name, Namespace: r.Namespace,
		Cluster: r.Cluster, Account: r.Account, Region: r.Region, Origin: r.Origin, Made: r.Made,
	}
	patched.SetObject(t.Root().AppendJSON(nil), nil)
	k8s.Project(patched, t.Root())
	return patched, nil
}

func withResource(v *inventory.View, r *inventory.Resource) *inventory.View {
	all := slices.Clone(v.All())
	i := slices.IndexFunc(all, func(x *inventory.Resource) bool { return x.UID == r.UID })
	all[i] = r
	return inventory.NewView(v.Sources(), all, k8s.Relate)
}

// withoutMade leaves out what a controller that was patched made from its template: it is made anew.
func withoutMade(v *inventory.View, patched map[inventory.UID]bool) *inventory.View {
	all := slices.DeleteFunc(slices.Clone(v.All()), func(r *inventory.Resource) bool {
		w, ok := r.Spec.(*k8s.Workload)
		return ok && !patched[r.UID] && w.Controller != "" && patched[k8s.Primary(v, r, w)]
	})
	if len(all) == v.Len() {
		return v
	}
	return inventory.NewView(v.Sources(), all, k8s.Relate)
}

// isClosed checks that a trait is gone, or that it weighs less where that is all that its patch promises.
func (s *Session) isClosed(c candidate, next *state) error {
	key := traitKey{c.primary, c.rule.ID}
	after := next.traits[key]
	switch {
	case after == nil:
		return nil
	case after.State == finding.Unknown:
		return &Refusal{unknownText}
	case !c.rule.Patch.Weakens:
		return &Refusal{stillThereText}
	}
	before := s.now.traits[key]
	lower := next.severity(c.primary) < s.now.severity(c.primary)
	if lower || before.Weight.Role == finding.Contributing && after.Weight.Role == finding.Contextual {
		return nil
	}
	return &Refusal{notLowerText}
}

// nothingNew checks that no trait came up, grew or became unknown, and that nothing became more severe.
func (s *Session) nothingNew(next *state) error {
	for key, after := range next.traits {
		before := s.now.traits[key]
		switch {
		case before == nil,
			before.State == finding.Unknown && after.State == finding.Present,
			before.State == finding.Present && after.State == finding.Present && len(after.Evidence) > len(before.Evidence):
			return refuse(newText, key.id, key.resource.Short())
		}
	}
	for uid, after := range next.byUID {
		before := s.now.byUID[uid]
		if before == nil || after.Severity > before.Severity || after.Ceiling > before.Ceiling {
			return refuse(worseText, uid.Short())
		}
	}
	return nil
}

// commit makes an attempt the state from which the next fix starts.
func (s *Session) commit(a *attempt) {
	s.now, s.patched = a.next, a.patched
	for name, content := range a.files {
		s.files[name].content = content
	}
}

// reason gives the text of an error for people.
func reason(err error) lang.Text {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	return lang.Text{EN: err.Error(), ES: err.Error(), PT: err.Error()}
}
