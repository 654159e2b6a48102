package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// document is what a reader gave.
type document struct {
	line int
	text string
}

func readYAML(t *testing.T, r io.Reader, lim Limits) (docs []document, errs []error) {
	t.Helper()
	y := NewYAMLReader(r, lim)
	for {
		line, doc, err := y.Next()
		var limit *LimitError
		switch {
		case errors.Is(err, io.EOF):
			return docs, errs
		case errors.As(err, &limit):
			errs = append(errs, err)
		case err != nil:
			return docs, append(errs, err)
		default:
			docs = append(docs, document{line, string(doc)})
		}
	}
}

func TestYAMLStreams(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []document
	}{
		"one document":                        {"a: 1\n", []document{{1, "a: 1\n"}}},
		"nothing":                             {"", nil},
		"comments alone":                      {"# a\n---\n# b\n\n---\n \n...\n", nil},
		"two documents":                       {"a: 1\n---\nb: 2", []document{{1, "a: 1\n"}, {3, "b: 2"}}},
		"leading marker":                      {"---\na: 1\n---\n---\nb: 2\n---\n", []document{{2, "a: 1\n"}, {5, "b: 2\n"}}},
		"CRLF":                                {"a: 1\r\n---\r\nb: 2\r\n", []document{{1, "a: 1\r\n"}, {3, "b: 2\r\n"}}},
		"byte order mark":                     {"\ufeff---\na: 1", []document{{2, "a: 1"}}},
		"comment on the marker":               {"--- # x\na: 1\n---\t# y\nb: 2", []document{{2, "a: 1\n"}, {4, "b: 2"}}},
		"content on the marker":               {"a: 1\n--- {b: 2}\n--- c\n", []document{{1, "a: 1\n"}, {2, "--- {b: 2}\n"}, {3, "--- c\n"}}},
		"content on the first marker":         {"--- {b: 2}\n", []document{{1, "--- {b: 2}\n"}}},
		"literal on the marker":               {"--- |\n  a\n  b\n---\nc", []document{{1, "--- |\n  a\n  b\n"}, {5, "c"}}},
		"directive":                           {"%YAML 1.1\n---\na: 1\n---\nb: 2\n", []document{{1, "%YAML 1.1\n---\na: 1\n"}, {5, "b: 2\n"}}},
		"directive of a later document":       {"a: 1\n...\n%YAML 1.1\n--- b\n", []document{{1, "a: 1\n"}, {3, "%YAML 1.1\n--- b\n"}}},
		"end marker":                          {"a: 1\n...\nb: 2\n...\n", []document{{1, "a: 1\n"}, {3, "b: 2\n"}}},
		"no markers":                          {"a: |\n  ---\n  ...\nb: '----'\n---x: 1\n", []document{{1, "a: |\n  ---\n  ...\nb: '----'\n---x: 1\n"}}},
		"comments before and after the start": {"# top\n\na: 1\n---\n# two\nb: 2\n", []document{{1, "# top\n\na: 1\n"}, {5, "# two\nb: 2\n"}}},
	} {
		t.Run(name, func(t *testing.T) {
			whole, errs := readYAML(t, strings.NewReader(c.in), Limits{})
			slow, _ := readYAML(t, iotest.OneByteReader(strings.NewReader(c.in)), Limits{})
			var split []document
			for line, doc := range SplitYAML([]byte(c.in)) {
				split = append(split, document{line, string(doc)})
			}
			if want := fmt.Sprint(c.want); fmt.Sprint(whole) != want || fmt.Sprint(slow) != want || fmt.Sprint(split) != want || errs != nil {
				t.Errorf("\ngot  %v\nslow %v\nsplit %v\nwant %v %v", whole, slow, split, c.want, errs)
			}
			for _, d := range whole {
				var tr Tree
				if err := DecodeYAML(&tr, []byte(d.text), d.line, Limits{}); err != nil {
					t.Errorf("%q: %v", d.text, err)
				}
			}
		})
	}
}

func TestOversizedDocumentIsSkippedAndTheNextIsRead(t *testing.T) {
	in := "a: 1\n---\nb: " + strings.Repeat("x", 200_000) + "\nc: 1\n---\nd: 1\n--- " + strings.Repeat("y", 100_000) + "\n---\ne: 1\n"
	docs, errs := readYAML(t, strings.NewReader(in), Limits{Bytes: 1000})
	if got := fmt.Sprint(docs); got != "[{1 a: 1\n} {6 d: 1\n} {9 e: 1\n}]" {
		t.Error(got)
	}
	var limit *LimitError
	if len(errs) != 2 || !errors.As(errs[0], &limit) || limit.Line != 3 || !errors.As(errs[1], &limit) || limit.Line != 7 {
		t.Errorf("got %v", errs)
	}
}

func TestFailingInputIsReported(t *testing.T) {
	broken := errors.New("disk is gone")
	if _, errs := readYAML(t, io.MultiReader(strings.NewReader("a: 1\n---\nb"), iotest.ErrReader(broken)), Limits{}); len(errs) != 1 || !errors.Is(errs[0], broken) {
		t.Errorf("got %v", errs)
	}
	if _, err := readItems(io.MultiReader(strings.NewReader("{} {"), iotest.ErrReader(broken)), Limits{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, errs := readYAML(t, strings.NewReader("\xff\xfea\x00"), Limits{}); len(errs) != 1 || !strings.Contains(errs[0].Error(), "UTF-16") {
		t.Errorf("got %v", errs)
	}
}

func readItems(r io.Reader, lim Limits) (items []string, err error) {
	j := NewJSONReader(r, lim)
	for {
		item, err := j.Next()
		if errors.Is(err, io.EOF) {
			return append(items, string(j.List())), nil
		}
		if err != nil {
			return items, err
		}
		items = append(items, fmt.Sprintf("%s@%d %s", item.Path, item.FirstLine, item.Raw))
	}
}

func TestJSONStreams(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"a list as kubectl writes it": {"{\n\"apiVersion\": \"v1\",\n\"items\": [\n{\"a\":\n1},\n\n{\"b\":2}],\n\"kind\": \"List\",\n\"metadata\": {\"x\":1}}\n", "$.items[0]@4 {\"a\":\n1}|$.items[1]@7 {\"b\":2}|{\n\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{\"x\":1}}"},
		"items first":                 {`{"items":[1,[2]],"kind":"List"}`, `$.items[0]@1 1|$.items[1]@1 [2]|{"kind":"List"}`},
		"no items":                    {`{"kind":"List","items":[]}`, `{"kind":"List"}`},
		"items that are no list":      {`{"kind":"X","items":null}`, `$@1 {"kind":"X","items":null}|`},
		"one object, lines kept":      {"\n{\n\"a\":\n1,\"b\":[\n],\"items\":{}\n\n}", "$@2 {\n\"a\":\n1,\"b\":[\n],\"items\":{}\n\n}|"},
		"an empty object":             {"{}", "$@1 {}|"},
		"one value per line":          {"{\"a\":1}\n{\"a\":2}\r\n3\n", "$@1 {\"a\":1}|$@2 {\"a\":2}|$@3 3|"},
		"values without space":        {`{"a":1}{"b":2}"x"`, `$@1 {"a":1}|$@1 {"b":2}|$@1 "x"|`},
		"a list at the top":           {"[{},\n2]", "$[0]@1 {}|$[1]@2 2|"},
		"lists one after the other":   {"{\"items\":[1]}\n{\"items\":[2]}", "$.items[0]@1 1|$.items[0]@2 2|{}"},
		"nothing":                     {" \n", ""},
		"byte order mark":             {"\ufeff{\"a\":1}", "$@1 {\"a\":1}|"},
	} {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{"at once": strings.NewReader(c.in), "byte by byte": iotest.OneByteReader(strings.NewReader(c.in))} {
				items, err := readItems(r, Limits{})
				if got := strings.Join(items, "|"); err != nil || got != c.want {
					t.Errorf("%s: got %q %v, want %q", how, got, err, c.want)
				}
			}
		})
	}
}

func TestBrokenJSONStreamKeepsWhatCameBefore(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		items int
		line  int
	}{
		"broken item":        {"{\"items\":[\n{},\n{},\n{\"a\" 1}]}", 2, 4},
		"cut off":            {"{\"items\":[\n{},\n{\"a\":", 1, 3},
		"cut off after item": {"{\"items\":[\n{}", 1, 2},
		"broken line":        {"{}\n{}\nx\n{}", 2, 3},
		"after the items":    {"{\"items\":[1]\n\"kind\":1}", 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			items, err := readItems(strings.NewReader(c.in), Limits{})
			var syntax *SyntaxError
			if len(items) != c.items || !errors.As(err, &syntax) || syntax.Line != c.line {
				t.Errorf("got %q, %v; want %d items and an error on line %d", items, err, c.items, c.line)
			}
		})
	}
}

func TestOversizedJSONItemIsALimitError(t *testing.T) {
	for name, in := range map[string]string{
		"item":   "{\"items\":[1,\n\"" + strings.Repeat("x", 300_000) + "\"]}",
		"value":  "\n\"" + strings.Repeat("x", 300_000) + "\"",
		"object": "\n{" + strings.Repeat(`"a":"b",`, 300_000) + `"c":1}`,
	} {
		_, err := readItems(strings.NewReader(in), Limits{Bytes: 1000})
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Line != 2 {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// repeated is an endless text, cut at n bytes.
func repeated(head, unit, tail string, times int) io.Reader {
	readers := []io.Reader{strings.NewReader(head)}
	block := strings.Repeat(unit, 1000)
	for range times / 1000 {
		readers = append(readers, strings.NewReader(block))
	}
	return io.MultiReader(append(readers, strings.NewReader(tail))...)
}

func TestLargeStreamsAreReadInBoundedMemory(t *testing.T) {
	const times = 400_000
	unit := `{"kind":"Pod","metadata":{"name":"a"}` + strings.Repeat(" ", 60) + "}"
	peak := func(f func()) uint64 {
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		f()
		runtime.GC()
		runtime.ReadMemStats(&now)
		return max(now.HeapSys, before.HeapSys) - before.HeapSys
	}
	grown := peak(func() {
		items := 0
		for j := NewJSONReader(repeated(`{"items":[`, unit+",\n", unit+"]}", times), Limits{}); ; items++ {
			if _, err := j.Next(); err != nil {
				if !errors.Is(err, io.EOF) || items != times+1 {
					t.Errorf("%d items, %v", items, err)
				}
				break
			}
		}
		docs := 0
		for y := NewYAMLReader(repeated("", "---\n"+unit+"\n", "", times), Limits{}); ; docs++ {
			if _, _, err := y.Next(); err != nil {
				if !errors.Is(err, io.EOF) || docs != times {
					t.Errorf("%d documents, %v", docs, err)
				}
				break
			}
		}
	})
	if grown > 32<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
}

func TestItemsDecodeWithTheirLines(t *testing.T) {
	in := []byte("{\"items\": [\n {\n  \"a\": 1},\n {\n  \"a\": 2}]}")
	j := NewJSONReader(bytes.NewReader(in), Limits{})
	var tr Tree
	for _, want := range []int{3, 5} {
		item, err := j.Next()
		if err != nil {
			t.Fatal(err)
		}
		if err := DecodeJSON(&tr, item.Raw, item.FirstLine, Limits{}); err != nil || tr.Root().Get("a").Line() != want {
			t.Errorf("got line %d, %v, want %d", tr.Root().Get("a").Line(), err, want)
		}
	}
}

func TestItemsOfAnotherMember(t *testing.T) {
	j := NewJSONReader(strings.NewReader("{\"items\":[1],\"my objects\":[\n{\"a\":1},\n2]}"), Limits{})
	j.ItemsIn("my objects")
	var items []string
	for item, err := j.Next(); err == nil; item, err = j.Next() {
		items = append(items, fmt.Sprintf("%s@%d %s", item.Path, item.FirstLine, item.Raw))
	}
	items = append(items, string(j.List()))
	want := `$['my objects'][0]@2 {"a":1}|$['my objects'][1]@3 2|{"items":[1]}`
	if got := strings.Join(items, "|"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
