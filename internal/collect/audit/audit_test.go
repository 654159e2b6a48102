package audit

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadsEveryCompression(t *testing.T) {
	text := numberedLines("e", 0, 500)
	half := len(numberedLines("e", 0, 250))
	for name, data := range map[string][]byte{
		"plain":                    []byte(text),
		"byte order mark":          []byte("\xef\xbb\xbf" + text),
		"gzip":                     gz(t, text),
		"gzip of two members":      append(gz(t, text[:half]), gz(t, text[half:])...),
		"zstd":                     zst(t, text),
		"zstd of two frames":       append(zst(t, text[:half]), zst(t, text[half:])...),
		"no newline at the end":    []byte(strings.TrimSuffix(text, "\n")),
		"Windows' ends of lines":   []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"blank lines":              []byte("\n\n" + strings.ReplaceAll(text, "\n", "\n\n")),
		"a name that tells a fib":  []byte(text),
		"a file of one array":      []byte("[" + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", ",") + "]"),
		"an array of lines":        []byte("[\n" + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", ",\n") + "\n]\n"),
		"an EventList over lines":  []byte("{\n\"kind\":\"EventList\",\n\"items\":[\n" + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", ",\n") + "\n]}\n"),
		"one value behind another": []byte("{\n \"items\": [" + line("e0", 0) + "]}{\"items\":[" + strings.ReplaceAll(strings.TrimSuffix(numberedLines("e", 1, 499), "\n"), "\n", ",") + "]}"),
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, filepath.Join(t.TempDir(), "audit.gz"), data)
			for _, o := range []Options{
				{Paths: []string{path}},
				{Paths: []string{path}, Workers: 3, chunk: 1000},
				{Paths: []string{path}, Workers: 1, chunk: 1, MaxLine: 1 << 10},
				{Paths: []string{path}, MaxLine: 2000, chunk: 100},
				{Paths: []string{"-"}, Stdin: bytes.NewReader(data)},
				{Paths: []string{"-"}, Stdin: iotest.HalfReader(bytes.NewReader(data)), Follow: true},
			} {
				g := readAll(t, o)
				equal(t, "events", g.ids, ids("e", 0, 500))
				if len(g.Problems) > 0 || g.Other+g.Broken > 0 {
					t.Errorf("%+v", g.Result)
				}
			}
		})
	}
}

func TestLinesAreTold(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"lines":  {line("a", 0) + "\n\n" + line("b", 0) + "\n", "log:1 log:3"},
		"values": {"{\n\"items\":[\n" + line("a", 0) + "]}\n\n{\n\"items\":[" + line("b", 0) + "]}", "log:1 log:5"},
	} {
		g := readAll(t, Options{Paths: []string{write(t, filepath.Join(t.TempDir(), "log"), []byte(c.text))}})
		if have := strings.Join(g.at, " "); have != c.want {
			t.Errorf("%s: %s, want %s", name, have, c.want)
		}
	}
	large := "{\n\"kind\":\"EventList\",\n\"items\":[\n" + line("a", 0) + ",\n" + line("b", 0) + "\n]}"
	g := readAll(t, Options{Paths: []string{"-"}, Stdin: strings.NewReader(large), MaxLine: 600})
	if have := strings.Join(g.at, " "); have != "-:4 -:5" {
		t.Errorf("elements of a large document: %s", have)
	}
}

func TestBadInput(t *testing.T) {
	good := numberedLines("e", 0, 3)
	cut := gz(t, numberedLines("e", 0, 300))
	for name, c := range map[string]struct {
		data   []byte
		events int
		broken int64
		want   []string
	}{
		"a broken line": {[]byte(line("x", 0) + "\n{\"kind\":\"Event\",\"auditID\":}\n" + good), 4, 1, []string{"/log partial", "  /log:2: "}},
		"half a line at the end": {[]byte(good + line("x", 0)[:100]), 3, 1, []string{
			"/log partial", "  /log:4: the file ends in the middle of this record",
		}},
		"half a line at the start":                            {[]byte(line("x", 0)[:100] + "\n" + good), 3, 1, []string{"/log partial", "  /log:1: "}},
		"half a line at the start that ends behind a bracket": {[]byte(`{"items":[` + "\n" + good), 3, 1, []string{"/log partial", "  /log:1: "}},
		"gzip cut short":                                      {cut[:len(cut)*2/3], -1, -1, []string{"/log partial", "the file ends in the middle of this record", "the file ends before it is complete"}},
		"NUL bytes":                                           {[]byte(line("x", 0) + "\n" + strings.Repeat("\x00", 10_000) + good), 4, 0, []string{"/log partial", "  /log:2: " + nulBytes}},
		"a long run of NUL bytes":                             {[]byte(line("x", 0) + "\n" + strings.Repeat("\x00", 9<<20) + good), 4, 0, []string{"/log partial", "  /log:2: " + nulBytes}},
		"a long line":                                         {[]byte(line("x", 0) + "\n{\"a\":\"" + strings.Repeat("b", 9<<20) + "\"}\n" + good), 4, 1, []string{"/log partial", "  /log:2: the record that starts here is longer than 4 MiB"}},
		"a long line without JSON":                            {[]byte(line("x", 0) + "\n" + strings.Repeat("b", 9<<20) + "\n" + good), 4, 1, []string{"/log partial", "  /log:2: the line that starts here is longer than 4 MiB"}},
		"UTF-16":                                              {[]byte("\xff\xfe{\x00}\x00"), 0, 0, []string{"/log failed", "  /log: it is written in UTF-16"}},
		"xz":                                                  {[]byte("\xfd7zXZ\x00abc"), 0, 0, []string{"/log failed", "  /log: it is compressed with xz"}},
		"binary":                                              {[]byte("\x01\x02\x03\n\x04\x05\n"), 0, 2, []string{"/log failed", "  /log:1: the line holds bytes", "  /log:2: the line holds bytes"}},
		"tar":                                                 {gz(t, "audit.log"+strings.Repeat("\x00", 248)+"ustar\x0000"+strings.Repeat("\x00", 250)+good), 0, 0, []string{"/log failed", "  /log: it is a tar archive; unpack it first"}},
		"a program":                                           {[]byte("\x7fELF\x02\x01\x01\x00\xff\xfe\x90" + strings.Repeat("\x00\x03\xf0", 400)), 0, 0, []string{"/log failed", "  /log: this is not a text file"}},
		"empty":                                               {nil, 0, 0, []string{"/log complete"}},
		"another text":                                        {[]byte("hello\nworld\n"), 0, 0, []string{"/log complete", "  /log:1: there is no Kubernetes audit event in it: 2 records"}},
		"deep":                                                {[]byte(strings.Repeat("[", 1_000_000) + "\n" + good), 3, 1, []string{"/log partial", "  /log:1: "}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			g := readAll(t, Options{Paths: []string{write(t, filepath.Join(folder, "log"), c.data)}})
			if c.events >= 0 && len(g.ids) != c.events || c.broken >= 0 && g.Broken != c.broken {
				t.Errorf("%d events, %d broken", len(g.ids), g.Broken)
			}
			notes := g.notes(folder)
			for i, want := range c.want {
				if i >= len(notes) || !strings.Contains(notes[i], want) {
					t.Errorf("sources: want %q in\n%s", want, strings.Join(notes, "\n"))
					break
				}
			}
			if len(notes) > len(c.want) {
				t.Errorf("sources:\n%s", strings.Join(notes, "\n"))
			}
		})
	}
}

func TestFolder(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	write(t, at("a/audit-2026-11-28T11-00-00.000.log.gz"), gz(t, numberedLines("a", 0, 10)))
	write(t, at("a/audit-2026-11-28T12-00-00.000.log"), []byte(numberedLines("a", 10, 10)))
	write(t, at("a/audit.log"), []byte(numberedLines("a", 20, 10)))
	write(t, at("b/audit.log.10.gz"), gz(t, numberedLines("b", 100, 5)))
	write(t, at("b/audit.log.2.gz"), gz(t, numberedLines("b", 105, 5)))
	write(t, at("b/audit.log.1"), []byte(numberedLines("b", 110, 5)))
	write(t, at("b/audit.log"), []byte(numberedLines("b", 115, 5)))
	write(t, at("c/audit.log-20261127.zst"), zst(t, numberedLines("c", 200, 5)))
	write(t, at("c/audit.log-20261128"), []byte(numberedLines("c", 205, 5)))
	write(t, at("c/audit.log"), []byte(numberedLines("c", 210, 5)))
	write(t, at("d/task/stream/000000.gz"), gz(t, numberedLines("d", 300, 5)))
	write(t, at("d/task/stream/000001.gz"), gz(t, numberedLines("d", 305, 5)))
	write(t, at("d/aws-logs-write-test"), []byte("Permission Check Successful"))
	write(t, at("values.json"), []byte(`{"a":1}`))
	write(t, at("binary"), []byte("\x7fELF\x00\x00"))
	write(t, at("nothing"), nil)
	for from, to := range map[string]string{"loop": "loop", "again": ".", "x.log": "a/audit.log"} {
		if err := os.Symlink(to, at(from)); err != nil {
			t.Skip(err)
		}
	}
	g := readAll(t, Options{Paths: []string{folder, at("b/audit.log.1"), at("b/../b/audit.log")}, chunk: 512})
	var want []string
	want = append(want, ids("a", 0, 30)...)
	want = append(want, ids("b", 100, 20)...)
	want = append(want, ids("c", 200, 15)...)
	want = append(want, ids("d", 300, 10)...)
	equal(t, "events", g.ids, want)
	notes := strings.Join(g.notes(folder), "\n")
	for _, name := range []string{"values.json", "binary", "loop", "again", "aws-logs-write-test"} {
		if !strings.Contains(notes, "  /"+name+": ") && !strings.Contains(notes, "/"+name+": ") {
			t.Errorf("%s is not named in\n%s", name, notes)
		}
	}
	if strings.Contains(notes, "nothing") {
		t.Errorf("an empty file is named, of which there is nothing to say:\n%s", notes)
	}
}

func TestLogsAreMergedByTime(t *testing.T) {
	folder := t.TempDir()
	var a, b strings.Builder
	var want []string
	for i := range 3000 {
		to, id := &a, "a"
		if i%7 < 3 {
			to, id = &b, "b"
		}
		id += strings.Repeat("x", i%5) + "-" + string(rune('a'+i%26))
		to.WriteString(line(id, i) + "\n")
		want = append(want, id)
	}
	paths := []string{write(t, filepath.Join(folder, "a.log"), []byte(a.String())), write(t, filepath.Join(folder, "b.log"), []byte(b.String()))}
	for _, chunk := range []int{1, 1000, 100_000} {
		equal(t, "events", readAll(t, Options{Paths: paths, chunk: chunk}).ids, want)
	}
}
