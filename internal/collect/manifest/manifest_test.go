package manifest_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
)

const (
	pod       = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: c\n    image: nginx\n"
	service   = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: NodePort\n"
	podJSON   = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"c"}]}}`
	otherJSON = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"other"},"spec":{"containers":[{"name":"c"}]}}`
)

// folder writes files into a new folder, makes it the working directory, and returns to the old one afterwards. So the
// names in results are those of the test.
func folder(t testing.TB, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		writeFile(t, filepath.Join(dir, name), text)
	}
	t.Chdir(dir)
}

func read(t testing.TB, o manifest.Options) manifest.Result {
	t.Helper()
	res, err := manifest.Read(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Sources) != len(o.Paths) {
		t.Fatalf("%d sources for %d paths", len(res.Sources), len(o.Paths))
	}
	return res
}

// objects gives "file:line Short" of every resource, in order.
func objects(res manifest.Result) []string {
	var all []string
	for _, r := range res.Resources {
		all = append(all, fmt.Sprintf("%s:%d %s", r.Origin.File, r.Origin.Line, r.UID.Short()))
	}
	return all
}

func notes(s inventory.Source) []string {
	var all []string
	for _, n := range s.NotAssessed {
		all = append(all, n.What+": "+n.Why)
	}
	return all
}

// check compares objects, status and notes: each wanted note is a part of the note in its place.
func check(t *testing.T, res manifest.Result, wantObjects []string, wantStatus inventory.SourceStatus, wantNotes ...string) {
	t.Helper()
	if diff := cmp.Diff(wantObjects, objects(res)); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	s := res.Sources[0]
	if s.Status != wantStatus {
		t.Errorf("status is %s, want %s", s.Status, wantStatus)
	}
	got := notes(s)
	if len(got) != len(wantNotes) {
		t.Fatalf("notes:\n%s\nwant %d", strings.Join(got, "\n"), len(wantNotes))
	}
	for i, want := range wantNotes {
		if !strings.Contains(got[i], want) {
			t.Errorf("note %d is\n%s\nwant in it\n%s", i, got[i], want)
		}
	}
}

func TestFiles(t *testing.T) {
	const complete, partial, failed = inventory.StatusComplete, inventory.StatusPartial, inventory.StatusFailed
	for _, c := range []struct {
		name, file, text string
		objects          []string
		status           inventory.SourceStatus
		notes            []string
	}{
		{"one document", "a.yaml", pod, []string{"a.yaml:1 default/Pod/web"}, complete, nil},
		{"two documents", "a.yaml", pod + "---\n" + service, []string{"a.yaml:1 default/Pod/web", "a.yaml:10 default/Service/web"}, complete, nil},
		{"empty and comment documents between", "a.yaml", "# c\n---\n---\n# d\n---\n" + pod + "---\nnull\n...\n", []string{"a.yaml:6 default/Pod/web"}, complete, nil},
		{"a byte order mark and carriage returns", "a.yaml", "\xef\xbb\xbf" + strings.ReplaceAll(pod+"---\n"+service, "\n", "\r\n"), []string{"a.yaml:1 default/Pod/web", "a.yaml:10 default/Service/web"}, complete, nil},
		{"JSON", "a.json", podJSON, []string{"a.json:1 default/Pod/web"}, complete, nil},
		{"JSON in a file named yaml", "a.yaml", "\n" + podJSON, []string{"a.yaml:2 default/Pod/web"}, complete, nil},
		{"JSON one per line", "a.json", podJSON + "\n\n" + otherJSON + "\n", []string{"a.json:1 default/Pod/web", "a.json:3 default/Pod/other"}, complete, nil},
		{"JSON without anything between", "a.json", podJSON + otherJSON, []string{"a.json:1 default/Pod/web", "a.json:1 default/Pod/other"}, complete, nil},
		{"JSON list without a kind", "a.json", "[\n" + podJSON + ",\n" + otherJSON + "]", []string{"a.json:2 default/Pod/web", "a.json:3 default/Pod/other"}, complete, nil},
		{"YAML in braces", "a.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: []}}", []string{"a.yaml:1 default/Pod/web"}, complete, nil},
		{"a kind that nobody knows", "a.yaml", "apiVersion: x.io/v1\nkind: Foo\nmetadata: {name: f, namespace: ns}\n", []string{"a.yaml:1 ns/Foo/f"}, complete, nil},
		{"a name that is to be generated", "a.yaml", "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: j-}\nspec: {template: {spec: {containers: []}}}\n", []string{"a.yaml:1 default/Job/j-*cf35d3ca"}, complete, nil},
		{"an empty file", "a.yaml", "", nil, complete, []string{"a.yaml: there is no Kubernetes object and no AWS resource in it: it is empty"}},
		{"a file of values", "values.yaml", "a: 1\n", nil, complete, []string{"values.yaml: there is no Kubernetes object and no AWS resource in it: 1 document is neither"}},
		{"text", "a.txt", "hello\n", nil, complete, []string{"no Kubernetes object"}},
		{"an object and something else", "a.yaml", pod + "---\nx: 1\n", []string{"a.yaml:1 default/Pod/web"}, complete, []string{"a.yaml:10: passed over: 1 document is neither"}},
		{"a Deployment without a name", "a.yaml", service + "---\n\napiVersion: apps/v1\nkind: Deployment\n", []string{"a.yaml:1 default/Service/web"}, partial, []string{"a.yaml:9: Deployment has no metadata.name"}},
		{"a broken document between others", "a.yaml", pod + "---\na: [1\nb: 2\n---\n" + service, []string{"a.yaml:1 default/Pod/web", "a.yaml:13 default/Service/web"}, partial, []string{"a.yaml:1"}},
		{"a broken line of NDJSON", "a.json", podJSON + "\n{\"a\": {\n" + otherJSON + "\n", []string{"a.json:1 default/Pod/web", "a.json:3 default/Pod/other"}, partial, []string{"a.json:3: this is not JSON"}},
		{"a JSON list that is cut short", "a.json", "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[\n" + podJSON + ",\n{", []string{"a.json:2 default/Pod/web"}, partial, []string{"a.json:3: the JSON ends before it is complete"}},
		{"UTF-16", "a.yaml", "\xff\xfea\x00:\x00", nil, failed, []string{"a.yaml:1: the file is UTF-16"}},
		{"Latin-1", "a.yaml", pod + "---\na: caf\xe9\n", []string{"a.yaml:1 default/Pod/web"}, partial, []string{"a.yaml:10: byte 0xe9 is not UTF-8"}},
		{"a zip archive", "a.zip", "PK\x03\x04", nil, failed, []string{"a.zip: this is a zip archive"}},
		{"a file of zstd that is no snapshot", "a.zst", "\x28\xb5\x2f\xfd\x00\x58\x19\x00\x00abc", nil, failed, []string{"a.zst: it is compressed with zstd"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{c.file: c.text})
			res := read(t, manifest.Options{Paths: []string{c.file}})
			check(t, res, c.objects, c.status, c.notes...)
		})
	}
}

func TestLists(t *testing.T) {
	item := func(name string) string {
		return fmt.Sprintf(`{"metadata":{"name":%q},"spec":{"containers":[]}}`, name)
	}
	for _, c := range []struct {
		name, file, text string
		objects          []string
		notes            []string
	}{
		{"List in YAML", "a.yaml", "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: b\nkind: List\n", []string{"a.yaml:3 Namespace/a", "a.yaml:7 Namespace/b"}, nil},
		{"List in JSON, kind after items, as kubectl writes it", "a.json", "{\n\"apiVersion\":\"v1\",\n\"items\":[\n" + podJSON + ",\n" + otherJSON + "\n],\n\"kind\":\"List\"}", []string{"a.json:4 default/Pod/web", "a.json:5 default/Pod/other"}, nil},
		{"PodList in JSON as the API gives it", "a.json", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[" + item("a") + ",\n" + item("b") + "]}", []string{"a.json:1 default/Pod/a", "a.json:2 default/Pod/b"}, nil},
		{"PodList in JSON with sorted keys", "a.json", "{\"apiVersion\":\"v1\",\"items\":[" + item("a") + ",\n" + item("b") + "],\"kind\":\"PodList\"}", []string{"a.json:1 default/Pod/a", "a.json:2 default/Pod/b"}, nil},
		{"DeploymentList in YAML", "a.yaml", "kind: DeploymentList\napiVersion: apps/v1\nitems:\n- metadata:\n    name: a\n  spec: {template: {spec: {containers: []}}}\n", []string{"a.yaml:4 default/Deployment/a"}, nil},
		{"a list in a list", "a.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: NamespaceList\n  items:\n  - metadata: {name: a}\n", []string{"a.yaml:7 Namespace/a"}, nil},
		{"an empty List", "a.yaml", "apiVersion: v1\nkind: List\nitems: []\n", nil, []string{"a.yaml: there is no Kubernetes object and no AWS resource in it: its list is empty"}},
		{"an empty List in JSON", "a.json", `{"apiVersion":"v1","kind":"List","items":[]}`, nil, []string{"its list is empty"}},
		{"two lists one after the other", "a.json", `{"kind":"PodList","apiVersion":"v1","items":[` + item("a") + "]}\n" + `{"kind":"NamespaceList","apiVersion":"v1","items":[` + item("b") + `]}`, []string{"a.json:1 default/Pod/a", "a.json:2 Namespace/b"}, nil},
		{"a custom kind that ends in List and has a name", "a.yaml", "apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a, namespace: ns}\nspec: {}\n", []string{"a.yaml:1 ns/AllowList/a"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{c.file: c.text})
			check(t, read(t, manifest.Options{Paths: []string{c.file}}), c.objects, inventory.StatusComplete, c.notes...)
		})
	}
}

func TestItemsOfALongListInEveryForm(t *testing.T) {
	const n = 2000
	var kubectl, indented, typed, dump strings.Builder
	kubectl.WriteString("apiVersion: v1\nitems:\n")
	indented.WriteString("apiVersion: v1\nkind: List\nitems:\n")
	typed.WriteString("kind: PodList\napiVersion: v1\nitems:\n")
	dump.WriteString("{\n  \"apiVersion\": \"v1\",\n  \"items\": [\n")
	for i := range n {
		fmt.Fprintf(&kubectl, "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: p%d\n  spec:\n    containers:\n    - name: c\n      command:\n      - |\n        - a\n\n        # b\n", i)
		fmt.Fprintf(&indented, "  - apiVersion: v1\n    kind: Pod\n    metadata:\n      name: p%d\n    spec:\n      containers:\n      - name: c\n# comment\n", i)
		fmt.Fprintf(&typed, "- metadata:\n    name: p%d\n  spec:\n    containers:\n    - name: c\n", i)
		fmt.Fprintf(&dump, "    {\n      \"apiVersion\": \"v1\", \"kind\": \"Pod\",\n      \"metadata\": {\"name\": \"p%d\"}, \"spec\": {\"containers\": []}\n    },\n", i)
	}
	kubectl.WriteString("kind: List\nmetadata:\n  resourceVersion: \"\"\n")
	lines := func(first, step int) func(i int) int { return func(i int) int { return first + i*step } }
	for _, c := range []struct {
		name, file, text string
		line             func(i int) int
	}{
		{"as kubectl writes it", "a.yaml", kubectl.String(), lines(3, 12)},
		{"indented", "a.yaml", indented.String(), lines(4, 8)},
		{"typed", "a.yaml", typed.String(), lines(4, 5)},
		{"JSON", "a.json", strings.TrimSuffix(dump.String(), ",\n") + "\n],\"kind\":\"List\"}", lines(4, 4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{c.file: c.text})
			res := read(t, manifest.Options{Paths: []string{c.file}, Workers: 4})
			var want []string
			for i := range n {
				want = append(want, fmt.Sprintf("%s:%d default/Pod/p%d", c.file, c.line(i), i))
			}
			check(t, res, want, inventory.StatusComplete)
			if res.Counts.Documents != n {
				t.Errorf("the list was not cut: %d documents", res.Counts.Documents)
			}
			v := inventory.NewView(res.Sources, res.Resources)
			if at := v.Locate(res.Resources[n-1].UID, "$.metadata.name"); at.Line < c.line(n-1) || at.Line > c.line(n-1)+3 {
				t.Errorf("the last name is located at %v", at)
			}
		})
	}
}

func TestAnchorsAcrossTheItemsOfALongListWork(t *testing.T) {
	var text strings.Builder
	text.WriteString("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata: &m\n    name: first\n")
	for range 3000 {
		text.WriteString("- apiVersion: v1\n  kind: Secret\n  metadata: *m\n")
	}
	folder(t, map[string]string{"a.yaml": text.String()})
	res := read(t, manifest.Options{Paths: []string{"a.yaml"}})
	if len(res.Resources) != 3001 || res.Sources[0].Status != inventory.StatusComplete {
		t.Errorf("%d resources, %v", len(res.Resources), res.Sources[0])
	}
}

func TestStandardInput(t *testing.T) {
	for _, c := range []struct{ name, text, file string }{
		{"YAML", pod, "stdin:1 default/Pod/web"},
		{"JSON", podJSON, "stdin:1 default/Pod/web"},
		{"an archive", string(targz(t, map[string]string{"x/a.yaml": pod})), "stdin!x/a.yaml:1 default/Pod/web"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := read(t, manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(c.text)})
			check(t, res, []string{c.file}, inventory.StatusComplete)
			if res.Sources[0].Name != "-" || res.Sources[0].Kind != "files" {
				t.Errorf("source is %+v", res.Sources[0])
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		check(t, read(t, manifest.Options{Paths: []string{"-"}}), nil, inventory.StatusComplete, "no Kubernetes object")
	})
}

func TestOrderIsThatOfTheInput(t *testing.T) {
	files := map[string]string{}
	var want []string
	for f := range 20 {
		var text strings.Builder
		name := fmt.Sprintf("%02d.yaml", f)
		for i := range 100 {
			fmt.Fprintf(&text, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d-%d}\ndata: {a: %q}\n", f, i, strings.Repeat("x", i*20))
			want = append(want, fmt.Sprintf("d/%s:%d default/ConfigMap/c%d-%d", name, i*5+2, f, i))
		}
		files["d/"+name] = text.String()
	}
	folder(t, files)
	for _, workers := range []int{1, 3, 8} {
		res := read(t, manifest.Options{Paths: []string{"d"}, Workers: workers})
		if diff := cmp.Diff(want, objects(res)); diff != "" {
			t.Fatalf("with %d workers (-want +got):\n%s", workers, diff)
		}
	}
}
