//go:build unix

package audit

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A named pipe is read where it is given, and passed over in a folder.
func TestNamedPipe(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	write(t, filepath.Join(folder, "audit.log"), []byte(line("a", 0)+"\n"))
	g := readAll(t, Options{Paths: []string{folder}})
	equal(t, "events", g.ids, []string{"a"})
	if notes := strings.Join(g.notes(folder), "\n"); !strings.Contains(notes, "  /pipe: it is not a regular file") {
		t.Error(notes)
	}
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(pipe, []byte(line("b", 0)+"\n"), 0o600) }()
	equal(t, "events of the pipe", readAll(t, Options{Paths: []string{pipe}}).ids, []string{"b"})
	if err := <-written; err != nil {
		t.Error(err)
	}
}
