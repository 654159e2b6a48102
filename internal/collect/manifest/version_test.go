package manifest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
)

func TestVersionOfTheAPIServer(t *testing.T) {
	const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c"}]}}`
	const info = `{"major":"1","minor":"30+","gitVersion":"v1.30.4-eks-a737599","platform":"linux/amd64"}`
	for _, c := range []struct {
		name, version string
		want          map[string]string
		notes         int
	}{
		{"kubectl version -o json", `{"clientVersion":{"major":"1","minor":"36","gitVersion":"v1.36.3"},"kustomizeVersion":"v5.8.1","serverVersion":` + info + `}`, map[string]string{"blue": "v1.30.4-eks-a737599"}, 0},
		{"kubectl version -o yaml", "---\nclientVersion: {major: \"1\", minor: \"36\", gitVersion: v1.36.3}\nserverVersion:\n  gitVersion: v1.31.0\n  major: \"1\"\n  minor: \"31\"\n", map[string]string{"blue": "v1.31.0"}, 0},
		{"kubectl get --raw /version", info, map[string]string{"blue": "v1.30.4-eks-a737599"}, 0},
		{"the version of kubectl alone", `{"clientVersion":` + info + `,"kustomizeVersion":"v5.8.1"}`, nil, 1},
		{"something else with a version", `{"gitVersion":"v1.30.4"}`, nil, 1},
		{"no version", `{"major":"1","minor":"30","gitVersion":"latest"}`, nil, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{"d/version.json": c.version, "d/pod.json": pod})
			s := read(t, manifest.Options{Paths: []string{"d"}, Cluster: "blue"}).Sources[0]
			if d := cmp.Diff(c.want, s.KubernetesVersions); d != "" || len(s.NotAssessed) != c.notes || s.Status != inventory.StatusComplete {
				t.Errorf("%+v: -want +got:\n%s", s, d)
			}
		})
	}
}
