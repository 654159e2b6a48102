package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"text/template"
	"time"
)

// stable makes up values as the functions of Helm that do, but the same ones each time, so that a name with a random end
// is one resource from one scan to the next. What it gives is fit for nothing else.
type stable struct{ from *rand.Rand }

func newStable() *stable { return &stable{rand.New(rand.NewPCG(1, 2))} }

// functions are those whose result is another one each time
// (https://helm.sh/docs/chart_template_guide/function_list/): of text, of numbers, of UUIDs, and the clock.
func (s *stable) functions() template.FuncMap {
	const digits, letters = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var printable []byte
	for c := byte(' '); c <= '~'; c++ {
		printable = append(printable, c)
	}
	of := func(alphabet string) func(int) string {
		return func(n int) string { return string(s.bytes(n, alphabet)) }
	}
	return template.FuncMap{
		"randAlphaNum": of(digits + letters), "randAlpha": of(letters), "randNumeric": of(digits), "randAscii": of(string(printable)),
		"randBytes": func(n int) (string, error) {
			return base64.StdEncoding.EncodeToString(s.bytes(n, string(printable))), nil
		},
		"randInt": func(least, below int) (int, error) {
			if below <= least {
				return 0, fmt.Errorf("randInt: %d is not below %d", least, below)
			}
			return least + s.from.IntN(below-least), nil
		},
		"uuidv4": func() string {
			return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", s.from.Uint32(), s.from.IntN(1<<16), s.from.IntN(1<<12), s.from.IntN(1<<12), s.from.Int64N(1<<48))
		},
		"shuffle": func(text string) string {
			all := []rune(text)
			s.from.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			return string(all)
		},
		"now": func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) },
	}
}

func (s *stable) bytes(n int, alphabet string) []byte {
	text := make([]byte, max(n, 0))
	for i := range text {
		text[i] = alphabet[s.from.IntN(len(alphabet))]
	}
	return text
}
