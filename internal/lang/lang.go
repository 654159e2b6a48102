// Package lang holds the languages Merlon speaks and the form of every text a person reads: one
// [Text] with its English, Spanish and Portuguese side by side. It decides which language a run
// speaks from a flag or a locale, and never translates anything itself.
package lang

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Lang is a language that Merlon speaks, as an ISO 639-1 code.
type Lang string

// The languages of every text.
const (
	EN Lang = "en"
	ES Lang = "es"
	PT Lang = "pt"
)

// All lists the languages in the order in which they are documented.
func All() []Lang { return []Lang{EN, ES, PT} }

// Parse reads a language code. A region (es-AR, pt_BR) is accepted and ignored.
func Parse(s string) (Lang, error) {
	code, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(s), "_", "-"), "-")
	if l := Lang(code); slices.Contains(All(), l) {
		return l, nil
	}
	return EN, fmt.Errorf("language %q is not one of en, es, pt", s)
}

// FromLocale picks the language of the first POSIX locale that is set, in the order in which the C
// library reads them (LC_ALL, LC_MESSAGES, LANG); English where none is set or spoken.
func FromLocale(getenv func(string) string) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value, _, _ := strings.Cut(getenv(name), ".")
		if value == "" {
			continue
		}
		l, _ := Parse(value)
		return l
	}
	return EN
}

// Text is one text in every language. Its JSON form is a plain string: the English one, unless the
// text was narrowed with [Text.Only].
type Text struct {
	EN, ES, PT string
}

// In returns the text in one language, and the English where that one is missing, as it may be in a
// user's own rules.
func (t Text) In(l Lang) string {
	switch {
	case l == ES && t.ES != "":
		return t.ES
	case l == PT && t.PT != "":
		return t.PT
	}
	return t.EN
}

// Only narrows the text to one language, which is then what its JSON form shows.
func (t Text) Only(l Lang) Text { return Text{EN: t.In(l)} }

// Missing lists the languages in which the text is empty.
func (t Text) Missing() []Lang {
	var missing []Lang
	for _, p := range []struct {
		lang Lang
		text string
	}{{EN, t.EN}, {ES, t.ES}, {PT, t.PT}} {
		if strings.TrimSpace(p.text) == "" {
			missing = append(missing, p.lang)
		}
	}
	return missing
}

// Format fills the same verbs into each language; see [fmt.Sprintf]. Arguments that are themselves
// texts are given in the language of the sentence they go into.
func (t Text) Format(args ...any) Text {
	in := func(l Lang, format string) string {
		if format == "" {
			return ""
		}
		local := make([]any, len(args))
		for i, a := range args {
			if text, ok := a.(Text); ok {
				a = text.In(l)
			}
			local[i] = a
		}
		return fmt.Sprintf(format, local...)
	}
	return Text{EN: in(EN, t.EN), ES: in(ES, t.ES), PT: in(PT, t.PT)}
}

// FirstLine keeps the first line of each language: the title of a longer text.
func (t Text) FirstLine() Text {
	cut := func(s string) string {
		line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
		return line
	}
	return Text{EN: cut(t.EN), ES: cut(t.ES), PT: cut(t.PT)}
}

// MarshalJSON writes the English text, or the only one that [Text.Only] left.
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(t.EN) }

// UnmarshalJSON reads the one language that a saved result holds.
func (t *Text) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &t.EN) }
