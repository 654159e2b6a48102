package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
)

// Limits on a policy document. IAM itself takes at most 10,240 characters of inline policies, 6,144 of a managed policy
// and 8,192 of a trust policy; policies of other services are up to 32 KiB. The deepest thing in a policy, the value of
// a condition, is 7 deep.
const (
	maxBytes   = 256 << 10
	maxDepth   = 16
	maxPattern = 2048 // Of one action or resource, in bytes.
)

// A node is a JSON value. Its kind is the first letter of its JSON: { [ " 0 t or n, for a map, a list, a text, a
// number, a boolean and null.
type node struct {
	kind    byte
	text    string // Of a text, a number or a boolean.
	items   []node
	members []member
}

// A member is one key of a map with its value. twice is set where the key is there more than once: what it means then
// is anybody's guess. The value is that of the first.
type member struct {
	key   string
	value node
	twice bool
}

// what names the kind of a node in a message.
func (n *node) what() string {
	switch n.kind {
	case '{':
		return "a map"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't':
		return "a boolean"
	default:
		return "null"
	}
}

// readJSON reads a policy document's bytes, which may be URL-encoded as the IAM API returns them (RFC 3986).
func readJSON(data []byte) (node, error) {
	if data = bytes.TrimSpace(data); bytes.HasPrefix(data, []byte("%")) {
		plain, err := url.PathUnescape(string(data))
		if err != nil {
			return node{}, fmt.Errorf("decode the URL-encoding: %w", err)
		}
		data = []byte(plain)
	}
	if len(data) > maxBytes {
		return node{}, fmt.Errorf("the document is larger than %d KiB, which no AWS service accepts as a policy", maxBytes>>10)
	}
	if err := checkJSON(data); err != nil {
		return node{}, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return readNode(d, 0)
}

// checkJSON says where data is not exactly one JSON value.
func checkJSON(data []byte) error {
	var whole json.RawMessage
	err := json.Unmarshal(data, &whole)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		line := 1 + bytes.Count(data[:min(max(syntax.Offset-1, 0), int64(len(data)))], []byte("\n"))
		return fmt.Errorf("this is not JSON, line %d: %w", line, err)
	}
	return err
}

var errTooDeep = fmt.Errorf("maps and lists are nested more than %d deep, which no policy is", maxDepth)

func readNode(d *json.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, errTooDeep
	}
	token, err := d.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return readMap(d, depth+1)
		}
		return readList(d, depth+1)
	case string:
		return node{kind: '"', text: t}, nil
	case json.Number:
		return node{kind: '0', text: t.String()}, nil
	case bool:
		return node{kind: 't', text: fmt.Sprint(t)}, nil
	default:
		return node{kind: 'n'}, nil
	}
}

func readList(d *json.Decoder, depth int) (node, error) {
	n := node{kind: '['}
	for d.More() {
		item, err := readNode(d, depth)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, item)
	}
	_, err := d.Token()
	return n, err
}

func readMap(d *json.Decoder, depth int) (node, error) {
	n := node{kind: '{'}
	seen := map[string]int{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return node{}, err
		}
		key, ok := token.(string)
		if !ok {
			return node{}, io.ErrUnexpectedEOF
		}
		value, err := readNode(d, depth)
		if err != nil {
			return node{}, err
		}
		if first, again := seen[key]; again {
			n.members[first].twice = true
			continue
		}
		seen[key] = len(n.members)
		n.members = append(n.members, member{key: key, value: value})
	}
	_, err := d.Token()
	return n, err
}

// get returns the member with a key; nil where there is none.
func (n *node) get(key string) *member {
	if i := slices.IndexFunc(n.members, func(m member) bool { return m.key == key }); i >= 0 {
		return &n.members[i]
	}
	return nil
}
