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

// The page about CI is held to what it is about: its workflows to the action, its commands to the program.

var (
	block    = regexp.MustCompile("(?s)\n```([a-z]*)\n(.*?)\n```\n")
	inputRow = regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| (?:`([a-z.]+)`|none|`merlon.suppress.yaml`, where it exists) \\|")
)

func TestCIGuideKnowsTheAction(t *testing.T) {
	a := readAction(t)
	page := string(content(t, filepath.Join(repository, "docs", "ci.md")))
	_, table, _ := strings.Cut(page, "### The inputs of the action")
	table, _, _ = strings.Cut(table, "\n### ")
	told := map[string]string{}
	for _, m := range inputRow.FindAllStringSubmatch(table, -1) {
		told[m[1]] = m[2]
	}
	for name, input := range a.Inputs {
		if def, ok := told[name]; !ok || def != input.Default {
			t.Errorf("the page says of the input %s the default %q, %v; it is %q", name, def, ok, input.Default)
		}
		delete(told, name)
	}
	for name := range told {
		t.Errorf("the page has an input %s, and the action has not", name)
	}
	for name := range a.Outputs {
		if !strings.Contains(page, "steps.merlon.outputs."+name) {
			t.Errorf("nothing shows the output %s", name)
		}
	}
	seen := 0
	for _, m := range block.FindAllStringSubmatch(page, -1) {
		if m[1] != "yaml" {
			continue
		}
		var document any
		if err := yaml.Unmarshal([]byte(m[2]), &document); err != nil {
			t.Errorf("%v in:\n%s", err, m[2])
		}
		walk(document, func(node map[string]any) {
			uses, _ := node["uses"].(string)
			with, _ := node["with"].(map[string]any)
			if !strings.HasPrefix(uses, "merlonsec/merlon@") {
				return
			}
			for name := range with {
				if seen++; !slices.Contains(slices.Collect(maps.Keys(a.Inputs)), name) {
					t.Errorf("the workflow sets %s, which the action does not have", name)
				}
			}
		})
		for _, name := range regexp.MustCompile(`steps\.merlon\.outputs\.([a-z]+)`).FindAllStringSubmatch(m[2], -1) {
			if _, ok := a.Outputs[name[1]]; !ok {
				t.Errorf("the workflow takes the output %s, which the action does not have", name[1])
			}
		}
	}
	if seen == 0 {
		t.Error("no workflow uses the action")
	}
}

// walk visits every map of a document.
func walk(node any, visit func(map[string]any)) {
	switch n := node.(type) {
	case map[string]any:
		visit(n)
		for _, v := range n {
			walk(v, visit)
		}
	case []any:
		for _, v := range n {
			walk(v, visit)
		}
	}
}

// The commands of the page do what it says, line by line, and so does the script for GitLab.
func TestCIGuideRuns(t *testing.T) {
	folder := t.TempDir()
	if out, err := exec.Command(Tool(t, "merlon"), "demo", "--write", filepath.Join(folder, "quetzal")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Rename(filepath.Join(folder, "quetzal", "shop"), filepath.Join(folder, "k8s")); err != nil {
		t.Fatal(err)
	}
	shell := func(line string) (string, int) {
		cmd := exec.Command("bash", "-c", line)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(Tool(t, "merlon"))+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := shell("merlon scan quetzal/fixed -o json > main.json"); code != 0 {
		t.Fatal(out)
	}
	page := string(content(t, filepath.Join(repository, "docs", "ci.md")))
	_, elsewhere, _ := strings.Cut(page, "## Elsewhere")
	var lines []string
	for _, m := range block.FindAllStringSubmatch(elsewhere, -1) {
		for line := range strings.Lines(m[2]) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
			if strings.HasPrefix(line, "merlon ") {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) < 8 {
		t.Fatalf("the page has only the commands %q", lines)
	}
	for _, line := range lines {
		want := 0
		if strings.Contains(line, "--fail-on") {
			want = 1 // The shop has what they ask for.
		}
		if out, code := shell(line); code != want {
			t.Errorf("%s: exit code %d, want %d:\n%s", line, code, want, out)
		}
	}
	for file, begins := range map[string]string{"merlon.xml": "<?xml", "merlon.sarif": "{", "comment.md": "## Merlon", "merlon.ndjson": `{"activity_id":1,`, "merlon.html": "<!DOCTYPE html>"} {
		if !strings.HasPrefix(string(content(t, filepath.Join(folder, file))), begins) {
			t.Errorf("%s does not begin with %q", file, begins)
		}
	}
}

// From the main branch to a pull request: what main has is kept, and a change is told and judged by what it makes
// worse, while the SARIF file has everything.
func TestFromMainToAPullRequest(t *testing.T) {
	folder := t.TempDir()
	if out, err := exec.Command(Tool(t, "merlon"), "demo", "--write", filepath.Join(folder, "quetzal")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	k8s := filepath.Join(folder, "k8s")
	if err := os.Rename(filepath.Join(folder, "quetzal", "shop"), k8s); err != nil {
		t.Fatal(err)
	}
	log, outputs, code := startRunner(t, folder, map[string]string{"path": "k8s"}).run(t, "scan")
	if code != 0 {
		t.Fatalf("on main: exit code %d\n%s", code, log)
	}
	if err := os.WriteFile(filepath.Join(folder, "baseline.json"), content(t, outputs["json"]), 0o600); err != nil {
		t.Fatal(err)
	}
	pullRequest := map[string]string{"path": "k8s", "baseline": "baseline.json", "fail-on": "high,critical-path"}

	// A change that only moves lines changes nothing, and no alert becomes another one.
	tools := filepath.Join(k8s, "tools.yaml")
	before := content(t, tools)
	if err := os.WriteFile(tools, append([]byte("# one\n# two\n"), before...), 0o600); err != nil {
		t.Fatal(err)
	}
	log, moved, code := startRunner(t, folder, pullRequest).run(t, "scan")
	if code != 0 || strings.Contains(log, "::error") || !strings.Contains(log, "Since the baseline: 5 unchanged.") {
		t.Errorf("lines that moved: exit code %d\n%s", code, log)
	}
	if was, is := fingerprints(t, outputs["sarif"]), fingerprints(t, moved["sarif"]); !slices.Equal(was, is) {
		t.Errorf("the fingerprints changed with the lines:\n%q\n%q", was, is)
	}

	// One that makes something worse is annotated there, and fails.
	worse := strings.Replace(string(content(t, filepath.Join(k8s, "backend.yaml"))), "    spec:\n", "    spec:\n      hostPID: true\n", 1)
	if err := errors.Join(os.WriteFile(tools, before, 0o600), os.WriteFile(filepath.Join(k8s, "new.yaml"), []byte(hostileManifest), 0o600),
		os.WriteFile(filepath.Join(k8s, "backend.yaml"), []byte(worse), 0o600)); err != nil {
		t.Fatal(err)
	}
	log, changed, code := startRunner(t, folder, pullRequest).run(t, "scan")
	for _, want := range []string{"1 new, 1 graver", "(new)", "file=k8s/new.yaml", "file=k8s/backend.yaml", "--fail-on: there are exposures"} {
		if code != 1 || !strings.Contains(log, want) {
			t.Errorf("made worse: exit code %d, %q is not in\n%s", code, want, log)
		}
	}
	if strings.Contains(log, "file=k8s/storefront.yaml") {
		t.Errorf("what was there before is annotated:\n%s", log)
	}
	if all := fingerprints(t, changed["sarif"]); len(all) <= len(fingerprints(t, outputs["sarif"])) {
		t.Errorf("SARIF has %d results, fewer than main", len(all))
	}
}

// fingerprints lists those of a SARIF file.
func fingerprints(t *testing.T, path string) (all []string) {
	t.Helper()
	var log struct {
		Runs []struct {
			Results []struct{ PartialFingerprints map[string]string }
		}
	}
	if err := json.Unmarshal(content(t, path), &log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Results {
		all = append(all, r.PartialFingerprints["primaryLocationLineHash"])
	}
	slices.Sort(all)
	return all
}
