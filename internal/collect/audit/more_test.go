package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Documents in which others hand events on are read whole, and element by element where they are large.
func TestDocumentsOfOthers(t *testing.T) {
	quoted := func(i int) string { return strconv.Quote(line(fmt.Sprintf("e%d", i), i)) }
	for name, element := range map[string]struct{ list, format string }{
		"aws logs filter-log-events": {"events", `{"logStreamName":"kube-apiserver-audit-1","timestamp":1,"message":%s,"eventId":"3"}`},
		"CloudWatch subscription":    {"logEvents", `{"id":"3","timestamp":1,"message":%s}`},
		"Azure":                      {"records", `{"category":"kube-audit","properties":{"log":%s}}`},
	} {
		var elements []string
		for i := range 20 {
			elements = append(elements, fmt.Sprintf(element.format, quoted(i)))
		}
		for _, separator := range []string{",", ",\n    "} {
			text := "{\n  \"owner\": \"x\",\n  \"messageType\": \"DATA_MESSAGE\",\n  \"" + element.list + "\": [" + strings.Join(elements, separator) + "],\n \"searchedLogStreams\": []\n}\n"
			for _, limit := range []int{1 << 10, 1 << 20} {
				g := readAll(t, Options{Paths: []string{"-"}, Stdin: strings.NewReader(text), MaxLine: limit, chunk: 3000})
				equal(t, name, g.ids, ids("e", 0, 20))
				if len(g.Problems) > 0 {
					t.Error(name, g.Problems)
				}
			}
		}
	}
}

func TestManyLogs(t *testing.T) {
	folder := t.TempDir()
	const logs = 300
	for i := range logs {
		write(t, filepath.Join(folder, fmt.Sprintf("stream-%03d", i), "000000.gz"), gz(t, numberedLines("e", 10*i, 10)))
	}
	g := readAll(t, Options{Paths: []string{folder}})
	equal(t, "events", g.ids, ids("e", 0, 10*logs))
	if len(g.Sources) != logs || filepath.Base(g.Sources[7].Name) != "stream-007" {
		t.Errorf("%d sources", len(g.Sources))
	}
}

// A file that is renamed between its being found and its being read is read all the same.
func TestRotationWhileReading(t *testing.T) {
	for _, whole := range []bool{true, false} {
		folder := t.TempDir()
		path := filepath.Join(folder, "audit.log")
		write(t, path+".1", []byte(numberedLines("e", 0, 300)))
		write(t, path, []byte(numberedLines("e", 300, 10)))
		paths := []string{path + ".1", path}
		want := append(ids("e", 0, 300), "new")
		if whole {
			paths, want = []string{folder}, append(ids("e", 0, 310), "new")
		}
		var have []string
		_, err := Read(t.Context(), Options{Paths: paths, Workers: 1, chunk: 100}, func(b *Batch) error {
			if len(have) == 0 {
				for _, step := range [][2]string{{".1", ".2"}, {"", ".1"}} {
					if err := os.Rename(path+step[0], path+step[1]); err != nil {
						t.Error(err)
					}
				}
				add(t, path, line("new", 310)+"\n")
			}
			for i := range b.Events {
				have = append(have, strings.Clone(b.Events[i].AuditID))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, fmt.Sprintf("events, folder %t", whole), have, want)
	}
}

func TestPathsThatCannotBeRead(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "sub", "notes.txt"), []byte("hello"))
	g := readAll(t, Options{Paths: []string{filepath.Join(folder, "none.log"), filepath.Join(folder, "sub"), "-", "-"}})
	want := []string{
		"/none.log failed",
		"  /none.log: there is no such file or folder; check the path",
		"/sub failed",
		"  /sub/notes.txt: no audit event stands at its start; if it is a log of Kubernetes all the same, give it as a path of its own",
		"  /sub: there is no audit log in the folder; give the folder or file that the API server's --audit-log-path names",
		"- complete",
	}
	if diff := cmp.Diff(want, g.notes(folder)); diff != "" {
		t.Error(diff)
	}
}

func TestClusterAndProgress(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "audit.log"), []byte(numberedLines("e", 0, 9)+"I1128 12:00:00.000000       1 authenticator.go:1] hello\n"))
	var last Progress
	res, err := Read(context.Background(), Options{Paths: []string{path}, Cluster: "shop", Progress: func(p Progress) { last = p }}, func(b *Batch) error {
		for i := range b.Events {
			if b.Events[i].Cluster != "shop" {
				t.Errorf("cluster %q", b.Events[i].Cluster)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if last.Counts != res.Counts || last.Events != 9 || last.Other != 1 || last.Read != last.Size || last.Size == 0 || last.File != path {
		t.Errorf("%+v, %+v", last, res.Counts)
	}
	if s := res.Sources[0]; s.Status != "complete" || len(s.NotAssessed) != 1 || s.NotAssessed[0].What != path+":10" {
		t.Errorf("%+v", s)
	}
}

func TestPositionIsJSON(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "audit.log"), []byte(numberedLines("e", 0, 9)))
	g := readAll(t, Options{Paths: []string{path}, chunk: 1000})
	text, err := json.Marshal(g.positions[0])
	if err != nil {
		t.Fatal(err)
	}
	var from []Position
	if err := json.Unmarshal(text, &from); err != nil {
		t.Fatal(err)
	}
	equal(t, "events", readAll(t, Options{Paths: []string{path}, From: from}).ids, g.ids[g.batches[0]:])
}
