package event

import (
	"math"
	"time"
)

// parseTime reads a time of RFC 3339, as time.Time's UnmarshalText does, in nanoseconds since 1970. A time that is
// further away than an int64 can tell (before 1678, after 2261) becomes the nearest one that it can; Go's zero time is 0.
func parseTime(text string) (nanoseconds int64, ok bool) {
	const layout = "2006-01-02T15:04:05Z"
	if len(text) < len(layout) || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return 0, false
	}
	year, month, day := two(text, 0)*100+two(text, 2), two(text, 5), two(text, 8)
	hour, minute, second := two(text, 11), two(text, 14), two(text, 17)
	if two(text, 0) < 0 || two(text, 2) < 0 || day < 1 || uint(hour) > 23 || uint(minute) > 59 || uint(second) > 59 ||
		month < 1 || month > 12 || day > daysIn(year, month) {
		return 0, false
	}
	fraction, i, ok := parseFraction(text, 19)
	if !ok {
		return 0, false
	}
	offset, ok := parseZone(text[i:])
	if !ok {
		return 0, false
	}
	seconds := (daysSince1970(year, month, day)*24+int64(hour))*3600 + int64(minute)*60 + int64(second) - offset
	return saturate(seconds, fraction), true
}

// parseFraction reads the digits after a full stop at i, if there is one; those after the ninth do not count.
func parseFraction(text string, i int) (nanoseconds int64, end int, ok bool) {
	if text[i] != '.' {
		return 0, i, true
	}
	i++
	start, unit := i, int64(time.Second/10)
	for ; i < len(text) && isDigit(text[i]); i++ {
		nanoseconds += int64(text[i]-'0') * unit
		unit /= 10
	}
	return nanoseconds, i, i > start && i < len(text)
}

// parseZone reads "Z" or "+02:00", in seconds.
func parseZone(text string) (seconds int64, ok bool) {
	if text == "Z" {
		return 0, true
	}
	if len(text) != len("+02:00") || text[3] != ':' || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	hours, minutes := two(text, 1), two(text, 4)
	if uint(hours) > 23 || uint(minutes) > 59 {
		return 0, false
	}
	seconds = int64(hours)*3600 + int64(minutes)*60
	if text[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// two reads two digits; a number far below zero where they are none.
func two(text string, i int) int {
	if !isDigit(text[i]) || !isDigit(text[i+1]) {
		return -1_000_000
	}
	return int(text[i]-'0')*10 + int(text[i+1]-'0')
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts the days of the Gregorian calendar: with March as the first month, a leap day is a year's last, and
// 153 days make five months.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	const marchOfYear0 = -719468 // 0000-03-01
	return int64(365*year+floor(year, 4)-floor(year, 100)+floor(year, 400)+(153*(month-3)+2)/5+day-1) + marchOfYear0
}

// floor divides, rounding down, for a year from -1.
func floor(year, by int) int {
	if year < 0 {
		return -1
	}
	return year / by
}

const zeroTime = -62135596800 // Go's zero time.Time, 0001-01-01, in seconds.

func saturate(seconds, fraction int64) int64 {
	switch {
	case seconds == zeroTime && fraction == 0:
		return 0
	case seconds >= math.MaxInt64/int64(time.Second):
		return math.MaxInt64
	case seconds <= math.MinInt64/int64(time.Second):
		return math.MinInt64
	}
	return seconds*int64(time.Second) + fraction
}
