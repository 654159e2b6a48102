package report

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wide lists what takes two columns: the ranges of East Asian Width W and F, and emoji
// (https://www.unicode.org/reports/tr11/). It is coarse on the safe side: a character that it takes for
// wide by mistake makes a line shorter, never longer.
var wide = [][2]rune{
	{0x1100, 0x115f},
	{0x231a, 0x231b},
	{0x2329, 0x232a},
	{0x23e9, 0x23f3},
	{0x25fd, 0x25fe},
	{0x2614, 0x27bf},
	{0x2b1b, 0x2b1c},
	{0x2b50, 0x2b55},
	{0x2e80, 0x303e},
	{0x3041, 0xa4cf},
	{0xa960, 0xa97f},
	{0xac00, 0xd7a3},
	{0xf900, 0xfaff},
	{0xfe10, 0xfe19},
	{0xfe30, 0xfe6f},
	{0xff00, 0xff60},
	{0xffe0, 0xffe6},
	{0x16fe0, 0x18dff},
	{0x1aff0, 0x1b2ff},
	{0x1d300, 0x1d37f},
	{0x1f000, 0x1faff},
	{0x20000, 0x3fffd},
}

// columns is how many columns of a terminal a text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		return 0
	}
	i := sort.Search(len(wide), func(i int) bool { return wide[i][1] >= r })
	if i < len(wide) && wide[i][0] <= r {
		return 2
	}
	return 1
}

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
