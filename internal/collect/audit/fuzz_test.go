package audit

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzRead reads any bytes: no panic, an end, and the same events, counts and problems whatever the sizes of chunks, the
// number of workers and the way in; and what stands behind a batch is what a run that starts there delivers.
func FuzzRead(f *testing.F) {
	good := numberedLines("e", 0, 3)
	for _, seed := range []string{
		"", "\n", good, "\xef\xbb\xbf" + good, "{\n" + good, "[\n" + strings.ReplaceAll(good, "\n", ",\n") + "]", `{"items":[` + line("a", 0) + `,1,"x",` + line("b", 0) + "]}",
		"{\"events\":\n[{\"message\":\"{}\"}]}", "\x00\x00" + good, "{\"a\":\"\n" + good, strings.Repeat("[", 3000), "{\n\"items\":[{}", "1\n2\n\"x\"\n", "{\n\"a\":1}{\n", "\xff\xfe{\x00",
		"\x1f\x8b\x08", "\x28\xb5\x2f\xfd\x00", "{\n\"items\":[" + line("a", 0) + "\n,]}\n" + good, "[\n[[" + line("a", 0) + "]]]\n", "{\n} " + good, strings.Repeat("x", 3000) + "\n" + good,
	} {
		f.Add([]byte(seed))
	}
	f.Add(gz(f, good))
	f.Add(zst(f, good))
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 16
		if len(data) > limit {
			return
		}
		path := write(t, filepath.Join(t.TempDir(), "audit.log"), data)
		began := time.Now()
		options := []Options{
			{Paths: []string{path}},
			{Paths: []string{path}, Workers: 1, chunk: 1},
			{Paths: []string{path}, Workers: 3, chunk: 100},
			{Paths: []string{"-"}, Stdin: bytes.NewReader(data), chunk: 1000},
		}
		var runs []got
		for _, o := range options {
			const maxLine = 1 << 11
			o.MaxLine = maxLine
			g := readAll(t, o)
			if g.Events != int64(len(g.ids)) {
				t.Fatalf("%d events counted, %d delivered", g.Events, len(g.ids))
			}
			for k, positions := range g.positions {
				if o.Paths[0] != path || k > 3 {
					break
				}
				rest := readAll(t, Options{Paths: o.Paths, MaxLine: maxLine, chunk: 50, From: positions})
				if !slices.Equal(rest.ids, g.ids[g.batches[k]:]) {
					t.Fatalf("behind %+v: %q, want %q", positions, rest.ids, g.ids[g.batches[k]:])
				}
			}
			runs = append(runs, g)
		}
		for i, g := range runs[1:] {
			first := runs[0]
			if options[i+1].Paths[0] == "-" && (isUTF16(data) || otherPacking(data) != "") {
				continue
			}
			if !slices.Equal(g.ids, first.ids) || g.Counts != first.Counts || len(g.Problems) != len(first.Problems) {
				t.Fatalf("%d: %+v\n%+v", i+1, g.Result, first.Result)
			}
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
