//go:build !linux

package render

import (
	"os"
	"syscall"
)

func attributes(bool) *syscall.SysProcAttr { return nil }

func kill(p *os.Process) error { return p.Kill() }
