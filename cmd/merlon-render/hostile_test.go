package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// packaged is a chart as an archive, with one file more of so many bytes.
func packaged(t *testing.T, name string, padding int64) string {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	add := func(file string, size int64, text io.Reader) {
		if err := archive.WriteHeader(&tar.Header{Name: name + "/" + file, Mode: 0o600, Size: size}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(archive, text, size); err != nil {
			t.Fatal(err)
		}
	}
	yaml := strings.Replace(chartYAML, "shop", name, 1)
	add("Chart.yaml", int64(len(yaml)), strings.NewReader(yaml))
	add("templates/a.yaml", 5, strings.NewReader("a: b\n"))
	add("padding", padding, hashes{})
	if archive.Close() != nil || zipped.Close() != nil {
		t.Fatal("the archive cannot be closed")
	}
	return packed.String()
}

// hashes is an endless comment.
type hashes struct{}

// Read implements [io.Reader].
func (hashes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}

func TestArchivesThatUnpackToTooMuch(t *testing.T) {
	dir := written(t, map[string]string{"Chart.yaml": chartYAML, "templates/x.yaml": "a: b\n", "charts/db-1.0.0.tgz": packaged(t, "db", 10)})
	if r := renders(t, "helm", dir); len(r.problems) > 0 || r.texts["charts/db/templates/a.yaml"] == "" {
		t.Errorf("a dependency in an archive is not rendered: %+v", r)
	}
	dir = written(t, map[string]string{"Chart.yaml": chartYAML, "templates/x.yaml": "a: b\n", "charts/db-1.0.0.tgz": packaged(t, "db", 101<<20)})
	r := renders(t, "helm", dir)
	if len(r.problems) != 1 || r.problems[0].File != "charts/db-1.0.0.tgz" || !strings.Contains(r.problems[0].Why, "unpacks to more than 100 MiB") {
		t.Errorf("%+v", r.problems)
	}
	dir = written(t, map[string]string{"shop.tgz": packaged(t, "shop", 101<<20)})
	r = renders(t, "helm", filepath.Join(dir, "shop.tgz"))
	if len(r.problems) != 1 || r.problems[0].File != "" || !strings.Contains(r.problems[0].Why, "unpacks to more than 100 MiB") {
		t.Errorf("%+v", r.problems)
	}
	many := map[string]string{"Chart.yaml": chartYAML}
	large := packaged(t, "db", 90<<20)
	for i := range 8 {
		many[fmt.Sprintf("charts/db%d.tgz", i)] = large
	}
	if r := renders(t, "-memory=400000000", "helm", written(t, many)); r.done || !saysMemory(r.errors) {
		t.Errorf("it ended with code %d, done %v: %+v", r.code, r.done, r.problems)
	}
}

func TestLinksOutOfAChartAreNotFollowed(t *testing.T) {
	outside := written(t, map[string]string{"secret.yaml": "a: Xq7canary\n", "charts/db/Chart.yaml": strings.Replace(chartYAML, "shop", "db", 1), "charts/db/templates/y.yaml": "a: Xq7canary\n"})
	dir := written(t, map[string]string{"Chart.yaml": chartYAML, "templates/x.yaml": `a: "{{ .Files.Get "files/secret.yaml" }}{{ .Values.a }}"`, "real.yaml": "c: d\n"})
	for link, target := range map[string]string{
		"values.yaml": filepath.Join(outside, "secret.yaml"), "templates/s.yaml": filepath.Join(outside, "secret.yaml"),
		"charts": filepath.Join(outside, "charts"), "files": outside, "templates/inside.yaml": "../real.yaml", "templates/up.yaml": "../../../../../../../../etc/passwd",
	} {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			t.Skip(err)
		}
	}
	r := renders(t, "helm", dir)
	var named []string
	for _, p := range r.problems {
		if strings.Contains(p.Why, "symbolic link") {
			named = append(named, p.File)
		}
	}
	if got := strings.Join(named, " "); got != "charts files templates/s.yaml templates/up.yaml values.yaml" {
		t.Errorf("it names %s", got)
	}
	if r.texts["templates/x.yaml"] != `a: ""` || r.texts["templates/inside.yaml"] != "c: d\n" || len(r.texts) != 2 {
		t.Errorf("it gives %q", r.texts)
	}
}

func TestNothingIsFetched(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = io.WriteString(w, baseYAML) // the client sees to its errors
	}))
	defer server.Close()
	at := server.URL + "/x.yaml"
	kustomization := map[string]string{
		"resource":  "resources: [web.yaml, '" + at + "']\n",
		"component": "resources: [web.yaml]\ncomponents: ['" + at + "']\n",
		"patch":     "resources: [web.yaml]\npatches:\n- path: '" + at + "'\n",
		"schema":    "resources: [web.yaml]\nopenapi: {path: '" + at + "'}\n",
		"generator": "resources: [web.yaml]\nconfigMapGenerator: [{name: a, files: ['" + at + "']}]\n",
		"transform": "resources: [web.yaml]\ntransformers: ['" + at + "']\n",
	}
	for name, text := range kustomization {
		t.Run(name, func(t *testing.T) {
			r := renders(t, "kustomize", written(t, map[string]string{"kustomization.yaml": text, "web.yaml": baseYAML}))
			if len(r.texts) > 0 || len(r.problems) != 1 || r.problems[0].File != "kustomization.yaml" || r.problems[0].Line == 0 ||
				!strings.Contains(r.problems[0].Why, "on the network, which Merlon does not fetch; render it yourself: kustomize build") {
				t.Errorf("%+v", r)
			}
		})
	}
	r := renders(t, "helm", written(t, map[string]string{
		"Chart.yaml":         chartYAML + "dependencies: [{name: db, version: 1.x, repository: '" + server.URL + "'}]\n",
		"values.schema.json": `{"$ref": "` + at + `"}`, "templates/x.yaml": `a: "{{ getHostByName "localhost" }}"`,
	}))
	if r.texts["templates/x.yaml"] != `a: ""` || len(r.problems) != 1 || len(r.notes) != 1 {
		t.Errorf("%+v", r)
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("it made %d requests", n)
	}
}

func TestAProblemRepeatsNoPatch(t *testing.T) {
	r := renders(t, "kustomize", written(t, map[string]string{"web.yaml": baseYAML, "kustomization.yaml": "resources: [web.yaml]\npatches:\n- patch: |\n    password: Xq7canary\n    a: [\n"}))
	if len(r.problems) != 1 || strings.Contains(r.problems[0].Why, "canary") {
		t.Errorf("%+v", r.problems)
	}
}
