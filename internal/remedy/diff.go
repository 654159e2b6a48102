package remedy

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff gives the unified diff between two states of a file, which patch and git apply take. Nobody sees a
// value in it that the collector would not keep: context is cut short before such a line, and a hunk whose
// change is about one is no part of the diff but of hidden, with marks in the place of values, for reading.
func Diff(name string, before, after []byte) (text, hidden string) {
	d := diff.Diff("a", before, "b", after)
	if d == nil {
		return "", ""
	}
	_, body, _ := strings.Cut(string(d), "@@ ")
	hunks := strings.Split(body, "\n@@ ")
	var inOld, inNew lineRanges
	for _, hunk := range hunks {
		if head := hunkHead.FindStringSubmatch(hunk); head != nil {
			inOld, inNew = append(inOld, rangeOf(head[1], head[2])), append(inNew, rangeOf(head[3], head[4]))
		}
	}
	p := &printer{old: mask(before, inOld), new: mask(after, inNew)}
	for _, hunk := range hunks {
		p.hunk(hunk)
	}
	path := strings.TrimPrefix(name, "./")
	from, to := "a/"+path, "b/"+path
	if strings.HasPrefix(path, "/") {
		from, to = path, path
	}
	head := "--- " + fileName(from) + "\n+++ " + fileName(to) + "\n"
	if p.out.Len() > 0 {
		text = head + p.out.String()
	}
	if p.hidden.Len() > 0 {
		hidden = head + p.hidden.String()
	}
	return text, hidden
}

// fileName writes the name of a file as git does: in quotes where a character of it would end the line or the
// name, and with a tab after it where it has a space (diff.c of git, quote_two_c_style).
func fileName(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' }) {
		var b strings.Builder
		for i := range len(name) {
			switch c := name[i]; {
			case c == '"' || c == '\\':
				b.WriteString("\\" + string(c))
			case c < ' ' || c == 0x7f:
				fmt.Fprintf(&b, "\\%03o", c)
			default:
				b.WriteByte(c)
			}
		}
		return `"` + b.String() + `"`
	}
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

// printer writes hunks anew.
type printer struct {
	old, new    masked
	out, hidden strings.Builder
}

// diffLine is one line of a hunk, with its places in both files, counted from 0.
type diffLine struct {
	op       byte
	old, new int
}

var hunkHead = regexp.MustCompile(`^-(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@`)

// hunk reads one hunk and writes what may be seen of it.
func (p *printer) hunk(text string) {
	head := hunkHead.FindStringSubmatch(text)
	if head == nil {
		return
	}
	_, body, _ := strings.Cut(text, "\n")
	o, n := start(head[1], head[2]), start(head[3], head[4])
	var lines []diffLine
	for line := range strings.SplitSeq(strings.TrimSuffix(body, "\n"), "\n") {
		if line == "" {
			continue
		}
		switch line[0] {
		case ' ':
			lines = append(lines, diffLine{' ', o, n})
			o, n = o+1, n+1
		case '-':
			lines = append(lines, diffLine{'-', o, n})
			o++
		case '+':
			lines = append(lines, diffLine{'+', o, n})
			n++
		}
	}
	var part []diffLine
	for _, l := range lines {
		if l.op == ' ' && p.old.hidden[l.old] {
			p.write(part)
			part = nil
			continue
		}
		part = append(part, l)
	}
	p.write(part)
}

// start turns the first line of a range into a place; that of an empty range is the line before it.
func start(line, count string) int {
	i, _ := strconv.Atoi(line) // digits, as the form has it
	if count == "0" {
		return i
	}
	return i - 1
}

// rangeOf gives the lines of one side of a hunk, whose number is 1 where it is left out.
func rangeOf(line, count string) [2]int {
	from, lines := start(line, count), 1
	if count != "" {
		lines, _ = strconv.Atoi(count) // digits, as the form has it
	}
	return [2]int{from, from + lines}
}

// write writes lines as a hunk of their own, if any of them is a change.
func (p *printer) write(lines []diffLine) {
	var o, n, changes int
	for _, l := range lines {
		if l.op != '+' {
			o++
		}
		if l.op != '-' {
			n++
		}
		if l.op != ' ' {
			changes++
		}
	}
	if changes == 0 {
		return
	}
	out := &p.out
	if slices.ContainsFunc(lines, func(l diffLine) bool {
		return l.op == '+' && p.new.hidden[l.new] || l.op == '-' && p.old.hidden[l.old]
	}) {
		out = &p.hidden
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(lines[0].old, o), span(lines[0].new, n))
	for _, l := range lines {
		text := p.old.lines[min(l.old, len(p.old.lines)-1)]
		if l.op == '+' {
			text = p.new.lines[l.new]
		}
		out.WriteByte(l.op)
		out.WriteString(text)
		if !strings.HasSuffix(text, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func span(start, count int) string {
	if count == 0 {
		return strconv.Itoa(start) + ",0"
	}
	return strconv.Itoa(start+1) + "," + strconv.Itoa(count)
}
