package vpc

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

// Endpoint says who can connect to the API server of an EKS cluster
// (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
type Endpoint struct {
	// Public says whether anybody on the internet can, and Everybody whether all of it can, or nearly: see
	// [IsEverybody].
	Public, Everybody finding.State
	// Private says whether the cluster has an endpoint within its VPC.
	Private finding.State
	// Clients are the public addresses that can connect; where Public is unknown those that might.
	Clients cidr.Set
	// Evidence lists the fields that decide about the public endpoint.
	Evidence []finding.Evidence
	// Why says what is not known of the public endpoint; it is set exactly where Public or Everybody is unknown.
	Why lang.Text
}

// Endpoint says who can connect to the API server of an EKS cluster; it is zero for any other resource.
func (m *Model) Endpoint(cluster *inventory.Resource) Endpoint {
	s, ok := cluster.Spec.(*aws.EKSClusterSpec)
	if !ok {
		return Endpoint{}
	}
	f := m.facts()
	const public, private, list = "$.resourcesVpcConfig.endpointPublicAccess", "$.resourcesVpcConfig.endpointPrivateAccess", "$.resourcesVpcConfig.publicAccessCidrs"
	e := Endpoint{Private: isOn(s.PrivateAccess, s.Unknown, private), Evidence: []finding.Evidence{evidence(cluster, public, nil)}}
	if s.PublicAccess != nil {
		e.Evidence[0].Value = *s.PublicAccess
	}
	on := isOn(s.PublicAccess, s.Unknown, public)
	who := clients{}
	switch on {
	case finding.Absent:
		return e
	case finding.Unknown:
		e.Why = *openField(cluster.UID, public)
	}
	for i, block := range s.PublicCIDRs {
		if addresses, err := cidr.Parse(block); err == nil {
			who.sure = who.sure.Union(addresses.Intersect(f.internet))
			e.Evidence = append(e.Evidence, evidence(cluster, element(list, i), block))
		}
	}
	who.maybe = who.sure
	if len(s.PublicCIDRs) == 0 || s.Unknown.Touches(list) {
		who.maybe = f.internet
		if e.Why == (lang.Text{}) {
			e.Why = *openField(cluster.UID, list)
		}
	}
	e.judge(on, who)
	return e
}

// judge sets what follows from an endpoint that is on, or might be, and who is let in.
func (e *Endpoint) judge(on finding.State, who clients) {
	e.Clients = who.maybe
	switch {
	case on == finding.Present && !who.sure.IsEmpty():
		e.Public, e.Clients = finding.Present, who.sure
	case !who.maybe.IsEmpty():
		e.Public = finding.Unknown
	}
	switch {
	case on == finding.Present && IsEverybody(who.sure):
		e.Everybody = finding.Present
	case IsEverybody(who.maybe):
		e.Everybody = finding.Unknown
	}
	if e.Public != finding.Unknown && e.Everybody != finding.Unknown {
		e.Why = lang.Text{}
	}
}

// isOn reads a switch that an answer may not tell of.
func isOn(value *bool, unknown aws.Unknown, path string) finding.State {
	switch {
	case value == nil || unknown.Touches(path):
		return finding.Unknown
	case *value:
		return finding.Present
	}
	return finding.Absent
}
