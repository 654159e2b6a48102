package event

import (
	"iter"
	"math/bits"
	"unicode/utf8"
)

// Raw is a JSON value as it was written, known to be well formed; empty for one that is not there. Its methods look into
// it without parsing the rest, and give zero values for what has another type.
type Raw string

// Get gives the value of a member of an object; of several with the same name, the last. It is empty where there is none.
// It allocates only where a member's name is written with escapes.
func (r Raw) Get(name string) Raw {
	var found Raw
	for key, value := range r.members('{') {
		if sameText(key, name) {
			found = value
		}
	}
	return found
}

// Text gives the text of a JSON string, without its escapes, or of a number or boolean; "" for anything else. It
// allocates only for a string with escapes.
func (r Raw) Text() string {
	switch r.first() {
	case '"':
		if text := r[1:]; len(text) > 0 && text[len(text)-1] == '"' {
			return textOf(string(text[:len(text)-1]))
		}
		return ""
	case 0, '{', '[', 'n':
		return ""
	}
	return string(r)
}

// First gives the first element of a list; empty where there is none.
func (r Raw) First() Raw {
	for _, value := range r.members('[') {
		return value
	}
	return ""
}

// All gives the elements of a list, or the values of an object's members, in their order.
func (r Raw) All() iter.Seq[Raw] {
	return func(yield func(Raw) bool) {
		for _, value := range r.members(r.first()) {
			if !yield(value) {
				return
			}
		}
	}
}

// Members gives the members of an object in their order, each name without its escapes.
func (r Raw) Members() iter.Seq2[string, Raw] {
	return func(yield func(string, Raw) bool) {
		for key, value := range r.members('{') {
			if !yield(textOf(key), value) {
				return
			}
		}
	}
}

// Has reports whether a list holds a text. It allocates nothing where the list's texts are written without escapes.
func (r Raw) Has(text string) bool {
	for _, value := range r.members('[') {
		if len(value) >= 2 && value[0] == '"' && sameText(string(value[1:len(value)-1]), text) {
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

// members gives what an object or a list holds, if r starts with the byte that opens such a one: of an object also the
// names, as they are written between their quotes. It trusts the text to be well formed, and stops where it is not.
func (r Raw) members(opening byte) iter.Seq2[string, Raw] {
	return func(yield func(string, Raw) bool) {
		if r.first() != opening || opening != '{' && opening != '[' {
			return
		}
		text := string(r)
		for i := skipSeparators(text, 1); i < len(text) && text[i] != '}' && text[i] != ']'; i = skipSeparators(text, i) {
			key := ""
			if opening == '{' {
				end := skipValue(text, i)
				if end-i < 2 {
					return
				}
				key, i = text[i+1:end-1], skipSeparators(text, end)
			}
			end := skipValue(text, i)
			if end == i || !yield(key, Raw(text[i:end])) {
				return
			}
			i = end
		}
	}
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

// sameText reports whether the text between a string's quotes stands for a text.
func sameText(written, text string) bool {
	return written == text && isPlain(written) || !isPlain(written) && unquote(written) == text
}

// isPlain reports whether the text between a string's quotes is its value.
func isPlain(written string) bool {
	ascii := true
	for i := range len(written) {
		if written[i] == '\\' {
			return false
		}
		ascii = ascii && written[i] < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(written)
}
