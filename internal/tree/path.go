package tree

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Path appends a member to a JSONPath (RFC 9535): Path("$.metadata.labels", "app.kubernetes.io/name") is
// "$.metadata.labels['app.kubernetes.io/name']". An empty parent means "$".
func Path(parent, key string) string {
	if parent == "" {
		parent = "$"
	}
	if shorthand(key) {
		return parent + "." + key
	}
	var b strings.Builder
	b.WriteString(parent)
	b.WriteString("['")
	for _, r := range key {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			b.WriteString(controlEscape(r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteString("']")
	return b.String()
}

// controlEscape writes a control character as normalized paths do (RFC 9535, 2.7).
func controlEscape(r rune) string {
	if i := strings.IndexRune("\b\t\n\f\r", r); i >= 0 {
		return `\` + "btnfr"[i:i+1]
	}
	const hex = "0123456789abcdef"
	return `\u00` + hex[r>>4:r>>4+1] + hex[r&15:r&15+1]
}

// PathIndex appends an element to a JSONPath: PathIndex("$.items", 17) is "$.items[17]".
func PathIndex(parent string, i int) string {
	if parent == "" {
		parent = "$"
	}
	return parent + "[" + strconv.Itoa(i) + "]"
}

// shorthand reports whether key may follow a dot (RFC 9535, member-name-shorthand).
func shorthand(key string) bool {
	for i := 0; i < len(key); i++ {
		c := key[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= utf8.RuneSelf
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return key != "" && utf8.ValidString(key)
}

// Lookup returns the node at a JSONPath that starts at n: "$.spec.containers[0].env['a.b']". The subset is names, quoted
// names and indexes; a name after a dot may hold whatever is not a dot or bracket. Missing for what is not there, and
// for any other path.
func (n Node) Lookup(path string) Node {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return Node{}
	}
	for rest != "" && n.t != nil {
		n, rest = n.step(rest)
	}
	if n.at() == nil {
		return Node{}
	}
	return n
}

// step follows the first segment of path, and returns what follows it.
func (n Node) step(path string) (Node, string) {
	if path[0] == '.' {
		name := path[1:]
		if end := strings.IndexAny(name, ".["); end >= 0 {
			name = name[:end]
		}
		if name == "" || name == "*" {
			return Node{}, ""
		}
		return n.member(name), path[1+len(name):]
	}
	if path[0] != '[' || len(path) < 3 {
		return Node{}, ""
	}
	if q := path[1]; q == '\'' || q == '"' {
		name, rest, ok := quotedName(path[2:], q)
		if !ok {
			return Node{}, ""
		}
		return n.member(name), rest
	}
	number, rest, ok := strings.Cut(path[1:], "]")
	i, err := strconv.Atoi(number)
	if !ok || err != nil || n.Kind() != List {
		return Node{}, ""
	}
	return n.At(i), rest
}

// quotedName reads a name up to its closing quote and bracket.
func quotedName(s string, quote byte) (name, rest string, ok bool) {
	end := 0
	for end < len(s) && s[end] != quote {
		if s[end] == '\\' {
			end++
		}
		end++
	}
	if end+1 >= len(s) || s[end+1] != ']' {
		return "", "", false
	}
	name, rest = s[:end], s[end+2:]
	if !strings.Contains(name, `\`) {
		return name, rest, true
	}
	if quote == '\'' { // a JSON string in all but its quotes
		name = strings.ReplaceAll(strings.ReplaceAll(name, `\'`, `'`), `"`, `\"`)
	}
	b, err := jsontext.AppendUnquote(nil, `"`+name+`"`)
	return string(b), rest, err == nil
}

// Parent takes the last segment off a JSONPath; "" above the root.
func Parent(path string) string {
	if strings.HasSuffix(path, "']") {
		if i := strings.LastIndex(path[:len(path)-2], "['"); i > 0 {
			return path[:i]
		}
	}
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}
