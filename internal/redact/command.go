package redact

import "strings"

const maxCommand = 1024 // bytes of a command line that are read for its flags

// command finds the password that a flag or an operand of a known program gives, in a
// command line that is one string: sh -c "mysql -uroot -p'hunter2'".
func (f *finder) command(at int) (span, bool) {
	if at < f.pos || !bounded(f.text, at) {
		return span{}, false
	}
	end := at
	for end < len(f.text) && isIdent(f.text[end]) && end-at < 16 {
		end++
	}
	if end == len(f.text) || !isBlank(f.text[end]) || !takesPassword(f.text[at:end]) {
		return span{}, false
	}
	c := invocation{program: f.text[at:end]}
	for limit := min(len(f.text), at+maxCommand); ; {
		w, ok := f.shellWord(end, limit)
		f.work += w.next - end + 16
		if !ok {
			return span{}, false
		}
		end = w.next
		if n, k := c.take(w.read(f.text)); n >= 0 {
			return span{start: w.place(n), end: w.end, kind: k}, true
		}
	}
}

// pipe finds the password that is written to chpasswd(8): echo "root:hunter2" | chpasswd,
// or chpasswd <<< root:hunter2.
func (f *finder) pipe(at int) (span, bool) {
	if !strings.HasPrefix(f.text[at:], "chpasswd") || !bounded(f.text, at) {
		return span{}, false
	}
	after := at + len("chpasswd")
	if rest := strings.TrimLeft(f.text[after:min(len(f.text), after+8)], " "); strings.HasPrefix(rest, "<<<") {
		at = after + strings.IndexByte(f.text[after:], '<') + 3
		w, ok := f.shellWord(at, min(len(f.text), at+maxCommand))
		if !ok {
			return span{}, false
		}
		return f.login(w)
	}
	first := max(f.pos, at-256)
	before := f.text[first:at]
	if i := strings.LastIndexByte(before, '|'); i < 0 || strings.ContainsAny(before[i:], "\n;\"'") {
		return span{}, false
	} else if before = before[:i]; strings.LastIndexAny(before, "|;&\n") >= 0 {
		first += strings.LastIndexAny(before, "|;&\n") + 1
	}
	f.work += at - first
	next := -1
	for _, program := range [...]string{"echo ", "printf "} {
		if i := strings.Index(f.text[first:at], program); i >= 0 && next < 0 {
			next = first + i + len(program) - 1
		}
	}
	if next < 0 {
		return span{}, false
	}
	for {
		w, ok := f.shellWord(next, at)
		if !ok {
			return span{}, false
		}
		if s, ok := f.login(w); ok {
			return s, true
		}
		next = w.next
	}
}

// login takes the password of user:password.
func (f *finder) login(w shellWord) (span, bool) {
	v := w.read(f.text)
	colon := strings.IndexByte(v, ':')
	if colon < 1 || colon+1 == len(v) || isStandIn(v[colon+1:]) || strings.HasPrefix(v[colon+1:], "%") {
		return span{}, false
	}
	return span{start: w.place(colon + 1), end: w.end, kind: Password}, true
}

// shellWord is a word of a command line: text[start:start+head], then text[body:end],
// which may have quotes around it.
type shellWord struct{ start, head, body, end, next int }

func (w shellWord) read(text string) string {
	if w.head == 0 {
		return text[w.body:w.end]
	}
	return text[w.start:w.start+w.head] + text[w.body:w.end]
}

// place is where the byte n of the word stands in the text.
func (w shellWord) place(n int) int {
	if n < w.head {
		return w.start + n
	}
	return w.body + n - w.head
}

// shellWord reads the word at a place. ok is false at the end of the command, which is
// also where the quotes around all of it close.
func (f *finder) shellWord(at, limit int) (w shellWord, ok bool) {
	text, start := f.text, at
	for at < limit && (isBlank(text[at]) || text[at] == '\\' && at+1 < limit && text[at+1] == '\n') {
		if at++; text[at-1] == '\\' {
			at++
		}
	}
	spaced := at > start
	i := at
scan:
	for i < limit {
		c := text[i]
		if q := quote(text, i); q > 0 {
			if i == at && !spaced && text[i-1] != '<' {
				break
			}
			if i == at || i == at+2 && text[at] == '-' || text[i-1] == '=' || text[i-1] == ':' {
				if end, ok := closing(text, i, q, limit); ok {
					return shellWord{start: at, head: i - at, body: i + q, end: end, next: end + q}, true
				}
			}
			if i > at {
				break
			}
			i += q
			at = i
			continue
		}
		switch {
		case isSpace(c), strings.IndexByte(";|&)`", c) >= 0:
			break scan
		case c == '\\':
			if i+1 >= limit || strings.IndexByte("nrt\n", text[i+1]) >= 0 {
				break scan
			}
			i += 2
			continue
		case c == '[':
			if _, n := leadingMark(text[i:]); n > 0 {
				i += n
				continue
			}
		}
		i++
	}
	i = min(i, len(text))
	return shellWord{start: at, body: at, end: i, next: i}, i > at
}

// quote is the length of a quote at a place, 2 where a backslash is before it.
func quote(text string, at int) int {
	switch {
	case text[at] == '"' || text[at] == '\'':
		return 1
	case text[at] == '\\' && at+1 < len(text) && text[at+1] == '"':
		return 2
	}
	return 0
}

// closing is where the quote at a place closes: on its line and at the end of a word.
func closing(text string, at, n, limit int) (end int, ok bool) {
	open := at + n
	if open < limit && (isSpace(text[open]) || text[open] == ',') {
		return 0, false
	}
	for i := open; i+n <= limit && text[i] != '\n'; i++ {
		if text[i:i+n] != text[at:open] {
			continue
		}
		end := i + n
		return i, end == len(text) || isSpace(text[end]) || strings.IndexByte("\"'`;|&)\\,]}", text[end]) >= 0
	}
	return 0, false
}

// directive finds the value of a statement that has no separator: requirepass of
// redis.conf, and PASSWORD '...' and IDENTIFIED BY '...' of SQL.
func (f *finder) directive(at int) (span, bool) {
	if !bounded(f.text, at) {
		return span{}, false
	}
	for _, d := range [...]string{"requirepass ", "masterauth ", "password '", "identified by '"} {
		start := at + len(d)
		if start >= len(f.text) || !strings.EqualFold(f.text[at:start], d) {
			continue
		}
		value := f.word(start)
		if d[len(d)-1] == '\'' {
			value, _ = f.quoted(start - 1)
		}
		v := f.text[value.start:value.end]
		if len(v) < 3 || isWord(v) || isStandIn(v) || isReference(v) || strings.IndexByte(v, ' ') >= 0 && d[0] == 'p' {
			return span{}, false
		}
		return span{start: value.start, end: value.end, kind: Password}, true
	}
	return span{}, false
}

// sibling finds the name that stands before a "value" in a list of names and values:
// {"name":"DB_PASSWORD","value":"hunter2"}, <add key="Password" value="hunter2"/>.
func (f *finder) sibling(value extent) extent {
	end := value.start
	for end > f.pos && value.start-end < 64 && (isSpace(f.text[end-1]) || strings.IndexByte(",\"'\\", f.text[end-1]) >= 0) {
		end--
	}
	start := end
	for start > f.pos && end-start < maxName && isNameByte(f.text[start-1]) {
		start--
	}
	key := start
	for key > f.pos && start-key < 8 && (isBlank(f.text[key-1]) || strings.IndexByte(":=\"'\\", f.text[key-1]) >= 0) {
		key--
	}
	if start == end || key == start || key < 4 ||
		!strings.EqualFold(f.text[key-4:key], "name") && !strings.EqualFold(f.text[key-3:key], "key") {
		return value
	}
	return extent{start, end}
}
