package iam

import "slices"

// Grant is one way by which a principal gives itself every permission, or makes somebody who has them: all of its steps
// must be allowed.
type Grant struct {
	// ID is kebab-case and permanent.
	ID string
	// By is the kind of principal that can go the way: user, role, or "" for both.
	By string
	// Steps are taken in order.
	Steps []Step
}

// Step is one request of a Grant.
type Step struct {
	Action string
	On     Target
}

// Target is the resource of a step.
type Target uint8

// The targets.
const (
	Itself    Target = iota // The user or role that takes the step.
	OwnPolicy               // A policy of the account that is attached to it, or to one of its groups.
	OwnGroup                // A group that the user is in.
	NewUser                 // A user that does not exist yet, of any name.
	NewRole                 // A role that does not exist yet, of any name.
)

// Grants lists the ways.
//
// Source: the actions of AWS Identity and Access Management in the Service Authorization Reference, with their resource
// types; the escalations are those that Rhino Security Labs described in 2019 as far as they need nobody else's role.
func Grants() []Grant {
	return []Grant{
		{"put-role-policy", "role", []Step{{"iam:PutRolePolicy", Itself}}},
		{"attach-role-policy", "role", []Step{{"iam:AttachRolePolicy", Itself}}},
		{"put-user-policy", "user", []Step{{"iam:PutUserPolicy", Itself}}},
		{"attach-user-policy", "user", []Step{{"iam:AttachUserPolicy", Itself}}},
		{"put-group-policy", "user", []Step{{"iam:PutGroupPolicy", OwnGroup}}},
		{"attach-group-policy", "user", []Step{{"iam:AttachGroupPolicy", OwnGroup}}},
		{"create-policy-version", "", []Step{{"iam:CreatePolicyVersion", OwnPolicy}}},
		{"create-user", "", []Step{{"iam:CreateUser", NewUser}, {"iam:AttachUserPolicy", NewUser}, {"iam:CreateAccessKey", NewUser}}},
		{"create-role", "", []Step{{"iam:CreateRole", NewRole}, {"iam:AttachRolePolicy", NewRole}, {"sts:AssumeRole", NewRole}}},
	}
}

// openWay says whether one of the ways is open: the best of them decides. bounded is set where a boundary would have to
// be removed to use what they give.
func (p *Principal) openWay(at place, bounded bool, e *effort) func(facts) Decision {
	return func(known facts) Decision {
		best := Decision{}
		for _, g := range Grants() {
			if kind := p.arn.Kind(); g.By != "" && kind != "" && g.By != kind {
				continue
			}
			for _, way := range p.ways(g, at, bounded) {
				if d := p.all(way, known, e); d.Verdict > best.Verdict {
					best = d
				}
			}
		}
		return best
	}
}

// all says whether a list of requests is allowed: the worst of them decides.
func (p *Principal) all(way []Request, known facts, e *effort) Decision {
	worst := Decision{Verdict: Allowed}
	for _, r := range way {
		r.Context = slices.Concat(known.asked, r.Context)
		if d := p.canOn(r, e); d.Verdict < worst.Verdict {
			worst = d
		}
	}
	return worst
}

// canOn says whether the principal may make a request. Of a principal without ARN, the resource is a pattern: what is
// allowed of it in part is open.
func (p *Principal) canOn(r Request, e *effort) Decision {
	if p.arn.Account != "" {
		return p.Can(r)
	}
	s := p.standing(newRegion(r.Action, r.Resource, e), facts{asked: r.Context, implied: p.implied})
	if s.Verdict == Allowed && len(s.Except) > 0 {
		return Decision{Verdict: Unknown, Because: s.Except, Why: Reason{Kind: OpenARN, Detail: p.name}}
	}
	return Decision{Verdict: s.Verdict, Because: s.Because, Why: s.Why}
}

// ways lists the requests of a grant, once for each resource that it can be tried on. A principal under a boundary that
// it must get rid of first takes that step too, unless it makes somebody without one.
func (p *Principal) ways(g Grant, at place, bounded bool) [][]Request {
	var all [][]Request
	for _, on := range p.targets(g.Steps[0].On, at) {
		var way []Request
		made := g.Steps[0].On == NewUser || g.Steps[0].On == NewRole
		if bounded && !made {
			action := "iam:DeleteRolePermissionsBoundary"
			if p.arn.Kind() == "user" {
				action = "iam:DeleteUserPermissionsBoundary"
			}
			way = append(way, Request{Action: action, Resource: p.targets(Itself, at)[0], Context: Context{p.ownBoundary()}})
		}
		for _, s := range g.Steps {
			way = append(way, Request{Action: s.Action, Resource: on, Context: p.choices(made)})
		}
		all = append(all, way)
	}
	return all
}

// choices is what whoever takes the steps chooses, and what follows from the target. Of the policy that is attached only
// that there is one is known: it may be any that the conditions leave.
func (p *Principal) choices(made bool) Context {
	if made {
		return Context{IsLike("iam:PolicyARN", "*"), Is("iam:PermissionsBoundary")}
	}
	return Context{IsLike("iam:PolicyARN", "*"), p.ownBoundary()}
}

// ownBoundary is the fact about the boundary of the principal itself.
func (p *Principal) ownBoundary() Fact {
	switch {
	case p.boundary != "":
		return Is("iam:PermissionsBoundary", p.boundary)
	case len(p.layers) > 1:
		return IsLike("iam:PermissionsBoundary", "*")
	default:
		return Is("iam:PermissionsBoundary")
	}
}

// targets lists the resources of a kind that the principal has. Without an ARN of its own, they are patterns.
func (p *Principal) targets(t Target, at place) []string {
	a := at.arn("iam", "*").String()
	known := p.arn.Account != ""
	switch {
	case t == OwnGroup && known:
		return p.groups
	case t == OwnPolicy && known:
		return p.ownPolicies()
	case t == Itself && known:
		return []string{p.name}
	case t == Itself, t == OwnGroup && len(p.groups) > 0, t == OwnPolicy && len(p.ownPolicies()) > 0:
		return []string{a}
	case t == NewUser:
		return []string{at.arn("iam", "user/"+unnamed).String()}
	case t == NewRole:
		return []string{at.arn("iam", "role/"+unnamed).String()}
	default:
		return nil
	}
}

// ownPolicies lists the managed policies of the account that are attached to the principal.
func (p *Principal) ownPolicies() []string {
	return slices.DeleteFunc(slices.Clone(p.attached), func(arn string) bool {
		_, aws := managedByAWS(arn)
		return aws
	})
}
