package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// Decode reads exactly one document into t, as DecodeYAML does, and by the much faster DecodeJSON where doc is JSON:
// kubectl, too, tries JSON first where a file starts with a brace.
func Decode(t *Tree, doc []byte, firstLine int, lim Limits) error {
	start := bytes.TrimLeft(bytes.TrimPrefix(doc, []byte(utf8BOM)), " \t\r\n")
	if len(start) == 0 || start[0] != '{' && start[0] != '[' {
		return DecodeYAML(t, doc, firstLine, lim)
	}
	err := DecodeJSON(t, doc, firstLine, lim)
	var notJSON *SyntaxError
	if !errors.As(err, &notJSON) {
		return err
	}
	if yamlErr := DecodeYAML(t, doc, firstLine, lim); yamlErr == nil || !looksQuoted(start) {
		return yamlErr
	}
	return err
}

// looksQuoted reports whether what starts with a bracket goes on with a quote, as JSON does and YAML seldom.
func looksQuoted(start []byte) bool {
	rest := bytes.TrimLeft(start[1:], " \t\r\n{[")
	return len(rest) > 0 && rest[0] == '"'
}

// maxTags is how many %TAG directives a document may have. The YAML library compares each with all before it.
const maxTags = 16

// DecodeYAML reads exactly one YAML document into t, which it resets first. firstLine is the 1-based line of the source
// file on which doc starts. A document without content is a null. It means what kubectl makes of it: aliases and merge
// keys are expanded, of equal keys the last wins, keys that are numbers or booleans become text; what JSON cannot hold
// (.inf, .nan), which kubectl refuses, is kept as a string. The error is a *SyntaxError or a *LimitError, and leaves t
// empty.
func DecodeYAML(t *Tree, doc []byte, firstLine int, lim Limits) (err error) {
	t.start(lim.orDefaults())
	firstLine = max(firstLine, 1)
	defer func() {
		if r := recover(); r != nil { // a bug of the YAML library must not end the program
			err = &SyntaxError{Line: firstLine, Msg: fmt.Sprintf("the YAML parser failed: %v", r)}
		}
		if err != nil {
			t.Reset()
		}
	}()
	if len(doc) > t.lim.Bytes {
		return &LimitError{Line: firstLine, What: tooManyBytes, Limit: t.lim.Bytes}
	}
	doc = bytes.TrimPrefix(doc, []byte(utf8BOM))
	if err := checkEncoding(doc, firstLine); err != nil {
		return err
	}
	if n := bytes.Count(doc, []byte("\n%TAG")); n > maxTags {
		return &SyntaxError{Line: firstLine, Msg: fmt.Sprintf("the document starts with %d %%TAG lines; more than %d are refused", n, maxTags)}
	}
	if err := checkUTF8(doc, firstLine); err != nil {
		return err
	}
	top, err := parseYAML(doc, firstLine, t.lim)
	if err != nil {
		return err
	}
	d := yamlDecode{t: t, offset: firstLine - 1}
	if top == nil || len(top.Content) == 0 {
		_, err = t.add(entry{kind: Null, line: int32(firstLine)})
		return err
	}
	return d.value(top.Content[0], "", 0)
}

// parseYAML returns the document node; nil if there is nothing but comments.
func parseYAML(doc []byte, firstLine int, lim Limits) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(doc))
	var top, more yaml.Node
	if err := dec.Decode(&top); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, explainYAML(err, doc, firstLine, lim)
	}
	switch err := dec.Decode(&more); {
	case errors.Is(err, io.EOF):
		return &top, nil
	case err == nil:
		return nil, &SyntaxError{Line: firstLine - 1 + more.Line, Msg: "a second document starts here"}
	default:
		return nil, explainYAML(err, doc, firstLine, lim)
	}
}

// yamlDecode copies the nodes of one document to the tape.
type yamlDecode struct {
	t      *Tree
	offset int          // what to add to a line of the document for that of the file
	active []*yaml.Node // anchors that are being expanded
}

func (d *yamlDecode) line(n *yaml.Node) int32 { return int32(d.offset + n.Line) }

func (d *yamlDecode) fail(n *yaml.Node, format string, args ...any) error {
	return &SyntaxError{Line: int(d.line(n)), Msg: fmt.Sprintf(format, args...)}
}

// value adds n under key. line is where its key stands; 0 for none.
func (d *yamlDecode) value(n *yaml.Node, key string, line int32) error {
	if line == 0 {
		line = d.line(n)
	}
	e := entry{key: key, line: line}
	if n.Style&yaml.TaggedStyle != 0 {
		d.t.tagNext(n.Tag)
	}
	switch n.Kind {
	case yaml.ScalarNode:
		var err error
		if e.kind, e.text, err = resolveScalar(n); err != nil {
			return d.fail(n, "%v", err)
		}
		e.text = d.t.share(e.text)
		_, err = d.t.add(e)
		return err
	case yaml.AliasNode:
		return d.expand(n, func(anchored *yaml.Node) error { return d.value(anchored, key, line) })
	case yaml.SequenceNode:
		e.kind = List
		if err := d.t.open(e); err != nil {
			return err
		}
		for _, c := range n.Content {
			if err := d.value(c, "", 0); err != nil {
				return err
			}
		}
	case yaml.MappingNode:
		e.kind = Map
		if err := d.t.open(e); err != nil {
			return err
		}
		if err := d.members(n); err != nil {
			return err
		}
	default:
		return d.fail(n, "the YAML parser returned an unknown kind of node")
	}
	d.t.close()
	return nil
}

// expand calls do with what the alias n stands for.
func (d *yamlDecode) expand(n *yaml.Node, do func(*yaml.Node) error) error {
	for _, a := range d.active {
		if a == n.Alias {
			return d.fail(n, "anchor %q contains itself", n.Value)
		}
	}
	if len(d.active) >= d.t.lim.Depth {
		return &LimitError{Line: int(d.line(n)), What: tooDeep, Limit: d.t.lim.Depth}
	}
	d.active = append(d.active, n.Alias)
	err := do(n.Alias)
	d.active = d.active[:len(d.active)-1]
	return err
}

// members adds the members of map n to the open map. What a merge key brings stands where the merge key does, and a
// later member wins, so it replaces what stands before it: go-yaml v2 does so, and with it kubectl.
func (d *yamlDecode) members(n *yaml.Node) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if isMerge(k) {
			if err := d.merge(v); err != nil {
				return err
			}
			continue
		}
		key, err := d.key(k)
		if err != nil {
			return err
		}
		if err := d.value(v, key, d.line(k)); err != nil {
			return err
		}
	}
	return nil
}

func isMerge(k *yaml.Node) bool {
	if k.Kind != yaml.ScalarNode || k.Value != "<<" {
		return false
	}
	return k.Style&^yaml.FlowStyle == 0 || k.Style&yaml.TaggedStyle != 0 && k.Tag == "!!merge"
}

// merge adds the members that a merge key brings: of a list of maps the first wins.
func (d *yamlDecode) merge(v *yaml.Node) error {
	switch v.Kind {
	case yaml.MappingNode:
		return d.members(v)
	case yaml.AliasNode:
		if v.Alias != nil && v.Alias.Kind == yaml.MappingNode {
			return d.expand(v, d.members)
		}
	case yaml.SequenceNode:
		for i := len(v.Content) - 1; i >= 0; i-- {
			if c := v.Content[i]; c.Kind == yaml.SequenceNode {
				return d.fail(c, "a merge key (<<) needs a map or a list of maps")
			}
			if err := d.merge(v.Content[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return d.fail(v, "a merge key (<<) needs a map or a list of maps")
}

// key returns a map key as JSON writes it.
func (d *yamlDecode) key(k *yaml.Node) (string, error) {
	if k.Kind == yaml.AliasNode {
		k = k.Alias
	}
	if k == nil || k.Kind != yaml.ScalarNode {
		return "", d.fail(k, "a map or a list cannot be a key")
	}
	s, err := keyText(k)
	if err != nil {
		return "", d.fail(k, "%v", err)
	}
	return d.t.share(s), nil
}
