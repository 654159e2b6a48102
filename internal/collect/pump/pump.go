// Package pump reads a stream that may wait for ever: the stream goes in, and a reader comes out that ends with its
// context. It keeps nothing of what it read.
package pump

import (
	"context"
	"io"
)

// Reader reads a stream in a goroutine of its own, so that nobody who is to stop waits with it. The goroutine ends with
// the stream, or when the stream gives something after the context is done.
type Reader struct {
	ctx    context.Context //nolint:containedctx // An io.Reader has nowhere else to keep it.
	filled chan pumped
	empty  chan []byte
	now    pumped
	unread []byte
}

type pumped struct {
	buffer []byte
	n      int
	err    error
}

// New reads what open gives, which may wait too: a named pipe does until somebody writes to it.
func New(ctx context.Context, open func() (io.ReadCloser, error)) *Reader {
	const buffer, buffers = 64 << 10, 4
	r := &Reader{ctx: ctx, filled: make(chan pumped, buffers), empty: make(chan []byte, buffers)}
	for range buffers {
		r.empty <- make([]byte, buffer)
	}
	go r.run(open)
	return r
}

func (r *Reader) run(open func() (io.ReadCloser, error)) {
	in, err := open()
	if err != nil {
		r.filled <- pumped{err: err}
		return
	}
	defer in.Close() //nolint:errcheck // It was only read.
	for {
		select {
		case b := <-r.empty:
			n, err := in.Read(b)
			r.filled <- pumped{b, n, err} // never waits: there are as many places as buffers
			if err != nil {
				return
			}
		case <-r.ctx.Done():
			return
		}
	}
}

// Ready reports whether something can be read without waiting.
func (r *Reader) Ready() bool { return len(r.unread) > 0 || len(r.filled) > 0 }

// Read implements [io.Reader]. It fails with the context's error when that is done and nothing is there to read.
func (r *Reader) Read(b []byte) (int, error) {
	for len(r.unread) == 0 {
		if r.now.err != nil {
			return 0, r.now.err
		}
		if r.now.buffer != nil {
			r.empty <- r.now.buffer
			r.now = pumped{}
		}
		select {
		case r.now = <-r.filled:
			r.unread = r.now.buffer[:r.now.n]
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
	n := copy(b, r.unread)
	r.unread = r.unread[n:]
	return n, nil
}
