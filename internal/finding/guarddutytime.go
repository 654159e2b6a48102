package finding

import (
	"strconv"
	"time"
)

// Stamp is a time that is written as GuardDuty writes most of its own: RFC 3339 in UTC with milliseconds.
type Stamp struct{ time.Time }

// Epoch is a time that is written as GuardDuty writes those of a sequence: seconds since 1970.
type Epoch struct{ time.Time }

func stamp(t time.Time) Stamp { return Stamp{t} }

// String is the time as it is written.
func (s Stamp) String() string { return s.UTC().Format("2006-01-02T15:04:05.000Z") }

// MarshalJSON writes the time as a text.
func (s Stamp) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// String is the time as it is written.
func (e Epoch) String() string {
	return strconv.FormatFloat(float64(e.UnixMilli())/1000, 'f', -1, 64)
}

// MarshalJSON writes the time as a number.
func (e Epoch) MarshalJSON() ([]byte, error) { return []byte(e.String()), nil }
