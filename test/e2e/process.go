//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stopWait is how long a server may take to stop once asked, before it is killed.
const stopWait = 10 * time.Second

// A process is one server that a test started. Its output goes to a log file.
type process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{} // Closed once the process has ended.
	err  error         // What Wait returned; read it after done.
}

// startProcess starts the program from bin/ with args and stops it when the test
// ends; a test that failed shows the end of the log.
func startProcess(t testing.TB, dir, name string, args ...string) *process {
	t.Helper()
	p := &process{name: name, log: filepath.Join(dir, filepath.Base(name)+".log"), done: make(chan struct{})}
	out, err := os.Create(p.log)
	if err != nil {
		t.Fatalf("create log: %v", err)
	}
	// Not the test's own context: it ends before the clean-up that stops the server.
	p.cmd = exec.CommandContext(context.Background(), Tool(t, name), args...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	// All that a server reaches is on this machine: no proxy of its environment may stand between.
	p.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasSuffix(strings.ToUpper(name), "_PROXY")
	})
	p.cmd.SysProcAttr = dieWithParent()
	err = p.cmd.Start()
	_ = out.Close() // The child holds its own descriptor.
	if err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() { p.err = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// stop shows the log so far when the test failed, asks the process to end, and
// kills it after stopWait.
func (p *process) stop(t testing.TB) {
	if t.Failed() {
		t.Logf("end of %s:\n%s", filepath.Base(p.log), tail(p.log, 30))
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // It may have ended by itself.
	select {
	case <-p.done:
	case <-time.After(stopWait):
		_ = p.cmd.Process.Kill()
		<-p.done
		t.Logf("%s did not stop in %v and was killed", p.name, stopWait)
	}
}

// await calls ready until it succeeds, the process ends or readyWait has passed.
func (p *process) await(t testing.TB, ready func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), readyWait)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		last := ready(ctx)
		if last == nil {
			return
		}
		select {
		case <-p.done:
			t.Fatalf("%s ended before it was ready (%v):\n%s", p.name, p.err, tail(p.log, 30))
		case <-ctx.Done():
			t.Fatalf("%s was not ready after %v: %v\n%s", p.name, readyWait, last, tail(p.log, 30))
		case <-tick.C:
		}
	}
}

// Tool returns the path of a program in bin/ and fails the test when it is absent.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", name))
	if err != nil {
		t.Fatalf("find %s: %v", name, err)
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		t.Fatalf("bin/%s is missing: run `make e2e`, which builds it and runs these tests", name)
	}
	return path
}

// freeAddrs returns n loopback addresses whose ports nobody listened on a moment ago.
func freeAddrs(t testing.TB, n int) []string {
	t.Helper()
	addrs := make([]string, n)
	listeners := make([]net.Listener, n) // All open until the end, so that no port comes twice.
	for i := range addrs {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatalf("find a free port: %v", err)
		}
		addrs[i], listeners[i] = l.Addr().String(), l
	}
	for _, l := range listeners {
		_ = l.Close() // Nobody is connected.
	}
	return addrs
}

// tail returns the last n lines of a file, or why it cannot be read.
func tail(path string, n int) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Sprintf("(no log: %v)", err)
	}
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-n):], []byte("\n")))
}
