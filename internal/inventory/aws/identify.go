package aws

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// Identify makes the resource of one object of a type, as [Answer.Items] does of those in an answer. Whoever
// knows a planned resource gives its planned UID, for an object that has neither ARN nor ID of its own; else it
// is "".
func Identify(t inventory.Type, s Scope, object tree.Node, planned inventory.UID) Item {
	for _, e := range envelopes() {
		if e.kind != t || e.shape == namesAlone {
			continue
		}
		item := e.item(s, object, object)
		if planned == "" {
			return item
		}
		r := item.Resource
		if r == nil {
			r = &inventory.Resource{Type: t}
		}
		r.UID, r.Account, r.Region = planned, s.Account, s.Region
		return Item{Object: object, Resource: r}
	}
	return Item{Object: object, Problem: "Merlon does not read resources of its type"}
}
