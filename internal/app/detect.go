package app

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/collect/audit"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// ErrNoEvents says that no audit event could be read at all.
var ErrNoEvents = errors.New("no audit event to look at")

// ErrOutside says that audit events were read, and that none of them lies in the time that is looked at.
var ErrOutside = errors.New("no audit event in the time that is looked at")

// Detection is what a run over audit logs applies, and to what.
type Detection struct {
	Logs         audit.Options
	Rules        []*rule.Detection
	Around       rule.Surroundings
	Suppressions []finding.Suppression
	// Identity is what exceptions find in fields that no record tells, such as accountId.
	Identity finding.GuardDutyIdentity
	// Since and Until bound the detections that are given out; zero for no bound. What was before Since is looked at all
	// the same: baselines learn from it.
	Since, Until time.Time
	// Learn is how long baselines learn; 0 for the engine's default.
	Learn        time.Duration
	KeepCommands bool
	// State is the file from which the run goes on and in which it leaves where it stopped; "" for none.
	State string
	Now   func() time.Time
	// Found is called with each detection as it comes, archived ones too, and with the finding that it belongs to as it
	// then is. It keeps neither. An error of it ends the run.
	Found func(*finding.Detection, *finding.Threat) error
}

// Detected is what came out of a run over audit logs.
type Detected struct {
	audit.Result
	Threats []finding.Threat
	// Dropped is how many findings were more than are kept, and DroppedCount how many occurrences they had.
	Dropped, DroppedCount int
	Stats                 detect.Stats
	Exceptions            []finding.ExceptionUse
	// Outside is set where events were read, and none of them lies in the time that is looked at.
	Outside bool
	// From and To are the times of the first and last events, in that time or not; zero where no event tells its time.
	From, To time.Time
	// Resumed says that the run went on from an earlier one, whose state was written at LastRun. Of the findings, New came
	// since, and WentOn occurred again.
	Resumed     bool
	LastRun     time.Time
	New, WentOn int
}

// saveEvery is how often a run that follows logs saves its state, and saveShare which part of its time it spends on that at
// most: one in so many.
const (
	saveEvery = 10 * time.Second
	saveShare = 20
)

// Detect reads audit logs and runs detections over them. Its result holds what was found also beside an error. It fails
// with [ErrNoEvents] when there was no event in any log, and with [ErrOutside] when there was none in the time that is looked
// at, unless it follows them or goes on from an earlier run.
func Detect(ctx context.Context, d Detection) (*Detected, error) {
	w := newWatch(d)
	if err := w.resume(); err != nil {
		return nil, err
	}
	w.told, w.d.Logs.Progress = d.Logs.Progress, w.progress
	result, err := audit.Read(ctx, w.d.Logs, w.take)
	if found := result.Events > 0 || w.resumed || d.Logs.Follow; found && (err == nil || errors.Is(err, context.Canceled)) {
		err = errors.Join(err, w.save())
	}
	detected := &Detected{
		Result: result, Threats: w.threats.All(), Stats: w.engine.Stats(), Exceptions: w.exceptions.Uses(), Resumed: w.resumed,
	}
	detected.Dropped, detected.DroppedCount = w.threats.Dropped()
	detected.LastRun = w.lastRun
	detected.New, detected.WentOn = w.since(detected.Threats)
	detected.Outside, detected.From, detected.To = result.Events > 0 && !w.inside, timeOf(w.from), timeOf(w.to)
	switch mayBeNone := w.d.Logs.Follow || w.resumed; {
	case err != nil || mayBeNone:
	case result.Events == 0:
		err = ErrNoEvents
	case detected.Outside:
		err = ErrOutside
	}
	return detected, err
}

// watch is one run over audit logs.
type watch struct {
	d          Detection
	engine     *detect.Engine
	threats    *finding.Threats
	exceptions *finding.Exceptions
	positions  []audit.Position
	resumed    bool
	lastRun    time.Time
	known      map[string]int // how often each finding of the earlier run occurred, by ID
	saved      time.Time
	took       time.Duration // to save it
	changed    bool          // since it was saved
	failed     error         // of Found, or of saving between batches
	told       func(audit.Progress)
	inside     bool  // an event was in the time that is looked at
	from, to   int64 // the times of the first and last events; 0 where none tells its time
}

func newWatch(d Detection) *watch {
	w := &watch{d: d, threats: finding.NewThreats(0), exceptions: finding.NewExceptions(d.Suppressions, d.Now(), d.Identity), saved: d.Now()}
	w.engine = detect.New(detect.Options{
		Rules: d.Rules, Around: d.Around, Learn: d.Learn, KeepCommands: d.KeepCommands,
		Archive: w.excuse, Found: w.found,
	})
	return w
}

// take runs the engine over one batch.
func (w *watch) take(b *audit.Batch) error {
	if w.failed != nil {
		return w.failed
	}
	events := b.Events
	w.bounds(events)
	if !w.d.Until.IsZero() {
		until := w.d.Until.UnixNano()
		events = slices.DeleteFunc(events, func(e event.Event) bool { return e.At >= until })
	}
	w.engine.TakeAll(events)
	if w.failed != nil {
		return w.failed
	}
	w.positions, w.changed = b.Positions, true
	return w.saveWhenDue()
}

// bounds notes from when to when events are, and whether one of them is in the time that is looked at. One that tells no
// time is never before or behind it.
func (w *watch) bounds(events []event.Event) {
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !w.d.Since.IsZero() {
		since = w.d.Since.UnixNano()
	}
	if !w.d.Until.IsZero() {
		until = w.d.Until.UnixNano()
	}
	for i := range events {
		at := events[i].At
		w.inside = w.inside || at == 0 || since <= at && at < until
		if at == 0 {
			continue
		}
		if w.from == 0 || at < w.from {
			w.from = at
		}
		w.to = max(w.to, at)
	}
}

// timeOf gives the time of a number of nanoseconds since 1970; zero for 0.
func timeOf(nanoseconds int64) time.Time {
	if nanoseconds == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanoseconds).UTC()
}

// saveWhenDue saves the state of a run that follows logs, now and then, where there is something new in it.
func (w *watch) saveWhenDue() error {
	now := w.d.Now()
	if !w.d.Logs.Follow || !w.changed || now.Sub(w.saved) < max(saveEvery, saveShare*w.took) {
		return nil
	}
	err := w.save()
	w.saved, w.changed = w.d.Now(), false
	w.took = w.saved.Sub(now)
	return err
}

// progress passes on how far the run is. It comes also while nothing is written to the logs, which is when what came last
// would wait to be saved.
func (w *watch) progress(p audit.Progress) {
	if w.failed == nil {
		w.failed = w.saveWhenDue()
	}
	if w.told != nil {
		w.told(p)
	}
}

// excuse gives the ID of the exception that archives a detection.
func (w *watch) excuse(d *finding.Detection) string { return w.threats.Excuse(d, w.exceptions) }

// found keeps a detection that lies within the bounds, and hands it on.
func (w *watch) found(d *finding.Detection) {
	if w.failed != nil || !w.d.Since.IsZero() && d.At.Before(w.d.Since) {
		return
	}
	w.failed = w.d.Found(d, w.threats.Take(d))
}
