package remedy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// scalar is a value that is no map and no list, told apart as JSON does.
type scalar struct {
	kind tree.Kind
	text string
}

// plain gives what is below a node as maps, lists and scalars.
func plain(n tree.Node) any {
	switch n.Kind() {
	case tree.Map:
		m := make(map[string]any, n.Len())
		for c := range n.All() {
			m[c.Key()] = plain(c)
		}
		return m
	case tree.List:
		l := make([]any, 0, n.Len())
		for c := range n.All() {
			l = append(l, plain(c))
		}
		return l
	}
	return scalar{n.Kind(), n.Text()}
}

// plainValue gives the value of a change in the same form.
func plainValue(v any) any {
	switch v := v.(type) {
	case bool:
		return scalar{tree.Bool, strconv.FormatBool(v)}
	case int:
		return scalar{tree.Number, strconv.Itoa(v)}
	case string:
		return scalar{tree.String, v}
	case []any:
		l := make([]any, 0, len(v))
		for _, x := range v {
			l = append(l, plainValue(x))
		}
		return l
	case rule.Fields:
		m := make(map[string]any, len(v))
		for _, f := range v {
			m[f.Key] = plainValue(f.Value)
		}
		return m
	}
	return scalar{kind: tree.Null}
}

// setIn gives a copy of a value with a field set; ok is false where there is no place for it.
func setIn(v any, path []step, to any) (_ any, ok bool) {
	if len(path) == 0 {
		return to, true
	}
	if s, isScalar := v.(scalar); isScalar && s.kind == tree.Null || v == nil {
		v = map[string]any{}
	}
	switch v := v.(type) {
	case map[string]any:
		if path[0].isIndex() {
			return nil, false
		}
		below, ok := setIn(v[path[0].key], path[1:], to)
		c := maps.Clone(v)
		c[path[0].key] = below
		return c, ok
	case []any:
		if i := path[0].index; path[0].isIndex() && i < len(v) {
			below, ok := setIn(v[i], path[1:], to)
			c := slices.Clone(v)
			c[i] = below
			return c, ok
		}
	}
	return nil, false
}

// removeIn gives a copy of a value without one field.
func removeIn(v any, path []step) (_ any, ok bool) {
	if len(path) == 0 {
		return nil, false
	}
	last := len(path) == 1
	switch v := v.(type) {
	case map[string]any:
		below, has := v[path[0].key]
		if !has || path[0].isIndex() {
			return nil, false
		}
		c := maps.Clone(v)
		if last {
			delete(c, path[0].key)
			return c, true
		}
		below, ok = removeIn(below, path[1:])
		c[path[0].key] = below
		return c, ok
	case []any:
		i := path[0].index
		if !path[0].isIndex() || i >= len(v) {
			return nil, false
		}
		c := slices.Clone(v)
		if last {
			return slices.Delete(c, i, i+1), true
		}
		c[i], ok = removeIn(v[i], path[1:])
		return c, ok
	}
	return nil, false
}

// pruned gives the field to take away so that nothing empty stays behind: the highest map or list above it
// that holds nothing else, up to the nearest item of a list.
func pruned(v any, path []step) []step {
	sizes := make([]int, 0, len(path))
	for _, st := range path {
		switch at := v.(type) {
		case map[string]any:
			sizes = append(sizes, len(at))
			v = at[st.key]
		case []any:
			sizes = append(sizes, len(at))
			if !st.isIndex() || st.index >= len(at) {
				return path
			}
			v = at[st.index]
		default:
			return path
		}
	}
	for len(path) > 1 && sizes[len(path)-1] == 1 && !path[len(path)-2].isIndex() {
		path = path[:len(path)-1]
	}
	return path
}

// wrap puts a value below the keys that lead to it.
func wrap(path []step, v any) any {
	for _, st := range slices.Backward(path) {
		v = rule.Fields{{Key: st.key, Value: v}}
	}
	return v
}

// safeWord is a text that every version of YAML reads as that text, without quotes.
var safeWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(?:[./-][A-Za-z0-9_]+)*$`)

// writeScalar writes a scalar for YAML, or for JSON.
func writeScalar(v any, asJSON bool) string {
	text, isText := v.(string)
	switch {
	case v == nil:
		return "null"
	case !isText:
		return fmt.Sprint(v) // of a bool or a number
	case asJSON || !safeWord.MatchString(text) || slices.Contains([]string{"y", "yes", "on", "n", "no", "off", "true", "false", "null"}, strings.ToLower(text)):
		return quote(text)
	}
	return text
}

// quote writes a text as JSON does, which YAML reads too. What is not UTF-8 is replaced.
func quote(text string) string {
	b, _ := jsontext.AppendQuote(nil, text)
	return string(b)
}

// writeFlow writes a value on one line.
func writeFlow(v any, asJSON bool) string {
	var parts []string
	switch v := v.(type) {
	case rule.Fields:
		for _, f := range v {
			parts = append(parts, writeScalar(f.Key, asJSON)+": "+writeFlow(f.Value, asJSON))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, x := range v {
			text, isText := x.(string)
			if isText {
				parts = append(parts, quote(text))
				continue
			}
			parts = append(parts, writeFlow(x, asJSON))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return writeScalar(v, asJSON)
}

// layout is how the lines of a value are written: what ends them, and by what each level is indented.
type layout struct{ eol, step string }

// block writes the members of a map, each on lines of its own, without the last line break.
func (l layout) block(fields rule.Fields, pad string) string {
	var lines []string
	for _, f := range fields {
		lines = append(lines, pad+l.member(f, pad))
	}
	return strings.Join(lines, l.eol)
}

// member writes a member without the indentation of its first line.
func (l layout) member(f rule.Field, pad string) string {
	key := writeScalar(f.Key, false) + ":"
	below, isMap := f.Value.(rule.Fields)
	if isMap && len(below) > 0 {
		return key + l.eol + l.block(below, pad+l.step)
	}
	if items, isList := f.Value.([]any); isList && len(items) > 0 {
		if _, ofMaps := items[0].(rule.Fields); ofMaps {
			return key + l.eol + l.items(items, pad)
		}
	}
	return key + " " + writeFlow(f.Value, false)
}

// items writes a list of maps, its dashes below the key.
func (l layout) items(items []any, pad string) string {
	var lines []string
	for _, x := range items {
		fields, isMap := x.(rule.Fields)
		if !isMap || len(fields) == 0 {
			lines = append(lines, pad+"- "+writeFlow(x, false))
			continue
		}
		lines = append(lines, pad+"- "+strings.TrimPrefix(l.block(fields, pad+"  "), pad+"  "))
	}
	return strings.Join(lines, l.eol)
}

// json writes a value over several lines, as kubectl does.
func (l layout) json(v any, pad string) string {
	fields, isMap := v.(rule.Fields)
	if !isMap || len(fields) == 0 {
		return writeFlow(v, true)
	}
	var lines []string
	for _, f := range fields {
		lines = append(lines, pad+l.step+writeScalar(f.Key, true)+": "+l.json(f.Value, pad+l.step))
	}
	return "{" + l.eol + strings.Join(lines, ","+l.eol) + l.eol + pad + "}"
}
