// Command throughput measures detection: on one core what each part costs of an event, from a JSON library's parser alone to
// everything that `merlon detect` does, all on the same events and in one run; then the whole pipeline from files, with
// one worker and with two.
//
// The parts take turns, a few megabytes each, so that what else the machine does falls on all of them; what counts is
// processor time, the garbage collector's with it, and of several rounds the median. It reads the recorded events of package
// auditbench, and the Helm set from the folder that MERLON_CORPUS names; tables go out. It writes no files but temporary ones.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"

	"github.com/merlonsec/merlon/test/auditbench"
)

// fileSize is how large files are, in bytes, and fileRounds how many times more rounds there are for them.
const (
	fileSize   = 48 << 20
	fileRounds = 6
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "throughput:", err)
		os.Exit(1)
	}
}

func run() error {
	size := flag.Int("size", 100, "measure on so many megabytes of each log, in each round")
	rounds := flag.Int("rounds", 5, "give the median of so many rounds")
	only := flag.String("only", "", "measure only on the logs whose name contains this")
	onCore := flag.Bool("parts", true, "measure the parts on one core")
	files := flag.Bool("files", true, "measure the pipeline from files")
	profile := flag.String("cpuprofile", "", "write a profile of everything on one core into this file")
	flag.Parse()
	streams, noHelm, err := auditbench.Streams(os.Getenv("MERLON_CORPUS"))
	if err != nil {
		return err
	}
	if noHelm != nil {
		fmt.Printf("The Helm set is left out: %v.\n\n", noHelm)
	}
	for _, s := range streams {
		if !strings.Contains(s.Name, *only) {
			continue
		}
		if *profile != "" {
			if err := profiled(s, *size**rounds<<20, *profile); err != nil {
				return err
			}
			continue
		}
		if *onCore {
			cores := runtime.GOMAXPROCS(1)
			if err := measureParts(os.Stdout, s, *size<<20, *rounds); err != nil {
				return err
			}
			runtime.GOMAXPROCS(cores)
		}
		if *files {
			if err := measureFiles(os.Stdout, s, fileSize, fileRounds**rounds); err != nil {
				return err
			}
		}
	}
	return nil
}

// profiled runs everything over one stream under the profiler.
func profiled(s *auditbench.Stream, size int, path string) error {
	runtime.GOMAXPROCS(1)
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	all := parts()
	last := &all[len(all)-1]
	next, err := warmUp(s, all[len(all)-1:])
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	for done := 0; done < size; done += blockSize {
		var b block
		b, next = newBlock(s, next)
		if err := last.run(&b); err != nil {
			return err
		}
	}
	pprof.StopCPUProfile()
	return f.Close()
}
