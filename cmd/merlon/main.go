// Merlon finds, explains and closes the exposures of container platforms. This command takes what the
// process was given (arguments, environment, streams, clock), hands it to one subcommand, and turns the
// outcome into an exit code: 0 done; 1 findings at or above --fail-on; 2 the command was wrong or nothing
// could be assessed; 3 a source failed or was read in part.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/merlonsec/merlon/internal/report"
)

func main() {
	os.Exit(start(&process{
		program: os.Args[0], args: os.Args[1:],
		stdin:  os.Stdin,
		stdout: os.Stdout,
		stderr: os.Stderr,
		getenv: os.Getenv, environ: os.Environ,
		now: time.Now,
	}))
}

// start runs one command until it is done, or until a signal asks it to end, and gives its exit code.
func start(p *process) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	done := make(chan int, 1)
	go func() { done <- run(ctx, p) }()
	select {
	case code := <-done:
		return code
	case <-ctx.Done():
	}
	stop() // A second signal ends the process at once.
	select {
	case code := <-done:
		return code
	case <-time.After(p.grace()):
		return exitInterrupted
	}
}

// process is all that a command gets from outside.
type process struct {
	program        string // the name by which it was started
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	environ        func() []string
	now            func() time.Time
	// saves is set by a command that has something to write before it ends.
	saves atomic.Bool
}

// How long a command may take to clean up after Ctrl-C or SIGTERM: most have nothing to lose; one that keeps a state has
// to write it.
const (
	shortGrace = 500 * time.Millisecond
	longGrace  = 25 * time.Second // Less than the 30 s after which Kubernetes kills.
)

// grace is how long the command that runs may take to clean up.
func (p *process) grace() time.Duration {
	if p.saves.Load() {
		return longGrace
	}
	return shortGrace
}

// tell writes one line for people to standard error. Names and reasons in it come from files that nobody
// vouches for.
func (p *process) tell(format string, args ...any) {
	fmt.Fprintf(p.stderr, "merlon: %s\n", report.Clean(fmt.Sprintf(format, args...)))
}

// terminal reports whether a stream is a terminal, and how many columns it has.
func terminal(stream any) (columns int, ok bool) {
	f, isFile := stream.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 {
		columns = defaultColumns
	}
	return columns, true
}

// defaultColumns is the width where none is known.
const defaultColumns = 80
