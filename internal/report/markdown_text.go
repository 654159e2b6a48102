package report

import (
	"html"
	"net/url"
	"strings"
)

// How text from outside goes into GitHub-flavoured Markdown without becoming any. What GitHub makes of
// plain text after it is rendered (names after @, numbers after #, addresses of pages) is broken up by a
// space without width; in code it makes nothing.

// mdText escapes a line of text.
func mdText(s string) string {
	var b strings.Builder
	s = clean(s)
	for i, r := range s {
		switch r {
		case '\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '&':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '@', '#':
			b.WriteRune(r)
			b.WriteString("&#8203;")
		case ':':
			b.WriteRune(r)
			if strings.HasPrefix(s[i:], "://") {
				b.WriteString("&#8203;")
			}
		case '.':
			if i >= 3 && strings.EqualFold(s[i-3:i], "www") {
				b.WriteString("&#8203;")
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return escapeMark(b.String())
}

// escapeMark keeps a line from being read as an item of a list, a heading or a rule.
func escapeMark(line string) string {
	trimmed := strings.TrimLeft(line, " ")
	switch mark, _, _ := strings.Cut(trimmed, " "); {
	case trimmed == "":
		return line
	case strings.ContainsAny(trimmed[:1], "-+="):
		return line[:len(line)-len(trimmed)] + `\` + trimmed
	case isMadeOf(strings.TrimRight(mark, ".)"), "0123456789") && strings.ContainsAny(mark, ".)"):
		at := strings.IndexAny(line, ".)")
		return line[:at] + `\` + line[at:]
	}
	return line
}

// mdLink links a text to a page of the web; where the address is no such thing, it is the text alone.
func mdLink(text, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return mdText(text)
	}
	return "[" + mdText(text) + "](" + strings.NewReplacer("(", "%28", ")", "%29").Replace(u.String()) + ")"
}

// mdCode puts text into a span of code.
func mdCode(s string) string {
	s = clean(s)
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// mdCell makes a text fit into a cell of a table, where a bar would end it even in code: each has an odd
// number of backslashes before it.
func mdCell(s string) string {
	var b strings.Builder
	escaped := false
	for i := range len(s) {
		if s[i] == '|' && !escaped {
			b.WriteByte('\\')
		}
		escaped = s[i] == '\\' && !escaped
		b.WriteByte(s[i])
	}
	return b.String()
}

// mdHTML puts text between tags of HTML, where Markdown is not read.
func mdHTML(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(html.EscapeString(clean(s)), "`", "&#96;"), "://", ":&#8203;//")
}

func longestRun(s string, of byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != of {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// mdBlock writes the lines of a rule's text, which are clean, as Markdown: paragraphs, lists, and fences around lines that are indented by
// four spaces. What stands in backticks stays code.
func mdBlock(lines []string) string {
	var out, code []string
	flush := func() {
		for len(code) > 0 && code[len(code)-1] == "" {
			code = code[:len(code)-1]
		}
		if len(code) > 0 {
			fence := strings.Repeat("`", max(3, longestRun(strings.Join(code, "\n"), '`')+1))
			out = append(append(append(out, fence), code...), fence)
		}
		code = nil
	}
	for _, line := range lines {
		text, isCode := strings.CutPrefix(line, "    ")
		switch trimmed := strings.TrimLeft(line, " "); {
		case isCode:
			code = append(code, text)
		case line == "" && len(code) > 0:
			code = append(code, "")
		default:
			blank := len(code) > 0 && code[len(code)-1] == ""
			flush()
			if blank {
				out = append(out, "")
			}
			mark := listMark(trimmed)
			out = append(out, mark+mdInline(trimmed[len(mark):]))
		}
	}
	flush()
	return strings.Join(out, "\n")
}

// mdInline escapes a line but for its spans of code.
func mdInline(line string) string {
	parts := strings.Split(line, "`")
	if len(parts)%2 == 0 {
		return mdText(line)
	}
	var b strings.Builder
	for i, p := range parts {
		switch {
		case i%2 == 1:
			b.WriteString(mdCode(p))
		case p != "" && i > 0:
			b.WriteString(strings.TrimPrefix(mdText("x"+p), "x")) // Not the beginning of a line.
		case p != "":
			b.WriteString(mdText(p))
		}
	}
	return b.String()
}
