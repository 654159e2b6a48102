package iam

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
)

// Principal is one user or role of a [Model].
type Principal struct {
	name     string
	arn      inventory.ARN // Zero where the name is none.
	attached []string
	groups   []string
	boundary string
	layers   []layer
	trust    []layer // Empty for a user.
	implied  Context
}

// Name returns the ARN, or the name that the input gave in its place.
func (p *Principal) Name() string { return p.name }

// Request is one request to AWS.
type Request struct {
	// Action is the action with its service: s3:GetObject. Case does not count.
	Action string
	// Resource is the ARN of the resource. Empty means "*", which is the resource of actions that know none; policies
	// that name particular resources do not allow those.
	Resource string
	// Context is what is known of the request.
	Context Context
}

// Can says whether the principal may make a request.
func (p *Principal) Can(r Request) Decision {
	q := question{action: r.Action, resource: r.Resource, known: facts{asked: r.Context, implied: p.implied}}
	if q.resource == "" {
		q.resource = "*"
	}
	return decide(p.layers, &q)
}

// Trusts says whether a role lets a caller assume it.
func (p *Principal) Trusts(who Caller) Decision {
	if len(p.trust) == 0 {
		return Decision{Why: Reason{Kind: NotARole}}
	}
	actions := who.Actions
	if len(actions) == 0 {
		actions = []string{assumeRole}
	}
	var worst Decision
	for i, action := range actions {
		q := question{action: action, resource: p.name, caller: &who, known: facts{asked: who.Context, implied: who.facts()}}
		if d := decide(p.trust, &q); i == 0 || d.Verdict < worst.Verdict {
			worst = d
		}
	}
	return worst
}

// facts are what follows from an AWS principal as caller.
func (c *Caller) facts() Context {
	a, ok := inventory.ParseARN(c.Principal)
	if !ok || a.Service != "iam" {
		return nil
	}
	return Context{Is("aws:PrincipalArn", c.Principal), Is("aws:PrincipalAccount", a.Account)}
}

// facts are what every request of the principal has.
// Source: IAM User Guide, "AWS global condition context keys" and the table of principal key values in "IAM policy
// elements: Variables and tags".
func (p *Principal) facts() Context {
	if p.arn == (inventory.ARN{}) {
		return nil
	}
	c := Context{Is("aws:PrincipalArn", p.name), Is("aws:PrincipalAccount", p.arn.Account)}
	switch p.arn.Kind() {
	case "user":
		c = append(c, Is("aws:username", p.arn.Name()), Is("aws:PrincipalType", "User"))
	case "role":
		c = append(c, Is("aws:username"), Is("aws:PrincipalType", "AssumedRole"))
	}
	return slices.Clip(c)
}
