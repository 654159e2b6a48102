package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/merlonsec/merlon/internal/collect/pump"
)

// prepare finds the place in the log's files at which reading starts.
func (l *log) prepare(from *Position) {
	if l.stream {
		return
	}
	l.segments = withoutCopies(l.segments)
	if from == nil && !l.run.o.Follow {
		return
	}
	given := l.segments
	l.segments, l.listed = l.list(), true
	if from == nil && !l.siblings {
		l.onlyFrom(given)
	}
	if from != nil && (from.Offset > 0 || from.Skip > 0) {
		l.resume(from)
	}
}

// onlyFrom leaves out the files that are older than those that were given.
func (l *log) onlyFrom(given []*segment) {
	for _, s := range l.segments {
		if slices.ContainsFunc(given, func(g *segment) bool { return os.SameFile(g.info, s.info) }) {
			return
		}
		if len(given) == 0 && s.kin.rank == newest { // it came in this moment
			return
		}
		l.know(s.head, &state{at: mark{offset: s.info.Size()}, done: true})
	}
}

// resume starts at a position, in whatever file it is now.
func (l *log) resume(from *Position) {
	for i, s := range l.segments {
		if from.Head <= 0 || from.Head > len(s.head) || printOf(s.head[:from.Head]) != from.Print || !s.packed && s.info.Size() < from.Offset {
			continue
		}
		for _, older := range l.segments[:i] {
			l.know(older.head, &state{at: mark{offset: older.info.Size()}, done: true})
		}
		key := fmt.Sprintf("%d:%s", from.Head, from.Print)
		l.knowKey(from.Head, key, &state{at: mark{from.Offset, max(1, from.Line)}, values: from.Values})
		l.skip, l.next = from.Skip, i
		return
	}
	l.lost(from)
}

// lost says that a position was not found.
func (l *log) lost(from *Position) {
	where := from.File
	if where == "" {
		where = l.name
	}
	l.problem(where, from.Line, lostPlace)
}

const lostPlace = "the last run stopped here, and what it read is not there any more: what was written to it since may be missing. " +
	"Everything that is left of the log is read, from the oldest on; keep rotated files longer, or run Merlon more often"

// readStream reads a log that is no file.
func (l *log) readStream(ctx context.Context) error {
	p := pump.New(ctx, l.open)
	in := &reading{}
	defer in.close()
	if err := l.quiet(ctx, p); err != nil {
		return err
	}
	first := make([]byte, len("\x28\xb5\x2f\xfd"))
	n, err := io.ReadFull(p, first)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return l.sendNoteOr(ctx, err)
	}
	if err := in.decompress(&primed{first: first[:n], r: p}, first[:n]); err != nil {
		return l.sendNoteOr(ctx, err)
	}
	at := mark{line: 1}
	var head []byte
	from := l.run.from[l.name]
	if from != nil && (from.Offset > 0 || from.Skip > 0) {
		head, at, err = l.resumeStream(in, from)
		if errors.Is(err, errLost) {
			err = l.sendNote(ctx, l.name, note{from.Line, lostPlace, false})
		}
		if err != nil {
			return l.sendNoteOr(ctx, err)
		}
	}
	cut := newCutter(in, at, l.chunk, l.run.o.MaxLine)
	if cut.head = head; at.offset > 0 {
		if cut.form = lines; from.Values {
			cut.form = values
		}
	}
	return l.cut(ctx, l.name, in, cut)
}

var errLost = errors.New("another text")

// resumeStream goes on where a run stopped that read the same text.
func (l *log) resumeStream(in *reading, from *Position) ([]byte, mark, error) {
	head := make([]byte, min(max(0, from.Head), headSize))
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, mark{}, err
	}
	head = head[:n]
	in.Reader = &primed{first: bytes.Clone(head), r: in.Reader}
	if n == 0 || n < from.Head || printOf(head) != from.Print {
		return nil, mark{line: 1}, errLost
	}
	if _, err := io.CopyN(io.Discard, in, from.Offset); err != nil && !errors.Is(err, io.EOF) {
		return nil, mark{}, err
	}
	l.skip = from.Skip
	return head, mark{from.Offset, max(1, from.Line)}, nil
}

// sendNoteOr says that a stream cannot be read, unless that is because nobody wants it any more.
func (l *log) sendNoteOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return l.sendNote(ctx, l.name, note{0, reason(err), false})
}

// quiet lets the other logs go on if the stream, which is followed, has nothing to give now.
func (l *log) quiet(ctx context.Context, in liveReader) error {
	if !l.run.o.Follow || l.rested || in.Ready() {
		return nil
	}
	return l.send(ctx, &job{log: l})
}

// open opens the stream; a named pipe waits until somebody writes to it.
func (l *log) open() (io.ReadCloser, error) {
	if l.name != "-" {
		f, err := os.Open(l.name)
		if err != nil {
			return nil, err // not f: a nil *os.File is not a nil io.ReadCloser
		}
		return f, nil
	}
	if l.run.o.Stdin == nil {
		return io.NopCloser(bytes.NewReader(nil)), nil
	}
	return io.NopCloser(l.run.o.Stdin), nil
}

// primed gives what was read already before the rest.
type primed struct {
	first []byte
	r     io.Reader
}

// Read implements io.Reader.
func (p *primed) Read(b []byte) (int, error) {
	if len(p.first) > 0 {
		n := copy(b, p.first)
		p.first = p.first[n:]
		return n, nil
	}
	return p.r.Read(b)
}

// Ready implements liveReader.
func (p *primed) Ready() bool {
	live, ok := p.r.(liveReader)
	return len(p.first) > 0 || !ok || live.Ready()
}
