package detect

import "time"

// clock tells the time of the stream by the times of its events. Events come roughly in order; one whose time is far from
// those before it (a clock that is wrong, 1970) does not move the clock until several in a row agree with it.
type clock struct {
	// Now is the latest time that is believed, in nanoseconds since 1970; 0 before the first event.
	Now int64 `json:"now"`
	// Strays is how many events in a row were far from Now and near each other, and Stray the time of the last.
	Strays int   `json:"strays,omitempty"`
	Stray  int64 `json:"stray,omitempty"`
}

// An event follows those before it if it is at most aheadLimit later, which is a gap in the log, or at most behindLimit
// earlier. Any other is a stray: strayLimit of them in a row that follow each other are believed.
const (
	aheadLimit  = int64(7 * 24 * time.Hour)
	behindLimit = int64(time.Hour)
	strayLimit  = 8
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
	case follows(at, c.Now):
		c.Strays = 0
		c.Now = max(c.Now, at)
		return at, at >= c.Now-int64(bound)
	}
	if c.Strays > 0 && !follows(at, c.Stray) {
		c.Strays = 0
	}
	c.Strays, c.Stray = c.Strays+1, at
	if c.Strays < strayLimit {
		return at, false
	}
	c.Now, c.Strays = at, 0
	return at, true
}

func follows(at, now int64) bool { return at-now <= aheadLimit && now-at <= behindLimit }
