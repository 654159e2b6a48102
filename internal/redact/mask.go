package redact

import (
	"path"
	"strings"
)

// Value reports the first credential inside a text, by its shape or by the name that
// stands beside it: a token, a private key, the password of a URL, --password=hunter2.
// It agrees with [Mask]: what one finds, the other masks.
func Value(text string) (Kind, bool) {
	f := find(text)
	s, ok := f.next()
	return s.kind, ok
}

// Mask replaces each credential inside a text by its mark and keeps the rest, so that
// a URL keeps its host and user: postgres://app:[redacted: password]@db/x. The kinds
// are in the order of the text. Where there is none, the same text comes back.
// Masking a masked text changes nothing, so a mark in the text is left alone, whoever
// wrote it ([Unmark]). A text that is made to be slow to read becomes the mark of
// [Unread], whole.
func Mask(text string) (masked string, kinds []Kind) {
	// What a mark leaves behind may read differently from what was there, so the
	// text is walked until a walk finds nothing. Two walks are usual.
	for range maxWalks {
		next, found := maskOnce(text)
		if len(found) == 0 {
			return text, kinds
		}
		text, kinds = next, append(kinds, found...)
	}
	if _, ok := Value(text); ok { // each walk brings out another: made to be slow
		return Mark(Unread), append(kinds, Unread)
	}
	return text, kinds
}

// Shapes is [Mask] for what is a name, of a user or an image: only what has the shape of a credential is replaced, and no
// part of it says what the rest is.
func Shapes(text string) string {
	f := find(text)
	f.shapesOnly = true
	var b strings.Builder
	done := 0
	for s, ok := f.next(); ok; s, ok = f.next() {
		if s.kind == Unread {
			return Mark(Unread)
		}
		b.WriteString(text[done:s.start])
		b.WriteString(Mark(s.kind))
		done = s.end
	}
	if done == 0 {
		return text
	}
	return b.String() + text[done:]
}

const maxWalks = 16

func maskOnce(text string) (string, []Kind) {
	f := find(text)
	s, ok := f.next()
	if !ok {
		return text, nil
	}
	var b strings.Builder
	b.Grow(len(text))
	var kinds []Kind
	done := 0
	for ; ok; s, ok = f.next() {
		if s.kind == Unread {
			return Mark(Unread), append(kinds, Unread)
		}
		b.WriteString(text[done:s.start])
		b.WriteString(Mark(s.kind))
		kinds = append(kinds, s.kind)
		done = s.end
	}
	b.WriteString(text[done:])
	return b.String(), kinds
}

// Args masks an argument vector, where the value of a flag may be the next element
// (--password hunter2), and the flags and operands of a few programs by what their
// manuals say (mysql -p, curl -u, docker login -p). It returns a copy and, for each
// element, the kind of the first credential in it, empty where it is clean. args itself
// is not changed.
func Args(args []string) ([]string, []Kind) {
	masked, kinds := make([]string, len(args)), make([]Kind, len(args))
	var c invocation
	before := ""
	for i, a := range args {
		n, k := c.take(a)
		switch {
		case strings.HasPrefix(a, markStem):
			n, k = -1, ""
		case isFlag(before) && !strings.Contains(before, "=") && !isFlag(a):
			if named, ok := literal(before, a); ok {
				n, k = 0, named
			}
		}
		if masked[i] = a; n >= 0 {
			masked[i], kinds[i] = a[:n]+Mark(k), k
		} else if m, ks := Mask(a); len(ks) > 0 {
			masked[i], kinds[i] = m, ks[0]
		}
		if name := path.Base(a); takesPassword(name) && !isUserFlag(before) {
			c = invocation{program: name}
		}
		before = a
	}
	return masked, kinds
}

func isFlag(a string) bool {
	return len(a) > 2 && a[0] == '-' && strings.IndexByte(a, ' ') < 0
}

// Finding is one credential in a text: where it is and what, never its value.
type Finding struct {
	Line int    // from 1
	Key  string // the name that the value stands under, empty where it has none
	Kind Kind
}

// Lines returns each credential in a file of keys and values (properties, .env, INI,
// YAML, JSON, TOML, XML, as a ConfigMap holds them), in the order of the text. A value
// is judged as [Pair] judges it; in a comment, only a shape counts.
func Lines(text string) []Finding {
	var out []Finding
	f := find(text)
	line, begin, counted := 1, 0, 0
	for s, ok := f.next(); ok; s, ok = f.next() {
		between := text[counted:s.start]
		if n := strings.Count(between, "\n"); n > 0 {
			line += n
			begin = counted + strings.LastIndexByte(between, '\n') + 1
		}
		counted = s.start
		if s.key.end > 0 && isComment(text[begin:s.start]) {
			continue
		}
		out = append(out, Finding{Line: line, Key: f.keyOf(s, begin), Kind: s.kind})
	}
	return out
}

func isComment(line string) bool {
	line = strings.TrimLeft(line[:min(len(line), maxName)], " \t")
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") || strings.HasPrefix(line, ";")
}

// keyOf is the name that a credential stands under: the one it was judged by, or the
// first of its line.
func (f *finder) keyOf(s span, begin int) string {
	if s.key.end > 0 {
		return f.text[s.key.start:s.key.end]
	}
	// A name is near the line's begin; one line may hold many credentials.
	sep := strings.IndexAny(f.text[begin:min(s.start, begin+2*maxName)], "=:")
	if sep < 0 {
		return ""
	}
	g := finder{text: f.text, pos: begin}
	key, _ := g.name(begin + sep)
	return f.text[key.start:key.end]
}
