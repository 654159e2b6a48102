package event

import (
	"iter"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// Raw is a JSON value as it was written, known to be well formed; empty for one that is not there. Its methods look into
// it without parsing the rest, and give zero values for what has another type.
type Raw string

// Get gives the value of a member of an object; of several with the same name, the last. It is empty where there is none.
// It allocates only where a member's name is written with escapes.
func (r Raw) Get(name string) Raw {
	var found Raw
	for c := r.walk('{'); c.next(); {
		if sameText(c.name, name) {
			found = c.value
		}
	}
	return found
}

// Text gives the text of a JSON string, without its escapes, or of a number or boolean; "" for anything else. It
// allocates only for a string with escapes.
func (r Raw) Text() string {
	switch r.first() {
	case '"':
		return textOf(r.written())
	case 0, '{', '[', 'n':
		return ""
	}
	return string(r)
}

// First gives the first element of a list; empty where there is none.
func (r Raw) First() Raw {
	c := r.walk('[')
	c.next()
	return c.value
}

// Last gives the last element of a list; empty where there is none.
func (r Raw) Last() Raw {
	var last Raw
	for c := r.walk('['); c.next(); {
		last = c.value
	}
	return last
}

// All gives the elements of a list, or the values of an object's members, in their order.
func (r Raw) All() iter.Seq[Raw] {
	return func(yield func(Raw) bool) {
		for c := r.walk(r.first()); c.next() && yield(c.value); {
			continue
		}
	}
}

// Members gives the members of an object in their order, each name without its escapes.
func (r Raw) Members() iter.Seq2[string, Raw] {
	return func(yield func(string, Raw) bool) {
		for c := r.walk('{'); c.next() && yield(textOf(c.name), c.value); {
			continue
		}
	}
}

// Has reports whether a list holds a text. It allocates only for texts that are written with escapes.
func (r Raw) Has(text string) bool {
	for c := r.walk('['); c.next(); {
		if c.value.first() == '"' && sameText(c.value.written(), text) {
			return true
		}
	}
	return false
}

// first gives the first byte, which tells the type; 0 where there is none.
func (r Raw) first() byte {
	if r == "" {
		return 0
	}
	return r[0]
}

// written gives what stands between the quotes of a string.
func (r Raw) written() string {
	if len(r) < 2 || r[len(r)-1] != '"' {
		return ""
	}
	return string(r[1 : len(r)-1])
}

// cursor walks over what an object or a list holds. It trusts the text to be well formed; of another it gives something or
// other, but ends.
type cursor struct {
	text   string
	at     int
	object bool
	// name is that of the member at hand, as it is written between its quotes; "" in a list.
	name  string
	value Raw
}

// walk gives a cursor before the first element, if r starts with the byte that opens an object or a list; else one that is
// at its end.
func (r Raw) walk(opening byte) cursor {
	if first := r.first(); first != opening || first != '{' && first != '[' {
		return cursor{}
	}
	return cursor{text: string(r), at: 1, object: opening == '{'}
}

// next goes to the next element, and reports whether there is one.
func (c *cursor) next() bool {
	i := skipSeparators(c.text, c.at)
	if c.object && i < len(c.text) && c.text[i] == '"' {
		end := skipText(c.text, i+1)
		c.name, i = c.text[i+1:max(i+1, end-1)], skipSeparators(c.text, end)
	}
	c.at = skipValue(c.text, i)
	c.value = Raw(c.text[i:c.at])
	return c.at > i
}

// skipSeparators walks over white space, commas and colons.
func skipSeparators(text string, i int) int {
	for i < len(text) && (isSpace(text[i]) || text[i] == ',' || text[i] == ':') {
		i++
	}
	return i
}

// skipValue gives the end of a well-formed value.
func skipValue(text string, i int) int {
	depth := 0
	for i < len(text) {
		switch c := text[i]; c {
		case '"':
			i = skipText(text, i+1)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			if depth < 0 {
				return i
			}
			i++
		case ' ', '\n', '\r', '\t', ',', ':':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			for i < len(text) && !endsScalar(text[i]) {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
	return len(text)
}

func endsScalar(c byte) bool {
	switch c {
	case ' ', '\n', '\r', '\t', ',', ':', '}', ']', '{', '[', '"':
		return true
	}
	return false
}

// skipText gives the index behind the quote that ends a well-formed string.
func skipText(text string, i int) int {
	for {
		for i+8 <= len(text) {
			w := load(text, i)
			marks := (((w^ones*'"')-ones)&^(w^ones*'"') | ((w^ones*'\\')-ones)&^(w^ones*'\\')) & highs
			if marks != 0 {
				i += bits.TrailingZeros64(marks) >> 3
				break
			}
			i += 8
		}
		if i >= len(text) {
			return len(text)
		}
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
		i++
	}
}

// textOf gives the value of a string from the text between its quotes.
func textOf(written string) string {
	if isPlain(written) {
		return written
	}
	return unquote(written)
}

// sameText reports whether the text between a string's quotes stands for a text. It decodes only where it has to: without
// escapes, it can differ from what it stands for by U+FFFD alone.
func sameText(written, text string) bool {
	switch {
	case strings.IndexByte(written, '\\') >= 0:
		return unquote(written) == text
	case written == text:
		return utf8.ValidString(written)
	}
	return strings.Contains(text, "\ufffd") && unquote(written) == text
}

// isPlain reports whether the text between a string's quotes is its value.
func isPlain(written string) bool {
	return strings.IndexByte(written, '\\') < 0 && utf8.ValidString(written)
}
