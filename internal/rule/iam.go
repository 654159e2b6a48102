package rule

import (
	"slices"
	"strings"
	"sync"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/iam"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// identities holds the IAM model of a world.
type identities struct {
	once  sync.Once
	model *iam.Model
}

// IAM answers what the users and roles of the world may do in AWS.
func (w *World) IAM() *iam.Model {
	w.aws.identities.once.Do(func() { w.aws.identities.model = iam.Compile(identitiesOf(w.Inventory)) })
	return w.aws.identities.model
}

// Role finds a role of the world. Where it was not read, the truth says why nothing is known of it.
func (w *World) Role(arn inventory.UID) (role *iam.Principal, known Truth) {
	if p, ok := w.IAM().Principal(string(arn)); ok {
		return p, Is(true)
	}
	return nil, Unknown(lang.Text{
		EN: "the role and its policies were not read",
		ES: "no se leyeron el rol ni sus políticas",
		PT: "o perfil e suas políticas não foram lidos",
	})
}

// identitiesOf puts the IAM resources of a view into the form that package iam reads.
func identitiesOf(v *inventory.View) iam.Input {
	var in iam.Input
	for r := range v.OfType(aws.IAMPolicy) {
		p := r.Spec.(*aws.ManagedPolicySpec)
		in.Policies = append(in.Policies, iam.Policy{Name: string(r.UID), Document: p.Document.JSON})
	}
	groups := map[string]string{} // ARNs by account and name, as users name their groups
	for r := range v.OfType(aws.IAMGroup) {
		p := r.Spec.(*aws.PrincipalSpec)
		groups[r.Account+"/"+p.Name] = string(r.UID)
		in.Groups = append(in.Groups, iam.Group{ARN: string(r.UID), Inline: inline(p), Attached: attached(p)})
	}
	for r := range v.OfType(aws.IAMRole, aws.IAMUser) {
		p := r.Spec.(*aws.PrincipalSpec)
		s := iam.Source{
			ARN: string(r.UID), Inline: inline(p), Attached: attached(p), Boundary: string(p.Boundary), Trust: p.Trust.JSON,
		}
		for _, name := range p.Groups {
			arn := groups[r.Account+"/"+name]
			if arn == "" {
				s.NotListed = append(s.NotListed, "policies of the group "+name)
				continue
			}
			s.Groups = append(s.Groups, arn)
		}
		in.Principals = append(in.Principals, s)
	}
	return in
}

func inline(p *aws.PrincipalSpec) []iam.Policy {
	var all []iam.Policy
	for _, d := range p.Inline {
		all = append(all, iam.Policy{Name: d.Name, Document: d.JSON})
	}
	return all
}

func attached(p *aws.PrincipalSpec) []string {
	var all []string
	for _, ref := range p.Attached {
		all = append(all, string(ref.UID))
	}
	return all
}

// truthOf gives an answer of package iam as that of a condition.
func truthOf(verdict iam.Verdict, why iam.Reason) Truth {
	switch verdict {
	case iam.Allowed:
		return Is(true)
	case iam.Unknown:
		return Unknown(why.Text())
	}
	return Is(false)
}

// Administers says whether a role is an administrator of its account, and by which statements, for one who asks in a
// Region; "" for any, which leaves a policy open that says something of Regions.
func (w *World) Administers(role inventory.UID, region string) (Truth, []iam.Ref) {
	p, known := w.Role(role)
	if p == nil {
		return known, nil
	}
	a := p.Administrator(asked(region))
	return truthOf(a.Verdict, a.Why), a.Because
}

// asked is what is known of requests in a Region.
func asked(region string) iam.Context {
	if region == "" {
		return nil
	}
	return iam.Context{iam.Is("aws:RequestedRegion", region)}
}

// FullServices says whether a role has a service of AWS in full without being an administrator, which services, and by
// which statements, for one who asks in a Region.
func (w *World) FullServices(role inventory.UID, region string) (Truth, []string, []iam.Ref) {
	p, known := w.Role(role)
	if p == nil {
		return known, nil, nil
	}
	if a, _ := w.Administers(role, region); a.State == finding.Present {
		return Is(false), nil, nil
	}
	answer := Is(false)
	var names []string
	var because []iam.Ref
	for _, s := range p.FullServices(asked(region)) {
		switch truth := truthOf(s.Verdict, s.Why); truth.State {
		case finding.Present:
			if answer.State != finding.Present {
				answer, names, because = truth, nil, nil
			}
			names, because = append(names, s.Service), append(because, s.Because...)
		case finding.Unknown:
			if answer.State == finding.Absent {
				answer = truth
			}
		}
	}
	return answer, names, because
}

// PolicyEvidence names the statements of policies in the resources that hold them: a managed policy, or the principal
// that an inline one belongs to. A policy that is known by its name alone is named by the principal that has it.
func (w *World) PolicyEvidence(principal inventory.UID, refs []iam.Ref) []finding.Evidence {
	var all []finding.Evidence
	for _, ref := range refs {
		if e, ok := w.statement(principal, ref); ok && !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	return all
}

func (w *World) statement(principal inventory.UID, ref iam.Ref) (finding.Evidence, bool) {
	holder := inventory.UID(ref.Holder)
	if holder == "" {
		holder = inventory.UID(ref.Policy)
	}
	r := w.Inventory.Get(holder)
	if r == nil {
		r = w.Inventory.Get(principal)
	}
	if r == nil {
		return finding.Evidence{}, false
	}
	below := strings.TrimPrefix(ref.Path, "$")
	switch s := r.Spec.(type) {
	case *aws.ManagedPolicySpec:
		return finding.Evidence{Resource: r.UID, Path: s.Document.Path + below, Value: ref.Sid}, true
	case *aws.PrincipalSpec:
		for _, d := range s.Inline {
			if d.Name == ref.Policy && ref.Holder != "" {
				return finding.Evidence{Resource: r.UID, Path: d.Path + below, Value: ref.Sid}, true
			}
		}
		for _, a := range s.Attached {
			if string(a.UID) == ref.Policy {
				return finding.Evidence{Resource: r.UID, Path: a.Path, Value: ref.Policy}, true
			}
		}
	}
	return finding.Evidence{}, false
}
