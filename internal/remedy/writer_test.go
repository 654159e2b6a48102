package remedy

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// writer writes random documents as people do, in every style that YAML has for the same value.
type writer struct {
	r        *rand.Rand
	b        strings.Builder
	step     int
	comments int
	json     bool
	tabs     bool
	anchors  bool
	named    int // anchors that can be referred to
	depth    int
}

func newWriter(r *rand.Rand) *writer { return &writer{r: r, step: 2 + r.IntN(3)} }

func (w *writer) one(in int) bool { return w.r.IntN(in) == 0 }

// document writes one document: mostly a map in block style, sometimes JSON.
func (w *writer) document() string {
	switch {
	case w.one(6) && !w.anchors:
		w.json, w.tabs = true, w.one(2)
		w.jsonMap(w.one(3), 0)
		if !w.one(3) {
			w.b.WriteString("\n")
		}
	default:
		w.filler(0)
		w.members(0, false)
	}
	text := w.b.String()
	if w.one(4) {
		text = strings.TrimSuffix(text, "\n")
	}
	if w.one(4) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// comment gives a comment with a number of its own.
func (w *writer) comment() string {
	w.comments++
	return []string{"", "\t", "é ", "日本 "}[w.r.IntN(4)] + fmt.Sprintf("#c%d;", w.comments)
}

// end ends the line at hand.
func (w *writer) end(text string) {
	w.b.WriteString(text)
	if w.one(3) {
		blanks := []string{" ", "  ", "\t"}
		if text == "" { // a tab may not follow a dash
			blanks = blanks[:2]
		}
		w.b.WriteString(blanks[w.r.IntN(len(blanks))] + "# " + w.comment())
	}
	w.b.WriteString("\n")
}

// filler writes comment lines and empty ones.
func (w *writer) filler(indent int) {
	for w.one(5) {
		if w.one(2) {
			w.b.WriteString(strings.Repeat(" ", w.r.IntN(3)))
		} else {
			w.b.WriteString(strings.Repeat(" ", indent) + "# " + w.comment())
		}
		w.b.WriteString("\n")
	}
}

func (w *writer) key(i int) string {
	names := []string{"spec", "securityContext", "capabilities", "drop", "app.kubernetes.io/name", "é", "日本", "x y", "on", "hostPID", "-a", "a#b"}
	key := names[(w.r.IntN(3)+3*i)%len(names)]
	switch {
	case w.json || key == "on" || w.one(8):
		return strconv.Quote(key)
	case w.one(10) && !strings.Contains(key, "'"):
		return "'" + key + "'"
	}
	return key
}

// members writes a map in block style; its first line may be indented already.
func (w *writer) members(indent int, firstIndented bool) {
	w.depth++
	for i := range 1 + w.r.IntN(4) {
		if i > 0 || !firstIndented {
			w.b.WriteString(strings.Repeat(" ", indent))
		}
		w.b.WriteString(w.key(i) + ":")
		w.value(indent, false)
	}
	w.depth--
}

// value writes what stands behind a key or a dash, and ends the line.
func (w *writer) value(indent int, inList bool) {
	anchor := ""
	if w.anchors && w.one(4) {
		if w.named > 0 && w.one(2) {
			w.end(fmt.Sprintf(" *n%d", w.r.IntN(w.named)))
			return
		}
		anchor = "?"
	}
	name := func() {
		if anchor != "" { // it can be referred to only once it is complete
			w.named++
		}
	}
	start := w.b.Len()
	switch kind := w.r.IntN(10); {
	case kind < 2 && w.depth < 5:
		w.end(mark(anchor))
		w.filler(indent + w.step)
		w.members(indent+w.step, false)
	case kind == 2 && w.depth < 5:
		below := indent
		if inList || w.one(2) {
			below += w.step
		}
		w.end(mark(anchor))
		w.filler(below)
		w.list(below)
	case kind == 3 && inList && anchor == "" && w.depth < 5:
		pad := 1 + w.r.IntN(3)
		w.b.WriteString(strings.Repeat(" ", pad))
		w.members(indent+1+pad, true)
	case kind == 4:
		w.end(mark(anchor) + " " + []string{"|", "|-", ">", ">-"}[w.r.IntN(4)])
		for range 1 + w.r.IntN(3) {
			w.b.WriteString(strings.Repeat(" ", indent+w.step) + "text # no comment: " + strconv.Itoa(w.r.IntN(9)) + "\n")
		}
	case kind == 5:
		w.end(mark(anchor) + " " + w.flow(0))
		w.filler(indent)
	default:
		w.end(mark(anchor) + " " + w.scalar())
		w.filler(indent)
	}
	if anchor != "" {
		text := w.b.String()
		w.b.Reset()
		w.b.WriteString(text[:start] + strings.Replace(text[start:], "&?", fmt.Sprintf("&n%d", w.named), 1))
		name()
	}
}

func mark(anchor string) string {
	if anchor == "" {
		return ""
	}
	return " &?"
}

func (w *writer) list(indent int) {
	w.depth++
	for range 1 + w.r.IntN(3) {
		w.b.WriteString(strings.Repeat(" ", indent) + "-")
		w.value(indent, true)
	}
	w.depth--
}

func (w *writer) scalar() string {
	all := []string{"true", "1", "-0.5", "null", "a", "'it''s'", `"q\"\u00e9\t"`, "x y", "é", "日本語", `"# none"`, "'- a'", "~", "http://a.b:80/c"}
	return all[w.r.IntN(len(all))]
}

// flow writes a value on one line.
func (w *writer) flow(depth int) string {
	var parts []string
	space := []string{"", " "}[w.r.IntN(2)]
	switch kind := w.r.IntN(4); {
	case kind == 0 && depth < 3:
		for i := range w.r.IntN(4) {
			parts = append(parts, w.key(i)+": "+w.flow(depth+1))
		}
		return "{" + space + strings.Join(parts, ", ") + space + "}"
	case kind == 1 && depth < 3:
		for range w.r.IntN(4) {
			parts = append(parts, w.flow(depth+1))
		}
		return "[" + space + strings.Join(parts, ","+space) + "]"
	}
	return w.scalar()
}

// jsonMap writes a map as programs do: on one line, or on lines of their own.
func (w *writer) jsonMap(compact bool, depth int) {
	pad := func(d int) string {
		switch {
		case compact:
			return ""
		case w.tabs:
			return "\n" + strings.Repeat("\t", d)
		}
		return "\n" + strings.Repeat(" ", d*w.step)
	}
	colon := ": "
	if compact {
		colon = ":"
	}
	w.b.WriteString("{")
	for i := range 1 + w.r.IntN(4) {
		if i > 0 {
			w.b.WriteString(",")
		}
		w.b.WriteString(pad(depth+1) + w.key(i) + colon)
		switch kind := w.r.IntN(4); {
		case kind == 0 && depth < 4:
			w.jsonMap(compact, depth+1)
		case kind == 1:
			w.b.WriteString("[" + pad(depth+2) + `"a",` + pad(depth+2) + `{"b"` + colon + `1}` + pad(depth+1) + "]")
		default:
			w.b.WriteString([]string{"true", "1", `"x"`, `"\"é\u0041"`, "null", "{}", "[]"}[w.r.IntN(7)])
		}
	}
	w.b.WriteString(pad(depth) + "}")
}
