package report

import (
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
)

// plural is a text about a number of things, in both forms that English, Spanish and Portuguese have. The
// number itself is the first %s.
type plural struct {
	one, other lang.Text
}

// in gives the text for a number, with the other arguments after it.
func (p plural) in(l lang.Lang, n int, args ...any) string {
	return fill(p.form(l, n), l, append([]any{number(l, n)}, args...)...)
}

// form picks the form for a number. Zero is singular in Portuguese and plural in the others
// (https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html).
func (p plural) form(l lang.Lang, n int) lang.Text {
	if n == 1 || n == 0 && l == lang.PT {
		return p.one
	}
	return p.other
}

// fill gives a text in one language with its arguments in place.
func fill(t lang.Text, l lang.Lang, args ...any) string {
	return t.Format(args...).In(l)
}

// number writes a number with the thousands apart, as CLDR has it: 10,000 in English, 10.000 in the
// others, where Spanish begins at five digits.
func number(l lang.Lang, n int) string {
	digits := strconv.Itoa(n)
	separator, from := ",", 4
	switch l {
	case lang.ES:
		separator, from = ".", 5
	case lang.PT:
		separator = "."
	}
	if len(digits) < from || n < 0 {
		return digits
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(d)
	}
	return b.String()
}
