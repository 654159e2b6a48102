package main

import (
	"fmt"
	"strings"
)

// noSuchMutant ends what is said of an entry without a mutant.
const noSuchMutant = ": there is no such mutant"

// equivalents says of mutants that no test can notice them, or that none should, and why. The key is that of
// the mutant.
type equivalents map[string]string

// readEquivalents reads the list: for each mutant a line with its key and below it, indented, one line with the
// reason. Empty lines and those that begin with # are skipped.
func readEquivalents(name, text string) (equivalents, error) {
	all := equivalents{}
	key, number := "", 0
	for line := range strings.Lines(text) {
		number++
		trimmed := strings.TrimSpace(line)
		indented := strings.HasPrefix(line, "\t") || strings.HasPrefix(line, " ")
		switch {
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		case indented && key == "":
			return nil, fmt.Errorf("%s:%d: a reason without a mutant above it", name, number)
		case indented:
			all[key], key = trimmed, ""
		case key != "":
			return nil, fmt.Errorf("%s:%d: the mutant above has no reason; write it on the line below, indented", name, number)
		case all[trimmed] != "":
			return nil, fmt.Errorf("%s:%d: this mutant is there twice", name, number)
		default:
			key = trimmed
		}
	}
	if key != "" {
		return nil, fmt.Errorf("%s:%d: the last mutant has no reason", name, number)
	}
	return all, nil
}

// explain gives survivors their reasons, and lists what is wrong with the list: entries of mutants that were
// killed, and of such as there are not.
func (e equivalents) explain(outcomes []outcome) []string {
	var wrong []string
	used := map[string]bool{}
	for i := range outcomes {
		o := &outcomes[i]
		why, ok := e[o.key()]
		if !ok {
			continue
		}
		used[o.key()] = true
		if o.killed() {
			wrong = append(wrong, fmt.Sprintf("%s: %s: %s notices it", o.key(), o.suite, o.test))
			continue
		}
		o.why = why
	}
	for _, key := range sortedKeys(e) {
		if !used[key] {
			wrong = append(wrong, key+noSuchMutant)
		}
	}
	return wrong
}
