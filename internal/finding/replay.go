package finding

import (
	"cmp"
	"hash/fnv"
	"io"
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
	// an exception takes out. A sequence that goes on fires once a day.
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

// replayed is what was counted of one finding type, by day.
type replayed struct {
	days map[string]*replayedDay
	// lastDay is the last day of each finding, by a hash of its ID and as a number of days since 1970: there may be millions.
	lastDay map[uint64]int32
}

type replayedDay struct {
	detections, archived int
	severity             Severity
}

// Take counts one detection.
func (r *Replayer) Take(d *Detection) {
	if r.types == nil {
		r.types = map[string]*replayed{}
	}
	t := r.types[d.Type]
	if t == nil {
		t = &replayed{days: map[string]*replayedDay{}, lastDay: map[uint64]int32{}}
		r.types[d.Type] = t
	}
	hash := fnv.New64a()
	io.WriteString(hash, d.FindingID) //nolint:errcheck // A hash takes all.
	id := hash.Sum64()
	if last, before := t.lastDay[id]; before && last == daysSince1970(d.At) && d.Sequence != nil && d.Sequence.Updates > 0 {
		return
	}
	name := d.At.UTC().Format(time.DateOnly)
	day := t.days[name]
	if day == nil {
		day = &replayedDay{}
		t.days[name] = day
	}
	t.lastDay[id] = max(t.lastDay[id], daysSince1970(d.At))
	day.detections++
	day.severity = max(day.severity, d.Severity)
	if d.Exception != "" {
		day.archived++
	}
}

// Replay gives what was counted on the days between two times.
func (r *Replayer) Replay(from, to time.Time) *Replay {
	replay := &Replay{Schema: ReplaySchema, From: from, To: to, Days: []string{}, Types: []ReplayType{}}
	if !from.IsZero() {
		for day := from.UTC().Truncate(24 * time.Hour); !day.After(to); day = day.AddDate(0, 0, 1) {
			replay.Days = append(replay.Days, day.Format(time.DateOnly))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.types)) {
		if t := r.types[name].over(replay.Days); t.Detections > 0 {
			t.Type = name
			replay.Types = append(replay.Types, t)
		}
	}
	slices.SortStableFunc(replay.Types, func(a, b ReplayType) int {
		return cmp.Compare(b.Detections-b.Archived, a.Detections-a.Archived)
	})
	return replay
}

// over adds up what was counted on some days, the earliest first.
func (t *replayed) over(days []string) ReplayType {
	sum := ReplayType{PerDay: make([]int, len(days))}
	for i, name := range days {
		day := t.days[name]
		if day == nil {
			continue
		}
		sum.Detections += day.detections
		sum.Archived += day.archived
		sum.Severity = max(sum.Severity, day.severity)
		sum.PerDay[i] = day.detections - day.archived
	}
	if len(days) == 0 {
		return sum
	}
	first, _ := time.Parse(time.DateOnly, days[0])
	from := daysSince1970(first)
	for _, last := range t.lastDay {
		if from <= last && last < from+int32(len(days)) {
			sum.Findings++
		}
	}
	return sum
}

func daysSince1970(at time.Time) int32 { return int32(at.Unix() / (24 * 60 * 60)) }
