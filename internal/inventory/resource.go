// Package inventory holds the resources that were collected and the relations between them. Collectors
// hand it typed resources with their sanitised source objects; it gives out an immutable [View] with
// indexes, the difference between two views, and the snapshot file. It knows no kind of resource by
// itself: the types, their projections and the relations that follow from selectors belong to its
// sub-packages. It never holds the value of a secret.
package inventory

import (
	"slices"
	"strconv"
	"strings"
)

// Type is a CloudFormation type ("AWS::ECS::Service") or "k8s/GROUP/KIND".
type Type string

// KubernetesType gives the type of a Kubernetes kind; the empty group is written "core".
func KubernetesType(group, kind string) Type {
	if group == "" {
		group = "core"
	}
	return Type("k8s/" + group + "/" + kind)
}

// Kind is the last part of the type: "Deployment", "Service".
func (t Type) Kind() string {
	s := string(t)
	return s[strings.LastIndexAny(s, "/:")+1:]
}

// Origin is where a source wrote something.
type Origin struct {
	File string `json:"file,omitempty"`
	// Line is 1-based; 0 where it is not known.
	Line int `json:"line,omitempty"`
}

// IsZero reports whether nothing is known of the origin, as for an object read from an API.
func (o Origin) IsZero() bool { return o == Origin{} }

// String writes the place as a compiler does: "shop.yaml:12".
func (o Origin) String() string {
	switch {
	case o.File == "":
		return "an object without a file"
	case o.Line == 0:
		return o.File
	}
	return o.File + ":" + strconv.Itoa(o.Line)
}

// Made says what made an object that does not stand in its origin as it is. The zero value is that of an
// object which does.
type Made struct {
	// By is [MadeByHelm], [MadeByKustomize] or [MadeByTerraform].
	By string `json:"by"`
	// From is the path of the chart, the kustomization or the plan, as the user gave it.
	From string `json:"from"`
}

// What makes objects.
const (
	MadeByHelm      = "helm"
	MadeByKustomize = "kustomize"
	MadeByTerraform = "terraform"
)

// Label is one label of a Kubernetes object or one tag of an AWS resource.
type Label struct{ Key, Value string }

// Labels is a set of labels sorted by key.
type Labels []Label

// Get returns the value of a label.
func (l Labels) Get(key string) (string, bool) {
	i, ok := slices.BinarySearchFunc(l, key, func(x Label, key string) int { return strings.Compare(x.Key, key) })
	if !ok {
		return "", false
	}
	return l[i].Value, true
}

// Contains reports whether every one of the wanted labels is in the set. Nothing wanted is contained
// in every set.
func (l Labels) Contains(want Labels) bool {
	for _, w := range want {
		if v, ok := l.Get(w.Key); !ok || v != w.Value {
			return false
		}
	}
	return true
}

// RelationKind names how one resource stands to another.
type RelationKind string

// The relations that sources state. Each reads from the left: a Service selects a Deployment.
const (
	OwnedBy            RelationKind = "owned-by"
	Selects            RelationKind = "selects"
	Mounts             RelationKind = "mounts"
	UsesServiceAccount RelationKind = "uses-service-account"
	RunsImage          RelationKind = "runs-image"
	Binds              RelationKind = "binds"
	GrantsTo           RelationKind = "grants-to"
	RoutesTo           RelationKind = "routes-to"

	InCluster          RelationKind = "in-cluster"
	RunsTaskDefinition RelationKind = "runs-task-definition"
	AssumesRole        RelationKind = "assumes-role"
	UsesExecutionRole  RelationKind = "uses-execution-role"
	InSubnet           RelationKind = "in-subnet"
	GuardedBy          RelationKind = "guarded-by"  // by a security group
	BalancedBy         RelationKind = "balanced-by" // by a target group or load balancer
	RunsOn             RelationKind = "runs-on"     // an instance
	Hosts              RelationKind = "hosts"       // an EKS cluster the Kubernetes cluster that it is
)

// Relation is one relation of a resource to another, which need not have been read.
type Relation struct {
	Kind RelationKind
	To   UID
	// Path is the field that states it, as a JSONPath; "" where it follows from a selector.
	Path string
}

// Resource is one thing with a UID, as far as a source told of it.
type Resource struct {
	UID                                       UID
	Type                                      Type
	Name, Namespace, Cluster, Account, Region string
	Labels                                    Labels
	Origin                                    Origin
	Made                                      Made
	// Spec is the typed projection: the fields that rules and models read. It is a pointer to a type of
	// the sub-package that knows the resource's type, and nil for a type that is only counted.
	Spec any
	// Relations lists what the resource itself states.
	Relations []Relation
	// Unsettled says that parts of the object are not known yet: it is planned, and another object decides them.
	Unsettled bool

	object, lines []byte
}

// SetObject gives the resource its sanitised source object: compact JSON, and the table of lines that
// belongs to it (see package tree), which may be empty. The resource keeps both slices.
func (r *Resource) SetObject(json, lines []byte) { r.object, r.lines = json, lines }

// HasObject reports whether the resource's source object is held.
func (r *Resource) HasObject() bool { return len(r.object) > 0 }
