package audit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"time"
)

// change is what happened to a file that is followed.
type change uint8

const (
	grown    change = iota
	cutOff          // it was emptied, and may have been written to since
	replaced        // a newer file of the log has something in it
)

// wait waits until something happens to the file that was read to its end.
func (l *log) wait(ctx context.Context, path string, in *reading, c *cutter) (change, error) {
	read := c.at.offset + int64(len(c.buf))
	var looked time.Time // when the folder was changed when it was last looked at
	last := in.info
	for {
		if err := l.rest(ctx); err != nil {
			return 0, err
		}
		info, err := in.file.Stat()
		if err != nil {
			return replaced, nil //nolint:nilerr // What can be read of it was.
		}
		if info.Size() < read {
			return cutOff, nil
		}
		if !info.ModTime().Equal(last.ModTime()) || info.Size() != last.Size() {
			if last = info; !startsAs(in.file, c.head) {
				return cutOff, nil
			}
		}
		if info.Size() > read {
			return grown, nil
		}
		folder, err := os.Stat(l.dir)
		if err != nil {
			continue // it may come back
		}
		if !folder.ModTime().Equal(looked) || !isAt(info, path) {
			newer, empty := l.newer(info, c.head)
			if newer {
				return replaced, nil
			}
			if looked = folder.ModTime(); empty { // what is written to it does not change the folder
				looked = time.Time{}
			}
		}
	}
}

// startsAs reports whether a file still starts with head.
func startsAs(f *os.File, head []byte) bool {
	now := make([]byte, len(head))
	n, err := f.ReadAt(now, 0)
	return n == len(head) && (err == nil || errors.Is(err, io.EOF)) && bytes.Equal(now, head)
}

// isAt reports whether a file is still at its path.
func isAt(info os.FileInfo, path string) bool {
	now, err := os.Stat(path)
	return err == nil && os.SameFile(info, now)
}

// newer reports whether the log has a file with something to read in it that is newer than the one that is being read,
// and whether it has an empty one. That is waited for: until something stands in it, the server may go on writing to the
// old one.
func (l *log) newer(info os.FileInfo, head []byte) (newer, empty bool) {
	for _, s := range l.list() {
		switch {
		case os.SameFile(info, s.info) || len(head) > 0 && bytes.HasPrefix(s.head, head):
			newer, empty = false, false // the others were older
		case s.info.Size() == 0:
			empty = true
		default:
			st := l.match(s)
			newer = newer || st == nil || l.holdsMore(s, st)
		}
	}
	return newer, empty
}
