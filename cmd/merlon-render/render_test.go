package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain makes this test binary merlon-render where a test runs it as one, under the limits that it sets itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-as-renderer" {
		os.Exit(run(os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// located is what a test wants a problem to say: where, and a part of why.
type located struct {
	File string
	Line int
	Why  string
}

// rendered is what came out of a run.
type rendered struct {
	texts    map[string]string
	lines    map[string][]int
	problems []problem
	notes    []problem
	done     bool
	code     int
	errors   string
}

func renders(t *testing.T, args ...string) rendered {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(os.Args[0], append([]string{"-as-renderer"}, args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = []string{}, &out, &errs
	_ = cmd.Run() // the code tells
	r := rendered{texts: map[string]string{}, lines: map[string][]int{}, code: cmd.ProcessState.ExitCode(), errors: errs.String()}
	for line := range strings.Lines(out.String()) {
		var one record
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if one.Problem != nil {
			r.problems = append(r.problems, *one.Problem)
		}
		if one.Note != nil {
			r.notes = append(r.notes, *one.Note)
		}
		if one.File != "" {
			r.texts[one.File] += one.Text
			r.lines[one.File] = one.Lines
		}
		r.done = r.done || one.Done
	}
	return r
}

// written writes files to a new folder.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const chartYAML = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"

func chartWith(t *testing.T, template string) string {
	return written(t, map[string]string{"Chart.yaml": chartYAML, "templates/x.yaml": template})
}

const webTemplate = `{{- /* the front */ -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  hostPID: true
  containers:
  - name: web
    image: {{ .Values.image }}
`

func TestChart(t *testing.T) {
	dir := written(t, map[string]string{
		"Chart.yaml": chartYAML, "values.yaml": "image: nginx:1\n", "more.yaml": "image: nginx:2\n",
		"templates/web.yaml": webTemplate, "templates/NOTES.txt": "hello", "templates/_h.tpl": "x", "crds/a.yaml": "kind: CustomResourceDefinition\n",
		"charts/db/Chart.yaml": strings.Replace(chartYAML, "shop", "db", 1), "charts/db/templates/db.yaml": "kind: Service\n",
	})
	r := renders(t, "-values="+filepath.Join(dir, "more.yaml"), "helm", dir)
	if !r.done || len(r.problems) > 0 || len(r.texts) != 3 {
		t.Fatalf("%+v", r)
	}
	text := r.texts["templates/web.yaml"]
	if !strings.Contains(text, "image: nginx:2") || !strings.Contains(text, "name: shop\n") || !strings.Contains(text, "namespace: default") {
		t.Errorf("the text is %s", text)
	}
	if r.texts["charts/db/templates/db.yaml"] != "kind: Service\n" || r.texts["crds/a.yaml"] == "" {
		t.Errorf("the texts are %v", r.texts)
	}
	for i, line := range strings.Split(text, "\n") {
		if at := r.lines["templates/web.yaml"][i]; strings.Contains(line, "hostPID") && at != 8 || strings.Contains(line, "image") && at != 11 {
			t.Errorf("%q is said to be on line %d", line, at)
		}
	}
}

func TestPackagedChart(t *testing.T) {
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for name, text := range map[string]string{"shop/Chart.yaml": chartYAML, "shop/templates/web.yaml": webTemplate} {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if archive.Close() != nil || zipped.Close() != nil {
		t.Fatal("the archive cannot be closed")
	}
	dir := written(t, map[string]string{"shop.tgz": packed.String()})
	if r := renders(t, "helm", filepath.Join(dir, "shop.tgz")); !r.done || r.texts["templates/web.yaml"] == "" {
		t.Errorf("%+v", r)
	}
}

func TestChartsAskNobody(t *testing.T) {
	outside := written(t, map[string]string{"secret": "Xq7canary"})
	dir := chartWith(t, `a: "{{ getHostByName "localhost" }}"
b: {{ lookup "v1" "Secret" "kube-system" "x" | toJson }}
c: "{{ .Files.Get "`+filepath.ToSlash(outside)+`/secret" }}{{ .Files.Get "../secret" }}"
d: "{{ env "HOME" | default "" }}"
`)
	r := renders(t, "helm", dir)
	if len(r.problems) != 1 || !strings.Contains(r.problems[0].Why, `function "env" not defined`) {
		t.Errorf("the environment can be asked: %+v", r)
	}
	if err := os.WriteFile(filepath.Join(dir, "templates", "x.yaml"), []byte(strings.Replace(r0(t, dir), `d: "{{ env "HOME" | default "" }}"`, "", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "templates", "s.yaml")); err != nil {
		t.Skip(err)
	}
	r = renders(t, "helm", dir)
	if got := strings.TrimSpace(r.texts["templates/x.yaml"]); got != "a: \"\"\nb: {}\nc: \"\"" {
		t.Errorf("the text is %s", got)
	}
	if len(r.texts) != 1 || len(r.problems) != 1 || r.problems[0].File != "templates/s.yaml" {
		t.Errorf("the link was followed: %+v", r)
	}
}

func r0(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "templates", "x.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatIsWrongWithAChartIsLocated(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  located
	}{
		"an unknown function": {map[string]string{"templates/x.yaml": "a: b\nc: {{ nosuch }}\n"}, located{"templates/x.yaml", 2, `function "nosuch" not defined`}},
		"an open action":      {map[string]string{"templates/x.yaml": "a: {{ .Values\n"}, located{"templates/x.yaml", 1, "unclosed action"}},
		"a value of nothing":  {map[string]string{"templates/x.yaml": "\n\na: {{ .Values.a.b }}\n"}, located{"templates/x.yaml", 3, "nil pointer"}},
		"a value required":    {map[string]string{"templates/x.yaml": `a: {{ required "say who" .Values.a }}`}, located{"templates/x.yaml", 1, "say who"}},
		"in a subchart": {
			map[string]string{"charts/db/Chart.yaml": strings.Replace(chartYAML, "shop", "db", 1), "charts/db/templates/y.yaml": "a:\n  {{ nosuch }}\n"},
			located{"charts/db/templates/y.yaml", 2, "nosuch"},
		},
		"recursion":        {map[string]string{"templates/x.yaml": "{{ define \"a\" }}{{ template \"a\" }}{{ end }}\n{{ template \"a\" }}\n"}, located{"templates/x.yaml", 1, "call each other without end"}},
		"broken values":    {map[string]string{"values.yaml": "a: b\nc: [\n"}, located{"values.yaml", 2, "it is not valid YAML: did not find"}},
		"no name":          {map[string]string{"Chart.yaml": "apiVersion: v2\n"}, located{"Chart.yaml", 0, "Helm would refuse the chart: chart.metadata.name is required"}},
		"a dependency":     {map[string]string{"Chart.yaml": chartYAML + "dependencies: [{name: redis, version: 1.x, repository: x}]\n"}, located{"Chart.yaml", 0, "redis is not in charts/"}},
		"a value of text":  {map[string]string{"templates/x.yaml": "a:\n{{ range .Values.a }}{{ end }}", "values.yaml": "a: Xq7canary\n"}, located{"templates/x.yaml", 2, "at <.Values.a>: range can't iterate over it"}},
		"values in a list": {map[string]string{"values.yaml": "- Xq7canary\n"}, located{"values.yaml", 0, "it must be a map"}},
		"no version":       {map[string]string{"Chart.yaml": "apiVersion: v2\nname: shop\nversion: one\n"}, located{"Chart.yaml", 0, `chart.metadata.version "one" is invalid`}},
		"no such template": {map[string]string{"templates/x.yaml": "\n{{ include \"no.such\" . }}"}, located{"templates/x.yaml", 2, `there is no template called "no.such"`}},
		"a looping import": {map[string]string{"templates/x.yaml": "{{ include \"b\" . }}{{ define \"b\" }}{{ include \"b\" . }}{{ end }}"}, located{"templates/x.yaml", 1, "call each other without end"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"Chart.yaml": chartYAML}
			for name, text := range c.files {
				files[name] = text
			}
			r := renders(t, "helm", written(t, files))
			if len(r.problems) != 1 || !r.done || r.code != 0 {
				t.Fatalf("%+v", r)
			}
			if got := r.problems[0]; got.File != c.want.File || got.Line != c.want.Line || !strings.Contains(got.Why, c.want.Why) || strings.Contains(got.Why, "canary") {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	r := renders(t, "-values=no/such.yaml", "helm", chartWith(t, "a: b\n"))
	if len(r.problems) != 1 || r.problems[0].File != "no/such.yaml" || !r.problems[0].Request {
		t.Errorf("%+v", r.problems)
	}
}

func TestMemoryIsLimited(t *testing.T) {
	for name, template := range map[string]string{
		"at once":   `a: {{ repeat 10000000000 "x" }}`,
		"by and by": `{{- $a := "xxxxxxxxxxxxxxxx" }}{{ range until 40 }}{{ $a = printf "%s%s" $a $a }}{{ end }}a: {{ $a }}`,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			r := renders(t, "-memory=400000000", "helm", chartWith(t, template))
			if r.done || r.code == 0 || !saysMemory(r.errors) {
				t.Errorf("it ended with code %d, done %v: %.400s", r.code, r.done, r.errors)
			}
			t.Log(time.Since(start))
		})
	}
}

// saysMemory reports whether a run ended because the system gave it no more memory, as merlon tells it.
func saysMemory(stderr string) bool {
	for _, sign := range []string{"out of memory", "cannot allocate memory", "failed to create new OS thread", "pthread_create failed"} {
		if strings.Contains(stderr, sign) {
			return true
		}
	}
	return false
}

const (
	baseYAML = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      hostPID: true\n      containers:\n      - name: web\n        image: nginx\n"
	patch    = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME}\nspec: {replicas: 3}\n"
)

func TestKustomization(t *testing.T) {
	dir := written(t, map[string]string{
		"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": baseYAML,
		"prod/kustomization.yaml": "namePrefix: p-\nresources: [../base]\npatches: [{path: p.yaml}]\n", "prod/p.yaml": strings.Replace(patch, "NAME", "web", 1),
	})
	r := renders(t, "kustomize", filepath.Join(dir, "prod"))
	text := r.texts["../base/web.yaml"]
	if !r.done || len(r.problems) > 0 || !strings.Contains(text, "name: p-web") || !strings.Contains(text, "replicas: 3") || strings.Contains(text, "annotations") {
		t.Fatalf("%+v", r)
	}
	for i, line := range strings.Split(text, "\n") {
		if at := r.lines["../base/web.yaml"][i]; strings.Contains(line, "hostPID") && at != 8 || strings.Contains(line, "image") && at != 11 {
			t.Errorf("%q is said to be on line %d", line, at)
		}
	}
}

func TestWhatIsWrongWithAKustomizationIsLocated(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want located
	}{
		"a remote base":         {"resources:\n- web.yaml\n- https://example.com/x//y?ref=v1\n", located{"kustomization.yaml", 3, "on the network"}},
		"a base by ssh":         {"resources:\n- git@example.com:x/y.git\n", located{"kustomization.yaml", 2, "on the network"}},
		"a base by host":        {"resources: [github.com/x/y]\n", located{"kustomization.yaml", 1, "on the network"}},
		"Helm charts":           {"helmCharts:\n- name: x\n", located{"kustomization.yaml", 2, "helm"}},
		"a patch for nobody":    {"resources: [web.yaml]\npatches:\n- path: p.yaml\n", located{"kustomization.yaml", 3, "a patch is for Deployment webb, which is not there: there is web"}},
		"a file that is none":   {"resources: [no.yaml]\n", located{"kustomization.yaml", 0, "no such file"}},
		"a file outside":        {"configMapGenerator: [{name: a, files: [../outside]}]\n", located{"kustomization.yaml", 0, "not in or below"}},
		"a plugin":              {"resources: [web.yaml]\ntransformers: [t.yaml]\n", located{"kustomization.yaml", 0, "plugins disabled"}},
		"what is no YAML":       {"resources: [a\n", located{"kustomization.yaml", 1, "did not find"}},
		"a patch of no path":    {"resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: '[{op: replace, path: /spec/no/such, value: 1}]'\n", located{"kustomization.yaml", 3, "unable to parse SM or JSON patch"}},
		"a path of no field":    {"resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: '[{\"op\": \"replace\", \"path\": \"/spec/no/such\", \"value\": 1}]'\n", located{"kustomization.yaml", 0, "/spec/no/such"}},
		"a schema of elsewhere": {"resources: [web.yaml]\nopenapi: {path: 'https://example.com/schema.json'}\n", located{"kustomization.yaml", 2, "network"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := written(t, map[string]string{
				"outside": "Xq7canary", "k/kustomization.yaml": c.text, "k/web.yaml": baseYAML, "k/p.yaml": strings.Replace(patch, "NAME", "webb", 1),
				"k/t.yaml": "apiVersion: v1\nkind: Any\nmetadata: {name: a, annotations: {config.kubernetes.io/function: 'exec: {path: /bin/true}'}}\n",
			})
			r := renders(t, "kustomize", filepath.Join(dir, "k"))
			if len(r.problems) != 1 || !r.done || len(r.texts) > 0 {
				t.Fatalf("%+v", r)
			}
			if got := r.problems[0]; got.File != c.want.File || got.Line != c.want.Line || !strings.Contains(got.Why, c.want.Why) || strings.Contains(got.Why, dir) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func FuzzAlign(f *testing.F) {
	f.Add("a: b\nc: d\n", "a: {{ .b }}\nc: d\n")
	f.Add("x\n---\nx\n", "x\n---\ny\n")
	f.Fuzz(func(t *testing.T, rendered, source string) {
		for _, lines := range [][]int{align(rendered, source), alignKeys(rendered, source)} {
			if lines != nil && len(lines) != strings.Count(rendered, "\n")+1 {
				t.Fatalf("%d lines for %q", len(lines), rendered)
			}
			for _, line := range lines {
				if line < 0 || line > strings.Count(source, "\n")+1 {
					t.Fatalf("line %d of %q", line, source)
				}
			}
		}
	})
}
