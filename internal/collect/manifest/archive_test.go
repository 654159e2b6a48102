package manifest_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

func tarOf(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		h := &tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name])), Typeflag: tar.TypeReg}
		if target, ok := strings.CutPrefix(files[name], "->"); ok {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, target, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := io.WriteString(w, files[name]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func targz(t testing.TB, files map[string]string) []byte { return zipped(t, tarOf(t, files)) }

func TestArchives(t *testing.T) {
	const complete, partial, failed = inventory.StatusComplete, inventory.StatusPartial, inventory.StatusFailed
	inside := map[string]string{"k/a.yaml": "\n" + pod, "k/README.md": "x", "k/.git/b.yaml": service}
	for _, c := range []struct {
		name, file string
		data       []byte
		limits     manifest.Limits
		objects    []string
		status     inventory.SourceStatus
		notes      []string
	}{
		{name: "tar", file: "a.tar", data: tarOf(t, inside), objects: []string{"a.tar!k/a.yaml:2 default/Pod/web"}, status: complete},
		{name: "tar.gz", file: "a.tar.gz", data: targz(t, inside), objects: []string{"a.tar.gz!k/a.yaml:2 default/Pod/web"}, status: complete},
		{name: "an archive that is not called one", file: "backup", data: targz(t, inside), objects: []string{"backup!k/a.yaml:2 default/Pod/web"}, status: complete},
		{name: "a compressed manifest", file: "a.yaml.gz", data: zipped(t, []byte(pod)), objects: []string{"a.yaml.gz:1 default/Pod/web"}, status: complete},
		{name: "names that lead out of it", file: "a.tar", data: tarOf(t, map[string]string{"../../../etc/a.yaml": pod, "/abs/b.yaml": service}), objects: []string{"a.tar!etc/a.yaml:1 default/Pod/web", "a.tar!abs/b.yaml:1 default/Service/web"}, status: complete},
		{name: "links", file: "a.tar", data: tarOf(t, map[string]string{"a.yaml": pod, "b.yaml": "->/etc/passwd"}), objects: []string{"a.tar!a.yaml:1 default/Pod/web"}, status: complete},
		{name: "an archive in it", file: "a.tar", data: tarOf(t, map[string]string{"a.yaml": pod, "b.tgz": "x"}), objects: []string{"a.tar!a.yaml:1 default/Pod/web"}, status: complete, notes: []string{"a.tar!b.tgz: not read because of the name"}},
		{name: "nothing in it", file: "a.tar", data: tarOf(t, map[string]string{"x.md": "x"}), status: complete, notes: []string{"a.tar: there is no Kubernetes object"}},
		{name: "cut short", file: "a.tgz", data: targz(t, map[string]string{"a.yaml": pod + strings.Repeat("# x\n", 9), "b.yaml": service})[:180], objects: []string{"a.tgz!a.yaml:1 default/Pod/web"}, status: partial, notes: []string{"a.tgz!b.yaml: the file ends before", "a.tgz: the file ends before"}},
		{name: "not an archive after all", file: "a.tar", data: bytes.Repeat([]byte("x"), 2000), status: failed, notes: []string{"a.tar: it cannot be read: the archive is damaged"}},
		{name: "a bomb", file: "a.tgz", data: targz(t, map[string]string{"a.yaml": pod, "b.bin": strings.Repeat("\x00", 1<<20)}), limits: manifest.Limits{Expansion: 64 << 10}, objects: []string{"a.tgz!a.yaml:1 default/Pod/web"}, status: partial, notes: []string{"a.tgz: the archive, unpacked, is larger than 64 KiB"}},
		{name: "a bomb of one file", file: "a.tgz", data: targz(t, map[string]string{"a.yaml": pod, "b.yaml": strings.Repeat("#\n", 1<<19)}), limits: manifest.Limits{File: 32 << 10}, objects: []string{"a.tgz!a.yaml:1 default/Pod/web"}, status: partial, notes: []string{"a.tgz!b.yaml: the file is larger than 32 KiB"}},
		{name: "too many names", file: "a.tgz", data: targz(t, map[string]string{"a.yaml": pod, "b.yaml": service}), limits: manifest.Limits{Files: 1}, objects: []string{"a.tgz!a.yaml:1 default/Pod/web"}, status: partial, notes: []string{"a.tgz: the archive has more than 1 names"}},
		{
			name: "a packaged chart", file: "web-1.2.tgz", data: targz(t, map[string]string{"web/Chart.yaml": "name: web\n", "web/templates/a.yaml": "a: {{ .Values.x }}\n", "web/templates/b.yaml": "{{- if .Values.y }}\na: b\n{{- end }}\n"}), status: failed,
			notes: []string{"web-1.2.tgz: it looks like a Helm chart that was not rendered; 2 templates of it were not read. Render it: helm template web web-1.2.tgz | merlon scan -", "passed over"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{c.file: string(c.data)})
			check(t, read(t, manifest.Options{Paths: []string{c.file}, Limits: c.limits}), c.objects, c.status, c.notes...)
		})
	}
}

func TestASparseEntryThatClaimsMoreThanItHoldsIsStopped(t *testing.T) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	// The PAX 1.0 sparse form (GNU tar manual, "Storing Sparse Files"): one piece of no data behind a hole of 1 TiB. The
	// writer refuses such records, so they get their names afterwards.
	body := "1\n1099511627776\n0\n"
	body += strings.Repeat("\x00", 512-len(body))
	if err := w.WriteHeader(&tar.Header{Name: "a.yaml", Mode: 0o600, Size: int64(len(body)), Typeflag: tar.TypeReg, PAXRecords: map[string]string{
		"MRL.sparse.major": "1", "MRL.sparse.minor": "0", "MRL.sparse.name": "a.yaml", "MRL.sparse.realsize": "1099511627776",
	}}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, body); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	folder(t, map[string]string{"a.tar": strings.ReplaceAll(out.String(), "MRL.sparse", "GNU.sparse")})
	res := read(t, manifest.Options{Paths: []string{"a.tar"}, Limits: manifest.Limits{Expansion: 1 << 20, List: 1 << 16, Document: 1 << 16}})
	check(t, res, nil, inventory.StatusFailed, "a.tar!a.yaml: the archive is larger than 1 MiB")
}

func TestASnapshotKeepsItsClusterAndWhatWasNotAssessed(t *testing.T) {
	folder(t, map[string]string{"a.yaml": pod})
	first := read(t, manifest.Options{Paths: []string{"a.yaml"}, Cluster: "prod"})
	taken := []inventory.Source{{Kind: "kubernetes", Name: "ctx", Status: inventory.StatusPartial, NotAssessed: []inventory.NotRead{{What: "secrets", Why: "forbidden"}}, Cluster: "prod", Complete: []inventory.Type{k8s.Pod}}}
	var file bytes.Buffer
	if err := inventory.WriteSnapshot(&file, inventory.Header{}, inventory.NewView(taken, first.Resources)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"s.merlon", "-"} {
		writeFile(t, "s.merlon", file.String())
		res := read(t, manifest.Options{Paths: []string{path}, Stdin: bytes.NewReader(file.Bytes()), Cluster: "other"})
		check(t, res, []string{"a.yaml:1 default/Pod/web"}, inventory.StatusPartial, "ctx: secrets: forbidden")
		if r := res.Resources[0]; r.Cluster != "prod" || r.Spec == nil {
			t.Errorf("resource is %+v", r)
		}
		if s := res.Sources[0]; s.Kind != "snapshot" || s.Name != path || !inventory.NewView(res.Sources, nil).Closed("prod", k8s.Pod) {
			t.Errorf("source is %+v", s)
		}
	}
	cut := file.Bytes()[:file.Len()/2]
	res := read(t, manifest.Options{Paths: []string{"-"}, Stdin: bytes.NewReader(cut)})
	check(t, res, nil, inventory.StatusFailed, "cut short")
}
