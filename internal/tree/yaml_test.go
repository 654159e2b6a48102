package tree

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	kubectl "sigs.k8s.io/yaml"
)

// trickyYAML are documents on which YAML parsers differ.
func trickyYAML() map[string]string {
	return map[string]string{
		"booleans of YAML 1.1":         "[yes, Yes, YES, on, On, ON, y, Y, true, True, TRUE, no, No, NO, off, Off, OFF, n, N, false, False, FALSE]",
		"no booleans":                  "[yEs, oN, tRue, nO, oFF, yess, onn, 'yes', \"on\", 'true']",
		"nulls":                        "a: ~\nb: null\nc: Null\nd: NULL\ne:\nf: 'null'\ng: nUll\nh: ''\ni: \"~\"",
		"octal integers":               "[0644, 0o644, -0644, 0, 00, 08, 09, 0o8, 0_7]",
		"hexadecimal and binary":       "[0x1F, 0X1f, -0x1F, 0b101, 0B11, -0b101, 0b2, 0xZZ, 0b-1]",
		"separators in numbers":        "[1_000, 1__0, _1, 1_, 0x_1F, 1_0.5_0, 0b1_0]",
		"signs":                        "[+1, -1, +1.5, -1.5, +, -a, --1, +-1, -0, +0]",
		"floats":                       "[1., .5, 1.5e3, 1e3, 1E+3, 1e-3, -.5, +.5, 1.0, .e, .5.5, 1e400, 1e, 0.10, 00.5, ., .., .1e400]",
		"large integers":               "[9223372036854775807, 9223372036854775808, 18446744073709551615, 18446744073709551616, -9223372036854775808, -9223372036854775809]",
		"not a number":                 "[1.2.3, 1:30, 10:20:30, 12e, 0x, 1a, 192.168.0.1, 100m, 1Gi, 1,2]",
		"timestamps stay strings":      "[2001-01-01, 2001-12-14T21:59:43.1Z, 2001-12-14 21:59:43, 2001-1-1t1:1:1Z, !!timestamp 2001-01-01]",
		"keys that are not strings":    "1: a\ntrue: b\n1.5: c\nyes: d\n0x10: e\n1e3: f\n2001-01-01: g\n.5: h\n1e40: i",
		"keys y and on":                "y: 1\non: 2",
		"float keys":                   ".inf: a\n-.inf: b\n.nan: c\n+.inf: d",
		"duplicate keys":               "a: 1\nb: 2\na: 3",
		"many duplicate keys":          strings.Repeat("a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n", 5) + "c: 6",
		"anchors":                      "a: &x {b: [1, 2]}\nc: *x\nd: *x",
		"anchor defined twice":         "a: &x 1\nb: *x\nc: &x 2\nd: *x",
		"merge before":                 "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  a: 3",
		"merge after":                  "x: &x {a: 1, b: 2}\ny:\n  a: 3\n  <<: *x",
		"merge of a list":              "x: &x {a: 1, b: 2}\nz: &z {a: 5, c: 6}\ny:\n  <<: [*x, *z]\n  d: 4",
		"merge of a map in place":      "y:\n  <<: {a: 1}\n  b: 2",
		"merge within a merge":         "x: &x {a: 1}\nw: &w {<<: *x, b: 2}\ny: {<<: *w, c: 3}",
		"merge key quoted":             "x: &x {a: 1}\ny: {\"<<\": *x}",
		"merge key as a value":         "[<<, a<<]",
		"merge twice":                  "x: &x {a: 1}\nz: &z {a: 2}\ny: {<<: *x, <<: *z}",
		"explicit tags":                "[!!str 1, !!int \"12\", !!float 1, !!bool yes, !!null '', !!str yes, !!int 0x10, !!float 1.5]",
		"custom tags":                  "[!foo bar, !foo 1, !<tag:example.com,2000:x> y, !foo {a: 1}, !foo [1]]",
		"binary":                       "a: !!binary aGVsbG8=",
		"tag without name on a string": "a: ! abc",
		"literal and folded":           "a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n\n  z\nc: |+\n  x\n\nd: >\n  a\n    b\n  c\n",
		"literal with indent digit":    "a: |2\n    x\n   y\n",
		"literal number":               "a: |-\n  123\nb: >-\n  true",
		"quotes":                       "a: 'it''s'\nb: \"\\u00e9\\n\\t\\x41\\\"\"\nc: \"a\n  b\"\nd: 'a\n\n  b'",
		"plain over several lines":     "a: x\n  y\n\n  z\nb: c",
		"comments everywhere":          "# a\na: 1 # b\n# c\nb: # d\n  # e\n  - 1 # f\n  # g\n  - 2\n# h\n",
		"hash in a value":              "a: x#y\nb: 'x # y'\nc: x #y",
		"flow with trailing comma":     "{a: [1, 2, ], b: {c: d, }, }",
		"flow over several lines":      "a: [\n  1,\n  2\n]\nb: {\n  c: d\n}",
		"pairs in a flow list":         "[a: b, c: d]",
		"json":                         `{"a": [1, 2.5, null, true, "x\u00e9"], "b": {}}`,
		"json without spaces":          `{"a":1,"b":[1,{"c":"d"}]}`,
		"list at the key's indent":     "a:\n- 1\n- 2\nb: 3",
		"list of lists":                "- - 1\n  - 2\n- - 3",
		"question mark key":            "? a\n: 1\n? b\n: 2",
		"CRLF":                         "a: 1\r\nb:\r\n  - x\r\n  - |\r\n    y\r\n    z\r\n",
		"byte order mark":              "\ufeffa: 1",
		"document markers":             "---\na: 1\n...\n",
		"directive":                    "%YAML 1.1\n---\na: 1",
		"unicode":                      "a: \u00e9\u4e2d\U0001F600\n\u00e9: 1",
		"urls and images":              "a: http://x:80/y?z=1&w=2#f\nb: img@sha256:abc\nc: a:b",
		"empty":                        "",
		"only a comment":               "# nothing\n",
		"scalar document":              "hello",
		"number document":              "42",
		"key without value at the end": "a:\n  b:",
		"empty collections":            "a: {}\nb: []\nc: [[], {}]",
		"star and percent":             "a: '*'\nb: '%x'\nc: x%y",
		"nul escape":                   "a: \"x\\0y\"",
		"anchor on a key":              "&k a: 1\nb: *k",
		"alias as a key":               "a: &x foo\n*x : 1",
	}
}

func TestYAMLMeansWhatKubectlMakesOfIt(t *testing.T) {
	for name, doc := range trickyYAML() {
		t.Run(name, func(t *testing.T) {
			want, err := kubectl.YAMLToJSON([]byte(doc))
			if err != nil {
				t.Fatalf("kubectl refuses: %v", err)
			}
			var tr Tree
			if err := DecodeYAML(&tr, []byte(doc), 1, Limits{}); err != nil {
				t.Fatalf("kubectl has %s, we fail: %v", want, err)
			}
			if got := tr.Root().AppendJSON(nil); !sameJSON(got, want) {
				t.Errorf("\ngot     %s\nkubectl %s", got, want)
			}
		})
	}
}

func TestYAMLThatKubectlRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		line int
		says string
	}{
		"tab as indentation":      {"a:\n\tb: 1", 2, "tab"},
		"value with a colon":      {"a: 1\nb: c: d", 2, "quote the value"},
		"wrong indentation":       {"a:\n  b: 1\n c: 2", 3, "indentation"},
		"open bracket":            {"a: 1\nb: [1, 2", 2, "not closed"},
		"open quote":              {"a: 1\nb: \"x\n", 2, "not closed"},
		"unknown anchor":          {"a: 1\nb: *x", 2, "anchor"},
		"anchor in itself":        {"a: 1\nb: &x\n  c: *x", 3, "itself"},
		"null key":                {"a: 1\n~: 2", 2, "null"},
		"map as key":              {"a: 1\n{b: c}: 2", 2, "key"},
		"merge of a scalar":       {"a: 1\n<<: x", 2, "merge"},
		"merge of a list of text": {"<<: [a]", 1, "merge"},
		"tag that does not fit":   {"a: 1\nb: !!int x", 2, "!!int"},
		"binary that is not":      {"b: !!binary '!'", 1, "base64"},
		"Latin-1":                 {"a: 1\nb: caf\xe9\n", 2, "UTF-8"},
		"UTF-16":                  {"\xff\xfea\x00:\x00", 1, "UTF-16"},
		"UTF-16 without mark":     {"a\x00:\x00 \x00b\x00", 1, "UTF-16"},
		"NUL":                     {"a: 1\nb: x\x00y", 2, "control"},
		"control character":       {"a: 1\nb: x\x01y", 2, "control"},
	} {
		t.Run(name, func(t *testing.T) {
			var tr Tree
			err := DecodeYAML(&tr, []byte(c.doc), 100, Limits{})
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("got %v (%s)", err, tr.Root().AppendJSON(nil))
			}
			if syntax.Line != 99+c.line || !strings.Contains(syntax.Msg, c.says) {
				t.Errorf("got %q, want line %d and %q", err, 99+c.line, c.says)
			}
			if tr.Root().Exists() {
				t.Error("the tree is not empty")
			}
		})
	}
}

func TestDecodeTakesJSONAndYAML(t *testing.T) {
	for name, c := range map[string]struct{ in, want, says string }{
		"YAML":          {"a: 1", `{"a":1}`, ""},
		"JSON":          {"\n {\"a\": \"x\\/\"}", `{"a":"x/"}`, ""},
		"a flow map":    {"{a: yes}", `{"a":true}`, ""},
		"a flow list":   {"[a, b] # c", `["a","b"]`, ""},
		"broken JSON":   {"{\n\"a\": 1,\n\"b\" 2}", "", "line 3: this is not JSON"},
		"a broken flow": {"{a: 1", "", "braces"},
		"deep":          {strings.Repeat("[", 300) + strings.Repeat("]", 300), "", "nested"},
		"nothing":       {"", "null", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var tr Tree
			err := Decode(&tr, []byte(c.in), 1, Limits{})
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) || tr.Root().Exists() {
					t.Errorf("got %v, want %q", err, c.says)
				}
				return
			}
			if got := string(tr.Root().AppendJSON(nil)); err != nil || got != c.want {
				t.Errorf("got %s %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestSecondDocumentIsAnError(t *testing.T) {
	var tr Tree
	err := DecodeYAML(&tr, []byte("a: 1\n---\nb: 2\n"), 1, Limits{})
	if err == nil || !strings.Contains(err.Error(), "line 2") && !strings.Contains(err.Error(), "line 3") {
		t.Fatalf("got %v", err)
	}
}

func TestWhatJSONCannotHoldIsAString(t *testing.T) {
	var tr Tree
	if err := DecodeYAML(&tr, []byte("[.inf, -.Inf, .NaN, !!float .inf]"), 1, Limits{}); err != nil {
		t.Fatal(err)
	}
	if got := string(tr.Root().AppendJSON(nil)); got != `[".inf","-.Inf",".NaN",".inf"]` {
		t.Error(got)
	}
}

func TestYAMLNumbersAsWritten(t *testing.T) {
	var tr Tree
	if err := DecodeYAML(&tr, []byte("[1.50, 1e3, 0644, 0x1F, +5, 1_000, 18446744073709551616]"), 1, Limits{}); err != nil {
		t.Fatal(err)
	}
	if got := string(tr.Root().AppendJSON(nil)); got != `[1.50,1e3,420,31,5,1000,18446744073709551616]` {
		t.Error(got)
	}
}

func TestYAMLLines(t *testing.T) {
	const doc = "a: &x\n  b:\n    - 1\n    - c: 2\nd:\n  |\n  text\ne: *x\nf:\n  <<: *x\n"
	var tr Tree
	if err := DecodeYAML(&tr, []byte(doc), 11, Limits{}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"$": 11, "$.a": 11, "$.a.b": 12, "$.a.b[0]": 13, "$.a.b[1].c": 14, "$.d": 15, "$.e": 18, "$.e.b[1].c": 14, "$.f": 19, "$.f.b": 12,
	} {
		if got := tr.Root().Lookup(path).Line(); got != want {
			t.Errorf("%s stands on line %d, want %d", path, got, want)
		}
	}
}

func TestLimitsOfYAML(t *testing.T) {
	laughs := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9))
	}
	for name, c := range map[string]struct {
		doc  string
		what string
	}{
		"billion laughs":     {laughs, tooManyNodes},
		"deep flow list":     {strings.Repeat("[", 5000) + strings.Repeat("]", 5000), tooDeep},
		"deep flow map":      {strings.Repeat("{a: ", 5000) + strings.Repeat("}", 5000), tooDeep},
		"very deep":          {strings.Repeat("[", 20_000), tooDeep},
		"deep block list":    {strings.Repeat("- ", 5000), tooDeep},
		"large":              {strings.Repeat("x", DefaultBytes+1), tooManyBytes},
		"deep through alias": {deepAliases(150), tooDeep},
	} {
		t.Run(name, func(t *testing.T) {
			var tr Tree
			err := DecodeYAML(&tr, []byte(c.doc), 1, Limits{})
			var limit *LimitError
			if !errors.As(err, &limit) || limit.What != c.what || limit.Line < 1 {
				t.Errorf("got %v", err)
			}
		})
	}
}

// deepAliases nests through aliases: each anchor holds the one before, three deeper.
func deepAliases(n int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [[*a%d]]\n", i, i, i-1)
	}
	return b.String()
}

// TestHostileYAMLTakesLinearTime decodes 2 MB of each shape that might be slow; of 10 MB the slowest takes 3 s.
func TestHostileYAMLTakesLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const size = 2_000_000
	fill := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	for name, doc := range map[string]string{
		"brackets": fill("["), "braces": fill("{"), "maps": fill("{a: "), "dashes": fill("- "), "question marks": fill("? "),
		"colons": fill("a:b") + ": 1", "spaced colons": fill(": "), "keys in a line": fill("a: "), "one word": fill("x"), "words": fill("x "),
		"quoted": `"` + fill("x") + `"`, "open quote": `a: "` + fill("x\n "), "long anchor": "&" + fill("a") + " x", "long tag": "!" + fill("a") + " x",
		"tags": fill("!a "), "comments": fill("# c\n") + "a: 1", "blank lines": "a:" + fill("\n") + " b", "literal": "a: |\n" + fill("  x\n"),
		"long key": fill("k") + ": 1", "tabs": fill("\t"), "spaces": fill(" ") + "a", "directives": fill("%A b\n") + "--- a", "quoted words": fill(`"a" `),
		"flow list": "[" + fill("a, ") + "]", "closed brackets": fill("[]"), "flow question marks": "[" + fill("? "), "markers": fill("---\n"),
		"equal keys": fill("a: 1\n"), "bare dashes": fill("-\n"), "commented items": fill("- a\n# x\n"), "flow keys": "{" + fill("[a]: b,"),
	} {
		t.Run(name, func(t *testing.T) {
			var tr Tree
			start := time.Now()
			err := DecodeYAML(&tr, []byte(doc), 1, Limits{})
			took := time.Since(start)
			t.Logf("%v: %.100v", took, err)
			if took > 20*time.Second { // quadratic would be minutes
				t.Errorf("took %v", took)
			}
		})
	}
}

// sameJSON reports whether two JSON texts mean the same: numbers as float64.
func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}
