package remedy

import (
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
)

// sheet is what is printed, line by line.
type sheet struct {
	strings.Builder
	Style
}

// The looks of a line, as parameters of the escape sequence "Select Graphic Rendition" (ECMA-48, 8.3.117).
const (
	none   = ""
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

// line writes one line.
func (s *sheet) line(look, text string) {
	if s.Terminal {
		text = visible(strings.TrimSuffix(text, "\r"))
	}
	if s.Color && look != none && text != "" {
		text = "\x1b[" + look + "m" + text + "\x1b[0m"
	}
	s.WriteString(text + "\n")
}

// verbatim writes a text as comment lines, which patch and YAML pass over. What comes from files cannot leave
// its line.
func (s *sheet) verbatim(text string) {
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		s.comment(dim, line)
	}
}

// comment writes one comment line, however long it gets.
func (s *sheet) comment(look, text string) {
	s.line(look, strings.TrimRight("# "+visible(text), " "))
}

// headline writes what is looked for in one line, and folds it only where the line would be broken anyway.
func (s *sheet) headline(look, text string) {
	if s.Terminal {
		s.say(look, text)
		return
	}
	s.comment(look, text)
}

// say writes a sentence as comment lines.
func (s *sheet) say(look, text string) { s.sayAt(look, "", text) }

// sayAt writes a sentence as comment lines that are indented.
func (s *sheet) sayAt(look, indent, text string) {
	for i, line := range lang.Fold(visible(text), s.Width-len("#   "+indent)) {
		if i > 0 {
			line = "  " + line
		}
		s.line(look, "# "+indent+line)
	}
}

// diffLines writes a diff: as it is, or for a terminal.
func (s *sheet) diffLines(text string) {
	if !s.Color && !s.Terminal {
		s.WriteString(text)
		return
	}
	for line := range strings.Lines(text) {
		look := none
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
			look = bold
		case line[0] == '@':
			look = cyan
		case line[0] == '-':
			look = red
		case line[0] == '+':
			look = green
		}
		s.line(look, strings.TrimSuffix(line, "\n"))
	}
}

// visible puts a space in the place of every character that a terminal could take for a command, or a reader
// for another line.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || 0x80 <= r && r < 0xa0 || 0x2028 <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 {
			return ' '
		}
		return r
	}, text)
}
