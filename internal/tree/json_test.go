package tree

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func decodeJSON(t *testing.T, doc string) *Tree {
	t.Helper()
	tr := new(Tree)
	if err := DecodeJSON(tr, []byte(doc), 1, Limits{}); err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestJSONRoundTrip(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"order and numbers as written": {` { "b" : 1.50 , "a" : [ 1e3, -0 , 10000000000000000000000 ] } `, `{"b":1.50,"a":[1e3,-0,10000000000000000000000]}`},
		"scalars":                      {`[null,true,false,"",0]`, `[null,true,false,"",0]`},
		"a lone scalar":                {`"x"`, `"x"`},
		"last of equal names wins":     {`{"a":1,"b":2,"a":{"c":3}}`, `{"b":2,"a":{"c":3}}`},
		"escapes":                      {`"\u0000\n\"\\\/\u00e9\ud83d\ude00"`, "\"\\u0000\\n\\\"\\\\/\u00e9\U0001F600\""},
		"invalid UTF-8 is replaced":    {"[\"a\xffb\"]", "[\"a\ufffdb\"]"},
		"a lone surrogate is replaced": {`["\ud800"]`, "[\"\ufffd\"]"},
		"empty names":                  {`{"":{"":1}}`, `{"":{"":1}}`},
		"byte order mark":              {"\ufeff{}", `{}`},
		"many equal names":             {`{` + strings.Repeat(`"a":1,"b":2,"c":[3],`, 20) + `"d":4}`, `{"a":1,"b":2,"c":[3],"d":4}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(decodeJSON(t, c.in).Root().AppendJSON(nil)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestBrokenJSON(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		line int
		says string
	}{
		"trailing data":     {"{\n}\n\n{}", 4, "more after the end"},
		"trailing garbage":  {"{\n}\nx", 3, "not JSON"},
		"cut off":           {"{\n\"a\": [\n1,", 3, "complete"},
		"cut off in string": {"[\n\"a", 2, "complete"},
		"nothing":           {" \n ", 1, "no JSON value"},
		"missing comma":     {"[1,\n2\n3]", 3, "not JSON"},
		"single quotes":     {"{'a': 1}", 1, "not JSON"},
		"trailing comma":    {"[1\n,]", 2, "not JSON"},
		"UTF-16":            {"\xff\xfe{\x00}\x00", 1, "UTF-16"},
		"NUL":               {"[1,\n\x00]", 2, "not JSON"},
		"name not a string": {"{\n1: 2}", 2, "not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			var tr Tree
			err := DecodeJSON(&tr, []byte(c.doc), 10, Limits{})
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Line != 9+c.line || !strings.Contains(syntax.Msg, c.says) {
				t.Errorf("got %v, want line %d and %q", err, 9+c.line, c.says)
			}
		})
	}
}

func TestLimitsOfJSON(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		lim  Limits
		what string
	}{
		"deep":         {strings.Repeat("[", 10_000_000), Limits{}, tooDeep},
		"deep objects": {strings.Repeat(`{"a":`, 2_000_000), Limits{}, tooDeep},
		"many":         {"[" + strings.Repeat("1,", 2_000_000) + "1]", Limits{}, tooManyNodes},
		"large":        {`"` + strings.Repeat("x", 100) + `"`, Limits{Bytes: 50}, tooManyBytes},
	} {
		t.Run(name, func(t *testing.T) {
			var tr Tree
			start := time.Now()
			err := DecodeJSON(&tr, []byte(c.doc), 1, c.lim)
			var limit *LimitError
			if !errors.As(err, &limit) || limit.What != c.what {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestJSONLines(t *testing.T) {
	tr := decodeJSON(t, "{\n \"a\":\n  [1,\n 2],\r\n \"b\": {\"c\":\n\"x\"}}")
	for path, want := range map[string]int{"$": 1, "$.a": 3, "$.a[0]": 3, "$.a[1]": 4, "$.b": 5, "$.b.c": 6} {
		if got := tr.Root().Lookup(path).Line(); got != want {
			t.Errorf("%s stands on line %d, want %d", path, got, want)
		}
	}
}

func TestLinesComeBackWithTheJSON(t *testing.T) {
	var tr Tree
	if err := DecodeYAML(&tr, []byte("a:\n  b: [1, 2,\n    3]\nc: {d: e}\nf: [x, y]\ng: z\n"), 7, Limits{}); err != nil {
		t.Fatal(err)
	}
	tr.Root().Get("a", "b").At(1).Drop()
	tr.Root().Get("c").SetText("gone")
	tr.Root().Get("f").Drop()
	data, table := tr.Root().AppendJSON(nil), tr.Root().AppendLines(nil)
	if want := `{"a":{"b":[1,3]},"c":"gone","g":"z"}`; string(data) != want {
		t.Fatalf("got %s", data)
	}
	back := decodeJSON(t, string(data))
	if err := back.SetLines(table); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"$": 7, "$.a": 7, "$.a.b": 8, "$.a.b[1]": 9, "$.c": 10, "$.g": 12} {
		if got := back.Root().Lookup(path).Line(); got != want {
			t.Errorf("%s stands on line %d, want %d", path, got, want)
		}
	}
	for name, bad := range map[string][]byte{"short": table[:len(table)-1], "long": append(bytes.Clone(table), 0), "empty": nil, "negative": bytes.Repeat([]byte{1}, len(table))} {
		if back.SetLines(bad) == nil || back.Root().Line() != 7 {
			t.Errorf("a table that is %s was taken", name)
		}
	}
}

func TestSmallJSONCostsNoAllocationsInAReusedTree(t *testing.T) {
	doc := []byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx:1","ports":[{"containerPort":80}]}]}}`)
	var out []byte
	least := 1e9 // a tree's hash seed may happen to put three of the texts in one place
	for range 3 {
		var tr Tree
		least = min(least, testing.AllocsPerRun(100, func() {
			if err := DecodeJSON(&tr, doc, 1, Limits{}); err != nil {
				t.Fatal(err)
			}
			out = tr.Root().AppendJSON(out[:0])
		}))
	}
	if least > 1 {
		t.Errorf("%v allocations per document", least)
	}
	if !bytes.Equal(out, doc) {
		t.Errorf("got %s", out)
	}
}
