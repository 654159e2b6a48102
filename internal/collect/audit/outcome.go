package audit

import (
	"fmt"

	"github.com/merlonsec/merlon/internal/inventory"
)

// outcome is what there is to say of a log. It belongs to the goroutine that called Read.
type outcome struct {
	events   int64
	size     int64 // of its files, as they are stored
	problems []inventory.NotRead
	unlisted int // problems that are not listed
	last     Problem
	other    int // records that are no audit events
	otherAt  string
}

// problem notes what could not be read.
func (l *log) problem(file string, line int, why string) {
	now := Problem{file, line, why}
	if now == l.last {
		return // a run of NUL bytes may come in parts
	}
	l.last = now
	if r := l.run; len(r.problems) < maxProblems {
		r.problems = append(r.problems, now)
	}
	if len(l.problems) >= maxProblems {
		l.unlisted++
		return
	}
	l.problems = append(l.problems, inventory.NotRead{What: placeOf(file, line), Why: why})
}

// collect notes what a job says beside its events.
func (l *log) collect(j *job) {
	r := l.run
	r.counts.Bytes += j.chunk.size
	r.counts.Other += int64(j.other)
	if l.other == 0 && j.other > 0 {
		l.otherAt = placeOf(j.file, j.otherLine)
	}
	l.other += j.other
	for _, n := range j.notes {
		if n.record {
			r.counts.Broken++
		}
		l.problem(j.file, n.line, n.why)
	}
}

// result says how the run went.
func (r *run) result() Result {
	res := Result{Counts: r.counts, Problems: r.problems, Sources: []inventory.Source{}}
	for _, p := range r.places {
		if s, ok := p.source(r.o.Follow); ok {
			res.Sources = append(res.Sources, s)
		}
	}
	for _, l := range r.logs {
		res.Sources = append(res.Sources, l.source())
	}
	return res
}

// source is what the user is told of a path; ok is false where its logs say it all.
func (p *place) source(follow bool) (s inventory.Source, ok bool) {
	s = inventory.Source{Kind: Kind, Name: p.name, Status: inventory.StatusComplete, NotAssessed: []inventory.NotRead{}}
	s.NotAssessed = append(append(s.NotAssessed, p.failed...), p.skipped...)
	if p.more > 0 {
		s.NotAssessed = append(s.NotAssessed, inventory.NotRead{What: p.name, Why: fmt.Sprintf("%d more files were passed over, as those that are listed", p.more)})
	}
	if p.logs == 0 && p.folder && !follow {
		for _, file := range p.empty[:min(len(p.empty), maxProblems)] {
			s.NotAssessed = append(s.NotAssessed, inventory.NotRead{What: file, Why: "it is empty"})
		}
		s.NotAssessed = append(s.NotAssessed, inventory.NotRead{What: p.name, Why: "there is no audit log in the folder; give the folder or file that the API server's --audit-log-path names"})
	}
	switch {
	case p.logs == 0 && (len(p.failed) > 0 || !follow):
		s.Status = inventory.StatusFailed
	case len(p.failed) > 0:
		s.Status = inventory.StatusPartial
	}
	return s, len(s.NotAssessed) > 0
}

// source is what the user is told of a log.
func (l *log) source() inventory.Source {
	s := inventory.Source{Kind: Kind, Name: l.name, Status: inventory.StatusComplete, NotAssessed: []inventory.NotRead{}}
	if len(l.given) == 1 && !l.siblings {
		s.Name = l.given[0]
	}
	s.NotAssessed = append(s.NotAssessed, l.problems...)
	if l.unlisted > 0 {
		s.NotAssessed = append(s.NotAssessed, inventory.NotRead{What: l.name, Why: fmt.Sprintf("%d more places could not be read and are not listed", l.unlisted)})
	}
	if l.other > 0 {
		what := "1 record is something else, this one"
		if l.other > 1 {
			what = fmt.Sprintf("%d records are something else, this one first", l.other)
		}
		why := "passed over: of what stands beside Kubernetes audit events, " + what
		if l.events == 0 {
			why = "there is no Kubernetes audit event in it: " + what +
				"; give the events themselves, one JSON object a line, as jq takes them out of what is around them: jq -c .event FILE | merlon detect -"
		}
		s.NotAssessed = append(s.NotAssessed, inventory.NotRead{What: l.otherAt, Why: why})
	}
	switch {
	case len(l.problems) == 0:
	case l.events == 0:
		s.Status = inventory.StatusFailed
	default:
		s.Status = inventory.StatusPartial
	}
	return s
}

// placeOf names a line of a file.
func placeOf(file string, line int) string {
	if file == "-" {
		file = "stdin"
	}
	if line <= 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}
