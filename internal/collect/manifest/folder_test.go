//go:build unix

package manifest_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
)

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func TestFolders(t *testing.T) {
	const complete, partial, failed = inventory.StatusComplete, inventory.StatusPartial, inventory.StatusFailed
	web, other := "d/a.yaml:1 default/Pod/web", "d/sub/b.yml:1 default/Service/web"
	for _, c := range []struct {
		name    string
		files   map[string]string
		prepare func(t *testing.T)
		limits  manifest.Limits
		path    string
		objects []string
		status  inventory.SourceStatus
		notes   []string
	}{
		{name: "sorted, with what is below", files: map[string]string{"d/a.yaml": pod, "d/sub/b.yml": service, "d/z.json": otherJSON}, objects: []string{web, other, "d/z.json:1 default/Pod/other"}, status: complete},
		{name: "hidden files and folders and README.md in silence", files: map[string]string{"d/a.yaml": pod, "d/.git/x.yaml": "[", "d/.hidden.yaml": "[", "d/README.md": "[", "d/Makefile": ""}, objects: []string{web}, status: complete},
		{name: "what looks as if it held manifests is named", files: map[string]string{"d/a.yaml": pod, "d/b.yaml.tmpl": "x", "d/c.tgz": "x"}, objects: []string{web}, status: complete, notes: []string{"d/b.yaml.tmpl, d/c.tgz: not read because of the name"}},
		{name: "values and charts are no errors", files: map[string]string{"d/a.yaml": pod, "d/values.yaml": "a: 1", "d/Chart.yaml": "apiVersion: v2\nname: x\n"}, objects: []string{web}, status: complete, notes: []string{"d/Chart.yaml:1, d/values.yaml:1: passed over: 2 documents are neither Kubernetes objects"}},
		{name: "many of them are counted", files: map[string]string{"d/a.yaml": pod, "d/1.yaml": "a: 1", "d/2.yaml": "a: 1", "d/3.yaml": "a: 1", "d/4.yaml": "a: 1", "d/5.yaml": "a: 1", "d/6.yaml": "a: 1"}, objects: []string{web}, status: complete, notes: []string{"d/5.yaml:1 and 1 more: passed over: 6 documents"}},
		{name: "nothing in it", prepare: func(t *testing.T) { _ = os.Mkdir("d", 0o755) }, status: complete, notes: []string{"d: there is no Kubernetes object and no AWS resource in it"}},
		{name: "a kustomization", files: map[string]string{"d/a.yaml": pod, "d/kustomization.yaml": "resources: [a.yaml]\n"}, objects: []string{web}, status: complete, notes: []string{"d: there is a kustomization, which was not applied: the files were read as they stand. To see what it makes: kustomize build d | merlon scan -"}},
		{name: "a missing path", status: failed, notes: []string{"d: there is no such file or folder"}},
		{name: "a link to a file that is read anyway", files: map[string]string{"d/a.yaml": pod}, prepare: func(t *testing.T) { link(t, "a.yaml", "d/b.yaml"); link(t, ".", "d/loop") }, objects: []string{web}, status: complete},
		{name: "links as a mounted ConfigMap has them", files: map[string]string{"d/..1/a.yaml": pod, "d/..1/sub/b.yml": service}, prepare: func(t *testing.T) {
			link(t, "..1", "d/..data")
			link(t, "..data/a.yaml", "d/a.yaml")
			link(t, "..data/sub", "d/sub")
			link(t, "..data/sub", "d/sub2")
		}, objects: []string{web, other}, status: complete},
		{name: "links in a circle below a hidden folder", files: map[string]string{"d/.h/a.yaml": pod}, prepare: func(t *testing.T) { link(t, ".h", "d/x"); link(t, "../.h", "d/.h/y"); link(t, "..", "d/.h/z") }, objects: []string{"d/x/a.yaml:1 default/Pod/web"}, status: complete},
		{name: "links to themselves", files: map[string]string{"d/a.yaml": pod}, prepare: func(t *testing.T) { link(t, "x.yaml", "d/x.yaml"); link(t, "none", "d/dangling") }, objects: []string{web}, status: partial, notes: []string{"d/x.yaml: it is a symbolic link that leads nowhere"}},
		{name: "links out of the folder", files: map[string]string{"d/a.yaml": pod, "out/b.yaml": service}, prepare: func(t *testing.T) { link(t, "../out", "d/out"); link(t, "../out/b.yaml", "d/b.yaml") }, objects: []string{web}, status: partial, notes: []string{"d/b.yaml: it is a symbolic link that leads out", "d/out: it is a symbolic link that leads out"}},
		{name: "a link given as the path", files: map[string]string{"real/a.yaml": pod}, prepare: func(t *testing.T) { link(t, "real", "d") }, objects: []string{web}, status: complete},
		{name: "a named pipe and a socket", files: map[string]string{"d/a.yaml": pod}, prepare: func(t *testing.T) {
			if err := syscall.Mkfifo("d/b.yaml", 0o600); err != nil {
				t.Skip(err)
			}
			if l, err := net.Listen("unix", "d/c.yaml"); err == nil {
				t.Cleanup(func() { _ = l.Close() })
			} else {
				t.Skip(err)
			}
		}, objects: []string{web}, status: partial, notes: []string{"d/b.yaml: it is a named pipe, which is not opened", "d/c.yaml: it is a socket"}},
		{name: "a named pipe given as the path", prepare: func(t *testing.T) {
			if err := syscall.Mkfifo("d", 0o600); err != nil {
				t.Skip(err)
			}
		}, status: failed, notes: []string{"d: it is a named pipe"}},
		{name: "a device", path: "/dev/zero", status: failed, notes: []string{"/dev/zero: it is a device"}},
		{name: "too deep", files: map[string]string{"d/a.yaml": pod, "d/1/2/3/b.yaml": service}, limits: manifest.Limits{Folders: 2}, objects: []string{web}, status: partial, notes: []string{"d/1/2/3: folders are nested more than 2 deep"}},
		{name: "too many names", files: map[string]string{"d/a.yaml": pod, "d/b.yaml": pod, "d/s/c.yaml": service}, limits: manifest.Limits{Files: 3}, objects: []string{web, "d/b.yaml:1 default/Pod/web"}, status: partial, notes: []string{"d: the folder has more than 3 names"}},
		{name: "a folder named like a file", files: map[string]string{"d/x.yaml/a.yaml": pod}, objects: []string{"d/x.yaml/a.yaml:1 default/Pod/web"}, status: complete},
		{name: "without permission", files: map[string]string{"d/a.yaml": pod, "d/b.yaml": pod, "d/s/c.yaml": service}, prepare: func(t *testing.T) {
			if os.Geteuid() == 0 {
				t.Skip("root may read everything")
			}
			_ = os.Chmod("d/b.yaml", 0)
			_ = os.Chmod("d/s", 0)
			t.Cleanup(func() { _ = os.Chmod("d/s", 0o755) })
		}, objects: []string{web}, status: partial, notes: []string{"d/b.yaml: permission denied", "d/s: permission denied"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, c.files)
			if c.prepare != nil {
				c.prepare(t)
			}
			if c.path == "" {
				c.path = "d"
			}
			check(t, read(t, manifest.Options{Paths: []string{c.path}, Limits: c.limits}), c.objects, c.status, c.notes...)
		})
	}
}

func TestTemplates(t *testing.T) {
	const broken = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n"
	for _, c := range []struct {
		name    string
		files   map[string]string
		path    string
		objects []string
		notes   []string
	}{
		{
			"a chart is named once",
			map[string]string{"charts/web/Chart.yaml": "apiVersion: v2\nname: \"web-app\"\n", "charts/web/values.yaml": "a: 1\n", "charts/web/templates/a.yaml": broken, "charts/web/templates/b.yaml": "{{- if .Values.x }}\n" + pod + "{{- end }}\n", "charts/web/templates/sub/c.yaml": strings.Replace(pod, "nginx", "\"{{ .Values.image }}\"", 1), "charts/web/crds/d.yaml": pod},
			"charts",
			[]string{"charts/web/crds/d.yaml:1 default/Pod/web"},
			[]string{"charts/web: it looks like a Helm chart that was not rendered; 3 templates of it were not read. Render it: helm template web-app charts/web | merlon scan -", "passed over"},
		},
		{
			"one template of a chart",
			map[string]string{"my web/Chart.yaml": "name: [x\n", "my web/templates/a.yaml": broken},
			"my web/templates/a.yaml", nil,
			[]string{"my web: it looks like a Helm chart that was not rendered; 1 template of it was not read. Render it: helm template release 'my web' | merlon scan -"},
		},
		{
			"a template without a chart",
			map[string]string{"a.yaml": broken},
			"a.yaml", nil,
			[]string{"a.yaml:4: it looks like a template ({{ … }}) that was not rendered"},
		},
		{"a template in JSON", map[string]string{"a.json": "{\"a\": {{ .Values.x }}}"}, "a.json", nil, []string{"a.json:1: it looks like a template"}},
		{
			"a folder within a chart, given as .",
			map[string]string{"Chart.yaml": "name: web\n", "templates/a.yaml": broken},
			".", nil,
			[]string{".: it looks like a Helm chart that was not rendered; 1 template of it was not read. Render it: helm template web . | merlon scan -", "passed over"},
		},
		{
			"braces for others are no template",
			map[string]string{"a.yaml": "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: r, namespace: ns}\nspec: {a: \"{{ $labels.pod }} {{ .Values }}\"}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"{{ .Values.x }}\"}\n"},
			"a.yaml",
			[]string{"a.yaml:1 ns/PrometheusRule/r", "a.yaml:6 default/ConfigMap/c"},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, c.files)
			status := inventory.StatusPartial
			switch {
			case len(c.notes) == 0:
				status = inventory.StatusComplete
			case c.objects == nil:
				status = inventory.StatusFailed
			}
			check(t, read(t, manifest.Options{Paths: []string{c.path}}), c.objects, status, c.notes...)
		})
	}
}
