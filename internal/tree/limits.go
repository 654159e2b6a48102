package tree

import "fmt"

// The limits that hold where a field of Limits is zero.
const (
	// DefaultBytes is the size of one document: 16 MiB, ten times the largest object that etcd accepts.
	DefaultBytes = 16 << 20
	// DefaultNodes is the number of nodes of one document, aliases expanded.
	DefaultNodes = 1_000_000
	// DefaultDepth is how deep maps and lists may nest.
	DefaultDepth = 200
	// MaxDepth is the deepest that Limits.Depth can allow; a larger value means MaxDepth.
	MaxDepth = 1000
)

// Limits bounds what one document may cost. A field that is zero or negative means its default.
type Limits struct {
	Bytes int // size of one document, in bytes
	Nodes int // nodes of one document, aliases and merge keys expanded
	Depth int // nesting of maps and lists
}

func (l Limits) orDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = DefaultBytes
	}
	if l.Nodes <= 0 {
		l.Nodes = DefaultNodes
	}
	if l.Depth <= 0 {
		l.Depth = DefaultDepth
	}
	l.Depth = min(l.Depth, MaxDepth)
	return l
}

// SyntaxError says that the input is not YAML or JSON, and where.
type SyntaxError struct {
	Line int    // 1-based line in the source file; 0 unknown
	Msg  string // what is wrong, in English, without the line
}

// Error returns "line 12: what is wrong".
func (e *SyntaxError) Error() string { return atLine(e.Line, e.Msg) }

// LimitError says that a document is larger than Limits allow. The document was not read.
type LimitError struct {
	Line  int    // 1-based line where the limit was passed, or where the document starts; 0 unknown
	What  string // what there is too much of: "bytes", "nodes" or "nesting"
	Limit int    // the limit that was passed
}

// The values of LimitError.What.
const (
	tooManyBytes = "bytes"
	tooManyNodes = "nodes"
	tooDeep      = "nesting"
)

// Error says what was exceeded and what to do.
func (e *LimitError) Error() string {
	switch e.What {
	case tooManyBytes:
		return atLine(e.Line, "the document that starts here is larger than "+Size(int64(e.Limit))+"; split it into smaller documents")
	case tooManyNodes:
		return atLine(e.Line, fmt.Sprintf("the document has more than %d values, aliases expanded; split it or use fewer aliases", e.Limit))
	default:
		return atLine(e.Line, fmt.Sprintf("maps and lists are nested more than %d deep; flatten the document", e.Limit))
	}
}

func atLine(line int, msg string) string {
	if line <= 0 {
		return msg
	}
	return fmt.Sprintf("line %d: %s", line, msg)
}

// Size writes a number of bytes in the largest unit that leaves it whole: "16 MiB", "1500 bytes".
func Size(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.size && n%u.size == 0 {
			return fmt.Sprintf("%d %s", n/u.size, u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
