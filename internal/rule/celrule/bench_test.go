package celrule_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/rule/celrule"
)

// benchView holds 10,000 Pods of two containers and a volume. One in twenty has what the rules look for.
func benchView(b *testing.B) *inventory.View {
	var yaml strings.Builder
	for i := range 10_000 {
		host, security, image, path := "", "runAsNonRoot: true", "ghcr.io/acme/app:1.4@sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70", "/data"
		if i%20 == 0 {
			host, security, image, path = "hostPID: true, hostIPC: true, hostNetwork: true, shareProcessNamespace: true, ", "privileged: true, runAsUser: 0, capabilities: {add: [SYS_ADMIN]}", "nginx", "/etc"
		}
		fmt.Fprintf(&yaml, `apiVersion: v1
kind: Pod
metadata: {name: p%d, namespace: n%d, labels: {app: a, tier: web}}
spec: {%svolumes: [{name: v, hostPath: {path: %s}}], containers: [
  {name: a, image: "%s", securityContext: {%s}, volumeMounts: [{name: v, mountPath: /v}], ports: [{containerPort: 80}]},
  {name: b, image: "%s", securityContext: {capabilities: {drop: [ALL]}}, resources: {limits: {memory: 1Gi}}}]}
---
`, i, i%50, host, path, image, security, image)
	}
	return read(b, yaml.String())
}

// BenchmarkRules runs the ported rules, one by one and together, beside the same rules in Go: rule by rule over
// each resource, as the engine does.
func BenchmarkRules(b *testing.B) {
	view := benchView(b)
	w := &rule.World{Inventory: view, Settings: rule.Settings{TrustedRegistries: []string{"ghcr.io/acme"}}}
	run := func(name string, rules []*rule.Rule) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, on := range view.All() {
					for _, r := range rules {
						if slices.Contains(r.On, on.Type) {
							r.Match(w, on)
						}
					}
				}
			}
		})
	}
	var ours, theirs []*rule.Rule
	for _, r := range ported(b) {
		run(r.ID+"/go", []*rule.Rule{catalog.Find(r.ID)})
		run(r.ID+"/cel", []*rule.Rule{r})
		ours, theirs = append(ours, catalog.Find(r.ID)), append(theirs, r)
	}
	run("all/go", ours)
	run("all/cel", theirs)
}

// BenchmarkEngine is a whole evaluation: the rules of Merlon, and the same with the ported rules beside them.
func BenchmarkEngine(b *testing.B) {
	view := benchView(b)
	for name, rules := range map[string][]*rule.Rule{"catalogue": catalog.All(), "with user rules": append(catalog.All(), ported(b)...)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				evaluate.Traits(&rule.World{Inventory: view}, rules)
			}
		})
	}
}

// BenchmarkObject runs ten rules that look at the source object: it is decoded once for all of them.
func BenchmarkObject(b *testing.B) {
	view := benchView(b)
	for _, n := range []int{1, 10} {
		var loader celrule.Loader
		var rules []*rule.Rule
		for range n {
			loaded, err := loader.Load("r.yaml", []byte(minimal("each: containers", "each: resource", condition, "cel: object.?spec.?replicas.orValue(1) > 100")))
			if err != nil {
				b.Fatal(err)
			}
			rules = append(rules, loaded[0].Rule)
		}
		b.Run(map[int]string{1: "one rule", 10: "ten rules"}[n], func(b *testing.B) {
			for b.Loop() {
				w := &rule.World{Inventory: view}
				for _, on := range view.All() {
					for _, r := range rules {
						r.Match(w, on)
					}
				}
			}
		})
	}
}

// BenchmarkLoad compiles one rule, the environment included.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		var loader celrule.Loader
		if _, err := loader.Load("r.yaml", []byte(minimal())); err != nil {
			b.Fatal(err)
		}
	}
}
