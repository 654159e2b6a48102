// Package detect runs detections over a stream of audit events: events come in one by one, in the order of the log, and
// what was found goes out as they are taken. Its state is bounded, moves with the time of the events and not with that of
// the machine, and can be saved and loaded, so the same log gives the same detections however it is cut into batches,
// files and runs. It reads no files and keeps no event.
package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// Options are what an engine is made of.
type Options struct {
	Rules []*rule.Detection
	// Around is the environment of the stream.
	Around rule.Surroundings
	// Late is how far an event may lie behind those before it and still count in windows; 0 for [DefaultLate].
	Late time.Duration
	// Learn is how long baselines learn before anything is unusual to them; 0 for [DefaultLearn].
	Learn time.Duration
	// KeepCommands shows what was run in containers, and not the program's name and a hash.
	KeepCommands bool
	// Archive gives the ID of the exception that archives a detection, "" for none; nil for no exceptions. What is archived
	// is given out all the same, and is no signal of an attack sequence.
	Archive func(*finding.Detection) string
	// Found is called with each detection. The engine does not keep it.
	Found func(*finding.Detection)
}

// The defaults of [Options].
const (
	DefaultLate  = 10 * time.Minute
	DefaultLearn = 7 * 24 * time.Hour
)

// Stats is what an engine has counted.
type Stats struct {
	// Events is how many records were taken; Requests how many of them were looked at: one for each request.
	Events, Requests int64
	// Repeated is how many were further stages of a request, or the same record again; Unanswered how many only said that
	// a request was received.
	Repeated, Unanswered int64
	// Late is how many came too late for windows, or with a time that is not believed; Trusted how many came from an
	// address on a trusted list.
	Late, Trusted int64
	// First and Last are the earliest and latest times that were believed; zero before the first event.
	First, Last time.Time
	// Users is how many users the baselines know, and UserBytes how much memory they take, without that of clusters.
	Users     int   `json:"-"`
	UserBytes int64 `json:"-"`
	// Unobservable says for each rule how often the records did not show what it looks at.
	Unobservable map[string]Unobserved
}

// Unobserved is how often the records did not show what a rule looks at, and why, the latest time.
type Unobserved struct {
	Count int64
	Why   lang.Text
}

// Engine runs detections over a stream. It is for one goroutine at a time.
type Engine struct {
	o     Options
	index *index

	action  rule.Action
	clock   clock
	stages  stages
	rules   []ruleState
	told    *generations[int64] // findings made lately, by ID: when
	usual   *baselines
	stories *stories
	stats   Stats
	key     []byte // scratch
	values  []string
	tried   int // the rule that was looked at last, so that two of its selectors do not count twice
	now     int64
	inTime  bool
	// learns says that a rule compares with what is usual; anomalous, that one found the action not to be.
	learns, anomalous bool
}

// ruleState is what the engine remembers for one rule.
type ruleState struct {
	windows *generations[window]
	firsts  *generations[firstSeen]
	unseen  int64
	why     lang.Text
}

// toldLimit is how many findings a generation remembers, and firstLimit how many first values of one rule.
const (
	toldLimit  = 1 << 15
	firstLimit = 1 << 14
)

// New makes an engine.
func New(o Options) *Engine {
	if o.Late == 0 {
		o.Late = DefaultLate
	}
	if o.Learn == 0 {
		o.Learn = DefaultLearn
	}
	e := &Engine{
		o: o, index: newIndex(o.Rules), rules: make([]ruleState, len(o.Rules)), told: newGenerations[int64](toldLimit),
		usual: newBaselines(o.Learn), stories: newStories(o.Rules),
	}
	for i, r := range o.Rules {
		if r.Count != nil {
			e.rules[i].windows = newGenerations[window](windowLimit)
		}
		e.learns = e.learns || r.Unusual != nil
		if r.First != nil {
			e.rules[i].firsts = newGenerations[firstSeen](firstLimit)
		}
	}
	return e
}

// TakeAll looks at events, one after the other, as [Engine.Take] does. It is faster: for some events at a time it has the
// memory fetched in which it must look whether their requests are known.
func (e *Engine) TakeAll(events []event.Event) {
	const ahead = 32
	var hashes [ahead]uint64
	for some := range slices.Chunk(events, ahead) {
		for i := range some {
			hashes[i] = requestHash(&some[i])
		}
		e.stages.fetch(hashes[:len(some)])
		for i := range some {
			e.take(&some[i], hashes[i])
		}
	}
}

// Take looks at one event.
func (e *Engine) Take(ev *event.Event) { e.take(ev, requestHash(ev)) }

func (e *Engine) take(ev *event.Event, request uint64) {
	e.stats.Events++
	switch {
	case ev.Stage == event.StageRequestReceived:
		e.stats.Unanswered++
		return
	case request != 0 && e.stages.seen(request):
		e.stats.Repeated++
		return
	}
	e.stats.Requests++
	e.now, e.inTime = e.clock.take(ev.At, e.o.Late)
	e.tell()
	e.action.Reset(ev, &e.o.Around)
	e.usual.begin()
	e.anomalous = false
	if e.action.Facts&rule.IsTrusted != 0 {
		e.stats.Trusted++
	} else {
		e.tried = -1
		e.index.each(&e.action, e.look)
	}
	if e.learns && e.inTime {
		e.usual.learn(&e.action, e.clock.Now, e.anomalous)
	}
}

// tell keeps the times of the stream.
func (e *Engine) tell() {
	if !e.inTime {
		e.stats.Late++
		return
	}
	at := time.Unix(0, e.now).UTC()
	if e.stats.First.IsZero() || at.Before(e.stats.First) {
		e.stats.First = at
	}
	if at.After(e.stats.Last) {
		e.stats.Last = at
	}
}

// look runs one rule over the action.
func (e *Engine) look(i int) {
	if i == e.tried {
		return
	}
	e.tried = i
	r, state := e.o.Rules[i], &e.rules[i]
	switch truth := r.Match(&e.action); truth.State {
	case finding.Absent:
		return
	case finding.Unknown:
		state.unseen++
		state.why = truth.Why
		return
	}
	var anomaly *finding.Anomaly
	if r.Unusual != nil {
		if anomaly = e.usual.judge(&e.action, r.Unusual, e.clock.Now); anomaly == nil {
			return
		}
		e.anomalous = true
	}
	if r.First != nil && !e.isFirst(r, state) {
		return
	}
	var window *finding.Window
	if r.Count != nil {
		if !e.inTime {
			return
		}
		if window = count(state.windows, r.Count, e.keyOf(r.Count.By), &e.action, e.now); window == nil {
			return
		}
	}
	e.find(r, window, anomaly)
}

// hashedKey replaces the key in the engine's scratch by a hash of it: what is remembered is of one length, whatever the
// record says, and tells nothing of it.
func (e *Engine) hashedKey() []byte {
	sum := sha256.Sum256(e.key)
	e.key = hex.AppendEncode(e.key[:0], sum[:16])
	return e.key
}

// keyOf writes what stands for the cluster and fields of the action into the engine's scratch.
func (e *Engine) keyOf(fields []rule.EventField) []byte {
	e.key = append(e.key[:0], e.action.ClusterName()...)
	for _, f := range fields {
		e.key = append(append(e.key, 0), f.Of(&e.action)...)
	}
	return e.hashedKey()
}

// isFirst reports whether one of the action's values was not there before, and remembers them all.
func (e *Engine) isFirst(r *rule.Detection, state *ruleState) bool {
	first := false
	e.values = r.First.Of(e.values[:0], &e.action)
	for _, value := range e.values {
		e.key = append(append(append(e.key[:0], e.action.ClusterName()...), 0), value...)
		seen, there := state.firsts.get(e.hashedKey())
		if there && !seen.actedAfter(e) {
			continue
		}
		first = true
		state.firsts.put(string(e.key), firstSeen{At: e.now, Derived: e.action.IsDerived()})
	}
	return first
}

// firstSeen is when a value was first there, and whether a controller then only carried out what somebody else wanted.
type firstSeen struct {
	At      int64 `json:"at"`
	Derived bool  `json:"derived,omitempty"`
}

// actedWithin is how much later than its consequence a request may be recorded: a controller can act on an object before
// the record of the request that changed it is written.
const actedWithin = int64(time.Minute)

// actedAfter reports whether the engine's action is what the controller had carried out. Who made it acted, so that it
// counts as the first.
func (f firstSeen) actedAfter(e *Engine) bool {
	return f.Derived && e.now-f.At <= actedWithin && !e.action.IsDerived()
}

// find gives out a detection of the action, unless a controller only carried out what was told before, and what stories
// it completes.
func (e *Engine) find(r *rule.Detection, window *finding.Window, anomaly *finding.Anomaly) {
	d := describe(r, &e.action, e.o.KeepCommands)
	d.Window, d.Anomaly = window, anomaly
	shorten(d)
	if _, told := e.told.get([]byte(d.FindingID)); told && e.action.IsDerived() {
		return
	}
	e.told.put(d.FindingID, e.now)
	if e.give(d); d.Exception != "" {
		return
	}
	for _, story := range e.stories.take(d, e.now) {
		e.give(story)
	}
}

// give hands a detection out, archived where an exception says so.
func (e *Engine) give(d *finding.Detection) {
	if e.o.Archive != nil {
		d.Exception = e.o.Archive(d)
	}
	e.o.Found(d)
}

// Stats gives what was counted so far.
func (e *Engine) Stats() Stats {
	s := e.stats
	s.Users, s.UserBytes = len(e.usual.users), e.usual.userBytes()
	s.Unobservable = map[string]Unobserved{}
	for i := range e.rules {
		if state := &e.rules[i]; state.unseen > 0 {
			s.Unobservable[e.o.Rules[i].Type] = Unobserved{state.unseen, state.why}
		}
	}
	return s
}
