package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

func TestEveryWorkloadKindWithEveryKindOfContainer(t *testing.T) {
	const containers = `{initContainers: [{name: i}], containers: [{name: c}], ephemeralContainers: [{name: e}]}`
	var text strings.Builder
	for _, kind := range []string{"apps/v1 Deployment", "apps/v1 StatefulSet", "apps/v1 DaemonSet", "apps/v1 ReplicaSet", "v1 ReplicationController", "batch/v1 Job", "extensions/v1beta1 Deployment"} {
		version, kind, _ := strings.Cut(kind, " ")
		fmt.Fprintf(&text, "---\napiVersion: %s\nkind: %s\nmetadata: {name: w}\nspec: {template: {spec: %s}}\n", version, kind, containers)
	}
	fmt.Fprintf(&text, "---\napiVersion: v1\nkind: Pod\nmetadata: {name: w}\nspec: %s\n", containers)
	fmt.Fprintf(&text, "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: w}\nspec: {jobTemplate: {spec: {template: {spec: %s}}}}\n", containers)
	folder(t, map[string]string{"a.yaml": text.String()})
	res := read(t, manifest.Options{Paths: []string{"a.yaml"}, Cluster: "prod"})
	if len(res.Resources) != 9 || res.Sources[0].Status != inventory.StatusComplete {
		t.Fatalf("%d resources, %+v", len(res.Resources), res.Sources[0])
	}
	for _, r := range res.Resources {
		w, ok := r.Spec.(*k8s.Workload)
		if !ok || len(w.Pod.Containers) != 3 || r.Cluster != "prod" {
			t.Errorf("%s is %+v", r.UID, r.Spec)
		}
	}
}

func TestLinesSurvive(t *testing.T) {
	const text = "# a comment\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: c\n\n    securityContext:\n      privileged: true\n"
	typed := "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[\n{\n\"metadata\":{\"name\":\"web\"},\n\"spec\":{\"containers\":[{\"name\":\"c\",\n\"securityContext\":{\n\"privileged\":true}}]}}]}"
	list := "apiVersion: v1\nkind: PodList\nitems:\n- metadata:\n    name: web\n  spec:\n    containers:\n    - name: c\n      securityContext:\n        privileged: true\n"
	for _, c := range []struct {
		name, file, text string
		line, object     int
	}{
		{"YAML", "a.yaml", text, 11, 2},
		{"the second document", "a.yaml", "a: b\n---\n" + text, 13, 4},
		{"an archive", "a.tgz", string(targz(t, map[string]string{"x/b.yaml": text})), 11, 2},
		{"a typed list in JSON", "a.json", typed, 6, 2},
		{"a typed list in YAML", "a.yaml", list, 10, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{c.file: c.text})
			res := read(t, manifest.Options{Paths: []string{c.file}})
			v := inventory.NewView(res.Sources, res.Resources)
			file := c.file
			if file == "a.tgz" {
				file += "!x/b.yaml"
			}
			r := res.Resources[0]
			got := []inventory.Origin{r.Origin, v.Locate(r.UID, "$.spec.containers[0].securityContext.privileged")}
			if diff := cmp.Diff([]inventory.Origin{{File: file, Line: c.object}, {File: file, Line: c.line}}, got); diff != "" {
				t.Errorf("origin and line (-want +got):\n%s", diff)
			}
			raw, err := v.Raw(r.UID)
			if err != nil {
				t.Fatal(err)
			}
			if kind := raw.Root().Get("kind").Text(); kind != "Pod" {
				t.Errorf("kind is %q", kind)
			}
		})
	}
}

func TestAWrongShapeIsNamed(t *testing.T) {
	podWith := func(spec string) string {
		return "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n" + spec
	}
	for _, c := range []struct{ name, text, note string }{
		{"containers are text", podWith("  containers: x\n"), "a.yaml:6: Pod web: spec.containers is a string and must be a list"},
		{"containers are not there", podWith("  hostPID: false\n"), "a.yaml:5: Pod web: spec.containers is not there"},
		{"a container is text", podWith("  containers:\n  - x\n"), "a.yaml:7: Pod web: spec.containers[0] is a string and must be a map"},
		{"privileged is text", podWith("  containers:\n  - name: ok\n  - name: c\n    securityContext:\n      privileged: \"true\"\n"), "a.yaml:10: Pod web: spec.containers[1].securityContext.privileged is a string and must be a boolean"},
		{"capabilities are text", podWith("  containers:\n  - securityContext:\n      capabilities:\n        add: ALL\n"), "spec.containers[0].securityContext.capabilities.add is a string and must be a list"},
		{"hostPID is text", podWith("  hostPID: \"yes\"\n  containers: []\n"), "a.yaml:6: Pod web: spec.hostPID is a string and must be a boolean"},
		{"the spec is a list", "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: []\n", "a.yaml:4: Pod web: spec is a list and must be a map"},
		{"there is no spec", "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n", "a.yaml:1: Pod web: spec is not there"},
		{"there is no template", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}\n", "Deployment web: spec.template is not there"},
		{"items are text", "apiVersion: v1\nkind: List\nitems: x\n", "a.yaml:3: items of a List is a string and must be a list"},
		{"rules are a map", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: {}\n", "a.yaml:4: ClusterRole r: rules is a map and must be a list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{"a.yaml": c.text})
			res := read(t, manifest.Options{Paths: []string{"a.yaml"}})
			got := notes(res.Sources[0])
			if len(got) != 1 || !strings.Contains(got[0], c.note) || res.Sources[0].Status == inventory.StatusComplete {
				t.Errorf("%s, notes:\n%s\nwant\n%s", res.Sources[0].Status, strings.Join(got, "\n"), c.note)
			}
		})
	}
}

// TestASecretValueAppearsNowhere plants one value wherever a manifest can hold one, in documents that are read and in
// documents that break in every way, and looks for it in all that Read returns.
func TestASecretValueAppearsNowhere(t *testing.T) {
	const canary = "Xq7canaryT0p9secretZz"
	in := func(text string) string { return strings.ReplaceAll(text, "CANARY", canary) }
	fine := in(`apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"env":[{"name":"A","value":"CANARY"}]}'
  managedFields: [{manager: CANARY}]
spec:
  containers:
  - name: c
    args: [--password=CANARY, --token, CANARY]
    command: [sh, -c, "export DB_PASSWORD=CANARY; run"]
    env: [{name: PLAIN, value: CANARY}, {name: DB_PASSWORD, value: CANARY}]
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {a: CANARY}
data: {b: CANARY}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {a: CANARY, b.properties: "password=CANARY"}
binaryData: {c: CANARY}
---
apiVersion: x.io/v1
kind: Database
metadata: {name: d, namespace: ns}
spec: {password: CANARY, auth: {apiKey: CANARY}, template: {env: [{name: X, value: CANARY}]}}
`)
	files := map[string]string{"d/fine.yaml": fine}
	for i, text := range []string{
		"a: !!int CANARY", "a: !!float \"CANARY\"", "a: !!bool CANARY\n", "a: !!binary '*CANARY'", "a: &CANARY [*CANARY]", "a: *CANARY", "a: \"CANARY", "a: 'CANARY",
		"password: CANARY: x", "a: !CANARY!x y", "%CANARY x\n---\na", "? [CANARY]\n: b", "<<: CANARY", "a: \"\\xCANARY\"", "CANARY\xff", "\tCANARY", "a: @CANARY", "a: `CANARY`",
		"CANARY: {{ .Values.x }}", "apiVersion: v1\nkind: List\nitems: CANARY", "kind: CANARY\napiVersion: v1", "kind: Pod\napiVersion: CANARY\n", "a: |CANARY", "a: [CANARY", "{CANARY", "{\"CANARY\": CANARY}",
		"apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: CANARY", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: [CANARY]", "apiVersion: v1\nkind: Pod\nmetadata: CANARY",
	} {
		files[fmt.Sprintf("d/%02d.yaml", i)] = in(text)
		files[fmt.Sprintf("d/%02d.json", i)] = in(text)
	}
	for i, text := range []string{`{"a": CANARY}`, `{"a": "CANARY`, `{"a": "\CANARY"}`, `{"a": "\uCANARY"}`, `{"CANARY" 1}`, `{"a": tCANARY}`, `{"a": 1CANARY}`, `["CANARY"`, `{"kind":"List","items":"CANARY"}`} {
		files[fmt.Sprintf("d/j%02d.json", i)] = in(text)
	}
	folder(t, files)
	res := read(t, manifest.Options{Paths: []string{"d"}})
	if res.Sources[0].Status != inventory.StatusPartial || len(res.Resources) < 4 {
		t.Fatalf("%d resources, %s", len(res.Resources), res.Sources[0].Status)
	}
	for _, n := range notes(res.Sources[0]) {
		if strings.Contains(n, canary) {
			t.Errorf("in a note: %s", n)
		}
	}
	v := inventory.NewView(res.Sources, res.Resources)
	for _, r := range res.Resources {
		raw, err := v.Raw(r.UID)
		if err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprintf("%+v %+v %s", r, r.Spec, raw.Root().AppendJSON(nil))
		if strings.Contains(all, canary) {
			t.Errorf("in %s: %s", r.UID, all)
		}
	}
}
