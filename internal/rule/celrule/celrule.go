// Package celrule reads rules that users write: the bytes of a YAML file, one document for each rule, whose
// conditions are CEL expressions. Out come rules like those that Merlon ships, compiled and type-checked, or
// problems with file, line, column and a caret. It opens no file and proves no example; whoever loads a rule
// does. Expressions cannot loop for ever, nor reach anything but the resource at hand: each has a limit on
// cost and memory, and one that passes it is unknown.
package celrule

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// Limits on what one file of rules may ask for.
const (
	// MaxBytes is the size of a file of rules.
	MaxBytes = 1 << 20
	// MaxRules is the number of rules of one file.
	MaxRules = 1000
	// maxExpression is the length of one expression, in characters.
	maxExpression = 16 << 10
)

// Loaded is one rule of a file.
type Loaded struct {
	*rule.Rule
	// File and Line say where the rule's document starts.
	File string
	Line int
	// id is where the ID stands.
	id *Problem
	// Cost says what each condition costs at most, in the order of the conditions.
	Cost []Cost
}

// Problem says of a rule that was read what is wrong with it, at its ID.
func (l *Loaded) Problem(format string, args ...any) *Problem {
	at := *l.id
	at.Message = fmt.Sprintf(format, args...)
	return &at
}

// Cost is what a condition costs, in CEL's units, of which one is about a step of the evaluation.
type Cost struct {
	Condition string
	// Least is what every evaluation costs, Most what one may cost for the largest object that is read.
	Least, Most uint64
}

// Loader reads files of rules. Rules of one loader share the decoded objects that they look at. The zero
// Loader is ready; it is for one goroutine at a time, and its rules are safe for concurrent use.
type Loader struct {
	envs    map[scopeKind]*environment
	objects *objects
}

// Load reads the rules of one file, which the errors call name. Everything that is wrong is reported at
// once, as [Problem]s that are joined; a rule with a mistake is not among the rules.
func (l *Loader) Load(name string, data []byte) ([]Loaded, error) {
	switch {
	case len(data) > MaxBytes:
		return nil, fmt.Errorf("%s: the file is larger than %s; split it", name, tree.Size(MaxBytes))
	case !utf8.Valid(data):
		return nil, fmt.Errorf("%s: the file is not UTF-8", name)
	}
	s := newSource(name, data)
	documents, err := s.documents(data)
	if err != nil {
		return nil, err
	}
	if len(documents) == 0 {
		return nil, fmt.Errorf("%s: there is no rule in the file", name)
	}
	if len(documents) > MaxRules {
		return nil, fmt.Errorf("%s: the file has %d rules; %d are the limit", name, len(documents), MaxRules)
	}
	var loaded []Loaded
	var problems []error
	lines := map[string]int{}
	for _, d := range documents {
		p := &parser{source: s, loader: l}
		one := p.rule(d)
		if first, taken := lines[one.ID]; taken && one.ID != "" {
			p.fail(get(d, "id"), "the id %q is taken by the rule on line %d", one.ID, first)
		}
		lines[one.ID] = one.Line
		if len(p.problems) == 0 {
			loaded = append(loaded, one)
		}
		slices.SortStableFunc(p.problems, func(a, b *Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
		for _, problem := range p.problems {
			problems = append(problems, problem)
		}
	}
	return loaded, errors.Join(problems...)
}

// near ends a message with the name that was most likely meant.
func near(word string, names []string) string {
	if n := lang.Nearest(word, names); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}
