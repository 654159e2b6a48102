package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// pollEvery is how often the memory of a running program is read.
const pollEvery = 5 * time.Millisecond

// A usage is what one run of a program took.
type usage struct {
	cpu     time.Duration // User and system, of the process and its children.
	elapsed time.Duration
	memory  int64 // Bytes: the highest RssAnon seen; 0 where the system does not tell.
}

// String returns three cells of a Markdown table.
func (u usage) String() string {
	memory := "–"
	if u.memory > 0 {
		memory = fmt.Sprintf("%.1f MiB", float64(u.memory)/(1<<20))
	}
	return fmt.Sprintf("%.3f s | %.3f s | %s", u.cpu.Seconds(), u.elapsed.Seconds(), memory)
}

func (u usage) memoryRatio(of usage) string {
	if u.memory == 0 || of.memory == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", float64(u.memory)/float64(of.memory))
}

// measure runs a command to its end. Exit status 1 is not an error: both programs
// may say with it that they found something. Where the program prints JSON, other
// output, or none, is an error: the run would have measured something else.
func measure(ctx context.Context, command []string, printsJSON bool) (usage, error) {
	out, err := os.CreateTemp("", "merlon-peer-out-")
	if err != nil {
		return usage{}, fmt.Errorf("make file for output: %w", err)
	}
	defer func() { _ = os.Remove(out.Name()) }()
	defer func() { _ = out.Close() }() // Only read from here on.
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = out, &stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, fmt.Errorf("start %s: %w", command[0], err)
	}
	peak, stop := make(chan int64), make(chan struct{})
	go func() { peak <- watch(cmd.Process.Pid, stop) }()
	err = cmd.Wait()
	u := usage{elapsed: time.Since(start), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	close(stop)
	u.memory = <-peak
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return usage{}, fmt.Errorf("run %s: %w: %s", command[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	if !printsJSON {
		return u, nil
	}
	first := make([]byte, 1)
	if _, err := out.ReadAt(first, 0); err != nil || !strings.ContainsAny(string(first), "{[") {
		return usage{}, fmt.Errorf("run %s: it printed no JSON: %s", command[0], bytes.TrimSpace(stderr.Bytes()))
	}
	return u, nil
}

// watch returns the highest RssAnon of a process until stop is closed.
func watch(pid int, stop <-chan struct{}) (peak int64) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		peak = max(peak, rssAnon(pid))
		select {
		case <-stop:
			return peak
		case <-tick.C:
		}
	}
}

// rssAnon reads the anonymous resident memory of a process in bytes, from
// /proc/PID/status (proc_pid_status(5)); 0 when it cannot be read.
func rssAnon(pid int) int64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	return field(string(status), "RssAnon:") << 10
}

// field returns the first number after a label.
func field(status, label string) int64 {
	_, rest, _ := strings.Cut(status, label)
	words := strings.Fields(rest)
	if len(words) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(words[0], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// machine says what the numbers were measured on.
func machine() string {
	model := runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(info), "model name"); ok {
			line, _, _ := strings.Cut(rest, "\n")
			model = strings.TrimSpace(strings.TrimLeft(line, "\t :"))
		}
	}
	return fmt.Sprintf("Machine: %s, %d cores, %s", model, runtime.NumCPU(), runtime.GOOS)
}
