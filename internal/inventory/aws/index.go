package aws

import "github.com/merlonsec/merlon/internal/inventory"

// Index finds resources by what others call them: those of Amazon EC2 by ID, repositories by URI. Its zero value is empty; it does not change once made.
type Index struct {
	byID  map[string]*inventory.Resource
	inVPC map[vpcPart][]*inventory.Resource
}

type vpcPart struct {
	vpc  string
	kind inventory.Type
}

// NewIndex indexes the AWS resources of a view.
func NewIndex(v *inventory.View) *Index {
	x := &Index{byID: map[string]*inventory.Resource{}, inVPC: map[vpcPart][]*inventory.Resource{}}
	for _, r := range v.All() {
		id, vpc := idOf(r)
		if id != "" {
			x.byID[id] = r
		}
		if vpc != "" {
			x.inVPC[vpcPart{vpc, r.Type}] = append(x.inVPC[vpcPart{vpc, r.Type}], r)
		}
	}
	return x
}

// Get returns the resource with an ID ("subnet-…"); nil where it was not read.
func (x *Index) Get(id string) *inventory.Resource { return x.byID[id] }

// InVPC lists the resources of a type in a VPC, by UID.
func (x *Index) InVPC(vpc string, t inventory.Type) []*inventory.Resource {
	return x.inVPC[vpcPart{vpc, t}]
}

// Find gives the projection of the resource with an ID; nil where it was not read, or is something else.
func Find[S any](x *Index, id string) (spec *S, r *inventory.Resource) {
	if r = x.byID[id]; r == nil {
		return nil, nil
	}
	spec, ok := r.Spec.(*S)
	if !ok {
		return nil, nil
	}
	return spec, r
}

// idOf gives what a resource is called by others, and the VPC that it is in.
func idOf(r *inventory.Resource) (id, vpc string) {
	switch s := r.Spec.(type) {
	case *VPCSpec:
		return s.ID, ""
	case *SubnetSpec:
		return s.ID, s.VPC
	case *RouteTableSpec:
		return s.ID, s.VPC
	case *InternetGatewaySpec:
		return s.ID, ""
	case *NATGatewaySpec:
		return s.ID, s.VPC
	case *SecurityGroupSpec:
		return s.ID, s.VPC
	case *NetworkACLSpec:
		return s.ID, s.VPC
	case *NetworkInterfaceSpec:
		return s.ID, s.VPC
	case *InstanceSpec:
		return s.ID, s.VPC
	case *PrefixListSpec:
		return s.ID, ""
	case *RepositorySpec:
		return s.URI, ""
	}
	return "", ""
}
