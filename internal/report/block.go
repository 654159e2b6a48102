package report

import (
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
)

// block writes a rule's text below its label. As in Markdown, an empty line parts paragraphs, a line that is
// indented by four spaces is code, and one that begins with "- " or "1. " is an item of a list.
func (x *explanation) block(label lang.Text, body string) {
	lines := cleanLines(body)
	first := plain
	if label == fixLabel {
		first = bold // The first line of a fix is its title.
	}
	x.labelled(label, styled(first, lines[0]))
	under := under + columns(x.say(label)) + len(": ")
	lines = lines[1:]
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for _, line := range lines {
		code, isCode := strings.CutPrefix(line, "    ")
		trimmed := strings.TrimLeft(line, " ")
		switch mark := listMark(trimmed); {
		case line == "":
			x.blank()
		case isCode:
			x.code(under, code)
		case mark != "":
			x.para([]span{text(strings.Repeat(" ", under) + mark)}, text(trimmed[len(mark):]))
		default:
			x.para(indent(under), text(trimmed))
		}
	}
}

// listMark gives the mark of a list item with the space after it: "- ", "* " or "1. ".
func listMark(line string) string {
	mark, _, found := strings.Cut(line, " ")
	digits := strings.TrimSuffix(mark, ".")
	numbered := len(digits) < len(mark) && len(mark) <= 4 && isMadeOf(digits, "0123456789")
	if found && (mark == "-" || mark == "*" || numbered) {
		return mark + " "
	}
	return ""
}

// isMadeOf reports whether a text has these letters and no others, and is not empty.
func isMadeOf(s, letters string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(letters, r) })
}

// code writes a line of a command or manifest. One that is too long goes on in the next line, after a
// backslash where it is a command.
func (x *explanation) code(lead int, line string) {
	more := lead + 2
	tool, _, hasArguments := strings.Cut(line, " ")
	isCommand := hasArguments && isMadeOf(tool, "abcdefghijklmnopqrstuvwxyz0123456789-$") && tool != "-"
	for columns(line) > x.width-lead {
		var head string
		head, line = cutCode(line, x.width-lead, isCommand)
		x.emit(append(indent(lead), text(head)))
		lead = more
	}
	x.emit(append(indent(lead), text(line)))
}

// cutCode splits a line at the last space that fits, which in a command has to stand outside quotes; in
// the middle of a word where there is none.
func cutCode(line string, width int, isCommand bool) (head, tail string) {
	more := ""
	if isCommand {
		more = ` \`
	}
	at, used, begun := 0, len(more), false
	var quote rune
	for i, r := range line {
		switch {
		case r != ' ':
			begun = true
		case begun && quote == 0:
			at = i
		}
		if used += runeColumns(r); used > width {
			break
		}
		switch {
		case !isCommand:
		case r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		}
	}
	if at > 0 {
		return line[:at] + more, strings.TrimLeft(line[at:], " ")
	}
	return cut(line, width)
}
