// Package render runs merlon-render, which makes manifests of a Helm chart or a kustomization. In: a folder or an archive.
// Out: the manifests, each with the template that it came from, and what could not be rendered. The child has an empty
// environment, no standard input, no network where the system lets it be taken away, and limits on time, memory and
// output: charts are the programs of others. It never renders anything itself, and repeats nothing that the child says on
// its standard error.
package render

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/tree"
)

// Program is the name of the binary that renders.
const Program = "merlon-render"

// The limits of one rendering where a field of Renderer is zero.
const (
	DefaultTime   = 30 * time.Second
	DefaultMemory = 1 << 30
	DefaultOutput = 256 << 20
)

// Renderer renders with one binary and one set of values.
type Renderer struct {
	// Binary is the path of merlon-render; see Find.
	Binary string
	Release
	// Time, Memory (bytes) and Output (bytes) bound one rendering.
	Time   time.Duration
	Memory uint64
	Output int64
}

// Release says what every chart is rendered with. The zero value is what helm template does without flags.
type Release struct {
	// Name is that of the release; the chart's where empty.
	Name string
	// Namespace is that of the release; "default" where empty.
	Namespace string
	// Values are values files; a later one counts before an earlier one. Set and SetString, in Helm's syntax
	// (https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set), count before those.
	Values, Set, SetString []string
	// Kubernetes is the release that charts see (1.35); the latest that the library knows where empty.
	Kubernetes string
	// APIVersions lists what charts see as served beside Kubernetes' own (monitoring.coreos.com/v1).
	APIVersions []string
}

// Find looks for merlon-render beside the running executable, then in the folders of a list such as PATH; "" where it is in
// none.
func Find(executable, folders string) string {
	name := Program
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	candidates := filepath.SplitList(folders)
	if executable != "" {
		if target, err := filepath.EvalSymlinks(executable); err == nil {
			executable = target
		}
		candidates = append([]string{filepath.Dir(executable)}, candidates...)
	}
	for _, dir := range candidates {
		if !filepath.IsAbs(dir) { // as package os/exec: nothing is run from the current folder
			continue
		}
		at := filepath.Join(dir, name)
		if info, err := os.Stat(at); err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode()&0o111 != 0) {
			return at
		}
	}
	return ""
}

// Render is a [manifest.Render]. Its error is also one of the request: values that cannot be read, whatever the chart.
func (r *Renderer) Render(ctx context.Context, kind manifest.RenderKind, path string) (manifest.Rendering, error) {
	args, err := r.arguments(kind, path)
	if err != nil {
		return failed("it cannot be rendered: " + err.Error()), nil
	}
	limit := positive(r.Time, DefaultTime)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c := child{output: positive(r.Output, DefaultOutput)}
	err = c.run(limited, r.Binary, args)
	if ctx.Err() != nil {
		return manifest.Rendering{}, ctx.Err()
	}
	if c.request != nil {
		return manifest.Rendering{}, errors.New(c.request.place(r.typed))
	}
	if why := r.why(limited, &c, err, limit); why != "" {
		return failed(why), nil
	}
	return c.rendering, nil
}

func failed(why string) manifest.Rendering {
	return manifest.Rendering{Problems: []manifest.RenderProblem{{Why: why}}}
}

func (r *Renderer) arguments(kind manifest.RenderKind, path string) ([]string, error) {
	memory := positive(r.Memory, DefaultMemory)
	args := []string{fmt.Sprintf("-memory=%d", memory)}
	if kind == manifest.HelmChart {
		more, err := r.Release.arguments()
		if err != nil {
			return nil, err
		}
		args = append(args, more...)
	}
	full, err := filepath.Abs(path)
	return append(args, string(kind), full), err
}

func (r Release) arguments() ([]string, error) {
	var args []string
	add := func(flag string, values ...string) {
		for _, v := range values {
			if v != "" {
				args = append(args, "-"+flag+"="+v)
			}
		}
	}
	for _, name := range r.Values {
		full, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		add("values", full)
	}
	add("set", r.Set...)
	add("set-string", r.SetString...)
	add("namespace", r.Namespace)
	add("release", r.Name)
	add("kubernetes", r.Kubernetes)
	add("api-version", r.APIVersions...)
	return args, nil
}

// typed gives a values file the name that it was given by.
func (r *Renderer) typed(name string) string {
	for _, v := range r.Values {
		if full, err := filepath.Abs(v); err == nil && full == name {
			return v
		}
	}
	return name
}

// why says why a child did not do its work; "" where it did.
func (r *Renderer) why(limited context.Context, c *child, err error, limit time.Duration) string {
	const yourself = "; if it is to be trusted, render it yourself (helm template, kustomize build) and give the output to merlon scan -"
	stderr := c.errors.Bytes()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, errOutput):
		return "rendering was stopped: it gave more than " + tree.Size(positive(r.Output, DefaultOutput)) + yourself
	case limited.Err() != nil:
		return fmt.Sprintf("rendering was stopped after %v: its templates loop, or are too many%s", limit, yourself)
	case errors.As(err, &exit) && (exit.ExitCode() == exitMemory || saysMemory(stderr)):
		return "rendering was stopped: it needs more than " + tree.Size(int64(positive(r.Memory, DefaultMemory))) + " of memory" + yourself
	case errors.As(err, &exit) && bytes.Contains(stderr, []byte("stack overflow")):
		return "rendering was stopped: its templates call themselves without end"
	case errors.Is(err, errProtocol):
		return "it was not rendered: " + r.Binary + " is of another version than this merlon; install both from one release"
	case err != nil && !c.done:
		return "it was not rendered: " + Program + " ended unexpectedly (" + ending(err) + ")"
	case !c.done:
		return "it was not rendered: " + Program + " ended before it was done"
	}
	return ""
}

// saysMemory reports whether a Go program says at its end that the system gave it no more memory: for an object, or for
// the stack of a thread.
func saysMemory(stderr []byte) bool {
	for _, sign := range []string{"out of memory", "cannot allocate memory", "failed to create new OS thread", "pthread_create failed"} {
		if bytes.Contains(stderr, []byte(sign)) {
			return true
		}
	}
	return false
}

// ending says how a child ended, without what it wrote.
func ending(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.String()
	}
	return err.Error()
}

// exitMemory is the exit code of a child that saw that it needs too much memory.
const exitMemory = 7

// protocol is the version of the child's output that is understood.
const protocol = 2

var (
	errProtocol = errors.New("another protocol")
	errOutput   = errors.New("too much output")
)

// child is one run of merlon-render.
type child struct {
	output    int64
	rendering manifest.Rendering
	done      bool
	request   *said // what is wrong with the request
	errors    head
}

// record is one line of the child's output; see cmd/merlon-render.
type record struct {
	Protocol int
	File     string
	Text     string
	Lines    []int
	Problem  *said
	Note     *said
	Done     bool
}

// said is what the child says of a file, or of all.
type said struct {
	File    string
	Line    int
	Why     string
	Request bool
}

func (s *said) problem() manifest.RenderProblem {
	return manifest.RenderProblem{File: s.File, Line: s.Line, Why: s.Why}
}

// place writes it after its place, whose file is called as typed says.
func (s *said) place(typed func(string) string) string {
	switch {
	case s.File == "":
		return s.Why
	case s.Line == 0:
		return typed(s.File) + ": " + s.Why
	}
	return fmt.Sprintf("%s:%d: %s", typed(s.File), s.Line, s.Why)
}

func (c *child) run(ctx context.Context, binary string, args []string) error {
	err := c.start(ctx, binary, args, true)
	if errors.Is(err, errStart) {
		err = c.start(ctx, binary, args, false) // where a network namespace is not to be had
	}
	return err
}

var errStart = errors.New("start")

// start runs the child once.
func (c *child) start(ctx context.Context, binary string, args []string, isolate bool) error {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = []string{}
	cmd.Dir = filepath.Dir(binary)
	cmd.Stderr = &c.errors
	cmd.SysProcAttr = attributes(isolate)
	cmd.Cancel = func() error { return kill(cmd.Process) }
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start %s: %w", Program, err)
	}
	if err := cmd.Start(); err != nil {
		if isolate {
			return errStart
		}
		return fmt.Errorf("start %s: %w", Program, err)
	}
	read := c.read(out)
	if read != nil {
		_ = kill(cmd.Process) // it may be gone already
	}
	waited := cmd.Wait()
	if errors.Is(read, errOutput) || errors.Is(read, errProtocol) {
		return read
	}
	return errors.Join(waited, read)
}

// read takes the child's records.
func (c *child) read(out io.Reader) error {
	capped := &io.LimitedReader{R: out, N: c.output}
	records := json.NewDecoder(bufio.NewReader(capped))
	for first := true; ; first = false {
		var r record
		err := records.Decode(&r)
		switch {
		case err != nil && capped.N <= 0:
			return errOutput
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read its output: %w", err)
		case first && r.Protocol != protocol:
			return errProtocol
		case r.Done:
			c.done = true
		case r.Problem != nil && r.Problem.Request:
			c.request = r.Problem
		case r.Problem != nil:
			c.rendering.Problems = append(c.rendering.Problems, r.Problem.problem())
		case r.Note != nil:
			c.rendering.Notes = append(c.rendering.Notes, r.Note.problem())
		case r.File != "":
			c.rendering.Files = append(c.rendering.Files, manifest.RenderedFile{Name: r.File, Text: []byte(r.Text), Lines: r.Lines})
		}
	}
}

// head keeps the beginning of what is written to it.
type head struct{ bytes.Buffer }

// Write implements [io.Writer].
func (h *head) Write(p []byte) (int, error) {
	const most = 64 << 10
	if room := most - h.Len(); room > 0 {
		h.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func positive[T ~int64 | ~uint64](value, otherwise T) T {
	if value <= 0 {
		return otherwise
	}
	return value
}
