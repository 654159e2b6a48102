package audit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A run that starts at the positions of a batch delivers what stands behind it, whatever the sizes of the chunks.
func TestRestartAtEveryBatch(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	var list strings.Builder
	list.WriteString("{\"kind\":\"EventList\",\n\"items\":[\n")
	for i := range 40 {
		fmt.Fprintf(&list, "%s,\n", line(fmt.Sprintf("v%d", i), 3*i))
	}
	list.WriteString(line("v40", 200) + "]}\n" + line("v41", 1) + "\n[\n" + line("v42", 210) + "\n]")
	write(t, at("a/audit.log.2.gz"), gz(t, numberedLines("a", 0, 30)))
	write(t, at("a/audit.log.1"), []byte("broken\n"+numberedLines("a", 30, 20)))
	write(t, at("a/audit.log"), []byte(numberedLines("a", 50, 31)+"{\"half"))
	write(t, at("b/audit.log"), []byte("\xef\xbb\xbf\n"+numberedLines("b", 40, 60)+line("late", 0)+"\n{\"items\":["+line("two", 300)+","+line("three", 1)+"]}\n"))
	write(t, at("c/dump.json"), []byte(list.String()))
	for _, paths := range [][]string{{folder}, {at("a")}, {at("b/audit.log")}, {at("c/dump.json")}, {at("a/audit.log.1"), at("a/audit.log")}} {
		whole := readAll(t, Options{Paths: paths})
		if len(whole.ids) < 20 {
			t.Fatal(whole.ids)
		}
		rng := rand.New(rand.NewPCG(1, 2))
		for _, chunk := range []int{1, 100, 1000, 5000, 1 << 20} {
			for _, limit := range []int{1 << 10, 1 << 20} {
				run := readAll(t, Options{Paths: paths, chunk: chunk, MaxLine: limit})
				equal(t, fmt.Sprintf("events of %v", paths), run.ids, whole.ids)
				for range 12 {
					k := rng.IntN(len(run.batches))
					sizes := []int{1, 77, 700, 1 << 20}
					rest := readAll(t, Options{Paths: paths, chunk: sizes[rng.IntN(len(sizes))], MaxLine: limit, From: run.positions[k], Workers: 1 + rng.IntN(3)})
					equal(t, fmt.Sprintf("%v chunk %d limit %d behind batch %d at %+v", paths, chunk, limit, k, run.positions[k]), rest.ids, whole.ids[run.batches[k]:])
				}
				if t.Failed() {
					return
				}
			}
		}
	}
}

// A position is found in whatever file its text is now.
func TestResumeAfterRotation(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "audit.log")
	write(t, path, []byte(numberedLines("e", 0, 50)))
	first := readAll(t, Options{Paths: []string{path}})
	from := first.positions[len(first.positions)-1]
	write(t, filepath.Join(folder, "audit.log.3.gz"), gz(t, numberedLines("old", 0, 9)))
	write(t, filepath.Join(folder, "audit.log.2.gz"), gz(t, numberedLines("e", 0, 60)))
	write(t, filepath.Join(folder, "audit.log.1"), []byte(numberedLines("e", 60, 10)))
	write(t, path, []byte(numberedLines("e", 70, 10)))
	for _, paths := range [][]string{{path}, {folder}} {
		g := readAll(t, Options{Paths: paths, From: from})
		equal(t, "events", g.ids, ids("e", 50, 30))
		if len(g.Problems) > 0 {
			t.Error(g.Problems)
		}
	}
	os.Remove(filepath.Join(folder, "audit.log.2.gz"))
	g := readAll(t, Options{Paths: []string{path}, From: from})
	equal(t, "events where the file is gone", g.ids, append(ids("old", 0, 9), ids("e", 60, 20)...))
	if len(g.Problems) != 1 || g.Problems[0].Why != lostPlace || g.Problems[0].Line != 51 {
		t.Errorf("%+v", g.Problems)
	}
}

// A stream is gone on with where it is the same one.
func TestResumeStream(t *testing.T) {
	text := numberedLines("e", 0, 50)
	first := readAll(t, Options{Paths: []string{"-"}, Stdin: strings.NewReader(text[:len(text)/2])})
	from := first.positions[len(first.positions)-1]
	g := readAll(t, Options{Paths: []string{"-"}, Stdin: strings.NewReader(text), From: from})
	equal(t, "events", append(first.ids, g.ids...), ids("e", 0, 50))
	g = readAll(t, Options{Paths: []string{"-"}, Stdin: strings.NewReader(numberedLines("f", 0, 9)), From: from})
	equal(t, "events of another one", g.ids, ids("f", 0, 9))
	if len(g.Problems) != 1 {
		t.Errorf("%+v", g.Problems)
	}
}

// writer writes and rotates a log as a server and logrotate do.
type writer struct {
	t        *testing.T
	rng      *rand.Rand
	path     string
	file     *os.File
	n        int
	pending  string
	copyFile bool
}

func (w *writer) must(err error) {
	if err != nil {
		w.t.Error(err)
	}
}

func (w *writer) open() {
	var err error
	w.file, err = os.OpenFile(w.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	w.must(err)
}

// put writes some events, the last of them perhaps in part.
func (w *writer) put() {
	text := w.pending
	for range 1 + w.rng.IntN(20) {
		text += line(fmt.Sprintf("e%d", w.n), w.n) + "\n"
		w.n++
	}
	cut := len(text)
	if w.rng.IntN(2) == 0 {
		cut -= w.rng.IntN(150)
	}
	_, err := w.file.WriteString(text[:cut])
	w.must(err)
	w.pending = text[cut:]
}

func (w *writer) numbered(i int) string { return fmt.Sprintf("%s.%d", w.path, i) }

// rotate renames the files, and compresses some.
func (w *writer) rotate() {
	const kept = 50
	for i := kept; i >= 1; i-- {
		for _, suffix := range []string{"", ".gz"} {
			if err := os.Rename(w.numbered(i)+suffix, w.numbered(i+1)+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				w.t.Error(err)
			}
		}
	}
	if w.copyFile {
		_, err := w.file.WriteString(w.pending) // half a line in the copy has its other half in the new file
		w.must(err)
		w.pending = ""
		data, err := os.ReadFile(w.path)
		w.must(err)
		w.must(os.WriteFile(w.numbered(1), data, 0o600))
		w.must(w.file.Truncate(0))
	} else {
		w.must(os.Rename(w.path, w.numbered(1)))
		if w.rng.IntN(2) == 0 { // the server goes on writing to it for a while
			w.put()
		}
		_, err := w.file.WriteString(w.pending)
		w.must(err)
		w.pending = ""
		w.must(w.file.Close())
		w.open()
	}
	if i := 1 + w.rng.IntN(3); w.rng.IntN(2) == 0 {
		w.compress(w.numbered(i))
	}
}

func (w *writer) compress(name string) {
	data, err := os.ReadFile(name)
	if err != nil {
		return
	}
	packed := gz(w.t, string(data))
	half := len(packed) / 2
	f, err := os.Create(name + ".gz")
	w.must(err)
	f.Write(packed[:half])
	time.Sleep(time.Duration(w.rng.IntN(3)) * time.Millisecond)
	f.Write(packed[half:])
	w.must(f.Close())
	w.must(os.Remove(name))
}

// A reader that is stopped and started again and again while a log is written and rotated sees every event once.
func TestFollowThroughRotations(t *testing.T) {
	const seeds = 6
	for _, copyFile := range []bool{false, true} {
		for seed := range uint64(seeds) {
			t.Run(fmt.Sprintf("copytruncate %t, seed %d", copyFile, seed), func(t *testing.T) {
				t.Parallel()
				follow(t, seed, copyFile)
			})
		}
	}
}

func follow(t *testing.T, seed uint64, copyFile bool) {
	folder := t.TempDir()
	w := &writer{t: t, rng: rand.New(rand.NewPCG(seed, 1)), path: filepath.Join(folder, "audit.log"), copyFile: copyFile}
	var done atomic.Bool
	go func() {
		w.open()
		for range 60 {
			w.put()
			time.Sleep(time.Duration(w.rng.IntN(15)) * time.Millisecond)
			if w.rng.IntN(5) == 0 {
				w.rotate()
			}
		}
		_, err := w.file.WriteString(w.pending)
		w.must(err)
		w.must(w.file.Close())
		done.Store(true)
	}()
	r := &restarted{t: t, rng: rand.New(rand.NewPCG(seed, 2)), paths: []string{w.path}, seen: map[string]int{}}
	if copyFile {
		r.paths = []string{folder}
	}
	for !done.Load() {
		r.run(time.Duration(10+r.rng.IntN(150))*time.Millisecond, -1)
	}
	for deadline := time.Now().Add(time.Minute); len(r.seen) < w.n && time.Now().Before(deadline); {
		r.run(10*time.Second, w.n)
	}
	r.run(50*time.Millisecond, -1) // nothing more comes
	if !copyFile {
		equal(t, "events", r.ids, ids("e", 0, w.n))
		return
	}
	for _, id := range ids("e", 0, w.n) {
		if r.seen[id] == 0 {
			t.Errorf("without %s", id)
		}
	}
	if more := len(r.ids) - len(r.seen); more > 0 {
		t.Logf("%d events came twice", more)
	}
}

// restarted is a reader that is stopped and started again.
type restarted struct {
	t     *testing.T
	rng   *rand.Rand
	paths []string
	from  []Position
	ids   []string
	seen  map[string]int
}

// run reads for a while, or until it has seen as many events as it wants, or at random to the end of a batch.
func (r *restarted) run(patience time.Duration, want int) {
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	stop := errors.New("stop")
	o := Options{Paths: r.paths, Follow: true, From: r.from, poll: 5 * time.Millisecond, chunk: 1 + r.rng.IntN(3000)}
	res, err := Read(ctx, o, func(b *Batch) error {
		for i := range b.Events {
			id := strings.Clone(b.Events[i].AuditID)
			r.ids = append(r.ids, id)
			r.seen[id]++
		}
		r.from = b.Positions
		if len(r.seen) == want || r.rng.IntN(10) == 0 {
			return stop
		}
		return nil
	})
	if err != nil && !errors.Is(err, stop) {
		r.t.Fatal(err)
	}
	if len(res.Problems) > 0 {
		r.t.Errorf("%+v from %+v", res.Problems, o.From)
	}
}
