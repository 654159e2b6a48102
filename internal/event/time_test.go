package event

import (
	"math"
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	for text, want := range map[string]int64{
		"1970-01-01T00:00:00.000001Z":      1000,
		"2026-01-02T03:04:05.678901Z":      time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC).UnixNano(),
		"2024-02-29T23:59:59+02:00":        time.Date(2024, 2, 29, 21, 59, 59, 0, time.UTC).UnixNano(),
		"2000-02-29T00:00:00.1234567899Z":  time.Date(2000, 2, 29, 0, 0, 0, 123456789, time.UTC).UnixNano(),
		"1969-12-31T23:59:59.5-00:30":      1799_500_000_000,
		"9999-12-31T23:59:59.999999Z":      math.MaxInt64,
		"0000-01-01T00:00:00Z":             math.MinInt64,
		"0001-01-01T00:00:00Z":             0,
		"2262-04-11T23:47:16.854775807Z":   math.MaxInt64,
		"2026-03-04T05:06:07.000000-23:59": time.Date(2026, 3, 5, 5, 5, 7, 0, time.UTC).UnixNano(),
	} {
		if got, ok := parseTime(text); got != want || !ok {
			t.Errorf("%s is %d, want %d", text, got, want)
		}
	}
	for _, text := range []string{
		"", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05,1Z", "2026-01-02t03:04:05Z", "2026-1-02T03:04:05Z",
		"2026-13-02T03:04:05Z", "2026-00-02T03:04:05Z", "2023-02-29T03:04:05Z", "1900-02-29T03:04:05Z", "2026-04-31T03:04:05Z", "2026-01-02T24:04:05Z",
		"2026-01-02T03:60:05Z", "2026-01-02T03:04:60Z", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+0200", "2026-01-02T03:04:05.5", "20x6-01-02T03:04:05Z",
		"2026-01-02T03:04:05ZZ", "+026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456789123456789",
	} {
		if got, ok := parseTime(text); ok {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}

// Every day of five hundred years, as package time counts them.
func TestDaysAreCountedAsPackageTimeDoes(t *testing.T) {
	for day := time.Date(1678, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2262; day = day.AddDate(0, 0, 1) {
		if got, ok := parseTime(day.Format(time.RFC3339)); !ok || got != day.UnixNano() {
			t.Fatalf("%s is %d, want %d", day, got, day.UnixNano())
		}
	}
}
