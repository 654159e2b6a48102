package iac

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// principalKind is what the API calls a type of principal in the names of members: "Role".
func principalKind(t inventory.Type) string {
	switch t {
	case aws.IAMRole:
		return "Role"
	case aws.IAMUser:
		return "User"
	}
	return "Group"
}

// addInline gives a principal a policy of its own.
func (s *assembly) addInline(a *answer, name, document value) {
	list := principalKind(a.kind.typ) + "PolicyList"
	l := a.object.list(list, a.line)
	n := newMap(document.line)
	at := a.root().below(list, len(l.kids), n)
	s.fill(at, mapOf(document.line, map[string]value{"name": name, "document": document}), []field{text("PolicyName", "name"), documentField("PolicyDocument", "document")})
	l.add(n)
}

// attach gives a principal a managed policy.
func (s *assembly) attach(a *answer, policy value) {
	arn, ok := s.reference(policy, []inventory.Type{aws.IAMPolicy})
	if !ok {
		a.leaveOpen("AttachedManagedPolicies")
		return
	}
	list := a.object.list("AttachedManagedPolicies", a.line)
	if !a.once("attached " + arn) {
		return
	}
	n := newMap(policy.line)
	if parsed, isARN := inventory.ParseARN(arn); isARN {
		n.set("PolicyName", newText(parsed.Name(), policy.line))
	}
	n.set("PolicyArn", newText(arn, policy.line))
	list.add(n)
}

// attachAll gives a principal a list of managed policies.
func (s *assembly) attachAll(a *answer, policies value) {
	if policies.open && !policies.unset {
		a.leaveOpen("AttachedManagedPolicies")
	}
	for _, policy := range policies.list() {
		s.attach(a, policy)
	}
}

// putPolicyVersion writes the document of a managed policy as its default version, which is all that plans and
// templates know.
func (s *assembly) putPolicyVersion(a *answer, document value) {
	n := newMap(document.line)
	n.set("IsDefaultVersion", newTrue(true, document.line))
	list := a.object.list("PolicyVersionList", document.line)
	s.fill(a.root().below("PolicyVersionList", 0, n), mapOf(document.line, map[string]value{"document": document}), []field{documentField("Document", "document")})
	list.add(n)
}

// eachNamed calls do for each principal of a list; missing is told of those that are not in the document.
func (s *assembly) eachNamed(names value, t inventory.Type, do func(*answer)) (missing bool) {
	if names.isNothing() {
		return false
	}
	if names.open && len(names.leads) == 0 {
		return !names.unset
	}
	found, whole := s.references(names, []inventory.Type{t})
	for _, name := range found {
		if a := s.find(textValue(name, names.line), []inventory.Type{t}); a != nil {
			do(a)
		} else {
			whole = false
		}
	}
	return !whole
}
