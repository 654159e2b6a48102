package detect

import "time"

// clock tells the time of the stream by the times of its events. Events come roughly in order; one whose time is far from
// those before it (a clock that is wrong, 1970) does not move the clock until several in a row agree with it. A log may be
// silent for a while, as that of a small cluster at night is; a time that lies ahead by no more than that is believed at
// once, and if it was wrong, those after it soon put the clock right again.
type clock struct {
	// Now is the latest time that is believed, in nanoseconds since 1970; 0 before the first event.
	Now int64 `json:"now"`
	// Strays is how many events in a row were far from Now and near each other, and Stray the time of the last.
	Strays int   `json:"strays,omitempty"`
	Stray  int64 `json:"stray,omitempty"`
}

// A time is far from another beyond farTime, and believed when strayLimit events in a row agree on it; quietTime is how long
// a log may be silent.
const (
	farTime    = int64(time.Hour)
	quietTime  = int64(24 * time.Hour)
	strayLimit = 8
)

// take reads the time of an event. It gives the time at which the event counts, and whether it counts in windows: one
// that is later than the bound, or whose time is not believed, does not.
func (c *clock) take(at int64, bound time.Duration) (now int64, inTime bool) {
	switch {
	case at == 0:
		return c.Now, c.Now != 0
	case c.Now == 0:
		c.Now = at
		return at, true
	case near(at, c.Now), at > c.Now && at-c.Now <= quietTime:
		c.Strays = 0
		c.Now = max(c.Now, at)
		return at, at >= c.Now-int64(bound)
	}
	if c.Strays > 0 && !near(at, c.Stray) {
		c.Strays = 0
	}
	c.Strays, c.Stray = c.Strays+1, at
	if c.Strays < strayLimit {
		return at, false
	}
	c.Now, c.Strays = at, 0
	return at, true
}

func near(a, b int64) bool { return a-b <= farTime && b-a <= farTime }
