package main

import "syscall"

// peak gives the highest resident set of this process so far, in bytes; getrusage(2) counts KiB on Linux.
func peak() int64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return r.Maxrss << 10
}
