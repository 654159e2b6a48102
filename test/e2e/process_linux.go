//go:build e2e

package e2e

import "syscall"

// dieWithParent makes the kernel end a server whose test was killed before its
// clean-up could run (a test timeout does not run it).
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
