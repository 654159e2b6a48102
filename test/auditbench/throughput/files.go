package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
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

// ways gives what is measured on a file: what no reader can do without, and the pipeline with one worker and with two.
func ways(path string) []way {
	all := []way{{name: "split into lines, no more", cores: 1, run: split}}
	if filepath.Ext(path) == ".zst" {
		all[0].name = "unpack and split, no more"
	}
	for _, workers := range []int{1, 2} {
		all = append(all,
			way{name: fmt.Sprintf("read and decode, %d", workers), cores: workers, run: func(path string) error {
				return read(path, workers, func(*audit.Batch) error { return nil })
			}},
			way{name: fmt.Sprintf("everything, %d", workers), cores: workers, run: func(path string) error {
				e := newEngine(catalog.Detections(), listOfThreats())
				return read(path, workers, func(b *audit.Batch) error {
					for i := range b.Events {
						e.Take(&b.Events[i])
					}
					return nil
				})
			}})
	}
	return all
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

// measureFiles goes all ways through a plain and a packed file.
func measureFiles(w io.Writer, s *auditbench.Stream, size, rounds int) error {
	folder, err := os.MkdirTemp("", "throughput")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // It is in the system's temporary folder.
	for _, name := range []string{"audit.log", "audit.log.zst"} {
		path := filepath.Join(folder, name)
		events, stored, err := writeLog(s, path, size)
		if err != nil {
			return err
		}
		all := ways(path)
		for round := range rounds + 1 {
			for i := range all {
				if err := all[i].once(path, events, round > 0); err != nil {
					return fmt.Errorf("%s: %w", all[i].name, err)
				}
			}
		}
		fmt.Fprintf(w, "## %s: %s of %d events, %d MB in %d\n\n", s.Name, name, events, size>>20, stored>>20)
		if err := tellWays(w, all, float64(size)/float64(events)); err != nil {
			return err
		}
	}
	return nil
}

// once goes the way once.
func (y *way) once(path string, events int, counts bool) error {
	cores := runtime.GOMAXPROCS(y.cores)
	defer runtime.GOMAXPROCS(cores)
	runtime.GC()
	before := now()
	if err := y.run(path); err != nil {
		return err
	}
	if c := now().since(before); counts {
		c.events = events
		y.costs = append(y.costs, c)
	}
	return nil
}

func tellWays(w io.Writer, all []way, mean float64) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tcores\tevents/s elapsed\tMB/s elapsed\tns elapsed\tns of processor\tcores used\tallocations\t")
	for i := range all {
		y := &all[i]
		elapsed, processor := median(y.costs, cost.elapsedPerEvent), median(y.costs, cost.processorPerEvent)
		fmt.Fprintf(table, "%s\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t%.2f\t%.3f\t\n", y.name, y.cores, 1e9/elapsed, mean*1e3/elapsed, elapsed,
			processor, processor/elapsed, median(y.costs, cost.allocationsPerEvent))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}

// writeLog writes the start of a stream into a file.
func writeLog(s *auditbench.Stream, path string, size int) (events int, stored int64, err error) {
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
		b, next := newBlock(s, events)
		if _, err := out.Write(b.bytes); err != nil {
			return 0, 0, err
		}
		events, done = next, done+len(b.bytes)
	}
	info, err := f.Stat()
	return events, info.Size(), err
}
