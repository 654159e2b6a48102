package main

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// mutant is one change of the source.
type mutant struct {
	number int // From 1 on; what a process is told.
	file   *file
	line   int
	within string // The function, or the variable that holds the rule.
	// what says what is changed, in words that quote the source and name no line.
	what string
	// condition says that a named condition of a rule is changed, and not the code that it is made of.
	condition bool
	rules     []string // The IDs of the rules that need the code, sorted.
}

// key names the mutant as long as its function is as it is: its line may move. finder.finish makes it unique.
func (m *mutant) key() string { return m.file.name + " " + m.within + ": " + m.what }

// edit puts text in the place of some bytes of a file.
type edit struct {
	at, remove int
	text       string
	closes     bool // It ends what another edit begins.
}

// finder finds the mutants of packages and how the source is rewritten for them.
type finder struct {
	mutants []*mutant
	edits   map[*file][]edit
	// conditions holds the names of the conditions of each rule, by its ID.
	conditions map[string][]string

	part
	// known holds the expressions that are dealt with as part of a larger one, or cannot be changed.
	known map[ast.Node]bool
}

// find lists the mutants of parts, in the order of the source.
func find(parts []part, conditions map[string][]string) *finder {
	f := &finder{edits: map[*file][]edit{}, conditions: conditions}
	for _, p := range parts {
		f.part, f.known = p, map[ast.Node]bool{}
		ast.Inspect(p.node, f.visit)
	}
	f.finish()
	return f
}

// finish numbers those of one function that say the same.
func (f *finder) finish() {
	seen := map[string]int{}
	for _, m := range f.mutants {
		key := m.key()
		if seen[key]++; seen[key] > 1 {
			m.what += fmt.Sprintf(" (%d)", seen[key])
		}
	}
}

// add makes a mutant of a node and gives its number.
func (f *finder) add(n ast.Node, format string, args ...any) int {
	m := &mutant{
		number: len(f.mutants) + 1, file: f.file, line: f.source.line(n.Pos()), within: f.name,
		what: fmt.Sprintf(format, args...), rules: f.rules,
	}
	f.mutants = append(f.mutants, m)
	return m.number
}

// wrap puts text before and after a node. Of two wraps of one node the first is outside.
func (f *finder) wrap(n ast.Node, before, after string) {
	f.edits[f.file] = append(f.edits[f.file],
		edit{at: f.source.offset(n.Pos()), text: before}, edit{at: f.source.offset(n.End()), text: after, closes: true})
}

// replace puts text in the place of a node.
func (f *finder) replace(n ast.Node, text string) {
	at := f.source.offset(n.Pos())
	f.edits[f.file] = append(f.edits[f.file], edit{at: at, remove: f.source.offset(n.End()) - at, text: text})
}

// quote gives the source of a node, short enough for a line.
func (f *finder) quote(n ast.Node) string {
	const long = 70
	text := []rune(f.source.text(f.file, n))
	if len(text) > long {
		text = append(text[:long-1], '…')
	}
	return "`" + string(text) + "`"
}

// aliveName is the name by which rewritten files call package alive; no source of ours has it.
const aliveName = "mutant__"

// rewritten gives the source of a file with all of its mutants, each on the line where it was.
func (f *finder) rewritten(of *file, nameEnd int) []byte {
	opening := []edit{{at: nameEnd, text: "; import " + aliveName + ` "` + alivePath + `"`}}
	var closing []edit
	for _, e := range f.edits[of] {
		if e.closes {
			closing = append(closing, e)
		} else {
			opening = append(opening, e)
		}
	}
	slices.Reverse(closing) // What was opened last is closed first,
	edits := slices.Concat(closing, opening)
	slices.SortStableFunc(edits, func(a, b edit) int { return a.at - b.at }) // and before the next is opened.
	var out strings.Builder
	done := 0
	for _, e := range edits {
		out.Write(of.content[done:e.at])
		out.WriteString(e.text)
		done = e.at + e.remove
	}
	out.Write(of.content[done:])
	return []byte(out.String())
}
