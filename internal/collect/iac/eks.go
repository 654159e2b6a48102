package iac

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

func eksClusters() []inventory.Type { return []inventory.Type{aws.EKSCluster} }

func principals() []inventory.Type { return []inventory.Type{aws.IAMRole, aws.IAMUser} }

// finishEKSLogging writes which logs a cluster sends, as the API does, and who may reach its endpoint by default.
func finishEKSLogging(_ *assembly, a *answer, v value) {
	a.putLogTypes(v.get("enabled_cluster_log_types"))
	a.openEndpoint(v.get("vpc_config.public_access_cidrs"))
}

// putLogTypes writes the list of enabled logs.
func (a *answer) putLogTypes(types value) {
	list := newList(types.line)
	for _, item := range types.list() {
		if item.open {
			types.open = true
		} else {
			list.add(newText(item.text, item.line))
		}
	}
	if types.open && !types.unset {
		a.leaveOpen("logging")
	}
	if len(list.kids) > 0 {
		enabled := newMap(types.line)
		enabled.set("types", list)
		enabled.set("enabled", newTrue(true, types.line))
		a.object.list("logging.clusterLogging", types.line).add(enabled)
	}
}

// openEndpoint says who may connect to a public endpoint where nobody said it: everybody
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigRequest.html).
func (a *answer) openEndpoint(cidrs value) {
	if !cidrs.isNothing() && !cidrs.unset && (cidrs.kind != tree.List || len(cidrs.items) > 0) {
		return
	}
	everybody := newList(a.line)
	everybody.add(newText("0.0.0.0/0", a.line))
	a.object.set("resourcesVpcConfig.publicAccessCidrs", everybody)
	a.close("resourcesVpcConfig.publicAccessCidrs")
}

// finishEKSPart names the cluster of what belongs to one.
func finishEKSPart(s *assembly, a *answer, v value) { s.putCluster(a, v.get("cluster_name")) }

// putCluster writes the name of the EKS cluster of a resource, and its ARN or planned UID where the name alone
// would not lead to it.
func (s *assembly) putCluster(a *answer, name value) {
	cluster := s.find(name, eksClusters())
	switch {
	case cluster != nil && (cluster.arn == "" || a.arn == "" && a.id == ""):
		a.object.set("clusterName", newText(cluster.ref(), name.line))
	case name.open:
		a.leaveOpen("clusterName")
	default:
		a.object.set("clusterName", newText(name.text, name.line))
	}
}

// finishAccessPolicy gives a principal in a cluster one more access policy: the API lists all in one answer.
func finishAccessPolicy(s *assembly, a *answer, v value) {
	policy := newMap(a.line)
	for _, member := range []string{"policyArn", "accessScope"} {
		if n := a.object.get(member); n != nil {
			policy.set(member, n)
		}
	}
	principal := a.object.get("principalArn")
	open := slices.DeleteFunc(a.open, func(path string) bool { return path == "$.principalArn" })
	a.object, a.open = newMap(a.line), nil
	s.putCluster(a, v.get("cluster_name"))
	if principal == nil || a.object.textOf("clusterName") == "" {
		a.kind.typ = ""
		s.problem(a.line, a.label+" was not assessed: its cluster or its principal is not known")
		return
	}
	a.object.set("principalArn", principal)
	s.addAccessPolicy(a, policy, open)
}

// addAccessPolicy adds an access policy to the resource of its cluster and principal: to an earlier one where
// there is one.
func (s *assembly) addAccessPolicy(a *answer, policy *node, open []string) {
	key := [2]string{a.object.textOf("clusterName"), a.object.textOf("principalArn")}
	to := s.policies[key]
	if to == nil {
		to = a
		s.policies[key] = a
	} else {
		a.kind.typ = ""
	}
	list := to.object.list("associatedAccessPolicies", a.line)
	for _, path := range open {
		to.open = append(to.open, tree.PathIndex("$.associatedAccessPolicies", len(list.kids))+path[1:])
	}
	list.add(policy)
}
