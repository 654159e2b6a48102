package main

import (
	"slices"
	"strings"
)

// align gives for each line of a rendered text the line of its source that it was made from, as far as that is certain:
// lines that stand once in the source tell where a document comes from, in their order, and the lines next to them that
// are the same, or whose end an action filled in, go with them. A line that is not told apart is 0.
func align(rendered, source string) []int {
	if source == "" {
		return nil
	}
	const most = 200_000 // lines
	from, to := plainLines(source), plainLines(rendered)
	if len(from) > most || len(to) > most {
		return nil
	}
	at := make(map[string]int, len(from)) // -1 where it stands more than once
	for i, line := range from {
		if _, again := at[line]; again {
			at[line] = -1
		} else {
			at[line] = i
		}
	}
	lines := make([]int, len(to))
	start := 0
	for i := range to {
		if to[i] == "---" {
			alignDocument(to[start:i], from, at, lines[start:i])
			start = i + 1
		}
	}
	alignDocument(to[start:], from, at, lines[start:])
	for i := range to {
		if to[i] == "" {
			lines[i] = 0
		}
	}
	return lines
}

func plainLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}

// alignDocument fills in the lines of one document.
func alignDocument(to, from []string, at map[string]int, lines []int) {
	for _, i := range ascending(to, at) {
		j := at[to[i]]
		lines[i] = j + 1
		for d := 1; i-d >= 0 && j-d >= 0 && lines[i-d] == 0 && madeFrom(to[i-d], from[j-d]); d++ {
			lines[i-d] = j - d + 1
		}
		for d := 1; i+d < len(to) && j+d < len(from) && lines[i+d] == 0 && madeFrom(to[i+d], from[j+d]); d++ {
			lines[i+d] = j + d + 1
		}
	}
}

// madeFrom reports whether a line is one of the source, or one in which an action filled in the end.
func madeFrom(line, source string) bool {
	if line == source {
		return true
	}
	fixed, _, action := strings.Cut(source, "{{")
	return action && strings.TrimSpace(fixed) != "" && strings.HasPrefix(line, strings.TrimRight(fixed, ` "'`))
}

// ascending gives the lines that stand once in the source, as many as come in the order of the source.
func ascending(to []string, at map[string]int) []int {
	var ends []int // index into to of the last line of the best run of each length
	before := make([]int, len(to))
	for i, line := range to {
		j, ok := at[line]
		if !ok || j < 0 || line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		n, _ := slices.BinarySearchFunc(ends, j, func(e, j int) int { return at[to[e]] - j })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	if len(ends) == 0 {
		return nil
	}
	var run []int
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		run = append(run, i)
	}
	slices.Reverse(run)
	return run
}

// alignKeys does the same for a text whose members were sorted: a line that stands once in the source and once in the
// text is the same line, wherever it stands.
func alignKeys(rendered, source string) []int {
	from, to := plainLines(source), plainLines(rendered)
	places := func(lines []string) map[string]int {
		at := make(map[string]int, len(lines))
		for i, line := range lines {
			line = strings.TrimPrefix(line, "- ")
			lines[i] = line
			if _, again := at[line]; again {
				at[line] = -1
			} else {
				at[line] = i
			}
		}
		return at
	}
	in, out := places(from), places(to)
	lines := make([]int, len(to))
	for i, line := range to {
		if j, ok := in[line]; ok && j >= 0 && out[line] >= 0 && line != "" {
			lines[i] = j + 1
		}
	}
	return lines
}
