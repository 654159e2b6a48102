package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// The widths between which a page is laid out, in columns, and the one where none is known.
const (
	narrowest  = 40
	usualWidth = 80
	widest     = 120
)

// glue is a space at which no line is broken. It is written as a plain one.
const glue = '\u00a0'

// gap is a wide space at which a line may be broken, and dot parts the items of a list.
const (
	gap = "\u00a0 "
	dot = "\u00a0· "
)

// page writes lines of at most a width to a terminal or file.
type page struct {
	out   *bufio.Writer
	width int
	color bool
}

func newPage(w io.Writer, o Options) *page {
	width := o.Width
	if width == 0 {
		width = usualWidth
	}
	return &page{out: bufio.NewWriter(w), width: min(max(width, narrowest), widest), color: o.Color}
}

// close writes what is left and gives the first error of the writer.
func (p *page) close() error {
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (p *page) blank() { p.emit(nil) }

// para writes a paragraph: the lead once, and lines after the first indented as far as the lead is wide.
func (p *page) para(lead []span, body ...span) {
	hang := widthOf(lead)
	for i, line := range wrap(body, p.width-hang) {
		p.emit(append(leadOf(i, lead, hang), line...))
	}
}

// sides writes a paragraph with something at the right end of its first line. What is too wide for that
// gets a line of its own.
func (p *page) sides(lead, left, right []span) {
	hang, beside := widthOf(lead), widthOf(right)
	room := p.width - hang
	if beside > 0 && widthOf(left)+2+beside > room {
		if beside > p.width/3 {
			p.para(lead, left...)
			p.para(indent(hang), right...)
			return
		}
		room -= beside + 2
	}
	for i, line := range wrap(left, room) {
		line = append(leadOf(i, lead, hang), line...)
		if i == 0 && beside > 0 {
			line = append(line, text(strings.Repeat(" ", p.width-widthOf(line)-beside)))
			line = append(line, right...)
		}
		p.emit(line)
	}
}

func leadOf(line int, lead []span, hang int) []span {
	if line == 0 {
		return append([]span(nil), lead...)
	}
	return []span{text(strings.Repeat(" ", hang))}
}

func indent(n int) []span { return []span{text(strings.Repeat(" ", n))} }

// emit writes one line, without the spaces at its end.
func (p *page) emit(line []span) {
	for len(line) > 0 && strings.TrimRight(line[len(line)-1].text, " "+string(glue)) == "" {
		line = line[:len(line)-1]
	}
	for i, s := range line {
		body := strings.ReplaceAll(s.text, string(glue), " ")
		if i == len(line)-1 {
			body = strings.TrimRight(body, " ")
		}
		if code := s.style.sgr(); p.color && code != "" && body != "" {
			body = "\x1b[" + code + "m" + body + "\x1b[0m"
		}
		p.out.WriteString(body) //nolint:errcheck // A bufio.Writer keeps its first error for Flush.
	}
	p.out.WriteByte('\n') //nolint:errcheck // As above.
}
