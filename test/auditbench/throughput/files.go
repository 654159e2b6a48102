package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"text/tabwriter"

	"github.com/klauspost/compress/zstd"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/audit"
	"github.com/merlonsec/merlon/test/auditbench"
)

// way is one way through a file, and what it cost in each round.
type way struct {
	name  string
	cores int
	run   func(path string) error
	costs []cost
}

// ways gives what is measured on a kind of file: what no reader can do without, and the pipeline with one worker and with
// two, each with a detector of its own, which has learned.
func ways(s *auditbench.Stream, first string) ([]way, error) {
	all := []way{{name: first, cores: 1, run: split}}
	for _, workers := range []int{1, 2} {
		e := newEngine(catalog.Detections(), listOfThreats())
		if _, err := warmUp(s, []part{{run: decode(e.TakeAll)}}); err != nil {
			return nil, err
		}
		all = append(all,
			way{name: fmt.Sprintf("read and decode, %d", workers), cores: workers, run: func(path string) error {
				return read(path, workers, func(*audit.Batch) error { return nil })
			}},
			way{name: fmt.Sprintf("everything, %d", workers), cores: workers, run: func(path string) error {
				return read(path, workers, func(b *audit.Batch) error {
					e.TakeAll(b.Events)
					return nil
				})
			}})
	}
	return all, nil
}

func read(path string, workers int, each func(*audit.Batch) error) error {
	result, err := audit.Read(context.Background(), audit.Options{Paths: []string{path}, Workers: workers}, each)
	if err == nil && (result.Events == 0 || result.Broken > 0) {
		err = fmt.Errorf("%d events, %d broken records", result.Events, result.Broken)
	}
	return err
}

// split reads a file and finds its lines.
func split(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // It is only read.
	var in io.Reader = f
	if filepath.Ext(path) == ".zst" {
		r, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return err
		}
		defer r.Close()
		in = r
	}
	chunk, lines := make([]byte, chunkSize), 0
	for {
		n, err := in.Read(chunk)
		for text := chunk[:n]; ; lines++ {
			end := bytes.IndexByte(text, '\n')
			if end < 0 {
				break
			}
			text = text[end+1:]
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// measureFiles goes all ways through plain and packed files, of other events in each round. A round is short, and there are
// many: the best is what the machine does when nobody else uses it.
func measureFiles(w io.Writer, s *auditbench.Stream, size, rounds int) error {
	folder, err := os.MkdirTemp("", "throughput")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // It is in the system's temporary folder.
	for _, kind := range []struct{ name, first string }{
		{"audit.log", "split into lines, no more"}, {"audit.log.zst", "unpack and split, no more"},
	} {
		all, err := ways(s, kind.first)
		if err != nil {
			return err
		}
		path := filepath.Join(folder, kind.name)
		var events, next int
		var stored int64
		for next = s.Warm; rounds > len(all[0].costs); next += events {
			if events, stored, err = writeLog(s, path, next, size); err != nil {
				return err
			}
			for i := range all {
				if err := all[i].once(path, events); err != nil {
					return fmt.Errorf("%s: %w", all[i].name, err)
				}
			}
		}
		fmt.Fprintf(w, "## %s: %s of %d events, %d MB in %d KB; the best of %d rounds\n\n", s.Name, kind.name, events, size>>20, stored>>10, rounds)
		if err := tellWays(w, all, float64(size)/float64(events)); err != nil {
			return err
		}
	}
	return nil
}

// once goes the way once.
func (y *way) once(path string, events int) error {
	cores := runtime.GOMAXPROCS(y.cores)
	defer runtime.GOMAXPROCS(cores)
	runtime.GC()
	before := now()
	if err := y.run(path); err != nil {
		return err
	}
	c := now().since(before)
	c.events = events
	y.costs = append(y.costs, c)
	return nil
}

func tellWays(w io.Writer, all []way, mean float64) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tcores\tevents/s elapsed\tMB/s elapsed\tns elapsed\tns of processor\tcores used\tallocations\t")
	for i := range all {
		y := &all[i]
		best := slices.MinFunc(y.costs, func(a, b cost) int { return cmp.Compare(a.elapsed, b.elapsed) })
		elapsed, processor := best.elapsedPerEvent(), best.processorPerEvent()
		fmt.Fprintf(table, "%s\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t%.2f\t%.3f\t\n", y.name, y.cores, 1e9/elapsed, mean*1e3/elapsed, elapsed,
			processor, processor/elapsed, best.allocationsPerEvent())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}

// writeLog writes the events of a stream from one on into a file.
func writeLog(s *auditbench.Stream, path string, from, size int) (events int, stored int64, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var out io.WriteCloser = f
	if filepath.Ext(path) == ".zst" {
		if out, err = zstd.NewWriter(f); err != nil {
			return 0, 0, err
		}
		defer func() { err = errors.Join(err, out.Close()) }()
	}
	for done := 0; done < size; {
		b, _ := newBlock(s, from+events)
		if _, err := out.Write(b.bytes); err != nil {
			return 0, 0, err
		}
		events, done = events+b.events, done+len(b.bytes)
	}
	info, err := f.Stat()
	return events, info.Size(), err
}
