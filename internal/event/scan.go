package event

import (
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// maxDepth is how deep objects and lists may nest: 10,000 levels of a body, which is what encoding/json allows and thus the
// API server takes, and what stands around it. With 10,000 for all, a patch of 10,000 levels would hide its record.
const maxDepth = 10_000 + 64

// scanner walks over JSON text and checks its grammar (RFC 8259). Its methods take the index at which something starts
// and give the index behind it, or failed.
type scanner struct {
	text string
	// problem is the first that was found, and at where.
	problem string
	at      int
	// depth is how many objects and lists are open around the value at hand, of which skip keeps no other account.
	depth int
	// inObject has a bit for each open container that skip came into: set where it is an object.
	inObject [maxDepth/64 + 1]uint64
}

// failed is the index that a method gives where the text is not JSON.
const failed = -1

func (s *scanner) reset(text string) { s.text, s.problem, s.at, s.depth = text, "", 0, 0 }

// fail keeps the first problem. An index at the end of the text, or behind it, means that the text is cut.
func (s *scanner) fail(at int, problem string) int {
	if at >= len(s.text) {
		at, problem = len(s.text), "the text ends in the middle of a value"
	}
	if s.problem == "" {
		s.at, s.problem = at, problem
	}
	return failed
}

// err tells the problem and its byte, counted from 1. It quotes nothing of the text, which may hold secrets.
func (s *scanner) err() error { return fmt.Errorf("byte %d: %s", s.at+1, s.problem) }

// space gives the index of the first byte that is not white space.
func (s *scanner) space(i int) int {
	for i < len(s.text) && isSpace(s.text[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// load gives eight bytes of a text, the first of them lowest. The compiler makes one instruction of it.
func load(text string, i int) uint64 {
	b := text[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special marks, by the highest bit of each byte, those that are not plain in a JSON string: quotes, backslashes, control
// characters and what is not ASCII. Only the lowest mark is exact: a borrow may set the one after it.
func special(w uint64) uint64 {
	return ((w - ones*0x20) | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones) | w) & highs
}

// str walks over a string from the byte after its quote, and gives the index of the closing quote. The string is plain
// where its value is the text between the quotes: no escapes, valid UTF-8.
func (s *scanner) str(i int) (end int, plain bool) {
	text := s.text
	plain = true
	for {
		for i+8 <= len(text) {
			marks := special(load(text, i))
			if marks != 0 {
				i += bits.TrailingZeros64(marks) >> 3
				break
			}
			i += 8
		}
		if i >= len(text) {
			return s.fail(i, ""), false
		}
		switch c := text[i]; {
		case c == '"':
			return i, plain
		case c == '\\':
			plain = false
			if i = s.escape(i); i < 0 {
				return failed, false
			}
		case c < ' ':
			return s.fail(i, "a control character in a string"), false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			plain = plain && (r != utf8.RuneError || size > 1)
			i += size
		}
	}
}

// escape walks over an escape sequence, which starts with a backslash.
func (s *scanner) escape(i int) int {
	if i+1 >= len(s.text) {
		return s.fail(i+1, "")
	}
	switch s.text[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		for j := i + 2; j < i+6; j++ {
			if j >= len(s.text) || hexDigit(s.text[j]) < 0 {
				return s.fail(j, `an escape \u without four hexadecimal digits`)
			}
		}
		return i + 6
	}
	return s.fail(i+1, "an unknown escape in a string")
}

// value walks over any value.
func (s *scanner) value(i int) int {
	if i >= len(s.text) {
		return s.fail(i, "")
	}
	switch c := s.text[i]; c {
	case '"':
		end, _ := s.str(i + 1)
		if end < 0 {
			return failed
		}
		return end + 1
	case '{', '[':
		return s.skip(i)
	default:
		return s.scalar(i)
	}
}

// scalar walks over a number or one of the words true, false and null.
func (s *scanner) scalar(i int) int {
	if i >= len(s.text) {
		return s.fail(i, "")
	}
	switch c := s.text[i]; {
	case c == 't':
		return s.word(i, "true")
	case c == 'f':
		return s.word(i, "false")
	case c == 'n':
		return s.word(i, "null")
	case c == '-' || isDigit(c):
		return s.number(i)
	}
	return s.fail(i, "something that starts no value")
}

func (s *scanner) word(i int, word string) int {
	for j := range len(word) {
		if i+j >= len(s.text) || s.text[i+j] != word[j] {
			return s.fail(i+j, "an unknown word in the place of a value")
		}
	}
	return i + len(word)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (s *scanner) number(i int) int {
	if s.text[i] == '-' {
		i++
	}
	if i < len(s.text) && s.text[i] == '0' {
		i++
	} else if i = s.digits(i); i < 0 {
		return failed
	}
	if i < len(s.text) && s.text[i] == '.' {
		if i = s.digits(i + 1); i < 0 {
			return failed
		}
	}
	if i < len(s.text) && s.text[i]|0x20 == 'e' {
		i++
		if i < len(s.text) && (s.text[i] == '+' || s.text[i] == '-') {
			i++
		}
		return s.digits(i)
	}
	return i
}

// digits walks over at least one digit.
func (s *scanner) digits(i int) int {
	start := i
	for i < len(s.text) && isDigit(s.text[i]) {
		i++
	}
	if i == start {
		return s.fail(i, "a number without the digit that has to be here")
	}
	return i
}

// skip walks over an object or a list. It does not call itself, so that nesting costs a bit for each level.
func (s *scanner) skip(i int) int {
	text, depth, object := s.text, s.depth, false
	for {
		// A value starts at i.
		if i >= len(text) {
			return s.fail(i, "")
		}
		switch c := text[i]; c {
		case '"':
			if i, _ = s.str(i + 1); i < 0 {
				return failed
			}
			i++
		case '{', '[':
			if depth >= maxDepth {
				return s.fail(i, tooDeep)
			}
			i = s.next(i)
			if i < len(text) && text[i] == c+2 { // '}' and ']' stand two behind '{' and '['.
				i++
				break
			}
			object = c == '{'
			s.push(depth, object)
			depth++
			if object {
				if i = s.skipKey(i); i < 0 {
					return failed
				}
			}
			continue
		default:
			if i = s.scalar(i); i < 0 {
				return failed
			}
		}
		// The value ended before i, and with it those that it is the last of.
		if i, depth = s.close(i, depth, object); depth == s.depth || i < 0 {
			return i
		}
		if object = s.isObject(depth - 1); object {
			if i = s.skipKey(i); i < 0 {
				return failed
			}
		}
	}
}

const tooDeep = "more than 10064 objects and lists inside one another"

// close goes out of the objects and lists that end behind a value, and past the comma to the next value or name in the one
// that does not. It gives the index and how many are open then; failed for a value that neither may follow.
func (s *scanner) close(i, depth int, object bool) (next, open int) {
	for text := s.text; depth > s.depth; {
		if i < len(text) && text[i] <= ' ' {
			i = s.space(i)
		}
		if i >= len(text) {
			return s.fail(i, ""), depth
		}
		switch c := text[i]; {
		case c == ',':
			return s.next(i), depth
		case c == '}' && object, c == ']' && !object:
			i++
			depth--
			object = depth > 0 && s.isObject(depth-1)
		default:
			return s.fail(i, "something other than a comma or the end of the object or list"), depth
		}
	}
	return i, depth
}

// next gives the index of the first byte behind i that is not white space.
func (s *scanner) next(i int) int {
	i++
	if i < len(s.text) && s.text[i] <= ' ' {
		return s.space(i)
	}
	return i
}

// push remembers what kind of container is opened at a depth.
func (s *scanner) push(depth int, object bool) {
	bit := uint64(1) << (depth & 63)
	if object {
		s.inObject[depth>>6] |= bit
	} else {
		s.inObject[depth>>6] &^= bit
	}
}

// isObject reports what push remembered.
func (s *scanner) isObject(depth int) bool { return s.inObject[depth>>6]>>(depth&63)&1 == 1 }

// skipKey walks over a member's name and the colon, to its value.
func (s *scanner) skipKey(i int) int {
	if i >= len(s.text) || s.text[i] != '"' {
		return s.fail(i, "something other than a member's name")
	}
	end, _ := s.str(i + 1)
	if end < 0 {
		return failed
	}
	if end+2 < len(s.text) && s.text[end+1] == ':' && s.text[end+2] > ' ' {
		return end + 2
	}
	return s.colon(end + 1)
}

func (s *scanner) colon(i int) int {
	i = s.space(i)
	if i >= len(s.text) || s.text[i] != ':' {
		return s.fail(i, "a member's name without a colon")
	}
	return s.space(i + 1)
}
