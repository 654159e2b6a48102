package manifest

import (
	"strings"

	"github.com/merlonsec/merlon/internal/collect/iac"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// template reads the resources of a CloudFormation template.
func (w *worker) cloudFormation(root tree.Node) {
	f := w.part.file
	made := iac.Template(root, f.short())
	w.made(made, func(iac.Made) *file { return f })
	if len(made.Made) == 0 && len(made.Problems) == 0 {
		w.part.problem(root.Line(), "the CloudFormation template makes nothing that Merlon reads: it has no resource of a type that it knows")
	}
}

// made keeps the AWS resources that infrastructure code makes. at gives the file that each stands in.
func (w *worker) made(result iac.Result, at func(iac.Made) *file) {
	for _, problem := range result.Problems {
		w.part.problem(problem.Line, printable(problem.Why))
	}
	for _, m := range result.Made {
		if err := tree.DecodeJSON(&w.typed, m.Object, 1, tree.Limits{}); err != nil || w.typed.SetLines(m.Lines) != nil {
			w.part.problem(m.Line, printable(m.Name)+" is too large, and was not read")
			continue
		}
		item := aws.Identify(m.Type, m.Scope, w.typed.Root(), m.UID)
		if item.Problem != "" {
			w.part.problem(m.Line, printable(m.Name)+" was not assessed: "+item.Problem)
			continue
		}
		r, from := item.Resource, at(m)
		if r.Name == "" || strings.Contains(r.Name, "://") { // of a resource that is planned
			r.Name = m.Name
		}
		r.Origin = originOf(from, m.Line)
		aws.Sanitize(r.Type, item.Object)
		w.keep(r, item.Object, from)
	}
}

// short is the name that a file has in the path that was given: that of a template in UIDs, without its extension.
func (f *file) short() string {
	name := f.base
	if f.inner != "" {
		name = f.inner
	}
	return strings.TrimSuffix(name, extension(f.base))
}
