package finding

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// ReplaySchema names the JSON form of a [Replay].
const ReplaySchema = "merlon/replay/v1"

// Replay is what today's rules and exceptions would have made of a log: per type and day, so that a person sees how
// noisy each rule is.
type Replay struct {
	Schema string `json:"schema"`
	// From and To are the first and last times that were looked at; Days lists every day between them, in UTC.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	Days []string  `json:"days"`
	// Types has one entry for each finding type that fired, the noisiest first.
	Types []ReplayType `json:"types"`
}

// ReplayType is how one finding type would have done.
type ReplayType struct {
	Type     string   `json:"type"`
	Severity Severity `json:"severity"` // the gravest
	// Findings is how many different things it is about, and Detections how often it fired; Archived is how many of those
	// an exception takes out.
	Findings   int `json:"findings"`
	Detections int `json:"detections"`
	Archived   int `json:"archived"`
	// PerDay is how many detections are left on each of the replay's days.
	PerDay []int `json:"perDay"`
}

// Replayer counts detections for a [Replay].
type Replayer struct {
	types map[string]*replayed
}

type replayed struct {
	ReplayType
	findings map[string]bool
	days     map[string]int
}

// Take counts one detection.
func (r *Replayer) Take(d *Detection) {
	if r.types == nil {
		r.types = map[string]*replayed{}
	}
	t := r.types[d.Type]
	if t == nil {
		t = &replayed{ReplayType: ReplayType{Type: d.Type}, findings: map[string]bool{}, days: map[string]int{}}
		r.types[d.Type] = t
	}
	t.Detections++
	t.Severity = max(t.Severity, d.Severity)
	t.findings[d.FindingID] = true
	if d.Exception != "" {
		t.Archived++
		return
	}
	t.days[d.At.UTC().Format(time.DateOnly)]++
}

// Replay gives what was counted, over the days between two times.
func (r *Replayer) Replay(from, to time.Time) *Replay {
	replay := &Replay{Schema: ReplaySchema, From: from, To: to, Days: []string{}, Types: []ReplayType{}}
	if !from.IsZero() {
		for day := from.UTC().Truncate(24 * time.Hour); !day.After(to); day = day.AddDate(0, 0, 1) {
			replay.Days = append(replay.Days, day.Format(time.DateOnly))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.types)) {
		t := r.types[name]
		t.Findings = len(t.findings)
		t.PerDay = make([]int, len(replay.Days))
		for i, day := range replay.Days {
			t.PerDay[i] = t.days[day]
		}
		replay.Types = append(replay.Types, t.ReplayType)
	}
	slices.SortStableFunc(replay.Types, func(a, b ReplayType) int {
		return cmp.Compare(b.Detections-b.Archived, a.Detections-a.Archived)
	})
	return replay
}
