package tree

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sort"
)

// lineReader passes bytes on, and knows the line of each offset that is not yet behind the mark.
type lineReader struct {
	r      *bufio.Reader
	offset int64 // bytes passed on
	failed error // an error of r other than io.EOF

	limit  int64   // bytes that may be passed on beyond the mark
	marked int64   // offset up to which all was used
	line   int     // at the mark
	breaks []int64 // offsets of the newlines beyond the mark
	opened bool
}

// Read implements io.Reader. It refuses to run further ahead of the mark than the limit, and what is not UTF-8 by its
// first bytes.
func (l *lineReader) Read(p []byte) (int, error) {
	if !l.opened {
		l.opened = true
		head, _ := l.r.Peek(4) // an error comes again with the first bytes
		if bytes.HasPrefix(head, []byte(utf8BOM)) {
			_, _ = l.r.Discard(len(utf8BOM)) // cannot fail: the bytes were peeked
		} else if err := checkEncoding(head, 1); err != nil {
			return 0, err
		}
	}
	const ahead = 64 << 10 // what the decoder may buffer behind a value that is large enough as it is
	if l.offset-l.marked > l.limit+ahead {
		return 0, &LimitError{What: tooManyBytes, Limit: int(l.limit)}
	}
	n, err := l.r.Read(p)
	for i := 0; i < n; {
		next := bytes.IndexByte(p[i:n], '\n')
		if next < 0 {
			break
		}
		i += next + 1
		l.breaks = append(l.breaks, l.offset+int64(i)-1)
	}
	l.offset += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		l.failed = err
	}
	return n, err
}

// mark says that everything before offset was used.
func (l *lineReader) mark(offset int64) {
	n := l.breaksBefore(offset)
	l.line += n
	l.marked = offset
	if n == len(l.breaks) {
		l.breaks = l.breaks[:0]
		return
	}
	l.breaks = l.breaks[n:]
}

// lineAt returns the 1-based line of an offset at or after the mark.
func (l *lineReader) lineAt(offset int64) int { return l.line + l.breaksBefore(offset) }

func (l *lineReader) breaksBefore(offset int64) int {
	return sort.Search(len(l.breaks), func(i int) bool { return l.breaks[i] >= offset })
}
