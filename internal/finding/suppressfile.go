package finding

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/tree"
)

// Known is what exceptions may name. A list that is nil is not held against them.
type Known struct {
	// Traits are the IDs of traits, and Types the finding types of detections.
	Traits, Types []string
}

// ParseSuppressions reads a suppression file: a YAML list of exceptions. Everything that is wrong with it
// is reported at once, with its line; an exception with a mistake is not used. File is what the errors call it.
func ParseSuppressions(file string, data []byte, known Known) ([]Suppression, error) {
	var t tree.Tree
	if strings.TrimSpace(string(data)) == "" {
		return nil, nil
	}
	if err := tree.DecodeYAML(&t, data, 1, tree.Limits{}); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	root := t.Root()
	if root.Kind() == tree.Null {
		return nil, nil
	}
	if root.Kind() != tree.List {
		return nil, problem{file, root.Line(), "the file must be a list of exceptions, each starting with \"- id:\""}
	}
	var all []Suppression
	var problems []problem
	ids := map[string]int{}
	for entry := range root.All() {
		p := suppressionParser{file: file, known: known}
		s := p.parse(entry)
		if first, taken := ids[s.ID]; taken && s.ID != "" {
			p.fail(entry, "the id %q is taken by the exception on line %d", s.ID, first)
		}
		ids[s.ID] = entry.Line()
		if p.problems == nil {
			all = append(all, s)
		}
		problems = append(problems, p.problems...)
	}
	slices.SortStableFunc(problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return all, errors.Join(errs...)
}

// problem is one mistake in a file.
type problem struct {
	file    string
	line    int
	message string
}

// Error gives the mistake with its place.
func (p problem) Error() string { return fmt.Sprintf("%s:%d: %s", p.file, p.line, p.message) }

type suppressionParser struct {
	file     string
	known    Known
	problems []problem
}

func (p *suppressionParser) fail(n tree.Node, format string, args ...any) {
	p.problems = append(p.problems, problem{p.file, n.Line(), fmt.Sprintf(format, args...)})
}

func (p *suppressionParser) parse(n tree.Node) Suppression {
	s := Suppression{Line: n.Line()}
	if n.Kind() != tree.Map {
		p.fail(n, "an exception is a map with id, match and reason")
		return s
	}
	p.onlyKeys(n, "id", "match", "reason", "owner", "expires")
	s.ID, s.Reason, s.Owner = p.text(n, "id"), p.text(n, "reason"), p.text(n, "owner")
	if s.ID == "" {
		p.fail(n, "the exception has no id")
	}
	if s.Reason == "" {
		p.fail(n, "the exception %q has no reason; say why the risk is accepted", s.ID)
	}
	if text := p.text(n, "expires"); text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			p.fail(n.Get("expires"), "expires %q is not a date like 2027-01-31", text)
		}
		s.Expires = day
	}
	s.Match = p.match(n.Get("match"), n)
	return s
}

func (p *suppressionParser) match(n, entry tree.Node) Match {
	var m Match
	if n.Kind() != tree.Map || n.Len() == 0 {
		p.fail(entry, "the exception matches everything or nothing: match must name a trait, a type, a resource or criteria")
		return m
	}
	p.onlyKeys(n, "trait", "type", "resource", "criteria")
	p.noneEmpty(n, "criteria")
	m.Trait, m.Type, m.Resource = p.text(n, "trait"), p.text(n, "type"), p.text(n, "resource")
	if m.Trait != "" && p.known.Traits != nil && !slices.Contains(p.known.Traits, m.Trait) {
		p.fail(n.Get("trait"), "there is no trait %q%s", m.Trait, hint(m.Trait, p.known.Traits))
	}
	if m.Type != "" && p.known.Types != nil && !slices.ContainsFunc(p.known.Types, wildcards(m.Type).MatchString) {
		p.fail(n.Get("type"), "there is no finding type %q%s", m.Type, hint(m.Type, p.known.Types))
	}
	if m.Trait != "" && m.Type != "" {
		p.fail(n, "match names a trait and a type of detection; an exception is about one of them")
	}
	if criteria := n.Get("criteria"); criteria.Exists() {
		if m.Type != "" && m.Trait == "" {
			m.Fields = p.fields(criteria)
		} else {
			m.Criteria = p.globs(criteria)
		}
	}
	return m
}

// globs reads the criteria of an exception for traits.
func (p *suppressionParser) globs(criteria tree.Node) map[string]string {
	if criteria.Kind() != tree.Map || criteria.Len() == 0 {
		p.fail(criteria, "criteria must be a map of a field to a glob; the fields are %s", strings.Join(CriteriaFields(), ", "))
		return nil
	}
	p.noneEmpty(criteria)
	p.onlyKeys(criteria, CriteriaFields()...)
	globs := map[string]string{}
	for c := range criteria.All() {
		globs[c.Key()] = p.text(criteria, c.Key())
	}
	return globs
}

// noneEmpty fails each key without a text: an exception that was meant to be narrow must not be wide.
func (p *suppressionParser) noneEmpty(n tree.Node, except ...string) {
	for child := range n.All() {
		if !slices.Contains(except, child.Key()) && strings.TrimSpace(child.Text()) == "" {
			p.fail(child, "%s is empty; give it a value or remove it", child.Key())
		}
	}
}

func (p *suppressionParser) text(n tree.Node, key string) string {
	field := n.Get(key)
	switch field.Kind() {
	case tree.Map, tree.List:
		p.fail(field, "%s must be a text", key)
		return ""
	}
	return strings.TrimSpace(field.Text())
}

func (p *suppressionParser) onlyKeys(n tree.Node, keys ...string) {
	for child := range n.All() {
		if !slices.Contains(keys, child.Key()) {
			p.fail(child, "unknown key %q%s; the keys are %s", child.Key(), hint(child.Key(), keys), strings.Join(keys, ", "))
		}
	}
}

func hint(word string, names []string) string {
	if near := lang.Nearest(word, names); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}
