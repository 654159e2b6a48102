package tree

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// explainYAML turns an error of the YAML parser into ours. go-yaml v3, which reads documents, often names the line where
// the surrounding block starts, or none; go-yaml v4 names the place, so a document that v3 refused is read again with
// v4. v4 alone would not do: it holds 600 bytes for each byte of a long line of brackets, hence the limit on size.
func explainYAML(err error, doc []byte, firstLine int, lim Limits) error {
	const small = 256 << 10
	line, msg := lineAndMessage(strings.TrimPrefix(err.Error(), "yaml: "))
	if strings.Contains(msg, "exceeded max depth") {
		return &LimitError{Line: firstLine - 1 + line, What: tooDeep, Limit: lim.Depth}
	}
	if strings.Contains(msg, "control characters") {
		return &SyntaxError{Line: firstLine - 1 + controlLine(doc), Msg: yamlMessage(msg)}
	}
	var load *yaml.LoadError
	if len(doc) <= small && errors.As(readAgain(doc), &load) {
		line, msg = lineOf(load), load.Message
	}
	line = min(line, max(1, bytes.Count(doc, []byte(newline))+1)) // to the parsers the end of the document is a line of its own
	return &SyntaxError{Line: firstLine - 1 + line, Msg: yamlMessage(msg)}
}

// lineAndMessage splits "line 3: what" of go-yaml v3.
func lineAndMessage(s string) (line int, msg string) {
	if rest, ok := strings.CutPrefix(s, "line "); ok {
		if number, msg, ok := strings.Cut(rest, ": "); ok {
			if line, err := strconv.Atoi(number); err == nil {
				return max(line, 1), msg
			}
		}
	}
	return 1, s
}

// readAgain returns the error of go-yaml v4 for doc.
func readAgain(doc []byte) error {
	loader, err := yaml.NewLoader(bytes.NewReader(doc))
	for err == nil {
		var n yaml.Node
		err = loader.Load(&n)
	}
	return err
}

// lineOf returns the line that helps most: of what is never closed where it was opened, else where the parser stopped.
func lineOf(e *yaml.LoadError) int {
	open := strings.Contains(e.Message, "or ']'") || strings.Contains(e.Message, "or '}'") || strings.Contains(e.Message, "end of stream")
	switch {
	case open && e.ContextMark.Line > 0:
		return e.ContextMark.Line
	case e.Mark.Line > 0:
		return e.Mark.Line
	}
	return max(e.ContextMark.Line, 1)
}

// yamlMessage says in English what the YAML library says in the words of its grammar.
func yamlMessage(msg string) string {
	for _, m := range []struct{ jargon, english string }{
		{"mapping values are not allowed", "there is a ': ' where no key can be; check the indentation, or quote the value"},
		{"cannot start any token", "a tab or another character that YAML does not allow starts this value; indent with spaces, or quote the value"},
		{"did not find expected key", "a key was expected here; check the indentation, and that quotes are closed"},
		{"did not find expected '-' indicator", "a list item (- …) was expected here; check the indentation"},
		{"did not find expected ',' or ']'", "the list in brackets that starts here is not closed, or lacks a ',' between two items"},
		{"did not find expected ',' or '}'", "the map in braces that starts here is not closed, or lacks a ',' between two members"},
		{"could not find expected ':'", "a ':' was expected after the key that starts here"},
		{"found unexpected end of stream", "the quote that opens here is not closed"},
		{"unknown anchor", "an alias (*name) refers to an anchor (&name) that is not defined before it"},
		{"control characters are not allowed", "there is a control character, which YAML does not allow"},
		{"did not find expected <document start>", "there is more after the end of the document; start the next one with ---"},
		{"found a tab character", "a tab is used for indentation; use spaces"},
		{"found unknown escape character", "an unknown escape (\\x) is in a double-quoted string; use single quotes or \\\\"},
	} {
		if strings.Contains(msg, m.jargon) {
			return m.english
		}
	}
	return "this is not YAML: " + msg
}
