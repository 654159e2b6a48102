package lang

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Check says what is wrong with a text by the [Glossary]: languages that are missing, terms of the English
// whose translation the other languages do not have, and forms that a language must not use. Code is left
// alone: what stands in backticks, lines that are indented by four or more, and words that only code has
// (spec.hostPID, kube-system/app, --dry-run).
func Check(t Text) []string {
	var problems []string
	for _, l := range t.Missing() {
		problems = append(problems, fmt.Sprintf("%s: the text is missing", l))
	}
	glossary := Glossary()
	used := terms(words(t.EN), glossary)
	for _, l := range []Lang{ES, PT} {
		text := words(map[Lang]string{ES: t.ES, PT: t.PT}[l])
		if len(text) == 0 {
			continue
		}
		for _, term := range used {
			if want := term.in(l); !containsAny(text, want) {
				problems = append(problems, fmt.Sprintf("%s: %q is not there for %q", l, first(want), first(term.EN)))
			}
		}
		for _, term := range glossary {
			if form, ok := findAny(text, term.not(l)); ok {
				problems = append(problems, fmt.Sprintf("%s: %q is not the word%s", l, form, instead(term.in(l))))
			}
		}
	}
	return problems
}

func (t Term) in(l Lang) string {
	if l == ES {
		return t.ES
	}
	return t.PT
}

func (t Term) not(l Lang) string {
	if l == ES {
		return t.NotES
	}
	return t.NotPT
}

func first(forms string) string {
	form, _, _ := strings.Cut(forms, "|")
	return form
}

func instead(forms string) string {
	if forms == "" {
		return ""
	}
	return fmt.Sprintf("; use %q", first(forms))
}

// word is one word of a text in lower case. The zero word stands for code, which matches nothing.
type word struct {
	text string
	// name is set where the word has a capital letter that the beginning of a sentence does not explain.
	name bool
}

// words cuts a text into words.
func words(text string) []word {
	var all []word
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t") {
			continue
		}
		starts := true
		for i, part := range strings.Split(line, "`") {
			if i%2 == 1 {
				all, starts = append(all, word{}), false
				continue
			}
			for field := range strings.FieldsSeq(part) {
				all = append(all, newWord(field, starts))
				starts = strings.ContainsAny(field[len(field)-1:], ".!?:")
			}
		}
	}
	return all
}

func newWord(field string, starts bool) word {
	bare := strings.TrimFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' })
	bare = strings.TrimSuffix(strings.TrimSuffix(bare, "'s"), "’s")
	if bare == "" || strings.HasPrefix(bare, "-") || strings.ContainsAny(bare, "./_=@*<>{}[]") {
		return word{}
	}
	runes := []rune(bare)
	inner := slices.ContainsFunc(runes[1:], unicode.IsUpper)
	if inner && !slices.ContainsFunc(runes, unicode.IsLower) {
		return word{text: strings.ToLower(bare)} // an abbreviation: API, IAM
	}
	if inner {
		return word{} // a field or a kind: hostPath, ConfigMap
	}
	return word{text: strings.ToLower(bare), name: unicode.IsUpper(runes[0]) && !starts}
}

// terms lists the terms of the glossary that an English text has. Where several begin at one word, the one
// of most words counts: "service account", not "service".
func terms(text []word, glossary []Term) []Term {
	type form struct {
		words []string
		term  int
	}
	var forms []form
	for i, t := range glossary {
		for f := range strings.SplitSeq(t.EN, "|") {
			if f != "" {
				forms = append(forms, form{strings.Fields(f), i})
			}
		}
	}
	slices.SortStableFunc(forms, func(a, b form) int { return cmp.Compare(len(b.words), len(a.words)) })
	var found []int
	for at := 0; at < len(text); {
		step := 1
		for _, f := range forms {
			if matchAt(text, at, f.words) {
				found = append(found, f.term)
				step = len(f.words)
				break
			}
		}
		at += step
	}
	slices.Sort(found)
	var used []Term
	for _, i := range slices.Compact(found) {
		used = append(used, glossary[i])
	}
	return used
}

func containsAny(text []word, forms string) bool {
	_, ok := findAny(text, forms)
	return ok
}

// findAny gives the first of the forms that a text has.
func findAny(text []word, forms string) (string, bool) {
	for form := range strings.SplitSeq(forms, "|") {
		pattern := strings.Fields(form)
		for at := range text {
			if len(pattern) > 0 && matchAt(text, at, pattern) {
				return form, true
			}
		}
	}
	return "", false
}

func matchAt(text []word, at int, pattern []string) bool {
	if at+len(pattern) > len(text) {
		return false
	}
	for i, want := range pattern {
		have := text[at+i]
		stem, open := strings.CutSuffix(want, "*")
		if have.name || have.text != want && !(open && strings.HasPrefix(have.text, stem)) {
			return false
		}
	}
	return true
}
