package audit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/merlonsec/merlon/internal/event"
)

// run is one Read. A goroutine for each log that is open reads and cuts it; workers decode the chunks; the goroutine that
// called Read takes them in order, merges the logs and delivers. The queue of a log is bounded, and a chunk has its place
// in it before a worker gets it: so order is kept, and nobody reads far ahead.
type run struct {
	o         Options
	each      func(*Batch) error
	rotations *rotations
	from      map[string]*Position
	elsewhere []Position // of logs that were not given this time

	places []*place
	logs   []*log
	byName map[string]*log
	met    map[string]bool // files, by their full path

	jobs  chan *job
	spare chan []event.Event
	wake  chan struct{} // something came from a log that was idle, perhaps
	group sync.WaitGroup

	read   atomic.Int64 // bytes of files, as they are stored
	probed atomic.Int64 // the same, to find out what they are

	counts   Counts
	problems []Problem
	file     string
}

func newRun(o Options, each func(*Batch) error) *run {
	r := &run{
		o: o, each: each, rotations: newRotations(), from: map[string]*Position{},
		byName: map[string]*log{}, met: map[string]bool{},
		jobs: make(chan *job, o.Workers), spare: make(chan []event.Event, o.Workers+2), wake: make(chan struct{}, 1),
	}
	for i := range o.From {
		r.from[o.From[i].Log] = &o.From[i]
	}
	return r
}

// chunkSize is how much text is decoded at a time.
func (r *run) chunkSize() int {
	if r.o.chunk > 0 {
		return r.o.chunk
	}
	const full = 8 // logs that may have chunks of the full size
	return max(smallestChunk, min(defaultChunk, full*defaultChunk/max(1, len(r.logs))))
}

// all reads everything and returns when every goroutine has ended.
func (r *run) all(ctx context.Context) error {
	inner, cancel := context.WithCancel(ctx)
	r.discover(inner)
	for _, l := range r.logs {
		l.prepare(r.from[l.name])
	}
	for i := range r.o.From {
		if _, given := r.byName[r.o.From[i].Log]; !given {
			r.elsewhere = append(r.elsewhere, r.o.From[i])
		}
	}
	if r.o.Follow && r.o.Following != nil {
		r.o.Following(r.following())
	}
	for range r.o.Workers {
		r.group.Go(func() { r.work(inner) })
	}
	err := newMerge(r).deliver(inner)
	cancel()
	r.group.Wait()
	r.progress()
	if ended := ctx.Err(); r.o.Follow && ended != nil && errors.Is(err, ended) {
		return nil
	}
	return err
}

// start lets a log be read.
func (r *run) start(ctx context.Context, l *log) {
	const ahead = 2
	places := ahead
	if len(r.logs) == 1 {
		places += r.o.Workers
	}
	l.started, l.chunk, l.queue = true, r.chunkSize(), make(chan *job, places)
	r.group.Go(func() {
		// The only thing that stops the reading of a log is the context, which tells everybody.
		_ = l.read(ctx)
	})
}

// rouse tells who waits for an idle log that there may be something.
func (r *run) rouse() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// progress tells how far the run has come.
func (r *run) progress() {
	if r.o.Progress == nil {
		return
	}
	p := Progress{Counts: r.counts, Read: r.read.Load(), File: r.file}
	for _, l := range r.logs {
		if l.stream {
			p.Size = 0
			break
		}
		p.Size += l.size
	}
	r.o.Progress(p)
}

// progressEvery is how often Options.Progress is called.
const progressEvery = 250 * time.Millisecond
