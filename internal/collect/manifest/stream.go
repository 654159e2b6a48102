package manifest

import (
	"context"
	"io"
)

// contextReader stops reading when its context is done.
type contextReader struct {
	ctx context.Context //nolint:containedctx // An io.Reader has nowhere else to keep it.
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// pump reads a stream that may wait for ever, in a goroutine of its own, so that a reader whose context is done does not
// wait with it. The goroutine ends with the stream, or when the stream gives something after the context is done.
type pump struct {
	ctx    context.Context //nolint:containedctx // As above.
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

func newPump(ctx context.Context, in io.Reader) *pump {
	const buffer, buffers = 64 << 10, 2
	p := &pump{ctx: ctx, filled: make(chan pumped, buffers), empty: make(chan []byte, buffers)}
	for range buffers {
		p.empty <- make([]byte, buffer)
	}
	go p.run(in)
	return p
}

func (p *pump) run(in io.Reader) {
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
