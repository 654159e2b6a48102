package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/merlonsec/merlon/internal/collect/aws"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/report"
	"github.com/merlonsec/merlon/internal/rule"
)

// ErrNotTried says that not even one action could be tried.
var ErrNotTried = errors.New("nothing could be checked")

// Doctor tries what reading the accounts takes, and says which rules the rest leaves unassessed. It fails with
// [ErrNotTried] where no account could be asked; the result then tells why.
func Doctor(ctx context.Context, o aws.Options, rules []*rule.Rule) (*report.Doctor, error) {
	checked, err := aws.Check(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("check credentials: %w", err)
	}
	d := &report.Doctor{Schema: report.DoctorSchema, Accounts: []report.Account{}}
	tried := false
	for _, c := range checked {
		a := report.Account{Name: c.Name, Regions: c.Regions, Problems: c.Problems, Actions: []report.Action{}}
		for _, x := range c.Actions {
			action := report.Action{Name: x.Name, Allowed: x.Allowed, Types: slices.Concat([]inventory.Type{}, x.Types), Rules: Unassessed(x.Types, rules)}
			for _, r := range x.Denied {
				action.Refused = append(action.Refused, report.Refusal{Region: r.Region, Denied: r.IsDenied, Why: r.Why})
			}
			a.Actions = append(a.Actions, action)
		}
		tried = tried || len(a.Actions) > 0
		d.Accounts = append(d.Accounts, a)
	}
	if !tried {
		return d, ErrNotTried
	}
	return d, nil
}

// Unassessed lists the IDs of the rules that look at a resource of one of some types, or need one as a fact.
func Unassessed(types []inventory.Type, rules []*rule.Rule) []string {
	ids := []string{}
	for _, r := range rules {
		on := slices.ContainsFunc(types, func(t inventory.Type) bool { return slices.Contains(r.On, t) })
		needed := slices.ContainsFunc(types, func(t inventory.Type) bool { return slices.Contains(r.Needs, rule.Fact(t)) })
		if on || needed {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}
