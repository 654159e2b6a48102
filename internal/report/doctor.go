package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// DoctorSchema names the JSON form of a [Doctor].
const DoctorSchema = "merlon/doctor/v1"

// Doctor says what credentials may read, and what the rest leaves unassessed. It is its own JSON contract.
type Doctor struct {
	Schema   string    `json:"schema"`
	Accounts []Account `json:"accounts"`
}

// Account is what came out for one account.
type Account struct {
	// Name is the account's ID, or what was to be read where that could not be found out.
	Name string `json:"account"`
	// Regions lists where it was tried; Problems what kept it from being tried.
	Regions  []string            `json:"regions"`
	Problems []inventory.NotRead `json:"problems"`
	// Actions has every action that reading takes, by name.
	Actions []Action `json:"actions"`
}

// Action is what came out for one action of an API.
type Action struct {
	Name string `json:"action"`
	// Allowed is set where it works everywhere.
	Allowed bool `json:"allowed"`
	// Refused lists where it does not.
	Refused []Refusal `json:"refused,omitempty"`
	// Types lists the types of resources that are not complete without it, and Rules the IDs of the rules that look at one of
	// those.
	Types []inventory.Type `json:"types"`
	Rules []string         `json:"rules"`
}

// Refusal is one place where an action does not work.
type Refusal struct {
	// Region is empty for what an account has once.
	Region string `json:"region,omitempty"`
	// Denied is set where a right is missing; otherwise it failed for another reason.
	Denied bool   `json:"denied"`
	Why    string `json:"why"`
}

// AllAllowed reports whether everything can be read.
func (d *Doctor) AllAllowed() bool {
	return !slices.ContainsFunc(d.Accounts, func(a Account) bool {
		return len(a.Problems) > 0 || slices.ContainsFunc(a.Actions, func(x Action) bool { return !x.Allowed })
	})
}

// WriteJSON writes it for programs.
func (d *Doctor) WriteJSON(w io.Writer) error {
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("encode doctor: %w", err)
	}
	if _, err := w.Write(append(escapeControls(data), '\n')); err != nil {
		return fmt.Errorf("write doctor: %w", err)
	}
	return nil
}

// Write writes it for people. Its error is that of the writer.
func (d *Doctor) Write(w io.Writer, o Options) error {
	p := &consultation{page: newPage(w, o), o: o}
	for i := range d.Accounts {
		if i > 0 {
			p.blank()
		}
		p.account(&d.Accounts[i])
	}
	return p.close()
}

// consultation is a doctor's report on its way to the page.
type consultation struct {
	*page
	o Options
}

func (p *consultation) say(t lang.Text, args ...any) string { return fill(t, p.o.Lang, args...) }

func (p *consultation) account(a *Account) {
	head := []span{styled(bold, clean(a.Name))}
	if len(a.Regions) > 0 {
		head = append(head, styled(dim, dot+clean(strings.Join(a.Regions, ", "))))
	}
	p.para(nil, head...)
	for _, n := range a.Problems {
		p.para([]span{styled(high, "  ! ")}, text(clean(n.What+": "+n.Why)))
	}
	if len(a.Actions) == 0 {
		return
	}
	var allowed []string
	var refused []*Action
	for i := range a.Actions {
		if a.Actions[i].Allowed {
			allowed = append(allowed, a.Actions[i].Name)
			continue
		}
		refused = append(refused, &a.Actions[i])
	}
	p.blank()
	p.para(indent(2), text(doctorAllowed.in(p.o.Lang, len(allowed), number(p.o.Lang, len(a.Actions)))))
	for _, x := range refused {
		p.refused(x)
	}
	if len(refused) > 0 {
		p.unassessed(refused)
	}
	if len(allowed) > 0 {
		p.blank()
		p.para(indent(2), styled(bold, p.say(doctorWorks)))
		p.para(indent(4), styled(dim, clean(strings.Join(allowed, " "))))
	}
}

// refused shows an action that does not work everywhere: why, and what is lost without it.
func (p *consultation) refused(x *Action) {
	p.blank()
	verdict := p.say(doctorDenied)
	if !slices.ContainsFunc(x.Refused, func(r Refusal) bool { return r.Denied }) {
		verdict = p.say(doctorFailed)
	}
	p.sides(indent(2), []span{styled(bold, clean(x.Name))}, []span{styled(high, verdict)})
	var said []string
	for _, r := range x.Refused {
		if slices.Contains(said, r.Why) {
			continue
		}
		said = append(said, r.Why)
		var where []string
		for _, same := range x.Refused {
			if same.Why == r.Why && same.Region != "" {
				where = append(where, same.Region)
			}
		}
		body := r.Why
		if len(where) > 0 {
			body = strings.Join(where, ", ") + ": " + body
		}
		p.para(indent(4), text(clean(body)))
	}
	if len(x.Types) > 0 {
		var types []string
		for _, t := range x.Types {
			types = append(types, string(t))
		}
		p.para(indent(4), styled(dim, p.say(doctorLost, clean(strings.Join(types, ", ")))))
	}
	if len(x.Rules) > 0 {
		p.para(indent(4), styled(dim, p.say(doctorRules, clean(strings.Join(x.Rules, ", ")))))
	}
}

// unassessed sums up what the actions that do not work leave unassessed.
func (p *consultation) unassessed(refused []*Action) {
	var rules []string
	for _, x := range refused {
		for _, id := range x.Rules {
			if !slices.Contains(rules, id) {
				rules = append(rules, id)
			}
		}
	}
	if len(rules) == 0 {
		return
	}
	p.blank()
	p.para(indent(2), text(doctorUnassessed.in(p.o.Lang, len(rules))), text(" "+p.say(doctorPolicy)))
}
