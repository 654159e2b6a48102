//go:build e2e && !linux

package e2e

import "syscall"

// dieWithParent asks for nothing: only Linux can tie a child's life to its parent's.
func dieWithParent() *syscall.SysProcAttr { return nil }
