package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/merlonsec/merlon/test/mutate/alive"
)

// suite is the tests of one package, which may be in a module of its own.
type suite struct {
	// name is what its tests are, for people.
	name string
	// dir is the folder of the package, from the root.
	dir string
	// timeout is how long one run may take.
	timeout time.Duration

	binary string
	tests  []test
}

// test is a test function, or one group of its subtests: those whose name begins with the same word before a
// slash, as the ID of a rule.
type test struct {
	name, group string
	reaches     map[int]bool  // The numbers of the mutants that it comes past.
	took        time.Duration // How long it ran alone.
}

// machine is where suites run.
type machine struct {
	root    string // The folder of the module.
	temp    string // A folder for what is built.
	workers int    // How many processes run at once.
	runs    atomic.Int64
	spent   atomic.Int64 // The processor time of the runs, in nanoseconds.
}

// run starts a suite's binary and gives what it prints.
func (m *machine) run(ctx context.Context, s *suite, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.binary, args...)
	cmd.Dir = filepath.Join(m.root, s.dir)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if p := cmd.ProcessState; p != nil {
		m.runs.Add(1)
		m.spent.Add(int64(p.UserTime() + p.SystemTime()))
	}
	return out, err
}

// pattern gives the expression for -test.run that picks tests.
func pattern(tests []test) string {
	groups := map[string][]string{}
	var names []string
	for _, t := range tests {
		if !slices.Contains(names, t.name) {
			names = append(names, t.name)
		}
		if t.group != "" {
			groups[t.name] = append(groups[t.name], regexp.QuoteMeta(t.group))
		}
	}
	var all []string
	for _, name := range names {
		p := "^" + name + "$"
		if g := groups[name]; g != nil {
			p += "/^(" + strings.Join(g, "|") + ")$"
		}
		all = append(all, p)
	}
	return strings.Join(all, "|")
}

// overlay writes the changed source into a folder and gives the file that tells the go command of it.
func overlay(f *finder, sources []*source, into string) (path string, err error) {
	replaced := map[string]string{}
	for _, s := range sources {
		for _, file := range s.files {
			if len(f.edits[file]) == 0 {
				continue
			}
			path = filepath.Join(into, fmt.Sprintf("%d-%s", len(replaced), filepath.Base(file.path)))
			if err := os.WriteFile(path, f.rewritten(file, s.offset(file.syntax.Name.End())), 0o600); err != nil {
				return "", err
			}
			replaced[file.path] = path
		}
	}
	content, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	path = filepath.Join(into, "overlay.json")
	return path, os.WriteFile(path, content, 0o600)
}

// prepare builds the suite and looks at its tests without a mutant.
func (s *suite) prepare(ctx context.Context, m *machine, overlay string) error {
	if err := s.build(ctx, m, overlay); err != nil {
		return err
	}
	if err := s.list(ctx, m); err != nil {
		return err
	}
	return s.reach(ctx, m)
}

// build makes the suite's test binary out of the changed source.
func (s *suite) build(ctx context.Context, m *machine, overlay string) error {
	s.binary = filepath.Join(m.temp, strings.ReplaceAll(s.dir, "/", "-")+".test")
	_, err := output(ctx, filepath.Join(m.root, s.dir), nil, "go", "test", "-c", "-vet=off", "-overlay="+overlay, "-o", s.binary, ".")
	return err
}

// list finds the suite's tests by running them all without a mutant; one that fails is an error.
func (s *suite) list(ctx context.Context, m *machine) error {
	out, err := m.run(ctx, s, []string{alive.Number + "=0"}, "-test.v", "-test.timeout="+(2*s.timeout).String())
	if err != nil {
		return fmt.Errorf("%s fails without a mutant, as go test would say: %w", reason(string(out)), err)
	}
	s.tests = testsIn(string(out))
	return nil
}

var (
	testLine  = regexp.MustCompile(`^--- (?:PASS|SKIP): (\S+) `)
	groupLine = regexp.MustCompile(`^    --- (?:PASS|SKIP): ([^\s/]+)/(\S*)`)
)

// testsIn reads tests and groups of subtests out of what a run prints, sorted. A test is in groups only where
// each of its subtests has a name in front of a slash; else it is one.
func testsIn(out string) []test {
	groups := map[string][]string{}
	var names []string
	for line := range strings.Lines(out) {
		if m := testLine.FindStringSubmatch(line); m != nil {
			names = append(names, m[1])
		}
		if m := groupLine.FindStringSubmatch(line); m != nil {
			group, _, _ := strings.Cut(m[2], "/")
			groups[m[1]] = append(groups[m[1]], group)
		}
	}
	var all []test
	for _, name := range names {
		if groups[name] == nil || slices.Contains(groups[name], "") {
			all = append(all, test{name: name})
			continue
		}
		slices.Sort(groups[name])
		for _, group := range slices.Compact(groups[name]) {
			all = append(all, test{name: name, group: group})
		}
	}
	slices.SortStableFunc(all, func(a, b test) int { return strings.Compare(a.name, b.name) })
	return all
}

// reach finds out which mutants each test comes past, and how long it takes.
func (s *suite) reach(ctx context.Context, m *machine) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(m.workers)
	for i := range s.tests {
		group.Go(func() error {
			t := &s.tests[i]
			numbers := filepath.Join(m.temp, fmt.Sprintf("%s-%d", filepath.Base(s.binary), i))
			start := time.Now()
			out, err := m.run(ctx, s, []string{alive.Number + "=0", alive.Reached + "=" + numbers, "GOMAXPROCS=1"},
				"-test.run="+pattern([]test{*t}), "-test.timeout="+s.timeout.String())
			if err != nil {
				return fmt.Errorf("%s fails when %s is run alone, without a mutant: %w", reason(string(out)), t.name, err)
			}
			t.took = time.Since(start)
			t.reaches, err = readNumbers(numbers)
			return err
		})
	}
	return group.Wait()
}

func readNumbers(path string) (map[int]bool, error) {
	numbers := map[int]bool{}
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return numbers, nil
	} else if err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(content)); lines.Scan(); {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		numbers[n] = true
	}
	return numbers, nil
}

// notices runs tests with a mutant alive and says which one fails; "" where none does. A run that takes too
// long, or that ends without a result, has noticed too.
func (s *suite) notices(ctx context.Context, m *machine, number int, tests []test) (string, error) {
	limited, cancel := context.WithTimeout(ctx, 2*s.timeout)
	defer cancel()
	out, err := m.run(limited, s, []string{alive.Number + "=" + strconv.Itoa(number), "GOMAXPROCS=1"},
		"-test.run="+pattern(tests), "-test.failfast", "-test.timeout="+s.timeout.String())
	if err == nil {
		return "", nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		return "", fmt.Errorf("run %s: %w", s.name, err)
	}
	return reason(string(out)), nil
}

var failLine = regexp.MustCompile(`--- FAIL: (\S+)`)

// timeout is the reason of a run that took too long.
const timeout = "timeout"

// reason names the test that failed: the last that is named, which is the innermost.
func reason(out string) string {
	if strings.Contains(out, "panic: test timed out") {
		return timeout
	}
	if all := failLine.FindAllStringSubmatch(out, -1); all != nil {
		return all[len(all)-1][1]
	}
	if first, _, _ := strings.Cut(out, "\n"); first != "" {
		return first
	}
	return "no result"
}
