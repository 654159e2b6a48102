package tree

import (
	"slices"
	"testing"
)

func TestZeroNodeIsSafe(t *testing.T) {
	var n Node
	n.SetText("x")
	n.Drop()
	_, isBool := n.Bool()
	_, isInt := n.Int()
	for range n.All() {
		t.Error("a missing node has children")
	}
	if n.Exists() || n.Kind() != Missing || n.Line() != 0 || n.Key() != "" || n.Get("a", "b").Exists() || n.Len() != 0 || n.Text() != "" ||
		isBool || isInt || n.Lookup("$.a").Exists() || n.At(0).Exists() || string(n.AppendJSON(nil)) != "null" || n.AppendLines(nil) != nil {
		t.Error("a missing node answers")
	}
	var none *Tree
	if none.Root().Exists() || new(Tree).Root().Exists() {
		t.Error("an empty tree has a root")
	}
}

func TestNodesOfAnEarlierDocumentAreMissing(t *testing.T) {
	tr := decodeJSON(t, `{"a":1}`)
	old := tr.Root().Get("a")
	if err := DecodeJSON(tr, []byte(`{"b":2}`), 1, Limits{}); err != nil {
		t.Fatal(err)
	}
	if old.Exists() || old.Text() != "" {
		t.Error("a node outlived its document")
	}
	if err := DecodeJSON(tr, []byte(`{"b":`), 1, Limits{}); err == nil || tr.Root().Exists() {
		t.Error("a failed decode left a tree")
	}
}

func TestWalk(t *testing.T) {
	r := decodeJSON(t, `{"s":"x","n":7,"f":7.0,"h":7.5,"b":true,"z":null,"l":[1,[2]],"m":{"k":"v"}}`).Root()
	var keys []string
	for c := range r.All() {
		keys = append(keys, c.Key())
	}
	if !slices.Equal(keys, []string{"s", "n", "f", "h", "b", "z", "l", "m"}) || r.Len() != 8 {
		t.Errorf("got %v", keys)
	}
	if i, ok := r.Get("n").Int(); i != 7 || !ok {
		t.Error("a whole number is an int")
	}
	if i, ok := r.Get("f").Int(); i != 7 || !ok {
		t.Error("7.0 is an int")
	}
	if _, ok := r.Get("h").Int(); ok {
		t.Error("7.5 is no int")
	}
	if v, ok := r.Get("b").Bool(); !v || !ok {
		t.Error("true is true")
	}
	if !r.Get("z").Exists() || r.Get("z").Kind() != Null || r.Get("z").Text() != "" {
		t.Error("null exists")
	}
	if r.Get("l").At(-1).At(0).Text() != "2" || r.Get("l").At(2).Exists() || r.Get("l").At(-3).Exists() || r.Get("l", "x").Exists() || r.Get("s", "x").Exists() {
		t.Error("a list is walked by index")
	}
	if r.Get("m", "k").Text() != "v" || r.Get().Kind() != Map {
		t.Error("a map is walked by key")
	}
}

func TestEdit(t *testing.T) {
	r := decodeJSON(t, `{"a":{"x":[1,2]},"b":[1,2,3],"c":"v","d":1}`).Root()
	inner := r.Get("a", "x").At(0)
	r.Get("a").SetText("A\"")
	for c := range r.Get("b").All() {
		if c.Text() == "2" {
			c.Drop()
			c.Drop()
		}
	}
	r.Get("d").Drop()
	if got := string(r.AppendJSON(nil)); got != `{"a":"A\"","b":[1,3],"c":"v"}` {
		t.Error(got)
	}
	if inner.Exists() || r.Get("a", "x").Exists() || r.Get("a").Len() != 0 || r.Len() != 3 || r.Get("b").Len() != 2 || r.Get("d").Exists() || r.Get("b").At(1).Text() != "3" {
		t.Error("what was dropped is still seen")
	}
	r.Drop()
	if r.Exists() || r.Len() != 0 || r.Get("c").Exists() {
		t.Error("a dropped root is still seen")
	}
}

func TestPaths(t *testing.T) {
	for _, c := range []struct{ key, want string }{
		{"name", "$.name"},
		{"a_1", "$.a_1"},
		{"app.kubernetes.io/name", "$['app.kubernetes.io/name']"},
		{"1a", "$['1a']"},
		{"", "$['']"},
		{`it's`, `$['it\'s']`},
		{`a\b`, `$['a\\b']`},
		{"a\nb\x01", `$['a\nb\u0001']`},
		{`"`, `$['"']`},
		{"caf\u00e9", "$.caf\u00e9"},
		{"a-b", "$['a-b']"},
		{"]['", `$[']['\'']`},
	} {
		got := Path("$", c.key)
		if c.key == "]['" {
			c.want = `$['][\'']`
		}
		if got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
		doc := append(appendQuoted([]byte("{"), c.key), ":1}"...)
		if r := decodeJSON(t, string(doc)).Root(); r.Lookup(got).Text() != "1" {
			t.Errorf("%s is not found in %s", got, doc)
		}
	}
	if got := PathIndex(Path("", "items"), 17); got != "$.items[17]" {
		t.Error(got)
	}
}

func TestLookup(t *testing.T) {
	r := decodeJSON(t, `{"spec":{"containers":[{"env":{"a.b":"x","c":"y"}},{}],"node-name":"n"}}`).Root()
	for path, want := range map[string]string{
		"$.spec.containers[0].env['a.b']": "x", `$.spec["containers"][0]["env"]["c"]`: "y", "$.spec.containers[-2].env.c": "y", "$.spec.node-name": "n",
	} {
		if got := r.Lookup(path).Text(); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if r.Lookup("$") != r {
		t.Error("$ is the node itself")
	}
	for _, path := range []string{"", "spec", "$.", "$..", "$.spec.*", "$.spec[", "$.spec[x]", "$.spec['x", "$.spec['x'", "$[0]", "$.spec.containers[9]", "$.spec.containers.0", "$x", "$.spec['a\\'", "$.spec[]", "$.spec.containers[99999999999999999999]"} {
		if r.Lookup(path).Exists() {
			t.Errorf("%s is found", path)
		}
	}
}
