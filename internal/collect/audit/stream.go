package audit

import (
	"context"
	"io"
)

// pump reads a stream that may wait for ever, in a goroutine of its own, so that nobody who is to stop waits with it. The
// goroutine ends with the stream, or when the stream gives something after the context is done.
type pump struct {
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

// newPump reads what open gives, which may wait too: a named pipe does until somebody writes to it.
func newPump(ctx context.Context, open func() (io.ReadCloser, error)) *pump {
	const buffer, buffers = 64 << 10, 4
	p := &pump{ctx: ctx, filled: make(chan pumped, buffers), empty: make(chan []byte, buffers)}
	for range buffers {
		p.empty <- make([]byte, buffer)
	}
	go p.run(open)
	return p
}

func (p *pump) run(open func() (io.ReadCloser, error)) {
	in, err := open()
	if err != nil {
		p.filled <- pumped{err: err}
		return
	}
	defer in.Close() //nolint:errcheck // It was only read.
	for {
		select {
		case b := <-p.empty:
			n, err := in.Read(b)
			p.filled <- pumped{b, n, err} // never waits: there are as many places as buffers
			if err != nil {
				return
			}
		case <-p.ctx.Done():
			return
		}
	}
}

// ready implements liveReader.
func (p *pump) ready() bool { return len(p.unread) > 0 || len(p.filled) > 0 }

// Read implements io.Reader.
func (p *pump) Read(b []byte) (int, error) {
	for len(p.unread) == 0 {
		if p.now.err != nil {
			return 0, p.now.err
		}
		if p.now.buffer != nil {
			p.empty <- p.now.buffer
			p.now = pumped{}
		}
		select {
		case p.now = <-p.filled:
			p.unread = p.now.buffer[:p.now.n]
		case <-p.ctx.Done():
			return 0, p.ctx.Err()
		}
	}
	n := copy(b, p.unread)
	p.unread = p.unread[n:]
	return n, nil
}
