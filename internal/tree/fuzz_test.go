package tree

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	kubectl "sigs.k8s.io/yaml"
)

// smallLimits keep a fuzz worker fast.
var smallLimits = Limits{Bytes: 1 << 16, Nodes: 20_000}

func addYAML(f *testing.F) {
	f.Helper()
	for _, doc := range trickyYAML() {
		f.Add([]byte(doc))
	}
	f.Add([]byte(deployment(1)))
}

// checkTree asserts what holds of every decoded tree: its JSON is valid, gives the same JSON again, and its lines come
// back.
func checkTree(t *testing.T, tr *Tree) {
	t.Helper()
	data, table := tr.Root().AppendJSON(nil), tr.Root().AppendLines(nil)
	if !json.Valid(data) {
		t.Fatalf("not JSON: %s", data)
	}
	var back Tree
	if err := DecodeJSON(&back, data, 1, Limits{}); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	if again := back.Root().AppendJSON(nil); !bytes.Equal(again, data) {
		t.Fatalf("JSON changed:\n%s\n%s", data, again)
	}
	if err := back.SetLines(table); err != nil {
		t.Fatal(err)
	}
	if again := back.Root().AppendLines(nil); !bytes.Equal(again, table) {
		t.Fatal("lines changed")
	}
	checkPaths(t, tr.Root(), "$", tr.Root())
}

// checkPaths asserts that every node is found by its path.
func checkPaths(t *testing.T, root Node, path string, n Node) {
	t.Helper()
	if len(path) > 300 {
		return
	}
	if found := root.Lookup(path); utf8.ValidString(path) && found != n {
		t.Fatalf("%s leads elsewhere", path)
	}
	i := 0
	for c := range n.All() {
		if n.Kind() == Map {
			checkPaths(t, root, Path(path, c.Key()), c)
		} else if i < 20 {
			checkPaths(t, root, PathIndex(path, i), c)
		}
		i++
	}
	if i != n.Len() {
		t.Fatalf("%s has %d children and says %d", path, i, n.Len())
	}
}

func FuzzDecodeYAML(f *testing.F) {
	addYAML(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		var tr Tree
		if DecodeYAML(&tr, doc, 1, smallLimits) == nil {
			checkTree(t, &tr)
		}
	})
}

func FuzzDecodeJSON(f *testing.F) {
	for _, doc := range []string{`{"a":[1,2.5e3,null,true,"x\u00e9"],"b":{}}`, `[`, `"`, "1 2", "[\"\xff\"]", `{"a":1,"a":2}`} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var tr Tree
		err := DecodeJSON(&tr, doc, 1, smallLimits)
		if err == nil {
			checkTree(t, &tr)
			if got := tr.Root().AppendJSON(nil); !sameJSON(got, bytes.TrimPrefix(doc, []byte(utf8BOM))) && json.Valid(doc) && inRange(doc) {
				t.Fatalf("%s became %s", doc, got)
			}
		} else if json.Valid(doc) && len(doc) < smallLimits.Bytes && !strings.Contains(err.Error(), "nested") {
			t.Fatalf("valid JSON is refused: %v", err)
		}
	})
}

// inRange reports whether encoding/json takes all numbers of doc, that is none above 1.8e308.
func inRange(doc []byte) bool {
	var v any
	return json.Unmarshal(doc, &v) == nil
}

func FuzzYAMLStream(f *testing.F) {
	addYAML(f)
	f.Add([]byte("a\n---\nb\n...\n%YAML 1.1\n--- c\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		last, bytesSeen := 0, 0
		for line, doc := range SplitYAML(data) {
			if line <= last && last != 0 || line > 1+bytes.Count(data, []byte(newline)) {
				t.Fatalf("a document starts on line %d after line %d", line, last)
			}
			last = line
			bytesSeen += len(doc)
		}
		if bytesSeen > len(data) {
			t.Fatal("more came out than went in")
		}
	})
}

func FuzzJSONStream(f *testing.F) {
	for _, s := range []string{`{"items":[1,{"a":2}],"kind":"List"}`, "{}\n{}\n", `[1,2]`, "{\n\"a\":[\n1],\n\"items\":{}}", `{"items":[1`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		j := NewJSONReader(bytes.NewReader(data), smallLimits)
		for {
			item, err := j.Next()
			if err != nil {
				return
			}
			if item.FirstLine < 1 || item.FirstLine > 1+bytes.Count(data, []byte(newline)) {
				t.Fatalf("line %d", item.FirstLine)
			}
			var tr Tree
			_ = DecodeJSON(&tr, item.Raw, item.FirstLine, smallLimits)
		}
	})
}

// FuzzYAMLAgainstKubectl: where both accept a document, both mean the same. Tolerated:
//   - the tag "!" (go-yaml v3 does not tell "! 1" from "1"; kubectl has a string, we have a number);
//   - keys that are equal only as text (1 and "1"): kubectl keeps a random one, we keep the last;
//   - a stream of several documents: sigs.k8s.io/yaml reads the first, DecodeYAML refuses;
//   - numbers are compared as float64.
func FuzzYAMLAgainstKubectl(f *testing.F) {
	addYAML(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		if bytes.Contains(doc, []byte("!")) && loneTag(doc) {
			return
		}
		var tr Tree
		if DecodeYAML(&tr, doc, 1, smallLimits) != nil {
			return
		}
		want, err := kubectl.YAMLToJSON(doc)
		if err != nil {
			return
		}
		if got := tr.Root().AppendJSON(nil); !sameJSON(got, want) && kubectlIsSure(doc, want) {
			t.Fatalf("\ngot     %s\nkubectl %s", got, want)
		}
	})
}

// loneTag reports whether a "!" may stand as a tag of its own.
func loneTag(doc []byte) bool {
	for i, c := range doc {
		if c == '!' && (i+1 == len(doc) || strings.IndexByte(" \t\r\n,]}!<", doc[i+1]) >= 0) {
			return true
		}
	}
	return false
}

// kubectlIsSure reports whether kubectl's answer is the same each time, and has no equal keys.
func kubectlIsSure(doc, want []byte) bool {
	for range 8 {
		if again, err := kubectl.YAMLToJSON(doc); err != nil || !sameJSON(again, want) {
			return false
		}
	}
	var v any
	return json.Unmarshal(want, &v) == nil
}
