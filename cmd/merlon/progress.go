package main

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/merlonsec/merlon/internal/collect/audit"
)

// progress tells on a terminal what takes more than a second.
type progress struct {
	p       *process
	enabled bool
	start   time.Time
	mu      sync.Mutex
	last    time.Time
	shown   bool
	stopped bool
}

// progressDelay is how long work goes on before anything is told of it, progressEvery how often after.
const (
	progressDelay = time.Second
	progressEvery = 100 * time.Millisecond
)

func newProgress(p *process) *progress {
	_, isTerminal := terminal(p.stderr)
	return &progress{p: p, enabled: isTerminal, start: p.now()}
}

// files tells how far reading files is.
func (g *progress) files(files, objects int) {
	g.show(count(files, "file") + ", " + count(objects, "object"))
}

// requests tells how far reading a live account is.
func (g *progress) requests(requests, resources int) {
	g.show("AWS: " + count(requests, "request") + ", " + count(resources, "resource"))
}

// events tells how far reading audit logs is, and how fast.
func (g *progress) events(a audit.Progress) {
	what := grouped(a.Events) + " events"
	if elapsed := g.p.now().Sub(g.start); elapsed > 0 {
		what += ", " + grouped(int64(float64(a.Events)/elapsed.Seconds())) + " a second"
	}
	if a.Size > 0 {
		what += fmt.Sprintf(", %d %%", 100*a.Read/a.Size)
	}
	g.show(what)
}

// show tells what has been read. It may be called from several goroutines.
func (g *progress) show(what string) {
	if !g.enabled {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.p.now()
	if g.stopped || now.Sub(g.start) < progressDelay || now.Sub(g.last) < progressEvery {
		return
	}
	g.last, g.shown = now, true
	fmt.Fprintf(g.p.stderr, "\r\x1b[Kmerlon: reading: %s", what)
}

// grouped writes a number with a comma before every three digits.
func grouped(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return grouped(n/1000) + fmt.Sprintf(",%03d", n%1000)
}

// count gives a number of things in English.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// stop clears the line.
func (g *progress) stop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shown && !g.stopped {
		fmt.Fprint(g.p.stderr, "\r\x1b[K")
	}
	g.stopped = true
}
