package iam

import (
	"cmp"
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
)

// Model answers questions about the principals of an [Input]. It does not change, so any number of goroutines may ask.
type Model struct {
	principals map[string]*Principal
	sorted     []*Principal
	problems   []Problem
}

// Compile reads all documents, each once. It does not fail: what could not be read is listed by [Model.Problems], and
// leaves the answers open that it could change. Of principals with the same ARN the last counts.
func Compile(in Input) *Model {
	c := compiler{
		model: &Model{principals: map[string]*Principal{}}, managed: map[string]*document{}, inline: map[inlineKey]*document{},
		groups: map[string]*Group{},
	}
	for _, p := range in.Policies {
		if len(p.Document) > 0 {
			c.managed[p.Name] = parse(p.Document, identityPolicy, p.Name)
			c.note(held{document: c.managed[p.Name], policy: p.Name})
		}
	}
	for i := range in.Groups {
		c.groups[in.Groups[i].ARN] = &in.Groups[i]
	}
	for i := range in.Principals {
		c.principal(&in.Principals[i])
	}
	m := c.model
	for _, p := range m.principals {
		m.sorted = append(m.sorted, p)
	}
	slices.SortFunc(m.sorted, func(a, b *Principal) int { return cmp.Compare(a.name, b.name) })
	return m
}

// Principal returns a user or role by its ARN; ok is false where the input did not have it, so that nothing is known of
// it.
func (m *Model) Principal(arn string) (p *Principal, ok bool) {
	p, ok = m.principals[arn]
	return p, ok
}

// Principals lists the users and roles, sorted by ARN.
func (m *Model) Principals() []*Principal { return slices.Clone(m.sorted) }

// Problems lists what could not be read, in the order of the input.
func (m *Model) Problems() []Problem { return slices.Clone(m.problems) }

// A compiler turns an input into a model.
type compiler struct {
	model   *Model
	managed map[string]*document
	inline  map[inlineKey]*document
	groups  map[string]*Group
}

// inlineKey is what the document of an inline policy depends on. Policies of many roles that are the same are compiled
// once; the name is in the messages.
type inlineKey struct {
	text, name string
	use        use
}

// principal compiles one user or role.
func (c *compiler) principal(s *Source) {
	p := &Principal{name: s.ARN, attached: s.Attached, groups: s.Groups, boundary: s.Boundary}
	p.arn, _ = inventory.ParseARN(s.ARN)
	identity := layer{lacks: NotAllowed, held: c.policies(s.ARN, s.Inline, s.Attached, s.NotListed)}
	for _, arn := range s.Groups {
		g, ok := c.groups[arn]
		if !ok {
			identity.held = append(identity.held, held{document: unread(Reason{Kind: PolicyNotRead, Detail: arn}), policy: arn})
			continue
		}
		identity.held = append(identity.held, c.policies(g.ARN, g.Inline, g.Attached, g.NotListed)...)
	}
	p.layers = []layer{identity}
	switch {
	case s.Boundary != "":
		p.layers = append(p.layers, layer{lacks: OutsideBoundary, held: []held{{document: c.managedPolicy(s.Boundary), policy: s.Boundary}}})
	case s.BoundaryNotRead:
		doc := unread(Reason{Kind: NotListed, Detail: "permissions boundary"})
		p.layers = append(p.layers, layer{lacks: OutsideBoundary, held: []held{{document: doc, policy: "permissions boundary"}}})
	}
	if s.Trust != nil || p.arn.Kind() != "user" {
		p.trust = []layer{c.trust(s)}
	}
	p.implied = p.facts()
	c.model.principals[s.ARN] = p
}

// policies compiles what a user, role or group has.
func (c *compiler) policies(holder string, inline []Policy, attached, notListed []string) []held {
	var all []held
	for _, p := range inline {
		h := held{policy: p.Name, holder: holder}
		if len(p.Document) == 0 {
			h.document = unread(Reason{Kind: PolicyNotRead, Detail: p.Name})
		} else {
			h.document = c.inlinePolicy(p.Document, p.Name, identityPolicy)
			c.note(h)
		}
		all = append(all, h)
	}
	for _, arn := range attached {
		all = append(all, held{document: c.managedPolicy(arn), policy: arn})
	}
	for _, what := range notListed {
		all = append(all, held{document: unread(Reason{Kind: NotListed, Detail: what}), policy: what, holder: holder})
	}
	return all
}

// trust compiles the policy that says who may assume a role.
func (c *compiler) trust(s *Source) layer {
	h := held{policy: TrustPolicy, holder: s.ARN}
	if len(s.Trust) == 0 {
		h.document = unread(Reason{Kind: PolicyNotRead, Detail: TrustPolicy})
	} else {
		h.document = c.inlinePolicy(s.Trust, TrustPolicy, trustPolicy)
		c.note(h)
	}
	return layer{lacks: NotTrusted, held: []held{h}}
}

func (c *compiler) inlinePolicy(text []byte, name string, purpose use) *document {
	key := inlineKey{text: string(text), name: name, use: purpose}
	doc, ok := c.inline[key]
	if !ok {
		doc = parse(text, purpose, name)
		c.inline[key] = doc
	}
	return doc
}

func (c *compiler) managedPolicy(arn string) *document {
	doc, ok := c.managed[arn]
	if !ok {
		doc = notRead(arn)
		c.managed[arn] = doc
	}
	return doc
}

// note adds the problems of a document that somebody holds.
func (c *compiler) note(h held) {
	for _, p := range h.document.problems {
		p.Policy, p.Holder = h.policy, h.holder
		c.model.problems = append(c.model.problems, p)
	}
}
