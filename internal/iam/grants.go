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

// openWay says whether one of the ways is open: the best of them decides.
func (p *Principal) openWay(bounded bool, known facts) Decision {
	best := Decision{}
	for _, g := range Grants() {
		if g.By != "" && p.arn.Kind() != "" && g.By != p.arn.Kind() {
			continue
		}
		for _, way := range p.ways(g, bounded) {
			if d := p.all(way, known); d.Verdict > best.Verdict {
				best = d
			}
		}
	}
	return best
}

// all says whether a list of requests is allowed: the worst of them decides.
func (p *Principal) all(way []Request, known facts) Decision {
	worst := Decision{Verdict: Allowed}
	for _, r := range way {
		r.Context = slices.Concat(known.asked, r.Context)
		if d := p.Can(r); d.Verdict < worst.Verdict {
			worst = d
		}
	}
	return worst
}

// ways lists the requests of a grant, once for each resource that it can be tried on. A principal under a boundary that
// it must get rid of first takes that step too, unless it makes somebody without one.
func (p *Principal) ways(g Grant, bounded bool) [][]Request {
	var all [][]Request
	for _, on := range p.targets(g.Steps[0].On) {
		var way []Request
		made := g.Steps[0].On == NewUser || g.Steps[0].On == NewRole
		if bounded && !made {
			action := "iam:DeleteRolePermissionsBoundary"
			if p.arn.Kind() == "user" {
				action = "iam:DeleteUserPermissionsBoundary"
			}
			way = append(way, Request{Action: action, Resource: p.name, Context: Context{p.ownBoundary()}})
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

// targets lists the resources of a kind that the principal has.
func (p *Principal) targets(t Target) []string {
	switch t {
	case Itself:
		return []string{p.name}
	case OwnGroup:
		return p.groups
	case OwnPolicy:
		return slices.DeleteFunc(slices.Clone(p.attached), func(arn string) bool {
			_, aws := managedByAWS(arn)
			return aws
		})
	case NewUser:
		return []string{p.ownARN("iam", "user/"+string(fresh)).String()}
	default:
		return []string{p.ownARN("iam", "role/"+string(fresh)).String()}
	}
}
