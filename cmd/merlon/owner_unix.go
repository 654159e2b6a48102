//go:build unix

package main

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file the owner and group of another one, as far as the user may: root in a container often
// edits the files of somebody else.
func keepOwner(name string, of fs.FileInfo) {
	if stat, ok := of.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(name, int(stat.Uid), int(stat.Gid))
	}
}
