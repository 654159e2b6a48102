package remedy

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/schema"
)

// isReport reports whether a resource is known from what AWS answered, and from nothing that it could be made of anew.
// What register-task-definition takes is in no account yet, and is a source.
func isReport(r *inventory.Resource) bool {
	if r == nil { // a cluster that is known by its name alone
		return false
	}
	a, isARN := r.UID.ARN()
	return isARN && aws.IsType(r.Type) && madeOf(r).By == "" && (r.Type != aws.ECSTaskDefinition || a.Account != "")
}

// current leaves out what is said of the task definitions that no service runs but in a deployment that another one
// takes the place of, or in a task set: a new revision of those would bring back what the service has left behind.
func (s *Session) current(evidence []finding.Evidence) []finding.Evidence {
	return slices.DeleteFunc(evidence, func(e finding.Evidence) bool {
		r := s.now.view.Get(e.Resource)
		if r == nil || r.Type != aws.ECSTaskDefinition {
			return false
		}
		running := servicesOf(s.now.view, r.UID)
		return len(running) > 0 && !slices.ContainsFunc(running, func(service *inventory.Resource) bool {
			return ownDefinition(service) == r.UID
		})
	})
}

// servicesOf lists the services that run a task definition, by UID.
func servicesOf(v *inventory.View, definition inventory.UID) []*inventory.Resource {
	var all []*inventory.Resource
	for link := range v.In(definition, inventory.RunsTaskDefinition) {
		if r := v.Get(link.UID); r != nil && r.Type == aws.ECSService && !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *inventory.Resource) int { return strings.Compare(string(a.UID), string(b.UID)) })
	return all
}

// ownDefinition gives the task definition that a service itself names, which its next tasks run.
func ownDefinition(service *inventory.Resource) inventory.UID {
	if s, ok := service.Spec.(*aws.ServiceSpec); ok {
		for _, d := range s.TaskDefinitions {
			if d.Path == "$.taskDefinition" {
				return d.UID
			}
		}
	}
	return ""
}

// withoutReplaced gives the inventory after the deployments that follow from patches: a service that was patched, or
// whose task definition was, has its own settings in all of them, and runs no other task definition any more.
func withoutReplaced(v *inventory.View, patched map[inventory.UID]bool) *inventory.View {
	settled := map[inventory.UID]*inventory.Resource{}
	for r := range v.OfType(aws.ECSService) {
		object, err := v.Raw(r.UID)
		if err != nil || !patched[r.UID] && !patched[ownDefinition(r)] {
			continue
		}
		anew := identity(r)
		anew.SetObject(object.Root().AppendJSON(nil), nil)
		object.Root().Get("deployments").Drop()
		schema.Project(anew, object.Root())
		settled[r.UID] = anew
	}
	if len(settled) == 0 {
		return v
	}
	after := withResources(v, settled)
	all := slices.DeleteFunc(slices.Clone(after.All()), func(r *inventory.Resource) bool {
		return r.Type == aws.ECSTaskDefinition && len(servicesOf(v, r.UID)) > 0 && len(servicesOf(after, r.UID)) == 0
	})
	return schema.NewView(v.Sources(), all)
}
