//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/rule"
)

// scan runs the built merlon over standard input and gives its result.
func scan(t *testing.T, input string, args ...string) finding.Scan {
	t.Helper()
	cmd := exec.Command(Tool(t, "merlon"), append([]string{"scan", "-", "-o", "json", "--allow-partial"}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("merlon scan: %v\n%s", err, stderr.String())
	}
	var s finding.Scan
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatalf("decode the scan: %v", err)
	}
	return s
}

// traits lists what a scan found as "trait resource".
func traits(s finding.Scan) []string {
	found := []string{}
	for _, tr := range s.Traits {
		found = append(found, tr.ID+" "+string(tr.Resource))
	}
	slices.Sort(found)
	return found
}

// unknowns lists what a scan could not assess as "rule resource".
func unknowns(s finding.Scan) []string {
	found := []string{}
	for _, n := range s.NotAssessed {
		for _, r := range n.Resources {
			found = append(found, n.Rule+" "+string(r))
		}
	}
	slices.Sort(found)
	return found
}

// Every example of every rule goes to a real server, which checks it, fills in its defaults and gives it
// back. What Merlon says of the answer is what it says of the manifest.
func TestExamplesMeanTheSameToAServer(t *testing.T) {
	cluster := Start(t, Options{})
	created := map[string]bool{"default": true}
	for _, r := range catalog.All() {
		if aws.IsType(r.On[0]) {
			continue // no server takes answers of AWS
		}
		for _, e := range r.Examples {
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
				answer, err := cluster.TryKubectl(e.Input, "apply", "--dry-run=server", "-o", "json", "-f", "-")
				if err != nil {
					if why := refused(r.ID, e); why == "" {
						t.Fatalf("the server does not take it: %v", err)
					}
					t.Skip(refused(r.ID, e))
				}
				var settings []string
				for _, registry := range e.Settings.TrustedRegistries {
					settings = append(settings, "--trusted-registry", registry)
				}
				want, got := scan(t, e.Input, settings...), scan(t, answer, settings...)
				if diff := cmp.Diff(traits(want), traits(got)); diff != "" {
					t.Errorf("-of the manifest +of the server's answer:\n%s", diff)
				}
				if diff := cmp.Diff(unknowns(want), unknowns(got)); diff != "" {
					t.Errorf("not assessed: -of the manifest +of the server's answer:\n%s", diff)
				}
			})
		}
	}
}

// refused says why a server does not take an example, where that is as it should be: files hold more than
// a server lets in.
func refused(id string, e rule.Example) string {
	switch {
	case strings.Contains(e.Input, "name: windows"):
		return "a server refuses the Linux fields of a Windows pod"
	case strings.Contains(e.Input, "kyverno.io"), strings.Contains(e.Input, "gateway.networking.k8s.io"), strings.Contains(e.Input, "openshift.io"):
		return "the custom resource is not installed"
	case id == "image-untrusted-registry" && e.Misses == "has-image":
		return "a server wants an image"
	case id == "pod-security-not-enforced" && strings.Contains(e.Input, "enforce: Baseline"):
		return "a server knows the levels"
	}
	return ""
}

// namespaces lists those that an input names.
func namespaces(input string) []string {
	var all []string
	for line := range strings.Lines(input) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "namespace: "); ok && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// A dump of a cluster gives the exposures of the manifests that went into it, and carries no value out.
func TestDumpOfAClusterScansAsItsManifests(t *testing.T) {
	const canary = "kestrel-canary-91"
	cluster := Start(t, Options{})
	manifests := objects + `---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
stringData: {password: ` + canary + `}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup, namespace: shop}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, volumes: [{name: node, hostPath: {path: /}}],
    containers: [{name: b, image: example.test/b, env: [{name: DB_PASSWORD, value: ` + canary + `}], volumeMounts: [{name: node, mountPath: /node}]}]}}}}
`
	cluster.Apply(manifests)
	dump := cluster.Kubectl("get", "namespaces,deployments,pods,cronjobs,secrets", "-n", "shop", "-o", "json", "--show-managed-fields")
	if !strings.Contains(dump, canary) {
		t.Fatal("the dump does not hold the value that this test is about")
	}
	want, got := scan(t, manifests), scan(t, dump)
	if diff := cmp.Diff(traits(want), traits(got)); diff != "" {
		t.Errorf("-of the manifests +of the dump:\n%s", diff)
	}
	folder := t.TempDir()
	for _, args := range [][]string{
		{"scan", "-"},
		{"scan", "-", "-o", "json"},
		{"scan", "-", "--lang", "es", "--all"},
		{"explain", "k8s://files/batch/CronJob/shop/backup", "-"},
		{"collect", "-o", filepath.Join(folder, "shop.snapshot"), "-"},
	} {
		cmd := exec.Command(Tool(t, "merlon"), args...)
		cmd.Stdin = strings.NewReader(dump)
		if out, err := cmd.CombinedOutput(); err != nil || bytes.Contains(out, []byte(canary)) {
			t.Errorf("merlon %s: %v, and its output holds the value: %v", strings.Join(args, " "), err, bytes.Contains(out, []byte(canary)))
		}
	}
	cmd := exec.Command(Tool(t, "merlon"), "scan", "-f", filepath.Join(folder, "shop.snapshot"), "-o", "json")
	if out, err := cmd.Output(); err != nil || bytes.Contains(out, []byte(canary)) {
		t.Errorf("the snapshot: %v, and its scan holds the value: %v", err, bytes.Contains(out, []byte(canary)))
	}
}

// memoryLimit is what a hostile input of 100 MB may cost at the most.
const memoryLimit = 1 << 30

// Inputs made to exhaust a reader end with a message, in bounded memory.
func TestHostileInputEndsWithAMessage(t *testing.T) {
	const size = 100 << 20
	for _, c := range []struct {
		name string
		fill func(w *bytes.Buffer)
		want string
		code int
	}{
		{"a document of 100 MB", func(w *bytes.Buffer) {
			w.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n")
			for i := 0; w.Len() < size; i++ {
				fmt.Fprintf(w, "  key-%d: %s\n", i, strings.Repeat("x", 90))
			}
		}, "larger than 64 MiB", 2},
		{"100 MB of brackets", func(w *bytes.Buffer) { w.WriteString(strings.Repeat("[", size)) }, "", 2},
		{"a billion laughs", func(w *bytes.Buffer) {
			w.WriteString("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n")
			for i := 1; i < 12; i++ {
				fmt.Fprintf(w, "a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 8), i-1)
			}
		}, "", 2},
		{"a list of 100 MB in JSON", func(w *bytes.Buffer) {
			w.WriteString(`{"apiVersion":"v1","kind":"List","items":[`)
			for i := 0; w.Len() < size; i++ {
				if i > 0 {
					w.WriteByte(',')
				}
				fmt.Fprintf(w, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c-%d"},"data":{"k":"%s"}}`, i, strings.Repeat("x", 9000))
			}
			w.WriteString("]}")
		}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var content bytes.Buffer
			c.fill(&content)
			path := filepath.Join(t.TempDir(), "hostile.yaml")
			if err := os.WriteFile(path, content.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(Tool(t, "merlon"), "scan", path)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			peaks := make(chan int64)
			go func() { peaks <- peakMemory(cmd.Process.Pid) }()
			err := cmd.Wait()
			peak := <-peaks
			if peak == 0 {
				t.Error("its memory was never read")
			}
			code := 0
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				code = exit.ExitCode()
			}
			t.Logf("exit code %d, %.2f s of CPU, peak memory %d MiB: %.200s", code,
				(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), peak>>20, stderr.String())
			if code != c.code || !strings.Contains(stderr.String(), c.want) || c.code != 0 && !strings.Contains(stderr.String(), "hostile.yaml") {
				t.Errorf("exit code %d, want %d; it says: %.500s", code, c.code, stderr.String())
			}
			if peak > memoryLimit {
				t.Errorf("it took %d MiB", peak>>20)
			}
		})
	}
}

// peakMemory follows a process to its end, and returns the most bytes that it held in memory. The kernel's count at the end of a
// process (ru_maxrss) would not do: it includes the program that started it, which is this test.
func peakMemory(pid int) (peak int64) {
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			return peak
		}
		_, after, held := strings.Cut(string(status), "VmHWM:")
		if !held {
			return peak
		}
		var kib int64
		if _, err := fmt.Sscan(after, &kib); err != nil {
			return peak
		}
		peak = max(peak, kib<<10)
		time.Sleep(time.Millisecond)
	}
}
