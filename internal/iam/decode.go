package iam

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Problem is one thing in a policy document that could not be read. The rest of the document is evaluated all the same,
// and what the broken part may say is left open in every answer.
type Problem struct {
	Policy    string // The ARN or name of the policy.
	Holder    string // The user, role or group that an inline policy belongs to; "" for a managed policy.
	Statement string // "Statement[2]", with its Sid if it has one; "" where it is about the whole document.
	Field     string // "Condition.StringEquals.aws:SourceAccount"; "" where it is about the whole statement.
	What      string // What is wrong, in English.
}

// Error says where and what is wrong.
func (p *Problem) Error() string {
	var where []string
	for _, s := range []string{p.Statement, p.Field} {
		if s != "" {
			where = append(where, s)
		}
	}
	name := fmt.Sprintf("policy %q", shorten(p.Policy))
	if p.Holder != "" {
		name += fmt.Sprintf(" of %q", shorten(p.Holder))
	}
	return strings.Join(append(append([]string{name}, where...), p.What), ": ")
}

// use is what a document is for, which decides what may be in it.
type use uint8

const (
	identityPolicy use = iota
	trustPolicy
)

// parse compiles a document. It never fails: what cannot be read is a problem, and a doubt in what was compiled.
func parse(data []byte, purpose use, name string) *document {
	p := parser{use: purpose, name: name, doc: &document{}}
	root, err := readJSON(data)
	if err == nil && root.kind != '{' {
		err = fmt.Errorf("the document is %s, not a map", root.what())
	}
	if err != nil {
		p.problem("", err.Error())
		p.doc.statements = unread(p.broken("")).statements
		return p.doc
	}
	p.document(&root)
	return p.doc
}

// A parser compiles one document.
type parser struct {
	use       use
	name      string
	doc       *document
	variables bool
	statement string // The statement at hand, for problems.
	doubt     Reason // The first thing that is wrong with the statement at hand, or with all.
}

// broken is the reason for what a broken field leaves open.
func (p *parser) broken(field string) Reason {
	where := []string{p.name, p.statement, field}
	return Reason{Kind: PolicyBroken, Detail: strings.Join(slices.DeleteFunc(where, func(s string) bool { return s == "" }), ": ")}
}

// problem notes what is wrong with a field, where that changes nothing.
func (p *parser) problem(field, what string) {
	p.doc.problems = append(p.doc.problems, Problem{Statement: p.statement, Field: field, What: what})
}

// doubtful notes what is wrong with a field, where that changes what the statement may mean.
func (p *parser) doubtful(field, format string, args ...any) {
	p.problem(field, fmt.Sprintf(format, args...))
	if p.doubt.Kind == NoReason {
		p.doubt = p.broken(field)
	}
}

// keys reports keys that are not known, or there twice.
func (p *parser) keys(n *node, known ...string) {
	for _, m := range n.members {
		switch {
		case !slices.Contains(known, m.key):
			p.doubtful(shorten(m.key), "is not an element of IAM policies; known here are %s", strings.Join(known, ", "))
		case m.twice:
			p.doubtful(m.key, "is there more than once")
		}
	}
}

func (p *parser) document(root *node) {
	p.keys(root, "Version", "Id", "Statement")
	if v := root.get("Version"); v != nil {
		switch v.value.text {
		case "2012-10-17":
			p.variables = true
		case "2008-10-17":
		default:
			p.doubtful("Version", "is %q, not 2012-10-17 or 2008-10-17", shorten(v.value.text))
		}
	}
	whole := p.doubt
	s := root.get("Statement")
	switch {
	case s == nil:
		p.doubtful("Statement", "is missing")
		p.doc.statements = unread(p.doubt).statements
	case s.value.kind == '{':
		p.one(&s.value, "Statement", "$.Statement")
	case s.value.kind == '[':
		for i := range s.value.items {
			p.doubt = whole
			index := strconv.Itoa(i)
			p.one(&s.value.items[i], "Statement["+index+"]", "$.Statement["+index+"]")
		}
	default:
		p.doubtful("Statement", "is %s, not a map or a list of maps", s.value.what())
		p.doc.statements = unread(p.doubt).statements
	}
}

// one compiles one statement.
func (p *parser) one(n *node, place, path string) {
	p.statement = place
	defer func() { p.statement = "" }()
	if n.kind != '{' {
		p.doubtful("", "is %s, not a map", n.what())
		for _, s := range unread(p.doubt).statements {
			s.path = path
			p.doc.statements = append(p.doc.statements, s)
		}
		return
	}
	s := statement{path: path}
	if sid := n.get("Sid"); sid != nil {
		s.sid = sid.value.text
		if sid.value.kind != '"' {
			p.problem("Sid", "is "+sid.value.what()+", not a string")
		}
	}
	if s.sid != "" {
		p.statement = fmt.Sprintf("%s (%s)", place, shorten(s.sid))
	}
	p.keys(n, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
	s.actions = p.list(n, "Action", "NotAction", reading{fold: true})
	s.services, s.whole = s.actions.services()
	s.resources = p.resources(n)
	s.caller = p.principal(n)
	s.conditions = p.conditions(n.get("Condition"))
	effects := p.effect(n.get("Effect"))
	s.doubt = p.doubt
	for _, s.deny = range effects {
		p.doc.statements = append(p.doc.statements, s)
	}
}

// effect says whether the statement denies; both where that is not known.
func (p *parser) effect(m *member) (denies []bool) {
	switch {
	case m == nil:
		p.doubtful("Effect", "is missing")
	case m.value.kind != '"':
		p.doubtful("Effect", "is %s, not a string", m.value.what())
	case m.twice:
	case m.value.text == "Allow":
		return []bool{false}
	case m.value.text == "Deny":
		return []bool{true}
	default:
		p.doubtful("Effect", "is %q, not Allow or Deny (case counts)", shorten(m.value.text))
	}
	return []bool{false, true}
}

// resources reads Resource or NotResource, which trust policies do not have: their resource is the role.
func (p *parser) resources(n *node) list {
	if p.use == trustPolicy {
		for _, name := range []string{"Resource", "NotResource"} {
			if n.get(name) != nil {
				p.doubtful(name, "has no place in a trust policy")
			}
		}
		return anything()
	}
	return p.list(n, "Resource", "NotResource", reading{variables: p.variables})
}

// list reads an element that has a form with Not.
func (p *parser) list(n *node, name, not string, how reading) list {
	positive, negative := n.get(name), n.get(not)
	m := positive
	switch {
	case positive == nil && negative == nil:
		p.doubtful(name, "is missing")
		return anything()
	case positive != nil && negative != nil:
		p.doubtful(name, "is there together with %s", not)
		return anything()
	case positive == nil:
		m, name = negative, not
	}
	texts, ok := p.texts(&m.value, name)
	if i := slices.IndexFunc(texts, func(t string) bool { return len(t) > maxPattern }); ok && i >= 0 {
		p.doubtful(fmt.Sprintf("%s[%d]", name, i), "is longer than %d bytes, which no action or ARN is", maxPattern)
		return anything()
	}
	if !ok || m.twice {
		return anything()
	}
	return newList(texts, negative != nil, how)
}

// texts reads a string, or a list of strings with at least one.
func (p *parser) texts(n *node, field string) (texts []string, ok bool) {
	switch {
	case n.kind == '"':
		return []string{n.text}, true
	case n.kind != '[':
		p.doubtful(field, "is %s, not a string or a list of strings", n.what())
		return nil, false
	case len(n.items) == 0:
		p.doubtful(field, "is an empty list")
		return nil, false
	}
	for i := range n.items {
		if item := &n.items[i]; item.kind != '"' {
			p.doubtful(fmt.Sprintf("%s[%d]", field, i), "is %s, not a string", item.what())
			return nil, false
		}
		texts = append(texts, n.items[i].text)
	}
	return texts, true
}

// principal reads Principal or NotPrincipal; nil means whoever has the policy.
func (p *parser) principal(n *node) *callers {
	m, name, except := n.get("Principal"), "Principal", false
	if other := n.get("NotPrincipal"); m == nil {
		m, name, except = other, "NotPrincipal", true
	} else if other != nil {
		p.doubtful("Principal", "is there together with NotPrincipal")
		return nil
	}
	switch {
	case p.use == identityPolicy:
		if m != nil {
			p.doubtful(name, "has no place in an identity policy")
		}
		return nil
	case m == nil:
		p.doubtful("Principal", "is missing")
		return nil
	case m.twice:
		return nil
	}
	c := &callers{except: except}
	if m.value.kind == '"' && m.value.text == "*" {
		c.entries = []entry{{kind: everyone, value: "*"}}
		return c
	}
	if !p.entries(c, &m.value, name) {
		return nil
	}
	return c
}

// entries reads the map of a Principal element.
func (p *parser) entries(c *callers, n *node, name string) bool {
	if n.kind != '{' || len(n.members) == 0 {
		p.doubtful(name, `is %s, not "*" or a map with AWS, Service, Federated or CanonicalUser`, emptyOr(n))
		return false
	}
	for i := range n.members {
		m := &n.members[i]
		field := name + "." + shorten(m.key)
		kind := entryKind(m.key)
		if kind != byAWS && kind != byService && kind != byToken && kind != byS3 {
			p.doubtful(field, "is not one of AWS, Service, Federated and CanonicalUser")
			return false
		}
		if m.twice {
			p.doubtful(field, "is there more than once")
			return false
		}
		values, ok := p.texts(&m.value, field)
		if !ok {
			return false
		}
		for _, v := range values {
			c.entries = append(c.entries, entry{kind: kind, value: v})
		}
	}
	return true
}

// emptyOr names a node, or says that it is empty.
func emptyOr(n *node) string {
	switch {
	case n.kind == '{':
		return "an empty map"
	case n.kind == '"':
		return strconv.Quote(shorten(n.text))
	default:
		return n.what()
	}
}

// conditions reads a Condition element.
func (p *parser) conditions(m *member) []condition {
	if m == nil || m.twice {
		return nil
	}
	if m.value.kind != '{' {
		p.doubtful("Condition", "is %s, not a map of operators", m.value.what())
		return nil
	}
	var all []condition
	for i := range m.value.members {
		op := &m.value.members[i]
		field := "Condition." + shorten(op.key)
		switch {
		case op.twice:
			p.doubtful(field, "is there more than once")
		case op.value.kind != '{':
			p.doubtful(field, "is %s, not a map of condition keys", op.value.what())
		default:
			all = append(all, p.keysOf(op, field)...)
		}
	}
	return all
}

// keysOf reads the condition keys under one operator.
func (p *parser) keysOf(op *member, field string) []condition {
	var all []condition
	for i := range op.value.members {
		m := &op.value.members[i]
		field := field + "." + shorten(m.key)
		if m.twice {
			p.doubtful(field, "is there more than once")
			continue
		}
		values, ok := p.scalars(&m.value, field)
		if !ok {
			continue
		}
		c := newCondition(op.key, m.key, values, p.variables)
		for j := range c.values {
			if c.values[j].broken {
				c.broken = p.broken(field)
				p.problem(field, fmt.Sprintf("%q is not a value that %s can compare", shorten(values[j]), shorten(op.key)))
			}
		}
		all = append(all, c)
	}
	return all
}

// scalars reads the values of a condition key: strings, numbers and booleans, one or a list.
func (p *parser) scalars(n *node, field string) (texts []string, ok bool) {
	items := n.items
	if n.kind != '[' {
		items = []node{*n}
	}
	for i := range items {
		if k := items[i].kind; k != '"' && k != '0' && k != 't' {
			p.doubtful(field, "is or holds %s, not a string, a number or a boolean", items[i].what())
			return nil, false
		}
		texts = append(texts, items[i].text)
	}
	return texts, true
}

// shorten keeps an error message readable whatever the document holds.
func shorten(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
