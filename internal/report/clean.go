package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may follow one letter; more would draw over the lines around.
const maxMarks = 2

// Clean makes text from outside harmless on a terminal, as every output for people does it: on one line, with
// what is not printable written out as a Go escape.
func Clean(s string) string { return clean(s) }

// clean makes text from outside harmless on a terminal: what is not printable (control characters, the
// start of an escape sequence, changes of writing direction, line separators, invalid UTF-8) is written
// out as a Go escape such as \x1b, and every kind of space is a plain one. It also keeps the text on one
// line.
func clean(s string) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	marks := 0
	for i, r := range s {
		mark := unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r)
		if !mark {
			marks = 0
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i]), 16))
		case mark:
			marks++
			if marks > maxMarks || b.Len() == 0 || isVariation(r) {
				writeEscape(&b, r)
			} else {
				b.WriteRune(r)
			}
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case unicode.IsPrint(r) && !unicode.Is(unicode.Co, r):
			b.WriteRune(r)
		default:
			writeEscape(&b, r)
		}
	}
	return b.String()
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isVariation reports whether a mark selects a form of the letter before it, which may change its width.
func isVariation(r rune) bool { return r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef }

func writeEscape(b *strings.Builder, r rune) {
	if unicode.IsPrint(r) {
		b.WriteString(`\u` + strconv.FormatInt(int64(r), 16))
		return
	}
	quoted := strconv.QuoteRune(r)
	b.WriteString(quoted[1 : len(quoted)-1])
}

// cleanLines cleans a text of several lines, line by line.
func cleanLines(s string) []string {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")), "\n")
	for i, line := range lines {
		lines[i] = clean(strings.ReplaceAll(strings.TrimRight(line, " \t"), "\t", "    "))
	}
	return lines
}
