package aws

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"

	"github.com/merlonsec/merlon/internal/inventory"
)

// Checkup says of one account what its credentials may read.
type Checkup struct {
	// Name is the account; the role or "AWS" where not even that could be found out.
	Name string `json:"account"`
	// Regions lists where it was tried.
	Regions []string `json:"regions"`
	// Problems lists what kept it from being tried.
	Problems []inventory.NotRead `json:"problems"`
	// Actions lists what came out for each action, by name.
	Actions []ActionCheck `json:"actions"`
}

// ActionCheck is what came out for one action.
type ActionCheck struct {
	Action
	// Allowed is set where it is allowed everywhere.
	Allowed bool `json:"allowed"`
	// Denied lists the Regions where it is not, and why; the Region of what an account has once is "".
	Denied []Denial `json:"denied,omitempty"`
}

// Denial is one Region where an action does not work.
type Denial struct {
	Region string `json:"region,omitempty"`
	// IsDenied is set where a right is missing; otherwise it did not work for another reason.
	IsDenied bool   `json:"isDenied"`
	Why      string `json:"why"`
}

// Check tries every action once in every Region, with as small a request as there is; where a request needs a name, it
// asks for something that does not exist. A policy that allows an action on some resources only thus looks as if it
// denied it. The error is not nil only when ctx is done.
func Check(ctx context.Context, o Options) ([]Checkup, error) {
	r := newRun(o)
	limited, cancel := ctx, context.CancelFunc(func() {})
	if o.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, o.Timeout)
	}
	defer cancel()
	var all []Checkup
	for _, a := range r.accounts(limited) {
		all = append(all, a.check(limited))
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("check AWS: %w", err)
	}
	return all, nil
}

func (a *account) check(ctx context.Context) Checkup {
	c := Checkup{Name: a.scope.Account, Regions: []string{}, Problems: []inventory.NotRead{}, Actions: []ActionCheck{}}
	for _, s := range a.failed {
		c.Problems = append(c.Problems, s.NotAssessed...)
		if c.Name == "" {
			c.Name = s.Name
		}
	}
	if len(a.sites) == 0 {
		return c
	}
	actions := Actions()
	c.Actions = make([]ActionCheck, len(actions))
	var g errgroup.Group
	g.SetLimit(fanOut)
	for _, s := range a.sites {
		if s.place.scope.Region != "" {
			c.Regions = append(c.Regions, s.place.scope.Region)
		}
	}
	for i, action := range actions {
		c.Actions[i].Action = action
		g.Go(func() error {
			c.Actions[i].Denied = a.tryEverywhere(ctx, action)
			c.Actions[i].Allowed = len(c.Actions[i].Denied) == 0
			return nil
		})
	}
	_ = g.Wait() // Nothing gives an error.
	return c
}

// tryEverywhere gives the Regions in which an action does not work.
func (a *account) tryEverywhere(ctx context.Context, action Action) []Denial {
	var all []Denial
	for _, s := range a.sites {
		if isGlobal := s.place.scope.Region == ""; isGlobal != action.Global {
			continue
		}
		err := action.call.try(ctx, s.place)
		a.run.count(action.Name)
		if err == nil {
			continue
		}
		if why := reasonOf(err); !understood(err, why.kind) {
			all = append(all, Denial{s.place.scope.Region, why.kind == denied, why.String()})
		}
	}
	return all
}

// understood reports whether an error is the answer of a service to somebody who may ask: that there is no such thing,
// or that it would rather be asked in another way.
func understood(err error, k kind) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorFault() != smithy.FaultServer && (k == failed || k == gone)
}
