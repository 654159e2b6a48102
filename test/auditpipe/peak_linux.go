package main

import (
	"os"
	"syscall"
)

// peak gives the highest resident set of an ended process, in bytes; getrusage(2) counts KiB on Linux.
func peak(s *os.ProcessState) int64 {
	if r, ok := s.SysUsage().(*syscall.Rusage); ok {
		return r.Maxrss << 10
	}
	return 0
}
