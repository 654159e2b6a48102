package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// execEvent is a command that was run in a pod of kube-system: a finding, the same for each n with the same pod.
func execEvent(n int, pod string) string {
	at := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second).Format(time.RFC3339)
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"follow-%d","stage":"ResponseComplete",`+
		`"requestURI":"/api/v1/namespaces/kube-system/pods/%[2]s/exec?command=id","verb":"create","user":{"username":"alice","groups":["system:authenticated"]},`+
		`"sourceIPs":["203.0.113.7"],"objectRef":{"resource":"pods","namespace":"kube-system","name":"%[2]s","apiVersion":"v1","subresource":"exec"},`+
		`"responseStatus":{"code":101},"requestReceivedTimestamp":"%[3]s","stageTimestamp":"%[3]s"}`+"\n", n, pod, at)
}

// follower is a merlon process that heeds signals, with the lines that it has written.
type follower struct {
	t      *testing.T
	cmd    *exec.Cmd
	errs   bytes.Buffer
	mu     sync.Mutex
	lines  []string
	ended  chan struct{}
	exited error
}

func follow(t *testing.T, dir string, args ...string) *follower {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there are no such signals")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f := &follower{t: t, cmd: exec.CommandContext(t.Context(), self), ended: make(chan struct{})}
	f.cmd.Args, f.cmd.Dir, f.cmd.Stderr = append([]string{followName}, args...), dir, &f.errs
	f.cmd.Env = append(os.Environ(), "LANG=en")
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go f.read(out)
	return f
}

func (f *follower) read(out io.Reader) {
	for s := bufio.NewScanner(out); s.Scan(); {
		f.mu.Lock()
		f.lines = append(f.lines, s.Text())
		f.mu.Unlock()
	}
	f.exited = f.cmd.Wait()
	close(f.ended)
}

// text is what it wrote until now.
func (f *follower) text() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.lines, "\n")
}

// until waits for something to be so.
func (f *follower) until(what string, is func() bool) {
	f.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			f.t.Fatalf("no %s after 30 s; stdout %q, stderr %q", what, f.text(), f.errs.String())
		}
	}
}

func (f *follower) says(part string) {
	f.t.Helper()
	f.until(part, func() bool { return strings.Contains(f.text(), part) })
}

// end sends a signal and gives the exit code.
func (f *follower) end(s os.Signal) int {
	f.t.Helper()
	if err := f.cmd.Process.Signal(s); err != nil {
		f.t.Fatal(err)
	}
	select {
	case <-f.ended:
	case <-time.After(30 * time.Second):
		f.t.Fatal("it does not end")
	}
	var exit *exec.ExitError
	if errors.As(f.exited, &exit) {
		return exit.ExitCode()
	}
	return 0
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// On a terminal, each detection is told as it comes, and the summary at the end; the state is there for its owner only.
func TestFollowTellsAtOnceAndSumsUpAtTheEnd(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			log := filepath.Join(dir, "audit.log")
			appendTo(t, log, execEvent(0, "dns"))
			f := follow(t, dir, "detect", "--follow", "--state", "state", "audit.log")
			f.says("2026-11-21 08:00:00Z  MEDIUM  Command run in a pod of kube-system: alice ran")
			appendTo(t, log, execEvent(1, "dns"))
			f.says("(2 times)")
			if strings.Contains(f.text(), "finding in") {
				t.Errorf("the summary came before the end: %s", f.text())
			}
			if code := f.end(signal); code != exitDone {
				t.Errorf("exit code %d: %s", code, f.errs.String())
			}
			if !strings.Contains(f.text(), "1 finding in 2 requests") {
				t.Errorf("no summary: %s", f.text())
			}
			info, err := os.Stat(filepath.Join(dir, "state"))
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("the state has mode %v", info.Mode())
			}
		})
	}
}

// Formats of findings write one whenever it changes, and not again at the end.
func TestFollowWritesFindingsAsTheyChange(t *testing.T) {
	for format, want := range map[string][]string{"guardduty": {`"count":1`, `"count":2`}, "ocsf": {`"activity_name":"Create"`, `"activity_name":"Update"`}} {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			log := filepath.Join(dir, "audit.log")
			appendTo(t, log, execEvent(0, "dns"))
			f := follow(t, dir, "detect", "--follow", "-o", format, "--fail-on", "medium", "audit.log")
			f.says(want[0])
			appendTo(t, log, execEvent(1, "dns"))
			f.says(want[1])
			if code := f.end(os.Interrupt); code != exitFindings {
				t.Errorf("exit code %d: %s", code, f.errs.String())
			}
			if n := strings.Count(f.text(), "\n") + 1; n != 2 {
				t.Errorf("%d lines: %s", n, f.text())
			}
		})
	}
}

// A process that is killed leaves a state from which the next goes on: every detection is written at least once, and the
// counts of findings are exact.
func TestFollowSurvivesBeingKilled(t *testing.T) {
	dir := t.TempDir()
	log, state := filepath.Join(dir, "audit.log"), filepath.Join(dir, "state")
	appendTo(t, log, "")
	written, seen := 0, map[string]int{}
	for round := range 3 {
		f := follow(t, dir, "detect", "--follow", "--state", "state", "-o", "json", "audit.log")
		for range 50 {
			appendTo(t, log, execEvent(written, "dns"))
			written++
		}
		// What was written last was saved too, or not, when it is killed.
		f.says(fmt.Sprintf(`"auditID":"follow-%d"`, written-1))
		if round == 0 {
			f.until("state", func() bool { _, err := os.Stat(state); return err == nil })
		}
		for range 10 {
			appendTo(t, log, execEvent(written, "dns"))
			written++
		}
		f.says(fmt.Sprintf(`"auditID":"follow-%d"`, written-1))
		f.end(syscall.SIGKILL)
		countDetections(t, f.text(), seen)
	}
	f := follow(t, dir, "detect", "--state", "state", "-o", "json", "audit.log")
	<-f.ended
	countDetections(t, f.text(), seen)
	for n := range written {
		if seen[fmt.Sprintf("follow-%d", n)] == 0 {
			t.Errorf("event %d was never told", n)
		}
	}
	last := follow(t, dir, "detect", "--state", "state", "-o", "guardduty", "audit.log")
	<-last.ended
	var finding struct{ Service struct{ Count int } }
	if err := json.Unmarshal([]byte(last.text()), &finding); err != nil {
		t.Fatalf("%v: %s", err, last.text())
	}
	if finding.Service.Count != written {
		t.Errorf("the state has %d occurrences of %d", finding.Service.Count, written)
	}
}

// countDetections counts detections by the audit ID of their events.
func countDetections(t *testing.T, lines string, seen map[string]int) {
	t.Helper()
	for line := range strings.Lines(lines) {
		var d struct{ AuditID string }
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Errorf("%v: %s", err, line)
			continue
		}
		seen[d.AuditID]++
	}
}

// What is waited for is said: who mistyped a path would wait for ever.
func TestFollowSaysWhatItWaitsFor(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	appendTo(t, filepath.Join(dir, "here.log"), execEvent(0, "dns"))
	f := follow(t, dir, "detect", "--follow", "here.log", "audit.log", "empty")
	f.says("Command run in a pod of kube-system")
	appendTo(t, filepath.Join(dir, "audit.log"), execEvent(1, "proxy"))
	f.says("proxy")
	if code := f.end(os.Interrupt); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	want := "merlon: waiting for audit.log: it does not exist yet\nmerlon: waiting for a log in empty: there is none in it yet\nmerlon: following 1 log\n"
	if f.errs.String() != want {
		t.Errorf("stderr %q", f.errs.String())
	}
}
