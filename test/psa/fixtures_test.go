package psa

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"github.com/merlonsec/merlon/internal/rule"
)

// fixture is one file of the module k8s.io/pod-security-admission: test/testdata/LEVEL/vVERSION/pass|fail/NAME.yaml.
type fixture struct {
	path, name string
	level      api.Level
	version    rule.Version
	pass       bool
	// control is the one that the file is about; "" for a base, which is about all.
	control policy.CheckID
	input   []byte
}

func fixtures(t *testing.T) []fixture {
	t.Helper()
	module, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/pod-security-admission").Output()
	if err != nil {
		t.Fatalf("find the module k8s.io/pod-security-admission: %v", err)
	}
	root := filepath.Join(strings.TrimSpace(string(module)), "test", "testdata")
	files, err := filepath.Glob(filepath.Join(root, "*", "v*", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures in %s: %v", root, err)
	}
	var all []fixture
	for _, file := range files {
		all = append(all, readFixture(t, root, file))
	}
	return all
}

func readFixture(t *testing.T, root, file string) fixture {
	t.Helper()
	path, err := filepath.Rel(root, file)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(filepath.ToSlash(path), "/")
	f := fixture{path: path, level: api.Level(parts[0]), pass: parts[2] == "pass", name: strings.TrimSuffix(parts[3], ".yaml")}
	if f.version, err = rule.ParseVersion(parts[1]); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	about := strings.TrimRight(f.name, "0123456789")
	for id := range traits() {
		if strings.EqualFold(string(id), about) {
			f.control = id
		}
	}
	if f.control == "" && !strings.HasPrefix(about, "base") {
		t.Fatalf("%s: there is no control %s", path, about)
	}
	if f.input, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	return f
}

// controlsOf lists the controls of a level, in the order of their names: restricted has those of baseline.
func controlsOf(level api.Level) []policy.CheckID {
	var all []policy.CheckID
	for _, c := range policy.DefaultChecks() {
		if c.Level == level || c.Level == api.LevelBaseline {
			all = append(all, c.ID)
		}
	}
	slices.Sort(all)
	return all
}

// A fixture that fails violates the control in its name; one that passes violates none of its level.
func TestFixtures(t *testing.T) {
	rules := rules(t)
	tried, right := map[policy.CheckID]int{}, map[policy.CheckID]int{}
	files := fixtures(t)
	for _, f := range files {
		found := present(t, f.input, rules, f.version)
		controls := controlsOf(f.level)
		if !f.pass {
			controls = []policy.CheckID{f.control}
		}
		for _, control := range controls {
			tried[control]++
			if violated(control, found) != f.pass {
				right[control]++
			} else {
				t.Errorf("%s: %s is not judged as Kubernetes does; present: %v", f.path, control, found)
			}
		}
	}
	cells, hits := 0, 0
	for _, control := range controlsOf(api.LevelRestricted) {
		t.Logf("%-27s %5d of %5d right", control, right[control], tried[control])
		cells, hits = cells+tried[control], hits+right[control]
	}
	t.Logf("%d fixtures, %d of %d right", len(files), hits, cells)
}

// Each fixture in every version, and every control of it: not only the one that the file is about.
func TestFixturesInEveryVersion(t *testing.T) {
	rules := rules(t)
	versions := map[rule.Version]bool{{}: true}
	inputs := map[string]fixture{}
	for _, f := range fixtures(t) {
		versions[f.version] = true
		inputs[string(f.input)] = f
	}
	compared := 0
	for input, f := range inputs {
		var pod corev1.Pod
		if err := yaml.Unmarshal([]byte(input), &pod); err != nil {
			t.Fatalf("%s: %v", f.path, err)
		}
		for i := range pod.Spec.Volumes {
			if volume := &pod.Spec.Volumes[i]; volume.VolumeSource == (corev1.VolumeSource{}) {
				volume.EmptyDir = &corev1.EmptyDirVolumeSource{} // as the API server does before admission
			}
		}
		for v := range versions {
			compared++
			for _, problem := range compare(present(t, []byte(input), rules, v), &pod, v) {
				t.Errorf("%s in %s: %s", f.path, v, problem)
			}
		}
	}
	t.Logf("%d pods in %d versions, each against every control: %d comparisons", len(inputs), len(versions), compared)
}
