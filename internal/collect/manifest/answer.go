package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// answer keeps the resources of an answer of the AWS API, as the AWS CLI prints it.
func (w *worker) answer(a aws.Answer) {
	w.part.lists++ // an answer without a resource is one all the same
	w.part.page(a)
	for _, f := range a.Failures() {
		w.part.problem(f.Line, missing(f))
	}
	for item := range a.Items(aws.Scope{}) {
		if item.Problem != "" {
			w.part.problem(item.Object.Line(), "it looks like what the AWS CLI prints, but "+item.Problem)
			continue
		}
		r := item.Resource
		r.Origin = originOf(w.part.file, item.Object.Line())
		item.Object.Get(aws.UnknownField).Drop() // nobody but a plan or template can say that
		object := w.leaveOpen(item.Object, w.unread(r, item.Object))
		aws.Sanitize(r.Type, object)
		w.keep(r, object, w.part.file)
	}
}

// missing says what an answer does not hold although it was asked for.
func missing(f aws.Failure) string {
	what, why := "a resource that was asked for", "AWS did not find it"
	if f.ARN != "" {
		what = printable(string(f.ARN))
	}
	if f.Reason != "" {
		why = "AWS answered " + f.Reason
	}
	return what + " was not assessed: " + why
}

// unread notes the fields of an object that say nothing, and gives their paths.
func (w *worker) unread(r *inventory.Resource, object tree.Node) []string {
	var paths []string
	for _, u := range aws.CheckShape(r.Type, object) {
		paths = append(paths, u.Path)
		why := "holds a ${…} that nothing has filled in"
		if u.Want != tree.Missing {
			why = fmt.Sprintf("is a %s and must be a %s", u.Got, u.Want)
		}
		w.part.problem(u.Line, printable(r.Type.Kind()+" "+r.Name)+": "+strings.TrimPrefix(u.Path, "$.")+" "+why+", so it was not assessed")
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// leaveOpen gives an object the list of its fields that are not known.
func (w *worker) leaveOpen(n tree.Node, paths []string) tree.Node {
	if len(paths) == 0 {
		return n
	}
	w.own, w.ownLines = n.AppendJSON(w.own[:0]), n.AppendLines(w.ownLines[:0])
	w.scratch = append(w.scratch[:0], w.own[:len(w.own)-1]...)
	if n.Len() > 0 {
		w.scratch = append(w.scratch, ',')
	}
	w.scratch = append(appendString(w.scratch, aws.UnknownField), ":["...)
	w.lines = append(append(w.lines[:0], w.ownLines...), 0) // on the line before
	for i, path := range paths {
		if i > 0 {
			w.scratch = append(w.scratch, ',')
		}
		w.scratch, w.lines = appendString(w.scratch, path), append(w.lines, 0)
	}
	w.scratch = append(w.scratch, "]}"...)
	if tree.DecodeJSON(&w.typed, w.scratch, 1, tree.Limits{}) != nil || w.typed.SetLines(w.lines) != nil {
		return n // too large with the member more: it is not kept either
	}
	return w.typed.Root()
}

// pages counts the pages of lists: by their member, those that go on in another one and those that end.
type pages struct {
	file      *file
	line      int
	goOn, end int
}

// page notes whether an answer is a page of a list, and the last one.
func (p *part) page(a aws.Answer) {
	if p.pages == nil {
		p.pages = map[string]pages{}
	}
	for _, member := range a.Members() {
		n := p.pages[member]
		if a.Continues() {
			n.goOn++
			n.file, n.line = p.file, a.Line()
		} else {
			n.end++
		}
		p.pages[member] = n
	}
}

// unfinished says of lists that go on that their last page is missing.
func (o *outcome) unfinished() {
	var members []string
	for member, n := range o.pages {
		if n.goOn > 0 && n.end == 0 {
			members = append(members, member)
		}
	}
	slices.Sort(members)
	for _, member := range members {
		n := o.pages[member]
		o.problems++
		o.entry(place(n.file, n.line), "the list "+member+" goes on in another page, which is not here: give every page, or let the AWS CLI read all of them (without --max-items and --no-paginate)")
	}
}

// isContainer reports whether a document is a container definition without the task definition around it.
func isContainer(n tree.Node) bool {
	if n.Get("name").Kind() != tree.String || n.Get("image").Kind() != tree.String || n.Get("kind").Exists() || n.Get("apiVersion").Exists() {
		return false
	}
	for _, field := range []string{"essential", "portMappings", "logConfiguration", "mountPoints", "memoryReservation"} {
		if n.Get(field).Exists() {
			return true
		}
	}
	return false
}
