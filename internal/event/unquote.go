package event

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote gives the value of a well-formed JSON string from the text between its quotes, as encoding/json does: half a
// surrogate pair and invalid UTF-8 become U+FFFD.
func unquote(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			r, size := unescape(text[i:])
			b.WriteRune(r)
			i += size
		case c < utf8.RuneSelf:
			b.WriteByte(c)
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			b.WriteRune(r)
			i += size
		}
	}
	return b.String()
}

// unescape gives the character of the escape at the start of a text, and its length there.
func unescape(text string) (r rune, size int) {
	switch text[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r = hexRune(text)
		if !utf16.IsSurrogate(r) {
			return max(r, 0), min(6, len(text))
		}
		if len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
			if pair := utf16.DecodeRune(r, hexRune(text[6:])); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return utf8.RuneError, 6
	default:
		return rune(text[1]), 2
	}
}

// hexRune reads the four digits of an escape \uXXXX; -1 where they are not there.
func hexRune(text string) rune {
	if len(text) < 6 {
		return -1
	}
	var r rune
	for i := 2; i < 6; i++ {
		d := hexDigit(text[i])
		if d < 0 {
			return -1
		}
		r = r<<4 | d
	}
	return r
}

// hexDigit gives the value of a hexadecimal digit; -1 for anything else.
func hexDigit(c byte) rune {
	switch {
	case isDigit(c):
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}
