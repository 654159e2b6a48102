//go:build e2e

package e2e

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// action is as much of action.yml as these tests run.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Steps []step
	}
}

type step struct {
	ID, Uses, Run string
	Env           map[string]string
}

const repository = "../.."

func readAction(t *testing.T) (a action) {
	t.Helper()
	if err := yaml.Unmarshal(content(t, filepath.Join(repository, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// A runner is the job of GitHub Actions that runs the steps of the action, as far as they need one.
type runner struct {
	action action
	folder string // The workspace: where the steps run.
	temp   string
	inputs map[string]string
	// outputs are those of the steps that ran.
	outputs map[string]string
}

var expression = regexp.MustCompile(`\$\{\{\s*([a-z_]+)\.([a-z_.-]+)\s*\}\}`)

// evaluate puts values in the place of expressions.
func (r *runner) evaluate(t *testing.T, text string) string {
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)
		switch name[1] + "." + name[2] {
		case "github.action_path":
			root, err := filepath.Abs(repository)
			if err != nil {
				t.Fatal(err)
			}
			return root
		case "github.action_ref":
			return "v1.2.3"
		}
		if name[1] == "steps" {
			return r.outputs[name[2][strings.LastIndex(name[2], ".")+1:]]
		}
		if given, ok := r.inputs[name[2]]; ok && name[1] == "inputs" {
			return given
		}
		input, ok := r.action.Inputs[name[2]]
		if name[1] != "inputs" || !ok {
			t.Fatalf("the action uses %s, which is not there", e)
		}
		return input.Default
	})
}

// run runs one step with a script as a runner does, and gives what it wrote, its outputs and its exit code.
func (r *runner) run(t *testing.T, id string) (log string, outputs map[string]string, code int) {
	t.Helper()
	at := slices.IndexFunc(r.action.Runs.Steps, func(s step) bool { return s.ID == id })
	if at < 0 {
		t.Fatalf("the action has no step %s", id)
	}
	s := r.action.Runs.Steps[at]
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", s.Run)
	cmd.Dir = r.folder
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+r.temp, "GITHUB_OUTPUT="+r.temp+"/output", "GITHUB_STEP_SUMMARY="+r.temp+"/summary")
	for name, value := range s.Env {
		cmd.Env = append(cmd.Env, name+"="+r.evaluate(t, value))
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	outputs = map[string]string{}
	r.outputs = outputs
	written, _ := os.ReadFile(r.temp + "/output")
	for line := range strings.Lines(string(written)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		outputs[name] = value
	}
	summary, _ := os.ReadFile(r.temp + "/summary")
	return string(out) + string(summary), outputs, code
}

// startRunner makes a runner that has built Merlon already.
func startRunner(t *testing.T, folder string, inputs map[string]string) *runner {
	t.Helper()
	r := &runner{action: readAction(t), folder: folder, temp: t.TempDir(), inputs: inputs}
	if err := os.MkdirAll(filepath.Join(r.temp, "merlon", "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.temp, "merlon", "bin", "merlon"), content(t, Tool(t, "merlon")), 0o755); err != nil {
		t.Fatal(err)
	}
	return r
}

// What comes from outside is never part of a script, and what the action uses is what it was written with.
func TestActionTakesNothingOnTrust(t *testing.T) {
	a := readAction(t)
	pinned := regexp.MustCompile(`^[a-z-]+/[a-z-]+@[0-9a-f]{40}$`)
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("an expression stands in the script of %q itself", s.ID)
		}
		if s.Uses != "" && !pinned.MatchString(s.Uses) {
			t.Errorf("the action uses %s, which may become something else: name a commit", s.Uses)
		}
	}
	for name, o := range a.Outputs {
		if o.Value != "${{ steps.scan.outputs."+name+" }}" {
			t.Errorf("the output %s is %q", name, o.Value)
		}
	}
	folder := t.TempDir()
	for name := range a.Inputs {
		inputs := map[string]string{}
		for other := range a.Inputs {
			inputs[other] = a.Inputs[other].Default
		}
		inputs[name] = "x'\"; touch pwned; $(touch pwned) `touch pwned` \\"
		r := startRunner(t, folder, inputs)
		log, _, _ := r.run(t, "prepare")
		scanned, _, _ := r.run(t, "scan")
		log += scanned
		if _, err := os.Stat(filepath.Join(folder, "pwned")); err == nil {
			t.Errorf("the input %s runs what it holds:\n%s", name, log)
		}
	}
}

var sources = regexp.MustCompile(`^[0-9a-f]{40}$`)

// The action builds Merlon, and what renders charts where there is one.
func TestActionBuilds(t *testing.T) {
	for _, c := range []struct {
		name, file, render string
		renders            bool
	}{
		{"no chart", "a.yaml", "auto", false},
		{"a chart", "charts/shop/Chart.yaml", "auto", true},
		{"a kustomization", "overlays/kustomization.yml", "auto", true},
		{"a chart that is not to be rendered", "Chart.yaml", "false", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := errors.Join(os.MkdirAll(filepath.Join(folder, filepath.Dir(c.file)), 0o755), os.WriteFile(filepath.Join(folder, c.file), nil, 0o600)); err != nil {
				t.Fatal(err)
			}
			r := &runner{action: readAction(t), folder: folder, temp: t.TempDir(), inputs: map[string]string{"render": c.render}}
			for _, step := range []string{"prepare", "build"} {
				log, outputs, code := r.run(t, step)
				if code != 0 || !sources.MatchString(outputs["sources"]) {
					t.Fatalf("%s: exit code %d, sources %q:\n%s", step, code, outputs["sources"], log)
				}
			}
			out, err := exec.Command(filepath.Join(r.temp, "merlon", "bin", "merlon"), "version").Output()
			if err != nil || !strings.Contains(string(out), "v1.2.3") {
				t.Errorf("it says %q, %v", out, err)
			}
			if _, err := os.Stat(filepath.Join(r.temp, "merlon", "bin", "merlon-render")); (err == nil) != c.renders {
				t.Errorf("merlon-render: %v", err)
			}
		})
	}
}

// ownRule finds one workload of the shop.
const ownRule = `id: no-latest
likelihood: low
title: Image with the tag latest
why: Nobody knows what runs
fix: Name a version
on: workloads
each: containers
conditions:
  - name: latest
    cel: container.image.endsWith(":latest")
evidence:
  path: image
examples:
  - name: the tag latest
    want: present
    input: |
      apiVersion: v1
      kind: Pod
      metadata: {name: a}
      spec: {containers: [{name: a, image: "registry.example/app:latest"}]}
  - name: a version
    want: absent
    misses: latest
    input: |
      apiVersion: v1
      kind: Pod
      metadata: {name: a}
      spec: {containers: [{name: a, image: "registry.example/app:1.4"}]}
`

// The action annotates, writes a summary and its outputs, and fails as it was told to.
func TestActionScans(t *testing.T) {
	folder, _ := saved(t)
	if err := os.Remove(filepath.Join(folder, "quetzal", "shop", "broken.yaml")); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rule.yaml", ownRule)
	write("half.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\n---\na: [\n")
	shop := func(more ...string) map[string]string {
		inputs := map[string]string{"path": "quetzal/shop"}
		for i := 0; i < len(more); i += 2 {
			inputs[more[i]] = more[i+1]
		}
		return inputs
	}
	for _, c := range []struct {
		name   string
		inputs map[string]string
		code   int
		want   string
	}{
		{"nothing asked for", shop(), 0, "::error file=quetzal/shop/storefront.yaml,line="},
		{"fails on a severity", map[string]string{"path": "quetzal/shop\nhostile.yaml\n", "fail-on": "critical"}, 1, "## Merlon: "},
		{"fails on nothing new", shop("fail-on", "critical", "baseline", "shop.json"), 0, "## Merlon: no exposure"},
		{"a baseline that is not there", shop("fail-on", "critical", "baseline", "none.json"), 1, "everything counts as new"},
		{"a rule of one's own", shop("fail-on", "no-latest", "rules", "rule.yaml"), 1, "1 with no-latest"},
		{"a rule that nobody knows", shop("fail-on", "no-latest"), 2, "traits of your own rules need --rules"},
		{"a path that is not there", map[string]string{"path": "nothing"}, 2, "nothing"},
		{"a path that looks like a flag", map[string]string{"path": "--help"}, 2, "--help"},
		{"no path", map[string]string{"path": "", "allow-partial": "true"}, 0, "## Merlon: "},
		{"a file of which half is read", map[string]string{"path": "half.yaml"}, 3, "Not read"},
		{"one where that is allowed", map[string]string{"path": "half.yaml", "allow-partial": "true"}, 0, "Not read"},
		{"half a file, and a finding", map[string]string{"path": "half.yaml\nquetzal/shop", "fail-on": "high"}, 1, "Not read"},
		{"another language", shop("lang", "es"), 0, "Contenedor privilegiado"},
	} {
		t.Run(c.name, func(t *testing.T) {
			log, outputs, code := startRunner(t, folder, c.inputs).run(t, "scan")
			if code != c.code || !strings.Contains(log, c.want) {
				t.Errorf("exit code %d, want %d and %q in:\n%s", code, c.code, c.want, log)
			}
			if c.code == 2 {
				return
			}
			if got := slices.Sorted(maps.Keys(outputs)); !slices.Equal(got, []string{"json", "markdown", "sarif"}) {
				t.Errorf("the outputs are %q", got)
			}
			for _, name := range []string{"json", "sarif"} {
				if data, err := os.ReadFile(outputs[name]); err != nil || !json.Valid(data) {
					t.Errorf("output %s: %v", name, err)
				}
			}
			if data, err := os.ReadFile(outputs["markdown"]); err != nil || !strings.HasPrefix(string(data), "## Merlon") {
				t.Errorf("output markdown: %v", err)
			}
		})
	}
	// What merlon.yaml sets holds for the verdict, and takes nothing out of the files.
	write("merlon.yaml", "failOn: critical\nbaseline: shop.json\n")
	log, outputs, code := startRunner(t, folder, shop()).run(t, "scan")
	if code != 1 || strings.Count(log, "::error ") == 0 || !strings.Contains(string(content(t, outputs["sarif"])), "privileged-container") {
		t.Errorf("with merlon.yaml: exit code %d:\n%s", code, log)
	}
}

// The hook for pre-commit builds and runs as pre-commit does it.
func TestPreCommitHook(t *testing.T) {
	folder := t.TempDir()
	python := filepath.Join(fetched(t), "venv", "bin")
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	modules, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) (string, int) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "PRE_COMMIT_HOME="+filepath.Join(folder, ".git", "home"), "GOMODCACHE="+strings.TrimSpace(string(modules)), "GIT_CONFIG_GLOBAL=/dev/null")
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState == nil {
			t.Fatalf("%s: %v", name, err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	hook := func(want int, says string) {
		t.Helper()
		if out, code := run("git", "add", "-A"); code != 0 {
			t.Fatal(out)
		}
		out, code := run(filepath.Join(python, "pre-commit"), "try-repo", root, "merlon-scan")
		if code != want || !strings.Contains(out, says) {
			t.Errorf("exit code %d, want %d and %q in:\n%s", code, want, says, out)
		}
	}
	if out, code := run("git", "init", "-q"); code != 0 {
		t.Fatal(out)
	}
	if out, code := run(Tool(t, "merlon"), "demo", "--write", "quetzal"); code != 0 {
		t.Fatal(out)
	}
	hook(1, "--fail-on: there are exposures, 3 of severity high or more")
	if err := os.RemoveAll(filepath.Join(folder, "quetzal", "shop")); err != nil {
		t.Fatal(err)
	}
	hook(0, "Passed")
}
