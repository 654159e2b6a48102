//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// hostileCharts are templates that would never end, fill the memory, or ask somebody, and what the user is told of each.
func hostileCharts() map[string][2]string {
	return map[string][2]string{
		"loop":          {"{{ range until 30000 }}{{ range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}{{ end }}", "loop: rendering was stopped after 30s: its templates loop, or are too many; if it is to be trusted, render it yourself"},
		"counts":        {"{{ range until 2000000000 }}{{ end }}", "counts: rendering was stopped: it needs more than 1 GiB of memory; if it is to be trusted, render it yourself"},
		"ten-gigabytes": {`a: {{ repeat 10000000000 "x" }}`, "ten-gigabytes: rendering was stopped: it needs more than 1 GiB of memory"},
		"doubles":       {`{{ $a := "xxxxxxxx" }}{{ range until 60 }}{{ $a = printf "%s%s" $a $a }}{{ end }}`, "doubles: rendering was stopped: it needs more than 1 GiB of memory"},
		// More output than is taken; whether that or the memory comes to its end first is up to the machine.
		"much":             {`{{ range until 3000 }}{{ repeat 100000 "x" }}{{ end }}`, "much: rendering was stopped: it "},
		"calls-itself":     {`{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}a: {{ include "a" . }}`, "calls-itself/templates/x.yaml:1: the template cannot be rendered: its named templates call each other without end"},
		"calls-itself-tpl": {`{{ define "a" }}{{ tpl "{{ include \"a\" . }}" . }}{{ end }}a: {{ include "a" . }}`, "calls-itself-tpl"},
		"asks":             {`{{ if not (lookup "v1" "Secret" "a" "b") }}a: "{{ getHostByName "example.com" }}"{{ end }}`, "asks: its templates ask the cluster or the network (lookup, getHostByName) for Secret (v1), the address of a host"},
		"does-not-parse":   {"a: b\nc: {{ if }}\n", "does-not-parse/templates/x.yaml:2: the template cannot be rendered: missing value for if"},
	}
}

// TestHostileFoldersAreReadAsFarAsTheyCanBe scans one folder with all of them, and with one good pod.
func TestHostileFoldersAreReadAsFarAsTheyCanBe(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: a, image: b, securityContext: {privileged: true}}]}\n"
	files := map[string]string{
		"a/pod.yaml": strings.Replace(pod, "NAME", "first", 1), "z/pod.yaml": strings.Replace(pod, "NAME", "last", 1),
		"crds-only/thing.yaml":        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec: {}\n",
		"remote/Chart.yaml":           "apiVersion: v2\nname: remote\nversion: 1.0.0\ndependencies: [{name: common, version: 2.x, repository: 'https://charts.example.com'}]\n",
		"remote/templates/pod.yaml":   strings.Replace(pod, "NAME", "remote", 1),
		"k-remote/kustomization.yaml": "resources:\n- pod.yaml\n- https://example.com/x//base?ref=v1\n",
		"k-helm/kustomization.yaml":   "helmCharts:\n- {name: x, repo: 'https://charts.example.com'}\n",
		"k-plugin/kustomization.yaml": "resources: [pod.yaml]\ntransformers: [t.yaml]\n",
		"k-plugin/t.yaml":             "apiVersion: example.com/v1\nkind: Any\nmetadata: {name: a, annotations: {config.kubernetes.io/function: 'exec: {path: /bin/true}'}}\n",
		"link/Chart.yaml":             "apiVersion: v2\nname: link\nversion: 1.0.0\n",
		"k-remote/pod.yaml":           pod,
		"k-plugin/pod.yaml":           pod,
		"link/templates/real.yaml":    strings.Replace(pod, "NAME", "linked", 1),
	}
	wanted := []string{
		"k-helm/kustomization.yaml:2: helmCharts fetches charts and runs helm, which Merlon does not do; render it yourself: kustomize build --enable-helm",
		"k-plugin/kustomization.yaml: ", "Merlon runs no plugin",
		"k-remote/kustomization.yaml:3: it names a base on the network, which Merlon does not fetch; render it yourself: kustomize build",
		"link/templates/passwd.yaml: it is a symbolic link that leads nowhere, or out of the chart, and was not followed",
		"remote/Chart.yaml: the dependency common is not in charts/, and was not rendered: run helm dependency build, then scan again",
	}
	for name, c := range hostileCharts() {
		files[name+"/Chart.yaml"] = "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n"
		files[name+"/templates/x.yaml"] = c[0]
		wanted = append(wanted, c[1])
	}
	dir := write(t, "hostile", files)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link", "templates", "passwd.yaml")); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	s, told, code := merlonScan(t, dir)
	t.Logf("it took %v", time.Since(start))
	if code != 3 || time.Since(start) > 3*time.Minute {
		t.Errorf("exit code %d", code)
	}
	var all []string
	for _, source := range s.Sources {
		for _, n := range source.NotAssessed {
			all = append(all, strings.ReplaceAll(n.What+": "+n.Why, dir+string(filepath.Separator), ""))
		}
	}
	for _, want := range wanted {
		if !slices.ContainsFunc(all, func(line string) bool { return strings.Contains(line, want) }) {
			t.Errorf("nothing says %s; it says\n%s", want, strings.Join(all, "\n"))
		}
	}
	if strings.Contains(told, "ended unexpectedly") || strings.Contains(told, "root:") {
		t.Errorf("it says %s", told)
	}
	var read []string
	for _, tr := range s.Traits {
		if tr.ID == "privileged-container" {
			read = append(read, tr.Resource.Short())
		}
	}
	slices.Sort(read)
	if want := []string{"default/Pod/first", "default/Pod/last", "default/Pod/linked", "default/Pod/remote"}; !slices.Equal(read, want) {
		t.Errorf("the rest that was read is %v, want %v", read, want)
	}
}

// TestAFolderOfCRDsAlone shows that it is read, and that a schema with the fields of pods makes none.
func TestAFolderOfCRDsAlone(t *testing.T) {
	crd := "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec: {versions: [{schema: {openAPIV3Schema: {properties: {spec: {properties: {containers: {type: array}}}}}}}]}\n"
	for name, files := range map[string]map[string]string{
		"a folder": {"a.yaml": crd},
		"a chart":  {"Chart.yaml": "apiVersion: v2\nname: crds\nversion: 1.0.0\n", "crds/a.yaml": crd},
	} {
		s, told, code := merlonScan(t, write(t, "crds", files))
		if code != 2 || s.Resources.Total != 1 || len(s.Exposures) > 0 || len(s.NotAssessed) > 0 {
			t.Errorf("%s: exit code %d, %d resources, %d exposures\n%s", name, code, s.Resources.Total, len(s.Exposures), told)
		}
	}
}

// TestVersionIsQuick holds the start of merlon to 50 ms: the renderer's libraries are not in it.
func TestVersionIsQuick(t *testing.T) {
	const runs, limit = 21, 50 * time.Millisecond
	var took []time.Duration
	for range runs {
		start := time.Now()
		if err := exec.Command(Tool(t, "merlon"), "version").Run(); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	t.Logf("the fastest is %v, the median %v", took[0], took[runs/2])
	if took[0] > limit { // of a busy machine the median says more than of merlon
		t.Errorf("the fastest of %d runs is %v, more than %v", runs, took[0], limit)
	}
}
