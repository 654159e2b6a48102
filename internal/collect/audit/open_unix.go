//go:build unix

package audit

import "syscall"

// openFlags keep an open from waiting where a named pipe was put in the place of a file.
const openFlags = syscall.O_NONBLOCK
