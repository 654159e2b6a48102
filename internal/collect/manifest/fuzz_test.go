package manifest_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// FuzzRead reads any bytes as YAML, as JSON, as an archive, as entries of one, and from standard input: no panic, no
// wait, the same result with one worker as with three, and resources that a view can show.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		pod, pod + "---\n" + service, podJSON, podJSON + "\n{\n" + otherJSON, "[" + podJSON + "]", `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a"}}]}`,
		`{"apiVersion":"v1","items":[{"metadata":{"name":"a"}},1,null,[]],"kind":"PodList"}`, "apiVersion: v1\nkind: List\nitems:\n- {}\n- a\n", "a: &a [*a]", "a: {{ .Values.x }}",
		"apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: {a: {env: [1]}}, volumes: x}\n", "\xff\xfea\x00", "\x28\xb5\x2f\xfd", "\x1f\x8b\x08\x00", "kind: XList\nitems: 3",
		described, `{"services":[{"serviceArn":"arn:aws:ecs:eu-west-1:1:service/a/b","enableExecuteCommand":"x"}],"failures":[{}],"nextToken":"t"}`,
		`{"clusters":[{"clusterArn":"arn:aws:iam::1:instance-profile/e"}]}` + "\n" + `{"Reservations":[{"OwnerId":"1","Instances":[{"InstanceId":"i-1","IamInstanceProfile":{"Arn":"arn:aws:iam::1:instance-profile/e"}}]}]}`,
		planned(planResource("aws_vpc", "v", `{"cidr_block":"10.0.0.0/16"}`), "", ""), "Resources: {A: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref B}}}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Add(targz(f, map[string]string{"a/Chart.yaml": "name: a\n", "a/templates/x.yaml": "{{ .Values.x }}", "b.json": podJSON}))
	f.Add(tarOf(f, map[string]string{"a.yaml": pod}))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 16
		if len(data) > limit {
			return
		}
		limits := manifest.Limits{Document: limit, List: limit, File: limit, Expansion: 4 * limit, Documents: 1000, Files: 100}
		var paths []string
		for _, name := range []string{"a.yaml", "a.json", "a.tar.gz", "a.txt"} {
			paths = append(paths, filepath.Join(dir, name))
			if err := os.WriteFile(paths[len(paths)-1], data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		paths = append(paths, "-")
		start := time.Now()
		var results []manifest.Result
		for _, workers := range []int{1, 3} {
			res, err := manifest.Read(context.Background(), manifest.Options{Paths: paths, Stdin: bytes.NewReader(data), Limits: limits, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			results = append(results, res)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("took %v", took)
		}
		a, b := results[0], results[1]
		if len(a.Sources) != len(paths) || len(a.Resources) != len(b.Resources) {
			t.Fatalf("%d sources, %d and %d resources", len(a.Sources), len(a.Resources), len(b.Resources))
		}
		for i := range a.Resources {
			if a.Resources[i].UID != b.Resources[i].UID || a.Resources[i].Origin != b.Resources[i].Origin {
				t.Fatalf("%v and %v", a.Resources[i], b.Resources[i])
			}
		}
		v := inventory.NewView(a.Sources, a.Resources, k8s.Relate)
		for _, r := range v.All() {
			if _, err := v.Raw(r.UID); err != nil && r.HasObject() {
				t.Errorf("%s: %v", r.UID, err)
			}
			v.Locate(r.UID, "$.spec.containers[0]")
		}
	})
}
