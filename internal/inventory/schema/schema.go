// Package schema joins what Merlon knows of the resources of each platform: it projects a resource of whatever
// type, makes the view of resources of several platforms, and finds the EKS cluster that a Kubernetes cluster
// is. Resources come in as collectors made them; the view that everything else reads goes out. It knows no
// platform by itself, and reads nothing.
package schema

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// Project fills in what follows from a sanitised object, by the type of its resource. It is an
// [inventory.Project].
func Project(r *inventory.Resource, object tree.Node) {
	if aws.IsType(r.Type) {
		aws.Project(r, object)
		return
	}
	k8s.Project(r, object)
}

// NewView makes the view of resources, with every relation that follows from what they say together.
func NewView(sources []inventory.Source, resources []*inventory.Resource) *inventory.View {
	return inventory.NewView(sources, resources, k8s.Relate, aws.Relate, relateClusters)
}
