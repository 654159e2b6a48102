package tree

import (
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// AppendJSON appends the node as compact JSON: keys in source order, numbers as they were written where JSON can say it
// so, invalid UTF-8 replaced by U+FFFD. A missing node is null.
func (n Node) AppendJSON(dst []byte) []byte {
	if n.at() == nil {
		return append(dst, "null"...)
	}
	return n.t.appendJSON(dst, n.i)
}

func (t *Tree) appendJSON(dst []byte, i int32) []byte {
	e := &t.nodes[i]
	switch e.kind {
	case Bool, Number:
		return append(dst, e.text...)
	case String:
		return appendQuoted(dst, e.text)
	case List, Map:
		return t.appendChildren(dst, i, e)
	default:
		return append(dst, "null"...)
	}
}

func (t *Tree) appendChildren(dst []byte, i int32, e *entry) []byte {
	first, last := byte('['), byte(']')
	if e.kind == Map {
		first, last = '{', '}'
	}
	dst = append(dst, first)
	sep := false
	for c := i + 1; c < e.end; c = t.nodes[c].end {
		ce := &t.nodes[c]
		if ce.gone {
			continue
		}
		if sep {
			dst = append(dst, ',')
		}
		sep = true
		if e.kind == Map {
			dst = append(appendQuoted(dst, ce.key), ':')
		}
		dst = t.appendJSON(dst, c)
	}
	return append(dst, last)
}

// appendQuoted appends s as a JSON string.
func appendQuoted(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			dst, _ = jsontext.AppendQuote(dst, s) // its error says that invalid UTF-8 was replaced: wanted
			return dst
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
