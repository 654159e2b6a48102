package render_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/render"
)

// TestMain makes this test binary a renderer that does what the name of the folder it is given says.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && strings.HasPrefix(os.Args[1], "-memory=") {
		os.Exit(child(os.Args[1:], filepath.Base(os.Args[len(os.Args)-1])))
	}
	os.Exit(m.Run())
}

func child(args []string, do string) int {
	say := func(line string) { fmt.Println(line) }
	if do != "other-version" {
		say(`{"protocol":2}`)
	}
	switch do {
	case "chart":
		say(`{"file":"templates/x.yaml","text":"a: b\n","lines":[2,0]}`)
		say(`{"problem":{"file":"Chart.yaml","line":3,"why":"something"}}`)
		say(`{"note":{"file":"values.yaml","why":"worth knowing"}}`)
	case "dial":
		_, err := net.DialTimeout("tcp", strings.TrimPrefix(args[1], "-set="), 5*time.Second)
		say(fmt.Sprintf(`{"file":"x","text":%q}`, fmt.Sprint(err)))
	case "wrong-values":
		say(fmt.Sprintf(`{"problem":{"request":true,"file":%q,"line":7,"why":"no YAML"}}`, strings.TrimPrefix(args[1], "-values=")))
	case "wrong-set":
		say(`{"problem":{"request":true,"why":"--set a: no"}}`)
	case "surroundings":
		in, err := io.ReadAll(os.Stdin)
		say(fmt.Sprintf(`{"file":"x","text":%q}`, fmt.Sprint(args[:len(args)-1], len(os.Environ()), len(in), err)))
	case "loop":
		time.Sleep(time.Minute)
	case "memory":
		fmt.Fprintln(os.Stderr, "runtime: out of memory: cannot allocate 10000000000-byte block")
		return 2
	case "memory-thread":
		fmt.Fprintln(os.Stderr, "runtime: failed to create new OS thread (have 9 already; errno=11)")
		return 2
	case "memory-watch":
		return 7
	case "overflow":
		fmt.Fprintln(os.Stderr, "fatal error: stack overflow")
		return 2
	case "crash":
		fmt.Fprintln(os.Stderr, "panic: Xq7canary")
		return 2
	case "chatter":
		for {
			say(`{"file":"x","text":"` + strings.Repeat("x", 1000) + `"}`)
		}
	case "cut":
		return 0
	case "no-json":
		say("hello")
	case "other-version":
		say(`{"protocol":1}`)
	}
	say(`{"done":true}`)
	return 0
}

func TestWhatAChildSaysIsTaken(t *testing.T) {
	r := render.Renderer{Binary: os.Args[0]}
	got, err := r.Render(context.Background(), manifest.HelmChart, "some/chart")
	want := manifest.Rendering{
		Files:    []manifest.RenderedFile{{Name: "templates/x.yaml", Text: []byte("a: b\n"), Lines: []int{2, 0}}},
		Problems: []manifest.RenderProblem{{File: "Chart.yaml", Line: 3, Why: "something"}},
		Notes:    []manifest.RenderProblem{{File: "values.yaml", Why: "worth knowing"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestAChildSeesNothing(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "Xq7canary")
	values, err := filepath.Abs("v.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := render.Renderer{Binary: os.Args[0], Memory: 5, Release: render.Release{
		Name: "eu", Namespace: "ns", Values: []string{"v.yaml"}, Set: []string{"a=b", "c=d"}, SetString: []string{"e=1"},
		Kubernetes: "1.35.0", APIVersions: []string{"x/v1"},
	}}
	for kind, want := range map[manifest.RenderKind]string{
		manifest.HelmChart: fmt.Sprintf("[-memory=5 -values=%s -set=a=b -set=c=d -set-string=e=1 -namespace=ns -release=eu -kubernetes=1.35.0 "+
			"-api-version=x/v1 helm] 0 0 <nil>", values),
		manifest.Kustomization: "[-memory=5 kustomize] 0 0 <nil>",
	} {
		got, err := r.Render(context.Background(), kind, "surroundings")
		if err != nil || len(got.Files) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		if string(got.Files[0].Text) != want {
			t.Errorf("it sees %s, want %s", got.Files[0].Text, want)
		}
	}
}

func TestAChildHasNoNetworkWhereTheSystemTakesItAway(t *testing.T) {
	if err := render.TakesNetworkAway(); err != nil {
		t.Skipf("it does not let this user: %v", err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r := render.Renderer{Binary: os.Args[0], Release: render.Release{Set: []string{l.Addr().String()}}}
	got, err := r.Render(context.Background(), manifest.HelmChart, "dial")
	if err != nil || len(got.Files) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if text := string(got.Files[0].Text); text == fmt.Sprint(nil) {
		t.Error("it reaches a server of this machine")
	}
}

func TestAWrongRequestIsAnError(t *testing.T) {
	r := render.Renderer{Binary: os.Args[0], Release: render.Release{Values: []string{"v.yaml"}}}
	for do, want := range map[string]string{"wrong-values": "v.yaml:7: no YAML", "wrong-set": "--set a: no"} {
		if _, err := r.Render(context.Background(), manifest.HelmChart, do); err == nil || err.Error() != want {
			t.Errorf("%s: the error is %v, want %s", do, err, want)
		}
	}
}

func TestAChildIsStopped(t *testing.T) {
	for do, want := range map[string]string{
		"loop":          "stopped after 300ms: its templates loop",
		"memory":        "needs more than 1 GiB of memory",
		"memory-thread": "needs more than 1 GiB of memory",
		"memory-watch":  "needs more than 1 GiB of memory",
		"overflow":      "call themselves without end",
		"crash":         "merlon-render ended unexpectedly (exit status 2)",
		"chatter":       "it gave more than 1 MiB",
		"cut":           "ended before it was done",
		"no-json":       "",
		"other-version": "is of another version than this merlon",
	} {
		t.Run(do, func(t *testing.T) {
			t.Parallel()
			r := render.Renderer{Binary: os.Args[0], Output: 1 << 20}
			if do == "loop" {
				r.Time = 300 * time.Millisecond
			}
			got, err := r.Render(context.Background(), manifest.HelmChart, do)
			if do == "no-json" {
				return // what came before counts where the end came too
			}
			if err != nil || len(got.Files) > 0 || len(got.Problems) != 1 || !strings.Contains(got.Problems[0].Why, want) {
				t.Errorf("%+v, %v; want %s", got, err, want)
			}
			if strings.Contains(fmt.Sprint(got), "canary") {
				t.Errorf("it repeats what the child said: %+v", got)
			}
		})
	}
}

func TestACancelledRenderingIsAnError(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	r := render.Renderer{Binary: os.Args[0]}
	if _, err := r.Render(ctx, manifest.HelmChart, "loop"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
}

func TestABinaryThatIsNoneIsAProblem(t *testing.T) {
	r := render.Renderer{Binary: filepath.Join(t.TempDir(), render.Program)}
	got, err := r.Render(context.Background(), manifest.HelmChart, "chart")
	if err != nil || len(got.Problems) != 1 || !strings.Contains(got.Problems[0].Why, "it was not rendered") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFind(t *testing.T) {
	beside, listed := t.TempDir(), t.TempDir()
	write := func(dir string, mode os.FileMode) string {
		at := filepath.Join(dir, render.Program)
		if err := os.WriteFile(at, nil, mode); err != nil {
			t.Fatal(err)
		}
		return at
	}
	executable := filepath.Join(beside, "merlon")
	if got := render.Find(executable, listed); got != "" {
		t.Errorf("found %s", got)
	}
	onPath := write(listed, 0o755)
	write(beside, 0o600)
	if got := render.Find(executable, "."+string(os.PathListSeparator)+listed); got != onPath {
		t.Errorf("found %s, want %s", got, onPath)
	}
	if err := os.Chmod(filepath.Join(beside, render.Program), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := render.Find(executable, listed); got != filepath.Join(beside, render.Program) {
		t.Errorf("found %s", got)
	}
}
