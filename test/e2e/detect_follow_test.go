//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
)

// A follower is merlon detect --follow beside an API server that writes and rotates its
// log. It is killed once, some deeds after it has saved its state, and started again some
// deeds later.
type follower struct {
	log, dir string
	args     []string
	runs     []*followerRun
	deeds    int  // Since it saved its state for the first time.
	killed   bool // Whether the first run was.
	resumes  bool // Whether there was a state by then.
}

// A followerRun is one process of a follower; what it found is in the file out.
type followerRun struct {
	cmd    *exec.Cmd
	out    string
	stderr bytes.Buffer
}

// The follower is killed killAfter deeds after it first saved its state, and started again
// startAfter deeds after that.
const (
	killAfter  = 5
	startAfter = 8
)

// follow starts to follow the audit log.
func (p *play) follow(t *testing.T) *follower {
	t.Helper()
	f := &follower{log: filepath.Dir(p.c.AuditLog), dir: t.TempDir()}
	var lists []string
	for _, d := range deeds() {
		lists = append(lists, d.lists...)
	}
	f.args = append([]string{"detect", "--follow", "--state", f.state(), "-o", "json"}, listFlags(t, lists, nil)...)
	f.start(t)
	return f
}

func (f *follower) state() string { return filepath.Join(f.dir, "state") }

func (f *follower) start(t *testing.T) {
	t.Helper()
	run := &followerRun{out: filepath.Join(f.dir, fmt.Sprintf("found-%d", len(f.runs)))}
	out, err := os.Create(run.out)
	if err != nil {
		t.Fatal(err)
	}
	run.cmd = exec.Command(Tool(t, "merlon"), append(f.args, f.log)...)
	run.cmd.Dir, run.cmd.Stdout, run.cmd.Stderr, run.cmd.SysProcAttr = f.dir, out, &run.stderr, dieWithParent()
	err = run.cmd.Start()
	_ = out.Close() // The child holds its own descriptor.
	if err != nil {
		t.Fatalf("start merlon detect: %v", err)
	}
	f.runs = append(f.runs, run)
	t.Cleanup(func() { _ = run.cmd.Process.Kill() }) // Unless it has ended.
}

// disturb is called after each deed.
func (f *follower) disturb(t *testing.T) {
	t.Helper()
	if f.deeds == 0 && !f.hasState() {
		return
	}
	switch f.deeds++; f.deeds {
	case killAfter:
		f.kill()
	case startAfter:
		f.start(t)
	}
}

func (f *follower) hasState() bool {
	_, err := os.Stat(f.state())
	return err == nil
}

// kill ends the first run as a crash would.
func (f *follower) kill() {
	f.killed, f.resumes = true, f.hasState()
	_ = f.runs[0].cmd.Process.Kill()
	_ = f.runs[0].cmd.Wait() // It was killed.
}

// found reads what a run has found so far.
func (r *followerRun) found(t *testing.T) []finding.Detection {
	t.Helper()
	out, err := os.ReadFile(r.out)
	if err != nil {
		t.Fatal(err)
	}
	return decodeDetections(t, out[:bytes.LastIndexByte(out, '\n')+1])
}

// testFollowed holds what the follower found against what one run over the whole log
// finds. Nothing is missing, and nothing is found twice by one run; what the one that
// was killed found after it saved its state for the last time, the next finds again.
func (p *play) testFollowed(t *testing.T, f *follower) {
	if !f.killed { // The deeds were done before it saved anything.
		f.kill()
	}
	if len(f.runs) == 1 {
		f.start(t)
	}
	want := map[string]string{}
	for _, d := range detected(t, nil, append(listFlags(t, p.allLists(), nil), filepath.Dir(p.c.AuditLog))...) {
		want[d.ID] = d.Type
	}
	got := map[string]int{}
	for deadline := time.Now().Add(readyWait / 3); ; time.Sleep(200 * time.Millisecond) {
		clear(got)
		for _, run := range f.runs {
			for _, d := range run.found(t) {
				got[d.ID]++
			}
		}
		if len(got) >= len(want) || time.Now().After(deadline) {
			break
		}
	}
	f.stop(t)
	for id, kind := range want {
		if got[id] == 0 {
			t.Errorf("the follower missed %s (%s)", kind, id)
		}
	}
	f.checkRepeated(t, want)
}

// stop asks the last run to end, which it must do well.
func (f *follower) stop(t *testing.T) {
	t.Helper()
	last := f.runs[len(f.runs)-1]
	_ = last.cmd.Process.Signal(syscall.SIGINT)
	if err := last.cmd.Wait(); err != nil {
		t.Errorf("merlon detect --follow ended with %v: %s", err, &last.stderr)
	}
}

// checkRepeated looks for findings that came twice or should not have come.
func (f *follower) checkRepeated(t *testing.T, want map[string]string) {
	t.Helper()
	first := map[string]bool{}
	again := 0
	for i, run := range f.runs {
		seen := map[string]bool{}
		for _, d := range run.found(t) {
			if seen[d.ID] {
				t.Errorf("run %d found %s twice (%s)", i, d.Type, d.ID)
			}
			if want[d.ID] == "" {
				t.Errorf("run %d found %s (%s), which is not in the whole log", i, d.Type, d.ID)
			}
			if first[d.ID] {
				again++
			}
			seen[d.ID] = true
		}
		if i == 0 {
			first = seen
		}
	}
	t.Logf("%d findings; of the %d that the killed run had found, %d came again after it was started anew", len(want), len(first), again)
	if f.resumes && again == len(first) {
		t.Error("all was found again: the state was not used")
	}
}
