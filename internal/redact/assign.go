package redact

import "strings"

const (
	maxName  = 128  // bytes of a name that are looked at
	maxValue = 4096 // bytes of a value, a longer one being a document; bounds the work on hostile text
)

// assignment judges what stands around a separator: name=value, name = value,
// name: value, "name": "value", 'name' => 'value', <name>value</name>.
func (f *finder) assignment(sep int) (span, bool) {
	key, quoted := f.name(sep)
	if key.start == key.end {
		return span{}, false
	}
	at := sep + 1
	switch f.text[sep] {
	case '=':
		if at < len(f.text) && f.text[at] == '>' && quoted {
			at++
		} else if at < len(f.text) && (f.text[at] == '=' || f.text[at] == '~' || f.text[at] == '>') {
			return span{}, false
		}
	case ':':
		if !quoted && at < len(f.text) && !isSpace(f.text[at]) {
			return span{}, false
		}
	case '>':
		if quoted || key.start == 0 || f.text[key.start-1] != '<' {
			return span{}, false
		}
	}
	name := key
	if key.end-key.start == 5 && strings.EqualFold(f.text[key.start:key.end], "value") {
		name = f.sibling(key)
	}
	if _, c := named(f.text[name.start:name.end]); c == unnamed {
		return span{}, false
	}
	return f.judge(name, f.value(key, sep, at))
}

// name finds the name before a separator, and whether it is in quotes.
func (f *finder) name(sep int) (key extent, quoted bool) {
	end := sep
	if f.text[sep] == '=' && end > f.pos && f.text[end-1] == ':' { // :=
		end--
	}
	if f.text[sep] != '>' {
		for end > f.pos && sep-end < 8 && isBlank(f.text[end-1]) {
			end--
		}
	}
	if end > f.pos && (f.text[end-1] == '"' || f.text[end-1] == '\'') {
		quoted = true
		end--
		for end > f.pos && f.text[end-1] == '\\' {
			end--
		}
	}
	start := end
	for start > f.pos && end-start < maxName && isNameByte(f.text[start-1]) {
		start--
	}
	if start > f.pos && start < end && f.text[start-1] == '\\' && strings.IndexByte("nrt", f.text[start]) >= 0 {
		start++ // the escape of a line's end, not a letter of the name
	}
	return extent{start, end}, quoted
}

func isNameByte(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == '.' }

// judge gives the verdict on a named value. Where the value's own shape says more,
// that kind is taken; where only a part of it is a credential (the password of a URL,
// the token after Bearer), the value is left for the walk to come to that part.
func (f *finder) judge(key, value extent) (span, bool) {
	v := f.text[value.start:value.end]
	if v == "" || len(v) > maxValue || strings.Contains(v, markStem) {
		return span{}, false
	}
	f.work += 4 * len(v) // literal looks for many things, most of them fast
	kind, ok := literal(f.text[key.start:key.end], v)
	if !ok {
		return span{}, false
	}
	inner := find(v)
	inner.shapesOnly = true
	s, shaped := inner.next()
	f.work += inner.work
	if shaped && s.kind != Unread {
		if strings.IndexByte(v[:s.start], ' ') > 0 { // Bearer, Basic
			return span{}, false
		}
		kind = s.kind
	}
	return span{start: value.start, end: value.end, kind: kind, key: key}, true
}

// value finds the extent of the value after a separator.
func (f *finder) value(key extent, sep, at int) extent {
	text := f.text
	start := at
	for start < len(text) && isBlank(text[start]) {
		start++
	}
	spaced := start > at
	if start == len(text) {
		return extent{}
	}
	if text[sep] == '>' {
		window := text[start:min(len(text), start+maxValue)]
		f.work += len(window)
		if i := strings.Index(window, "</"); i >= 0 {
			return trim(text, extent{start, start + i})
		}
		return extent{}
	}
	if q, ok := f.quoted(start); ok {
		return q
	}
	head := f.opensLine(key.start)
	if text[sep] == '=' && (!spaced || !head) {
		if spaced && (start == 0 || text[sep-1] != ' ') {
			return extent{} // name= followed by another word: empty
		}
		return f.word(start)
	}
	end := start
	for end < len(text) && text[end] != '\n' && text[end] != '\r' && end-start <= maxValue {
		if c := text[end]; c == '#' && end > start && isBlank(text[end-1]) || !head && (c == '"' || c == '\'' || c == '`') ||
			c == '\\' && end+1 < len(text) && (text[end+1] == 'n' || text[end+1] == 'r' || text[end+1] == '"') ||
			(c == ',' || c == ';') && end+1 < len(text) && (isSpace(text[end+1]) || text[end+1] == '"') || c == '}' && !head {
			break
		}
		end++
	}
	f.work += end - start
	line := trim(text, extent{start, end})
	if v := text[line.start:line.end]; v != "" && len(v) <= 3 && (v[0] == '|' || v[0] == '>') && isStandIn(v) {
		return f.nextLine(end)
	}
	return line
}

// quoted is the extent inside quotes that open at a place; escaped quotes (\") count,
// as in JSON inside JSON. A quote that nothing closes takes the line.
func (f *finder) quoted(at int) (extent, bool) {
	text, slashes := f.text, 0
	for at+slashes < len(text) && text[at+slashes] == '\\' {
		slashes++
	}
	open := at + slashes
	if open == len(text) || text[open] != '"' && text[open] != '\'' && (text[open] != '`' || slashes > 0) {
		return extent{}, false
	}
	back := 0 // backslashes directly before i
	for i := open + 1; i < len(text) && i-open < maxValue; i++ {
		f.work++
		switch {
		case text[i] == '\\':
			back++
			continue
		case text[i] == '\'' && text[open] == '\'' && i+1 < len(text) && text[i+1] == '\'' && back == 0:
			i++ // YAML and SQL write a quote twice
		case text[i] == text[open] && back <= slashes:
			return extent{open + 1, i - back}, true
		}
		back = 0
	}
	end := open + 1
	for end < len(text) && text[end] != '\n' && text[end] != '\r' && end-open <= maxValue {
		end++
	}
	f.work += end - open
	return trim(text, extent{open + 1, end}), true
}

// opensLine says whether a name is the first of its line, past the dashes of a list,
// quotes and export.
func (f *finder) opensLine(at int) bool {
	for at > 0 {
		switch c := f.text[at-1]; {
		case c == '\n':
			return true
		case c == '"' || c == '\'' || c == '-' || isSpace(c):
			at--
		case c == 't' && at >= 6 && f.text[at-6:at] == "export":
			at -= 6
		case c == '\\' && at < len(f.text) && f.text[at] == 'n':
			return true
		default:
			return false
		}
	}
	return true
}

// word is the extent of an unquoted value on a command line, in a query string or in
// a connection string: to white space or a quote, or to a separator that another
// assignment follows.
func (f *finder) word(start int) extent {
	text, end := f.text, start
	depth := 0
scan:
	for ; end < len(text) && end-start <= maxValue; end++ {
		switch c := text[end]; c {
		case ' ', '\t', '\n', '\r', '"', '\'', '`', '<':
			break scan
		case '\\':
			if end+1 < len(text) && (text[end+1] == 'n' || text[end+1] == '"' || text[end+1] == '\'') {
				break scan
			}
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			if depth--; depth < 0 {
				break scan
			}
		case ';', '&', ',', '|':
			f.work += 8
			if f.another(end + 1) {
				break scan
			}
		}
	}
	f.work += end - start
	return extent{start, end}
}

// another says whether what follows a separator is the end or a new assignment.
func (f *finder) another(at int) bool {
	i := at
	for i < len(f.text) && (isNameByte(f.text[i]) || f.text[i] == ' ') && i-at < 64 {
		i++
	}
	return i < len(f.text) && f.text[i] == '=' || i == at && i < len(f.text) && (isSpace(f.text[i]) || f.text[i] == '"' || f.text[i] == '\'') ||
		at == len(f.text) || isSpace(f.text[at])
}

// nextLine is the first line of a YAML block scalar.
func (f *finder) nextLine(at int) extent {
	for at < len(f.text) && isSpace(f.text[at]) {
		at++
	}
	end := at
	for end < len(f.text) && f.text[end] != '\n' && f.text[end] != '\r' && end-at <= maxValue {
		end++
	}
	return trim(f.text, extent{at, end})
}

// flag judges a long flag whose value is the next word: --password hunter2.
func (f *finder) flag(at int) (span, bool) {
	key := extent{start: at + 3}
	key.end = key.start
	for key.end < len(f.text) && isNameByte(f.text[key.end]) {
		key.end++
	}
	start := key.end
	for start < len(f.text) && isBlank(f.text[start]) {
		start++
	}
	if start == key.end || start == len(f.text) || f.text[start] == '-' || f.text[start] == '=' {
		return span{}, false
	}
	if _, c := named(f.text[key.start:key.end]); c == unnamed {
		return span{}, false
	}
	value, ok := f.quoted(start)
	if !ok {
		value = f.word(start)
	}
	return f.judge(key, value)
}

func trim(text string, e extent) extent {
	for e.start < e.end && isSpace(text[e.start]) {
		e.start++
	}
	for e.end > e.start && (isSpace(text[e.end-1]) || text[e.end-1] == ',') {
		e.end--
	}
	return e
}
