package celrule

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/tree"
)

// Problem is one mistake in a file of rules.
type Problem struct {
	File string
	// Line and Column are 1-based; a column counts characters.
	Line, Column int
	Message      string
	// Text is the line that the mistake is on.
	Text string
}

// The part of a long line that is shown around a mistake, in characters.
const (
	shownLine   = 120
	shownBefore = 60
)

// Error gives the mistake as a compiler does: the place, the line, and a caret under it.
func (p *Problem) Error() string {
	text, column := []rune(strings.ReplaceAll(strings.TrimRight(p.Text, "\r"), "\t", " ")), p.Column-1
	if cut := column - shownBefore; cut > 0 && len(text) > shownLine {
		cut = min(cut, len(text)-shownBefore)
		text, column = append([]rune("…"), text[cut:]...), column-cut+1
	}
	if len(text) > shownLine {
		text = append(text[:shownLine:shownLine], '…')
	}
	before := text[:min(max(column, 0), len(text))]
	pad := strings.Repeat(" ", lang.Columns(string(before))) + strings.Repeat(" ", min(max(column-len(before), 0), shownLine))
	return fmt.Sprintf("%s:%d:%d: %s\n  | %s\n  | %s^", p.File, p.Line, p.Column, p.Message, string(text), pad)
}

// source is the text of a file of rules.
type source struct {
	name  string
	lines []string
}

func newSource(name string, data []byte) *source {
	return &source{name: name, lines: strings.Split(string(bytes.TrimPrefix(data, []byte("\ufeff"))), "\n")}
}

// line gives the text of a 1-based line.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

func (s *source) problem(at place, format string, args ...any) *Problem {
	return &Problem{File: s.name, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...), Text: s.line(at.line)}
}

// documents reads the documents of a YAML stream. Package tree reads each first: it knows the limits, and
// says what is wrong with a broken one in English.
func (s *source) documents(data []byte) ([]*yaml.Node, error) {
	var all []*yaml.Node
	var problems []error
	for line, text := range tree.SplitYAML(data) {
		var t tree.Tree
		if err := tree.DecodeYAML(&t, text, line, tree.Limits{}); err != nil {
			problems = append(problems, s.broken(err, line))
			continue
		}
		node, err := decode(text)
		if err != nil {
			problems = append(problems, s.broken(err, line))
			continue
		}
		if node == nil || node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
			continue
		}
		move(node, line-1, 0)
		all = append(all, node)
	}
	return all, errors.Join(problems...)
}

// decode reads the one document of a text.
func decode(text []byte) (node *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil { // A bug of the YAML library must not end the program.
			err = fmt.Errorf("the YAML parser failed: %v", r)
		}
	}()
	var document yaml.Node
	err = yaml.NewDecoder(bytes.NewReader(text)).Decode(&document)
	if errors.Is(err, io.EOF) || err == nil && len(document.Content) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return document.Content[0], nil
}

// broken is the problem of a document that cannot be read.
func (s *source) broken(err error, line int) *Problem {
	message := err.Error()
	var syntax *tree.SyntaxError
	var limit *tree.LimitError
	switch {
	case errors.As(err, &syntax):
		line, message = max(syntax.Line, 1), syntax.Msg
	case errors.As(err, &limit) && limit.Line > 0:
		line, message = limit.Line, strings.TrimPrefix(message, fmt.Sprintf("line %d: ", limit.Line))
	}
	text := s.line(line)
	return s.problem(place{line, 1 + utf8.RuneCountInString(text) - utf8.RuneCountInString(strings.TrimLeft(text, " "))}, "%s", message)
}

// move adds to the lines of a node and of all below it. Aliases are not followed: what they stand for is
// somewhere below the same root.
func move(n *yaml.Node, lines, depth int) {
	if depth > tree.MaxDepth {
		return
	}
	n.Line += lines
	for _, child := range n.Content {
		move(child, lines, depth+1)
	}
}
