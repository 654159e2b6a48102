package manifest

import (
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// answer keeps the resources of an answer of the AWS API, as the AWS CLI prints it.
func (w *worker) answer(a aws.Answer) {
	w.part.lists++ // an answer without a resource is one all the same
	for item := range a.Items(aws.Scope{}) {
		if item.Problem != "" {
			w.part.problem(item.Object.Line(), "it looks like what the AWS CLI prints, but "+item.Problem)
			continue
		}
		r := item.Resource
		r.Origin = originOf(w.part.file, item.Object.Line())
		item.Object.Get(aws.UnknownField).Drop() // nobody but a plan or template can say that
		aws.Sanitize(r.Type, item.Object)
		w.keep(r, item.Object, w.part.file)
	}
}
