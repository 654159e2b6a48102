package aws

import (
	"iter"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// Scope is what the reader of an answer knows of where it comes from. It is empty for a file.
type Scope struct {
	Partition, Account, Region string
}

// Item is one resource of an answer, before its values are taken out.
type Item struct {
	// Resource has its identity and nothing else yet.
	Resource *inventory.Resource
	// Object is the resource's part of the answer.
	Object tree.Node
	// Problem says in English why the object is no resource; "" where it is one. It names what is missing.
	Problem string
}

// Answer is a decoded answer of the AWS API.
type Answer struct {
	root tree.Node
	of   []envelope
}

// Recognise reports whether a document is an answer of a call that Merlon knows, in the form of the AWS CLI.
// One without a single resource is an answer too.
func Recognise(n tree.Node) (Answer, bool) {
	a := Answer{root: n}
	if n.Kind() != tree.Map || n.Get("kind").Exists() && n.Get("apiVersion").Exists() {
		return a, false
	}
	for _, e := range envelopes() {
		if e.fits(n) {
			a.of = append(a.of, e)
		}
	}
	return a, len(a.of) > 0
}

// Items yields the resources of an answer.
func (a Answer) Items(s Scope) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for _, e := range a.of {
			for group, object := range e.objects(a.root) {
				if !yield(e.item(s, group, object)) {
					return
				}
			}
		}
	}
}

// shape says how the resources of an answer stand in it.
type shape uint8

const (
	one        shape = iota // the member is the resource
	many                    // the member is a list of resources
	nested                  // the member is a list of groups, and `inner` of each a list of resources
	whole                   // the answer itself is the resource: the member alone does not say of what
	namesAlone              // the member is a list of names or ARNs: there is nothing to read in it
)

// envelope is one member of an answer, and what it holds.
type envelope struct {
	member string
	shape  shape
	inner  string
	// has is a field of the resource, or of the answer for whole, that tells this answer from others with the same
	// member; "" where the member is enough.
	has      string
	kind     inventory.Type
	identify func(x *identity)
}

// fits reports whether an answer has this member in this form.
func (e envelope) fits(n tree.Node) bool {
	m := n.Get(e.member)
	switch e.shape {
	case one:
		return m.Kind() == tree.Map && (e.has == "" || m.Get(e.has).Exists())
	case whole:
		return m.Exists() && (e.has == "" || n.Get(e.has).Exists())
	case namesAlone:
		return m.Kind() == tree.List && m.Len() > 0 && m.At(0).Kind() == tree.String
	case nested:
		return m.Kind() == tree.List && (m.Len() == 0 || m.At(0).Get(e.inner).Kind() == tree.List)
	}
	if m.Kind() != tree.List {
		return false
	}
	return m.Len() == 0 || e.has == "" || m.At(0).Get(e.has).Exists()
}

// objects yields the resources with what they stand in: the group of a nested one, else the answer.
func (e envelope) objects(root tree.Node) iter.Seq2[tree.Node, tree.Node] {
	return func(yield func(group, object tree.Node) bool) {
		switch m := root.Get(e.member); e.shape {
		case namesAlone:
		case whole:
			yield(root, root)
		case one:
			yield(root, m)
		case many:
			for object := range m.All() {
				if !yield(root, object) {
					return
				}
			}
		case nested:
			for group := range m.All() {
				for object := range group.Get(e.inner).All() {
					if !yield(group, object) {
						return
					}
				}
			}
		}
	}
}

func (e envelope) item(s Scope, group, object tree.Node) Item {
	x := &identity{scope: s, group: group, object: object}
	e.identify(x)
	if x.uid == "" && x.problem == "" {
		x.problem = "it has no ARN, so Merlon cannot tell which resource it is"
	}
	if x.problem == "" && !fits(x.uid, e.kind) {
		x.problem = "its ARN is one of another kind of resource: " + string(x.uid)
	}
	if x.problem != "" {
		return Item{Object: object, Problem: x.problem}
	}
	r := &inventory.Resource{UID: x.uid, Type: e.kind, Name: x.name}
	if a, ok := x.uid.ARN(); ok {
		r.Account, r.Region = a.Account, a.Region
		if r.Name == "" {
			r.Name = a.Name()
		}
	}
	return Item{Object: object, Resource: r}
}

// fits reports whether a resource of a type may have a UID: an ARN names the service, and one of AWS IAM the kind. A
// UID that is no ARN is that of a plan or template.
func fits(uid inventory.UID, t inventory.Type) bool {
	a, ok := uid.ARN()
	if !ok {
		return true
	}
	service, _, _ := strings.Cut(strings.TrimPrefix(string(t), "AWS::"), "::")
	switch service {
	case "ElasticLoadBalancingV2", "ElasticLoadBalancing":
		return a.Service == "elasticloadbalancing"
	case "InspectorV2":
		return a.Service == "inspector2" || t == ImageInUse && a.Service == "ecr"
	case "IAM":
		kinds := map[inventory.Type]string{
			IAMRole: "role", IAMUser: "user", IAMGroup: "group", IAMPolicy: "policy",
			IAMInstanceProfile: "instance-profile", IAMOIDCProvider: "oidc-provider",
		}
		return a.Service == "iam" && a.Kind() == kinds[t]
	}
	return strings.EqualFold(a.Service, service)
}

// identity is what an identify function finds out.
type identity struct {
	scope Scope
	// group is what the object stands in: the reservation of an instance, else the answer.
	group, object tree.Node

	uid     inventory.UID
	name    string // the last part of the ARN where empty
	problem string
}

// text gives a field of the object.
func (x *identity) text(keys ...string) string { return x.object.Get(keys...).Text() }

// take makes an ARN the resource's UID, and reports whether it is one. A resource of a plan or template that
// has no ARN yet comes with a UID in its place.
func (x *identity) take(text string) bool {
	_, isARN := inventory.ParseARN(text)
	if isARN || IsPlanned(text) {
		x.uid = inventory.UID(text)
	}
	return x.uid != ""
}

// IsPlanned reports whether a reference leads to a resource of a Terraform plan or a CloudFormation template,
// which has neither ARN nor ID before it is made.
func IsPlanned(reference string) bool {
	return strings.HasPrefix(reference, "tf://") || strings.HasPrefix(reference, "cfn://")
}

// compose puts an ARN together of what the scope and the object say. An id that was planned is the UID itself.
func (x *identity) compose(service, account, kind, id string) {
	switch {
	case id == "":
		x.problem = "it has no ID, so Merlon cannot tell which resource it is"
		return
	case IsPlanned(id):
		x.uid = inventory.UID(id)
		return
	}
	partition, region := x.scope.Partition, x.scope.Region
	if account == "" {
		account = x.scope.Account
	}
	if region == "" {
		region = x.region()
	}
	if partition == "" {
		partition = partitionOf(region)
	}
	x.uid = inventory.ARN{Partition: partition, Service: service, Region: region, Account: account, Resource: kind + id}.UID()
}

// region finds the Region that an object says with its Availability Zone, which is its Region and a letter; ""
// where it says none, or a Local Zone.
func (x *identity) region() string {
	zone := x.text("AvailabilityZone")
	if zone == "" {
		zone = x.text("Placement", "AvailabilityZone")
	}
	if n := len(zone); n > 1 && zone[n-1] >= 'a' && zone[n-1] <= 'z' && zone[n-2] >= '0' && zone[n-2] <= '9' && strings.Count(zone, "-") <= 3 {
		return zone[:n-1]
	}
	return ""
}

// partitionOf gives the partition of a Region; "aws" where the name tells no other one
// (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
