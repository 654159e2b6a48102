//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/rule"
)

// fixed is as much of merlon fix -o json-patch as these tests look at.
type fixed struct {
	Trait, Resource string
	Proved, Gone    bool
	Patch           json.RawMessage
	StrategicMerge  string
}

// Every patch of every example of every rule goes to a real server as well: it takes the changed manifest, both
// forms of the patch, and what it answers no longer has the trait. The diff makes with git apply of the
// manifest what --write makes of it.
func TestServerTakesThePatches(t *testing.T) {
	cluster := Start(t, Options{})
	created := map[string]bool{"default": true}
	proved := map[string]int{}
	for _, r := range catalog.All() {
		if r.Patch.Changes == nil || aws.IsType(r.On[0]) {
			continue
		}
		for _, e := range r.Examples {
			if e.Want != finding.Present {
				continue
			}
			t.Run(r.ID+"/"+e.Name, func(t *testing.T) {
				if strings.Contains(e.Input, "ephemeralContainers") {
					t.Skip("a server takes ephemeral containers only through their own subresource")
				}
				for _, ns := range namespaces(e.Input) {
					if !created[ns] {
						cluster.Kubectl("create", "namespace", ns)
						created[ns] = true
					}
				}
				p := &patched{t: t, cluster: cluster, rule: r, settings: settingsOf(e), file: gitFolder(t, "x y.yaml", e.Input)}
				if why := p.check(); why != "" {
					t.Skip(why)
				}
				proved[r.ID]++
			})
		}
		if proved[r.ID] == 0 {
			t.Errorf("no patch of %s was tried", r.ID)
		}
	}
}

func settingsOf(e rule.Example) []string {
	if v := e.Settings.KubernetesVersion; v != (rule.Version{}) {
		return []string{"--kubernetes-version", v.String()}
	}
	return nil
}

// gitFolder makes a git repository with one file that is committed, and gives its path.
func gitFolder(t *testing.T, name, content string) string {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "base"}} {
		run(t, folder, "", "git", args...)
	}
	return path
}

// run runs a program in a folder, and fails the test when it fails.
func run(t *testing.T, folder, stdin, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", program, strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}

// patched is one example with the patches of its rule.
type patched struct {
	t        *testing.T
	cluster  *Cluster
	rule     *rule.Rule
	settings []string
	file     string
}

// merlon runs merlon fix over the file.
func (p *patched) merlon(args ...string) string {
	p.t.Helper()
	args = slices.Concat([]string{"fix", "--all", "--only", p.rule.ID, filepath.Base(p.file), "--allow-partial"}, p.settings, args)
	return run(p.t, filepath.Dir(p.file), "", Tool(p.t, "merlon"), args...)
}

// check tries the patches of the example; it gives the reason where there is nothing to try.
func (p *patched) check() (why string) {
	p.t.Helper()
	before := p.read()
	var fixes []fixed
	if err := json.Unmarshal([]byte(p.merlon("-o", "json-patch")), &fixes); err != nil {
		p.t.Fatal(err)
	}
	fixes = slices.DeleteFunc(fixes, func(f fixed) bool { return !f.Proved })
	if len(fixes) == 0 {
		return "the patch is not proved"
	}
	if _, err := p.cluster.TryKubectl(before, "apply", "-f", "-"); err != nil {
		return "the server does not take the example: " + err.Error()
	}
	p.t.Cleanup(func() { p.remove(before) })
	for _, f := range fixes {
		p.patch(f, before)
	}
	diff := p.merlon()
	run(p.t, filepath.Dir(p.file), diff, "git", "apply", "--allow-empty", "-")
	applied := p.read()
	run(p.t, filepath.Dir(p.file), "", "git", "checkout", "-q", ".")
	p.merlon("--write")
	after := p.read()
	if after == before {
		p.t.Error("--write changed nothing")
	}
	if hidden := strings.Contains(diff, "values are hidden"); !hidden && applied != after || hidden && applied != before {
		p.t.Errorf("git apply makes of it\n%s\nand --write makes of it\n%s", applied, after)
	}
	p.apply(before, after, fixes)
	return ""
}

func (p *patched) read() string {
	p.t.Helper()
	content, err := os.ReadFile(p.file)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(content)
}

// remove deletes the objects of a manifest but its namespaces, which nothing here would finish.
func (p *patched) remove(manifest string) {
	p.t.Helper()
	var rest []string
	for document := range strings.SplitSeq(manifest, "---\n") {
		if !strings.Contains(document, "kind: Namespace\n") {
			rest = append(rest, document)
		}
	}
	if _, err := p.cluster.TryKubectl(strings.Join(rest, "---\n"), "delete", "--now", "--ignore-not-found", "-f", "-"); err != nil {
		p.t.Error(err)
	}
}

// argument gives what kubectl calls an object by its UID: k8s://CLUSTER/GROUP/KIND/NAMESPACE/NAME.
func argument(uid string) (kind string, args []string) {
	parts := strings.Split(strings.TrimPrefix(uid, "k8s://"), "/")
	kind = parts[2]
	args = []string{strings.ToLower(kind), parts[4]}
	if parts[3] != "_" {
		args = append(args, "-n", parts[3])
	}
	return kind, args
}

// patch sends both forms of a patch to the server, and looks at what it answers.
func (p *patched) patch(f fixed, before string) {
	p.t.Helper()
	kind, object := argument(f.Resource)
	if kind == "Pod" || kind == "Job" {
		return // A server changes little of these; what it makes anew counts, in apply.
	}
	for form, patch := range map[string]string{"json": string(f.Patch), "strategic": f.StrategicMerge} {
		if patch == "" {
			p.t.Errorf("there is no %s patch of %s", form, f.Resource)
			continue
		}
		answer, err := p.cluster.TryKubectl("", slices.Concat([]string{"patch"}, object, []string{"--type", form, "--dry-run=server", "-o", "json", "-p", patch})...)
		if err != nil {
			p.t.Errorf("the server does not take the %s patch: %v\n%s", form, err, patch)
			continue
		}
		p.judge(form+" patch", before+"\n---\n"+answer, f.Gone)
	}
}

// judge scans what a server answered: the last declaration of an object counts.
func (p *patched) judge(what, input string, gone bool) {
	p.t.Helper()
	for _, tr := range scan(p.t, input, p.settings...).Traits {
		if tr.ID == p.rule.ID && gone {
			p.t.Errorf("with the %s the server's answer still has the trait: %+v", what, tr.Evidence)
		}
	}
}

// apply sends the changed manifest to the server: to what is there, and where it may not be changed to what is
// made anew.
func (p *patched) apply(before, after string, fixes []fixed) {
	p.t.Helper()
	remade := slices.ContainsFunc(fixes, func(f fixed) bool {
		kind, _ := argument(f.Resource)
		return kind == "Pod" || kind == "Job"
	})
	verb := "apply"
	if remade {
		p.remove(before)
		verb = "create"
	}
	answer, err := p.cluster.TryKubectl(after, verb, "--dry-run=server", "-o", "json", "-f", "-")
	if err != nil {
		p.t.Errorf("the server does not take the changed manifest: %v\n%s", err, after)
		return
	}
	p.judge("changed manifest", answer, fixes[0].Gone)
}

// many holds what one file of a person may: several kinds, comments, flow style, an anchor, and a list.
const many = `# All of it.
apiVersion: v1
kind: Pod
metadata: {name: tools, namespace: shop}
spec:
  hostPID: true # for the profiler
  hostNetwork: true
  containers:
  - {name: shell, image: "example.test/shell:1.0", ports: [{containerPort: 80, hostPort: 80}], securityContext: {privileged: true}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  selector: {matchLabels: &labels {app: db}}
  template:
    metadata: {labels: *labels}
    spec:
      containers:
      - name: db
        image: example.test/db:1.0
        securityContext: &security
          # until June
          privileged: true
          capabilities:
            add: [SYS_ADMIN, NET_ADMIN]
      - name: exporter
        image: example.test/exporter:1.0
        securityContext: *security
---
apiVersion: v1
kind: List
items:
- apiVersion: batch/v1
  kind: Job
  metadata: {name: load, namespace: shop}
  spec:
    template:
      spec:
        restartPolicy: Never
        shareProcessNamespace: true
        containers:
        - name: load
          image: example.test/load:1.0
          env:
          - {name: DB_PASSWORD, value: kestrel-canary-91}
- apiVersion: v1
  kind: Service
  metadata: {name: db, namespace: shop}
  spec:
    type: NodePort
    externalTrafficPolicy: Local
    externalIPs: [198.51.100.7]
    selector: {app: db}
    ports:
    - {name: sql, port: 5432, nodePort: 30432}
`

// Every fix of a file at once leaves a manifest that a server takes, and none of the traits that have a patch.
// A second run finds nothing more to do.
func TestServerTakesManyFixesAtOnce(t *testing.T) {
	cluster := Start(t, Options{})
	cluster.Kubectl("create", "namespace", "shop")
	for _, end := range []string{"\n", "\r\n"} {
		file := gitFolder(t, "many.yaml", strings.ReplaceAll(many, "\n", end))
		args := []string{"fix", "--all", "--write", "many.yaml", "--allow-partial"}
		var withPatch []string
		for _, r := range catalog.All() {
			if r.Patch.Changes != nil {
				withPatch = append(withPatch, r.ID)
			}
		}
		args = append(args, "--only", strings.Join(withPatch, ","))
		out := run(t, filepath.Dir(file), "", Tool(t, "merlon"), args...)
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		after := string(content)
		for _, tr := range scan(t, after).Traits {
			if slices.Contains(withPatch, tr.ID) && !strings.HasPrefix(tr.ID, "no-default-deny") {
				t.Errorf("%s is left on %s\n%s\n%s", tr.ID, tr.Resource, out, after)
			}
		}
		if !strings.Contains(after, "# until June"+end) || !strings.HasPrefix(after, "# All of it."+end) || strings.Contains(after, "kestrel") {
			t.Errorf("a comment is lost, or the value is left:\n%s", after)
		}
		if _, err := cluster.TryKubectl(after, "create", "--dry-run=server", "-f", "-"); err != nil {
			t.Errorf("the server does not take it: %v\n%s", err, after)
		}
		run(t, filepath.Dir(file), "", "git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qam", "fixed")
		if again := run(t, filepath.Dir(file), "", Tool(t, "merlon"), args...); strings.Contains(again, "changed:") {
			t.Errorf("a second run says\n%s", again)
		}
	}
}

// The patch of what a kustomization makes goes into that kustomization: named there as the output says, it closes
// the trait in what kustomize makes, under every name that the object takes on the way.
func TestKustomizeTakesThePatch(t *testing.T) {
	Tool(t, "merlon-render")
	folder := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("base/web.yaml", `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostPID: true
      containers: [{name: web, image: example.test/web, securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN]}}}]
`)
	write("base/kustomization.yaml", "resources: [web.yaml]\nnamePrefix: base-\n")
	overlay := "resources: [../base]\nnamespace: prod\nnamePrefix: prod-\nimages: [{name: example.test/web, newTag: \"1.0\"}]\n"
	write("prod/kustomization.yaml", overlay)
	traits := "privileged-container,host-pid,dangerous-capability"
	var patches []string
	for _, trait := range strings.Split(traits, ",") {
		out := run(t, folder, "", Tool(t, "merlon"), "fix", "prod/Deployment/prod-base-web", "prod", "--only", trait, "-o", "patch")
		entry := regexp.MustCompile(`(?m)^#   patches: \[(.*)\]$`).FindStringSubmatch(out)
		if entry == nil {
			t.Fatalf("no entry for the kustomization in\n%s", out)
		}
		write("prod/"+trait+".yaml", out)
		patches = append(patches, strings.Replace(entry[1], "FILE", trait+".yaml", 1))
	}
	write("prod/kustomization.yaml", overlay+"patches: ["+strings.Join(patches, ", ")+"]\n")
	out := run(t, folder, "", Tool(t, "merlon"), "scan", "prod", "-o", "json")
	var s finding.Scan
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatal(err)
	}
	if s.Resources.Total != 1 {
		t.Errorf("%d resources, want 1: %s", s.Resources.Total, out)
	}
	for _, tr := range s.Traits {
		if slices.Contains(strings.Split(traits, ","), tr.ID) {
			t.Errorf("%s is still there: %+v", tr.ID, tr.Evidence)
		}
	}
}
