package remedy

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

func TestEdit(t *testing.T) {
	set := func(path string, v any) rule.Change { return rule.Change{Path: path, Value: v} }
	remove := func(path string) rule.Change { return rule.Change{Path: path, Remove: true} }
	for _, test := range []struct {
		name, before string
		change       rule.Change
		after        string
	}{
		{"a scalar keeps its comment", "a:\n  b: true # why\n", set("$.a.b", false), "a:\n  b: false # why\n"},
		{"a quoted scalar", "a: 'it''s' # x\n", set("$.a", "b"), "a: b # x\n"},
		{"a double-quoted scalar", "a: \"x\\\"y\"\n", set("$.a", "yes"), "a: \"yes\"\n"},
		{"a word that is a boolean in old YAML is quoted", "a: b\n", set("$.a", "on"), "a: \"on\"\n"},
		{"a member at the end of its map", "a:\n  b: 1\n# about c\nc: 2\n", set("$.a.d", true), "a:\n  b: 1\n  d: true\n# about c\nc: 2\n"},
		{"a member after a list at the key's column", "a:\n  l:\n  - 1\n  - 2\nz: 0\n", set("$.a.m", 3), "a:\n  l:\n  - 1\n  - 2\n  m: 3\nz: 0\n"},
		{"a member after a block scalar", "a:\n  s: |\n    # text\n    more\n\nb: 1\n", set("$.a.t", 1), "a:\n  s: |\n    # text\n    more\n  t: 1\n\nb: 1\n"},
		{"nested maps in the file's indentation", "a:\n    b: 1\n", set("$.c.d.e", "RuntimeDefault"), "a:\n    b: 1\nc:\n    d:\n        e: RuntimeDefault\n"},
		{"without a line break at the end", "a:\n  b: 1", set("$.a.c", 2), "a:\n  b: 1\n  c: 2"},
		{"carriage returns", "a:\r\n  b: 1\r\n", set("$.a.c", 2), "a:\r\n  b: 1\r\n  c: 2\r\n"},
		{"carriage returns, a line less", "a:\r\n  b: 1 # x\r\n  c: 2\r\n", remove("$.a.b"), "a:\r\n  c: 2\r\n"},
		{"a tab in a comment", "a: #\tx\n  b: 1 #\ty\n", set("$.a.b", 2), "a: #\tx\n  b: 2 #\ty\n"},
		{"characters of several bytes before it", "{é: ü, b: true}\n", set("$.b", false), "{é: ü, b: false}\n"},
		{"a member of a flow map", "a: {b: 1, c: [x]} # y\n", set("$.a.d.e", true), "a: {b: 1, c: [x], d: {e: true}} # y\n"},
		{"an empty flow map", "a: {}\n", set("$.a.b.c", []any{"ALL"}), "a: {b: {c: [\"ALL\"]}}\n"},
		{"a key without a value", "a:\nb: 1\n", set("$.a.c", true), "a:\n  c: true\nb: 1\n"},
		{"a list in block style", "a:\n  drop: # these\n  - X\n  - Y\n  b: 1\n", set("$.a.drop", []any{"ALL"}), "a:\n  drop: # these\n  - ALL\n  b: 1\n"},
		{"a list in flow style", "a: {drop: [X, Y], b: 1}\n", set("$.a.drop", []any{"ALL"}), "a: {drop: [\"ALL\"], b: 1}\n"},
		{"the comment above a field stays", "a:\n  # note\n  b: 1\n  c: 2\n", remove("$.a.b"), "a:\n  # note\n  c: 2\n"},
		{"the first member of an item", "a:\n- b: 1\n  c: 2\n", remove("$.a[0].b"), "a:\n- c: 2\n"},
		{"the first member of an item, with a comment below", "a:\n- b: 1\n  # about c\n  c: 2\n", remove("$.a[0].b"), "a:\n-\n  # about c\n  c: 2\n"},
		{"a map that would be left empty goes too", "s:\n  x: 1\n  a:\n    b:\n    - c\n", remove("$.s.a.b[0]"), "s:\n  x: 1\n"},
		{"an item of a list", "a:\n  - x\n  # about y\n  - y # too\n  - z\n", remove("$.a[1]"), "a:\n  - x\n  # about y\n  - z\n"},
		{"the last entry of a flow list", "a: [x, y ]\n", remove("$.a[1]"), "a: [x ]\n"},
		{"the first entry of a flow map", "a: {b: 1, c: 2}\n", remove("$.a.b"), "a: {c: 2}\n"},
		{"JSON over lines", "{\n    \"a\": {\n        \"b\": 1\n    }\n}\n", set("$.a.c.d", true), "{\n    \"a\": {\n        \"b\": 1,\n        \"c\": {\n            \"d\": true\n        }\n    }\n}\n"},
		{"JSON on one line", `{"a":{"b":1,"c":2}}`, remove("$.a.b"), `{"a":{"c":2}}`},
		{"a quoted key", "metadata:\n  labels:\n    app: x\n", set("$.metadata.labels['a.b/c']", "baseline"), "metadata:\n  labels:\n    app: x\n    a.b/c: baseline\n"},
		{"a member beside those of an alias", "x: &s {p: true}\na:\n  b: *s # as x\nc: 1\n", set("$.a.b.p", false), "x: &s {p: true}\na:\n  b: # as x\n    <<: *s\n    p: false\nc: 1\n"},
		{"a member beside those of an alias, at the end of the text", "x: &s {p: true}\na:\n  b: *s", set("$.a.b.p", false), "x: &s {p: true}\na:\n  b:\n    <<: *s\n    p: false"},
		{"a member beside those of an alias in flow style", "x: &s {p: true}\na: {b: *s, c: 1}\n", set("$.a.b.p", false), "x: &s {p: true}\na: {b: {<<: *s, p: false}, c: 1}\n"},
		{"a member beside those of an alias in a list", "x: &s {p: true}\na:\n- *s\n", set("$.a[0].p", false), "x: &s {p: true}\na:\n- {<<: *s, p: false}\n"},
		{"a member that a merge key brings", "x: &s {p: true}\na:\n  <<: *s\n  b: 1\n", set("$.a.p", false), "x: &s {p: true}\na:\n  <<: *s\n  b: 1\n  p: false\n"},
		{"a member that stands beside a merge key", "x: &s {p: true}\na:\n  <<: *s\n  p: true # own\n", set("$.a.p", false), "x: &s {p: true}\na:\n  <<: *s\n  p: false # own\n"},
		{"an alias of a scalar", "x: &t true\na: *t # y\n", set("$.a", false), "x: &t true\na: false # y\n"},
		{"a scalar with an anchor that nothing uses", "a: &t true # y\n", set("$.a", false), "a: &t false # y\n"},
		{"a flow map with an anchor", "a: &t {b: 1} # y\n", set("$.a.c", true), "a: &t {b: 1, c: true} # y\n"},
		{"JSON indented with tabs", "{\n\t\"a\": {\n\t\t\"b\": 1\n\t}\n}\n", set("$.a.c.d", true), "{\n\t\"a\": {\n\t\t\"b\": 1,\n\t\t\"c\": {\n\t\t\t\"d\": true\n\t\t}\n\t}\n}\n"},
		{"a field that has the value already", "a: true # x\n", set("$.a", true), "a: true # x\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := edit([]byte(test.before), 1, placedChange{nil, test.change})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.after, string(got)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestEditRefuses(t *testing.T) {
	for _, test := range []struct {
		name, before, path, want string
	}{
		{"below what an alias brings", "x: &s {c: {d: 1, e: true}}\na: *s\n", "$.a.c.e", `anchor "s" (used on line 2)`},
		{"below what a merge key brings", "x: &s {c: {d: 1, e: true}}\na:\n  <<: *s\n  b: 1\n", "$.a.c.e", "merge key (line 3)"},
		{"a list behind an alias", "x: &s [1, 2]\na: *s\n", "$.a[0]", `anchor "s"`},
		{"what an alias repeats elsewhere", "x: &s\n  privileged: true\na: *s\n", "$.x.privileged", "without changing something else"},
		{"a list index that is not there", "a: [1]\n", "$.a[4].b", "without changing"},
		{"a scalar in the way", "a: 1\n", "$.a.b", "without changing"},
		{"line breaks of old YAML", "a: 1 # \u2028\n", "$.a", "line breaks"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := edit([]byte(test.before), 1, placedChange{nil, rule.Change{Path: test.path, Value: false}})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%q: %v", got, err)
			}
		})
	}
}

// Where an anchor shares a field, the change is made there, if it is to be made for all who share it.
func TestEditShared(t *testing.T) {
	set := func(path string, v any) placedChange { return placedChange{nil, rule.Change{Path: path, Value: v}} }
	for _, test := range []struct {
		name, before string
		changes      []placedChange
		after        string // "" where the changes are refused
	}{
		{
			"a map", "- s: &s\n    p: true # why\n- s: *s\n",
			[]placedChange{set("$[0].s.p", false), set("$[1].s.p", false)},
			"- s: &s\n    p: false # why\n- s: *s\n",
		},
		{
			"a member that is new", "- s: &s {p: true}\n- s: *s\n",
			[]placedChange{set("$[0].s.q.r", 1), set("$[1].s.q.r", 1)},
			"- s: &s {p: true, q: {r: 1}}\n- s: *s\n",
		},
		{
			"a scalar", "- p: &t true\n- p: *t\n",
			[]placedChange{set("$[0].p", false), set("$[1].p", false)},
			"- p: &t false\n- p: *t\n",
		},
		{
			"a merge key", "- &s\n  p: {q: true, r: 1}\n- <<: *s\n  z: 1\n",
			[]placedChange{set("$[0].p.q", false), set("$[1].p.q", false)},
			"- &s\n  p: {q: false, r: 1}\n- <<: *s\n  z: 1\n",
		},
		{
			"a field that goes", "- s: &s\n    p: true\n    q: 1\n- s: *s\n",
			[]placedChange{{nil, rule.Change{Path: "$[0].s.p", Remove: true}}, {nil, rule.Change{Path: "$[1].s.p", Remove: true}}},
			"- s: &s\n    q: 1\n- s: *s\n",
		},
		{
			"items of a list, until nothing is left of it", "- s: &s\n    p: true\n    c:\n      add: [X, Y]\n- s: *s\n",
			[]placedChange{
				{nil, rule.Change{Path: "$[1].s.c.add[1]", Remove: true}},
				{nil, rule.Change{Path: "$[1].s.c.add[0]", Remove: true}},
				{nil, rule.Change{Path: "$[0].s.c.add[1]", Remove: true}},
				{nil, rule.Change{Path: "$[0].s.c.add[0]", Remove: true}},
			},
			"- s: &s\n    p: true\n- s: *s\n",
		},
		{
			"one of those who share it keeps it", "- s: &s {p: {q: true}}\n- s: *s\n- s: *s\n",
			[]placedChange{set("$[0].s.p.q", false), set("$[1].s.p.q", false)},
			"",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := editAll([]byte(test.before), 1, test.changes)
			if (err != nil) != (test.after == "") {
				t.Fatalf("%q, %v", got, err)
			}
			if d := cmp.Diff(test.after, string(got)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// FuzzEdit makes one change anywhere in any document: it never panics, and what comes out means what went
// in but for the one field.
func FuzzEdit(f *testing.F) {
	for _, seed := range []string{
		"a:\n  b: true # why\n  c: [x, {y: z}]\n- d\n", "a: &x {b: 1}\nc: *x\n<<: *x\n", "{\"a\": {\"b\": [1, 2]}}", "a:\r\n- b: |\r\n    x\r\n  c: 'it''s'\r\n",
		"- a: 1\n  # x\n  b: 2\n- - c\n", "? a\n: b\n", "a: !!str x\nb: >-\n  folded\n  text\nc:\n", "{a: , b}", "\ufeffa: 1\n", "a: \"x\n y\"\nb: x\n  y\n",
		"? 0\n:", "a: &x\n  b: 1\nc: {<<: *x, d: *x}\n",
	} {
		f.Add(seed, uint(1), true)
		f.Add(seed, uint(3), false)
	}
	f.Fuzz(func(t *testing.T, text string, pick uint, remove bool) {
		var before tree.Tree
		if len(text) > 4096 || tree.Decode(&before, []byte(text), 1, tree.Limits{}) != nil {
			return
		}
		paths := allPaths(before.Root(), "$", nil)
		if len(paths) > 5000 { // aliases of aliases, which cost time and show nothing more
			return
		}
		path := paths[pick%uint(len(paths))]
		change := rule.Change{Path: path, Remove: remove, Value: true}
		if pick%3 == 0 && !remove {
			change.Path = tree.Path(path, "fuzzed")
		}
		got, err := edit([]byte(text), 1, placedChange{nil, change})
		if err != nil {
			return
		}
		var after tree.Tree
		if err := tree.Decode(&after, got, 1, tree.Limits{}); err != nil {
			t.Fatalf("the result does not parse: %v\n%q", err, got)
		}
		steps, err := parsePath(change.Path)
		if err != nil {
			t.Fatal(err)
		}
		want, ok := setIn(plain(before.Root()), steps, scalar{tree.Bool, "true"})
		if remove {
			want, ok = removeIn(plain(before.Root()), pruned(plain(before.Root()), steps))
		}
		if !ok || !reflect.DeepEqual(want, plain(after.Root())) {
			t.Errorf("%q with %+v is %q", text, change, got)
		}
		mask([]byte(text), lineRanges{{0, len(text)}})
		Diff("x", []byte(text), got)
	})
}

func allPaths(n tree.Node, path string, all []string) []string {
	if len(all) > 5000 {
		return all
	}
	all = append(all, path)
	i := 0
	for c := range n.All() {
		below := tree.PathIndex(path, i)
		if n.Kind() == tree.Map {
			below = tree.Path(path, c.Key())
		}
		all = allPaths(c, below, all)
		i++
	}
	return all
}
