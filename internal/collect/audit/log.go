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
	given    []string // files of it that were paths of their own
	siblings bool     // every file of the folder that has a name of the log's belongs to it
	outcome

	queue   chan *job // in order; closed at the end
	started bool
	chunk   int // how much text is decoded at a time

	segments  []*segment
	next      int               // of segments
	known     map[string]*state // how far files were read, by head
	heads     []int             // the lengths of the heads in known
	rested    bool              // the last job was an idle one
	skip      int               // events behind the position to start at that were delivered
	relisted  int
	changed   time.Time // when the folder was, when it was last looked at for that
	unchanged int       // how often it was found unchanged since
	listed    bool      // what the log's files are was found out in its folder
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
			l.relistChanged()
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
	for _, n := range l.heads { // it may have been known when it was shorter
		if n <= len(head) {
			delete(l.known, headKey(head[:n]))
		}
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

// relistChanged looks at the folder again if it has changed; and now and then in any case, as two changes may be too close
// for the clock of a file system.
func (l *log) relistChanged() {
	const often = 10
	var changed time.Time
	if folder, err := os.Stat(l.dir); err == nil {
		changed = folder.ModTime()
	}
	if l.unchanged++; l.unchanged < often && changed.Equal(l.changed) {
		l.next = len(l.segments)
		return
	}
	l.changed, l.unchanged = changed, 0
	l.relist()
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
	if l.relisted++; errors.Is(err, fs.ErrNotExist) && l.relisted < often {
		if l.listed || l.siblings {
			l.relist()
			return nil
		}
		var now *segment // only the files that were given are read
		if now, err = l.run.probe(s.path, false); err == nil {
			l.next--
			l.segments[l.next] = now
			return nil
		}
	}
	l.know(s.head, &state{done: true})
	return l.sendNote(ctx, s.path, note{0, reason(err), false})
}

// cut reads an open file or stream to its end; one that is followed until it was replaced.
func (l *log) cut(ctx context.Context, path string, in *reading, c *cutter) error {
	r := &cutting{log: l, path: path, in: in, cutter: c, before: l.position(path, c, c.at)}
	what, failure := r.chunks(ctx)
	if ctx.Err() == nil && what != cutOff {
		what = r.rest(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case what == cutOff:
		l.know(c.head[:r.sure], &state{at: mark{r.before.Offset, r.before.Line}, values: r.before.Values})
		l.relist()
		return nil
	case failure != nil:
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

// cutting is one file while it is cut.
type cutting struct {
	log    *log
	path   string
	in     *reading
	cutter *cutter
	before Position // of the next chunk
	sure   int      // how much of the cutter's head is that of the file which chunks were sent of
}

// chunks sends the chunks of a file. It ends when the file was cut off; or, with replaced, when only what the cutter
// still holds is left of it, with the error of reading where that is why.
func (r *cutting) chunks(ctx context.Context) (change, error) {
	l := r.log
	if r.follows() && len(r.cutter.head) == 0 {
		_, err := l.wait(ctx, r.path, r.in, r.cutter)
		return cutOff, err // the files are looked at again: others may have been filled and put away since
	}
	for {
		if l.stream {
			if err := l.quiet(ctx, r.in); err != nil {
				return replaced, err
			}
		}
		ch, err := r.cutter.next()
		var what change
		switch {
		case err == nil:
			what, err = r.send(ctx, ch)
		case !errors.Is(err, io.EOF):
			return replaced, err
		case !r.follows():
			return replaced, nil
		default:
			what, err = l.wait(ctx, r.path, r.in, r.cutter)
			if what == replaced && err == nil {
				return r.drain(ctx)
			}
		}
		if err != nil || what == cutOff {
			return what, err
		}
	}
}

// follows reports whether the file may grow while it is read.
func (r *cutting) follows() bool { return r.log.run.o.Follow && !r.in.packed && !r.log.stream }

// drain sends what was written to a file before it was replaced.
func (r *cutting) drain(ctx context.Context) (change, error) {
	for {
		ch, err := r.cutter.next()
		if errors.Is(err, io.EOF) {
			return replaced, nil
		}
		if err != nil {
			return replaced, err
		}
		if what, err := r.send(ctx, ch); err != nil || what == cutOff {
			return what, err
		}
	}
}

// rest sends what the cutter holds at the end of a file.
func (r *cutting) rest(ctx context.Context) change {
	for ch := r.cutter.rest(); ch != nil; ch = r.cutter.rest() {
		if what, err := r.send(ctx, ch); err != nil || what == cutOff {
			return what // the error is the context's
		}
	}
	return replaced
}

// send sends a chunk, unless the file was cut off before it was read: then its text is that of another file. What is sent
// with grown is taken.
func (r *cutting) send(ctx context.Context, ch *chunk) (change, error) {
	l := r.log
	if r.follows() && !startsAs(r.in.file, r.cutter.head) {
		return cutOff, nil
	}
	r.sure = len(r.cutter.head)
	after := l.position(r.path, r.cutter, ch.after)
	r.before.Head, r.before.Print = after.Head, after.Print
	j := &job{log: l, file: r.path, chunk: ch, before: r.before, after: after}
	r.before = after
	return grown, l.send(ctx, j)
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
