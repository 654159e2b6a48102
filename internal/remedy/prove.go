package remedy

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/inventory/schema"
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

// failures says of candidates, by their numbers, why each by itself is not good.
type failures map[int]error

// Error gives the reason of the first.
func (f failures) Error() string { return f.first().Error() }

// Unwrap gives the reason of the first.
func (f failures) Unwrap() error { return f.first() }

func (f failures) first() error { return f[sortedKeys(f)[0]] }

// try applies candidates together to copies, and evaluates those. Its error is of the type [failures] where
// some of the candidates are to blame.
func (s *Session) try(all []candidate) (*attempt, error) {
	a := &attempt{files: map[string][]byte{}, patched: maps.Clone(s.patched)}
	changes := joined(all)
	failed := map[inventory.UID]error{}
	byFile := map[string][]objectChanges{}
	homeless := map[inventory.UID]*inventory.Resource{}
	for _, uid := range sortedKeys(changes) {
		a.patched[uid] = true
		r := s.now.view.Get(uid)
		if f, refused := s.open(r); refused == nil {
			byFile[f.name] = append(byFile[f.name], objectChanges{uid, changes[uid]})
			continue
		}
		patched, err := patchObject(s.now.view, r, changes[uid])
		if err != nil {
			failed[uid] = err
		}
		homeless[uid] = patched
	}
	for _, name := range sortedKeys(byFile) {
		content, wrong := s.editFile(s.files[name], byFile[name])
		maps.Copy(failed, wrong)
		a.files[name] = content
	}
	if len(failed) > 0 {
		return nil, blame(all, failed)
	}
	view := withResources(s.now.view, homeless)
	for _, name := range sortedKeys(byFile) {
		decoded, err := s.job.Decode(name, a.files[name])
		if err != nil || decoded.Problems > s.files[name].problems {
			return nil, &Refusal{brokenText}
		}
		view = replaced(view, name, decoded.Resources)
	}
	a.next = s.evaluate(withoutReplaced(withoutMade(view, a.patched), a.patched))
	open := failures{}
	for i, c := range all {
		if err := s.isClosed(c, a.next); err != nil {
			open[i] = err
		}
	}
	if len(open) > 0 {
		return nil, open
	}
	return a, s.nothingNew(a.next)
}

// blame gives the candidates that change one of some objects.
func blame(all []candidate, objects map[inventory.UID]error) failures {
	f := failures{}
	for i, c := range all {
		for _, o := range c.objects {
			if err := objects[o.uid]; err != nil {
				f[i] = err
			}
		}
	}
	return f
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

// placed is what to change in one object of a file.
type placed struct {
	location
	uid     inventory.UID
	changes []placedChange
}

// editFile makes the changes in a file, document by document. It gives the objects of which they cannot be made.
func (s *Session) editFile(f *file, objects []objectChanges) (content []byte, failed map[inventory.UID]error) {
	failed = map[inventory.UID]error{}
	var all []placed
	documents := pieces(f.content)
	for _, o := range objects {
		at, ok := locate(f.content, documents, s.now.view.Get(o.uid))
		if !ok {
			failed[o.uid] = refuse(notFoundText, o.uid.Short(), f.name)
			continue
		}
		one := placed{location: at, uid: o.uid}
		for _, c := range o.changes {
			ok := true
			if _, isTemplate := logicalID(o.uid); isTemplate {
				c, ok = ofTemplate(c)
			}
			if ok {
				one.changes = append(one.changes, placedChange{at.base, c})
			}
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.start, b.start) })
	done := 0
	for i := 0; i < len(all); {
		n := i + 1
		for n < len(all) && all[n].start == all[i].start {
			n++
		}
		p := all[i].piece
		doc := editPiece(f.content[p.start:p.end:p.end], all[i:n], failed)
		content = append(append(content, f.content[done:p.start]...), doc...)
		i, done = n, p.end
	}
	return append(content, f.content[done:]...), failed
}

// editPiece makes the changes of the objects of one document, and notes those of which they cannot be made.
func editPiece(text []byte, objects []placed, failed map[inventory.UID]error) []byte {
	var changes []placedChange
	for _, o := range objects {
		changes = append(changes, o.changes...)
	}
	doc, err := editAll(text, objects[0].line, changes)
	if err == nil {
		return doc
	}
	before := len(failed)
	for _, o := range objects {
		if _, alone := editAll(text, o.line, o.changes); alone != nil {
			failed[o.uid] = alone
		}
	}
	if len(failed) == before { // each would do by itself
		failed[objects[0].uid] = err
	}
	return text
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
	patched := identity(r)
	patched.SetObject(t.Root().AppendJSON(nil), nil)
	schema.Project(patched, t.Root())
	return patched, nil
}

// identity gives a resource of which nothing is known but what it is and where it comes from.
func identity(r *inventory.Resource) *inventory.Resource {
	return &inventory.Resource{
		UID: r.UID, Type: r.Type, Name: r.Name, Namespace: r.Namespace,
		Cluster: r.Cluster, Account: r.Account, Region: r.Region, Origin: r.Origin, Made: r.Made,
	}
}

// withResources gives the inventory with other states of some resources.
func withResources(v *inventory.View, other map[inventory.UID]*inventory.Resource) *inventory.View {
	if len(other) == 0 {
		return v
	}
	all := slices.Clone(v.All())
	for i, r := range all {
		if now := other[r.UID]; now != nil {
			all[i] = now
		}
	}
	return schema.NewView(v.Sources(), all)
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
	return schema.NewView(v.Sources(), all)
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
