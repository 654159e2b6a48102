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
