package celrule_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/prove"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/rule/celrule"
)

// ported loads the rules of Merlon that were written again as users write them.
func ported(t testing.TB) []*rule.Rule {
	t.Helper()
	files, err := filepath.Glob("testdata/ported/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d ported rules: %v", len(files), err)
	}
	var loader celrule.Loader
	var rules []*rule.Rule
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := loader.Load(filepath.ToSlash(file), data)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range loaded {
			rules = append(rules, l.Rule)
		}
	}
	return rules
}

func read(t testing.TB, yaml string) *inventory.View {
	t.Helper()
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(yaml)})
	if err != nil {
		t.Fatal(err)
	}
	return inventory.NewView(read.Sources, read.Resources, k8s.Relate)
}

// compare asks both forms of a rule about every resource of a view.
//
//nolint:revive // A test helper whose arguments are all there is to a comparison.
func compare(t *testing.T, about string, ours, theirs *rule.Rule, view *inventory.View, settings rule.Settings) (judged, present int) {
	t.Helper()
	for r := range view.OfType(ours.On...) {
		w := &rule.World{Inventory: view, Settings: settings}
		want, got := ours.Match(w, r), theirs.Match(w, r)
		judged++
		if want.State == finding.Present {
			present++
		}
		if got.State != want.State {
			t.Errorf("%s: %s: %s in YAML (%s), %s in Go", about, r.UID, got.State, got.Why.EN, want.State)
			continue
		}
		if len(got.Evidence) == 0 != (len(want.Evidence) == 0) {
			t.Errorf("%s: %s: evidence %v in YAML, %v in Go", about, r.UID, got.Evidence, want.Evidence)
		}
	}
	return judged, present
}

// TestPortedRulesAgree holds ten of our own rules, written as users write them, to the ones in Go: over every
// example that ours have, and over workloads and ingresses made by chance.
func TestPortedRulesAgree(t *testing.T) {
	generated := read(t, generate(rand.New(rand.NewPCG(1, 2)), 1500))
	for _, theirs := range ported(t) {
		t.Run(theirs.ID, func(t *testing.T) {
			ours := catalog.Find(theirs.ID)
			if ours == nil {
				t.Fatal("there is no such rule")
			}
			for _, problem := range prove.Examples(theirs) {
				t.Error(problem)
			}
			for _, other := range catalog.All() {
				for _, e := range other.Examples {
					settings := e.Settings
					compare(t, fmt.Sprintf("%s: %s", other.ID, e.Name), ours, theirs, read(t, e.Input), settings)
				}
			}
			settings := rule.Settings{TrustedRegistries: []string{"ghcr.io/acme", "*.dkr.ecr.us-east-1.amazonaws.com", "docker.io/library"}}
			judged, present := compare(t, "generated", ours, theirs, generated, settings)
			if present == 0 || present == judged {
				t.Errorf("of %d generated resources %d are present; that tests little", judged, present)
			}
			t.Logf("%d resources, %d present", judged, present)
		})
	}
}

// generate writes workloads and ingresses whose security settings are set by chance, also to odd values.
func generate(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		switch i % 5 {
		case 0:
			fmt.Fprintf(&b, "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d, namespace: n%d}\nspec: {%s}\n---\n", i, i%3, podSpec(r))
		case 1:
			fmt.Fprintf(&b, "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c%d}\nspec: {schedule: '@daily', jobTemplate: {spec: {template: {spec: {%s}}}}}\n---\n", i, podSpec(r))
		case 2:
			fmt.Fprintf(&b, "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i%d%s}\nspec: {%s}\n---\n", i,
				pick(r, "", ", annotations: {alb.ingress.kubernetes.io/listen-ports: '[{\"HTTPS\": 443}]'}", ", annotations: {traefik.ingress.kubernetes.io/router.tls: \"True\"}", ", annotations: {a: b}"), ingressSpec(r))
		default:
			fmt.Fprintf(&b, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d%d, namespace: n%d}\nspec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {%s}}}\n---\n", i, i%3, podSpec(r))
		}
	}
	return b.String()
}

func pick(r *rand.Rand, options ...string) string { return options[r.IntN(len(options))] }

func ingressSpec(r *rand.Rand) string {
	host := func() string {
		return pick(r, "shop.example.com", "API.example.com", "a.b.example.com", `""`, "localhost")
	}
	spec := pick(r, "", "tls: [], ", "tls: [{secretName: s}], ", "tls: [{hosts: ['*.example.com'], secretName: s}], ", "tls: [{hosts: ["+host()+"]}], ")
	return spec + pick(r, "defaultBackend: {service: {name: s, port: {number: 80}}}", "rules: [{host: "+host()+"}, {host: "+host()+"}]", "rules: [{http: {paths: []}}]")
}

func podSpec(r *rand.Rand) string {
	var b strings.Builder
	for _, field := range []string{"hostPID", "hostIPC", "hostNetwork", "shareProcessNamespace", "hostUsers"} {
		b.WriteString(pick(r, "", "", field+": true, ", field+": false, ", field+": null, "))
	}
	b.WriteString(pick(r, "", "", "os: {name: windows}, ", "os: {name: linux}, "))
	b.WriteString(pick(r, "", "securityContext: {runAsUser: "+pick(r, "0", "1000", "null")+"}, ", "securityContext: {}, "))
	b.WriteString("volumes: [{name: v, hostPath: {path: '" + hostPath(r) + "'}}, {name: w, hostPath: {path: '" + hostPath(r) + "'}}, {name: e, emptyDir: {}}], ")
	b.WriteString(pick(r, "", "initContainers: ["+container(r, "i")+"], "))
	b.WriteString("containers: [" + container(r, "a") + ", " + container(r, "b") + "]")
	return b.String()
}

func hostPath(r *rand.Rand) string {
	return pick(r, "/", "/etc", "/etcd", "/etc/localtime", "/var/run/docker.sock", "/data", "/var/lib/kubelet/", "/var//log/../log/pods",
		"/lib/modules", "/usr", "/opt", "/dev/null", "/home/x", "/srv/app")
}

func container(r *rand.Rand, name string) string {
	image := pick(r, "nginx", "nginx:latest", "nginx:1.29", "ghcr.io/acme/app:1", "ghcr.io/acme-labs/app", "quay.io/x/y@sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70",
		"111122223333.dkr.ecr.us-east-1.amazonaws.com/app:2", "index.docker.io/library/redis:7", "localhost:5000/a:latest", "registry.example/a")
	security := "securityContext: {" + pick(r, "", "privileged: true, ", "privileged: false, ") + pick(r, "", "runAsUser: 0, ", "runAsUser: 10, ") +
		pick(r, "", "capabilities: {add: [SYS_ADMIN]}", "capabilities: {add: [chown, CAP_NET_ADMIN]}", "capabilities: {add: [SETUID]}", "capabilities: {add: [SETUID, SETGID], drop: [ALL]}", "capabilities: {drop: [ALL]}") + "}"
	mounts := pick(r, "", ", volumeMounts: [{name: v, mountPath: /v, readOnly: "+pick(r, "true", "false")+pick(r, "", ", subPath: sub", ", subPath: ../up")+"}, {name: w, mountPath: /w}]")
	return "{name: " + name + ", image: '" + image + "', " + security + mounts + "}"
}
