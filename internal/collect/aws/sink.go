package aws

import (
	"bytes"
	"errors"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// store keeps the resources of an answer.
func store[In, Out any](j *job, c *call[In, Out], out *Out) { storeWith(j, j.place, c, out, nil) }

// storeWith keeps the resources of an answer from a place, with members that the answer does not have by itself.
func storeWith[In, Out any](j *job, p *place, c *call[In, Out], out *Out, extra map[string]string) {
	j.keep(p, c.form, out, c.single, extra)
}

// storeAny keeps the resources of something made of several answers.
func storeAny(j *job, f form, out any) { j.keep(j.place, f, out, false, nil) }

// keep puts an answer in the form of the AWS CLI, and goes on as if that had been read from a file: so both give the same
// resources, and the values of secrets are taken out in the same place, before anything is kept.
func (j *job) keep(p *place, f form, out any, whole bool, extra map[string]string) {
	d := j.run.decoders.Get().(*decoder)
	defer j.run.decoders.Put(d)
	for document := range f.documents(out, whole, extra) {
		if err := tree.DecodeJSON(&d.tree, document, 1, tree.Limits{}); err != nil {
			j.failWith(nil, "", because(failed, notKept(err)))
			continue
		}
		answer, ok := resource.Recognise(d.tree.Root())
		if !ok {
			j.failWith(nil, "", because(failed, "AWS answered something that Merlon does not know"))
			continue
		}
		for item := range answer.Items(p.scope) {
			if item.Problem != "" {
				j.failWith(nil, "", because(failed, "AWS described something, but "+item.Problem))
				continue
			}
			j.add(d, item)
		}
	}
}

func notKept(err error) string {
	var limit *tree.LimitError
	if errors.As(err, &limit) {
		return "the answer of AWS is too large"
	}
	return "the answer of AWS cannot be read"
}

// decoder is the memory that decoding takes, kept from one answer to the next.
type decoder struct {
	tree    tree.Tree
	scratch []byte
}

func (j *job) add(d *decoder, item resource.Item) {
	r := item.Resource
	resource.Sanitize(r.Type, item.Object)
	d.scratch = item.Object.AppendJSON(d.scratch[:0])
	r.SetObject(bytes.Clone(d.scratch), nil)
	resource.Project(r, item.Object)
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, again := j.resources[r.UID]; !again {
		j.run.resources.Add(1)
	}
	j.resources[r.UID] = r
}

// isOwn reports whether a resource belongs to the account that it was read from, and is not shared by another one.
func isOwn(r *inventory.Resource, s resource.Scope) bool { return r.Account == s.Account }
