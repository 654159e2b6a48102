package app

import (
	"context"
	"errors"
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
	// Found is called with each detection as it comes, archived ones too. An error of it ends the run.
	Found func(*finding.Detection) error
}

// Detected is what came out of a run over audit logs.
type Detected struct {
	audit.Result
	Threats []finding.Threat
	// Dropped is how many findings were more than are kept, and DroppedCount how many occurrences they had.
	Dropped, DroppedCount int
	Stats                 detect.Stats
	Exceptions            []finding.ExceptionUse
	// Resumed says that the run went on from an earlier one.
	Resumed bool
}

// saveEvery is how often a run that follows logs saves its state.
const saveEvery = 10 * time.Second

// Detect reads audit logs and runs detections over them. Its result holds what was found also beside an error. It fails
// with [ErrNoEvents] when there was no event in any log, unless it follows them or goes on from an earlier run.
func Detect(ctx context.Context, d Detection) (*Detected, error) {
	w := newWatch(d)
	if err := w.resume(); err != nil {
		return nil, err
	}
	result, err := audit.Read(ctx, w.d.Logs, w.take)
	if err == nil || errors.Is(err, context.Canceled) {
		err = errors.Join(err, w.save())
	}
	detected := &Detected{
		Result: result, Threats: w.threats.All(), Stats: w.engine.Stats(), Exceptions: w.exceptions.Uses(), Resumed: w.resumed,
	}
	detected.Dropped, detected.DroppedCount = w.threats.Dropped()
	if err == nil && result.Events == 0 && !w.d.Logs.Follow && !w.resumed {
		err = ErrNoEvents
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
	saved      time.Time
	failed     error // of Found
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
	events := b.Events
	if !w.d.Until.IsZero() {
		until := w.d.Until.UnixNano()
		events = slices.DeleteFunc(events, func(e event.Event) bool { return e.At >= until })
	}
	w.engine.TakeAll(events)
	if w.failed != nil {
		return w.failed
	}
	w.positions = b.Positions
	if now := w.d.Now(); w.d.Logs.Follow && now.Sub(w.saved) >= saveEvery {
		w.saved = now
		return w.save()
	}
	return nil
}

// excuse gives the ID of the exception that archives a detection.
func (w *watch) excuse(d *finding.Detection) string { return w.threats.Excuse(d, w.exceptions) }

// found keeps a detection that lies within the bounds, and hands it on.
func (w *watch) found(d *finding.Detection) {
	if w.failed != nil || !w.d.Since.IsZero() && d.At.Before(w.d.Since) {
		return
	}
	w.threats.Take(d)
	w.failed = w.d.Found(d)
}
