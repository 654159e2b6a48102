package main

import "syscall"

const rlimitData = 2 // RLIMIT_DATA, which package syscall does not name; since Linux 4.7 it counts private mappings

// limitBySystem makes an allocation above the limit fail, which ends a Go program.
func limitBySystem(limit uint64) {
	const processor = 120 // seconds, should nobody be there to stop it
	_ = syscall.Setrlimit(rlimitData, &syscall.Rlimit{Cur: limit, Max: limit})
	_ = syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: processor, Max: processor})
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
