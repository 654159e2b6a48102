package main

import (
	"syscall"
	"time"
)

// peak gives the highest resident set of this process so far, in bytes; getrusage(2) counts KiB on Linux.
func peak() int64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return r.Maxrss << 10
}

// processorTime is how long processors have worked for this process so far. Other than the time on the clock, it does not
// depend on what else the machine does.
func processorTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
