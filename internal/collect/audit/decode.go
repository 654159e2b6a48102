package audit

import (
	"context"
	"errors"
	"strings"

	"github.com/merlonsec/merlon/internal/event"
)

// job is a chunk on its way through a worker, and then its events.
type job struct {
	log   *log
	file  string
	chunk *chunk // nil for an idle log that has come to its end
	// before and after are where the log stands before the chunk and behind it.
	before, after Position
	done          chan struct{} // closed when what follows is there

	events    []event.Event
	other     int
	otherLine int // of the first of them
	notes     []note
}

// decodeFunc appends the events of a record to dst.
type decodeFunc func(dst []event.Event, record string) ([]event.Event, error)

// decoder makes what one worker decodes with.
func (r *run) decoder() decodeFunc { return new(event.Decoder).Append }

// work decodes jobs until the run ends.
func (r *run) work(ctx context.Context) {
	decode := r.decoder()
	for {
		select {
		case j := <-r.jobs:
			j.events = r.spareEvents()
			j.decode(decode, r.o.Cluster)
			close(j.done)
		case <-ctx.Done():
			return
		}
	}
}

// spareEvents gives memory for the events of a chunk, with nothing in it.
func (r *run) spareEvents() []event.Event {
	select {
	case s := <-r.spare:
		return s
	default:
		return nil
	}
}

// recycle takes memory for events back.
func (r *run) recycle(s []event.Event) {
	clear(s)
	select {
	case r.spare <- s[:0]:
	default:
	}
}

// decode fills in the events of the chunk.
func (j *job) decode(decode decodeFunc, cluster string) {
	c := j.chunk
	j.notes = c.notes
	if c.spans != nil {
		for i, s := range c.spans {
			j.record(decode, c.text[s.start:s.end], s.line, c.last && i == len(c.spans)-1)
		}
	} else {
		line := c.line
		for text := c.text; text != ""; line++ {
			record, rest, _ := strings.Cut(text, "\n")
			text = rest
			j.record(decode, record, line, c.last && rest == "")
		}
	}
	for i := range j.events {
		if e := &j.events[i]; e.Cluster == "" {
			e.Cluster = cluster
		}
	}
}

// record decodes one record; last says that nothing follows it.
func (j *job) record(decode decodeFunc, text string, line int, last bool) {
	if strings.IndexByte(text, 0) >= 0 {
		if bare := strings.Trim(text, "\x00"); len(bare) < len(text) {
			j.notes = append(j.notes, note{line, nulBytes, false})
			text = bare
		}
	}
	if isBlank(text) {
		return
	}
	n := len(j.events)
	var err error
	j.events, err = decode(j.events, text)
	for i := n; i < len(j.events); i++ {
		j.events[i].File, j.events[i].Line = j.file, line
	}
	if err == nil {
		return
	}
	problems := event.ProblemsOf(err)
	other, broken := problems.NotAudit, problems.Errs
	if other > 0 && isBinary(text) {
		other, broken = 0, []error{errors.New("the line holds bytes that no text has")}
	}
	if other > 0 && j.other == 0 {
		j.otherLine = line
	}
	j.other += other
	for _, err := range broken {
		why := err.Error()
		if last {
			why = "the file ends in the middle of this record (" + why + ")"
		}
		j.notes = append(j.notes, note{line, why, true})
	}
}

// isBlank reports whether nothing stands in a line.
func isBlank(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case ' ', '\t', '\r', '\n':
		default:
			return false
		}
	}
	return true
}

// isBinary reports whether a record holds control characters that text does not have.
func isBinary(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool {
		const escape = 0x1b // starts the colors of terminals
		return c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != escape
	})
}
