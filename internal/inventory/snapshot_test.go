package inventory_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// read makes resources of YAML documents, as a collector does.
func read(t testing.TB, documents ...string) []*inventory.Resource {
	t.Helper()
	var resources []*inventory.Resource
	for i, doc := range documents {
		var tr tree.Tree
		if err := tree.DecodeYAML(&tr, []byte(doc), 1+100*i, tree.Limits{}); err != nil {
			t.Fatal(err)
		}
		r, ok := k8s.Identify("files", tr.Root())
		if !ok {
			t.Fatalf("document %d is not an object", i)
		}
		k8s.Sanitize(tr.Root())
		r.Origin = inventory.Origin{File: "shop.yaml", Line: tr.Root().Line()}
		r.Made = inventory.Made{By: inventory.MadeByHelm, From: "shop"}
		r.SetObject(tr.Root().AppendJSON(nil), tr.Root().AppendLines(nil))
		k8s.Project(r, tr.Root())
		resources = append(resources, r)
	}
	return resources
}

func view(t testing.TB, documents ...string) *inventory.View {
	t.Helper()
	sources := []inventory.Source{{Kind: "files", Name: "shop.yaml", Status: inventory.StatusComplete, NotAssessed: []inventory.NotRead{}}}
	return inventory.NewView(sources, read(t, documents...), k8s.Relate)
}

func podYAML(name string) string {
	return `apiVersion: v1
kind: Pod
metadata: {name: ` + name + `, namespace: shop, labels: {app: ` + name + `}}
spec:
  serviceAccountName: runner
  containers:
  - name: app
    image: registry.example/app:1
    env:
    - {name: DB_PASSWORD, value: kestrel-canary-91}
    securityContext:
      privileged: true
`
}

func snapshotOf(t testing.TB, v *inventory.View) []byte {
	t.Helper()
	var out bytes.Buffer
	h := inventory.Header{Tool: inventory.Tool{Version: "1.2.3"}, TakenAt: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
	if err := inventory.WriteSnapshot(&out, h, v); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSnapshotGivesBackWhatWasWritten(t *testing.T) {
	before := view(t, podYAML("web"), podYAML("api"))
	h, resources, err := inventory.ReadSnapshot(bytes.NewReader(snapshotOf(t, before)), k8s.Project)
	if err != nil {
		t.Fatal(err)
	}
	after := inventory.NewView(h.Sources, resources, k8s.Relate)
	if c := inventory.Diff(before, after); len(c.Added)+len(c.Removed)+len(c.Changed) > 0 {
		t.Errorf("the snapshot changed the view: %+v", c)
	}
	uid := inventory.KubernetesUID("files", "", "Pod", "shop", "web")
	if diff := cmp.Diff(before.Get(uid).Spec, after.Get(uid).Spec); diff != "" {
		t.Errorf("the projection differs (-before +after):\n%s", diff)
	}
	path := "$.spec.containers[0].securityContext.privileged"
	if got, want := after.Locate(uid, path), (inventory.Origin{File: "shop.yaml", Line: 12}); got != want {
		t.Errorf("Locate = %v, want %v", got, want)
	}
	if got, want := after.Get(uid).Made, before.Get(uid).Made; got != want {
		t.Errorf("it is made by %v, want %v", got, want)
	}
	if h.Tool.Version != "1.2.3" || len(h.Clusters) != 1 || h.Clusters[0] != "files" {
		t.Errorf("header = %+v", h)
	}
}

func TestSnapshotIsTheSameForTheSameView(t *testing.T) {
	a := snapshotOf(t, view(t, podYAML("web"), podYAML("api")))
	b := snapshotOf(t, view(t, podYAML("web"), podYAML("api")))
	if !bytes.Equal(a, b) {
		t.Error("two snapshots of the same view differ")
	}
}

func TestSnapshotHoldsNoValue(t *testing.T) {
	raw, err := zstdDecode(snapshotOf(t, view(t, podYAML("web"))))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("kestrel-canary")) {
		t.Errorf("the value of an environment variable is in the snapshot:\n%s", raw)
	}
}

func TestSnapshotCutShortAtAnyByteIsAnError(t *testing.T) {
	whole := snapshotOf(t, view(t, podYAML("web"), podYAML("api")))
	for n := range len(whole) {
		if _, _, err := inventory.ReadSnapshot(bytes.NewReader(whole[:n]), k8s.Project); err == nil {
			t.Fatalf("the first %d of %d bytes were taken for a complete snapshot", n, len(whole))
		}
	}
}

func TestSnapshotCutShortAtAnyLineIsAnError(t *testing.T) {
	raw, err := zstdDecode(snapshotOf(t, view(t, podYAML("web"), podYAML("api"))))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(raw), "\n")
	for n := 1; n < len(lines)-1; n++ {
		_, _, err := inventory.ReadSnapshot(zstdEncode(t, strings.Join(lines[:n], "")), k8s.Project)
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "cut short") {
			t.Errorf("after %d lines: error %v does not say that the file is cut short", n, err)
		}
	}
}

func TestSnapshotThatIsNotWholeSaysSo(t *testing.T) {
	raw, err := zstdDecode(snapshotOf(t, view(t, podYAML("web"), podYAML("api"))))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, c := range []struct{ name, text, want string }{
		{"a newer schema", strings.Replace(text, "snapshot/v1", "snapshot/v2", 1), "at least as new as the writer"},
		{"something else", `{"schema":"other/v1"}` + "\n", "not a Merlon snapshot"},
		{"no lines", "", "not a Merlon snapshot"},
		{"a changed byte", strings.Replace(text, "registry.example", "registry.evil.com", 1), "does not match the sum"},
		{"a missing resource", dropLine(text, 1), "does not match the sum"},
		{"more after the trailer", text + "{}\n", "more after the trailer"},
		{"a resource without object", strings.Replace(text, `,"object":`, `,"subject":`, 1), "without its object"},
		{"a resource whose object is null", withSum(nullObject(text)), "without its object"},
		{"a resource whose object is a list", withSum(strings.Replace(nullObject(text), `"object":null`, `"object":[1]`, 1)), "without its object"},
		{"a resource that is no JSON", strings.Replace(text, `,"object":{`, `,"object":{{`, 1), "damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, resources, err := inventory.ReadSnapshot(zstdEncode(t, c.text), k8s.Project)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if resources != nil {
				t.Error("resources of a damaged snapshot were given out")
			}
		})
	}
}

// nullObject takes the object of the first resource away.
func nullObject(text string) string {
	lines := strings.SplitAfter(text, "\n")
	head, _, _ := strings.Cut(lines[1], `,"object":`)
	lines[1] = head + `,"object":null}` + "\n"
	return strings.Join(lines, "")
}

// withSum gives a changed snapshot the sum of its content.
func withSum(text string) string {
	body, trailer, _ := strings.Cut(text, `{"trailer":`)
	sum := sha256.Sum256([]byte(body))
	_, old, found := strings.Cut(trailer, `"sha256":"`)
	if !found || len(old) < 64 {
		return text
	}
	return body + `{"trailer":` + strings.Replace(trailer, old[:64], hex.EncodeToString(sum[:]), 1)
}

func TestASnapshotThatGrowsWithoutEndIsRefused(t *testing.T) {
	raw, err := zstdDecode(snapshotOf(t, view(t, podYAML("web"))))
	if err != nil {
		t.Fatal(err)
	}
	header, _, _ := strings.Cut(string(raw), "\n")
	bomb := header + "\n" + strings.Repeat(strings.Repeat("x", 1<<20)+"\n", 300)
	_, _, err = inventory.ReadSnapshot(zstdEncode(t, bomb), k8s.Project)
	if err == nil || !strings.Contains(err.Error(), "it decompresses to more than") {
		t.Errorf("error %v", err)
	}
}

func FuzzReadSnapshot(f *testing.F) {
	whole := snapshotOf(f, view(f, podYAML("web")))
	raw, err := zstdDecode(whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, true)
	f.Add(whole, false)
	f.Add([]byte(`{"schema":"merlon/snapshot/v1"}`+"\n"+`{"trailer":{"counts":{},"sha256":""}}`+"\n"), true)
	f.Fuzz(func(t *testing.T, data []byte, compress bool) {
		in := io.Reader(bytes.NewReader(data))
		if compress {
			in = zstdEncode(t, withSum(string(data))) // with a sum that fits, so that what is inside is looked at
		}
		h, resources, err := inventory.ReadSnapshot(in, k8s.Project)
		if err == nil {
			inventory.NewView(h.Sources, resources, k8s.Relate)
		}
	})
}

func BenchmarkSnapshot(b *testing.B) {
	var documents []string
	for i := range 2000 {
		documents = append(documents, podYAML(fmt.Sprintf("pod-%d", i)))
	}
	v := view(b, documents...)
	whole := snapshotOf(b, v)
	raw, err := zstdDecode(whole)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			snapshotOf(b, v)
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			if _, _, err := inventory.ReadSnapshot(bytes.NewReader(whole), k8s.Project); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decompress-alone", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			if _, err := zstdDecode(whole); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func dropLine(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(append(lines[:n:n], lines[n+1:]...), "")
}

func zstdDecode(data []byte) ([]byte, error) {
	r, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func zstdEncode(t testing.TB, text string) io.Reader {
	t.Helper()
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &out
}
