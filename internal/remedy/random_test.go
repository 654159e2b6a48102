package remedy

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// TestEditChangesOnlyWhatItMust makes one random change in each of many random documents in every style: the
// document means what it meant, but for the field; lines outside the field are the same bytes; no comment
// gets lost that does not stand in what goes; and the JSON patch of the change does the same to the value.
func TestEditChangesOnlyWhatItMust(t *testing.T) {
	const documents = 2000
	done := 0
	for seed := range uint64(documents) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := newWriter(r).document()
		s, before, err := openDocument([]byte(text), 1)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		c := randomChange(r, before)
		path, want, ok := c.in(before)
		if !ok {
			t.Fatalf("seed %d: %+v has no place in\n%s", seed, c, text)
		}
		after, err := edit([]byte(text), 1, c)
		if err != nil {
			t.Logf("seed %d: %+v: %v in\n%s", seed, c, err, text)
			continue
		}
		done++
		if !means(after, want) {
			t.Fatalf("seed %d: %+v gives another value:\n%s\n%s", seed, c, text, after)
		}
		if got := applied(t, before, jsonPatch(before, want)); !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d: the JSON patch of %+v gives another value: %v", seed, c, jsonPatch(before, want))
		}
		if wrong := s.changed(path, string(after)); wrong != "" {
			t.Errorf("seed %d: %+v: %s\n%s\n%s", seed, c, wrong, text, after)
		}
	}
	if least := documents * 98 / 100; done < least {
		t.Errorf("%d of %d changes were made, want %d", done, documents, least)
	}
}

// TestEditOfRandomAnchors does the same to documents in which parts are repeated by aliases, where a change
// may be refused.
func TestEditOfRandomAnchors(t *testing.T) {
	const documents = 1000
	done := 0
	for seed := range uint64(documents) {
		r := rand.New(rand.NewPCG(seed, 2))
		w := newWriter(r)
		w.anchors = true
		text := w.document()
		_, before, err := openDocument([]byte(text), 1)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		var changes []placedChange
		want := before
		for range 1 + r.IntN(3) {
			c := randomChange(r, want)
			if _, next, ok := c.in(want); ok { // what came before may have taken its place
				changes, want = append(changes, c), next
			}
		}
		if after, err := editAll([]byte(text), 1, changes); err == nil {
			done++
			if !means(after, want) {
				t.Fatalf("seed %d: %+v gives another value:\n%s\n%s", seed, changes, text, after)
			}
		}
	}
	if done < documents/2 {
		t.Errorf("%d of %d documents were changed", done, documents)
	}
}

// changed compares the lines of a document with those of the changed one, and says what is wrong.
func (s *source) changed(path []step, after string) string {
	from, to, gone := s.region(path)
	text := string(s.text)
	was, is := strings.SplitAfter(text, "\n"), strings.SplitAfter(after, "\n")
	head, tail := from-1, len(was)-to
	if len(is) < head+tail-1 || !slices.Equal(was[:head], is[:min(head, len(is))]) {
		return fmt.Sprintf("lines before %d changed", from)
	}
	for i := range tail {
		if a, b := was[len(was)-1-i], is[len(is)-1-i]; a != b {
			return fmt.Sprintf("line %d from the end changed", i)
		}
	}
	for _, comment := range regexp.MustCompile(`#c[0-9]+;`).FindAllStringIndex(text, -1) {
		line := 1 + strings.Count(text[:comment[0]], "\n")
		if id := text[comment[0]:comment[1]]; !strings.Contains(after, id) && (line < from || line > gone) {
			return fmt.Sprintf("the comment %s of line %d is lost", id, line)
		}
	}
	return ""
}

// region gives the lines that a change of a field may touch: those of the field, or of its neighbours where it
// is new, or first on the line of a dash. Comments may get lost up to gone.
func (s *source) region(path []step) (from, to, gone int) {
	f, _ := s.find(path, false)
	n, key := f.last(), f.keys[len(f.keys)-1]
	from = n.Line
	if key != nil {
		from = key.Line
	}
	gone = lastLine(n)
	column := n.Column
	switch {
	case key != nil:
		column = key.Column
	case len(f.nodes) > 1:
		column = f.above(len(f.nodes) - 1).Column
	}
	for ; gone < len(s.lines); gone++ { // a comment that is indented further belongs to it
		line := strings.TrimRight(string(s.text[s.lines[gone]:s.lineEnd(gone+1)]), "\r\n")
		if text := strings.TrimLeft(line, " "); text != "" && (text[0] != '#' || len(line)-len(text) < column) {
			break
		}
	}
	if len(f.rest) > 0 && n.Kind == yaml.MappingNode && len(n.Content) > 0 {
		k := n.Content[len(n.Content)-2]
		return k.Line, s.beforeNext(n), k.Line - 1
	}
	to = s.beforeNext(n)
	if len(f.nodes) > 1 {
		parent := f.above(len(f.nodes) - 1)
		for key == nil && !inFlow(parent) && from > parent.Line { // up to the dash
			if text := string(s.text[s.lines[from-1]:s.lineEnd(from)]); len(text) >= parent.Column && strings.Trim(text[:parent.Column], " ") == "-" {
				break
			}
			from--
		}
		if next := following(parent, key); next != nil {
			to = max(to, next.Line)
		}
		if inFlow(parent) {
			from, to = parent.Line, s.beforeNext(parent)
		}
	}
	if n.Kind == yaml.ScalarNode {
		gone = max(gone, from)
	}
	return from, to, gone
}

// beforeNext gives the last line before what follows a node.
func (s *source) beforeNext(n *yaml.Node) int {
	last := lastLine(n)
	next := len(s.lines)
	var walk func(x *yaml.Node)
	walk = func(x *yaml.Node) {
		if x.Line > last {
			next = min(next, x.Line-1)
		}
		for _, c := range x.Content {
			walk(c)
		}
	}
	walk(s.root)
	return max(next, last)
}

// lastLine gives the last line of a node on which something of it may stand.
func lastLine(n *yaml.Node) int {
	last := n.Line
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle|yaml.DoubleQuotedStyle) != 0 {
		last += strings.Count(n.Value, "\n")
	}
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

// randomChange picks a field and what becomes of it.
func randomChange(r *rand.Rand, before any) placedChange {
	var all, maps []string
	var walk func(v any, path string)
	walk = func(v any, path string) {
		all = append(all, path)
		switch v := v.(type) {
		case map[string]any:
			maps = append(maps, path)
			for _, key := range sortedKeys(v) {
				walk(v[key], tree.Path(path, key))
			}
		case []any:
			for i := range v {
				walk(v[i], tree.PathIndex(path, i))
			}
		}
	}
	walk(before, "$")
	values := []any{false, true, 7, "RuntimeDefault", "on", "a: b # c", []any{"ALL"}, rule.Fields{{Key: "x", Value: true}, {Key: "y", Value: rule.Fields{{Key: "z", Value: "w"}}}}}
	c := rule.Change{Value: values[r.IntN(len(values))]}
	switch kind := r.IntN(3); {
	case kind == 0 && len(all) > 1:
		c = rule.Change{Path: all[1+r.IntN(len(all)-1)], Remove: true}
	case kind == 1 && len(all) > 1:
		c.Path = all[1+r.IntN(len(all)-1)]
	case len(maps) > 0:
		c.Path = tree.Path(maps[r.IntN(len(maps))], "new")
		if r.IntN(2) == 0 {
			c.Path = tree.Path(c.Path, "below")
		}
	}
	return placedChange{nil, c}
}

// applied does what a JSON patch says (RFC 6902), as far as jsonPatch writes such.
func applied(t *testing.T, v any, patch []Operation) any {
	t.Helper()
	for _, op := range patch {
		var steps []step
		for part := range strings.SplitSeq(strings.TrimPrefix(op.Path, "/"), "/") {
			part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
			at := at(v, steps)
			var i int
			if _, isList := at.([]any); isList && part != "-" {
				if _, err := fmt.Sscan(part, &i); err != nil {
					t.Fatal(err)
				}
				steps = append(steps, step{"", i})
				continue
			}
			if part != "-" { // which is where a list ends
				steps = append(steps, step{part, -1})
			}
		}
		if op.Path == "" {
			steps = nil
		}
		var value tree.Tree
		if len(op.Value) > 0 {
			if err := tree.DecodeJSON(&value, []byte(`{"v":`+string(op.Value)+`}`), 1, tree.Limits{}); err != nil {
				t.Fatal(err)
			}
		}
		var ok bool
		switch has := at(v, steps) != nil; {
		case op.Op == "add" && strings.HasSuffix(op.Path, "/-"):
			list, isList := at(v, steps).([]any)
			if v, ok = setIn(v, steps, append(list[:len(list):len(list)], plain(value.Root().Get("v")))); !isList {
				t.Fatalf("%s leads to no list", op.Path)
			}
		case op.Op == "test":
			ok = reflect.DeepEqual(at(v, steps), plain(value.Root().Get("v")))
		case op.Op == "remove":
			v, ok = removeIn(v, steps)
		case op.Op == "replace" && has, op.Op == "add" && !has:
			v, ok = setIn(v, steps, plain(value.Root().Get("v")))
		}
		if !ok {
			t.Fatalf("%s %s does not apply", op.Op, op.Path)
		}
	}
	return v
}
