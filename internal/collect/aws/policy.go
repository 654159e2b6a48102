package aws

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// Action is one action of the AWS API that reading an account takes.
type Action struct {
	// Name is what an IAM policy calls it: "ecs:DescribeServices".
	Name string `json:"action"`
	// Global is set where it is asked once for an account, not in each Region.
	Global bool `json:"-"`
	// Types lists what is not complete without it; none for an action without which only --region all does not work.
	Types []inventory.Type `json:"types"`
	call  operation
}

// Actions lists all that is ever asked of AWS but who the caller is, which nobody needs a right for. They are sorted.
func Actions() []Action {
	all := []Action{{Name: regionsCall().action(), Global: true, call: regionsCall()}}
	table := steps()
	for _, s := range table {
		for _, c := range s.calls {
			lost := loses(table, s.name)
			i := slices.IndexFunc(all, func(a Action) bool { return a.Name == c.action() })
			if i < 0 {
				all = append(all, Action{Name: c.action(), Global: s.global, Types: lost, call: c})
				continue
			}
			for _, t := range lost {
				if !slices.Contains(all[i].Types, t) {
					all[i].Types = append(all[i].Types, t)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b Action) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Policy gives the smallest IAM policy that lets Merlon read everything, as JSON. It allows to read, and nothing else.
func Policy() ([]byte, error) {
	type statement struct {
		Sid, Effect string
		Action      []string
		Resource    string
	}
	s := statement{Sid: "MerlonReads", Effect: "Allow", Resource: "*"}
	for _, a := range Actions() {
		s.Action = append(s.Action, a.Name)
	}
	document, err := json.MarshalIndent(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{s}}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return append(document, '\n'), nil
}
