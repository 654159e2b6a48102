package report

import (
	"strings"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/lang"
)

// columns is how many columns of a terminal a text takes.
func columns(s string) int { return lang.Columns(s) }

func runeColumns(r rune) int { return lang.RuneColumns(r) }

// cut splits a text after as much of it as fits into some columns, at least one character.
func cut(s string, width int) (head, tail string) {
	used := 0
	for i, r := range s {
		w := runeColumns(r)
		if used+w > width && i > 0 && w > 0 {
			return s[:i], s[i:]
		}
		used += w
	}
	return s, ""
}

// fold shortens a text to some columns by leaving out its middle. The end gets the larger part: it is
// where the names of files and pods differ.
func fold(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	if width < 2 {
		return strings.Repeat("…", max(width, 0))
	}
	head, room := "", width-1
	if part := room * 2 / 5; part > 0 {
		head, _ = cut(s, part)
		if columns(head) > part {
			head = ""
		}
	}
	room -= columns(head)
	start := len(s)
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:start])
		if room -= runeColumns(r); room < 0 {
			break
		}
		start -= size
	}
	for start < len(s) {
		r, size := utf8.DecodeRuneInString(s[start:])
		if runeColumns(r) > 0 {
			break // A mark belongs to the letter that was left out.
		}
		start += size
	}
	return head + "…" + s[start:]
}
