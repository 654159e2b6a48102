package intel

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lineScanner cuts a list into lines, and passes over those that are too long.
type lineScanner struct {
	in   *bufio.Reader
	line int   // of what next returned
	err  error // what ended the list, other than its end
	done bool
}

var errLongLine = errors.New("this line is longer than 64 KiB")

// next returns the next line without its end, valid until the next call; ok is false at the end of the list. A line that
// is too long is errLongLine.
func (s *lineScanner) next() (text []byte, ok bool, err error) {
	if s.done {
		return nil, false, nil
	}
	s.line++
	text, err = s.in.ReadSlice('\n')
	if err == nil {
		return trimEnd(text), true, nil
	}
	long := errors.Is(err, bufio.ErrBufferFull)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = s.in.ReadSlice('\n')
	}
	if err != nil {
		s.done = true
		if !errors.Is(err, io.EOF) {
			s.err = err
		}
	}
	if long {
		return nil, true, errLongLine
	}
	return trimEnd(text), len(text) > 0, nil
}

func trimEnd(line []byte) []byte {
	n := len(line)
	for n > 0 && (line[n-1] == '\n' || line[n-1] == '\r' || line[n-1] == ' ' || line[n-1] == '\t') {
		n--
	}
	return line[:n]
}

// readLines reads a list that has one entry in a line.
func (b *builder) readLines(in *bufio.Reader, head []byte) {
	lines := lineScanner{in: in}
	form := recognise(head)
	b.report.Format = form.name
	if form.why != "" {
		b.report.Noted.add(form.line, nil, form.why)
	}
	for {
		text, ok, err := lines.next()
		switch {
		case !ok:
			if lines.err != nil {
				b.fail(lines.line, lines.err)
			}
			form.table.finish(b)
			return
		case err != nil:
			b.report.Refused.add(lines.line, nil, err.Error())
		case lines.line == form.header:
		case form.name == formatText:
			b.addLine(lines.line, text)
		case form.name == formatTor:
			b.addTor(lines.line, text)
		default:
			form.table.add(b, lines.line, text)
		}
	}
}

// form is how the lines of a list are to be read.
type form struct {
	name   string
	table  table
	header int    // line of the names of columns; 0 where there is none
	why    string // what may be wrong about the columns, and where
	line   int
}

// recognise finds the form of a list by its first line that tells it, which need not be the first: titles and comments
// come before.
func recognise(head []byte) form {
	line := 0
	for text := range bytes.Lines(head) {
		line++
		text = bytes.TrimSpace(text)
		if isBlank(text) {
			continue
		}
		first, _, _ := bytes.Cut(text, []byte("#"))
		if i := bytes.IndexAny(first, " \t,;"); i > 0 {
			first = first[:i]
		}
		if _, why := readEntry(first); why == "" { // a table that begins with addresses is text with comments
			return form{name: formatText}
		}
		if keyword, _, _ := bytes.Cut(text, []byte(" ")); isTorKeyword(keyword) {
			return form{name: formatTor}
		}
		switch t, how := recogniseTable(text); {
		case how == untold:
		case how == named && len(t.cells) == 1 && text[0] != '"':
			return form{name: formatText, header: line} // a title, or the only column
		case how == named:
			return form{name: formatCSV, table: t, header: line}
		case how == ambiguous:
			return form{name: formatCSV, table: t, why: whyColumns, line: line}
		default:
			return form{name: formatCSV, table: t}
		}
	}
	return form{name: formatText}
}

// isBlank reports whether there is nothing in a line but white space or a comment.
func isBlank(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return len(line) == 0 || line[0] == '#' || line[0] == ';' || bytes.HasPrefix(line, []byte("//"))
}

// addLine reads a line of text: an entry, and what follows it after white space, a comma or a comment's sign.
func (b *builder) addLine(line int, text []byte) {
	if a, rest, ok := readAddr4(text); ok && len(rest) == 0 {
		b.take(line, text, entry4(a, a))
		return
	}
	if isBlank(text) {
		return
	}
	if i := bytes.IndexAny(text, "#;"); i > 0 {
		text = text[:i]
	}
	text = bytes.TrimSpace(text)
	e, why := readEntry(text)
	if why == "" {
		b.take(line, text, e)
		return
	}
	first, rest := cutWord(text)
	if len(rest) == 0 {
		b.reject(line, text, why)
		return
	}
	if next, more := cutWord(rest); len(next) == 1 && next[0] == '-' { // a range with spaces, and a comment
		last, _ := cutWord(more)
		first = text[:len(text)-len(more)+len(last)]
		rest = nil
	}
	second, _ := cutWord(rest)
	if e, why = readEntry(first); why != "" {
		b.reject(line, first, why)
		return
	}
	if _, why := readEntry(second); why == "" {
		b.report.Noted.add(line, text, "there is more than one address in the line; only the first is in the list")
	}
	b.take(line, first, e)
}

// cutWord cuts a text behind its first word, which white space or a comma ends.
func cutWord(text []byte) (word, rest []byte) {
	i := bytes.IndexAny(text, " \t,")
	if i < 0 {
		return text, nil
	}
	return text[:i], bytes.TrimLeft(text[i:], " \t,")
}

// isTorKeyword reports whether a line of Tor's exit-addresses begins with a word
// (https://collector.torproject.org/formats.html#exit-lists).
func isTorKeyword(word []byte) bool {
	switch string(word) {
	case "@type", "Downloaded", "ExitNode", "Published", "LastStatus", "ExitAddress":
		return true
	}
	return false
}

// addTor reads a line of Tor's exit-addresses: ExitAddress 192.0.2.1 2026-11-28 06:01:33.
func (b *builder) addTor(line int, text []byte) {
	if isBlank(text) {
		return
	}
	keyword, rest := cutWord(text)
	switch addr, _ := cutWord(rest); {
	case string(keyword) == "ExitAddress":
		b.add(line, addr)
	case !isTorKeyword(keyword):
		b.reject(line, text, "this is no line of Tor's list of exits")
	}
}
