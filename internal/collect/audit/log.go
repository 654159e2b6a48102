package audit

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"
)

// log is one log while it is read. One goroutine of its own reads its files in order and cuts them into chunks; the
// fields below the line belong to it once it was started.
type log struct {
	run      *run
	name     string
	order    int  // among the logs of the run
	stream   bool // it is no file
	dir      string
	base     string
	siblings bool // every file of the folder that has a name of the log's belongs to it
	outcome

	queue   chan *job // in order; closed at the end
	started bool
	chunk   int // how much text is decoded at a time

	segments []*segment
	next     int               // of segments
	known    map[string]*state // how far files were read, by head
	heads    []int             // the lengths of the heads in known
	rested   bool              // the last job was an idle one
	skip     int               // events behind the position to start at that were delivered
	relisted int
}

// state is how far a file was read.
type state struct {
	at     mark
	values bool
	done   bool // it was left for a newer one
	missed int  // how often it was not found
}

// read reads the log to its end, or until the context is done.
func (l *log) read(ctx context.Context) error {
	defer l.run.rouse()
	defer close(l.queue)
	if l.stream {
		return l.readStream(ctx)
	}
	for {
		s, st := l.pick()
		switch {
		case s != nil:
			if err := l.segment(ctx, s, st); err != nil {
				return err
			}
		case !l.run.o.Follow:
			return nil
		default:
			if err := l.rest(ctx); err != nil {
				return err
			}
			l.relist()
		}
	}
}

// pick gives the file to go on with, and how far it was read.
func (l *log) pick() (*segment, *state) {
	for l.next < len(l.segments) {
		s := l.segments[l.next]
		l.next++
		st := l.match(s)
		if s.info.Size() == 0 || st != nil && !l.holdsMore(s, st) {
			continue
		}
		return s, st
	}
	if n := len(l.segments); n > 0 && l.run.o.Follow {
		if s := l.segments[n-1]; !s.packed {
			if st := l.match(s); st == nil || !st.done {
				return s, st
			}
		}
	}
	return nil, nil
}

// holdsMore reports whether a file holds more than what was read of it.
func (l *log) holdsMore(s *segment, st *state) bool {
	if s.packed {
		return !st.done
	}
	return s.info.Size() > st.at.offset && (!st.done || l.run.o.Follow)
}

// match gives how far a file was read, whatever its name was then; nil where it was not read.
func (l *log) match(s *segment) *state {
	for _, n := range l.heads {
		if n > len(s.head) {
			continue
		}
		if st, ok := l.known[headKey(s.head[:n])]; ok {
			return st
		}
	}
	return nil
}

func headKey(head []byte) string { return strconv.Itoa(len(head)) + ":" + printOf(head) }

// know notes how far the file that starts with head was read. Of one of which nothing was, there is nothing to know.
func (l *log) know(head []byte, st *state) {
	if st.at.offset == 0 && !st.done || len(head) == 0 {
		return
	}
	l.knowKey(len(head), headKey(head), st)
}

func (l *log) knowKey(n int, key string, st *state) {
	l.known[key] = st
	for _, have := range l.heads {
		if have == n {
			return
		}
	}
	l.heads = append(l.heads, n)
}

// relist looks at the folder again, and forgets files that are gone for good.
func (l *log) relist() {
	l.segments, l.next = l.list(), 0
	if len(l.segments) == 0 {
		return
	}
	for _, st := range l.known {
		st.missed++
	}
	for _, s := range l.segments {
		if st := l.match(s); st != nil {
			st.missed = 0
		}
	}
	const forGood = 1000
	for key, st := range l.known {
		if st.missed > forGood {
			delete(l.known, key)
		}
	}
}

// segment reads one file from where it stands.
func (l *log) segment(ctx context.Context, s *segment, st *state) error {
	in, err := openFile(s.path, &l.run.read)
	if err == nil && s.info != nil && !os.SameFile(in.info, s.info) {
		in.close()
		err = fs.ErrNotExist
	}
	if err != nil {
		return l.gone(ctx, s, err)
	}
	defer in.close()
	at := mark{line: 1}
	if st != nil {
		at = st.at
	}
	if err := in.skipTo(at.offset); err != nil {
		l.know(s.head, &state{at: at, done: true})
		return l.sendNote(ctx, s.path, note{at.line, reason(err), false})
	}
	cut := newCutter(in, at, l.chunk, l.run.o.MaxLine)
	cut.head = s.head
	if st != nil && at.offset > 0 {
		if cut.form = lines; st.values {
			cut.form = values
		}
	}
	return l.cut(ctx, s.path, in, cut)
}

// gone deals with a file that cannot be opened: one that was renamed in the meantime is looked for.
func (l *log) gone(ctx context.Context, s *segment, err error) error {
	const often = 1000
	if errors.Is(err, fs.ErrNotExist) && l.relisted < often {
		l.relisted++
		l.relist()
		return nil
	}
	l.know(s.head, &state{done: true})
	return l.sendNote(ctx, s.path, note{0, reason(err), false})
}

// cut reads an open file or stream to its end; one that is followed until it was replaced.
func (l *log) cut(ctx context.Context, path string, in *reading, c *cutter) error {
	follow := l.run.o.Follow && !in.packed && !l.stream
	before := l.position(path, c, c.at)
	send := func(ch *chunk) error {
		after := l.position(path, c, ch.after)
		before.Head, before.Print = after.Head, after.Print
		j := &job{log: l, file: path, chunk: ch, before: before, after: after}
		before = after
		return l.send(ctx, j)
	}
	var failure error
	for {
		if l.stream {
			if err := l.quiet(ctx, in); err != nil {
				return err
			}
		}
		ch, err := c.next()
		if err == nil {
			if err := send(ch); err != nil {
				return err
			}
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !errors.Is(err, io.EOF) {
			failure = err
			break
		}
		if !follow {
			break
		}
		switch what, err := l.wait(ctx, path, in, c); {
		case err != nil:
			return err
		case what == cutOff:
			l.know(c.head, &state{at: c.at, values: c.form == values})
			l.relist()
			return nil
		case what == replaced:
			follow = false // what is left of it is read, and then the next
		}
	}
	for ch := c.rest(); ch != nil; ch = c.rest() {
		if err := send(ch); err != nil {
			return err
		}
	}
	if failure != nil {
		if err := l.sendNote(ctx, path, note{c.at.line, reason(failure), false}); err != nil {
			return err
		}
	}
	l.know(c.head, &state{at: c.at, values: c.form == values, done: true})
	if l.run.o.Follow && !l.stream {
		l.relist()
	}
	return nil
}

// position makes a Position of a place in a file.
func (l *log) position(path string, c *cutter, at mark) Position {
	if n := len(c.head); c.printed != n {
		c.printed, c.print = n, printOf(c.head)
	}
	return Position{
		Log: l.name, File: path, Head: len(c.head), Print: c.print,
		Offset: at.offset, Line: at.line, Values: c.form == values,
	}
}

// send puts a job in its place in the queue, and then hands it to the workers.
func (l *log) send(ctx context.Context, j *job) error {
	j.done = make(chan struct{})
	select {
	case l.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	}
	l.rested = j.chunk == nil
	if l.rested {
		close(j.done)
	} else {
		select {
		case l.run.jobs <- j:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.run.rouse()
	return nil
}

// sendNote says of a file that something in it could not be read.
func (l *log) sendNote(ctx context.Context, path string, n note) error {
	j := &job{log: l, file: path, chunk: &chunk{spans: []span{}, notes: []note{n}}}
	j.before, j.after = Position{Log: l.name}, Position{Log: l.name}
	return l.send(ctx, j)
}

// rest says that there is nothing to read now, and waits.
func (l *log) rest(ctx context.Context) error {
	if !l.rested {
		if err := l.send(ctx, &job{log: l}); err != nil {
			return err
		}
	}
	select {
	case <-time.After(l.run.o.poll):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
