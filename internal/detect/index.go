package detect

import (
	"strings"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/rule"
)

// index leads from an event to the rules that can apply to it.
type index struct {
	resources map[string]*subindex
	// any holds the selectors that name no resource, and facts those of which an event must have one to fit any of them;
	// always says that one of them asks for no fact.
	any    []candidate
	facts  rule.Facts
	always bool
}

// subindex holds the selectors of one resource by subresource.
type subindex struct {
	plain []candidate
	subs  map[string][]candidate
}

// candidate is a rule with what a selector still asks of an event.
type candidate struct {
	rule  int // index into the engine's rules
	group string
	verbs verbs
	facts rule.Facts
}

// verbs is a set of request verbs.
type verbs uint16

const (
	anyVerb   verbs = ^verbs(0)
	otherVerb verbs = 1 << 15
)

// verbOf gives the set of one verb. Those that no rule names share one bit.
func verbOf(verb string) verbs {
	switch verb {
	case "get":
		return 1 << 0
	case "list":
		return 1 << 1
	case "watch":
		return 1 << 2
	case "create":
		return 1 << 3
	case "update":
		return 1 << 4
	case "patch":
		return 1 << 5
	case "delete":
		return 1 << 6
	case "deletecollection":
		return 1 << 7
	case "post":
		return 1 << 8
	case "put":
		return 1 << 9
	}
	return otherVerb
}

func newIndex(rules []*rule.Detection) *index {
	x := &index{resources: map[string]*subindex{}}
	for i, r := range rules {
		for _, s := range r.On {
			x.add(i, s)
		}
	}
	return x
}

func (x *index) add(i int, s rule.Selector) {
	c := candidate{rule: i, verbs: anyVerb, facts: s.Facts}
	if len(s.Verbs) > 0 {
		c.verbs = 0
		for _, v := range s.Verbs {
			c.verbs |= verbOf(v)
		}
	}
	if len(s.Resources) == 0 {
		x.any = append(x.any, c)
		x.facts |= s.Facts
		x.always = x.always || s.Facts == 0
		return
	}
	for _, name := range s.Resources {
		resource, sub, _ := strings.Cut(name, "/")
		resource, c.group, _ = strings.Cut(resource, ".")
		of := x.resources[resource]
		if of == nil {
			of = &subindex{subs: map[string][]candidate{}}
			x.resources[resource] = of
		}
		if sub == "" {
			of.plain = append(of.plain, c)
		} else {
			of.subs[sub] = append(of.subs[sub], c)
		}
	}
}

// each calls look with the index of each rule that can apply to an action, once for each selector that fits.
func (x *index) each(a *rule.Action, look func(rule int)) {
	verb := verbOf(a.Verb)
	if x.always || a.Facts&x.facts != 0 {
		for i := range x.any {
			if c := &x.any[i]; c.verbs&verb != 0 && a.Facts&c.facts == c.facts {
				look(c.rule)
			}
		}
	}
	of := x.resources[a.Object.Resource]
	if of == nil {
		return
	}
	candidates := of.plain
	if a.Object.Subresource != "" {
		candidates = of.subs[a.Object.Subresource]
	}
	for i := range candidates {
		c := &candidates[i]
		if c.verbs&verb != 0 && a.Facts&c.facts == c.facts && fitsGroup(a.Event, c.group) {
			look(c.rule)
		}
	}
}

// fitsGroup reports whether an event's object is of a group. Records of old leave the group out.
func fitsGroup(e *event.Event, group string) bool {
	return e.Object.Group == group || e.Object.Group == "" && e.Object.Version == ""
}
