// Package audit reads Kubernetes audit logs: paths and streams come in; batches of decoded events go out, in order, with
// the positions at which a later run goes on. What could not be read is counted and named with file and line; it never
// costs a record beside it. The package writes nothing, and never holds more than some chunks of each log.
//
// # What a log is
//
// Files in one folder whose names differ only in a time, a number or a compression (audit.log,
// audit-2026-11-28T12-00-00.000.log, audit.log.2.gz, audit.log-20261128.zst) are one log, read from the oldest to the
// newest. So are the numbered parts (000000.gz) of an export. Several logs are merged by the time of their events: of
// those that stand next in each, the earliest is delivered, of equal ones that of the log that was given first. Events of
// one log are never put into another order.
//
// In a folder, a file is read if its first records hold an audit event, or if another file of its log does; every other
// one is named in NotAssessed, but for empty ones beside a log. Hidden files are read as others are. Links to files are followed; links to folders are
// named instead. A path that is given is read whatever it holds.
//
// # Delivery
//
// A run that starts at the positions of a batch delivers what stands behind that batch: every event once, also when files
// were renamed, compressed or removed at their end in between. Where a log is copied and cut (copytruncate of logrotate),
// what is written between the copy and the cut is lost before anybody can read it, and an event may come twice if the
// copy is read while it is being made.
package audit

import (
	"context"
	"io"
	"runtime"
	"time"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/inventory"
)

// Kind is the kind of the sources that this package gives.
const Kind = "audit"

const (
	// DefaultMaxLine is the size of a record where Options.MaxLine is zero: 4 MiB. An API request has at most 1.5 MiB
	// (https://etcd.io/docs/v3.6/dev-guide/limit/), and an event may hold it twice, as request and as response.
	DefaultMaxLine = 4 << 20
	// defaultChunk is how much text is decoded at a time.
	defaultChunk = 512 << 10
	// smallestChunk is the same where many logs are read at a time.
	smallestChunk = 64 << 10
	// poll is how often a log that is followed is looked at. An event is delivered at most that, and the time that it takes
	// to decode it, after it was written.
	poll = 200 * time.Millisecond
	// maxProblems is how many problems are listed, of a source and of a run.
	maxProblems = 20
	// mergedEvents is how many events of several logs make a batch.
	mergedEvents = 1024
)

// Options says what to read and how. The zero value of every field but Paths works.
type Options struct {
	// Paths are files, folders, pipes, and "-" for Stdin. One that is given twice is read once.
	Paths []string
	// Stdin is what "-" reads; nil is an empty input. A Read that ends while Stdin gives nothing leaves one goroutine
	// behind, which ends when Stdin does.
	Stdin io.Reader
	// Workers is how many chunks are decoded at a time; GOMAXPROCS where it is not positive.
	Workers int
	// MaxLine is how many bytes a record may have; DefaultMaxLine where it is not positive. A longer one is passed over
	// without being held, unless it is a list of records: then these are read, one by one.
	MaxLine int
	// Follow goes on reading as the logs grow, through rotations, until the context is done.
	Follow bool
	// From is where an earlier run stopped: the Positions of the last batch that it has dealt with.
	From []Position
	// Cluster is the cluster of events that do not name theirs.
	Cluster string
	// Following is called once, by the goroutine that called Read, before a log that is followed is read.
	Following func(Following)
	// Progress is called about four times a second, by the goroutine that called Read.
	Progress func(Progress)

	chunk int           // bytes; defaultChunk where zero
	poll  time.Duration // poll where zero
}

// Batch is a run of events in their order.
type Batch struct {
	// Events are valid until the function that was given them returns; so is the slice. Clone what is kept.
	Events []event.Event
	// Positions are where every log stands behind the batch: what the next run gives as Options.From. They may be kept.
	Positions []Position
}

// Position is a place in a log, between two events. It holds when the file was renamed or compressed since.
type Position struct {
	// Log is the path of the log's newest file, whether there is one or not; of an export its folder.
	Log string `json:"log"`
	// File is the file that was read, at the time.
	File string `json:"file"`
	// Head is how many bytes of the start of the file, without compression, Print was made of.
	Head int `json:"head"`
	// Print is a hash of them, by which the file is found again.
	Print string `json:"print"`
	// Offset is in bytes, without compression; Line is the line that starts there, from 1.
	Offset int64 `json:"offset"`
	Line   int   `json:"line"`
	// Skip is how many of the events behind Offset were delivered.
	Skip int `json:"skip,omitempty"`
	// Values is set where the file is not one of lines, but of JSON values that go over several.
	Values bool `json:"values,omitempty"`
}

// Following is what a run that follows logs finds when it begins.
type Following struct {
	// Logs is how many there are.
	Logs int
	// Missing are the paths of files that do not exist yet, and Empty those of folders that no log stands in yet.
	Missing, Empty []string
}

// Progress is how far a run has come.
type Progress struct {
	Counts
	// Read is how many bytes of the files were read, as they are stored; Size is what they have, 0 where a stream is read.
	Read, Size int64
	// File is the one of which events were delivered last.
	File string
}

// Counts says how much was read.
type Counts struct {
	// Bytes is the text that was read, without compression.
	Bytes int64
	// Events is how many were delivered. Beside them there were Other records, which are no audit events; and Broken ones,
	// which could not be read: they are no JSON, cut off, or too long. Where a run resumes inside of what it once read, it
	// may count a broken record again.
	Events, Other, Broken int64
}

// Problem is a place that could not be read.
type Problem struct {
	File string
	// Line is 1-based; 0 where it is the file as a whole.
	Line int
	Why  string
}

// Result is how a run went.
type Result struct {
	// Sources has one entry for each log, and one for each folder or path that no log came from, or of which there is
	// something to say. A source is partial where something in it could not be read, and failed where that left no event.
	Sources []inventory.Source
	Counts
	// Problems are the first 20 places that could not be read. Sources list as many for each log.
	Problems []Problem
}

// Read reads the logs and calls each with one batch after the other, in the goroutine that called it. It ends with the
// first error of each, which it returns as it is; when everything was read; or when ctx is done, which is an error unless
// logs are followed. What cannot be read is no error: see [Result]. The result holds what was delivered, also beside an
// error.
func Read(ctx context.Context, o Options, each func(*Batch) error) (Result, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.MaxLine <= 0 {
		o.MaxLine = DefaultMaxLine
	}
	if o.poll <= 0 {
		o.poll = poll
	}
	r := newRun(o, each)
	err := r.all(ctx)
	return r.result(), err
}
