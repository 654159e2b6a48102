package rule_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

func TestParseImage(t *testing.T) {
	const digest = "sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70"
	for reference, want := range map[string]rule.ImageRef{
		"nginx":                          {Registry: "docker.io", Repository: "library/nginx"},
		"nginx:1.29":                     {Registry: "docker.io", Repository: "library/nginx", Tag: "1.29"},
		"nginx@" + digest:                {Registry: "docker.io", Repository: "library/nginx", Digest: digest},
		"bitnami/nginx:1":                {Registry: "docker.io", Repository: "bitnami/nginx", Tag: "1"},
		"INDEX.docker.io/nginx":          {Registry: "docker.io", Repository: "library/nginx"},
		"localhost/app":                  {Registry: "localhost", Repository: "app"},
		"localhost:5000/app":             {Registry: "localhost:5000", Repository: "app"},
		"registry.example:5000/a/b:1.4":  {Registry: "registry.example:5000", Repository: "a/b", Tag: "1.4"},
		"ghcr.io/acme/app:1.4@" + digest: {Registry: "ghcr.io", Repository: "acme/app", Tag: "1.4", Digest: digest},
		"":                               {Registry: "docker.io", Repository: "library/"},
	} {
		if diff := cmp.Diff(want, rule.ParseImage(reference)); diff != "" {
			t.Errorf("%q: -want +got:\n%s", reference, diff)
		}
	}
}

// running gives a world of Pods that run one image each; they are called pod-0, pod-1 …
func running(t testing.TB, references ...string) *rule.World {
	t.Helper()
	var pods strings.Builder
	for i, reference := range references {
		fmt.Fprintf(&pods, "apiVersion: v1\nkind: Pod\nmetadata: {name: pod-%d}\nspec: {containers: [{name: app, image: %q}]}\n---\n", i, reference)
	}
	return worldOf(t, pods.String())
}

func worldOf(t testing.TB, yaml string) *rule.World {
	t.Helper()
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(yaml)})
	if err != nil {
		t.Fatal(err)
	}
	return &rule.World{Inventory: inventory.NewView(read.Sources, read.Resources, k8s.Relate)}
}

func TestNewerImage(t *testing.T) {
	for _, test := range []struct {
		image, other string
		newer        bool
	}{
		{"app:1.9", "app:1.10", true},
		{"app:1.10", "app:1.9", false},
		{"app:1.9", "app:1.9", false},
		{"app:1.09", "app:1.9", false},
		{"app:v0.9.1", "app:v0.10.0", true},
		{"app:0.9", "app:1.0", false},
		{"app:1.9", "app:2.0", false},
		{"app:15", "app:16", false},
		{"app:1023", "app:1045", true},
		{"app:2024.10", "app:2025.2", true},
		{"app:0.9", "app:2024.1", false},
		{"app:1.29-alpine3.19", "app:1.29-alpine3.20", true},
		{"app:1.29", "app:1.30-alpine", false},
		{"app:v1.29", "app:1.30", false},
		{"app:1.29", "app:1.30.1", false},
		{"app:1.29", "docker.io/library/app:1.30", true},
		{"app:1.29", "ghcr.io/library/app:1.30", false},
		{"app:1.29@sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70", "app:1.30", true},
		{"app:stable", "app:1.30", false},
		{"app", "app:1.30", false},
		{"app:1f2a91c", "app:5f7a12c", false},
		{"app:1.2.0-g1f2a91c", "app:1.3.0-g5f7a12c", false},
		{"app:99999999999999999999", "app:100000000000000000000", true},
	} {
		w := running(t, test.image, test.other)
		for i := range rule.Images(w, w.Inventory.All()[0]) {
			newer, ok := w.NewerImage(i)
			if ok != test.newer || ok && newer.Image != test.other {
				t.Errorf("%s beside %s: %q, %v", test.image, test.other, newer.Image, ok)
			}
		}
	}
}

// An old ReplicaSet, or the new one before a rollback, says nothing of what there is.
func TestNewerImageLeavesOutWhatAControllerMade(t *testing.T) {
	const spec = "spec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: app, image: %q}]}}}\n---\n"
	w := worldOf(t, fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"+spec, "app:1.4")+
		fmt.Sprintf("apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: web-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}\n"+spec, "app:1.5"))
	for r := range w.Inventory.OfType(k8s.Deployment) {
		for i := range rule.Images(w, r) {
			if newer, ok := w.NewerImage(i); ok {
				t.Errorf("%s is newer than %s", newer.Image, i.Image)
			}
		}
	}
}

func BenchmarkNewerImage(b *testing.B) {
	references := make([]string, 2000)
	for i := range references {
		references[i] = fmt.Sprintf("registry.example/app-%d:1.%d.0", i%100, i)
	}
	read := running(b, references...)
	for b.Loop() {
		w := &rule.World{Inventory: read.Inventory}
		for _, r := range w.Inventory.All() {
			for i := range rule.Images(w, r) {
				w.NewerImage(i)
			}
		}
	}
}
