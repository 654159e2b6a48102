package report

import "strings"

// word is a run of text without a space, in one or more styles.
type word []span

// wrap breaks styled text at its spaces into lines of at most some columns. A word that is wider is broken
// after a separator, or anywhere where it has none. There is always at least one line.
func wrap(body []span, width int) [][]span {
	width = max(width, 2) // A wide character needs that much.
	var lines [][]span
	var line []span
	used := 0
	for _, w := range words(body) {
		need := widthOf(w)
		if used > 0 && used+1+need > width {
			lines, line, used = append(lines, line), nil, 0
		}
		if used > 0 {
			line, used = append(line, span{" ", w[0].style}), used+1
		}
		for need > width {
			head, tail := breakWord(w, width)
			lines = append(lines, append(line, head...))
			line, w, need = nil, tail, widthOf(tail)
		}
		line, used = append(line, w...), used+need
	}
	return append(lines, line)
}

// words takes styled text apart. A space at the edge of a span separates words like any other.
func words(body []span) []word {
	var all []word
	var current word
	for _, s := range body {
		for i, part := range strings.Split(s.text, " ") {
			if i > 0 && len(current) > 0 {
				all, current = append(all, current), nil
			}
			if part != "" {
				current = append(current, span{part, s.style})
			}
		}
	}
	if len(current) > 0 {
		all = append(all, current)
	}
	return all
}

// breakWord splits a word that is wider than a line.
func breakWord(w word, width int) (head, tail word) {
	left := width
	for i, s := range w {
		n := columns(s.text)
		if n <= left {
			left -= n
			continue
		}
		if left < 2 && i > 0 {
			return w[:i], w[i:]
		}
		fits, rest := cut(s.text, left)
		if at := strings.LastIndexAny(fits, "/.,:;=_-]})"); at >= len(fits)/2 {
			fits, rest = s.text[:at+1], s.text[at+1:]
		}
		head = append(append(head, w[:i]...), span{fits, s.style})
		tail = append(append(tail, span{rest, s.style}), w[i+1:]...)
		return head, tail
	}
	return w, nil
}
